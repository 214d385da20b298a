/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Tokens of vendors, by the formats that they document. Used by policies/detect.c only. */

#define POLICY_TOKEN_MATCH_STEPS_MAX 20000 /* of PCRE2, at one place */

void policy_detect_tokens(PolicyDetectText *text);
void policy_detect_token_beginning(PolicyDetectText *text, size_t end);
