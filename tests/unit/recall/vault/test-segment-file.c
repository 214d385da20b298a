/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/segment-file.h"

#include "recall/vault/ingest.h"
#include "recall/vault/mutant.h"
#include "recall/vault/reseal.h"
#include "recall/vault/schema.h"
#include "recall/vault/statistics.h"
#include "tests/unit/recall/vault/fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MONDAY_US (INT64_C(1795392000) * G_USEC_PER_SEC) /* 2026-11-23 00:00 UTC */

/* Every file of the folder, one after the other. */
static GByteArray *
read_all_files(const Fixture *fixture)
{
    g_autoptr(GDir) dir = g_dir_open(fixture->folder, 0, NULL);
    GByteArray *all = g_byte_array_new();
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
        g_autofree char *data = NULL;
        size_t n_bytes;

        assert_true(g_file_get_contents(path, &data, &n_bytes, NULL));
        g_byte_array_append(all, (uint8_t *)data, (unsigned)n_bytes);
        g_byte_array_append(all, (const uint8_t *)name, (unsigned)strlen(name));
    }
    return all;
}

static const char *const planted[] = {
    "Marzipanlikör", "quittengelee",  "Heidelbeer", "pflaumenmus.example",
    "zwetschge.odt", "skill:kirsch",  "电脑显示器", "aaaaaaaaaa",
    "CREATE TABLE",  "SQLite format", "scene_fts",  "unicode61",
};

static unsigned
count_planted(const Fixture *fixture)
{
    g_autoptr(GByteArray) all = read_all_files(fixture);
    unsigned n = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(planted); i++)
        n += memmem(all->data, all->len, planted[i], strlen(planted[i])) != NULL;
    return n;
}

static void
append_planted(RecallVault *vault, unsigned key)
{
    g_autoptr(ProtocolScene) scene =
        fixture_scene(key, MONDAY_US + key * 1000, "Marzipanlikör quittengelee 电脑显示器");

    g_free(scene->title);
    scene->title = g_strdup("Heidelbeer");
    g_free(scene->url);
    scene->url = g_strdup("https://pflaumenmus.example/");
    g_free(scene->file);
    scene->file = g_strdup("/home/x/zwetschge.odt");
    g_free(scene->actor);
    scene->actor = g_strdup("skill:kirsch");
    fixture_add_words(scene);
    fixture_add_tile(scene, 0, 0, 'a');
    fixture_append(vault, scene, "a", NULL);
}

/* Returns: how many of the planted words stand in some file, at worst, over the life of a segment
 */
static unsigned
measure_planted(const Fixture *fixture)
{
    RecallVault *vault = fixture_open(fixture);
    RecallSegment *segment;
    unsigned n;

    for (unsigned key = 1; key <= 30; key++)
        append_planted(vault, key);
    n = count_planted(fixture); /* in the WAL */
    assert_true(recall_vault_get_segment(vault, recall_segment_week_at(MONDAY_US), &segment, NULL));
    assert_true(recall_segment_execute(
        segment,
        "CREATE TABLE IF NOT EXISTS other(a); INSERT INTO other SELECT text FROM scene;"
        "INSERT INTO scene_fts(scene_fts) VALUES('optimize');"
        "DELETE FROM other; DROP TABLE other; VACUUM; PRAGMA wal_checkpoint(FULL)",
        NULL));
    n = MAX(n, count_planted(fixture));
    recall_vault_close(vault);
    return MAX(n, count_planted(fixture));
}

static void
test_nothing_readable(void **state)
{
    assert_int_equal(measure_planted(*state), 0);
}

/* That the test would see it. */
static void
test_plain_is_readable(void **state)
{
    recall_mutant = RECALL_MUTANT_PLAIN;
    assert_true(measure_planted(*state) >= 11);
    recall_mutant = RECALL_MUTANT_NONE;
}

/* The file of one week in the place of another's. */
static void
test_swapped_files(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(ProtocolScene) here = fixture_scene(1, MONDAY_US, "here");
    g_autoptr(ProtocolScene) there = fixture_scene(1, MONDAY_US - RECALL_SEGMENT_WEEK_US, "there");
    g_autofree char *path = fixture_path(fixture, MONDAY_US);
    g_autofree char *other_path = fixture_path(fixture, MONDAY_US - RECALL_SEGMENT_WEEK_US);
    g_autofree char *aside = g_strconcat(path, ".aside", NULL);
    RecallVault *vault = fixture_open(fixture);
    int64_t here_id = fixture_append(vault, here, "", NULL);
    int64_t there_id = fixture_append(vault, there, "", NULL);
    g_autoptr(GError) error = NULL;

    recall_vault_close(vault);
    assert_int_equal(g_rename(path, aside), 0);
    assert_int_equal(g_rename(other_path, path), 0);
    assert_int_equal(g_rename(aside, other_path), 0);
    vault = fixture_open(fixture);
    assert_null(recall_vault_get_scene(vault, here_id, &error));
    assert_true(g_error_matches(error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED));
    assert_non_null(strstr(error->message, "2026-W48.db"));
    assert_null(recall_vault_get_scene(vault, there_id, NULL));
    recall_vault_close(vault);
}

static void
test_deleted_key(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    RecallVault *vault = fixture_open(fixture);
    int64_t id = fixture_append(vault, scene, "", NULL);
    g_autoptr(GError) error = NULL;

    assert_true(recall_keyring_delete(recall_vault_get_keyring(vault),
                                      recall_segment_week_at(MONDAY_US), NULL));
    recall_vault_close(vault);
    vault = fixture_open(fixture);
    assert_null(recall_vault_get_scene(vault, id, &error));
    assert_non_null(strstr(error->message, "its key is not in the keyring"));
    assert_true(fixture_append(vault, scene, "", NULL) >= 0); /* in a new file */
    recall_vault_close(vault);
}

static uint64_t
get_n_seals(RecallVault *vault)
{
    return recall_keyring_get_n_seals(recall_vault_get_keyring(vault),
                                      recall_segment_week_at(MONDAY_US));
}

/* A key that sealed much is replaced when its segment is opened. */
static void
test_worn_key(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    RecallVault *vault = fixture_open(fixture);
    int64_t id = fixture_append(vault, scene, "", NULL);
    int week = recall_segment_week_at(MONDAY_US);
    g_autoptr(RecallKey) key = recall_key_new();
    uint8_t old_id[RECALL_SEGMENT_ID_BYTES];
    uint8_t new_id[RECALL_SEGMENT_ID_BYTES];

    assert_true(get_n_seals(vault) > 0);
    assert_true(recall_keyring_get(recall_vault_get_keyring(vault), week, 0, old_id, key, NULL));
    assert_true(recall_keyring_lease(recall_vault_get_keyring(vault), old_id,
                                     RECALL_KEYRING_N_SEALS_WORN, NULL));
    recall_vault_close(vault);
    vault = fixture_open(fixture);
    g_autoptr(ProtocolScene) back = recall_vault_get_scene(vault, id, NULL);
    fixture_assert_equal(scene, back);
    assert_true(get_n_seals(vault) < RECALL_KEYRING_N_SEALS_WORN);
    assert_true(recall_keyring_get(recall_vault_get_keyring(vault), week, 0, new_id, key, NULL));
    assert_memory_not_equal(old_id, new_id, sizeof old_id);
    assert_false(recall_keyring_get(recall_vault_get_keyring(vault), week, 1, old_id, key, NULL));
    recall_vault_close(vault);
}

/* Power lost after the new key was noted and before the file was sealed with it. */
static void
test_interrupted_renewal(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    RecallVault *vault = fixture_open(fixture);
    int64_t id = fixture_append(vault, scene, "", NULL);
    g_autoptr(RecallKey) key = recall_key_new();
    uint8_t new_id[RECALL_SEGMENT_ID_BYTES];

    assert_true(recall_keyring_add(recall_vault_get_keyring(vault),
                                   recall_segment_week_at(MONDAY_US), new_id, key, NULL));
    recall_vault_close(vault);
    vault = fixture_open(fixture);
    g_autoptr(ProtocolScene) back = recall_vault_get_scene(vault, id, NULL);
    fixture_assert_equal(scene, back);
    recall_vault_close(vault);
}

/* Seals the week anew while its log has something, up to when the new file has its name. */
static void
replace_but_log(const Fixture *fixture, RecallVault *vault)
{
    int week = recall_segment_week_at(MONDAY_US);
    g_autofree char *path = fixture_path(fixture, MONDAY_US);
    g_autofree char *new_path = g_strconcat(path, ".new", NULL);
    g_autoptr(ProtocolScene) scene = fixture_scene(2, MONDAY_US + 1000, "two");
    RecallSegment *segment;
    RecallReseal *reseal;
    gboolean is_done = FALSE;

    assert_true(recall_vault_get_segment(vault, week, &segment, NULL));
    assert_non_null(recall_segment_begin_log(segment, NULL));
    fixture_append(vault, scene, "", NULL);
    reseal = recall_reseal_new(recall_vault_get_keyring(vault), week, path,
                               recall_segment_begin_log(segment, NULL), NULL);
    while (!is_done)
        assert_true(recall_reseal_step(reseal, &is_done, NULL));
    assert_true(recall_reseal_mend(reseal, NULL));
    recall_segment_leave_log(segment);
    recall_vault_close_week(vault, week);
    assert_int_equal(g_rename(new_path, path), 0);
    recall_reseal_leave(reseal);
}

static unsigned
count_scenes(RecallVault *vault)
{
    RecallStatistics statistics;

    assert_true(recall_statistics_gather(vault, &statistics, NULL));
    assert_int_equal(statistics.n_damaged, 0);
    return (unsigned)statistics.n_scenes;
}

/* Power lost when the file was sealed anew, and its old log not yet gone. */
static void
test_interrupted_replacement(void **state)
{
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    RecallVault *vault = fixture_open(*state);

    fixture_append(vault, scene, "", NULL);
    replace_but_log(*state, vault);
    recall_vault_close(vault);
    vault = fixture_open(*state);
    assert_int_equal(count_scenes(vault), 2);
    recall_vault_close(vault);
}

/* Its new key is not to be had, and what the old one opens is not the file: nothing is written. */
static void
test_interrupted_replacement_locked(void **state)
{
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    RecallVault *vault = fixture_open(*state);
    RecallKeyring *keyring = recall_vault_get_keyring(vault);
    RecallCryptVfs *vfs;
    g_autofree char *path = fixture_path(*state, MONDAY_US);
    uint8_t id[RECALL_SEGMENT_ID_BYTES];
    g_autoptr(GError) error = NULL;

    recall_mutant = RECALL_MUTANT_WEAK_PASSPHRASE;
    fixture_append(vault, scene, "", NULL);
    assert_true(recall_keyring_set_type(keyring, &recall_root_key_passphrase, "pass", NULL));
    replace_but_log(*state, vault);
    recall_vault_close(vault);
    vault = fixture_open(*state);
    keyring = recall_vault_get_keyring(vault);
    vfs = recall_segment_file_open(keyring, recall_segment_week_at(MONDAY_US), path, id, &error);
    assert_null(vfs);
    assert_true(g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_LOCKED));
    assert_true(recall_keyring_unlock(keyring, "pass", NULL));
    assert_int_equal(count_scenes(vault), 2);
    recall_vault_close(vault);
    recall_mutant = RECALL_MUTANT_NONE;
}

/* Power lost while a segment was being made. */
static void
test_interrupted_creation(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(ProtocolScene) scene = fixture_scene(1, MONDAY_US, "one");
    g_autofree char *path = fixture_path(fixture, MONDAY_US);
    g_autofree char *new_path = g_strconcat(path, ".new", NULL);
    g_autofree char *wal = g_strconcat(path, "-wal", NULL);
    RecallVault *vault = fixture_open(fixture);

    assert_true(g_file_set_contents(new_path, "half", -1, NULL));
    assert_true(g_file_set_contents(wal, "of another file", -1, NULL));
    assert_true(fixture_append(vault, scene, "", NULL) >= 0);
    assert_false(g_file_test(new_path, G_FILE_TEST_EXISTS));
    recall_vault_close(vault);
}

static gboolean
is_read(RecallVault *vault, int64_t id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ProtocolScene) scene = recall_vault_get_scene(vault, id, &error);

    if (scene == NULL)
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
    return scene != NULL;
}

/* Appends go on, also after a restart and into a new week; reading waits for the passphrase. */
static void
test_locked(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(ProtocolScene) old = fixture_scene(1, MONDAY_US - 5 * G_USEC_PER_SEC, "old");
    g_autoptr(ProtocolScene) new = fixture_scene(2, MONDAY_US + 5 * G_USEC_PER_SEC, "new");
    g_autoptr(ProtocolScene) next =
        fixture_scene(3, MONDAY_US + RECALL_SEGMENT_WEEK_US, "next week");
    g_autoptr(ProtocolScene) late = fixture_scene(4, MONDAY_US - 3 * G_USEC_PER_SEC, "late");
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(RecallEnd));
    RecallEnd list[] = {{1, MONDAY_US + 1}, {2, MONDAY_US + 6 * G_USEC_PER_SEC}};
    RecallVault *vault = fixture_open(fixture);
    int64_t ids[4];
    RecallStatistics statistics;

    recall_mutant = RECALL_MUTANT_WEAK_PASSPHRASE;
    ids[0] = fixture_append(vault, old, "", NULL);
    assert_true(recall_keyring_set_type(recall_vault_get_keyring(vault),
                                        &recall_root_key_passphrase, "pass", NULL));
    assert_true(is_read(vault, ids[0]));
    recall_vault_lock(vault);
    assert_false(is_read(vault, ids[0]));
    ids[1] = fixture_append(vault, new, "", NULL);
    assert_false(is_read(vault, ids[1]));
    recall_vault_close(vault);

    vault = fixture_open(fixture);
    g_array_append_vals(ends, list, G_N_ELEMENTS(list));
    assert_true(recall_ingest_touch(vault, ends, NULL));
    ids[2] = fixture_append(vault, late, "", NULL);
    ids[3] = fixture_append(vault, next, "", NULL);
    assert_true(recall_statistics_gather(vault, &statistics, NULL));
    assert_int_equal(statistics.n_segments, 3);
    assert_int_equal(statistics.n_damaged, 0);
    assert_true(recall_keyring_unlock(recall_vault_get_keyring(vault), "pass", NULL));
    for (unsigned i = 0; i < 4; i++)
        assert_true(is_read(vault, ids[i]));
    g_autoptr(ProtocolScene) moved = recall_vault_get_scene(vault, ids[2], NULL);
    assert_int_equal(moved->start_us, MONDAY_US); /* its own week was locked */
    g_autoptr(ProtocolScene) touched = recall_vault_get_scene(vault, ids[1], NULL);
    assert_int_equal(touched->end_us, MONDAY_US + 6 * G_USEC_PER_SEC);
    recall_vault_close(vault);
    recall_mutant = RECALL_MUTANT_NONE;
}

/* The clock was a year ahead for a while: what is written to now stays in hand. */
static void
test_locked_after_clock_jump(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(ProtocolScene) future =
        fixture_scene(1, MONDAY_US + 52 * RECALL_SEGMENT_WEEK_US, "from the future");
    g_autoptr(ProtocolScene) old = fixture_scene(2, MONDAY_US - RECALL_SEGMENT_WEEK_US, "old");
    g_autoptr(ProtocolScene) now = fixture_scene(3, MONDAY_US, "now");
    g_autoptr(ProtocolScene) later = fixture_scene(4, MONDAY_US + G_USEC_PER_SEC, "later");
    RecallVault *vault = fixture_open(fixture);
    int week = recall_segment_week_at(MONDAY_US);
    int64_t id;

    recall_mutant = RECALL_MUTANT_WEAK_PASSPHRASE;
    assert_true(recall_keyring_set_type(recall_vault_get_keyring(vault),
                                        &recall_root_key_passphrase, "pass", NULL));
    fixture_append(vault, future, "", NULL);
    fixture_append(vault, old, "", NULL);
    fixture_append(vault, now, "", NULL);
    fixture_append(vault, old, "", NULL);
    fixture_append(vault, now, "", NULL);
    recall_vault_close(vault);
    vault = fixture_open(fixture);
    assert_int_equal(recall_keyring_get_week_in_hand(recall_vault_get_keyring(vault)), week);
    id = fixture_append(vault, later, "", NULL);
    assert_int_equal(id >> RECALL_SEGMENT_ID_BITS, week);
    id = fixture_append(vault, future, "", NULL);
    assert_int_equal(id >> RECALL_SEGMENT_ID_BITS, week);
    id = fixture_append(vault, old, "", NULL);
    assert_int_equal(id >> RECALL_SEGMENT_ID_BITS, week);
    recall_vault_close(vault);
    recall_mutant = RECALL_MUTANT_NONE;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_readable),
        TEST(test_plain_is_readable),
        TEST(test_swapped_files),
        TEST(test_deleted_key),
        TEST(test_worn_key),
        TEST(test_interrupted_renewal),
        TEST(test_interrupted_replacement),
        TEST(test_interrupted_replacement_locked),
        TEST(test_interrupted_creation),
        TEST(test_locked),
        TEST(test_locked_after_clock_jump),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
