/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/secret.h"

/* AES-256-GCM with one key. With recall/vault/sealed-box.c the only file that knows OpenSSL. The
 * expanded key is kept in recall/vault/secret.h's memory too. One thread at a time. */

#define RECALL_BOX_NONCE_BYTES 12
#define RECALL_BOX_TAG_BYTES 16

typedef struct RecallBox RecallBox;

/* @key: RECALL_KEY_BYTES, copied. Returns: NULL with @error when OpenSSL refuses */
RecallBox *recall_box_new(const RecallKey *key, GError **error);
void recall_box_free(RecallBox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallBox, recall_box_free)

/**
 * recall_box_seal:
 * @nonce: never twice with one key
 * @about: what it belongs to; authenticated, not stored
 * @out_sealed: @n_bytes; may be @plain
 *
 * Returns: FALSE when OpenSSL failed, which only a lack of memory makes it do
 */
gboolean recall_box_seal(RecallBox *self,
                         const uint8_t *nonce,
                         const void *about,
                         size_t n_about_bytes,
                         const uint8_t *plain,
                         size_t n_bytes,
                         uint8_t *out_sealed,
                         uint8_t *out_tag) G_GNUC_WARN_UNUSED_RESULT;

/* Returns: FALSE when it is not what was sealed; then @out_plain (never @sealed itself) is zeros */
gboolean recall_box_open(RecallBox *self,
                         const uint8_t *nonce,
                         const void *about,
                         size_t n_about_bytes,
                         const uint8_t *sealed,
                         size_t n_bytes,
                         const uint8_t *tag,
                         uint8_t *out_plain) G_GNUC_WARN_UNUSED_RESULT;

/* From the kernel at each call, never from a generator in this process: a machine that is restored
 * from a picture of its memory would draw the same numbers again. At most 256 bytes. */
void recall_box_draw(void *out, size_t n_bytes);

/* RECALL_BOX_NONCE_BYTES of them, for a nonce: from a small store of the thread's own, because each
 * page takes one. A process that was forked has an empty store. */
void recall_box_draw_nonce(uint8_t *out);

/* Makes the allocations of OpenSSL in between come from recall/vault/secret.h. Must come before the
 * program's first other use of OpenSSL; if not, they stay on the heap. */
void recall_box_begin_secret(void);
void recall_box_end_secret(void);
