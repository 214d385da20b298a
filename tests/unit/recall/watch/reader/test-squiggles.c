/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/squiggles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH_PX 60
#define HEIGHT_PX 40

static uint8_t *
new_pixels(void)
{
    uint8_t *pixels = g_malloc(WIDTH_PX * HEIGHT_PX * 4);

    memset(pixels, 255, WIDTH_PX * HEIGHT_PX * 4);
    return pixels;
}

static void
fill(uint8_t *pixels, int x, int y, int width, int height, const uint8_t *bgr)
{
    for (int j = y; j < y + height; j++)
        for (int i = x; i < x + width; i++)
            memcpy(pixels + 4 * (j * WIDTH_PX + i), bgr, 3);
}

static const uint8_t red[3] = {40, 30, 220};
static const uint8_t black[3] = {0, 0, 0};

/* Returns: how many pixels of the page are darker than the ground */
static int
count_ink(const uint8_t *pixels, int *out_before)
{
    g_autoptr(ReaderPage) page = reader_page_new(pixels, WIDTH_PX * 4, WIDTH_PX, HEIGHT_PX);
    int n = 0;

    *out_before = 0;
    for (int i = 0; i < WIDTH_PX * HEIGHT_PX; i++)
        *out_before += page->grey[i] < 240;
    reader_squiggles_erase(page, pixels, WIDTH_PX * 4);
    for (int i = 0; i < WIDTH_PX * HEIGHT_PX; i++)
        n += page->grey[i] < 240;
    return n;
}

static void
test_dots_go_and_letters_stay(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    int before;

    fill(pixels, 10, 8, 30, 10, black);
    for (int x = 10; x < 40; x += 3)
        fill(pixels, x, 20, 2, 2, red);
    assert_int_equal(count_ink(pixels, &before), 300);
    assert_true(before > 300);
}

static void
test_waves_go(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    int before;

    for (int x = 0; x < 40; x++)
        fill(pixels, 5 + x, 20 + (x % 4 == 0 ? 0 : x % 4 == 2 ? 2 : 1), 1, 1, red);
    assert_int_equal(count_ink(pixels, &before), 0);
    assert_int_equal(before, 40);
}

static void
test_a_tail_goes_on_below(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(ReaderPage) page = NULL;

    fill(pixels, 20, 8, 2, 18, black);
    fill(pixels, 10, 20, 30, 2, red);
    page = reader_page_new(pixels, WIDTH_PX * 4, WIDTH_PX, HEIGHT_PX);
    reader_squiggles_erase(page, pixels, WIDTH_PX * 4);
    for (int y = 8; y < 26; y++)
        assert_int_equal(page->grey[y * WIDTH_PX + 20], 0);
    assert_true(page->grey[20 * WIDTH_PX + 30] > 250);
}

static void
test_red_letters_stay(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    int before;

    for (int x = 5; x < 50; x += 6)
        fill(pixels, x, 10, 4, 10, red);
    assert_int_equal(count_ink(pixels, &before), 320);
    assert_int_equal(before, 320);
}

/* Letters of a small bitmap font are hardly higher than a wave. */
static void
test_low_red_letters_stay(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    int before;

    for (int x = 5; x < 50; x += 6)
        fill(pixels, x, 10, 4, 5, red);
    assert_int_equal(count_ink(pixels, &before), 160);
    assert_int_equal(before, 160);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dots_go_and_letters_stay), cmocka_unit_test(test_waves_go),
        cmocka_unit_test(test_a_tail_goes_on_below),     cmocka_unit_test(test_red_letters_stay),
        cmocka_unit_test(test_low_red_letters_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
