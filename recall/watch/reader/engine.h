/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

#include <gio/gio.h>

/* One recogniser with its language, the only part that knows Tesseract. One thread. */

#define READER_ENGINE_LINE_MAX_MS 2000 /* a line that takes longer is given up */

typedef struct ReaderEngine ReaderEngine;

/* @data_path: folder of the language data, or NULL for the system's
 * @language: as Tesseract names it, "eng", or several: "eng+deu"
 * @error: G_IO_ERROR_NOT_FOUND, saying what to install. Opens files; reading opens none */
ReaderEngine *reader_engine_new(const char *data_path, const char *language, GError **error);
void reader_engine_free(ReaderEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderEngine, reader_engine_free)

/**
 * reader_engine_read:
 * @line: one line, dark on light, with a margin
 *
 * Blocks for about 0.5 ms a letter, 2 ms a Chinese character.
 *
 * Returns: (transfer full): of ReaderWord in @line's pixels, from left to right; NULL when it took
 *   longer than READER_ENGINE_LINE_MAX_MS
 */
GArray *reader_engine_read(ReaderEngine *self, const ReaderCrop *line);
