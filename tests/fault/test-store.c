/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/store.h"

#include "protocol/peer.h"
#include "recall/vault/ingest.h"
#include "recall/vault/vault.h"
#include "recall/watch/backlog.h"
#include "recall/watch/vault-link.h"
#include "tests/unit/recall/vault/fixture.h"

#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* agentd's end of the append socket against the real deskhand-vault, which is killed and stopped
 * under its hands. $DESKHAND_VAULT names the program. */

#define START_US (INT64_C(1795392000) * G_USEC_PER_SEC) /* Monday 2026-11-23 00:00 UTC */
#define FLUSH_MS 30000
#define STEP_MAX_MS 200 /* no turn of the main loop may take longer */

static const char *
vault_path(void)
{
    const char *path = g_getenv("DESKHAND_VAULT");

    assert_non_null(path);
    return path;
}

typedef struct {
    RecallStore *store;
    int64_t longest_turn_us;
} Session;

/* The folder that the vault chooses by itself. */
static char *
data_folder(void)
{
    return g_build_filename(g_get_user_data_dir(), "deskhand", "segments", NULL);
}

static void
empty_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_unlink(path);
    }
}

static void
turn_for(Session *self, int64_t duration_us)
{
    int64_t end_us = g_get_monotonic_time() + duration_us;

    while (g_get_monotonic_time() < end_us) {
        int64_t before_us = g_get_monotonic_time();
        gboolean was_busy = g_main_context_iteration(NULL, FALSE);

        self->longest_turn_us = MAX(self->longest_turn_us, g_get_monotonic_time() - before_us);
        if (!was_busy)
            g_usleep(1000);
    }
}

static gboolean
is_connected(Session *self)
{
    RecallStoreStatus status;

    recall_store_get_status(self->store, &status);
    return status.is_connected;
}

static void
wait_connected(Session *self, gboolean wanted)
{
    int64_t end_us = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

    while (is_connected(self) != wanted && g_get_monotonic_time() < end_us)
        turn_for(self, 5000);
    assert_int_equal(is_connected(self), wanted);
}

/* Until at most so many wait. */
static void
wait_drained(Session *self, unsigned n)
{
    int64_t end_us = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
    RecallStoreStatus status;

    do {
        turn_for(self, 1000);
        recall_store_get_status(self->store, &status);
    } while (status.n_waiting > n && g_get_monotonic_time() < end_us);
    assert_true(status.n_waiting <= n);
}

static pid_t
find_vault(void)
{
    g_autofree char *path = protocol_peer_path("append.sock");
    g_autoptr(GDBusConnection) connection = protocol_peer_connect_sync(path, NULL, NULL);
    GSocketConnection *stream;
    g_autoptr(GCredentials) credentials = NULL;

    if (connection == NULL)
        return 0;
    stream = G_SOCKET_CONNECTION(g_dbus_connection_get_stream(connection));
    credentials = g_socket_get_credentials(g_socket_connection_get_socket(stream), NULL);
    return g_credentials_get_unix_pid(credentials, NULL);
}

static void
on_moved(void *user_data)
{
}

static int
set_up(void **state)
{
    Session *self = g_new0(Session, 1);
    g_autofree char *folder = data_folder();

    empty_folder(folder);
    self->store = recall_store_new(vault_path(), on_moved, NULL);
    *state = self;
    return 0;
}

/* Ends the vault and waits until it let go of the folder. */
static RecallVault *
take_over(Session *self)
{
    g_autofree char *folder = data_folder();
    int64_t end_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

    g_clear_pointer(&self->store, recall_store_free);
    while (g_get_monotonic_time() < end_us) {
        RecallVault *vault = recall_vault_open(folder, NULL);

        if (vault != NULL)
            return vault;
        turn_for(self, 5000);
    }
    fail_msg("%s", "the vault did not end");
    return NULL;
}

static int
tear_down(void **state)
{
    Session *self = *state;

    recall_vault_close(take_over(self));
    g_free(self);
    return 0;
}

static void
put(Session *self, unsigned i, const char *letters)
{
    g_autofree char *text = g_strdup_printf("scene%u words", i);
    g_autoptr(ProtocolScene) scene = fixture_scene(i + 1, START_US + i * INT64_C(10000), text);
    g_autoptr(GPtrArray) sheets = fixture_sheets(letters);

    for (unsigned t = 0; t < strlen(letters); t++)
        fixture_add_tile(scene, 0, (uint16_t)(16 * t), letters[t]);
    recall_store_put(self->store, scene, sheets);
}

static void
flush(Session *self)
{
    RecallStoreStatus status;

    recall_store_flush(self->store, FLUSH_MS);
    recall_store_get_status(self->store, &status);
    assert_int_equal(status.n_waiting, 0);
}

static void
assert_scenes(RecallVault *vault, unsigned n)
{
    int64_t base = (int64_t)recall_segment_week_at(START_US) << 30;

    for (unsigned i = 0; i < n; i++) {
        g_autofree char *text = g_strdup_printf("scene%u words", i);
        g_autoptr(ProtocolScene) scene = recall_vault_get_scene(vault, base + i * 10, NULL);

        assert_non_null(scene);
        assert_string_equal(scene->text, text);
    }
}

static void
assert_sound(RecallVault *vault)
{
    RecallSegment *segment;
    sqlite3_stmt *statement;

    assert_true(recall_vault_get_segment(vault, recall_segment_week_at(START_US), &segment, NULL));
    statement = recall_segment_get_statement(segment, "PRAGMA integrity_check", NULL);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(statement, 0), "ok");
    sqlite3_reset(statement);
    assert_true(recall_segment_execute(
        segment, "INSERT INTO scene_fts(scene_fts, rank) VALUES('integrity-check', 1)", NULL));
}

static void
test_starts_vault(void **state)
{
    Session *self = *state;
    g_autoptr(RecallVault) vault = NULL;

    put(self, 0, "ab");
    flush(self);
    vault = take_over(self);
    assert_scenes(vault, 1);
}

/* Killed again and again while scenes come. */
static void
test_killed(void **state)
{
    Session *self = *state;
    g_autoptr(RecallVault) vault = NULL;
    RecallStoreStatus status;
    unsigned n_kills = 0;

    for (unsigned i = 0; i < 400; i++) {
        put(self, i, i % 3 == 0 ? "abc" : "");
        turn_for(self, 2000);
        if (i % 40 == 20) {
            pid_t pid;

            wait_connected(self, TRUE);
            wait_drained(self, 10); /* so that it is killed while it writes the next ones */
            pid = find_vault();
            n_kills += pid > 0 && kill(pid, SIGKILL) == 0;
        }
    }
    flush(self);
    recall_store_get_status(self->store, &status);
    assert_int_equal(status.n_dropped, 0);
    assert_true(n_kills >= 8);
    assert_true(self->longest_turn_us < STEP_MAX_MS * 1000);
    print_message("killed %u times, longest turn %d us\n", n_kills, (int)self->longest_turn_us);
    vault = take_over(self);
    assert_scenes(vault, 400);
    assert_sound(vault);
}

/* Stopped in the middle: the call times out, the loop turns on, and all is there afterwards. */
static void
test_stopped(void **state)
{
    Session *self = *state;
    g_autoptr(RecallVault) vault = NULL;
    RecallStoreStatus status;
    pid_t pid;

    wait_connected(self, TRUE);
    pid = find_vault();
    for (unsigned i = 0; i < 30; i++) {
        put(self, i, "ab");
        if (i == 10)
            assert_int_equal(kill(pid, SIGSTOP), 0);
        turn_for(self, 2000);
    }
    wait_connected(self, FALSE);
    recall_store_get_status(self->store, &status);
    assert_true(status.n_waiting >= 19);
    assert_true(status.oldest_us > 0);
    assert_int_equal(kill(pid, SIGCONT), 0);
    flush(self);
    recall_store_get_status(self->store, &status);
    assert_int_equal(status.n_dropped, 0);
    assert_true(self->longest_turn_us < STEP_MAX_MS * 1000);
    vault = take_over(self);
    assert_scenes(vault, 30);
}

/* Stopped for good: it is killed and started again. */
static void
test_hung(void **state)
{
    Session *self = *state;
    g_autoptr(RecallVault) vault = NULL;
    RecallStoreStatus status;
    pid_t pid;

    wait_connected(self, TRUE);
    pid = find_vault();
    assert_int_equal(kill(pid, SIGSTOP), 0);
    for (unsigned i = 0; i < 20; i++)
        put(self, i, "ab");
    recall_store_flush(self->store, 4 * FLUSH_MS);
    recall_store_get_status(self->store, &status);
    assert_int_equal(status.n_waiting, 0);
    assert_int_equal(status.n_dropped, 0);
    assert_int_not_equal(find_vault(), pid);
    vault = take_over(self);
    assert_scenes(vault, 20);
}

/* Nothing is lost up to the maximum, and each one over it is counted. */
static void
test_backlog(void **state)
{
    Session *self = *state;
    RecallStoreStatus status;
    pid_t pid;

    wait_connected(self, TRUE);
    pid = find_vault();
    assert_int_equal(kill(pid, SIGSTOP), 0);
    for (unsigned i = 0; i < RECALL_BACKLOG_N_MAX; i++)
        put(self, i, "");
    recall_store_get_status(self->store, &status);
    assert_int_equal(status.n_waiting, RECALL_BACKLOG_N_MAX);
    assert_int_equal(status.n_dropped, 0);
    put(self, RECALL_BACKLOG_N_MAX, "");
    recall_store_get_status(self->store, &status);
    assert_int_equal(status.n_waiting, RECALL_BACKLOG_N_MAX);
    assert_int_equal(status.n_dropped, 1);
    put(self, RECALL_BACKLOG_N_MAX, ""); /* replaces the one that waits */
    recall_store_get_status(self->store, &status);
    assert_int_equal(status.n_dropped, 1);
    assert_int_equal(kill(pid, SIGCONT), 0);
    flush(self);
}

static void
test_backlog_bytes(void **state)
{
    Session *self = *state;
    RecallStoreStatus status;
    g_autofree char *large = g_strnfill(PROTOCOL_SCENE_TEXT_MAX_BYTES - 1, 'x');
    pid_t pid;

    wait_connected(self, TRUE);
    pid = find_vault();
    assert_int_equal(kill(pid, SIGSTOP), 0);
    for (unsigned i = 0; i < 80; i++) {
        g_autoptr(ProtocolScene) scene = fixture_scene(i + 1, START_US + i * 10000, large);
        g_autoptr(GPtrArray) sheets = fixture_sheets("");

        recall_store_put(self->store, scene, sheets);
    }
    recall_store_get_status(self->store, &status);
    assert_in_range(status.n_waiting, 55, 64);
    assert_int_equal(status.n_waiting + status.n_dropped, 80);
    assert_int_equal(kill(pid, SIGCONT), 0);
    flush(self);
}

/* Tiles: not asked for again while the vault has them, sent again when it lost them. */
static void
test_tiles(void **state)
{
    Session *self = *state;
    g_autoptr(RecallVault) vault = NULL;
    g_autoptr(ProtocolScene) scene = fixture_scene(2, START_US + 10000, "scene1 words");
    g_autoptr(GPtrArray) none = fixture_sheets("");
    g_autoptr(GBytes) digest = fixture_digest('a');
    RecallAppend *append;
    g_autoptr(GPtrArray) appends =
        g_ptr_array_new_with_free_func((GDestroyNotify)recall_append_free);

    assert_false(recall_store_has_tile(self->store, g_bytes_get_data(digest, NULL)));
    put(self, 0, "a");
    flush(self);
    assert_true(recall_store_has_tile(self->store, g_bytes_get_data(digest, NULL)));
    put(self, 0, ""); /* the vault drops a: no scene names it */
    flush(self);
    fixture_add_tile(scene, 0, 0, 'a');
    recall_store_put(self->store, scene, none);
    flush(self);

    vault = take_over(self);
    append = recall_append_new(fixture_copy(scene), NULL);
    g_ptr_array_add(appends, append);
    recall_ingest_append_all(vault, appends);
    assert_int_equal(append->missing->len, 0);
}

static void
test_touch(void **state)
{
    Session *self = *state;
    g_autoptr(RecallVault) vault = NULL;
    g_autoptr(ProtocolScene) scene = NULL;

    put(self, 0, "");
    recall_store_touch(self->store, 1, START_US + 5 * G_USEC_PER_SEC);
    recall_store_touch(self->store, 1, START_US + 3 * G_USEC_PER_SEC);
    flush(self);
    vault = take_over(self);
    scene = recall_vault_get_scene(vault, (int64_t)recall_segment_week_at(START_US) << 30, NULL);
    assert_non_null(scene);
    assert_int_equal(scene->end_us, START_US + 5 * G_USEC_PER_SEC);
}

/* A scene that the vault refuses for good is dropped, and the next ones go on. */
static void
test_refused(void **state)
{
    Session *self = *state;
    g_autoptr(ProtocolScene) bad = fixture_scene(77, START_US, "bad");
    g_autoptr(GPtrArray) none = fixture_sheets("");
    RecallStoreStatus status;

    bad->end_us = bad->start_us - 1;
    recall_store_put(self->store, bad, none);
    put(self, 0, "");
    flush(self);
    recall_store_get_status(self->store, &status);
    assert_int_equal(status.n_dropped, 1);
}

/* Returns: TRUE when this process and its vault have a small disk of their own there now */
static gboolean
mount_small_disk(const char *folder)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=0700") == 0;
}

static gboolean
is_full(Session *self)
{
    RecallStoreStatus status;

    turn_for(self, 1000);
    recall_store_get_status(self->store, &status);
    return status.is_full;
}

/* It says so, and no more once there is room; what waited is kept. */
static void
test_full_disk(void **state)
{
    Session *self = *state;
    g_autofree char *folder = data_folder();
    int64_t end_us = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;
    unsigned n = 0;

    recall_vault_close(take_over(self));
    if (!mount_small_disk(folder))
        skip();
    self->store = recall_store_new(vault_path(), on_moved, NULL);
    while (!is_full(self) && g_get_monotonic_time() < end_us)
        put(self, n++, "");
    assert_true(is_full(self));
    assert_int_equal(mount(NULL, folder, NULL, MS_REMOUNT, "size=20m"), 0);
    wait_drained(self, 0);
    assert_false(is_full(self));
    recall_vault_close(take_over(self));
    umount2(folder, MNT_DETACH);
}

static gboolean
mount_read_only(const char *folder)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount(folder, folder, NULL, MS_BIND, NULL) == 0 &&
           mount(NULL, folder, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) == 0;
}

/* The same for a disk that cannot be written. */
static void
test_read_only_disk(void **state)
{
    Session *self = *state;
    g_autofree char *folder = data_folder();
    int64_t end_us = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;
    RecallStoreStatus status = {0};

    recall_vault_close(take_over(self));
    if (!mount_read_only(folder))
        skip();
    self->store = recall_store_new(vault_path(), on_moved, NULL);
    put(self, 0, "");
    while (!status.is_read_only && g_get_monotonic_time() < end_us) {
        turn_for(self, 1000);
        recall_store_get_status(self->store, &status);
    }
    assert_true(status.is_read_only && !status.is_full && status.n_waiting == 1);
    assert_int_equal(mount(NULL, folder, NULL, MS_REMOUNT | MS_BIND, NULL), 0);
    wait_drained(self, 0);
    recall_store_get_status(self->store, &status);
    assert_false(status.is_read_only);
    recall_vault_close(take_over(self));
    umount2(folder, MNT_DETACH);
}

/* Writes down that it was started, and ends. */
static char *
make_failing_program(const char *list)
{
    char *path = g_build_filename(g_get_user_runtime_dir(), "failing", NULL);
    g_autofree char *script = g_strdup_printf("#!/bin/sh\necho >> '%s'\nexit 1\n", list);

    assert_true(g_file_set_contents_full(path, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
    return path;
}

/* It is tried at once and a few times, and then less and less. */
static void
test_cannot_start(void **state)
{
    Session *self = *state;
    g_autofree char *list = g_build_filename(g_get_user_runtime_dir(), "starts", NULL);
    g_autofree char *program = make_failing_program(list);
    size_t n_starts = 0;
    g_autofree char *starts = NULL;

    recall_vault_close(take_over(self));
    self->store = recall_store_new(program, on_moved, NULL);
    turn_for(self, 6 * G_USEC_PER_SEC);
    assert_true(g_file_get_contents(list, &starts, &n_starts, NULL));
    assert_in_range(n_starts, 5, RECALL_VAULT_LINK_N_QUICK + 6);
    g_unlink(list);
    g_unlink(program);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_starts_vault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_killed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stopped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hung, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_backlog, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_backlog_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tiles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_touch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_only_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cannot_start, set_up, tear_down),
    };
    g_autofree char *root = g_dir_make_tmp("deskhand-store-XXXXXX", NULL);
    g_autofree char *runtime = g_build_filename(root, "deskhand", NULL);
    g_autofree char *folder = NULL;
    int n_failed;

    g_setenv("XDG_RUNTIME_DIR", root, TRUE);
    g_setenv("XDG_DATA_HOME", root, TRUE);
    folder = data_folder();
    n_failed = cmocka_run_group_tests(tests, NULL, NULL);
    empty_folder(folder);
    g_rmdir(folder);
    empty_folder(runtime);
    g_rmdir(runtime);
    g_rmdir(root);
    return n_failed;
}
