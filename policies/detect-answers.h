/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Used by policies/detect-words.c only. */

/* Passwords that no label stands beside: what answers a question for one, and what is listed below
 * a line that says "passwords". */
void policy_detect_answers(PolicyDetectText *text);
