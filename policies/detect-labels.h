/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-pattern.h"

/* What a password's label looks like, and where its value stands. Used by policies/detect-words.c
 * only. */

/* Offsets into the text that was looked at. */
typedef struct {
    size_t start;
    size_t end;
    size_t value_start; /* where its value is, if that stands behind it */
    size_t value_end;
    gboolean is_head;   /* a bare word, without a colon */
    gboolean is_digits; /* so is its value, whole */
    gboolean is_words;  /* so is its value */
} PolicyDetectLabel;

/* @text: ends with a NUL at @length
 *
 * Returns: where from @at on a label may begin, else @length */
size_t policy_detect_label_find(const char *text, size_t at, size_t length);

/* Returns: (transfer full): for the functions below */
pcre2_match_data *policy_detect_label_create_data(void);

/**
 * policy_detect_label_match:
 * @at: where the label begins
 * @out: set on success only
 *
 * Returns: whether there is one
 */
gboolean policy_detect_label_match(const char *text,
                                   size_t length,
                                   size_t at,
                                   pcre2_match_data *data,
                                   PolicyDetectLabel *out);

/* Whether @value may be one at all. */
gboolean policy_detect_label_may_have(const char *value, size_t length, pcre2_match_data *data);
