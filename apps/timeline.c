/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/error.h"
#include "apps/results.h"

static const AppOption options[] = {
    APP_RESULTS_OPTIONS,
    {"json", APP_VALUE_NONE, NULL, 0, "print one JSON document"},
    {NULL},
};

static const AppExample examples[] = {
    {"deskhand timeline", "what was on the screen lately"},
    {"deskhand timeline last tuesday", "on that day"},
    {"deskhand timeline --since 9:00 --until 10:30", "this morning"},
    {"deskhand timeline --since yesterday --app libreoffice", "one program since yesterday"},
    {NULL},
};

/* A day, a week: from its begin to its end. */
static GVariant *
make_parameters(const AppArguments *arguments)
{
    g_autofree char *time = app_arguments_dup_sentence(arguments);
    g_auto(GVariantDict) dict;

    g_variant_dict_init(&dict, NULL);
    app_results_add_options(&dict, arguments);
    if (*time != '\0') {
        g_variant_dict_insert(&dict, "since", "s", time);
        g_variant_dict_insert(&dict, "until", "s", time);
    }
    return g_variant_new("(@a{sv})", g_variant_dict_end(&dict));
}

static gboolean
run(const AppArguments *arguments, AppOutput *output, GCancellable *cancellable, GError **error)
{
    unsigned n = 0;

    if (arguments->words->len > 0 && (app_arguments_get(arguments, "since") != NULL ||
                                      app_arguments_get(arguments, "until") != NULL)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_USAGE,
                            "Say one of them: a time, or --since and --until.");
        return FALSE;
    }
    if (!app_results_run(APP_RESULTS_TIMELINE, &app_timeline_command, arguments,
                         make_parameters(arguments), output, cancellable, &n, error))
        return FALSE;
    if (n == 0 && app_arguments_get(arguments, "json") == NULL)
        app_output_say("Nothing was recorded then; `deskhand status` says whether it is now.");
    return TRUE;
}

const AppCommand app_timeline_command = {
    .name = "timeline",
    .arguments = "[TIME]",
    .n_words_max = G_MAXUINT,
    .summary = "list what was on the screen, the newest first",
    .description = "Lists scenes by day: from and to when, the scene's number, program and title. "
                   "TIME is a day, a week, a month or a year, as in a search.",
    .options = options,
    .examples = examples,
    .run = run,
};
