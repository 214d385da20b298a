/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/results.h"

static const AppOption options[] = {
    APP_RESULTS_OPTIONS,
    {"best", APP_VALUE_NONE, NULL, 0, "the best first, not the newest"},
    {"json", APP_VALUE_NONE, NULL, 0, "print one JSON document"},
    {NULL},
};

static const AppExample terms[] = {
    {"\"a phrase\"", "the words next to each other"},
    {"-word", "without this word"},
    {"wor*", "words that begin so"},
    {"app:X title:X url:X file:X actor:X", "look there only"},
    {"before:T after:T on:T", "a time, such as 2026-11-03, 3.11.2026, yesterday, now or 14:05"},
    {"yesterday, last tuesday, 3 days ago, 昨天, 上周二, 11月3日下午",
     "plain dates, without anything before them; to search for the words, quote them twice"},
    {NULL},
};

static const AppExample examples[] = {
    {"deskhand search invoice 4711", "both words, the newest first"},
    {"deskhand search '\"total due\" -draft app:chromium yesterday'",
     "a phrase, without a word, in one program, on one day"},
    {"deskhand search 昨天 报价", "any part of a Chinese, Japanese or Korean text is found"},
    {"deskhand search --json --limit 1 zoom.us", "for a script"},
    {"deskhand search -- --verbose", "words that begin with two dashes"},
    {NULL},
};

static GVariant *
make_parameters(const AppArguments *arguments)
{
    g_autofree char *query = app_arguments_dup_sentence(arguments);
    g_auto(GVariantDict) dict;

    g_variant_dict_init(&dict, NULL);
    app_results_add_options(&dict, arguments);
    if (app_arguments_get(arguments, "best") != NULL)
        g_variant_dict_insert(&dict, "best", "b", TRUE);
    return g_variant_new("(s@a{sv})", query, g_variant_dict_end(&dict));
}

/* To the person, not into the answer: so a pipe gets nothing when there is nothing. */
static void
say_nothing_found(const AppArguments *arguments)
{
    gboolean is_page = app_arguments_get(arguments, "cursor") != NULL;

    app_output_say(is_page ? "There are no more results."
                           : "Nothing found. Try fewer or other words; `deskhand timeline` shows "
                             "what was recorded, `deskhand status` whether it still is.");
}

static gboolean
run(const AppArguments *arguments, AppOutput *output, GCancellable *cancellable, GError **error)
{
    unsigned n = 0;

    if (!app_results_run(APP_RESULTS_FOUND, &app_search_command, arguments,
                         make_parameters(arguments), output, cancellable, &n, error))
        return FALSE;
    if (n == 0 && app_arguments_get(arguments, "json") == NULL)
        say_nothing_found(arguments);
    return TRUE;
}

const AppCommand app_search_command = {
    .name = "search",
    .arguments = "QUERY...",
    .n_words_min = 1,
    .n_words_max = G_MAXUINT,
    .takes_dash_words = TRUE,
    .summary = "find what was on the screen",
    .description =
        "Finds the scenes (one window's content over a while) whose text, title, program or "
        "address holds all the words. Results come as they are found, the newest first. Ctrl-C "
        "ends the search.\n"
        "\n"
        "Anything is a valid query. Upper and lower case are the same. Signs count (C++ is not C); "
        "where nothing has them, what is found without them is shown, and that is said. These have "
        "a "
        "meaning:",
    .terms = terms,
    .options = options,
    .examples = examples,
    .run = run,
};
