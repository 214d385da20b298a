/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/results.h"

static const AppOption options[] = {
    APP_RESULTS_OPTIONS,
    {"json", APP_VALUE_NONE, NULL, 0, "print one JSON document"},
    {NULL},
};

static const AppExample examples[] = {
    {"deskhand timeline", "what was on the screen lately"},
    {"deskhand timeline --since 9:00 --until 10:30", "this morning"},
    {"deskhand timeline --since yesterday --app libreoffice", "one program since yesterday"},
    {NULL},
};

static GVariant *
make_parameters(const AppArguments *arguments)
{
    g_auto(GVariantDict) dict;

    g_variant_dict_init(&dict, NULL);
    app_results_add_options(&dict, arguments);
    return g_variant_new("(@a{sv})", g_variant_dict_end(&dict));
}

static gboolean
run(const AppArguments *arguments, AppOutput *output, GCancellable *cancellable, GError **error)
{
    unsigned n = 0;

    if (!app_results_run(APP_RESULTS_TIMELINE, &app_timeline_command, arguments,
                         make_parameters(arguments), output, cancellable, &n, error))
        return FALSE;
    if (n == 0 && app_arguments_get(arguments, "json") == NULL)
        app_output_say("Nothing was recorded then; `deskhand status` says whether it is now.");
    return TRUE;
}

const AppCommand app_timeline_command = {
    .name = "timeline",
    .arguments = "",
    .summary = "list what was on the screen, the newest first",
    .description = "Lists scenes by day: from and to when, the scene's number, program and title.",
    .options = options,
    .examples = examples,
    .run = run,
};
