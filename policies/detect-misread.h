/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Passwords behind labels that OCR did not read as they are. Used by policies/detect-words.c only.
 */

#define POLICY_MISREAD_LABEL_MAX_BYTES 24 /* a longer word is none */

void policy_detect_misread_labels(PolicyDetectText *text);
