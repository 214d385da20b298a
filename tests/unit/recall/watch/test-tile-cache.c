/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/tile-cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
put(RecallTileCache *cache, const char *name, size_t n_bytes)
{
    g_autoptr(GBytes) digest = g_bytes_new(name, 1);
    g_autofree char *data = g_malloc0(n_bytes + 1);
    g_autoptr(GBytes) webp = n_bytes > 0 ? g_bytes_new(data, n_bytes) : NULL;

    recall_tile_cache_put(cache, digest, webp);
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
    g_autoptr(RecallTileCache) cache = recall_tile_cache_new(3, 0);

    put(cache, "a", 0);
    put(cache, "b", 0);
    put(cache, "c", 0);
    assert_true(has(cache, "a"));
    put(cache, "a", 0); /* now b is the oldest */
    put(cache, "d", 0);
    assert_true(has(cache, "a"));
    assert_false(has(cache, "b"));
    assert_true(has(cache, "d"));
}

static void
test_bytes(void **state)
{
    g_autoptr(RecallTileCache) cache = recall_tile_cache_new(100, 10);
    g_autoptr(GBytes) digest = g_bytes_new("b", 1);

    put(cache, "a", 5);
    put(cache, "b", 5);
    assert_true(has(cache, "a"));
    assert_int_equal(g_bytes_get_size(recall_tile_cache_get(cache, digest)), 5);
    put(cache, "c", 1);
    assert_false(has(cache, "a"));
    put(cache, "c", 5); /* replaced, not added */
    assert_true(has(cache, "b"));
    put(cache, "d", 11);
    assert_false(has(cache, "d"));
    assert_true(has(cache, "b"));
    put(cache, "e", 10);
    assert_false(has(cache, "b"));
    assert_true(has(cache, "e"));
}

static void
test_remove_and_clear(void **state)
{
    g_autoptr(RecallTileCache) cache = recall_tile_cache_new(100, 10);
    g_autoptr(GBytes) digest = g_bytes_new("a", 1);

    put(cache, "a", 10);
    recall_tile_cache_remove(cache, digest);
    recall_tile_cache_remove(cache, digest);
    assert_null(recall_tile_cache_get(cache, digest));
    put(cache, "b", 10);
    put(cache, "c", 0);
    recall_tile_cache_clear(cache);
    assert_false(has(cache, "b"));
    put(cache, "d", 10);
    put(cache, "e", 0);
    assert_true(has(cache, "d"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_remove_and_clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
