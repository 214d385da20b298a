/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/snippet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static GArray *
find(const char *query_text, const char *text)
{
    g_autoptr(GDateTime) now = g_date_time_new_utc(2025, 11, 12, 15, 30, 0);
    g_autoptr(RecallQuery) query = recall_query_parse(query_text, strlen(query_text), now, FALSE);

    return recall_match_find(query, RECALL_READING_LITERAL, RECALL_FIELD_TEXT, text, strlen(text));
}

/* The snippet with its marks in brackets. */
static char *
show(const char *query, const char *text)
{
    g_autoptr(GArray) hits = find(query, text);
    g_autoptr(RecallSnippet) snippet = recall_snippet_new(text, strlen(text), hits);
    GString *out = g_string_new(NULL);
    size_t at = 0;

    assert_true(g_utf8_validate(snippet->text, -1, NULL));
    for (unsigned i = 0; i < snippet->marks->len; i++) {
        const RecallHit *mark = &g_array_index(snippet->marks, RecallHit, i);

        assert_in_range(mark->end_bytes, mark->start_bytes + 1, strlen(snippet->text));
        g_string_append_len(out, snippet->text + at, mark->start_bytes - at);
        g_string_append_printf(out, "[%.*s]", (int)(mark->end_bytes - mark->start_bytes),
                               snippet->text + mark->start_bytes);
        at = mark->end_bytes;
    }
    g_string_append(out, snippet->text + at);
    return g_string_free(out, FALSE);
}

static void
test_short_texts(void **state)
{
    static const struct {
        const char *query;
        const char *text;
        const char *snippet;
    } rows[] = {
        {"b", "a b c", "a [b] c"},
        {"x", "a b c", "a b c"},
        {"b", "", ""},
        {"b", "a\n\n\tb\x01 c", "a [b] c"},
        {"b", "\n a b", "a [b]"},
        {"\"a b\"", "x a\nb y", "x [a b] y"},
        {"脑", "电脑", "电[脑]"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *snippet = show(rows[i].query, rows[i].text);

        assert_string_equal(snippet, rows[i].snippet);
    }
}

static char *
repeat(const char *word, unsigned n)
{
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < n; i++)
        g_string_append(out, word);
    return g_string_free(out, FALSE);
}

static void
test_long_texts(void **state)
{
    g_autofree char *before = repeat("before ", 100);
    g_autofree char *after = repeat("after ", 100);
    g_autofree char *han = repeat("电脑", 400);
    g_autofree char *text = g_strconcat(before, "needle ", after, "needle thread ", after, NULL);
    g_autofree char *han_text = g_strconcat(han, "针", han, NULL);
    g_autofree char *one = show("needle", text);
    g_autofree char *two = show("needle thread", text);
    g_autofree char *first = show("nothing", text);
    g_autofree char *han_one = show("针", han_text);

    assert_true(g_str_has_prefix(one, "…before before"));
    assert_non_null(strstr(one, "before [needle] after"));
    assert_true(g_str_has_suffix(one, "after…"));
    assert_non_null(strstr(two, "[needle] [thread]"));
    assert_true(g_str_has_prefix(first, "before before"));
    assert_non_null(strstr(han_one, "脑[针]电"));
    assert_in_range(g_utf8_strlen(one, -1), 130, RECALL_SNIPPET_N_CHARS + 8);
    assert_in_range(g_utf8_strlen(han_one, -1), 150, RECALL_SNIPPET_N_CHARS + 8);
}

static void
test_hit_at_the_end(void **state)
{
    g_autofree char *before = repeat("before ", 100);
    g_autofree char *text = g_strconcat(before, "needle", NULL);
    g_autofree char *snippet = show("needle", text);

    assert_true(g_str_has_suffix(snippet, " before [needle]"));
    assert_in_range(g_utf8_strlen(snippet, -1), 140, RECALL_SNIPPET_N_CHARS + 8);
}

static void
test_word_without_end(void **state)
{
    g_autofree char *text = repeat("x", 100000);
    g_autofree char *snippet = show("y", text);

    assert_int_equal(g_utf8_strlen(snippet, -1), RECALL_SNIPPET_N_CHARS + 1);
}

/* --- boxes --- */

static GArray *
make_spans(const ProtocolSpan *spans, unsigned n)
{
    GArray *array = g_array_new(FALSE, FALSE, sizeof(ProtocolSpan));

    g_array_append_vals(array, spans, n);
    return array;
}

static char *
show_words(const char *query, const char *text, const GArray *spans)
{
    g_autoptr(GArray) hits = find(query, text);
    g_autoptr(GArray) words = recall_snippet_find_words(text, spans, hits);
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < words->len; i++) {
        const RecallWord *word = &g_array_index(words, RecallWord, i);

        g_string_append_printf(out, "%.*s %d+%d ", (int)(word->end_bytes - word->start_bytes),
                               text + word->start_bytes, word->box.x, word->box.width);
    }
    return g_string_free(out, FALSE);
}

static void
test_boxes(void **state)
{
    static const char text[] = "foo bar 我的电脑 x";
    static const ProtocolSpan all[] = {
        {0, 3, {10, 5, 30, 12}},
        {4, 3, {50, 5, 30, 12}},
        {8, 12, {100, 5, 64, 16}},
        {21, 1, {200, 5, 8, 12}},
    };
    static const struct {
        const char *query;
        const char *words;
    } rows[] = {
        {"bar", "bar 50+30 "},    {"\"foo bar\"", "foo 10+30 bar 50+30 "}, {"电脑", "电脑 132+32 "},
        {"的电", "的电 116+32 "}, {"我 x", "我 100+16 x 200+8 "},          {"nothing", ""},
    };
    g_autoptr(GArray) spans = make_spans(all, G_N_ELEMENTS(all));
    g_autoptr(GArray) none = make_spans(all, 0);
    g_autofree char *without = show_words("foo", text, none);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *words = show_words(rows[i].query, text, spans);

        assert_string_equal(words, rows[i].words);
    }
    assert_string_equal(without, "");
}

static void
test_many_words_are_cut(void **state)
{
    g_autofree char *text = repeat("a ", RECALL_SNIPPET_N_WORDS_MAX + 1);
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(ProtocolSpan));
    g_autoptr(GArray) hits = find("a", text);
    g_autoptr(GArray) words = NULL;

    for (unsigned i = 0; i <= RECALL_SNIPPET_N_WORDS_MAX; i++) {
        ProtocolSpan span = {2 * i, 1, {0, 0, 8, 8}};

        g_array_append_val(spans, span);
    }
    words = recall_snippet_find_words(text, spans, hits);
    assert_int_equal(words->len, RECALL_SNIPPET_N_WORDS_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_texts),    cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_hit_at_the_end), cmocka_unit_test(test_word_without_end),
        cmocka_unit_test(test_boxes),          cmocka_unit_test(test_many_words_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
