/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/cache.h"

#include "recall/watch/reader/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
put(ReaderCache *cache, unsigned n, const char *text)
{
    ReaderDigest digest = {n, n * 7};
    GArray *words = reader_words_new();
    BaseRect box = {0, 0, 1, 1};

    reader_words_add(words, g_strdup(text), &box, 90);
    reader_cache_put(cache, &digest, words);
}

static const char *
get(ReaderCache *cache, unsigned n)
{
    ReaderDigest digest = {n, n * 7};
    GArray *words = reader_cache_get(cache, &digest);

    return words != NULL ? g_array_index(words, ReaderWord, 0).text : NULL;
}

static void
test_gives_back(void **state)
{
    g_autoptr(ReaderCache) cache = reader_cache_new();
    ReaderDigest other = {1, 8};

    put(cache, 1, "one");
    put(cache, 2, "two");
    put(cache, 1, "uno");
    assert_string_equal(get(cache, 1), "uno");
    assert_string_equal(get(cache, 2), "two");
    assert_null(get(cache, 3));
    assert_null(reader_cache_get(cache, &other));
    assert_int_equal(reader_cache_n_lines(cache), 2);
    reader_cache_forget(cache);
    assert_null(get(cache, 1));
    assert_int_equal(reader_cache_n_lines(cache), 0);
    assert_int_equal(reader_cache_bytes(cache), 0);
}

static void
test_the_least_used_go_first(void **state)
{
    g_autoptr(ReaderCache) cache = reader_cache_new();

    for (unsigned i = 0; i < READER_CACHE_N_LINES_MAX; i++)
        put(cache, i, "line");
    assert_int_equal(reader_cache_n_lines(cache), READER_CACHE_N_LINES_MAX);
    assert_non_null(get(cache, 0)); /* used: stays */
    put(cache, READER_CACHE_N_LINES_MAX, "line");
    assert_int_equal(reader_cache_n_lines(cache), READER_CACHE_N_LINES_MAX);
    assert_non_null(get(cache, 0));
    assert_null(get(cache, 1));
    assert_non_null(get(cache, 2));
}

static void
test_is_bounded_in_bytes(void **state)
{
    g_autoptr(ReaderCache) cache = reader_cache_new();
    g_autofree char *text = g_strnfill(1024 * 1024, 'x');

    for (unsigned i = 0; i < 40; i++) {
        put(cache, i, text);
        assert_true(reader_cache_bytes(cache) <= READER_CACHE_MAX_BYTES);
    }
    assert_null(get(cache, 0));
    assert_non_null(get(cache, 39));
}

static void
test_notes_since_when(void **state)
{
    g_autoptr(ReaderCache) cache = reader_cache_new();
    ReaderDigest digest = {5, 35};

    assert_int_equal(reader_cache_note(cache, &digest, 1000), 1000);
    assert_int_equal(reader_cache_note(cache, &digest, 2000), 1000);
    assert_null(get(cache, 5));
    put(cache, 5, "read");
    assert_string_equal(get(cache, 5), "read");
    assert_int_equal(reader_cache_n_lines(cache), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gives_back),
        cmocka_unit_test(test_the_least_used_go_first),
        cmocka_unit_test(test_is_bounded_in_bytes),
        cmocka_unit_test(test_notes_since_when),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
