/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/page-codec.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static RecallPageCodec *
new_codec(uint8_t key_byte, uint8_t id_byte)
{
    g_autoptr(RecallKey) key = recall_key_new();
    uint8_t id[RECALL_SEGMENT_ID_BYTES];
    RecallPageCodec *codec;

    memset(key, key_byte, RECALL_KEY_BYTES);
    memset(id, id_byte, sizeof id);
    codec = recall_page_codec_new(key, id, NULL);
    assert_non_null(codec);
    return codec;
}

static void
fill_page(uint8_t *page)
{
    memset(page, 0, RECALL_PAGE_BYTES);
    for (unsigned i = 0; i < RECALL_PAGE_BYTES - RECALL_PAGE_RESERVED_BYTES; i++)
        page[i] = (uint8_t)(i * 7);
}

static void
test_page(void **state)
{
    g_autoptr(RecallPageCodec) codec = new_codec(1, 2);
    g_autoptr(RecallPageCodec) other_key = new_codec(3, 2);
    g_autoptr(RecallPageCodec) other_id = new_codec(1, 3);
    RecallWalPlace place = {5, 6};
    uint8_t page[RECALL_PAGE_BYTES];
    uint8_t sealed[RECALL_PAGE_BYTES];
    uint8_t opened[RECALL_PAGE_BYTES];

    fill_page(page);
    assert_true(recall_page_codec_seal_page(codec, 9, NULL, page, sealed));
    assert_true(recall_page_codec_open_page(codec, 9, NULL, sealed, opened));
    assert_memory_equal(page, opened, sizeof page);
    assert_false(recall_page_codec_open_page(codec, 8, NULL, sealed, opened));
    assert_false(recall_page_codec_open_page(codec, 9, &place, sealed, opened));
    assert_false(recall_page_codec_open_page(other_key, 9, NULL, sealed, opened));
    assert_false(recall_page_codec_open_page(other_id, 9, NULL, sealed, opened));
    memset(page, 0, sizeof page);
    assert_memory_equal(page, opened, sizeof page);
    assert_int_equal(recall_page_codec_get_n_seals(codec), 1);
}

static void
test_page_in_wal(void **state)
{
    g_autoptr(RecallPageCodec) codec = new_codec(1, 2);
    RecallWalPlace place = {5, 6};
    RecallWalPlace elsewhere[] = {{5, 7}, {4, 6}};
    uint8_t page[RECALL_PAGE_BYTES];
    uint8_t sealed[RECALL_PAGE_BYTES];
    uint8_t opened[RECALL_PAGE_BYTES];

    fill_page(page);
    assert_true(recall_page_codec_seal_page(codec, 9, &place, page, sealed));
    assert_true(recall_page_codec_open_page(codec, 9, &place, sealed, opened));
    assert_memory_equal(page, opened, sizeof page);
    assert_false(recall_page_codec_open_page(codec, 9, &elsewhere[0], sealed, opened));
    assert_false(recall_page_codec_open_page(codec, 9, &elsewhere[1], sealed, opened));
    assert_false(recall_page_codec_open_page(codec, 9, NULL, sealed, opened));
    assert_false(recall_page_codec_open_page(codec, 10, &place, sealed, opened));
}

static void
test_every_byte(void **state)
{
    g_autoptr(RecallPageCodec) codec = new_codec(1, 2);
    uint8_t page[RECALL_PAGE_BYTES];
    uint8_t sealed[RECALL_PAGE_BYTES];
    uint8_t opened[RECALL_PAGE_BYTES];

    fill_page(page);
    assert_true(recall_page_codec_seal_page(codec, 1, NULL, page, sealed));
    for (unsigned i = 0; i < RECALL_PAGE_BYTES; i++) {
        sealed[i] ^= (uint8_t)(1 << i % 8);
        assert_false(recall_page_codec_open_page(codec, 1, NULL, sealed, opened));
        sealed[i] ^= (uint8_t)(1 << i % 8);
    }
    assert_true(recall_page_codec_open_page(codec, 1, NULL, sealed, opened));
}

static void
test_wal_header(void **state)
{
    g_autoptr(RecallPageCodec) codec = new_codec(1, 2);
    uint8_t header[RECALL_WAL_HEADER_BYTES] = "header";
    uint8_t sealed[RECALL_WAL_HEADER_SEALED_BYTES];
    uint8_t opened[RECALL_WAL_HEADER_BYTES];

    assert_true(recall_page_codec_seal_wal_header(codec, header, sealed));
    assert_true(recall_page_codec_open_wal_header(codec, sealed, opened));
    assert_memory_equal(header, opened, sizeof header);
    for (unsigned i = 0; i < sizeof sealed; i++) {
        sealed[i] ^= 1;
        assert_false(recall_page_codec_open_wal_header(codec, sealed, opened));
        sealed[i] ^= 1;
    }
}

static void
test_wal_frame(void **state)
{
    g_autoptr(RecallPageCodec) codec = new_codec(1, 2);
    RecallWalPlace place = {5, 6};
    RecallWalPlace elsewhere[] = {{5, 7}, {4, 6}};
    RecallWalFrame frame = {"frame", 77};
    RecallWalFrame opened;
    uint8_t sealed[RECALL_WAL_FRAME_HEADER_SEALED_BYTES];

    assert_true(recall_page_codec_seal_wal_frame(codec, &place, &frame, sealed));
    assert_true(recall_page_codec_open_wal_frame(codec, &place, sealed, &opened));
    assert_memory_equal(frame.header, opened.header, sizeof frame.header);
    assert_int_equal(opened.n_synced, 77);
    assert_false(recall_page_codec_open_wal_frame(codec, &elsewhere[0], sealed, &opened));
    assert_false(recall_page_codec_open_wal_frame(codec, &elsewhere[1], sealed, &opened));
    for (unsigned i = 0; i < sizeof sealed; i++) {
        sealed[i] ^= 1;
        assert_false(recall_page_codec_open_wal_frame(codec, &place, sealed, &opened));
        sealed[i] ^= 1;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page),       cmocka_unit_test(test_page_in_wal),
        cmocka_unit_test(test_every_byte), cmocka_unit_test(test_wal_header),
        cmocka_unit_test(test_wal_frame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
