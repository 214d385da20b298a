/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
    const char *name;
    int row; /* -1: no name of a cell */
    int column;
} cases[] = {{"A1", 0, 0},
             {"Z9", 8, 25},
             {"AA10", 9, 26},
             {"AB12", 11, 27},
             {"XFD1048576", 1048575, 16383},
             {"XFD1048577", -1, 0},
             {"XFE1", -1, 0},
             {"A0", -1, 0},
             {"", -1, 0},
             {"A", -1, 0},
             {"12", -1, 0},
             {"a1", -1, 0},
             {"A1 ", -1, 0},
             {"R1C1", -1, 0},
             {"ZZZZZZZZZZZZ1", -1, 0}};

static void
test_cell_names(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        int row = -7;
        int column = -7;
        gboolean is_cell = recall_a11y_parse_cell_name(cases[i].name, &row, &column);

        assert_int_equal(is_cell, cases[i].row >= 0);
        assert_int_equal(row, is_cell ? cases[i].row : -7);
        assert_int_equal(column, is_cell ? cases[i].column : -7);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cell_names)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
