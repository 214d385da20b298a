/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Whether a browser's window is a private one, in whatever language the browser speaks: both
 * families put the product's name at the end of a public window's name, and whatever stands after
 * it is a mark. Pure. */

typedef enum {
    POLICY_BROWSER_NONE,
    POLICY_BROWSER_CHROMIUM, /* only the accessible name of its window tells */
    POLICY_BROWSER_GECKO,    /* the title tells */
} PolicyBrowser;

typedef enum {
    POLICY_BROWSING_NONE, /* not a browser */
    POLICY_BROWSING_PUBLIC,
    POLICY_BROWSING_PRIVATE,
    POLICY_BROWSING_UNKNOWN, /* cannot be told yet */
} PolicyBrowsing;

/* @app: the class of the window */
PolicyBrowser policy_browser_find(const char *app);

/* Of @title, the title of a browser's window, what the page gave. Returns: (transfer full): "" when
 * it gave nothing */
char *policy_browsing_dup_page_title(PolicyBrowser browser, const char *title);

/* Whether @url is the browser's own page: a new tab, the history, the search for tabs. They name
 * other pages. */
gboolean policy_browsing_is_own_page(const char *url);

/**
 * policy_browsing_judge:
 * @title: of the window, as the window manager shows it
 * @name: (nullable): its accessible name, read when the title was @title or shortly before or after
 * @url: (nullable): of the page in front
 * @profiles: (nullable): names that a public window may carry after the product's; ends with NULL
 */
PolicyBrowsing policy_browsing_judge(PolicyBrowser browser,
                                     const char *title,
                                     const char *name,
                                     const char *url,
                                     const char *const *profiles);
