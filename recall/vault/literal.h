/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stddef.h>

/* Text as it is compared where tokens do not say all: symbols count, case and width do not, any
 * white space is one space, all forms of a quote or a dash are one. */

/* @is_quoted: else stars and the punctuation of a sentence at its ends are left out
 * Returns: (transfer full) (nullable): NULL when only letters, digits and spaces remain, so that
 *   the tokens say all */
char *recall_literal_make(const char *text, size_t length_bytes, gboolean is_quoted);

/* A text, folded once for any number of searches. */
typedef struct RecallLiteralText RecallLiteralText;

RecallLiteralText *recall_literal_text_new(const char *text, size_t length_bytes);
void recall_literal_text_free(RecallLiteralText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallLiteralText, recall_literal_text_free)

/**
 * recall_literal_text_find:
 * @literal: of recall_literal_make(); an end of it that is a letter or digit is the end of a word
 *   in the text, but for the last one when @is_prefix
 * @position: (inout): where to go on, 0 at first
 * @out_start_bytes, @out_end_bytes: (out) (optional): within the text as it was given
 */
gboolean recall_literal_text_find(const RecallLiteralText *self,
                                  const char *literal,
                                  gboolean is_prefix,
                                  size_t *position,
                                  size_t *out_start_bytes,
                                  size_t *out_end_bytes);
