/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "apps/command.h"

/* The texts that are made from the table of commands. */

/* What `deskhand help` prints. */
void app_help_append_overview(GString *out);

/* What `deskhand COMMAND --help` prints. */
void app_help_append_command(GString *out, const AppCommand *command);
