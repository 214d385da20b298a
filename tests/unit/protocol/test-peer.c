/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/peer.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WATCHDOG_US (20 * G_USEC_PER_SEC)

typedef struct {
    char *folder;
    char *path;
    unsigned n_clients; /* let in so far */
    gboolean refuse;
    GThread *thread;        /* of the last callback */
    GPtrArray *connections; /* clients' ends */
    GError *error;          /* of the last that failed */
    unsigned n_answers;
} Fixture;

static int
set_up(void **state)
{
    Fixture *self = g_new0(Fixture, 1);

    self->folder = g_dir_make_tmp("deskhand-peer-XXXXXX", NULL);
    self->path = g_build_filename(self->folder, "sub", "test.sock", NULL);
    self->connections = g_ptr_array_new_with_free_func(g_object_unref);
    *state = self;
    return 0;
}

static int
tear_down(void **state)
{
    Fixture *self = *state;
    g_autofree char *sub = g_path_get_dirname(self->path);

    g_ptr_array_unref(self->connections);
    g_unlink(self->path);
    g_rmdir(sub);
    g_rmdir(self->folder);
    g_clear_error(&self->error);
    g_free(self->path);
    g_free(self->folder);
    g_free(self);
    return 0;
}

static gboolean
on_client(GDBusConnection *connection, void *user_data)
{
    Fixture *self = user_data;

    self->thread = g_thread_self();
    self->n_clients++;
    return !self->refuse;
}

static void
on_connected(GObject *source, GAsyncResult *result, void *user_data)
{
    Fixture *self = user_data;
    GDBusConnection *connection;

    g_clear_error(&self->error);
    connection = protocol_peer_connect_finish(result, &self->error);
    if (connection != NULL)
        g_ptr_array_add(self->connections, connection);
    self->n_answers++;
}

static void
turn_until(const unsigned *number, unsigned wanted)
{
    int64_t end_us = g_get_monotonic_time() + WATCHDOG_US;

    while (*number < wanted && g_get_monotonic_time() < end_us) {
        if (!g_main_context_iteration(NULL, FALSE))
            g_usleep(500);
    }
    assert_true(*number >= wanted);
}

static void
connect_one(Fixture *self)
{
    unsigned n = self->n_answers;

    protocol_peer_connect_async(self->path, NULL, on_connected, self);
    turn_until(&self->n_answers, n + 1);
}

static void
test_lets_in(void **state)
{
    Fixture *self = *state;
    g_autoptr(ProtocolPeerServer) server =
        protocol_peer_server_new(self->path, -1, on_client, self, NULL);
    struct stat about;

    assert_non_null(server);
    assert_int_equal(stat(self->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    connect_one(self);
    assert_int_equal(self->connections->len, 1);
    turn_until(&self->n_clients, 1);
    assert_ptr_equal(self->thread, g_thread_self());
}

static void
test_removes_socket(void **state)
{
    Fixture *self = *state;
    ProtocolPeerServer *server = protocol_peer_server_new(self->path, -1, on_client, self, NULL);

    protocol_peer_server_free(server);
    assert_false(g_file_test(self->path, G_FILE_TEST_EXISTS));
}

static void
test_in_use(void **state)
{
    Fixture *self = *state;
    g_autoptr(ProtocolPeerServer) server =
        protocol_peer_server_new(self->path, -1, on_client, self, NULL);
    g_autoptr(GError) error = NULL;

    assert_null(protocol_peer_server_new(self->path, -1, on_client, self, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE));
    assert_true(g_file_test(self->path, G_FILE_TEST_EXISTS));
}

/* Returns: a socket bound to the path */
static int
bind_plain(Fixture *self)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_autofree char *sub = g_path_get_dirname(self->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_mkdir_with_parents(sub, 0700);
    g_strlcpy(address.sun_path, self->path, sizeof address.sun_path);
    assert_int_equal(bind(fd, (const void *)&address, sizeof address), 0);
    return fd;
}

static void
test_stale_socket(void **state)
{
    Fixture *self = *state;
    g_autoptr(ProtocolPeerServer) server = NULL;

    close(bind_plain(self));
    assert_true(g_file_test(self->path, G_FILE_TEST_EXISTS));
    server = protocol_peer_server_new(self->path, -1, on_client, self, NULL);
    assert_non_null(server);
    connect_one(self);
    assert_int_equal(self->connections->len, 1);
}

static void
test_passed_socket(void **state)
{
    Fixture *self = *state;
    int fd = bind_plain(self);
    ProtocolPeerServer *server;

    assert_int_equal(listen(fd, 5), 0);
    server = protocol_peer_server_new(NULL, fd, on_client, self, NULL);
    connect_one(self);
    assert_int_equal(self->connections->len, 1);
    protocol_peer_server_free(server);
    /* It belongs to the service manager. */
    assert_true(g_file_test(self->path, G_FILE_TEST_EXISTS));
}

static void
test_nobody(void **state)
{
    Fixture *self = *state;

    connect_one(self);
    assert_true(g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
    close(bind_plain(self));
    connect_one(self);
    assert_true(g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED));
}

static void
test_sync_nobody(void **state)
{
    Fixture *self = *state;
    g_autoptr(GError) error = NULL;

    assert_null(protocol_peer_connect_sync(self->path, NULL, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
}

static void
test_path_too_long(void **state)
{
    Fixture *self = *state;
    g_autofree char *name = g_strnfill(120, 'x');
    g_autofree char *path = g_build_filename(self->folder, name, NULL);
    g_autoptr(GError) error = NULL;

    assert_null(protocol_peer_server_new(path, -1, on_client, self, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG));
}

static gboolean
is_closed(GDBusConnection *connection)
{
    int64_t end_us = g_get_monotonic_time() + 2 * G_USEC_PER_SEC;

    while (!g_dbus_connection_is_closed(connection) && g_get_monotonic_time() < end_us)
        g_main_context_iteration(NULL, FALSE);
    return g_dbus_connection_is_closed(connection);
}

static void
test_refused_client(void **state)
{
    Fixture *self = *state;
    g_autoptr(ProtocolPeerServer) server =
        protocol_peer_server_new(self->path, -1, on_client, self, NULL);

    self->refuse = TRUE;
    connect_one(self);
    turn_until(&self->n_clients, 1);
    assert_true(is_closed(g_ptr_array_index(self->connections, 0)));
}

static void
test_n_clients(void **state)
{
    Fixture *self = *state;
    g_autoptr(ProtocolPeerServer) server =
        protocol_peer_server_new(self->path, -1, on_client, self, NULL);

    for (unsigned i = 0; i < PROTOCOL_PEER_N_CLIENTS_MAX; i++)
        connect_one(self);
    turn_until(&self->n_clients, PROTOCOL_PEER_N_CLIENTS_MAX);
    assert_int_equal(self->connections->len, PROTOCOL_PEER_N_CLIENTS_MAX);
    connect_one(self);
    assert_int_equal(self->connections->len, PROTOCOL_PEER_N_CLIENTS_MAX);
    assert_non_null(self->error);
    /* One that goes makes room for another. */
    g_dbus_connection_close_sync(g_ptr_array_index(self->connections, 0), NULL, NULL);
    for (unsigned i = 0; i < 100 && self->error != NULL; i++) {
        g_usleep(1000);
        connect_one(self);
    }
    assert_null(self->error);
}

/* Another user, who could even open the folder, is not let in. */
static void
test_other_user(void **state)
{
    Fixture *self = *state;
    g_autoptr(ProtocolPeerServer) server = NULL;
    g_autofree char *sub = g_path_get_dirname(self->path);
    pid_t pid;
    int status = -1;

    if (getuid() != 0)
        skip();
    server = protocol_peer_server_new(self->path, -1, on_client, self, NULL);
    chmod(self->path, 0666);
    chmod(sub, 0755);
    pid = fork();
    if (pid == 0) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        char byte;

        /* Its working directory leads it past the folders above. */
        g_strlcpy(address.sun_path, "test.sock", sizeof address.sun_path);
        if (chdir(sub) != 0 || setuid(65534) != 0 ||
            connect(fd, (const void *)&address, sizeof address) != 0)
            _exit(2);
        _exit(read(fd, &byte, 1) == 0 ? 0 : 1);
    }
    for (unsigned i = 0; i < 2000 && waitpid(pid, &status, WNOHANG) == 0; i++) {
        g_main_context_iteration(NULL, FALSE);
        g_usleep(1000);
    }
    kill(pid, SIGKILL); /* it waits for ever when it was let in */
    assert_true(status != -1 && WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(self->n_clients, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lets_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_removes_socket, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_in_use, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stale_socket, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_passed_socket, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sync_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_path_too_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused_client, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_n_clients, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_user, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
