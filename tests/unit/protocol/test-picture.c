/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/picture.h"
#include "protocol/sheet-pixels.h"

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

/* Two sheets, the second one lost; three tiles, the last one without a sheet. */
static int
write_picture(void)
{
    g_autoptr(ProtocolPictureWriter) writer = protocol_picture_writer_new(100, 50, 2, 3, NULL);
    g_autoptr(GBytes) sheet = g_bytes_new_static("coded", 5);
    static const ProtocolPictureTile tiles[] = {
        {10, 20, 30, 5, 0, 7}, {99, 49, 1, 1, 1, 0}, {0, 0, 1, 1, PROTOCOL_PICTURE_NO_SHEET, 0}};
    int fd;

    assert_true(protocol_picture_writer_add_sheet(writer, sheet, NULL));
    assert_true(protocol_picture_writer_add_sheet(writer, NULL, NULL));
    for (unsigned i = 0; i < G_N_ELEMENTS(tiles); i++)
        assert_true(protocol_picture_writer_add_tile(writer, &tiles[i], NULL));
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
    assert_int_equal(picture->sheets->len, 2);
    assert_memory_equal(g_bytes_get_data(picture->sheets->pdata[0], NULL), "coded", 5);
    assert_null(picture->sheets->pdata[1]);
    assert_int_equal(picture->tiles->len, 3);
    tile = &g_array_index(picture->tiles, ProtocolPictureTile, 0);
    assert_int_equal(tile->x, 10);
    assert_int_equal(tile->y, 20);
    assert_int_equal(tile->width, 30);
    assert_int_equal(tile->height, 5);
    assert_int_equal(tile->sheet, 0);
    assert_int_equal(tile->place, 7);
    assert_int_equal(tile[2].sheet, PROTOCOL_PICTURE_NO_SHEET);
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
    g_autoptr(ProtocolPictureWriter) writer = protocol_picture_writer_new(100, 50, 70, 0, NULL);
    g_autoptr(GBytes) sheet =
        g_bytes_new_take(g_malloc0(PROTOCOL_SHEET_CODED_MAX_BYTES), PROTOCOL_SHEET_CODED_MAX_BYTES);
    g_autoptr(GError) error = NULL;
    unsigned n = 0;

    while (protocol_picture_writer_add_sheet(writer, sheet, &error))
        n++;
    assert_int_equal(n, PROTOCOL_PICTURE_MAX_BYTES / PROTOCOL_SHEET_CODED_MAX_BYTES - 1);
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
        {0, 'D', TRUE},   {0, 'X', FALSE},                  /* magic */
        {5, 0x40, FALSE},                                   /* width 16 484: over the maximum */
        {9, 0x3f, TRUE},  {9, 0x40, FALSE},                 /* height */
        {8, 49, FALSE},                                     /* the second tile stands out */
        {12, 1, FALSE},   {12, 3, FALSE},                   /* too few and too many sheets */
        {15, 255, FALSE},                                   /* four thousand million of them */
        {16, 2, FALSE},   {16, 4, FALSE},                   /* too few and too many tiles */
        {19, 255, FALSE}, {20, 4, FALSE},   {20, 6, FALSE}, /* length of the first sheet */
        {23, 255, FALSE}, {29, 1, FALSE},                   /* of the one that is lost */
        {33, 70, TRUE},   {33, 71, FALSE},                  /* x */
        {37, 0, FALSE},                                     /* width of nothing */
        {41, 1, TRUE},    {41, 2, FALSE},                   /* number of the sheet */
        {43, 255, TRUE},                                    /* place: only the sheet tells */
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
    for (unsigned i = 0; i < 69; i++) {
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
