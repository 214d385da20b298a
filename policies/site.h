/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* Patterns of addresses, as a person writes them:
 *
 *   bank.example             the site and all below it, whatever the scheme and the port
 *   *.gov.cn                 the same; any star in a site stands for any run of characters
 *   example.com/private      that path and all below it; example.com/private/ is the same
 *   example.com/a/?/x        stars and question marks in a path, too
 *   https://example.com:8443 only that scheme, only that port
 *   file:///home/me/tax      a file, or a folder with all in it
 *   about:logins             a page of the browser
 *
 * Letters are compared without case, names of sites in their ASCII form, paths as servers take
 * them: what is escaped as what it stands for, //, /./ and /a/../ as one slash. */

typedef struct PolicySite PolicySite;

/* @error: G_IO_ERROR_INVALID_ARGUMENT with a phrase that says what is wrong */
PolicySite *policy_site_new(const char *pattern, GError **error);
void policy_site_free(PolicySite *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PolicySite, policy_site_free)

/* A name without a dot (localhost, com) is that host alone from now on, and not all below it. */
void policy_site_narrow(PolicySite *self);

/* Returns: (transfer full): letters and dots that every address of it has in its host, at the end;
 * empty when there is nothing of which that is sure */
char *policy_site_dup_host_end(const PolicySite *self);

/* @url: as a browser tells it; one that wraps another (view-source:, blob:, a reader's page) counts
 * as that other; of a page that a site made in the browser (blob:) no path is known, so it counts
 * as any of that site. */
gboolean policy_site_match(const PolicySite *self, const char *url);
