/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/debounce.h"

#define MS_US ((int64_t)1000)
#define CREDIT_US (1000 * MS_US)

void
recall_debounce_init(RecallDebounce *self, int64_t now_us)
{
    *self = (RecallDebounce){0};
    self->credited_us = now_us;
    self->credit_us = RECALL_DEBOUNCE_N_CREDITS_MAX * CREDIT_US;
}

static int64_t
get_credit_us(const RecallDebounce *self, int64_t now_us)
{
    return MIN(self->credit_us + now_us - self->credited_us,
               RECALL_DEBOUNCE_N_CREDITS_MAX * CREDIT_US);
}

static void
set_credit_us(RecallDebounce *self, int64_t now_us, int64_t credit_us)
{
    self->credit_us = credit_us;
    self->credited_us = now_us;
}

void
recall_debounce_change(RecallDebounce *self, int64_t now_us)
{
    if (self->first_change_us == 0)
        self->first_change_us = now_us;
    self->last_change_us = now_us;
}

void
recall_debounce_notice(RecallDebounce *self, int64_t now_us)
{
    recall_debounce_change(self, now_us);
    if (self->noticed_us == 0)
        self->noticed_us = now_us;
}

void
recall_debounce_input(RecallDebounce *self, int64_t now_us, gboolean is_key)
{
    int64_t credit_us = get_credit_us(self, now_us);

    self->had_input = TRUE;
    if (is_key)
        self->last_key_us = now_us;
    set_credit_us(self, now_us, MAX(credit_us, CREDIT_US));
}

void
recall_debounce_wake(RecallDebounce *self, int64_t at_us)
{
    if (self->wake_us == 0 || at_us < self->wake_us)
        self->wake_us = at_us;
}

static int64_t
get_sample_us(const RecallDebounce *self)
{
    if (self->noticed_us == 0)
        return -1;
    return MAX(self->noticed_us, self->sampled_us + RECALL_DEBOUNCE_SAMPLE_MS * MS_US);
}

static int64_t
get_rest_us(const RecallDebounce *self)
{
    int64_t credit_at_us = self->credited_us + CREDIT_US - self->credit_us;
    int64_t rest_us = self->last_change_us + RECALL_SENSE_REST_MS * MS_US;

    if (self->last_key_us != 0)
        rest_us = MAX(rest_us, self->last_key_us + RECALL_DEBOUNCE_TYPING_REST_MS * MS_US);
    return MAX(rest_us, credit_at_us);
}

static int64_t
get_moment_us(const RecallDebounce *self)
{
    int64_t due_us;

    if (self->first_change_us == 0)
        return self->wake_us != 0 ? self->wake_us : -1;
    due_us = MIN(get_rest_us(self), self->first_change_us + RECALL_SENSE_MOMENT_MAX_MS * MS_US);
    return self->wake_us != 0 ? MIN(due_us, self->wake_us) : due_us;
}

int64_t
recall_debounce_next_us(const RecallDebounce *self)
{
    int64_t sample_us = get_sample_us(self);
    int64_t moment_us = get_moment_us(self);

    if (sample_us < 0)
        return moment_us;
    return MIN(sample_us, moment_us); /* a notice is a change: there is a moment */
}

/* A sample tells that something changed at any time since it was announced. */
static void
note_sample(RecallDebounce *self, int64_t now_us)
{
    if (self->noticed_us != 0 && self->noticed_us != now_us)
        self->last_change_us = now_us;
    self->noticed_us = 0;
    self->sampled_us = now_us;
}

static void
finish_moment(RecallDebounce *self, int64_t now_us, RecallDebounceMoment *out_moment)
{
    gboolean has_changed = self->first_change_us != 0;
    gboolean was_changing = self->noticed_us != 0;
    int64_t rest_from_us = self->last_change_us + RECALL_SENSE_REST_MS * MS_US;

    note_sample(self, now_us);
    *out_moment = (RecallDebounceMoment){
        .first_change_us = has_changed ? self->first_change_us : now_us,
        .at_rest = !was_changing && rest_from_us <= now_us,
        .had_input = self->had_input,
    };
    if (has_changed)
        set_credit_us(self, now_us, MAX(get_credit_us(self, now_us) - CREDIT_US, 0));
    self->first_change_us = 0;
    self->had_input = FALSE;
    self->wake_us = 0;
}

RecallDebounceAct
recall_debounce_act(RecallDebounce *self, int64_t now_us, RecallDebounceMoment *out_moment)
{
    int64_t sample_us = get_sample_us(self);
    int64_t moment_us = get_moment_us(self);

    if (moment_us >= 0 && moment_us <= now_us) {
        finish_moment(self, now_us, out_moment);
        return RECALL_DEBOUNCE_MOMENT;
    }
    if (sample_us >= 0 && sample_us <= now_us) {
        note_sample(self, now_us);
        return RECALL_DEBOUNCE_SAMPLE;
    }
    return RECALL_DEBOUNCE_WAIT;
}
