/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Passwords among the arguments of commands, and in what fills a table of a data base. Used by
 * policies/detect-words.c only. */

#define POLICY_COMMAND_N_WORDS_MAX 64 /* of its arguments; further on nothing is looked for */

void policy_detect_commands(PolicyDetectText *text);
