/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

#include <gio/gio.h>

/* Reads one line with the engine that fits it: one for alphabets, one for Chinese, Japanese or
 * Korean. One thread. */

typedef struct ReaderRecogniser ReaderRecogniser;

/* @languages: "eng+chi_sim"; either kind may be missing, or be several */
ReaderRecogniser *
reader_recogniser_new(const char *data_path, const char *languages, GError **error);
void reader_recogniser_free(ReaderRecogniser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderRecogniser, reader_recogniser_free)

/**
 * reader_recogniser_read:
 * @density: reader_crop_density() of the line that @line is, or is a part of: a few words may be as
 *   dense as Chinese. 0 when there is no ink
 *
 * Returns: (transfer full): of ReaderWord in @line's pixels, joined, with noise; empty when there
 * is nothing to read or it took too long
 */
GArray *reader_recogniser_read(ReaderRecogniser *self, const ReaderCrop *line, double density);
