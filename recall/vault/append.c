/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/append.h"

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
#define SQL_FIND_TILE                                                                              \
    "SELECT id, EXISTS(SELECT 1 FROM tile_webp WHERE tile_webp.id = tile.id) FROM tile"            \
    " WHERE digest = ?1"
#define SQL_INSERT_TILE "INSERT INTO tile(digest, n_scenes) VALUES(?1, 0)"
#define SQL_INSERT_WEBP "INSERT OR IGNORE INTO tile_webp(id, webp) VALUES(?1, ?2)"
#define SQL_COUNT_TILE "UPDATE tile SET n_scenes = n_scenes + ?2 WHERE id = ?1"
#define SQL_DROP_TILE "DELETE FROM tile WHERE id = ?1 AND n_scenes <= 0"
#define SQL_DROP_WEBP "DELETE FROM tile_webp WHERE id = ?1"
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
insert_tile(RecallSegment *self, GBytes *digest, int64_t *out_id, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self, SQL_INSERT_TILE, error);

    if (statement == NULL)
        return FALSE;
    if (!bind_bytes(statement, 1, digest))
        return recall_segment_set_error(self, error);
    if (!recall_segment_run(self, statement, error))
        return FALSE;
    *out_id = sqlite3_last_insert_rowid(recall_segment_get_db(self));
    return TRUE;
}

/* @out_id: 0 when there is none */
static gboolean
find_tile(RecallSegment *self,
          GBytes *digest,
          int64_t *out_id,
          gboolean *out_has_webp,
          GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self, SQL_FIND_TILE, error);
    gboolean is_there = FALSE;
    int code;

    if (statement == NULL)
        return FALSE;
    if (!bind_bytes(statement, 1, digest))
        return recall_segment_set_error(self, error);
    code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return recall_segment_set_error(self, error);
    is_there = code == SQLITE_ROW;
    *out_id = is_there ? sqlite3_column_int64(statement, 0) : 0;
    *out_has_webp = is_there && sqlite3_column_int(statement, 1) != 0;
    sqlite3_reset(statement);
    return TRUE;
}

static gboolean
insert_webp(RecallSegment *self, int64_t id, GBytes *webp, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self, SQL_INSERT_WEBP, error);

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, id);
    if (!bind_bytes(statement, 2, webp))
        return recall_segment_set_error(self, error);
    return recall_segment_run(self, statement, error);
}

/* Finds or makes the tile's row and stores its WebP when that was sent. */
static gboolean
place_tile(RecallSegment *self,
           GBytes *digest,
           GHashTable *tiles,
           GPtrArray *missing,
           int64_t *out_id,
           GError **error)
{
    GBytes *webp = tiles != NULL ? g_hash_table_lookup(tiles, digest) : NULL;
    gboolean has_webp = FALSE;

    if (!find_tile(self, digest, out_id, &has_webp, error))
        return FALSE;
    if (*out_id == 0 && !insert_tile(self, digest, out_id, error))
        return FALSE;
    if (has_webp)
        return TRUE;
    if (webp != NULL)
        return insert_webp(self, *out_id, webp, error);
    g_ptr_array_add(missing, g_bytes_ref(digest));
    return TRUE;
}

/* @out_refs: (transfer full): of RecallTileRef, one for each of the scene's tiles */
static gboolean
place_tiles(RecallSegment *self,
            const ProtocolScene *scene,
            GHashTable *tiles,
            GPtrArray *missing,
            GArray *out_refs,
            GError **error)
{
    g_autoptr(GHashTable) ids =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, g_free);

    for (unsigned i = 0; i < scene->tiles->len; i++) {
        const ProtocolTile *tile = &g_array_index(scene->tiles, ProtocolTile, i);
        g_autoptr(GBytes) digest = g_bytes_new(tile->digest, PROTOCOL_DIGEST_BYTES);
        int64_t *known = g_hash_table_lookup(ids, digest);
        RecallTileRef ref = {tile->x, tile->y, tile->width, tile->height, known ? *known : 0};

        if (known == NULL && !place_tile(self, digest, tiles, missing, &ref.id, error))
            return FALSE;
        if (known == NULL)
            g_hash_table_insert(ids, g_bytes_ref(digest), g_memdup2(&ref.id, sizeof ref.id));
        g_array_append_val(out_refs, ref);
    }
    return TRUE;
}

/* Returns: (transfer full): a set of int64_t, borrowed from @refs */
static GHashTable *
collect_ids(const GArray *refs)
{
    GHashTable *ids = g_hash_table_new(g_int64_hash, g_int64_equal);

    for (unsigned i = 0; refs != NULL && i < refs->len; i++)
        g_hash_table_add(ids, &g_array_index(refs, RecallTileRef, i).id);
    return ids;
}

/* Drops a tile that no scene names any more. */
static gboolean
drop_tile(RecallSegment *self, int64_t id, GError **error)
{
    if (!run_numbers(self, SQL_DROP_TILE, id, 0, error))
        return FALSE;
    return sqlite3_changes(recall_segment_get_db(self)) == 0 ||
           run_numbers(self, SQL_DROP_WEBP, id, 0, error);
}

/* Adds @change to the tiles of @ids that are not in @others. */
static gboolean
count_tiles(RecallSegment *self, GHashTable *ids, GHashTable *others, int change, GError **error)
{
    GHashTableIter iter;
    void *id;

    g_hash_table_iter_init(&iter, ids);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        if (g_hash_table_contains(others, id))
            continue;
        if (!run_numbers(self, SQL_COUNT_TILE, *(int64_t *)id, change, error))
            return FALSE;
        if (change < 0 && !drop_tile(self, *(int64_t *)id, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
recount_tiles(RecallSegment *self, const GArray *old_refs, const GArray *refs, GError **error)
{
    g_autoptr(GHashTable) old_ids = collect_ids(old_refs);
    g_autoptr(GHashTable) ids = collect_ids(refs);

    return count_tiles(self, ids, old_ids, 1, error) && count_tiles(self, old_ids, ids, -1, error);
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
                    GHashTable *tiles,
                    int64_t *out_row,
                    GPtrArray **out_missing,
                    GError **error)
{
    g_auto(Old) old = {0};
    g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(GArray) refs = g_array_new(FALSE, TRUE, sizeof(RecallTileRef));
    int64_t row;

    if (!find_old(self, SQL_FIND_ROW, (int64_t)scene->key, &old, error) ||
        !place_tiles(self, scene, tiles, missing, refs, error) ||
        !recount_tiles(self, old.refs, refs, error))
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

    if (!find_old(self, SQL_FIND_BY_ROW, row, &old, error))
        return FALSE;
    return old.row < 0 || (run_numbers(self, SQL_UNINDEX, row, 0, error) &&
                           run_numbers(self, SQL_DELETE, row, 0, error) &&
                           recount_tiles(self, old.refs, NULL, error));
}

gboolean
recall_append_tiles(RecallSegment *self, GHashTable *tiles, GError **error)
{
    GHashTableIter iter;
    void *digest;
    void *webp;

    g_hash_table_iter_init(&iter, tiles);
    while (g_hash_table_iter_next(&iter, &digest, &webp)) {
        gboolean has_webp = FALSE;
        int64_t id = 0;

        if (!find_tile(self, digest, &id, &has_webp, error))
            return FALSE;
        if (id != 0 && !has_webp && !insert_webp(self, id, webp, error))
            return FALSE;
    }
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
