/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "agentd/config.h"

#include "agentd/config-never.h"
#include "base/key-file.h"

#include <string.h>

#define LANGUAGES_MAX_BYTES 64 /* of their names */

static gboolean
check_languages(const char *value)
{
    size_t n_bytes =
        strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_+0123456789");

    return n_bytes > 0 && n_bytes == strlen(value) && n_bytes <= LANGUAGES_MAX_BYTES;
}

static gboolean
check_path(const char *value)
{
    return g_path_is_absolute(value);
}

typedef struct {
    const char *group;
    const char *key;
    const char *initial;
    gboolean (*check)(const char *value);
    const char *hint;
    size_t offset;
} Setting;

static const Setting settings[] = {
    {"read", "languages", "eng+chi_sim", check_languages,
     "names of Tesseract languages joined by +, such as eng+chi_sim",
     G_STRUCT_OFFSET(AgentdConfig, languages)},
    {"read", "data", NULL, check_path, "an absolute path",
     G_STRUCT_OFFSET(AgentdConfig, data_path)},
};

void
agentd_config_free(AgentdConfig *self)
{
    if (self == NULL)
        return;
    g_free(self->path);
    g_free(self->languages);
    g_free(self->data_path);
    policy_capture_rules_free(self->never);
    g_free(self);
}

static const Setting *
find_setting(const char *group, const char *key)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(settings); i++) {
        if (g_str_equal(settings[i].group, group) && g_str_equal(settings[i].key, key))
            return &settings[i];
    }
    return NULL;
}

static gboolean
is_known(const char *group, const char *key)
{
    if (g_str_equal(group, AGENTD_CONFIG_NEVER_GROUP))
        return agentd_config_never_has_key(key);
    return find_setting(group, key) != NULL;
}

/* A misspelt key must not pass for a setting in force. */
static gboolean
check_group(GKeyFile *file, const char *group, GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, error);

    for (char **key = keys; keys != NULL && *key != NULL; key++) {
        if (!is_known(group, *key)) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "there is no setting [%s] %s: see agentd.conf(5)", group, *key);
            return FALSE;
        }
    }
    return keys != NULL;
}

static gboolean
check_keys(GKeyFile *file, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

    for (char **group = groups; *group != NULL; group++) {
        if (!check_group(file, *group, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
take_setting(AgentdConfig *self, GKeyFile *file, const Setting *setting, GError **error)
{
    g_autofree char *value = NULL;
    char **field = G_STRUCT_MEMBER_P(self, setting->offset);

    if (!g_key_file_has_key(file, setting->group, setting->key, NULL)) {
        *field = g_strdup(setting->initial);
        return TRUE;
    }
    value = g_key_file_get_string(file, setting->group, setting->key, error);
    if (value == NULL)
        return FALSE;
    if (!setting->check(value)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "[%s] %s must be %s",
                    setting->group, setting->key, setting->hint);
        return FALSE;
    }
    *field = g_steal_pointer(&value);
    return TRUE;
}

static AgentdConfig *
take(GKeyFile *file, GError **error)
{
    g_autoptr(AgentdConfig) self = g_new0(AgentdConfig, 1);

    if (!check_keys(file, error))
        return NULL;
    for (unsigned i = 0; i < G_N_ELEMENTS(settings); i++) {
        if (!take_setting(self, file, &settings[i], error))
            return NULL;
    }
    self->never = agentd_config_never_take(file, error);
    return self->never != NULL ? g_steal_pointer(&self) : NULL;
}

AgentdConfig *
agentd_config_load(const char *path, GError **error)
{
    g_autofree char *own =
        g_build_filename(g_get_user_config_dir(), "deskhand", "agentd.conf", NULL);
    g_autoptr(GError) local_error = NULL;
    g_autoptr(GKeyFile) file =
        base_key_file_load(path ? path : own, AGENTD_CONFIG_MAX_BYTES, &local_error);
    AgentdConfig *self;

    if (path == NULL && g_error_matches(local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
        g_clear_error(&local_error);
        file = g_key_file_new();
    }
    self = file != NULL ? take(file, &local_error) : NULL;
    if (self == NULL)
        g_propagate_prefixed_error(error, g_steal_pointer(&local_error),
                                   "Cannot use %s: ", path ? path : own);
    else
        self->path = g_strdup(path ? path : own);
    return self;
}
