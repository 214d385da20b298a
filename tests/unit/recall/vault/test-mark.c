/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/mark.h"

#include "recall/vault/lock.h"
#include "recall/vault/schema.h"
#include "recall/vault/statistics.h"
#include "tests/unit/recall/vault/forgetting.h"

#include <glib/gstdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MONDAY_US FORGETTING_MONDAY_US
#define WEEK_US RECALL_SEGMENT_WEEK_US
#define NAME "2026-W48.db"
#define PASSPHRASE "correct horse battery"

/* --- what somebody copies and puts back --- */

/* Returns: (transfer full): name to GBytes of each file that begins so */
static GHashTable *
copy_files(const Fixture *fixture, const char *prefix)
{
    GHashTable *files =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    g_autoptr(GDir) dir = g_dir_open(fixture->folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
        char *data = NULL;
        size_t n_bytes = 0;

        if (g_str_has_prefix(name, prefix) && g_file_get_contents(path, &data, &n_bytes, NULL))
            g_hash_table_insert(files, g_strdup(name), g_bytes_new_take(data, n_bytes));
    }
    return files;
}

static void
remove_one(const Fixture *fixture, const char *name)
{
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);

    g_unlink(path);
}

/* In place of all files that begin so. */
static void
put_back(const Fixture *fixture, const char *prefix, GHashTable *files)
{
    g_autoptr(GHashTable) present = copy_files(fixture, prefix);
    GHashTableIter iter;
    void *name;
    void *bytes;

    g_hash_table_iter_init(&iter, present);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        remove_one(fixture, name);
    g_hash_table_iter_init(&iter, files);
    while (g_hash_table_iter_next(&iter, &name, &bytes)) {
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);

        assert_true(g_file_set_contents_full(path, g_bytes_get_data(bytes, NULL),
                                             (gssize)g_bytes_get_size(bytes),
                                             G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
}

static gboolean
is_same(GHashTable *a, GHashTable *b)
{
    GHashTableIter iter;
    void *name;
    void *bytes;

    g_hash_table_iter_init(&iter, a);
    while (g_hash_table_iter_next(&iter, &name, &bytes)) {
        GBytes *other = g_hash_table_lookup(b, name);

        if (other == NULL || !g_bytes_equal(bytes, other))
            return FALSE;
    }
    return g_hash_table_size(a) == g_hash_table_size(b);
}

/* --- the vault --- */

static void
put(RecallVault *vault, uint64_t key, int64_t at_us)
{
    g_autoptr(ProtocolScene) scene = fixture_scene(key, at_us, "heron");

    fixture_append(vault, scene, "", NULL);
}

/* Opens, puts one scene into the week and closes. */
static void
run_once(const Fixture *fixture, uint64_t key)
{
    RecallVault *vault = fixture_open(fixture);

    put(vault, key, MONDAY_US + (int64_t)key * G_USEC_PER_SEC);
    recall_vault_close(vault);
}

/* The files as they are when the program is killed after it put one scene into the week. */
static GHashTable *
run_killed(const Fixture *fixture, uint64_t key)
{
    RecallVault *vault = fixture_open(fixture);
    GHashTable *files;

    put(vault, key, MONDAY_US + (int64_t)key * G_USEC_PER_SEC);
    files = copy_files(fixture, "");
    recall_vault_close(vault);
    return files;
}

static void
assert_older_in(RecallVault *vault, gboolean is_older)
{
    RecallStatistics statistics;

    assert_true(recall_statistics_gather(vault, &statistics, NULL));
    assert_int_equal(statistics.n_older, is_older);
    assert_string_equal(statistics.older_names, is_older ? NAME : "");
    assert_int_equal(statistics.n_damaged, 0);
}

static void
assert_older(const Fixture *fixture, gboolean is_older)
{
    g_autoptr(RecallVault) vault = fixture_open(fixture);

    assert_older_in(vault, is_older);
}

static unsigned
count_found(const Fixture *fixture)
{
    g_autoptr(RecallVault) vault = fixture_open(fixture);

    return forgetting_search(vault, "heron");
}

static void
test_older_file(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(GHashTable) older = NULL;
    g_autoptr(GHashTable) newest = NULL;

    run_once(fixture, 1);
    older = copy_files(fixture, NAME);
    assert_older(fixture, FALSE);
    run_once(fixture, 2);
    assert_older(fixture, FALSE);
    newest = copy_files(fixture, NAME);

    put_back(fixture, NAME, older);
    assert_older(fixture, TRUE);
    assert_int_equal(count_found(fixture), 1);
    run_once(fixture, 3); /* it is used all the same, and stays one that was put back */
    assert_older(fixture, TRUE);
    assert_int_equal(count_found(fixture), 2);

    put_back(fixture, NAME, newest);
    assert_older(fixture, FALSE);
}

/* A week that is over is as good as the one in hand. */
static void
test_older_week_that_is_over(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault;
    g_autoptr(GHashTable) older = NULL;

    run_once(fixture, 1);
    older = copy_files(fixture, NAME);
    run_once(fixture, 2);
    vault = fixture_open(fixture);
    put(vault, 3, MONDAY_US + WEEK_US);
    put(vault, 4, MONDAY_US + 2 * WEEK_US);
    recall_vault_close(vault);
    put_back(fixture, NAME, older);
    assert_older(fixture, TRUE);
}

/* The mark is raised before the first write, not only in the end. */
static void
test_killed(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(GHashTable) older = NULL;
    g_autoptr(GHashTable) killed = NULL;

    run_once(fixture, 1);
    older = copy_files(fixture, NAME);
    killed = run_killed(fixture, 2);
    put_back(fixture, "", killed);
    assert_older(fixture, FALSE);
    assert_int_equal(count_found(fixture), 2);
    put_back(fixture, "", killed);
    put_back(fixture, NAME, older);
    assert_older(fixture, TRUE);
}

static void
test_log_taken_away(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(GHashTable) killed = NULL;

    run_once(fixture, 1);
    killed = run_killed(fixture, 2);
    put_back(fixture, "", killed);
    remove_one(fixture, NAME "-wal");
    assert_older(fixture, TRUE);
}

/* A copy of the same run, before much was written. */
static void
test_many_changes(void **state)
{
    const Fixture *fixture = *state;
    const char *const fill =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
        " LIMIT " G_STRINGIFY(
            RECALL_MARK_N_SEALS_MAX) " / 2)"
                                     " INSERT INTO sieve SELECT i, zeroblob(3000) FROM n";
    RecallVault *vault = fixture_open(fixture);
    int week = recall_segment_week_at(MONDAY_US);
    RecallSegment *segment;
    g_autoptr(GHashTable) before = NULL;
    g_autoptr(GHashTable) same = NULL;
    g_autoptr(GHashTable) after = NULL;

    put(vault, 1, MONDAY_US);
    before = copy_files(fixture, NAME);
    put(vault, 2, MONDAY_US + 1);
    same = copy_files(fixture, "keyring");
    assert_true(recall_vault_get_segment(vault, week, &segment, NULL));
    assert_true(recall_segment_execute(segment, fill, NULL));
    put(vault, 3, MONDAY_US + 2);
    after = copy_files(fixture, "");
    recall_vault_close(vault);

    put_back(fixture, "", after);
    assert_older(fixture, FALSE);
    put_back(fixture, "", after);
    put_back(fixture, NAME, before);
    assert_older(fixture, TRUE);
    put_back(fixture, "keyring", same); /* too little had been written to tell */
    put_back(fixture, NAME, before);
    assert_older(fixture, FALSE);
}

/* The file has the new number, the keyring not yet. */
static void
test_power_lost_in_between(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(GHashTable) older = NULL;
    g_autoptr(GHashTable) keyring = NULL;
    g_autoptr(GHashTable) ahead = NULL;

    run_once(fixture, 1);
    older = copy_files(fixture, NAME);
    keyring = copy_files(fixture, "keyring");
    run_once(fixture, 2);
    ahead = copy_files(fixture, NAME);
    put_back(fixture, "keyring", keyring);
    assert_older(fixture, FALSE);
    run_once(fixture, 3);
    assert_older(fixture, FALSE);
    put_back(fixture, NAME, ahead);
    assert_older(fixture, TRUE);
    put_back(fixture, NAME, older);
    assert_older(fixture, TRUE);
}

/* A copy of the same run, before the end of it. */
static void
test_closed(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault = fixture_open(fixture);
    g_autoptr(GHashTable) older = NULL;

    put(vault, 1, MONDAY_US);
    older = copy_files(fixture, NAME);
    put(vault, 2, MONDAY_US + 1);
    recall_vault_close(vault);
    put_back(fixture, NAME, older);
    assert_older(fixture, TRUE);
}

/* Likewise, before the week was over; then it was killed. */
static void
test_settled(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault = fixture_open(fixture);
    g_autoptr(GHashTable) older = NULL;
    g_autoptr(GHashTable) killed = NULL;

    put(vault, 1, MONDAY_US);
    older = copy_files(fixture, NAME);
    put(vault, 2, MONDAY_US + 1);
    for (unsigned i = 0; i < 10; i++)
        put(vault, 3 + i, MONDAY_US + WEEK_US + i);
    killed = copy_files(fixture, "");
    recall_vault_close(vault);
    put_back(fixture, "", killed);
    assert_older(fixture, FALSE);
    put_back(fixture, "", killed);
    put_back(fixture, NAME, older);
    assert_older(fixture, TRUE);
}

/* Who only reads changes no file. */
static void
test_read_only(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(GHashTable) before = NULL;
    g_autoptr(GHashTable) after = NULL;

    run_once(fixture, 1);
    before = copy_files(fixture, "");
    assert_int_equal(count_found(fixture), 1);
    assert_older(fixture, FALSE);
    after = copy_files(fixture, "");
    assert_true(is_same(before, after));
}

/* Written by a release before: no table in the file, nothing in the keyring. */
static void
test_release_before(void **state)
{
    const Fixture *fixture = *state;
    int week = recall_segment_week_at(MONDAY_US);
    uint8_t id[RECALL_SEGMENT_ID_BYTES];
    g_autoptr(RecallKey) key = recall_key_new();
    RecallVault *vault = fixture_open(fixture);
    RecallSegment *segment =
        recall_segment_open(recall_vault_get_keyring(vault), fixture->folder, week, TRUE, NULL);
    g_autoptr(GHashTable) older = NULL;

    assert_non_null(segment);
    assert_true(recall_segment_execute(segment, "DROP TABLE mark", NULL));
    recall_segment_close(segment);
    recall_vault_close(vault);
    older = copy_files(fixture, NAME);
    assert_older(fixture, FALSE);

    run_once(fixture, 1);
    assert_older(fixture, FALSE);
    vault = fixture_open(fixture);
    assert_true(recall_keyring_get(recall_vault_get_keyring(vault), week, 0, id, key, NULL));
    assert_true(recall_keyring_get_n_marked(recall_vault_get_keyring(vault), id) > 0);
    recall_vault_close(vault);
    put_back(fixture, NAME, older);
    assert_older(fixture, TRUE);
}

static void
forget(const Fixture *fixture, const RecallForgetWhat *what)
{
    g_autoptr(RecallVault) vault = fixture_open(fixture);
    g_autoptr(GError) error = forgetting_run(vault, what, NULL);

    fixture_check(error);
}

/* Part of the week goes: what is left has another key. */
static void
test_sealed_anew(void **state)
{
    const Fixture *fixture = *state;
    const RecallForgetWhat first = {RECALL_FORGET_RANGE, G_MININT64,
                                    MONDAY_US + 2 * G_USEC_PER_SEC - 1};
    g_autoptr(GHashTable) older = NULL;

    for (uint64_t key = 1; key <= 4; key++)
        run_once(fixture, key);
    forget(fixture, &first);
    assert_older(fixture, FALSE);
    older = copy_files(fixture, NAME);
    run_once(fixture, 5);
    assert_older(fixture, FALSE);
    put_back(fixture, NAME, older);
    assert_older(fixture, TRUE);
    assert_int_equal(count_found(fixture), 3);
}

/* One that was put back and then sealed anew is still known for what it is; gone, it is not. */
static void
test_older_and_sealed_anew(void **state)
{
    const Fixture *fixture = *state;
    const RecallForgetWhat first = {RECALL_FORGET_RANGE, G_MININT64,
                                    MONDAY_US + 2 * G_USEC_PER_SEC - 1};
    const RecallForgetWhat all = {RECALL_FORGET_ALL, FORGETTING_WHOLE_TIME};
    g_autoptr(GHashTable) older = NULL;

    run_once(fixture, 1);
    run_once(fixture, 2);
    older = copy_files(fixture, NAME);
    run_once(fixture, 3);
    put_back(fixture, NAME, older);
    forget(fixture, &first);
    assert_int_equal(count_found(fixture), 1);
    assert_older(fixture, TRUE);
    forget(fixture, &all);
    assert_older(fixture, FALSE);
    run_once(fixture, 4);
    assert_older(fixture, FALSE);
}

/* The one that makes way for another has its own number. */
static void
test_set_aside(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault;
    RecallStatistics statistics;

    for (uint64_t key = 1; key <= 3; key++)
        run_once(fixture, key);
    vault = fixture_open(fixture);
    recall_vault_set_aside(vault, recall_segment_week_at(MONDAY_US));
    put(vault, 4, MONDAY_US + 4);
    recall_vault_close(vault);
    vault = fixture_open(fixture);
    assert_true(recall_statistics_gather(vault, &statistics, NULL));
    assert_int_equal(statistics.n_older, 0);
    recall_vault_close(vault);
}

/* The number rises without the root key, and is compared without it. */
static void
test_locked(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault = fixture_open(fixture);
    g_autoptr(GHashTable) older = NULL;

    put(vault, 1, MONDAY_US);
    assert_true(recall_lock_set_key(vault, "", "passphrase", PASSPHRASE, NULL));
    recall_vault_close(vault);
    older = copy_files(fixture, NAME);

    run_once(fixture, 2);
    vault = fixture_open(fixture);
    assert_true(recall_keyring_is_locked(recall_vault_get_keyring(vault)));
    put(vault, 3, MONDAY_US + 3);
    assert_older_in(vault, FALSE);
    recall_vault_close(vault);

    put_back(fixture, NAME, older);
    vault = fixture_open(fixture);
    put(vault, 4, MONDAY_US + 4);
    assert_older_in(vault, TRUE);
    recall_vault_close(vault);
}

/* What came in the meantime is marked when the history is locked, not only in the end. */
static void
test_locking(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault = fixture_open(fixture);
    g_autoptr(GHashTable) older = NULL;
    g_autoptr(GHashTable) killed = NULL;

    assert_true(recall_lock_set_key(vault, "", "passphrase", PASSPHRASE, NULL));
    put(vault, 1, MONDAY_US);
    older = copy_files(fixture, NAME);
    put(vault, 2, MONDAY_US + 2);
    assert_true(recall_lock_close(vault, NULL));
    killed = copy_files(fixture, "");
    recall_vault_close(vault);
    put_back(fixture, "", killed);
    put_back(fixture, NAME, older);
    vault = fixture_open(fixture);
    assert_older_in(vault, TRUE);
    recall_vault_close(vault);
}

/* Of a week that is over and locked the page with the number is looked at from the outside. */
static void
test_over_and_locked(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault = fixture_open(fixture);
    g_autoptr(GHashTable) older = NULL;
    g_autoptr(GHashTable) newest = NULL;

    put(vault, 1, MONDAY_US);
    assert_true(recall_lock_set_key(vault, "", "passphrase", PASSPHRASE, NULL));
    recall_vault_close(vault);
    older = copy_files(fixture, NAME);
    run_once(fixture, 2);
    newest = copy_files(fixture, NAME);
    vault = fixture_open(fixture);
    put(vault, 3, MONDAY_US + WEEK_US);
    assert_older_in(vault, FALSE);
    recall_vault_close(vault);

    put_back(fixture, NAME, older);
    vault = fixture_open(fixture);
    assert_true(recall_keyring_is_locked(recall_vault_get_keyring(vault)));
    assert_older_in(vault, TRUE);
    assert_true(recall_lock_open(vault, PASSPHRASE, NULL));
    assert_older_in(vault, TRUE);
    recall_vault_close(vault);
    assert_older(fixture, TRUE); /* it was closed as what it is */
    put_back(fixture, NAME, newest);
    assert_older(fixture, FALSE);
}

/* Killed after its last write: until it is closed again nothing is known, and nothing said. */
static void
test_killed_and_locked(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault = fixture_open(fixture);
    g_autoptr(GHashTable) older = NULL;
    g_autoptr(GHashTable) killed = NULL;

    put(vault, 1, MONDAY_US);
    assert_true(recall_lock_set_key(vault, "", "passphrase", PASSPHRASE, NULL));
    recall_vault_close(vault);
    older = copy_files(fixture, NAME);
    vault = fixture_open(fixture);
    put(vault, 2, MONDAY_US + 2);
    put(vault, 3, MONDAY_US + WEEK_US);
    killed = copy_files(fixture, "");
    recall_vault_close(vault);

    put_back(fixture, "", killed);
    assert_older(fixture, FALSE);
    put_back(fixture, NAME, older);
    vault = fixture_open(fixture);
    assert_older_in(vault, FALSE);
    assert_true(recall_lock_open(vault, PASSPHRASE, NULL));
    assert_older_in(vault, TRUE);
    recall_vault_close(vault);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_older_file),
        TEST(test_older_week_that_is_over),
        TEST(test_killed),
        TEST(test_log_taken_away),
        TEST(test_many_changes),
        TEST(test_power_lost_in_between),
        TEST(test_closed),
        TEST(test_settled),
        TEST(test_read_only),
        TEST(test_release_before),
        TEST(test_sealed_anew),
        TEST(test_older_and_sealed_anew),
        TEST(test_set_aside),
        TEST(test_locked),
        TEST(test_locking),
        TEST(test_over_and_locked),
        TEST(test_killed_and_locked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
