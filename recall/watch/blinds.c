/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/blinds.h"

#include "recall/watch/titles.h"

#include <errno.h>
#include <signal.h>

#define PASSWORD_RULE "password field"
#define PASSWORD_REASON "Password fields are painted out, and their words dropped."
#define SECRET_RULE "secret"
#define SECRET_REASON                                                                              \
    "Cards, account and identity numbers, keys, tokens and passwords are masked in the text and "  \
    "painted over in the picture."
#define NAME_RULE "named page"
#define NAME_REASON                                                                                \
    "Tabs, menus and lists of a browser that name a page which is never remembered are painted "   \
    "out, and their words dropped."
#define PART_RULE "part of a page"
#define PART_REASON                                                                                \
    "A page that is never remembered is painted out where another shows it, and its words "        \
    "dropped."
#define N_SECRETS_NOTED_MAX 256 /* of one window; more are not told apart */

/* What is known of one window. */
typedef struct {
    RecallWindow *window; /* as last seen */
    char *app;            /* its own, or of the window that it belongs to */
    char *told_title;     /* that @name and @url were told for */
    char *name;
    char *url;
    gboolean is_pageless; /* a browser's that shows no page: it may list those of all windows */
    gboolean is_public; /* a browser's window that was told to be: it stays that while it is seen */
    PolicyCaptureDecision decision;
    RecallBlindsState state;
    const char *noted_rule; /* that stands in the ledger for it now */
    gboolean has_places;
    gboolean has_names; /* of denied pages */
    gboolean has_parts; /* denied pages in one that is not */
    unsigned n_secrets;
    unsigned generation; /* of the moment that showed it last */
    int64_t undecided_us;
    int64_t seen_us;
} Entry;

struct RecallBlinds {
    PolicyCaptureRules *rules;
    GHashTable *entries; /* xid to Entry */
    RecallLedger *ledger;
    RecallTitles *titles; /* of pages that are denied for their address */
    unsigned generation;
};

static void
free_entry(void *data)
{
    Entry *entry = data;

    recall_window_unref(entry->window);
    g_free(entry->app);
    g_free(entry->told_title);
    g_free(entry->name);
    g_free(entry->url);
    g_free(entry);
}

RecallBlinds *
recall_blinds_new(PolicyCaptureRules *rules)
{
    RecallBlinds *self = g_new0(RecallBlinds, 1);

    self->rules = rules;
    self->entries = g_hash_table_new_full(NULL, NULL, NULL, free_entry);
    self->ledger = recall_ledger_new();
    self->titles = recall_titles_new();
    return self;
}

void
recall_blinds_free(RecallBlinds *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->entries);
    recall_ledger_free(self->ledger);
    recall_titles_free(self->titles);
    policy_capture_rules_free(self->rules);
    g_free(self);
}

static Entry *
find_entry(const RecallBlinds *self, uint32_t xid)
{
    return xid == 0 ? NULL : g_hash_table_lookup(self->entries, GUINT_TO_POINTER(xid));
}

static gboolean
is_seen(const RecallBlinds *self, const Entry *entry)
{
    return entry->generation == self->generation;
}

/* --- what a window belongs to --- */

static gboolean
is_part(const RecallWindow *window)
{
    return window->kind == RECALL_WINDOW_POPUP ||
           (window->kind == RECALL_WINDOW_DIALOG && window->transient_for != 0);
}

/* Also by its frame: transient_for may name either. */
static Entry *
find_parent(const RecallBlinds *self, const RecallWindow *window)
{
    Entry *parent = find_entry(self, window->transient_for);

    if (parent == NULL)
        parent = find_entry(self, window->owner_xid);
    return parent != NULL && parent->window->xid != window->xid ? parent : NULL;
}

static gboolean
is_denied_of(const Entry *entry, pid_t process)
{
    return entry->state != RECALL_BLINDS_KEEP && !is_part(entry->window) &&
           entry->window->kind != RECALL_WINDOW_PANEL &&
           (process == 0 || entry->window->pid == process);
}

/* Whether a window that @process shows, or any at all when it is 0, is denied. */
static gboolean
has_denied(const RecallBlinds *self, pid_t process, gboolean is_seen_only)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, self->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (is_denied_of(value, process) && (!is_seen_only || is_seen(self, value)))
            return TRUE;
    }
    return FALSE;
}

/* Whether @list, a browser's window without a page, may tell of a window that is denied. Another
 * such one that waits for the same is none. */
static gboolean
may_list_denied(const RecallBlinds *self, const Entry *list)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, self->entries);
    while (list->is_pageless && g_hash_table_iter_next(&iter, NULL, &value)) {
        const Entry *entry = value;

        if (is_denied_of(entry, list->window->pid) &&
            (!entry->is_pageless || entry->decision.verdict == POLICY_CAPTURE_DENY))
            return TRUE;
    }
    return FALSE;
}

/* A menu or a tooltip says by transient_for what it belongs to, or nothing: then it may belong to
 * any window of its process. Bars and switchers show the titles of others. */
static gboolean
is_part_denied(const RecallBlinds *self, const RecallWindow *window)
{
    const Entry *parent = find_parent(self, window);

    if (window->kind == RECALL_WINDOW_PANEL)
        return has_denied(self, 0, FALSE);
    if (!is_part(window))
        return FALSE;
    if (find_entry(self, window->transient_for) != NULL)
        return parent != NULL && parent->state != RECALL_BLINDS_KEEP;
    if (window->pid != 0 && has_denied(self, window->pid, TRUE))
        return TRUE;
    return parent == NULL && has_denied(self, 0, FALSE);
}

/* --- deciding --- */

static void
note(RecallBlinds *self, Entry *entry, int64_t at_us)
{
    const char *rule = entry->decision.rule;
    gboolean is_undecided = entry->decision.verdict == POLICY_CAPTURE_UNDECIDED;

    if (!is_undecided)
        entry->undecided_us = 0;
    else if (entry->undecided_us == 0)
        entry->undecided_us = at_us;
    if (is_undecided && at_us - entry->undecided_us < RECALL_BLINDS_UNDECIDED_MAX_US)
        return; /* it takes a reading */
    if (rule != NULL)
        recall_ledger_note(self->ledger, rule, entry->decision.reason, at_us,
                           entry->noted_rule != rule);
    entry->noted_rule = rule;
}

/* Menus and dialogs are decided on with the window that they belong to. */
static PolicyBrowser
find_browser(const Entry *entry)
{
    PolicyBrowser named = policy_browser_find(entry->app);

    return named != POLICY_BROWSER_NONE || is_part(entry->window) ? named : entry->window->browser;
}

/* An owner's answer holds for its menus and dialogs: those have no mark of their own. */
static PolicyCaptureQuestion
make_question(const RecallBlinds *self, const Entry *entry)
{
    const RecallWindow *window = entry->window;
    gboolean has_parent = is_part(window) && find_parent(self, window) != NULL;
    gboolean is_current = g_strcmp0(entry->told_title, window->title) == 0;

    return (PolicyCaptureQuestion){
        .app = entry->app,
        .title = window->title,
        .url = is_current ? entry->url : NULL,
        .name = entry->is_public ? window->title : entry->name,
        .browser = find_browser(entry),
        .is_opted_out = window->is_opted_out,
        .is_all_private = window->profile == RECALL_PROFILE_PRIVATE,
        .is_all_unsure = window->profile == RECALL_PROFILE_UNKNOWN || may_list_denied(self, entry),
        .is_part_denied = is_part_denied(self, window),
        .is_part = has_parent,
    };
}

static void
decide(RecallBlinds *self, Entry *entry, int64_t at_us)
{
    PolicyCaptureQuestion question = make_question(self, entry);

    entry->decision = policy_capture_decide(self->rules, &question);
    if (entry->decision.verdict == POLICY_CAPTURE_ALLOW) {
        entry->state = RECALL_BLINDS_KEEP;
    } else {
        /* An address may change without a sign: such a window is looked at again and again. */
        question.url = NULL;
        entry->state = policy_capture_decide(self->rules, &question).verdict == POLICY_CAPTURE_DENY
                           ? RECALL_BLINDS_SHUT
                           : RECALL_BLINDS_LOOK;
    }
    note(self, entry, at_us);
}

/* A menu has no class of its own. */
static const char *
find_app(const RecallBlinds *self, const RecallWindow *window)
{
    const Entry *parent = find_parent(self, window);

    return *window->app == '\0' && parent != NULL ? parent->app : window->app;
}

static void
forget_told(Entry *entry)
{
    g_clear_pointer(&entry->told_title, g_free);
    g_clear_pointer(&entry->name, g_free);
    g_clear_pointer(&entry->url, g_free);
    entry->is_public = FALSE;
    entry->is_pageless = FALSE;
}

static Entry *
get_entry(RecallBlinds *self, RecallWindow *window)
{
    Entry *entry = find_entry(self, window->xid);

    if (entry == NULL) {
        entry = g_new0(Entry, 1);
        entry->app = g_strdup("");
        g_hash_table_insert(self->entries, GUINT_TO_POINTER(window->xid), entry);
    } else if (entry->generation + 1 != self->generation || entry->window->pid != window->pid) {
        forget_told(entry); /* the number may be of another window by now */
    }
    return entry;
}

static void
take_window(RecallBlinds *self, RecallWindow *window, int64_t at_us)
{
    Entry *entry = get_entry(self, window);

    recall_window_ref(window);
    recall_window_unref(entry->window);
    entry->window = window;
    g_free(entry->app);
    entry->app = g_strdup(find_app(self, window));
    entry->generation = self->generation;
    entry->seen_us = at_us;
}

static gboolean
is_gone(const RecallBlinds *self, const Entry *entry, int64_t at_us)
{
    pid_t pid = entry->window->pid;

    if (is_seen(self, entry))
        return FALSE;
    return entry->state == RECALL_BLINDS_KEEP || is_part(entry->window) ||
           at_us - entry->seen_us > RECALL_BLINDS_GONE_MAX_US || at_us < entry->seen_us ||
           (pid > 0 && kill(pid, 0) != 0 && errno == ESRCH);
}

static void
drop_gone(RecallBlinds *self, int64_t at_us)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, self->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (is_gone(self, value, at_us))
            g_hash_table_iter_remove(&iter);
        else if (!is_seen(self, value))
            ((Entry *)value)->noted_rule = NULL;
    }
}

/* Windows first, then what belongs to them. */
void
recall_blinds_see(RecallBlinds *self, const GPtrArray *windows, int64_t at_us)
{
    self->generation++;
    for (unsigned i = 0; i < windows->len; i++)
        take_window(self, windows->pdata[i], at_us);
    drop_gone(self, at_us);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < windows->len; i++) {
            RecallWindow *window = windows->pdata[i];
            gboolean is_late = is_part(window) || window->kind == RECALL_WINDOW_PANEL;

            if (is_late == (pass == 1))
                decide(self, find_entry(self, window->xid), at_us);
        }
    }
}

RecallBlindsState
recall_blinds_get(const RecallBlinds *self, uint32_t xid)
{
    const Entry *entry = find_entry(self, xid);

    return entry != NULL ? entry->state : RECALL_BLINDS_SHUT;
}

/* --- what names a denied page --- */

/* A title that the window had while it was allowed is no secret; it may be late, too: the address
 * is of the next page already. */
static void
note_title(RecallBlinds *self, const Entry *entry, const RecallWindow *window, const char *url)
{
    PolicyBrowser browser = find_browser(entry);
    g_autofree char *title = NULL;

    if (browser == POLICY_BROWSER_NONE || !policy_capture_rules_denies_site(self->rules, url) ||
        (entry->decision.verdict == POLICY_CAPTURE_ALLOW &&
         g_strcmp0(entry->told_title, window->title) == 0))
        return;
    title = policy_browsing_dup_page_title(browser, window->title);
    recall_titles_add(self->titles, title);
}

/* A rule may be about the whole title of the window, with the product's name. */
static gboolean
is_denied_name(const RecallBlinds *self, const Entry *entry, const char *name)
{
    const char *title = entry->window->title;
    g_autofree char *page = policy_browsing_dup_page_title(find_browser(entry), title);
    g_autofree char *whole = g_strconcat(name, title + strlen(page), NULL);

    return policy_capture_rules_denies_title(self->rules, whole) ||
           policy_capture_rules_denies_title(self->rules, name) ||
           recall_titles_has(self->titles, name) ||
           policy_capture_rules_names_site(self->rules, name);
}

/* Whether a window of the browser that @window is a card or a list of names denied pages. */
static gboolean
is_of_naming(const RecallBlinds *self, const RecallWindow *window)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, self->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Entry *entry = value;

        if (entry->has_names && is_seen(self, entry) && entry->window->pid == window->pid)
            return TRUE;
    }
    return FALSE;
}

static void
hide_box(RecallText *text, const BaseRect *box)
{
    pixman_region32_union_rect(&text->secret, &text->secret, box->x, box->y, (unsigned)box->width,
                               (unsigned)box->height);
    pixman_region32_union_rect(&text->covered, &text->covered, box->x, box->y, (unsigned)box->width,
                               (unsigned)box->height);
}

/* Where a rule may be about it, a page whose address is not told is denied. */
static gboolean
hide_parts(const RecallBlinds *self, RecallText *text)
{
    gboolean has_some = FALSE;

    if (!policy_capture_rules_has_sites(self->rules))
        return FALSE;
    for (unsigned i = 0; i < text->parts->len; i++) {
        const RecallPart *part = &g_array_index(text->parts, RecallPart, i);

        if ((part->url != NULL && !policy_capture_rules_denies_site(self->rules, part->url)) ||
            base_rect_is_empty(&part->box))
            continue;
        hide_box(text, &part->box);
        has_some = TRUE;
    }
    return has_some;
}

/* Lists, and what is typed where addresses are, have them by themselves; prose may speak of one.
 * How wide they are was guessed in a browser's own lines. */
static gboolean
hide_addresses(const RecallBlinds *self, const Entry *entry, RecallText *text)
{
    gboolean has_some = FALSE;

    if (find_browser(entry) == POLICY_BROWSER_NONE)
        return FALSE;
    for (unsigned i = 0; i < text->runs->len; i++) {
        const RecallRun *run = text->runs->pdata[i];
        BaseRect box = run->box;

        if (strchr(run->text, ' ') != NULL ||
            !policy_capture_rules_names_site(self->rules, run->text))
            continue;
        box.x -= box.height;
        box.width += 2 * box.height + box.width / 4;
        hide_box(text, &box);
        has_some = TRUE;
    }
    return has_some;
}

static gboolean
hide_denied(const RecallBlinds *self, const Entry *entry, RecallText *text)
{
    gboolean has_some = hide_addresses(self, entry, text);

    for (unsigned i = 0; i < text->names->len; i++) {
        const RecallName *name = &g_array_index(text->names, RecallName, i);

        if (!is_denied_name(self, entry, name->text))
            continue;
        hide_box(text, &name->box);
        has_some = TRUE;
    }
    return has_some;
}

gboolean
recall_blinds_hide_names(RecallBlinds *self,
                         const RecallWindow *window,
                         RecallText *text,
                         int64_t at_us)
{
    Entry *entry = find_entry(self, window->xid);
    gboolean had_names = entry != NULL && entry->has_names;
    gboolean had_parts = entry != NULL && entry->has_parts;

    if (entry == NULL)
        return FALSE;
    if (text != NULL) {
        entry->has_names = hide_denied(self, entry, text);
        entry->has_parts = hide_parts(self, text);
    }
    if (entry->has_names)
        recall_ledger_note(self->ledger, NAME_RULE, NAME_REASON, at_us, !had_names);
    if (entry->has_parts)
        recall_ledger_note(self->ledger, PART_RULE, PART_REASON, at_us, !had_parts);
    return window->kind != RECALL_WINDOW_POPUP || (text != NULL && text->names->len > 0) ||
           !is_of_naming(self, window);
}

PolicyCaptureDecision
recall_blinds_tell(RecallBlinds *self,
                   const RecallWindow *window,
                   const char *name,
                   const char *url)
{
    Entry *entry = find_entry(self, window->xid);

    if (entry == NULL)
        return (PolicyCaptureDecision){POLICY_CAPTURE_UNDECIDED, NULL, NULL};
    note_title(self, entry, window, url);
    g_free(entry->told_title);
    entry->told_title = g_strdup(window->title);
    g_free(entry->name);
    entry->name = g_strdup(name);
    g_free(entry->url);
    entry->url = g_strdup(url);
    entry->is_pageless =
        name != NULL && url == NULL && find_browser(entry) == POLICY_BROWSER_CHROMIUM;
    entry->is_public |=
        name != NULL && policy_capture_rules_is_public(self->rules, find_browser(entry),
                                                       entry->window->title, name);
    decide(self, entry, g_get_real_time());
    return entry->decision;
}

void
recall_blinds_note_places(RecallBlinds *self, uint32_t xid, gboolean are_there, int64_t at_us)
{
    Entry *entry = find_entry(self, xid);

    if (entry == NULL)
        return;
    if (are_there)
        recall_ledger_note(self->ledger, PASSWORD_RULE, PASSWORD_REASON, at_us, !entry->has_places);
    entry->has_places = are_there;
}

void
recall_blinds_note_secrets(RecallBlinds *self, uint32_t xid, unsigned n, int64_t at_us)
{
    Entry *entry = find_entry(self, xid);
    unsigned n_noted = MIN(n, N_SECRETS_NOTED_MAX);

    if (entry == NULL)
        return;
    for (unsigned i = MIN(entry->n_secrets, n_noted); i < n_noted; i++)
        recall_ledger_note(self->ledger, SECRET_RULE, SECRET_REASON, at_us, TRUE);
    if (n_noted > 0 && n_noted <= entry->n_secrets)
        recall_ledger_note(self->ledger, SECRET_RULE, SECRET_REASON, at_us, FALSE);
    entry->n_secrets = n_noted;
}

const char *
recall_blinds_get_trouble(const RecallBlinds *self)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, self->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Entry *entry = value;

        if (is_seen(self, entry) && entry->decision.verdict == POLICY_CAPTURE_UNDECIDED &&
            entry->noted_rule != NULL)
            return entry->decision.reason;
    }
    return NULL;
}

const RecallLedger *
recall_blinds_get_ledger(RecallBlinds *self, int64_t at_us)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, self->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Entry *entry = value;

        if (is_seen(self, entry) && entry->noted_rule != NULL)
            note(self, entry, at_us);
    }
    return self->ledger;
}
