/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/redact.h"

#include "policies/detect.h"
#include "recall/watch/columns.h"
#include "recall/watch/growth.h"
#include "recall/watch/mask.h"
#include "recall/watch/stains.h"
#include "recall/watch/tails.h"

#include <string.h>

#define N_SHOWN_BYTES_MIN 3     /* less of a secret tells nothing */
#define HEIGHTS_TO_COLUMN_MIN 2 /* between two columns */

struct RecallRedact {
    RecallGrowth *growth;
    RecallColumns *columns;
    PolicyDetectMemory *memory;
    int64_t memory_seen_us;
    char *page; /* whose both are */
    RecallTails *tails;
    RecallStains *stains;
    GPtrArray *judged; /* of RecallRun: those of the last search for secrets */
    GArray *found;     /* of PolicySecretRange: in those */
    int64_t judged_until_us;
    int key_left; /* of all lines of keys that OCR read */
    pixman_region32_t hidden;
    int64_t rest_us;
    unsigned n_secrets;
    GHashTable *secrets;    /* the set of those of the last view, letters and digits only */
    GPtrArray *new_secrets; /* of char *: those of them that are new */
};

static GArray *
new_ranges(void)
{
    return g_array_new(FALSE, FALSE, sizeof(PolicySecretRange));
}

static GPtrArray *
new_runs(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
}

static GHashTable *
new_texts(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

RecallRedact *
recall_redact_new(void)
{
    RecallRedact *self = g_new0(RecallRedact, 1);

    self->growth = recall_growth_new();
    self->columns = recall_columns_new();
    self->memory = policy_detect_memory_new();
    self->tails = recall_tails_new();
    self->stains = recall_stains_new();
    self->judged = new_runs();
    self->found = new_ranges();
    self->secrets = new_texts();
    self->new_secrets = g_ptr_array_new_with_free_func(g_free);
    pixman_region32_init(&self->hidden);
    return self;
}

void
recall_redact_free(RecallRedact *self)
{
    if (self == NULL)
        return;
    recall_growth_free(self->growth);
    recall_columns_free(self->columns);
    policy_detect_memory_free(self->memory);
    g_free(self->page);
    recall_tails_free(self->tails);
    recall_stains_free(self->stains);
    g_ptr_array_unref(self->judged);
    g_array_unref(self->found);
    g_hash_table_unref(self->secrets);
    g_ptr_array_unref(self->new_secrets);
    pixman_region32_fini(&self->hidden);
    g_free(self);
}

void
recall_redact_set_page(RecallRedact *self, const char *page)
{
    g_autofree char *bare = page != NULL ? g_strndup(page, strcspn(page, "#")) : NULL;

    if (g_strcmp0(self->page, bare) == 0)
        return;
    recall_columns_clear(self->columns);
    policy_detect_memory_clear(self->memory);
    self->judged_until_us = 0;
    g_free(self->page);
    self->page = g_steal_pointer(&bare);
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

const GPtrArray *
recall_redact_get_new_secrets(const RecallRedact *self)
{
    return self->new_secrets;
}

void
recall_redact_wash(RecallRedact *self, const pixman_region32_t *changed, pixman_region32_t *gone)
{
    recall_stains_wash(self->stains, changed, gone);
}

/* --- what scrolls in an entry --- */

static gboolean
is_growing(const RecallRedact *self, const char *text)
{
    return recall_growth_get_rest_us(self->growth, text) != 0;
}

static gboolean
find_tail(const RecallRedact *self, const RecallRun *run, uint32_t *out_start)
{
    return recall_tails_find(self->tails, run, is_growing(self, run->text), out_start);
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

/* --- what is secret --- */

static gboolean
is_same_run(const RecallRun *a, const RecallRun *b)
{
    return a == b || (base_rect_equal(&a->box, &b->box) && a->source == b->source &&
                      a->is_cell == b->is_cell && g_str_equal(a->text, b->text) &&
                      g_strcmp0(a->context, b->context) == 0);
}

static gboolean
is_judged(const RecallRedact *self, const GPtrArray *runs, int64_t now_us)
{
    if (now_us >= self->judged_until_us || self->judged->len != runs->len)
        return FALSE;
    for (unsigned i = 0; i < runs->len; i++) {
        if (!is_same_run(self->judged->pdata[i], runs->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

/* What of the secrets found in their context is shown. */
static void
leave_context(const GPtrArray *runs, GArray *found)
{
    for (unsigned i = found->len; i > 0; i--) {
        PolicySecretRange *range = &g_array_index(found, PolicySecretRange, i - 1);
        const RecallRun *run = runs->pdata[range->run];
        uint32_t start = run->context_start;
        uint32_t end = start + strlen(run->text);

        range->start_bytes = CLAMP(range->start_bytes, start, end) - start;
        range->end_bytes = CLAMP(range->end_bytes, start, end) - start;
        if (range->start_bytes == range->end_bytes)
            g_array_remove_index(found, i - 1);
    }
}

static GArray *
detect(const RecallRedact *self, const GPtrArray *runs)
{
    g_autofree PolicyDetectRun *values = g_new0(PolicyDetectRun, runs->len + 1);
    GArray *found;

    for (unsigned i = 0; i < runs->len; i++) {
        const RecallRun *run = runs->pdata[i];

        values[i] = (PolicyDetectRun){
            .text = run->context != NULL ? run->context : run->text,
            .box = run->box,
            .is_ocr = run->source == PROTOCOL_SOURCE_OCR,
            .is_cell = run->is_cell,
            .words = (const ProtocolSpan *)run->words->data,
            .n_words = run->words->len,
            .words_at_bytes = run->context_start,
        };
        if (recall_growth_find_end(self->growth, run->text, &values[i].grown_end_bytes))
            values[i].grown_end_bytes += run->context_start;
    }
    found = policy_detect_find_next(values, runs->len, self->memory);
    if (found == NULL)
        return new_ranges();
    leave_context(runs, found);
    return found;
}

static void
keep_runs(GPtrArray **kept, const GPtrArray *runs)
{
    g_ptr_array_unref(*kept);
    *kept = new_runs();
    for (unsigned i = 0; i < runs->len; i++)
        g_ptr_array_add(*kept, recall_run_ref(runs->pdata[i]));
}

/* A table of lines is forgotten a while after its rows were in view last. */
static void
keep_memory(RecallRedact *self, int64_t now_us)
{
    if (policy_detect_memory_is_seen(self->memory))
        self->memory_seen_us = now_us;
    else if (now_us - self->memory_seen_us >= RECALL_COLUMNS_GONE_US)
        policy_detect_memory_clear(self->memory);
}

/* Finds the secrets of @runs, unless they are those of the last search. */
static void
judge(RecallRedact *self, GPtrArray *runs, int64_t now_us)
{
    keep_memory(self, now_us);
    if (is_judged(self, runs, now_us))
        return;
    recall_growth_note(self->growth, runs, now_us);
    g_array_unref(self->found);
    self->found = detect(self, runs);
    recall_columns_find(self->columns, runs, self->found);
    policy_secret_ranges_tidy(self->found);
    add_tails(self, runs, self->found);
    keep_runs(&self->judged, runs);
    self->judged_until_us = recall_growth_get_first_rest_us(self->growth);
}

GPtrArray *
recall_redact_pick(RecallRedact *self, GPtrArray *runs, int64_t now_us)
{
    GPtrArray *picked = new_runs();
    unsigned last = runs->len;

    judge(self, runs, now_us);
    for (unsigned i = 0; i < self->found->len; i++) {
        unsigned run = g_array_index(self->found, PolicySecretRange, i).run;

        if (run != last)
            g_ptr_array_add(picked, recall_run_ref(runs->pdata[run]));
        last = run;
    }
    return picked;
}

/* --- pixels --- */

/* Where ordinary words stand beside @run, some letters away: nothing of it goes on there. */
static int
find_words_beside(const GPtrArray *runs, const RecallRun *run)
{
    int left = INT_MAX;

    for (unsigned i = 0; i < runs->len; i++) {
        const RecallRun *other = runs->pdata[i];
        int gap = other->box.x - (run->box.x + run->box.width);

        if (gap >= HEIGHTS_TO_COLUMN_MIN * run->box.height && other->box.x < left &&
            ABS(other->box.y - run->box.y) < run->box.height && strchr(other->text, ' ') != NULL &&
            strpbrk(other->text, "0123456789") == NULL)
            left = other->box.x;
    }
    return left;
}

/* What may only become a secret leaves no stain: it is seen again when it is none. */
static void
hide_secret(RecallRedact *self, GPtrArray *runs, const PolicySecretRange *secret)
{
    RecallRun *run = runs->pdata[secret->run];
    pixman_region32_t letters;
    pixman_region32_t hidden;

    pixman_region32_init(&letters);
    pixman_region32_init(&hidden);
    recall_mask_find_pixels(run, secret, self->key_left, find_words_beside(runs, run), &letters,
                            &hidden);
    pixman_region32_union(&self->hidden, &self->hidden, &hidden);
    if (!secret->is_beginning)
        recall_stains_add(self->stains, run, &letters, &hidden);
    pixman_region32_fini(&letters);
    pixman_region32_fini(&hidden);
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

/* Returns: (transfer full): of PolicySecretRange: the secrets found, and what of others is left */
static GArray *
hide_all(RecallRedact *self, GPtrArray *runs)
{
    GArray *all = g_array_copy(self->found);

    recall_stains_judge(self->stains, runs);
    pixman_region32_clear(&self->hidden);
    recall_stains_hide(self->stains, &self->hidden);
    for (unsigned i = 0; i < runs->len; i++) {
        PolicySecretRange rest = {i, 0, 0, POLICY_SECRET_TOKEN, FALSE};

        while (recall_stains_find(self->stains, runs->pdata[i], rest.end_bytes, &rest.start_bytes,
                                  &rest.end_bytes))
            g_array_append_val(all, rest);
    }
    self->key_left = find_key_left(runs, self->found);
    for (unsigned i = 0; i < self->found->len; i++) {
        const PolicySecretRange *secret = &g_array_index(self->found, PolicySecretRange, i);

        hide_secret(self, runs, secret);
    }
    policy_secret_ranges_tidy(all);
    return all;
}

/* --- text --- */

/* Whether the view before showed a part of @secret, and something was typed into it or beside it
 * since. Bytes from @n_start to @end of the run are new. */
static gboolean
grew_from_shown(const PolicySecretRange *secret, size_t n_start, size_t end)
{
    return secret->end_bytes >= n_start && secret->start_bytes <= end &&
           (n_start >= secret->start_bytes + N_SHOWN_BYTES_MIN ||
            secret->end_bytes >= end + N_SHOWN_BYTES_MIN);
}

/* Whether the view before showed a part of a secret of @run without knowing. */
static gboolean
hides_beginning(const RecallRedact *self, const RecallRun *run, const RecallMaskRanges *secrets)
{
    const RecallRun *old = recall_growth_find_before(self->growth, run);
    size_t n_start;
    size_t end;

    if (old == NULL || g_str_equal(old->text, run->text))
        return old != NULL;
    n_start = recall_growth_count_start(old->text, run->text);
    end = strlen(run->text) - recall_growth_count_end(old->text, run->text, n_start);
    for (unsigned i = 0; i < secrets->n; i++) {
        if (grew_from_shown(&secrets->ranges[i], n_start, end))
            return TRUE;
    }
    return FALSE;
}

static void
note_rest(RecallRedact *self, const RecallRun *run, const RecallMaskRanges *secrets)
{
    int64_t rest_us = recall_growth_get_rest_us(self->growth, run->text);

    for (unsigned i = 0; i < secrets->n; i++) {
        if (secrets->ranges[i].is_beginning)
            self->rest_us = MAX(self->rest_us, rest_us);
    }
}

static RecallRun *
mask_run(RecallRedact *self, RecallRun *run, const RecallMaskRanges *secrets)
{
    RecallRun *masked;

    if (secrets->n == 0)
        return recall_run_ref(run);
    note_rest(self, run, secrets);
    masked = recall_mask_dup_run(run, secrets);
    masked->hides_beginning = hides_beginning(self, run, secrets);
    return masked;
}

/* @secrets: of PolicySecretRange */
static GPtrArray *
mask_runs(RecallRedact *self, GPtrArray *runs, const GArray *secrets)
{
    GPtrArray *masked = new_runs();
    unsigned next = 0;

    for (unsigned i = 0; i < runs->len; i++) {
        RecallMaskRanges of_run = {&g_array_index(secrets, PolicySecretRange, next), 0};

        while (next < secrets->len && g_array_index(secrets, PolicySecretRange, next).run == i) {
            of_run.n++;
            next++;
        }
        g_ptr_array_add(masked, mask_run(self, runs->pdata[i], &of_run));
    }
    return masked;
}

static char *
dup_bare(const RecallRun *run, const PolicySecretRange *secret)
{
    GString *bare = g_string_new(NULL);

    for (uint32_t i = secret->start_bytes; i < secret->end_bytes; i++) {
        if (g_ascii_isalnum(run->text[i]))
            g_string_append_c(bare, run->text[i]);
    }
    return g_string_free(bare, FALSE);
}

static void
note_secrets(RecallRedact *self, const GPtrArray *runs)
{
    GHashTable *secrets = new_texts();

    g_ptr_array_set_size(self->new_secrets, 0);
    for (unsigned i = 0; i < self->found->len; i++) {
        const PolicySecretRange *range = &g_array_index(self->found, PolicySecretRange, i);
        char *secret = range->is_beginning ? NULL : dup_bare(runs->pdata[range->run], range);

        if (secret == NULL)
            continue;
        if (!g_hash_table_contains(self->secrets, secret) &&
            self->new_secrets->len < RECALL_REDACT_N_NEW_MAX)
            g_ptr_array_add(self->new_secrets, g_strdup(secret));
        g_hash_table_add(secrets, secret);
    }
    g_hash_table_unref(self->secrets);
    self->secrets = secrets;
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

GPtrArray *
recall_redact_runs(RecallRedact *self, GPtrArray *runs, int64_t now_us)
{
    g_autoptr(GArray) secrets = NULL;
    GPtrArray *masked;

    judge(self, runs, now_us);
    secrets = hide_all(self, runs);
    self->rest_us = 0;
    self->n_secrets = count_secrets(self->found);
    note_secrets(self, runs);
    masked = mask_runs(self, runs, secrets);
    recall_columns_note(self->columns, runs, self->found, now_us);
    recall_tails_note(self->tails, runs, self->found, now_us);
    recall_growth_remember(self->growth, runs);
    return masked;
}

char *
recall_redact_dup_text(const char *text)
{
    g_autoptr(GArray) found = text != NULL ? policy_detect_find_in(text) : NULL;
    RecallMaskRanges secrets;

    if (found == NULL)
        return g_strdup(text);
    secrets = (RecallMaskRanges){(const PolicySecretRange *)found->data, found->len};
    return recall_mask_dup_text(text, &secrets);
}
