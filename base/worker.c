/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/worker.h"

struct BaseWorker {
    GThread *thread;
    GAsyncQueue *queue;
    int n_jobs;     /* atomic */
    int is_closing; /* atomic */
};

typedef struct {
    BaseWorker *worker;
    GTask *task;
    BaseWorkerFunc func;
    void *job;
    GDestroyNotify free_job;
    GDestroyNotify free_result;
    void *result;
    GError *error;
} Item;

static void
free_item(Item *item)
{
    if (item->job != NULL && item->free_job != NULL)
        item->free_job(item->job);
    g_clear_object(&item->task);
    g_free(item);
}

/* On the owner's context. */
static gboolean
deliver(void *user_data)
{
    Item *item = user_data;

    if (item->error != NULL)
        g_task_return_error(item->task, g_steal_pointer(&item->error));
    else
        g_task_return_pointer(item->task, g_steal_pointer(&item->result), item->free_result);
    return G_SOURCE_REMOVE;
}

static void
send_back(Item *item)
{
    GSource *source = g_idle_source_new();

    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, deliver, item, (GDestroyNotify)free_item);
    g_source_attach(source, g_task_get_context(item->task));
    g_source_unref(source);
}

static void
run_item(BaseWorker *self, Item *item)
{
    GCancellable *cancellable = g_task_get_cancellable(item->task);

    if (g_atomic_int_get(&self->is_closing))
        g_set_error_literal(&item->error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Worker is closing");
    else if (!g_cancellable_set_error_if_cancelled(cancellable, &item->error))
        item->result = item->func(item->job, cancellable, &item->error);
    g_atomic_int_add(&self->n_jobs, -1);
    send_back(item);
}

static void *
run(void *user_data)
{
    BaseWorker *self = user_data;

    for (;;) {
        Item *item = g_async_queue_pop(self->queue);

        if (item->func == NULL) {
            g_free(item);
            return NULL;
        }
        run_item(self, item);
    }
}

BaseWorker *
base_worker_new(const char *name)
{
    BaseWorker *self = g_new0(BaseWorker, 1);

    self->queue = g_async_queue_new();
    self->thread = g_thread_new(name, run, self);
    return self;
}

void
base_worker_free(BaseWorker *self)
{
    if (self == NULL)
        return;
    g_atomic_int_set(&self->is_closing, TRUE);
    g_async_queue_push(self->queue, g_new0(Item, 1));
    g_thread_join(self->thread);
    g_async_queue_unref(self->queue);
    g_free(self);
}

void
base_worker_push(BaseWorker *self,
                 GTask *task,
                 BaseWorkerFunc func,
                 void *job,
                 GDestroyNotify free_job,
                 GDestroyNotify free_result)
{
    Item *item = g_new0(Item, 1);

    *item = (Item){self, task, func, job, free_job, free_result, NULL, NULL};
    if (g_atomic_int_get(&self->n_jobs) >= BASE_WORKER_N_JOBS_MAX) {
        g_set_error(&item->error, G_IO_ERROR, G_IO_ERROR_BUSY, "%d jobs wait already",
                    BASE_WORKER_N_JOBS_MAX);
        send_back(item);
        return;
    }
    g_atomic_int_inc(&self->n_jobs);
    g_async_queue_push(self->queue, item);
}

unsigned
base_worker_n_jobs(BaseWorker *self)
{
    return g_atomic_int_get(&self->n_jobs);
}
