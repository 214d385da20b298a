/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/growth.h"

#include <string.h>

#define N_NEW_LINES_MAX 3
#define N_NEW_NUMBERS_MAX 2
#define N_MISREAD_BYTES 2
#define N_TYPED_BYTES_MAX 20 /* between two views, in a window that was empty */

/* A run whose text grew lately. */
typedef struct {
    char *text;
    uint32_t end_bytes; /* where what was added ends */
    int64_t grown_us;
} Growing;

struct RecallGrowth {
    GPtrArray *last;    /* of RecallRun: the view before */
    GHashTable *texts;  /* the set of their texts, borrowed from them */
    GPtrArray *growing; /* of Growing */
    gboolean has_view;  /* there was one before */
};

static void
free_growing(void *data)
{
    g_free(((Growing *)data)->text);
    g_free(data);
}

RecallGrowth *
recall_growth_new(void)
{
    RecallGrowth *self = g_new0(RecallGrowth, 1);

    self->last = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    self->texts = g_hash_table_new(g_str_hash, g_str_equal);
    self->growing = g_ptr_array_new_with_free_func(free_growing);
    return self;
}

void
recall_growth_free(RecallGrowth *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->texts);
    g_ptr_array_unref(self->last);
    g_ptr_array_unref(self->growing);
    g_free(self);
}

static gboolean
stands_in_same_place(const BaseRect *a, const BaseRect *b)
{
    BaseRect common;

    return base_rect_intersect(a, b, &common) && common.height * 2 >= MIN(a->height, b->height);
}

const RecallRun *
recall_growth_find_before(const RecallGrowth *self, const RecallRun *run)
{
    for (unsigned i = 0; i < self->last->len; i++) {
        const RecallRun *old = self->last->pdata[i];

        if (stands_in_same_place(&old->box, &run->box))
            return old;
    }
    return NULL;
}

size_t
recall_growth_count_start(const char *a, const char *b)
{
    size_t n = 0;

    while (a[n] != '\0' && a[n] == b[n])
        n++;
    return n;
}

size_t
recall_growth_count_end(const char *a, const char *b, size_t n_start)
{
    size_t length_a = strlen(a);
    size_t length_b = strlen(b);
    size_t n = 0;

    while (n + n_start < MIN(length_a, length_b) && a[length_a - 1 - n] == b[length_b - 1 - n])
        n++;
    return n;
}

/* OCR takes a caret for a sign. */
static size_t
skip_caret(const RecallRun *run, size_t end)
{
    while (run->source == PROTOCOL_SOURCE_OCR && end > 0 && strchr("|[] ", run->text[end - 1]))
        end--;
    return end;
}

/* Where what is new in @run ends. */
static uint32_t
find_grown_end(const RecallGrowth *self, const RecallRun *run)
{
    const RecallRun *old = recall_growth_find_before(self, run);
    size_t length = strlen(run->text);

    if (old == NULL)
        return skip_caret(run, length);
    return skip_caret(
        run, length - recall_growth_count_end(old->text, run->text,
                                              recall_growth_count_start(old->text, run->text)));
}

/* Of what stood where @run stands at most so many bytes are gone. */
static gboolean
loses_at_most(const RecallRun *old, const RecallRun *run, size_t n_bytes)
{
    size_t n_start = recall_growth_count_start(old->text, run->text);

    return n_start + recall_growth_count_end(old->text, run->text, n_start) + n_bytes >=
           strlen(old->text);
}

/* Most of what stood there stands there still; on a new page, where lines may be like those of the
 * one before, all of it but what OCR took for another sign. */
static gboolean
is_edited(const RecallGrowth *self, const RecallRun *run, gboolean is_new_page)
{
    const RecallRun *old = recall_growth_find_before(self, run);

    return old != NULL &&
           loses_at_most(old, run, is_new_page ? N_MISREAD_BYTES : strlen(old->text) / 3);
}

static void
drop_rested(RecallGrowth *self, int64_t now_us)
{
    for (unsigned i = self->growing->len; i > 0; i--) {
        const Growing *growing = self->growing->pdata[i - 1];

        if (now_us - growing->grown_us >= RECALL_GROWTH_REST_US || now_us < growing->grown_us)
            g_ptr_array_remove_index(self->growing, i - 1);
    }
}

static Growing *
find_growing(const RecallGrowth *self, const char *text)
{
    for (unsigned i = self->growing->len; i > 0; i--) {
        Growing *growing = self->growing->pdata[i - 1];

        if (g_str_equal(growing->text, text))
            return growing;
    }
    return NULL;
}

/* Returns: how many of @runs stood in the view before */
static unsigned
count_kept(const RecallGrowth *self, const GPtrArray *runs)
{
    unsigned n_kept = 0;

    for (unsigned i = 0; i < runs->len; i++)
        n_kept += g_hash_table_contains(self->texts, ((RecallRun *)runs->pdata[i])->text);
    return n_kept;
}

/* Something of what stood there goes on, or is taken back. */
static gboolean
goes_on(const RecallGrowth *self, const RecallRun *run)
{
    const RecallRun *old = recall_growth_find_before(self, run);

    return is_edited(self, run, FALSE) || (old != NULL && g_str_has_prefix(old->text, run->text));
}

/* Nothing is left of what stood, and there is more than somebody may have typed since. */
static gboolean
is_all_new(const RecallGrowth *self, const GPtrArray *runs)
{
    size_t n_bytes = 0;

    for (unsigned i = 0; i < runs->len; i++) {
        if (goes_on(self, runs->pdata[i]))
            return FALSE;
        n_bytes += strlen(((RecallRun *)runs->pdata[i])->text);
    }
    return n_bytes > N_TYPED_BYTES_MAX && count_kept(self, runs) == 0;
}

/* Many lines with digits at once, or when most that stood there left, and whatever stands where
 * nothing is left, are shown by a program: nobody types them. A bar to type into comes with labels,
 * and leaves the others. */
static void
drop_shown(const RecallGrowth *self, const GPtrArray *runs, GPtrArray *fresh)
{
    gboolean is_new_page = count_kept(self, runs) * 2 <= self->last->len;
    unsigned n_new = 0;
    unsigned n_numbers = 0;

    for (unsigned i = 0; i < fresh->len; i++) {
        if (is_edited(self, fresh->pdata[i], is_new_page))
            continue;
        n_new++;
        n_numbers += strpbrk(((RecallRun *)fresh->pdata[i])->text, "0123456789") != NULL;
    }
    if (n_numbers <= N_NEW_NUMBERS_MAX && (n_new <= N_NEW_LINES_MAX || !is_new_page) &&
        !is_all_new(self, runs))
        return;
    for (unsigned i = fresh->len; i > 0; i--) {
        if (!is_edited(self, fresh->pdata[i - 1], is_new_page))
            g_ptr_array_remove_index(fresh, i - 1);
    }
}

void
recall_growth_note(RecallGrowth *self, const GPtrArray *runs, int64_t now_us)
{
    g_autoptr(GPtrArray) fresh = g_ptr_array_new();

    drop_rested(self, now_us);
    for (unsigned i = 0; self->has_view && i < runs->len; i++) {
        const char *text = ((RecallRun *)runs->pdata[i])->text;
        Growing *growing;

        if (g_hash_table_contains(self->texts, text))
            continue;
        growing = find_growing(self, text);
        if (growing != NULL)
            growing->grown_us = now_us;
        else if (fresh->len <= RECALL_GROWTH_N_MAX)
            g_ptr_array_add(fresh, runs->pdata[i]);
    }
    if (fresh->len > RECALL_GROWTH_N_MAX)
        return;
    drop_shown(self, runs, fresh);
    for (unsigned i = 0; i < fresh->len; i++) {
        const RecallRun *run = fresh->pdata[i];
        Growing *growing = g_new0(Growing, 1);

        *growing = (Growing){g_strdup(run->text), find_grown_end(self, run), now_us};
        g_ptr_array_add(self->growing, growing);
    }
    if (self->growing->len > RECALL_GROWTH_N_MAX)
        g_ptr_array_remove_range(self->growing, 0, self->growing->len - RECALL_GROWTH_N_MAX);
}

void
recall_growth_remember(RecallGrowth *self, GPtrArray *runs)
{
    self->has_view = TRUE;
    if (runs->len == 0)
        return; /* between two pages, or a reading that failed */
    g_hash_table_remove_all(self->texts);
    g_ptr_array_set_size(self->last, 0);
    for (unsigned i = 0; i < runs->len; i++) {
        RecallRun *run = runs->pdata[i];

        g_ptr_array_add(self->last, recall_run_ref(run));
        g_hash_table_add(self->texts, run->text);
    }
}

gboolean
recall_growth_find_end(const RecallGrowth *self, const char *text, uint32_t *out_end_bytes)
{
    const Growing *growing = find_growing(self, text);

    if (growing == NULL)
        return FALSE;
    *out_end_bytes = growing->end_bytes;
    return TRUE;
}

int64_t
recall_growth_get_rest_us(const RecallGrowth *self, const char *text)
{
    const Growing *growing = find_growing(self, text);

    return growing != NULL ? growing->grown_us + RECALL_GROWTH_REST_US : 0;
}

int64_t
recall_growth_get_first_rest_us(const RecallGrowth *self)
{
    int64_t first_us = INT64_MAX;

    for (unsigned i = 0; i < self->growing->len; i++)
        first_us =
            MIN(first_us, ((Growing *)self->growing->pdata[i])->grown_us + RECALL_GROWTH_REST_US);
    return first_us;
}
