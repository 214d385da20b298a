/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/client.h"
#include "apps/command.h"
#include "apps/dict.h"
#include "apps/error.h"
#include "apps/forgotten.h"
#include "apps/place.h"
#include "apps/when.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#define POLL_MS 200

static const AppOption options[] = {
    {"last", APP_VALUE_TEXT, "DURATION", 0, "what was shown in the last 30m, 2h, 1d or 90d"},
    {"since", APP_VALUE_TEXT, "TIME", 0, "what was shown from then on"},
    {"until", APP_VALUE_TEXT, "TIME", 0, "what was shown until then"},
    {"app", APP_VALUE_TEXT, "NAME", 0, "what this program showed"},
    {"url", APP_VALUE_TEXT, "ADDRESS", 0, "what this site, or this path of it, showed"},
    {"query", APP_VALUE_TEXT, "QUERY", 0,
     "what `deskhand search QUERY` finds, but only what has QUERY as it stands"},
    {"scene", APP_VALUE_TEXT, "NUMBER", 0, "this one scene"},
    {"all", APP_VALUE_NONE, NULL, 0, "everything"},
    {"dry-run", APP_VALUE_NONE, NULL, 0, "only say what would go"},
    {"yes", APP_VALUE_NONE, NULL, 0, "do not ask"},
    {"receipts", APP_VALUE_NONE, NULL, 0, "list what was forgotten when; stands alone"},
    {"json", APP_VALUE_NONE, NULL, 0, "print one JSON document"},
    {NULL},
};

static const AppExample examples[] = {
    {"deskhand forget --last 10m", "the last ten minutes"},
    {"deskhand forget --since yesterday --until 9:00 --dry-run", "what would that be?"},
    {"deskhand forget --url bank.example", "a site, at whatever time"},
    {"deskhand forget --url example.com/private", "a part of one"},
    {"deskhand forget --query '\"a phrase\" app:mousepad'", "what a search finds"},
    {"deskhand forget --receipts", "what was forgotten when"},
    {NULL},
};

/* --- what is asked for --- */

static gboolean
has(const AppArguments *arguments, const char *name)
{
    return app_arguments_get(arguments, name) != NULL;
}

static gboolean
refuse(GError **error, const char *sentence)
{
    g_set_error_literal(error, APP_ERROR, APP_ERROR_USAGE, sentence);
    return FALSE;
}

static gboolean
add_last(GVariantDict *dict, const char *text, GError **error)
{
    int64_t last_us = 0;

    if (g_str_has_prefix(text, "until "))
        return refuse(error, "--last takes a duration such as 30m; --until takes a time.");
    if (!app_when_parse_ago(text, &last_us, error))
        return FALSE;
    g_variant_dict_insert(dict, "last", "t", (uint64_t)last_us);
    return TRUE;
}

static gboolean
add_scene(GVariantDict *dict, const char *text, GError **error)
{
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &number, NULL)) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "--scene takes a scene's number, as `deskhand search` prints it, not “%s”.",
                    text);
        return FALSE;
    }
    g_variant_dict_insert(dict, "scene", "x", (int64_t)number);
    return TRUE;
}

static gboolean
has_words(const AppArguments *arguments)
{
    return has(arguments, "app") || has(arguments, "url") || has(arguments, "query");
}

static gboolean
check_choice(const AppArguments *arguments, GError **error)
{
    gboolean has_time =
        has(arguments, "last") || has(arguments, "since") || has(arguments, "until");
    int n = has(arguments, "all") + has(arguments, "scene") + (has_time || has_words(arguments));

    if (n == 0)
        return refuse(error, "Say what to forget, for example `deskhand forget --last 10m`; "
                             "`deskhand forget --help` lists the ways.");
    if (n > 1)
        return refuse(error, "--all and --scene stand alone; a time, a program, an address and a "
                             "query may be given together.");
    if (has(arguments, "last") && has(arguments, "since"))
        return refuse(error, "Give either --last or --since.");
    return TRUE;
}

/* What else is asked for would be forgotten by nobody. */
static gboolean
check_receipts_alone(const AppArguments *arguments, GError **error)
{
    for (const AppOption *option = options; option->name != NULL; option++) {
        if (has(arguments, option->name) && !g_str_equal(option->name, "receipts") &&
            !g_str_equal(option->name, "json"))
            return refuse(error, "--receipts only lists what was forgotten: it stands alone, or "
                                 "with --json.");
    }
    return TRUE;
}

/* Returns: floating a{sv}, or NULL */
static GVariant *
make_what(const AppArguments *arguments, GError **error)
{
    static const char *const texts[] = {"since", "until", "app", "url", "query"};
    g_auto(GVariantDict) dict;
    gboolean is_good = TRUE;

    g_variant_dict_init(&dict, NULL);
    if (!check_choice(arguments, error))
        return NULL;
    if (has(arguments, "all"))
        g_variant_dict_insert(&dict, "all", "b", TRUE);
    if (has(arguments, "scene"))
        is_good = add_scene(&dict, app_arguments_get(arguments, "scene"), error);
    if (is_good && has(arguments, "last"))
        is_good = add_last(&dict, app_arguments_get(arguments, "last"), error);
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (has(arguments, texts[i]))
            g_variant_dict_insert(&dict, texts[i], "s", app_arguments_get(arguments, texts[i]));
    }
    return is_good ? g_variant_dict_end(&dict) : NULL;
}

/* Returns: (transfer full): what the job finished with, or NULL */
static GVariant *
ask_vault(GVariant *what, gboolean is_dry, GCancellable *cancellable, GError **error)
{
    g_autoptr(GDBusConnection) vault = app_client_connect_vault(cancellable, error);
    g_auto(GVariantDict) dict;
    GVariant *summary = NULL;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "dry-run", "b", is_dry);
    if (vault == NULL ||
        !app_client_run_work(vault, "Forget",
                             g_variant_new("(@a{sv}@a{sv})", what, g_variant_dict_end(&dict)),
                             cancellable, &summary, error))
        return NULL;
    return summary;
}

/* --- receipts --- */

/* What is not in the list, although it was. */
static gboolean
check_lost(GDBusConnection *vault, GCancellable *cancellable, GError **error)
{
    g_autoptr(GVariant) reply =
        app_client_call_vault(vault, "GetStatistics", NULL, NULL, cancellable, error);
    g_autoptr(GVariant) statistics = reply != NULL ? g_variant_get_child_value(reply, 0) : NULL;

    if (statistics == NULL)
        return FALSE;
    if (app_dict_get_number(statistics, "receipts-lost") == 0)
        return TRUE;
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "Not listed: %s.",
                app_dict_get_text(statistics, "receipts-why"));
    return FALSE;
}

static gboolean
run_receipts(gboolean is_json, AppOutput *output, GCancellable *cancellable, GError **error)
{
    g_autoptr(GDBusConnection) vault = app_client_connect_vault(cancellable, error);
    g_autoptr(GVariant) reply =
        vault != NULL ? app_client_call_vault(vault, "Receipts", NULL, NULL, cancellable, error)
                      : NULL;
    g_autoptr(GVariant) list = NULL;

    if (reply == NULL)
        return FALSE;
    list = g_variant_get_child_value(reply, 0);
    app_forgotten_write_receipts(list, is_json, output->text);
    if (!check_lost(vault, cancellable, error))
        return FALSE;
    if (g_variant_n_children(list) == 0 && !is_json)
        app_output_say("Nothing was forgotten yet.");
    return TRUE;
}

/* --- asking --- */

/* The first letter of a line on the terminal. */
static gboolean
read_answer(gboolean *out_is_yes, GCancellable *cancellable, GError **error)
{
    struct pollfd poller = {STDIN_FILENO, POLLIN, 0};
    char line[64] = "";

    while (poll(&poller, 1, POLL_MS) <= 0) {
        while (g_main_context_iteration(NULL, FALSE)) {
        }
        if (g_cancellable_set_error_if_cancelled(cancellable, error))
            return FALSE;
    }
    *out_is_yes = read(STDIN_FILENO, line, sizeof line - 1) > 0 &&
                  (g_ascii_tolower(*line) == 'y' || g_str_has_prefix(line, "是"));
    return TRUE;
}

static gboolean
confirm(GVariant *plan, gboolean *out_is_yes, GCancellable *cancellable, GError **error)
{
    g_autoptr(GString) question = g_string_new("Forget ");

    *out_is_yes = TRUE;
    if (app_forgotten_is_nothing(plan)) /* but what the agent has in hand may be it */
        return TRUE;
    app_forgotten_append_amount(plan, question);
    g_string_append(question, "? It cannot be brought back. Type y to do it:");
    app_output_say(question->str);
    return read_answer(out_is_yes, cancellable, error);
}

static void
tell_lost(GVariant *reply)
{
    g_autofree char *sentence = NULL;
    guint32 n_lost;

    g_variant_get(reply, "(u)", &n_lost);
    sentence = g_strdup_printf("%u scene%s that waited for the history could not be looked into, "
                               "and went, too.",
                               n_lost, n_lost == 1 ? "" : "s");
    if (n_lost > 0)
        app_output_say(sentence);
}

/* Of a time all is meant; of anything else the vault alone can tell. No word of it is on the bus.
 */
static GVariant *
make_span(const AppArguments *arguments, GVariant *plan)
{
    return g_variant_new("(xxb)", app_forgotten_get_time(plan, "meant-since"),
                         app_forgotten_get_time(plan, "meant-until"),
                         has(arguments, "scene") || has_words(arguments));
}

/* Without an agent nothing is in hand. */
static gboolean
tell_agent(const AppArguments *arguments, GVariant *plan, GCancellable *cancellable, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    g_autoptr(GVariant) reply =
        app_client_call_agent("ForgetSpan", make_span(arguments, plan), cancellable, &local_error);

    if (reply != NULL) {
        tell_lost(reply);
        return TRUE;
    }
    if (g_error_matches(local_error, APP_ERROR, APP_ERROR_NOT_RUNNING)) {
        if (!app_client_has_session_bus())
            app_output_say("There is no session bus here, so the agent is not told: what it has in "
                           "hand is stored after this.");
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

/* What is still on the screen is recorded anew. Without an agent nothing is. */
static void
let_look_again(GCancellable *cancellable)
{
    g_autoptr(GVariant) reply = app_client_call_agent("LookAgain", NULL, cancellable, NULL);
}

static void
tell_older_history(void)
{
    g_autofree char *path = app_place_find_older_history();
    g_autofree char *sentence = g_strdup_printf(
        "The older history in %s is not reached by this: `deskhand doctor` says how to remove it.",
        path);

    if (path != NULL)
        app_output_say(sentence);
}

static gboolean
forget(const AppArguments *arguments,
       GVariant *what,
       GVariant *plan,
       AppOutput *output,
       GCancellable *cancellable,
       GError **error)
{
    g_autoptr(GVariant) summary = NULL;

    if (!has(arguments, "dry-run")) {
        if (!tell_agent(arguments, plan, cancellable, error))
            return FALSE;
        summary = ask_vault(what, FALSE, cancellable, error);
        let_look_again(cancellable);
    } else {
        summary = g_variant_ref(plan);
    }
    if (summary == NULL)
        return FALSE;
    if (has(arguments, "all"))
        tell_older_history();
    app_forgotten_write(summary, has(arguments, "json"), output->text);
    return app_forgotten_check_left(summary, error);
}

static gboolean
run(const AppArguments *arguments, AppOutput *output, GCancellable *cancellable, GError **error)
{
    g_autoptr(GVariant) what = NULL;
    g_autoptr(GVariant) plan = NULL;
    gboolean is_yes = has(arguments, "yes") || has(arguments, "dry-run");

    if (has(arguments, "receipts"))
        return check_receipts_alone(arguments, error) &&
               run_receipts(has(arguments, "json"), output, cancellable, error);
    what = make_what(arguments, error);
    if (what == NULL)
        return FALSE;
    g_variant_ref_sink(what);
    if (!is_yes && !isatty(STDIN_FILENO))
        return refuse(error, "There is no terminal to ask on: --yes forgets without asking, "
                             "--dry-run says what would go.");
    app_client_tell_ends(cancellable);
    plan = ask_vault(what, TRUE, cancellable, error);
    if (plan == NULL || (!is_yes && !confirm(plan, &is_yes, cancellable, error)))
        return FALSE;
    if (is_yes)
        return forget(arguments, what, plan, output, cancellable, error);
    app_output_say("Nothing was forgotten.");
    return TRUE;
}

const AppCommand app_forget_command = {
    .name = "forget",
    .arguments = "",
    .summary = "take something out of the history, for good",
    .description =
        "Forgets what was shown in a time, by a program, of a site, or whatever a search finds. "
        "Afterwards no byte of its words or pictures is in any file of the history, and older "
        "copies of those files can be opened no more. It says first what would go, and asks.\n"
        "\n"
        "--url takes a site, with all below it (bank.example is www.bank.example, too), or a path "
        "of one, with all below that (example.com/private); http or https is the same, and a "
        "name without a dot, such as localhost, is that host alone. Where nothing is found nothing "
        "goes, and there is no receipt.\n"
        "\n"
        "A scene that was shown in any part of the time goes as a whole; it lasts at most an hour. "
        "What is still on the screen is seen anew: close it first, or `deskhand pause`. Files that "
        "were set aside because they are damaged go too where they might hold it. While the "
        "history is locked only whole weeks can go. A week whose file is missing or cannot be read "
        "is named, and the exit code is 1: the rest is forgotten all the same.\n"
        "\n"
        "The oldest also goes by itself, by a quota and a limit of age; see vault.conf(5).",
    .options = options,
    .examples = examples,
    .run = run,
};
