/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/forget.h"

#include "recall/vault/reserve.h"
#include "tests/unit/recall/vault/forgetting.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Forgetting on a disk without a free byte, which is where it is needed most. */

#define WEEK_US (7 * 24 * 3600 * INT64_C(1000000))
#define N_ALL 60
#define N_SECRET 6

static const RecallForgetWhat by_app = {RECALL_FORGET_APP, FORGETTING_WHOLE_TIME, .app = "zqApp"};

static gboolean
mount_small_disk(const char *folder)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "size=8m,mode=0700") == 0;
}

static int
set_up(void **state)
{
    Fixture *fixture;

    if (fixture_set_up(state) != 0)
        return -1;
    fixture = *state;
    g_mkdir_with_parents(fixture->folder, 0700);
    return 0;
}

static int
tear_down(void **state)
{
    umount2(((Fixture *)*state)->folder, MNT_DETACH);
    return fixture_tear_down(state);
}

static char *
filler_path(const Fixture *fixture)
{
    return g_build_filename(fixture->folder, "filler", NULL);
}

static void
fill_disk(const Fixture *fixture)
{
    g_autofree char *path = filler_path(fixture);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    char block[4096] = {1};

    assert_true(fd >= 0);
    while (write(fd, block, sizeof block) > 0) {
    }
    assert_int_equal(errno, ENOSPC);
    close(fd);
}

static RecallVault *
plant(const Fixture *fixture)
{
    RecallVault *vault = fixture_open(fixture);

    forgetting_put(vault, 100, FORGETTING_MONDAY_US - WEEK_US, TRUE);
    forgetting_plant(vault);
    fill_disk(fixture);
    return vault;
}

static RecallVault *
plant_and_fill(const Fixture *fixture)
{
    return mount_small_disk(fixture->folder) ? plant(fixture) : NULL;
}

static unsigned
count_receipts(RecallVault *vault)
{
    g_autoptr(GArray) receipts =
        recall_receipts_load(recall_vault_get_keyring(vault), recall_vault_get_folder(vault), NULL);

    return receipts != NULL ? receipts->len : 0;
}

static void
check_all(RecallVault *vault, const Fixture *fixture, const RecallForgetWhat *what, unsigned n_kept)
{
    g_autofree char *name = filler_path(fixture);
    g_autoptr(GError) error = forgetting_run(vault, what, NULL);

    fixture_check(error);
    assert_int_equal(forgetting_search(vault, ""), n_kept);
    assert_int_equal(count_receipts(vault), 1);
    recall_vault_close(vault);
    g_unlink(name);
    vault = fixture_open(fixture);
    assert_int_equal(forgetting_search(vault, ""), n_kept);
    recall_vault_close(vault);
}

static void
test_all(void **state)
{
    const RecallForgetWhat all = {RECALL_FORGET_ALL, FORGETTING_WHOLE_TIME};
    RecallVault *vault = plant_and_fill(*state);

    if (vault == NULL)
        skip();
    check_all(vault, *state, &all, 0);
    assert_int_equal(forgetting_count_planted(*state, NULL), 0);
}

/* What goes with it makes room for the rest. */
static void
test_whole_week(void **state)
{
    const RecallForgetWhat before = {RECALL_FORGET_RANGE, G_MININT64, FORGETTING_MONDAY_US};
    RecallVault *vault = plant_and_fill(*state);

    if (vault == NULL)
        skip();
    check_all(vault, *state, &before, N_ALL);
}

/* What the program keeps for it. */
static void
test_part(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault = NULL;

    if (!mount_small_disk(fixture->folder))
        skip();
    recall_reserve_make(fixture->folder);
    vault = plant(fixture);
    check_all(vault, fixture, &by_app, N_ALL - N_SECRET);
    assert_int_equal(forgetting_count_planted(fixture, NULL), 0);
    assert_true(recall_reserve_give_up(fixture->folder)); /* there is one again */
}

/* It says so, stays as it was, and works when there is room again. */
static void
test_no_room(void **state)
{
    RecallVault *vault = plant_and_fill(*state);
    g_autofree char *path = filler_path(*state);
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) no_error = NULL;

    if (vault == NULL)
        skip();
    error = forgetting_run(vault, &by_app, NULL);
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE));
    assert_int_equal(forgetting_search(vault, ""), N_ALL + 1);
    g_unlink(path);
    no_error = forgetting_run(vault, &by_app, NULL);
    fixture_check(no_error);
    assert_int_equal(forgetting_search(vault, ""), N_ALL - N_SECRET);
    recall_vault_close(vault);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all),
        TEST(test_whole_week),
        TEST(test_part),
        TEST(test_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
