/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/keeper.h"

#include "recall/vault/statistics.h"
#include "tests/unit/recall/vault/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define WATCHDOG_US (20 * G_USEC_PER_SEC)
#define DAY_US (INT64_C(86400) * G_USEC_PER_SEC)
#define N_OLD 400

typedef struct {
    Fixture *fixture;
    BaseWorker *worker;
    RecallVault *vault;
    RecallKeeper *keeper;
    unsigned n_held;
} Test;

static void *
open_vault(void *folder, GCancellable *cancellable, GError **error)
{
    return recall_vault_open(folder, error);
}

static void *
close_vault(void *vault, GCancellable *cancellable, GError **error)
{
    recall_vault_close(vault);
    return NULL;
}

/* Scenes of three days ago, and one of now. */
static void *
fill(void *vault, GCancellable *cancellable, GError **error)
{
    int64_t now_us = g_get_real_time();

    for (unsigned i = 0; i < N_OLD; i++) {
        g_autofree char *text = fixture_lorem(300, i);
        g_autoptr(ProtocolScene) scene =
            fixture_scene(i + 1, now_us - 3 * DAY_US + i * G_USEC_PER_SEC, text);

        fixture_append(vault, scene, "", NULL);
    }
    g_autoptr(ProtocolScene) last = fixture_scene(9999, now_us, "now");
    fixture_append(vault, last, "", NULL);
    return NULL;
}

static void *
count(void *vault, GCancellable *cancellable, GError **error)
{
    RecallStatistics statistics;

    assert_true(recall_statistics_gather(vault, &statistics, NULL));
    return g_memdup2(&statistics.n_scenes, sizeof statistics.n_scenes);
}

static void
on_done(GObject *source, GAsyncResult *result, void *user_data)
{
    *(GTask **)user_data = g_object_ref(G_TASK(result));
}

/* On the store's thread. */
static void *
run(BaseWorker *worker, BaseWorkerFunc func, void *job)
{
    g_autoptr(GTask) done = NULL;

    base_worker_push(worker, g_task_new(NULL, NULL, on_done, &done), func, job, NULL, NULL);
    while (done == NULL)
        g_main_context_iteration(NULL, TRUE);
    return g_task_propagate_pointer(done, NULL);
}

static uint64_t
count_scenes(Test *self)
{
    g_autofree uint64_t *n = run(self->worker, count, self->vault);

    return *n;
}

static int
set_up(void **state)
{
    Test *self = g_new0(Test, 1);
    RecallRetention limits = {.age_us = 2 * DAY_US};
    void *fixture = NULL;

    fixture_set_up(&fixture);
    self->fixture = fixture;
    self->worker = base_worker_new("store");
    self->vault = run(self->worker, open_vault, self->fixture->folder);
    assert_non_null(self->vault);
    run(self->worker, fill, self->vault);
    self->keeper = recall_keeper_new(self->worker, self->vault, &limits);
    *state = self;
    return 0;
}

static int
tear_down(void **state)
{
    Test *self = *state;
    void *fixture = self->fixture;

    recall_keeper_free(self->keeper);
    run(self->worker, close_vault, self->vault);
    base_worker_free(self->worker);
    fixture_tear_down(&fixture);
    g_free(self);
    return 0;
}

static void
on_held(void *user_data)
{
    ((Test *)user_data)->n_held++;
}

static gboolean
is_running(Test *self)
{
    return recall_keeper_get_status(self->keeper).is_running;
}

static gboolean
is_held(Test *self)
{
    return self->n_held > 0;
}

static void
wait_until(Test *self, gboolean (*condition)(Test *self))
{
    int64_t end_us = g_get_monotonic_time() + WATCHDOG_US;

    while (!condition(self) && g_get_monotonic_time() < end_us)
        g_main_context_iteration(NULL, TRUE);
    assert_true(condition(self));
}

/* Who wants to forget something else waits until what is under way is done, and gets it whole. */
static void
test_hold_amid(void **state)
{
    Test *self = *state;

    wait_until(self, is_running);
    recall_keeper_hold(self->keeper, on_held, self);
    assert_int_equal(self->n_held, 0);
    wait_until(self, is_held);
    assert_false(is_running(self));
    assert_int_equal(count_scenes(self), 1);
    recall_keeper_release(self->keeper);
    assert_int_equal(self->n_held, 1);
}

/* Nothing goes by itself while somebody else forgets. */
static void
test_hold_before(void **state)
{
    Test *self = *state;
    int64_t end_us = g_get_monotonic_time() + (RECALL_KEEPER_SOON_S + 2) * G_USEC_PER_SEC;

    recall_keeper_hold(self->keeper, on_held, self);
    assert_int_equal(self->n_held, 1);
    while (g_get_monotonic_time() < end_us) {
        g_main_context_iteration(NULL, FALSE);
        recall_keeper_note_unlock(self->keeper);
        g_usleep(10000);
        assert_false(is_running(self));
    }
    assert_int_equal(count_scenes(self), N_OLD + 1);
    recall_keeper_release(self->keeper);
}

/* In the middle of it; the next start finishes it (tests/fault/test-forget.c). */
static void
test_freed_amid(void **state)
{
    Test *self = *state;

    wait_until(self, is_running);
    recall_keeper_hold(self->keeper, on_held, self);
    recall_keeper_free(g_steal_pointer(&self->keeper));
    assert_int_equal(self->n_held, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_hold_amid, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hold_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_freed_amid, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
