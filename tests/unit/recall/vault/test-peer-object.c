/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/peer-object.h"

#include "protocol/dbus-job1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>

#include <cmocka.h>

#define PATH "/io/deskhand/Test1"
#define WATCHDOG_US (20 * G_USEC_PER_SEC)

typedef struct {
    GDBusConnection *server;
    GDBusConnection *client;
} Pair;

static GDBusConnection *
connect_end(int fd)
{
    g_autoptr(GSocket) socket = g_socket_new_from_fd(fd, NULL);
    g_autoptr(GSocketConnection) stream = g_socket_connection_factory_create_connection(socket);
    GDBusConnection *connection = g_dbus_connection_new_sync(
        G_IO_STREAM(stream), NULL, G_DBUS_CONNECTION_FLAGS_NONE, NULL, NULL, NULL);

    assert_non_null(connection);
    g_dbus_connection_set_exit_on_close(connection, FALSE);
    return connection;
}

static Pair
make_pair(void)
{
    int fds[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    return (Pair){connect_end(fds[0]), connect_end(fds[1])};
}

static void
clear_pair(Pair *pair)
{
    g_object_unref(pair->client);
    g_object_unref(pair->server);
}

static unsigned
count_shown(GDBusInterfaceSkeleton *object)
{
    GList *connections = g_dbus_interface_skeleton_get_connections(object);
    unsigned n = g_list_length(connections);

    g_list_free_full(connections, g_object_unref);
    return n;
}

static void
on_hidden(GDBusConnection *connection, void *user_data)
{
    g_ptr_array_add(user_data, connection);
}

static void
wait_for_hidden(GPtrArray *hidden)
{
    int64_t end_us = g_get_monotonic_time() + WATCHDOG_US;

    while (hidden->len == 0 && g_get_monotonic_time() < end_us) {
        if (!g_main_context_iteration(NULL, FALSE))
            g_usleep(200);
    }
    assert_int_equal(hidden->len, 1);
}

static void
test_client_that_goes(void **state)
{
    g_autoptr(ProtocolDbusJob1) object = protocol_dbus_job1_skeleton_new();
    g_autoptr(GPtrArray) hidden = g_ptr_array_new();
    RecallPeerObject *self =
        recall_peer_object_new(G_DBUS_INTERFACE_SKELETON(object), PATH, on_hidden, hidden);
    Pair first = make_pair();
    Pair second = make_pair();

    assert_true(recall_peer_object_show(self, first.server, NULL));
    assert_true(recall_peer_object_show(self, second.server, NULL));
    assert_int_equal(count_shown(G_DBUS_INTERFACE_SKELETON(object)), 2);
    assert_true(g_dbus_connection_close_sync(first.client, NULL, NULL));
    wait_for_hidden(hidden);
    assert_ptr_equal(g_ptr_array_index(hidden, 0), first.server);
    assert_int_equal(count_shown(G_DBUS_INTERFACE_SKELETON(object)), 1);
    recall_peer_object_free(self);
    assert_int_equal(hidden->len, 2);
    assert_ptr_equal(g_ptr_array_index(hidden, 1), second.server);
    assert_int_equal(count_shown(G_DBUS_INTERFACE_SKELETON(object)), 0);
    clear_pair(&first);
    clear_pair(&second);
}

/* A connection that ends after the object was freed must not reach it. */
static void
test_freed_before_the_client_goes(void **state)
{
    g_autoptr(ProtocolDbusJob1) object = protocol_dbus_job1_skeleton_new();
    RecallPeerObject *self =
        recall_peer_object_new(G_DBUS_INTERFACE_SKELETON(object), PATH, NULL, NULL);
    Pair pair = make_pair();

    assert_true(recall_peer_object_show(self, pair.server, NULL));
    recall_peer_object_free(self);
    assert_int_equal(
        g_signal_handler_find(pair.server, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self), 0);
    clear_pair(&pair);
}

static void
test_shown_twice(void **state)
{
    g_autoptr(ProtocolDbusJob1) object = protocol_dbus_job1_skeleton_new();
    g_autoptr(ProtocolDbusJob1) other = protocol_dbus_job1_skeleton_new();
    g_autoptr(RecallPeerObject) self =
        recall_peer_object_new(G_DBUS_INTERFACE_SKELETON(object), PATH, NULL, NULL);
    g_autoptr(RecallPeerObject) second =
        recall_peer_object_new(G_DBUS_INTERFACE_SKELETON(other), PATH, NULL, NULL);
    g_autoptr(GError) error = NULL;
    Pair pair = make_pair();

    assert_true(recall_peer_object_show(self, pair.server, NULL));
    assert_false(recall_peer_object_show(second, pair.server, &error));
    assert_non_null(error);
    g_clear_pointer(&self, recall_peer_object_free);
    clear_pair(&pair);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_client_that_goes),
        cmocka_unit_test(test_freed_before_the_client_goes),
        cmocka_unit_test(test_shown_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
