/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/search.h"

#include "recall/vault/attempts.h"
#include "recall/vault/cursor.h"
#include "recall/vault/fts-expression.h"
#include "recall/vault/hint.h"
#include "recall/vault/losses.h"
#include "recall/vault/ranking.h"
#include "recall/vault/scene-id.h"
#include "recall/vault/sieve.h"

#include <string.h>

#define IN_ROWS " BETWEEN ?2 AND ?3"
#define SQL_WORDS                                                                                  \
    "SELECT rowid FROM scene_fts WHERE scene_fts MATCH ?1 AND rowid" IN_ROWS " ORDER BY rowid "    \
    "DESC"
#define SQL_ALL "SELECT id FROM scene WHERE id" IN_ROWS " ORDER BY id DESC"
#define SQL_ALL_BUT                                                                                \
    "SELECT id FROM scene WHERE id" IN_ROWS " AND id NOT IN"                                       \
    " (SELECT rowid FROM scene_fts WHERE scene_fts MATCH ?1) ORDER BY id DESC"

/* A row's number is its start in milliseconds, or a little later where that was taken. */
#define N_ROWS_LATER_MAX 10000
/* So many at least in each slice: to begin may be what takes long. */
#define N_ROWS_IN_SLICE_MIN 32
/* Instructions of SQLite's machine between two looks at the cancellable. */
#define N_STEPS_TO_CANCEL 2000

struct RecallSearch {
    RecallSearchOptions options; /* its strings are not kept */
    RecallAttempts attempts;
    RecallCursor cursor;   /* where this page is; at the end where the next one begins */
    RecallTimeRange range; /* of the options */
    gboolean is_first_page;
    gboolean is_done;
    gboolean has_more;
    GArray *weeks; /* of int, newest first; NULL before the first slice */
    unsigned week_index;
    char *fts; /* of the attempt in hand */
    char *fts_negative;
    RecallNeeds *needs;
    unsigned n_found;
    unsigned n_checked;
    int64_t first_before_id;
    RecallRanking *ranking; /* when the most relevant are wanted */
    gboolean is_ranked;     /* all are weighed and in order */
    GArray *unreadable;     /* of int */
    unsigned n_lost;        /* weeks of the time in question of which not all can be read */
};

/* What one slice has at hand. */
typedef struct {
    RecallVault *vault;
    GPtrArray *results;
    RecallSlice time;
} Slice;

/* --- the attempt in hand --- */

static const RecallQuery *
get_query(const RecallSearch *self)
{
    return recall_attempts_get_query(&self->attempts, self->cursor.attempt);
}

static RecallReading
get_reading(const RecallSearch *self)
{
    return recall_attempts_get_reading(self->cursor.attempt);
}

static gboolean
is_by_weight(const RecallSearch *self)
{
    return self->options.is_best && self->fts != NULL;
}

static void
begin_attempt(RecallSearch *self)
{
    g_free(self->fts);
    g_free(self->fts_negative);
    self->fts = recall_fts_expression_make(get_query(self), get_reading(self));
    self->fts_negative =
        self->fts == NULL ? recall_fts_expression_make_negative(get_query(self)) : NULL;
    recall_needs_free(self->needs);
    self->needs = recall_needs_new(get_query(self), get_reading(self));
    self->cursor.before_id = self->first_before_id;
    if (self->is_first_page)
        self->cursor.n_to_skip = 0;
    self->week_index = 0;
    self->n_checked = 0;
    self->is_ranked = FALSE;
    recall_ranking_clear(self->ranking);
}

/* --- making one --- */

static gboolean
read_bounds(RecallSearch *self, const RecallSearchOptions *options, GDateTime *now, GError **error)
{
    self->range = options->range != NULL ? *options->range : RECALL_TIME_RANGE_ALL;
    return recall_dates_parse_bounds(options->since, options->until, now, &self->range, error);
}

static gboolean
read_cursor(RecallSearch *self, const RecallSearchOptions *options, GError **error)
{
    if (!recall_cursor_from_text(options->cursor, &self->cursor, error))
        return FALSE;
    if (self->cursor.is_best == options->is_best && self->cursor.attempt < RECALL_ATTEMPTS_N_MAX)
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                        "The cursor is of another search: give the same query and options");
    return FALSE;
}

/* The first page's now, so that `yesterday` means the same day on each page. */
static GDateTime *
time_of_first_page(const RecallSearch *self, GDateTime *now)
{
    int64_t now_us = self->cursor.now_us;
    g_autoptr(GDateTime) whole = NULL;
    g_autoptr(GDateTime) utc = NULL;

    if (self->is_first_page)
        return g_date_time_ref(now);
    whole = g_date_time_new_from_unix_utc(MIN(now_us / G_USEC_PER_SEC, INT64_C(100000000000)));
    utc = g_date_time_add(whole, now_us % G_USEC_PER_SEC);
    return g_date_time_to_timezone(utc, g_date_time_get_timezone(now));
}

RecallSearch *
recall_search_new(const char *query,
                  size_t length_bytes,
                  const RecallSearchOptions *options,
                  GDateTime *now,
                  GError **error)
{
    g_autoptr(RecallSearch) self = g_new0(RecallSearch, 1);
    g_autoptr(GDateTime) first_now = NULL;

    self->options = *options;
    self->unreadable = g_array_new(FALSE, FALSE, sizeof(int));
    self->is_first_page = options->cursor == NULL;
    self->ranking = recall_ranking_new();
    self->cursor = (RecallCursor){options->is_best, 0, 0, G_MAXINT64, 0};
    if (options->cursor != NULL && !read_cursor(self, options, error))
        return NULL;
    first_now = time_of_first_page(self, now);
    self->cursor.now_us =
        g_date_time_to_unix(first_now) * G_USEC_PER_SEC + g_date_time_get_microsecond(first_now);
    self->first_before_id = self->cursor.before_id;
    if (!read_bounds(self, options, first_now, error))
        return NULL;
    recall_attempts_init(&self->attempts, query, length_bytes, options->app, options->url,
                         first_now);
    if (get_query(self) == NULL)
        self->cursor.attempt = 0;
    self->options.cursor = self->options.since = self->options.until = NULL;
    self->options.app = self->options.url = NULL;
    self->options.range = NULL;
    begin_attempt(self);
    return g_steal_pointer(&self);
}

void
recall_search_free(RecallSearch *self)
{
    if (self == NULL)
        return;
    recall_attempts_clear(&self->attempts);
    g_clear_pointer(&self->weeks, g_array_unref);
    g_array_unref(self->unreadable);
    recall_needs_free(self->needs);
    recall_ranking_free(self->ranking);
    g_free(self->fts);
    g_free(self->fts_negative);
    g_free(self);
}

/* --- rows --- */

static RecallTimeRange
get_range(const RecallSearch *self)
{
    const RecallTimeRange *range = &get_query(self)->range;

    return (RecallTimeRange){MAX(range->since_us, self->range.since_us),
                             MIN(range->until_us, self->range.until_us)};
}

/* The rows of a week that are worth looking at. Returns: FALSE when there are none */
static gboolean
find_rows(const RecallSearch *self, int week, int64_t *out_first, int64_t *out_last)
{
    RecallTimeRange range = get_range(self);
    int64_t week_us = recall_segment_week_start_us(week);
    int64_t first_id = recall_scene_id_make(week, 0);

    if (range.since_us >= range.until_us || range.until_us <= week_us ||
        self->cursor.before_id <= first_id)
        return FALSE;
    *out_first = 0;
    *out_last = MIN(RECALL_SCENE_ID_ROW_MAX, self->cursor.before_id - 1 - first_id);
    if (range.since_us > week_us)
        *out_first = (range.since_us - week_us - RECALL_SCENE_DURATION_MAX_US) / 1000;
    if (range.until_us < week_us + RECALL_SEGMENT_WEEK_US)
        *out_last = MIN(*out_last, (range.until_us - week_us) / 1000 + N_ROWS_LATER_MAX);
    return *out_first <= *out_last;
}

static RecallResultDemand
make_demand(const RecallSearch *self)
{
    const RecallQuery *query = get_query(self);

    return (RecallResultDemand){
        .query = query,
        .reading = get_reading(self),
        .range = get_range(self),
        .needs_literals = query->has_negative_literals ||
                          (query->has_literals && get_reading(self) == RECALL_READING_LITERAL),
        .is_plain = self->options.is_plain,
    };
}

/* Adds the row to the page when it meets all that the index cannot tell. */
static gboolean
take_row(RecallSearch *self, Slice *slice, RecallSegment *segment, int64_t row, GError **error)
{
    RecallResultDemand demand = make_demand(self);
    RecallResult *result = NULL;

    if (!recall_result_load(segment, row, &demand, &result, error))
        return FALSE;
    self->n_checked += demand.needs_literals;
    if (result != NULL) {
        g_ptr_array_add(slice->results, result);
        self->n_found++;
    }
    return TRUE;
}

static gboolean
is_page_over(const RecallSearch *self)
{
    return self->n_found >= self->options.limit || self->n_checked >= RECALL_SEARCH_N_CHECKS_MAX;
}

/* --- newest first --- */

static sqlite3_stmt *
begin_rows(RecallSearch *self, RecallSegment *segment, int64_t first, int64_t last, GError **error)
{
    const char *sql = self->fts != NULL            ? SQL_WORDS
                      : self->fts_negative != NULL ? SQL_ALL_BUT
                                                   : SQL_ALL;
    sqlite3_stmt *statement = recall_segment_get_statement(segment, sql, error);
    const char *fts = self->fts != NULL ? self->fts : self->fts_negative;

    if (statement == NULL)
        return NULL;
    if (fts != NULL)
        sqlite3_bind_text(statement, 1, fts, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, first);
    sqlite3_bind_int64(statement, 3, last);
    return statement;
}

/* @out_is_complete: FALSE when the page or the slice ended before the week */
static gboolean
read_week(RecallSearch *self,
          Slice *slice,
          RecallSegment *segment,
          sqlite3_stmt *statement,
          gboolean *out_is_complete,
          GError **error)
{
    int64_t first_id = recall_scene_id_make(recall_segment_get_week(segment), 0);
    int code = SQLITE_ROW;

    for (unsigned n = 0;
         !is_page_over(self) && (n < N_ROWS_IN_SLICE_MIN || !recall_slice_is_over(&slice->time)) &&
         (code = sqlite3_step(statement)) == SQLITE_ROW;
         n++) {
        int64_t row = sqlite3_column_int64(statement, 0);

        if (!take_row(self, slice, segment, row, error))
            return FALSE;
        self->cursor.before_id = first_id + row;
    }
    *out_is_complete = code == SQLITE_DONE;
    return code == SQLITE_ROW || code == SQLITE_DONE || recall_segment_set_error(segment, error);
}

static gboolean
search_week(RecallSearch *self,
            Slice *slice,
            RecallSegment *segment,
            int64_t first,
            int64_t last,
            gboolean *out_is_complete,
            GError **error)
{
    sqlite3_stmt *statement = begin_rows(self, segment, first, last, error);
    gboolean is_read =
        statement != NULL && read_week(self, slice, segment, statement, out_is_complete, error);

    if (statement != NULL)
        sqlite3_reset(statement);
    return is_read;
}

/* --- the most relevant first --- */

static gboolean
weigh_week(RecallSearch *self,
           Slice *slice,
           RecallSegment *segment,
           int64_t first,
           int64_t last,
           gboolean *out_is_complete,
           GError **error)
{
    if (!recall_ranking_weigh(self->ranking, segment, self->fts, first, last, &slice->time,
                              out_is_complete, error))
        return FALSE;
    if (recall_ranking_get_n(self->ranking) > 0)
        self->cursor.before_id =
            recall_ranking_get_id(self->ranking, recall_ranking_get_n(self->ranking) - 1);
    return TRUE;
}

/* The next page weighs the same scenes again: those up to the newest of now. */
static void
rank(RecallSearch *self)
{
    if (recall_ranking_get_n(self->ranking) > 0)
        self->cursor.before_id = recall_ranking_get_id(self->ranking, 0) + 1;
    recall_ranking_sort(self->ranking);
    self->is_ranked = TRUE;
}

/* --- one slice --- */

static gboolean
check_cancelled(void *user_data)
{
    return g_cancellable_is_cancelled(user_data);
}

/* Reads the rows of one segment from @first to @last. */
typedef gboolean (*SegmentFunc)(RecallSearch *self,
                                Slice *slice,
                                RecallSegment *segment,
                                int64_t first,
                                int64_t last,
                                gboolean *out_is_complete,
                                GError **error);

static gboolean
is_enough(const RecallSearch *self)
{
    return is_by_weight(self) ? recall_ranking_is_full(self->ranking) : is_page_over(self);
}

/* All of the week, or the few rows that the sieve lets pass. */
static gboolean
sift_week(RecallSearch *self,
          Slice *slice,
          RecallSegment *segment,
          int64_t first,
          int64_t last,
          gboolean *out_is_complete,
          GError **error)
{
    SegmentFunc func = is_by_weight(self) ? weigh_week : search_week;
    g_autoptr(GArray) rows = NULL;
    RecallSieveAnswer answer = RECALL_SIEVE_PASSES;

    if (!recall_sieve_ask(segment, self->needs, &answer, &rows, error))
        return FALSE;
    *out_is_complete = TRUE;
    if (answer == RECALL_SIEVE_HAS_NONE)
        return TRUE;
    if (answer == RECALL_SIEVE_PASSES)
        return func(self, slice, segment, first, last, out_is_complete, error);
    for (unsigned i = 0; i < rows->len && *out_is_complete; i++) {
        int64_t row = g_array_index(rows, int64_t, i);

        if (row >= first && row <= last &&
            !func(self, slice, segment, row, row, out_is_complete, error))
            return FALSE;
        *out_is_complete = !is_enough(self) || i + 1 == rows->len;
    }
    return TRUE;
}

/* Calls what reads one segment; one that is damaged is set aside, one that is gone left out. */
static gboolean
visit(RecallSearch *self,
      Slice *slice,
      int week,
      SegmentFunc func,
      int64_t first,
      int64_t last,
      gboolean *out_is_complete,
      GError **error)
{
    g_autoptr(GError) local_error = NULL;
    RecallSegment *segment = NULL;
    sqlite3 *db = NULL;
    gboolean is_read = FALSE;

    *out_is_complete = TRUE;
    if (!recall_vault_get_segment(slice->vault, week, &segment, &local_error)) {
        if (g_error_matches(local_error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_UNREADABLE))
            g_array_append_val(self->unreadable, week);
        if (local_error->domain == RECALL_SEGMENT_ERROR ||
            g_error_matches(local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
            return TRUE;
        g_propagate_error(error, g_steal_pointer(&local_error));
        return FALSE;
    }
    db = recall_segment_get_db(segment);
    sqlite3_progress_handler(db, N_STEPS_TO_CANCEL, check_cancelled, slice->time.cancellable);
    is_read = func(self, slice, segment, first, last, out_is_complete, &local_error);
    sqlite3_progress_handler(db, 0, NULL, NULL);
    if (is_read)
        return TRUE;
    *out_is_complete = TRUE;
    if (g_error_matches(local_error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED)) {
        recall_vault_set_aside(slice->vault, week);
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

static gboolean
run_week(RecallSearch *self, Slice *slice, GError **error)
{
    int week = g_array_index(self->weeks, int, self->week_index);
    gboolean is_complete = TRUE;
    int64_t first = 0;
    int64_t last = 0;

    if (find_rows(self, week, &first, &last) &&
        !visit(self, slice, week, sift_week, MAX(first, 0), last, &is_complete, error))
        return FALSE;
    self->week_index += is_complete;
    return TRUE;
}

static gboolean
take_weighed(RecallSearch *self,
             Slice *slice,
             RecallSegment *segment,
             int64_t first,
             int64_t last,
             gboolean *out_is_complete,
             GError **error)
{
    return take_row(self, slice, segment, first, error);
}

/* The next one of the ranking. */
static gboolean
run_ranked(RecallSearch *self, Slice *slice, GError **error)
{
    int64_t id = recall_ranking_get_id(self->ranking, self->cursor.n_to_skip++);
    int64_t row = recall_scene_id_get_row(id);
    gboolean is_complete = FALSE;

    return visit(self, slice, recall_scene_id_get_week(id), take_weighed, row, row, &is_complete,
                 error);
}

/* Nothing is left to look at: the search is over, unless the query can be understood otherwise. */
static void
finish_attempt(RecallSearch *self)
{
    if (self->n_found == 0 && self->is_first_page && !self->options.is_exact &&
        recall_attempts_next(&self->attempts, &self->cursor.attempt))
        begin_attempt(self);
    else
        self->is_done = TRUE;
}

/* The page is full, or its share of work is done: where nothing was found that is nowhere. */
static void
finish_page(RecallSearch *self)
{
    if (self->n_found == 0 && self->is_first_page) {
        finish_attempt(self);
        return;
    }
    self->has_more = TRUE;
    self->is_done = TRUE;
}

static gboolean
step(RecallSearch *self, Slice *slice, GError **error)
{
    gboolean is_weighing = is_by_weight(self) && !self->is_ranked;

    if (self->is_ranked && self->cursor.n_to_skip >= recall_ranking_get_n(self->ranking)) {
        finish_attempt(self);
        return TRUE;
    }
    if (!is_weighing && is_page_over(self)) {
        finish_page(self);
        return TRUE;
    }
    if (self->is_ranked)
        return run_ranked(self, slice, error);
    if (self->week_index < self->weeks->len &&
        !(is_weighing && recall_ranking_is_full(self->ranking)))
        return run_week(self, slice, error);
    if (is_weighing)
        rank(self);
    else
        finish_attempt(self);
    return TRUE;
}

static void
count_lost(RecallSearch *self, RecallVault *vault)
{
    g_autoptr(GArray) weeks = recall_losses_dup_unreadable(vault, self->unreadable);
    RecallTimeRange range = get_range(self);

    for (unsigned i = 0; i < weeks->len; i++) {
        int64_t week_us = recall_segment_week_start_us(g_array_index(weeks, int, i));

        self->n_lost +=
            range.since_us < week_us + RECALL_SEGMENT_WEEK_US && range.until_us > week_us;
    }
}

gboolean
recall_search_run_slice(RecallSearch *self,
                        RecallVault *vault,
                        GCancellable *cancellable,
                        GPtrArray *out_results,
                        GError **error)
{
    Slice slice = {
        vault, out_results, {cancellable, g_get_monotonic_time() + RECALL_SEARCH_SLICE_US}};

    if (self->weeks == NULL)
        self->weeks = recall_vault_dup_weeks(vault);
    do {
        if (g_cancellable_set_error_if_cancelled(cancellable, error) || !step(self, &slice, error))
            return FALSE;
    } while (!self->is_done && !recall_slice_is_over(&slice.time));
    if (self->is_done)
        count_lost(self, vault);
    return TRUE;
}

const GArray *
recall_search_get_unreadable(const RecallSearch *self)
{
    return self->unreadable;
}

gboolean
recall_search_is_done(const RecallSearch *self)
{
    return self->is_done;
}

char *
recall_search_dup_note(const RecallSearch *self)
{
    gboolean is_fruitless = self->n_found == 0 && self->is_first_page;
    g_autofree char *hint = recall_hint_make(
        is_fruitless ? recall_attempts_get_query(&self->attempts, 0) : get_query(self),
        get_reading(self), is_fruitless);

    if (self->n_lost == 0)
        return g_steal_pointer(&hint);
    return g_strdup_printf("%u week%s of the history cannot be read, in whole or in part: see "
                           "`deskhand doctor`.%s%s",
                           self->n_lost, self->n_lost == 1 ? "" : "s", hint != NULL ? " " : "",
                           hint != NULL ? hint : "");
}

char *
recall_search_dup_cursor(const RecallSearch *self)
{
    return self->has_more ? recall_cursor_to_text(&self->cursor) : NULL;
}
