/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/reader.h"
#include "recall/watch/text-ocr.h"

/* One running deskhand-reader and the memory that it reads from. Main thread. */

/* --- the memory: outlives the processes that read from it --- */

typedef struct {
    int fd;
    uint8_t *pixels; /* PROTOCOL_READER_MEMORY_BYTES, of which only what is used takes memory */
} RecallOcrMemory;

/* Only this process can write to it, and it cannot shrink under the reader. */
gboolean recall_ocr_memory_init(RecallOcrMemory *self, GError **error);
void recall_ocr_memory_clear(RecallOcrMemory *self);

/* Gives back what lies beyond the first @keep_bytes; it reads as zeros from then on. */
void recall_ocr_memory_trim(RecallOcrMemory *self, size_t keep_bytes);

/* --- the process --- */

typedef struct RecallOcrProcess RecallOcrProcess;

typedef struct {
    /* @answer: HELLO, LINE, UNREAD or DONE; borrowed for the call */
    void (*on_answer)(const ProtocolReaderAnswer *answer, void *user_data);
    /* It died, or said what makes no sense and was killed. Called once. */
    void (*on_gone)(const GError *error, void *user_data);
} RecallOcrProcessEvents;

/* @error: G_IO_ERROR_NOT_FOUND when the program is not there */
RecallOcrProcess *recall_ocr_process_new(const RecallOcrOptions *options,
                                         const RecallOcrMemory *memory,
                                         const RecallOcrProcessEvents *events,
                                         void *user_data,
                                         GError **error);

/* Kills it; no event is called any more. May be called from an event. */
void recall_ocr_process_free(RecallOcrProcess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallOcrProcess, recall_ocr_process_free)

/* @request: NULL: forget everything. Returns: FALSE when it cannot be told: free it */
gboolean recall_ocr_process_send(RecallOcrProcess *self, const ProtocolReaderRequest *request);

GPid recall_ocr_process_pid(const RecallOcrProcess *self);
