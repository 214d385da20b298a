/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* Whatever a person types, and whatever a scene's text is: the first byte says how long the query
 * is, the rest is the text that it is looked for in. Built with -fsanitize=fuzzer it is fuzzed;
 * else it runs the files that are named, or random bytes. */

#include "recall/vault/cursor.h"
#include "recall/vault/needs.h"
#include "recall/vault/snippet.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
            g_autofree char *fts = recall_query_to_fts(query, reading);
            g_autoptr(RecallNeeds) needs = recall_needs_new(query, reading);

            g_assert_true(fts == NULL || g_utf8_validate(fts, -1, NULL));
            check_text(query, reading, text, length);
        }
    }
}

static void
check_dates(const char *text, size_t length)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_offset(3600);
    g_autoptr(GDateTime) now = g_date_time_new(zone, 2024, 2, 29, 12, 0, 0);

    for (int context = RECALL_DATES_PLAIN; context <= RECALL_DATES_VALUE; context++) {
        RecallTimeRange range = {0};
        size_t n = recall_dates_match(text, length, context, now, &range);

        g_assert_cmpuint(n, <=, length);
        g_assert_true(n == 0 || range.since_us < range.until_us);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t query_length = size > 0 ? MIN(data[0], size - 1) : 0;
    const char *query = (const char *)data + (size > 0);
    g_autofree char *text =
        g_utf8_make_valid(query + query_length, size - query_length - (size > 0));
    g_autofree char *cursor_text = g_strndup(query, query_length);
    RecallCursor cursor = {0};

    check_query(query, query_length, text, strlen(text));
    check_dates(query, query_length);
    if (recall_cursor_from_text(cursor_text, &cursor, NULL))
        g_assert_cmpuint(cursor.attempt, <=, RECALL_CURSOR_ATTEMPT_MAX);
    return 0;
}

#ifndef DESKHAND_FUZZING
#define N_RANDOM 3000

static void
run_random(void)
{
    static const char *const pieces[] = {"昨天", "\"",    "app:",   "-",         " ",   "C++",
                                         "电脑", "last ", "week",   "a.b",       "*",   "：",
                                         "\xff", "的",    "3 ",     "ago",       "on:", "zoom.us",
                                         "é",    "👍",     "\u200d", "2025-01-01"};
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);

    for (unsigned i = 0; i < N_RANDOM; i++) {
        g_autoptr(GString) input = g_string_new(NULL);

        g_string_append_c(input, (char)g_rand_int_range(rand, 1, 120));
        for (int n = g_rand_int_range(rand, 0, 60); n > 0; n--) {
            if (g_rand_boolean(rand))
                g_string_append(input, pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))]);
            else
                g_string_append_c(input, (char)g_rand_int(rand));
        }
        LLVMFuzzerTestOneInput((const uint8_t *)input->str, input->len);
    }
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        g_autofree char *data = NULL;
        size_t size = 0;

        if (!g_file_get_contents(argv[i], &data, &size, NULL)) {
            fprintf(stderr, "Cannot read %s\n", argv[i]);
            return EXIT_FAILURE;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)data, size);
    }
    if (argc == 1)
        run_random();
    return EXIT_SUCCESS;
}
#endif
