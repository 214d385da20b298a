/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "agentd/config.h"
#include "recall/watch/backlog.h"

/* The daemon's composition: it watches the display as soon as there is one, again when it comes
 * back, and hands what was seen to the vault. Main thread. */

#define AGENTD_RETRY_MIN_MS 500
#define AGENTD_RETRY_MAX_MS 5000 /* between tries to reach the display, doubled up to this */
#define AGENTD_PAUSE_MAX_US ((uint64_t)7 * 24 * 3600 * G_USEC_PER_SEC)

typedef struct AgentdAgent AgentdAgent;

typedef struct {
    gboolean is_recording;
    char *reason;            /* why it is not, or "" */
    int64_t paused_until_us; /* wall clock, 0 when not timed */
    int64_t lag_us;
    unsigned n_waiting;
    uint64_t n_refused; /* by rules, since the start */
    uint64_t n_dropped;
    const char *pixels_error; /* why they could not be read at the last try, or "": borrowed */
    char *display;
    gboolean is_connected; /* with the vault */
    char *vault_path;      /* its socket */
} AgentdStatus;

/* One part as the doctor sees it. */
typedef struct {
    const char *name;
    const char *state; /* "ok", "weak", "bad" */
    char *detail;
    const char *mend;
} AgentdPart;

/* @config: its rules are taken. @display: NULL for $DISPLAY. @libexec_path: folder of
 * deskhand-vault and deskhand-reader.
 * @on_refused: another agent has this display: give up, @error says who */
AgentdAgent *agentd_agent_new(AgentdConfig *config,
                              const char *display,
                              const char *libexec_path,
                              void (*on_refused)(const GError *error, void *user_data),
                              void *user_data);

/* What was not remembered, by rule. Returns: (transfer none): of RecallRefusal, oldest first */
const GPtrArray *agentd_agent_get_refusals(AgentdAgent *self);

/* Stores what is in hand, for at most two seconds. */
void agentd_agent_free(AgentdAgent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AgentdAgent, agentd_agent_free)

/* @duration_us: 0 until resumed; at most AGENTD_PAUSE_MAX_US */
void agentd_agent_pause(AgentdAgent *self, uint64_t duration_us);
void agentd_agent_resume(AgentdAgent *self);

/* Drops what is being read, and what waits for the vault of that time; a span in part is sent
 * first, as far as the vault takes it, so that it can tell. @on_done: called once, from the main
 * loop, or before this is freed: @is_clear: nothing is on its way to the vault any more; @n_lost:
 * scenes that went and may not have been meant */
#define AGENTD_FORGET_MAX_MS 8000
typedef void (*AgentdForgetFunc)(gboolean is_clear, unsigned n_lost, void *user_data);
void agentd_agent_forget(AgentdAgent *self,
                         const RecallBacklogSpan *span,
                         AgentdForgetFunc on_done,
                         void *user_data);

/* What stands on the screen has stood until now: the vault is told, so that a time finds it.
 * @on_done: as for agentd_agent_forget(), within AGENTD_TELL_MAX_MS */
#define AGENTD_TELL_MAX_MS 1000
void agentd_agent_tell_ends(AgentdAgent *self, AgentdForgetFunc on_done, void *user_data);

/* What is shown is remembered as if it had just come: something was forgotten. */
void agentd_agent_look_again(AgentdAgent *self);

/* The fields of @out_status are freed by agentd_status_clear(). */
void agentd_agent_get_status(AgentdAgent *self, AgentdStatus *out_status);
void agentd_status_clear(AgentdStatus *status);

/* Returns: (transfer full): of AgentdPart */
GPtrArray *agentd_agent_check(AgentdAgent *self);
