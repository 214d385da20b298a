/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/stains.h"

#include "recall/watch/region.h"

#define STAINED_SHARE 4 /* of a word's box one in so many pixels, and its middle */

typedef struct {
    RecallRun *run;
    pixman_region32_t letters;
    pixman_region32_t hidden;
} Stain;

struct RecallStains {
    GPtrArray *all; /* of Stain, oldest first */
};

static void
free_stain(void *data)
{
    Stain *stain = data;

    recall_run_unref(stain->run);
    pixman_region32_fini(&stain->letters);
    pixman_region32_fini(&stain->hidden);
    g_free(stain);
}

RecallStains *
recall_stains_new(void)
{
    RecallStains *self = g_new0(RecallStains, 1);

    self->all = g_ptr_array_new_with_free_func(free_stain);
    return self;
}

void
recall_stains_free(RecallStains *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->all);
    g_free(self);
}

void
recall_stains_wash(RecallStains *self, const pixman_region32_t *changed, pixman_region32_t *gone)
{
    pixman_region32_t washed;

    pixman_region32_init(&washed);
    for (unsigned i = self->all->len; i > 0; i--) {
        Stain *stain = self->all->pdata[i - 1];

        pixman_region32_intersect(&washed, &stain->hidden, (pixman_region32_t *)changed);
        if (!pixman_region32_not_empty(&washed))
            continue;
        pixman_region32_union(gone, gone, &washed);
        pixman_region32_subtract(&stain->hidden, &stain->hidden, &washed);
        pixman_region32_subtract(&stain->letters, &stain->letters, &washed);
        if (!pixman_region32_not_empty(&stain->letters))
            g_ptr_array_remove_index(self->all, i - 1);
    }
    pixman_region32_fini(&washed);
}

static gboolean
stands_in(const RecallRun *run, const GPtrArray *runs)
{
    for (unsigned i = 0; i < runs->len; i++) {
        const RecallRun *other = runs->pdata[i];

        if (base_rect_equal(&other->box, &run->box) && g_str_equal(other->text, run->text))
            return TRUE;
    }
    return FALSE;
}

void
recall_stains_judge(RecallStains *self, const GPtrArray *runs)
{
    for (unsigned i = self->all->len; i > 0; i--) {
        if (stands_in(((Stain *)self->all->pdata[i - 1])->run, runs))
            g_ptr_array_remove_index(self->all, i - 1);
    }
}

void
recall_stains_add(RecallStains *self,
                  RecallRun *run,
                  const pixman_region32_t *letters,
                  const pixman_region32_t *hidden)
{
    Stain *stain = g_new0(Stain, 1);

    stain->run = recall_run_ref(run);
    pixman_region32_init(&stain->letters);
    pixman_region32_copy(&stain->letters, (pixman_region32_t *)letters);
    pixman_region32_init(&stain->hidden);
    pixman_region32_copy(&stain->hidden, (pixman_region32_t *)hidden);
    if (self->all->len >= RECALL_STAINS_N_MAX)
        g_ptr_array_remove_index(self->all, 0);
    g_ptr_array_add(self->all, stain);
}

/* A few pixels may be as before where others stand now. */
static gboolean
is_stained(const RecallStains *self, const BaseRect *box)
{
    int x = box->x + box->width / 2;
    int y = box->y + box->height / 2;

    for (unsigned i = 0; i < self->all->len; i++) {
        pixman_region32_t *letters = &((Stain *)self->all->pdata[i])->letters;

        if (pixman_region32_contains_point(letters, x, y, NULL) &&
            recall_region_area_in_px(letters, box) * STAINED_SHARE >=
                (int64_t)box->width * box->height)
            return TRUE;
    }
    return FALSE;
}

gboolean
recall_stains_find(const RecallStains *self,
                   RecallRun *run,
                   uint32_t at,
                   uint32_t *out_start,
                   uint32_t *out_end)
{
    gboolean is_found = FALSE;

    if (self->all->len == 0)
        return FALSE;
    recall_run_spread_words(run);
    for (unsigned i = 0; i < run->words->len; i++) {
        const ProtocolSpan *word = &g_array_index(run->words, ProtocolSpan, i);

        if (word->start_bytes < at)
            continue;
        if (!is_stained(self, &word->box)) {
            if (is_found)
                break;
            continue;
        }
        if (!is_found)
            *out_start = word->start_bytes;
        *out_end = word->start_bytes + word->length_bytes;
        is_found = TRUE;
    }
    return is_found;
}

void
recall_stains_hide(const RecallStains *self, pixman_region32_t *hidden)
{
    for (unsigned i = 0; i < self->all->len; i++)
        pixman_region32_union(hidden, hidden, &((Stain *)self->all->pdata[i])->hidden);
}
