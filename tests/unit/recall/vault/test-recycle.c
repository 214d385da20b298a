/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/recycle.h"

#include "recall/vault/receipts.h"
#include "recall/vault/schema.h"
#include "recall/vault/statistics.h"
#include "tests/unit/recall/vault/forgetting.h"

#include <string.h>
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE_US INT64_C(60000000)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)
#define WEEK_US RECALL_SEGMENT_WEEK_US
#define N_STEPS_MAX 20000
#define N_JUNK_PAGES 600
#define NOW_US (FORGETTING_MONDAY_US + 3 * DAY_US)

static RecallRecycleReport
run(RecallVault *vault, uint64_t quota_bytes, int64_t age_us, int64_t now_us)
{
    RecallRetention limits = {quota_bytes, age_us};
    g_autoptr(RecallRecycle) recycle = recall_recycle_new(vault, &limits);
    unsigned n_steps = 0;

    while (recall_recycle_step(recycle, now_us))
        assert_true(n_steps++ < N_STEPS_MAX);
    return recall_recycle_get_report(recycle);
}

/* Scenes of 6 KB each, a minute apart. */
static void
fill(RecallVault *vault, uint64_t first_key, int64_t from_us, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *text = fixture_lorem(400, (unsigned)first_key + i);
        g_autoptr(ProtocolScene) scene =
            fixture_scene(first_key + i, from_us + i * MINUTE_US, text);

        fixture_append(vault, scene, "", NULL);
    }
}

static uint64_t
measure(RecallVault *vault)
{
    RecallStatistics statistics;

    assert_true(recall_statistics_gather(vault, &statistics, NULL));
    return statistics.n_bytes;
}

static unsigned
count_weeks(RecallVault *vault)
{
    g_autoptr(GArray) weeks = recall_vault_dup_weeks(vault);

    return weeks->len;
}

/* Returns: how many there are; @out_newest: (out) (optional): only when there is one */
static unsigned
count_receipts(RecallVault *vault, RecallReceipt *out_newest)
{
    g_autoptr(GArray) receipts =
        recall_receipts_load(recall_vault_get_keyring(vault), recall_vault_get_folder(vault), NULL);

    assert_non_null(receipts);
    if (out_newest != NULL && receipts->len > 0)
        *out_newest = g_array_index(receipts, RecallReceipt, 0);
    return receipts->len;
}

static void
assert_sound(RecallVault *vault)
{
    g_autoptr(GArray) weeks = recall_vault_dup_weeks(vault);

    for (unsigned i = 0; i < weeks->len; i++) {
        RecallSegment *segment;
        sqlite3_stmt *statement;

        assert_true(recall_vault_get_segment(vault, g_array_index(weeks, int, i), &segment, NULL));
        statement = recall_segment_get_statement(segment, "PRAGMA integrity_check", NULL);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        assert_string_equal((const char *)sqlite3_column_text(statement, 0), "ok");
        sqlite3_reset(statement);
    }
}

/* --- by age --- */

/* Secret ones over two weeks and a half, and others after them. */
static void
plant_old(RecallVault *vault)
{
    for (unsigned i = 0; i < 3; i++) {
        forgetting_put(vault, 900 + i, FORGETTING_MONDAY_US - 2 * WEEK_US + i * DAY_US, TRUE);
        forgetting_put(vault, 910 + i, FORGETTING_MONDAY_US - WEEK_US + i * HOUR_US, TRUE);
        forgetting_put(vault, 920 + i, FORGETTING_MONDAY_US - WEEK_US + 3 * DAY_US + i * HOUR_US,
                       FALSE);
        forgetting_put(vault, 930 + i, FORGETTING_MONDAY_US + i * HOUR_US, FALSE);
    }
}

/* A week as a whole, another in part; and nothing more when nothing is older. */
static void
test_age(void **state)
{
    RecallVault *vault = fixture_open(*state);
    RecallReceipt receipt = {0};

    plant_old(vault);
    assert_int_equal(run(vault, 0, 9 * DAY_US, NOW_US).state, RECALL_RECYCLE_WELL);
    assert_int_equal(forgetting_search(vault, ""), 6);
    assert_int_equal(count_receipts(vault, &receipt), 1);
    assert_int_equal(receipt.kind, RECALL_FORGET_AGE);
    assert_int_equal(receipt.n_scenes, 6);
    assert_int_equal(receipt.n_weeks, 1);
    assert_int_equal(receipt.at_us, NOW_US);
    run(vault, 0, 9 * DAY_US, NOW_US);
    assert_int_equal(count_receipts(vault, NULL), 1);
    recall_vault_close(vault);
    assert_int_equal(forgetting_count_planted(*state, NULL), 0);
}

/* A year ahead for a moment: nothing goes, and it is said. */
static void
test_doubted_clock(void **state)
{
    const RecallRetention limits = {.age_us = 9 * DAY_US};
    g_autoptr(RecallVault) vault = fixture_open(*state);
    g_autoptr(RecallRecycle) doubtful = recall_recycle_new(vault, &limits);

    plant_old(vault);
    recall_recycle_doubt_clock(doubtful);
    while (recall_recycle_step(doubtful, NOW_US + 365 * DAY_US)) {
    }
    assert_int_equal(recall_recycle_get_report(doubtful).state, RECALL_RECYCLE_CLOCK);
    assert_int_equal(forgetting_search(vault, ""), 12);
    assert_int_equal(count_receipts(vault, NULL), 0);
}

/* Not before it has to, and then a day ahead, so that a week is not sealed anew every hour. */
static void
test_age_goes_ahead(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);

    fill(vault, 1, FORGETTING_MONDAY_US, 3);
    fill(vault, 11, FORGETTING_MONDAY_US + 20 * HOUR_US, 3);
    fill(vault, 21, FORGETTING_MONDAY_US + 30 * HOUR_US, 3);
    run(vault, 0, 30 * DAY_US, FORGETTING_MONDAY_US + 30 * DAY_US);
    assert_int_equal(forgetting_search(vault, ""), 9);
    run(vault, 0, 30 * DAY_US, FORGETTING_MONDAY_US + 30 * DAY_US + 1);
    assert_int_equal(forgetting_search(vault, ""), 3);
    run(vault, 0, 30 * DAY_US, FORGETTING_MONDAY_US + 60 * DAY_US);
    assert_int_equal(forgetting_search(vault, ""), 0);
    assert_int_equal(count_weeks(vault), 0);
}

/* While locked the whole week goes, the part waits for the unlock. */
static void
test_age_locked(void **state)
{
    RecallVault *vault = fixture_open(*state);
    RecallKeyring *keyring = recall_vault_get_keyring(vault);

    plant_old(vault);
    assert_true(recall_keyring_set_type(keyring, &recall_root_key_passphrase, "pass", NULL));
    recall_vault_lock(vault);
    assert_int_equal(run(vault, 0, 9 * DAY_US, NOW_US).state, RECALL_RECYCLE_LOCKED);
    assert_int_equal(count_weeks(vault), 2);
    assert_true(recall_keyring_unlock(keyring, "pass", NULL));
    assert_int_equal(forgetting_search(vault, "zqquittengelee"), 3);
    assert_int_equal(run(vault, 0, 9 * DAY_US, NOW_US).state, RECALL_RECYCLE_WELL);
    assert_int_equal(forgetting_search(vault, ""), 6);
    assert_int_equal(count_receipts(vault, NULL), 2);
    assert_true(recall_keyring_set_type(keyring, &recall_root_key_file, NULL, NULL));
    recall_vault_close(vault);
    assert_int_equal(forgetting_count_planted(*state, NULL), 0);
}

static void
test_age_damaged(void **state)
{
    RecallVault *vault = fixture_open(*state);
    RecallReceipt receipt = {0};

    plant_old(vault);
    recall_vault_set_aside(vault, recall_segment_week_at(FORGETTING_MONDAY_US) - 2);
    recall_vault_set_aside(vault, recall_segment_week_at(FORGETTING_MONDAY_US) - 1);
    run(vault, 0, 20 * DAY_US, NOW_US);
    assert_int_equal(count_receipts(vault, NULL), 0);
    run(vault, 0, 5 * DAY_US, NOW_US);
    assert_int_equal(count_receipts(vault, &receipt), 1);
    assert_int_equal(receipt.n_damaged, 2);
    assert_int_equal(forgetting_search(vault, ""), 3);
    recall_vault_close(vault);
    assert_int_equal(forgetting_count_planted(*state, NULL), 0);
}

/* --- by quota --- */

static void
test_quota_whole_weeks(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    uint64_t n_bytes;
    RecallReceipt receipt = {0};

    for (unsigned i = 0; i < 12; i++)
        fill(vault, 100 * i + 1, FORGETTING_MONDAY_US - (11 - i) * WEEK_US, 10);
    n_bytes = measure(vault);
    assert_int_equal(run(vault, n_bytes, 0, NOW_US).state, RECALL_RECYCLE_WELL);
    assert_int_equal(count_receipts(vault, NULL), 0);
    /* A tenth more goes than has to: two of twelve weeks. */
    assert_int_equal(run(vault, n_bytes - 10000, 0, NOW_US).state, RECALL_RECYCLE_WELL);
    assert_int_equal(count_weeks(vault), 10);
    assert_int_equal(forgetting_search(vault, ""), 100);
    assert_int_equal(count_receipts(vault, &receipt), 1);
    assert_int_equal(receipt.kind, RECALL_FORGET_QUOTA);
    assert_int_equal(receipt.n_weeks, 2);
    assert_int_equal(receipt.n_scenes, 20);
}

/* Of a week that is large against the quota the oldest goes, and its bytes on the disk, too. */
static void
test_quota_part(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault = fixture_open(fixture);
    RecallRecycleReport report;
    uint64_t quota_bytes;
    unsigned n_left;

    for (unsigned i = 0; i < 10; i++)
        forgetting_put(vault, 5000 + i, FORGETTING_MONDAY_US + i, TRUE);
    fill(vault, 1, FORGETTING_MONDAY_US + MINUTE_US, 300);
    quota_bytes = measure(vault) * 2 / 3;
    report = run(vault, quota_bytes, 0, NOW_US);
    assert_int_equal(report.state, RECALL_RECYCLE_WELL);
    assert_true(report.used_bytes <= quota_bytes);
    assert_true(report.used_bytes > quota_bytes * 3 / 5);
    n_left = forgetting_search(vault, "");
    assert_in_range(n_left, 150, 220);
    assert_true(measure(vault) <= quota_bytes * 11 / 10);
    assert_sound(vault);
    recall_vault_close(vault);
    assert_int_equal(forgetting_count_planted(fixture, NULL), 0);
}

/* Pages that were written and are free again, as merging leaves them. */
static void
bloat(RecallVault *vault, int64_t at_us)
{
    RecallSegment *segment;

    assert_true(recall_vault_get_segment(vault, recall_segment_week_at(at_us), &segment, NULL));
    assert_true(recall_segment_execute(segment, "CREATE TABLE junk(data)", NULL));
    for (unsigned i = 0; i < N_JUNK_PAGES; i++)
        assert_true(
            recall_segment_execute(segment, "INSERT INTO junk VALUES(randomblob(3900))", NULL));
    assert_true(recall_segment_execute(segment, "DROP TABLE junk", NULL));
}

/* Free pages and the log go with the old file: scenes do not go in their place. */
static void
test_quota_bloated(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    RecallRecycleReport report;
    uint64_t n_bytes;

    fill(vault, 1, FORGETTING_MONDAY_US - WEEK_US, 201);
    fill(vault, 1001, FORGETTING_MONDAY_US, 1);
    run(vault, measure(vault) - 1, 0, NOW_US);
    assert_int_equal(forgetting_search(vault, ""), 201); /* one went, and all that was bloated */
    n_bytes = measure(vault);
    bloat(vault, FORGETTING_MONDAY_US - WEEK_US);
    assert_true(measure(vault) > n_bytes * 2);
    report = run(vault, n_bytes * 9 / 10, 0, NOW_US);
    assert_int_equal(report.state, RECALL_RECYCLE_WELL);
    assert_true(report.used_bytes <= n_bytes * 9 / 10);
    assert_in_range(forgetting_search(vault, ""), 145, 195);
    assert_sound(vault);
}

/* What is written later takes the place of what went: for as long as anybody records. */
static void
test_quota_lasts(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    int64_t now_us = FORGETTING_MONDAY_US;
    uint64_t quota_bytes = 0;
    uint64_t most_bytes = 0;

    for (unsigned i = 0; i < 14; i++) {
        fill(vault, 1 + 60 * i, now_us, 60);
        now_us += 60 * MINUTE_US;
        if (i == 3)
            quota_bytes = measure(vault);
        if (i > 3)
            assert_int_equal(run(vault, quota_bytes, 0, now_us).state, RECALL_RECYCLE_WELL);
        most_bytes = MAX(most_bytes, measure(vault));
    }
    assert_true(most_bytes < quota_bytes * 3 / 2); /* between two looks it may grow */
    assert_true(measure(vault) < quota_bytes * 6 / 5);
    assert_in_range(forgetting_search(vault, ""), 150, 260);
    assert_true(forgetting_search(vault, "") > 0);
    assert_sound(vault);
}

/* A transaction that is rolled back after it took free pages, which are holes, harms nothing. */
static void
test_holes(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault = fixture_open(fixture);
    g_autofree char *path = fixture_path(fixture, FORGETTING_MONDAY_US);
    int week = recall_segment_week_at(FORGETTING_MONDAY_US);
    RecallSegment *segment;
    struct stat about;

    fill(vault, 1, FORGETTING_MONDAY_US, 200);
    run(vault, measure(vault) / 2, 0, NOW_US);
    assert_int_equal(stat(path, &about), 0);
    assert_true(about.st_blocks * 512 < about.st_size * 3 / 4);
    assert_true(recall_vault_get_segment(vault, week, &segment, NULL));
    assert_true(recall_segment_execute(segment,
                                       "BEGIN IMMEDIATE; CREATE TABLE t(x); INSERT INTO t "
                                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                                       "FROM n WHERE i < 40) SELECT zeroblob(3000) FROM n; "
                                       "DROP TABLE t; ROLLBACK",
                                       NULL));
    assert_sound(vault);
    fill(vault, 2001, FORGETTING_MONDAY_US + DAY_US, 100);
    assert_sound(vault);
    recall_vault_close(vault);
    vault = fixture_open(fixture);
    assert_sound(vault);
    run(vault, measure(vault) / 2, 0, NOW_US);
    assert_sound(vault);
    recall_vault_close(vault);
}

/* What was just seen stays; that is told, and nothing is forgotten again and again. */
static void
test_quota_young(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    int64_t now_us = FORGETTING_MONDAY_US + 9 * MINUTE_US;

    fill(vault, 1, FORGETTING_MONDAY_US, 9);
    assert_int_equal(run(vault, 10000, 0, now_us).state, RECALL_RECYCLE_YOUNG);
    assert_int_equal(forgetting_search(vault, ""), 9);
    assert_int_equal(count_receipts(vault, NULL), 0);
    assert_int_equal(run(vault, 10000, 0, now_us + 5 * MINUTE_US).state, RECALL_RECYCLE_YOUNG);
    assert_in_range(forgetting_search(vault, ""), 4, 6);
    fill(vault, 101, now_us + 5 * MINUTE_US, 1); /* recording goes on */
}

/* A large week that is over waits for the unlock, but not for ever; a small one does not. */
static void
test_quota_locked(void **state)
{
    g_autoptr(RecallVault) vault = fixture_open(*state);
    RecallKeyring *keyring = recall_vault_get_keyring(vault);
    uint64_t n_bytes;

    fill(vault, 1, FORGETTING_MONDAY_US - 3 * WEEK_US, 8);
    fill(vault, 101, FORGETTING_MONDAY_US - WEEK_US, 100);
    fill(vault, 301, FORGETTING_MONDAY_US, 20);
    assert_true(recall_keyring_set_type(keyring, &recall_root_key_passphrase, "pass", NULL));
    recall_vault_lock(vault);
    n_bytes = measure(vault); /* without logs of weeks that were open */
    run(vault, n_bytes - 10000, 0, NOW_US);
    assert_int_equal(count_weeks(vault), 2);
    assert_int_equal(run(vault, measure(vault) * 9 / 10, 0, NOW_US).state, RECALL_RECYCLE_LOCKED);
    assert_int_equal(count_weeks(vault), 2);
    run(vault, measure(vault) * 7 / 10, 0, NOW_US);
    assert_int_equal(count_weeks(vault), 1);
    assert_int_equal(run(vault, 10000, 0, NOW_US).state, RECALL_RECYCLE_LOCKED);
    assert_int_equal(count_weeks(vault), 1);
    fill(vault, 901, FORGETTING_MONDAY_US + DAY_US, 1); /* recording goes on */
    assert_true(recall_keyring_unlock(keyring, "pass", NULL));
    assert_int_equal(forgetting_search(vault, ""), 21);
}

/* Scenes that come and searches between any two steps. */
static void
test_while_others_work(void **state)
{
    RecallVault *vault = fixture_open(*state);
    RecallRetention limits = {.age_us = 2 * DAY_US};
    g_autoptr(RecallRecycle) recycle = recall_recycle_new(vault, &limits);
    unsigned n_steps = 0;

    forgetting_plant(vault);
    fill(vault, 1000, FORGETTING_MONDAY_US + 2 * DAY_US, 200);
    while (recall_recycle_step(recycle, NOW_US)) {
        unsigned n = forgetting_search(vault, "zqquittengelee");

        n_steps++;
        fill(vault, 2000 + n_steps, NOW_US + n_steps * MINUTE_US, 1);
        assert_true(n <= 6);
        assert_true(forgetting_search(vault, "") >= 200 + n_steps);
    }
    assert_true(n_steps >= 4);
    assert_int_equal(forgetting_search(vault, ""), 200 + n_steps);
    assert_sound(vault);
    g_clear_pointer(&recycle, recall_recycle_free);
    recall_vault_close(vault);
    assert_int_equal(forgetting_count_planted(*state, NULL), 0);
}

/* One that was begun and locked in the middle is not written over, and done before the next. */
static void
test_begun_before(void **state)
{
    RecallVault *vault = fixture_open(*state);
    RecallKeyring *keyring = recall_vault_get_keyring(vault);
    const RecallForgetWhat part = {RECALL_FORGET_QUOTA, G_MININT64,
                                   FORGETTING_MONDAY_US - WEEK_US + DAY_US};
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(NOW_US / G_USEC_PER_SEC);
    g_autoptr(RecallSelector) selector = recall_selector_new(&part, now);
    gboolean is_done = FALSE;

    plant_old(vault);
    forgetting_put(vault, 1, FORGETTING_MONDAY_US - 5 * WEEK_US, FALSE);
    while (!is_done)
        assert_true(recall_selector_step(selector, vault, &is_done, NULL));
    assert_true(recall_intent_save(recall_selector_get_intent(selector),
                                   recall_vault_get_folder(vault), NULL));
    recall_vault_owe_forgetting(vault);
    assert_true(recall_keyring_set_type(keyring, &recall_root_key_passphrase, "pass", NULL));
    recall_vault_lock(vault);
    assert_int_equal(run(vault, 0, 30 * DAY_US, NOW_US).state, RECALL_RECYCLE_LOCKED);
    assert_true(recall_keyring_unlock(keyring, "pass", NULL));
    assert_int_equal(forgetting_search(vault, "zqquittengelee"), 0);
    assert_int_equal(forgetting_search(vault, ""), 6);
    assert_true(recall_keyring_set_type(keyring, &recall_root_key_file, NULL, NULL));
    recall_vault_close(vault);
    assert_int_equal(forgetting_count_planted(*state, NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_age),
        TEST(test_doubted_clock),
        TEST(test_age_goes_ahead),
        TEST(test_age_locked),
        TEST(test_age_damaged),
        TEST(test_quota_whole_weeks),
        TEST(test_quota_part),
        TEST(test_quota_bloated),
        TEST(test_quota_lasts),
        TEST(test_holes),
        TEST(test_quota_young),
        TEST(test_quota_locked),
        TEST(test_while_others_work),
        TEST(test_begun_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
