/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/kept-log.h"

/* Copies sealed pages from one file, or its log, to another, sealed with another key and with zeros
 * where no row has anything (recall/vault/sqlite-page.h). */

#define RECALL_PAGE_COPY_RUN_N_MAX 64 /* pages: half of the time went into calls of the system */

typedef struct {
    int from; /* is not written meanwhile */
    int to;
    uint32_t n_in_file; /* pages */
    RecallPageCodec *old;
    RecallPageCodec *new;
    const RecallKeptLog *log; /* (nullable): of what is not in the file */
    GArray *versions;         /* of uint32_t: of each page as it was copied, plus one; 0: not yet */
} RecallPageCopy;

/* Frees the codecs and closes the files. */
void recall_page_copy_clear(RecallPageCopy *self);

/* With those that the log has beyond the file's end, or SQLite left out there because they are
 * free. The numbers below go up to it. */
uint32_t recall_page_copy_count_pages(RecallPageCopy *self);

/* @n: at most RECALL_PAGE_COPY_RUN_N_MAX, all of them in the file. A page that does not open,
 * because it is free, is not copied and is no error. @error: G_IO_ERROR */
gboolean recall_page_copy_run(RecallPageCopy *self, uint32_t first, uint32_t n, GError **error);

/* One page, wherever it is. */
gboolean recall_page_copy_one(RecallPageCopy *self, uint32_t number, GError **error);
gboolean recall_page_copy_read(RecallPageCopy *self, uint32_t number, uint8_t *out, GError **error);
gboolean
recall_page_copy_write(RecallPageCopy *self, uint32_t number, const uint8_t *page, GError **error);

gboolean recall_page_copy_is_in_log(const RecallPageCopy *self, uint32_t number);
gboolean recall_page_copy_is_in_file(const RecallPageCopy *self, uint32_t number);
gboolean recall_page_copy_is_copied(const RecallPageCopy *self, uint32_t number);
/* Whether it was copied as it is now. */
gboolean recall_page_copy_is_current(const RecallPageCopy *self, uint32_t number);

static inline off_t
recall_page_copy_offset_of(uint32_t number)
{
    return (off_t)(number - 1) * RECALL_PAGE_BYTES;
}
