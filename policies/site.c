/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/site.h"

#include "policies/glob.h"

#include <string.h>

#define N_WRAPS_MAX 4 /* view-source:blob:... */

/* The parts of an address or a pattern, folded; any may be empty. */
typedef struct {
    char *scheme;
    char *host; /* ASCII form, without a dot at its end */
    char *port;
    char *path; /* with what follows it; begins with / when there is a host */
} Parts;

struct PolicySite {
    Parts parts;
    gboolean is_narrow;
};

static void
clear_parts(Parts *parts)
{
    g_clear_pointer(&parts->scheme, g_free);
    g_clear_pointer(&parts->host, g_free);
    g_clear_pointer(&parts->port, g_free);
    g_clear_pointer(&parts->path, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parts, clear_parts)

static char *
dup_ascii_host(const char *host)
{
    char *ascii = g_hostname_is_non_ascii(host) ? g_hostname_to_ascii(host) : g_strdup(host);
    size_t length;

    if (ascii == NULL)
        ascii = g_strdup(host);
    length = strlen(ascii);
    if (length > 0 && ascii[length - 1] == '.')
        ascii[length - 1] = '\0';
    return ascii;
}

/* user@host:port; a colon in brackets belongs to an IPv6 address */
static void
split_authority(const char *authority, Parts *out)
{
    const char *at = strrchr(authority, '@');
    const char *host = at != NULL ? at + 1 : authority;
    const char *colon = strrchr(host, ':');
    g_autofree char *name = NULL;

    if (colon != NULL && strchr(colon, ']') != NULL)
        colon = NULL;
    name = colon != NULL ? g_strndup(host, (size_t)(colon - host)) : g_strdup(host);
    out->host = dup_ascii_host(name);
    out->port = g_strdup(colon != NULL ? colon + 1 : "");
}

static char *
unescape(const char *text)
{
    char *plain = g_uri_unescape_string(text, NULL);

    return plain != NULL ? plain : g_strdup(text);
}

/* @text: with a scheme and two slashes, or beginning with the site */
static void
split_site(const char *text, Parts *out)
{
    const char *slashes = strstr(text, "://");
    const char *authority = slashes != NULL ? slashes + 3 : text;
    g_autofree char *plain = NULL;
    g_autofree char *name = NULL;
    size_t n_bytes = strcspn(authority, "/?#");

    out->scheme = slashes != NULL ? g_strndup(text, (size_t)(slashes - text)) : g_strdup("");
    name = g_strndup(authority, n_bytes);
    split_authority(name, out);
    plain = unescape(authority + n_bytes);
    out->path = policy_glob_fold(plain);
}

/* scheme:whatever, without a site */
static void
split_opaque(const char *text, Parts *out)
{
    const char *colon = strchr(text, ':');
    g_autofree char *plain = unescape(colon + 1);

    out->scheme = g_strndup(text, (size_t)(colon - text));
    out->host = g_strdup("");
    out->port = g_strdup("");
    out->path = policy_glob_fold(plain);
}

static gboolean
is_scheme(const char *text, const char *end)
{
    if (!g_ascii_isalpha(*text))
        return FALSE;
    for (; text < end; text++) {
        if (!g_ascii_isalnum(*text) && strchr("+-", *text) == NULL)
            return FALSE;
    }
    return TRUE;
}

/* about:logins, but not example.com:8443 nor localhost:80 */
static gboolean
is_opaque(const char *text)
{
    const char *colon = strchr(text, ':');

    return strstr(text, "://") == NULL && colon != NULL && is_scheme(text, colon) &&
           !g_ascii_isdigit(colon[1]) && colon[1] != '\0';
}

static void
split(const char *text, Parts *out)
{
    g_autofree char *folded = policy_glob_fold(text);

    if (is_opaque(folded))
        split_opaque(folded, out);
    else
        split_site(folded, out);
}

/* The address inside of one that wraps it; @url itself when it wraps none. */
static char *
unwrap_once(const char *url)
{
    static const char *const wraps[] = {"view-source:", "blob:", "filesystem:", "wyciwyg:"};
    static const char *const readers[] = {"about:reader?url=", "chrome-distiller://"};

    for (unsigned i = 0; i < G_N_ELEMENTS(wraps); i++) {
        if (g_ascii_strncasecmp(url, wraps[i], strlen(wraps[i])) == 0)
            return g_strdup(url + strlen(wraps[i]));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(readers); i++) {
        const char *inner = g_str_has_prefix(url, readers[i]) ? strstr(url, "url=") : NULL;

        if (inner != NULL)
            return unescape(inner + strlen("url="));
    }
    return g_strdup(url);
}

static char *
unwrap(const char *url)
{
    char *inner = g_strdup(url);

    for (unsigned i = 0; i < N_WRAPS_MAX; i++) {
        g_autofree char *outer = inner;

        inner = unwrap_once(outer);
        if (g_str_equal(inner, outer))
            break;
    }
    return inner;
}

static void
drop_end(char *path)
{
    size_t length = strlen(path);

    if (length > 0 && path[length - 1] == '/')
        path[length - 1] = '\0';
}

PolicySite *
policy_site_new(const char *pattern, GError **error)
{
    g_autoptr(PolicySite) self = g_new0(PolicySite, 1);
    g_autofree char *trimmed = g_strstrip(g_strdup(pattern));

    split(trimmed, &self->parts);
    drop_end(self->parts.path);
    if (*self->parts.host == '\0' && *self->parts.path == '\0') {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                            "a site, such as bank.example or example.com/private");
        return NULL;
    }
    if (strpbrk(trimmed, " \t") != NULL) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                            "a site without spaces in it");
        return NULL;
    }
    return g_steal_pointer(&self);
}

void
policy_site_free(PolicySite *self)
{
    if (self == NULL)
        return;
    clear_parts(&self->parts);
    g_free(self);
}

void
policy_site_narrow(PolicySite *self)
{
    self->is_narrow = strpbrk(self->parts.host, ".*[") == NULL;
}

/* Names in ASCII form are told by browsers in either form. */
static gboolean
is_plain_name(const char *name, size_t n_bytes)
{
    for (size_t i = 0; i < n_bytes; i++) {
        if (!g_ascii_isalnum(name[i]) && name[i] != '-')
            return FALSE;
    }
    return n_bytes > 0 && g_ascii_strncasecmp(name, "xn--", 4) != 0;
}

char *
policy_site_dup_host_end(const PolicySite *self)
{
    const char *host = self->parts.host;
    const char *end = host + strlen(host);
    const char *begin = end;

    while (begin > host) {
        const char *name = begin;

        while (name > host && name[-1] != '.')
            name--;
        if (!is_plain_name(name, (size_t)(begin - name)))
            break;
        end = name;
        begin = name > host ? name - 1 : name;
    }
    return g_strdup(end);
}

/* bank.example is the site itself and each below it; *.gov.cn too. */
static gboolean
match_host(const char *pattern, const char *host, gboolean is_narrow)
{
    g_autofree char *below = NULL;

    if (g_str_has_prefix(pattern, "*."))
        pattern += 2;
    if (*pattern == '\0' || policy_glob_match(pattern, host))
        return TRUE;
    if (is_narrow)
        return FALSE;
    below = g_strconcat("*.", pattern, NULL);
    return policy_glob_match(below, host);
}

/* A path and all below it; what is asked of a page (?x) or in it (#x) is below it. */
static gboolean
match_path(const char *pattern, const char *path)
{
    static const char ends[] = "/?#";

    if (*pattern == '\0' || policy_glob_match(pattern, path))
        return TRUE;
    for (const char *end = ends; *end != '\0'; end++) {
        char tail[] = {*end, '*', '\0'};
        g_autofree char *below = NULL;

        if (*end == '?') /* it is a letter here, not any one */
            continue;
        below = g_strconcat(pattern, tail, NULL);
        if (policy_glob_match(below, path))
            return TRUE;
    }
    return FALSE;
}

/* Without its question, so that a question mark is never taken for a pattern's. */
static gboolean
match_path_alone(const char *pattern, const char *path)
{
    g_autofree char *alone = g_strndup(path, strcspn(path, "?#"));

    return match_path(pattern, path) || match_path(pattern, alone);
}

gboolean
policy_site_match(const PolicySite *self, const char *url)
{
    g_autofree char *inner = unwrap(url);
    g_auto(Parts) parts = {0};

    split(inner, &parts);
    if (*self->parts.scheme != '\0' && !g_str_equal(self->parts.scheme, parts.scheme))
        return FALSE;
    if (*self->parts.port != '\0' && !policy_glob_match(self->parts.port, parts.port))
        return FALSE;
    if (*self->parts.host != '\0' && *parts.host == '\0')
        return FALSE;
    return match_host(self->parts.host, parts.host, self->is_narrow) &&
           match_path_alone(self->parts.path, parts.path);
}
