/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/tile-cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
put(RecallTileCache *cache, const char *name)
{
    g_autoptr(GBytes) digest = g_bytes_new(name, 1);

    recall_tile_cache_put(cache, digest);
}

static gboolean
has(RecallTileCache *cache, const char *name)
{
    g_autoptr(GBytes) digest = g_bytes_new(name, 1);

    return recall_tile_cache_has(cache, digest);
}

static void
test_number(void **state)
{
    g_autoptr(RecallTileCache) cache = recall_tile_cache_new(3);

    put(cache, "a");
    put(cache, "b");
    put(cache, "c");
    assert_true(has(cache, "a"));
    put(cache, "a"); /* now b is the oldest */
    put(cache, "d");
    assert_true(has(cache, "a"));
    assert_false(has(cache, "b"));
    assert_true(has(cache, "d"));
}

static void
test_remove_and_clear(void **state)
{
    g_autoptr(RecallTileCache) cache = recall_tile_cache_new(2);
    g_autoptr(GBytes) digest = g_bytes_new("a", 1);

    put(cache, "a");
    recall_tile_cache_remove(cache, digest);
    recall_tile_cache_remove(cache, digest);
    assert_false(has(cache, "a"));
    put(cache, "b");
    put(cache, "c");
    recall_tile_cache_clear(cache);
    assert_false(has(cache, "b"));
    put(cache, "d");
    put(cache, "e");
    assert_true(has(cache, "d"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_remove_and_clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
