/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/client.h"
#include "apps/error.h"
#include "protocol/peer.h"

#include <stdint.h>

#define RECALL_SOCKET "recall.sock"
#define RECALL_PATH "/io/deskhand/Recall1"
#define RECALL_INTERFACE "io.deskhand.Recall1"
#define JOB_INTERFACE "io.deskhand.Job1"
#define AGENT_NAME "io.deskhand.Agent1"
#define AGENT_PATH "/io/deskhand/Agent1"

/* An asynchronous call that is being waited for. */
typedef struct {
    GAsyncResult *result;
    GCancellable *inner; /* cancelled by the person or by the deadline */
    gboolean is_late;
} Wait;

static void
on_answer(GObject *source, GAsyncResult *result, void *user_data)
{
    Wait *wait = user_data;

    wait->result = g_object_ref(result);
}

static gboolean
on_deadline(void *user_data)
{
    Wait *wait = user_data;

    wait->is_late = TRUE;
    g_cancellable_cancel(wait->inner);
    return G_SOURCE_CONTINUE;
}

static void
forward_cancel(GCancellable *outer, void *inner)
{
    g_cancellable_cancel(inner);
}

/* Returns: what the deadline made of a cancelled call */
static GError *
explain(const Wait *wait, GError *error)
{
    if (!wait->is_late || !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return error;
    g_error_free(error);
    return g_error_new_literal(G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "No answer in time");
}

static void
wait_for_answer(Wait *wait, unsigned deadline_ms, GCancellable *outer)
{
    unsigned timer = g_timeout_add(deadline_ms, on_deadline, wait);
    gulong handler = 0;

    if (outer != NULL)
        handler = g_cancellable_connect(outer, G_CALLBACK(forward_cancel),
                                        g_object_ref(wait->inner), g_object_unref);
    while (wait->result == NULL)
        g_main_context_iteration(NULL, TRUE);
    if (outer != NULL)
        g_cancellable_disconnect(outer, handler);
    g_source_remove(timer);
}

GDBusConnection *
app_client_connect_vault(GCancellable *cancellable, GError **error)
{
    g_autofree char *path = protocol_peer_find(RECALL_SOCKET);
    g_autoptr(GCancellable) inner = g_cancellable_new();
    g_autoptr(GAsyncResult) result = NULL;
    Wait wait = {NULL, inner, FALSE};
    GError *remote = NULL;
    GDBusConnection *vault;

    protocol_peer_connect_async(path, inner, on_answer, &wait);
    wait_for_answer(&wait, APP_CLIENT_CONNECT_DEADLINE_MS, cancellable);
    result = wait.result;
    vault = protocol_peer_connect_finish(result, &remote);
    if (vault == NULL)
        app_error_take_remote(error, "vault", explain(&wait, remote));
    return vault;
}

GVariant *
app_client_send_vault(GDBusConnection *vault,
                      const char *method,
                      GVariant *parameters,
                      GUnixFDList *fds,
                      GUnixFDList **out_fds,
                      GCancellable *cancellable,
                      GError **error)
{
    g_autoptr(GCancellable) inner = g_cancellable_new();
    g_autoptr(GAsyncResult) result = NULL;
    Wait wait = {NULL, inner, FALSE};
    GError *remote = NULL;
    GVariant *reply;

    g_dbus_connection_call_with_unix_fd_list(vault, NULL, RECALL_PATH, RECALL_INTERFACE, method,
                                             parameters, NULL, G_DBUS_CALL_FLAGS_NONE, G_MAXINT,
                                             fds, inner, on_answer, &wait);
    wait_for_answer(&wait, APP_CLIENT_CALL_DEADLINE_MS, cancellable);
    result = wait.result;
    reply = g_dbus_connection_call_with_unix_fd_list_finish(vault, out_fds, result, &remote);
    if (reply == NULL)
        app_error_take_remote(error, "vault", explain(&wait, remote));
    return reply;
}

GVariant *
app_client_call_vault(GDBusConnection *vault,
                      const char *method,
                      GVariant *parameters,
                      GUnixFDList **out_fds,
                      GCancellable *cancellable,
                      GError **error)
{
    return app_client_send_vault(vault, method, parameters, NULL, out_fds, cancellable, error);
}

gboolean
app_client_has_session_bus(void)
{
    const char *address = g_getenv("DBUS_SESSION_BUS_ADDRESS");
    g_autofree char *path = g_build_filename(g_get_user_runtime_dir(), "bus", NULL);

    return (address != NULL && *address != '\0') || g_file_test(path, G_FILE_TEST_EXISTS);
}

static GDBusConnection *
connect_session_bus(GCancellable *cancellable, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    GDBusConnection *bus = NULL;

    if (app_client_has_session_bus())
        bus = g_bus_get_sync(G_BUS_TYPE_SESSION, cancellable, &local_error);
    if (bus == NULL)
        g_set_error(error, APP_ERROR, APP_ERROR_NOT_RUNNING,
                    "There is no session bus here%s%s; run this inside the desktop session.",
                    local_error != NULL ? ": " : "",
                    local_error != NULL ? local_error->message : "");
    else
        g_dbus_connection_set_exit_on_close(bus, FALSE);
    return bus;
}

static GVariant *
call_agent(const char *method,
           GVariant *parameters,
           unsigned deadline_ms,
           GCancellable *cancellable,
           GError **error)
{
    g_autoptr(GVariant) owned = parameters != NULL ? g_variant_ref_sink(parameters) : NULL;
    g_autoptr(GCancellable) inner = g_cancellable_new();
    g_autoptr(GDBusConnection) bus = connect_session_bus(cancellable, error);
    g_autoptr(GAsyncResult) result = NULL;
    Wait wait = {NULL, inner, FALSE};
    GError *remote = NULL;
    GVariant *reply;

    if (bus == NULL)
        return NULL;
    g_dbus_connection_call(bus, AGENT_NAME, AGENT_PATH, AGENT_NAME, method, owned, NULL,
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, G_MAXINT, inner, on_answer, &wait);
    wait_for_answer(&wait, deadline_ms, cancellable);
    result = wait.result;
    reply = g_dbus_connection_call_finish(bus, result, &remote);
    if (reply == NULL)
        app_error_take_remote(error, "agent", explain(&wait, remote));
    return reply;
}

GVariant *
app_client_call_agent(const char *method,
                      GVariant *parameters,
                      GCancellable *cancellable,
                      GError **error)
{
    return call_agent(method, parameters, APP_CLIENT_CALL_DEADLINE_MS, cancellable, error);
}

void
app_client_tell_ends(GCancellable *cancellable)
{
    g_autoptr(GVariant) reply =
        call_agent("TellEnds", NULL, APP_CLIENT_TELL_DEADLINE_MS, cancellable, NULL);
}

/* A job in progress. Its signals may be dispatched before the reply that names it: there is one
 * job on a connection, so whatever Job1 says is about it. */
typedef struct {
    GDBusConnection *vault;
    AppClientFunc on_result;
    AppClientBatchFunc on_batch;
    void *user_data;
    char *path; /* NULL until the reply came */
    char *next;
    char *note;
    GVariant *summary;
    GError *error;         /* the first one; ends the job */
    gboolean has_finished; /* or never will */
    gboolean is_cancelling;
    int64_t deadline_us; /* monotonic time */
} Job;

static void
set_deadline(Job *job, unsigned ms)
{
    job->deadline_us = g_get_monotonic_time() + ms * INT64_C(1000);
}

static void
handle_found(Job *job, GVariant *parameters)
{
    g_autoptr(GVariant) results = g_variant_get_child_value(parameters, 0);

    for (size_t i = 0; i < g_variant_n_children(results) && job->error == NULL; i++) {
        g_autoptr(GVariant) result = g_variant_get_child_value(results, i);

        (void)job->on_result(result, job->user_data, &job->error);
    }
    if (job->error == NULL)
        (void)job->on_batch(job->user_data, &job->error);
}

static void
handle_finished(Job *job, GVariant *parameters)
{
    g_autoptr(GVariant) summary = g_variant_get_child_value(parameters, 0);
    const char *name = "io.deskhand.Error.Failed";
    const char *message = NULL;

    (void)g_variant_lookup(summary, "next", "s", &job->next);
    (void)g_variant_lookup(summary, "note", "s", &job->note);
    (void)g_variant_lookup(summary, "error-name", "&s", &name);
    if (g_variant_lookup(summary, "error", "&s", &message) && job->error == NULL)
        app_error_take_remote(&job->error, "vault", g_dbus_error_new_for_dbus_error(name, message));
    job->summary = g_steal_pointer(&summary);
    job->has_finished = TRUE;
}

static void
on_job_signal(GDBusConnection *connection,
              const char *sender,
              const char *path,
              const char *interface,
              const char *signal,
              GVariant *parameters,
              void *user_data)
{
    Job *job = user_data;

    if (job->has_finished)
        return;
    if (!job->is_cancelling)
        set_deadline(job, APP_CLIENT_JOB_SILENCE_MAX_MS);
    if (g_str_equal(signal, "Found") &&
        g_variant_is_of_type(parameters, G_VARIANT_TYPE("(aa{sv})")))
        handle_found(job, parameters);
    else if (g_str_equal(signal, "Finished") &&
             g_variant_is_of_type(parameters, G_VARIANT_TYPE("(a{sv})")))
        handle_finished(job, parameters);
}

static void
on_vault_closed(GDBusConnection *connection,
                gboolean remote_peer_vanished,
                GError *error,
                void *user_data)
{
    Job *job = user_data;

    if (job->error == NULL && !job->has_finished)
        g_set_error_literal(&job->error, APP_ERROR, APP_ERROR_NOT_RUNNING,
                            "The vault went away in the middle of its answer; try again.");
    job->has_finished = TRUE;
}

static gboolean
on_tick(void *user_data)
{
    return G_SOURCE_CONTINUE; /* the loop wakes up and looks at the deadline */
}

/* Checks what no message tells: the person's wish to stop, and silence. */
static void
check_job(Job *job, GCancellable *cancellable)
{
    if (job->error == NULL)
        (void)g_cancellable_set_error_if_cancelled(cancellable, &job->error);
    if (job->error == NULL && g_get_monotonic_time() > job->deadline_us)
        g_set_error_literal(&job->error, APP_ERROR, APP_ERROR_NOT_RUNNING,
                            "The vault fell silent in the middle of its answer; `deskhand doctor` "
                            "says how to mend it.");
    if (job->error == NULL || job->has_finished)
        return;
    if (!job->is_cancelling) {
        job->is_cancelling = TRUE;
        set_deadline(job, APP_CLIENT_CANCEL_DEADLINE_MS);
        g_dbus_connection_call(job->vault, NULL, job->path, JOB_INTERFACE, "Cancel", NULL, NULL,
                               G_DBUS_CALL_FLAGS_NONE, APP_CLIENT_CANCEL_DEADLINE_MS, NULL, NULL,
                               NULL);
    } else if (g_get_monotonic_time() > job->deadline_us) {
        job->has_finished = TRUE; /* closing the connection cancels it as well */
    }
}

static void
on_cancelled(GCancellable *cancellable, void *user_data)
{
    g_main_context_wakeup(NULL);
}

static void
follow_job(Job *job, GCancellable *cancellable)
{
    unsigned timer = g_timeout_add(APP_CLIENT_CANCEL_DEADLINE_MS, on_tick, NULL);
    gulong closed = g_signal_connect(job->vault, "closed", G_CALLBACK(on_vault_closed), job);
    gulong cancelled = g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled), NULL, NULL);

    if (g_dbus_connection_is_closed(job->vault))
        on_vault_closed(job->vault, TRUE, NULL, job);
    for (check_job(job, cancellable); !job->has_finished; check_job(job, cancellable))
        g_main_context_iteration(NULL, TRUE);
    g_cancellable_disconnect(cancellable, cancelled);
    g_signal_handler_disconnect(job->vault, closed);
    g_source_remove(timer);
}

static gboolean
start_job(Job *job,
          const char *method,
          GVariant *parameters,
          GCancellable *cancellable,
          GError **error)
{
    g_autoptr(GVariant) reply = NULL;

    set_deadline(job, APP_CLIENT_JOB_SILENCE_MAX_MS);
    reply = app_client_call_vault(job->vault, method, parameters, NULL, cancellable, error);
    if (reply == NULL)
        return FALSE;
    if (!g_variant_is_of_type(reply, G_VARIANT_TYPE("(o)"))) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    "The vault speaks another version than this program; update both.");
        return FALSE;
    }
    g_variant_get(reply, "(o)", &job->path);
    return TRUE;
}

/* Fills what @job is to bring; clear_job() frees what nobody took. */
static gboolean
run_job(Job *job,
        const char *method,
        GVariant *parameters,
        GCancellable *cancellable,
        GError **error)
{
    unsigned subscription =
        g_dbus_connection_signal_subscribe(job->vault, NULL, JOB_INTERFACE, NULL, NULL, NULL,
                                           G_DBUS_SIGNAL_FLAGS_NONE, on_job_signal, job, NULL);

    if (start_job(job, method, parameters, cancellable, &job->error))
        follow_job(job, cancellable);
    g_dbus_connection_signal_unsubscribe(job->vault, subscription);
    if (job->error == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&job->error));
    return FALSE;
}

static void
clear_job(Job *job)
{
    g_clear_pointer(&job->summary, g_variant_unref);
    g_free(job->next);
    g_free(job->note);
    g_free(job->path);
}

gboolean
app_client_run_job(GDBusConnection *vault,
                   const char *method,
                   GVariant *parameters,
                   AppClientFunc on_result,
                   AppClientBatchFunc on_batch,
                   void *user_data,
                   GCancellable *cancellable,
                   char **out_next,
                   char **out_note,
                   GError **error)
{
    Job job = {vault, on_result, on_batch, user_data};
    gboolean is_done = run_job(&job, method, parameters, cancellable, error);

    if (is_done) {
        *out_next = g_steal_pointer(&job.next);
        *out_note = g_steal_pointer(&job.note);
    }
    clear_job(&job);
    return is_done;
}

static gboolean
refuse_result(GVariant *result, void *user_data, GError **error)
{
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                "The vault speaks another version than this program; update both.");
    return FALSE;
}

static gboolean
ignore_batch(void *user_data, GError **error)
{
    return TRUE;
}

gboolean
app_client_run_work(GDBusConnection *vault,
                    const char *method,
                    GVariant *parameters,
                    GCancellable *cancellable,
                    GVariant **out_summary,
                    GError **error)
{
    Job job = {vault, refuse_result, ignore_batch, NULL};
    gboolean is_done = run_job(&job, method, parameters, cancellable, error);

    if (is_done)
        *out_summary = g_steal_pointer(&job.summary);
    clear_job(&job);
    return is_done;
}
