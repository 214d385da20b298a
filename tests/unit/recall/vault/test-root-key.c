/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/root-key.h"

#include "recall/vault/mutant.h"

#include <glib/gstdio.h>
#include <string.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int
set_up(void **state)
{
    *state = g_dir_make_tmp("deskhand-root-XXXXXX", NULL);
    return *state != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
    g_rmdir(*state); /* fails when a test left something */
    g_free(*state);
    return 0;
}

static void
test_find(void **state)
{
    assert_ptr_equal(recall_root_key_find("key-file"), &recall_root_key_file);
    assert_ptr_equal(recall_root_key_find("passphrase"), &recall_root_key_passphrase);
    assert_null(recall_root_key_find("unknown"));
}

static void
test_file(void **state)
{
    const RecallRootKeyType *type = &recall_root_key_file;
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(RecallKey) other = recall_key_new();
    g_autoptr(RecallKey) back = recall_key_new();
    g_autoptr(GBytes) about = NULL;
    g_autoptr(GBytes) other_about = NULL;

    assert_true(type->create(*state, NULL, key, &about, NULL));
    assert_true(type->create(*state, NULL, other, &other_about, NULL));
    assert_memory_not_equal(key, other, RECALL_KEY_BYTES);
    assert_true(type->open(*state, NULL, about, back, NULL));
    assert_memory_equal(key, back, RECALL_KEY_BYTES);
    type->destroy(*state, about);
    assert_false(type->open(*state, NULL, about, back, NULL));
    assert_true(type->open(*state, NULL, other_about, back, NULL));
    type->destroy(*state, other_about);
}

/* The keyring says which file: it must not lead elsewhere. */
static void
test_file_elsewhere(void **state)
{
    static const char *const names[] = {
        "",
        "root-1234567.key",
        "../../../etc/pass",
        "root-../../a.key",
        "root-12345678.kex",
        "root-12345678.key/",
        "root-1234567/.key",
    };
    g_autoptr(RecallKey) key = recall_key_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GBytes) about = g_bytes_new(names[i], strlen(names[i]));

        assert_false(recall_root_key_file.open(*state, NULL, about, key, NULL));
        recall_root_key_file.destroy(*state, about);
    }
}

static double
measure_open(const char *folder, const char *secret, GBytes *about, RecallKey *out_key)
{
    struct timespec start;
    struct timespec end;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    assert_true(recall_root_key_passphrase.open(folder, secret, about, out_key, NULL));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    return (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
}

static void
test_passphrase(void **state)
{
    const RecallRootKeyType *type = &recall_root_key_passphrase;
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(RecallKey) back = recall_key_new();
    g_autoptr(GBytes) about = NULL;
    g_autoptr(GBytes) again = NULL;
    double took_s;

    assert_true(type->create(*state, "correct horse", key, &about, NULL));
    took_s = measure_open(*state, "correct horse", about, back);
    print_message("a try takes %.2f s\n", took_s);
    assert_memory_equal(key, back, RECALL_KEY_BYTES);
    assert_true(took_s > 0.25 && took_s < 1.0); /* half a second; machines are not steady */

    recall_mutant = RECALL_MUTANT_WEAK_PASSPHRASE;
    assert_true(type->create(*state, "correct horse", key, &again, NULL));
    recall_mutant = RECALL_MUTANT_NONE;
    assert_true(measure_open(*state, "correct horse", again, back) < 0.25);
    assert_memory_equal(key, back, RECALL_KEY_BYTES);
    measure_open(*state, "correct hors", again, back);
    assert_memory_not_equal(key, back, RECALL_KEY_BYTES);
    type->destroy(*state, about);
}

/* What the keyring says of it is bounded. */
static void
test_passphrase_about(void **state)
{
    const RecallRootKeyType *type = &recall_root_key_passphrase;
    static const uint8_t salt[16];
    static const struct {
        uint32_t n_kib;
        uint32_t n_passes;
        size_t n_salt_bytes;
    } wrong[] = {
        {UINT32_MAX, 1, 16}, {1024, UINT32_MAX, 16}, {1024, 1, 15}, {1024, 1, 0}, {0, 0, 16},
    };
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);

    assert_false(type->open(*state, "x", nothing, key, NULL));
    for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GVariant) tuple = g_variant_ref_sink(g_variant_new(
            "(uu@ay)", wrong[i].n_kib, wrong[i].n_passes,
            g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, salt, wrong[i].n_salt_bytes, 1)));
        g_autoptr(GBytes) about = g_variant_get_data_as_bytes(tuple);

        assert_false(type->open(*state, "x", about, key, NULL));
    }
}

static void
test_passphrase_itself(void **state)
{
    const RecallRootKeyType *type = &recall_root_key_passphrase;
    g_autoptr(RecallKey) key = recall_key_new();
    g_autofree char *longest = g_strnfill(4096, 'x');
    g_autofree char *longer = g_strnfill(4097, 'x');
    g_autoptr(GBytes) about = NULL;

    recall_mutant = RECALL_MUTANT_WEAK_PASSPHRASE;
    assert_false(type->create(*state, NULL, key, &about, NULL));
    assert_false(type->create(*state, "", key, &about, NULL));
    assert_false(type->create(*state, longer, key, &about, NULL));
    assert_null(about);
    assert_true(type->create(*state, longest, key, &about, NULL));
    recall_mutant = RECALL_MUTANT_NONE;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find), TEST(test_file),
        TEST(test_file_elsewhere),   TEST(test_passphrase),
        TEST(test_passphrase_about), TEST(test_passphrase_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
