/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/page.h"

#include "tests/unit/recall/watch/reader/page-picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const BaseRect first_line = {9, 8, 226, 22};
static const BaseRect third_line = {9, 78, 233, 26};

static ReaderCrop *
crop(const BaseRect *box, gboolean is_turned)
{
    g_autofree uint8_t *pixels = page_picture_load(2);
    g_autoptr(ReaderPage) page = NULL;

    for (size_t i = 0; i < PAGE_WIDTH_PX * PAGE_HEIGHT_PX * 4; i++)
        if (is_turned && i % 4 != 3)
            pixels[i] = 255 - pixels[i];
    page = reader_page_new(pixels, PAGE_WIDTH_PX * 4, PAGE_WIDTH_PX, PAGE_HEIGHT_PX);
    assert_int_equal(page->marks[5], 2);
    return reader_crop_new(page, box);
}

static void
test_light_on_dark_is_turned(void **state)
{
    g_autoptr(ReaderCrop) plain = crop(&first_line, FALSE);
    g_autoptr(ReaderCrop) turned = crop(&first_line, TRUE);

    assert_int_equal(plain->ground, 255);
    assert_int_equal(turned->ground, 255);
    assert_memory_equal(plain->grey, turned->grey, (size_t)plain->width * plain->height);
}

/* Red on black next to white. */
static void
test_every_colour_is_dark(void **state)
{
    uint8_t pixels[20 * 8 * 4] = {0};
    BaseRect all = {0, 0, 20, 8};
    g_autoptr(ReaderPage) page = NULL;
    g_autoptr(ReaderCrop) line = NULL;

    for (int y = 2; y < 6; y++) {
        memset(pixels + 4 * (20 * y + 4), 255, 3);
        pixels[4 * (20 * y + 10) + 2] = 205;
    }
    page = reader_page_new(pixels, 80, 20, 8);
    line = reader_crop_new(page, &all);
    assert_int_equal(line->ground, 255);
    assert_int_equal(line->grey[20 * 3 + 4], 0);
    assert_int_equal(line->grey[20 * 3 + 10], 0);
}

static void
test_columns_are_a_line(void **state)
{
    uint8_t grey[3 * 2] = {1, 2, 3, 4, 5, 6};
    ReaderCrop line = {3, 2, 125, grey};
    g_autoptr(ReaderCrop) part = reader_crop_take_columns(&line, 1, 3);
    const uint8_t expected[] = {2, 3, 5, 6};

    assert_int_equal(part->width, 2);
    assert_int_equal(part->height, 2);
    assert_int_equal(part->ground, 125);
    assert_memory_equal(part->grey, expected, sizeof expected);
}

static void
test_the_darkest_of_each_column(void **state)
{
    uint8_t grey[3 * 2] = {9, 255, 120, 7, 255, 130};
    ReaderCrop line = {3, 2, 125, grey};
    g_autofree uint8_t *darkest = reader_crop_darkest(&line);

    assert_int_equal(darkest[0], 7);
    assert_int_equal(darkest[1], 125); /* the ground */
    assert_int_equal(darkest[2], 120);
}

static void
test_digest_follows_pixels_and_size(void **state)
{
    g_autoptr(ReaderCrop) a = crop(&first_line, FALSE);
    g_autoptr(ReaderCrop) b = crop(&first_line, FALSE);
    ReaderDigest digest_a = reader_crop_digest(a);
    ReaderDigest digest_b = reader_crop_digest(b);

    assert_memory_equal(&digest_a, &digest_b, sizeof digest_a);
    b->grey[100] ^= 1;
    digest_b = reader_crop_digest(b);
    assert_memory_not_equal(&digest_a, &digest_b, sizeof digest_a);
    b->grey[100] ^= 1;
    b->width /= 2;
    b->height *= 2;
    digest_b = reader_crop_digest(b);
    assert_memory_not_equal(&digest_a, &digest_b, sizeof digest_a);
}

static void
test_density_tells_chinese(void **state)
{
    g_autoptr(ReaderCrop) latin = crop(&first_line, FALSE);
    g_autoptr(ReaderCrop) chinese = crop(&third_line, FALSE);

    assert_true(reader_crop_density(latin) < 1.78);
    assert_true(reader_crop_density(chinese) > 1.78);
}

static void
test_enlarge(void **state)
{
    g_autoptr(ReaderCrop) line = crop(&first_line, FALSE);

    assert_true(reader_crop_is_hard(line));
    for (ReaderKernel kernel = READER_KERNEL_LANCZOS; kernel <= READER_KERNEL_SOFT; kernel++) {
        g_autoptr(ReaderCrop) large = reader_crop_enlarge(line, 6, 2, kernel);

        assert_int_equal(large->width, 2 * (line->width + 12));
        assert_int_equal(large->height, 2 * (line->height + 12));
        for (int i = 0; i < large->width * 6; i++) /* the margin is ground */
            assert_int_equal(large->grey[i], 255);
        assert_false(reader_crop_is_hard(large));
    }
}

/* @has_caret: a bar at the left, higher than the letters */
static ReaderCrop *
draw_word(gboolean has_caret)
{
    ReaderCrop *line = g_new0(ReaderCrop, 1);

    line->width = 60;
    line->height = 20;
    line->ground = 255;
    line->grey = g_malloc(60 * 20);
    memset(line->grey, 255, 60 * 20);
    for (int y = 4; y < 16; y++) {
        line->grey[60 * y + 10] = 0;     /* an l, */
        for (int x = 20; x < 50; x += 8) /* and lower letters, two of them with tails */
            if (y >= 8 && (y < 14 || x < 36))
                memset(line->grey + 60 * y + x, 0, 5);
    }
    for (int y = 2; y < 18 && has_caret; y++)
        line->grey[60 * y + 5] = 0;
    return line;
}

static void
test_a_caret_goes(void **state)
{
    g_autoptr(ReaderCrop) plain = draw_word(FALSE);
    g_autoptr(ReaderCrop) with_caret = draw_word(TRUE);
    g_autoptr(ReaderCrop) only_l = draw_word(FALSE);

    reader_crop_drop_caret(with_caret);
    assert_memory_equal(with_caret->grey, plain->grey, 60 * 20);
    reader_crop_drop_caret(only_l);
    assert_memory_equal(only_l->grey, plain->grey, 60 * 20);
}

static void
test_halve(void **state)
{
    static const uint8_t pixels[] = {0,   0,   0,   1, 200, 200, 200, 0, 9, 9, 9, 1,
                                     100, 100, 100, 2, 100, 100, 100, 0, 9, 9, 9, 1};
    g_autoptr(ReaderPage) page = reader_page_new(pixels, 12, 3, 2);
    g_autoptr(ReaderPage) half = reader_page_halve(page);

    assert_int_equal(half->width, 1);
    assert_int_equal(half->height, 1);
    assert_int_equal(half->grey[0], 100);
    assert_int_equal(half->marks[0], 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_light_on_dark_is_turned),
        cmocka_unit_test(test_every_colour_is_dark),
        cmocka_unit_test(test_columns_are_a_line),
        cmocka_unit_test(test_the_darkest_of_each_column),
        cmocka_unit_test(test_digest_follows_pixels_and_size),
        cmocka_unit_test(test_density_tells_chinese),
        cmocka_unit_test(test_enlarge),
        cmocka_unit_test(test_a_caret_goes),
        cmocka_unit_test(test_halve),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
