/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "apps/command.h"
#include "apps/secret.h"

/* The lock of the history, as several commands speak of it: an a{sv} of Recall1.GetLock. */

/* Returns: (transfer full) */
GVariant *app_lock_ask(GDBusConnection *vault, GCancellable *cancellable, GError **error);

/* What is not there is empty, 0 and FALSE. */
const char *app_lock_get_text(GVariant *lock, const char *key);
unsigned app_lock_get_number(GVariant *lock, const char *key);
gboolean app_lock_is_set(GVariant *lock, const char *key);

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
