/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/error.h"
#include "apps/image.h"
#include "protocol/sheet-pixels.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <png.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <webp/encode.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SIDE_PX 64

static const uint8_t red[3] = {250, 10, 20};

/* One tile of one colour. */
static GBytes *
make_sheet(unsigned width, unsigned height)
{
    g_autofree uint8_t *pixels = g_malloc(4 * (size_t)width * height);
    ProtocolSheetTile tile = {(uint16_t)width, (uint16_t)height, 4 * (size_t)width, pixels};

    for (size_t i = 0; i < (size_t)width * height; i++) {
        pixels[4 * i] = red[2];
        pixels[4 * i + 1] = red[1];
        pixels[4 * i + 2] = red[0];
    }
    return protocol_sheet_pixels_encode(&tile, 1);
}

static GBytes *
make_likeness(int width, int height)
{
    g_autofree uint8_t *pixels = g_malloc(3 * (size_t)width * height);
    uint8_t *data = NULL;
    g_autoptr(GBytes) copy = NULL;
    size_t n_bytes;

    for (int i = 0; i < width * height; i++)
        memcpy(pixels + 3 * (size_t)i, red, 3);
    n_bytes = WebPEncodeLosslessRGB(pixels, width, height, 3 * width, &data);
    assert_true(n_bytes > 0);
    copy = g_bytes_new(data, n_bytes);
    WebPFree(data);
    return g_steal_pointer(&copy);
}

static void
unref_sheet(void *sheet)
{
    if (sheet != NULL)
        g_bytes_unref(sheet);
}

static ProtocolPicture *
make_picture(uint32_t width_px, uint32_t height_px)
{
    ProtocolPicture *picture = g_new0(ProtocolPicture, 1);

    picture->width_px = width_px;
    picture->height_px = height_px;
    picture->sheets = g_ptr_array_new_with_free_func(unref_sheet);
    picture->tiles = g_array_new(FALSE, FALSE, sizeof(ProtocolPictureTile));
    return picture;
}

/* @sheet: (transfer full) (nullable): of this tile alone */
static void
add_tile(ProtocolPicture *picture,
         unsigned x,
         unsigned y,
         unsigned width,
         unsigned height,
         GBytes *sheet)
{
    ProtocolPictureTile tile = {(uint16_t)x,
                                (uint16_t)y,
                                (uint16_t)width,
                                (uint16_t)height,
                                (uint16_t)picture->sheets->len,
                                0};

    g_ptr_array_add(picture->sheets, sheet);
    g_array_append_val(picture->tiles, tile);
}

static const uint8_t *
pixel(const AppImage *image, unsigned x, unsigned y)
{
    return image->pixels + y * image->stride_bytes + 3 * (size_t)x;
}

static gboolean
is_grey(const AppImage *image, unsigned x, unsigned y)
{
    const uint8_t *at = pixel(image, x, y);

    return at[0] == APP_IMAGE_UNSEEN && at[1] == APP_IMAGE_UNSEEN && at[2] == APP_IMAGE_UNSEEN;
}

static gboolean
is_red(const AppImage *image, unsigned x, unsigned y)
{
    return memcmp(pixel(image, x, y), red, 3) == 0;
}

static void
test_compose(void **state)
{
    ProtocolPicture *picture = make_picture(SIDE_PX, SIDE_PX);
    g_autoptr(AppImage) image = NULL;
    g_autoptr(GError) error = NULL;

    add_tile(picture, 8, 4, 16, 10, make_sheet(16, 10));
    add_tile(picture, 60, 60, 4, 4, make_likeness(4, 4));
    image = app_image_compose(picture, &error);
    assert_non_null(image);
    assert_int_equal(image->n_lost, 0);
    assert_true(is_red(image, 8, 4) && is_red(image, 23, 13) && is_red(image, 63, 63));
    assert_true(is_grey(image, 7, 4) && is_grey(image, 24, 4) && is_grey(image, 8, 3));
    assert_true(is_grey(image, 8, 14) && is_grey(image, 59, 63));
    protocol_picture_free(picture);
}

/* Each tile lies about something; nothing outside it may change, and it stays grey. */
static void
add_lies(ProtocolPicture *picture, GBytes *good)
{
    add_tile(picture, 0, 0, 8, 16, g_bytes_ref(good));  /* wider than it says */
    add_tile(picture, 0, 0, 16, 17, g_bytes_ref(good)); /* lower than it says */
    add_tile(picture, 0, 0, 0, 0, g_bytes_ref(good));
    add_tile(picture, 56, 0, 16, 16, g_bytes_ref(good)); /* over the right edge */
    add_tile(picture, 0, 56, 16, 16, g_bytes_ref(good)); /* over the lower edge */
    add_tile(picture, 65535, 65535, 16, 16, g_bytes_ref(good));
    add_tile(picture, 0, 0, 16, 16, g_bytes_new_from_bytes(good, 0, g_bytes_get_size(good) - 6));
}

static void
test_compose_bad_tiles(void **state)
{
    ProtocolPicture *picture = make_picture(SIDE_PX, SIDE_PX);
    g_autoptr(GBytes) sheet = make_sheet(16, 16);
    g_autoptr(GBytes) likeness = make_likeness(16, 16);
    g_autoptr(AppImage) image = NULL;
    g_autoptr(GError) error = NULL;

    add_lies(picture, sheet);
    add_lies(picture, likeness);
    add_tile(picture, 0, 0, 16, 16, NULL);
    add_tile(picture, 0, 0, 16, 16, g_bytes_new_static("no picture", 10));
    add_tile(picture, 0, 0, 16, 16, g_bytes_ref(sheet));
    g_array_index(picture->tiles, ProtocolPictureTile, picture->tiles->len - 1).place = 1;
    add_tile(picture, 0, 0, 16, 16, NULL);
    g_array_index(picture->tiles, ProtocolPictureTile, picture->tiles->len - 1).sheet =
        PROTOCOL_PICTURE_NO_SHEET;
    image = app_image_compose(picture, &error);
    assert_non_null(image);
    assert_int_equal(image->n_lost, picture->tiles->len);
    for (unsigned i = 0; i < SIDE_PX * SIDE_PX; i++)
        assert_true(is_grey(image, i % SIDE_PX, i / SIDE_PX));
    protocol_picture_free(picture);
}

static void
test_compose_refuses(void **state)
{
    static const uint32_t sides[][2] = {{0, 10}, {10, 0}, {16384, 4097}, {16384, 16384}};

    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        ProtocolPicture *picture = make_picture(sides[i][0], sides[i][1]);
        g_autoptr(GError) error = NULL;

        assert_null(app_image_compose(picture, &error));
        assert_true(g_error_matches(error, APP_ERROR, APP_ERROR_FAILED));
        protocol_picture_free(picture);
    }
}

static AppImage *
make_grey(void)
{
    ProtocolPicture *picture = make_picture(SIDE_PX, SIDE_PX);
    AppImage *image = app_image_compose(picture, NULL);

    assert_non_null(image);
    protocol_picture_free(picture);
    return image;
}

static void
test_mark(void **state)
{
    g_autoptr(AppImage) image = make_grey();

    app_image_mark(image, &(BaseRect){20, 20, 10, 8});
    assert_true(is_grey(image, 20, 20) && is_grey(image, 29, 27)); /* the word itself */
    assert_true(is_grey(image, 19, 19));                           /* a pixel of air */
    assert_false(is_grey(image, 18, 18) || is_grey(image, 17, 17) || is_grey(image, 25, 17));
    assert_false(is_grey(image, 31, 29) || is_grey(image, 32, 30) || is_grey(image, 17, 24));
    assert_true(is_grey(image, 16, 17) && is_grey(image, 33, 30) && is_grey(image, 32, 31));
}

static void
test_mark_anywhere(void **state)
{
    static const BaseRect boxes[] = {
        {-10, -10, 5, 5},
        {-10, -10, 200, 200},
        {G_MAXINT, G_MAXINT, G_MAXINT, 1},
        {G_MININT, 0, 10, 10},
        {0, G_MININT, 10, G_MAXINT},
        {G_MAXINT - 1, 0, 10, 10},
        {0, 0, 0, 10},
        {0, 0, 10, -1},
        {63, 63, 1, 1},
        {G_MININT, G_MININT, G_MAXINT, G_MAXINT},
    };
    g_autoptr(AppImage) image = make_grey();

    for (size_t i = 0; i < G_N_ELEMENTS(boxes); i++)
        app_image_mark(image, &boxes[i]);
    assert_true(is_grey(image, 30, 30));
    assert_false(is_grey(image, 60, 60)); /* the frame of the last pixel */
}

static void
test_png(void **state)
{
    g_autoptr(AppImage) image = make_grey();
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree uint8_t *pixels = g_malloc(3 * SIDE_PX * SIDE_PX);
    png_image png = {.version = PNG_IMAGE_VERSION};
    const void *data;
    size_t n_bytes;

    app_image_mark(image, &(BaseRect){20, 20, 10, 8});
    bytes = app_image_to_png(image, &error);
    assert_non_null(bytes);
    data = g_bytes_get_data(bytes, &n_bytes);
    assert_true(png_image_begin_read_from_memory(&png, data, n_bytes));
    png.format = PNG_FORMAT_RGB;
    assert_int_equal(png.width, SIDE_PX);
    assert_true(png_image_finish_read(&png, NULL, pixels, 0, NULL));
    assert_memory_equal(pixels, image->pixels, 3 * SIDE_PX * SIDE_PX);
}

static void
test_save(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("image-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "picture.png", NULL);
    g_autofree char *nowhere = g_build_filename(folder, "none", "picture.png", NULL);
    g_autofree char *contents = NULL;
    g_autoptr(GBytes) old = g_bytes_new_static("older and longer", 16);
    g_autoptr(GBytes) bytes = g_bytes_new_static("picture", 7);
    g_autoptr(GError) error = NULL;
    struct stat status;

    assert_true(app_image_save(path, old, &error));
    assert_true(app_image_save(path, bytes, &error));
    assert_true(g_file_get_contents(path, &contents, NULL, NULL));
    assert_string_equal(contents, "picture");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_false(app_image_save(nowhere, bytes, &error));
    assert_true(g_error_matches(error, APP_ERROR, APP_ERROR_FAILED));
    g_clear_error(&error);
    assert_false(app_image_save(folder, bytes, &error));
    assert_true(g_error_matches(error, APP_ERROR, APP_ERROR_FAILED));
    g_unlink(path);
    assert_int_equal(g_rmdir(folder), 0); /* nothing is left of the failed ones */
}

/* As root a rename over it would take the device from everybody. */
static void
test_save_keeps_devices(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("image-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "pipe", NULL);
    g_autoptr(GBytes) bytes = g_bytes_new_static("picture", 7);
    g_autoptr(GError) error = NULL;
    char got[16] = "";
    struct stat status;
    int fd;

    assert_int_equal(mkfifo(path, 0600), 0);
    fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(app_image_save(path, bytes, &error));
    assert_int_equal(read(fd, got, sizeof got), 7);
    assert_string_equal(got, "picture");
    assert_int_equal(stat(path, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    close(fd);
    g_unlink(path);
    g_rmdir(folder);
}

static void
test_unsealed_file(void **state)
{
    g_autoptr(GError) error = NULL;
    int fd = memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    assert_null(app_image_read_picture(fd, &error));
    assert_true(g_error_matches(error, APP_ERROR, APP_ERROR_FAILED));
    assert_int_equal(close(fd), -1); /* it was taken */
}

static void
test_sealed_file(void **state)
{
    g_autoptr(ProtocolPictureWriter) writer = protocol_picture_writer_new(32, 16, 1, 1, NULL);
    g_autoptr(GBytes) sheet = make_sheet(8, 8);
    g_autoptr(ProtocolPicture) picture = NULL;
    g_autoptr(AppImage) image = NULL;
    g_autoptr(GError) error = NULL;
    ProtocolPictureTile tile = {.x = 24, .y = 8, .width = 8, .height = 8};

    assert_true(protocol_picture_writer_add_sheet(writer, sheet, NULL));
    assert_true(protocol_picture_writer_add_tile(writer, &tile, NULL));
    picture = app_image_read_picture(protocol_picture_writer_finish(writer, NULL), &error);
    assert_non_null(picture);
    image = app_image_compose(picture, &error);
    assert_int_equal(image->width_px, 32);
    assert_true(is_red(image, 31, 15) && is_grey(image, 23, 15));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compose),
        cmocka_unit_test(test_compose_bad_tiles),
        cmocka_unit_test(test_compose_refuses),
        cmocka_unit_test(test_mark),
        cmocka_unit_test(test_mark_anywhere),
        cmocka_unit_test(test_png),
        cmocka_unit_test(test_save),
        cmocka_unit_test(test_save_keeps_devices),
        cmocka_unit_test(test_unsealed_file),
        cmocka_unit_test(test_sealed_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
