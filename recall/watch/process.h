/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* What a process of the same user was started with and has open, from /proc. */

#define RECALL_PROCESS_N_OPEN_MAX 1024           /* files of a process that are looked at */
#define RECALL_PROCESS_ARGUMENTS_MAX_BYTES 16384 /* of what a process was started with */

/* Returns: (transfer full) (nullable): the name of its program */
char *recall_process_dup_program(pid_t pid);

/* Returns: (transfer full): none when they cannot be read */
GStrv recall_process_dup_arguments(pid_t pid);

/* Returns: (transfer full) (nullable): the path of a file called @name that it has open, as it sees
 * it */
char *recall_process_find_open(pid_t pid, const char *name);
