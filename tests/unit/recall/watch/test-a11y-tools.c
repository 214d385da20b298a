/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-tools.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
    const char *name;
    int width;
    int height;
    gboolean is_picture;
} cases[] = {{"Print Preview", 33, 35, TRUE},
             {"Paste", 44, 35, TRUE},
             {"", 36, 34, TRUE},
             {NULL, 16, 22, TRUE},
             {"Paste", 80, 35, FALSE},
             {"OK", 44, 35, FALSE},
             {"", 60, 30, FALSE},
             {"Cancel", 86, 34, FALSE},
             {NULL, 60, 30, FALSE}};

static void
test_picture_buttons(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        RecallA11yNode node = {.box = {10, 10, cases[i].width, cases[i].height},
                               .text = (char *)cases[i].name};

        assert_int_equal(recall_a11y_is_picture_button(&node), cases[i].is_picture);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_picture_buttons)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
