/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* A sealed page, and the headers of a write-ahead log, as they may come back from a disk: whole,
 * changed, moved, or anything. Each is opened only when it is what was sealed there. */

#include "recall/vault/page-codec.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

const char *const fuzz_words[] = {NULL};

static RecallPageCodec *
make_codec(uint8_t first)
{
    RecallKey key[RECALL_KEY_BYTES] = {0};
    uint8_t segment_id[RECALL_SEGMENT_ID_BYTES] = {first};
    RecallPageCodec *codec = recall_page_codec_new(key, segment_id, NULL);

    g_assert_nonnull(codec);
    return codec;
}

/* Puts bytes over some of @sealed, or lets all of it be what is left of the input.
 * Returns: whether anything is another than before */
static gboolean
change(FuzzInput *input, uint8_t *sealed, size_t n_bytes)
{
    g_autofree uint8_t *before = g_memdup2(sealed, n_bytes);

    for (unsigned n = fuzz_take_byte(input) % 8; n > 0; n--) {
        size_t at = fuzz_take_number(input) % n_bytes;
        size_t n_new = 0;
        const uint8_t *new = fuzz_take_bytes(input, n_bytes - at, &n_new);

        memcpy(sealed + at, new, n_new);
    }
    return memcmp(before, sealed, n_bytes) != 0;
}

static gboolean
is_zeros(const void *data, size_t n_bytes)
{
    const uint8_t *bytes = data;

    return n_bytes == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, n_bytes - 1) == 0);
}

static void
check_page(RecallPageCodec *codec, FuzzInput *input)
{
    uint8_t plain[RECALL_PAGE_BYTES] = {1, 2, 3};
    uint8_t sealed[RECALL_PAGE_BYTES];
    uint8_t opened[RECALL_PAGE_BYTES] = {9};
    RecallWalPlace place = {7, fuzz_take_byte(input)};
    const RecallWalPlace *sealed_at = fuzz_take_byte(input) % 2 != 0 ? &place : NULL;
    RecallWalPlace other = {7, fuzz_take_byte(input)};
    const RecallWalPlace *opened_at = fuzz_take_byte(input) % 2 != 0 ? &other : NULL;
    uint32_t number = 1 + fuzz_take_byte(input) % 4;
    gboolean is_other;
    gboolean is_good;

    if (!recall_page_codec_seal_page(codec, 1, sealed_at, plain, sealed))
        g_assert_not_reached();
    is_other = change(input, sealed, sizeof(sealed));
    is_other = is_other || number != 1 || (sealed_at == NULL) != (opened_at == NULL) ||
               (sealed_at != NULL && place.frame != other.frame);
    is_good = recall_page_codec_open_page(codec, number, opened_at, sealed, opened);
    g_assert_cmpint(is_good, ==, !is_other);
    g_assert_true(is_good ? memcmp(plain, opened, sizeof(plain)) == 0
                          : is_zeros(opened, sizeof(opened)));
}

static void
check_wal_header(RecallPageCodec *codec, FuzzInput *input)
{
    uint8_t plain[RECALL_WAL_HEADER_BYTES] = {4, 5};
    uint8_t sealed[RECALL_WAL_HEADER_SEALED_BYTES];
    uint8_t opened[RECALL_WAL_HEADER_BYTES] = {9};
    gboolean is_other;
    gboolean is_good;

    if (!recall_page_codec_seal_wal_header(codec, plain, sealed))
        g_assert_not_reached();
    is_other = change(input, sealed, sizeof(sealed));
    is_good = recall_page_codec_open_wal_header(codec, sealed, opened);
    g_assert_cmpint(is_good, ==, !is_other);
    g_assert_true(is_good || is_zeros(opened, sizeof(opened)));
}

static void
check_wal_frame(RecallPageCodec *codec, FuzzInput *input)
{
    RecallWalFrame plain = {{6}, 3};
    RecallWalFrame opened = {{9}, 9};
    RecallWalPlace place = {7, fuzz_take_byte(input)};
    RecallWalPlace other = {7, fuzz_take_byte(input)};
    uint8_t sealed[RECALL_WAL_FRAME_HEADER_SEALED_BYTES];
    gboolean is_other;
    gboolean is_good;

    if (!recall_page_codec_seal_wal_frame(codec, &place, &plain, sealed))
        g_assert_not_reached();
    is_other = change(input, sealed, sizeof(sealed)) || place.frame != other.frame;
    is_good = recall_page_codec_open_wal_frame(codec, &other, sealed, &opened);
    g_assert_cmpint(is_good, ==, !is_other);
    g_assert_true(is_good ? opened.n_synced == 3 : opened.n_synced == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput input = {data, size};
    g_autoptr(RecallPageCodec) codec = make_codec('a');

    switch (fuzz_take_byte(&input) % 3) {
    case 0:
        check_page(codec, &input);
        break;
    case 1:
        check_wal_header(codec, &input);
        break;
    default:
        check_wal_frame(codec, &input);
    }
    return 0;
}
