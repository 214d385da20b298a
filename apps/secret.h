/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/* A secret that a person types, on its way to the vault. It is never an argument nor in the
 * environment, where other programs see it, and never in a message. From the first one on, the
 * program cannot be looked into by others of the same user and leaves no core. */

#define APP_SECRET_MAX_BYTES 4096 /* of a passphrase, PIN or recovery key */

typedef struct AppSecret AppSecret;

/* One that is empty. */
AppSecret *app_secret_new(void);

/* Clears. */
void app_secret_free(AppSecret *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AppSecret, app_secret_free)

/* Asks on the terminal, and does not show what is typed. @prompt: "Passphrase"
 * @error: APP_ERROR_USAGE when there is no terminal; G_IO_ERROR_CANCELLED */
AppSecret *app_secret_ask(const char *prompt, GCancellable *cancellable, GError **error);

/* The first line of a file. @path: "-" for standard input
 * @error: APP_ERROR_USAGE: it cannot be read, is empty or too long */
AppSecret *app_secret_read(const char *path, GError **error);

gboolean app_secret_is_equal(const AppSecret *a, const AppSecret *b);
size_t app_secret_count_characters(const AppSecret *self);

/* Returns: the handle of what carries it, in @fds, or -1 */
int app_secret_send(const AppSecret *self, GUnixFDList *fds, GError **error);

/* What the vault sent in @fds. Returns: borrowed until the secret is freed, clean text */
AppSecret *app_secret_receive(GUnixFDList *fds, GError **error);
const char *app_secret_get_text(const AppSecret *self);
