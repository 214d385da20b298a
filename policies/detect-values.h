/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* What may be the value of a label, for those who look for labels. */

#define POLICY_VALUE_MAX_BYTES 128 /* of a value in a cell of its own */

/* Of a pattern: nothing of a word before it. */
#define POLICY_NOT_IN_WORD "(?<![A-Za-z])"

/* What is told of passwords is none. */
#define POLICY_NO_VALUE                                                                            \
    "(?![0-9]{1,2} (?:or more )?(?:char|letter|digit|sign|day|attempt|minute)"                     \
    "|(?:required|optional|forgot(?:ten)?|lost|none|hidden|invalid|incorrect|wrong|missing|empty|" \
    "blank|expired|weak|strong|medium|good|correct|changed|set|reset|updated|renewed|stored|"      \
    "saved|sent|shown|encrypted|hashed|protected|kept|being|been|not|never|always|now|still|"      \
    "already|also|only|too|very|null|nil|undefined|true|false|the|a|an|your|you|my|our|at|in|on|"  \
    "by|for|from|of|to|and|or|no|"                                                                 \
    "must|should|can|cannot|please|enter|needed|case|secure|default|different|accepted|"           \
    "recommended|minimum|maximum|generated|多少|什么|啥)(?![\\w!@#$%^&*-]|\\.\\w))"

/* Returns: how long the word is that begins at @at, 0 when it is not one of letters and digits */
size_t policy_detect_count_random(const char *at);
