/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/service-recall.h"

#include "protocol/dbus-job1.h"
#include "protocol/dbus-recall1.h"
#include "protocol/error.h"
#include "recall/vault/answer.h"
#include "recall/vault/peer-object.h"
#include "recall/vault/search.h"
#include "recall/vault/service-forget.h"
#include "recall/vault/service-lock.h"
#include "recall/vault/statistics.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#define OBJECT_PATH "/io/deskhand/Recall1"
#define JOB_PATH "/io/deskhand/Job1/%u"
#define QUERY_MAX_BYTES RECALL_QUERY_MAX_BYTES

struct RecallServiceRecall {
    int n_refs; /* main thread only: the owner's, and one for each job and call under way */
    ProtocolDbusRecall1 *object;
    RecallPeerObject *shown; /* NULL once freed by the owner, as are: */
    RecallServiceLock *lock;
    BaseWorker *worker;
    RecallVault *vault;
    RecallServiceForget *forget; /* NULL likewise */
    RecallKeeper *keeper;        /* (nullable) */
    char *complaint;             /* (nullable): of its settings */
    GPtrArray *jobs;             /* of Job, borrowed */
    unsigned n_calls;
    unsigned last_job;
};

/* A search under way: between two slices it belongs to the main thread, in one to the store's. */
typedef struct {
    RecallServiceRecall *service;
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
unref(RecallServiceRecall *self)
{
    if (--self->n_refs > 0)
        return;
    g_clear_object(&self->object);
    g_ptr_array_unref(self->jobs);
    g_free(self->complaint);
    g_free(self);
}

/* --- options --- */

typedef struct {
    const char *name;
    const char *type;
} Option;

static const Option search_options[] = {
    {"limit", "u"}, {"cursor", "s"}, {"since", "s"}, {"until", "s"},
    {"app", "s"},   {"best", "b"},   {NULL, NULL},
};

static const Option timeline_options[] = {
    {"limit", "u"}, {"cursor", "s"}, {"since", "s"}, {"until", "s"}, {"app", "s"}, {NULL, NULL},
};

static const Option scene_options[] = {{"query", "s"}, {NULL, NULL}};

static const Option no_options[] = {{NULL, NULL}};

static const Option *
find_option(const Option *table, const char *name)
{
    for (; table->name != NULL; table++) {
        if (strcmp(table->name, name) == 0)
            return table;
    }
    return NULL;
}

static size_t
option_max_bytes(const char *name)
{
    return strcmp(name, "query") == 0 ? QUERY_MAX_BYTES : RECALL_SERVICE_RECALL_OPTION_MAX_BYTES;
}

static gboolean
check_option(const Option *option, const char *name, GVariant *value, GError **error)
{
    if (option == NULL)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "There is no option \"%.60s\" here", name);
    else if (!g_variant_is_of_type(value, G_VARIANT_TYPE(option->type)))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "The option \"%s\" must be of type %s", name, option->type);
    else if (option->type[0] == 's' &&
             strlen(g_variant_get_string(value, NULL)) > option_max_bytes(name))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "The option \"%s\" is longer than %zu bytes", name, option_max_bytes(name));
    else
        return TRUE;
    return FALSE;
}

/* Each option is one of the table, has its type, and is no longer than it may be. */
static gboolean
check_options(GVariant *options, const Option *table, GError **error)
{
    GVariantIter iter;
    const char *name = NULL;
    GVariant *value = NULL;
    gboolean is_good = TRUE;

    g_variant_iter_init(&iter, options);
    while (is_good && g_variant_iter_next(&iter, "{&sv}", &name, &value)) {
        is_good = check_option(find_option(table, name), name, value, error);
        g_variant_unref(value);
    }
    return is_good;
}

/* @out: its strings are borrowed from @options */
static gboolean
read_options(GVariant *options, const Option *table, RecallSearchOptions *out, GError **error)
{
    guint32 limit = RECALL_SEARCH_LIMIT_DEFAULT;
    gboolean is_best = FALSE;

    if (!check_options(options, table, error))
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

static gboolean
check_lock(RecallServiceRecall *self, RecallAllowanceKind kind, GError **error)
{
    return self->lock == NULL || recall_service_lock_check(self->lock, kind, error);
}

/* --- jobs --- */

static void
end_job(Job *job)
{
    RecallServiceRecall *service = job->service;

    g_dbus_interface_skeleton_unexport(G_DBUS_INTERFACE_SKELETON(job->object));
    g_signal_handlers_disconnect_by_data(job->object, job);
    g_ptr_array_remove(service->jobs, job);
    g_object_unref(job->object);
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
    RecallServiceRecall *service = job->service;
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
count_jobs(const RecallServiceRecall *self, GDBusConnection *connection)
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
start_job(RecallServiceRecall *self,
          GDBusConnection *connection,
          RecallSearch *search,
          Job **out_job,
          GError **error)
{
    g_autofree char *path = g_strdup_printf(JOB_PATH, ++self->last_job);
    g_autoptr(ProtocolDbusJob1) object = protocol_dbus_job1_skeleton_new();
    Job *job = NULL;

    protocol_dbus_job1_set_version(object, 1);
    if (!g_dbus_interface_skeleton_export(G_DBUS_INTERFACE_SKELETON(object), connection, path,
                                          error)) {
        recall_search_free(search);
        return NULL;
    }
    job = g_new0(Job, 1);
    *job = (Job){self, g_steal_pointer(&object), g_object_ref(connection), g_cancellable_new(),
                 search};
    g_signal_connect(job->object, "handle-cancel", G_CALLBACK(handle_cancel), job);
    g_ptr_array_add(self->jobs, job);
    self->n_refs++;
    *out_job = job;
    return g_steal_pointer(&path);
}

static char *
begin_search(RecallServiceRecall *self,
             GDBusConnection *connection,
             const char *query,
             const RecallSearchOptions *options,
             Job **out_job,
             GError **error)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    RecallSearch *search = NULL;

    if (!check_lock(self, RECALL_ALLOWANCE_RESULTS, error))
        return NULL;
    if (self->worker == NULL || count_jobs(self, connection) >= RECALL_SERVICE_RECALL_N_JOBS_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                    "%d searches of yours run already: cancel one or wait",
                    RECALL_SERVICE_RECALL_N_JOBS_MAX);
        return NULL;
    }
    if (strlen(query) > QUERY_MAX_BYTES) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "The query is longer than %d bytes", QUERY_MAX_BYTES);
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

/* --- calls that are answered at once --- */

typedef struct {
    RecallServiceRecall *service;
    GDBusMethodInvocation *invocation;
    int64_t id;
    RecallQuery *query; /* (nullable) */
} Call;

/* What the store's thread needs of it. */
typedef struct {
    RecallVault *vault;
    int64_t id;
} CallJob;

static void
end_call(Call *call)
{
    g_clear_object(&call->invocation);
    recall_query_free(call->query);
    call->service->n_calls--;
    unref(call->service);
    g_free(call);
}

static void *
load_scene(void *user_data, GCancellable *cancellable, GError **error)
{
    CallJob *job = user_data;

    return recall_vault_get_scene(job->vault, job->id, error);
}

static void
on_scene_loaded(GObject *source, GAsyncResult *result, void *user_data)
{
    Call *call = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(ProtocolScene) scene = g_task_propagate_pointer(G_TASK(result), &error);
    GDBusMethodInvocation *invocation = g_steal_pointer(&call->invocation);

    if (scene == NULL)
        protocol_error_return(invocation, error);
    else
        protocol_dbus_recall1_complete_get_scene(call->service->object, invocation,
                                                 recall_answer_scene(call->id, scene, call->query));
    end_call(call);
}

static void
free_fd(void *data)
{
    int *fd = data;

    close(*fd);
    g_free(fd);
}

static void *
load_picture(void *user_data, GCancellable *cancellable, GError **error)
{
    CallJob *job = user_data;
    int fd = recall_vault_get_picture(job->vault, job->id, error);

    return fd >= 0 ? g_memdup2(&fd, sizeof fd) : NULL;
}

static void
on_picture_loaded(GObject *source, GAsyncResult *result, void *user_data)
{
    Call *call = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree int *fd = g_task_propagate_pointer(G_TASK(result), &error);
    GDBusMethodInvocation *invocation = g_steal_pointer(&call->invocation);
    g_autoptr(GUnixFDList) fds = NULL;

    if (fd == NULL) {
        protocol_error_return(invocation, error);
    } else {
        fds = g_unix_fd_list_new_from_array(fd, 1); /* its own from now on */
        protocol_dbus_recall1_complete_get_picture(call->service->object, invocation, fds,
                                                   g_variant_new_handle(0));
    }
    end_call(call);
}

static void *
load_statistics(void *user_data, GCancellable *cancellable, GError **error)
{
    CallJob *job = user_data;
    g_autofree RecallStatistics *statistics = g_new0(RecallStatistics, 1);

    if (!recall_statistics_gather(job->vault, statistics, error))
        return NULL;
    return g_steal_pointer(&statistics);
}

/* Returns: (transfer floating) */
static GVariant *
answer_statistics(const RecallServiceRecall *self, const RecallStatistics *statistics)
{
    RecallKeeperStatus status = {0};

    if (self->keeper == NULL)
        return recall_answer_statistics(statistics, NULL, NULL);
    status = recall_keeper_get_status(self->keeper);
    return recall_answer_statistics(statistics, &status, self->complaint);
}

static void
on_statistics_loaded(GObject *source, GAsyncResult *result, void *user_data)
{
    Call *call = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree RecallStatistics *statistics = g_task_propagate_pointer(G_TASK(result), &error);
    GDBusMethodInvocation *invocation = g_steal_pointer(&call->invocation);

    if (statistics == NULL)
        protocol_error_return(invocation, error);
    else
        protocol_dbus_recall1_complete_get_statistics(call->service->object, invocation,
                                                      answer_statistics(call->service, statistics));
    end_call(call);
}

static void
push_call(RecallServiceRecall *self,
          GDBusMethodInvocation *invocation,
          int64_t id,
          RecallQuery *query,
          BaseWorkerFunc func,
          GAsyncReadyCallback on_done,
          GDestroyNotify free_result)
{
    Call *call = NULL;
    CallJob *job = NULL;

    if (self->worker == NULL || self->n_calls >= RECALL_SERVICE_RECALL_N_CALLS_MAX) {
        recall_query_free(query);
        g_dbus_method_invocation_return_dbus_error(invocation, PROTOCOL_ERROR_BUSY,
                                                   "The vault is busy: try again later");
        return;
    }
    call = g_new0(Call, 1);
    *call = (Call){self, invocation, id, query};
    job = g_new0(CallJob, 1);
    *job = (CallJob){self->vault, id};
    self->n_refs++;
    self->n_calls++;
    base_worker_push(self->worker, g_task_new(NULL, NULL, on_done, call), func, job, g_free,
                     free_result);
}

/* After the call was handed on: the last one may still be read before it is locked. */
static void
spend_one(RecallServiceRecall *self, RecallAllowanceKind kind)
{
    if (self->lock != NULL)
        (void)recall_service_lock_spend(self->lock, kind, 1);
}

static gboolean
handle_get_scene(ProtocolDbusRecall1 *object,
                 GDBusMethodInvocation *invocation,
                 gint64 id,
                 GVariant *options,
                 void *user_data)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autoptr(GError) error = NULL;
    RecallQuery *query = NULL;
    const char *text = NULL;

    if (!check_options(options, scene_options, &error) ||
        !check_lock(user_data, RECALL_ALLOWANCE_SCENES, &error)) {
        protocol_error_return(invocation, error);
        return TRUE;
    }
    if (g_variant_lookup(options, "query", "&s", &text))
        query = recall_query_parse(text, strlen(text), now, FALSE);
    push_call(user_data, invocation, id, query, load_scene, on_scene_loaded,
              (GDestroyNotify)protocol_scene_free);
    spend_one(user_data, RECALL_ALLOWANCE_SCENES);
    return TRUE;
}

static gboolean
handle_get_picture(ProtocolDbusRecall1 *object,
                   GDBusMethodInvocation *invocation,
                   GUnixFDList *fds,
                   gint64 id,
                   GVariant *options,
                   void *user_data)
{
    g_autoptr(GError) error = NULL;

    if (check_options(options, no_options, &error) &&
        check_lock(user_data, RECALL_ALLOWANCE_PICTURES, &error)) {
        push_call(user_data, invocation, id, NULL, load_picture, on_picture_loaded, free_fd);
        spend_one(user_data, RECALL_ALLOWANCE_PICTURES);
    } else {
        protocol_error_return(invocation, error);
    }
    return TRUE;
}

static gboolean
handle_get_statistics(ProtocolDbusRecall1 *object,
                      GDBusMethodInvocation *invocation,
                      void *user_data)
{
    push_call(user_data, invocation, 0, NULL, load_statistics, on_statistics_loaded, g_free);
    return TRUE;
}

/* What waits for an unlock may go soon. Returns: FALSE: the lock answers */
static gboolean
note_unlock(ProtocolDbusRecall1 *object,
            GDBusMethodInvocation *invocation,
            GUnixFDList *fds,
            GVariant *secret,
            GVariant *options,
            void *user_data)
{
    RecallServiceRecall *self = user_data;

    if (self->keeper != NULL)
        recall_keeper_note_unlock(self->keeper);
    return FALSE;
}

/* --- clients --- */

/* @connection: (nullable): of this client only */
static void
cancel_jobs(GDBusConnection *connection, void *user_data)
{
    RecallServiceRecall *self = user_data;

    for (unsigned i = 0; i < self->jobs->len; i++) {
        Job *job = g_ptr_array_index(self->jobs, i);

        if (connection == NULL || job->connection == connection)
            g_cancellable_cancel(job->cancellable);
    }
}

RecallServiceRecall *
recall_service_recall_new(BaseWorker *worker, RecallVault *vault)
{
    RecallServiceRecall *self = g_new0(RecallServiceRecall, 1);

    self->n_refs = 1;
    self->worker = worker;
    self->vault = vault;
    self->jobs = g_ptr_array_new();
    self->object = protocol_dbus_recall1_skeleton_new();
    protocol_dbus_recall1_set_version(self->object, 1);
    g_signal_connect(self->object, "handle-search", G_CALLBACK(handle_search), self);
    g_signal_connect(self->object, "handle-timeline", G_CALLBACK(handle_timeline), self);
    g_signal_connect(self->object, "handle-get-scene", G_CALLBACK(handle_get_scene), self);
    g_signal_connect(self->object, "handle-get-picture", G_CALLBACK(handle_get_picture), self);
    g_signal_connect(self->object, "handle-get-statistics", G_CALLBACK(handle_get_statistics),
                     self);
    g_signal_connect(self->object, "handle-unlock", G_CALLBACK(note_unlock), self);
    self->lock = recall_service_lock_new(self->object, worker, vault);
    self->forget = recall_service_forget_new(self->object, worker, vault);
    self->shown = recall_peer_object_new(G_DBUS_INTERFACE_SKELETON(self->object), OBJECT_PATH,
                                         cancel_jobs, self);
    return self;
}

void
recall_service_recall_set_keeper(RecallServiceRecall *self,
                                 RecallKeeper *keeper,
                                 const char *complaint)
{
    self->keeper = keeper;
    g_free(self->complaint);
    self->complaint = g_strdup(complaint);
    if (self->forget != NULL)
        recall_service_forget_set_keeper(self->forget, keeper);
}

void
recall_service_recall_free(RecallServiceRecall *self)
{
    if (self == NULL)
        return;
    self->worker = NULL;
    g_clear_pointer(&self->lock, recall_service_lock_free);
    g_clear_pointer(&self->forget, recall_service_forget_free);
    g_clear_pointer(&self->shown, recall_peer_object_free);
    cancel_jobs(NULL, self);
    g_signal_handlers_disconnect_by_data(self->object, self);
    unref(self);
}

gboolean
recall_service_recall_export(RecallServiceRecall *self, GDBusConnection *connection, GError **error)
{
    return recall_peer_object_show(self->shown, connection, error);
}
