/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

#define POLICY_INSERT_MAX_BYTES (16 * 1024) /* of a statement; the rest is not looked at */

/**
 * policy_detect_insert:
 * @at: behind "INSERT INTO"
 *
 * Masks what the statement puts into columns of passwords, if it names its columns. Used by
 * policies/detect-commands.c only.
 */
void policy_detect_insert(PolicyDetectText *text, size_t at);
