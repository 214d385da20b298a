/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/bloom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define N_KEYS 50000

static uint64_t
hash_of(const char *kind, unsigned i)
{
    g_autofree char *key = g_strdup_printf("%s%u", kind, i);

    return recall_bloom_hash(key, strlen(key));
}

static gboolean
has(const RecallBloom *bloom, uint64_t hash)
{
    unsigned block = recall_bloom_find_block(hash, recall_bloom_get_n_blocks(bloom));

    return recall_bloom_block_has(recall_bloom_get_block(bloom, block), RECALL_BLOOM_BLOCK_BYTES,
                                  hash);
}

static void
test_never_forgets_and_seldom_invents(void **state)
{
    g_autoptr(RecallBloom) bloom = recall_bloom_new(N_KEYS);
    unsigned n_invented = 0;

    for (unsigned i = 0; i < N_KEYS; i++)
        recall_bloom_add(bloom, hash_of("in", i));
    for (unsigned i = 0; i < N_KEYS; i++) {
        assert_true(has(bloom, hash_of("in", i)));
        n_invented += has(bloom, hash_of("out", i));
    }
    assert_in_range(n_invented, 0, N_KEYS / 50);
}

static void
test_sizes(void **state)
{
    g_autoptr(RecallBloom) smallest = recall_bloom_new(0);
    g_autoptr(RecallBloom) largest = recall_bloom_new(SIZE_MAX / 100);
    static const uint8_t short_block[RECALL_BLOOM_BLOCK_BYTES - 1];

    assert_int_equal(recall_bloom_get_n_blocks(smallest), 1);
    assert_false(has(smallest, 1));
    assert_int_equal(recall_bloom_get_n_blocks(largest), RECALL_BLOOM_N_BLOCKS_MAX);
    assert_true(recall_bloom_block_has(short_block, sizeof short_block, 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_never_forgets_and_seldom_invents),
        cmocka_unit_test(test_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
