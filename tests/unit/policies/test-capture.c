/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/capture.h"
#include "policies/glob.h"
#include "policies/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define DASH "\xe2\x80\x94"

static void
test_globs(void **state)
{
    static const struct {
        const char *pattern;
        const char *text;
        gboolean matches;
    } cases[] = {
        {"", "", TRUE},          {"", "a", FALSE},        {"*", "", TRUE},
        {"a*c", "abbc", TRUE},   {"a*c", "abbcd", FALSE}, {"*b*", "abc", TRUE},
        {"?", "\xc3\xa4", TRUE}, {"a?", "a", FALSE},      {"*ab", "aab", TRUE},
        {"a**b", "ab", TRUE},    {"*.x", "y.x.x", TRUE},  {"a*b*c", "abcabd", FALSE},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (policy_glob_match(cases[i].pattern, cases[i].text) != cases[i].matches)
            fail_msg("%s on %s", cases[i].pattern, cases[i].text);
    }
}

static void
test_a_hostile_title_costs_little(void **state)
{
    g_autofree char *title = g_strnfill(4096, 'a');
    int64_t start_us = g_get_monotonic_time();

    assert_false(policy_glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", title));
    assert_true(g_get_monotonic_time() - start_us < G_USEC_PER_SEC);
}

static void
test_sites(void **state)
{
    static const struct {
        const char *pattern;
        const char *url;
        gboolean matches;
    } cases[] = {
        {"bank.example", "https://bank.example/", TRUE},
        {"bank.example", "http://www.Bank.Example:8080/x?y#z", TRUE},
        {"bank.example", "https://bank.example./", TRUE},
        {"bank.example", "https://me:pw@bank.example/", TRUE},
        {"bank.example", "https://notbank.example/", FALSE},
        {"bank.example", "https://bank.example.evil.test/", FALSE},
        {"bank.example", "https://other.test/?u=bank.example", FALSE},
        {"bank.example", "https://other.test/bank.example", FALSE},
        {"bank.example", "view-source:https://bank.example/", TRUE},
        {"bank.example", "about:reader?url=https%3A%2F%2Fbank.example%2Fx", TRUE},
        {"bank.example", "about:blank", FALSE},
        {"bank.example", "", FALSE},
        {"*.gov.cn", "https://www.gov.cn/", TRUE},
        {"*.gov.cn", "https://a.b.gov.cn/c", TRUE},
        {"*.gov.cn", "https://gov.cn/", TRUE},
        {"*.gov.cn", "https://notgov.cn/", FALSE},
        {"b\xc3\xbc"
         "cher.example",
         "https://xn--bcher-kva.example/", TRUE},
        {"example.com/private", "https://example.com/private", TRUE},
        {"example.com/private", "https://example.com/private?x=1", TRUE},
        {"example.com/private/*", "https://www.example.com/private/a/b", TRUE},
        {"example.com/private", "https://example.com/privately", FALSE},
        {"example.com/private", "https://example.com/%70rivate/x", TRUE},
        {"example.com/private", "https://example.com/PRIVATE/x", TRUE},
        {"example.com/private", "https://example.com/public", FALSE},
        {"https://example.com:8443", "https://example.com:8443/x", TRUE},
        {"https://example.com:8443", "https://example.com/x", FALSE},
        {"https://example.com", "http://example.com/x", FALSE},
        {"127.0.0.1:80", "http://127.0.0.1:80/x", TRUE},
        {"localhost", "http://localhost:8000/", TRUE},
        {"file:///home/me/tax", "file:///home/me/tax/2026.html", TRUE},
        {"file:///home/me/tax", "file:///home/me/taxi", FALSE},
        {"about:logins", "about:logins", TRUE},
        {"about:logins", "about:blank", FALSE},
        {"chrome://settings/passwords", "chrome://settings/passwords?x", TRUE},
        {"*", "https://anything.test/", TRUE},
        /* ways around a path, a port and a name */
        {"example.com/private", "https://example.com//private/x", TRUE},
        {"example.com/private", "https://example.com/%2Fprivate%2fx", TRUE},
        {"example.com/private", "https://example.com/./a/../private/x", TRUE},
        {"example.com/private", "https://example.com/a%2F..%2Fprivate", TRUE},
        {"example.com/private", "https://example.com/../../private", TRUE},
        {"example.com/private", "https://example.com/private/../public", FALSE},
        {"example.com/private", "https://example.com/private;a=b/x", TRUE},
        {"example.com/private", "https://example.com/%70rivate?x=%zz%", TRUE},
        {"example.com/private", "https://example.com/public?x=//private", FALSE},
        {"example.com//private/", "https://example.com/private", TRUE},
        {"example.com/a/?/x", "https://example.com/a/b/x", TRUE},
        {"example.com/private", "blob:https://example.com/6ba7b810", TRUE},
        {"other.com/private", "blob:https://example.com/6ba7b810", FALSE},
        {"example.com/private", "blob:null/6ba7b810", FALSE},
        {"example.com:80", "http://example.com/x", TRUE},
        {"example.com:80", "https://example.com/x", FALSE},
        {"https://example.com:443", "https://example.com/x", TRUE},
        {"example.com:8080", "http://example.com/x", FALSE},
        {"example.com:65535", "http://example.com:65535/x", TRUE},
        {"example.com:80*", "http://example.com:8080/x", TRUE},
        {"example.com:", "http://example.com:8080/x", TRUE},
        {"bank.example", "view-source:https://BANK.example.:443/", TRUE},
        {"bank.example", "about:reader?url=https%3A%2F%2Fb%2561nk.example%2Fx", TRUE},
        {"file:///home/me/tax", "file:///home//me/./tax/2026.html", TRUE},
        {"file:///home/me/tax", "jar:file:///home/me/tax/a.zip!/x.html", TRUE},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(PolicySite) site = policy_site_new(cases[i].pattern, NULL);

        assert_non_null(site);
        if (policy_site_match(site, cases[i].url) != cases[i].matches)
            fail_msg("%s on %s", cases[i].pattern, cases[i].url);
    }
}

static void
test_bad_sites_are_refused(void **state)
{
    static const char *const patterns[] = {"",
                                           " ",
                                           "/",
                                           "https://",
                                           "bank example",
                                           "https://bank.example:99999/",
                                           "bank.example:65536",
                                           "bank.example:0",
                                           "https://bank.example:http/",
                                           "bank.example:8a"};

    for (unsigned i = 0; i < G_N_ELEMENTS(patterns); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(policy_site_new(patterns[i], &error));
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
    }
}

static void
test_host_end(void **state)
{
    static const char *const cases[][2] = {
        {"bank.example", "bank.example"},
        {"https://www.bank.example:8443/a", "www.bank.example"},
        {"*.gov.cn", "gov.cn"},
        {"a*b.gov.cn", "gov.cn"},
        {"b\xc3\xbc"
         "cher.example",
         "example"},
        {"xn--bcher-kva.example", "example"},
        {"bank.*", ""},
        {"localhost", "localhost"},
        {"[::1]:80", ""},
        {"file:///home/me", ""},
        {"about:logins", ""},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(PolicySite) site = policy_site_new(cases[i][0], NULL);
        g_autofree char *end = policy_site_dup_host_end(site);

        assert_string_equal(end, cases[i][1]);
    }
}

static void
test_private_windows(void **state)
{
    static const struct {
        const char *app;
        const char *title;
        const char *name;
        PolicyBrowsing browsing;
        const char *url;
    } cases[] = {
        {"Chromium", "Page - Chromium", NULL, POLICY_BROWSING_UNKNOWN},
        {"Chromium", "Page - Chromium", "Page - Chromium", POLICY_BROWSING_PUBLIC},
        {"Chromium", "Page - Chromium", "Page - Audio playing - Chromium", POLICY_BROWSING_PUBLIC},
        {"Chromium", "Page - Chromium", "Page - Chromium (Incognito)", POLICY_BROWSING_PRIVATE},
        {"Chromium", "Page - Chromium", "Page - Muted - Chromium (Inkognito)",
         POLICY_BROWSING_PRIVATE},
        {"Chromium", "Page - Chromium",
         "Page - Chromium\xef\xbc\x88\xe6\x97\xa0\xe7\x97\x95\xef\xbc\x89",
         POLICY_BROWSING_PRIVATE},
        {"Chromium", "Old - Chromium", "New - Chromium", POLICY_BROWSING_UNKNOWN},
        {"Chromium", "", "", POLICY_BROWSING_UNKNOWN},
        /* a page that would pass for a public window */
        {"Chromium", "x - Chromium - Chromium", "x - Chromium - Chromium (Incognito)",
         POLICY_BROWSING_PRIVATE},
        /* an installed page has no product's name */
        {"Chromium", "Mail", "Mail", POLICY_BROWSING_PUBLIC},
        {"Chromium", "Mail", "Mail (Incognito)", POLICY_BROWSING_PRIVATE},
        {"Chromium", "A - B", "A - B (Incognito)", POLICY_BROWSING_PRIVATE},
        {"Google-chrome", "Page - Google Chrome", "Page - Google Chrome - Work",
         POLICY_BROWSING_PUBLIC},
        {"Google-chrome", "Page - Google Chrome", "Page - Google Chrome - Guest",
         POLICY_BROWSING_PRIVATE},
        {"firefox-esr", "Page " DASH " Mozilla Firefox", NULL, POLICY_BROWSING_PUBLIC},
        {"firefox-esr", "Mozilla Firefox", NULL, POLICY_BROWSING_UNKNOWN},
        {"firefox-esr", "Mozilla Firefox", NULL, POLICY_BROWSING_UNKNOWN, "about:blank"},
        {"firefox-esr", "Mozilla Firefox", NULL, POLICY_BROWSING_PUBLIC, "https://ok.test/"},
        {"firefox-esr", "Page " DASH " Mozilla Firefox Private Browsing", NULL,
         POLICY_BROWSING_PRIVATE},
        {"firefox-esr", "Seite " DASH " Mozilla Firefox (Privater Modus)", NULL,
         POLICY_BROWSING_PRIVATE},
        {"firefox-esr",
         "Page " DASH " Navigation priv\xc3\xa9"
         "e de Mozilla Firefox",
         NULL, POLICY_BROWSING_PRIVATE},
        {"firefox-esr",
         "Seite " DASH " Mozilla Firefox\xef\xbc\x88"
         "\xe9\x9a\x90\xe7\xa7\x81\xef\xbc\x89",
         NULL, POLICY_BROWSING_PRIVATE},
        {"firefox-esr", "Seite " DASH " Mozilla Firefox \xe9\x9a\x90\xe7\xa7\x81", NULL,
         POLICY_BROWSING_PRIVATE},
        {"firefox-esr", "", NULL, POLICY_BROWSING_UNKNOWN},
        {"xterm", "Page " DASH " Mozilla Firefox Private Browsing", NULL, POLICY_BROWSING_NONE},
    };
    static const char *const profiles[] = {"Work", NULL};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        PolicyBrowsing browsing =
            policy_browsing_judge(policy_browser_find(cases[i].app), cases[i].title, cases[i].name,
                                  cases[i].url, profiles);

        if (browsing != cases[i].browsing)
            fail_msg("%s with %s: %d", cases[i].title, cases[i].name, browsing);
    }
}

static void
test_titles_of_pages(void **state)
{
    static const char *const cases[][3] = {
        {"Chromium", "Page - Chromium", "Page"},
        {"Chromium", "A - B - Chromium", "A - B"},
        {"Chromium", "Mail", "Mail"},
        {"firefox-esr", "Page " DASH " Mozilla Firefox", "Page"},
        {"firefox-esr", "A - B " DASH " Mozilla Firefox", "A - B"},
        {"firefox-esr", "Mozilla Firefox", ""},
        {"xterm", "A - B", "A - B"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *page =
            policy_browsing_dup_page_title(policy_browser_find(cases[i][0]), cases[i][1]);

        assert_string_equal(page, cases[i][2]);
    }
}

static void
test_own_pages(void **state)
{
    assert_true(policy_browsing_is_own_page("chrome://tab-search.top-chrome/"));
    assert_true(policy_browsing_is_own_page("about:newtab"));
    assert_false(policy_browsing_is_own_page("https://chrome.test/about:"));
    assert_false(policy_browsing_is_own_page(NULL));
}

static PolicyCaptureRules *
make_rules(void)
{
    PolicyCaptureRules *rules = policy_capture_rules_new();

    assert_true(policy_capture_rules_add(rules, POLICY_CAPTURE_APPLICATION, "Payroll*", NULL));
    assert_true(policy_capture_rules_add(rules, POLICY_CAPTURE_TITLE, "top secret", NULL));
    assert_true(policy_capture_rules_add(rules, POLICY_CAPTURE_TITLE, "draft *", NULL));
    assert_true(policy_capture_rules_add(rules, POLICY_CAPTURE_SITE, "bank.example", NULL));
    return rules;
}

static void
test_decisions(void **state)
{
    static const struct {
        PolicyCaptureQuestion question;
        PolicyCaptureVerdict verdict;
        const char *rule;
    } cases[] = {
        {{"XTerm", "shell"}, POLICY_CAPTURE_ALLOW, NULL},
        {{"", ""}, POLICY_CAPTURE_ALLOW, NULL},
        {{"XTerm", "shell", .is_opted_out = TRUE}, POLICY_CAPTURE_DENY, "opted out"},
        {{"", "", .is_part_denied = TRUE}, POLICY_CAPTURE_DENY, "part of another"},
        {{"payroll-client", "x"}, POLICY_CAPTURE_DENY, "application Payroll*"},
        {{"XTerm", "This is TOP SECRET now"}, POLICY_CAPTURE_DENY, "title top secret"},
        {{"XTerm", "Draft 3"}, POLICY_CAPTURE_DENY, "title draft *"},
        {{"XTerm", "My draft 3"}, POLICY_CAPTURE_ALLOW, NULL},
        {{"KeePassXC", "x"}, POLICY_CAPTURE_DENY, "application keepass*"},
        {{"Pinentry-gtk-2", "x"}, POLICY_CAPTURE_DENY, "application pinentry*"},
        {{"org.remmina.Remmina", "x"}, POLICY_CAPTURE_DENY, "application org.remmina.*"},
        {{"Vncviewer", "x"}, POLICY_CAPTURE_DENY, "application vncviewer*"},
        {{"Polkit-gnome-authentication-agent-1", "x"},
         POLICY_CAPTURE_DENY,
         "application *polkit*agent*"},
        {{"Chromium", "P - Chromium", "https://ok.test/", NULL},
         POLICY_CAPTURE_UNDECIDED,
         "undecided browser"},
        {{"Chromium", "P - Chromium", NULL, "P - Chromium"},
         POLICY_CAPTURE_UNDECIDED,
         "undecided site"},
        {{"Chromium", "P - Chromium", "https://ok.test/", "P - Chromium"},
         POLICY_CAPTURE_ALLOW,
         NULL},
        {{"Chromium", "P - Chromium", "https://my.bank.example/", "P - Chromium"},
         POLICY_CAPTURE_DENY,
         "site bank.example"},
        {{"Chromium", "P - Chromium", "https://ok.test/", "P - Chromium (Incognito)"},
         POLICY_CAPTURE_DENY,
         "private window"},
        {{"firefox", "P " DASH " Mozilla Firefox Private Browsing"},
         POLICY_CAPTURE_DENY,
         "private window"},
        {{"firefox", "P " DASH " Mozilla Firefox"}, POLICY_CAPTURE_UNDECIDED, "undecided site"},
        {{"firefox", "P " DASH " Mozilla Firefox", "https://ok.test/", .is_all_private = TRUE},
         POLICY_CAPTURE_DENY,
         "private window"},
        {{"firefox", "P " DASH " Mozilla Firefox", "https://ok.test/", .is_all_unsure = TRUE},
         POLICY_CAPTURE_UNDECIDED,
         "undecided browser"},
        {{"XTerm", "shell", .is_all_private = TRUE}, POLICY_CAPTURE_ALLOW, NULL},
        {{"Work", "P " DASH " Mozilla Firefox (Privat)", "https://ok.test/",
          .browser = POLICY_BROWSER_GECKO},
         POLICY_CAPTURE_DENY,
         "private window"},
        {{"Chromium", "P - Chromium", "about:blank", "P - Chromium"},
         POLICY_CAPTURE_DENY,
         "blank page"},
        {{"firefox", "P " DASH " Mozilla Firefox", "https://ok.test/"}, POLICY_CAPTURE_ALLOW, NULL},
    };
    g_autoptr(PolicyCaptureRules) rules = make_rules();

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        PolicyCaptureDecision decision = policy_capture_decide(rules, &cases[i].question);

        if (decision.verdict != cases[i].verdict || g_strcmp0(decision.rule, cases[i].rule) != 0)
            fail_msg("case %u: %d %s", i, decision.verdict, decision.rule);
        assert_int_equal(decision.reason == NULL, decision.verdict == POLICY_CAPTURE_ALLOW);
    }
}

static void
test_what_the_settings_loosen(void **state)
{
    static const PolicyCaptureQuestion private = {"Chromium", "P - Chromium", NULL,
                                                  "P - Chromium (Incognito)"};
    static const PolicyCaptureQuestion unknown = {"Chromium", "P - Chromium"};
    static const PolicyCaptureQuestion keeper = {"KeePassXC", "x"};
    g_autoptr(PolicyCaptureRules) rules = policy_capture_rules_new();

    policy_capture_rules_allow_unknown(rules, TRUE);
    assert_int_equal(policy_capture_decide(rules, &unknown).verdict, POLICY_CAPTURE_ALLOW);
    assert_int_equal(policy_capture_decide(rules, &private).verdict, POLICY_CAPTURE_DENY);
    policy_capture_rules_allow_private(rules, TRUE);
    assert_int_equal(policy_capture_decide(rules, &private).verdict, POLICY_CAPTURE_ALLOW);
    assert_int_equal(policy_capture_decide(rules, &keeper).verdict, POLICY_CAPTURE_DENY);
    policy_capture_rules_drop_initial(rules);
    assert_int_equal(policy_capture_decide(rules, &keeper).verdict, POLICY_CAPTURE_ALLOW);
}

static void
test_texts_that_name_sites(void **state)
{
    static const struct {
        const char *text;
        gboolean names;
    } cases[] = {
        {"bank.example", TRUE},
        {"Balance - www.bank.example/accounts?x", TRUE},
        {"https://bank.example:8443/", TRUE},
        {"intranet/pay", TRUE},
        {"intranet", FALSE}, /* a word */
        {"intranet/news", FALSE},
        {"other.example/bank.example", FALSE},
        {"", FALSE},
        {"9.30", FALSE},
    };
    g_autoptr(PolicyCaptureRules) rules = policy_capture_rules_new();

    assert_false(policy_capture_rules_names_site(rules, "bank.example"));
    assert_true(policy_capture_rules_add(rules, POLICY_CAPTURE_SITE, "bank.example", NULL));
    assert_true(policy_capture_rules_add(rules, POLICY_CAPTURE_SITE, "intranet/pay", NULL));
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (policy_capture_rules_names_site(rules, cases[i].text) != cases[i].names)
            fail_msg("%s", cases[i].text);
    }
}

static void
test_patterns_are_bounded(void **state)
{
    g_autoptr(PolicyCaptureRules) rules = policy_capture_rules_new();
    g_autofree char *longest = g_strnfill(POLICY_CAPTURE_PATTERN_MAX_BYTES, 'a');
    g_autofree char *too_long = g_strnfill(POLICY_CAPTURE_PATTERN_MAX_BYTES + 1, 'a');
    g_autoptr(GError) error = NULL;

    assert_true(policy_capture_rules_add(rules, POLICY_CAPTURE_TITLE, longest, NULL));
    assert_false(policy_capture_rules_add(rules, POLICY_CAPTURE_TITLE, too_long, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
    for (unsigned i = 1; i < POLICY_CAPTURE_RULES_N_MAX; i++)
        assert_true(policy_capture_rules_add(rules, POLICY_CAPTURE_TITLE, "a", NULL));
    assert_false(policy_capture_rules_add(rules, POLICY_CAPTURE_TITLE, "a", NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_globs),
        cmocka_unit_test(test_a_hostile_title_costs_little),
        cmocka_unit_test(test_sites),
        cmocka_unit_test(test_bad_sites_are_refused),
        cmocka_unit_test(test_host_end),
        cmocka_unit_test(test_private_windows),
        cmocka_unit_test(test_titles_of_pages),
        cmocka_unit_test(test_own_pages),
        cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_what_the_settings_loosen),
        cmocka_unit_test(test_texts_that_name_sites),
        cmocka_unit_test(test_patterns_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
