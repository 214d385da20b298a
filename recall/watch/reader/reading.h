/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/reader.h"
#include "recall/watch/reader/budget.h"

/* From a picture to the words of its lines: what was read before is not read again, what stays is
 * read before what is new, and no more than the budget allows. One thread. */

#define READER_REQUEST_MAX_MS 5500 /* then the other lines are left unread */
#define READER_STABLE_MS 600       /* shown for so long */

typedef struct ReaderReading ReaderReading;

/* @error: G_IO_ERROR_NOT_FOUND: no language data */
ReaderReading *reader_reading_new(const char *data_path, const char *languages, GError **error);
void reader_reading_free(ReaderReading *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderReading, reader_reading_free)

/* @answer: LINE or UNREAD, borrowed for the call */
typedef void (*ReaderAnswerFunc)(const ProtocolReaderAnswer *answer, void *user_data);

/* @pixels: B G R and a ProtocolReaderMark, without padding between the rows
 * @on_answer: called for each line that has words or was left unread, in no order
 * Returns: time of the processor that it took */
int64_t reader_reading_run(ReaderReading *self,
                           const ProtocolReaderRequest *request,
                           const uint8_t *pixels,
                           ReaderAnswerFunc on_answer,
                           void *user_data);

/* Its allowance of time; the tests and the benchmark fill or empty it. */
ReaderBudget *reader_reading_budget(ReaderReading *self);

/* Drops every line that was kept. */
void reader_reading_forget(ReaderReading *self);
