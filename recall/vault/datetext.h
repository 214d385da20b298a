/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/dates.h"

/* The text of a time as it is read, word by word. Functions that read or accept something skip
 * spaces before it, and leave the place and their outputs alone when it is not there. */

#define RECALL_MINUTE_S INT64_C(60)
#define RECALL_HOUR_S (60 * RECALL_MINUTE_S)
#define RECALL_DAY_S (24 * RECALL_HOUR_S)

/* The characters, folded, and the person's now. Civil seconds and days count from 1970-01-01 00:00
 * as the clock on the wall shows it, and become instants only at the end. */
typedef struct {
    gunichar chars[RECALL_DATES_N_CHARS_MAX];
    size_t ends[RECALL_DATES_N_CHARS_MAX]; /* byte after each */
    unsigned n_chars;
    unsigned at;
    GTimeZone *zone; /* borrowed from now */
    int64_t now_us;
    int64_t now_s;
    int64_t today;
    gboolean may_be_later; /* a time of day without a day is today's, though it has not begun */
} RecallDatetext;

/* @self: all zero */
void
recall_datetext_init(RecallDatetext *self, const char *text, size_t length_bytes, GDateTime *now);

/* 0 beyond the end */
gunichar recall_datetext_get(const RecallDatetext *self, unsigned index);
gboolean recall_datetext_is_latin(gunichar ch);

/* One that ends in a letter or digit must end there. */
gboolean recall_datetext_accept(RecallDatetext *self, const char *word);

/* @words: ends with NULL. Returns: the index of the first one that stands here, or -1 */
int recall_datetext_accept_any(RecallDatetext *self, const char *const *words);

/* `-`, `to`, `到` and the like */
gboolean recall_datetext_accept_connector(RecallDatetext *self);

gboolean recall_datetext_read_digits(RecallDatetext *self,
                                     unsigned n_digits_max,
                                     int *out,
                                     unsigned *out_n_digits);
/* Digits or a Chinese number */
gboolean recall_datetext_read_number(RecallDatetext *self, unsigned n_digits_max, int *out);
/* How many: also `a`, `three` */
gboolean recall_datetext_read_count(RecallDatetext *self, int *out);
