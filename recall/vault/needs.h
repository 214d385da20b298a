/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/query.h"
#include "recall/vault/tokenizer.h"

/* What a scene must have to match a query, as far as recall/vault/sieve.h can tell. Pure. */
typedef struct {
    GArray *terms; /* of uint64_t: hashes of terms of the index, pairs of characters among them */
    GArray *runs;  /* of uint64_t: hashes of two or three tokens that must stand side by side */
} RecallNeeds;

/* Returns: (transfer full) */
RecallNeeds *recall_needs_new(const RecallQuery *query, RecallReading reading);
void recall_needs_free(RecallNeeds *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallNeeds, recall_needs_free)

/* Tokens that follow each other in a text, as they go by. */
#define RECALL_RUN_N_TOKENS 3

typedef struct {
    RecallToken tokens[RECALL_RUN_N_TOKENS]; /* the last of them */
    unsigned n_tokens;                       /* so far */
} RecallRun;

/* Adds the hashes of the runs that end with @token. Two single characters side by side are a term
 * of the index already and no run. @out: of uint64_t */
void recall_run_take(RecallRun *self, const RecallToken *token, GArray *out);
