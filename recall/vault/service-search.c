/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/service-search.h"

#include "protocol/error.h"
#include "recall/vault/answer.h"
#include "recall/vault/job-object.h"
#include "recall/vault/options.h"
#include "recall/vault/search.h"

#include <string.h>

#define JOB_PATH "/io/deskhand/Job1/%u"

struct RecallServiceSearch {
    int n_refs; /* main thread only: the owner's, and one for each job under way */
    ProtocolDbusRecall1 *object;
    BaseWorker *worker; /* NULL once freed by the owner, as is: */
    RecallServiceLock *lock;
    RecallVault *vault;
    GPtrArray *jobs; /* of Job, borrowed */
    unsigned last_job;
};

/* A search under way: between two slices it belongs to the main thread, in one to the store's. */
typedef struct {
    RecallServiceSearch *service;
    ProtocolDbusJob1 *object;
    GDBusConnection *connection;
    GCancellable *cancellable;
    RecallSearch *search;
} Job;

typedef struct {
    RecallSearch *search;
    RecallVault *vault;
} SliceJob;

static void push_slice(Job *job);

static void
unref(RecallServiceSearch *self)
{
    if (--self->n_refs > 0)
        return;
    g_ptr_array_unref(self->jobs);
    g_free(self);
}

/* --- options --- */

#define TEXT_OPTION "s", RECALL_SERVICE_SEARCH_OPTION_MAX_BYTES

static const RecallOption search_options[] = {
    {"limit", "u"},
    {"cursor", TEXT_OPTION},
    {"since", TEXT_OPTION},
    {"until", TEXT_OPTION},
    {"app", TEXT_OPTION},
    {"best", "b"},
    {NULL},
};

static const RecallOption timeline_options[] = {
    {"limit", "u"},         {"cursor", TEXT_OPTION}, {"since", TEXT_OPTION},
    {"until", TEXT_OPTION}, {"app", TEXT_OPTION},    {NULL},
};

/* @out: its strings are borrowed from @options */
static gboolean
read_options(GVariant *options, const RecallOption *table, RecallSearchOptions *out, GError **error)
{
    guint32 limit = RECALL_SEARCH_LIMIT_DEFAULT;
    gboolean is_best = FALSE;

    if (!recall_options_check(options, table, error))
        return FALSE;
    g_variant_lookup(options, "limit", "u", &limit);
    g_variant_lookup(options, "best", "b", &is_best);
    g_variant_lookup(options, "cursor", "&s", &out->cursor);
    g_variant_lookup(options, "since", "&s", &out->since);
    g_variant_lookup(options, "until", "&s", &out->until);
    g_variant_lookup(options, "app", "&s", &out->app);
    out->limit = limit;
    out->is_best = is_best;
    if (limit >= 1 && limit <= RECALL_SEARCH_LIMIT_MAX)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "The limit must be from 1 to %d, not %u", RECALL_SEARCH_LIMIT_MAX, limit);
    return FALSE;
}

/* --- jobs --- */

static void
end_job(Job *job)
{
    RecallServiceSearch *service = job->service;

    recall_job_object_end(job->object, job);
    g_ptr_array_remove(service->jobs, job);
    g_object_unref(job->connection);
    g_object_unref(job->cancellable);
    recall_search_free(job->search);
    g_free(job);
    unref(service);
}

/* @error: (nullable): what the search ended with */
static void
emit_finished(Job *job, const GError *error)
{
    GVariantBuilder summary;
    g_autofree char *next = NULL;
    g_autofree char *note = recall_search_dup_note(job->search);
    gboolean is_cancelled = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

    g_variant_builder_init(&summary, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&summary, "{sv}", "cancelled", g_variant_new_boolean(is_cancelled));
    if (error != NULL && !is_cancelled) {
        g_variant_builder_add(&summary, "{sv}", "error", g_variant_new_string(error->message));
        g_variant_builder_add(&summary, "{sv}", "error-name",
                              g_variant_new_string(protocol_error_get_name(error)));
    }
    if (error == NULL)
        next = recall_search_dup_cursor(job->search);
    if (next != NULL)
        g_variant_builder_add(&summary, "{sv}", "next", g_variant_new_string(next));
    if (note != NULL)
        g_variant_builder_add(&summary, "{sv}", "note", g_variant_new_string(note));
    protocol_dbus_job1_emit_finished(job->object, g_variant_builder_end(&summary));
}

static void *
run_slice(void *user_data, GCancellable *cancellable, GError **error)
{
    SliceJob *slice = user_data;
    g_autoptr(GPtrArray) results =
        g_ptr_array_new_with_free_func((GDestroyNotify)recall_result_free);

    if (!recall_search_run_slice(slice->search, slice->vault, cancellable, results, error))
        return NULL;
    return g_steal_pointer(&results);
}

/* Sends what may be given out. Returns: FALSE with @error when something was kept back */
static gboolean
send_results(Job *job, GPtrArray *results, GError **error)
{
    RecallServiceLock *lock = job->service->lock;
    unsigned n = results->len;
    unsigned n_given =
        lock != NULL ? recall_service_lock_spend(lock, RECALL_ALLOWANCE_RESULTS, n) : n;

    g_ptr_array_set_size(results, (int)n_given);
    if (n_given > 0)
        protocol_dbus_job1_emit_found(job->object, recall_answer_results(results));
    return n_given == n || recall_service_lock_check(lock, RECALL_ALLOWANCE_RESULTS, error);
}

static void
on_slice_done(GObject *source, GAsyncResult *result, void *user_data)
{
    Job *job = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) results = g_task_propagate_pointer(G_TASK(result), &error);

    if (results != NULL && results->len > 0)
        (void)send_results(job, results, &error);
    if (error == NULL && !recall_search_is_done(job->search)) {
        push_slice(job);
        return;
    }
    emit_finished(job, error);
    end_job(job);
}

static void
push_slice(Job *job)
{
    RecallServiceSearch *service = job->service;
    SliceJob *slice = NULL;

    if (service->worker == NULL) { /* the program ends */
        end_job(job);
        return;
    }
    slice = g_new0(SliceJob, 1);
    *slice = (SliceJob){job->search, service->vault};
    base_worker_push(service->worker, g_task_new(NULL, job->cancellable, on_slice_done, job),
                     run_slice, slice, g_free, (GDestroyNotify)g_ptr_array_unref);
}

static gboolean
handle_cancel(ProtocolDbusJob1 *object, GDBusMethodInvocation *invocation, void *user_data)
{
    Job *job = user_data;

    g_cancellable_cancel(job->cancellable);
    protocol_dbus_job1_complete_cancel(object, invocation);
    return TRUE;
}

static unsigned
count_jobs(const RecallServiceSearch *self, GDBusConnection *connection)
{
    unsigned n = 0;

    for (unsigned i = 0; i < self->jobs->len; i++) {
        const Job *job = g_ptr_array_index(self->jobs, i);

        n += job->connection == connection;
    }
    return n;
}

/* @search: (transfer full). Returns: (transfer full): the new object's path */
static char *
start_job(RecallServiceSearch *self,
          GDBusConnection *connection,
          RecallSearch *search,
          Job **out_job,
          GError **error)
{
    g_autofree char *path = g_strdup_printf(JOB_PATH, ++self->last_job);
    ProtocolDbusJob1 *object = recall_job_object_new(connection, path, error);
    Job *job = NULL;

    if (object == NULL) {
        recall_search_free(search);
        return NULL;
    }
    job = g_new0(Job, 1);
    *job = (Job){self, object, g_object_ref(connection), g_cancellable_new(), search};
    g_signal_connect(job->object, "handle-cancel", G_CALLBACK(handle_cancel), job);
    g_ptr_array_add(self->jobs, job);
    self->n_refs++;
    *out_job = job;
    return g_steal_pointer(&path);
}

static char *
begin_search(RecallServiceSearch *self,
             GDBusConnection *connection,
             const char *query,
             const RecallSearchOptions *options,
             Job **out_job,
             GError **error)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    RecallSearch *search = NULL;

    if (!recall_service_lock_check(self->lock, RECALL_ALLOWANCE_RESULTS, error))
        return NULL;
    if (self->worker == NULL || count_jobs(self, connection) >= RECALL_SERVICE_SEARCH_N_JOBS_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                    "%d searches of yours run already: cancel one or wait",
                    RECALL_SERVICE_SEARCH_N_JOBS_MAX);
        return NULL;
    }
    if (strlen(query) > RECALL_QUERY_MAX_BYTES) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "The query is longer than %d bytes", RECALL_QUERY_MAX_BYTES);
        return NULL;
    }
    search = recall_search_new(query, strlen(query), options, now, error);
    return search != NULL ? start_job(self, connection, search, out_job, error) : NULL;
}

static gboolean
handle_search(ProtocolDbusRecall1 *object,
              GDBusMethodInvocation *invocation,
              const char *query,
              GVariant *options_variant,
              void *user_data)
{
    GDBusConnection *connection = g_dbus_method_invocation_get_connection(invocation);
    RecallSearchOptions options = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    Job *job = NULL;

    if (read_options(options_variant, search_options, &options, &error))
        path = begin_search(user_data, connection, query, &options, &job, &error);
    if (path == NULL) {
        protocol_error_return(invocation, error);
        return TRUE;
    }
    protocol_dbus_recall1_complete_search(object, invocation, path);
    push_slice(job);
    return TRUE;
}

static gboolean
handle_timeline(ProtocolDbusRecall1 *object,
                GDBusMethodInvocation *invocation,
                GVariant *options_variant,
                void *user_data)
{
    GDBusConnection *connection = g_dbus_method_invocation_get_connection(invocation);
    RecallSearchOptions options = {.is_plain = TRUE};
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    Job *job = NULL;

    if (read_options(options_variant, timeline_options, &options, &error))
        path = begin_search(user_data, connection, "", &options, &job, &error);
    if (path == NULL) {
        protocol_error_return(invocation, error);
        return TRUE;
    }
    protocol_dbus_recall1_complete_timeline(object, invocation, path);
    push_slice(job);
    return TRUE;
}

void
recall_service_search_cancel(RecallServiceSearch *self, GDBusConnection *connection)
{
    for (unsigned i = 0; i < self->jobs->len; i++) {
        Job *job = g_ptr_array_index(self->jobs, i);

        if (connection == NULL || job->connection == connection)
            g_cancellable_cancel(job->cancellable);
    }
}

RecallServiceSearch *
recall_service_search_new(ProtocolDbusRecall1 *object,
                          BaseWorker *worker,
                          RecallVault *vault,
                          RecallServiceLock *lock)
{
    RecallServiceSearch *self = g_new0(RecallServiceSearch, 1);

    self->n_refs = 1;
    self->object = object;
    self->worker = worker;
    self->vault = vault;
    self->lock = lock;
    self->jobs = g_ptr_array_new();
    g_signal_connect(object, "handle-search", G_CALLBACK(handle_search), self);
    g_signal_connect(object, "handle-timeline", G_CALLBACK(handle_timeline), self);
    return self;
}

void
recall_service_search_free(RecallServiceSearch *self)
{
    if (self == NULL)
        return;
    self->worker = NULL;
    self->lock = NULL;
    recall_service_search_cancel(self, NULL);
    g_signal_handlers_disconnect_by_data(self->object, self);
    unref(self);
}
