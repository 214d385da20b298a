/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/keeper.h"

#include "recall/vault/clock-trust.h"

#include <time.h>

/* What a job of the store's thread needs, and tells. */
typedef struct {
    RecallVault *vault;
    RecallRetention limits;
    RecallClockTrust trust;
    RecallRecycle *recycle; /* used in jobs only while one runs */
    RecallRecycleReport report;
} Round;

struct RecallKeeper {
    BaseWorker *worker; /* NULL once freed by the owner */
    Round *round;
    RecallRecycleReport report;
    gboolean is_running; /* a job */
    gboolean is_amid;    /* a round: it goes on after a pause */
    gboolean is_held;
    RecallKeeperFunc on_held; /* NULL once it was called */
    void *held_data;
    unsigned timer;
    int64_t due_us; /* of the timer, monotonic */
};

static void set_timer(RecallKeeper *self, int64_t wait_ms);

static void
free_now(RecallKeeper *self)
{
    recall_recycle_leave(self->round->recycle);
    g_free(self->round);
    g_free(self);
}

static int64_t
get_boot_time_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static RecallRecycle *
begin_round(Round *round)
{
    RecallRecycle *recycle = recall_recycle_new(round->vault, &round->limits);

    if (!recall_clock_trust_look(&round->trust, g_get_real_time(), get_boot_time_us(),
                                 recall_vault_get_newest_us(round->vault)))
        recall_recycle_doubt_clock(recycle);
    return recycle;
}

static void *
run_step(void *job, GCancellable *cancellable, GError **error)
{
    Round *round = job;
    gboolean has_more;

    if (round->recycle == NULL)
        round->recycle = begin_round(round);
    has_more = recall_recycle_step(round->recycle, g_get_real_time());
    round->report = recall_recycle_get_report(round->recycle);
    if (!has_more)
        g_clear_pointer(&round->recycle, recall_recycle_free);
    return has_more ? round : NULL;
}

static void
tell_holder(RecallKeeper *self)
{
    RecallKeeperFunc on_held = self->on_held;

    self->on_held = NULL;
    if (on_held != NULL)
        on_held(self->held_data);
}

static void
on_step_done(GObject *source, GAsyncResult *result, void *user_data)
{
    RecallKeeper *self = user_data;

    self->is_running = FALSE;
    self->is_amid = g_task_propagate_pointer(G_TASK(result), NULL) != NULL;
    self->report = self->round->report;
    if (self->worker == NULL) {
        free_now(self);
        return;
    }
    if (self->is_amid)
        set_timer(self, self->is_held ? 0 : RECALL_KEEPER_PAUSE_MS);
    else
        set_timer(self, RECALL_KEEPER_IDLE_S * INT64_C(1000));
    if (!self->is_amid && self->is_held)
        tell_holder(self);
}

static gboolean
on_timer(void *user_data)
{
    RecallKeeper *self = user_data;

    self->timer = 0;
    if (self->is_held && !self->is_amid)
        return G_SOURCE_REMOVE; /* recall_keeper_release() sets it again */
    self->is_running = TRUE;
    base_worker_push(self->worker, g_task_new(NULL, NULL, on_step_done, self), run_step,
                     self->round, NULL, NULL);
    return G_SOURCE_REMOVE;
}

/* Long waits are rounded to seconds, so that they fall together with others. */
static void
set_timer(RecallKeeper *self, int64_t wait_ms)
{
    g_clear_handle_id(&self->timer, g_source_remove);
    self->due_us = g_get_monotonic_time() + wait_ms * 1000;
    self->timer = wait_ms >= 1000
                      ? g_timeout_add_seconds((unsigned)(wait_ms / 1000), on_timer, self)
                      : g_timeout_add((unsigned)wait_ms, on_timer, self);
    if (wait_ms >= 1000)
        g_source_set_name_by_id(self->timer, "deskhand-vault: limits");
}

RecallKeeper *
recall_keeper_new(BaseWorker *worker, RecallVault *vault, const RecallRetention *limits)
{
    RecallKeeper *self = g_new0(RecallKeeper, 1);

    self->worker = worker;
    self->round = g_new0(Round, 1);
    self->round->vault = vault;
    self->round->limits = *limits;
    set_timer(self, RECALL_KEEPER_SOON_S * INT64_C(1000));
    return self;
}

void
recall_keeper_free(RecallKeeper *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->timer, g_source_remove);
    self->worker = NULL;
    tell_holder(self);
    if (!self->is_running)
        free_now(self);
}

/* Not later than that, when nothing is under way. */
static void
look_within(RecallKeeper *self, int64_t wait_s)
{
    if (self->timer != 0 && !self->is_amid && !self->is_held &&
        self->due_us > g_get_monotonic_time() + wait_s * G_USEC_PER_SEC)
        set_timer(self, wait_s * 1000);
}

void
recall_keeper_note_growth(RecallKeeper *self)
{
    look_within(self, RECALL_KEEPER_EVERY_S);
}

void
recall_keeper_note_unlock(RecallKeeper *self)
{
    look_within(self, RECALL_KEEPER_SOON_S);
}

void
recall_keeper_hold(RecallKeeper *self, RecallKeeperFunc on_held, void *user_data)
{
    g_assert(!self->is_held);
    self->is_held = TRUE;
    self->on_held = on_held;
    self->held_data = user_data;
    if (!self->is_running && !self->is_amid)
        tell_holder(self);
    else if (!self->is_running)
        set_timer(self, 0); /* without pauses from now on */
}

void
recall_keeper_release(RecallKeeper *self)
{
    self->is_held = FALSE;
    self->on_held = NULL;
    if (!self->is_running && !self->is_amid)
        set_timer(self, RECALL_KEEPER_EVERY_S * INT64_C(1000));
}

RecallKeeperStatus
recall_keeper_get_status(const RecallKeeper *self)
{
    return (RecallKeeperStatus){
        .limits = self->round->limits,
        .is_running = self->is_amid,
        .report = self->report,
    };
}
