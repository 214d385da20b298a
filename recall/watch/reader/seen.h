/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/spread.h"

/* What was found out about lines, by their pixels as they are on the screen: most lines of a page
 * were looked at a moment ago. Holds no text. One thread. */

#define READER_SEEN_N_LINES_MAX 4096 /* then all are forgotten */

typedef struct {
    ReaderDigest digest; /* of the levelled line */
    ReaderGaps gaps;
} ReaderFacts;

typedef struct ReaderSeen ReaderSeen;

ReaderSeen *reader_seen_new(void);
void reader_seen_free(ReaderSeen *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderSeen, reader_seen_free)

/* @pixels: digest of the line as it was cut
 * Returns: (transfer none) (nullable): valid until the next call */
const ReaderFacts *reader_seen_get(const ReaderSeen *self, const ReaderDigest *pixels);

/* @pixels: of a line that has no facts yet */
void reader_seen_put(ReaderSeen *self, const ReaderDigest *pixels, const ReaderFacts *facts);

void reader_seen_forget(ReaderSeen *self);

unsigned reader_seen_n_lines(const ReaderSeen *self);
