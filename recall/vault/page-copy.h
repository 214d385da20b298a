/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/page-codec.h"

#include <gio/gio.h>

/* Copies sealed pages from one file to another, sealed with another key and with zeros where no row
 * has anything (recall/vault/sqlite-page.h): on two threads, because sealing is what takes the
 * time. One call at a time. */

#define RECALL_PAGE_COPY_N_LANES 2
#define RECALL_PAGE_COPY_RUN_N_MAX 64 /* pages: half of the time went into calls of the system */

/* What one thread needs of its own. */
typedef struct {
    RecallPageCodec *old;
    RecallPageCodec *new;
} RecallPageCopyLane;

typedef struct {
    uint32_t first;
    uint32_t n; /* at most RECALL_PAGE_COPY_RUN_N_MAX */
} RecallPageCopyRun;

typedef struct {
    int from;
    int to;
    RecallPageCopyLane lanes[RECALL_PAGE_COPY_N_LANES]; /* all with the same keys */
    GArray *seals; /* of RecallPageSeal, of each page as it was copied; zeros: not yet */
} RecallPageCopy;

/* Frees the codecs and closes the files. */
void recall_page_copy_clear(RecallPageCopy *self);

/* @runs: of RecallPageCopyRun, no page twice. A page that does not open, because it is free or
 * being written, gets no seal and is no error. @error: G_IO_ERROR */
gboolean recall_page_copy_runs(RecallPageCopy *self, const GArray *runs, GError **error);

/* One page. */
gboolean recall_page_copy_read(RecallPageCopy *self, uint32_t number, uint8_t *out, GError **error);
gboolean
recall_page_copy_write(RecallPageCopy *self, uint32_t number, const uint8_t *page, GError **error);

/* Whether it was copied as it is now. @sealed: what stands there */
gboolean
recall_page_copy_is_same(const RecallPageCopy *self, uint32_t number, const uint8_t *sealed);
gboolean recall_page_copy_is_copied(const RecallPageCopy *self, uint32_t number);

/* What the new key has sealed. */
uint64_t recall_page_copy_get_n_seals(const RecallPageCopy *self);

static inline off_t
recall_page_copy_offset_of(uint32_t number)
{
    return (off_t)(number - 1) * RECALL_PAGE_BYTES;
}
