/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-bus.h"

#include "recall/watch/a11y-root-x11.h"

#include <string.h>

#define LAUNCHER "org.a11y.Bus"
#define REGISTRY "org.a11y.atspi.Registry"
#define ROOT_PATH "/org/a11y/atspi/accessible/root"
#define CALL_DEADLINE_MS 1000
#define LAUNCH_DEADLINE_MS 10000 /* it may have to be started first */
#define MISS_WAIT_MIN_US G_USEC_PER_SEC
#define MISS_WAIT_MAX_US (32 * G_USEC_PER_SEC)

/* A process that had no application on the bus when we looked. */
typedef struct {
    int64_t retry_us; /* monotonic: not looked for again before */
    int64_t wait_us;
} Miss;

struct RecallA11yBus {
    RecallA11yBusEvents events;
    void *user_data;
    GCancellable *cancellable; /* of the joining under way, and of all that follows from it */
    GDBusConnection *session;
    GDBusConnection *bus;
    unsigned long session_closed_id;
    unsigned long bus_closed_id;
    unsigned owner_id; /* subscription */
    unsigned retry_id; /* source */
    unsigned retry_ms;
    GHashTable *names;  /* pid to bus name */
    GHashTable *pids;   /* bus name to pid: those of them that were asked */
    GHashTable *misses; /* pid to Miss */
    GPtrArray *waiting; /* of GTask: for the scan under way */
    unsigned n_scan_calls;
};

/* A GetConnectionUnixProcessID under way. */
typedef struct {
    RecallA11yBus *self;
    char *name;
} Asked;

static void join(RecallA11yBus *self);

static gboolean
on_retry(void *user_data)
{
    RecallA11yBus *self = user_data;

    self->retry_id = 0;
    join(self);
    return G_SOURCE_REMOVE;
}

/* Answers all who wait with what is known now. */
static void
answer_waiting(RecallA11yBus *self)
{
    g_autoptr(GPtrArray) tasks = g_steal_pointer(&self->waiting);

    self->waiting = g_ptr_array_new_with_free_func(g_object_unref);
    for (unsigned i = 0; i < tasks->len; i++) {
        GTask *task = tasks->pdata[i];
        const char *name = g_hash_table_lookup(self->names, g_task_get_task_data(task));

        if (name != NULL)
            g_task_return_pointer(task, g_strdup(name), g_free);
        else
            g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                                    "Process %d has no accessible application",
                                    GPOINTER_TO_INT(g_task_get_task_data(task)));
    }
}

static void
leave_bus(RecallA11yBus *self)
{
    if (self->bus == NULL)
        return;
    g_dbus_connection_signal_unsubscribe(self->bus, self->owner_id);
    g_signal_handler_disconnect(self->bus, self->bus_closed_id);
    g_clear_object(&self->bus);
    g_hash_table_remove_all(self->names);
    g_hash_table_remove_all(self->pids);
    g_hash_table_remove_all(self->misses);
}

static void
leave_session(RecallA11yBus *self)
{
    if (self->session == NULL)
        return;
    g_signal_handler_disconnect(self->session, self->session_closed_id);
    g_clear_object(&self->session);
}

/* Everything under way is void; its callbacks see that they were cancelled and touch nothing. */
static void
leave(RecallA11yBus *self)
{
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    self->cancellable = g_cancellable_new();
    self->n_scan_calls = 0;
    leave_bus(self);
    leave_session(self);
    answer_waiting(self);
}

static void
join_later(RecallA11yBus *self)
{
    gboolean was_joined = self->bus != NULL;

    leave(self);
    if (was_joined) {
        self->retry_ms = RECALL_A11Y_BUS_RETRY_MIN_MS;
        self->events.on_gone(NULL, self->user_data);
    }
    if (self->retry_id == 0)
        self->retry_id = g_timeout_add(self->retry_ms, on_retry, self);
    self->retry_ms = MIN(self->retry_ms * 2, RECALL_A11Y_BUS_RETRY_MAX_MS);
}

static void
on_closed(GDBusConnection *connection, gboolean is_remote, GError *error, void *user_data)
{
    join_later(user_data);
}

static void
forget_name(RecallA11yBus *self, const char *name)
{
    void *pid = g_hash_table_lookup(self->pids, name);
    const char *current = g_hash_table_lookup(self->names, pid);

    if (current != NULL && g_str_equal(current, name))
        g_hash_table_remove(self->names, pid);
    self->events.on_gone(name, self->user_data);
    g_hash_table_remove(self->pids, name);
}

static void
on_owner_changed(GDBusConnection *bus,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *signal,
                 GVariant *parameters,
                 void *user_data)
{
    RecallA11yBus *self = user_data;
    const char *name = NULL;
    const char *new_owner = NULL;

    if (!g_variant_is_of_type(parameters, G_VARIANT_TYPE("(sss)")))
        return;
    g_variant_get(parameters, "(&s&s&s)", &name, NULL, &new_owner);
    if (*new_owner == '\0' && g_hash_table_contains(self->pids, name))
        forget_name(self, name);
    else if (*new_owner != '\0')
        g_hash_table_remove_all(self->misses); /* perhaps it is one that was missed */
}

static void
on_joined(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *bus = g_dbus_connection_new_for_address_finish(result, &error);
    RecallA11yBus *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (bus == NULL) {
        join_later(self);
        return;
    }
    self->bus = bus;
    self->retry_ms = RECALL_A11Y_BUS_RETRY_MIN_MS;
    self->bus_closed_id = g_signal_connect(bus, "closed", G_CALLBACK(on_closed), self);
    self->owner_id = g_dbus_connection_signal_subscribe(
        bus, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
        "/org/freedesktop/DBus", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, self, NULL);
}

static void
join_address(RecallA11yBus *self, const char *address)
{
    g_dbus_connection_new_for_address(address,
                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                      NULL, self->cancellable, on_joined, self);
}

/* Without a session bus that answers there may still be an accessibility bus. */
static void
join_by_display(RecallA11yBus *self)
{
    g_autofree char *address = recall_a11y_root_x11_get_address();

    if (address != NULL && g_dbus_is_supported_address(address, NULL))
        join_address(self, address);
    else
        join_later(self);
}

static void
on_address(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    RecallA11yBus *self = user_data;
    const char *address = NULL;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (reply == NULL) {
        join_by_display(self);
        return;
    }
    g_variant_get(reply, "(&s)", &address);
    join_address(self, address);
}

/* Applications build their trees when the session says that somebody reads them. */
static void
enable_accessibility(RecallA11yBus *self)
{
    g_dbus_connection_call(
        self->session, LAUNCHER, "/org/a11y/bus", "org.freedesktop.DBus.Properties", "Set",
        g_variant_new("(ssv)", "org.a11y.Status", "IsEnabled", g_variant_new_boolean(TRUE)), NULL,
        G_DBUS_CALL_FLAGS_NONE, LAUNCH_DEADLINE_MS, NULL, NULL, NULL);
}

static void
on_session(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *session = g_dbus_connection_new_for_address_finish(result, &error);
    RecallA11yBus *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (session == NULL) {
        join_by_display(self);
        return;
    }
    self->session = session;
    self->session_closed_id = g_signal_connect(session, "closed", G_CALLBACK(on_closed), self);
    enable_accessibility(self);
    g_dbus_connection_call(session, LAUNCHER, "/org/a11y/bus", LAUNCHER, "GetAddress", NULL,
                           G_VARIANT_TYPE("(s)"), G_DBUS_CALL_FLAGS_NONE, LAUNCH_DEADLINE_MS,
                           self->cancellable, on_address, self);
}

/* Where the session's bus listens, without starting one as GIO would. */
static char *
find_session_address(void)
{
    const char *address = g_getenv("DBUS_SESSION_BUS_ADDRESS");
    g_autofree char *path = NULL;
    g_autofree char *escaped = NULL;

    if (address != NULL && *address != '\0')
        return g_strdup(address);
    path = g_build_filename(g_get_user_runtime_dir(), "bus", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    escaped = g_dbus_address_escape_value(path);
    return g_strconcat("unix:path=", escaped, NULL);
}

static void
join(RecallA11yBus *self)
{
    g_autofree char *address = find_session_address();

    if (address == NULL || !g_dbus_is_supported_address(address, NULL)) {
        join_by_display(self);
        return;
    }
    g_dbus_connection_new_for_address(address,
                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                      NULL, self->cancellable, on_session, self);
}

RecallA11yBus *
recall_a11y_bus_new(const RecallA11yBusEvents *events, void *user_data)
{
    RecallA11yBus *self = g_new0(RecallA11yBus, 1);

    self->events = *events;
    self->user_data = user_data;
    self->cancellable = g_cancellable_new();
    self->retry_ms = RECALL_A11Y_BUS_RETRY_MIN_MS;
    self->names = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    self->pids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->misses = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    self->waiting = g_ptr_array_new_with_free_func(g_object_unref);
    join(self);
    return self;
}

void
recall_a11y_bus_free(RecallA11yBus *self)
{
    if (self == NULL)
        return;
    leave(self);
    if (self->retry_id != 0)
        g_source_remove(self->retry_id);
    g_object_unref(self->cancellable);
    g_hash_table_unref(self->names);
    g_hash_table_unref(self->pids);
    g_hash_table_unref(self->misses);
    g_ptr_array_unref(self->waiting);
    g_free(self);
}

GDBusConnection *
recall_a11y_bus_get_connection(const RecallA11yBus *self)
{
    return self->bus;
}

static void
end_scan_call(RecallA11yBus *self)
{
    if (--self->n_scan_calls == 0)
        answer_waiting(self);
}

static void
on_pid(GObject *source, GAsyncResult *result, void *user_data)
{
    Asked *asked = user_data;
    RecallA11yBus *self = asked->self;
    g_autofree char *name = g_steal_pointer(&asked->name);
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    uint32_t pid = 0;

    g_free(asked);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (reply != NULL) {
        g_variant_get(reply, "(u)", &pid);
        g_hash_table_insert(self->names, GUINT_TO_POINTER(pid), g_strdup(name));
        g_hash_table_remove(self->misses, GUINT_TO_POINTER(pid));
        g_hash_table_insert(self->pids, g_steal_pointer(&name), GUINT_TO_POINTER(pid));
    }
    end_scan_call(self);
}

static void
ask_pid(RecallA11yBus *self, const char *name)
{
    Asked *asked = g_new(Asked, 1);

    *asked = (Asked){self, g_strdup(name)};
    self->n_scan_calls++;
    g_dbus_connection_call(
        self->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "GetConnectionUnixProcessID", g_variant_new("(s)", name), G_VARIANT_TYPE("(u)"),
        G_DBUS_CALL_FLAGS_NONE, CALL_DEADLINE_MS, self->cancellable, on_pid, asked);
}

static void
on_apps(GObject *source, GAsyncResult *result, void *user_data)
{
    RecallA11yBus *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariantIter) iter = NULL;
    const char *name = NULL;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (reply != NULL) {
        g_variant_get(reply, "(a(so))", &iter);
        while (g_variant_iter_next(iter, "(&s&o)", &name, NULL)) {
            if (g_dbus_is_unique_name(name) && !g_hash_table_contains(self->pids, name) &&
                g_hash_table_size(self->pids) < RECALL_A11Y_BUS_N_APPS_MAX)
                ask_pid(self, name);
        }
    }
    end_scan_call(self);
}

/* Looks at all applications that registered; answers come to on_apps() and on_pid(). */
static void
scan(RecallA11yBus *self)
{
    self->n_scan_calls = 1;
    g_dbus_connection_call(self->bus, REGISTRY, ROOT_PATH, "org.a11y.atspi.Accessible",
                           "GetChildren", NULL, G_VARIANT_TYPE("(a(so))"), G_DBUS_CALL_FLAGS_NONE,
                           CALL_DEADLINE_MS, self->cancellable, on_apps, self);
}

/* Whether @pid may be looked for again, and if so, puts the next time off. */
static gboolean
may_scan(RecallA11yBus *self, pid_t pid)
{
    Miss *miss = g_hash_table_lookup(self->misses, GINT_TO_POINTER(pid));
    int64_t now_us = g_get_monotonic_time();

    if (miss != NULL && now_us < miss->retry_us)
        return FALSE;
    if (miss == NULL) {
        if (g_hash_table_size(self->misses) >= RECALL_A11Y_BUS_N_APPS_MAX)
            g_hash_table_remove_all(self->misses);
        miss = g_new0(Miss, 1);
        g_hash_table_insert(self->misses, GINT_TO_POINTER(pid), miss);
    }
    miss->wait_us = CLAMP(miss->wait_us * 2, MISS_WAIT_MIN_US, MISS_WAIT_MAX_US);
    miss->retry_us = now_us + miss->wait_us;
    return TRUE;
}

void
recall_a11y_bus_find_app_async(RecallA11yBus *self,
                               pid_t pid,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               void *user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    const char *name = g_hash_table_lookup(self->names, GINT_TO_POINTER(pid));

    g_task_set_source_tag(task, recall_a11y_bus_find_app_async);
    g_task_set_task_data(task, GINT_TO_POINTER(pid), NULL);
    if (self->bus == NULL) {
        g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                                "There is no accessibility bus");
    } else if (name != NULL) {
        g_task_return_pointer(task, g_strdup(name), g_free);
    } else if (pid <= 0 || (self->n_scan_calls == 0 && !may_scan(self, pid))) {
        g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                                "Process %d has no accessible application", (int)pid);
    } else {
        g_ptr_array_add(self->waiting, g_steal_pointer(&task));
        if (self->n_scan_calls == 0)
            scan(self);
    }
}

char *
recall_a11y_bus_find_app_finish(RecallA11yBus *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
