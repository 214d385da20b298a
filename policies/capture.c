/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/capture.h"

#include "policies/glob.h"
#include "policies/site.h"

#include <string.h>

typedef struct {
    char *id;      /* as it is shown */
    char *pattern; /* folded */
    PolicySite *site;
    const char *reason;
} Rule;

struct PolicyCaptureRules {
    GPtrArray *rules[POLICY_CAPTURE_SITE + 1]; /* of Rule, by kind */
    char **profiles;
    gboolean is_private_allowed;
    gboolean is_unknown_allowed;
};

static const char *const kind_names[] = {"application", "title", "site"};
static const char *const kind_reasons[] = {
    "The settings say that this application is never remembered.",
    "The settings say that windows of this title are never remembered.",
    "The settings say that this site is never remembered.",
};

static const char *const initial_reason =
    "Deskhand never remembers lock screens, prompts for keys, keepers of passwords and viewers of "
    "other desktops, unless the settings say so.";

/* Classes of windows, whatever is behind them. */
static const char *const initial_apps[] = {
    /* lock screens */
    "i3lock*", "xscreensaver*", "xsecurelock*", "light-locker*", "lightdm*", "gnome-screensaver*",
    "mate-screensaver*", "cinnamon-screensaver*", "xfce4-screensaver*", "kscreenlocker*", "slock",
    "xlock*", "xtrlock", "physlock", "betterlockscreen*",
    /* prompts for keys and passwords */
    "pinentry*", "gcr-prompter*", "gcr-viewer*", "*polkit*agent*", "polkit-*", "lxpolkit*",
    "ssh-askpass*", "*askpass*", "kwallet*", "ksshaskpass*", "lxqt-sudo*", "gksu*", "kdesu*",
    "gnome-keyring*", "zenity-password*",
    /* keepers of passwords and keys */
    "keepass*", "org.keepassxc.*", "bitwarden*", "1password*", "seahorse*", "org.gnome.seahorse*",
    "enpass*", "dashlane*", "lastpass*", "nordpass*", "proton pass*", "proton-pass*", "buttercup*",
    "qtpass*", "gnome-passwordsafe*", "org.gnome.world.secrets*", "kwalletmanager*", "revelation*",
    "password-gorilla*", "pwsafe*", "passwordsafe*", "authenticator*", "yubico*", "kleopatra*",
    "gpa", "tor browser*", "mullvad browser*",
    /* viewers of other desktops */
    "remmina*", "org.remmina.*", "xfreerdp*", "wlfreerdp*", "sdl-freerdp*", "vncviewer*",
    "tigervnc*", "realvnc*", "xtightvncviewer*", "xvnc4viewer*", "virt-viewer*", "remote-viewer*",
    "virt-manager*", "gnome-boxes*", "org.gnome.boxes*", "rdesktop*", "krdc*", "vinagre*",
    "gnome-connections*", "org.gnome.connections*", "spicy*", "nxplayer*", "teamviewer*",
    "anydesk*", "rustdesk*", "x2goclient*", "vmware-view*", "vmware-horizon*", "wfica*", "citrix*",
    "parsecd*", "moonlight*", "qemu*", "virtualbox machine*"};

static void
free_rule(void *data)
{
    Rule *rule = data;

    policy_site_free(rule->site);
    g_free(rule->pattern);
    g_free(rule->id);
    g_free(rule);
}

static void
add_rule(PolicyCaptureRules *self,
         PolicyCaptureKind kind,
         const char *pattern,
         PolicySite *site,
         const char *reason)
{
    Rule *rule = g_new0(Rule, 1);

    rule->id = g_strdup_printf("%s %s", kind_names[kind], pattern);
    rule->pattern = policy_glob_fold(pattern);
    rule->site = site;
    rule->reason = reason;
    g_ptr_array_add(self->rules[kind], rule);
}

PolicyCaptureRules *
policy_capture_rules_new(void)
{
    PolicyCaptureRules *self = g_new0(PolicyCaptureRules, 1);

    for (unsigned i = 0; i < G_N_ELEMENTS(self->rules); i++)
        self->rules[i] = g_ptr_array_new_with_free_func(free_rule);
    for (unsigned i = 0; i < G_N_ELEMENTS(initial_apps); i++)
        add_rule(self, POLICY_CAPTURE_APPLICATION, initial_apps[i], NULL, initial_reason);
    return self;
}

void
policy_capture_rules_free(PolicyCaptureRules *self)
{
    if (self == NULL)
        return;
    for (unsigned i = 0; i < G_N_ELEMENTS(self->rules); i++)
        g_ptr_array_unref(self->rules[i]);
    g_strfreev(self->profiles);
    g_free(self);
}

void
policy_capture_rules_drop_initial(PolicyCaptureRules *self)
{
    g_ptr_array_set_size(self->rules[POLICY_CAPTURE_APPLICATION], 0);
}

gboolean
policy_capture_rules_add(PolicyCaptureRules *self,
                         PolicyCaptureKind kind,
                         const char *pattern,
                         GError **error)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(pattern));
    PolicySite *site = NULL;

    if (*trimmed == '\0' || strlen(trimmed) > POLICY_CAPTURE_PATTERN_MAX_BYTES ||
        self->rules[kind]->len >= POLICY_CAPTURE_RULES_N_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "at most %d patterns of 1 to %d bytes", POLICY_CAPTURE_RULES_N_MAX,
                    POLICY_CAPTURE_PATTERN_MAX_BYTES);
        return FALSE;
    }
    if (kind == POLICY_CAPTURE_SITE) {
        site = policy_site_new(trimmed, error);
        if (site == NULL)
            return FALSE;
    }
    add_rule(self, kind, trimmed, site, kind_reasons[kind]);
    return TRUE;
}

void
policy_capture_rules_allow_private(PolicyCaptureRules *self, gboolean is_allowed)
{
    self->is_private_allowed = is_allowed;
}

void
policy_capture_rules_allow_unknown(PolicyCaptureRules *self, gboolean is_allowed)
{
    self->is_unknown_allowed = is_allowed;
}

void
policy_capture_rules_set_profiles(PolicyCaptureRules *self, const char *const *names)
{
    g_strfreev(self->profiles);
    self->profiles = g_strdupv((char **)names);
}

gboolean
policy_capture_rules_has_sites(const PolicyCaptureRules *self)
{
    return self->rules[POLICY_CAPTURE_SITE]->len > 0;
}

/* A title's pattern without a star may stand anywhere in it. */
static gboolean
match_title(const char *pattern, const char *title)
{
    return strchr(pattern, '*') != NULL ? policy_glob_match(pattern, title)
                                        : strstr(title, pattern) != NULL;
}

static gboolean
match(const Rule *rule, PolicyCaptureKind kind, const char *text, const char *folded)
{
    switch (kind) {
    case POLICY_CAPTURE_SITE:
        return policy_site_match(rule->site, text);
    case POLICY_CAPTURE_TITLE:
        return match_title(rule->pattern, folded);
    default:
        return policy_glob_match(rule->pattern, folded);
    }
}

static gboolean
is_denied(const PolicyCaptureRules *self,
          PolicyCaptureKind kind,
          const char *text,
          PolicyCaptureDecision *out)
{
    const GPtrArray *rules = self->rules[kind];
    g_autofree char *folded = text != NULL && rules->len > 0 ? policy_glob_fold(text) : NULL;

    for (unsigned i = 0; folded != NULL && i < rules->len; i++) {
        const Rule *rule = rules->pdata[i];

        if (!match(rule, kind, text, folded))
            continue;
        *out = (PolicyCaptureDecision){POLICY_CAPTURE_DENY, rule->id, rule->reason};
        return TRUE;
    }
    return FALSE;
}

gboolean
policy_capture_rules_denies_title(const PolicyCaptureRules *self, const char *title)
{
    PolicyCaptureDecision decision;

    return is_denied(self, POLICY_CAPTURE_TITLE, title, &decision);
}

gboolean
policy_capture_rules_denies_site(const PolicyCaptureRules *self, const char *url)
{
    PolicyCaptureDecision decision;

    return is_denied(self, POLICY_CAPTURE_SITE, url, &decision);
}

static gboolean
is_denied_address(const PolicyCaptureRules *self, const char *word)
{
    g_autofree char *url = NULL;

    if (strpbrk(word, ".:/") == NULL)
        return FALSE;
    url = g_strconcat(strstr(word, "://") == NULL ? "https://" : "", word, NULL);
    return policy_capture_rules_denies_site(self, url);
}

gboolean
policy_capture_rules_names_site(const PolicyCaptureRules *self, const char *text)
{
    g_auto(GStrv) words = NULL;

    if (!policy_capture_rules_has_sites(self))
        return FALSE;
    words = g_strsplit_set(text, " \t\n", -1);
    for (char **word = words; *word != NULL; word++) {
        if (is_denied_address(self, *word))
            return TRUE;
    }
    return FALSE;
}

static PolicyBrowsing
judge(const PolicyCaptureRules *self, PolicyBrowser browser, const PolicyCaptureQuestion *question)
{
    PolicyBrowsing browsing =
        policy_browsing_judge(browser, question->title, question->name, question->url,
                              (const char *const *)self->profiles);

    if (browsing == POLICY_BROWSING_NONE)
        return browsing;
    if (question->is_all_private)
        return POLICY_BROWSING_PRIVATE;
    return browsing == POLICY_BROWSING_PUBLIC && question->is_all_unsure ? POLICY_BROWSING_UNKNOWN
                                                                         : browsing;
}

/* Where a rule may be about it: a page without an address may be written by any other. */
static PolicyCaptureDecision
decide_address(const PolicyCaptureRules *self, const char *url)
{
    if (policy_capture_rules_has_sites(self) && g_strcmp0(url, "about:blank") == 0)
        return (PolicyCaptureDecision){POLICY_CAPTURE_DENY, "blank page",
                                       "What stands in a page without an address may be of a site "
                                       "that is never remembered."};
    if (policy_capture_rules_has_sites(self) && url == NULL && !self->is_unknown_allowed)
        return (PolicyCaptureDecision){POLICY_CAPTURE_UNDECIDED, "undecided site",
                                       "It cannot be told which site the browser shows: the "
                                       "address of its page cannot be read."};
    return (PolicyCaptureDecision){POLICY_CAPTURE_ALLOW, NULL, NULL};
}

static PolicyCaptureDecision
decide_browsing(const PolicyCaptureRules *self, const PolicyCaptureQuestion *question)
{
    PolicyBrowser named = policy_browser_find(question->app);
    PolicyBrowser browser = named != POLICY_BROWSER_NONE ? named : question->browser;
    PolicyBrowsing browsing = judge(self, browser, question);

    if (browsing == POLICY_BROWSING_PRIVATE && !self->is_private_allowed)
        return (PolicyCaptureDecision){POLICY_CAPTURE_DENY, "private window",
                                       "The window is a private one of a browser."};
    if (browsing == POLICY_BROWSING_UNKNOWN && !self->is_private_allowed &&
        !self->is_unknown_allowed)
        return (PolicyCaptureDecision){POLICY_CAPTURE_UNDECIDED, "undecided browser",
                                       "It cannot be told whether the browser's window is private: "
                                       "its accessible name or its settings cannot be read."};
    if (browser != POLICY_BROWSER_NONE)
        return decide_address(self, question->url);
    return (PolicyCaptureDecision){POLICY_CAPTURE_ALLOW, NULL, NULL};
}

gboolean
policy_capture_rules_is_public(const PolicyCaptureRules *self,
                               PolicyBrowser browser,
                               const char *title,
                               const char *name)
{
    return policy_browsing_judge(browser, title, name, NULL, (const char *const *)self->profiles) ==
           POLICY_BROWSING_PUBLIC;
}

PolicyCaptureDecision
policy_capture_decide(const PolicyCaptureRules *self, const PolicyCaptureQuestion *question)
{
    PolicyCaptureDecision decision;

    if (question->is_opted_out)
        return (PolicyCaptureDecision){POLICY_CAPTURE_DENY, "opted out",
                                       "The window asks not to be remembered "
                                       "(_DESKHAND_NO_RECALL)."};
    if (is_denied(self, POLICY_CAPTURE_APPLICATION, question->app, &decision) ||
        is_denied(self, POLICY_CAPTURE_TITLE, question->title, &decision) ||
        is_denied(self, POLICY_CAPTURE_TITLE, question->name, &decision) ||
        is_denied(self, POLICY_CAPTURE_SITE, question->url, &decision))
        return decision;
    if (question->is_part_denied)
        return (PolicyCaptureDecision){POLICY_CAPTURE_DENY, "part of another",
                                       "It belongs to a window that is not remembered, or may "
                                       "show what is in it."};
    if (question->is_part)
        return (PolicyCaptureDecision){POLICY_CAPTURE_ALLOW, NULL, NULL};
    return decide_browsing(self, question);
}
