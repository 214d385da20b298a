/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* The sentence with which a daemon could not start, beside the sockets until it can: for `deskhand
 * doctor`, since nobody looks at the log first. */

#define PROTOCOL_FAILURE_VAULT "vault.failure"
#define PROTOCOL_FAILURE_AGENT "agent.failure"
#define PROTOCOL_FAILURE_MAX_BYTES 4096 /* what is longer is cut */

/* @name: one of the above. @sentence: (nullable): NULL when it started */
void protocol_failure_note(const char *name, const char *sentence);

/* Returns: (transfer full) (nullable): UTF-8, or NULL when there is none */
char *protocol_failure_read(const char *name);
