/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

/* What is told of something that is forgotten, or would be: @summary is what the job of
 * io.deskhand.Recall1.Forget finished with. */

gboolean app_forgotten_is_nothing(GVariant *summary);

/* Microseconds since the epoch; 0 when there is none of this name. */
int64_t app_forgotten_get_time(GVariant *summary, const char *key);

/* "12 scenes from 14:00 to 14:05 (Mousepad 9, XTerm 3)" */
void app_forgotten_append_amount(GVariant *summary, GString *out);

void app_forgotten_write(GVariant *summary, gboolean is_json, GString *out);

/* @list: aa{sv}, as io.deskhand.Recall1.Receipts answers */
void app_forgotten_write_receipts(GVariant *list, gboolean is_json, GString *out);

/* What is found is one thing, that not all could be looked into another.
 * @error: APP_ERROR_FAILED: something was left, with a sentence about each */
gboolean app_forgotten_check_left(GVariant *summary, GError **error);
