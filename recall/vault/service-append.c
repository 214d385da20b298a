/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/service-append.h"

#include "protocol/dbus-append1.h"
#include "protocol/error.h"
#include "protocol/sheet.h"
#include "recall/vault/ingest.h"
#include "recall/vault/peer-object.h"
#include "recall/vault/upkeep.h"

#define OBJECT_PATH "/io/deskhand/Append1"

struct RecallServiceAppend {
    int n_refs; /* main thread only: one is the owner's, one that of the batch being written */
    ProtocolDbusAppend1 *object;
    RecallPeerObject *shown; /* NULL once freed by the owner, as is: */
    BaseWorker *worker;
    RecallVault *vault;
    GPtrArray *waiting; /* of Pending */
    size_t n_waiting_bytes;
    gboolean is_writing;
    RecallServiceAppendFunc on_growth; /* (nullable) */
    void *growth_data;
    unsigned tidy_timer;
};

typedef enum {
    PENDING_APPEND,
    PENDING_TILES,
    PENDING_TOUCH,
} PendingKind;

/* A call that was understood and not answered yet. */
typedef struct {
    PendingKind kind;
    GDBusMethodInvocation *invocation;
    RecallAppend *append; /* of PENDING_APPEND */
    int64_t id;           /* of PENDING_TILES */
    GPtrArray *sheets;
    GArray *ends; /* of PENDING_TOUCH */
    GError *error;
} Pending;

/* What one job of the store's thread does. */
typedef struct {
    int n_refs; /* atomic: the job and the callback have one each */
    RecallVault *vault;
    GPtrArray *pending; /* of Pending */
} Batch;

static void write_waiting(RecallServiceAppend *self);

static void
unref(RecallServiceAppend *self)
{
    if (--self->n_refs > 0)
        return;
    g_clear_object(&self->object);
    g_ptr_array_unref(self->waiting);
    g_free(self);
}

static void
free_pending(void *data)
{
    Pending *pending = data;

    g_clear_object(&pending->invocation);
    recall_append_free(pending->append);
    g_clear_pointer(&pending->sheets, g_ptr_array_unref);
    g_clear_pointer(&pending->ends, g_array_unref);
    g_clear_error(&pending->error);
    g_free(pending);
}

static void
unref_batch(void *data)
{
    Batch *batch = data;

    if (!g_atomic_int_dec_and_test(&batch->n_refs))
        return;
    g_ptr_array_unref(batch->pending);
    g_free(batch);
}

/* Appends that follow each other go together; what comes between them keeps its place. */
static unsigned
append_run(Batch *batch, unsigned from)
{
    g_autoptr(GPtrArray) appends = g_ptr_array_new();
    unsigned i = from;

    for (; i < batch->pending->len; i++) {
        Pending *pending = g_ptr_array_index(batch->pending, i);

        if (pending->kind != PENDING_APPEND)
            break;
        g_ptr_array_add(appends, pending->append);
    }
    recall_ingest_append_all(batch->vault, appends);
    return i;
}

/* On the store's thread. */
static void *
write_batch(void *job, GCancellable *cancellable, GError **error)
{
    Batch *batch = job;
    unsigned i = 0;

    while (i < batch->pending->len) {
        Pending *pending = g_ptr_array_index(batch->pending, i);

        if (pending->kind == PENDING_APPEND) {
            i = append_run(batch, i);
            continue;
        }
        if (pending->kind == PENDING_TILES)
            recall_ingest_add_tiles(batch->vault, pending->id, pending->sheets, &pending->error);
        else
            recall_ingest_touch(batch->vault, pending->ends, &pending->error);
        i++;
    }
    return batch;
}

static GVariant *
wrap_missing(GPtrArray *missing)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("aay"));
    for (unsigned i = 0; i < missing->len; i++)
        g_variant_builder_add_value(
            &builder,
            g_variant_new_from_bytes(G_VARIANT_TYPE("ay"), g_ptr_array_index(missing, i), TRUE));
    return g_variant_builder_end(&builder);
}

static void
answer(RecallServiceAppend *self, Pending *pending)
{
    GDBusMethodInvocation *invocation = g_steal_pointer(&pending->invocation);
    const GError *error = pending->append != NULL ? pending->append->error : pending->error;

    if (error != NULL)
        protocol_error_return(invocation, error);
    else if (pending->kind == PENDING_APPEND)
        protocol_dbus_append1_complete_append(self->object, invocation, pending->append->id,
                                              wrap_missing(pending->append->missing));
    else if (pending->kind == PENDING_TILES)
        protocol_dbus_append1_complete_add_tiles(self->object, invocation);
    else
        protocol_dbus_append1_complete_touch(self->object, invocation);
}

typedef struct {
    RecallServiceAppend *self;
    Batch *batch;
} Writing;

/* On the store's thread. */
static void *
tidy_sheets(void *vault, GCancellable *cancellable, GError **error)
{
    recall_upkeep_tidy(recall_vault_get_catalog(vault), FALSE);
    return vault;
}

static gboolean
on_tidy_time(void *user_data)
{
    RecallServiceAppend *self = user_data;

    self->tidy_timer = 0;
    base_worker_push(self->worker, g_task_new(NULL, NULL, NULL, NULL), tidy_sheets, self->vault,
                     NULL, NULL);
    return G_SOURCE_REMOVE;
}

static void
on_written(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autofree Writing *writing = user_data;
    RecallServiceAppend *self = writing->self;
    gboolean has_scenes = FALSE;
    g_autoptr(GError) error = NULL;

    g_task_propagate_pointer(G_TASK(result), &error); /* it is the batch */
    for (unsigned i = 0; i < writing->batch->pending->len; i++) {
        Pending *pending = g_ptr_array_index(writing->batch->pending, i);

        has_scenes = has_scenes || pending->kind != PENDING_TOUCH;
        if (error == NULL)
            answer(self, pending);
        else
            protocol_error_return(g_steal_pointer(&pending->invocation), error);
    }
    unref_batch(writing->batch);
    if (self->worker != NULL && self->on_growth != NULL)
        self->on_growth(self->growth_data);
    self->is_writing = FALSE;
    if (self->worker != NULL && self->tidy_timer == 0 && has_scenes)
        self->tidy_timer = g_timeout_add_seconds(RECALL_SERVICE_APPEND_TIDY_S, on_tidy_time, self);
    write_waiting(self);
    unref(self);
}

static void
write_waiting(RecallServiceAppend *self)
{
    Writing *writing;

    if (self->worker == NULL || self->is_writing || self->waiting->len == 0)
        return;
    self->is_writing = TRUE;
    self->n_refs++;
    writing = g_new0(Writing, 1);
    writing->self = self;
    writing->batch = g_new0(Batch, 1);
    *writing->batch = (Batch){2, self->vault, self->waiting};
    self->waiting = g_ptr_array_new_with_free_func(free_pending);
    self->n_waiting_bytes = 0;
    base_worker_push(self->worker, g_task_new(NULL, NULL, on_written, writing), write_batch,
                     writing->batch, unref_batch, NULL);
}

static Pending *
add_pending(RecallServiceAppend *self, PendingKind kind, GDBusMethodInvocation *invocation)
{
    Pending *pending = g_new0(Pending, 1);

    pending->kind = kind;
    pending->invocation = invocation; /* (transfer full): a handler that returns TRUE owns it */
    g_ptr_array_add(self->waiting, pending);
    self->n_waiting_bytes +=
        g_variant_get_size(g_dbus_method_invocation_get_parameters(invocation));
    return pending;
}

/* Returns: TRUE when the call was answered with a refusal */
static gboolean
refuse_if_busy(RecallServiceAppend *self, GDBusMethodInvocation *invocation)
{
    if (self->worker != NULL && self->waiting->len < RECALL_SERVICE_APPEND_N_WAITING_MAX &&
        self->n_waiting_bytes < RECALL_SERVICE_APPEND_WAITING_MAX_BYTES)
        return FALSE;
    g_dbus_method_invocation_return_dbus_error(invocation, PROTOCOL_ERROR_BUSY,
                                               "The vault is busy: try again later");
    return TRUE;
}

/* Returns: (transfer full): of ProtocolSheet, or NULL when one of them is odd */
static GPtrArray *
read_sheets(GVariant *variant, GError **error)
{
    g_autoptr(GPtrArray) sheets =
        g_ptr_array_new_with_free_func((GDestroyNotify)protocol_sheet_unref);
    size_t n = g_variant_n_children(variant);

    if (n > PROTOCOL_SCENE_N_TILES_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "More than %d sheets of tiles",
                    PROTOCOL_SCENE_N_TILES_MAX);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(variant, i);
        ProtocolSheet *sheet = protocol_sheet_from_variant(child, error);

        if (sheet == NULL)
            return NULL;
        g_ptr_array_add(sheets, sheet);
    }
    return g_steal_pointer(&sheets);
}

static gboolean
handle_append(ProtocolDbusAppend1 *object,
              GDBusMethodInvocation *invocation,
              GVariant *scene_variant,
              GVariant *sheets_variant,
              void *user_data)
{
    RecallServiceAppend *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(ProtocolScene) scene = NULL;
    g_autoptr(GPtrArray) sheets = NULL;

    if (refuse_if_busy(self, invocation))
        return TRUE;
    scene = protocol_scene_from_variant(scene_variant, &error);
    sheets = scene != NULL ? read_sheets(sheets_variant, &error) : NULL;
    if (sheets == NULL) {
        protocol_error_return(invocation, error);
        return TRUE;
    }
    add_pending(self, PENDING_APPEND, invocation)->append =
        recall_append_new(g_steal_pointer(&scene), g_steal_pointer(&sheets));
    write_waiting(self);
    return TRUE;
}

static gboolean
handle_add_tiles(ProtocolDbusAppend1 *object,
                 GDBusMethodInvocation *invocation,
                 gint64 id,
                 GVariant *sheets_variant,
                 void *user_data)
{
    RecallServiceAppend *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) sheets = NULL;
    Pending *pending;

    if (refuse_if_busy(self, invocation))
        return TRUE;
    sheets = read_sheets(sheets_variant, &error);
    if (sheets == NULL) {
        protocol_error_return(invocation, error);
        return TRUE;
    }
    pending = add_pending(self, PENDING_TILES, invocation);
    pending->id = id;
    pending->sheets = g_steal_pointer(&sheets);
    write_waiting(self);
    return TRUE;
}

/* Ends that are no time are left out, as unknown keys are. */
static GArray *
read_ends(GVariant *variant)
{
    GArray *ends = g_array_new(FALSE, FALSE, sizeof(RecallEnd));
    GVariantIter iter;
    RecallEnd end;

    g_variant_iter_init(&iter, variant);
    while (g_variant_iter_next(&iter, "(tx)", &end.key, &end.end_us)) {
        if (end.end_us >= PROTOCOL_SCENE_TIME_MIN_US && end.end_us <= PROTOCOL_SCENE_TIME_MAX_US)
            g_array_append_val(ends, end);
    }
    return ends;
}

static gboolean
handle_touch(ProtocolDbusAppend1 *object,
             GDBusMethodInvocation *invocation,
             GVariant *ends,
             void *user_data)
{
    RecallServiceAppend *self = user_data;

    if (refuse_if_busy(self, invocation))
        return TRUE;
    if (g_variant_n_children(ends) > RECALL_SERVICE_APPEND_N_TOUCHES_MAX) {
        g_dbus_method_invocation_return_dbus_error(invocation, PROTOCOL_ERROR_USAGE,
                                                   "Too many ends in one call");
        return TRUE;
    }
    add_pending(self, PENDING_TOUCH, invocation)->ends = read_ends(ends);
    write_waiting(self);
    return TRUE;
}

RecallServiceAppend *
recall_service_append_new(BaseWorker *worker, RecallVault *vault)
{
    RecallServiceAppend *self = g_new0(RecallServiceAppend, 1);

    self->n_refs = 1;
    self->worker = worker;
    self->vault = vault;
    self->waiting = g_ptr_array_new_with_free_func(free_pending);
    self->object = protocol_dbus_append1_skeleton_new();
    protocol_dbus_append1_set_version(self->object, 1);
    g_signal_connect(self->object, "handle-append", G_CALLBACK(handle_append), self);
    g_signal_connect(self->object, "handle-add-tiles", G_CALLBACK(handle_add_tiles), self);
    g_signal_connect(self->object, "handle-touch", G_CALLBACK(handle_touch), self);
    self->shown =
        recall_peer_object_new(G_DBUS_INTERFACE_SKELETON(self->object), OBJECT_PATH, NULL, NULL);
    return self;
}

void
recall_service_append_watch(RecallServiceAppend *self,
                            RecallServiceAppendFunc on_growth,
                            void *user_data)
{
    self->on_growth = on_growth;
    self->growth_data = user_data;
}

void
recall_service_append_free(RecallServiceAppend *self)
{
    if (self == NULL)
        return;
    self->worker = NULL;
    g_clear_handle_id(&self->tidy_timer, g_source_remove);
    g_clear_pointer(&self->shown, recall_peer_object_free);
    g_signal_handlers_disconnect_by_data(self->object, self);
    g_ptr_array_set_size(self->waiting, 0);
    unref(self);
}

gboolean
recall_service_append_export(RecallServiceAppend *self, GDBusConnection *connection, GError **error)
{
    return recall_peer_object_show(self->shown, connection, error);
}
