/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
test_suggestions(void **state)
{
    static const char *const names[] = {"search", "show", "timeline", "pause", "resume", NULL};
    static const struct {
        const char *typed;
        const char *meant;
    } cases[] = {
        {"serach", "search"}, /* swapped */
        {"search", "search"},
        {"sarch", "search"},
        {"seearch", "search"},
        {"saerhc", "search"},
        {"shwo", "show"},
        {"time", "timeline"},
        {"res", "resume"},
        {"puase", "pause"},
        {"x", NULL},
        {"", NULL},
        {"forget", NULL},
        {"报价", NULL},
        {"a-name-that-is-longer-than-any-name-can-be", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *meant = app_suggest(cases[i].typed, names);

        if (g_strcmp0(meant, cases[i].meant) != 0)
            fail_msg("%s: %s", cases[i].typed, meant);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_suggestions)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
