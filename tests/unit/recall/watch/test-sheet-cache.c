/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/sheet-cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* @names: a tile for each letter */
static ProtocolSheet *
put(RecallSheetCache *cache, const char *names, size_t n_bytes)
{
    GPtrArray *digests = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    ProtocolSheet *sheet;

    for (; *names != '\0'; names++)
        g_ptr_array_add(digests, g_bytes_new(names, 1));
    sheet = protocol_sheet_new(digests, g_bytes_new_take(g_malloc0(n_bytes), n_bytes));
    recall_sheet_cache_put(cache, sheet);
    return sheet;
}

static ProtocolSheet *
find(const RecallSheetCache *cache, const char *name)
{
    g_autoptr(GBytes) digest = g_bytes_new(name, 1);

    return recall_sheet_cache_find(cache, digest);
}

static void
test_bytes(void **state)
{
    g_autoptr(RecallSheetCache) cache = recall_sheet_cache_new(10);
    g_autoptr(ProtocolSheet) first = put(cache, "ab", 5);
    g_autoptr(ProtocolSheet) second = put(cache, "c", 5);
    g_autoptr(ProtocolSheet) third = NULL;
    g_autoptr(ProtocolSheet) large = NULL;

    assert_ptr_equal(find(cache, "a"), first);
    assert_ptr_equal(find(cache, "b"), first);
    recall_sheet_cache_put(cache, first); /* it is there */
    assert_ptr_equal(find(cache, "c"), second);
    third = put(cache, "d", 1);
    assert_null(find(cache, "a"));
    assert_null(find(cache, "b"));
    assert_ptr_equal(find(cache, "c"), second);
    large = put(cache, "e", 11);
    assert_null(find(cache, "e"));
    assert_ptr_equal(find(cache, "d"), third);
}

/* Two sheets have the same tile: when the older one goes, the other is found. */
static void
test_newest_is_found(void **state)
{
    g_autoptr(RecallSheetCache) cache = recall_sheet_cache_new(10);
    g_autoptr(ProtocolSheet) first = put(cache, "ab", 4);
    g_autoptr(ProtocolSheet) second = put(cache, "bc", 4);
    g_autoptr(ProtocolSheet) third = put(cache, "d", 4);

    assert_null(find(cache, "a"));
    assert_ptr_equal(find(cache, "b"), second);
    recall_sheet_cache_clear(cache);
    assert_null(find(cache, "b"));
    assert_null(find(cache, "d"));
    recall_sheet_cache_put(cache, first);
    assert_ptr_equal(find(cache, "b"), first);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_newest_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
