/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* The errors of the command line are its exit codes, which scripts rely on. */

#define APP_EXIT_DONE 0

typedef enum {
    APP_ERROR_FAILED = 1,
    APP_ERROR_USAGE = 2,       /* the caller typed something that cannot be done as it stands */
    APP_ERROR_DENIED = 3,      /* by policy */
    APP_ERROR_LOCKED = 4,      /* history needs an unlock */
    APP_ERROR_NOT_RUNNING = 5, /* the daemon is not there, or does not answer */
} AppError;
#define APP_ERROR (app_error_quark())
GQuark app_error_quark(void);

/* Errors of other domains are APP_ERROR_FAILED. */
int app_error_to_exit_code(const GError *error);

/**
 * app_error_take_remote:
 * @who: "vault" or "agent"
 * @remote: (transfer full): what a D-Bus call to it returned
 *
 * Sets @error to the APP_ERROR that it means, with a sentence that says what to do.
 * G_IO_ERROR_CANCELLED is passed on as it is.
 */
void app_error_take_remote(GError **error, const char *who, GError *remote);
