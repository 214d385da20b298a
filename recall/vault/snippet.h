/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"
#include "recall/vault/match.h"

/* What a result shows of a scene's text. Pure. */

#define RECALL_SNIPPET_N_CHARS 160     /* about; cut at the borders of words */
#define RECALL_SNIPPET_N_WORDS_MAX 256 /* boxes of one result */

typedef struct {
    char *text;    /* one line; … where something was left out */
    GArray *marks; /* of RecallHit, within the text of the snippet */
} RecallSnippet;

/* The part of @text with the most different hits; its beginning when there are none.
 * @hits: of RecallHit, as recall_match_find() makes them */
RecallSnippet *recall_snippet_new(const char *text, size_t length_bytes, const GArray *hits);
void recall_snippet_free(RecallSnippet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallSnippet, recall_snippet_free)

/* A hit on the picture. */
typedef struct {
    uint32_t start_bytes; /* within the scene's text */
    uint32_t end_bytes;
    BaseRect box;
} RecallWord;

/* One for each span that a hit touches; of a span that a hit covers in part, its share of the box
 * by characters.
 * @spans: of ProtocolSpan. Returns: (transfer full): of RecallWord */
GArray *recall_snippet_find_words(const char *text, const GArray *spans, const GArray *hits);
