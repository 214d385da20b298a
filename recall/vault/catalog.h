/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/segment.h"

/* The weeks that have a file, and which of these files are open. A bounded number is: beyond it the
 * one that was used longest ago is closed, never the newest nor one that is being written. Owns the
 * segments. Its fields are there to be read; those of an entry that name another file are that
 * file's to write. Store's thread. */

/* At once. */
#define RECALL_CATALOG_N_OPEN_MAX 60

/* One week that has a file. */
typedef struct {
    int week;
    RecallSegment *segment; /* NULL while closed */
    uint64_t used_at;       /* of the catalog's count of uses */
    gboolean has_large_cache;
    gboolean is_older;          /* as it was looked at last: recall/vault/mark.h */
    gboolean is_in_transaction; /* recall/vault/transaction.h */
    gboolean is_tidy;           /* recall/vault/upkeep.h: no young sheet is in it */
    gboolean is_settled;        /* recall/vault/upkeep.h: or it was tried */
    int64_t n_scenes;           /* recall/vault/statistics.h: -1 when not known */
} RecallCatalogEntry;

typedef struct {
    char *folder;
    RecallKeyring *keyring; /* outlives it */
    GPtrArray *entries;     /* of RecallCatalogEntry, newest first */
    uint64_t n_uses;
    unsigned n_open;
    gboolean is_refused; /* recall/vault/ingest.h: the disk is read-only, whatever it says */
    unsigned n_damaged;  /* files that were set aside, or are of no use where they are */
} RecallCatalog;

/* Lists the folder, and takes away files that were being made when the power went.
 * @error: G_FILE_ERROR: it cannot be listed */
RecallCatalog *recall_catalog_new(const char *folder, RecallKeyring *keyring, GError **error);
void recall_catalog_free(RecallCatalog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallCatalog, recall_catalog_free)

/* Returns: (transfer none) (nullable): NULL when the week has no file */
RecallCatalogEntry *recall_catalog_find(const RecallCatalog *self, int week);

/* For a week that has none: with the next opening a file is made.
 * Returns: (transfer none) */
RecallCatalogEntry *recall_catalog_add(RecallCatalog *self, int week);

/* Closes it, and leaves the file where it is. */
void recall_catalog_remove(RecallCatalog *self, RecallCatalogEntry *entry);

/* Returns: (transfer full): of int, newest first */
GArray *recall_catalog_dup_weeks(const RecallCatalog *self);

/**
 * recall_catalog_open:
 * @create: makes the file when there is none
 * @error: as recall_segment_open(). What is damaged was set aside: @entry is gone then
 *
 * Sets the entry's segment, which stands until so many others were opened as may be.
 */
gboolean recall_catalog_open(RecallCatalog *self,
                             RecallCatalogEntry *entry,
                             gboolean create,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void recall_catalog_close(RecallCatalog *self, RecallCatalogEntry *entry);

/* For a week that is locked, and closed: whether its file is an older copy shows from the outside.
 */
void recall_catalog_look_at_closed(RecallCatalog *self, RecallCatalogEntry *entry);

/* Raises the number that tells an older copy of the file (recall/vault/mark.h); does nothing while
 * it is closed. */
void recall_catalog_raise_mark(RecallCatalogEntry *entry, gboolean is_before_write);

/* Closes the week, renames its file (recall/vault/quarantine.h) and takes it off the list, so that
 * the rest works. Statements of others must be finalized before. Logs it. */
void recall_catalog_set_aside(RecallCatalog *self, int week);

/* Deletes the week's files that were set aside. */
void recall_catalog_destroy_damaged(RecallCatalog *self, int week);
