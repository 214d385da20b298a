/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/page-codec.h"

/* The key of the segment in hand, in a file of its own, so that recording goes on after a restart
 * while everything else is locked. Embedded in recall/vault/keyring.h; store's thread. */

typedef struct {
    char *path;
    RecallKey *key; /* NULL: there is none */
    uint8_t id[RECALL_SEGMENT_ID_BYTES];
} RecallOpenKey;

void recall_open_key_init(RecallOpenKey *self, const char *folder);

/* Leaves the file. */
void recall_open_key_clear(RecallOpenKey *self);

/* Takes what the file holds. A damaged one is logged and as good as none: it is written anew with
 * the next scene, once unlocked. */
void recall_open_key_load(RecallOpenKey *self);

/* @id: RECALL_SEGMENT_ID_BYTES
 * @error: the file cannot be written: the key is held until the program ends */
gboolean
recall_open_key_keep(RecallOpenKey *self, const uint8_t *id, const RecallKey *key, GError **error);

/* The file, too. */
void recall_open_key_forget(RecallOpenKey *self);

/* Whether it is that segment's. */
gboolean recall_open_key_is_of(const RecallOpenKey *self, const uint8_t *id);
