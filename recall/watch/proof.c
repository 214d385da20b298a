/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/proof.h"

#define MARGIN_X_PX 6
#define MARGIN_Y_PX 3
#define N_LETTERS_MAX 512 /* of one run; the rest tells no more */
#define N_LETTERS_SLACK 2
#define BEGINNING_PERCENT 80
#define N_LETTERS_ALONE 8 /* a shorter run may be read wrong: those are counted together */

struct RecallProof {
    GPtrArray *proven;   /* of RecallRun */
    GPtrArray *doubtful; /* of RecallRun */
    pixman_region32_t wanted;
};

RecallProof *
recall_proof_new(void)
{
    RecallProof *self = g_new0(RecallProof, 1);

    self->proven = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    self->doubtful = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    pixman_region32_init(&self->wanted);
    return self;
}

void
recall_proof_free(RecallProof *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->proven);
    g_ptr_array_unref(self->doubtful);
    pixman_region32_fini(&self->wanted);
    g_free(self);
}

static gboolean
is_proven(const RecallProof *self, const RecallRun *run, const pixman_region32_t *changed)
{
    pixman_box32_t box = {run->box.x, run->box.y, run->box.x + run->box.width,
                          run->box.y + run->box.height};

    if (pixman_region32_contains_rectangle((pixman_region32_t *)changed, &box) != PIXMAN_REGION_OUT)
        return FALSE;
    for (unsigned i = 0; i < self->proven->len; i++) {
        const RecallRun *old = self->proven->pdata[i];

        if (base_rect_equal(&old->box, &run->box) && g_str_equal(old->text, run->text))
            return TRUE;
    }
    return FALSE;
}

void
recall_proof_begin(RecallProof *self, const GPtrArray *runs, const pixman_region32_t *changed)
{
    GPtrArray *proven = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);

    g_ptr_array_set_size(self->doubtful, 0);
    pixman_region32_clear(&self->wanted);
    for (unsigned i = 0; i < runs->len; i++) {
        RecallRun *run = runs->pdata[i];

        if (is_proven(self, run, changed)) {
            g_ptr_array_add(proven, recall_run_ref(run));
            continue;
        }
        g_ptr_array_add(self->doubtful, recall_run_ref(run));
        pixman_region32_union_rect(&self->wanted, &self->wanted, run->box.x - MARGIN_X_PX,
                                   run->box.y - MARGIN_Y_PX,
                                   (unsigned)(run->box.width + 2 * MARGIN_X_PX),
                                   (unsigned)(run->box.height + 2 * MARGIN_Y_PX));
    }
    g_ptr_array_unref(self->proven);
    self->proven = proven;
}

const pixman_region32_t *
recall_proof_get_wanted(const RecallProof *self)
{
    return &self->wanted;
}

/* --- how much of a run was read --- */

/* Letters and digits, folded: what OCR takes for another is often the same letter in the other
 * case. Returns: how many */
static unsigned
get_letters(const char *text, gunichar *letters)
{
    unsigned n = 0;

    for (const char *at = text; *at != '\0' && n < N_LETTERS_MAX; at = g_utf8_next_char(at)) {
        if (g_unichar_isalnum(g_utf8_get_char(at)))
            letters[n++] = g_unichar_tolower(g_utf8_get_char(at));
    }
    return n;
}

/* The longest common subsequence of both. */
static unsigned
count_common(const gunichar *a, unsigned n_a, const gunichar *b, unsigned n_b)
{
    unsigned row[N_LETTERS_MAX + 1] = {0};

    for (unsigned i = 0; i < n_a; i++) {
        unsigned diagonal = 0;

        for (unsigned k = 0; k < n_b; k++) {
            unsigned above = row[k + 1];

            row[k + 1] = a[i] == b[k] ? diagonal + 1 : MAX(row[k + 1], row[k]);
            diagonal = above;
        }
    }
    return row[n_b];
}

/* The words that were read in @box, from left to right. */
static char *
dup_read(const GPtrArray *runs, const BaseRect *box)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < runs->len; i++) {
        const RecallRun *run = runs->pdata[i];

        for (unsigned k = 0; k < run->words->len; k++) {
            const ProtocolSpan *word = &g_array_index(run->words, ProtocolSpan, k);

            if (base_rect_intersect(&word->box, box, NULL))
                g_string_append_len(text, run->text + word->start_bytes, word->length_bytes);
        }
    }
    return g_string_free(text, FALSE);
}

/* Of a hundred pixels of @box. */
static unsigned
get_visible_percent(const BaseRect *box, const pixman_region32_t *visible)
{
    pixman_region32_t part;
    const pixman_box32_t *boxes;
    int64_t area = 0;
    int n;

    pixman_region32_init_rect(&part, box->x, box->y, (unsigned)box->width, (unsigned)box->height);
    pixman_region32_intersect(&part, &part, (pixman_region32_t *)visible);
    boxes = pixman_region32_rectangles(&part, &n);
    for (int i = 0; i < n; i++)
        area += (int64_t)(boxes[i].x2 - boxes[i].x1) * (boxes[i].y2 - boxes[i].y1);
    pixman_region32_fini(&part);
    return (unsigned)(100 * area / MAX((int64_t)box->width * box->height, 1));
}

/* An application cuts text off where its place ends: all that is read is the beginning of it. */
static gboolean
is_beginning(const gunichar *told, unsigned n_told, const gunichar *read, unsigned n_read)
{
    unsigned n_start = MIN(n_told, n_read + N_LETTERS_SLACK);

    return n_read >= N_LETTERS_ALONE &&
           count_common(told, n_start, read, n_read) * 100 >= n_read * BEGINNING_PERCENT;
}

/* @out_n_told: letters of @run that can be seen. Returns: how many of them were read; all when what
 * is left of
 * @run begins as it does */
static unsigned
count_read(const RecallRun *run,
           const GPtrArray *runs,
           const pixman_region32_t *visible,
           unsigned *out_n_told)
{
    g_autofree char *read = dup_read(runs, &run->box);
    gunichar told_letters[N_LETTERS_MAX];
    gunichar read_letters[N_LETTERS_MAX];
    unsigned n_told = get_letters(run->text, told_letters);
    unsigned n_read = get_letters(read, read_letters);

    *out_n_told = n_told * get_visible_percent(&run->box, visible) / 100;
    if (is_beginning(told_letters, n_told, read_letters, n_read))
        return *out_n_told;
    return count_common(told_letters, n_told, read_letters, n_read);
}

static gboolean
is_enough(unsigned n_read, unsigned n_told)
{
    return n_read * 100 >= n_told * RECALL_PROOF_LETTERS_PERCENT;
}

/* All or none: when one stands elsewhere, so may the others. */
void
recall_proof_take(RecallProof *self, const GPtrArray *runs, const pixman_region32_t *visible)
{
    unsigned n_told_short = 0;
    unsigned n_read_short = 0;

    for (unsigned i = 0; i < self->doubtful->len; i++) {
        unsigned n_told;
        unsigned n_read = count_read(self->doubtful->pdata[i], runs, visible, &n_told);

        if (n_told < N_LETTERS_ALONE) {
            n_told_short += n_told;
            n_read_short += MIN(n_read, n_told);
        } else if (!is_enough(n_read, n_told)) {
            return;
        }
    }
    if (!is_enough(n_read_short, n_told_short))
        return;
    g_ptr_array_extend_and_steal(self->proven, g_steal_pointer(&self->doubtful));
    self->doubtful = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    pixman_region32_clear(&self->wanted);
}

gboolean
recall_proof_stands(const RecallProof *self)
{
    return self->doubtful->len == 0;
}
