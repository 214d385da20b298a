/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* Whether a running Firefox makes all its windows private ones. It was started with -private then,
 * or never remembers history; and none of those windows has the mark of a private one. */

#define RECALL_PROFILE_FILE_MAX_BYTES (4 * 1024 * 1024) /* of settings; more count as private */
#define RECALL_PROFILE_N_FILES_MAX 64                   /* of settings in one folder */

typedef enum {
    RECALL_PROFILE_BY_WINDOW, /* each window tells */
    RECALL_PROFILE_PRIVATE,
    RECALL_PROFILE_UNKNOWN, /* its settings are not found */
} RecallProfile;

/* Pure: what the settings in @text, a file of preferences, make of it; @is_private when they say
 * nothing. */
gboolean recall_profile_read_settings(const char *text, gboolean is_private);

/* Pure: whether @text, policies in JSON, makes all windows private. */
gboolean recall_profile_read_policies(const char *text);

/* Reads a few small files. */
RecallProfile recall_profile_find(pid_t pid);
