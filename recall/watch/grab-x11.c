/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/grab-x11.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xcb/shm.h>

#define CHUNK_MAX_BYTES (RECALL_GRAB_X11_CHUNK_PIXELS * 4)

/* One colour of a pixel: its bits are (pixel >> shift) & max. */
typedef struct {
    unsigned shift;
    uint32_t max;
} Channel;

struct RecallGrabX11 {
    const RecallDisplayX11 *display;
    unsigned bits;      /* of a pixel: 32 or 16 */
    unsigned pad_bytes; /* rows begin at a multiple of it */
    gboolean is_plain;  /* B G R X already */
    Channel red;
    Channel green;
    Channel blue;
    gboolean is_shm_refused;
    xcb_shm_seg_t segment; /* 0 when there is none */
    uint8_t *shared;       /* CHUNK_MAX_BYTES of it */
};

static const xcb_format_t *
find_format(const RecallDisplayX11 *display)
{
    const xcb_setup_t *setup = xcb_get_setup(display->xcb);
    const xcb_format_t *formats = xcb_setup_pixmap_formats(setup);

    for (int i = 0; i < xcb_setup_pixmap_formats_length(setup); i++) {
        if (formats[i].depth == display->screen->root_depth)
            return &formats[i];
    }
    return NULL;
}

static const xcb_visualtype_t *
find_visual(const RecallDisplayX11 *display)
{
    xcb_depth_iterator_t depth = xcb_screen_allowed_depths_iterator(display->screen);

    for (; depth.rem > 0; xcb_depth_next(&depth)) {
        xcb_visualtype_iterator_t visual = xcb_depth_visuals_iterator(depth.data);

        for (; visual.rem > 0; xcb_visualtype_next(&visual)) {
            if (visual.data->visual_id == display->screen->root_visual)
                return visual.data;
        }
    }
    return NULL;
}

static Channel
make_channel(uint32_t mask)
{
    Channel channel = {0};

    while (mask != 0 && (mask & 1) == 0) {
        mask >>= 1;
        channel.shift++;
    }
    channel.max = mask;
    return channel;
}

static gboolean
learn_format(RecallGrabX11 *self, GError **error)
{
    const xcb_setup_t *setup = xcb_get_setup(self->display->xcb);
    const xcb_format_t *format = find_format(self->display);
    const xcb_visualtype_t *visual = find_visual(self->display);

    if (format == NULL || visual == NULL || visual->_class != XCB_VISUAL_CLASS_TRUE_COLOR ||
        (format->bits_per_pixel != 32 && format->bits_per_pixel != 16) ||
        setup->image_byte_order != XCB_IMAGE_ORDER_LSB_FIRST) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "cannot read the pixels of a screen of depth %u with %u bits a pixel: "
                    "set it to 24 bits in true colour",
                    self->display->screen->root_depth, format != NULL ? format->bits_per_pixel : 0);
        return FALSE;
    }
    self->bits = format->bits_per_pixel;
    self->pad_bytes = format->scanline_pad / 8;
    self->red = make_channel(visual->red_mask);
    self->green = make_channel(visual->green_mask);
    self->blue = make_channel(visual->blue_mask);
    self->is_plain = self->bits == 32 && visual->red_mask == 0xFF0000 &&
                     visual->green_mask == 0xFF00 && visual->blue_mask == 0xFF;
    return TRUE;
}

RecallGrabX11 *
recall_grab_x11_new(const RecallDisplayX11 *display, GError **error)
{
    g_autoptr(RecallGrabX11) self = g_new0(RecallGrabX11, 1);

    self->display = display;
    if (!learn_format(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
recall_grab_x11_trim(RecallGrabX11 *self)
{
    if (self->segment == 0)
        return;
    xcb_shm_detach(self->display->xcb, self->segment);
    munmap(self->shared, CHUNK_MAX_BYTES);
    self->segment = 0;
    self->shared = NULL;
}

void
recall_grab_x11_free(RecallGrabX11 *self)
{
    if (self == NULL)
        return;
    recall_grab_x11_trim(self);
    g_free(self);
}

gboolean
recall_grab_x11_is_shared(const RecallGrabX11 *self)
{
    return self->display->has_shm && !self->is_shm_refused;
}

/* Returns: a file descriptor of CHUNK_MAX_BYTES, mapped at @out_shared, or -1 */
static int
make_memory(uint8_t **out_shared)
{
    int fd = memfd_create("deskhand-grab", MFD_CLOEXEC);
    void *shared = MAP_FAILED;

    if (fd >= 0 && ftruncate(fd, CHUNK_MAX_BYTES) == 0)
        shared = mmap(NULL, CHUNK_MAX_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared == MAP_FAILED) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *out_shared = shared;
    return fd;
}

/* Refused once is refused for good: a server at the other end of a tunnel has the extension but
 * not our memory. */
static gboolean
share_memory(RecallGrabX11 *self)
{
    xcb_connection_t *xcb = self->display->xcb;
    g_autofree xcb_generic_error_t *refusal = NULL;
    xcb_shm_seg_t segment;
    int fd;

    if (self->segment != 0)
        return TRUE;
    if (!recall_grab_x11_is_shared(self))
        return FALSE;
    fd = make_memory(&self->shared);
    if (fd < 0)
        return FALSE;
    segment = xcb_generate_id(xcb);
    refusal = xcb_request_check(xcb, xcb_shm_attach_fd_checked(xcb, segment, fd, FALSE));
    if (refusal == NULL && xcb_connection_has_error(xcb) == 0) {
        self->segment = segment;
        return TRUE;
    }
    self->is_shm_refused = TRUE;
    munmap(self->shared, CHUNK_MAX_BYTES);
    self->shared = NULL;
    return FALSE;
}

static size_t
get_row_bytes(const RecallGrabX11 *self, int width)
{
    size_t bytes = (size_t)width * (self->bits / 8);

    return (bytes + self->pad_bytes - 1) / self->pad_bytes * self->pad_bytes;
}

static uint8_t
scale(const Channel *channel, uint32_t pixel)
{
    uint32_t value = (pixel >> channel->shift) & channel->max;

    return (uint8_t)(channel->max != 0 ? (uint64_t)value * 255 / channel->max : 0);
}

static void
convert_row(const RecallGrabX11 *self, const uint8_t *from, uint8_t *to, int width)
{
    for (int x = 0; x < width; x++) {
        uint32_t pixel = 0;

        memcpy(&pixel, from + (size_t)x * (self->bits / 8), self->bits / 8);
        to[4 * x] = scale(&self->blue, pixel);
        to[4 * x + 1] = scale(&self->green, pixel);
        to[4 * x + 2] = scale(&self->red, pixel);
        to[4 * x + 3] = 0;
    }
}

static void
copy_rows(const RecallGrabX11 *self,
          const uint8_t *from,
          const BaseRect *rect,
          uint8_t *to,
          size_t stride)
{
    size_t row_bytes = get_row_bytes(self, rect->width);

    for (int y = 0; y < rect->height; y++) {
        if (self->is_plain)
            memcpy(to + stride * (size_t)y, from + row_bytes * (size_t)y, 4 * (size_t)rect->width);
        else
            convert_row(self, from + row_bytes * (size_t)y, to + stride * (size_t)y, rect->width);
    }
}

static gboolean
set_failure(GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                "the screen changed while its pixels were read: try again at the next moment");
    return FALSE;
}

static gboolean
take_shared(RecallGrabX11 *self,
            const BaseRect *rect,
            uint8_t *pixels,
            size_t stride,
            GError **error)
{
    xcb_connection_t *xcb = self->display->xcb;
    xcb_shm_get_image_cookie_t cookie = xcb_shm_get_image(
        xcb, self->display->screen->root, (int16_t)rect->x, (int16_t)rect->y, (uint16_t)rect->width,
        (uint16_t)rect->height, ~0u, XCB_IMAGE_FORMAT_Z_PIXMAP, self->segment, 0);
    g_autofree xcb_shm_get_image_reply_t *reply = xcb_shm_get_image_reply(xcb, cookie, NULL);

    if (reply == NULL)
        return set_failure(error);
    copy_rows(self, self->shared, rect, pixels, stride);
    return TRUE;
}

static gboolean
take_sent(RecallGrabX11 *self, const BaseRect *rect, uint8_t *pixels, size_t stride, GError **error)
{
    xcb_connection_t *xcb = self->display->xcb;
    xcb_get_image_cookie_t cookie =
        xcb_get_image(xcb, XCB_IMAGE_FORMAT_Z_PIXMAP, self->display->screen->root, (int16_t)rect->x,
                      (int16_t)rect->y, (uint16_t)rect->width, (uint16_t)rect->height, ~0u);
    g_autofree xcb_get_image_reply_t *reply = xcb_get_image_reply(xcb, cookie, NULL);
    size_t needed = get_row_bytes(self, rect->width) * (size_t)rect->height;

    if (reply == NULL || (size_t)xcb_get_image_data_length(reply) < needed)
        return set_failure(error);
    copy_rows(self, xcb_get_image_data(reply), rect, pixels, stride);
    return TRUE;
}

gboolean
recall_grab_x11_take(RecallGrabX11 *self,
                     const BaseRect *rect,
                     uint8_t *pixels,
                     size_t stride,
                     GError **error)
{
    int n_rows = RECALL_GRAB_X11_CHUNK_PIXELS / MAX(rect->width, 1);
    gboolean is_shared;

    if (base_rect_is_empty(rect))
        return TRUE;
    if (n_rows == 0)
        return set_failure(error);
    is_shared = share_memory(self);
    for (int y = 0; y < rect->height; y += n_rows) {
        BaseRect part = {rect->x, rect->y + y, rect->width, MIN(n_rows, rect->height - y)};
        uint8_t *to = pixels + stride * (size_t)y;

        if (is_shared ? !take_shared(self, &part, to, stride, error)
                      : !take_sent(self, &part, to, stride, error))
            return FALSE;
    }
    return TRUE;
}
