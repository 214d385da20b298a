/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-link.h"

struct RecallA11yLink {
    RecallA11yWire *wire; /* borrowed */
    char *bus_name;
    GCancellable *cancellable; /* (nullable) */
    GPollFD cancel_fd;         /* of it */
    gboolean has_cancel_fd;
    int64_t deadline_us;
    int64_t busy_us;
    unsigned n_calls;
    GError *error;
};

/* Calls that were sent together. */
typedef struct {
    RecallA11yCall *calls;
    unsigned n_sent;
    unsigned n_open;       /* of them, not answered yet */
    uint32_t first_serial; /* of calls[0]; they count up */
    gboolean *is_answered; /* for each of them */
    int64_t heard_us;      /* when anything was sent or answered last */
} Batch;

void
recall_a11y_call_clear(RecallA11yCall *self)
{
    g_clear_pointer(&self->reply, g_variant_unref);
}

RecallA11yLink *
recall_a11y_link_new(RecallA11yWire *wire,
                     const char *bus_name,
                     unsigned deadline_ms,
                     GCancellable *cancellable)
{
    RecallA11yLink *self = g_new0(RecallA11yLink, 1);

    self->wire = wire;
    self->bus_name = g_strdup(bus_name);
    self->deadline_us = g_get_monotonic_time() + (int64_t)deadline_ms * 1000;
    if (cancellable != NULL) {
        self->cancellable = g_object_ref(cancellable);
        self->has_cancel_fd = g_cancellable_make_pollfd(cancellable, &self->cancel_fd);
    }
    return self;
}

void
recall_a11y_link_free(RecallA11yLink *self)
{
    if (self == NULL)
        return;
    if (self->has_cancel_fd)
        g_cancellable_release_fd(self->cancellable);
    g_clear_object(&self->cancellable);
    g_clear_error(&self->error);
    g_free(self->bus_name);
    g_free(self);
}

/* Whether @error says that the application or the bus cannot answer anything any more; else it is
 * only this call that failed (the widget is gone). */
static gboolean
is_fatal(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CLOSED) ||
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY);
}

static void
lose(RecallA11yLink *self, int code, const char *message)
{
    if (self->error == NULL)
        g_set_error(&self->error, G_IO_ERROR, code, "%s: %s", self->bus_name, message);
}

static void
note_failure(RecallA11yLink *self, const GError *error)
{
    if (!is_fatal(error))
        return;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
        g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
        lose(self, G_IO_ERROR_TIMED_OUT, "the application did not answer in time");
    else
        lose(self, G_IO_ERROR_NOT_CONNECTED, "the application is gone");
}

/* Milliseconds that a call may take now; 0 when there are none left. */
static int
get_patience_ms(const RecallA11yLink *self)
{
    int64_t left_ms = (self->deadline_us - g_get_monotonic_time()) / 1000;

    return CLAMP(left_ms, 0, RECALL_A11Y_LINK_CALL_DEADLINE_MS);
}

/* Why nothing more may be asked, if so. */
static gboolean
check_open(RecallA11yLink *self)
{
    if (self->error != NULL)
        return FALSE;
    if (g_cancellable_is_cancelled(self->cancellable))
        lose(self, G_IO_ERROR_CANCELLED, "the reading was cancelled");
    else if (get_patience_ms(self) == 0)
        lose(self, G_IO_ERROR_TIMED_OUT, "reading took too long");
    else if (self->n_calls >= RECALL_A11Y_LINK_N_CALLS_MAX)
        lose(self, G_IO_ERROR_TIMED_OUT, "reading takes too many calls");
    return self->error == NULL;
}

static void
drop_parameters(RecallA11yCall *call)
{
    if (call->parameters != NULL)
        g_variant_unref(g_variant_ref_sink(g_steal_pointer(&call->parameters)));
}

static void
send_call(RecallA11yLink *self, Batch *batch)
{
    RecallA11yCall *call = &batch->calls[batch->n_sent];
    g_autoptr(GDBusMessage) message =
        g_dbus_message_new_method_call(self->bus_name, call->path, call->interface, call->method);
    uint32_t serial;

    g_dbus_message_set_flags(message, G_DBUS_MESSAGE_FLAGS_NO_AUTO_START);
    if (call->parameters != NULL)
        g_dbus_message_set_body(message, g_steal_pointer(&call->parameters));
    serial = recall_a11y_wire_push(self->wire, message);
    if (batch->n_sent == 0)
        batch->first_serial = serial;
    batch->n_sent++;
    batch->n_open++;
    self->n_calls++;
}

static void
take_answer(RecallA11yLink *self, Batch *batch, GDBusMessage *message)
{
    uint32_t index = g_dbus_message_get_reply_serial(message) - batch->first_serial;
    g_autoptr(GError) error = NULL;
    GVariant *body = g_dbus_message_get_body(message);

    if (index >= batch->n_sent || batch->is_answered[index])
        return; /* a signal, or late for somebody who did not wait */
    batch->is_answered[index] = TRUE;
    batch->n_open--;
    batch->heard_us = g_get_monotonic_time();
    if (g_dbus_message_to_gerror(message, &error))
        note_failure(self, error);
    else
        batch->calls[index].reply = g_variant_ref_sink(body != NULL ? body : g_variant_new("()"));
}

/* Until something has come, or it is over. */
static void
wait_for_answers(RecallA11yLink *self, Batch *batch)
{
    int64_t call_us = batch->heard_us + RECALL_A11Y_LINK_CALL_DEADLINE_MS * INT64_C(1000);
    int64_t until_us = MIN(call_us, self->deadline_us);
    g_autoptr(GError) error = NULL;
    GDBusMessage *message;

    if (g_cancellable_is_cancelled(self->cancellable)) {
        lose(self, G_IO_ERROR_CANCELLED, "the reading was cancelled");
        return;
    }
    if (g_get_monotonic_time() >= until_us) {
        lose(self, G_IO_ERROR_TIMED_OUT, "the application did not answer in time");
        return;
    }
    if (recall_a11y_wire_wait(self->wire, until_us, self->has_cancel_fd ? &self->cancel_fd : NULL,
                              &error)) {
        while ((message = recall_a11y_wire_take(self->wire, &error)) != NULL) {
            take_answer(self, batch, message);
            g_object_unref(message);
        }
    }
    if (error != NULL)
        lose(self, G_IO_ERROR_NOT_CONNECTED, error->message);
}

static gboolean
open_wire(RecallA11yLink *self)
{
    g_autoptr(GError) error = NULL;

    if (self->error == NULL && !recall_a11y_wire_open(self->wire, self->deadline_us, &error))
        lose(self, G_IO_ERROR_NOT_CONNECTED, error->message);
    return self->error == NULL;
}

/* As many as may be under way. */
static void
send_some(RecallA11yLink *self, Batch *batch, unsigned n_calls)
{
    if (batch->n_open == 0)
        batch->heard_us = g_get_monotonic_time();
    while (batch->n_sent < n_calls && batch->n_open < RECALL_A11Y_LINK_N_IN_FLIGHT &&
           check_open(self))
        send_call(self, batch);
}

gboolean
recall_a11y_link_ask_all(RecallA11yLink *self, RecallA11yCall *calls, unsigned n_calls)
{
    int64_t start_us = g_get_monotonic_time();
    g_autofree gboolean *is_answered = g_new0(gboolean, n_calls);
    Batch batch = {.calls = calls, .is_answered = is_answered};

    open_wire(self);
    while (self->error == NULL && (batch.n_sent < n_calls || batch.n_open > 0)) {
        send_some(self, &batch, n_calls);
        if (self->error == NULL && batch.n_open > 0)
            wait_for_answers(self, &batch);
    }
    for (unsigned i = batch.n_sent; i < n_calls; i++)
        drop_parameters(&calls[i]);
    self->busy_us += g_get_monotonic_time() - start_us;
    return self->error == NULL;
}

GVariant *
recall_a11y_link_ask(RecallA11yLink *self,
                     const char *path,
                     const char *interface,
                     const char *method,
                     GVariant *parameters,
                     const char *type)
{
    RecallA11yCall call = {path, interface, method, parameters, NULL};

    recall_a11y_link_ask_all(self, &call, 1);
    if (call.reply != NULL && !g_variant_is_of_type(call.reply, G_VARIANT_TYPE(type)))
        recall_a11y_call_clear(&call);
    return call.reply;
}

GVariant *
recall_a11y_link_get_property(RecallA11yLink *self,
                              const char *path,
                              const char *interface,
                              const char *name,
                              const char *type)
{
    g_autoptr(GVariant) reply =
        recall_a11y_link_ask(self, path, "org.freedesktop.DBus.Properties", "Get",
                             g_variant_new("(ss)", interface, name), "(v)");
    g_autoptr(GVariant) value = NULL;

    if (reply == NULL)
        return NULL;
    g_variant_get(reply, "(v)", &value);
    return g_variant_is_of_type(value, G_VARIANT_TYPE(type)) ? g_steal_pointer(&value) : NULL;
}

void
recall_a11y_link_pause(RecallA11yLink *self, unsigned wait_ms)
{
    g_poll(&self->cancel_fd, self->has_cancel_fd ? 1 : 0, MIN((int)wait_ms, get_patience_ms(self)));
}

const GError *
recall_a11y_link_get_error(const RecallA11yLink *self)
{
    return self->error;
}

const char *
recall_a11y_link_get_bus_name(const RecallA11yLink *self)
{
    return self->bus_name;
}

int64_t
recall_a11y_link_get_busy_us(const RecallA11yLink *self)
{
    return self->busy_us;
}

unsigned
recall_a11y_link_n_calls(const RecallA11yLink *self)
{
    return self->n_calls;
}
