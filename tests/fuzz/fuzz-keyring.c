/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* The file of the keyring, what a key service answers, and a recovery key as it was typed. */

#include "protocol/key-service.h"
#include "recall/vault/keyring-file.h"
#include "recall/vault/recovery-text.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

const char *const fuzz_words[] = {"file", "passphrase", "tpm", "tpm-pin", "service", "DKS1", NULL};

/* What is taken can be written, and is then the same. */
static void
check_file(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallKeyringFile) file = recall_keyring_file_parse(bytes, &error);
    g_autoptr(RecallKeyringFile) copy = NULL;
    g_autoptr(GBytes) packed = NULL;
    g_autoptr(GBytes) again = NULL;

    g_assert_true((file != NULL) == (error == NULL));
    if (file == NULL)
        return;
    g_assert_cmpuint(file->entries->len, <=, RECALL_KEYRING_N_ENTRIES_MAX);
    for (unsigned i = 0; i < file->entries->len; i++)
        g_assert_nonnull(recall_keyring_file_find(
            file, g_array_index(file->entries, RecallKeyringEntry, i).week));
    packed = recall_keyring_file_pack(file);
    copy = recall_keyring_file_parse(packed, NULL);
    g_assert_nonnull(copy);
    again = recall_keyring_file_pack(copy);
    g_assert_true(g_bytes_equal(packed, again));
}

static void
check_header(const uint8_t *data, size_t size)
{
    ProtocolKeyHeader header = {0};

    if (size < PROTOCOL_KEY_HEADER_BYTES || !protocol_key_header_parse(data, &header, NULL))
        return;
    g_assert_cmpuint(header.n_body_bytes, <=, PROTOCOL_KEY_BODY_MAX_BYTES);
    g_assert_true(header.operation >= PROTOCOL_KEY_WRAP && header.operation <= PROTOCOL_KEY_MARKS);
}

static void
check_recovery(const uint8_t *data, size_t size)
{
    static const RecallKey zeros[RECALL_KEY_BYTES] = {0};
    g_autofree char *text = g_strndup((const char *)data, size);
    RecallKey key[RECALL_KEY_BYTES] = {9};
    RecallKey again[RECALL_KEY_BYTES] = {0};
    char *written;

    if (!recall_recovery_text_to_key(text, key)) {
        g_assert_cmpint(memcmp(key, zeros, sizeof(key)), ==, 0);
        return;
    }
    written = recall_recovery_text_from_key(key);
    g_assert_true(recall_recovery_text_to_key(written, again));
    g_assert_cmpint(memcmp(key, again, sizeof(key)), ==, 0);
    recall_secret_free_text(written);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput input = {data, size};

    switch (fuzz_take_byte(&input) % 3) {
    case 0:
        check_file(input.data, input.n_bytes);
        break;
    case 1:
        check_header(input.data, input.n_bytes);
        break;
    default:
        check_recovery(input.data, input.n_bytes);
    }
    return 0;
}
