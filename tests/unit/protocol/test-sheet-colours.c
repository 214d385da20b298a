/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/sheet-colours.h"
#include "protocol/sheet-pixels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
finds_each_colour_again(void **state)
{
    ProtocolSheetColours *colours = protocol_sheet_colours_new();
    uint32_t number = 0;

    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < PROTOCOL_SHEET_N_COLOURS_MAX; i++) {
            assert_true(protocol_sheet_colours_find(colours, i * 0x101, &number));
            assert_int_equal(number, i);
        }
    }
    assert_int_equal(protocol_sheet_colours_count(colours), PROTOCOL_SHEET_N_COLOURS_MAX);
    assert_false(protocol_sheet_colours_find(colours, 1, &number));
    protocol_sheet_colours_free(colours);
}

static void
ranks_the_frequent_first_and_the_others_by_value(void **state)
{
    static const uint32_t values[] = {9, 4, 7, 2};
    ProtocolSheetColours *colours = protocol_sheet_colours_new();
    g_autofree ProtocolSheetColour **sorted = NULL;
    uint32_t number = 0;

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++)
        assert_true(protocol_sheet_colours_find(colours, values[i], &number));
    protocol_sheet_colours_get(colours, 2)->n_pixels = 5;
    sorted = protocol_sheet_colours_rank(colours, 1);
    assert_int_equal(sorted[0]->value, 7);
    assert_int_equal(sorted[1]->value, 2);
    assert_int_equal(sorted[2]->value, 4);
    assert_int_equal(sorted[3]->value, 9);
    assert_int_equal(protocol_sheet_colours_get(colours, 0)->rank, 3);
    protocol_sheet_colours_free(colours);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_colour_again),
        cmocka_unit_test(ranks_the_frequent_first_and_the_others_by_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
