/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/vault.h"

#include "protocol/error.h"
#include "protocol/peer.h"
#include "tests/unit/recall/vault/fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The real deskhand-vault, killed while it writes and on a disk that is full. $DESKHAND_VAULT names
 * the program. What it acknowledged must be there afterwards. DESKHAND_KILLS=1000 makes it longer.
 */

#define START_US (INT64_C(1795392000) * G_USEC_PER_SEC) /* Monday 2026-11-23 00:00 UTC */
#define N_KILLS 150
#ifdef __SANITIZE_ADDRESS__ /* it starts slowly */
#define BACK_DEADLINE_US (8 * G_USEC_PER_SEC)
#define LIFE_MAX_US 180000
#else
#define BACK_DEADLINE_US (2 * G_USEC_PER_SEC)
#define LIFE_MAX_US 60000
#endif
#define N_IN_FLIGHT 16
#define CALL_DEADLINE_MS 10000

typedef struct {
    Fixture *folder;
    GSubprocess *vault;
    GDBusConnection *connection;
    GHashTable *acknowledged; /* key to the number (int64_t) that was answered */
    uint64_t n_sent;
    unsigned n_in_flight;
    const char *padding; /* of every text, or NULL */
    char *refusal;       /* D-Bus name of the last error that the vault answered */
} Session;

static int
set_up(void **state)
{
    Session *self = g_new0(Session, 1);
    void *folder = NULL;

    fixture_set_up(&folder);
    self->folder = folder;
    self->acknowledged = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    *state = self;
    return 0;
}

static void
end_vault(Session *self, int signal_number)
{
    g_subprocess_send_signal(self->vault, signal_number);
    g_subprocess_wait(self->vault, NULL, NULL);
    g_clear_object(&self->vault);
    while (self->n_in_flight > 0)
        g_main_context_iteration(NULL, TRUE);
    g_clear_object(&self->connection);
}

static int
tear_down(void **state)
{
    Session *self = *state;
    void *folder = self->folder;

    if (self->vault != NULL)
        end_vault(self, SIGKILL);
    g_hash_table_unref(self->acknowledged);
    fixture_tear_down(&folder);
    g_free(self->refusal);
    g_free(self);
    return 0;
}

static void
start_vault(Session *self)
{
    g_autofree char *path = protocol_peer_path("append.sock");
    int64_t end_us = g_get_monotonic_time() + BACK_DEADLINE_US;

    self->vault = g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, NULL, g_getenv("DESKHAND_VAULT"),
                                   "--folder", self->folder->folder, NULL);
    assert_non_null(self->vault);
    while (self->connection == NULL && g_get_monotonic_time() < end_us) {
        self->connection = protocol_peer_connect_sync(path, NULL, NULL);
        if (self->connection == NULL)
            g_usleep(1000);
    }
    assert_non_null(self->connection);
}

typedef struct {
    Session *session;
    uint64_t key;
} Call;

static void
on_answer(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autofree Call *call = user_data;
    Session *self = call->session;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    int64_t id;

    self->n_in_flight--;
    if (answer != NULL) {
        g_variant_get(answer, "(x@aay)", &id, NULL);
        g_hash_table_insert(self->acknowledged, g_memdup2(&call->key, sizeof call->key),
                            g_memdup2(&id, sizeof id));
    } else if (g_dbus_error_is_remote_error(error)) {
        g_free(self->refusal);
        self->refusal = g_dbus_error_get_remote_error(error);
    }
}

static char *
text_of(uint64_t key)
{
    g_autofree char *words = fixture_lorem(60, (unsigned)key);

    return g_strdup_printf("key%u %s", (unsigned)key, words);
}

static void
send_scene(Session *self)
{
    Call *call = g_new0(Call, 1);
    g_autofree char *words = text_of(++self->n_sent);
    g_autofree char *text =
        self->padding != NULL ? g_strconcat("x ", self->padding, NULL) : g_steal_pointer(&words);
    g_autoptr(ProtocolScene) scene =
        fixture_scene(self->n_sent, START_US + (int64_t)self->n_sent * 20000, text);

    call->session = self;
    call->key = self->n_sent;
    self->n_in_flight++;
    g_dbus_connection_call(self->connection, NULL, "/io/deskhand/Append1", "io.deskhand.Append1",
                           "Append",
                           g_variant_new("(@a{sv}@a(aayay))", protocol_scene_to_variant(scene),
                                         g_variant_new_array(G_VARIANT_TYPE("(aayay)"), NULL, 0)),
                           NULL, G_DBUS_CALL_FLAGS_NONE, CALL_DEADLINE_MS, NULL, on_answer, call);
}

/* Keeps the vault busy for so long. */
static void
send_for(Session *self, int64_t duration_us)
{
    int64_t end_us = g_get_monotonic_time() + duration_us;

    while (g_get_monotonic_time() < end_us) {
        while (self->n_in_flight < N_IN_FLIGHT)
            send_scene(self);
        g_main_context_iteration(NULL, FALSE);
    }
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
        /* That the index says what the scenes say. */
        assert_true(recall_segment_execute(
            segment, "INSERT INTO scene_fts(scene_fts, rank) VALUES('integrity-check', 1)", NULL));
    }
}

static void
assert_all_there(Session *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallVault) vault = recall_vault_open(self->folder->folder, &error);
    GHashTableIter iter;
    void *key;
    void *id;

    fixture_check(error);
    g_hash_table_iter_init(&iter, self->acknowledged);
    while (g_hash_table_iter_next(&iter, &key, &id)) {
        g_autofree char *text = text_of(*(uint64_t *)key);
        g_autoptr(ProtocolScene) scene = recall_vault_get_scene(vault, *(int64_t *)id, &error);

        fixture_check(error);
        assert_true(scene->key == *(uint64_t *)key);
        assert_string_equal(scene->text, text);
    }
    assert_sound(vault);
}

static unsigned
count_kills(void)
{
    const char *text = g_getenv("DESKHAND_KILLS");

    return text != NULL ? (unsigned)g_ascii_strtoull(text, NULL, 10) : N_KILLS;
}

static void
test_killed(void **state)
{
    Session *self = *state;
    g_autoptr(GRand) random = g_rand_new_with_seed(3);
    unsigned n_kills = count_kills();

    for (unsigned i = 0; i < n_kills; i++) {
        start_vault(self);
        send_for(self, g_rand_int_range(random, 1000, LIFE_MAX_US));
        end_vault(self, SIGKILL);
    }
    print_message("%u kills, %u of %u scenes acknowledged\n", n_kills,
                  g_hash_table_size(self->acknowledged), (unsigned)self->n_sent);
    assert_true(g_hash_table_size(self->acknowledged) > 5 * n_kills);
    assert_all_there(self);
}

/* Returns: TRUE when this process has a small disk of its own at the folder now */
static gboolean
mount_small_disk(const char *folder)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "size=3m,mode=0700") == 0;
}

static void
send_until_refused(Session *self)
{
    int64_t end_us = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;

    g_clear_pointer(&self->refusal, g_free);
    while (self->refusal == NULL && g_get_monotonic_time() < end_us)
        send_for(self, 1000);
    while (self->n_in_flight > 0)
        g_main_context_iteration(NULL, TRUE);
}

static void
test_full_disk(void **state)
{
    Session *self = *state;
    unsigned n_full;

    g_mkdir_with_parents(self->folder->folder, 0700);
    if (!mount_small_disk(self->folder->folder))
        skip();
    start_vault(self);
    send_until_refused(self);
    assert_string_equal(self->refusal, PROTOCOL_ERROR_FULL);
    n_full = g_hash_table_size(self->acknowledged);
    assert_true(n_full > 100);

    /* With room again it goes on, without being started anew. */
    assert_int_equal(mount(NULL, self->folder->folder, NULL, MS_REMOUNT, "size=20m"), 0);
    send_for(self, 200000);
    end_vault(self, SIGTERM);
    assert_true(g_hash_table_size(self->acknowledged) > n_full);
    print_message("full after %u scenes, then %u more\n", n_full,
                  g_hash_table_size(self->acknowledged) - n_full);
    assert_all_there(self);
    umount2(self->folder->folder, MNT_DETACH);
}

static unsigned
get_rss_kib(GSubprocess *process)
{
    g_autofree char *path =
        g_strdup_printf("/proc/%s/status", g_subprocess_get_identifier(process));
    g_autofree char *status = NULL;

    assert_true(g_file_get_contents(path, &status, NULL, NULL));
    return (unsigned)g_ascii_strtoull(strstr(status, "VmRSS:") + strlen("VmRSS:"), NULL, 10);
}

/* A call's memory goes with its answer. */
static void
test_memory(void **state)
{
    Session *self = *state;
    g_autofree char *large = g_strnfill(PROTOCOL_SCENE_TEXT_MAX_BYTES - 100, 'x');
    unsigned before_kib;
    unsigned after_kib;

    start_vault(self);
    self->padding = large;
    send_for(self, 200000);
    before_kib = get_rss_kib(self->vault);
    for (unsigned i = 0; i < 20 && g_hash_table_size(self->acknowledged) <= 100; i++)
        send_for(self, 500000);
    after_kib = get_rss_kib(self->vault);
    print_message("%u KiB, after %u scenes of 256 KiB %u KiB\n", before_kib,
                  g_hash_table_size(self->acknowledged), after_kib);
    assert_true(g_hash_table_size(self->acknowledged) > 100);
#ifndef __SANITIZE_ADDRESS__ /* it keeps freed memory back */
    assert_true(after_kib < before_kib + N_IN_FLIGHT * 1024);
#endif
}

static char *
run_again(Session *self, const char *folder)
{
    g_autoptr(GSubprocess) second = g_subprocess_new(
        G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL, g_getenv("DESKHAND_VAULT"), "--folder", folder, NULL);
    char *sentence = NULL;

    assert_true(g_subprocess_communicate_utf8(second, NULL, NULL, NULL, &sentence, NULL));
    assert_int_equal(g_subprocess_get_exit_status(second), 1);
    return sentence;
}

/* A second one is refused with a sentence, for the same folder and for the same socket. */
static void
test_second(void **state)
{
    Session *self = *state;
    g_autofree char *same_folder = NULL;
    g_autofree char *same_socket = NULL;

    start_vault(self);
    same_folder = run_again(self, self->folder->folder);
    assert_non_null(strstr(same_folder, "Another deskhand-vault"));
    same_socket = run_again(self, self->folder->root);
    assert_non_null(strstr(same_socket, "Another process answers"));
    send_for(self, 20000);
    end_vault(self, SIGTERM);
    assert_all_there(self);
}

static gboolean
may_stay(const char *name)
{
    return g_str_has_suffix(name, ".db") || strstr(name, ".key") != NULL ||
           g_str_has_prefix(name, "keyring") || strcmp(name, "lock") == 0 ||
           strcmp(name, "reserve") == 0;
}

/* Ended in order: nothing but the segments, their keys, the lock and the reserve stays. */
static void
test_ended(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT};
    Session *self = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(signals); i++) {
        g_autofree char *path = protocol_peer_path("append.sock");
        g_autoptr(GDir) dir = NULL;
        g_autoptr(GSubprocess) vault = NULL;
        const char *name;

        start_vault(self);
        send_for(self, 20000);
        vault = g_object_ref(self->vault);
        end_vault(self, signals[i]);
        assert_true(g_subprocess_get_successful(vault));
        assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
        dir = g_dir_open(self->folder->folder, 0, NULL);
        while ((name = g_dir_read_name(dir)) != NULL)
            assert_true(may_stay(name));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_killed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_second, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_disk, set_up, tear_down),
    };
    g_autofree char *root = g_dir_make_tmp("deskhand-crash-XXXXXX", NULL);
    g_autofree char *runtime = g_build_filename(root, "deskhand", NULL);
    int n_failed;

    g_setenv("XDG_RUNTIME_DIR", root, TRUE);
    n_failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (unsigned i = 0; i < 2; i++) {
        g_autofree char *path =
            g_build_filename(runtime, i == 0 ? "append.sock" : "recall.sock", NULL);

        g_unlink(path);
    }
    g_rmdir(runtime);
    g_rmdir(root);
    return n_failed;
}
