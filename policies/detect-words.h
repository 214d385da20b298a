/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Used by policies/detect.c only. */

#define POLICY_LABEL_MATCH_STEPS_MAX 20000 /* of PCRE2, at one place */

/* Passwords behind their labels. @has_columns: a run that stands below another follows it */
void policy_detect_passwords(PolicyDetectText *text, gboolean has_columns);

/* Private keys, of which only a part may be shown. */
void policy_detect_keys(PolicyDetectText *text);
