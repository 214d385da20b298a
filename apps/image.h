/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"
#include "protocol/picture.h"

/* What a window looked like, put together from the tiles that the vault kept. */

#define APP_IMAGE_PIXELS_MAX (64 * 1024 * 1024) /* 3 bytes each */
#define APP_IMAGE_UNSEEN 0x80                   /* grey of what was never seen or is lost */
#define APP_IMAGE_MARK_WIDTH_PX 2

typedef struct {
    uint32_t width_px;
    uint32_t height_px;
    size_t stride_bytes;
    uint8_t *pixels; /* R G B */
    unsigned n_lost; /* tiles that are missing or cannot be decoded */
} AppImage;

/* @fd: (transfer full): sealed, as Recall1.GetPicture passes it. @error: APP_ERROR_FAILED or
 * G_IO_ERROR_INVALID_DATA */
ProtocolPicture *app_image_read_picture(int fd, GError **error);

/* Decodes with bounds: no byte is written outside the tile, whatever the tile's data say.
 * @error: APP_ERROR_FAILED when there is no pixel, or more than APP_IMAGE_PIXELS_MAX */
AppImage *app_image_compose(const ProtocolPicture *picture, GError **error);
void app_image_free(AppImage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AppImage, app_image_free)

/* Draws a frame around @box, which stays readable; what lies outside the picture is left out. */
void app_image_mark(AppImage *self, const BaseRect *box);

/* Returns: (transfer full): a PNG file */
GBytes *app_image_to_png(const AppImage *self, GError **error);

/* Puts the whole file in place at once, mode 0600: it shows what a person saw. A pipe or device
 * that is there already is written to. @error: APP_ERROR_FAILED */
gboolean app_image_save(const char *path, GBytes *png, GError **error);
