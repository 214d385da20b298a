/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/receipts.h"

#include "recall/vault/quarantine.h"
#include "tests/unit/recall/vault/fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define N_BYTES_MAX 256

typedef struct {
    Fixture *fixture;
    RecallVault *vault;
    RecallKeyring *keyring;
    char *path;
} History;

static int
set_up(void **state)
{
    History *self = g_new0(History, 1);

    assert_int_equal(fixture_set_up((void **)&self->fixture), 0);
    self->vault = fixture_open(self->fixture);
    self->keyring = recall_vault_get_keyring(self->vault);
    self->path = g_build_filename(self->fixture->folder, RECALL_RECEIPTS_NAME, NULL);
    *state = self;
    return 0;
}

static int
tear_down(void **state)
{
    History *self = *state;

    recall_vault_close(self->vault);
    fixture_tear_down((void **)&self->fixture);
    g_free(self->path);
    g_free(self);
    return 0;
}

static void
add(History *self, int64_t at_us)
{
    g_autoptr(RecallIntent) intent = recall_intent_new(RECALL_FORGET_APP, at_us);
    g_autoptr(GError) error = NULL;
    RecallReceipt receipt = {0};

    recall_receipts_add(self->keyring, self->fixture->folder, intent, &receipt, &error);
    fixture_check(error);
    assert_int_equal(receipt.at_us, at_us);
}

/* @why: NULL: none is lost */
static void
check(History *self, unsigned n_read, unsigned n_lost, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) receipts = recall_receipts_load(self->keyring, self->fixture->folder, &error);
    char text[N_BYTES_MAX] = "before";

    fixture_check(error);
    assert_int_equal(receipts->len, n_read);
    assert_int_equal(
        recall_receipts_explain_lost(self->keyring, self->fixture->folder, text, sizeof text),
        n_lost);
    assert_string_equal(text, why != NULL ? why : "");
}

/* Returns: (transfer full): of a file with three receipts */
static GByteArray *
fill(History *self)
{
    char *data = NULL;
    size_t n_bytes = 0;

    for (int64_t at_us = 1; at_us <= 3; at_us++)
        add(self, at_us);
    check(self, 3, 0, NULL);
    assert_true(g_file_get_contents(self->path, &data, &n_bytes, NULL));
    return g_byte_array_new_take((uint8_t *)data, n_bytes);
}

static void
put(History *self, const GByteArray *content, unsigned n_bytes)
{
    assert_true(g_file_set_contents(self->path, (const char *)content->data, n_bytes, NULL));
    assert_int_equal(g_chmod(self->path, 0600), 0);
}

static void
test_one_is_damaged(void **state)
{
    g_autoptr(GByteArray) content = fill(*state);

    content->data[content->len / 3 + 60] ^= 0x10;
    put(*state, content, content->len);
    check(*state, 2, 1, "1 receipt cannot be read: it is damaged");
    add(*state, 4);
    check(*state, 3, 1, "1 receipt cannot be read: it is damaged");
}

static void
test_file_is_cut(void **state)
{
    g_autoptr(GByteArray) content = fill(*state);

    put(*state, content, 100);
    check(*state, 0, 3, "3 receipts cannot be read: they are damaged");
    put(*state, content, 0);
    check(*state, 0, 3, "3 receipts are missing");
    assert_int_equal(g_unlink(((History *)*state)->path), 0);
    check(*state, 0, 3, "3 receipts are missing");
    add(*state, 4);
    check(*state, 1, 3, "3 receipts are missing");
}

/* Where the second one ends is nonsense, so that the third begins nowhere; the first goes on. */
static void
test_file_is_set_aside(void **state)
{
    History *self = *state;
    g_autoptr(GByteArray) content = fill(self);

    memset(content->data + content->len - 4, 0xff, 2);
    put(self, content, content->len);
    check(self, 1, 2, "2 receipts cannot be read: they are damaged");
    add(self, 4);
    check(self, 2, 2, "2 receipts are missing");
    assert_int_equal(recall_quarantine_count(self->fixture->folder, RECALL_RECEIPTS_NAME), 1);
}

/* A release before did not count them. */
static void
test_without_a_count(void **state)
{
    History *self = *state;
    g_autoptr(GByteArray) content = fill(self);
    uint8_t id[RECALL_SEGMENT_ID_BYTES];
    g_autoptr(RecallKey) key = recall_key_new();

    assert_true(recall_keyring_delete(self->keyring, RECALL_KEYRING_WEEK_NONE, NULL));
    check(self, 0, 3, "3 receipts cannot be read: their keys are not in the keyring");
    assert_true(
        recall_keyring_add_beside(self->keyring, RECALL_KEYRING_WEEK_NONE, 0, id, key, NULL));
    put(self, content, 100);
    check(self, 0, 1, "1 receipt cannot be read: it is damaged");
    put(self, content, content->len);
    add(self, 4);
    assert_int_equal(recall_keyring_get_newest_n_marked(self->keyring, RECALL_KEYRING_WEEK_NONE),
                     4);
    check(self, 1, 3, "3 receipts cannot be read: their keys are not in the keyring");
}

/* The oldest go when there are too many. */
static void
test_most(void **state)
{
    History *self = *state;
    g_autoptr(GByteArray) content = fill(self);

    assert_true(recall_keyring_set_newest_n_marked(self->keyring, RECALL_KEYRING_WEEK_NONE,
                                                   RECALL_RECEIPTS_N_MAX, NULL));
    check(self, 3, RECALL_RECEIPTS_N_MAX - 3, "4997 receipts are missing");
    assert_true(recall_keyring_set_newest_n_marked(self->keyring, RECALL_KEYRING_WEEK_NONE,
                                                   RECALL_RECEIPTS_N_MAX + 1, NULL));
    check(self, 3, RECALL_RECEIPTS_N_MAX - 3, "4997 receipts are missing");
}

/* Power was lost after the file was written, and before it was counted. */
static void
test_once_more(void **state)
{
    History *self = *state;
    g_autoptr(RecallIntent) intent = recall_intent_new(RECALL_FORGET_ALL, 7);

    for (unsigned i = 0; i < 2; i++)
        assert_true(recall_receipts_add(self->keyring, self->fixture->folder, intent, NULL, NULL));
    check(self, 1, 0, NULL);
}

/* Also while locked, with another key each time. */
static void
test_while_locked(void **state)
{
    History *self = *state;
    g_autoptr(GByteArray) content = fill(self);
    char text[N_BYTES_MAX];

    assert_true(recall_keyring_set_type(self->keyring, &recall_root_key_passphrase, "pass", NULL));
    recall_vault_lock(self->vault);
    add(self, 4);
    assert_int_equal(
        recall_receipts_explain_lost(self->keyring, self->fixture->folder, text, sizeof text), 0);
    assert_int_equal(g_unlink(self->path), 0);
    assert_int_equal(
        recall_receipts_explain_lost(self->keyring, self->fixture->folder, text, sizeof text), 4);
    add(self, 5);
    assert_true(recall_keyring_unlock(self->keyring, "pass", NULL));
    check(self, 1, 4, "4 receipts are missing");
    assert_true(recall_keyring_set_type(self->keyring, &recall_root_key_file, NULL, NULL));
}

/* What is ours gets its mode back, what is too large makes way. */
static void
test_not_to_be_used(void **state)
{
    History *self = *state;
    g_autoptr(GByteArray) content = fill(self);
    struct stat about;

    assert_int_equal(g_chmod(self->path, 0644), 0);
    check(self, 3, 0, NULL);
    assert_true(g_stat(self->path, &about) == 0 && (about.st_mode & 0777) == 0600);
    g_byte_array_set_size(content, RECALL_RECEIPTS_MAX_BYTES + 1);
    put(self, content, content->len);
    add(self, 4);
    check(self, 1, 3, "3 receipts are missing");
    assert_int_equal(recall_quarantine_count(self->fixture->folder, RECALL_RECEIPTS_NAME), 1);
    assert_int_equal(recall_quarantine_count(self->fixture->folder, "receipt"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_is_damaged),  TEST(test_file_is_cut),    TEST(test_file_is_set_aside),
        TEST(test_without_a_count), TEST(test_most),           TEST(test_once_more),
        TEST(test_while_locked),    TEST(test_not_to_be_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
