/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/append.h"

#include "recall/vault/scene-tiles.h"
#include "recall/vault/schema.h"
#include "recall/vault/tilelist.h"

#include <string.h>

#define SQL_FIND_ROW "SELECT id, start_us, tiles FROM scene WHERE key = ?1"
#define SQL_FIND_BY_ROW "SELECT id, start_us, tiles FROM scene WHERE id = ?1"
#define SQL_DELETE "DELETE FROM scene WHERE id = ?1"
#define SQL_IS_SAME_TEXT                                                                           \
    "SELECT 1 FROM scene WHERE id = ?1 AND text = ?2 AND title = ?3 AND app = ?4 AND url = ?5"     \
    " AND file = ?6 AND actor = ?7"
#define SQL_INSERT                                                                                 \
    "INSERT INTO scene(id, key, start_us, end_us, source, width, height, text, title, app, url,"   \
    " file, actor, spans, tiles)"                                                                  \
    " VALUES(?1, ?8, ?9, ?10, ?11, ?12, ?13, ?2, ?3, ?4, ?5, ?6, ?7, ?14, ?15)"
#define SQL_REPLACE                                                                                \
    "UPDATE scene SET end_us = max(end_us, ?10), source = ?11, width = ?12, height = ?13, text = " \
    "?2,"                                                                                          \
    " title = ?3, app = ?4, url = ?5, file = ?6, actor = ?7, spans = ?14, tiles = ?15"             \
    " WHERE id = ?1 AND key = ?8"
#define SQL_INDEX                                                                                  \
    "INSERT INTO scene_fts(rowid, text, title, app, url, file, actor)"                             \
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
/* The index keeps no text of its own: what goes out must be told to it as it went in. */
#define SQL_UNINDEX                                                                                \
    "INSERT INTO scene_fts(scene_fts, rowid, text, title, app, url, file, actor)"                  \
    " SELECT 'delete', id, text, title, app, url, file, actor FROM scene WHERE id = ?1"
#define SQL_IS_TAKEN "SELECT 1 FROM scene WHERE id = ?1"
#define SQL_MOVE_END "UPDATE scene SET end_us = max(end_us, min(?2, start_us + ?3)) WHERE key = ?1"

static gboolean
bind_bytes(sqlite3_stmt *statement, int index, GBytes *bytes)
{
    size_t n_bytes;
    const void *data = g_bytes_get_data(bytes, &n_bytes);

    return sqlite3_bind_blob64(statement, index, n_bytes > 0 ? data : "", n_bytes, SQLITE_STATIC) ==
           SQLITE_OK;
}

static gboolean
bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    return sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC) == SQLITE_OK;
}

/* What the index covers: parameters 1 to 7 of the statements that take it. */
static gboolean
bind_fields(sqlite3_stmt *statement, int64_t row, const ProtocolScene *scene)
{
    return sqlite3_bind_int64(statement, 1, row) == SQLITE_OK &&
           bind_text(statement, 2, scene->text) && bind_text(statement, 3, scene->title) &&
           bind_text(statement, 4, scene->app) && bind_text(statement, 5, scene->url) &&
           bind_text(statement, 6, scene->file) && bind_text(statement, 7, scene->actor);
}

/* Runs a statement with one or two numbers. */
static gboolean
run_numbers(RecallSegment *self, const char *sql, int64_t first, int64_t second, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self, sql, error);

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, first);
    if (sqlite3_bind_parameter_count(statement) > 1)
        sqlite3_bind_int64(statement, 2, second);
    return recall_segment_run(self, statement, error);
}

static gboolean
run_fields(RecallSegment *self,
           const char *sql,
           int64_t row,
           const ProtocolScene *scene,
           GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self, sql, error);

    if (statement == NULL)
        return FALSE;
    if (!bind_fields(statement, row, scene))
        return recall_segment_set_error(self, error);
    return recall_segment_run(self, statement, error);
}

/* What a row with the scene's key holds now; row -1 when there is none. */
typedef struct {
    int64_t row;
    int64_t start_us;
    GArray *refs; /* of RecallTileRef */
} Old;

static void
clear_old(Old *old)
{
    g_clear_pointer(&old->refs, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Old, clear_old)

/* A list of tiles that cannot be read leaves its tiles behind: better than to lose the week. */
static void
take_old(sqlite3_stmt *statement, Old *out)
{
    g_autoptr(GBytes) packed =
        g_bytes_new(sqlite3_column_blob(statement, 2), (size_t)sqlite3_column_bytes(statement, 2));

    out->row = sqlite3_column_int64(statement, 0);
    out->start_us = sqlite3_column_int64(statement, 1);
    out->refs = recall_tilelist_unpack(packed, NULL);
}

/* @sql: takes the number @what */
static gboolean
find_old(RecallSegment *self, const char *sql, int64_t what, Old *out, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self, sql, error);
    int code;

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, what);
    code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return recall_segment_set_error(self, error);
    out->row = -1;
    if (code == SQLITE_ROW)
        take_old(statement, out);
    sqlite3_reset(statement);
    return TRUE;
}

/* Whether a statement answers a row. */
static gboolean
ask_exists(RecallSegment *self, sqlite3_stmt *statement, gboolean *out, GError **error)
{
    int code = sqlite3_step(statement);

    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return recall_segment_set_error(self, error);
    *out = code == SQLITE_ROW;
    sqlite3_reset(statement);
    return TRUE;
}

static gboolean
choose_row(RecallSegment *self, int64_t start_us, int64_t *out_row, GError **error)
{
    int64_t week_us = recall_segment_week_start_us(recall_segment_get_week(self));
    int64_t row = (start_us - week_us) / 1000;
    gboolean is_taken = TRUE;

    while (is_taken) {
        sqlite3_stmt *statement = recall_segment_get_statement(self, SQL_IS_TAKEN, error);

        if (statement == NULL)
            return FALSE;
        sqlite3_bind_int64(statement, 1, row);
        if (!ask_exists(self, statement, &is_taken, error))
            return FALSE;
        row += is_taken;
    }
    *out_row = row;
    return TRUE;
}

static gboolean
write_row(RecallSegment *self,
          const char *sql,
          int64_t row,
          int64_t start_us,
          const ProtocolScene *scene,
          const GArray *refs,
          GError **error)
{
    g_autoptr(GBytes) spans = protocol_spans_pack(scene->spans);
    g_autoptr(GBytes) tiles = recall_tilelist_pack(refs);
    sqlite3_stmt *statement = recall_segment_get_statement(self, sql, error);

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 8, (int64_t)scene->key);
    sqlite3_bind_int64(statement, 9, start_us);
    sqlite3_bind_int64(statement, 10,
                       CLAMP(scene->end_us, start_us, start_us + RECALL_SCENE_DURATION_MAX_US));
    sqlite3_bind_int64(statement, 11, scene->source);
    sqlite3_bind_int64(statement, 12, scene->width_px);
    sqlite3_bind_int64(statement, 13, scene->height_px);
    if (!bind_fields(statement, row, scene) || !bind_bytes(statement, 14, spans) ||
        !bind_bytes(statement, 15, tiles))
        return recall_segment_set_error(self, error);
    return recall_segment_run(self, statement, error);
}

static gboolean
insert_scene(RecallSegment *self,
             const ProtocolScene *scene,
             const GArray *refs,
             int64_t *out_row,
             GError **error)
{
    return choose_row(self, scene->start_us, out_row, error) &&
           write_row(self, SQL_INSERT, *out_row, scene->start_us, scene, refs, error) &&
           run_fields(self, SQL_INDEX, *out_row, scene, error);
}

static gboolean
replace_scene(RecallSegment *self,
              const ProtocolScene *scene,
              const Old *old,
              const GArray *refs,
              GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self, SQL_IS_SAME_TEXT, error);
    gboolean is_same = FALSE;

    if (statement == NULL)
        return FALSE;
    if (!bind_fields(statement, old->row, scene))
        return recall_segment_set_error(self, error);
    if (!ask_exists(self, statement, &is_same, error))
        return FALSE;
    if (!is_same && !run_numbers(self, SQL_UNINDEX, old->row, 0, error))
        return FALSE;
    if (!write_row(self, SQL_REPLACE, old->row, old->start_us, scene, refs, error))
        return FALSE;
    return is_same || run_fields(self, SQL_INDEX, old->row, scene, error);
}

gboolean
recall_append_scene(RecallSegment *self,
                    const ProtocolScene *scene,
                    const GPtrArray *sheets,
                    int64_t *out_row,
                    GPtrArray **out_missing,
                    GError **error)
{
    g_auto(Old) old = {0};
    g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(GArray) refs = g_array_new(FALSE, TRUE, sizeof(RecallTileRef));
    int64_t row;

    if (!find_old(self, SQL_FIND_ROW, (int64_t)scene->key, &old, error) ||
        !recall_scene_tiles_set(self, old.refs, scene->tiles, sheets, refs, missing, error))
        return FALSE;
    row = old.row;
    if (row < 0 ? !insert_scene(self, scene, refs, &row, error)
                : !replace_scene(self, scene, &old, refs, error))
        return FALSE;
    *out_row = row;
    *out_missing = g_steal_pointer(&missing);
    return TRUE;
}

gboolean
recall_append_remove(RecallSegment *self, int64_t row, GError **error)
{
    g_auto(Old) old = {0};
    g_autoptr(GArray) refs = g_array_new(FALSE, TRUE, sizeof(RecallTileRef));

    if (!find_old(self, SQL_FIND_BY_ROW, row, &old, error))
        return FALSE;
    return old.row < 0 || (run_numbers(self, SQL_UNINDEX, row, 0, error) &&
                           run_numbers(self, SQL_DELETE, row, 0, error) &&
                           recall_scene_tiles_set(self, old.refs, NULL, NULL, refs, NULL, error));
}

gboolean
recall_append_has_no_other(RecallSegment *self, const GArray *rows, gboolean *out, GError **error)
{
    g_autoptr(GHashTable) set = g_hash_table_new(NULL, NULL);
    sqlite3_stmt *statement = recall_segment_get_statement(self, "SELECT id FROM scene", error);
    int code = SQLITE_DONE;

    if (statement == NULL)
        return FALSE;
    for (unsigned i = 0; i < rows->len; i++)
        g_hash_table_add(set, GUINT_TO_POINTER(g_array_index(rows, uint32_t, i)));
    *out = TRUE;
    while (*out && (code = sqlite3_step(statement)) == SQLITE_ROW)
        *out = g_hash_table_contains(set, GUINT_TO_POINTER(sqlite3_column_int64(statement, 0)));
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return recall_segment_set_error(self, error);
    sqlite3_reset(statement);
    return TRUE;
}

gboolean
recall_append_end(RecallSegment *self,
                  uint64_t key,
                  int64_t end_us,
                  gboolean *out_is_known,
                  GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self, SQL_MOVE_END, error);

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, (int64_t)key);
    sqlite3_bind_int64(statement, 2, end_us);
    sqlite3_bind_int64(statement, 3, RECALL_SCENE_DURATION_MAX_US);
    if (!recall_segment_run(self, statement, error))
        return FALSE;
    *out_is_known = sqlite3_changes(recall_segment_get_db(self)) > 0;
    return TRUE;
}
