/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* What an a{sv} says that came over the bus. What is not there is empty, 0 and FALSE. */

/* Returns: (transfer none) */
const char *app_dict_get_text(GVariant *dict, const char *key);
unsigned app_dict_get_number(GVariant *dict, const char *key);
gboolean app_dict_is_set(GVariant *dict, const char *key);
