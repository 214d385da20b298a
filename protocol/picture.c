/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define HEADER_BYTES 16
#define TILE_HEADER_BYTES 12

static const char magic[4] = {'D', 'H', 'P', '1'};

struct ProtocolPictureWriter {
    int fd;
    uint32_t width_px;
    uint32_t height_px;
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
protocol_picture_writer_new(uint32_t width_px, uint32_t height_px, uint32_t n_tiles, GError **error)
{
    g_autoptr(ProtocolPictureWriter) self = g_new0(ProtocolPictureWriter, 1);
    uint8_t header[HEADER_BYTES];

    self->width_px = width_px;
    self->height_px = height_px;
    self->n_tiles_left = n_tiles;
    self->fd = memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (self->fd < 0)
        return set_errno_error("make", error), NULL;
    memcpy(header, magic, sizeof magic);
    put_u32(header + 4, width_px);
    put_u32(header + 8, height_px);
    put_u32(header + 12, n_tiles);
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
protocol_picture_writer_add(ProtocolPictureWriter *self,
                            const ProtocolTile *tile,
                            GBytes *webp,
                            GError **error)
{
    uint8_t header[TILE_HEADER_BYTES];
    size_t n_bytes = 0;
    const void *data = webp != NULL ? g_bytes_get_data(webp, &n_bytes) : NULL;

    g_assert(self->n_tiles_left > 0);
    if (n_bytes > PROTOCOL_TILE_MAX_BYTES ||
        self->n_bytes + sizeof header + n_bytes > PROTOCOL_PICTURE_MAX_BYTES) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "The picture is too large");
        return FALSE;
    }
    put_u16(header, tile->x);
    put_u16(header + 2, tile->y);
    put_u16(header + 4, tile->width);
    put_u16(header + 6, tile->height);
    put_u32(header + 8, (uint32_t)n_bytes);
    self->n_tiles_left--;
    return write_all(self, header, sizeof header, error) && write_all(self, data, n_bytes, error);
}

int
protocol_picture_writer_finish(ProtocolPictureWriter *self, GError **error)
{
    int fd = self->fd;

    g_assert(self->n_tiles_left == 0);
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0) {
        set_errno_error("seal", error);
        return -1;
    }
    self->fd = -1;
    return fd;
}

static void
clear_tile(void *tile)
{
    g_clear_pointer(&((ProtocolPictureTile *)tile)->webp, g_bytes_unref);
}

void
protocol_picture_free(ProtocolPicture *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->tiles, g_array_unref);
    g_free(self);
}

static gboolean
set_bad(const char *why, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The picture is damaged: %s", why);
    return FALSE;
}

/* @data: at least HEADER_BYTES; @out_n_tiles: as many as there can be */
static gboolean
parse_header(ProtocolPicture *self,
             const uint8_t *data,
             size_t n_bytes,
             uint32_t *out_n_tiles,
             GError **error)
{
    uint32_t n_tiles = get_u32(data + 12);

    if (memcmp(data, magic, sizeof magic) != 0)
        return set_bad("it does not begin as one", error);
    self->width_px = get_u32(data + 4);
    self->height_px = get_u32(data + 8);
    if (self->width_px > PROTOCOL_SCENE_SIDE_MAX_PX || self->height_px > PROTOCOL_SCENE_SIDE_MAX_PX)
        return set_bad("a side is too long", error);
    if (n_tiles > PROTOCOL_SCENE_N_TILES_MAX ||
        n_tiles > (n_bytes - HEADER_BYTES) / TILE_HEADER_BYTES)
        return set_bad("it has too many tiles", error);
    *out_n_tiles = n_tiles;
    return TRUE;
}

/* Returns: bytes used, 0 with @error set */
static size_t
parse_tile(ProtocolPicture *self, GBytes *bytes, size_t offset, GError **error)
{
    size_t n_bytes;
    const uint8_t *data = (const uint8_t *)g_bytes_get_data(bytes, &n_bytes) + offset;
    ProtocolPictureTile tile = {0};
    uint32_t length;

    if (n_bytes - offset < TILE_HEADER_BYTES)
        return set_bad("it ends within a tile", error), 0;
    tile = (ProtocolPictureTile){get_u16(data), get_u16(data + 2), get_u16(data + 4),
                                 get_u16(data + 6), NULL};
    length = get_u32(data + 8);
    if (tile.width == 0 || tile.height == 0 || tile.width > PROTOCOL_TILE_SIDE_MAX_PX ||
        tile.height > PROTOCOL_TILE_SIDE_MAX_PX || (uint32_t)tile.x + tile.width > self->width_px ||
        (uint32_t)tile.y + tile.height > self->height_px)
        return set_bad("a tile lies outside", error), 0;
    if (length > PROTOCOL_TILE_MAX_BYTES || length > n_bytes - offset - TILE_HEADER_BYTES)
        return set_bad("a tile is too long", error), 0;
    if (length > 0)
        tile.webp = g_bytes_new_from_bytes(bytes, offset + TILE_HEADER_BYTES, length);
    g_array_append_val(self->tiles, tile);
    return TILE_HEADER_BYTES + (size_t)length;
}

ProtocolPicture *
protocol_picture_parse(GBytes *bytes, GError **error)
{
    g_autoptr(ProtocolPicture) self = g_new0(ProtocolPicture, 1);
    size_t n_bytes;
    const uint8_t *data = g_bytes_get_data(bytes, &n_bytes);
    size_t offset = HEADER_BYTES;
    uint32_t n_tiles = 0;

    self->tiles = g_array_new(FALSE, TRUE, sizeof(ProtocolPictureTile));
    g_array_set_clear_func(self->tiles, clear_tile);
    if (n_bytes < HEADER_BYTES || n_bytes > PROTOCOL_PICTURE_MAX_BYTES)
        return set_bad("its size is wrong", error), NULL;
    if (!parse_header(self, data, n_bytes, &n_tiles, error))
        return NULL;
    for (uint32_t i = 0; i < n_tiles; i++) {
        size_t n_used = parse_tile(self, bytes, offset, error);

        if (n_used == 0)
            return NULL;
        offset += n_used;
    }
    if (offset != n_bytes)
        return set_bad("it has bytes too many", error), NULL;
    return g_steal_pointer(&self);
}
