/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* A set that may say yes where it should say no, about once in a hundred times, and never the other
 * way round. It is cut into blocks, so that a question reads one block from the disk. Pure. */

#define RECALL_BLOOM_BLOCK_BYTES 960
#define RECALL_BLOOM_BITS_PER_KEY 10
#define RECALL_BLOOM_N_BLOCKS_MAX 16384

typedef struct RecallBloom RecallBloom;

/* @n_keys: how many are expected */
RecallBloom *recall_bloom_new(size_t n_keys);
void recall_bloom_free(RecallBloom *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallBloom, recall_bloom_free)

void recall_bloom_add(RecallBloom *self, uint64_t hash);
unsigned recall_bloom_get_n_blocks(const RecallBloom *self);
/* Returns: (transfer none): RECALL_BLOOM_BLOCK_BYTES */
const uint8_t *recall_bloom_get_block(const RecallBloom *self, unsigned index);

/* Which of @n_blocks knows about @hash, and what it says; a block of another size says yes. */
unsigned recall_bloom_find_block(uint64_t hash, unsigned n_blocks);
gboolean recall_bloom_block_has(const uint8_t *block, size_t length_bytes, uint64_t hash);

/* Of a term, or of two words side by side. */
uint64_t recall_bloom_hash(const char *text, size_t length_bytes);
