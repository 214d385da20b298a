/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Patterns of words, in any case, that are matched at one place and not searched for. Used by the
 * detectors only. */

#define POLICY_LABEL_MATCH_STEPS_MAX 20000 /* of PCRE2, at one place */

/* Returns: (transfer full): a pattern that does not compile is a bug of ours */
pcre2_code *policy_detect_pattern_compile(const char *pattern);

/**
 * policy_detect_pattern_match:
 * @at: where in @text the match has to begin; a pattern may look at what stands before
 * @length: of all of @text
 * @data: gets the groups and the mark
 *
 * Returns: how many groups there are with the whole as the first, 0 or less when nothing matches
 */
int policy_detect_pattern_match(const pcre2_code *code,
                                const char *text,
                                size_t length,
                                size_t at,
                                pcre2_match_data *data);
