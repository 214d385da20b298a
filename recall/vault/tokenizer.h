/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stddef.h>

/* Cuts text into the tokens that are indexed and searched. Pure, and the same bytes always give the
 * same tokens: an index that was filled by other rules is damaged by its next delete.
 *
 * Words (letters, digits, private use, with their marks) are folded as SQLite's unicode61 does:
 * case goes, and so do accents on Latin letters; on Greek ones, too. Each Chinese, Japanese or
 * Korean character is a token of its own, so any substring is found as a phrase; so is each emoji.
 * Full-width and half-width forms, ligatures and mathematical letters count as the plain ones, and
 * a letter with a loose accent as the composed one. Hebrew and Arabic words are the same with and
 * without points (niqqud, harakat, hamza, tatweel), Hindi ones with and without nukta. All else
 * separates.
 *
 * In the index each single character also stands together with the next one, at the same place, and
 * a phrase of a query asks for the pairs: two characters that are frequent alone are rare side by
 * side, so "any substring" costs what a word costs. */

/* A longer token is cut here, in the index as in the query. */
#define RECALL_TOKEN_MAX_BYTES 128

typedef struct {
    size_t start_bytes; /* within the text as it was given */
    size_t end_bytes;
    size_t length_bytes;
    gboolean is_single;                /* a Chinese, Japanese or Korean character, or an emoji */
    char text[RECALL_TOKEN_MAX_BYTES]; /* folded, not terminated */
} RecallToken;

/**
 * recall_tokenizer_next:
 * @text: not terminated; bytes that are not UTF-8 separate
 * @position: (inout): byte to go on from, 0 at first
 * @out_token: set when TRUE is returned
 *
 * Returns: FALSE at the end of the text
 */
gboolean recall_tokenizer_next(const char *text,
                               size_t length_bytes,
                               size_t *position,
                               RecallToken *out_token) G_GNUC_WARN_UNUSED_RESULT;

/* The same by the rules of indexes up to schema 2, to which points make another word. */
gboolean recall_tokenizer_next_pointed(const char *text,
                                       size_t length_bytes,
                                       size_t *position,
                                       RecallToken *out_token) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE when @ch is a token alone: Chinese, Japanese, Korean, emoji. */
gboolean recall_tokenizer_is_single(gunichar ch);

/* Folds one character as the tokenizer does, but keeps symbols: for comparing text literally.
 * @out: at least RECALL_TOKENIZER_FOLD_N_MAX; Returns: how many were set, 0 when @ch is ignored */
#define RECALL_TOKENIZER_FOLD_N_MAX 4
unsigned recall_tokenizer_fold(gunichar ch, gunichar *out);

/* Decodes the character at @text; G_MAXUINT32 and one byte where it is not UTF-8.
 * Returns: its length in bytes, 1 to 4. @length_bytes: at least 1 */
unsigned recall_tokenizer_decode(const char *text, size_t length_bytes, gunichar *out_ch);

/* Makes the FTS5 tokenizer "deskhand" known to @db ("deskhand bare" cuts as recall_tokenizer_next()
 * does, "deskhand" alone as recall_tokenizer_next_pointed()); call it before the first table that
 * uses it is opened. @error: G_IO_ERROR_NOT_SUPPORTED when SQLite has no FTS5; else
 * G_IO_ERROR_FAILED */
gboolean recall_tokenizer_register(sqlite3 *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
