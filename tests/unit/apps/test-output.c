/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/output.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
test_clean(void **state)
{
    static const struct {
        const char *text;
        gboolean keep_lines;
        const char *clean;
    } cases[] = {
        {"plain", FALSE, "plain"},
        {"two\nlines\tand tab", FALSE, "two lines and tab"},
        {"two\nlines\tand tab", TRUE, "two\nlines\tand tab"},
        {"\x1b[31mred\x1b]0;t\x07", TRUE, "�[31mred�]0;t�"},
        {"over\rwritten\x08", TRUE, "over�written�"},
        {"\xc2\x9b"
         "2J\x7f",
         FALSE, "�2J�"},
        {"exe.\xe2\x80\xaetxt", FALSE, "exe.txt"},
        {"\xe2\x81\xa6is\xe2\x81\xa9 \xe2\x80\x8f", FALSE, "is "},
        {"line\xe2\x80\xa8sep", FALSE, "line�sep"},
        {"报价 👩‍💻", FALSE, "报价 👩‍💻"}, /* its joiner stays */
        {"bad \xff", FALSE, "bad �"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        app_output_append_clean(out, cases[i].text, -1, cases[i].keep_lines);
        assert_string_equal(out->str, cases[i].clean);
    }
}

static void
test_clean_stops_at_the_length(void **state)
{
    g_autoptr(GString) out = g_string_new("<");

    app_output_append_clean(out, "abc\x1b", 2, FALSE);
    assert_string_equal(out->str, "<ab");
}

static void
test_marks(void **state)
{
    static const struct {
        const char *text;
        const char *marks;
        const char *styled;
    } cases[] = {
        {"a hit here", "@a(uu) [(2,3)]", "a \033[1mhit\033[0m here"},
        {"all", "@a(uu) [(0,3)]", "\033[1mall\033[0m"},
        {"no mark", "@a(uu) []", "no mark"},
        {"two two", "@a(uu) [(0,3),(4,3)]", "\033[1mtwo\033[0m \033[1mtwo\033[0m"},
        {"\x1b[2Jhit\x1b", "@a(uu) [(4,4)]", "�[2J\033[1mhit�\033[0m"},
        /* none of these fit */
        {"over", "@a(uu) [(2,3)]", "over"},
        {"over", "@a(uu) [(5,1)]", "over"},
        {"over", "@a(uu) [(4294967295,4294967295)]", "over"},
        {"over", "@a(uu) [(1,4294967295)]", "over"},
        {"over", "@a(uu) [(2,0)]", "over"},
        {"cross", "@a(uu) [(0,4),(2,3)]", "\033[1mcros\033[0ms"},
        {"back", "@a(uu) [(2,2),(0,2)]", "ba\033[1mck\033[0m"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) styled = g_string_new(NULL);
        g_autoptr(GString) plain = g_string_new(NULL);
        g_autoptr(GString) expected = g_string_new(NULL);
        g_autoptr(GVariant) marks = g_variant_ref_sink(g_variant_new_parsed(cases[i].marks));

        app_output_append_marked(styled, cases[i].text, marks, TRUE);
        assert_string_equal(styled->str, cases[i].styled);
        app_output_append_marked(plain, cases[i].text, marks, FALSE);
        app_output_append_clean(expected, cases[i].text, -1, FALSE);
        assert_string_equal(plain->str, expected->str);
    }
}

static void
test_clip(void **state)
{
    static const struct {
        const char *text;
        unsigned n_columns;
        const char *clipped;
    } cases[] = {
        {"exactly", 7, "exactly"},
        {"too long", 7, "too lo…"},
        {"季度报告", 8, "季度报告"},
        {"季度报告", 7, "季度报…"},
        {"季度报告", 6, "季度…"},
        {"e\xcc\x81te\xcc\x81", 3, "e\xcc\x81te\xcc\x81"},
        {"a\x1b[2J", 20, "a�[2J"},
        {"\xff\xff\xff", 2, "�…"},
        {"xy", 1, "…"},
        {"", 1, ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        app_output_append_clipped(out, cases[i].text, cases[i].n_columns);
        assert_string_equal(out->str, cases[i].clipped);
        assert_true(app_output_measure(out->str) <= cases[i].n_columns);
    }
}

static void
test_flush(void **state)
{
    g_auto(AppOutput) output = {0};
    g_autoptr(GError) error = NULL;
    char got[8] = "";
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    app_output_init(&output, ends[1]);
    assert_false(output.is_styled);
    g_string_append(output.text, "hello");
    assert_true(app_output_flush(&output, &error));
    assert_int_equal(output.text->len, 0);
    assert_int_equal(read(ends[0], got, sizeof got), 5);
    assert_string_equal(got, "hello");

    close(ends[0]);
    g_string_append(output.text, "more");
    assert_false(app_output_flush(&output, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE));
    close(ends[1]);
}

static void
test_flush_on_a_full_disk(void **state)
{
    g_auto(AppOutput) output = {0};
    g_autoptr(GError) error = NULL;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    app_output_init(&output, fd);
    g_string_append(output.text, "hello");
    assert_false(app_output_flush(&output, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE));
    close(fd);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean), cmocka_unit_test(test_clean_stops_at_the_length),
        cmocka_unit_test(test_marks), cmocka_unit_test(test_clip),
        cmocka_unit_test(test_flush), cmocka_unit_test(test_flush_on_a_full_disk),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
