/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/sealed-box.h"

#include "recall/vault/box.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* RFC 7748, section 6.1: Alice's pair. */
static void
test_known_public(void **state)
{
    static const uint8_t secret[] = {0x77, 0x07, 0x6d, 0x0a, 0x73, 0x18, 0xa5, 0x7d,
                                     0x3c, 0x16, 0xc1, 0x72, 0x51, 0xb2, 0x66, 0x45,
                                     0xdf, 0x4c, 0x2f, 0x87, 0xeb, 0xc0, 0x99, 0x2a,
                                     0xb1, 0x77, 0xfb, 0xa5, 0x1d, 0xb9, 0x2c, 0x2a};
    static const uint8_t expected[] = {0x85, 0x20, 0xf0, 0x09, 0x89, 0x30, 0xa7, 0x54};
    uint8_t public_half[RECALL_SEALED_BOX_PUBLIC_BYTES];

    assert_true(recall_sealed_box_get_public(secret, public_half, NULL));
    assert_memory_equal(public_half, expected, sizeof expected);
}

static void
test_round(void **state)
{
    g_autoptr(RecallKey) secret = recall_key_new();
    g_autoptr(RecallKey) other = recall_key_new();
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(RecallKey) opened = recall_key_new();
    g_autoptr(GError) error = NULL;
    uint8_t public_half[RECALL_SEALED_BOX_PUBLIC_BYTES];
    uint8_t sealed[RECALL_SEALED_BOX_BYTES];
    uint8_t again[RECALL_SEALED_BOX_BYTES];

    recall_box_draw(secret, RECALL_KEY_BYTES);
    recall_box_draw(other, RECALL_KEY_BYTES);
    recall_box_draw(key, RECALL_KEY_BYTES);
    assert_true(recall_sealed_box_get_public(secret, public_half, NULL));
    assert_true(recall_sealed_box_seal(public_half, "a", 1, key, sealed, NULL));
    assert_true(recall_sealed_box_seal(public_half, "a", 1, key, again, NULL));
    assert_memory_not_equal(sealed, again, sizeof sealed);
    assert_true(recall_sealed_box_open(secret, "a", 1, sealed, opened, NULL));
    assert_memory_equal(key, opened, RECALL_KEY_BYTES);
    assert_false(recall_sealed_box_open(secret, "b", 1, sealed, opened, NULL));
    assert_false(recall_sealed_box_open(other, "a", 1, sealed, opened, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
    for (unsigned i = 0; i < sizeof sealed; i++) {
        sealed[i] ^= 1;
        assert_false(recall_sealed_box_open(secret, "a", 1, sealed, opened, NULL));
        sealed[i] ^= 1;
    }
}

/* Each purpose and each salt gives another key, the same ones the same key. */
static void
test_derive(void **state)
{
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(RecallKey) a = recall_key_new();
    g_autoptr(RecallKey) b = recall_key_new();

    assert_true(recall_sealed_box_derive(key, "", 0, "a", a, NULL));
    assert_true(recall_sealed_box_derive(key, "", 0, "b", b, NULL));
    assert_memory_not_equal(a, b, RECALL_KEY_BYTES);
    assert_true(recall_sealed_box_derive(key, "salt", 4, "a", b, NULL));
    assert_memory_not_equal(a, b, RECALL_KEY_BYTES);
    assert_true(recall_sealed_box_derive(key, "", 0, "a", b, NULL));
    assert_memory_equal(a, b, RECALL_KEY_BYTES);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_public),
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_derive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
