/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/image.h"
#include "apps/error.h"

#include "protocol/sheet-pixels.h"

#include <errno.h>
#include <fcntl.h>
#include <png.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <webp/decode.h>

#define PIXEL_BYTES 3
#define PICTURE_MODE 0600

static const uint8_t mark_colour[PIXEL_BYTES] = {0xe0, 0x1b, 0x24};

static gboolean
refuse(const char *sentence, GError **error)
{
    g_set_error_literal(error, APP_ERROR, APP_ERROR_FAILED, sentence);
    return FALSE;
}

/* A file that shrinks under a mapping kills its reader, so only sealed ones are mapped. */
static gboolean
is_sealed(int fd)
{
    int seals = fcntl(fd, F_GET_SEALS);

    return seals >= 0 && (seals & F_SEAL_SHRINK) != 0 && (seals & F_SEAL_WRITE) != 0;
}

ProtocolPicture *
app_image_read_picture(int fd, GError **error)
{
    g_autoptr(GMappedFile) file = NULL;
    g_autoptr(GBytes) bytes = NULL;
    ProtocolPicture *picture = NULL;

    if (is_sealed(fd))
        file = g_mapped_file_new_from_fd(fd, FALSE, NULL);
    close(fd);
    if (file == NULL) {
        refuse("The vault passed a picture that is not a sealed file.", error);
        return NULL;
    }
    bytes = g_mapped_file_get_bytes(file);
    picture = protocol_picture_parse(bytes, error);
    return picture;
}

/* --- tiles --- */

static uint8_t *
get_corner(AppImage *self, const ProtocolPictureTile *tile)
{
    return self->pixels + tile->y * self->stride_bytes + (size_t)tile->x * PIXEL_BYTES;
}

/* Returns: FALSE when it is not of this size; the pixels of one that breaks off are grey again */
static gboolean
draw_likeness(AppImage *self, const ProtocolPictureTile *tile, GBytes *webp)
{
    uint8_t *corner = get_corner(self, tile);
    size_t n_bytes = 0;
    const uint8_t *data = g_bytes_get_data(webp, &n_bytes);
    WebPBitstreamFeatures features;

    if (WebPGetFeatures(data, n_bytes, &features) != VP8_STATUS_OK || features.has_animation ||
        features.width != tile->width || features.height != tile->height)
        return FALSE;
    if (WebPDecodeRGBInto(data, n_bytes, corner,
                          self->stride_bytes * self->height_px - (size_t)(corner - self->pixels),
                          (int)self->stride_bytes) != NULL)
        return TRUE;
    for (unsigned row = 0; row < tile->height; row++)
        memset(corner + row * self->stride_bytes, APP_IMAGE_UNSEEN,
               (size_t)tile->width * PIXEL_BYTES);
    return FALSE;
}

static gboolean
draw_tile(AppImage *self, const ProtocolPictureTile *tile, const ProtocolSheetPixels *sheet)
{
    const ProtocolSheetTile *source;

    if (tile->place >= sheet->tiles->len)
        return FALSE;
    source = &g_array_index(sheet->tiles, ProtocolSheetTile, tile->place);
    if (source->width != tile->width || source->height != tile->height)
        return FALSE;
    for (unsigned row = 0; row < tile->height; row++) {
        uint8_t *to = get_corner(self, tile) + row * self->stride_bytes;
        const uint8_t *from = source->pixels + row * source->stride;

        for (unsigned column = 0; column < tile->width; column++, to += PIXEL_BYTES, from += 4) {
            to[0] = from[2];
            to[1] = from[1];
            to[2] = from[0];
        }
    }
    return TRUE;
}

static gboolean
is_inside(const AppImage *self, const ProtocolPictureTile *tile)
{
    return (uint32_t)tile->x + tile->width <= self->width_px &&
           (uint32_t)tile->y + tile->height <= self->height_px;
}

/* Draws what lies in one sheet. @bytes: (nullable) */
static void
draw_sheet(AppImage *self, const ProtocolPicture *picture, unsigned number, GBytes *bytes)
{
    gboolean is_likeness = bytes != NULL && protocol_sheet_pixels_is_likeness(bytes);
    g_autoptr(ProtocolSheetPixels) sheet =
        bytes != NULL && !is_likeness ? protocol_sheet_pixels_decode(bytes, NULL) : NULL;

    for (unsigned i = 0; i < picture->tiles->len; i++) {
        const ProtocolPictureTile *tile = &g_array_index(picture->tiles, ProtocolPictureTile, i);
        gboolean is_drawn = FALSE;

        if (tile->sheet != number)
            continue;
        if (is_inside(self, tile) && is_likeness)
            is_drawn = draw_likeness(self, tile, bytes);
        else if (is_inside(self, tile) && sheet != NULL)
            is_drawn = draw_tile(self, tile, sheet);
        self->n_lost += !is_drawn;
    }
}

AppImage *
app_image_compose(const ProtocolPicture *picture, GError **error)
{
    g_autoptr(AppImage) self = g_new0(AppImage, 1);
    uint64_t n_pixels = (uint64_t)picture->width_px * picture->height_px;

    if (n_pixels == 0) {
        refuse("No picture was kept of this scene.", error);
        return NULL;
    }
    if (n_pixels > APP_IMAGE_PIXELS_MAX) {
        refuse("The picture of this scene is too large to be put together.", error);
        return NULL;
    }
    self->width_px = picture->width_px;
    self->height_px = picture->height_px;
    self->stride_bytes = (size_t)picture->width_px * PIXEL_BYTES;
    self->pixels = g_malloc(self->stride_bytes * self->height_px);
    memset(self->pixels, APP_IMAGE_UNSEEN, self->stride_bytes * self->height_px);
    for (unsigned i = 0; i < picture->sheets->len; i++)
        draw_sheet(self, picture, i, picture->sheets->pdata[i]);
    draw_sheet(self, picture, PROTOCOL_PICTURE_NO_SHEET, NULL);
    return g_steal_pointer(&self);
}

void
app_image_free(AppImage *self)
{
    if (self == NULL)
        return;
    g_free(self->pixels);
    g_free(self);
}

/* The sides of @box and of the picture may be anything an int holds, so count in 64 bits. */
static void
fill(AppImage *self, int64_t x, int64_t y, int64_t width, int64_t height)
{
    int64_t right = MIN(x + width, (int64_t)self->width_px);
    int64_t bottom = MIN(y + height, (int64_t)self->height_px);

    for (int64_t row = MAX(y, 0); row < bottom; row++) {
        for (int64_t column = MAX(x, 0); column < right; column++)
            memcpy(self->pixels + row * self->stride_bytes + column * PIXEL_BYTES, mark_colour,
                   PIXEL_BYTES);
    }
}

void
app_image_mark(AppImage *self, const BaseRect *box)
{
    int64_t edge = APP_IMAGE_MARK_WIDTH_PX;
    int64_t x = (int64_t)box->x - edge - 1, y = (int64_t)box->y - edge - 1;
    int64_t width = (int64_t)box->width + 2 * (edge + 1);
    int64_t height = (int64_t)box->height + 2 * (edge + 1);

    if (base_rect_is_empty(box))
        return;
    fill(self, x, y, width, edge);
    fill(self, x, y + height - edge, width, edge);
    fill(self, x, y, edge, height);
    fill(self, x + width - edge, y, edge, height);
}

GBytes *
app_image_to_png(const AppImage *self, GError **error)
{
    png_image png = {.version = PNG_IMAGE_VERSION};
    png_alloc_size_t n_bytes;
    g_autofree uint8_t *data = NULL;

    png.width = self->width_px;
    png.height = self->height_px;
    png.format = PNG_FORMAT_RGB;
    n_bytes = PNG_IMAGE_PNG_SIZE_MAX(png);
    data = g_malloc(n_bytes);
    if (!png_image_write_to_memory(&png, data, &n_bytes, 0, self->pixels,
                                   (png_int_32)self->stride_bytes, NULL)) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "Cannot make a PNG file: %s.", png.message);
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&data), n_bytes);
}

/* Replacing a device or a pipe by a file would harm whoever uses it. */
static gboolean
write_through(const char *path, const char *data, size_t n_bytes, GError **error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t n_written = 0;

    while (fd >= 0 && n_written < n_bytes) {
        ssize_t n = write(fd, data + n_written, n_bytes - n_written);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        n_written += n;
    }
    if (n_written < n_bytes)
        g_set_error_literal(error, G_FILE_ERROR, g_file_error_from_errno(errno), g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return n_written == n_bytes;
}

/* GLib's own sentence names the temporary file. */
static const char *
explain(const GError *error)
{
    static const struct {
        GFileError code;
        int number;
    } known[] = {{G_FILE_ERROR_NOENT, ENOENT}, {G_FILE_ERROR_ACCES, EACCES},
                 {G_FILE_ERROR_PERM, EPERM},   {G_FILE_ERROR_NOTDIR, ENOTDIR},
                 {G_FILE_ERROR_ISDIR, EISDIR}, {G_FILE_ERROR_ROFS, EROFS},
                 {G_FILE_ERROR_NOSPC, ENOSPC}};

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_error_matches(error, G_FILE_ERROR, known[i].code))
            return g_strerror(known[i].number);
    return error->message;
}

gboolean
app_image_save(const char *path, GBytes *png, GError **error)
{
    size_t n_bytes;
    const char *data = g_bytes_get_data(png, &n_bytes);
    g_autoptr(GError) local_error = NULL;
    struct stat status;
    gboolean is_special = stat(path, &status) == 0 && !S_ISREG(status.st_mode);

    if (is_special ? write_through(path, data, n_bytes, &local_error)
                   : g_file_set_contents_full(path, data, n_bytes, G_FILE_SET_CONTENTS_CONSISTENT,
                                              PICTURE_MODE, &local_error))
        return TRUE;
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "Cannot write the picture to %s: %s.", path,
                explain(local_error));
    return FALSE;
}
