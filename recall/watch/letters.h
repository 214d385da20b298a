/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* How alike two readings of a text are, by their letters and digits, folded: what OCR takes for
 * another is often the same letter in the other case. Pure. */

#define RECALL_LETTERS_N_MAX 512 /* of one text; the rest tells no more */

/* @letters: room for RECALL_LETTERS_N_MAX. Returns: how many there are */
unsigned recall_letters_fold(const char *text, gunichar *letters);

/* Returns: the length of the longest common subsequence of both, at most RECALL_LETTERS_N_MAX each
 */
unsigned
recall_letters_count_common(const gunichar *a, unsigned n_a, const gunichar *b, unsigned n_b);
