/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* Patterns of what is never remembered, and windows that they are held against. Lines: application,
 * title, address, accessible name; then patterns, each with its kind in the first letter. */

#include "policies/capture.h"
#include "policies/glob.h"
#include "policies/site.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

const char *const fuzz_words[] = {"*",
                                  "?",
                                  "://",
                                  "https://",
                                  "file:///",
                                  "about:",
                                  "view-source:",
                                  "blob:",
                                  "bank.example",
                                  "*.gov.cn",
                                  ":8443",
                                  "/private/",
                                  "xn--",
                                  "%2e",
                                  "%",
                                  "[::1]",
                                  "@",
                                  "..",
                                  "Chromium",
                                  "firefox",
                                  " - Mozilla Firefox",
                                  "中国",
                                  ".",
                                  "\n",
                                  NULL};

/* A star in place of the pattern's end denies no less. */
static void
check_glob(const char *pattern, const char *text)
{
    g_autofree char *wider = g_strconcat(pattern, "*", NULL);

    if (policy_glob_match(pattern, text))
        g_assert_true(policy_glob_match(wider, text));
    g_assert_true(policy_glob_match("*", text));
}

static void
check_site(const char *pattern, const char *url)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PolicySite) site = policy_site_new(pattern, &error);

    g_assert_true((site != NULL) == (error == NULL));
    if (site != NULL)
        policy_site_match(site, url);
}

static void
check_fold(const char *text)
{
    g_autofree char *folded = policy_glob_fold(text);
    g_autofree char *again = policy_glob_fold(folded);

    g_assert_true(g_utf8_validate(folded, -1, NULL));
    g_assert_cmpstr(folded, ==, again);
}

/* One more rule never lets through what was denied. */
static void
check_rules(FuzzInput *input, const PolicyCaptureQuestion *question)
{
    g_autoptr(PolicyCaptureRules) rules = policy_capture_rules_new();
    PolicyCaptureVerdict verdict = policy_capture_decide(rules, question).verdict;

    for (unsigned n = 0; n < 20; n++) {
        g_autofree char *line = fuzz_take_line(input);
        g_autofree char *pattern = line != NULL ? g_utf8_make_valid(line, -1) : NULL;
        PolicyCaptureDecision decision;

        if (pattern == NULL)
            return;
        if (*pattern == '\0')
            continue;
        check_glob(pattern + 1, question->title);
        check_site(pattern + 1, question->url);
        policy_capture_rules_add(rules, (PolicyCaptureKind)((uint8_t)*pattern % 3), pattern + 1,
                                 NULL);
        decision = policy_capture_decide(rules, question);
        g_assert_cmpint(decision.verdict, >=, verdict);
        g_assert_true((decision.verdict == POLICY_CAPTURE_ALLOW) == (decision.rule == NULL));
        verdict = decision.verdict;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput input = {data, MIN(size, 8192)};
    char *texts[4];
    PolicyCaptureQuestion question;

    for (unsigned i = 0; i < 4; i++) {
        g_autofree char *line = fuzz_take_line(&input);

        texts[i] = g_utf8_make_valid(line != NULL ? line : "", -1);
        check_fold(texts[i]);
    }
    question = (PolicyCaptureQuestion){
        .app = texts[0], .title = texts[1], .url = texts[2], .name = texts[3]};
    check_rules(&input, &question);
    for (unsigned i = 0; i < 4; i++)
        g_free(texts[i]);
    return 0;
}
