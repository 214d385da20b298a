/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Used by policies/detect.c only. */

/* What follows a run. */
typedef enum {
    POLICY_DETECT_ROWS,    /* what stands beside it, or the row below */
    POLICY_DETECT_LINES,   /* the row below: each is one run */
    POLICY_DETECT_COLUMNS, /* what stands below it */
    POLICY_DETECT_TOLD,    /* what was told next, wherever it stands */
} PolicyDetectOrder;

/* Passwords behind their labels. */
void policy_detect_passwords(PolicyDetectText *text, PolicyDetectOrder order);

/* Private keys, of which only a part may be shown. */
void policy_detect_keys(PolicyDetectText *text);
