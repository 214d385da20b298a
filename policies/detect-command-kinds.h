/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* One command that takes a password among its arguments: what it begins with, letter by letter, a
 * PCRE2 pattern for the rest of its name, and one for what has the password in its first group. The
 * latter is tried where an argument begins. */
typedef struct {
    const char *name; /* two letters at least */
    const char *rest;
    const char *argument; /* (nullable): it is a statement of a data base */
} PolicyCommandKind;

extern const PolicyCommandKind policy_command_kinds[];
extern const unsigned policy_n_command_kinds;
