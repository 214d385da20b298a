/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/capture.h"

/* The group [never] of agentd.conf: what is never remembered. agentd.conf(5) describes it. */

#define AGENTD_CONFIG_NEVER_GROUP "never"

/* Whether @key is one of the group. */
gboolean agentd_config_never_has_key(const char *key);

/* @error: G_KEY_FILE_ERROR or G_IO_ERROR_INVALID_DATA. Returns: (transfer full) */
PolicyCaptureRules *agentd_config_never_take(GKeyFile *file, GError **error);
