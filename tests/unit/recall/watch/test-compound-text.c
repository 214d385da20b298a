/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/compound-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define N_RANDOM 20000
#define RANDOM_MAX_BYTES 60

static const struct {
    const char *bytes;
    const char *text;
} cases[] = {
    {"", ""},
    {"plain", "plain"},
    {"caf\xE9 \xA4", "café ¤"},           /* Latin-1 from the start */
    {"\xE6\x8A\xA5\xE5\x91\x8A", "报告"}, /* of a program that does not care */
    {"\x1B-B\xB3\xF3"
     "d\xBC",
     "łódź"},                                    /* Latin-2 */
    {"\x1B-L\xBF\xE0\xD8", "При"},               /* Cyrillic */
    {"\x1B$(AVPND\x1B(B ok", "中文 ok"},         /* left */
    {"a \x1B$)A\xD6\xD0\xCE\xC4 b", "a 中文 b"}, /* right */
    {"\x1B$(BF|K\\\x1B(B", "日本"},
    {"\x1B$)C\xC7\xD1\xB1\xDB", "한글"},
    {"\x1B$(GDcEF\x1B(B", "中文"}, /* traditional */
    {"\x1B%/2\x80\x8B"
     "big5-0\x02\xA4\xA4\xA4\xE5 x",
     "中文 x"}, /* an extended segment */
    {"\x1B%/2\x80\x8A"
     "gbk-0\x02\xD6\xD0\xCE\xC4!",
     "中文!"},
    {"\x1B%G\xE6\x8A\xA5\xE2\x82\xAC\x1B%@ \xE9", "报€ é"},
    {"\x9B"
     "2]abc\x9B]",
     "abc"}, /* a direction */
    {"a\tb\nc\x1B", "a b c"},
    /* What is broken or not known stays within its place. */
    {"\x1B$(AVPN\x1B(B ok", "中\xEF\xBF\xBD ok"},
    {"\x1B$(Z!!\x1B(B ok", "!! ok"},
    {"\x1B-z\xE9\xE9 ok", "\xEF\xBF\xBD ok"},
    {"\x1B%/2\x80\x8B"
     "UTF-7\x02+AGEA!",
     "\xEF\xBF\xBD!"},
    {"\x1B%/2\xFF\xFF"
     "gbk-0\x02\xD6\xD0",
     "中"},
    {"\x1B%/2\x80", "\xEF\xBF\xBD"},
    {"\x1B%/2 \xFF"
     "big5-0\x02\xA4\xA4",
     "\xEF\xBF\xBD"},
    {"\x1B%G\xE6\x8A", "\xEF\xBF\xBD\xEF\xBF\xBD"},
};

static void
test_cases(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            recall_compound_text_to_utf8(cases[i].bytes, strlen(cases[i].bytes));

        assert_string_equal(text, cases[i].text);
    }
}

static void
test_any_bytes(void **state)
{
    static const char *const pieces[] = {
        "\x1B", "\x1B$(A",   "\x1B$)G",         "\x1B$(H", "\x1B%/2",  "\x1B%G", "\x1B%@",
        "\x02", "gbk-0\x02", "big5hkscs-0\x02", "\x9B",    "\x80\x90", "\x1B-L", "\x1B)I"};
    g_autoptr(GRand) random = g_rand_new_with_seed(3);

    for (int i = 0; i < N_RANDOM; i++) {
        g_autoptr(GString) bytes = g_string_new(NULL);
        g_autofree char *copy = NULL;
        g_autofree char *text = NULL;

        while (bytes->len < RANDOM_MAX_BYTES)
            if (g_rand_int_range(random, 0, 3) == 0)
                g_string_append(bytes, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
            else
                g_string_append_c(bytes, (char)g_rand_int_range(random, 1, 256));
        copy = g_memdup2(bytes->str, bytes->len); /* so that reading beyond the end is seen */
        text = recall_compound_text_to_utf8(copy, bytes->len);
        assert_true(g_utf8_validate(text, -1, NULL));
        assert_true(strlen(text) <= 3 * bytes->len);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
