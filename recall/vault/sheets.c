/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/sheets.h"

#define SQL_INSERT "INSERT INTO sheet(n_tiles, coded) VALUES(?1, ?2)"
#define SQL_REPLACE "UPDATE sheet SET n_tiles = ?2, coded = ?3 WHERE id = ?1"
#define SQL_DELETE "DELETE FROM sheet WHERE id = ?1"
#define SQL_ADD_YOUNG "INSERT OR IGNORE INTO young_sheet(id) VALUES(?1)"
#define SQL_DROP_YOUNG "DELETE FROM young_sheet WHERE id = ?1"
#define SQL_YOUNG                                                                                  \
    "SELECT young_sheet.id, n_tiles, length(coded),"                                               \
    " (SELECT count(*) FROM tile WHERE tile.sheet = young_sheet.id)"                               \
    " FROM young_sheet LEFT JOIN sheet USING(id) ORDER BY young_sheet.id"
#define SQL_CODED "SELECT coded FROM sheet WHERE id = ?1"
#define SQL_TILES "SELECT id, place FROM tile WHERE sheet = ?1 ORDER BY place"
#define SQL_MOVE "UPDATE tile SET sheet = ?2, place = ?3 WHERE id = ?1"
#define SQL_LOSE "UPDATE tile SET sheet = NULL WHERE sheet = ?1"

typedef struct {
    int64_t id;
    int64_t n_tiles;
    int64_t n_bytes;
    int64_t n_live;
} Young;

/* A tile and where it goes. */
typedef struct {
    int64_t id;
    uint16_t place;
} Move;

/* Several sheets on their way into one. */
typedef struct {
    RecallSegment *segment;
    GArray *sheets;                /* of Young */
    GArray *moves;                 /* of Move */
    ProtocolSheetEncoder *encoder; /* NULL: it is too much for one sheet */
    size_t n_pixels;
    gboolean is_whole;   /* no tile is missing */
    gboolean is_spoiled; /* a part of a sheet that cannot be decoded is in @encoder */
} Merge;

/* Returns: the statement with @id bound, or NULL */
static sqlite3_stmt *
bind_id(RecallSegment *segment, const char *sql, int64_t id, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(segment, sql, error);

    if (statement != NULL)
        sqlite3_bind_int64(statement, 1, id);
    return statement;
}

static gboolean
run(RecallSegment *segment, const char *sql, int64_t id, GError **error)
{
    sqlite3_stmt *statement = bind_id(segment, sql, id, error);

    return statement != NULL && recall_segment_run(segment, statement, error);
}

static gboolean
bind_coded(sqlite3_stmt *statement, int index, GBytes *coded)
{
    size_t n_bytes;
    const void *data = g_bytes_get_data(coded, &n_bytes);

    return sqlite3_bind_blob64(statement, index, data, n_bytes, SQLITE_STATIC) == SQLITE_OK;
}

static gboolean
insert(RecallSegment *segment, unsigned n_tiles, GBytes *coded, int64_t *out_id, GError **error)
{
    sqlite3_stmt *statement = bind_id(segment, SQL_INSERT, n_tiles, error);

    if (statement == NULL)
        return FALSE;
    if (!bind_coded(statement, 2, coded))
        return recall_segment_set_error(segment, error);
    if (!recall_segment_run(segment, statement, error))
        return FALSE;
    *out_id = sqlite3_last_insert_rowid(recall_segment_get_db(segment));
    return TRUE;
}

gboolean
recall_sheets_add(RecallSegment *segment,
                  const ProtocolSheet *sheet,
                  int64_t *out_id,
                  GError **error)
{
    return insert(segment, sheet->digests->len, sheet->coded, out_id, error) &&
           (protocol_sheet_pixels_is_likeness(sheet->coded) ||
            run(segment, SQL_ADD_YOUNG, *out_id, error));
}

gboolean
recall_sheets_note_loss(RecallSegment *segment, int64_t id, GError **error)
{
    return run(segment, SQL_ADD_YOUNG, id, error);
}

/* Returns: (transfer full): of Young, or NULL */
static GArray *
list_young(RecallSegment *segment, GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Young));
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_YOUNG, error);
    int code;

    if (statement == NULL)
        return NULL;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        Young young = {sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1),
                       sqlite3_column_int64(statement, 2), sqlite3_column_int64(statement, 3)};

        g_array_append_val(list, young);
    }
    if (code != SQLITE_DONE)
        return recall_segment_set_error(segment, error), NULL;
    sqlite3_reset(statement);
    return g_steal_pointer(&list);
}

/* @out: (transfer full): NULL when there is none */
static gboolean
load_coded(RecallSegment *segment, int64_t id, GBytes **out, GError **error)
{
    sqlite3_stmt *statement = bind_id(segment, SQL_CODED, id, error);

    if (statement == NULL)
        return FALSE;
    if (sqlite3_step(statement) != SQLITE_ROW)
        return recall_segment_set_error(segment, error);
    *out =
        g_bytes_new(sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0));
    sqlite3_reset(statement);
    return TRUE;
}

static gboolean
remove_sheet(RecallSegment *segment, int64_t id, GError **error)
{
    return run(segment, SQL_DELETE, id, error) && run(segment, SQL_DROP_YOUNG, id, error);
}

static gboolean
lose_sheet(RecallSegment *segment, int64_t id, GError **error)
{
    g_warning("Pixels that cannot be decoded are taken away");
    return run(segment, SQL_LOSE, id, error) && remove_sheet(segment, id, error);
}

/* --- merging --- */

static Merge
begin_merge(RecallSegment *segment)
{
    return (Merge){
        .segment = segment,
        .sheets = g_array_new(FALSE, FALSE, sizeof(Young)),
        .moves = g_array_new(FALSE, FALSE, sizeof(Move)),
        .encoder = protocol_sheet_encoder_new(),
        .is_whole = TRUE,
    };
}

static void
clear_merge(Merge *self)
{
    g_array_unref(self->sheets);
    g_array_unref(self->moves);
    protocol_sheet_encoder_free(self->encoder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Merge, clear_merge)

/* @out: of which another tile than this one is not looked at any more. Returns: FALSE when it
 * cannot be decoded */
static gboolean
read_until(ProtocolSheetDecoder *decoder, unsigned *n_read, int64_t place, ProtocolSheetTile *out)
{
    if (place < 0 || place >= protocol_sheet_decoder_get_n_places(decoder))
        return *out = (ProtocolSheetTile){0}, TRUE;
    for (; *n_read <= place; (*n_read)++) {
        if (!protocol_sheet_decoder_next(decoder, out, NULL))
            return FALSE;
    }
    return TRUE;
}

static void
add_tile(Merge *self, int64_t id, const ProtocolSheetTile *tile)
{
    Move move = {id, (uint16_t)self->moves->len};

    self->n_pixels += (size_t)tile->width * tile->height;
    g_array_append_val(self->moves, move);
    if (self->encoder != NULL && !protocol_sheet_encoder_add(self->encoder, tile))
        g_clear_pointer(&self->encoder, protocol_sheet_encoder_free);
}

/* Adds the tiles that name the sheet. @out_is_right: FALSE: not all of them, it is damaged */
static gboolean
add_tiles(Merge *self,
          int64_t sheet,
          ProtocolSheetDecoder *decoder,
          gboolean *out_is_right,
          GError **error)
{
    sqlite3_stmt *statement = bind_id(self->segment, SQL_TILES, sheet, error);
    ProtocolSheetTile tile = {0};
    unsigned n_read = 0;
    int code = SQLITE_DONE;

    *out_is_right = TRUE;
    if (statement == NULL)
        return FALSE;
    while (*out_is_right && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        *out_is_right = read_until(decoder, &n_read, sqlite3_column_int64(statement, 1), &tile);
        if (*out_is_right)
            add_tile(self, sqlite3_column_int64(statement, 0), &tile);
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return recall_segment_set_error(self->segment, error);
    sqlite3_reset(statement);
    return TRUE;
}

static gboolean
move_tiles(Merge *self, int64_t sheet, GError **error)
{
    for (unsigned i = 0; i < self->moves->len; i++) {
        const Move *move = &g_array_index(self->moves, Move, i);
        sqlite3_stmt *statement = bind_id(self->segment, SQL_MOVE, move->id, error);

        if (statement == NULL)
            return FALSE;
        sqlite3_bind_int64(statement, 2, sheet);
        sqlite3_bind_int(statement, 3, move->place);
        if (!recall_segment_run(self->segment, statement, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
write_merge(Merge *self, GBytes *coded, gboolean is_young, GError **error)
{
    int64_t id;

    for (unsigned i = 0; i < self->sheets->len; i++) { /* first: their pages are used again */
        if (!remove_sheet(self->segment, g_array_index(self->sheets, Young, i).id, error))
            return FALSE;
    }
    if (!insert(self->segment, self->moves->len, coded, &id, error) || !move_tiles(self, id, error))
        return FALSE;
    return !is_young || run(self->segment, SQL_ADD_YOUNG, id, error);
}

/* Takes a sheet in. */
static gboolean
add_sheet(Merge *self, const Young *young, GError **error)
{
    g_autoptr(GBytes) coded = NULL;
    g_autoptr(ProtocolSheetDecoder) decoder = NULL;
    unsigned n_moves = self->moves->len;
    gboolean is_right = FALSE;

    if (!load_coded(self->segment, young->id, &coded, error))
        return FALSE;
    if (protocol_sheet_pixels_is_likeness(coded))
        return run(self->segment, SQL_DROP_YOUNG, young->id, error);
    decoder = protocol_sheet_decoder_new(coded, NULL);
    if (decoder != NULL && !add_tiles(self, young->id, decoder, &is_right, error))
        return FALSE;
    if (!is_right) {
        self->is_spoiled |= self->moves->len > n_moves;
        g_array_set_size(self->moves, n_moves);
        return lose_sheet(self->segment, young->id, error);
    }
    g_array_append_val(self->sheets, *young);
    self->is_whole = self->is_whole && young->n_live == young->n_tiles;
    return TRUE;
}

static gboolean code_anew(RecallSegment *segment,
                          const Young *young,
                          gboolean is_young,
                          size_t *n_pixels,
                          GError **error);

/* Writes what was gathered; each by itself when that is too much for one sheet, or spoiled.
 * @is_young: what is written may be merged later */
static gboolean
end_merge(Merge *self, gboolean is_young, GError **error)
{
    const Young *list = (const Young *)self->sheets->data;
    g_autoptr(GBytes) coded = NULL;
    size_t n_pixels = 0;

    if (self->sheets->len == 0)
        return TRUE;
    if (self->sheets->len == 1 && self->is_whole)
        return is_young || run(self->segment, SQL_DROP_YOUNG, list->id, error);
    if (self->encoder != NULL && !self->is_spoiled)
        coded = protocol_sheet_encoder_end(self->encoder);
    if (coded != NULL)
        return write_merge(self, coded, is_young, error);
    if (self->sheets->len == 1 && !self->is_spoiled)
        return lose_sheet(self->segment, list->id, error);
    for (unsigned i = 0; i < self->sheets->len; i++) {
        if (!code_anew(self->segment, &list[i], is_young, &n_pixels, error))
            return FALSE;
    }
    return TRUE;
}

/* One sheet by itself, unless it has lost no tile. */
static gboolean
code_anew(RecallSegment *segment,
          const Young *young,
          gboolean is_young,
          size_t *n_pixels,
          GError **error)
{
    g_auto(Merge) merge = begin_merge(segment);

    if (!add_sheet(&merge, young, error))
        return FALSE;
    *n_pixels += merge.n_pixels;
    return end_merge(&merge, is_young, error);
}

/* Makes one sheet of the first ones of @list. @out_n: of so many */
static gboolean
merge_some(RecallSegment *segment, const GArray *list, unsigned *out_n, GError **error)
{
    g_auto(Merge) merge = begin_merge(segment);
    unsigned n = 0;

    while (n < list->len && merge.n_pixels < RECALL_SHEETS_MERGED_N_PIXELS_MAX) {
        if (!add_sheet(&merge, &g_array_index(list, Young, n), error))
            return FALSE;
        n++;
    }
    *out_n = n;
    return end_merge(&merge, FALSE, error);
}

static gboolean
shrink_some(RecallSegment *segment, const GArray *list, unsigned *out_n, GError **error)
{
    size_t n_pixels = 0;
    unsigned n = 0;

    for (; n < list->len && n_pixels < RECALL_SHEETS_MERGED_N_PIXELS_MAX; n++) {
        const Young *young = &g_array_index(list, Young, n);

        if (young->n_live < young->n_tiles && !code_anew(segment, young, TRUE, &n_pixels, error))
            return FALSE;
    }
    *out_n = n;
    return TRUE;
}

/* Takes away those that no tile names, from @list as well. */
static gboolean
remove_dead(RecallSegment *segment, GArray *list, int64_t *out_n_bytes, GError **error)
{
    unsigned n_kept = 0;

    *out_n_bytes = 0;
    for (unsigned i = 0; i < list->len; i++) {
        const Young *young = &g_array_index(list, Young, i);

        if (young->n_live == 0) {
            if (!remove_sheet(segment, young->id, error))
                return FALSE;
            continue;
        }
        *out_n_bytes += young->n_bytes;
        g_array_index(list, Young, n_kept++) = *young;
    }
    g_array_set_size(list, n_kept);
    return TRUE;
}

gboolean
recall_sheets_tidy(RecallSegment *segment, gboolean is_final, gboolean *out_is_done, GError **error)
{
    g_autoptr(GArray) list = list_young(segment, error);
    int64_t n_bytes = 0;
    unsigned n = 0;

    if (list == NULL || !remove_dead(segment, list, &n_bytes, error))
        return FALSE;
    if (is_final || list->len > RECALL_SHEETS_N_YOUNG_MAX ||
        n_bytes > RECALL_SHEETS_YOUNG_MAX_BYTES)
        is_final = TRUE;
    if (is_final ? !merge_some(segment, list, &n, error) : !shrink_some(segment, list, &n, error))
        return FALSE;
    *out_is_done = n == list->len;
    return TRUE;
}
