/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-pattern.h"

pcre2_code *
policy_detect_pattern_compile(const char *pattern)
{
    PCRE2_SIZE offset;
    int number;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                      PCRE2_ANCHORED | PCRE2_CASELESS | PCRE2_UTF, &number, &offset, NULL);

    g_assert(code != NULL);
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    return code;
}

static pcre2_match_context *
get_context(void)
{
    static pcre2_match_context *context;

    if (g_once_init_enter(&context)) {
        pcre2_match_context *made = pcre2_match_context_create(NULL);

        pcre2_set_match_limit(made, POLICY_LABEL_MATCH_STEPS_MAX);
        g_once_init_leave(&context, made);
    }
    return context;
}

int
policy_detect_pattern_match(const pcre2_code *code,
                            const char *text,
                            size_t length,
                            size_t at,
                            pcre2_match_data *data)
{
    return pcre2_match(code, (PCRE2_SPTR)text, length, at, PCRE2_NO_UTF_CHECK, data, get_context());
}
