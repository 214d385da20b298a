/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Payment cards and Chinese identity numbers. Used by policies/detect.c only. */
void policy_detect_numbers(PolicyDetectText *text);

/* What ends at @end and may become one of them. */
void policy_detect_number_beginning(PolicyDetectText *text, size_t end);

/* International bank account numbers. */
void policy_detect_ibans(PolicyDetectText *text);
void policy_detect_iban_beginning(PolicyDetectText *text, size_t end);
