/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/redact.h"

#include "policies/detect.h"
#include "recall/watch/tails.h"

#include <string.h>

#define MARGIN_PX 3
#define KEY_WIDTH_HEIGHTS 48    /* 76 letters, in heights of a line */
#define TOKEN_WIDTH_HEIGHTS 100 /* how far a token may go on behind its run: 200 letters */
#define SIDE_MARGIN_PERCENT 150 /* of the height: how far boxes of accessible words may be off */

#define N_NEW_LINES_MAX 3
#define N_NEW_NUMBERS_MAX 2
#define N_SHOWN_BYTES_MIN 3 /* less of a secret tells nothing */

/* A run whose text grew lately. */
typedef struct {
    char *text;
    uint32_t end_bytes; /* where what was added ends */
    int64_t grown_us;
} Growing;

struct RecallRedact {
    GPtrArray *last;    /* of RecallRun: the view before, with its secrets */
    GHashTable *texts;  /* the set of their texts, borrowed from them */
    GPtrArray *growing; /* of Growing */
    RecallTails *tails;
    gboolean has_view; /* there was one before */
    int key_left;      /* of all lines of keys that OCR read */
    pixman_region32_t hidden;
    int64_t rest_us;
    unsigned n_secrets;
};

static void
free_growing(void *data)
{
    g_free(((Growing *)data)->text);
    g_free(data);
}

RecallRedact *
recall_redact_new(void)
{
    RecallRedact *self = g_new0(RecallRedact, 1);

    self->last = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    self->texts = g_hash_table_new(g_str_hash, g_str_equal);
    self->growing = g_ptr_array_new_with_free_func(free_growing);
    self->tails = recall_tails_new();
    pixman_region32_init(&self->hidden);
    return self;
}

void
recall_redact_free(RecallRedact *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->texts);
    g_ptr_array_unref(self->last);
    g_ptr_array_unref(self->growing);
    recall_tails_free(self->tails);
    pixman_region32_fini(&self->hidden);
    g_free(self);
}

const pixman_region32_t *
recall_redact_get_hidden(const RecallRedact *self)
{
    return &self->hidden;
}

int64_t
recall_redact_get_rest_us(const RecallRedact *self)
{
    return self->rest_us;
}

unsigned
recall_redact_get_n_secrets(const RecallRedact *self)
{
    return self->n_secrets;
}

/* --- what grows --- */

static gboolean
stands_in_same_place(const BaseRect *a, const BaseRect *b)
{
    BaseRect common;

    return base_rect_intersect(a, b, &common) && common.height * 2 >= MIN(a->height, b->height);
}

/* The run of the view before that stood where @run stands, or NULL. */
static const RecallRun *
find_before(const RecallRedact *self, const RecallRun *run)
{
    for (unsigned i = 0; i < self->last->len; i++) {
        const RecallRun *old = self->last->pdata[i];

        if (stands_in_same_place(&old->box, &run->box))
            return old;
    }
    return NULL;
}

static size_t
count_common_start(const char *a, const char *b)
{
    size_t n = 0;

    while (a[n] != '\0' && a[n] == b[n])
        n++;
    return n;
}

/* Behind the first @n_start bytes, which are taken. */
static size_t
count_common_end(const char *a, const char *b, size_t n_start)
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
find_grown_end(const RecallRedact *self, const RecallRun *run)
{
    const RecallRun *old = find_before(self, run);
    size_t length = strlen(run->text);

    if (old == NULL)
        return skip_caret(run, length);
    return skip_caret(run, length - count_common_end(old->text, run->text,
                                                     count_common_start(old->text, run->text)));
}

/* Most of what stood there stands there still. */
static gboolean
is_edited(const RecallRedact *self, const RecallRun *run)
{
    const RecallRun *old = find_before(self, run);
    size_t n_start = old != NULL ? count_common_start(old->text, run->text) : 0;

    return old != NULL &&
           (n_start + count_common_end(old->text, run->text, n_start)) * 3 >= strlen(old->text) * 2;
}

static void
drop_rested(RecallRedact *self, int64_t now_us)
{
    for (unsigned i = self->growing->len; i > 0; i--) {
        const Growing *growing = self->growing->pdata[i - 1];

        if (now_us - growing->grown_us >= RECALL_REDACT_REST_US || now_us < growing->grown_us)
            g_ptr_array_remove_index(self->growing, i - 1);
    }
}

static Growing *
find_growing(const RecallRedact *self, const char *text)
{
    for (unsigned i = self->growing->len; i > 0; i--) {
        Growing *growing = self->growing->pdata[i - 1];

        if (g_str_equal(growing->text, text))
            return growing;
    }
    return NULL;
}

static gboolean
has_left(const RecallRedact *self, const GPtrArray *runs)
{
    unsigned n_kept = 0;

    for (unsigned i = 0; i < runs->len; i++)
        n_kept += g_hash_table_contains(self->texts, ((RecallRun *)runs->pdata[i])->text);
    return n_kept * 2 <= self->last->len;
}

/* Many lines with digits at once, or when most that stood there left, are shown by a program:
 * nobody types them. A bar to type into comes with labels, and leaves the others. */
static void
drop_shown(const RecallRedact *self, const GPtrArray *runs, GPtrArray *fresh)
{
    unsigned n_new = 0;
    unsigned n_numbers = 0;

    for (unsigned i = 0; i < fresh->len; i++) {
        if (is_edited(self, fresh->pdata[i]))
            continue;
        n_new++;
        n_numbers += strpbrk(((RecallRun *)fresh->pdata[i])->text, "0123456789") != NULL;
    }
    if (n_numbers <= N_NEW_NUMBERS_MAX && (n_new <= N_NEW_LINES_MAX || !has_left(self, runs)))
        return;
    for (unsigned i = fresh->len; i > 0; i--) {
        if (!is_edited(self, fresh->pdata[i - 1]))
            g_ptr_array_remove_index(fresh, i - 1);
    }
}

static void
note_growth(RecallRedact *self, GPtrArray *runs, int64_t now_us)
{
    g_autoptr(GPtrArray) fresh = g_ptr_array_new();

    for (unsigned i = 0; self->has_view && i < runs->len; i++) {
        const char *text = ((RecallRun *)runs->pdata[i])->text;
        Growing *growing;

        if (g_hash_table_contains(self->texts, text))
            continue;
        growing = find_growing(self, text);
        if (growing != NULL)
            growing->grown_us = now_us;
        else if (fresh->len <= RECALL_REDACT_N_GROWING_MAX)
            g_ptr_array_add(fresh, runs->pdata[i]);
    }
    if (fresh->len > RECALL_REDACT_N_GROWING_MAX)
        return;
    drop_shown(self, runs, fresh);
    for (unsigned i = 0; i < fresh->len; i++) {
        const RecallRun *run = fresh->pdata[i];
        Growing *growing = g_new0(Growing, 1);

        *growing = (Growing){g_strdup(run->text), find_grown_end(self, run), now_us};
        g_ptr_array_add(self->growing, growing);
    }
    if (self->growing->len > RECALL_REDACT_N_GROWING_MAX)
        g_ptr_array_remove_range(self->growing, 0,
                                 self->growing->len - RECALL_REDACT_N_GROWING_MAX);
}

static void
remember(RecallRedact *self, GPtrArray *runs)
{
    g_hash_table_remove_all(self->texts);
    g_ptr_array_set_size(self->last, 0);
    self->has_view = TRUE;
    for (unsigned i = 0; i < runs->len; i++) {
        RecallRun *run = runs->pdata[i];

        g_ptr_array_add(self->last, recall_run_ref(run));
        g_hash_table_add(self->texts, run->text);
    }
}

/* --- what scrolls in an entry --- */

static gboolean
find_tail(const RecallRedact *self, const RecallRun *run, uint32_t *out_start)
{
    return recall_tails_find(self->tails, run, find_growing(self, run->text) != NULL, out_start);
}

/* What only may become a secret gives way to the rest of one.
 * Returns: FALSE when there is a secret already */
static gboolean
drop_beginnings(GArray *found, unsigned first, unsigned n)
{
    for (unsigned i = first; i < first + n; i++) {
        if (!g_array_index(found, PolicySecretRange, i).is_beginning)
            return FALSE;
    }
    if (n > 0)
        g_array_remove_range(found, first, n);
    return TRUE;
}

/* @found: of PolicySecretRange; what is left of secrets that scrolled out of sight is added */
static void
add_tails(const RecallRedact *self, GPtrArray *runs, GArray *found)
{
    unsigned next = 0;

    for (unsigned i = 0; i < runs->len; i++) {
        const RecallRun *run = runs->pdata[i];
        PolicySecretRange tail = {i, 0, strlen(run->text), POLICY_SECRET_TOKEN, FALSE};
        unsigned first = next;

        while (next < found->len && g_array_index(found, PolicySecretRange, next).run == i)
            next++;
        if (find_tail(self, run, &tail.start_bytes) &&
            drop_beginnings(found, first, next - first)) {
            g_array_insert_val(found, first, tail);
            next = first + 1;
        }
    }
}

/* --- one run --- */

/* The ranges of one run. */
typedef struct {
    const PolicySecretRange *ranges;
    unsigned n;
} Secrets;

/* Where byte @at of the old text stands in the new one; within a secret its mask's begin or end. */
static uint32_t
move_offset(const Secrets *secrets, uint32_t at, gboolean to_end)
{
    uint32_t moved = at;

    for (unsigned i = 0; i < secrets->n; i++) {
        const PolicySecretRange *range = &secrets->ranges[i];
        uint32_t mask_bytes = strlen(RECALL_REDACT_MASK);

        if (at >= range->end_bytes) {
            moved = moved - (range->end_bytes - range->start_bytes) + mask_bytes;
        } else if (at > range->start_bytes) {
            moved -= at - range->start_bytes;
            return to_end ? moved + mask_bytes : moved;
        }
    }
    return moved;
}

static char *
dup_masked(const char *text, const Secrets *secrets)
{
    GString *masked = g_string_sized_new(strlen(text) + 16);
    uint32_t at = 0;

    for (unsigned i = 0; i < secrets->n; i++) {
        g_string_append_len(masked, text + at, secrets->ranges[i].start_bytes - at);
        g_string_append(masked, RECALL_REDACT_MASK);
        at = secrets->ranges[i].end_bytes;
    }
    g_string_append(masked, text + at);
    return g_string_free(masked, FALSE);
}

/* Words of the same secret become one. */
static void
move_words(const RecallRun *run, const Secrets *secrets, RecallRun *masked)
{
    for (unsigned i = 0; i < run->words->len; i++) {
        ProtocolSpan span = g_array_index(run->words, ProtocolSpan, i);
        ProtocolSpan *last = masked->words->len > 0 ? &g_array_index(masked->words, ProtocolSpan,
                                                                     masked->words->len - 1)
                                                    : NULL;
        uint32_t end = move_offset(secrets, span.start_bytes + span.length_bytes, TRUE);

        span.start_bytes = move_offset(secrets, span.start_bytes, FALSE);
        span.length_bytes = end - span.start_bytes;
        if (last != NULL && span.start_bytes < last->start_bytes + last->length_bytes) {
            last->length_bytes =
                MAX(last->start_bytes + last->length_bytes, end) - last->start_bytes;
            base_rect_union(&last->box, &span.box, &last->box);
        } else {
            g_array_append_val(masked->words, span);
        }
    }
}

static void
hide(RecallRedact *self, const BaseRect *box, int side_px)
{
    pixman_region32_union_rect(&self->hidden, &self->hidden, box->x - side_px, box->y - MARGIN_PX,
                               box->width + 2 * side_px, box->height + 2 * MARGIN_PX);
}

static void
extend_to(BaseRect *rect, int x, const BaseRect *run)
{
    BaseRect edge = {x, run->y, 1, run->height};

    base_rect_union(rect, &edge, rect);
}

/* What OCR leaves out at the end of a line is not in the run's box either: a key's line is as long
 * as the others, a token has no space in it. */
static int
find_right_edge(const RecallRun *run, PolicySecretKind kind)
{
    int right = run->box.x + run->box.width;

    if (run->source != PROTOCOL_SOURCE_OCR)
        return right;
    if (kind == POLICY_SECRET_KEY)
        return MAX(right, run->box.x + KEY_WIDTH_HEIGHTS * run->box.height);
    return kind == POLICY_SECRET_TOKEN ? right + TOKEN_WIDTH_HEIGHTS * run->box.height : right;
}

/* Nor what it leaves out at the begin: the lines of a key begin where the others do. */
static int
find_left_edge(const RecallRedact *self, const RecallRun *run, PolicySecretKind kind)
{
    return kind == POLICY_SECRET_KEY && run->source == PROTOCOL_SOURCE_OCR
               ? MIN(run->box.x, self->key_left)
               : run->box.x;
}

/* OCR may have left a word out: from the first to the last word, and to the ends of the run when
 * the secret goes as far. */
static void
hide_words(RecallRedact *self, const RecallRun *run, const PolicySecretRange *range)
{
    int side_px = run->source == PROTOCOL_SOURCE_OCR || run->is_cell
                      ? MARGIN_PX
                      : run->box.height * SIDE_MARGIN_PERCENT / 100;
    BaseRect all = {0};

    for (unsigned i = 0; i < run->words->len; i++) {
        const ProtocolSpan *span = &g_array_index(run->words, ProtocolSpan, i);

        if (span->start_bytes < range->end_bytes &&
            span->start_bytes + span->length_bytes > range->start_bytes)
            base_rect_union(&all, &span->box, &all);
    }
    if (base_rect_is_empty(&all) || range->kind == POLICY_SECRET_KEY)
        all = run->box;
    if (range->start_bytes == 0)
        extend_to(&all, find_left_edge(self, run, range->kind), &run->box);
    if (range->end_bytes == strlen(run->text))
        extend_to(&all, find_right_edge(run, range->kind), &run->box);
    hide(self, &all, side_px);
}

/* Whether the view before showed a part of a secret of @run without knowing. */
static gboolean
hides_beginning(const RecallRedact *self, const RecallRun *run, const Secrets *secrets)
{
    const RecallRun *old = find_before(self, run);
    size_t n_start;
    size_t n_end;

    if (old == NULL)
        return FALSE;
    n_start = count_common_start(old->text, run->text);
    n_end = count_common_end(old->text, run->text, n_start);
    for (unsigned i = 0; i < secrets->n; i++) {
        if (n_start >= secrets->ranges[i].start_bytes + N_SHOWN_BYTES_MIN ||
            n_end >= strlen(run->text) - secrets->ranges[i].end_bytes + N_SHOWN_BYTES_MIN)
            return TRUE;
    }
    return FALSE;
}

static RecallRun *
mask_run(RecallRedact *self, const RecallRun *run, const Secrets *secrets)
{
    RecallRun *masked = recall_run_new(dup_masked(run->text, secrets), &run->box, run->source);

    move_words(run, secrets, masked);
    for (unsigned i = 0; i < secrets->n; i++)
        hide_words(self, run, &secrets->ranges[i]);
    masked->hides_beginning = hides_beginning(self, run, secrets);
    return masked;
}

/* --- all --- */

/* Returns: (transfer full): of PolicySecretRange */
static GArray *
find_secrets(RecallRedact *self, GPtrArray *runs, int64_t now_us)
{
    g_autofree PolicyDetectRun *values = g_new0(PolicyDetectRun, runs->len + 1);
    GArray *found;

    drop_rested(self, now_us);
    note_growth(self, runs, now_us);
    for (unsigned i = 0; i < runs->len; i++) {
        const RecallRun *run = runs->pdata[i];
        const Growing *growing = find_growing(self, run->text);

        values[i] = (PolicyDetectRun){
            .text = run->text,
            .box = run->box,
            .is_ocr = run->source == PROTOCOL_SOURCE_OCR,
            .is_cell = run->is_cell,
            .grown_end_bytes = growing != NULL ? growing->end_bytes : 0,
        };
    }
    found = policy_detect_find(values, runs->len);
    if (found == NULL)
        found = g_array_new(FALSE, FALSE, sizeof(PolicySecretRange));
    add_tails(self, runs, found);
    return found;
}

static void
note_rest(RecallRedact *self, const RecallRun *run, const Secrets *secrets)
{
    const Growing *growing = find_growing(self, run->text);

    for (unsigned i = 0; i < secrets->n; i++) {
        if (secrets->ranges[i].is_beginning && growing != NULL)
            self->rest_us = MAX(self->rest_us, growing->grown_us + RECALL_REDACT_REST_US);
    }
}

/* A secret that is spread over runs counts in each. */
static unsigned
count_secrets(const GArray *found)
{
    unsigned n = 0;

    for (unsigned i = 0; i < found->len; i++)
        n += !g_array_index(found, PolicySecretRange, i).is_beginning;
    return n;
}

static int
find_key_left(const GPtrArray *runs, const GArray *found)
{
    int left = INT_MAX;

    for (unsigned i = 0; i < found->len; i++) {
        const PolicySecretRange *range = &g_array_index(found, PolicySecretRange, i);
        const RecallRun *run = runs->pdata[range->run];

        if (range->kind == POLICY_SECRET_KEY && run->source == PROTOCOL_SOURCE_OCR)
            left = MIN(left, run->box.x);
    }
    return left;
}

static GPtrArray *
mask_runs(RecallRedact *self, GPtrArray *runs, const GArray *found)
{
    GPtrArray *masked = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    unsigned next = 0;

    self->key_left = find_key_left(runs, found);
    for (unsigned i = 0; i < runs->len; i++) {
        RecallRun *run = runs->pdata[i];
        Secrets secrets = {&g_array_index(found, PolicySecretRange, next), 0};

        while (next < found->len && g_array_index(found, PolicySecretRange, next).run == i) {
            secrets.n++;
            next++;
        }
        if (secrets.n > 0)
            note_rest(self, run, &secrets);
        g_ptr_array_add(masked,
                        secrets.n > 0 ? mask_run(self, run, &secrets) : recall_run_ref(run));
    }
    return masked;
}

GPtrArray *
recall_redact_pick(RecallRedact *self, GPtrArray *runs, int64_t now_us)
{
    g_autoptr(GArray) found = find_secrets(self, runs, now_us);
    GPtrArray *picked = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    unsigned last = runs->len;

    for (unsigned i = 0; i < found->len; i++) {
        unsigned run = g_array_index(found, PolicySecretRange, i).run;

        if (run != last)
            g_ptr_array_add(picked, recall_run_ref(runs->pdata[run]));
        last = run;
    }
    return picked;
}

GPtrArray *
recall_redact_runs(RecallRedact *self, GPtrArray *runs, int64_t now_us)
{
    g_autoptr(GArray) found = NULL;
    GPtrArray *masked;

    found = find_secrets(self, runs, now_us);
    pixman_region32_clear(&self->hidden);
    self->rest_us = 0;
    self->n_secrets = count_secrets(found);
    masked = found->len > 0 ? mask_runs(self, runs, found) : g_ptr_array_ref(runs);
    recall_tails_note(self->tails, runs, found, now_us);
    remember(self, runs);
    return masked;
}

char *
recall_redact_dup_text(const char *text)
{
    g_autoptr(GArray) found = text != NULL ? policy_detect_find_in(text) : NULL;
    Secrets secrets;

    if (found == NULL)
        return g_strdup(text);
    secrets = (Secrets){(const PolicySecretRange *)found->data, found->len};
    return dup_masked(text, &secrets);
}
