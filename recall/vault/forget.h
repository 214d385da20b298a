/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/receipts.h"
#include "recall/vault/vault.h"

/* Forgets what recall/vault/selector.h found: afterwards no byte of its text, its index or its
 * pictures is in any file, decrypted with every key there is.
 *
 * A whole week goes with its keys. Of other weeks the scenes are taken out, the index is merged to
 * one piece, which drops their words, and the file is sealed with a new key
 * (recall/vault/reseal.h); the old key is deleted, so that freed blocks of the disk, old logs and
 * old copies of the folder's files open no more. All in steps, between which the store appends and
 * searches.
 *
 * The intent is on the disk before the first scene goes: what was begun is finished after a crash,
 * before anything is read. Store's thread. */

#define RECALL_FORGET_STEP_US 15000

typedef struct RecallForget RecallForget;

/* @intent: (transfer full) */
RecallForget *recall_forget_new(RecallIntent *intent);
void recall_forget_free(RecallForget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallForget, recall_forget_free)

/* Frees it where the vault may be gone: what is half done waits for the next start. Any thread.
 * @self: (nullable) */
void recall_forget_leave(RecallForget *self);

/**
 * recall_forget_step:
 * @error: G_IO_ERROR_PERMISSION_DENIED: locked, and part of a week is to go; else what a segment
 *   failed with. What was begun stays owed (recall_vault_finish_forgetting())
 *
 * Works for about RECALL_FORGET_STEP_US, at most for some 100 ms.
 */
gboolean recall_forget_step(RecallForget *self,
                            RecallVault *vault,
                            gboolean *out_is_done,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* From 0 to 1. */
double recall_forget_get_progress(const RecallForget *self);

const RecallIntent *recall_forget_get_intent(const RecallForget *self);

/* Once it is done. */
const RecallReceipt *recall_forget_get_receipt(const RecallForget *self);

/* Sentences about what could not be forgotten, each with the file's name. Returns: (transfer none):
 * of char * */
const GPtrArray *recall_forget_get_left(const RecallForget *self);

/* Finishes what was begun before a crash, at once; it is well when nothing was. */
gboolean recall_forget_resume(RecallVault *vault, GError **error);
