/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/sieve.h"

#include <string.h>

/* Terms hold letters and digits only, so these keys are no terms. "#": all is built. "#0", "#1"
 * ...: numbers of the scenes in order, so many in each. */
#define KEY_BUILT "#"
#define N_ROWS_IN_CHUNK 512
#define N_CHUNKS_MAX 4096 /* two million scenes in a week */

#define SQL_IS_BUILT "SELECT 1 FROM sieve WHERE term = '" KEY_BUILT "'"
#define SQL_BITS "SELECT bits FROM sieve WHERE term = ?1 AND EXISTS(" SQL_IS_BUILT ")"
#define SQL_CHUNK "SELECT bits FROM sieve WHERE term = ?1"
#define SQL_STORE "INSERT OR REPLACE INTO sieve(term, bits) VALUES(?1, ?2)"
#define SQL_LAST "SELECT max(term) FROM sieve WHERE term >= '0'"
#define SQL_ROWS "SELECT id FROM scene ORDER BY id"
#define SQL_VOCABULARY                                                                             \
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, scene_fts, row)"
#define SQL_FREQUENT "SELECT term FROM temp.vocabulary WHERE term > ?1 AND doc >= ?2"
#define SQL_TERM "SELECT rowid FROM scene_fts WHERE scene_fts MATCH ?1"
#define SQL_MERGE "INSERT INTO scene_fts(scene_fts, rank) VALUES('merge', ?1)"
#define N_PAGES_MERGED 64
#define N_SCENES_MIN 16 /* of a word that has bits, however small the week */

/* --- reading and writing the table --- */

/* @out: (transfer full): NULL when there is no such row */
static gboolean
load(RecallSegment *segment, const char *sql, const char *key, GBytes **out, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(segment, sql, error);
    int code = SQLITE_ERROR;

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    code = sqlite3_step(statement);
    *out = NULL;
    if (code == SQLITE_ROW)
        *out = g_bytes_new(sqlite3_column_blob(statement, 0),
                           (size_t)sqlite3_column_bytes(statement, 0));
    else if (code != SQLITE_DONE)
        recall_segment_set_error(segment, error);
    sqlite3_reset(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

static gboolean
store(RecallSegment *segment, const char *key, const void *data, size_t length, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_STORE, error);

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_blob(statement, 2, data, (int)length, SQLITE_STATIC);
    return recall_segment_run(segment, statement, error);
}

gboolean
recall_sieve_is_built(RecallSegment *segment, gboolean *out_is_built, GError **error)
{
    g_autoptr(GBytes) built = NULL;

    if (!load(segment, SQL_CHUNK, KEY_BUILT, &built, error))
        return FALSE;
    *out_is_built = built != NULL;
    return TRUE;
}

/* --- building --- */

/* Returns: (transfer full): of uint32_t: the scenes' numbers in order, or NULL */
static GArray *
list_rows(RecallSegment *segment, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_ROWS, error);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    int code = SQLITE_ERROR;

    if (statement == NULL)
        return NULL;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        uint32_t row = (uint32_t)sqlite3_column_int64(statement, 0);

        g_array_append_val(rows, row);
    }
    if (code != SQLITE_DONE)
        recall_segment_set_error(segment, error);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? g_steal_pointer(&rows) : NULL;
}

static gboolean
store_rows(RecallSegment *segment, const GArray *rows, GError **error)
{
    for (unsigned i = 0; i < rows->len; i += N_ROWS_IN_CHUNK) {
        g_autofree char *key = g_strdup_printf("#%u", i / N_ROWS_IN_CHUNK);
        unsigned n = MIN(N_ROWS_IN_CHUNK, rows->len - i);

        if (!store(segment, key, &g_array_index(rows, uint32_t, i), n * sizeof(uint32_t), error))
            return FALSE;
    }
    return TRUE;
}

/* Both are in order, so that one walk finds the places of all. */
static gboolean
read_bits(RecallSegment *segment,
          const char *term,
          const GArray *rows,
          uint8_t *bits,
          GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_TERM, error);
    g_autofree char *expression = g_strdup_printf("\"%s\"", term);
    unsigned at = 0;
    int code = SQLITE_ERROR;

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_text(statement, 1, expression, -1, SQLITE_STATIC);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        uint32_t row = (uint32_t)sqlite3_column_int64(statement, 0);

        while (at < rows->len && g_array_index(rows, uint32_t, at) < row)
            at++;
        if (at < rows->len && g_array_index(rows, uint32_t, at) == row)
            bits[at / 8] |= 1 << at % 8;
    }
    if (code != SQLITE_DONE)
        recall_segment_set_error(segment, error);
    sqlite3_reset(statement);
    return code == SQLITE_DONE;
}

static gboolean
store_term(RecallSegment *segment, const char *term, const GArray *rows, GError **error)
{
    size_t n_bytes = (rows->len + 7) / 8;
    g_autofree uint8_t *bits = g_malloc0(n_bytes);

    return read_bits(segment, term, rows, bits, error) &&
           store(segment, term, bits, n_bytes, error);
}

/* Terms of the index after @last, in order, each stored, until time is up. */
static gboolean
store_terms(RecallSegment *segment,
            const char *last,
            const GArray *rows,
            gboolean *out_is_done,
            GError **error)
{
    int64_t deadline_us = g_get_monotonic_time() + RECALL_SIEVE_STEP_US;
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_FREQUENT, error);
    gboolean is_good = TRUE;
    int code = SQLITE_ROW;

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_text(statement, 1, last, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, MAX(rows->len / RECALL_SIEVE_SHARE, N_SCENES_MIN));
    while (is_good && g_get_monotonic_time() < deadline_us &&
           (code = sqlite3_step(statement)) == SQLITE_ROW)
        is_good = store_term(segment, (const char *)sqlite3_column_text(statement, 0), rows, error);
    if (is_good && code != SQLITE_ROW && code != SQLITE_DONE)
        is_good = recall_segment_set_error(segment, error);
    sqlite3_reset(statement);
    *out_is_done = code == SQLITE_DONE;
    return is_good;
}

/* Goes on after the last term that is stored. */
static gboolean
build(RecallSegment *segment, gboolean *out_is_done, GError **error)
{
    g_autoptr(GBytes) last = NULL;
    g_autoptr(GArray) rows = list_rows(segment, error);
    g_autofree char *term = NULL;

    if (rows == NULL || !recall_segment_execute(segment, SQL_VOCABULARY, error) ||
        !load(segment, SQL_LAST, NULL, &last, error))
        return FALSE;
    term = g_strndup(g_bytes_get_size(last) > 0 ? g_bytes_get_data(last, NULL) : "",
                     g_bytes_get_size(last));
    if (term[0] == 0 && !store_rows(segment, rows, error))
        return FALSE;
    if (!store_terms(segment, term, rows, out_is_done, error))
        return FALSE;
    return !*out_is_done || store(segment, KEY_BUILT, "", 0, error);
}

/* Joins the pieces of the index. The first call of an index begins to join all of them, as later
 * ones go on with it. @out_is_done: it is in one piece */
static gboolean
merge(RecallSegment *segment, gboolean *out_is_done, GError **error)
{
    int64_t deadline_us = g_get_monotonic_time() + RECALL_SIEVE_STEP_US;
    sqlite3 *db = recall_segment_get_db(segment);
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_MERGE, error);

    *out_is_done = FALSE;
    if (statement == NULL)
        return FALSE;
    while (!*out_is_done && g_get_monotonic_time() < deadline_us) {
        int n_before = sqlite3_total_changes(db);

        sqlite3_bind_int(statement, 1, -N_PAGES_MERGED);
        if (!recall_segment_run(segment, statement, error))
            return FALSE;
        *out_is_done = sqlite3_total_changes(db) - n_before < 2; /* as FTS5 says it is done */
    }
    return TRUE;
}

static gboolean
work(RecallSegment *segment, gboolean *out_is_done, GError **error)
{
    gboolean is_merged = FALSE;

    *out_is_done = FALSE;
    if (!merge(segment, &is_merged, error))
        return FALSE;
    return !is_merged || build(segment, out_is_done, error);
}

gboolean
recall_sieve_step(RecallSegment *segment, gboolean *out_is_done, GError **error)
{
    if (!recall_sieve_is_built(segment, out_is_done, error))
        return FALSE;
    if (*out_is_done)
        return TRUE;
    if (recall_segment_execute(segment, "BEGIN IMMEDIATE", error) &&
        work(segment, out_is_done, error) && recall_segment_execute(segment, "COMMIT", error))
        return TRUE;
    if (!sqlite3_get_autocommit(recall_segment_get_db(segment)))
        recall_segment_execute(segment, "ROLLBACK", NULL);
    return FALSE;
}

/* --- asking --- */

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

static gboolean
load_row(RecallSegment *segment, size_t index, GArray *out_rows, GError **error)
{
    g_autofree char *key = g_strdup_printf("#%zu", index / N_ROWS_IN_CHUNK);
    g_autoptr(GBytes) chunk = NULL;
    size_t at = index % N_ROWS_IN_CHUNK * sizeof(uint32_t);
    uint32_t number = 0;
    int64_t row = 0;

    if (!load(segment, SQL_CHUNK, key, &chunk, error))
        return FALSE;
    if (chunk == NULL || g_bytes_get_size(chunk) < at + sizeof number) {
        g_set_error_literal(error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED,
                            "a table of scenes is too short");
        return FALSE;
    }
    memcpy(&number, (const uint8_t *)g_bytes_get_data(chunk, NULL) + at, sizeof number);
    row = number;
    g_array_append_val(out_rows, row);
    return TRUE;
}

static GArray *
load_rows(RecallSegment *segment, const uint64_t *common, size_t n_words, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(int64_t));

    for (size_t i = n_words; i-- > 0;) {
        for (uint64_t left = common[i]; left != 0;) {
            unsigned bit = 63 - __builtin_clzll(left);

            left &= ~(UINT64_C(1) << bit);
            if (!load_row(segment, i * 64 + bit, rows, error))
                return NULL;
        }
    }
    return g_steal_pointer(&rows);
}

/* Narrows @common by each term that has bits. @out_n_terms: how many had some */
static gboolean
narrow(RecallSegment *segment,
       const GPtrArray *terms,
       uint64_t **common,
       size_t *n_words,
       unsigned *out_n_terms,
       GError **error)
{
    *out_n_terms = 0;
    for (unsigned i = 0; i < terms->len; i++) {
        g_autoptr(GBytes) bits = NULL;

        if (!load(segment, SQL_BITS, g_ptr_array_index(terms, i), &bits, error))
            return FALSE;
        if (bits == NULL)
            continue;
        if (*common == NULL) {
            *n_words = (g_bytes_get_size(bits) + 7) / 8;
            *common = g_malloc(*n_words * sizeof(uint64_t));
            memset(*common, 0xff, *n_words * sizeof(uint64_t));
        }
        keep_common(*common, *n_words, bits);
        *out_n_terms += 1;
        if (*out_n_terms > 1 && count_bits(*common, *n_words) == 0)
            return TRUE;
    }
    return TRUE;
}

gboolean
recall_sieve_probe(RecallSegment *segment,
                   const GPtrArray *terms,
                   GArray **out_rows,
                   GError **error)
{
    g_autofree uint64_t *common = NULL;
    size_t n_words = 0;
    unsigned n_terms = 0;

    *out_rows = NULL;
    if (terms->len < 2)
        return TRUE;
    if (!narrow(segment, terms, &common, &n_words, &n_terms, error))
        return FALSE;
    if (n_terms < 2 || count_bits(common, n_words) > RECALL_SIEVE_N_ROWS_MAX)
        return TRUE;
    *out_rows = load_rows(segment, common, n_words, error);
    return *out_rows != NULL;
}
