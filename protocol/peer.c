/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A client that has not said who it is by then is closed. */
#define HANDSHAKE_DEADLINE_MS 5000
#define LISTEN_BACKLOG 16

/* Of the sockets that the service manager listens on for vaults with user ids of their own. */
#define SYSTEM_FOLDER "/run/deskhand"

static uid_t user = (uid_t)-1;

/* GDBusServer can neither take a socket that is open already nor bound its clients, so this
 * accepts by itself and hands each stream to a GDBusConnection. */
struct ProtocolPeerServer {
    GSocketService *service;
    GDBusAuthObserver *observer;
    char *guid;
    char *path;         /* NULL when the socket is the service manager's */
    GPtrArray *clients; /* of Client */
    ProtocolPeerFunc on_client;
    void *user_data;
};

/* One that is let in or still shaking hands. */
typedef struct {
    ProtocolPeerServer *server; /* NULL once that is gone */
    GCancellable *handshake;
    GSource *deadline;
    GDBusConnection *connection; /* NULL while shaking hands */
    gulong closed_id;
} Client;

char *
protocol_peer_path(const char *name)
{
    return g_build_filename(g_get_user_runtime_dir(), "deskhand", name, NULL);
}

char *
protocol_peer_system_folder(void)
{
    return g_strdup_printf(SYSTEM_FOLDER "/%u", (unsigned)geteuid());
}

char *
protocol_peer_find(const char *name)
{
    g_autofree char *folder = protocol_peer_system_folder();
    g_autofree char *path = g_build_filename(folder, name, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS) ? g_steal_pointer(&path)
                                                 : protocol_peer_path(name);
}

void
protocol_peer_set_user(uid_t uid)
{
    user = uid;
}

static uid_t
get_user(void)
{
    return user != (uid_t)-1 ? user : geteuid();
}

/* @own: beside root */
static gboolean
is_user_or_root(GCredentials *credentials, uid_t own)
{
    uid_t uid = credentials != NULL ? g_credentials_get_unix_user(credentials, NULL) : (uid_t)-1;

    return uid != (uid_t)-1 && (uid == 0 || uid == own);
}

static gboolean
check_peer(GSocketConnection *stream, uid_t own, GError **error)
{
    GSocket *socket = g_socket_connection_get_socket(stream);
    g_autoptr(GCredentials) credentials = g_socket_get_credentials(socket, error);

    if (credentials == NULL)
        return FALSE;
    if (is_user_or_root(credentials, own))
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                        "The other end of the socket belongs to another user");
    return FALSE;
}

static gboolean
on_allow_mechanism(GDBusAuthObserver *observer, const char *mechanism, void *user_data)
{
    return strcmp(mechanism, "EXTERNAL") == 0;
}

/* Called on a thread of GDBus: it touches nothing of ours. */
static gboolean
on_authorize(GDBusAuthObserver *observer,
             GIOStream *stream,
             GCredentials *credentials,
             void *user_data)
{
    return is_user_or_root(credentials, get_user());
}

static void
stop_deadline(Client *client)
{
    if (client->deadline != NULL)
        g_source_destroy(client->deadline);
    g_clear_pointer(&client->deadline, g_source_unref);
}

static void
free_client(Client *client)
{
    stop_deadline(client);
    g_clear_object(&client->handshake);
    if (client->connection != NULL) {
        g_signal_handler_disconnect(client->connection, client->closed_id);
        g_dbus_connection_close(client->connection, NULL, NULL, NULL);
    }
    g_clear_object(&client->connection);
    g_free(client);
}

static void
remove_client(Client *client)
{
    g_ptr_array_remove_fast(client->server->clients, client);
    free_client(client);
}

static void
on_closed(GDBusConnection *connection,
          gboolean remote_peer_vanished,
          GError *error,
          void *user_data)
{
    remove_client(user_data);
}

static void
let_in(Client *client, GDBusConnection *connection)
{
    ProtocolPeerServer *self = client->server;

    client->connection = g_object_ref(connection);
    client->closed_id = g_signal_connect(connection, "closed", G_CALLBACK(on_closed), client);
    if (!self->on_client(connection, self->user_data)) {
        remove_client(client);
        return;
    }
    g_dbus_connection_start_message_processing(connection);
}

static void
on_handshake(GObject *source, GAsyncResult *result, void *user_data)
{
    Client *client = user_data;
    g_autoptr(GDBusConnection) connection = g_dbus_connection_new_finish(result, NULL);

    stop_deadline(client);
    if (client->server == NULL) {
        if (connection != NULL)
            g_dbus_connection_close(connection, NULL, NULL, NULL);
        free_client(client);
    } else if (connection == NULL) {
        remove_client(client);
    } else {
        let_in(client, connection);
    }
}

static gboolean
on_deadline(void *user_data)
{
    Client *client = user_data;

    g_cancellable_cancel(client->handshake); /* on_handshake() follows */
    return G_SOURCE_REMOVE;
}

static Client *
add_client(ProtocolPeerServer *self)
{
    Client *client = g_new0(Client, 1);

    client->server = self;
    client->handshake = g_cancellable_new();
    client->deadline = g_timeout_source_new(HANDSHAKE_DEADLINE_MS);
    g_source_set_callback(client->deadline, on_deadline, client, NULL);
    g_source_attach(client->deadline, g_main_context_get_thread_default());
    g_ptr_array_add(self->clients, client);
    return client;
}

static gboolean
on_incoming(GSocketService *service, GSocketConnection *stream, GObject *source, void *user_data)
{
    ProtocolPeerServer *self = user_data;
    Client *client;

    if (self->clients->len >= PROTOCOL_PEER_N_CLIENTS_MAX ||
        !check_peer(stream, get_user(), NULL)) {
        g_io_stream_close(G_IO_STREAM(stream), NULL, NULL);
        return TRUE;
    }
    client = add_client(self);
    g_dbus_connection_new(G_IO_STREAM(stream), self->guid,
                          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER |
                              G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                          self->observer, client->handshake, on_handshake, client);
    return TRUE;
}

static gboolean
set_errno_error(const char *path, const char *what, GError **error)
{
    int code = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "Cannot %s %s: %s", what, path,
                g_strerror(code));
    return FALSE;
}

static gboolean
fill_address(const char *path, struct sockaddr_un *out, GError **error)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (g_strlcpy(out->sun_path, path, sizeof out->sun_path) < sizeof out->sun_path)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
                "The socket's path %s is too long: set a shorter XDG_RUNTIME_DIR", path);
    return FALSE;
}

/* A full backlog (EAGAIN) is an answer too: somebody listens but does not accept just now. */
static gboolean
is_answered(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    gboolean is = fd >= 0 && (connect(fd, (const void *)address, sizeof *address) == 0 ||
                              errno == EAGAIN || errno == EINPROGRESS);

    if (fd >= 0)
        close(fd);
    return is;
}

static gboolean
bind_socket(int fd, const char *path, GError **error)
{
    struct sockaddr_un address;

    if (!fill_address(path, &address, error))
        return FALSE;
    if (is_answered(&address)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
                    "Another process answers on %s already", path);
        return FALSE;
    }
    if (unlink(path) < 0 && errno != ENOENT)
        return set_errno_error(path, "replace", error);
    /* The mode is the new file's from its first moment on. */
    if (fchmod(fd, 0600) < 0 || bind(fd, (const void *)&address, sizeof address) < 0 ||
        chmod(path, 0600) < 0 || listen(fd, LISTEN_BACKLOG) < 0)
        return set_errno_error(path, "listen on", error);
    return TRUE;
}

/* Returns: the listening socket, or -1 */
static int
listen_on(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd;

    if (g_mkdir_with_parents(folder, 0700) < 0) {
        set_errno_error(folder, "make", error);
        return -1;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        set_errno_error(path, "make a socket for", error);
        return -1;
    }
    if (bind_socket(fd, path, error))
        return fd;
    close(fd);
    return -1;
}

/* @take_fd: closed in any case */
static gboolean
start_service(ProtocolPeerServer *self, int take_fd, GError **error)
{
    g_autoptr(GSocket) socket = g_socket_new_from_fd(take_fd, error);

    if (socket == NULL) {
        close(take_fd);
        return FALSE;
    }
    self->service = g_socket_service_new();
    if (!g_socket_listener_add_socket(G_SOCKET_LISTENER(self->service), socket, NULL, error))
        return FALSE;
    g_signal_connect(self->service, "incoming", G_CALLBACK(on_incoming), self);
    g_socket_service_start(self->service);
    return TRUE;
}

ProtocolPeerServer *
protocol_peer_server_new(const char *path,
                         int listen_fd,
                         ProtocolPeerFunc on_client,
                         void *user_data,
                         GError **error)
{
    g_autoptr(ProtocolPeerServer) self = g_new0(ProtocolPeerServer, 1);

    self->on_client = on_client;
    self->user_data = user_data;
    self->clients = g_ptr_array_new();
    self->guid = g_dbus_generate_guid();
    self->observer = g_dbus_auth_observer_new();
    g_signal_connect(self->observer, "allow-mechanism", G_CALLBACK(on_allow_mechanism), NULL);
    g_signal_connect(self->observer, "authorize-authenticated-peer", G_CALLBACK(on_authorize),
                     NULL);
    if (listen_fd < 0) {
        listen_fd = listen_on(path, error);
        if (listen_fd < 0)
            return NULL;
        self->path = g_strdup(path);
    }
    if (!start_service(self, listen_fd, error))
        return NULL;
    return g_steal_pointer(&self);
}

/* One that still shakes hands goes when GDBus has let go of it. */
static void
drop_client(Client *client)
{
    if (client->connection != NULL) {
        free_client(client);
        return;
    }
    client->server = NULL;
    g_cancellable_cancel(client->handshake);
}

void
protocol_peer_server_free(ProtocolPeerServer *self)
{
    if (self == NULL)
        return;
    if (self->service != NULL) {
        g_signal_handlers_disconnect_by_data(self->service, self);
        g_socket_service_stop(self->service);
        g_socket_listener_close(G_SOCKET_LISTENER(self->service));
    }
    if (self->path != NULL)
        unlink(self->path);
    for (unsigned i = 0; i < self->clients->len; i++)
        drop_client(g_ptr_array_index(self->clients, i));
    g_ptr_array_unref(self->clients);
    g_clear_object(&self->service);
    g_clear_object(&self->observer);
    g_free(self->guid);
    g_free(self->path);
    g_free(self);
}

/* Says in the contract's codes why nobody is there. */
static void
return_connect_error(GTask *task, GError *error)
{
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
        g_prefix_error(&error, "Nobody listens: ");
    g_task_return_error(task, error);
}

static void
on_authenticated(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autoptr(GTask) task = user_data;
    GError *error = NULL;
    GDBusConnection *connection = g_dbus_connection_new_finish(result, &error);

    if (connection == NULL)
        g_task_return_error(task, error);
    else
        g_task_return_pointer(task, connection, g_object_unref);
}

static void
on_connected(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autoptr(GTask) task = user_data;
    GError *error = NULL;
    g_autoptr(GSocketConnection) stream =
        g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, &error);

    if (stream == NULL) {
        return_connect_error(task, error);
        return;
    }
    if (!check_peer(stream, geteuid(), &error)) {
        g_task_return_error(task, error);
        return;
    }
    g_dbus_connection_new(G_IO_STREAM(stream), NULL, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
                          NULL, g_task_get_cancellable(task), on_authenticated, g_object_ref(task));
}

void
protocol_peer_connect_async(const char *path,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            void *user_data)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    GTask *task = g_task_new(NULL, cancellable, callback, user_data);

    g_task_set_source_tag(task, protocol_peer_connect_async);
    g_socket_client_connect_async(client, G_SOCKET_CONNECTABLE(address), cancellable, on_connected,
                                  task);
}

GDBusConnection *
protocol_peer_connect_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

GDBusConnection *
protocol_peer_connect_sync(const char *path, GCancellable *cancellable, GError **error)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    g_autoptr(GSocketConnection) stream =
        g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), cancellable, error);

    if (stream == NULL || !check_peer(stream, geteuid(), error))
        return NULL;
    return g_dbus_connection_new_sync(G_IO_STREAM(stream), NULL,
                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                      cancellable, error);
}
