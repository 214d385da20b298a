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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_light_on_dark_is_turned),
        cmocka_unit_test(test_digest_follows_pixels_and_size),
        cmocka_unit_test(test_density_tells_chinese),
        cmocka_unit_test(test_enlarge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
