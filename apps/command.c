/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/command.h"
#include "apps/error.h"
#include "apps/suggest.h"

const AppCommand *const app_commands[] = {
    &app_search_command,   &app_show_command,
    &app_timeline_command, &app_pause_command,
    &app_resume_command,   &app_forget_command,
    &app_lock_command,     &app_unlock_command,
    &app_key_command,      &app_why_command,
    &app_status_command,   &app_doctor_command,
    &app_help_command,     NULL,
};

const AppCommand *
app_command_find(const char *name)
{
    for (unsigned i = 0; app_commands[i] != NULL; i++) {
        if (g_str_equal(app_commands[i]->name, name))
            return app_commands[i];
    }
    return NULL;
}

/* What other programs call it. */
static const char *
find_synonym(const char *name)
{
    static const struct {
        const char *name;
        const char *meant;
    } synonyms[] = {
        {"find", "search"},       {"grep", "search"},   {"list", "timeline"},
        {"ls", "timeline"},       {"log", "timeline"},  {"history", "timeline"},
        {"open", "show"},         {"view", "show"},     {"stop", "pause"},
        {"start", "resume"},      {"delete", "forget"}, {"remove", "forget"},
        {"rm", "forget"},         {"clear", "forget"},  {"check", "doctor"},
        {"passphrase", "key"},    {"-V", "--version"},  {"-v", "--version"},
        {"version", "--version"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(synonyms); i++) {
        if (g_str_equal(synonyms[i].name, name))
            return synonyms[i].meant;
    }
    return NULL;
}

void
app_command_set_unknown(GError **error, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *nearest = find_synonym(name);

    for (unsigned i = 0; app_commands[i] != NULL; i++)
        g_ptr_array_add(names, (void *)app_commands[i]->name);
    g_ptr_array_add(names, NULL);
    if (nearest == NULL)
        nearest = app_suggest(name, (const char *const *)names->pdata);
    if (nearest != NULL)
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "There is no command “%s”; did you mean `deskhand %s`?", name, nearest);
    else
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "There is no command “%s”; `deskhand help` lists them.", name);
}
