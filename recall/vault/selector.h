/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/site.h"
#include "recall/vault/intent.h"
#include "recall/vault/vault.h"

/* Finds what is to be forgotten, in steps, and changes nothing: for a dry run, or for
 * recall/vault/forget.h. */

#define RECALL_SELECTOR_STEP_US 15000
#define RECALL_SELECTOR_N_APPS_MAX 1000 /* that are told apart */

/* A range holds a scene when the scene was shown in any part of it. Strings are borrowed for the
 * call of recall_selector_new(). */
typedef struct {
    RecallForgetKind kind;
    int64_t since_us; /* G_MININT64 and G_MAXINT64 for all times */
    int64_t until_us; /* exclusive */
    const char *app;  /* the following (nullable): as a search looks for them */
    const char *query;
    const char *url;  /* (nullable): that recall_selector_parse_site() takes */
    int64_t scene_id; /* of RECALL_FORGET_SCENE */
} RecallForgetWhat;

/* The site, or the part of one: policies/site.h, whether with http or https; but a name without a
 * dot is that host alone, so that "us" or "com" does not take every site below it.
 * @error: G_IO_ERROR_INVALID_ARGUMENT */
PolicySite *recall_selector_parse_site(const char *url, GError **error);

typedef struct RecallSelector RecallSelector;

/* @now: also says the person's time zone. Never fails: what finds nothing is done at once. */
RecallSelector *recall_selector_new(const RecallForgetWhat *what, GDateTime *now);
void recall_selector_free(RecallSelector *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallSelector, recall_selector_free)

/**
 * recall_selector_step:
 * @out_is_done: nothing is left to look for
 * @error: G_IO_ERROR_PERMISSION_DENIED: locked, and it is about more than whole weeks of a range;
 *   G_IO_ERROR_NOT_FOUND: there is no such scene
 *
 * Works for about RECALL_SELECTOR_STEP_US, on the store's thread.
 */
gboolean recall_selector_step(RecallSelector *self,
                              RecallVault *vault,
                              gboolean *out_is_done,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Once it is done. The first is borrowed, the second (transfer full). */
const RecallIntent *recall_selector_get_intent(const RecallSelector *self);
RecallIntent *recall_selector_steal_intent(RecallSelector *self);

/* Returns: (transfer none): application to number of scenes (GUINT_TO_POINTER) */
GHashTable *recall_selector_get_apps(const RecallSelector *self);

/* Sentences about weeks that could not be looked into and stay, each with the file's name. Returns:
 * (transfer none): of char * */
const GPtrArray *recall_selector_get_left(const RecallSelector *self);
