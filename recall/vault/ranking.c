/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/ranking.h"

#include "recall/vault/scene-id.h"

#define SQL_WEIGHED                                                                                \
    "SELECT rowid, deskhand_weigh(scene_fts, ?4) FROM scene_fts WHERE scene_fts MATCH ?1"          \
    " AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid DESC"
#define SQL_NORMS                                                                                  \
    "SELECT deskhand_norms(scene_fts) FROM scene_fts WHERE scene_fts MATCH ?1"                     \
    " AND rowid BETWEEN ?2 AND ?3 LIMIT 1"

/* So many at least in each slice: to begin may be what takes long. */
#define N_IN_SLICE_MIN 512

typedef struct {
    double weight;
    int64_t id;
} Weighed;

struct RecallRanking {
    GArray *weighed; /* of Weighed */
    GBytes *norms;   /* NULL: nothing matched yet */
};

RecallRanking *
recall_ranking_new(void)
{
    RecallRanking *self = g_new0(RecallRanking, 1);

    self->weighed = g_array_new(FALSE, FALSE, sizeof(Weighed));
    return self;
}

void
recall_ranking_free(RecallRanking *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->weighed);
    g_clear_pointer(&self->norms, g_bytes_unref);
    g_free(self);
}

void
recall_ranking_clear(RecallRanking *self)
{
    g_array_set_size(self->weighed, 0);
    g_clear_pointer(&self->norms, g_bytes_unref);
}

unsigned
recall_ranking_get_n(const RecallRanking *self)
{
    return self->weighed->len;
}

gboolean
recall_ranking_is_full(const RecallRanking *self)
{
    return self->weighed->len >= RECALL_RANKING_N_MAX;
}

int64_t
recall_ranking_get_id(const RecallRanking *self, unsigned index)
{
    return g_array_index(self->weighed, Weighed, index).id;
}

/* Measured where the newest match is, and then the same for all weeks. */
static gboolean
measure_norms(RecallRanking *self,
              RecallSegment *segment,
              const char *fts,
              int64_t first,
              int64_t last,
              GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_NORMS, error);
    int code = SQLITE_ERROR;

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_text(statement, 1, fts, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, first);
    sqlite3_bind_int64(statement, 3, last);
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        self->norms = g_bytes_new(sqlite3_column_blob(statement, 0),
                                  (size_t)sqlite3_column_bytes(statement, 0));
    else if (code != SQLITE_DONE)
        recall_segment_set_error(segment, error);
    sqlite3_reset(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

static gboolean
read_weights(RecallRanking *self,
             RecallSegment *segment,
             sqlite3_stmt *statement,
             const RecallSlice *slice,
             gboolean *out_is_complete,
             GError **error)
{
    int week = recall_segment_get_week(segment);
    int code = SQLITE_ROW;

    for (unsigned n = 0; self->weighed->len < RECALL_RANKING_N_MAX &&
                         (n < N_IN_SLICE_MIN || !recall_slice_is_over(slice)) &&
                         (code = sqlite3_step(statement)) == SQLITE_ROW;
         n++) {
        Weighed weighed = {sqlite3_column_double(statement, 1),
                           recall_scene_id_make(week, sqlite3_column_int64(statement, 0))};

        g_array_append_val(self->weighed, weighed);
    }
    *out_is_complete = code == SQLITE_DONE;
    return code == SQLITE_ROW || code == SQLITE_DONE || recall_segment_set_error(segment, error);
}

gboolean
recall_ranking_weigh(RecallRanking *self,
                     RecallSegment *segment,
                     const char *fts,
                     int64_t first,
                     int64_t last,
                     const RecallSlice *slice,
                     gboolean *out_is_complete,
                     GError **error)
{
    sqlite3_stmt *statement = NULL;
    gboolean is_read = FALSE;

    if (self->norms == NULL && !measure_norms(self, segment, fts, first, last, error))
        return FALSE;
    *out_is_complete = self->norms == NULL; /* nothing matches here */
    if (self->norms == NULL)
        return TRUE;
    statement = recall_segment_get_statement(segment, SQL_WEIGHED, error);
    if (statement == NULL)
        return FALSE;
    sqlite3_bind_text(statement, 1, fts, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, first);
    sqlite3_bind_int64(statement, 3, last);
    sqlite3_bind_blob(statement, 4, g_bytes_get_data(self->norms, NULL),
                      (int)g_bytes_get_size(self->norms), SQLITE_STATIC);
    is_read = read_weights(self, segment, statement, slice, out_is_complete, error);
    sqlite3_reset(statement);
    return is_read;
}

static int
compare_weighed(const void *a, const void *b)
{
    const Weighed *first = a;
    const Weighed *second = b;

    if (first->weight != second->weight)
        return first->weight > second->weight ? -1 : 1;
    return first->id > second->id ? -1 : first->id < second->id;
}

void
recall_ranking_sort(RecallRanking *self)
{
    g_array_sort(self->weighed, compare_weighed);
}
