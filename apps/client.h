/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/* The daemons as the command line sees them. Every call waits in the default main context, so that
 * Ctrl-C gets through, and none waits without a deadline. Errors are APP_ERROR with a sentence,
 * or G_IO_ERROR_CANCELLED. */

#define APP_CLIENT_CONNECT_DEADLINE_MS 3000
#define APP_CLIENT_CALL_DEADLINE_MS 20000
#define APP_CLIENT_TELL_DEADLINE_MS 500
#define APP_CLIENT_JOB_SILENCE_MAX_MS 60000 /* between two messages of a job */
#define APP_CLIENT_CANCEL_DEADLINE_MS 500   /* for a job to end after it was told to */

/* To the vault's recall socket. Returns: (transfer full) */
GDBusConnection *app_client_connect_vault(GCancellable *cancellable, GError **error);

/* @parameters: floating, or NULL. @out_fds: (optional). Returns: (transfer full): the reply */
GVariant *app_client_call_vault(GDBusConnection *vault,
                                const char *method,
                                GVariant *parameters,
                                GUnixFDList **out_fds,
                                GCancellable *cancellable,
                                GError **error);

/* The same with descriptors that go along. @fds: of the handles in @parameters */
GVariant *app_client_send_vault(GDBusConnection *vault,
                                const char *method,
                                GVariant *parameters,
                                GUnixFDList *fds,
                                GUnixFDList **out_fds,
                                GCancellable *cancellable,
                                GError **error);

/* One result of a job, a{sv}. Returns: FALSE with @error set to end the job */
typedef gboolean (*AppClientFunc)(GVariant *result, void *user_data, GError **error);

/* After each batch of results. Returns: as above */
typedef gboolean (*AppClientBatchFunc)(void *user_data, GError **error);

/**
 * app_client_run_job:
 * @method: Search or Timeline
 * @out_next: (out) (transfer full): cursor of the following page, or NULL
 * @out_note: (out) (transfer full): a sentence for the person about the query, or NULL
 *
 * Runs the one job of this connection to its end. When it is cancelled, or a function says so, the
 * job is told and waited for, briefly.
 */
gboolean app_client_run_job(GDBusConnection *vault,
                            const char *method,
                            GVariant *parameters,
                            AppClientFunc on_result,
                            AppClientBatchFunc on_batch,
                            void *user_data,
                            GCancellable *cancellable,
                            char **out_next,
                            char **out_note,
                            GError **error);

/* Runs the one job of this connection that has no results. @method: Forget
 * @out_summary: (out) (transfer full): what it finished with */
gboolean app_client_run_work(GDBusConnection *vault,
                             const char *method,
                             GVariant *parameters,
                             GCancellable *cancellable,
                             GVariant **out_summary,
                             GError **error);

/* GLib would start a bus of its own (dbus-launch) where there is none, and leave it behind. */
gboolean app_client_has_session_bus(void);

/* A method of io.deskhand.Agent1 on the session bus. Never starts the agent nor a bus.
 * Returns: (transfer full): the reply */
GVariant *app_client_call_agent(const char *method,
                                GVariant *parameters,
                                GCancellable *cancellable,
                                GError **error);

/* Before something asks for a time: what stands on the screen has stood until now, and the vault
 * is told so, where there is an agent that answers. */
void app_client_tell_ends(GCancellable *cancellable);
