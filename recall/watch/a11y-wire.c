/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-wire.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER_MIN_BYTES 16
#define READ_BYTES 16384
#define AUTH_LINE_MAX_BYTES 1024

struct RecallA11yWire {
    GSocketAddress *address; /* NULL: not that of a Unix socket */
    GSocket *socket;         /* NULL while it is not connected */
    GByteArray *out;
    GByteArray *in;
    size_t taken_bytes; /* of @in */
    uint32_t serial;    /* of the last message */
};

static GSocketAddress *
find_address(GDBusConnection *beside)
{
    GIOStream *stream = g_dbus_connection_get_stream(beside);
    g_autoptr(GSocketAddress) address = NULL;

    if (G_IS_SOCKET_CONNECTION(stream))
        address = g_socket_connection_get_remote_address(G_SOCKET_CONNECTION(stream), NULL);
    return G_IS_UNIX_SOCKET_ADDRESS(address) ? g_steal_pointer(&address) : NULL;
}

RecallA11yWire *
recall_a11y_wire_new(GDBusConnection *beside)
{
    RecallA11yWire *self = g_new0(RecallA11yWire, 1);

    self->address = find_address(beside);
    self->out = g_byte_array_new();
    self->in = g_byte_array_new();
    return self;
}

static void
shut(RecallA11yWire *self)
{
    g_clear_object(&self->socket); /* which closes it */
    g_byte_array_set_size(self->out, 0);
    g_byte_array_set_size(self->in, 0);
    self->taken_bytes = 0;
}

void
recall_a11y_wire_free(RecallA11yWire *self)
{
    if (self == NULL)
        return;
    shut(self);
    g_clear_object(&self->address);
    g_byte_array_unref(self->out);
    g_byte_array_unref(self->in);
    g_free(self);
}

static gboolean
lose(RecallA11yWire *self, int code, const char *message, GError **error)
{
    shut(self);
    g_set_error_literal(error, G_IO_ERROR, code, message);
    return FALSE;
}

static gboolean
lose_bus(RecallA11yWire *self, GError **error)
{
    return lose(self, G_IO_ERROR_CLOSED, "The accessibility bus is gone", error);
}

/* --- bytes --- */

static gboolean
would_block(ssize_t n)
{
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static gboolean
write_some(RecallA11yWire *self, GError **error)
{
    ssize_t n;

    if (self->out->len == 0)
        return TRUE;
    n = send(g_socket_get_fd(self->socket), self->out->data, self->out->len, MSG_NOSIGNAL);
    if (n > 0)
        g_byte_array_remove_range(self->out, 0, (unsigned)n);
    else if (!would_block(n))
        return lose_bus(self, error);
    return TRUE;
}

/* What was taken makes room. */
static gboolean
read_some(RecallA11yWire *self, GError **error)
{
    unsigned length;
    ssize_t n;

    g_byte_array_remove_range(self->in, 0, (unsigned)self->taken_bytes);
    self->taken_bytes = 0;
    length = self->in->len;
    g_byte_array_set_size(self->in, length + READ_BYTES);
    n = recv(g_socket_get_fd(self->socket), self->in->data + length, READ_BYTES, 0);
    g_byte_array_set_size(self->in, length + (unsigned)MAX(n, 0));
    if (n == 0 || (n < 0 && !would_block(n)))
        return lose_bus(self, error);
    return TRUE;
}

gboolean
recall_a11y_wire_wait(RecallA11yWire *self,
                      int64_t deadline_us,
                      const GPollFD *cancel_fd,
                      GError **error)
{
    GPollFD fds[2] = {{.fd = -1}, {.fd = -1}};

    if (cancel_fd != NULL)
        fds[1] = *cancel_fd;
    do {
        int64_t left_us = deadline_us - g_get_monotonic_time();

        if (!write_some(self, error))
            return FALSE;
        fds[0] = (GPollFD){g_socket_get_fd(self->socket),
                           G_IO_IN | (self->out->len > 0 ? G_IO_OUT : 0), 0};
        if (left_us <= 0 || g_poll(fds, 2, (int)((left_us + 999) / 1000)) <= 0)
            return TRUE;
    } while (fds[0].revents == G_IO_OUT && fds[1].revents == 0);
    return fds[0].revents == 0 || fds[0].revents == G_IO_OUT || read_some(self, error);
}

/* Returns: 0 when there is none, -1 when what comes is no message */
static gssize
find_message(const RecallA11yWire *self, GError **error)
{
    uint8_t *start = self->in->data + self->taken_bytes;
    size_t left = self->in->len - self->taken_bytes;
    gssize needed;

    if (left < HEADER_MIN_BYTES)
        return 0;
    needed = g_dbus_message_bytes_needed(start, left, error);
    if (needed > RECALL_A11Y_WIRE_MESSAGE_MAX_BYTES) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "A message on the accessibility bus is too long");
        return -1;
    }
    return (size_t)MAX(needed, 0) > left ? 0 : needed;
}

GDBusMessage *
recall_a11y_wire_take(RecallA11yWire *self, GError **error)
{
    gssize n_bytes = find_message(self, error);
    GDBusMessage *message = NULL;

    if (n_bytes == 0)
        return NULL;
    if (n_bytes > 0)
        message = g_dbus_message_new_from_blob(self->in->data + self->taken_bytes, (size_t)n_bytes,
                                               G_DBUS_CAPABILITY_FLAGS_NONE, error);
    self->taken_bytes += (size_t)MAX(n_bytes, 0);
    if (message == NULL)
        shut(self);
    return message;
}

uint32_t
recall_a11y_wire_push(RecallA11yWire *self, GDBusMessage *message)
{
    g_autofree uint8_t *blob = NULL;
    size_t n_bytes = 0;

    g_dbus_message_set_serial(message, ++self->serial);
    blob = g_dbus_message_to_blob(message, &n_bytes, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
    g_assert(blob != NULL); /* a call of ours, with paths that came from the bus */
    g_byte_array_append(self->out, blob, (unsigned)n_bytes);
    return self->serial;
}

/* --- joining --- */

static gboolean
wait_for_line(RecallA11yWire *self, int64_t deadline_us, GError **error)
{
    while (self->in->len == 0 || memchr(self->in->data, '\n', self->in->len) == NULL) {
        if (self->in->len > AUTH_LINE_MAX_BYTES || g_get_monotonic_time() >= deadline_us)
            return lose(self, G_IO_ERROR_TIMED_OUT, "The accessibility bus does not answer", error);
        if (!recall_a11y_wire_wait(self, deadline_us, NULL, error))
            return FALSE;
    }
    return TRUE;
}

/* As ourselves, whom the socket's other end sees. */
static gboolean
authenticate(RecallA11yWire *self, int64_t deadline_us, GError **error)
{
    g_autofree char *uid = g_strdup_printf("%u", (unsigned)geteuid());
    g_autoptr(GString) line = g_string_new("AUTH EXTERNAL ");

    for (const char *at = uid; *at != '\0'; at++)
        g_string_append_printf(line, "%02x", (unsigned)*at);
    g_string_append(line, "\r\n");
    g_byte_array_append(self->out, (const uint8_t *)"", 1);
    g_byte_array_append(self->out, (const uint8_t *)line->str, (unsigned)line->len);
    if (!wait_for_line(self, deadline_us, error))
        return FALSE;
    if (self->in->len < 3 || memcmp(self->in->data, "OK ", 3) != 0)
        return lose(self, G_IO_ERROR_PERMISSION_DENIED, "The accessibility bus refuses us", error);
    g_byte_array_set_size(self->in, 0);
    g_byte_array_append(self->out, (const uint8_t *)"BEGIN\r\n", 7);
    return TRUE;
}

/* Its answer is among those that nobody waits for: whatever is asked later is answered later. */
static void
say_hello(RecallA11yWire *self)
{
    g_autoptr(GDBusMessage) hello = g_dbus_message_new_method_call(
        "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello");

    recall_a11y_wire_push(self, hello);
}

gboolean
recall_a11y_wire_open(RecallA11yWire *self, int64_t deadline_us, GError **error)
{
    if (self->socket != NULL)
        return TRUE;
    if (self->address == NULL)
        return lose(self, G_IO_ERROR_NOT_SUPPORTED, "The accessibility bus is not local", error);
    self->socket =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
    if (self->socket == NULL)
        return FALSE;
    g_socket_set_timeout(self->socket, 1);
    if (!g_socket_connect(self->socket, self->address, NULL, error)) {
        shut(self);
        return FALSE;
    }
    g_socket_set_blocking(self->socket, FALSE);
    if (!authenticate(self, deadline_us, error))
        return FALSE;
    say_hello(self);
    return TRUE;
}
