/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/bidi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* In these lines capitals stand for Hebrew letters, as is usual for this algorithm. */
static const struct {
    const char *line;
    const char *shown;
} cases[] = {
    {"", ""},
    {"abc def", "abc def"},
    {"ABC DEF", "FED CBA"},
    {"ABC def GHI", "IHG def CBA"},
    {"abc DEF GHI jkl", "abc IHG FED jkl"},
    {"abc DEF, ghi", "abc FED, ghi"},
    {"ABC 12.5 DEF", "FED 12.5 CBA"},
    {"ABC 12 34", "34 12 CBA"},
    {"abc DEF 12 34 GHI jkl", "abc IHG 34 12 FED jkl"},
    {"abc 12 DEF", "abc 12 FED"},
    {"abc DEF 12", "abc 12 FED"},
    {"ABC de 12 F", "F de 12 CBA"},
    {"12:30 ABC", "CBA 12:30"},
    {"A. b. C.", ".C .b .A"},
};

static void
test_order(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        unsigned n = strlen(cases[i].line);
        gunichar line[32] = {0};
        uint8_t levels[32] = {0};
        unsigned order[32] = {0};
        char shown[32] = {0};

        for (unsigned k = 0; k < n; k++)
            line[k] = g_ascii_isupper(cases[i].line[k]) ? 0x05d0u + cases[i].line[k] - 'A'
                                                        : (unsigned)cases[i].line[k];
        recall_bidi_resolve(line, n, levels);
        recall_bidi_reorder(levels, n, order);
        for (unsigned k = 0; k < n; k++)
            shown[k] = cases[i].line[order[k]];
        assert_string_equal(shown, cases[i].shown);
    }
}

static void
test_where_it_is_needed(void **state)
{
    assert_false(recall_bidi_is_needed("caf\xc3\xa9 报告 12"));
    assert_true(recall_bidi_is_needed("a שלום"));
    assert_true(recall_bidi_is_needed("مرحبا"));
    assert_false(recall_bidi_is_needed(""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_where_it_is_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
