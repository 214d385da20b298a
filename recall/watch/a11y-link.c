/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-link.h"

struct RecallA11yLink {
    GDBusConnection *bus;
    char *bus_name;
    GMainContext *context;
    GCancellable *cancellable; /* of the calls under way; follows the caller's */
    GCancellable *outer;
    unsigned long outer_id;
    int64_t deadline_us;
    int64_t busy_us;
    unsigned n_calls;
    unsigned n_in_flight;
    GError *error;
};

/* One call under way. */
typedef struct {
    RecallA11yLink *link;
    RecallA11yCall *call;
} Flight;

void
recall_a11y_call_clear(RecallA11yCall *self)
{
    g_clear_pointer(&self->reply, g_variant_unref);
}

static void
on_cancelled(GCancellable *outer, void *user_data)
{
    g_cancellable_cancel(user_data);
}

RecallA11yLink *
recall_a11y_link_new(GDBusConnection *bus,
                     const char *bus_name,
                     unsigned deadline_ms,
                     GCancellable *cancellable)
{
    RecallA11yLink *self = g_new0(RecallA11yLink, 1);

    self->bus = g_object_ref(bus);
    self->bus_name = g_strdup(bus_name);
    self->context = g_main_context_new();
    self->cancellable = g_cancellable_new();
    self->deadline_us = g_get_monotonic_time() + (int64_t)deadline_ms * 1000;
    if (cancellable != NULL) {
        self->outer = g_object_ref(cancellable);
        self->outer_id = g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled),
                                               g_object_ref(self->cancellable), g_object_unref);
    }
    return self;
}

void
recall_a11y_link_free(RecallA11yLink *self)
{
    if (self == NULL)
        return;
    g_assert(self->n_in_flight == 0);
    g_cancellable_disconnect(self->outer, self->outer_id);
    g_clear_object(&self->outer);
    g_object_unref(self->cancellable);
    g_object_unref(self->bus);
    g_main_context_unref(self->context);
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
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
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
    g_cancellable_cancel(self->cancellable);
}

static void
note_failure(RecallA11yLink *self, const GError *error)
{
    if (!is_fatal(error))
        return;
    if (g_cancellable_is_cancelled(self->outer))
        lose(self, G_IO_ERROR_CANCELLED, "the reading was cancelled");
    else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
             g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
        lose(self, G_IO_ERROR_TIMED_OUT, "the application did not answer in time");
    else
        lose(self, G_IO_ERROR_NOT_CONNECTED, "the application is gone");
}

static void
on_reply(GObject *bus, GAsyncResult *result, void *user_data)
{
    Flight *flight = user_data;
    g_autoptr(GError) error = NULL;

    flight->call->reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(bus), result, &error);
    if (flight->call->reply == NULL)
        note_failure(flight->link, error);
    flight->link->n_in_flight--;
    g_free(flight);
}

/* Milliseconds that a call may take now; 0 when there are none left. */
static int
get_patience_ms(const RecallA11yLink *self)
{
    int64_t left_ms = (self->deadline_us - g_get_monotonic_time()) / 1000;

    return CLAMP(left_ms, 0, RECALL_A11Y_LINK_CALL_DEADLINE_MS);
}

static void
send_call(RecallA11yLink *self, RecallA11yCall *call, int patience_ms)
{
    Flight *flight = g_new(Flight, 1);

    *flight = (Flight){self, call};
    self->n_calls++;
    self->n_in_flight++;
    g_dbus_connection_call(self->bus, self->bus_name, call->path, call->interface, call->method,
                           g_steal_pointer(&call->parameters), NULL,
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, patience_ms, self->cancellable,
                           on_reply, flight);
}

/* Why nothing more may be asked, if so. */
static gboolean
check_open(RecallA11yLink *self)
{
    if (self->error != NULL)
        return FALSE;
    if (g_cancellable_is_cancelled(self->outer))
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

gboolean
recall_a11y_link_ask_all(RecallA11yLink *self, RecallA11yCall *calls, unsigned n_calls)
{
    int64_t start_us = g_get_monotonic_time();
    unsigned next = 0;

    g_main_context_push_thread_default(self->context);
    while (next < n_calls || self->n_in_flight > 0) {
        while (next < n_calls && self->n_in_flight < RECALL_A11Y_LINK_N_IN_FLIGHT &&
               check_open(self))
            send_call(self, &calls[next++], get_patience_ms(self));
        for (; self->error != NULL && next < n_calls; next++)
            drop_parameters(&calls[next]);
        if (self->n_in_flight > 0)
            g_main_context_iteration(self->context, TRUE);
    }
    g_main_context_pop_thread_default(self->context);
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

static gboolean
on_timeout(void *user_data)
{
    *(gboolean *)user_data = TRUE;
    return G_SOURCE_REMOVE;
}

void
recall_a11y_link_pause(RecallA11yLink *self, unsigned wait_ms)
{
    gboolean is_over = FALSE;
    g_autoptr(GSource) timeout = g_timeout_source_new(MIN((int)wait_ms, get_patience_ms(self)));

    g_source_set_callback(timeout, on_timeout, &is_over, NULL);
    g_source_attach(timeout, self->context);
    while (!is_over && !g_cancellable_is_cancelled(self->outer))
        g_main_context_iteration(self->context, TRUE);
    g_source_destroy(timeout);
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
