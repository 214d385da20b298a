/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/box.h"
#include "recall/vault/page-codec.h"
#include "recall/vault/sealed-box.h"

/* What the file of the keyring says. Pure: bytes in, values out and back. Keys stand in it wrapped
 * only; what is not a key (weeks, counts) tells time and amount, as the segments' files do. */

#define RECALL_KEYRING_FILE_MAX_BYTES (4 * 1024 * 1024) /* of the whole file */
#define RECALL_KEYRING_N_ENTRIES_MAX 20000              /* keys of weeks */

/* In the place of a week: the key is not a segment's, but that of receipts. */
#define RECALL_KEYRING_WEEK_NONE (-1)

/* A key wrapped with a key: nonce, sealed key, tag. */
#define RECALL_WRAP_BYTES (RECALL_BOX_NONCE_BYTES + RECALL_KEY_BYTES + RECALL_BOX_TAG_BYTES)

/* A page of the segment's file, as it was when that was closed last. */
typedef struct {
    uint32_t number; /* from 1; 0: not known */
    RecallPageSeal seal;
} RecallKeyringWitness;

/* One key of a segment, or of receipts. A week whose file was damaged has the key of that file and
 * a newer one. */
typedef struct {
    uint8_t id[RECALL_SEGMENT_ID_BYTES];
    int week;
    gboolean is_sealed; /* in a sealed box: made while the vault was locked; else wrapped */
    uint8_t wrap[RECALL_SEALED_BOX_BYTES]; /* RECALL_WRAP_BYTES of it when wrapped */
    uint64_t n_seals;                      /* at most so many pieces were sealed with it */
    uint64_t n_marked; /* recall/vault/mark.h: at least this is in its file; or receipts so far */
    RecallKeyringWitness witness; /* recall/vault/mark.h: the page that has it */
} RecallKeyringEntry;

typedef struct {
    char *type;    /* of recall/vault/root-key.h */
    GBytes *about; /* likewise */
    uint8_t root_wrap[RECALL_WRAP_BYTES];
    uint8_t public_half[RECALL_SEALED_BOX_PUBLIC_BYTES]; /* the root's */
    gboolean has_recovery;
    uint8_t recovery_public[RECALL_SEALED_BOX_PUBLIC_BYTES];
    uint8_t recovery_wrap[RECALL_SEALED_BOX_BYTES]; /* of the root, for the recovery key */
    unsigned n_wrong;                               /* secrets since the last right one */
    gboolean is_root_stale; /* a key was deleted: old copies of this file must not open it */
    GArray *entries;        /* of RecallKeyringEntry, in the order they were made */
} RecallKeyringFile;

RecallKeyringFile *recall_keyring_file_new(void);
RecallKeyringFile *recall_keyring_file_copy(const RecallKeyringFile *self);
void recall_keyring_file_free(RecallKeyringFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallKeyringFile, recall_keyring_file_free)

GBytes *recall_keyring_file_pack(const RecallKeyringFile *self);

/* @error: G_IO_ERROR_INVALID_DATA; G_IO_ERROR_NOT_SUPPORTED: of a later release */
RecallKeyringFile *recall_keyring_file_parse(GBytes *bytes, GError **error);

/* The newest of that week. Returns: (nullable): borrowed until the array changes */
RecallKeyringEntry *recall_keyring_file_find(const RecallKeyringFile *self, int week);
