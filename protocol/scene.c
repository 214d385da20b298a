/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/scene.h"

#include "protocol/varint.h"

#include <string.h>

/* The first byte of a packed span: three common cases as bits, and a short length beside them. */
enum {
    SPAN_GAP_IS_1 = 1 << 0,
    SPAN_SAME_Y = 1 << 1,
    SPAN_SAME_HEIGHT = 1 << 2,
    SPAN_LENGTH_SHIFT = 3,
    SPAN_LENGTH_MAX = 31, /* 1 to 31 stand here, 0 says that it follows */
};

const char *
protocol_source_name(ProtocolSource source)
{
    static const char *const names[] = {"none", "accessible", "ocr", "mixed"};

    return (unsigned)source < G_N_ELEMENTS(names) ? names[source] : names[0];
}

ProtocolScene *
protocol_scene_new(void)
{
    ProtocolScene *self = g_new0(ProtocolScene, 1);

    self->app = g_strdup("");
    self->title = g_strdup("");
    self->url = g_strdup("");
    self->file = g_strdup("");
    self->actor = g_strdup("");
    self->text = g_strdup("");
    self->spans = g_array_new(FALSE, TRUE, sizeof(ProtocolSpan));
    self->tiles = g_array_new(FALSE, TRUE, sizeof(ProtocolTile));
    return self;
}

void
protocol_scene_free(ProtocolScene *self)
{
    if (self == NULL)
        return;
    g_free(self->app);
    g_free(self->title);
    g_free(self->url);
    g_free(self->file);
    g_free(self->actor);
    g_free(self->text);
    g_array_unref(self->spans);
    g_array_unref(self->tiles);
    g_free(self);
}

/* Replaces each byte that is not UTF-8 in place, so that offsets into the text stay right. */
static void
mend_utf8(char *text)
{
    const char *bad = text;

    while (!g_utf8_validate(bad, -1, &bad))
        text[bad - text] = '?';
}

/* Cuts at a character. */
static void
cut_utf8(char *text, size_t max_bytes)
{
    if (strlen(text) <= max_bytes)
        return;
    while (max_bytes > 0 && ((uint8_t)text[max_bytes] & 0xc0) == 0x80)
        max_bytes--;
    text[max_bytes] = '\0';
}

static void
add_string(GVariantBuilder *builder, const char *key, const char *value, size_t max_bytes)
{
    g_autofree char *mended = g_strdup(value);

    mend_utf8(mended);
    if (max_bytes > 0)
        cut_utf8(mended, max_bytes);
    g_variant_builder_add(builder, "{sv}", key, g_variant_new_string(mended));
}

static void
add_bytes(GVariantBuilder *builder, const char *key, GBytes *take_bytes)
{
    g_variant_builder_add(builder, "{sv}", key,
                          g_variant_new_from_bytes(G_VARIANT_TYPE("ay"), take_bytes, TRUE));
    g_bytes_unref(take_bytes);
}

GVariant *
protocol_scene_to_variant(const ProtocolScene *self)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&builder, "{sv}", "key", g_variant_new_uint64(self->key));
    g_variant_builder_add(&builder, "{sv}", "start", g_variant_new_int64(self->start_us));
    g_variant_builder_add(&builder, "{sv}", "end", g_variant_new_int64(self->end_us));
    add_string(&builder, "app", self->app, PROTOCOL_SCENE_FIELD_MAX_BYTES);
    add_string(&builder, "title", self->title, PROTOCOL_SCENE_FIELD_MAX_BYTES);
    add_string(&builder, "url", self->url, PROTOCOL_SCENE_FIELD_MAX_BYTES);
    add_string(&builder, "file", self->file, PROTOCOL_SCENE_FIELD_MAX_BYTES);
    add_string(&builder, "actor", self->actor, PROTOCOL_SCENE_FIELD_MAX_BYTES);
    g_variant_builder_add(&builder, "{sv}", "source", g_variant_new_uint32(self->source));
    g_variant_builder_add(&builder, "{sv}", "width", g_variant_new_uint32(self->width_px));
    g_variant_builder_add(&builder, "{sv}", "height", g_variant_new_uint32(self->height_px));
    add_string(&builder, "text", self->text, 0);
    add_bytes(&builder, "spans", protocol_spans_pack(self->spans));
    add_bytes(&builder, "tiles", protocol_tiles_pack(self->tiles));
    return g_variant_builder_end(&builder);
}

/* Returns: FALSE with @error set when the key has another type; an absent key leaves @out alone */
static gboolean
look_up(GVariant *variant, const char *key, const char *type, GVariant **out, GError **error)
{
    g_autoptr(GVariant) value = g_variant_lookup_value(variant, key, NULL);

    if (value != NULL && !g_variant_is_of_type(value, G_VARIANT_TYPE(type))) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The scene's %s is not of type %s",
                    key, type);
        return FALSE;
    }
    *out = g_steal_pointer(&value);
    return TRUE;
}

static gboolean
read_string(GVariant *variant, const char *key, char **out, GError **error)
{
    g_autoptr(GVariant) value = NULL;

    if (!look_up(variant, key, "s", &value, error))
        return FALSE;
    if (value != NULL) {
        g_free(*out);
        *out = g_variant_dup_string(value, NULL);
    }
    return TRUE;
}

static gboolean
read_field(GVariant *variant, const char *key, char **out, GError **error)
{
    if (!read_string(variant, key, out, error))
        return FALSE;
    cut_utf8(*out, PROTOCOL_SCENE_FIELD_MAX_BYTES);
    return TRUE;
}

static gboolean
read_u32(GVariant *variant, const char *key, uint32_t max, uint32_t *out, GError **error)
{
    g_autoptr(GVariant) value = NULL;

    if (!look_up(variant, key, "u", &value, error))
        return FALSE;
    if (value == NULL)
        return TRUE;
    if (g_variant_get_uint32(value) > max) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "The scene's %s is %" G_GUINT32_FORMAT ", more than %" G_GUINT32_FORMAT, key,
                    g_variant_get_uint32(value), max);
        return FALSE;
    }
    *out = g_variant_get_uint32(value);
    return TRUE;
}

static gboolean
read_time(GVariant *variant, const char *key, int64_t *out, GError **error)
{
    g_autoptr(GVariant) value = NULL;

    if (!look_up(variant, key, "x", &value, error))
        return FALSE;
    if (value == NULL || g_variant_get_int64(value) < PROTOCOL_SCENE_TIME_MIN_US ||
        g_variant_get_int64(value) > PROTOCOL_SCENE_TIME_MAX_US) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "The scene's %s is missing or not between 1970 and 9999", key);
        return FALSE;
    }
    *out = g_variant_get_int64(value);
    return TRUE;
}

static gboolean
read_when(ProtocolScene *self, GVariant *variant, GError **error)
{
    g_autoptr(GVariant) key = NULL;

    if (!look_up(variant, "key", "t", &key, error) ||
        !read_time(variant, "start", &self->start_us, error) ||
        !read_time(variant, "end", &self->end_us, error))
        return FALSE;
    if (key == NULL) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The scene has no key");
        return FALSE;
    }
    if (self->end_us < self->start_us) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "The scene's end is before its start");
        return FALSE;
    }
    self->key = g_variant_get_uint64(key);
    return TRUE;
}

static gboolean
read_numbers(ProtocolScene *self, GVariant *variant, GError **error)
{
    uint32_t source = 0;

    if (!read_u32(variant, "source", PROTOCOL_SOURCE_MIXED, &source, error) ||
        !read_u32(variant, "width", PROTOCOL_SCENE_SIDE_MAX_PX, &self->width_px, error) ||
        !read_u32(variant, "height", PROTOCOL_SCENE_SIDE_MAX_PX, &self->height_px, error))
        return FALSE;
    self->source = source;
    return TRUE;
}

static gboolean
read_fields(ProtocolScene *self, GVariant *variant, GError **error)
{
    return read_field(variant, "app", &self->app, error) &&
           read_field(variant, "title", &self->title, error) &&
           read_field(variant, "url", &self->url, error) &&
           read_field(variant, "file", &self->file, error) &&
           read_field(variant, "actor", &self->actor, error);
}

/* A span that began or ended within a character would make invalid UTF-8 of whatever is cut out. */
static gboolean
check_boundaries(const ProtocolScene *self, GError **error)
{
    for (unsigned i = 0; i < self->spans->len; i++) {
        const ProtocolSpan *span = &g_array_index(self->spans, ProtocolSpan, i);
        const char *start = self->text + span->start_bytes;

        if (((uint8_t)start[0] & 0xc0) == 0x80 ||
            ((uint8_t)start[span->length_bytes] & 0xc0) == 0x80) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "The scene's spans: number %u cuts a character", i);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
read_text(ProtocolScene *self, GVariant *variant, GError **error)
{
    g_autoptr(GVariant) packed = NULL;
    g_autoptr(GBytes) bytes = NULL;
    GArray *spans;

    if (!read_string(variant, "text", &self->text, error) ||
        !look_up(variant, "spans", "ay", &packed, error))
        return FALSE;
    if (strlen(self->text) > PROTOCOL_SCENE_TEXT_MAX_BYTES) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "The scene's text is over %d bytes long", PROTOCOL_SCENE_TEXT_MAX_BYTES);
        return FALSE;
    }
    if (packed == NULL)
        return TRUE;
    bytes = g_variant_get_data_as_bytes(packed);
    spans = protocol_spans_unpack(bytes, strlen(self->text), error);
    if (spans == NULL)
        return FALSE;
    g_array_unref(self->spans);
    self->spans = spans;
    return check_boundaries(self, error);
}

static gboolean
read_tiles(ProtocolScene *self, GVariant *variant, GError **error)
{
    g_autoptr(GVariant) packed = NULL;
    g_autoptr(GBytes) bytes = NULL;
    GArray *tiles;

    if (!look_up(variant, "tiles", "ay", &packed, error))
        return FALSE;
    if (packed == NULL)
        return TRUE;
    bytes = g_variant_get_data_as_bytes(packed);
    tiles = protocol_tiles_unpack(bytes, self->width_px, self->height_px, error);
    if (tiles == NULL)
        return FALSE;
    g_array_unref(self->tiles);
    self->tiles = tiles;
    return TRUE;
}

ProtocolScene *
protocol_scene_from_variant(GVariant *variant, GError **error)
{
    g_autoptr(ProtocolScene) self = protocol_scene_new();

    if (!g_variant_is_of_type(variant, G_VARIANT_TYPE_VARDICT)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "The scene is not a dictionary");
        return NULL;
    }
    if (!read_when(self, variant, error) || !read_numbers(self, variant, error) ||
        !read_fields(self, variant, error) || !read_text(self, variant, error) ||
        !read_tiles(self, variant, error))
        return NULL;
    return g_steal_pointer(&self);
}

static void
pack_span(GByteArray *out, const ProtocolSpan *span, uint32_t last_end, const BaseRect *last)
{
    uint32_t gap = span->start_bytes - last_end;
    uint8_t head = 0;

    if (gap == 1)
        head |= SPAN_GAP_IS_1;
    if (span->box.y == last->y)
        head |= SPAN_SAME_Y;
    if (span->box.height == last->height)
        head |= SPAN_SAME_HEIGHT;
    if (span->length_bytes <= SPAN_LENGTH_MAX)
        head |= span->length_bytes << SPAN_LENGTH_SHIFT;
    g_byte_array_append(out, &head, 1);
    if (gap != 1)
        protocol_varint_put(out, gap);
    if (span->length_bytes > SPAN_LENGTH_MAX)
        protocol_varint_put(out, span->length_bytes);
    protocol_varint_put_signed(out, (int64_t)span->box.x - last->x - last->width);
    protocol_varint_put(out, (uint32_t)MAX(span->box.width, 0));
    if (span->box.y != last->y)
        protocol_varint_put_signed(out, (int64_t)span->box.y - last->y);
    if (span->box.height != last->height)
        protocol_varint_put_signed(out, (int64_t)span->box.height - last->height);
}

GBytes *
protocol_spans_pack(const GArray *spans)
{
    GByteArray *out = g_byte_array_sized_new(4 + 4 * spans->len);
    BaseRect last = {0};
    uint32_t last_end = 0;

    protocol_varint_put(out, spans->len);
    for (unsigned i = 0; i < spans->len; i++) {
        const ProtocolSpan *span = &g_array_index(spans, ProtocolSpan, i);

        pack_span(out, span, last_end, &last);
        last_end = span->start_bytes + span->length_bytes;
        last = span->box;
    }
    return g_byte_array_free_to_bytes(out);
}

/* Adds a packed difference to @value and keeps the sum within what a box may have. */
static gboolean
take_coordinate(ProtocolReader *reader, int from, int min, int *out)
{
    int64_t difference;

    if (!protocol_varint_take_signed(reader, &difference) ||
        difference < -4 * PROTOCOL_SCENE_SIDE_MAX_PX || difference > 4 * PROTOCOL_SCENE_SIDE_MAX_PX)
        return FALSE;
    *out = from + (int)difference;
    return *out >= min && *out <= PROTOCOL_SCENE_SIDE_MAX_PX;
}

static gboolean
unpack_box(ProtocolReader *reader, uint8_t head, const BaseRect *last, BaseRect *box)
{
    uint64_t width;

    box->y = last->y;
    box->height = last->height;
    if (!take_coordinate(reader, last->x + last->width, -PROTOCOL_SCENE_SIDE_MAX_PX, &box->x) ||
        !protocol_varint_take(reader, &width) || width > PROTOCOL_SCENE_SIDE_MAX_PX)
        return FALSE;
    box->width = (int)width;
    return ((head & SPAN_SAME_Y) != 0 ||
            take_coordinate(reader, last->y, -PROTOCOL_SCENE_SIDE_MAX_PX, &box->y)) &&
           ((head & SPAN_SAME_HEIGHT) != 0 ||
            take_coordinate(reader, last->height, 0, &box->height));
}

static gboolean
unpack_span(ProtocolReader *reader,
            size_t text_bytes,
            size_t last_end,
            const BaseRect *last,
            ProtocolSpan *out)
{
    uint8_t head;
    uint64_t gap = 1;
    uint64_t length;

    if (!protocol_reader_take(reader, &head, 1))
        return FALSE;
    length = head >> SPAN_LENGTH_SHIFT;
    if ((head & SPAN_GAP_IS_1) == 0 && !protocol_varint_take(reader, &gap))
        return FALSE;
    if (length == 0 && !protocol_varint_take(reader, &length))
        return FALSE;
    if (length == 0 || gap > text_bytes - last_end || length > text_bytes - last_end - gap)
        return FALSE;
    out->start_bytes = (uint32_t)(last_end + gap);
    out->length_bytes = (uint32_t)length;
    return unpack_box(reader, head, last, &out->box);
}

/* Reads the count that leads a packed array. */
static gboolean
take_count(ProtocolReader *reader, const char *what, unsigned max, uint64_t *out, GError **error)
{
    if (!protocol_varint_take(reader, out) || *out > max) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "The scene's %s have no number or more than %u", what, max);
        return FALSE;
    }
    return TRUE;
}

static gboolean
set_bad_item(const char *what, unsigned i, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "The scene's %s: number %u is cut short or out of range", what, i);
    return FALSE;
}

static gboolean
check_at_end(const ProtocolReader *reader, const char *what, GError **error)
{
    if (reader->n_bytes == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "The scene's %s have %zu bytes too many", what, reader->n_bytes);
    return FALSE;
}

GArray *
protocol_spans_unpack(GBytes *bytes, size_t text_bytes, GError **error)
{
    ProtocolReader reader = protocol_reader_of(bytes);
    g_autoptr(GArray) spans = g_array_new(FALSE, TRUE, sizeof(ProtocolSpan));
    BaseRect last = {0};
    size_t last_end = 0;
    uint64_t n;

    if (text_bytes > UINT32_MAX)
        return set_bad_item("spans", 0, error), NULL;
    if (!take_count(&reader, "spans", PROTOCOL_SCENE_N_SPANS_MAX, &n, error))
        return NULL;
    for (unsigned i = 0; i < n; i++) {
        ProtocolSpan span = {0};

        if (!unpack_span(&reader, text_bytes, last_end, &last, &span))
            return set_bad_item("spans", i, error), NULL;
        g_array_append_val(spans, span);
        last_end = (size_t)span.start_bytes + span.length_bytes;
        last = span.box;
    }
    return check_at_end(&reader, "spans", error) ? g_steal_pointer(&spans) : NULL;
}

GBytes *
protocol_tiles_pack(const GArray *tiles)
{
    GByteArray *out = g_byte_array_sized_new(4 + 22 * tiles->len);
    int last_x = 0;
    int last_y = 0;

    protocol_varint_put(out, tiles->len);
    for (unsigned i = 0; i < tiles->len; i++) {
        const ProtocolTile *tile = &g_array_index(tiles, ProtocolTile, i);

        protocol_varint_put_signed(out, tile->x - last_x);
        protocol_varint_put_signed(out, tile->y - last_y);
        protocol_varint_put(out, tile->width);
        protocol_varint_put(out, tile->height);
        g_byte_array_append(out, tile->digest, PROTOCOL_DIGEST_BYTES);
        last_x = tile->x;
        last_y = tile->y;
    }
    return g_byte_array_free_to_bytes(out);
}

/* Takes a position as its difference from the last one; it must lie in the picture. */
static gboolean
take_position(ProtocolReader *reader, uint16_t last, uint16_t *out)
{
    int64_t difference;

    if (!protocol_varint_take_signed(reader, &difference) || difference < -(int64_t)last ||
        difference > PROTOCOL_SCENE_SIDE_MAX_PX - (int64_t)last)
        return FALSE;
    *out = (uint16_t)(last + difference);
    return TRUE;
}

static gboolean
take_side(ProtocolReader *reader, uint16_t *out)
{
    uint64_t side;

    if (!protocol_varint_take(reader, &side) || side == 0 || side > PROTOCOL_TILE_SIDE_MAX_PX)
        return FALSE;
    *out = (uint16_t)side;
    return TRUE;
}

GArray *
protocol_tiles_unpack(GBytes *bytes, uint32_t width_px, uint32_t height_px, GError **error)
{
    ProtocolReader reader = protocol_reader_of(bytes);
    g_autoptr(GArray) tiles = g_array_new(FALSE, TRUE, sizeof(ProtocolTile));
    ProtocolTile last = {0};
    uint64_t n;

    if (!take_count(&reader, "tiles", PROTOCOL_SCENE_N_TILES_MAX, &n, error))
        return NULL;
    for (unsigned i = 0; i < n; i++) {
        ProtocolTile tile = {0};

        if (!take_position(&reader, last.x, &tile.x) || !take_position(&reader, last.y, &tile.y) ||
            !take_side(&reader, &tile.width) || !take_side(&reader, &tile.height) ||
            !protocol_reader_take(&reader, tile.digest, PROTOCOL_DIGEST_BYTES) ||
            (uint32_t)tile.x + tile.width > width_px || (uint32_t)tile.y + tile.height > height_px)
            return set_bad_item("tiles", i, error), NULL;
        g_array_append_val(tiles, tile);
        last = tile;
    }
    return check_at_end(&reader, "tiles", error) ? g_steal_pointer(&tiles) : NULL;
}
