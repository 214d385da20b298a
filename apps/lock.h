/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "apps/command.h"
#include "apps/secret.h"

/* The lock of the history, as several commands speak of it: an a{sv} of Recall1.GetLock. */

/* Returns: (transfer full): read it with apps/dict.h */
GVariant *app_lock_ask(GDBusConnection *vault, GCancellable *cancellable, GError **error);

/* "until 15:04, for 20000 results, ..." */
void app_lock_append_unlock(GVariant *lock, GString *out);

/* From @file, or from the terminal when it is NULL. */
AppSecret *app_lock_get_secret(const char *file,
                               const char *prompt,
                               GCancellable *cancellable,
                               GError **error);

gboolean app_key_asks(const char *backend);

/* What a back end protects from, and from what not: sentences, or empty when it is not known. */
const char *app_key_describe(const char *backend);
