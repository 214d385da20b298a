/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/forget.h"

#include "recall/vault/recycle.h"
#include "recall/vault/search.h"
#include "recall/vault/statistics.h"
#include "tests/fault/kill-point.h"
#include "tests/unit/recall/vault/forgetting.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Forgetting that is killed at each of its writes, renames, removals and syncs, beside a reader and
 * scenes that come: a process forgets and ends at the n-th change of a file, the next one finishes
 * what was begun and ends somewhere, too, and the last one must find all of it gone or nothing, in
 * every file, with every key. The clock is the test's own, so that how much is done in one step,
 * and so what comes between two, does not depend on the machine. */

#define MINUTE_US INT64_C(60000000)
#define N_IN_WEEK 12 /* a minute apart; of six scenes one is secret */
#define N_BEFORE 2   /* in the week before, all secret */
#define N_SECRET (N_BEFORE + N_IN_WEEK / 6)
#define FIRST_LATE_KEY 1000
#define LATE_US (FORGETTING_MONDAY_US + 48 * 60 * MINUTE_US)
#define N_LATE_MAX 4
#define N_CHANGES_MAX 5000
#define N_STEPS_DISTURBED 30 /* more than all of it has */
#define SHARED_FD 50         /* in the child */
#define TICK_US 1000 /* whenever the clock is asked: some fifteen pieces of work in a step */
#ifdef __SANITIZE_ADDRESS__
#define STRIDE 9 /* a process takes ten times as long */
#else
#define STRIDE 1
#endif

typedef struct {
    const char *name;
    RecallForgetWhat what;
    unsigned n_kept;
    gboolean has_damaged; /* the week in hand was set aside before, and two scenes came */
    gboolean is_still;    /* nothing comes meanwhile: it would go, too */
    gboolean is_power;    /* it is not killed, the power goes */
    gboolean is_slow;     /* each piece of work is a step */
} Case;

static const Case cases[] = {
    /* A week as a whole, and of the other one all but the last two. */
    {"range",
     {RECALL_FORGET_RANGE, G_MININT64, FORGETTING_MONDAY_US + (N_IN_WEEK - 2) * MINUTE_US},
     .n_kept = 2},
    {"all", {RECALL_FORGET_ALL, FORGETTING_WHOLE_TIME}, .is_still = TRUE},
    /* The other one goes whole because nothing else is in it. */
    {"damaged",
     {RECALL_FORGET_QUERY, FORGETTING_WHOLE_TIME, .query = "zqquittengelee"},
     .n_kept = 2,
     .has_damaged = TRUE},
    /* By itself. */
    {"age", {RECALL_FORGET_AGE}, .n_kept = 2},
    {"power",
     {RECALL_FORGET_RANGE, G_MININT64, FORGETTING_MONDAY_US + (N_IN_WEEK - 2) * MINUTE_US},
     .n_kept = 2,
     .is_power = TRUE},
    {"slow",
     {RECALL_FORGET_RANGE, G_MININT64, FORGETTING_MONDAY_US + (N_IN_WEEK - 2) * MINUTE_US},
     .n_kept = 2,
     .is_slow = TRUE},
};

/* What a process that was killed had done. */
typedef struct {
    unsigned n_changes;
    unsigned n_late; /* that were acknowledged */
    gboolean is_begun;
} Shared;

typedef struct {
    Fixture *fixture;
    int shared_fd;
    Shared *shared;
    GPtrArray *names; /* of the files as they were before, with: */
    GPtrArray *files; /* of GBytes */
} Test;

static int64_t tick_us = TICK_US;

int64_t
g_get_monotonic_time(void)
{
    static int64_t now_us;

    return now_us += tick_us;
}

/* --- the folder --- */

static void
plant(const Fixture *fixture, const Case *item)
{
    g_autoptr(RecallVault) vault = fixture_open(fixture);

    for (unsigned i = 0; i < N_BEFORE; i++)
        forgetting_put(vault, 100 + i, FORGETTING_MONDAY_US - (i + 2) * MINUTE_US, TRUE);
    for (unsigned i = 0; i < N_IN_WEEK; i++)
        forgetting_put(vault, i + 1, FORGETTING_MONDAY_US + i * MINUTE_US, i % 6 == 3);
    if (!item->has_damaged)
        return;
    recall_vault_set_aside(vault, recall_segment_week_at(FORGETTING_MONDAY_US));
    for (unsigned i = 0; i < 2; i++)
        forgetting_put(vault, 200 + i, FORGETTING_MONDAY_US + i * MINUTE_US, FALSE);
}

static void
remember_files(Test *self)
{
    g_autoptr(GDir) dir = g_dir_open(self->fixture->folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(self->fixture->folder, name, NULL);
        char *data = NULL;
        size_t n_bytes = 0;

        assert_true(g_file_get_contents(path, &data, &n_bytes, NULL));
        g_ptr_array_add(self->names, g_strdup(name));
        g_ptr_array_add(self->files, g_bytes_new_take(data, n_bytes));
    }
}

static void
put_files_back(const Test *self)
{
    kill_point_empty_folder(self->fixture->folder);
    for (unsigned i = 0; i < self->names->len; i++) {
        g_autofree char *path =
            g_build_filename(self->fixture->folder, self->names->pdata[i], NULL);
        size_t n_bytes = 0;
        const char *data = g_bytes_get_data(self->files->pdata[i], &n_bytes);

        assert_true(g_file_set_contents_full(path, data, (gssize)n_bytes, G_FILE_SET_CONTENTS_NONE,
                                             0600, NULL));
    }
}

/* --- in a process that is killed --- */

/* Between two steps: a scene comes, and somebody searches. */
static gboolean
disturb(RecallVault *vault, Shared *shared, const Case *item)
{
    if (!item->is_still && shared->n_late < N_LATE_MAX) {
        forgetting_put(vault, FIRST_LATE_KEY + shared->n_late, LATE_US + shared->n_late * MINUTE_US,
                       FALSE);
        shared->n_late++;
    }
    return forgetting_search(vault, "zqquittengelee") <= N_SECRET;
}

static RecallForget *
select_what(RecallVault *vault, const Case *item)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(LATE_US / G_USEC_PER_SEC);
    g_autoptr(RecallSelector) selector = recall_selector_new(&item->what, now);
    gboolean is_done = FALSE;

    while (!is_done) {
        if (!recall_selector_step(selector, vault, &is_done, NULL))
            return NULL;
    }
    return recall_forget_new(recall_selector_steal_intent(selector));
}

/* The first one is too old, and what follows it within an eighth of the limit goes with it: the
 * same as in "range". */
static gboolean
recycle(RecallVault *vault, Shared *shared, const Case *item)
{
    RecallRetention limits = {.age_us = 8 * N_IN_WEEK * MINUTE_US};
    int64_t now_us = FORGETTING_MONDAY_US - 2 * MINUTE_US + limits.age_us;
    g_autoptr(RecallRecycle) work = recall_recycle_new(vault, &limits);

    while (recall_recycle_step(work, now_us)) {
        if (!disturb(vault, shared, item))
            return FALSE;
    }
    return recall_recycle_get_report(work).state == RECALL_RECYCLE_WELL;
}

static gboolean
forget(RecallVault *vault, Shared *shared, const Case *item)
{
    g_autoptr(RecallForget) work = select_what(vault, item);
    gboolean is_done = FALSE;

    while (work != NULL && !is_done) {
        if (!recall_forget_step(work, vault, &is_done, NULL) || !disturb(vault, shared, item))
            return FALSE;
        shared->is_begun = TRUE;
    }
    return is_done;
}

/* The program of the child: folder, case, change number, and whether it is to forget. What was
 * begun before is finished in any case. */
static int
work(char **arguments)
{
    const Case *item = &cases[g_ascii_strtoull(arguments[1], NULL, 10)];
    Shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, SHARED_FD, 0);
    g_autoptr(RecallVault) vault = NULL;
    gboolean is_good;

    if (item->is_slow)
        tick_us = RECALL_FORGET_STEP_US + 1;
    kill_point_arm((unsigned)g_ascii_strtoull(arguments[2], NULL, 10),
                   g_str_has_suffix(arguments[3], "-power"));
    vault = recall_vault_open(arguments[0], NULL);
    is_good = vault != NULL;
    if (is_good && *arguments[3] == 'f')
        is_good = item->what.kind == RECALL_FORGET_AGE ? recycle(vault, shared, item)
                                                       : forget(vault, shared, item);
    shared->n_changes = kill_point_count();
    return is_good ? 0 : 1;
}

/* Another program, because secrets are in memory that no fork has.
 * Returns: whether it came to its end, before the change number @n */
static gboolean
run_until(const Test *self, const Case *item, const char *what, unsigned n)
{
    g_autofree char *number = g_strdup_printf("%u", n);
    g_autofree char *index = g_strdup_printf("%u", (unsigned)(item - cases));
    pid_t pid = fork();
    int status = 0;

    assert_true(pid >= 0);
    if (pid == 0) {
        if (dup2(self->shared_fd, SHARED_FD) == SHARED_FD)
            execl("/proc/self/exe", "work", self->fixture->folder, index, number, what, NULL);
        _exit(1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) != KILL_POINT_EXIT_CODE)
        assert_int_equal(WEXITSTATUS(status), 0);
    return WEXITSTATUS(status) == 0;
}

/* --- what is left --- */

static gboolean
has_intent(const char *folder)
{
    return recall_intent_is_saved(folder, FALSE) || recall_intent_is_saved(folder, TRUE);
}

static unsigned
count_receipts(RecallVault *vault)
{
    g_autoptr(GArray) receipts =
        recall_receipts_load(recall_vault_get_keyring(vault), recall_vault_get_folder(vault), NULL);

    assert_non_null(receipts);
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
        assert_true(recall_segment_execute(
            segment, "INSERT INTO scene_fts(scene_fts, rank) VALUES('integrity-check', 1)", NULL));
    }
}

/* Of the keys that were made anew on the way only the last one is there, and its copy. */
static void
assert_one_key(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    unsigned n = 0;
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL)
        n += g_str_has_prefix(name, "root-");
    assert_int_equal(n, 2);
}

/* The one that was on its way when it was killed may be there or not. */
static void
assert_late(RecallVault *vault, const Shared *shared, unsigned n_late)
{
    assert_true(n_late == shared->n_late || n_late == shared->n_late + 1);
    assert_sound(vault);
}

/* Somebody's copies of the weeks from before: their keys must be gone, too. */
static void
put_copies(const Test *self)
{
    for (unsigned i = 0; i < self->names->len; i++) {
        g_autofree char *name = g_strconcat(self->names->pdata[i], ".copy", NULL);
        g_autofree char *path = g_build_filename(self->fixture->folder, name, NULL);
        size_t n_bytes = 0;
        const char *data = g_bytes_get_data(self->files->pdata[i], &n_bytes);

        if (g_str_has_suffix(self->names->pdata[i], ".db"))
            assert_true(g_file_set_contents(path, data, (gssize)n_bytes, NULL));
    }
}

/* Returns: whether it is gone */
static gboolean
check(const Test *self, const Case *item, gboolean is_begun)
{
    unsigned n_before = N_BEFORE + (item->has_damaged ? 2 : N_IN_WEEK);
    RecallVault *vault = fixture_open(self->fixture);
    gboolean is_gone = count_receipts(vault) == 1;
    RecallStatistics statistics;

    assert_one_key(self->fixture->folder);
    assert_true(recall_statistics_gather(vault, &statistics, NULL));
    assert_int_equal(count_receipts(vault), is_gone);
    assert_true(is_gone || !is_begun);
    assert_false(has_intent(self->fixture->folder));
    assert_int_equal(statistics.n_damaged, item->has_damaged && !is_gone);
    assert_int_equal(statistics.n_older, 0);
    if (is_gone)
        assert_int_equal(forgetting_search(vault, "zqquittengelee"), 0);
    assert_late(vault, self->shared,
                forgetting_search(vault, "") - (is_gone ? item->n_kept : n_before));
    recall_vault_close(vault);
    if (!is_gone)
        return FALSE;
    put_copies(self);
    assert_int_equal(forgetting_count_planted(self->fixture, NULL), 0);
    return TRUE;
}

/* Returns: whether it came to its end before the change number @n */
static gboolean
kill_at(Test *self, const Case *item, unsigned n, gboolean *out_is_gone)
{
    gboolean is_done;
    gboolean is_begun;

    memset(self->shared, 0, sizeof *self->shared);
    put_files_back(self);
    is_done = run_until(self, item, item->is_power ? "forget-power" : "forget", n);
    is_begun = is_done || self->shared->is_begun || has_intent(self->fixture->folder);
    if (is_begun && !is_done)
        run_until(self, item, item->is_power ? "resume-power" : "resume",
                  n * 7 % (self->shared->n_changes + 61));
    *out_is_gone = check(self, item, is_begun);
    return is_done;
}

static void
check_case(void **state, const Case *item)
{
    Test *self = *state;
    gboolean was_gone = FALSE;
    gboolean is_done = FALSE;
    unsigned n_gone = 0;
    unsigned n = 0;

    plant(self->fixture, item);
    remember_files(self);
    for (; !is_done; n += STRIDE) {
        gboolean is_gone = FALSE;

        assert_true(n < N_CHANGES_MAX);
        is_done = kill_at(self, item, n, &is_gone);
        assert_true(is_gone || !was_gone); /* what is begun once is begun later, too */
        was_gone = is_gone;
        n_gone += is_gone;
    }
    assert_true(was_gone && n_gone < n);
    print_message("%s: %u changes, killed at each (%u), begun before %u of them\n", item->name,
                  self->shared->n_changes, n / STRIDE - 1, n_gone - 1);
}

static void
test_range(void **state)
{
    check_case(state, &cases[0]);
}

static void
test_all(void **state)
{
    check_case(state, &cases[1]);
}

static void
test_damaged(void **state)
{
    check_case(state, &cases[2]);
}

static void
test_age(void **state)
{
    check_case(state, &cases[3]);
}

static void
test_power(void **state)
{
    check_case(state, &cases[4]);
}

static void
test_slow(void **state)
{
    check_case(state, &cases[5]);
}

/* --- a file that is written while it is copied --- */

static void
empty_log(RecallVault *vault)
{
    int week = recall_segment_week_at(FORGETTING_MONDAY_US);
    RecallSegment *segment;

    assert_true(recall_vault_get_segment(vault, week, &segment, NULL));
    assert_true(recall_segment_execute(segment, "PRAGMA wal_checkpoint(TRUNCATE)", NULL));
}

/* After each piece of work a scene comes, and its pages go from the log into the file. */
static void
test_written_meanwhile(void **state)
{
    const Fixture *fixture = ((Test *)*state)->fixture;
    Shared shared = {0};
    RecallVault *vault;
    g_autoptr(RecallForget) forget = NULL;
    gboolean is_done = FALSE;

    plant(fixture, &cases[0]);
    vault = fixture_open(fixture);
    forget = select_what(vault, &cases[0]);
    tick_us = RECALL_FORGET_STEP_US + 1;
    for (unsigned n = 0; !is_done; n++) {
        assert_true(recall_forget_step(forget, vault, &is_done, NULL));
        shared.n_late = n % N_LATE_MAX;
        if (!is_done && n < N_STEPS_DISTURBED) {
            assert_true(disturb(vault, &shared, &cases[0]));
            empty_log(vault);
        }
    }
    tick_us = TICK_US;
    assert_sound(vault);
    recall_vault_close(vault);
    vault = fixture_open(fixture);
    assert_sound(vault);
    assert_int_equal(forgetting_search(vault, ""), cases[0].n_kept + N_LATE_MAX);
    recall_vault_close(vault);
    assert_int_equal(forgetting_count_planted(fixture, NULL), 0);
}

static int
set_up(void **state)
{
    Test *self = g_new0(Test, 1);
    void *fixture = NULL;

    fixture_set_up(&fixture);
    self->fixture = fixture;
    self->shared_fd = memfd_create("shared", MFD_CLOEXEC);
    assert_int_equal(ftruncate(self->shared_fd, sizeof *self->shared), 0);
    self->shared =
        mmap(NULL, sizeof *self->shared, PROT_READ | PROT_WRITE, MAP_SHARED, self->shared_fd, 0);
    assert_true(self->shared != MAP_FAILED);
    self->names = g_ptr_array_new_with_free_func(g_free);
    self->files = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    *state = self;
    return 0;
}

static int
tear_down(void **state)
{
    Test *self = *state;
    void *fixture = self->fixture;

    fixture_tear_down(&fixture);
    munmap(self->shared, sizeof *self->shared);
    close(self->shared_fd);
    g_ptr_array_unref(self->names);
    g_ptr_array_unref(self->files);
    g_free(self);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(test_range), TEST(test_all),  TEST(test_damaged),           TEST(test_age),
        TEST(test_power), TEST(test_slow), TEST(test_written_meanwhile),
    };

    umask(077);
    if (argc == 5)
        return work(argv + 1);
    if (argc == 2)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
