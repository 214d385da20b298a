/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* One thread that runs jobs first in, first out. The job is a plain struct; it sees neither the
 * GTask nor its source object, so nothing of the owner is ever finalized on the worker's thread
 * (with g_task_run_in_thread() it is, see docs/HACKING.md). */

#define BASE_WORKER_N_JOBS_MAX 1024 /* that wait; more are refused */

typedef struct BaseWorker BaseWorker;

/* Runs on the worker's thread. Returns: (transfer full): the result, or NULL with @error set */
typedef void *(*BaseWorkerFunc)(void *job, GCancellable *cancellable, GError **error);

/* @name: shown as the thread's name, at most 15 bytes are visible */
BaseWorker *base_worker_new(const char *name);

/* Waits for the job in hand, cancels those that wait; their tasks return G_IO_ERROR_CANCELLED. */
void base_worker_free(BaseWorker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BaseWorker, base_worker_free)

/**
 * base_worker_push:
 * @task: (transfer full): returned with the job's result on the thread-default main context that
 *   was current at g_task_new(); its cancellable is given to @func
 * @job: (transfer full): freed with @free_job, on the owner's thread
 * @free_result: frees a result that nobody took
 *
 * When BASE_WORKER_N_JOBS_MAX jobs wait, @task returns G_IO_ERROR_BUSY. Call it on the thread that
 * owns @self.
 */
void base_worker_push(BaseWorker *self,
                      GTask *task,
                      BaseWorkerFunc func,
                      void *job,
                      GDestroyNotify free_job,
                      GDestroyNotify free_result);

/* Jobs that wait or run. */
unsigned base_worker_n_jobs(BaseWorker *self);
