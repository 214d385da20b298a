/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/vault-link.h"

#include "protocol/peer-watch.h"
#include "protocol/peer.h"

#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#define SOCKET_NAME "append.sock"

/* One try to connect. */
typedef struct {
    RecallVaultLink *link; /* NULL once that is gone */
    GCancellable *cancellable;
} Attempt;

struct RecallVaultLink {
    char *vault_path;
    char *socket_path; /* as it was found last */
    ProtocolPeerWatch *watch;
    RecallVaultLinkEvents events;
    void *user_data;
    GDBusConnection *connection;
    gulong closed_id;
    GSubprocess *vault;    /* NULL when it is not ours or not running */
    GCancellable *closing; /* cancelled when self goes */
    Attempt *attempt;      /* NULL while none is under way */
    GSource *timer;        /* the next attempt, or the end of this one */
    unsigned retry_ms;
    unsigned n_quick;        /* pauses, before they grow */
    int64_t started_us;      /* monotonic: our vault, which was not connected to yet; or 0 */
    gboolean has_failed;     /* it ended before it was connected to */
    gboolean has_answered;   /* on this connection */
    int64_t up_since_us;     /* monotonic */
    int64_t silent_since_us; /* monotonic; 0 while it answers */
};

static gboolean on_retry(void *user_data);

static void
set_timer(RecallVaultLink *self, unsigned delay_ms, GSourceFunc on_time)
{
    if (self->timer != NULL)
        g_source_destroy(self->timer);
    g_clear_pointer(&self->timer, g_source_unref);
    if (on_time == NULL)
        return;
    self->timer = g_timeout_source_new(delay_ms);
    g_source_set_callback(self->timer, on_time, self, NULL);
    g_source_attach(self->timer, g_main_context_get_thread_default());
}

static void
retry_later(RecallVaultLink *self)
{
    set_timer(self, self->retry_ms, on_retry);
    if (self->n_quick < RECALL_VAULT_LINK_N_QUICK)
        self->n_quick++;
    else
        self->retry_ms = MIN(self->retry_ms * 2, RECALL_VAULT_LINK_RETRY_MAX_MS);
}

static void
on_vault_ended(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autoptr(GError) error = NULL;
    RecallVaultLink *self = user_data;

    g_subprocess_wait_finish(G_SUBPROCESS(source), result, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (self->vault != G_SUBPROCESS(source))
        return;
    g_clear_object(&self->vault);
    self->has_failed = self->started_us != 0;
    self->started_us = 0;
}

static gboolean
is_own_socket(const RecallVaultLink *self)
{
    g_autofree char *own = protocol_peer_path(SOCKET_NAME);

    return g_str_equal(self->socket_path, own);
}

static void
start_vault(RecallVaultLink *self)
{
    g_autofree char *end_with_us = g_strdup_printf("--exit-with-parent=%d", getpid());
    g_autoptr(GError) error = NULL;

    if (self->vault_path == NULL || self->vault != NULL || !is_own_socket(self))
        return;
    self->vault =
        g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, &error, self->vault_path, end_with_us, NULL);
    if (self->vault != NULL) {
        self->started_us = g_get_monotonic_time();
        g_subprocess_wait_async(self->vault, self->closing, on_vault_ended, self);
    } else if (self->retry_ms >= RECALL_VAULT_LINK_RETRY_MAX_MS) {
        g_warning("Cannot start the vault: %s", error->message);
    }
}

static gboolean
is_starting(const RecallVaultLink *self)
{
    return self->started_us != 0 && g_get_monotonic_time() - self->started_us <
                                        RECALL_VAULT_LINK_START_MAX_MS * INT64_C(1000);
}

/* Nobody listens. */
static void
begin_again(RecallVaultLink *self)
{
    if (self->has_failed) {
        self->has_failed = FALSE;
        retry_later(self);
        return;
    }
    start_vault(self);
    if (is_starting(self))
        set_timer(self, RECALL_VAULT_LINK_RETRY_MIN_MS, on_retry);
    else
        retry_later(self);
}

/* The other end is there and says nothing. */
static void
note_silence(RecallVaultLink *self)
{
    int64_t now_us = g_get_monotonic_time();

    if (self->silent_since_us == 0)
        self->silent_since_us = now_us;
    if (self->vault == NULL ||
        now_us - self->silent_since_us < RECALL_VAULT_LINK_HUNG_MS * INT64_C(1000))
        return;
    g_warning("The vault has answered nothing for %d s; it is started again",
              RECALL_VAULT_LINK_HUNG_MS / 1000);
    g_subprocess_force_exit(self->vault);
    self->silent_since_us = 0;
}

/* Ends it even when a write is stuck in it, which a close would wait for. */
static void
hang_up(RecallVaultLink *self)
{
    GIOStream *stream = g_dbus_connection_get_stream(self->connection);

    g_signal_handler_disconnect(self->connection, self->closed_id);
    if (G_IS_SOCKET_CONNECTION(stream))
        g_socket_shutdown(g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream)), TRUE, TRUE,
                          NULL);
    g_dbus_connection_close(self->connection, NULL, NULL, NULL);
    g_clear_object(&self->connection);
}

/* Back soon, but not more often than may be when it dies again and again. */
static void
choose_pause(RecallVaultLink *self)
{
    int64_t stood_us = g_get_monotonic_time() - self->up_since_us;

    if (!self->has_answered)
        return;
    self->retry_ms = MIN(self->retry_ms, RECALL_VAULT_LINK_ANSWERED_MAX_MS);
    if (stood_us < RECALL_VAULT_LINK_STEADY_MS * INT64_C(1000))
        return;
    self->retry_ms = RECALL_VAULT_LINK_RETRY_MIN_MS;
    self->n_quick = 0;
}

static void
go_down(RecallVaultLink *self)
{
    hang_up(self);
    choose_pause(self);
    retry_later(self);
    self->events.on_down(self->user_data);
}

static void
on_closed(GDBusConnection *connection,
          gboolean remote_peer_vanished,
          GError *error,
          void *user_data)
{
    go_down(user_data);
}

static void
go_up(RecallVaultLink *self, GDBusConnection *take_connection)
{
    set_timer(self, 0, NULL);
    self->connection = take_connection;
    self->has_answered = self->has_failed = FALSE;
    self->started_us = 0;
    self->up_since_us = g_get_monotonic_time();
    self->closed_id = g_signal_connect(self->connection, "closed", G_CALLBACK(on_closed), self);
    self->events.on_up(self->connection, self->user_data);
}

static void
on_connected(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autofree Attempt *attempt = user_data;
    g_autoptr(GCancellable) cancellable = attempt->cancellable;
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) connection = protocol_peer_connect_finish(result, &error);
    RecallVaultLink *self = attempt->link;

    if (self == NULL)
        return;
    self->attempt = NULL;
    if (connection != NULL) {
        go_up(self, g_steal_pointer(&connection));
        return;
    }
    if (!g_cancellable_is_cancelled(cancellable)) {
        begin_again(self);
        return;
    }
    note_silence(self);
    retry_later(self);
}

/* on_connected() follows. */
static gboolean
on_connect_deadline(void *user_data)
{
    RecallVaultLink *self = user_data;

    g_cancellable_cancel(self->attempt->cancellable);
    return G_SOURCE_REMOVE;
}

static void
start_attempt(RecallVaultLink *self)
{
    self->attempt = g_new0(Attempt, 1);
    self->attempt->link = self;
    self->attempt->cancellable = g_cancellable_new();
    set_timer(self, RECALL_VAULT_LINK_CONNECT_DEADLINE_MS, on_connect_deadline);
    protocol_peer_connect_async(self->socket_path, self->attempt->cancellable, on_connected,
                                self->attempt);
}

/* Its end is no news any more. */
static void
leave_attempt(RecallVaultLink *self)
{
    if (self->attempt == NULL)
        return;
    self->attempt->link = NULL;
    g_cancellable_cancel(self->attempt->cancellable);
    self->attempt = NULL;
}

static void
move(RecallVaultLink *self)
{
    gboolean was_up = self->connection != NULL;

    g_message("The vault answers on %s from now on", self->socket_path);
    leave_attempt(self);
    if (was_up)
        hang_up(self);
    if (self->vault != NULL && !is_own_socket(self))
        g_subprocess_send_signal(self->vault, SIGTERM);
    self->retry_ms = RECALL_VAULT_LINK_RETRY_MIN_MS;
    self->n_quick = 0;
    self->started_us = 0;
    self->has_failed = FALSE;
    self->silent_since_us = 0;
    set_timer(self, 0, on_retry);
    if (was_up)
        self->events.on_down(self->user_data);
    self->events.on_moved(self->user_data);
}

/* Returns: whether it is another one: then it is connected to soon */
static gboolean
take_place(RecallVaultLink *self)
{
    g_autofree char *path = protocol_peer_find(SOCKET_NAME);

    if (g_str_equal(path, self->socket_path))
        return FALSE;
    g_free(self->socket_path);
    self->socket_path = g_steal_pointer(&path);
    move(self);
    return TRUE;
}

static void
on_place(void *user_data)
{
    (void)take_place(user_data);
}

static gboolean
on_retry(void *user_data)
{
    if (!take_place(user_data))
        start_attempt(user_data);
    return G_SOURCE_REMOVE;
}

RecallVaultLink *
recall_vault_link_new(const char *vault_path, const RecallVaultLinkEvents *events, void *user_data)
{
    RecallVaultLink *self = g_new0(RecallVaultLink, 1);

    self->vault_path = g_strdup(vault_path);
    self->watch = protocol_peer_watch_new(on_place, self);
    self->socket_path = protocol_peer_find(SOCKET_NAME);
    self->events = *events;
    self->user_data = user_data;
    self->closing = g_cancellable_new();
    self->retry_ms = RECALL_VAULT_LINK_RETRY_MIN_MS;
    set_timer(self, 0, on_retry);
    return self;
}

void
recall_vault_link_free(RecallVaultLink *self)
{
    if (self == NULL)
        return;
    set_timer(self, 0, NULL);
    protocol_peer_watch_free(self->watch);
    g_cancellable_cancel(self->closing);
    leave_attempt(self);
    if (self->connection != NULL)
        hang_up(self);
    if (self->vault != NULL)
        g_subprocess_send_signal(self->vault, SIGTERM);
    g_clear_object(&self->vault);
    g_clear_object(&self->closing);
    g_free(self->vault_path);
    g_free(self->socket_path);
    g_free(self);
}

void
recall_vault_link_confirm(RecallVaultLink *self)
{
    self->has_answered = TRUE;
    self->silent_since_us = 0;
}

void
recall_vault_link_drop(RecallVaultLink *self)
{
    if (self->connection == NULL)
        return;
    note_silence(self);
    go_down(self);
}

const char *
recall_vault_link_get_path(const RecallVaultLink *self)
{
    return self->socket_path;
}

GDBusConnection *
recall_vault_link_get_connection(const RecallVaultLink *self)
{
    return self->connection;
}
