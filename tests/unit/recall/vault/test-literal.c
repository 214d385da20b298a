/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/literal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
test_make(void **state)
{
    static const struct {
        const char *text;
        const char *unquoted;
        const char *quoted;
    } rows[] = {
        {"word", NULL, NULL},
        {"two words", NULL, NULL},
        {"电脑", NULL, NULL},
        {"👍🏽", NULL, NULL},
        {"", NULL, NULL},
        {"...", NULL, "..."},
        {"Hello, ", NULL, "hello,"},
        {"**bold**", NULL, "**bold**"},
        {"C++", "c++", "c++"},
        {"Ｃ＋＋", "c++", "c++"},
        {"a\n\t-  B", "a - b", "a - b"},
        {"“x’s”", "\"x's\"", "\"x's\""},
        {"a–b—c−d", "a-b-c-d", "a-b-c-d"},
        {"Café.fr", "cafe.fr", "cafe.fr"},
        {"a\u00adb+", "ab+", "ab+"},
        {"\xff+\xff", "+", "+"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *unquoted = recall_literal_make(rows[i].text, strlen(rows[i].text), FALSE);
        g_autofree char *quoted = recall_literal_make(rows[i].text, strlen(rows[i].text), TRUE);

        if (g_strcmp0(unquoted, rows[i].unquoted) != 0 || g_strcmp0(quoted, rows[i].quoted) != 0)
            fail_msg("%s: %s, %s", rows[i].text, unquoted, quoted);
    }
}

static void
test_find(void **state)
{
    static const struct {
        const char *literal;
        const char *text;
        gboolean is_prefix;
        int start; /* -1: not there */
        int end;
    } rows[] = {
        {"c++", "in C++.", FALSE, 3, 6},
        {"c++", "ABC++", FALSE, -1},
        {"c++", "电C++脑", FALSE, 3, 6},
        {".net", "a.NET b", FALSE, 1, 5},
        {".net", ".network", FALSE, -1},
        {".net", ".network", TRUE, 0, 4},
        {"a - b", "A\n–\n b", FALSE, 0, 8},
        {"¥1", "x ￥１", FALSE, 2, 8},
        {"x.y", "", FALSE, -1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RecallLiteralText) text =
            recall_literal_text_new(rows[i].text, strlen(rows[i].text));
        size_t position = 0;
        size_t start = 77;
        size_t end = 77;
        gboolean is_there = recall_literal_text_find(text, rows[i].literal, rows[i].is_prefix,
                                                     &position, &start, &end);

        if (is_there != (rows[i].start >= 0))
            fail_msg("%s in %s", rows[i].literal, rows[i].text);
        assert_int_equal(start, is_there ? rows[i].start : 77);
        assert_int_equal(end, is_there ? rows[i].end : 77);
    }
}

static void
test_find_all(void **state)
{
    g_autoptr(RecallLiteralText) text = recall_literal_text_new("++ +++", 6);
    size_t position = 0;
    unsigned n = 0;

    while (recall_literal_text_find(text, "++", FALSE, &position, NULL, NULL))
        n++;
    assert_int_equal(n, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_make),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_find_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
