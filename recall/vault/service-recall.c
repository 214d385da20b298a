/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/service-recall.h"

#include "protocol/dbus-recall1.h"
#include "protocol/error.h"
#include "recall/vault/answer.h"
#include "recall/vault/options.h"
#include "recall/vault/peer-object.h"
#include "recall/vault/query.h"
#include "recall/vault/service-forget.h"
#include "recall/vault/service-lock.h"
#include "recall/vault/service-search.h"
#include "recall/vault/statistics.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#define OBJECT_PATH "/io/deskhand/Recall1"

struct RecallServiceRecall {
    int n_refs; /* main thread only: the owner's, and one for each call under way */
    ProtocolDbusRecall1 *object;
    RecallPeerObject *shown; /* NULL once freed by the owner, as are: */
    RecallServiceLock *lock;
    BaseWorker *worker;
    RecallVault *vault;
    RecallServiceForget *forget; /* NULL likewise, as is: */
    RecallServiceSearch *search;
    RecallKeeper *keeper; /* (nullable) */
    char *complaint;      /* (nullable): of its settings */
    unsigned n_calls;
};

static void
unref(RecallServiceRecall *self)
{
    if (--self->n_refs > 0)
        return;
    g_clear_object(&self->object);
    g_free(self->complaint);
    g_free(self);
}

static const RecallOption scene_options[] = {{"query", "s", RECALL_QUERY_MAX_BYTES}, {NULL}};

static const RecallOption no_options[] = {{NULL}};

static gboolean
check_lock(RecallServiceRecall *self, RecallAllowanceKind kind, GError **error)
{
    return self->lock == NULL || recall_service_lock_check(self->lock, kind, error);
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

    if (!recall_options_check(options, scene_options, &error) ||
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

    if (recall_options_check(options, no_options, &error) &&
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

static void
on_client_gone(GDBusConnection *connection, void *user_data)
{
    RecallServiceRecall *self = user_data;

    recall_service_search_cancel(self->search, connection);
}

RecallServiceRecall *
recall_service_recall_new(BaseWorker *worker, RecallVault *vault)
{
    RecallServiceRecall *self = g_new0(RecallServiceRecall, 1);

    self->n_refs = 1;
    self->worker = worker;
    self->vault = vault;
    self->object = protocol_dbus_recall1_skeleton_new();
    protocol_dbus_recall1_set_version(self->object, 1);
    g_signal_connect(self->object, "handle-get-scene", G_CALLBACK(handle_get_scene), self);
    g_signal_connect(self->object, "handle-get-picture", G_CALLBACK(handle_get_picture), self);
    g_signal_connect(self->object, "handle-get-statistics", G_CALLBACK(handle_get_statistics),
                     self);
    g_signal_connect(self->object, "handle-unlock", G_CALLBACK(note_unlock), self);
    self->lock = recall_service_lock_new(self->object, worker, vault);
    self->search = recall_service_search_new(self->object, worker, vault, self->lock);
    self->forget = recall_service_forget_new(self->object, worker, vault);
    self->shown = recall_peer_object_new(G_DBUS_INTERFACE_SKELETON(self->object), OBJECT_PATH,
                                         on_client_gone, self);
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
    g_clear_pointer(&self->shown, recall_peer_object_free);
    g_clear_pointer(&self->search, recall_service_search_free);
    g_clear_pointer(&self->forget, recall_service_forget_free);
    g_clear_pointer(&self->lock, recall_service_lock_free);
    g_signal_handlers_disconnect_by_data(self->object, self);
    unref(self);
}

gboolean
recall_service_recall_export(RecallServiceRecall *self, GDBusConnection *connection, GError **error)
{
    return recall_peer_object_show(self->shown, connection, error);
}
