/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
put(ReaderSeen *seen, unsigned n)
{
    ReaderDigest pixels = {n, n * 7};
    ReaderFacts facts = {{n + 1, n + 2}, {n, n / 2}};

    reader_seen_put(seen, &pixels, &facts);
}

static const ReaderFacts *
get(const ReaderSeen *seen, unsigned n)
{
    ReaderDigest pixels = {n, n * 7};

    return reader_seen_get(seen, &pixels);
}

static void
test_gives_back(void **state)
{
    g_autoptr(ReaderSeen) seen = reader_seen_new();
    ReaderDigest other = {1, 8};

    put(seen, 1);
    put(seen, 9);
    assert_int_equal(get(seen, 9)->digest.high, 10);
    assert_int_equal(get(seen, 9)->digest.low, 11);
    assert_int_equal(get(seen, 9)->gaps.n, 9);
    assert_int_equal(get(seen, 9)->gaps.n_wide, 4);
    assert_int_equal(get(seen, 1)->digest.high, 2);
    assert_null(get(seen, 2));
    assert_null(reader_seen_get(seen, &other));
    reader_seen_forget(seen);
    assert_null(get(seen, 1));
    assert_int_equal(reader_seen_n_lines(seen), 0);
}

static void
test_holds_so_many(void **state)
{
    g_autoptr(ReaderSeen) seen = reader_seen_new();

    for (unsigned i = 0; i < READER_SEEN_N_LINES_MAX; i++)
        put(seen, i);
    assert_int_equal(reader_seen_n_lines(seen), READER_SEEN_N_LINES_MAX);
    assert_non_null(get(seen, 0));
    put(seen, READER_SEEN_N_LINES_MAX);
    assert_int_equal(reader_seen_n_lines(seen), 1);
    assert_non_null(get(seen, READER_SEEN_N_LINES_MAX));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gives_back),
        cmocka_unit_test(test_holds_so_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
