/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/sieve.h"

#include "recall/vault/bloom.h"
#include "recall/vault/tokenizer.h"

#include <string.h>

/* A row's number says what it is: the kind, then a number within it or a hash. */
#define ID_HEAD INT64_C(0)            /* all is built: a Head */
#define ID_WORKING INT64_C(1)         /* gone when a scene was written meanwhile */
#define KIND_ROWS (INT64_C(1) << 60)  /* numbers of the scenes in order, so many in each */
#define KIND_TERMS (INT64_C(2) << 60) /* blocks of the Bloom filters */
#define KIND_RUNS (INT64_C(3) << 60)
#define KIND_BITS (INT64_C(4) << 60) /* by hash of the term */
#define HASH_MASK ((UINT64_C(1) << 60) - 1)

#define N_ROWS_IN_CHUNK 512
#define N_SCENES_MIN 16 /* of a term that has bits, however small the week */
#define N_PAGES_MERGED 64
/* Of text: says how many different runs to expect. */
#define N_BYTES_PER_RUN 7

#define SQL_GET "SELECT bits FROM sieve WHERE id = ?1"
#define SQL_PUT "INSERT OR REPLACE INTO sieve(id, bits) VALUES(?1, ?2)"
#define SQL_ROWS "SELECT id, length(CAST(text AS BLOB)) FROM scene ORDER BY id"
#define SQL_TEXTS "SELECT id, text, title, app, url, file FROM scene WHERE id > ?1 ORDER BY id"
#define SQL_VOCABULARY                                                                             \
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, scene_fts, row)"
#define SQL_TERMS "SELECT term, doc FROM temp.vocabulary WHERE term > ?1"
#define SQL_TERM "SELECT rowid FROM scene_fts WHERE scene_fts MATCH ?1"
#define SQL_MERGE "INSERT INTO scene_fts(scene_fts, rank) VALUES('merge', ?1)"

typedef struct {
    uint32_t n_rows;
    uint32_t n_term_blocks;
    uint32_t n_run_blocks;
} Head;

typedef enum { MERGING, LISTING, READING_TERMS, READING_TEXTS, WRITING, DONE } Stage;

struct RecallSieve {
    Stage stage;
    GArray *rows;     /* of uint32_t */
    GArray *hashes;   /* of uint64_t: of the terms */
    char *last_term;  /* that was read */
    int64_t last_row; /* whose text was read */
    RecallBloom *terms;
    RecallBloom *runs;
};

/* --- reading and writing the table --- */

static gboolean
step(RecallSegment *segment, sqlite3_stmt *statement, gboolean *out_has_row, GError **error)
{
    int code = sqlite3_step(statement);

    *out_has_row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE || recall_segment_set_error(segment, error);
}

/* @out: (transfer full): NULL when there is no such row */
static gboolean
get(RecallSegment *segment, int64_t id, GBytes **out, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_GET, error);
    gboolean has_row = FALSE;
    gboolean is_good = FALSE;

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, id);
    is_good = step(segment, statement, &has_row, error);
    *out = NULL;
    if (has_row)
        *out = g_bytes_new(sqlite3_column_blob(statement, 0),
                           (size_t)sqlite3_column_bytes(statement, 0));
    sqlite3_reset(statement);
    return is_good;
}

static gboolean
put(RecallSegment *segment, int64_t id, const void *data, size_t length, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_PUT, error);

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_blob(statement, 2, data, (int)length, SQLITE_STATIC);
    return recall_segment_run(segment, statement, error);
}

static int64_t
id_of_bits(uint64_t hash)
{
    return KIND_BITS | (int64_t)(hash & HASH_MASK);
}

/* @out: zero when nothing is built */
static gboolean
get_head(RecallSegment *segment, Head *out, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;

    if (!get(segment, ID_HEAD, &bytes, error))
        return FALSE;
    memset(out, 0, sizeof *out);
    if (bytes != NULL && g_bytes_get_size(bytes) == sizeof *out)
        memcpy(out, g_bytes_get_data(bytes, NULL), sizeof *out);
    return TRUE;
}

gboolean
recall_sieve_is_built(RecallSegment *segment, gboolean *out_is_built, GError **error)
{
    Head head = {0};

    if (!get_head(segment, &head, error))
        return FALSE;
    *out_is_built = head.n_term_blocks > 0;
    return TRUE;
}

/* --- building --- */

RecallSieve *
recall_sieve_new(void)
{
    RecallSieve *self = g_new0(RecallSieve, 1);

    self->rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    self->hashes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    self->last_term = g_strdup("");
    self->last_row = -1;
    return self;
}

static void
clear(RecallSieve *self)
{
    g_array_unref(self->rows);
    g_array_unref(self->hashes);
    g_free(self->last_term);
    recall_bloom_free(self->terms);
    recall_bloom_free(self->runs);
}

void
recall_sieve_free(RecallSieve *self)
{
    if (self == NULL)
        return;
    clear(self);
    g_free(self);
}

static void
begin_again(RecallSieve *self)
{
    RecallSieve *fresh = recall_sieve_new();

    clear(self);
    *self = *fresh;
    g_free(fresh);
}

/* Joins the pieces of the index, all of them in the end. */
static gboolean
merge(RecallSieve *self, RecallSegment *segment, int64_t deadline_us, GError **error)
{
    sqlite3 *db = recall_segment_get_db(segment);
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_MERGE, error);

    if (statement == NULL)
        return FALSE;
    while (self->stage == MERGING && g_get_monotonic_time() < deadline_us) {
        int n_before = sqlite3_total_changes(db);

        sqlite3_bind_int(statement, 1, -N_PAGES_MERGED);
        if (!recall_segment_run(segment, statement, error))
            return FALSE;
        if (sqlite3_total_changes(db) - n_before < 2) /* FTS5 says so that nothing was to do */
            self->stage = LISTING;
    }
    return TRUE;
}

static gboolean
put_rows(RecallSieve *self, RecallSegment *segment, GError **error)
{
    const GArray *rows = self->rows;

    for (unsigned i = 0; i < rows->len; i += N_ROWS_IN_CHUNK) {
        unsigned n = MIN(N_ROWS_IN_CHUNK, rows->len - i);

        if (!put(segment, KIND_ROWS | i / N_ROWS_IN_CHUNK, &g_array_index(rows, uint32_t, i),
                 n * sizeof(uint32_t), error))
            return FALSE;
    }
    return put(segment, ID_WORKING, "", 0, error);
}

static gboolean
list_rows(RecallSieve *self, RecallSegment *segment, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_ROWS, error);
    size_t n_bytes = 0;
    gboolean has_row = FALSE;
    gboolean is_good = FALSE;

    if (statement == NULL)
        return FALSE;
    while ((is_good = step(segment, statement, &has_row, error)) && has_row) {
        uint32_t row = (uint32_t)sqlite3_column_int64(statement, 0);

        g_array_append_val(self->rows, row);
        n_bytes += (size_t)sqlite3_column_int64(statement, 1);
    }
    sqlite3_reset(statement);
    self->runs = recall_bloom_new(n_bytes / N_BYTES_PER_RUN);
    self->stage = self->rows->len > RECALL_SIEVE_N_SCENES_MAX ? DONE : READING_TERMS;
    return is_good && put_rows(self, segment, error);
}

/* Both are in order, so that one walk finds the places of all. */
static gboolean
read_bits(const RecallSieve *self,
          RecallSegment *segment,
          const char *term,
          uint8_t *bits,
          GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_TERM, error);
    g_autofree char *expression = g_strdup_printf("\"%s\"", term);
    unsigned at = 0;
    gboolean has_row = FALSE;
    gboolean is_good = FALSE;

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_text(statement, 1, expression, -1, SQLITE_STATIC);
    while ((is_good = step(segment, statement, &has_row, error)) && has_row) {
        uint32_t row = (uint32_t)sqlite3_column_int64(statement, 0);

        while (at < self->rows->len && g_array_index(self->rows, uint32_t, at) < row)
            at++;
        if (at < self->rows->len && g_array_index(self->rows, uint32_t, at) == row)
            bits[at / 8] |= 1 << at % 8;
    }
    sqlite3_reset(statement);
    return is_good;
}

static gboolean
take_term(RecallSieve *self, RecallSegment *segment, const char *term, int64_t n, GError **error)
{
    uint64_t hash = recall_bloom_hash(term, strlen(term));
    size_t n_bytes = (self->rows->len + 7) / 8;
    g_autofree uint8_t *bits = NULL;

    g_array_append_val(self->hashes, hash);
    if (n < MAX(self->rows->len / RECALL_SIEVE_SHARE, N_SCENES_MIN))
        return TRUE;
    bits = g_malloc0(n_bytes);
    return read_bits(self, segment, term, bits, error) &&
           put(segment, id_of_bits(hash), bits, n_bytes, error);
}

static void
fill_terms(RecallSieve *self)
{
    self->terms = recall_bloom_new(self->hashes->len);
    for (unsigned i = 0; i < self->hashes->len; i++)
        recall_bloom_add(self->terms, g_array_index(self->hashes, uint64_t, i));
    self->stage = READING_TEXTS;
}

/* The terms of the index in order, each into the filter, the frequent ones with their bits. */
static gboolean
read_terms(RecallSieve *self, RecallSegment *segment, int64_t deadline_us, GError **error)
{
    sqlite3_stmt *statement = NULL;
    gboolean has_row = TRUE;
    gboolean is_good = TRUE;

    if (!recall_segment_execute(segment, SQL_VOCABULARY, error))
        return FALSE;
    statement = recall_segment_get_statement(segment, SQL_TERMS, error);
    if (statement == NULL)
        return FALSE;
    sqlite3_bind_text(statement, 1, self->last_term, -1, SQLITE_TRANSIENT);
    while (is_good && has_row && g_get_monotonic_time() < deadline_us) {
        is_good = step(segment, statement, &has_row, error);
        if (!is_good || !has_row)
            break;
        g_free(self->last_term);
        self->last_term = g_strdup((const char *)sqlite3_column_text(statement, 0));
        is_good =
            take_term(self, segment, self->last_term, sqlite3_column_int64(statement, 1), error);
    }
    sqlite3_reset(statement);
    if (is_good && !has_row)
        fill_terms(self);
    return is_good;
}

static void
take_text(RecallSieve *self, const char *text, size_t length_bytes)
{
    RecallRun run = {0};
    RecallToken token = {0};
    size_t position = 0;

    while (recall_tokenizer_next(text, length_bytes, &position, &token)) {
        g_array_set_size(self->hashes, 0);
        recall_run_take(&run, &token, self->hashes);
        for (unsigned i = 0; i < self->hashes->len; i++)
            recall_bloom_add(self->runs, g_array_index(self->hashes, uint64_t, i));
    }
}

static gboolean
read_texts(RecallSieve *self, RecallSegment *segment, int64_t deadline_us, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_TEXTS, error);
    gboolean has_row = TRUE;
    gboolean is_good = statement != NULL;

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, self->last_row);
    while (is_good && has_row && g_get_monotonic_time() < deadline_us) {
        is_good = step(segment, statement, &has_row, error);
        if (!is_good || !has_row)
            break;
        self->last_row = sqlite3_column_int64(statement, 0);
        for (int i = 1; i <= 5; i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);

            take_text(self, text, (size_t)sqlite3_column_bytes(statement, i));
        }
    }
    sqlite3_reset(statement);
    if (is_good && !has_row)
        self->stage = WRITING;
    return is_good;
}

static gboolean
put_bloom(RecallSegment *segment, int64_t kind, const RecallBloom *bloom, GError **error)
{
    for (unsigned i = 0; i < recall_bloom_get_n_blocks(bloom); i++) {
        if (!put(segment, kind | i, recall_bloom_get_block(bloom, i), RECALL_BLOOM_BLOCK_BYTES,
                 error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
write_filters(RecallSieve *self, RecallSegment *segment, GError **error)
{
    Head head = {self->rows->len, recall_bloom_get_n_blocks(self->terms),
                 recall_bloom_get_n_blocks(self->runs)};

    self->stage = DONE;
    return put_bloom(segment, KIND_TERMS, self->terms, error) &&
           put_bloom(segment, KIND_RUNS, self->runs, error) &&
           put(segment, ID_HEAD, &head, sizeof head, error);
}

static gboolean
work(RecallSieve *self, RecallSegment *segment, GError **error)
{
    int64_t deadline_us = g_get_monotonic_time() + RECALL_SIEVE_STEP_US;

    switch (self->stage) {
    case MERGING:
        return merge(self, segment, deadline_us, error);
    case LISTING:
        return list_rows(self, segment, error);
    case READING_TERMS:
        return read_terms(self, segment, deadline_us, error);
    case READING_TEXTS:
        return read_texts(self, segment, deadline_us, error);
    case WRITING:
        return write_filters(self, segment, error);
    default:
        return TRUE;
    }
}

/* A scene that was written since the last step has dropped all that this work put down. */
static gboolean
check_is_valid(RecallSieve *self, RecallSegment *segment, GError **error)
{
    g_autoptr(GBytes) working = NULL;

    if (self->stage <= LISTING)
        return TRUE;
    if (!get(segment, ID_WORKING, &working, error))
        return FALSE;
    if (working == NULL)
        begin_again(self);
    return TRUE;
}

gboolean
recall_sieve_step(RecallSieve *self, RecallSegment *segment, gboolean *out_is_done, GError **error)
{
    if (!recall_sieve_is_built(segment, out_is_done, error))
        return FALSE;
    if (*out_is_done)
        return TRUE;
    if (check_is_valid(self, segment, error) &&
        recall_segment_execute(segment, "BEGIN IMMEDIATE", error) && work(self, segment, error) &&
        recall_segment_execute(segment, "COMMIT", error)) {
        *out_is_done = self->stage == DONE;
        return TRUE;
    }
    if (!sqlite3_get_autocommit(recall_segment_get_db(segment)))
        recall_segment_execute(segment, "ROLLBACK", NULL);
    begin_again(self);
    return FALSE;
}

/* --- asking --- */

/* @out_has_all: FALSE when one of @hashes is for sure not in the filter */
static gboolean
ask_bloom(RecallSegment *segment,
          int64_t kind,
          unsigned n_blocks,
          const GArray *hashes,
          gboolean *out_has_all,
          GError **error)
{
    *out_has_all = TRUE;
    for (unsigned i = 0; i < hashes->len && *out_has_all && n_blocks > 0; i++) {
        uint64_t hash = g_array_index(hashes, uint64_t, i);
        g_autoptr(GBytes) block = NULL;

        if (!get(segment, kind | recall_bloom_find_block(hash, n_blocks), &block, error))
            return FALSE;
        if (block != NULL)
            *out_has_all = recall_bloom_block_has(g_bytes_get_data(block, NULL),
                                                  g_bytes_get_size(block), hash);
    }
    return TRUE;
}

static void
keep_common(uint64_t *common, size_t n_words, GBytes *bits)
{
    size_t n_bytes = 0;
    const uint8_t *data = g_bytes_get_data(bits, &n_bytes);

    for (size_t i = 0; i < n_words; i++) {
        uint64_t word = 0;

        if (i * sizeof word < n_bytes)
            memcpy(&word, data + i * sizeof word, MIN(sizeof word, n_bytes - i * sizeof word));
        common[i] &= word;
    }
}

/* Bits of @common, counted up to one more than are wanted. */
static unsigned
count_bits(const uint64_t *common, size_t n_words)
{
    unsigned n = 0;

    for (size_t i = 0; i < n_words && n <= RECALL_SIEVE_N_ROWS_MAX; i++)
        n += __builtin_popcountll(common[i]);
    return n;
}

/* What all terms that have bits have in common. @out_n_terms: how many those are */
static gboolean
narrow(RecallSegment *segment,
       const GArray *hashes,
       uint64_t *common,
       size_t n_words,
       unsigned *out_n_terms,
       GError **error)
{
    memset(common, 0xff, n_words * sizeof *common);
    *out_n_terms = 0;
    for (unsigned i = 0; i < hashes->len; i++) {
        g_autoptr(GBytes) bits = NULL;

        if (!get(segment, id_of_bits(g_array_index(hashes, uint64_t, i)), &bits, error))
            return FALSE;
        if (bits == NULL)
            continue;
        keep_common(common, n_words, bits);
        *out_n_terms += 1;
        if (count_bits(common, n_words) == 0)
            return TRUE;
    }
    return TRUE;
}

static gboolean
get_row(RecallSegment *segment, size_t index, GArray *out_rows, GError **error)
{
    g_autoptr(GBytes) chunk = NULL;
    size_t at = index % N_ROWS_IN_CHUNK * sizeof(uint32_t);
    uint32_t number = 0;
    int64_t row = 0;

    if (!get(segment, KIND_ROWS | (int64_t)(index / N_ROWS_IN_CHUNK), &chunk, error))
        return FALSE;
    if (chunk == NULL || g_bytes_get_size(chunk) < at + sizeof number) {
        g_set_error_literal(error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED,
                            "a list of scenes is too short");
        return FALSE;
    }
    memcpy(&number, (const uint8_t *)g_bytes_get_data(chunk, NULL) + at, sizeof number);
    row = number;
    g_array_append_val(out_rows, row);
    return TRUE;
}

static GArray *
get_rows(RecallSegment *segment, const uint64_t *common, size_t n_words, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(int64_t));

    for (size_t i = n_words; i-- > 0;) {
        for (uint64_t left = common[i]; left != 0;) {
            unsigned bit = 63 - __builtin_clzll(left);

            left &= ~(UINT64_C(1) << bit);
            if (!get_row(segment, i * 64 + bit, rows, error))
                return NULL;
        }
    }
    return g_steal_pointer(&rows);
}

static gboolean
ask_bits(RecallSegment *segment,
         const Head *head,
         const GArray *hashes,
         RecallSieveAnswer *out_answer,
         GArray **out_rows,
         GError **error)
{
    size_t n_words = ((size_t)head->n_rows + 63) / 64;
    g_autofree uint64_t *common = g_new(uint64_t, MAX(n_words, 1));
    unsigned n_terms = 0;
    unsigned n = 0;

    if (!narrow(segment, hashes, common, n_words, &n_terms, error))
        return FALSE;
    n = count_bits(common, n_words);
    if (n_terms < 2 || n > RECALL_SIEVE_N_ROWS_MAX)
        return TRUE;
    *out_answer = n == 0 ? RECALL_SIEVE_HAS_NONE : RECALL_SIEVE_HAS_FEW;
    *out_rows = n == 0 ? NULL : get_rows(segment, common, n_words, error);
    return n == 0 || *out_rows != NULL;
}

gboolean
recall_sieve_ask(RecallSegment *segment,
                 const RecallNeeds *needs,
                 RecallSieveAnswer *out_answer,
                 GArray **out_rows,
                 GError **error)
{
    Head head = {0};
    gboolean has_all = TRUE;

    *out_answer = RECALL_SIEVE_PASSES;
    *out_rows = NULL;
    if (needs->terms->len == 0)
        return TRUE;
    if (!get_head(segment, &head, error))
        return FALSE;
    if (head.n_term_blocks == 0 || head.n_rows > RECALL_SIEVE_N_SCENES_MAX)
        return TRUE;
    if (!ask_bloom(segment, KIND_TERMS, head.n_term_blocks, needs->terms, &has_all, error))
        return FALSE;
    if (has_all && !ask_bloom(segment, KIND_RUNS, head.n_run_blocks, needs->runs, &has_all, error))
        return FALSE;
    if (!has_all)
        *out_answer = RECALL_SIEVE_HAS_NONE;
    return !has_all || needs->terms->len < 2 ||
           ask_bits(segment, &head, needs->terms, out_answer, out_rows, error);
}
