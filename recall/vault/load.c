/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/load.h"

#include "protocol/picture.h"
#include "recall/vault/tilelist.h"

#include <string.h>

#define SQL_LOAD                                                                                   \
    "SELECT key, start_us, end_us, source, width, height, text, title, app, url, file, actor,"     \
    " spans, tiles FROM scene WHERE id = ?1"
#define SQL_DIGEST "SELECT digest FROM tile WHERE id = ?1"
#define SQL_PLACE "SELECT sheet, place FROM tile WHERE id = ?1 AND sheet IS NOT NULL"
#define SQL_CODED "SELECT coded FROM sheet WHERE id = ?1"

/* Statement at the row. Returns: NULL with @error set */
static sqlite3_stmt *
find_row(RecallSegment *self, int64_t row, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self, SQL_LOAD, error);
    int code;

    if (statement == NULL)
        return NULL;
    sqlite3_bind_int64(statement, 1, row);
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return statement;
    if (code != SQLITE_DONE)
        return recall_segment_set_error(self, error), NULL;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "There is no such scene");
    return NULL;
}

static void
take_string(sqlite3_stmt *statement, int column, char **out)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    g_free(*out);
    *out = g_strdup(text != NULL ? text : "");
}

static GBytes *
dup_blob(sqlite3_stmt *statement, int column)
{
    const void *data = sqlite3_column_blob(statement, column);

    return g_bytes_new(data, (size_t)sqlite3_column_bytes(statement, column));
}

static GArray *
take_refs(sqlite3_stmt *statement, GError **error)
{
    g_autoptr(GBytes) packed = dup_blob(statement, 13);

    return recall_tilelist_unpack(packed, error);
}

static gboolean
take_spans(sqlite3_stmt *statement, ProtocolScene *scene, GError **error)
{
    g_autoptr(GBytes) packed = dup_blob(statement, 12);
    GArray *spans = protocol_spans_unpack(packed, strlen(scene->text), error);

    if (spans == NULL)
        return FALSE;
    g_array_unref(scene->spans);
    scene->spans = spans;
    return TRUE;
}

static void
take_row(sqlite3_stmt *statement, ProtocolScene *scene)
{
    scene->key = (uint64_t)sqlite3_column_int64(statement, 0);
    scene->start_us = sqlite3_column_int64(statement, 1);
    scene->end_us = sqlite3_column_int64(statement, 2);
    scene->source = (ProtocolSource)sqlite3_column_int(statement, 3);
    scene->width_px = (uint32_t)sqlite3_column_int(statement, 4);
    scene->height_px = (uint32_t)sqlite3_column_int(statement, 5);
    take_string(statement, 6, &scene->text);
    take_string(statement, 7, &scene->title);
    take_string(statement, 8, &scene->app);
    take_string(statement, 9, &scene->url);
    take_string(statement, 10, &scene->file);
    take_string(statement, 11, &scene->actor);
}

/* @out: (transfer full): the blob that @sql answers for a number, NULL when there is none */
static gboolean
load_blob(RecallSegment *self, const char *sql, int64_t id, GBytes **out, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self, sql, error);
    int code;

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, id);
    code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return recall_segment_set_error(self, error);
    *out = code == SQLITE_ROW ? dup_blob(statement, 0) : NULL;
    sqlite3_reset(statement);
    return TRUE;
}

/* A tile whose row is gone or odd is left out: the rest of the scene is worth having. */
static gboolean
load_tiles(RecallSegment *self, const GArray *refs, GArray *out_tiles, GError **error)
{
    for (unsigned i = 0; i < refs->len; i++) {
        const RecallTileRef *ref = &g_array_index(refs, RecallTileRef, i);
        ProtocolTile tile = {ref->x, ref->y, ref->width, ref->height, {0}};
        g_autoptr(GBytes) digest = NULL;

        if (!load_blob(self, SQL_DIGEST, ref->id, &digest, error))
            return FALSE;
        if (digest == NULL || g_bytes_get_size(digest) != PROTOCOL_DIGEST_BYTES)
            continue;
        memcpy(tile.digest, g_bytes_get_data(digest, NULL), PROTOCOL_DIGEST_BYTES);
        g_array_append_val(out_tiles, tile);
    }
    return TRUE;
}

ProtocolScene *
recall_load_scene(RecallSegment *self, int64_t row, GError **error)
{
    g_autoptr(ProtocolScene) scene = protocol_scene_new();
    g_autoptr(GArray) refs = NULL;
    sqlite3_stmt *statement = find_row(self, row, error);

    if (statement == NULL)
        return NULL;
    take_row(statement, scene);
    refs = take_refs(statement, error);
    if (refs == NULL || !take_spans(statement, scene, error))
        return NULL;
    sqlite3_reset(statement);
    return load_tiles(self, refs, scene->tiles, error) ? g_steal_pointer(&scene) : NULL;
}

/* The tiles of a picture and the sheets that they need. */
typedef struct {
    GArray *tiles;     /* of ProtocolPictureTile */
    GArray *sheets;    /* of int64_t: ids */
    GHashTable *known; /* id (int64_t) to index + 1 in @sheets */
} Picture;

static void
clear_picture(Picture *self)
{
    g_array_unref(self->tiles);
    g_array_unref(self->sheets);
    g_hash_table_unref(self->known);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Picture, clear_picture)

static uint16_t
number_sheet(Picture *self, int64_t id)
{
    unsigned number = GPOINTER_TO_UINT(g_hash_table_lookup(self->known, &id));

    if (number == 0) {
        if (self->sheets->len == PROTOCOL_PICTURE_N_SHEETS_MAX)
            return PROTOCOL_PICTURE_NO_SHEET;
        g_array_append_val(self->sheets, id);
        number = self->sheets->len;
        g_hash_table_insert(self->known, g_memdup2(&id, sizeof id), GUINT_TO_POINTER(number));
    }
    return (uint16_t)(number - 1);
}

static gboolean
find_places(RecallSegment *self, const GArray *refs, Picture *picture, GError **error)
{
    for (unsigned i = 0; i < refs->len; i++) {
        const RecallTileRef *ref = &g_array_index(refs, RecallTileRef, i);
        ProtocolPictureTile tile = {
            ref->x, ref->y, ref->width, ref->height, PROTOCOL_PICTURE_NO_SHEET, 0};
        sqlite3_stmt *statement = recall_segment_get_statement(self, SQL_PLACE, error);
        int code;

        if (statement == NULL)
            return FALSE;
        sqlite3_bind_int64(statement, 1, ref->id);
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW && code != SQLITE_DONE)
            return recall_segment_set_error(self, error);
        if (code == SQLITE_ROW) {
            tile.sheet = number_sheet(picture, sqlite3_column_int64(statement, 0));
            tile.place = (uint16_t)sqlite3_column_int(statement, 1);
        }
        sqlite3_reset(statement);
        g_array_append_val(picture->tiles, tile);
    }
    return TRUE;
}

static gboolean
write_picture(RecallSegment *self,
              const Picture *picture,
              ProtocolPictureWriter *writer,
              GError **error)
{
    for (unsigned i = 0; i < picture->sheets->len; i++) {
        g_autoptr(GBytes) coded = NULL;

        if (!load_blob(self, SQL_CODED, g_array_index(picture->sheets, int64_t, i), &coded,
                       error) ||
            !protocol_picture_writer_add_sheet(writer, coded, error))
            return FALSE;
    }
    for (unsigned i = 0; i < picture->tiles->len; i++) {
        if (!protocol_picture_writer_add_tile(
                writer, &g_array_index(picture->tiles, ProtocolPictureTile, i), error))
            return FALSE;
    }
    return TRUE;
}

int
recall_load_picture(RecallSegment *self, int64_t row, GError **error)
{
    g_autoptr(ProtocolPictureWriter) writer = NULL;
    g_autoptr(GArray) refs = NULL;
    sqlite3_stmt *statement = find_row(self, row, error);
    g_auto(Picture) picture = {
        g_array_new(FALSE, FALSE, sizeof(ProtocolPictureTile)),
        g_array_new(FALSE, FALSE, sizeof(int64_t)),
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
    };
    uint32_t width_px, height_px;

    if (statement == NULL)
        return -1;
    refs = take_refs(statement, error);
    width_px = (uint32_t)sqlite3_column_int(statement, 4);
    height_px = (uint32_t)sqlite3_column_int(statement, 5);
    sqlite3_reset(statement);
    if (refs == NULL || !find_places(self, refs, &picture, error))
        return -1;
    writer = protocol_picture_writer_new(width_px, height_px, picture.sheets->len,
                                         picture.tiles->len, error);
    if (writer == NULL || !write_picture(self, &picture, writer, error))
        return -1;
    return protocol_picture_writer_finish(writer, error);
}
