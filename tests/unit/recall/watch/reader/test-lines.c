/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/lines.h"

#include "protocol/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH_PX 200
#define HEIGHT_PX 100

static uint8_t *
new_pixels(void)
{
    uint8_t *pixels = g_malloc(WIDTH_PX * HEIGHT_PX * 4);

    memset(pixels, 255, WIDTH_PX * HEIGHT_PX * 4);
    for (int i = 0; i < WIDTH_PX * HEIGHT_PX; i++)
        pixels[4 * i + 3] = PROTOCOL_READER_MARK_WANTED;
    return pixels;
}

static void
fill(uint8_t *pixels, int x, int y, int width, int height)
{
    for (int j = y; j < y + height; j++)
        for (int i = x; i < x + width; i++)
            memset(pixels + 4 * (j * WIDTH_PX + i), 0, 3);
}

static void
frame(uint8_t *pixels, int x, int y, int width, int height)
{
    fill(pixels, x, y, width, 1);
    fill(pixels, x, y + height - 1, width, 1);
    fill(pixels, x, y, 1, height);
    fill(pixels, x + width - 1, y, 1, height);
}

/* Stands for a word: letters of 4 by 10 pixels with gaps of 2. */
static void
draw_word(uint8_t *pixels, int x, int y, int n_letters)
{
    for (int i = 0; i < n_letters; i++) {
        fill(pixels, x + 6 * i, y, 1, 10);
        fill(pixels, x + 6 * i, y + 4, 4, 2);
    }
}

static GArray *
find(const uint8_t *pixels, unsigned open_edges)
{
    g_autoptr(ReaderPage) page = reader_page_new(pixels, WIDTH_PX * 4, WIDTH_PX, HEIGHT_PX);

    return reader_lines_find(page, open_edges, READER_LINES_GAP);
}

static void
assert_line(const GArray *lines, unsigned i, int x, int y, int width, int height)
{
    const BaseRect *line = &g_array_index(lines, BaseRect, i);
    BaseRect ink = {x, y, width, height};

    assert_true(i < lines->len);
    assert_true(base_rect_contains(line, &ink));
    assert_in_range(line->width, width, width + 4);
    assert_in_range(line->height, height, height + 4);
}

static void
test_words_of_a_line(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(GArray) lines = NULL;

    draw_word(pixels, 20, 20, 5);
    draw_word(pixels, 60, 20, 5);
    draw_word(pixels, 20, 40, 5);  /* the next line */
    draw_word(pixels, 140, 20, 5); /* far away */
    lines = find(pixels, 0);
    assert_int_equal(lines->len, 3);
    assert_line(lines, 0, 20, 20, 68, 10);
    assert_line(lines, 1, 140, 20, 28, 10);
    assert_line(lines, 2, 20, 40, 28, 10);
}

static void
test_close_lines_are_split(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(GArray) lines = NULL;

    for (int i = 0; i < 5; i++)
        draw_word(pixels, 20, 20 + 12 * i, 20);
    lines = find(pixels, 0);
    assert_int_equal(lines->len, 5);
    for (int i = 0; i < 5; i++)
        assert_line(lines, i, 20, 20 + 12 * i, 118, 10);
}

/* As a terminal shows them: commas and tails fill the rows between two lines in part. */
static void
test_lines_that_touch_are_split(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(GArray) lines = NULL;

    for (int i = 0; i < 2; i++) {
        draw_word(pixels, 20, 20 + 14 * i, 20);
        for (int k = 0; k < 20; k++)
            fill(pixels, 20 + 6 * k, 30 + 14 * i, 1, 2);
    }
    for (int k = 0; k < 6; k++)
        fill(pixels, 20 + 18 * k, 32, 1, 2);
    lines = find(pixels, 0);
    assert_int_equal(lines->len, 2);
    assert_line(lines, 0, 20, 20, 118, 12);
    assert_line(lines, 1, 20, 34, 118, 12);
}

/* The stem of a large letter is as long as a rule; what stands between stems is no line of its own.
 */
static void
test_large_letters_are_one_line(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(GArray) lines = NULL;

    for (int i = 0; i < 3; i++) {
        fill(pixels, 20 + 44 * i, 20, 3, 30); /* l */
        for (int k = 0; k < 3; k++)
            frame(pixels, 28 + 44 * i + 11 * k, 30, 9, 18); /* o */
    }
    fill(pixels, 160, 30, 4, 26); /* p */
    lines = find(pixels, 0);
    assert_int_equal(lines->len, 1);
    assert_true(
        base_rect_contains(&g_array_index(lines, BaseRect, 0), &(BaseRect){20, 20, 144, 36}));
}

static void
test_borders_part(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(GArray) lines = NULL;

    draw_word(pixels, 20, 30, 5);
    fill(pixels, 53, 20, 1, 30); /* between two cells */
    draw_word(pixels, 58, 30, 5);
    fill(pixels, 10, 50, 100, 1); /* under them */
    lines = find(pixels, 0);
    assert_int_equal(lines->len, 2);
    assert_line(lines, 0, 20, 30, 28, 10);
    assert_line(lines, 1, 58, 30, 28, 10);
}

static void
test_marks(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(GArray) lines = NULL;

    draw_word(pixels, 20, 20, 20);
    draw_word(pixels, 20, 50, 20);
    for (int i = 0; i < WIDTH_PX * HEIGHT_PX; i++) {
        if (i / WIDTH_PX >= 40)
            pixels[4 * i + 3] = PROTOCOL_READER_MARK_CONTEXT;
        else if (i % WIDTH_PX >= 80)
            pixels[4 * i + 3] = PROTOCOL_READER_MARK_IGNORED;
    }
    lines = find(pixels, 0);
    assert_int_equal(lines->len, 1);
    assert_line(lines, 0, 20, 20, 58, 10);
}

static void
test_lines_that_are_cut(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(GArray) lines = NULL;
    g_autoptr(GArray) all = NULL;

    draw_word(pixels, 20, 0, 5); /* touches the top */
    draw_word(pixels, 20, 40, 5);
    draw_word(pixels, 172, 60, 5); /* and the right */
    all = find(pixels, 0);
    assert_int_equal(all->len, 3);
    lines = find(pixels, PROTOCOL_READER_OPEN_TOP | PROTOCOL_READER_OPEN_RIGHT);
    assert_int_equal(lines->len, 1);
    assert_line(lines, 0, 20, 40, 28, 10);
}

/* 一 is lower than any line and belongs to the one it stands in, on its left as on its right. */
static void
test_a_dash_is_of_its_line(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(GArray) lines = NULL;

    fill(pixels, 5, 24, 9, 2);
    fill(pixels, 29, 24, 9, 2);
    draw_word(pixels, 53, 20, 5);
    fill(pixels, 97, 24, 9, 2);
    fill(pixels, 5, 60, 9, 2); /* alone it is none */
    lines = find(pixels, 0);
    assert_int_equal(lines->len, 1);
    assert_line(lines, 0, 5, 20, 101, 10);
}

static void
test_gaps_of_spread_text(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(ReaderPage) page = NULL;
    g_autoptr(GArray) lines = NULL;

    draw_word(pixels, 20, 20, 5);
    draw_word(pixels, 80, 20, 5);
    page = reader_page_new(pixels, WIDTH_PX * 4, WIDTH_PX, HEIGHT_PX);
    lines = reader_lines_find(page, 0, READER_LINES_GAP_SPREAD);
    assert_int_equal(lines->len, 1);
    assert_line(lines, 0, 20, 20, 88, 10);
}

static void
test_no_page_is_too_small(void **state)
{
    static const uint8_t pixel[4] = {0, 0, 0, PROTOCOL_READER_MARK_WANTED};
    g_autoptr(ReaderPage) page = reader_page_new(pixel, 4, 1, 1);
    g_autoptr(GArray) lines = reader_lines_find(page, 0, READER_LINES_GAP);

    assert_int_equal(lines->len, 0);
}

/* No picture, however bad, makes more lines than there may be, or takes long. */
static void
test_noise_is_bounded(void **state)
{
    const int side = 2000;
    g_autofree uint8_t *pixels = g_malloc((size_t)side * side * 4);
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    g_autoptr(ReaderPage) page = NULL;
    g_autoptr(GArray) lines = NULL;

    for (int i = 0; i < side * side; i++) {
        uint32_t grey = g_rand_int(random) & 0xff;
        uint32_t pixel =
            grey | grey << 8 | grey << 16 | (uint32_t)PROTOCOL_READER_MARK_WANTED << 24;

        memcpy(pixels + 4 * (size_t)i, &pixel, 4);
    }
    page = reader_page_new(pixels, (size_t)side * 4, side, side);
    lines = reader_lines_find(page, 0, READER_LINES_GAP);
    assert_true(lines->len <= PROTOCOL_READER_N_LINES_MAX);
}

/* It is nearly as far from its line as from the next one. */
static void
test_an_underscore_belongs_to_its_line(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(GArray) lines = NULL;

    draw_word(pixels, 20, 20, 5);
    fill(pixels, 50, 32, 6, 1);
    draw_word(pixels, 56, 20, 5);
    draw_word(pixels, 20, 36, 11);
    lines = find(pixels, 0);
    assert_int_equal(lines->len, 2);
    assert_line(lines, 0, 20, 20, 64, 13);
    assert_line(lines, 1, 20, 36, 64, 10);
}

/* Buttons whose sides are no higher than letters may be. */
static void
test_a_frame_is_no_letter(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(GArray) lines = NULL;

    draw_word(pixels, 20, 20, 5);
    frame(pixels, 14, 15, 40, 20);
    draw_word(pixels, 80, 20, 5);
    frame(pixels, 74, 15, 40, 20);
    lines = find(pixels, 0);
    assert_int_equal(lines->len, 2);
    assert_line(lines, 0, 20, 20, 28, 10);
    assert_line(lines, 1, 80, 20, 28, 10);
}

static void
turn(uint8_t *pixels, int x, int y, int width, int height)
{
    for (int j = y; j < y + height; j++)
        for (int i = x; i < x + width; i++)
            for (int k = 0; k < 3; k++)
                pixels[4 * (j * WIDTH_PX + i) + k] ^= 0xff;
}

/* A selection has sides as well, but the line goes on. */
static void
test_a_ground_does_not_part_a_line(void **state)
{
    g_autofree uint8_t *pixels = new_pixels();
    g_autoptr(GArray) lines = NULL;

    draw_word(pixels, 20, 20, 5);
    draw_word(pixels, 60, 20, 5);
    draw_word(pixels, 100, 20, 5);
    turn(pixels, 55, 16, 40, 18);
    lines = find(pixels, 0);
    assert_int_equal(lines->len, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_of_a_line),
        cmocka_unit_test(test_close_lines_are_split),
        cmocka_unit_test(test_lines_that_touch_are_split),
        cmocka_unit_test(test_large_letters_are_one_line),
        cmocka_unit_test(test_borders_part),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_lines_that_are_cut),
        cmocka_unit_test(test_no_page_is_too_small),
        cmocka_unit_test(test_noise_is_bounded),
        cmocka_unit_test(test_a_dash_is_of_its_line),
        cmocka_unit_test(test_gaps_of_spread_text),
        cmocka_unit_test(test_an_underscore_belongs_to_its_line),
        cmocka_unit_test(test_a_frame_is_no_letter),
        cmocka_unit_test(test_a_ground_does_not_part_a_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
