/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/lock.h"

#include "recall/vault/mutant.h"
#include "tests/unit/recall/vault/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define START_US (INT64_C(1795392000) * G_USEC_PER_SEC)
#define PASSPHRASE "correct horse battery"

typedef struct {
    RecallVault *vault;
    int64_t id;
} Store;

/* A scene, and a passphrase. */
static Store
open_store(void **state)
{
    Store self = {fixture_open(*state), 0};
    g_autoptr(ProtocolScene) scene = fixture_scene(1, START_US, "apple");
    g_autoptr(GError) error = NULL;

    self.id = fixture_append(self.vault, scene, "", NULL);
    recall_lock_set_key(self.vault, "", "passphrase", PASSPHRASE, &error);
    fixture_check(error);
    return self;
}

static gboolean
can_read(const Store *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ProtocolScene) scene = recall_vault_get_scene(self->vault, self->id, &error);

    assert_true(scene != NULL || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
    return scene != NULL;
}

static void
assert_refused(const Store *self, const char *secret)
{
    g_autoptr(GError) error = NULL;

    assert_false(recall_lock_open(self->vault, secret, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
    assert_false(can_read(self));
}

static RecallLockState
state_of(const Store *self)
{
    RecallLockState state;

    recall_lock_get_state(self->vault, &state);
    return state;
}

static void
test_nobody_is_asked_at_first(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    Store self = {vault, 0};
    g_autoptr(GError) error = NULL;

    assert_string_equal(state_of(&self).type, "key-file");
    assert_false(state_of(&self).asks);
    assert_true(recall_lock_open(vault, "", NULL));
    assert_false(recall_lock_close(vault, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
}

static void
test_close_and_open(void **state)
{
    Store self = open_store(state);

    assert_true(state_of(&self).asks);
    assert_true(can_read(&self));
    assert_true(recall_lock_close(self.vault, NULL));
    assert_false(can_read(&self));
    assert_refused(&self, "wrong");
    assert_int_equal(state_of(&self).n_wrong, 1);
    assert_true(recall_lock_open(self.vault, PASSPHRASE, NULL));
    assert_int_equal(state_of(&self).n_wrong, 0);
    assert_true(can_read(&self));
    recall_vault_close(self.vault);
}

/* While it is unlocked, too: what is waited for is the person, not the state. */
static void
test_wrong_secret_ends_the_unlock(void **state)
{
    Store self = open_store(state);
    g_autoptr(GError) error = NULL;
    g_autofree char *recovery = NULL;

    assert_refused(&self, "wrong");
    assert_true(recall_lock_open(self.vault, PASSPHRASE, NULL));
    assert_false(recall_lock_set_key(self.vault, "wrong", "key-file", "", &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
    assert_false(can_read(&self));
    recovery = recall_lock_make_recovery(self.vault, "wrong", NULL);
    assert_null(recovery);
    assert_string_equal(state_of(&self).type, "passphrase");
    recall_vault_close(self.vault);
}

static void
test_change(void **state)
{
    Store self = open_store(state);
    g_autoptr(GError) error = NULL;

    assert_false(recall_lock_set_key(self.vault, PASSPHRASE, "sticker", "", &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
    assert_true(recall_lock_set_key(self.vault, PASSPHRASE, "passphrase", "another one", NULL));
    assert_refused(&self, PASSPHRASE);
    assert_true(recall_lock_open(self.vault, "another one", NULL));
    assert_true(recall_lock_set_key(self.vault, "another one", "key-file", "", NULL));
    assert_false(state_of(&self).asks);
    recall_vault_close(self.vault);
    self.vault = fixture_open(*state);
    assert_true(can_read(&self));
    recall_vault_close(self.vault);
}

static void
test_recovery(void **state)
{
    Store self = open_store(state);
    char *recovery = recall_lock_make_recovery(self.vault, PASSPHRASE, NULL);
    g_autoptr(GError) error = NULL;

    assert_non_null(recovery);
    assert_true(state_of(&self).has_recovery);
    recall_vault_close(self.vault);
    self.vault = fixture_open(*state);
    assert_false(can_read(&self));
    assert_true(recall_lock_open(self.vault, recovery, NULL));
    assert_true(state_of(&self).is_recovered);
    assert_true(can_read(&self));
    assert_false(recall_lock_set_key(self.vault, recovery, "passphrase", recovery, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
    assert_true(recall_lock_set_key(self.vault, recovery, "passphrase", "third one", NULL));
    assert_refused(&self, PASSPHRASE);
    assert_true(recall_lock_open(self.vault, "third one", NULL));
    recall_secret_free_text(recovery);
    recall_vault_close(self.vault);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_nobody_is_asked_at_first),
        TEST(test_close_and_open),
        TEST(test_wrong_secret_ends_the_unlock),
        TEST(test_change),
        TEST(test_recovery),
    };

    recall_mutant = RECALL_MUTANT_WEAK_PASSPHRASE; /* which are slow on purpose */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
