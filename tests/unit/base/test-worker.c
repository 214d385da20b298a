/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define WATCHDOG_S 20

typedef struct {
    GMainLoop *loop;
    GThread *owner;
    BaseWorker *worker;
    GString *order; /* what came back, one letter each */
    int n_wanted;
    GError *error; /* of the last that failed */
} Fixture;

static gboolean
on_watchdog(void *user_data)
{
    g_error("The worker did not answer within %d s", WATCHDOG_S);
    return G_SOURCE_REMOVE;
}

static int
set_up(void **state)
{
    Fixture *self = g_new0(Fixture, 1);

    self->loop = g_main_loop_new(NULL, FALSE);
    self->owner = g_thread_self();
    self->worker = base_worker_new("test");
    self->order = g_string_new(NULL);
    *state = self;
    return 0;
}

static int
tear_down(void **state)
{
    Fixture *self = *state;

    base_worker_free(self->worker);
    g_main_loop_unref(self->loop);
    g_string_free(self->order, TRUE);
    g_clear_error(&self->error);
    g_free(self);
    return 0;
}

static void *
double_letter(void *job, GCancellable *cancellable, GError **error)
{
    const char *letter = job;

    if (*letter == '!') {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "Asked to fail");
        return NULL;
    }
    return g_strdup_printf("%s%s", letter, letter);
}

static void
on_done(GObject *source, GAsyncResult *result, void *user_data)
{
    Fixture *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_task_propagate_pointer(G_TASK(result), &error);

    assert_ptr_equal(g_thread_self(), self->owner);
    g_string_append(self->order, text != NULL ? text : "-");
    if (error != NULL) {
        g_clear_error(&self->error);
        self->error = g_steal_pointer(&error);
    }
    if (--self->n_wanted == 0)
        g_main_loop_quit(self->loop);
}

static void
push(Fixture *self, const char *letter, GCancellable *cancellable)
{
    self->n_wanted++;
    base_worker_push(self->worker, g_task_new(NULL, cancellable, on_done, self), double_letter,
                     g_strdup(letter), g_free, g_free);
}

static void
run_until_done(Fixture *self)
{
    unsigned watchdog = g_timeout_add_seconds(WATCHDOG_S, on_watchdog, NULL);

    g_main_loop_run(self->loop);
    g_source_remove(watchdog);
}

static void
test_keeps_order(void **state)
{
    Fixture *self = *state;

    push(self, "a", NULL);
    push(self, "b", NULL);
    push(self, "c", NULL);
    run_until_done(self);
    assert_string_equal(self->order->str, "aabbcc");
    assert_int_equal(base_worker_n_jobs(self->worker), 0);
}

static void
test_passes_errors(void **state)
{
    Fixture *self = *state;

    push(self, "!", NULL);
    push(self, "a", NULL);
    run_until_done(self);
    assert_string_equal(self->order->str, "-aa");
    assert_true(g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_FAILED));
}

static void
test_cancelled_is_not_run(void **state)
{
    Fixture *self = *state;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();

    g_cancellable_cancel(cancellable);
    push(self, "a", cancellable);
    run_until_done(self);
    assert_string_equal(self->order->str, "-");
    assert_true(g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static void *
wait_for_gate(void *job, GCancellable *cancellable, GError **error)
{
    GMutex *gate = *(GMutex **)job;

    g_mutex_lock(gate);
    g_mutex_unlock(gate);
    return g_strdup("g");
}

/* One more than may wait is refused at once, and those that wait are still done. */
static void
test_is_bounded(void **state)
{
    Fixture *self = *state;
    GMutex gate;
    GMutex *gate_pointer = &gate;

    g_mutex_init(&gate);
    g_mutex_lock(&gate);
    for (int i = 0; i < BASE_WORKER_N_JOBS_MAX; i++) {
        self->n_wanted++;
        base_worker_push(self->worker, g_task_new(NULL, NULL, on_done, self), wait_for_gate,
                         &gate_pointer, NULL, g_free);
    }
    push(self, "x", NULL);
    assert_int_equal(base_worker_n_jobs(self->worker), BASE_WORKER_N_JOBS_MAX);
    g_mutex_unlock(&gate);
    run_until_done(self);
    assert_int_equal(self->order->len, BASE_WORKER_N_JOBS_MAX + 1);
    assert_non_null(strchr(self->order->str, '-'));
    assert_null(strchr(self->order->str, 'x'));
    assert_true(g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_BUSY));
    g_mutex_clear(&gate);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_keeps_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_passes_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancelled_is_not_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_is_bounded, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
