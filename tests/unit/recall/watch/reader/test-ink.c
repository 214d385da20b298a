/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/ink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define N_LETTERS 8
#define LETTER_PX 6 /* of which the last column is empty */
#define HEIGHT_PX 12
#define GROUND 240
#define DARK 20

/* Letters of one grey each, all with a rim of a third of their ink on the left. */
static ReaderCrop *
draw(const uint8_t *inks)
{
    ReaderCrop *line = g_new0(ReaderCrop, 1);

    line->width = N_LETTERS * LETTER_PX;
    line->height = HEIGHT_PX;
    line->ground = GROUND;
    line->grey = g_malloc((size_t)line->width * HEIGHT_PX);
    memset(line->grey, GROUND, (size_t)line->width * HEIGHT_PX);
    for (int i = 0; i < N_LETTERS; i++)
        for (int y = 2; y < 10; y++) {
            uint8_t *grey = line->grey + line->width * y + LETTER_PX * i;

            grey[0] = GROUND - (GROUND - inks[i]) / 3;
            memset(grey + 1, inks[i], LETTER_PX - 2);
        }
    return line;
}

static int
grey_at(const ReaderCrop *line, int letter, int x)
{
    return line->grey[line->width * 5 + letter * LETTER_PX + x];
}

/* White, red and blue words on black, turned. */
static void
test_faint_letters_become_dark(void **state)
{
    static const uint8_t inks[] = {DARK, DARK, 190, 190, 150, 150, DARK, DARK};
    g_autoptr(ReaderCrop) line = draw(inks);

    reader_ink_level(line);
    for (int i = 0; i < N_LETTERS; i++) {
        assert_in_range(grey_at(line, i, 0), 160, 172);
        assert_in_range(grey_at(line, i, 2), DARK, DARK + 5);
        assert_int_equal(grey_at(line, i, LETTER_PX - 1), GROUND);
    }
}

/* The strokes of smooth letters are not all of one depth. */
static void
test_what_is_dark_enough_stays(void **state)
{
    static const uint8_t inks[] = {DARK, 60, 70, DARK, 40, 50, DARK, 30};
    g_autoptr(ReaderCrop) line = draw(inks);

    reader_ink_level(line);
    for (int i = 0; i < N_LETTERS; i++)
        assert_int_equal(grey_at(line, i, 2), inks[i]);
}

static void
test_a_shade_is_no_letter(void **state)
{
    static const uint8_t inks[] = {DARK, 220, 232, DARK, 225, 239, 240, DARK};
    g_autoptr(ReaderCrop) line = draw(inks);

    reader_ink_level(line);
    for (int i = 0; i < N_LETTERS; i++)
        assert_int_equal(grey_at(line, i, 2), inks[i]);
}

static void
test_an_empty_line(void **state)
{
    static const uint8_t inks[] = {GROUND, GROUND, GROUND, GROUND, GROUND, GROUND, GROUND, GROUND};
    g_autoptr(ReaderCrop) line = draw(inks);

    reader_ink_level(line);
    for (int i = 0; i < N_LETTERS; i++)
        assert_int_equal(grey_at(line, i, 2), GROUND);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faint_letters_become_dark),
        cmocka_unit_test(test_what_is_dark_enough_stays),
        cmocka_unit_test(test_a_shade_is_no_letter),
        cmocka_unit_test(test_an_empty_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
