/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-wire.h"

/* Questions to one application on the accessibility bus. They block the calling thread, so the
 * code that reads a tree is straight; many are under way at once, each has a deadline, and so has
 * the whole. An application that misses one is lost: nothing more is asked of it over this link. */

#define RECALL_A11Y_LINK_CALL_DEADLINE_MS 1000
#define RECALL_A11Y_LINK_N_IN_FLIGHT 16
#define RECALL_A11Y_LINK_N_CALLS_MAX 8192

typedef struct {
    const char *path; /* borrowed, like the next two */
    const char *interface;
    const char *method;
    GVariant *parameters; /* (transfer floating) (nullable): taken by the call */
    GVariant *reply;      /* out, (transfer full): NULL when the application answered an error */
} RecallA11yCall;

/* Unrefs the reply of each, for g_array_set_clear_func() too. */
void recall_a11y_call_clear(RecallA11yCall *self);

typedef struct RecallA11yLink RecallA11yLink;

/* @wire: borrowed, for one link at a time; @bus_name: of the application; @deadline_ms: from now */
RecallA11yLink *recall_a11y_link_new(RecallA11yWire *wire,
                                     const char *bus_name,
                                     unsigned deadline_ms,
                                     GCancellable *cancellable);
void recall_a11y_link_free(RecallA11yLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallA11yLink, recall_a11y_link_free)

/**
 * recall_a11y_link_ask_all:
 *
 * Sends all of @calls and waits for the answers; those that the application refuses have no
 * reply. Returns: FALSE when the link is lost: recall_a11y_link_get_error() says why
 */
gboolean recall_a11y_link_ask_all(RecallA11yLink *self, RecallA11yCall *calls, unsigned n_calls);

/* One question. @type: of the reply. Returns: (transfer full), NULL on any failure, and for a
 * reply of another type */
GVariant *recall_a11y_link_ask(RecallA11yLink *self,
                               const char *path,
                               const char *interface,
                               const char *method,
                               GVariant *parameters,
                               const char *type);

/* The value of a property, which is unwrapped; NULL as above. */
GVariant *recall_a11y_link_get_property(RecallA11yLink *self,
                                        const char *path,
                                        const char *interface,
                                        const char *name,
                                        const char *type);

/* Lets the application work for @wait_ms, at most up to the deadline. */
void recall_a11y_link_pause(RecallA11yLink *self, unsigned wait_ms);

/* Returns: (transfer none) (nullable): G_IO_ERROR_TIMED_OUT, _CANCELLED, _NOT_CONNECTED (the bus
 * or the application is gone) */
const GError *recall_a11y_link_get_error(const RecallA11yLink *self);

const char *recall_a11y_link_get_bus_name(const RecallA11yLink *self);

/* Time spent waiting for answers, without pauses. */
int64_t recall_a11y_link_get_busy_us(const RecallA11yLink *self);

/* Questions sent so far. */
unsigned recall_a11y_link_n_calls(const RecallA11yLink *self);
