/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/capture.h"

#include <gio/gio.h>
#include <stdint.h>

/* The user's own settings: $XDG_CONFIG_HOME/deskhand/agentd.conf, a key file. What is not there has
 * the value of the table in config.c; agentd.conf(5) describes each. */

#define AGENTD_CONFIG_MAX_BYTES (64 * 1024) /* of agentd.conf */

typedef struct {
    char *path;                /* of the file */
    char *languages;           /* [read] languages: of Tesseract, "eng+chi_sim" */
    char *data_path;           /* [read] data: folder of the language data, NULL for the system's */
    PolicyCaptureRules *never; /* [never]: what is not remembered */
} AgentdConfig;

/* @path: NULL for the user's. A file that is not there is an empty one.
 * @error: G_KEY_FILE_ERROR or G_IO_ERROR_INVALID_DATA, with file, key and what it may be */
AgentdConfig *agentd_config_load(const char *path, GError **error);
void agentd_config_free(AgentdConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AgentdConfig, agentd_config_free)
