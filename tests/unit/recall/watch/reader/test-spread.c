/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/spread.h"

#include "recall/watch/reader/grid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH_PX 400
#define HEIGHT_PX 60
#define LETTER_PX 7
#define LETTERS_HIGH_PX 12
#define N_LETTERS 20
#define N_LINES 3

/* Letters of 7 by 12 pixels, one each @pitch; the sixth is left out, and the tenth not in its cell
 * when @is_icons. */
static ReaderPage *
draw(int pitch, gboolean is_icons)
{
    g_autofree uint8_t *pixels = g_malloc(WIDTH_PX * HEIGHT_PX * 4);

    memset(pixels, 255, WIDTH_PX * HEIGHT_PX * 4);
    for (int i = 0; i < N_LINES * N_LETTERS; i++) {
        int left = 2 + i % N_LETTERS * pitch + (is_icons ? i * 5 % pitch : 0);
        int top = 4 + i / N_LETTERS * 18;

        for (int y = 0; y < LETTERS_HIGH_PX && i % N_LETTERS != 5; y++)
            memset(pixels + 4 * (WIDTH_PX * (top + y) + left), 0,
                   (size_t)4 * (y % 4 == 0 ? LETTER_PX : 2));
    }
    return reader_page_new(pixels, WIDTH_PX * 4, WIDTH_PX, HEIGHT_PX);
}

static GArray *
get_lines(unsigned n)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(BaseRect));

    for (unsigned i = 0; i < n; i++) {
        BaseRect line = {1, 3 + (int)i * 18, WIDTH_PX - 1, LETTERS_HIGH_PX + 2};

        g_array_append_val(lines, line);
    }
    return lines;
}

static gboolean
is_wide(int pitch, unsigned n_lines)
{
    g_autoptr(ReaderPage) page = draw(pitch, FALSE);
    g_autoptr(GArray) lines = get_lines(n_lines);
    ReaderGaps gaps = {0, 0};

    for (unsigned i = 0; i < lines->len; i++) {
        g_autoptr(ReaderCrop) line = reader_crop_new(page, &g_array_index(lines, BaseRect, i));

        reader_spread_count(line, &gaps);
    }
    return reader_spread_is_wide(&gaps);
}

static void
test_what_is_wide(void **state)
{
    assert_true(is_wide(16, N_LINES));
    assert_false(is_wide(9, N_LINES)); /* as usual */
    assert_false(is_wide(16, 1));      /* too little to tell */
    assert_false(is_wide(16, 0));
}

static void
add_lines(ReaderColumns *columns, gboolean is_icons)
{
    g_autoptr(ReaderPage) page = draw(16, is_icons);
    g_autoptr(GArray) lines = get_lines(N_LINES);

    reader_columns_init(columns, WIDTH_PX);
    for (unsigned i = 0; i < lines->len; i++) {
        const BaseRect *box = &g_array_index(lines, BaseRect, i);
        g_autoptr(ReaderCrop) line = reader_crop_new(page, box);

        reader_columns_add(columns, line, box->x);
    }
}

static void
test_icons_have_no_grid(void **state)
{
    g_auto(ReaderColumns) columns = {0};

    add_lines(&columns, TRUE);
    assert_int_equal(reader_columns_find_grid(&columns).pitch, 0);
}

static void
test_its_grid(void **state)
{
    g_auto(ReaderColumns) columns = {0};
    ReaderGrid grid;

    add_lines(&columns, FALSE);
    grid = reader_columns_find_wide_grid(&columns);
    assert_int_equal(grid.pitch, 16);
    assert_false(grid.phase > 2 && grid.phase < 2 + LETTER_PX);
}

static int
find_letter(const ReaderCrop *line, int start)
{
    while (start < line->width && line->grey[start + line->width] == line->ground)
        start++;
    return start;
}

static void
test_letters_come_close_and_words_stay_apart(void **state)
{
    g_autoptr(ReaderPage) page = draw(16, FALSE);
    BaseRect box = {1, 3, WIDTH_PX - 1, LETTERS_HIGH_PX + 2};
    g_autoptr(ReaderCrop) line = reader_crop_new(page, &box);
    g_autofree int *columns = NULL;
    g_autoptr(ReaderCrop) closed = reader_spread_close(line, &columns);
    int at = find_letter(closed, 0);

    assert_int_equal(closed->height, line->height);
    assert_true(closed->width < line->width);
    for (int i = 0; i < N_LETTERS; i++) {
        int next;

        if (i == 5)
            continue;
        assert_int_equal(columns[at], 1 + i * 16);
        next = find_letter(closed, at + LETTER_PX);
        if (i < N_LETTERS - 1)
            assert_int_equal(next - at, LETTER_PX + (i == 4 ? 18 : 2));
        at = next;
    }
    assert_int_equal(columns[closed->width], line->width);
}

static void
test_a_line_without_letters(void **state)
{
    g_autoptr(ReaderPage) page = draw(16, FALSE);
    BaseRect box = {0, 0, 1, 1};
    g_autoptr(ReaderCrop) line = reader_crop_new(page, &box);
    g_autofree int *columns = NULL;
    g_autoptr(ReaderCrop) closed = reader_spread_close(line, &columns);

    assert_int_equal(closed->width, 1);
    assert_int_equal(columns[1], 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_wide),
        cmocka_unit_test(test_icons_have_no_grid),
        cmocka_unit_test(test_its_grid),
        cmocka_unit_test(test_letters_come_close_and_words_stay_apart),
        cmocka_unit_test(test_a_line_without_letters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
