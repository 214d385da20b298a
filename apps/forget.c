/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/client.h"
#include "apps/command.h"
#include "apps/error.h"
#include "apps/json.h"
#include "apps/when.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#define POLL_MS 200
#define N_APPS_SHOWN 5
#define N_DIGEST_SHOWN 8 /* bytes */
#define NOTHING_FOUND "Nothing was found, so nothing was forgotten."

static const AppOption options[] = {
    {"last", APP_VALUE_TEXT, "DURATION", 0, "what was shown in the last 30m, 2h, 1d; up to 7d"},
    {"since", APP_VALUE_TEXT, "TIME", 0, "what was shown from then on"},
    {"until", APP_VALUE_TEXT, "TIME", 0, "what was shown until then"},
    {"app", APP_VALUE_TEXT, "NAME", 0, "what this program showed"},
    {"url", APP_VALUE_TEXT, "ADDRESS", 0, "what this site, or this path of it, showed"},
    {"query", APP_VALUE_TEXT, "QUERY", 0, "whatever `deskhand search QUERY` finds"},
    {"scene", APP_VALUE_TEXT, "NUMBER", 0, "this one scene"},
    {"all", APP_VALUE_NONE, NULL, 0, "everything"},
    {"dry-run", APP_VALUE_NONE, NULL, 0, "only say what would go"},
    {"yes", APP_VALUE_NONE, NULL, 0, "do not ask"},
    {"receipts", APP_VALUE_NONE, NULL, 0, "list what was forgotten when"},
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
check_choice(const AppArguments *arguments, GError **error)
{
    gboolean has_time =
        has(arguments, "last") || has(arguments, "since") || has(arguments, "until");
    gboolean has_words = has(arguments, "app") || has(arguments, "url") || has(arguments, "query");
    int n = has(arguments, "all") + has(arguments, "scene") + (has_time || has_words);

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

/* --- what is told --- */

/* Returns: -1 when they were not counted */
static int64_t
get_n_scenes(GVariant *summary)
{
    guint64 n = 0;

    return g_variant_lookup(summary, "scenes", "t", &n) ? (int64_t)MIN(n, (guint64)INT64_MAX) : -1;
}

static unsigned
get_number(GVariant *summary, const char *key)
{
    guint32 n = 0;

    (void)g_variant_lookup(summary, key, "u", &n);
    return n;
}

static int64_t
get_time(GVariant *summary, const char *key)
{
    gint64 at_us = 0;

    (void)g_variant_lookup(summary, key, "x", &at_us);
    return at_us;
}

typedef struct {
    const char *name;
    uint32_t n;
} App;

static int
compare_apps(const void *a, const void *b)
{
    const App *first = a;
    const App *second = b;

    return first->n != second->n ? (first->n < second->n ? 1 : -1)
                                 : strcmp(first->name, second->name);
}

/* The largest first. @list: (nullable): a{su}, has the names */
static GArray *
list_apps(GVariant *list)
{
    GArray *apps = g_array_new(FALSE, FALSE, sizeof(App));
    GVariantIter iter;
    App app;

    if (list == NULL)
        return apps;
    g_variant_iter_init(&iter, list);
    while (g_variant_iter_next(&iter, "{&su}", &app.name, &app.n))
        g_array_append_val(apps, app);
    g_array_sort(apps, compare_apps);
    return apps;
}

static void
append_apps(GVariant *summary, GString *out)
{
    g_autoptr(GVariant) list = g_variant_lookup_value(summary, "apps", G_VARIANT_TYPE("a{su}"));
    g_autoptr(GArray) apps = list_apps(list);

    for (unsigned i = 0; i < MIN(apps->len, N_APPS_SHOWN); i++) {
        const App *app = &g_array_index(apps, App, i);

        g_string_append(out, i == 0 ? " (" : ", ");
        app_output_append_clean(out, *app->name != '\0' ? app->name : "no name", -1, FALSE);
        g_string_append_printf(out, " %u", app->n);
    }
    if (apps->len > N_APPS_SHOWN)
        g_string_append_printf(out, ", %u more", apps->len - N_APPS_SHOWN);
    if (apps->len > 0)
        g_string_append_c(out, ')');
}

static gboolean
is_nothing(GVariant *summary)
{
    return get_n_scenes(summary) == 0 && get_number(summary, "weeks") == 0 &&
           get_number(summary, "damaged") == 0;
}

/* "12 scenes from 14:00 to 14:05 (Mousepad 9, XTerm 3)" */
static void
append_amount(GVariant *summary, GString *out)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *from = app_when_format_short(get_time(summary, "from"), now);
    g_autofree char *until = app_when_format_short(get_time(summary, "until"), now);
    int64_t n = get_n_scenes(summary);

    if (n >= 0)
        g_string_append_printf(out, "%" G_GINT64_FORMAT " scene%s", n, n == 1 ? "" : "s");
    else
        g_string_append(out, "scenes not counted (locked or unreadable)");
    if (get_time(summary, "from") != 0)
        g_string_append_printf(out, " from %s to %s", from, until);
    append_apps(summary, out);
    if (get_number(summary, "weeks") > 0)
        g_string_append_printf(out, ", %u whole week(s)", get_number(summary, "weeks"));
    if (get_number(summary, "damaged") > 0)
        g_string_append_printf(out, ", %u damaged file(s) that were set aside",
                               get_number(summary, "damaged"));
}

static char *
dup_digest(GVariant *receipt, unsigned n_bytes_max)
{
    g_autoptr(GVariant) value = g_variant_lookup_value(receipt, "digest", G_VARIANT_TYPE("ay"));
    size_t n_bytes = value != NULL ? g_variant_get_size(value) : 0;
    const uint8_t *data = value != NULL ? g_variant_get_data(value) : NULL;
    GString *hex = g_string_new(NULL);

    for (size_t i = 0; i < MIN(n_bytes, n_bytes_max); i++)
        g_string_append_printf(hex, "%02x", data[i]);
    return g_string_free(hex, FALSE);
}

static void
write_time(AppJson *json, const char *key, int64_t at_us)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    g_autofree char *text = at_us != 0 ? app_when_format_rfc3339(at_us, zone) : NULL;

    app_json_key(json, key);
    app_json_string(json, text);
}

static void
write_amount(AppJson *json, GVariant *summary)
{
    app_json_key(json, "scenes");
    if (get_n_scenes(summary) >= 0)
        app_json_integer(json, get_n_scenes(summary));
    else
        app_json_string(json, NULL);
    write_time(json, "from", get_time(summary, "from"));
    write_time(json, "until", get_time(summary, "until"));
    app_json_key(json, "weeks");
    app_json_integer(json, get_number(summary, "weeks"));
    app_json_key(json, "damaged");
    app_json_integer(json, get_number(summary, "damaged"));
}

static void
write_receipt(AppJson *json, GVariant *receipt)
{
    g_autofree char *digest = dup_digest(receipt, G_MAXUINT);
    const char *kind = "";

    (void)g_variant_lookup(receipt, "kind", "&s", &kind);
    app_json_begin_object(json);
    app_json_key(json, "kind");
    app_json_string(json, kind);
    write_time(json, "at", get_time(receipt, "at"));
    write_amount(json, receipt);
    app_json_key(json, "digest");
    app_json_string(json, digest);
    app_json_end_object(json);
}

static void
write_apps(AppJson *json, GVariant *summary)
{
    g_autoptr(GVariant) list = g_variant_lookup_value(summary, "apps", G_VARIANT_TYPE("a{su}"));
    g_autoptr(GArray) apps = list_apps(list);

    app_json_key(json, "apps");
    app_json_begin_array(json);
    for (unsigned i = 0; i < apps->len; i++) {
        app_json_begin_object(json);
        app_json_key(json, "app");
        app_json_string(json, g_array_index(apps, App, i).name);
        app_json_key(json, "scenes");
        app_json_integer(json, g_array_index(apps, App, i).n);
        app_json_end_object(json);
    }
    app_json_end_array(json);
}

static const char **
get_left(GVariant *summary)
{
    const char **left = NULL;

    (void)g_variant_lookup(summary, "left", "^a&s", &left);
    return left;
}

static void
write_left(AppJson *json, GVariant *summary)
{
    g_autofree const char **left = get_left(summary);

    app_json_key(json, "left");
    app_json_begin_array(json);
    for (unsigned i = 0; left != NULL && left[i] != NULL; i++)
        app_json_string(json, left[i]);
    app_json_end_array(json);
}

/* What is found is one thing, that not all could be looked into another. */
static gboolean
check_left(GVariant *summary, GError **error)
{
    g_autofree const char **left = get_left(summary);
    g_autofree char *sentences = left != NULL ? g_strjoinv("; ", (char **)left) : NULL;

    if (sentences == NULL || *sentences == '\0')
        return TRUE;
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "This was not forgotten: %s.", sentences);
    return FALSE;
}

static void
write_json(GVariant *summary, GString *out)
{
    g_autoptr(GVariant) receipt =
        g_variant_lookup_value(summary, "receipt", G_VARIANT_TYPE_VARDICT);
    AppJson json;

    app_json_init(&json, out);
    app_json_begin_object(&json);
    app_json_key(&json, "forgotten");
    app_json_boolean(&json, receipt != NULL);
    write_amount(&json, summary);
    write_apps(&json, summary);
    write_left(&json, summary);
    app_json_key(&json, "receipt");
    if (receipt != NULL)
        write_receipt(&json, receipt);
    else
        app_json_string(&json, NULL);
    app_json_end_object(&json);
    g_string_append_c(out, '\n');
}

static void
write_summary(const AppArguments *arguments, GVariant *summary, GString *out)
{
    g_autoptr(GVariant) receipt =
        g_variant_lookup_value(summary, "receipt", G_VARIANT_TYPE_VARDICT);
    g_autofree char *digest = receipt != NULL ? dup_digest(receipt, N_DIGEST_SHOWN) : NULL;

    if (has(arguments, "json")) {
        write_json(summary, out);
        return;
    }
    if (is_nothing(summary)) {
        g_string_append(out, NOTHING_FOUND "\n");
        return;
    }
    g_string_append(out, receipt != NULL ? "Forgotten: " : "Would be forgotten: ");
    append_amount(summary, out);
    g_string_append(out, ".\n");
    if (receipt != NULL)
        g_string_append_printf(out, "Receipt %s; `deskhand forget --receipts` lists all.\n",
                               digest);
}

/* --- receipts --- */

static void
append_receipt(GVariant *receipt, GDateTime *now, GString *out)
{
    g_autofree char *at = app_when_format_short(get_time(receipt, "at"), now);
    g_autofree char *digest = dup_digest(receipt, N_DIGEST_SHOWN);
    const char *kind = "";

    (void)g_variant_lookup(receipt, "kind", "&s", &kind);
    g_string_append_printf(out, "%s  %s  %s: ", at, digest, kind);
    append_amount(receipt, out);
    g_string_append_c(out, '\n');
}

static void
write_receipts(GVariant *list, gboolean is_json, GString *out)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    AppJson json;

    app_json_init(&json, out);
    if (is_json)
        app_json_begin_array(&json);
    for (size_t i = 0; i < g_variant_n_children(list); i++) {
        g_autoptr(GVariant) receipt = g_variant_get_child_value(list, i);

        if (is_json)
            write_receipt(&json, receipt);
        else
            append_receipt(receipt, now, out);
    }
    if (is_json) {
        app_json_end_array(&json);
        g_string_append_c(out, '\n');
    }
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
    write_receipts(list, is_json, output->text);
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
confirm(GVariant *what, gboolean *out_is_yes, GCancellable *cancellable, GError **error)
{
    g_autoptr(GVariant) summary = ask_vault(what, TRUE, cancellable, error);
    g_autoptr(GString) question = g_string_new("Forget ");

    if (summary == NULL)
        return FALSE;
    *out_is_yes = TRUE;
    if (is_nothing(summary)) /* but what the agent has in hand may be it */
        return TRUE;
    append_amount(summary, question);
    g_string_append(question, "? It cannot be brought back. Type y to do it:");
    app_output_say(question->str);
    return read_answer(out_is_yes, cancellable, error);
}

/* Without an agent nothing is in hand. */
static gboolean
tell_agent(GCancellable *cancellable, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    g_autoptr(GVariant) reply = app_client_call_agent("Forget", NULL, cancellable, &local_error);

    if (reply != NULL)
        return TRUE;
    if (g_error_matches(local_error, APP_ERROR, APP_ERROR_NOT_RUNNING)) {
        if (!app_client_has_session_bus())
            app_output_say("There is no session bus here, so the agent is not told: what it has in "
                           "hand is stored after this.");
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

static gboolean
forget(const AppArguments *arguments,
       GVariant *what,
       AppOutput *output,
       GCancellable *cancellable,
       GError **error)
{
    g_autoptr(GVariant) summary = NULL;
    gboolean is_dry = has(arguments, "dry-run");

    if (!is_dry && !tell_agent(cancellable, error))
        return FALSE;
    summary = ask_vault(what, is_dry, cancellable, error);
    if (summary == NULL)
        return FALSE;
    write_summary(arguments, summary, output->text);
    return check_left(summary, error);
}

static gboolean
run(const AppArguments *arguments, AppOutput *output, GCancellable *cancellable, GError **error)
{
    g_autoptr(GVariant) what = NULL;
    gboolean is_yes = has(arguments, "yes") || has(arguments, "dry-run");

    if (has(arguments, "receipts"))
        return run_receipts(has(arguments, "json"), output, cancellable, error);
    what = make_what(arguments, error);
    if (what == NULL)
        return FALSE;
    g_variant_ref_sink(what);
    if (!is_yes && !isatty(STDIN_FILENO))
        return refuse(error, "There is no terminal to ask on: --yes forgets without asking, "
                             "--dry-run says what would go.");
    if (!is_yes && !confirm(what, &is_yes, cancellable, error))
        return FALSE;
    if (is_yes)
        return forget(arguments, what, output, cancellable, error);
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
