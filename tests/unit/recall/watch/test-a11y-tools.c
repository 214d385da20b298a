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

/* As LibreOffice tells them of a view that is frozen below row 2 and behind column B. */
static const struct {
    BaseRect box;
    gboolean is_heading;
} panels[] = {{{41, 139, 164, 18}, TRUE},    /* A and B */
              {{206, 139, 1641, 18}, TRUE},  /* the columns behind them */
              {{0, 157, 41, 34}, TRUE},      /* 1 and 2 */
              {{0, 192, 41, 804}, TRUE},     /* the rows below them */
              {{0, 139, 41, 18}, FALSE},     /* the corner */
              {{0, 1010, 1847, 23}, FALSE}}; /* the tabs */

static void
test_headings_of_panes(void **state)
{
    RecallA11yNode panes[] = {
        {.role = RECALL_A11Y_ROLE_SCROLL_BAR, .box = {1847, 139, 14, 857}},
        {.role = RECALL_A11Y_ROLE_DOCUMENT_SPREADSHEET, .box = {41, 192, 164, 804}},
        {.role = RECALL_A11Y_ROLE_DOCUMENT_SPREADSHEET, .box = {206, 192, 1641, 804}},
        {.role = RECALL_A11Y_ROLE_DOCUMENT_SPREADSHEET, .box = {41, 157, 164, 34}},
        {.role = RECALL_A11Y_ROLE_DOCUMENT_SPREADSHEET, .box = {206, 157, 1641, 34}}};
    g_autoptr(GPtrArray) siblings = g_ptr_array_new();

    for (gsize i = 0; i < G_N_ELEMENTS(panes); i++)
        g_ptr_array_add(siblings, &panes[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(panels); i++) {
        RecallA11yNode panel = {.box = panels[i].box};

        assert_int_equal(recall_a11y_is_heading(&panel, siblings), panels[i].is_heading);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_picture_buttons),
                                       cmocka_unit_test(test_headings_of_panes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
