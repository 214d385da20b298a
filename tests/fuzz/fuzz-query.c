/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* Whatever a person types, and whatever a scene's text is: the first line is the query, the rest is
 * the text that it is looked for in. */

#include "recall/vault/cursor.h"
#include "recall/vault/fts-expression.h"
#include "recall/vault/needs.h"
#include "recall/vault/snippet.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

const char *const fuzz_words[] = {"\"",     "app:",    "title:", "url:", "file:",   "-",
                                  "*",      "before:", "after:", "on:",  "昨天",    "电脑",
                                  "：",     "的",      "last ",  "week", "3 days ", "ago",
                                  "C++",    "zoom.us", "é",      "👍",    "\u200d",  "2025-01-01",
                                  "上周二", "11月3日", "from ",  " to ", " OR ",    "(",
                                  NULL};

static void
check_text(const RecallQuery *query, RecallReading reading, const char *text, size_t length)
{
    g_autoptr(GArray) hits = recall_match_find(query, reading, RECALL_FIELD_TEXT, text, length);
    g_autoptr(RecallSnippet) snippet = recall_snippet_new(text, length, hits);

    for (unsigned i = 0; i < hits->len; i++)
        g_assert_cmpuint(g_array_index(hits, RecallHit, i).end_bytes, <=, length);
    for (unsigned i = 0; i < snippet->marks->len; i++)
        g_assert_cmpuint(g_array_index(snippet->marks, RecallHit, i).end_bytes, <=,
                         strlen(snippet->text));
}

static void
check_query(const char *query_text, size_t query_length, const char *text, size_t length)
{
    g_autoptr(GDateTime) now = g_date_time_new_utc(2024, 2, 29, 12, 0, 0);

    for (int loose = 0; loose < 2; loose++) {
        g_autoptr(RecallQuery) query = recall_query_parse(query_text, query_length, now, loose);
        int reading = RECALL_READING_LITERAL;

        g_assert_cmpuint(query->terms->len, <=, RECALL_QUERY_N_TERMS_MAX);
        for (; reading >= 0; reading = recall_query_next_reading(query, reading)) {
            g_autofree char *fts = recall_fts_expression_make(query, reading);
            g_autoptr(RecallNeeds) needs = recall_needs_new(query, reading);

            g_assert_true(fts == NULL || g_utf8_validate(fts, -1, NULL));
            check_text(query, reading, text, length);
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t query_length = end != NULL ? (size_t)(end - data) : size;
    const char *query = (const char *)data;
    g_autofree char *text =
        end != NULL ? g_utf8_make_valid((const char *)end + 1, (gssize)(size - query_length - 1))
                    : g_strdup("");
    g_autofree char *cursor_text = g_strndup(query, query_length);
    RecallCursor cursor = {0};

    check_query(query, query_length, text, strlen(text));
    if (recall_cursor_from_text(cursor_text, &cursor, NULL))
        g_assert_cmpuint(cursor.attempt, <=, RECALL_CURSOR_ATTEMPT_MAX);
    return 0;
}
