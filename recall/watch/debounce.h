/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/sense.h"

/* When a moment is due, and when the damage is to be looked at meanwhile. Pure: time comes in as a
 * value, monotonic microseconds.
 *
 * A moment comes RECALL_SENSE_REST_MS after the last change, or RECALL_SENSE_MOMENT_MAX_MS after
 * the first one that no moment covers yet. Between two keys of a person who types there is rest
 * too: while the last key is younger than RECALL_DEBOUNCE_TYPING_REST_MS it does not count. Each
 * moment at rest takes a credit; one comes back each second and one with each input. So what
 * blinks or ticks without end gets about one moment a second, and what a person does is seen at
 * once. */

#define RECALL_DEBOUNCE_SAMPLE_MS (RECALL_SENSE_REST_MS / 2) /* at most so often damage is read */
#define RECALL_DEBOUNCE_TYPING_REST_MS 250
#define RECALL_DEBOUNCE_N_CREDITS_MAX 3

typedef enum {
    RECALL_DEBOUNCE_WAIT,
    RECALL_DEBOUNCE_SAMPLE, /* fetch and clear the damage, so that the next is announced */
    RECALL_DEBOUNCE_MOMENT,
} RecallDebounceAct;

/* All times in monotonic microseconds; 0 for none. */
typedef struct {
    int64_t first_change_us;
    int64_t last_change_us;
    int64_t last_key_us;
    int64_t noticed_us; /* damage was announced and not yet sampled */
    int64_t sampled_us;
    int64_t wake_us;     /* a moment was asked for */
    int64_t credit_us;   /* credits as time: a whole one is a second */
    int64_t credited_us; /* when @credit_us was right */
    gboolean had_input;
} RecallDebounce;

typedef struct {
    int64_t first_change_us; /* monotonic */
    gboolean at_rest;
    gboolean had_input;
} RecallDebounceMoment;

void recall_debounce_init(RecallDebounce *self, int64_t now_us);

/* Damage was announced. The server keeps quiet about more until it is sampled. */
void recall_debounce_notice(RecallDebounce *self, int64_t now_us);

/* Something else changed: a title, the windows, the screen's size. */
void recall_debounce_change(RecallDebounce *self, int64_t now_us);

void recall_debounce_input(RecallDebounce *self, int64_t now_us, gboolean is_key);

/* A moment shall come at @at_us though nothing may have changed. */
void recall_debounce_wake(RecallDebounce *self, int64_t at_us);

/* Returns: when recall_debounce_act() has something to do; -1 for never */
int64_t recall_debounce_next_us(const RecallDebounce *self);

/* @out_moment: (out): set when the answer is RECALL_DEBOUNCE_MOMENT; that also counts as a
 *   sample, and a new moment begins to gather */
RecallDebounceAct
recall_debounce_act(RecallDebounce *self, int64_t now_us, RecallDebounceMoment *out_moment);
