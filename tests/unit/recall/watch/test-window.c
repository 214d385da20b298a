/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *bytes;
    size_t n_bytes;
    const char *clean;
} clean_cases[] = {
    {"Report - Editor", 15, "Report - Editor"},
    {"", 0, ""},
    {" \x01\x02\n ", 5, ""},
    {"a\tb\n\nc", 6, "a b c"},
    {"first\0second", 12, "first"},
    {"not terminated", 3, "not"},
    {"bad\xff!", 5, "bad\xef\xbf\xbd!"},
    {"caf\xc3", 4, "caf"}, /* cut by the reader in the middle of a character */
    {"\xe4\xbd\xa0\xe5\xa5", 5, "\xe4\xbd\xa0"},
    {"\xf0\x9f\x98", 3, ""},
    {"\xc2\x85next\xe2\x80\xa8line", 13, "next line"},
    {"evil\xe2\x80\xaetxt.exe", 14, "eviltxt.exe"},
    {"\x1b]0;title\x07", 10, "]0;title"},
    /* as Chromium sets the title of a page in Hebrew */
    {"\xe2\x80\x8e\xe2\x80\xab\xd7\xa9 - Chromium\xe2\x80\xac\xe2\x80\x8e", 25,
     "\xd7\xa9 - Chromium"},
};

static void
test_clean_text(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(clean_cases); i++) {
        g_autofree char *clean =
            recall_window_clean_text(clean_cases[i].bytes, clean_cases[i].n_bytes);

        assert_string_equal(clean, clean_cases[i].clean);
    }
}

static void
assert_cut(const char *piece, size_t n_pieces, size_t n_expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *clean = NULL;

    for (size_t i = 0; i < n_pieces; i++)
        g_string_append(text, piece);
    clean = recall_window_clean_text(text->str, text->len);
    assert_true(g_utf8_validate(clean, -1, NULL));
    assert_int_equal(strlen(clean), n_expected);
}

static void
test_clean_text_limit(void **state)
{
    assert_cut("x", RECALL_WINDOW_TITLE_MAX_BYTES, RECALL_WINDOW_TITLE_MAX_BYTES);
    assert_cut("x", RECALL_WINDOW_TITLE_MAX_BYTES + 1, RECALL_WINDOW_TITLE_MAX_BYTES);
    assert_cut("x", 1024 * 1024, RECALL_WINDOW_TITLE_MAX_BYTES);
    assert_cut("\xe4\xbd\xa0", 2000, RECALL_WINDOW_TITLE_MAX_BYTES / 3 * 3);
    assert_cut("\xff", 1024 * 1024, RECALL_WINDOW_TITLE_MAX_BYTES / 3 * 3);
}

static void
test_counts_references(void **state)
{
    RecallWindow *window = recall_window_new();

    assert_string_equal(window->app, "");
    assert_string_equal(window->title, "");
    assert_false(pixman_region32_not_empty(&window->visible));
    assert_ptr_equal(recall_window_ref(window), window);
    recall_window_unref(window);
    assert_int_equal(window->n_refs, 1);
    recall_window_unref(window);
    recall_window_unref(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean_text),
        cmocka_unit_test(test_clean_text_limit),
        cmocka_unit_test(test_counts_references),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
