/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/client.h"
#include "apps/command.h"
#include "apps/when.h"

#define DURATION_MAX_US (7 * G_TIME_SPAN_DAY) /* what Agent1.Pause takes */

static const AppOption no_options[] = {{NULL}};

static const AppExample pause_examples[] = {
    {"deskhand pause", "until `deskhand resume`"},
    {"deskhand pause 30m", "for half an hour; also 2h, 90s, 1h 30m, 1d"},
    {"deskhand pause until 15:00", "until a time of day"},
    {NULL},
};

static const AppExample resume_examples[] = {
    {"deskhand resume", "record again at once"},
    {NULL},
};

static gboolean
run_pause(const AppArguments *arguments,
          AppOutput *output,
          GCancellable *cancellable,
          GError **error)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *text = app_arguments_dup_sentence(arguments);
    g_autofree char *length = NULL;
    g_autoptr(GVariant) reply = NULL;
    int64_t duration_us = 0;

    if (arguments->words->len > 0 &&
        !app_when_parse_duration(text, now, DURATION_MAX_US, &duration_us, error))
        return FALSE;
    reply = app_client_call_agent("Pause", g_variant_new("(t)", (uint64_t)duration_us), cancellable,
                                  error);
    if (reply == NULL)
        return FALSE;
    length = app_when_format_duration(duration_us);
    if (duration_us > 0)
        g_string_append_printf(output->text, "Paused for %s.\n", length);
    else
        g_string_append(output->text, "Paused; `deskhand resume` records again.\n");
    return TRUE;
}

static gboolean
run_resume(const AppArguments *arguments,
           AppOutput *output,
           GCancellable *cancellable,
           GError **error)
{
    g_autoptr(GVariant) reply = app_client_call_agent("Resume", NULL, cancellable, error);

    if (reply != NULL)
        g_string_append(output->text, "Recording.\n");
    return reply != NULL;
}

const AppCommand app_pause_command = {
    .name = "pause",
    .arguments = "[DURATION]",
    .n_words_max = 8,
    .summary = "stop recording, for a while or until resumed",
    .description = "Nothing that is on the screen meanwhile is looked at or kept.",
    .options = no_options,
    .examples = pause_examples,
    .run = run_pause,
};

const AppCommand app_resume_command = {
    .name = "resume",
    .arguments = "",
    .summary = "record again after a pause",
    .description = "Recording goes on from now; what was on the screen during the pause stays "
                   "unknown.",
    .options = no_options,
    .examples = resume_examples,
    .run = run_resume,
};
