/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/box.h"

/* Seals what SQLite writes into a segment: pages, and the headers of its write-ahead log (WAL).
 * Each piece is bound to its segment and to where it stands, so that one that was moved, or comes
 * from another file, is refused like one that was changed. No I/O.
 *
 * A sealed page has the size of a page: SQLite leaves the last RECALL_PAGE_RESERVED_BYTES of each
 * one empty, and there stand nonce, tag and zeros. The WAL's headers grow. */

#define RECALL_PAGE_BYTES 4096
#define RECALL_PAGE_RESERVED_BYTES 48
#define RECALL_SEGMENT_ID_BYTES 16

#define RECALL_WAL_HEADER_BYTES 32
#define RECALL_WAL_HEADER_SEALED_BYTES 64
#define RECALL_WAL_FRAME_HEADER_BYTES 24
#define RECALL_WAL_FRAME_HEADER_SEALED_BYTES 56

/* A key's seals may not meet one nonce twice: with 2^31 of them that chance is one in 2^34. */
#define RECALL_PAGE_CODEC_N_SEALS_MAX (UINT64_C(1) << 31)

typedef struct RecallPageCodec RecallPageCodec;

/* Nonce and tag of a page: another one whenever it is written. */
typedef struct {
    uint8_t bytes[RECALL_BOX_NONCE_BYTES + RECALL_BOX_TAG_BYTES];
} RecallPageSeal;

/* Where in the WAL a piece stands. */
typedef struct {
    uint64_t
        generation; /* the random salts of the WAL's header: another one each time it restarts */
    uint32_t frame; /* from 0 */
} RecallWalPlace;

/* What a frame's header says, and what it vouches for. */
typedef struct {
    uint8_t header[RECALL_WAL_FRAME_HEADER_BYTES]; /* as SQLite knows it; begins with the page */
    uint32_t n_synced; /* so many frames were on the disk for certain when this one was written */
} RecallWalFrame;

/* @key, @segment_id: copied; RECALL_KEY_BYTES and RECALL_SEGMENT_ID_BYTES */
RecallPageCodec *
recall_page_codec_new(const RecallKey *key, const uint8_t *segment_id, GError **error);
void recall_page_codec_free(RecallPageCodec *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallPageCodec, recall_page_codec_free)

/* Pieces sealed by this codec. Whoever writes counts them against the key's maximum. */
uint64_t recall_page_codec_get_n_seals(const RecallPageCodec *self);

/* All of them return FALSE when sealing failed for lack of memory, or when what is opened is not
 * what was sealed there; then the outcome is zeros.
 *
 * @number: of the page, from 1
 * @place: (nullable): NULL in the database itself
 * @plain, @sealed: RECALL_PAGE_BYTES, apart; opening leaves zeros in the reserved bytes */
gboolean recall_page_codec_seal_page(RecallPageCodec *self,
                                     uint32_t number,
                                     const RecallWalPlace *place,
                                     const uint8_t *plain,
                                     uint8_t *out_sealed) G_GNUC_WARN_UNUSED_RESULT;
/* @sealed: RECALL_PAGE_BYTES. Returns: (transfer none): within it */
const RecallPageSeal *recall_page_codec_get_seal(const uint8_t *sealed);

gboolean recall_page_codec_open_page(RecallPageCodec *self,
                                     uint32_t number,
                                     const RecallWalPlace *place,
                                     const uint8_t *sealed,
                                     uint8_t *out_plain) G_GNUC_WARN_UNUSED_RESULT;

gboolean recall_page_codec_seal_wal_header(RecallPageCodec *self,
                                           const uint8_t *plain,
                                           uint8_t *out_sealed) G_GNUC_WARN_UNUSED_RESULT;
gboolean recall_page_codec_open_wal_header(RecallPageCodec *self,
                                           const uint8_t *sealed,
                                           uint8_t *out_plain) G_GNUC_WARN_UNUSED_RESULT;

gboolean recall_page_codec_seal_wal_frame(RecallPageCodec *self,
                                          const RecallWalPlace *place,
                                          const RecallWalFrame *frame,
                                          uint8_t *out_sealed) G_GNUC_WARN_UNUSED_RESULT;
gboolean recall_page_codec_open_wal_frame(RecallPageCodec *self,
                                          const RecallWalPlace *place,
                                          const uint8_t *sealed,
                                          RecallWalFrame *out_frame) G_GNUC_WARN_UNUSED_RESULT;
