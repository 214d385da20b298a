/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* One kind of token: what it begins with, letter by letter, and a PCRE2 pattern for the rest. The
 * rest asks for somewhat less than the documented length, because a letter may be hidden or
 * misread, and takes whatever goes on after it. At the end of a rest stands what tells that the
 * word before the prefix belongs to the token. */
#define POLICY_TOKEN_WHOLE_WORD "(*MARK:WHOLE)"

typedef struct {
    const char *name;
    const char *prefix; /* two letters at least */
    const char *rest;
} PolicyTokenKind;

extern const PolicyTokenKind policy_token_kinds[];
extern const unsigned policy_n_token_kinds;
