/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static GBytes *
map(int fd)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new_from_fd(fd, FALSE, NULL);

    assert_non_null(file);
    return g_mapped_file_get_bytes(file);
}

/* Two tiles, the second one lost. */
static int
write_picture(void)
{
    g_autoptr(ProtocolPictureWriter) writer = protocol_picture_writer_new(100, 50, 2, NULL);
    g_autoptr(GBytes) webp = g_bytes_new_static("webp", 4);
    ProtocolTile first = {10, 20, 30, 5, {0}};
    ProtocolTile second = {99, 49, 1, 1, {0}};
    int fd;

    assert_true(protocol_picture_writer_add(writer, &first, webp, NULL));
    assert_true(protocol_picture_writer_add(writer, &second, NULL, NULL));
    fd = protocol_picture_writer_finish(writer, NULL);
    assert_true(fd >= 0);
    return fd;
}

static void
test_round_trip(void **state)
{
    int fd = write_picture();
    g_autoptr(GBytes) bytes = map(fd);
    g_autoptr(ProtocolPicture) picture = protocol_picture_parse(bytes, NULL);
    const ProtocolPictureTile *tile;

    assert_non_null(picture);
    assert_int_equal(picture->width_px, 100);
    assert_int_equal(picture->height_px, 50);
    assert_int_equal(picture->tiles->len, 2);
    tile = &g_array_index(picture->tiles, ProtocolPictureTile, 0);
    assert_int_equal(tile->x, 10);
    assert_int_equal(tile->y, 20);
    assert_int_equal(tile->width, 30);
    assert_int_equal(tile->height, 5);
    assert_memory_equal(g_bytes_get_data(tile->webp, NULL), "webp", 4);
    assert_null(g_array_index(picture->tiles, ProtocolPictureTile, 1).webp);
    close(fd);
}

/* Who gets it may rely on that nobody changes it. */
static void
test_sealed(void **state)
{
    int fd = write_picture();

    assert_int_equal(write(fd, "x", 1), -1);
    assert_int_equal(ftruncate(fd, 0), -1);
    close(fd);
}

static void
test_too_large(void **state)
{
    g_autoptr(ProtocolPictureWriter) writer = protocol_picture_writer_new(100, 50, 2, NULL);
    g_autofree char *data = g_malloc0(PROTOCOL_TILE_MAX_BYTES + 1);
    g_autoptr(GBytes) most = g_bytes_new_static(data, PROTOCOL_TILE_MAX_BYTES);
    g_autoptr(GBytes) more = g_bytes_new_static(data, PROTOCOL_TILE_MAX_BYTES + 1);
    g_autoptr(GError) error = NULL;
    ProtocolTile tile = {0, 0, 1, 1, {0}};

    assert_true(protocol_picture_writer_add(writer, &tile, most, NULL));
    assert_false(protocol_picture_writer_add(writer, &tile, more, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE));
}

/* @offset: of a byte that becomes @value. Returns: whether it is still a picture */
static gboolean
try_with(size_t offset, uint8_t value)
{
    int fd = write_picture();
    g_autoptr(GBytes) bytes = map(fd);
    size_t n_bytes = g_bytes_get_size(bytes);
    uint8_t *changed = g_memdup2(g_bytes_get_data(bytes, NULL), n_bytes);
    g_autoptr(GBytes) noise = NULL;
    g_autoptr(ProtocolPicture) picture = NULL;
    g_autoptr(GError) error = NULL;

    close(fd);
    changed[offset] = value;
    noise = g_bytes_new_take(changed, n_bytes);
    picture = protocol_picture_parse(noise, &error);
    assert_true(picture != NULL || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
    return picture != NULL;
}

static void
test_bad_bytes(void **state)
{
    static const struct {
        size_t offset;
        uint8_t value;
        gboolean is_fine;
    } cases[] = {
        {0, 'D', TRUE},   {0, 'X', FALSE},  /* magic */
        {5, 0x40, FALSE},                   /* width 16 484: over the maximum */
        {9, 0x3f, TRUE},  {9, 0x40, FALSE}, /* height */
        {8, 49, FALSE},                     /* the second tile stands out */
        {12, 1, FALSE},   {12, 3, FALSE},   /* too few and too many tiles */
        {15, 255, FALSE},                   /* four thousand million of them */
        {16, 70, TRUE},   {16, 71, FALSE},  /* x */
        {20, 0, FALSE},                     /* width of nothing */
        {24, 3, FALSE},   {24, 5, FALSE},   /* length of the WebP */
        {27, 255, FALSE},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(try_with(cases[i].offset, cases[i].value), cases[i].is_fine);
}

static void
test_cut_short(void **state)
{
    int fd = write_picture();
    g_autoptr(GBytes) bytes = map(fd);

    close(fd);
    for (size_t n = 0; n < g_bytes_get_size(bytes); n++) {
        g_autoptr(GBytes) part = g_bytes_new_from_bytes(bytes, 0, n);

        assert_null(protocol_picture_parse(part, NULL));
    }
}

static void
test_noise(void **state)
{
    for (unsigned i = 0; i < 44; i++) {
        for (unsigned value = 0; value < 256; value++)
            try_with(i, (uint8_t)value);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_sealed),
        cmocka_unit_test(test_too_large),  cmocka_unit_test(test_bad_bytes),
        cmocka_unit_test(test_cut_short),  cmocka_unit_test(test_noise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
