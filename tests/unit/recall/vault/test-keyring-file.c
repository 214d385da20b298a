/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/keyring-file.h"

#include "recall/vault/root-key.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
add_entry(RecallKeyringFile *file, int week, uint8_t byte, gboolean is_sealed)
{
    RecallKeyringEntry entry = {
        .week = week, .is_sealed = is_sealed, .n_seals = byte, .n_marked = 10 * byte};

    entry.witness.number = is_sealed ? 0 : byte;
    memset(&entry.witness.seal, is_sealed ? 0 : byte, sizeof entry.witness.seal);
    memset(entry.id, byte, sizeof entry.id);
    memset(entry.wrap, byte, is_sealed ? RECALL_SEALED_BOX_BYTES : RECALL_WRAP_BYTES);
    g_array_append_val(file->entries, entry);
}

static RecallKeyringFile *
make_file(gboolean has_recovery)
{
    RecallKeyringFile *file = recall_keyring_file_new();

    g_free(file->type);
    file->type = g_strdup("key-file");
    g_bytes_unref(file->about);
    file->about = g_bytes_new("about", 5);
    memset(file->root_wrap, 1, sizeof file->root_wrap);
    memset(file->public_half, 2, sizeof file->public_half);
    file->has_recovery = has_recovery;
    if (has_recovery) {
        memset(file->recovery_public, 3, sizeof file->recovery_public);
        memset(file->recovery_wrap, 4, sizeof file->recovery_wrap);
    }
    file->n_wrong = 5;
    file->is_root_stale = TRUE;
    add_entry(file, 2967, 6, FALSE);
    add_entry(file, 2968, 7, TRUE);
    add_entry(file, 2967, 8, FALSE);
    return file;
}

static void
check_equal(const RecallKeyringFile *a, const RecallKeyringFile *b)
{
    g_autoptr(GBytes) a_bytes = recall_keyring_file_pack(a);
    g_autoptr(GBytes) b_bytes = recall_keyring_file_pack(b);

    assert_true(g_bytes_equal(a_bytes, b_bytes));
}

static void
test_round(void **state)
{
    for (int has_recovery = 0; has_recovery < 2; has_recovery++) {
        g_autoptr(RecallKeyringFile) file = make_file(has_recovery);
        g_autoptr(RecallKeyringFile) copy = recall_keyring_file_copy(file);
        g_autoptr(GBytes) bytes = recall_keyring_file_pack(file);
        g_autoptr(RecallKeyringFile) back = recall_keyring_file_parse(bytes, NULL);

        assert_non_null(back);
        check_equal(file, back);
        check_equal(file, copy);
        assert_string_equal(back->type, "key-file");
        assert_int_equal(back->has_recovery, has_recovery);
        assert_int_equal(back->n_wrong, 5);
        assert_true(back->is_root_stale);
        assert_int_equal(back->entries->len, 3);
        assert_int_equal(recall_keyring_file_find(back, 2967)->id[0], 8);
        assert_true(recall_keyring_file_find(back, 2968)->is_sealed);
        assert_null(recall_keyring_file_find(back, 1));
    }
}

/* Whatever it is, it is refused or stands for itself; what it says is within its bounds. */
static void
check_any(const uint8_t *data, size_t n_bytes)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, n_bytes);
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallKeyringFile) file = recall_keyring_file_parse(bytes, &error);

    if (file == NULL) {
        assert_non_null(error);
        return;
    }
    assert_true(file->entries->len <= RECALL_KEYRING_N_ENTRIES_MAX);
    assert_true(g_bytes_get_size(file->about) <= RECALL_ROOT_KEY_ABOUT_MAX_BYTES);
    recall_keyring_file_find(file, 2967);
}

static void
test_damaged(void **state)
{
    g_autoptr(RecallKeyringFile) file = make_file(TRUE);
    g_autoptr(GBytes) bytes = recall_keyring_file_pack(file);
    size_t n_bytes;
    const uint8_t *data = g_bytes_get_data(bytes, &n_bytes);
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);

    for (size_t n = 0; n < n_bytes; n++)
        check_any(data, n);
    for (unsigned i = 0; i < 20000; i++) {
        g_autofree uint8_t *changed = g_memdup2(data, n_bytes);

        for (int j = g_rand_int_range(rand, 1, 4); j > 0; j--)
            changed[g_rand_int_range(rand, 0, (int)n_bytes)] = (uint8_t)g_rand_int(rand);
        check_any(changed, n_bytes);
    }
}

static void
test_maximum(void **state)
{
    g_autoptr(RecallKeyringFile) file = make_file(FALSE);

    while (file->entries->len < RECALL_KEYRING_N_ENTRIES_MAX)
        add_entry(file, 1, 1, TRUE);
    g_autoptr(GBytes) most = recall_keyring_file_pack(file);
    g_autoptr(RecallKeyringFile) back = recall_keyring_file_parse(most, NULL);
    assert_non_null(back);

    add_entry(file, 1, 1, TRUE);
    g_autoptr(GBytes) more = recall_keyring_file_pack(file);
    assert_null(recall_keyring_file_parse(more, NULL));

    g_autofree uint8_t *zeros = g_malloc0(RECALL_KEYRING_FILE_MAX_BYTES + 1);
    g_autoptr(GBytes) large = g_bytes_new(zeros, RECALL_KEYRING_FILE_MAX_BYTES + 1);
    assert_null(recall_keyring_file_parse(large, NULL));
}

static void
put_sum(uint8_t *data, size_t n_bytes)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    size_t n_sum = 32;

    g_checksum_update(sum, data, (gssize)(n_bytes - n_sum));
    g_checksum_get_digest(sum, data + n_bytes - n_sum, &n_sum);
}

/* As releases before wrote it: up to version 3 without witnesses in the entries, up to version 2
 * without marks, and version 1 without a sum. */
static GBytes *
pack_older(const RecallKeyringFile *file, uint32_t version)
{
    g_autoptr(GBytes) bytes = recall_keyring_file_pack(file);
    g_autoptr(GBytes) content = g_bytes_new_from_bytes(bytes, 0, g_bytes_get_size(bytes) - 32);
    g_autoptr(GVariant) tuple = g_variant_ref_sink(
        g_variant_new_from_bytes(G_VARIANT_TYPE("(usayayayayayuba(ayibayttuay))"), content, FALSE));
    g_autoptr(GVariant) entries = g_variant_get_child_value(tuple, 9);
    g_autoptr(GVariant) older = NULL;
    GVariant *parts[10] = {g_variant_new_uint32(version)};
    GVariant *older_entries[10];
    unsigned n_fields = version < 3 ? 5 : 6;
    size_t n = g_variant_n_children(entries);
    uint8_t *data;

    assert_true(n < G_N_ELEMENTS(older_entries));
    for (size_t i = 0; i < n; i++) {
        GVariant *fields[6];

        for (unsigned j = 0; j < n_fields; j++) {
            g_autoptr(GVariant) entry = g_variant_get_child_value(entries, i);

            fields[j] = g_variant_get_child_value(entry, j);
        }
        older_entries[i] = g_variant_new_tuple(fields, n_fields);
        for (unsigned j = 0; j < n_fields; j++)
            g_variant_unref(fields[j]);
    }
    for (unsigned i = 1; i < 9; i++)
        parts[i] = g_variant_get_child_value(tuple, i);
    parts[9] = g_variant_new_array(G_VARIANT_TYPE(version < 3 ? "(ayibayt)" : "(ayibaytt)"),
                                   older_entries, n);
    older = g_variant_ref_sink(g_variant_new_tuple(parts, 10));
    for (unsigned i = 1; i < 9; i++)
        g_variant_unref(parts[i]);
    n = g_variant_get_size(older);
    data = g_malloc0(n + 32);
    g_variant_store(older, data);
    put_sum(data, n + 32);
    return g_bytes_new_take(data, version == 1 ? n : n + 32);
}

static void
test_older_releases(void **state)
{
    for (uint32_t version = 1; version <= 3; version++) {
        g_autoptr(RecallKeyringFile) file = make_file(TRUE);
        g_autoptr(GBytes) bytes = pack_older(file, version);
        g_autoptr(GError) error = NULL;
        g_autoptr(RecallKeyringFile) back = recall_keyring_file_parse(bytes, &error);

        assert_non_null(back);
        for (unsigned i = 0; i < file->entries->len; i++) {
            RecallKeyringEntry *entry = &g_array_index(file->entries, RecallKeyringEntry, i);

            entry->n_marked = version < 3 ? 0 : entry->n_marked;
            entry->witness = (RecallKeyringWitness){0};
        }
        check_equal(file, back);
    }
}

/* A sum tells which version it may be. */
static void
test_sum_of_another_version(void **state)
{
    g_autoptr(RecallKeyringFile) file = make_file(TRUE);
    g_autoptr(GBytes) first = pack_older(file, 1);
    g_autoptr(GBytes) second = pack_older(file, 2);
    g_autofree uint8_t *data = g_memdup2(g_bytes_get_data(second, NULL), g_bytes_get_size(second));
    g_autoptr(GBytes) without = g_bytes_new(data, g_bytes_get_size(first));
    g_autoptr(GBytes) summed = NULL;

    assert_null(recall_keyring_file_parse(without, NULL));
    data[0] = 1;
    put_sum(data, g_bytes_get_size(second));
    summed = g_bytes_new(data, g_bytes_get_size(second));
    assert_null(recall_keyring_file_parse(summed, NULL));
}

static void
test_mark_maximum(void **state)
{
    g_autoptr(RecallKeyringFile) file = make_file(FALSE);
    RecallKeyringEntry *entry = recall_keyring_file_find(file, 2967);

    entry->n_marked = G_MAXINT64;
    g_autoptr(GBytes) most = recall_keyring_file_pack(file);
    g_autoptr(RecallKeyringFile) back = recall_keyring_file_parse(most, NULL);
    assert_non_null(back);
    assert_true(recall_keyring_file_find(back, 2967)->n_marked == G_MAXINT64);

    entry->n_marked++;
    g_autoptr(GBytes) more = recall_keyring_file_pack(file);
    assert_null(recall_keyring_file_parse(more, NULL));
}

/* Each bit, turned over, is noticed. */
static void
test_flipped(void **state)
{
    g_autoptr(RecallKeyringFile) file = make_file(TRUE);
    g_autoptr(GBytes) bytes = recall_keyring_file_pack(file);
    size_t n_bytes = g_bytes_get_size(bytes);
    g_autofree uint8_t *data = g_memdup2(g_bytes_get_data(bytes, NULL), n_bytes);

    for (size_t i = 0; i < 8 * n_bytes; i++) {
        g_autoptr(GBytes) flipped = g_bytes_new_static(data, n_bytes);
        g_autoptr(GError) error = NULL;

        data[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_null(recall_keyring_file_parse(flipped, &error));
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
        data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}

static void
test_later_release(void **state)
{
    g_autoptr(RecallKeyringFile) file = make_file(FALSE);
    g_autoptr(GBytes) bytes = recall_keyring_file_pack(file);
    g_autofree uint8_t *data = g_memdup2(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_autoptr(GBytes) later = NULL;
    g_autoptr(GError) error = NULL;

    data[0] = 5;
    put_sum(data, g_bytes_get_size(bytes));
    later = g_bytes_new(data, g_bytes_get_size(bytes));
    assert_null(recall_keyring_file_parse(later, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
}

/* Whatever it has after its version. */
static void
test_later_layout(void **state)
{
    uint8_t data[64] = {5};
    g_autoptr(GBytes) later = g_bytes_new_static(data, sizeof data);
    g_autoptr(GError) error = NULL;

    put_sum(data, sizeof data);
    assert_null(recall_keyring_file_parse(later, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_older_releases),
        cmocka_unit_test(test_sum_of_another_version),
        cmocka_unit_test(test_mark_maximum),
        cmocka_unit_test(test_flipped),
        cmocka_unit_test(test_later_release),
        cmocka_unit_test(test_later_layout),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
