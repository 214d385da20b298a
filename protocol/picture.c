/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define HEADER_BYTES 20
#define TILE_BYTES 12

static const char magic[4] = {'D', 'H', 'P', '2'};

struct ProtocolPictureWriter {
    int fd;
    uint32_t width_px;
    uint32_t height_px;
    uint32_t n_sheets_left;
    uint32_t n_tiles_left;
    size_t n_bytes;
};

static void
put_u16(uint8_t *out, uint16_t value)
{
    value = GUINT16_TO_LE(value);
    memcpy(out, &value, sizeof value);
}

static void
put_u32(uint8_t *out, uint32_t value)
{
    value = GUINT32_TO_LE(value);
    memcpy(out, &value, sizeof value);
}

static uint16_t
get_u16(const uint8_t *data)
{
    uint16_t value;

    memcpy(&value, data, sizeof value);
    return GUINT16_FROM_LE(value);
}

static uint32_t
get_u32(const uint8_t *data)
{
    uint32_t value;

    memcpy(&value, data, sizeof value);
    return GUINT32_FROM_LE(value);
}

static gboolean
set_errno_error(const char *what, GError **error)
{
    int code = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "Cannot %s the picture: %s", what,
                g_strerror(code));
    return FALSE;
}

static gboolean
write_all(ProtocolPictureWriter *self, const void *data, size_t n_bytes, GError **error)
{
    const uint8_t *at = data;

    while (n_bytes > 0) {
        ssize_t n = write(self->fd, at, n_bytes);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return set_errno_error("write", error);
        at += n;
        n_bytes -= n;
        self->n_bytes += n;
    }
    return TRUE;
}

ProtocolPictureWriter *
protocol_picture_writer_new(uint32_t width_px,
                            uint32_t height_px,
                            uint32_t n_sheets,
                            uint32_t n_tiles,
                            GError **error)
{
    g_autoptr(ProtocolPictureWriter) self = g_new0(ProtocolPictureWriter, 1);
    uint8_t header[HEADER_BYTES];

    self->width_px = width_px;
    self->height_px = height_px;
    self->n_sheets_left = n_sheets;
    self->n_tiles_left = n_tiles;
    self->fd = memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (self->fd < 0)
        return set_errno_error("make", error), NULL;
    memcpy(header, magic, sizeof magic);
    put_u32(header + 4, width_px);
    put_u32(header + 8, height_px);
    put_u32(header + 12, n_sheets);
    put_u32(header + 16, n_tiles);
    if (!write_all(self, header, sizeof header, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
protocol_picture_writer_free(ProtocolPictureWriter *self)
{
    if (self == NULL)
        return;
    if (self->fd >= 0)
        close(self->fd);
    g_free(self);
}

gboolean
protocol_picture_writer_add_sheet(ProtocolPictureWriter *self, GBytes *sheet, GError **error)
{
    uint8_t length[4];
    size_t n_bytes = 0;
    const void *data = sheet != NULL ? g_bytes_get_data(sheet, &n_bytes) : NULL;

    g_assert(self->n_sheets_left > 0);
    if (self->n_bytes + sizeof length + n_bytes > PROTOCOL_PICTURE_MAX_BYTES) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "The picture is too large");
        return FALSE;
    }
    put_u32(length, (uint32_t)n_bytes);
    self->n_sheets_left--;
    return write_all(self, length, sizeof length, error) && write_all(self, data, n_bytes, error);
}

gboolean
protocol_picture_writer_add_tile(ProtocolPictureWriter *self,
                                 const ProtocolPictureTile *tile,
                                 GError **error)
{
    uint8_t bytes[TILE_BYTES];

    g_assert(self->n_sheets_left == 0 && self->n_tiles_left > 0);
    put_u16(bytes, tile->x);
    put_u16(bytes + 2, tile->y);
    put_u16(bytes + 4, tile->width);
    put_u16(bytes + 6, tile->height);
    put_u16(bytes + 8, tile->sheet);
    put_u16(bytes + 10, tile->place);
    self->n_tiles_left--;
    return write_all(self, bytes, sizeof bytes, error);
}

int
protocol_picture_writer_finish(ProtocolPictureWriter *self, GError **error)
{
    int fd = self->fd;

    g_assert(self->n_sheets_left == 0 && self->n_tiles_left == 0);
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0) {
        set_errno_error("seal", error);
        return -1;
    }
    self->fd = -1;
    return fd;
}

void
protocol_picture_free(ProtocolPicture *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->sheets, g_ptr_array_unref);
    g_clear_pointer(&self->tiles, g_array_unref);
    g_free(self);
}

static gboolean
set_bad(const char *why, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The picture is damaged: %s", why);
    return FALSE;
}

/* What is left to be parsed. */
typedef struct {
    GBytes *bytes;
    size_t offset;
} Rest;

/* Returns: NULL when there are not so many bytes */
static const uint8_t *
take(Rest *rest, size_t n_bytes)
{
    size_t n_all;
    const uint8_t *data = g_bytes_get_data(rest->bytes, &n_all);

    if (n_all - rest->offset < n_bytes)
        return NULL;
    rest->offset += n_bytes;
    return data + rest->offset - n_bytes;
}

static gboolean
parse_header(ProtocolPicture *self,
             Rest *rest,
             uint32_t *out_n_sheets,
             uint32_t *out_n_tiles,
             GError **error)
{
    const uint8_t *data = take(rest, HEADER_BYTES);

    if (data == NULL || g_bytes_get_size(rest->bytes) > PROTOCOL_PICTURE_MAX_BYTES)
        return set_bad("its size is wrong", error);
    if (memcmp(data, magic, sizeof magic) != 0)
        return set_bad("it does not begin as one", error);
    self->width_px = get_u32(data + 4);
    self->height_px = get_u32(data + 8);
    if (self->width_px > PROTOCOL_SCENE_SIDE_MAX_PX || self->height_px > PROTOCOL_SCENE_SIDE_MAX_PX)
        return set_bad("a side is too long", error);
    *out_n_sheets = get_u32(data + 12);
    *out_n_tiles = get_u32(data + 16);
    if (*out_n_sheets > PROTOCOL_PICTURE_N_SHEETS_MAX || *out_n_tiles > PROTOCOL_SCENE_N_TILES_MAX)
        return set_bad("it has too many tiles", error);
    return TRUE;
}

static gboolean
parse_sheet(ProtocolPicture *self, Rest *rest, GError **error)
{
    const uint8_t *length = take(rest, 4);
    uint32_t n_bytes = length != NULL ? get_u32(length) : 0;
    size_t begin = rest->offset;

    if (length == NULL || take(rest, n_bytes) == NULL)
        return set_bad("it ends within a sheet", error);
    g_ptr_array_add(self->sheets,
                    n_bytes > 0 ? g_bytes_new_from_bytes(rest->bytes, begin, n_bytes) : NULL);
    return TRUE;
}

static gboolean
parse_tile(ProtocolPicture *self, Rest *rest, GError **error)
{
    const uint8_t *data = take(rest, TILE_BYTES);
    ProtocolPictureTile tile;

    if (data == NULL)
        return set_bad("it ends within a tile", error);
    tile = (ProtocolPictureTile){get_u16(data),     get_u16(data + 2), get_u16(data + 4),
                                 get_u16(data + 6), get_u16(data + 8), get_u16(data + 10)};
    if (tile.width == 0 || tile.height == 0 || tile.width > PROTOCOL_TILE_SIDE_MAX_PX ||
        tile.height > PROTOCOL_TILE_SIDE_MAX_PX || (uint32_t)tile.x + tile.width > self->width_px ||
        (uint32_t)tile.y + tile.height > self->height_px)
        return set_bad("a tile lies outside", error);
    if (tile.sheet != PROTOCOL_PICTURE_NO_SHEET && tile.sheet >= self->sheets->len)
        return set_bad("a tile has no sheet", error);
    g_array_append_val(self->tiles, tile);
    return TRUE;
}

static void
unref_sheet(void *sheet)
{
    if (sheet != NULL)
        g_bytes_unref(sheet);
}

ProtocolPicture *
protocol_picture_parse(GBytes *bytes, GError **error)
{
    g_autoptr(ProtocolPicture) self = g_new0(ProtocolPicture, 1);
    Rest rest = {bytes, 0};
    uint32_t n_sheets = 0;
    uint32_t n_tiles = 0;

    self->sheets = g_ptr_array_new_with_free_func(unref_sheet);
    self->tiles = g_array_new(FALSE, TRUE, sizeof(ProtocolPictureTile));
    if (!parse_header(self, &rest, &n_sheets, &n_tiles, error))
        return NULL;
    for (uint32_t i = 0; i < n_sheets; i++) {
        if (!parse_sheet(self, &rest, error))
            return NULL;
    }
    for (uint32_t i = 0; i < n_tiles; i++) {
        if (!parse_tile(self, &rest, error))
            return NULL;
    }
    if (rest.offset != g_bytes_get_size(bytes))
        return set_bad("it has bytes too many", error), NULL;
    return g_steal_pointer(&self);
}
