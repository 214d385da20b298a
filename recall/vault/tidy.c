/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/tidy.h"

#include "recall/vault/sieve.h"

struct RecallTidyRound {
    RecallVault *vault;
    GArray *weeks; /* of int, newest first */
    unsigned index;
    RecallSieve *sieve;
};

struct RecallTidy {
    BaseWorker *worker; /* NULL once freed by the owner */
    RecallVault *vault;
    RecallTidyRound *round; /* used in jobs only while one runs */
    gboolean is_running;
    unsigned timer;
};

/* --- one round --- */

RecallTidyRound *
recall_tidy_round_new(RecallVault *vault)
{
    RecallTidyRound *self = g_new0(RecallTidyRound, 1);

    self->vault = vault;
    self->index = 1; /* the newest week is still being written */
    return self;
}

void
recall_tidy_round_free(RecallTidyRound *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->weeks, g_array_unref);
    recall_sieve_free(self->sieve);
    g_free(self);
}

static void
go_on(RecallTidyRound *self)
{
    g_clear_pointer(&self->sieve, recall_sieve_free);
    self->index++;
}

/* A week that cannot be tidied is as good as before; a search tells when it is damaged. */
static void
work(RecallTidyRound *self, int week)
{
    g_autoptr(GError) error = NULL;
    RecallSegment *segment = NULL;
    gboolean is_done = TRUE;

    if (self->sieve == NULL)
        self->sieve = recall_sieve_new();
    if (recall_vault_get_segment(self->vault, week, &segment, &error) &&
        !recall_sieve_step(self->sieve, segment, &is_done, &error)) {
        g_info("Cannot tidy a week: %s", error->message);
        if (g_error_matches(error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED))
            recall_vault_set_aside(self->vault, week);
    }
    if (is_done || error != NULL)
        go_on(self);
}

gboolean
recall_tidy_round_step(RecallTidyRound *self)
{
    int64_t deadline_us = g_get_monotonic_time() + RECALL_SIEVE_STEP_US;

    if (self->weeks == NULL)
        self->weeks = recall_vault_dup_weeks(self->vault);
    while (self->index < self->weeks->len && g_get_monotonic_time() < deadline_us)
        work(self, g_array_index(self->weeks, int, self->index));
    return self->index < self->weeks->len;
}

/* --- when --- */

static gboolean on_timer(void *user_data);

static void
free_now(RecallTidy *self)
{
    recall_tidy_round_free(self->round);
    g_free(self);
}

static void *
run_step(void *round, GCancellable *cancellable, GError **error)
{
    return recall_tidy_round_step(round) ? round : NULL;
}

static void
on_step_done(GObject *source, GAsyncResult *result, void *user_data)
{
    RecallTidy *self = user_data;
    gboolean has_more = g_task_propagate_pointer(G_TASK(result), NULL) != NULL;

    self->is_running = FALSE;
    if (self->worker == NULL) {
        free_now(self);
        return;
    }
    if (has_more) {
        self->timer = g_timeout_add(RECALL_TIDY_PAUSE_MS, on_timer, self);
        return;
    }
    g_clear_pointer(&self->round, recall_tidy_round_free);
    self->timer = g_timeout_add_seconds(RECALL_TIDY_EVERY_S, on_timer, self);
}

static gboolean
on_timer(void *user_data)
{
    RecallTidy *self = user_data;

    self->timer = 0;
    self->is_running = TRUE;
    if (self->round == NULL)
        self->round = recall_tidy_round_new(self->vault);
    base_worker_push(self->worker, g_task_new(NULL, NULL, on_step_done, self), run_step,
                     self->round, NULL, NULL);
    return G_SOURCE_REMOVE;
}

RecallTidy *
recall_tidy_new(BaseWorker *worker, RecallVault *vault)
{
    RecallTidy *self = g_new0(RecallTidy, 1);

    self->worker = worker;
    self->vault = vault;
    self->timer = g_timeout_add_seconds(RECALL_TIDY_FIRST_S, on_timer, self);
    return self;
}

void
recall_tidy_free(RecallTidy *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->timer, g_source_remove);
    self->worker = NULL;
    if (!self->is_running)
        free_now(self);
}
