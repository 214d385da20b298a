/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/site.h"

#include "policies/glob.h"

#include <stdint.h>
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

/* Servers read on after what is not escaped as it should be, and so must a rule. */
static char *
unescape(const char *text)
{
    GString *plain = g_string_new(NULL);

    for (; *text != '\0'; text++) {
        int high = *text == '%' ? g_ascii_xdigit_value(text[1]) : -1;
        int low = high >= 0 ? g_ascii_xdigit_value(text[2]) : -1;
        gboolean is_escape = low >= 0 && high + low > 0;

        g_string_append_c(plain, is_escape ? (char)(high * 16 + low) : *text);
        text += is_escape ? 2 : 0;
    }
    return g_string_free(plain, FALSE);
}

/* Without the last name of @path and its slash. */
static void
go_up(GString *path)
{
    const char *slash = strrchr(path->str, '/');

    g_string_truncate(path, slash != NULL ? (size_t)(slash - path->str) : 0);
}

static gboolean
is_nothing(const char *name)
{
    return g_str_equal(name, "") || g_str_equal(name, ".");
}

/* Servers take // and /./ for one slash, and /a/../ too. */
static char *
tidy_path(const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, "/", -1);
    GString *tidy = g_string_new(NULL);
    gboolean is_folder = FALSE;

    for (unsigned i = 0; names[i] != NULL; i++) {
        gboolean is_up = g_str_equal(names[i], "..");

        is_folder = is_up || is_nothing(names[i]);
        if (is_up)
            go_up(tidy);
        else if (!is_folder)
            g_string_append_printf(tidy, "/%s", names[i]);
    }
    if (is_folder)
        g_string_append_c(tidy, '/');
    return g_string_free(tidy, FALSE);
}

/* @text: a path with what is asked of it */
static char *
fold_path(const char *text)
{
    size_t n_bytes = strcspn(text, "?#");
    g_autofree char *escaped = g_strndup(text, n_bytes);
    g_autofree char *plain = unescape(escaped);
    g_autofree char *path = tidy_path(plain);
    g_autofree char *question = unescape(text + n_bytes);
    g_autofree char *whole = g_strconcat(path, question, NULL);

    return policy_glob_fold(whole);
}

/* @text: with a scheme and two slashes, or beginning with the site */
static void
split_site(const char *text, Parts *out)
{
    const char *slashes = strstr(text, "://");
    const char *authority = slashes != NULL ? slashes + 3 : text;
    g_autofree char *escaped = NULL;
    g_autofree char *name = NULL;
    size_t n_bytes = strcspn(authority, "/?#");

    out->scheme = slashes != NULL ? g_strndup(text, (size_t)(slashes - text)) : g_strdup("");
    escaped = g_strndup(authority, n_bytes);
    name = unescape(escaped);
    split_authority(name, out);
    out->path = fold_path(authority + n_bytes);
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
    static const char *const wraps[] = {"view-source:", "blob:", "filesystem:", "wyciwyg:", "jar:"};
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

/* A page that a site made in the browser has the site's name, and no path of it. */
static gboolean
is_made(const char *url)
{
    return g_ascii_strncasecmp(url, "blob:", 5) == 0 ||
           g_ascii_strncasecmp(url, "filesystem:", 11) == 0;
}

/* @out_is_made: what is asked for any path of the site may be this one's */
static char *
unwrap(const char *url, gboolean *out_is_made)
{
    char *inner = g_strdup(url);

    *out_is_made = FALSE;
    for (unsigned i = 0; i < N_WRAPS_MAX; i++) {
        g_autofree char *outer = inner;

        *out_is_made |= is_made(outer);
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

/* A pattern may be any that a number could match. */
static gboolean
is_port(const char *text)
{
    size_t n_digits = strspn(text, "0123456789");

    if (text[n_digits] != '\0')
        return strspn(text, "0123456789*") == strlen(text);
    return n_digits == 0 || g_ascii_string_to_unsigned(text, 10, 1, UINT16_MAX, NULL, NULL);
}

static gboolean
refuse(const char *what, GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, what);
    return FALSE;
}

static gboolean
check(const char *pattern, const Parts *parts, GError **error)
{
    if (*parts->host == '\0' && *parts->path == '\0')
        return refuse("a site, such as bank.example or example.com/private", error);
    if (strpbrk(pattern, " \t") != NULL)
        return refuse("a site without spaces in it", error);
    return is_port(parts->port) || refuse("a site with a port from 1 to 65535", error);
}

PolicySite *
policy_site_new(const char *pattern, GError **error)
{
    g_autoptr(PolicySite) self = g_new0(PolicySite, 1);
    g_autofree char *trimmed = g_strstrip(g_strdup(pattern));

    split(trimmed, &self->parts);
    drop_end(self->parts.path);
    return check(trimmed, &self->parts, error) ? g_steal_pointer(&self) : NULL;
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
    static const char ends[] = "/?#;";

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

/* Browsers leave out the port that a scheme has anyway. */
static const char *
get_port(const Parts *parts)
{
    if (*parts->port != '\0')
        return parts->port;
    if (g_str_equal(parts->scheme, "http"))
        return "80";
    return g_str_equal(parts->scheme, "https") ? "443" : "";
}

gboolean
policy_site_match(const PolicySite *self, const char *url)
{
    gboolean is_made_there = FALSE;
    g_autofree char *inner = unwrap(url, &is_made_there);
    g_auto(Parts) parts = {0};

    split(inner, &parts);
    if (*self->parts.scheme != '\0' && !g_str_equal(self->parts.scheme, parts.scheme))
        return FALSE;
    if (*self->parts.port != '\0' && !policy_glob_match(self->parts.port, get_port(&parts)))
        return FALSE;
    if (*self->parts.host != '\0' && *parts.host == '\0')
        return FALSE;
    return match_host(self->parts.host, parts.host, self->is_narrow) &&
           (is_made_there || match_path_alone(self->parts.path, parts.path));
}
