/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
    const char *text;
    gssize n_bytes;
    const char *clean; /* NULL: nothing is left */
} clean_cases[] = {
    {"plain words", -1, "plain words"},
    {"  two  \t\n spaces ", -1, "two spaces"},
    {"", -1, NULL},
    {" \x01\x02\n", -1, NULL},
    {"a\0b", 3, "a b"},
    {"cut here", 3, "cut"},
    {"\xff"
     "bad\xe4\xbd",
     -1,
     "\xef\xbf\xbd"
     "bad\xef\xbf\xbd\xef\xbf\xbd"},
    {"caf\xc3\xa9\xc2\xa0ol\xc3\xa9", -1, "caf\xc3\xa9 ol\xc3\xa9"},
    {"no\xe2\x80\xae"
     "flip\xef\xbf\xbc",
     -1, "no flip"},
    {"你好　世界", -1, "你好 世界"},
    {"\x1b[31mred", -1, "[31mred"},
};

static void
test_clean(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(clean_cases); i++) {
        g_autofree char *clean = recall_run_clean(clean_cases[i].text, clean_cases[i].n_bytes);

        if (clean_cases[i].clean == NULL)
            assert_null(clean);
        else
            assert_string_equal(clean, clean_cases[i].clean);
    }
}

static void
test_clean_is_cut_at_a_character(void **state)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *whole = NULL;
    g_autofree char *cut = NULL;

    for (unsigned i = 0; i < RECALL_RUN_MAX_BYTES; i++)
        g_string_append_c(text, 'x');
    whole = recall_run_clean(text->str, -1);
    assert_int_equal(strlen(whole), RECALL_RUN_MAX_BYTES);

    g_string_truncate(text, RECALL_RUN_MAX_BYTES - 2);
    g_string_append(text, "中");
    cut = recall_run_clean(text->str, -1);
    assert_int_equal(strlen(cut), RECALL_RUN_MAX_BYTES - 2);
    assert_true(g_utf8_validate(cut, -1, NULL));
}

static void
test_spread_words(void **state)
{
    BaseRect box = {10, 20, 130, 16};
    g_autoptr(RecallRun) run = recall_run_new(g_strdup("ab 打开x cd"), &box, PROTOCOL_SOURCE_OCR);
    static const struct {
        const char *text;
        int x;
        int width;
    } words[] = {{"ab", 10, 23}, {"打开", 45, 47}, {"x", 92, 12}, {"cd", 116, 24}};

    recall_run_spread_words(run);
    assert_int_equal(run->words->len, G_N_ELEMENTS(words));
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        ProtocolSpan *span = &g_array_index(run->words, ProtocolSpan, i);

        assert_int_equal(span->length_bytes, strlen(words[i].text));
        assert_memory_equal(run->text + span->start_bytes, words[i].text, span->length_bytes);
        assert_in_range(span->box.x, words[i].x - 1, words[i].x + 1);
        assert_in_range(span->box.width, words[i].width - 1, words[i].width + 1);
        assert_int_equal(span->box.y, 20);
        assert_int_equal(span->box.height, 16);
    }
    recall_run_spread_words(run);
    assert_int_equal(run->words->len, G_N_ELEMENTS(words));
}

static void
test_spread_stays_inside_a_narrow_box(void **state)
{
    BaseRect box = {0, 0, 1, 1};
    g_autoptr(RecallRun) run = recall_run_new(g_strdup("a b c d"), &box, PROTOCOL_SOURCE_OCR);

    recall_run_spread_words(run);
    assert_int_equal(run->words->len, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_true(base_rect_contains(&box, &g_array_index(run->words, ProtocolSpan, i).box));
}

/* Four lines of 70 letters: no word can be placed, so each has the whole paragraph. */
static void
test_words_of_several_lines_have_the_whole_box(void **state)
{
    BaseRect box = {215, 197, 600, 96};
    g_autofree char *text = g_strnfill(280, 'a');
    g_autoptr(RecallRun) run = NULL;

    for (unsigned i = 7; i < 280; i += 8)
        text[i] = ' ';
    run = recall_run_new(g_steal_pointer(&text), &box, PROTOCOL_SOURCE_ACCESSIBLE);
    recall_run_spread_words(run);
    assert_int_equal(run->words->len, 35);
    assert_true(base_rect_equal(&g_array_index(run->words, ProtocolSpan, 17).box, &box));
}

static void
test_text_holds_runs(void **state)
{
    g_autoptr(RecallText) text = recall_text_new();
    BaseRect box = {0, 0, 1, 1};
    g_autoptr(RecallRun) run = recall_run_new(g_strdup("x"), &box, PROTOCOL_SOURCE_ACCESSIBLE);

    g_ptr_array_add(text->runs, recall_run_ref(run));
    assert_int_equal(run->n_refs, 2);
    assert_false(pixman_region32_not_empty(&text->covered));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_clean_is_cut_at_a_character),
        cmocka_unit_test(test_spread_words),
        cmocka_unit_test(test_spread_stays_inside_a_narrow_box),
        cmocka_unit_test(test_words_of_several_lines_have_the_whole_box),
        cmocka_unit_test(test_text_holds_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
