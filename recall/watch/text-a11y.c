/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/text-a11y.h"

#include "base/worker.h"
#include "recall/watch/a11y-bus.h"
#include "recall/watch/a11y-read.h"

#define MISSED_N_MAX 2 /* deadlines in a row after which an application is left alone */
#define AVOID_MIN_US (2 * G_USEC_PER_SEC) /* it may be busy with its start */
#define AVOID_MAX_US (300 * G_USEC_PER_SEC)
#define SLOW_READ_US (G_USEC_PER_SEC / 10)
#define SLOW_READ_SHARE 2 /* a slow application rests so many times as long as it was busy */
#define FRESH_N_MAX 1024
#define QUEUE_N_MAX 16 /* readings that wait for one application */

/* One application: its own thread, so that it can hang alone. */
typedef struct {
    char *name;
    pid_t pid;
    BaseWorker *worker;
    RecallA11yMemory *memory; /* these two are touched by the worker only */
    RecallA11yWire *wire;
    struct Read *current;
    GQueue queue;     /* of Read */
    unsigned wait_id; /* source: the next reading is due */
    unsigned n_missed;
    int64_t avoid_us; /* how long it is left alone the next time */
    int64_t avoid_until_us;
    int64_t next_us; /* not before */
    gboolean was_read;
} App;

/* A reading that somebody waits for. */
typedef struct Read {
    RecallA11y *self; /* NULL: it is gone */
    App *app;         /* NULL: not found yet, or gone */
    GTask *task;
    GCancellable *cancellable; /* of the work; follows the task's */
    unsigned long cancel_id;
    RecallWindow *window;
    pixman_region32_t shown;
    pixman_region32_t changed;
    gboolean is_all_changed;
} Read;

/* What the worker is given. */
typedef struct {
    char *name;
    RecallA11yMemory *memory;
    RecallA11yWire *wire;
    RecallWindow *window;
    pixman_region32_t shown;
    pixman_region32_t changed;
    gboolean is_all_changed;
    int64_t took_us; /* out */
} Job;

struct RecallA11y {
    RecallA11yBus *bus;
    GHashTable *apps;  /* bus name to App */
    GHashTable *reads; /* set of Read */
    GHashTable *fresh; /* set of xid: the last reading went well, so the next may build on it */
};

static void pump(App *app);

static void
free_read(Read *read)
{
    g_cancellable_disconnect(g_task_get_cancellable(read->task), read->cancel_id);
    g_object_unref(read->cancellable);
    g_object_unref(read->task);
    recall_window_unref(read->window);
    pixman_region32_fini(&read->shown);
    pixman_region32_fini(&read->changed);
    g_free(read);
}

static void
note_end(RecallA11y *self, uint32_t xid, gboolean is_right)
{
    if (g_hash_table_size(self->fresh) >= FRESH_N_MAX)
        g_hash_table_remove_all(self->fresh);
    if (is_right)
        g_hash_table_add(self->fresh, GUINT_TO_POINTER(xid));
    else
        g_hash_table_remove(self->fresh, GUINT_TO_POINTER(xid));
}

/* Ends @read: it is forgotten and freed. */
static void
end_read(Read *read, RecallText *text, GError *error)
{
    if (read->self != NULL) {
        g_hash_table_remove(read->self->reads, read);
        note_end(read->self, read->window->xid, text != NULL);
    }
    if (text != NULL)
        g_task_return_pointer(read->task, text, (GDestroyNotify)recall_text_free);
    else
        g_task_return_error(read->task, error);
    free_read(read);
}

static void
refuse_read(Read *read, int code, const char *message)
{
    end_read(read, NULL, g_error_new_literal(G_IO_ERROR, code, message));
}

static void
refuse_queue(App *app, int code, const char *message)
{
    while (!g_queue_is_empty(&app->queue))
        refuse_read(g_queue_pop_head(&app->queue), code, message);
}

static void
free_job(Job *job)
{
    g_free(job->name);
    recall_window_unref(job->window);
    pixman_region32_fini(&job->shown);
    pixman_region32_fini(&job->changed);
    g_free(job);
}

static void
free_app(App *app)
{
    if (app->current != NULL) {
        app->current->app = NULL;
        g_cancellable_cancel(app->current->cancellable);
    }
    refuse_queue(app, G_IO_ERROR_NOT_CONNECTED, "The application is gone");
    if (app->wait_id != 0)
        g_source_remove(app->wait_id);
    base_worker_free(app->worker);
    recall_a11y_memory_free(app->memory);
    recall_a11y_wire_free(app->wire);
    g_free(app->name);
    g_free(app);
}

static void *
run_job(void *data, GCancellable *cancellable, GError **error)
{
    Job *job = data;
    g_autoptr(RecallA11yLink) link =
        recall_a11y_link_new(job->wire, job->name, RECALL_A11Y_READ_DEADLINE_MS, cancellable);
    RecallText *text = recall_a11y_read_window(job->memory, link, job->window, &job->shown,
                                               job->is_all_changed ? NULL : &job->changed, error);

    job->took_us = recall_a11y_link_get_busy_us(link);
    return text;
}

static void
note_missed(App *app)
{
    if (++app->n_missed < MISSED_N_MAX)
        return;
    app->avoid_us = CLAMP(app->avoid_us * 2, AVOID_MIN_US, AVOID_MAX_US);
    app->avoid_until_us = g_get_monotonic_time() + app->avoid_us;
    refuse_queue(app, G_IO_ERROR_BUSY, "The application does not answer; it is left alone");
}

static void
note_answer(App *app, int64_t took_us)
{
    int64_t wait_us =
        took_us < SLOW_READ_US ? 0 : MIN(took_us * SLOW_READ_SHARE, RECALL_A11Y_REST_MAX_MS * 1000);

    app->n_missed = 0;
    app->avoid_us = 0;
    app->next_us = g_get_monotonic_time() + wait_us;
}

static void
on_read(GObject *source, GAsyncResult *result, void *user_data)
{
    Read *read = user_data;
    App *app = read->app;
    const Job *job = g_task_get_task_data(G_TASK(result));
    g_autoptr(GError) error = NULL;
    RecallText *text = g_task_propagate_pointer(G_TASK(result), &error);

    if (app != NULL) {
        app->current = NULL;
        app->was_read |= text != NULL;
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
            note_missed(app);
        else if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            note_answer(app, job->took_us);
    }
    if (app != NULL)
        pump(app);
    end_read(read, text, g_steal_pointer(&error)); /* whose callback may do anything to us */
}

static void
start_read(App *app, Read *read)
{
    Job *job = g_new0(Job, 1);
    GTask *task = g_task_new(NULL, read->cancellable, on_read, read);

    app->current = read;
    job->name = g_strdup(app->name);
    job->memory = app->memory;
    job->wire = app->wire;
    job->window = recall_window_ref(read->window);
    pixman_region32_init(&job->shown);
    pixman_region32_copy(&job->shown, &read->shown);
    pixman_region32_init(&job->changed);
    pixman_region32_copy(&job->changed, &read->changed);
    job->is_all_changed = read->is_all_changed;
    g_task_set_task_data(task, job, (GDestroyNotify)free_job);
    base_worker_push(app->worker, task, run_job, job, NULL, (GDestroyNotify)recall_text_free);
}

static gboolean
on_due(void *user_data)
{
    App *app = user_data;

    app->wait_id = 0;
    pump(app);
    return G_SOURCE_REMOVE;
}

/* Starts the next reading of @app when there is one and it is time. */
static void
pump(App *app)
{
    int64_t wait_us = app->next_us - g_get_monotonic_time();

    if (app->current != NULL || app->wait_id != 0 || g_queue_is_empty(&app->queue))
        return;
    if (wait_us > 0)
        app->wait_id = g_timeout_add(wait_us / 1000 + 1, on_due, app);
    else
        start_read(app, g_queue_pop_head(&app->queue));
}

static App *
get_app(RecallA11y *self, const char *name, pid_t pid)
{
    App *app = g_hash_table_lookup(self->apps, name);

    if (app != NULL)
        return app;
    app = g_new0(App, 1);
    app->name = g_strdup(name);
    app->pid = pid;
    app->worker = base_worker_new("a11y");
    app->memory = recall_a11y_memory_new();
    app->wire = recall_a11y_wire_new(recall_a11y_bus_get_connection(self->bus));
    g_queue_init(&app->queue);
    g_hash_table_insert(self->apps, app->name, app);
    return app;
}

static void
enqueue(Read *read, App *app)
{
    if (g_get_monotonic_time() < app->avoid_until_us) {
        refuse_read(read, G_IO_ERROR_BUSY, "The application does not answer; it is left alone");
    } else if (g_queue_get_length(&app->queue) >= QUEUE_N_MAX) {
        refuse_read(read, G_IO_ERROR_BUSY, "Too many readings wait for this application");
    } else {
        read->app = app;
        g_queue_push_tail(&app->queue, read);
        pump(app);
    }
}

static void
on_found(GObject *source, GAsyncResult *result, void *user_data)
{
    Read *read = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *name = recall_a11y_bus_find_app_finish(NULL, result, &error);

    if (name == NULL)
        end_read(read, NULL, g_steal_pointer(&error));
    else if (read->self == NULL || recall_a11y_bus_get_connection(read->self->bus) == NULL)
        refuse_read(read, G_IO_ERROR_NOT_CONNECTED, "There is no accessibility bus");
    else
        enqueue(read, get_app(read->self, name, read->window->pid));
}

static void
on_gone(const char *name, void *user_data)
{
    RecallA11y *self = user_data;

    if (name == NULL)
        g_hash_table_remove_all(self->apps);
    else
        g_hash_table_remove(self->apps, name);
}

RecallA11y *
recall_a11y_new(void)
{
    static const RecallA11yBusEvents events = {on_gone};
    RecallA11y *self = g_new0(RecallA11y, 1);

    self->apps = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)free_app);
    self->reads = g_hash_table_new(NULL, NULL);
    self->fresh = g_hash_table_new(NULL, NULL);
    self->bus = recall_a11y_bus_new(&events, self);
    return self;
}

void
recall_a11y_free(RecallA11y *self)
{
    GHashTableIter iter;
    void *read = NULL;

    if (self == NULL)
        return;
    g_hash_table_unref(self->apps);
    recall_a11y_bus_free(self->bus);
    g_hash_table_iter_init(&iter, self->reads);
    while (g_hash_table_iter_next(&iter, &read, NULL))
        ((Read *)read)->self = NULL;
    g_hash_table_unref(self->reads);
    g_hash_table_unref(self->fresh);
    g_free(self);
}

gboolean
recall_a11y_is_connected(const RecallA11y *self)
{
    return recall_a11y_bus_get_connection(self->bus) != NULL;
}

static void
on_cancelled(GCancellable *outer, void *user_data)
{
    g_cancellable_cancel(user_data);
}

void
recall_a11y_read_async(RecallA11y *self,
                       RecallWindow *window,
                       const pixman_region32_t *shown,
                       const pixman_region32_t *changed,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       void *user_data)
{
    Read *read = g_new0(Read, 1);

    read->self = self;
    read->task = g_task_new(NULL, cancellable, callback, user_data);
    g_task_set_source_tag(read->task, recall_a11y_read_async);
    read->cancellable = g_cancellable_new();
    if (cancellable != NULL)
        read->cancel_id = g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled),
                                                g_object_ref(read->cancellable), g_object_unref);
    read->window = recall_window_ref(window);
    pixman_region32_init(&read->shown);
    pixman_region32_copy(&read->shown, (pixman_region32_t *)shown);
    pixman_region32_init(&read->changed);
    if (changed != NULL)
        pixman_region32_copy(&read->changed, (pixman_region32_t *)changed);
    read->is_all_changed =
        changed == NULL || !g_hash_table_contains(self->fresh, GUINT_TO_POINTER(window->xid));
    g_hash_table_add(self->reads, read);
    recall_a11y_bus_find_app_async(self->bus, window->pid, read->cancellable, on_found, read);
}

RecallText *
recall_a11y_read_finish(RecallA11y *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_async_result_is_tagged(result, recall_a11y_read_async), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

gboolean
recall_a11y_knows(const RecallA11y *self, const RecallWindow *window)
{
    GHashTableIter iter;
    void *value = NULL;

    g_hash_table_iter_init(&iter, self->apps);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const App *app = value;

        if (app->pid == window->pid && app->was_read)
            return TRUE;
    }
    return FALSE;
}
