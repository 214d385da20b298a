/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/reader.h"
#include "recall/watch/text.h"

/* Text from pixels: the client of deskhand-reader, which it starts, watches, kills when it is
 * over its deadline, and starts again (the request is then tried once more). Main thread. */

#define RECALL_OCR_N_REQUESTS_MAX 32        /* that wait */
#define RECALL_OCR_PIXELS_MAX (8192 * 4096) /* of one request */
#define RECALL_OCR_REQUEST_DEADLINE_MS 8000
#define RECALL_OCR_SIDE_MAX_PX 16384                  /* of one request */
#define RECALL_OCR_QUEUE_MAX_BYTES (96 * 1024 * 1024) /* pixels of requests that wait */
#define RECALL_OCR_N_TRIES 2
#define RECALL_OCR_N_DEATHS_MAX 6 /* in a row; then no reader is started for a while: */
#define RECALL_OCR_BROKEN_S 30

typedef struct RecallOcr RecallOcr;

typedef struct {
    const char *reader_path; /* the program */
    const char *languages;   /* "eng+chi_sim": the first for lines in an alphabet, the second CJK */
    const char *data_path;   /* of the language data, or NULL for the system's */
} RecallOcrOptions;

/* Starts the reader at the first request only. */
RecallOcr *recall_ocr_new(const RecallOcrOptions *options);
void recall_ocr_free(RecallOcr *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallOcr, recall_ocr_free)

typedef struct {
    const uint8_t *pixels; /* B G R X; copied before the call returns */
    size_t stride;         /* bytes */
    BaseRect rect;         /* what @pixels shows, in window pixels; boxes of the answer are too */
    const pixman_region32_t *wanted;  /* (nullable) window pixels: only lines that touch it are
                                       * read; the others are left out of the answer */
    const pixman_region32_t *ignored; /* (nullable) window pixels that hold nothing to read */
    BaseRect whole; /* what of the window can be asked for at all, in window pixels; where @rect
                     * reaches its edge no line is cut. Empty: not known */
    ProtocolReaderWords words;
    int priority; /* higher goes first; equal ones in order */
} RecallOcrRequest;

/* Errors: G_IO_ERROR_BUSY (too many wait), G_IO_ERROR_TIMED_OUT and G_IO_ERROR_FAILED (the reader
 * died twice on it), G_IO_ERROR_INVALID_ARGUMENT (too large), G_IO_ERROR_NOT_FOUND (no reader or
 * no language data; the sentence says what to install). A line that the reader's time budget did
 * not allow is reported in @out_unread. A cancelled request answers when its turn has passed. */
void recall_ocr_read_async(RecallOcr *self,
                           const RecallOcrRequest *request,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           void *user_data);

/* @self: may be NULL
 * @out_unread: (optional): initialised by the caller; window pixels of lines still to be read
 * Returns: (transfer full): RecallRuns of source OCR, one per line; a line of which a part lies
 *   outside the request's rect (it touches an edge of it) is left out, unless it is the only one.
 *   From top to bottom */
GPtrArray *recall_ocr_read_finish(RecallOcr *self,
                                  GAsyncResult *result,
                                  pixman_region32_t *out_unread,
                                  GError **error);

/* Drops every line that the reader keeps, and the pixels it was given: on a pause, or when history
 * is forgotten. */
void recall_ocr_forget(RecallOcr *self);

/* The process, for tests and the doctor: 0 when it is not running. */
GPid recall_ocr_reader_pid(const RecallOcr *self);
