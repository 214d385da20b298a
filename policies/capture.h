/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/browsing.h"

#include <gio/gio.h>

/* May this window be remembered? The rules and the question are values, and so is the answer: no
 * clock, no display, no file. A rule can only deny; what no rule denies is remembered. */

#define POLICY_CAPTURE_RULES_N_MAX 512
#define POLICY_CAPTURE_PATTERN_MAX_BYTES 512

typedef enum {
    POLICY_CAPTURE_APPLICATION, /* class of the window; * and ? */
    POLICY_CAPTURE_TITLE,       /* anywhere in the title; with a * the whole title */
    POLICY_CAPTURE_SITE,        /* as policies/site.h */
} PolicyCaptureKind;

typedef struct PolicyCaptureRules PolicyCaptureRules;

typedef struct {
    const char *app;
    const char *title;
    const char *url;         /* of the page in front; NULL: not known */
    const char *name;        /* accessible name of the window; NULL: not known */
    gboolean is_opted_out;   /* it carries _DESKHAND_NO_RECALL */
    gboolean is_part_denied; /* it belongs to a window that is denied */
    gboolean is_part;        /* it belongs to a window that was decided on: no mark of its own */
    PolicyBrowser browser;   /* that its program is, whatever @app says; NONE: only that tells */
    gboolean is_all_private; /* its browser makes all windows private, without a mark */
    gboolean is_all_unsure;  /* ... or may do so */
} PolicyCaptureQuestion;

typedef enum {
    POLICY_CAPTURE_ALLOW,
    POLICY_CAPTURE_UNDECIDED, /* more must be known; until then as denied */
    POLICY_CAPTURE_DENY,
} PolicyCaptureVerdict;

typedef struct {
    PolicyCaptureVerdict verdict;
    const char *rule;   /* of the rules, borrowed: "site bank.example"; NULL when allowed */
    const char *reason; /* a sentence; NULL when allowed */
} PolicyCaptureDecision;

/* With the rules that hold for everybody: lock screens, key prompts, password managers, viewers of
 * other desktops. Private windows are denied, and so is a browser's window of which that cannot be
 * told. */
PolicyCaptureRules *policy_capture_rules_new(void);
void policy_capture_rules_free(PolicyCaptureRules *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PolicyCaptureRules, policy_capture_rules_free)

/* Drops the applications that policy_capture_rules_new() put in. */
void policy_capture_rules_drop_initial(PolicyCaptureRules *self);

/* @error: G_IO_ERROR_INVALID_ARGUMENT with a phrase that says what the pattern must be */
gboolean policy_capture_rules_add(PolicyCaptureRules *self,
                                  PolicyCaptureKind kind,
                                  const char *pattern,
                                  GError **error);

/* Private windows, and browsers of which it cannot be told, are remembered, too. */
void policy_capture_rules_allow_private(PolicyCaptureRules *self, gboolean is_allowed);
void policy_capture_rules_allow_unknown(PolicyCaptureRules *self, gboolean is_allowed);

/* @names: what a browser with several profiles puts after its name in public windows */
void policy_capture_rules_set_profiles(PolicyCaptureRules *self, const char *const *names);

/* Whether the address of a page can matter. */
gboolean policy_capture_rules_has_sites(const PolicyCaptureRules *self);

/* Whether a rule denies windows of this title, or pages of this address. */
gboolean policy_capture_rules_denies_title(const PolicyCaptureRules *self, const char *title);
gboolean policy_capture_rules_denies_site(const PolicyCaptureRules *self, const char *url);

/* Whether @text has a word that is the address of such a page, as browsers write it: the scheme may
 * be left out. */
gboolean policy_capture_rules_names_site(const PolicyCaptureRules *self, const char *text);

/* Whether the accessible name tells that a browser's window is public. */
gboolean policy_capture_rules_is_public(const PolicyCaptureRules *self,
                                        PolicyBrowser browser,
                                        const char *title,
                                        const char *name);

PolicyCaptureDecision policy_capture_decide(const PolicyCaptureRules *self,
                                            const PolicyCaptureQuestion *question);
