/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/scene-tiles.h"

#include "protocol/scene.h"
#include "recall/vault/sheets.h"
#include "recall/vault/tilelist.h"

#define SQL_FIND "SELECT id, sheet IS NOT NULL FROM tile WHERE digest = ?1"
#define SQL_INSERT "INSERT INTO tile(digest, n_scenes) VALUES(?1, 0)"
#define SQL_PLACE "UPDATE tile SET sheet = ?2, place = ?3 WHERE id = ?1"
#define SQL_COUNT "UPDATE tile SET n_scenes = n_scenes + ?2 WHERE id = ?1"
#define SQL_DROP "DELETE FROM tile WHERE id = ?1 AND n_scenes <= 0 RETURNING coalesce(sheet, 0)"

/* A sheet that was sent. */
typedef struct {
    const ProtocolSheet *sheet;
    int64_t id; /* 0 until one of its tiles was wanted */
} Offer;

/* Where a tile's pixels were sent. */
typedef struct {
    unsigned offer;
    unsigned place;
} Place;

typedef struct {
    RecallSegment *segment;
    GArray *offers;     /* of Offer */
    GHashTable *places; /* digest, borrowed from the sheet, to Place */
} Change;

static void
clear_change(Change *self)
{
    g_array_unref(self->offers);
    g_hash_table_unref(self->places);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, clear_change)

static Change
begin(RecallSegment *segment, const GPtrArray *sheets)
{
    Change self = {segment, g_array_new(FALSE, TRUE, sizeof(Offer)),
                   g_hash_table_new_full(g_bytes_hash, g_bytes_equal, NULL, g_free)};

    for (unsigned i = 0; sheets != NULL && i < sheets->len; i++) {
        Offer offer = {sheets->pdata[i], 0};

        for (unsigned place = 0; place < offer.sheet->digests->len; place++)
            g_hash_table_insert(self.places, offer.sheet->digests->pdata[place],
                                g_memdup2(&(Place){i, place}, sizeof(Place)));
        g_array_append_val(self.offers, offer);
    }
    return self;
}

/* --- finding and placing --- */

/* Returns: the statement with the digest bound, or NULL */
static sqlite3_stmt *
bind_digest(Change *self, const char *sql, GBytes *digest, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self->segment, sql, error);

    if (statement == NULL)
        return NULL;
    if (sqlite3_bind_blob(statement, 1, g_bytes_get_data(digest, NULL), PROTOCOL_DIGEST_BYTES,
                          SQLITE_STATIC) != SQLITE_OK) {
        recall_segment_set_error(self->segment, error);
        return NULL;
    }
    return statement;
}

/* @out_id: 0 when there is none */
static gboolean
find_tile(Change *self, GBytes *digest, int64_t *out_id, gboolean *out_has_pixels, GError **error)
{
    sqlite3_stmt *statement = bind_digest(self, SQL_FIND, digest, error);
    gboolean is_there;
    int code;

    if (statement == NULL)
        return FALSE;
    code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return recall_segment_set_error(self->segment, error);
    is_there = code == SQLITE_ROW;
    *out_id = is_there ? sqlite3_column_int64(statement, 0) : 0;
    *out_has_pixels = is_there && sqlite3_column_int(statement, 1) != 0;
    sqlite3_reset(statement);
    return TRUE;
}

static gboolean
insert_tile(Change *self, GBytes *digest, int64_t *out_id, GError **error)
{
    sqlite3_stmt *statement = bind_digest(self, SQL_INSERT, digest, error);

    if (statement == NULL || !recall_segment_run(self->segment, statement, error))
        return FALSE;
    *out_id = sqlite3_last_insert_rowid(recall_segment_get_db(self->segment));
    return TRUE;
}

/* Takes the pixels of a tile out of what was sent. @out_is_placed: FALSE when they were not */
static gboolean
place_tile(Change *self, int64_t id, GBytes *digest, gboolean *out_is_placed, GError **error)
{
    const Place *place = g_hash_table_lookup(self->places, digest);
    Offer *offer = place != NULL ? &g_array_index(self->offers, Offer, place->offer) : NULL;
    sqlite3_stmt *statement;

    *out_is_placed = offer != NULL;
    if (offer == NULL)
        return TRUE;
    if (offer->id == 0 && !recall_sheets_add(self->segment, offer->sheet, &offer->id, error))
        return FALSE;
    statement = recall_segment_get_statement(self->segment, SQL_PLACE, error);
    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int64(statement, 2, offer->id);
    sqlite3_bind_int64(statement, 3, place->place);
    return recall_segment_run(self->segment, statement, error);
}

/* Finds or makes the tile's row. */
static gboolean
take_tile(Change *self, GBytes *digest, GPtrArray *missing, int64_t *out_id, GError **error)
{
    gboolean has_pixels = FALSE;

    if (!find_tile(self, digest, out_id, &has_pixels, error))
        return FALSE;
    if (*out_id == 0 && !insert_tile(self, digest, out_id, error))
        return FALSE;
    if (!has_pixels && !place_tile(self, *out_id, digest, &has_pixels, error))
        return FALSE;
    if (!has_pixels)
        g_ptr_array_add(missing, g_bytes_ref(digest));
    return TRUE;
}

static gboolean
take_tiles(Change *self, const GArray *tiles, GArray *out_refs, GPtrArray *missing, GError **error)
{
    g_autoptr(GHashTable) ids =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, g_free);

    for (unsigned i = 0; tiles != NULL && i < tiles->len; i++) {
        const ProtocolTile *tile = &g_array_index(tiles, ProtocolTile, i);
        g_autoptr(GBytes) digest = g_bytes_new(tile->digest, PROTOCOL_DIGEST_BYTES);
        int64_t *known = g_hash_table_lookup(ids, digest);
        RecallTileRef ref = {tile->x, tile->y, tile->width, tile->height, known ? *known : 0};

        if (known == NULL && !take_tile(self, digest, missing, &ref.id, error))
            return FALSE;
        if (known == NULL)
            g_hash_table_insert(ids, g_bytes_ref(digest), g_memdup2(&ref.id, sizeof ref.id));
        g_array_append_val(out_refs, ref);
    }
    return TRUE;
}

/* --- counting --- */

/* Returns: (transfer full): a set of int64_t, borrowed from @refs */
static GHashTable *
collect_ids(const GArray *refs)
{
    GHashTable *ids = g_hash_table_new(g_int64_hash, g_int64_equal);

    for (unsigned i = 0; refs != NULL && i < refs->len; i++)
        g_hash_table_add(ids, &g_array_index(refs, RecallTileRef, i).id);
    return ids;
}

static gboolean
count_tile(Change *self, int64_t id, int change, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self->segment, SQL_COUNT, error);

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int(statement, 2, change);
    return recall_segment_run(self->segment, statement, error);
}

/* Drops a tile that no scene names any more. */
static gboolean
drop_tile(Change *self, int64_t id, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(self->segment, SQL_DROP, error);
    int64_t sheet = 0;
    int code;

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, id);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        sheet = sqlite3_column_int64(statement, 0);
    if (code != SQLITE_DONE)
        return recall_segment_set_error(self->segment, error);
    sqlite3_reset(statement);
    return sheet == 0 || recall_sheets_note_loss(self->segment, sheet, error);
}

/* Adds @change to the tiles of @ids that are not in @others. */
static gboolean
count_tiles(Change *self, GHashTable *ids, GHashTable *others, int change, GError **error)
{
    GHashTableIter iter;
    void *id;

    g_hash_table_iter_init(&iter, ids);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        if (g_hash_table_contains(others, id))
            continue;
        if (!count_tile(self, *(int64_t *)id, change, error) ||
            (change < 0 && !drop_tile(self, *(int64_t *)id, error)))
            return FALSE;
    }
    return TRUE;
}

gboolean
recall_scene_tiles_set(RecallSegment *segment,
                       const GArray *old,
                       const GArray *tiles,
                       const GPtrArray *sheets,
                       GArray *out_refs,
                       GPtrArray *out_missing,
                       GError **error)
{
    g_auto(Change) change = begin(segment, sheets);
    g_autoptr(GHashTable) old_ids = collect_ids(old);
    g_autoptr(GHashTable) ids = NULL;

    if (!take_tiles(&change, tiles, out_refs, out_missing, error))
        return FALSE;
    ids = collect_ids(out_refs);
    return count_tiles(&change, ids, old_ids, 1, error) &&
           count_tiles(&change, old_ids, ids, -1, error);
}

gboolean
recall_scene_tiles_add_sheets(RecallSegment *segment, const GPtrArray *sheets, GError **error)
{
    g_auto(Change) change = begin(segment, sheets);
    GHashTableIter iter;
    void *digest;

    g_hash_table_iter_init(&iter, change.places);
    while (g_hash_table_iter_next(&iter, &digest, NULL)) {
        gboolean has_pixels = FALSE;
        int64_t id = 0;

        if (!find_tile(&change, digest, &id, &has_pixels, error))
            return FALSE;
        if (id != 0 && !has_pixels && !place_tile(&change, id, digest, &has_pixels, error))
            return FALSE;
    }
    return TRUE;
}
