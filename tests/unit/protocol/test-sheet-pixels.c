/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/sheet-pixels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

#define STRIDE_BYTES (4 * 700)

typedef struct {
    uint8_t *pixels;
    GArray *tiles; /* of ProtocolSheetTile, all of the same pixels */
} Picture;

static Picture
make_picture(void)
{
    return (Picture){g_malloc0((size_t)STRIDE_BYTES * 700),
                     g_array_new(FALSE, FALSE, sizeof(ProtocolSheetTile))};
}

static void
clear_picture(Picture *picture)
{
    g_free(picture->pixels);
    g_array_unref(picture->tiles);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Picture, clear_picture)

static void
add_tile(Picture *picture, unsigned x, unsigned y, unsigned width, unsigned height)
{
    ProtocolSheetTile tile = {(uint16_t)width, (uint16_t)height, STRIDE_BYTES,
                              picture->pixels + (size_t)y * STRIDE_BYTES + 4 * (size_t)x};

    g_array_append_val(picture->tiles, tile);
}

/* Noise of @n_colours colours, with rows of one colour in between. */
static void
fill(Picture *picture, unsigned n_colours)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(n_colours);

    for (unsigned y = 0; y < 700; y++) {
        for (unsigned x = 0; x < 700; x++) {
            uint32_t colour = y % 23 < 5 ? 7 : g_rand_int(random) % n_colours;
            uint32_t pixel = GUINT32_TO_LE((colour * 2654435761u) | 0x5A000000u);

            memcpy(picture->pixels + (size_t)y * STRIDE_BYTES + 4 * (size_t)x, &pixel, 4);
        }
    }
}

static GBytes *
encode(const Picture *picture)
{
    return protocol_sheet_pixels_encode((const ProtocolSheetTile *)picture->tiles->data,
                                        picture->tiles->len);
}

static void
assert_same(const ProtocolSheetTile *a, const ProtocolSheetTile *b)
{
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->width > 0 ? a->height : 0, b->height);
    for (unsigned y = 0; y < b->height; y++) {
        for (unsigned x = 0; x < b->width; x++)
            assert_memory_equal(a->pixels + a->stride * y + 4 * (size_t)x,
                                b->pixels + b->stride * y + 4 * (size_t)x, 3);
    }
}

static void
assert_round_trip(const Picture *picture)
{
    g_autoptr(GBytes) bytes = encode(picture);
    g_autoptr(GError) error = NULL;
    g_autoptr(ProtocolSheetPixels) sheet = NULL;

    assert_non_null(bytes);
    sheet = protocol_sheet_pixels_decode(bytes, &error);
    assert_non_null(sheet);
    assert_int_equal(sheet->tiles->len, picture->tiles->len);
    for (unsigned i = 0; i < sheet->tiles->len; i++)
        assert_same(&g_array_index(picture->tiles, ProtocolSheetTile, i),
                    &g_array_index(sheet->tiles, ProtocolSheetTile, i));
}

static void
test_round_trip(void **state)
{
    static const unsigned n_colours[] = {1, 2, 254, 255, 256, 257, 3000, 60000};

    for (unsigned i = 0; i < G_N_ELEMENTS(n_colours); i++) {
        g_auto(Picture) picture = make_picture();

        fill(&picture, n_colours[i]);
        add_tile(&picture, 0, 0, 512, 300);
        add_tile(&picture, 3, 1, 1, 1);
        add_tile(&picture, 10, 0, 1, 700);
        add_tile(&picture, 0, 10, 700, 1);
        add_tile(&picture, 0, 0, 0, 0);
        add_tile(&picture, 600, 600, 100, 100);
        assert_round_trip(&picture);
    }
}

/* Letters that come again cost little: what the format is for. */
static void
test_repeated_letters(void **state)
{
    g_auto(Picture) picture = make_picture();
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    g_autoptr(GBytes) bytes = NULL;
    uint8_t letters[20][12][8];

    for (unsigned i = 0; i < sizeof letters; i++)
        ((uint8_t *)letters)[i] = g_rand_int(random) % 2 ? 255 : (uint8_t)g_rand_int(random);
    memset(picture.pixels, 255, (size_t)STRIDE_BYTES * 700);
    for (unsigned at = 0; at < 35 * 64; at++) {
        unsigned letter = g_rand_int(random) % 20, left = at % 64 * 8, top = at / 64 * 18;

        for (unsigned y = 0; y < 12; y++) {
            for (unsigned x = 0; x < 8; x++)
                memset(picture.pixels + (top + y) * STRIDE_BYTES + 4 * (left + x),
                       letters[letter][y][x], 4);
        }
    }
    add_tile(&picture, 0, 0, 512, 256);
    add_tile(&picture, 0, 256, 512, 256);
    assert_round_trip(&picture);
    bytes = encode(&picture);
    assert_in_range(g_bytes_get_size(bytes), 1000, 29 * 64 * 4); /* bytes a letter */
}

static void
test_maxima(void **state)
{
    g_autofree uint8_t *pixels = g_malloc0(4 * (PROTOCOL_SHEET_N_PIXELS_MAX + 1));
    ProtocolSheetTile most = {4096, PROTOCOL_SHEET_N_PIXELS_MAX / 4096, 4 * 4096, pixels};
    ProtocolSheetTile two[] = {most, {1, 1, 4, pixels}};
    g_autofree ProtocolSheetTile *many = g_new0(ProtocolSheetTile, PROTOCOL_SHEET_N_PLACES_MAX + 1);
    g_autoptr(GBytes) bytes = protocol_sheet_pixels_encode(&most, 1);

    assert_non_null(bytes);
    assert_null(protocol_sheet_pixels_encode(two, 2));
    assert_null(protocol_sheet_pixels_encode(NULL, 0));
    many[0] = two[1];
    assert_null(protocol_sheet_pixels_encode(many, PROTOCOL_SHEET_N_PLACES_MAX + 1));
    for (uint32_t i = 0; i <= PROTOCOL_SHEET_N_COLOURS_MAX; i++)
        memcpy(pixels + 4 * (size_t)i, &i, 4);
    assert_null(protocol_sheet_pixels_encode(&most, 1));
}

static GBytes *
make_good(void)
{
    g_auto(Picture) picture = make_picture();

    fill(&picture, 300);
    add_tile(&picture, 0, 0, 40, 30);
    add_tile(&picture, 50, 50, 20, 60);
    return encode(&picture);
}

/* @content: as the frame holds it */
static gboolean
is_taken(const uint8_t *content, size_t n_bytes)
{
    size_t n_max = ZSTD_compressBound(n_bytes);
    uint8_t *data = g_malloc(n_max);
    g_autoptr(GBytes) bytes =
        g_bytes_new_take(data, ZSTD_compress(data, n_max, content, n_bytes, 1));
    g_autoptr(GError) error = NULL;
    g_autoptr(ProtocolSheetPixels) sheet = protocol_sheet_pixels_decode(bytes, &error);

    assert_true((sheet != NULL) != g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
    return sheet != NULL;
}

static void
test_noise_inside(void **state)
{
    g_autoptr(GBytes) bytes = make_good();
    g_autofree uint8_t *content = g_malloc(65536);
    size_t n_bytes =
        ZSTD_decompress(content, 65536, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_autoptr(GRand) random = g_rand_new_with_seed(2);

    assert_false(ZSTD_isError(n_bytes));
    assert_true(is_taken(content, n_bytes));
    for (size_t n = 0; n < n_bytes; n += 7)
        assert_false(is_taken(content, n));
    content[n_bytes] = 0;
    assert_false(is_taken(content, n_bytes + 1));
    for (unsigned i = 0; i < 4000; i++) {
        size_t at = i < 2000 ? i % 40 : g_rand_int(random) % n_bytes;
        uint8_t was = content[at];

        content[at] = (uint8_t)g_rand_int(random);
        is_taken(content, n_bytes);
        content[at] = was;
    }
}

static void
test_noise_outside(void **state)
{
    g_autoptr(GBytes) bytes = make_good();
    size_t n_bytes = g_bytes_get_size(bytes);

    for (size_t at = 0; at <= n_bytes; at++) {
        g_autofree uint8_t *changed = g_malloc0(n_bytes + 1);
        g_autoptr(GBytes) noise = NULL;
        g_autoptr(GBytes) cut = g_bytes_new_from_bytes(bytes, 0, at == n_bytes ? 0 : at);
        g_autoptr(ProtocolSheetPixels) of_noise = NULL;
        g_autoptr(ProtocolSheetPixels) of_cut = protocol_sheet_pixels_decode(cut, NULL);

        memcpy(changed, g_bytes_get_data(bytes, NULL), n_bytes);
        changed[at] ^= (uint8_t)(1 + at % 255);
        noise = g_bytes_new(changed, n_bytes + (at == n_bytes));
        of_noise = protocol_sheet_pixels_decode(noise, NULL);
        assert_null(of_cut);
        if (at == n_bytes)
            assert_null(of_noise); /* something stands behind the frame */
    }
}

/* A few bytes that say they are more than any sheet. */
static void
test_bomb(void **state)
{
    size_t n_bytes = PROTOCOL_SHEET_MAX_BYTES + 1;
    g_autofree uint8_t *zeros = g_malloc0(n_bytes);

    assert_false(is_taken(zeros, n_bytes));
}

static void
test_likeness(void **state)
{
    g_autoptr(GBytes) webp = g_bytes_new_static("RIFF....WEBP", 12);
    g_autoptr(GBytes) sheet = make_good();

    assert_true(protocol_sheet_pixels_is_likeness(webp));
    assert_false(protocol_sheet_pixels_is_likeness(sheet));
    assert_null(protocol_sheet_pixels_decode(webp, NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_repeated_letters),
        cmocka_unit_test(test_maxima),        cmocka_unit_test(test_noise_inside),
        cmocka_unit_test(test_noise_outside), cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_likeness),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
