/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/likeness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <webp/decode.h>

#define WIDTH_PX 640
#define HEIGHT_PX 128
#define STRIDE_BYTES (4 * WIDTH_PX + 12)
#define N_BYTES (STRIDE_BYTES * HEIGHT_PX)

/* Smooth waves with a little noise, as a camera sees them: no pixel is like its neighbour. */
static void
draw_photograph(uint8_t *pixels)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);

    for (size_t y = 0; y < HEIGHT_PX; y++) {
        for (size_t x = 0; x < WIDTH_PX; x++) {
            for (size_t c = 0; c < 3; c++)
                pixels[STRIDE_BYTES * y + 4 * x + c] =
                    (uint8_t)(64 + (x * (c + 1) / 8 + y / 4) % 128 + g_rand_int(random) % 8);
        }
    }
}

static gboolean
suits(const uint8_t *pixels, uint32_t width_px, uint32_t height_px)
{
    return recall_likeness_suits(pixels, STRIDE_BYTES, width_px, height_px);
}

static void
test_what_suits(void **state)
{
    g_autofree uint8_t *pixels = g_malloc0(N_BYTES);

    assert_false(suits(pixels, WIDTH_PX, HEIGHT_PX));
    draw_photograph(pixels);
    assert_true(suits(pixels, WIDTH_PX, HEIGHT_PX));
    assert_true(suits(pixels, 64, 32));
    assert_false(suits(pixels, 64, 31)); /* an icon */
}

/* A film beside a flat bar that takes two thirds of the tile. */
static void
test_many_colours_suit(void **state)
{
    g_autofree uint8_t *pixels = g_malloc0(N_BYTES);

    draw_photograph(pixels);
    for (size_t y = 0; y < HEIGHT_PX; y++)
        memset(pixels + STRIDE_BYTES * y, 0xEE, 4 * (WIDTH_PX * 2 / 3));
    assert_true(suits(pixels, WIDTH_PX, HEIGHT_PX));
}

/* Grey letters on white, as dense as they come: four strokes in ten pixels. */
static void
test_text_does_not_suit(void **state)
{
    g_autofree uint8_t *pixels = g_malloc0(N_BYTES);
    g_autoptr(GRand) random = g_rand_new_with_seed(3);

    for (size_t i = 0; i < N_BYTES / 4; i++)
        memset(pixels + 4 * i, i % 10 < 4 ? (int)(g_rand_int(random) % 256) : 255, 4);
    assert_false(suits(pixels, WIDTH_PX, HEIGHT_PX));
}

static void
test_keeps_a_likeness(void **state)
{
    g_autofree uint8_t *pixels = g_malloc0(N_BYTES);
    g_autoptr(GBytes) webp = NULL;
    size_t n_bytes;
    uint64_t error = 0;
    uint8_t *decoded;
    int width;
    int height;

    draw_photograph(pixels);
    webp = recall_likeness_encode(pixels, STRIDE_BYTES, WIDTH_PX, HEIGHT_PX);
    decoded =
        WebPDecodeBGRA(g_bytes_get_data(webp, &n_bytes), g_bytes_get_size(webp), &width, &height);
    assert_non_null(decoded);
    assert_int_equal(width, WIDTH_PX);
    assert_int_equal(height, HEIGHT_PX);
    for (size_t y = 0; y < HEIGHT_PX; y++) {
        for (size_t x = 0; x < WIDTH_PX * (size_t)4; x++)
            error +=
                x % 4 == 3
                    ? 0
                    : (uint64_t)ABS(decoded[y * WIDTH_PX * 4 + x] - pixels[y * STRIDE_BYTES + x]);
    }
    WebPFree(decoded);
    assert_true(error < UINT64_C(8) * WIDTH_PX * HEIGHT_PX * 3); /* 8 of 255 off on average */
    assert_true(n_bytes < WIDTH_PX * HEIGHT_PX / 4); /* without loss it takes 1.3 a pixel */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_suits),
        cmocka_unit_test(test_many_colours_suit),
        cmocka_unit_test(test_text_does_not_suit),
        cmocka_unit_test(test_keeps_a_likeness),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
