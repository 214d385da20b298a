/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/page-codec.h"

#include "recall/vault/box.h"
#include "recall/vault/mutant.h"

#include <string.h>

#define PAGE_PLAIN_BYTES (RECALL_PAGE_BYTES - RECALL_PAGE_RESERVED_BYTES)
#define WAL_HEADER_PLAIN_BYTES (RECALL_WAL_HEADER_BYTES + sizeof(uint32_t))
#define WAL_FRAME_PLAIN_BYTES (RECALL_WAL_FRAME_HEADER_BYTES + sizeof(uint32_t))
#define FORMAT 1

/* What a piece is bound to, packed without gaps. */
#define ABOUT_BYTES (RECALL_SEGMENT_ID_BYTES + 1 + 4 + 8 + 4)

typedef enum {
    PIECE_PAGE,
    PIECE_WAL_PAGE,
    PIECE_WAL_HEADER,
    PIECE_WAL_FRAME,
} Piece;

struct RecallPageCodec {
    RecallBox *box;
    uint8_t segment_id[RECALL_SEGMENT_ID_BYTES];
    uint64_t n_seals;
};

G_STATIC_ASSERT(WAL_HEADER_PLAIN_BYTES + RECALL_BOX_NONCE_BYTES + RECALL_BOX_TAG_BYTES ==
                RECALL_WAL_HEADER_SEALED_BYTES);
G_STATIC_ASSERT(WAL_FRAME_PLAIN_BYTES + RECALL_BOX_NONCE_BYTES + RECALL_BOX_TAG_BYTES ==
                RECALL_WAL_FRAME_HEADER_SEALED_BYTES);

RecallPageCodec *
recall_page_codec_new(const RecallKey *key, const uint8_t *segment_id, GError **error)
{
    g_autoptr(RecallPageCodec) self = g_new0(RecallPageCodec, 1);

    memcpy(self->segment_id, segment_id, RECALL_SEGMENT_ID_BYTES);
    self->box = recall_box_new(key, error);
    return self->box != NULL ? g_steal_pointer(&self) : NULL;
}

void
recall_page_codec_free(RecallPageCodec *self)
{
    if (self == NULL)
        return;
    recall_box_free(self->box);
    g_free(self);
}

uint64_t
recall_page_codec_get_n_seals(const RecallPageCodec *self)
{
    return self->n_seals;
}

static void
store32(uint8_t *out, uint32_t value)
{
    value = GUINT32_TO_BE(value);
    memcpy(out, &value, sizeof value);
}

static uint32_t
load32(const uint8_t *data)
{
    uint32_t value;

    memcpy(&value, data, sizeof value);
    return GUINT32_FROM_BE(value);
}

static void
fill_about(const RecallPageCodec *self,
           Piece piece,
           uint32_t number,
           const RecallWalPlace *place,
           uint8_t *out)
{
    uint64_t generation = place != NULL ? GUINT64_TO_BE(place->generation) : 0;

    if (RECALL_IS_MUTANT(NO_SEGMENT_ID))
        memset(out, 0, RECALL_SEGMENT_ID_BYTES);
    else
        memcpy(out, self->segment_id, RECALL_SEGMENT_ID_BYTES);
    if (RECALL_IS_MUTANT(NO_GENERATION))
        generation = 0;
    out += RECALL_SEGMENT_ID_BYTES;
    *out++ = (uint8_t)piece;
    store32(out, RECALL_IS_MUTANT(NO_PAGE_NUMBER) ? 0 : number);
    memcpy(out + 4, &generation, sizeof generation);
    store32(out + 12, place != NULL && !RECALL_IS_MUTANT(NO_PAGE_NUMBER) ? place->frame : 0);
}

/* The nonce follows what was sealed, then comes the tag. */
static gboolean
seal(RecallPageCodec *self,
     const uint8_t *about,
     const uint8_t *plain,
     size_t n_bytes,
     uint8_t *out_sealed)
{
    uint8_t *nonce = out_sealed + n_bytes;

    recall_box_draw_nonce(nonce);
    if (RECALL_IS_MUTANT(ONE_NONCE))
        memset(nonce, 7, RECALL_BOX_NONCE_BYTES);
    self->n_seals++;
    return recall_box_seal(self->box, nonce, about, ABOUT_BYTES, plain, n_bytes, out_sealed,
                           nonce + RECALL_BOX_NONCE_BYTES);
}

static gboolean
open_sealed(RecallPageCodec *self,
            const uint8_t *about,
            const uint8_t *sealed,
            size_t n_bytes,
            uint8_t *out_plain)
{
    const uint8_t *nonce = sealed + n_bytes;

    return recall_box_open(self->box, nonce, about, ABOUT_BYTES, sealed, n_bytes,
                           nonce + RECALL_BOX_NONCE_BYTES, out_plain);
}

gboolean
recall_page_codec_seal_page(RecallPageCodec *self,
                            uint32_t number,
                            const RecallWalPlace *place,
                            const uint8_t *plain,
                            uint8_t *out_sealed)
{
    uint8_t about[ABOUT_BYTES];

    fill_about(self, place != NULL ? PIECE_WAL_PAGE : PIECE_PAGE, number, place, about);
    memset(out_sealed + PAGE_PLAIN_BYTES, 0, RECALL_PAGE_RESERVED_BYTES);
    return seal(self, about, plain, PAGE_PLAIN_BYTES, out_sealed);
}

const RecallPageSeal *
recall_page_codec_get_seal(const uint8_t *sealed)
{
    return (const RecallPageSeal *)(sealed + PAGE_PLAIN_BYTES);
}

/* Zeros behind the tag, so that no byte of the page may change unseen. */
static gboolean
is_rest_empty(const uint8_t *sealed)
{
    uint8_t all = 0;

    for (size_t i = PAGE_PLAIN_BYTES + RECALL_BOX_NONCE_BYTES + RECALL_BOX_TAG_BYTES;
         i < RECALL_PAGE_BYTES; i++)
        all |= sealed[i];
    return all == 0;
}

gboolean
recall_page_codec_open_page(RecallPageCodec *self,
                            uint32_t number,
                            const RecallWalPlace *place,
                            const uint8_t *sealed,
                            uint8_t *out_plain)
{
    uint8_t about[ABOUT_BYTES];

    fill_about(self, place != NULL ? PIECE_WAL_PAGE : PIECE_PAGE, number, place, about);
    memset(out_plain + PAGE_PLAIN_BYTES, 0, RECALL_PAGE_RESERVED_BYTES);
    if (is_rest_empty(sealed))
        return open_sealed(self, about, sealed, PAGE_PLAIN_BYTES, out_plain);
    memset(out_plain, 0, PAGE_PLAIN_BYTES);
    return FALSE;
}

gboolean
recall_page_codec_seal_wal_header(RecallPageCodec *self, const uint8_t *plain, uint8_t *out_sealed)
{
    uint8_t about[ABOUT_BYTES];
    uint8_t whole[WAL_HEADER_PLAIN_BYTES];

    fill_about(self, PIECE_WAL_HEADER, 0, NULL, about);
    memcpy(whole, plain, RECALL_WAL_HEADER_BYTES);
    store32(whole + RECALL_WAL_HEADER_BYTES, FORMAT);
    return seal(self, about, whole, sizeof whole, out_sealed);
}

gboolean
recall_page_codec_open_wal_header(RecallPageCodec *self, const uint8_t *sealed, uint8_t *out_plain)
{
    uint8_t about[ABOUT_BYTES];
    uint8_t whole[WAL_HEADER_PLAIN_BYTES];
    gboolean is_opened;

    fill_about(self, PIECE_WAL_HEADER, 0, NULL, about);
    is_opened = open_sealed(self, about, sealed, sizeof whole, whole) &&
                load32(whole + RECALL_WAL_HEADER_BYTES) == FORMAT;
    if (is_opened)
        memcpy(out_plain, whole, RECALL_WAL_HEADER_BYTES);
    else
        memset(out_plain, 0, RECALL_WAL_HEADER_BYTES);
    return is_opened;
}

gboolean
recall_page_codec_seal_wal_frame(RecallPageCodec *self,
                                 const RecallWalPlace *place,
                                 const RecallWalFrame *frame,
                                 uint8_t *out_sealed)
{
    uint8_t about[ABOUT_BYTES];
    uint8_t whole[WAL_FRAME_PLAIN_BYTES];

    fill_about(self, PIECE_WAL_FRAME, 0, place, about);
    memcpy(whole, frame->header, RECALL_WAL_FRAME_HEADER_BYTES);
    store32(whole + RECALL_WAL_FRAME_HEADER_BYTES, frame->n_synced);
    if (!seal(self, about, whole, sizeof whole, out_sealed))
        return FALSE;
    if (RECALL_IS_MUTANT(PLAIN_CHECKSUM))
        memcpy(out_sealed, whole, sizeof whole);
    return TRUE;
}

gboolean
recall_page_codec_open_wal_frame(RecallPageCodec *self,
                                 const RecallWalPlace *place,
                                 const uint8_t *sealed,
                                 RecallWalFrame *out_frame)
{
    uint8_t about[ABOUT_BYTES];
    uint8_t whole[WAL_FRAME_PLAIN_BYTES];
    gboolean is_opened;

    fill_about(self, PIECE_WAL_FRAME, 0, place, about);
    is_opened = open_sealed(self, about, sealed, sizeof whole, whole);
    if (RECALL_IS_MUTANT(PLAIN_CHECKSUM)) {
        memcpy(whole, sealed, sizeof whole);
        is_opened = TRUE;
    }
    memcpy(out_frame->header, whole, RECALL_WAL_FRAME_HEADER_BYTES);
    out_frame->n_synced = load32(whole + RECALL_WAL_FRAME_HEADER_BYTES);
    return is_opened;
}
