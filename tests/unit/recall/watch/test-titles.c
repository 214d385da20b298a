/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/titles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
test_names(void **state)
{
    static const struct {
        const char *title;
        const char *name;
        gboolean is_named;
    } cases[] = {
        {"Ledger of gentian", "Ledger of gentian", TRUE},
        {"Ledger of gentian", "LEDGER OF GENTIAN - Audio playing", TRUE},
        {"Ledger of gentian", "Firefox Suggest Ledger of gentian \xe2\x80\x94 Switch to Tab", TRUE},
        {"Ledger of gentian", "Ledger of gentians", FALSE},
        {"Ledger of gentian", "Ledger of", FALSE},
        {"Bank", "The embankment, or Bank", TRUE},
        {"Bank", "The embankment", FALSE},
        {"(2) Inbox", "Inbox", TRUE},
        {"Inbox (2) - me", "Inbox (17) - me", TRUE},
        {"Inbox (a) - me", "Inbox - me", FALSE},
        {"\xe5\xb7\xa5\xe8\xb5\x84", "\xe6\x88\x91\xe7\x9a\x84\xe5\xb7\xa5\xe8\xb5\x84\xe5\x8d\x95",
         TRUE},
        {" \xe2\x80\x93 ", "A \xe2\x80\x93 B", FALSE},
        {"", "A", FALSE},
        {"(2)", "A (2)", FALSE},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(RecallTitles) titles = recall_titles_new();

        recall_titles_add(titles, cases[i].title);
        if (recall_titles_has(titles, cases[i].name) != cases[i].is_named)
            fail_msg("%s in %s", cases[i].title, cases[i].name);
    }
}

static void
test_oldest_goes(void **state)
{
    g_autoptr(RecallTitles) titles = recall_titles_new();

    recall_titles_add(titles, "first");
    recall_titles_add(titles, "second");
    for (unsigned i = 0; i < RECALL_TITLES_N_MAX - 2; i++) {
        g_autofree char *title = g_strdup_printf("page%u", i);

        recall_titles_add(titles, title);
    }
    recall_titles_add(titles, "first"); /* met again */
    assert_true(recall_titles_has(titles, "second"));
    recall_titles_add(titles, "one more");
    assert_true(recall_titles_has(titles, "first"));
    assert_false(recall_titles_has(titles, "second"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_oldest_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
