/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/browsing.h"

#include "policies/glob.h"

#include <string.h>

PolicyBrowser
policy_browser_find(const char *app)
{
    static const struct {
        const char *pattern;
        PolicyBrowser browser;
    } browsers[] = {
        {"chromium*", POLICY_BROWSER_CHROMIUM},
        {"google-chrome*", POLICY_BROWSER_CHROMIUM},
        {"chrome", POLICY_BROWSER_CHROMIUM},
        {"brave*", POLICY_BROWSER_CHROMIUM},
        {"microsoft-edge*", POLICY_BROWSER_CHROMIUM},
        {"msedge*", POLICY_BROWSER_CHROMIUM},
        {"vivaldi*", POLICY_BROWSER_CHROMIUM},
        {"opera*", POLICY_BROWSER_CHROMIUM},
        {"yandex-browser*", POLICY_BROWSER_CHROMIUM},
        {"ungoogled-chromium*", POLICY_BROWSER_CHROMIUM},
        {"firefox*", POLICY_BROWSER_GECKO},
        {"navigator", POLICY_BROWSER_GECKO},
        {"nightly", POLICY_BROWSER_GECKO},
        {"librewolf*", POLICY_BROWSER_GECKO},
        {"waterfox*", POLICY_BROWSER_GECKO},
        {"floorp*", POLICY_BROWSER_GECKO},
    };
    g_autofree char *folded = policy_glob_fold(app);

    for (unsigned i = 0; i < G_N_ELEMENTS(browsers); i++) {
        if (policy_glob_match(browsers[i].pattern, folded))
            return browsers[i].browser;
    }
    return POLICY_BROWSER_NONE;
}

/* A new private window is called like a public one until its first page is there. */
static gboolean
has_page(const char *url)
{
    return url != NULL && *url != '\0' && !g_str_has_prefix(url, "about:");
}

/* Bytes of @title before the product's name and the dash with spaces before it; -1: it is not at
 * the end. A title that is the name alone has 0. */
static int
find_gecko_product(const char *title)
{
    static const char *const products[] = {"Mozilla Firefox", "Firefox Developer Edition",
                                           "Firefox Nightly", "Firefox",
                                           "Nightly",         "LibreWolf",
                                           "Waterfox",        "Floorp"};
    static const char *const dashes[] = {" \xe2\x80\x94 ", " \xe2\x80\x93 ", " - "};

    for (unsigned i = 0; i < G_N_ELEMENTS(products); i++) {
        if (g_str_equal(title, products[i]))
            return 0;
        for (unsigned k = 0; k < G_N_ELEMENTS(dashes); k++) {
            g_autofree char *end = g_strconcat(dashes[k], products[i], NULL);

            if (g_str_has_suffix(title, end))
                return (int)(strlen(title) - strlen(end));
        }
    }
    return -1;
}

/* A language that puts the mark of a private window before the product's name has it between the
 * dash and the name. */
static PolicyBrowsing
judge_gecko(const char *title, const char *url)
{
    int n_page = find_gecko_product(title);

    if (n_page == 0)
        return has_page(url) ? POLICY_BROWSING_PUBLIC : POLICY_BROWSING_UNKNOWN;
    if (n_page > 0)
        return POLICY_BROWSING_PUBLIC;
    return *title == '\0' ? POLICY_BROWSING_UNKNOWN : POLICY_BROWSING_PRIVATE;
}

/* What @text has after its first @n_bytes; NULL when it is shorter or not the same so far. */
static const char *
skip(const char *text, const char *start, size_t n_bytes)
{
    return strncmp(text, start, n_bytes) == 0 ? text + n_bytes : NULL;
}

static const char *
find_last(const char *text, const char *part)
{
    return g_strrstr(text, part);
}

static gboolean
is_profile(const char *mark, const char *const *profiles)
{
    for (; profiles != NULL && *profiles != NULL; profiles++) {
        if (g_str_has_prefix(mark, " - ") && g_str_equal(mark + 3, *profiles))
            return TRUE;
    }
    return FALSE;
}

/* "Page - Chromium" in the title; in the name the same, perhaps with what the tab does (plays
 * sound) between, and a mark after it. A window without the product's name (an installed page) has
 * the title alone. */
static PolicyBrowsing
judge_chromium(const char *title, const char *name, const char *const *profiles)
{
    const char *product = find_last(title, " - ");
    size_t n_page = product != NULL ? (size_t)(product - title) : strlen(title);
    const char *rest = skip(name, title, n_page);
    const char *last = rest != NULL && product != NULL ? find_last(rest, product) : NULL;
    const char *mark = last != NULL ? last + strlen(product) : rest;

    if (*title == '\0' || rest == NULL)
        return POLICY_BROWSING_UNKNOWN; /* one of them is of another moment */
    if (g_str_equal(name, title) || *mark == '\0')
        return POLICY_BROWSING_PUBLIC;
    return is_profile(mark, profiles) ? POLICY_BROWSING_PUBLIC : POLICY_BROWSING_PRIVATE;
}

PolicyBrowsing
policy_browsing_judge(PolicyBrowser browser,
                      const char *title,
                      const char *name,
                      const char *url,
                      const char *const *profiles)
{
    switch (browser) {
    case POLICY_BROWSER_CHROMIUM:
        return name == NULL ? POLICY_BROWSING_UNKNOWN : judge_chromium(title, name, profiles);
    case POLICY_BROWSER_GECKO:
        return judge_gecko(title, url);
    default:
        return POLICY_BROWSING_NONE;
    }
}

char *
policy_browsing_dup_page_title(PolicyBrowser browser, const char *title)
{
    const char *product = NULL;
    int n_page = -1;

    if (browser == POLICY_BROWSER_GECKO)
        n_page = find_gecko_product(title);
    else if (browser == POLICY_BROWSER_CHROMIUM)
        product = find_last(title, " - ");
    if (product != NULL)
        n_page = (int)(product - title);
    return n_page < 0 ? g_strdup(title) : g_strndup(title, n_page);
}

gboolean
policy_browsing_is_own_page(const char *url)
{
    static const char *const schemes[] = {
        "about:",   "chrome:", "chrome-untrusted:", "edge:", "brave:",
        "vivaldi:", "opera:",  "browser:"};

    for (unsigned i = 0; url != NULL && i < G_N_ELEMENTS(schemes); i++) {
        if (g_str_has_prefix(url, schemes[i]))
            return TRUE;
    }
    return FALSE;
}
