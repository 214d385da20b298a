/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/bloom.h"

#include <xxhash.h>

#define N_BITS_IN_BLOCK (RECALL_BLOOM_BLOCK_BYTES * 8)
#define N_BITS_OF_KEY 6

struct RecallBloom {
    unsigned n_blocks;
    uint8_t *bits;
};

RecallBloom *
recall_bloom_new(size_t n_keys)
{
    RecallBloom *self = g_new0(RecallBloom, 1);
    size_t n_blocks = n_keys * RECALL_BLOOM_BITS_PER_KEY / N_BITS_IN_BLOCK + 1;

    self->n_blocks = MIN(n_blocks, RECALL_BLOOM_N_BLOCKS_MAX);
    self->bits = g_malloc0((size_t)self->n_blocks * RECALL_BLOOM_BLOCK_BYTES);
    return self;
}

void
recall_bloom_free(RecallBloom *self)
{
    if (self == NULL)
        return;
    g_free(self->bits);
    g_free(self);
}

/* The high half of the hash chooses the block, the low half the bits. */
unsigned
recall_bloom_find_block(uint64_t hash, unsigned n_blocks)
{
    return (hash >> 32) * n_blocks >> 32;
}

static unsigned
find_bit(uint64_t hash, unsigned n)
{
    uint32_t low = (uint32_t)hash;
    uint32_t stride = (uint32_t)(low * 0x9e3779b1U) | 1;

    return (uint64_t)(uint32_t)(low + n * stride) * N_BITS_IN_BLOCK >> 32;
}

void
recall_bloom_add(RecallBloom *self, uint64_t hash)
{
    size_t block = recall_bloom_find_block(hash, self->n_blocks);

    for (unsigned i = 0; i < N_BITS_OF_KEY; i++) {
        unsigned bit = find_bit(hash, i);

        self->bits[block * RECALL_BLOOM_BLOCK_BYTES + bit / 8] |= 1 << bit % 8;
    }
}

gboolean
recall_bloom_block_has(const uint8_t *block, size_t length_bytes, uint64_t hash)
{
    if (length_bytes != RECALL_BLOOM_BLOCK_BYTES)
        return TRUE;
    for (unsigned i = 0; i < N_BITS_OF_KEY; i++) {
        unsigned bit = find_bit(hash, i);

        if ((block[bit / 8] & 1 << bit % 8) == 0)
            return FALSE;
    }
    return TRUE;
}

unsigned
recall_bloom_get_n_blocks(const RecallBloom *self)
{
    return self->n_blocks;
}

const uint8_t *
recall_bloom_get_block(const RecallBloom *self, unsigned index)
{
    return self->bits + (size_t)index * RECALL_BLOOM_BLOCK_BYTES;
}

uint64_t
recall_bloom_hash(const char *text, size_t length_bytes)
{
    return XXH3_64bits(text, length_bytes);
}
