/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/grid.h"

/* A terminal's line, set anew as the engine reads it best: only the words that are to be read, far
 * enough apart that it joins no two of them, long ones in pieces of which it leaves no letter out.
 * Pure. */

typedef struct {
    ReaderCrop *crop;
    GArray *pieces; /* from left to right */
    ReaderGrid grid;
    int x;     /* where in the line its first cell begins */
    int width; /* of the line */
} ReaderSetting;

/* @tokens: of ReaderToken, not empty */
ReaderSetting *
reader_setting_new(const ReaderCrop *line, const ReaderCells *cells, const GArray *tokens);
void reader_setting_free(ReaderSetting *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderSetting, reader_setting_free)

/* @words: of ReaderWord, as read of the crop
 * Returns: (transfer full): of ReaderWord in the line's pixels; each fills its cells, and none
 *   reaches over an empty one */
GArray *reader_setting_take(const ReaderSetting *self, const GArray *words);
