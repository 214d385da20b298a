/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Rows of digits as they were shown: in groups, over runs, cells and lines, in boxes of one digit
 * each, misread by OCR. What number they make is for others to tell. Used by the detectors only. */

/* What stands before a digit. */
typedef enum {
    POLICY_GAP_NONE,
    POLICY_GAP_SPACE,
    POLICY_GAP_DASH,
    POLICY_GAP_DOT,
    POLICY_GAP_OPEN, /* another run, tight or wrapped: nothing or a separator */
    POLICY_GAP_NEAR, /* another run, with a gap */
    POLICY_GAP_FAR,  /* another cell or line */
} PolicyGap;

typedef struct {
    uint32_t offset;
    uint8_t length_bytes;
    uint8_t value; /* 10 for the X that ends an identity number */
    uint8_t gap;
} PolicyDigit;

/* A row of digits with at most a separator between two. */
typedef struct {
    PolicyDetectText *text;
    GArray *digits; /* of PolicyDigit */
} PolicyDigits;

void policy_digits_init(PolicyDigits *self, PolicyDetectText *text);
void policy_digits_clear(PolicyDigits *self);

/* Whether a digit stands at @at, an ASCII or a full-width one. */
gboolean policy_digits_is_one(const char *at);

/* Takes the row that begins at @offset of the text, an X at its end as its last digit.
 * Returns: where it ends */
size_t policy_digits_collect(PolicyDigits *self, size_t offset);

const PolicyDigit *policy_digits_get(const PolicyDigits *self, unsigned i);
void policy_digits_get_values(const PolicyDigits *self, unsigned first, unsigned n, uint8_t *out);

/* Whether a number may begin at @offset: not within a word, nor behind one and a dash. */
gboolean policy_digits_may_begin(const PolicyDetectText *text, size_t offset);

/* In what follows, of the @n digits from @first on. */

/* Whether a number may begin with the first and end with the last. */
gboolean policy_digits_is_bounded(const PolicyDigits *self, unsigned first, unsigned n);

/* Whether they stand in several cells or lines; and no row of a table does so, nor another number
 * beside them. */
gboolean policy_digits_are_spread(const PolicyDigits *self, unsigned first, unsigned n);
gboolean policy_digits_stand_alone(const PolicyDigits *self, unsigned first, unsigned n);

/* Whether the gaps between them are those of @grouping: bit i for one before digit i.
 * @out_n_gaps: separators that a person wrote */
gboolean policy_digits_fit(const PolicyDigits *self,
                           unsigned first,
                           unsigned n,
                           uint32_t grouping,
                           unsigned *out_n_gaps);

/* One or two in each run, and no others beside them: boxes of an entry, a turned line. */
gboolean policy_digits_stand_in_boxes(const PolicyDigits *self, unsigned first, unsigned n);

/* Notes them as a secret. */
void policy_digits_add(PolicyDigits *self, unsigned first, unsigned n, PolicySecretKind kind);
