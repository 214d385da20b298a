/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/worker.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/recall/vault/fixture.h"

#include <gio/gio.h>

/* A service of the vault over a connection of its own, with a history in a folder of its own, for
 * one input. */

typedef struct {
    const char *name;
    const char *arguments; /* type of the tuple; each h in it is a file that holds "secret" */
} FuzzMethod;

typedef struct {
    const char *path;
    const char *interface;
    const FuzzMethod *methods; /* ended by NULL */
} FuzzObject;

typedef struct {
    Fixture *folder;
    BaseWorker *worker;
    RecallVault *vault;
    GDBusConnection *service; /* to show the object on: do so before the first call */
    GDBusConnection *client;
    GArray *ids; /* of int64_t: scenes that were acknowledged */
    unsigned n_jobs_begun;
    unsigned n_jobs_finished;
} FuzzService;

FuzzService *fuzz_service_new(void);

/* To be called after the service's own object is freed. */
void fuzz_service_free(FuzzService *self);

/* Each line is a method and its arguments as g_variant_parse() takes them; others are left out.
 * Sends all and waits until all are answered and the jobs that they began have finished. */
void fuzz_service_run(FuzzService *self, const FuzzObject *object, FuzzInput *input);
