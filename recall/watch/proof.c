/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/proof.h"

#include "recall/watch/letters.h"
#include "recall/watch/region.h"

#include <string.h>

#define MARGIN_X_PX 6
#define MARGIN_Y_PX 3
#define N_LETTERS_SLACK 2
#define BEGINNING_PERCENT 80
#define N_LETTERS_ALONE 8 /* a shorter run may be read wrong: those are counted together */
#define N_SAME_LETTERS 5  /* in a row, of a secret: it was read there */
#define X_MIN (-16384)    /* beyond any window */
#define X_MAX 32768
#define Y_MIN X_MIN
#define Y_MAX X_MAX

/* What does not stand where it was told, and the rows in which it is. */
typedef struct {
    RecallRun *run;
    int top;
    int bottom;
} Missing;

struct RecallProof {
    GPtrArray *proven;   /* of RecallRun */
    GPtrArray *doubtful; /* of RecallRun: to be proven */
    GArray *missing;     /* of Missing */
    pixman_region32_t wanted;
};

static GPtrArray *
new_runs(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
}

static void
clear_missing(void *data)
{
    recall_run_unref(((Missing *)data)->run);
}

static GArray *
new_missing(void)
{
    GArray *missing = g_array_new(FALSE, FALSE, sizeof(Missing));

    g_array_set_clear_func(missing, clear_missing);
    return missing;
}

RecallProof *
recall_proof_new(void)
{
    RecallProof *self = g_new0(RecallProof, 1);

    self->proven = new_runs();
    self->doubtful = new_runs();
    self->missing = new_missing();
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
    g_array_unref(self->missing);
    pixman_region32_fini(&self->wanted);
    g_free(self);
}

static gboolean
has_changed(const pixman_region32_t *changed, int x1, int y1, int x2, int y2)
{
    pixman_box32_t box = {x1, y1, x2, y2};

    return pixman_region32_contains_rectangle((pixman_region32_t *)changed, &box) !=
           PIXMAN_REGION_OUT;
}

static gboolean
is_same(const RecallRun *a, const RecallRun *b)
{
    return base_rect_equal(&a->box, &b->box) && g_str_equal(a->text, b->text);
}

static gboolean
is_proven(const RecallProof *self, const RecallRun *run, const pixman_region32_t *changed)
{
    if (has_changed(changed, run->box.x, run->box.y, run->box.x + run->box.width,
                    run->box.y + run->box.height))
        return FALSE;
    for (unsigned i = 0; i < self->proven->len; i++) {
        if (is_same(self->proven->pdata[i], run))
            return TRUE;
    }
    return FALSE;
}

/* Returns: what was found missing before, if nothing changed where it may stand */
static const Missing *
find_missing(const RecallProof *self, const RecallRun *run, const pixman_region32_t *changed)
{
    for (unsigned i = 0; i < self->missing->len; i++) {
        const Missing *missing = &g_array_index(self->missing, Missing, i);

        if (is_same(missing->run, run))
            return has_changed(changed, X_MIN, missing->top, X_MAX, missing->bottom) ? NULL
                                                                                     : missing;
    }
    return NULL;
}

static void
doubt(RecallProof *self, RecallRun *run)
{
    const BaseRect *box = &run->box;

    g_ptr_array_add(self->doubtful, recall_run_ref(run));
    pixman_region32_union_rect(&self->wanted, &self->wanted, box->x - MARGIN_X_PX,
                               box->y - MARGIN_Y_PX, (unsigned)(box->width + 2 * MARGIN_X_PX),
                               (unsigned)(box->height + 2 * MARGIN_Y_PX));
}

static void
add_missing(GArray *all, RecallRun *run, int top, int bottom)
{
    Missing missing = {recall_run_ref(run), top, bottom};

    g_array_append_val(all, missing);
}

static gboolean
has_run(const GPtrArray *runs, const RecallRun *run)
{
    for (unsigned i = 0; i < runs->len; i++) {
        if (is_same(runs->pdata[i], run))
            return TRUE;
    }
    return FALSE;
}

/* It is not told any more, or under a dialog, but what it may stand in looks as it did. */
static void
keep_missing(const RecallProof *self,
             const GPtrArray *runs,
             const pixman_region32_t *changed,
             GArray *kept)
{
    for (unsigned i = 0; i < self->missing->len; i++) {
        const Missing *missing = &g_array_index(self->missing, Missing, i);

        if (!has_run(runs, missing->run) &&
            !has_changed(changed, X_MIN, missing->top, X_MAX, missing->bottom))
            add_missing(kept, missing->run, missing->top, missing->bottom);
    }
}

void
recall_proof_begin(RecallProof *self, const GPtrArray *runs, const pixman_region32_t *changed)
{
    g_autoptr(GPtrArray) proven = new_runs();
    g_autoptr(GArray) missing = new_missing();

    g_ptr_array_set_size(self->doubtful, 0);
    pixman_region32_clear(&self->wanted);
    for (unsigned i = 0; i < runs->len; i++) {
        RecallRun *run = runs->pdata[i];
        const Missing *old = find_missing(self, run, changed);

        if (is_proven(self, run, changed))
            g_ptr_array_add(proven, recall_run_ref(run));
        else if (old != NULL)
            add_missing(missing, run, old->top, old->bottom);
        else
            doubt(self, run);
    }
    keep_missing(self, runs, changed, missing);
    g_ptr_array_unref(self->proven);
    g_array_unref(self->missing);
    self->proven = g_steal_pointer(&proven);
    self->missing = g_steal_pointer(&missing);
}

const pixman_region32_t *
recall_proof_get_wanted(const RecallProof *self)
{
    return &self->wanted;
}

/* --- how much of a run was read --- */

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
    int64_t area_px = recall_region_area_in_px(visible, box);

    return (unsigned)(100 * area_px / MAX((int64_t)box->width * box->height, 1));
}

/* An application cuts text off where its place ends: all that is read is the beginning of it. */
static gboolean
is_beginning(const gunichar *told, unsigned n_told, const gunichar *read, unsigned n_read)
{
    unsigned n_start = MIN(n_told, n_read + N_LETTERS_SLACK);

    return n_read >= N_LETTERS_ALONE &&
           recall_letters_count_common(told, n_start, read, n_read) * 100 >=
               n_read * BEGINNING_PERCENT;
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
    gunichar told_letters[RECALL_LETTERS_N_MAX];
    gunichar read_letters[RECALL_LETTERS_N_MAX];
    unsigned n_told = recall_letters_fold(run->text, told_letters);
    unsigned n_read = recall_letters_fold(read, read_letters);

    *out_n_told = n_told * get_visible_percent(&run->box, visible) / 100;
    if (is_beginning(told_letters, n_told, read_letters, n_read))
        return *out_n_told;
    return recall_letters_count_common(told_letters, n_told, read_letters, n_read);
}

static gboolean
is_enough(unsigned n_read, unsigned n_told)
{
    return n_read * 100 >= n_told * RECALL_PROOF_LETTERS_PERCENT;
}

/* --- what stands where it was told --- */

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
    self->doubtful = new_runs();
    pixman_region32_clear(&self->wanted);
}

gboolean
recall_proof_is_pending(const RecallProof *self)
{
    return self->doubtful->len > 0;
}

/* --- where the others are --- */

/* Returns: of RecallRun: those of @told by which others are placed */
static GPtrArray *
find_standing(const GPtrArray *told, const GPtrArray *read, const pixman_region32_t *visible)
{
    GPtrArray *standing = new_runs();

    for (unsigned i = 0; i < told->len; i++) {
        RecallRun *run = told->pdata[i];
        unsigned n_told;
        unsigned n_read = count_read(run, read, visible, &n_told);

        if (n_told >= N_LETTERS_ALONE && n_read * 100 >= n_told * RECALL_PROOF_STANDING_PERCENT)
            g_ptr_array_add(standing, recall_run_ref(run));
    }
    return standing;
}

static gboolean
overlap_in_x(const BaseRect *a, const BaseRect *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width;
}

static Missing
find_rows(RecallRun *run, const GPtrArray *standing)
{
    const BaseRect *box = &run->box;
    Missing missing = {run, Y_MIN, Y_MAX};

    for (unsigned i = 0; i < standing->len; i++) {
        const BaseRect *other = &((RecallRun *)standing->pdata[i])->box;

        if (!overlap_in_x(box, other))
            continue;
        if (other->y + other->height <= box->y)
            missing.top = MAX(missing.top, other->y + other->height);
        if (other->y >= box->y + box->height)
            missing.bottom = MIN(missing.bottom, other->y);
    }
    return missing;
}

/* Whether @text has the letters, in a row. */
static gboolean
has_letters(const char *text, const gunichar *letters)
{
    gunichar all[RECALL_LETTERS_N_MAX];
    unsigned n = recall_letters_fold(text, all);

    for (unsigned i = 0; i + N_SAME_LETTERS <= n; i++) {
        if (memcmp(all + i, letters, N_SAME_LETTERS * sizeof(gunichar)) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_elsewhere(const Missing *missing, const GPtrArray *read, const gunichar *letters)
{
    for (unsigned i = 0; i < read->len; i++) {
        const RecallRun *run = read->pdata[i];

        if ((run->box.y < missing->top || run->box.y + run->box.height > missing->bottom) &&
            has_letters(run->text, letters))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_told_by_other(const RecallRun *run, const GPtrArray *told, const gunichar *letters)
{
    for (unsigned i = 0; i < told->len; i++) {
        const RecallRun *other = told->pdata[i];

        if (!is_same(other, run) && has_letters(other->text, letters))
            return TRUE;
    }
    return FALSE;
}

/* Whether a part of it that nothing else has was read outside its rows. */
static gboolean
was_read_elsewhere(const Missing *missing, const GPtrArray *read, const GPtrArray *told)
{
    gunichar letters[RECALL_LETTERS_N_MAX];
    unsigned n = recall_letters_fold(missing->run->text, letters);

    for (unsigned i = 0; i + N_SAME_LETTERS <= n; i++) {
        if (is_elsewhere(missing, read, letters + i) &&
            !is_told_by_other(missing->run, told, letters + i))
            return TRUE;
    }
    return n < N_SAME_LETTERS; /* nobody can tell */
}

void
recall_proof_take_all(RecallProof *self,
                      const GPtrArray *runs,
                      const GPtrArray *told,
                      const pixman_region32_t *visible)
{
    g_autoptr(GPtrArray) standing = find_standing(told, runs, visible);

    for (unsigned i = 0; i < self->doubtful->len; i++) {
        RecallRun *run = self->doubtful->pdata[i];
        unsigned n_told;
        unsigned n_read = count_read(run, runs, visible, &n_told);
        Missing missing = find_rows(run, standing);

        if (is_enough(n_read, n_told))
            g_ptr_array_add(self->proven, recall_run_ref(run));
        else if (was_read_elsewhere(&missing, runs, told))
            add_missing(self->missing, run, Y_MIN, Y_MAX);
        else
            add_missing(self->missing, run, missing.top, missing.bottom);
    }
    g_ptr_array_set_size(self->doubtful, 0);
    pixman_region32_clear(&self->wanted);
}

void
recall_proof_hide(const RecallProof *self,
                  const pixman_region32_t *visible,
                  pixman_region32_t *hidden)
{
    if (recall_proof_is_pending(self)) {
        pixman_region32_union(hidden, hidden, (pixman_region32_t *)visible);
        return;
    }
    for (unsigned i = 0; i < self->missing->len; i++) {
        const Missing *missing = &g_array_index(self->missing, Missing, i);
        pixman_region32_t rows;

        pixman_region32_init_rect(&rows, X_MIN, missing->top, X_MAX - X_MIN,
                                  (unsigned)(missing->bottom - missing->top));
        pixman_region32_intersect(&rows, &rows, (pixman_region32_t *)visible);
        pixman_region32_union(hidden, hidden, &rows);
        pixman_region32_fini(&rows);
    }
}
