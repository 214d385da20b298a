/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "agentd/config-never.h"

#define GROUP AGENTD_CONFIG_NEVER_GROUP

static const struct {
    const char *key;
    PolicyCaptureKind kind;
} lists[] = {
    {"applications", POLICY_CAPTURE_APPLICATION},
    {"titles", POLICY_CAPTURE_TITLE},
    {"sites", POLICY_CAPTURE_SITE},
};

typedef void (*Switch)(PolicyCaptureRules *rules, gboolean is_on);

static void
set_usual(PolicyCaptureRules *rules, gboolean is_on)
{
    if (!is_on)
        policy_capture_rules_drop_initial(rules);
}

static void
set_private(PolicyCaptureRules *rules, gboolean is_on)
{
    policy_capture_rules_allow_private(rules, !is_on);
}

static void
set_undecided(PolicyCaptureRules *rules, gboolean is_on)
{
    policy_capture_rules_allow_unknown(rules, !is_on);
}

/* In this order: the usual applications are dropped before others are added. */
static const struct {
    const char *key;
    Switch set;
} switches[] = {
    {"usual-applications", set_usual},
    {"private-windows", set_private},
    {"undecided-browsers", set_undecided},
};

#define PROFILES_KEY "but-profiles"

gboolean
agentd_config_never_has_key(const char *key)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (g_str_equal(key, lists[i].key))
            return TRUE;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(switches); i++) {
        if (g_str_equal(key, switches[i].key))
            return TRUE;
    }
    return g_str_equal(key, PROFILES_KEY);
}

static gboolean
take_switch(PolicyCaptureRules *rules, GKeyFile *file, const char *key, Switch set, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    gboolean is_on;

    if (!g_key_file_has_key(file, GROUP, key, NULL))
        return TRUE;
    is_on = g_key_file_get_boolean(file, GROUP, key, &local_error);
    if (local_error != NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "[%s] %s must be true or false",
                    GROUP, key);
        return FALSE;
    }
    set(rules, is_on);
    return TRUE;
}

static gboolean
take_list(PolicyCaptureRules *rules,
          GKeyFile *file,
          const char *key,
          PolicyCaptureKind kind,
          GError **error)
{
    g_auto(GStrv) patterns = NULL;

    if (!g_key_file_has_key(file, GROUP, key, NULL))
        return TRUE;
    patterns = g_key_file_get_string_list(file, GROUP, key, NULL, error);
    for (char **pattern = patterns; pattern != NULL && *pattern != NULL; pattern++) {
        g_autoptr(GError) local_error = NULL;

        if (policy_capture_rules_add(rules, kind, *pattern, &local_error))
            continue;
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "[%s] %s must be a list, separated by semicolons, of %s", GROUP, key,
                    local_error->message);
        return FALSE;
    }
    return patterns != NULL;
}

PolicyCaptureRules *
agentd_config_never_take(GKeyFile *file, GError **error)
{
    g_autoptr(PolicyCaptureRules) rules = policy_capture_rules_new();
    g_auto(GStrv) profiles = g_key_file_get_string_list(file, GROUP, PROFILES_KEY, NULL, NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(switches); i++) {
        if (!take_switch(rules, file, switches[i].key, switches[i].set, error))
            return NULL;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (!take_list(rules, file, lists[i].key, lists[i].kind, error))
            return NULL;
    }
    policy_capture_rules_set_profiles(rules, (const char *const *)profiles);
    return g_steal_pointer(&rules);
}
