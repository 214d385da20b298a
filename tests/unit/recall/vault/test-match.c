/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static RecallQuery *
parse(const char *text)
{
    g_autoptr(GDateTime) now = g_date_time_new_utc(2025, 11, 12, 15, 30, 0);

    return recall_query_parse(text, strlen(text), now, FALSE);
}

/* The text with each hit in brackets. */
static char *
mark(const char *query_text, RecallReading reading, RecallField field, const char *text)
{
    g_autoptr(RecallQuery) query = parse(query_text);
    g_autoptr(GArray) hits = recall_match_find(query, reading, field, text, strlen(text));
    GString *out = g_string_new(NULL);
    size_t at = 0;

    for (unsigned i = 0; i < hits->len; i++) {
        const RecallHit *hit = &g_array_index(hits, RecallHit, i);

        g_string_append_len(out, text + at, hit->start_bytes - at);
        g_string_append_printf(out, "[%.*s]", (int)(hit->end_bytes - hit->start_bytes),
                               text + hit->start_bytes);
        at = hit->end_bytes;
    }
    g_string_append(out, text + at);
    return g_string_free(out, FALSE);
}

static void
test_hits(void **state)
{
    static const struct {
        const char *query;
        const char *text;
        const char *marked;
        RecallReading reading;
    } rows[] = {
        {"app", "App application app.", "[App] application [app]."},
        {"app*", "App application", "[App] [application]"},
        {"b a", "a b c", "[a] [b] c"},
        {"\"a b\"", "a, B a c", "[a, B] a c"},
        {"-a b", "a b", "a [b]"},
        {"\"a b\" b", "a b b", "[a b] [b]"},
        {"cafe", "Café CAFE\u0301", "[Café] [CAFE\u0301]"},
        {"电脑", "我的电脑电脑桌", "我的[电脑][电脑]桌"},
        {"电", "电脑", "[电]脑"},
        {"电脑", "电\n脑", "[电\n脑]"},
        {"Excel表", "用Excel表格", "用[Excel表]格"},
        {"ａｂ", "ab ＡＢ", "[ab] [ＡＢ]"},
        {"C++", "C C++ c++, C+ abc++", "C [C++] [c++], C+ abc++"},
        {"C++", "C C+", "[C] [C]+", RECALL_READING_PHRASES},
        {"¥1,280.00", "¥1,280.00 1,280.00 ￥1,280.00", "[¥1,280.00] 1,280.00 [￥1,280.00]"},
        {"zoom.us", "xzoom.us zoom.us zoom.user", "xzoom.us [zoom.us] zoom.user"},
        {"zoom.us", "us zoom us", "[us] [zoom] [us]", RECALL_READING_PARTS},
        {"zoom.us", "us zoom us", "us [zoom us]", RECALL_READING_PHRASES},
        {"foo@ba*", "foo@bar.com", "[foo@ba]r.com"},
        {"don't", "don’t", "[don’t]"},
        {"\"x  -> y\"", "X -> Y", "[X -> Y]"},
        {"👍", "ok👍🏽", "ok[👍]🏽"},
        {"title:a", "a", "a"},
        {"text:a", "a", "[a]"},
        {"", "a", "a"},
        {"a", "", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *marked =
            mark(rows[i].query, rows[i].reading, RECALL_FIELD_TEXT, rows[i].text);

        if (strcmp(marked, rows[i].marked) != 0)
            fail_msg("%s: %s, not %s", rows[i].query, marked, rows[i].marked);
    }
}

static void
test_fields(void **state)
{
    g_autofree char *title = mark("title:a b", RECALL_READING_LITERAL, RECALL_FIELD_TITLE, "a b c");
    g_autofree char *actor = mark("actor:a b", RECALL_READING_LITERAL, RECALL_FIELD_ACTOR, "a b c");

    assert_string_equal(title, "[a] [b] c");
    assert_string_equal(actor, "[a] b c");
}

static gboolean
meets(const char *query_text, RecallReading reading, const char *text, const char *title)
{
    g_autoptr(RecallQuery) query = parse(query_text);
    RecallFieldText fields[RECALL_N_FIELDS] = {
        [RECALL_FIELD_TEXT] = {text, strlen(text)},
        [RECALL_FIELD_TITLE] = {title, strlen(title)},
    };

    return recall_match_literals(query, reading, fields);
}

static void
test_literals(void **state)
{
    assert_true(meets("C++", RECALL_READING_LITERAL, "c C++", ""));
    assert_true(meets("C++", RECALL_READING_LITERAL, "c", "in C++"));
    assert_false(meets("C++", RECALL_READING_LITERAL, "c ++", ""));
    assert_true(meets("C++", RECALL_READING_PHRASES, "c", ""));
    assert_false(meets("C++ a.b", RECALL_READING_LITERAL, "C++ ab", ""));
    assert_true(meets("C++ a.b", RECALL_READING_LITERAL, "C++", "a.b"));
    assert_false(meets("title:C++", RECALL_READING_LITERAL, "C++", ""));
    assert_false(meets("-C++", RECALL_READING_LITERAL, "C++", ""));
    assert_false(meets("-C++", RECALL_READING_PHRASES, "C++", ""));
    assert_true(meets("-C++", RECALL_READING_LITERAL, "c", ""));
    assert_true(meets("word", RECALL_READING_LITERAL, "", ""));
    assert_true(meets("¥", RECALL_READING_LITERAL, "￥5", ""));
}

static void
test_many_hits_are_cut(void **state)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(RecallQuery) query = parse("a");
    g_autoptr(GArray) hits = NULL;

    for (unsigned i = 0; i <= RECALL_MATCH_N_HITS_MAX; i++)
        g_string_append(text, "a ");
    hits =
        recall_match_find(query, RECALL_READING_LITERAL, RECALL_FIELD_TEXT, text->str, text->len);
    assert_int_equal(hits->len, RECALL_MATCH_N_HITS_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hits),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_literals),
        cmocka_unit_test(test_many_hits_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
