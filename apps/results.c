/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/results.h"
#include "apps/client.h"
#include "apps/when.h"

#include <string.h>

static const char *const methods[] = {
    [APP_RESULTS_FOUND] = "Search",
    [APP_RESULTS_TIMELINE] = "Timeline",
};

#define TITLE_COLUMNS_MIN 8 /* in a narrower terminal lines are broken all the same */

typedef struct {
    AppResultsKind kind;
    AppOutput *output;
    AppJson json;
    gboolean is_json;
    GDateTime *now;
    char *day; /* the last heading of a timeline, or NULL */
    unsigned n;
} List;

void
app_results_add_options(GVariantDict *options, const AppArguments *arguments)
{
    static const char *const texts[] = {"since", "until", "app", "cursor"};
    const char *limit = app_arguments_get(arguments, "limit");

    if (limit != NULL)
        g_variant_dict_insert(options, "limit", "u", (unsigned)g_ascii_strtoull(limit, NULL, 10));
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *value = app_arguments_get(arguments, texts[i]);

        if (value != NULL)
            g_variant_dict_insert(options, texts[i], "s", value);
    }
}

static void
write_json_result(List *list, const AppScene *scene)
{
    AppJson *json = &list->json;

    app_json_begin_object(json);
    app_scene_write_head(scene, json);
    if (list->kind == APP_RESULTS_FOUND) {
        app_json_key(json, "snippet");
        app_json_string(json, scene->snippet);
    }
    app_json_key(json, "source");
    app_json_string(json, scene->source);
    if (list->kind == APP_RESULTS_FOUND) {
        app_json_key(json, "words");
        app_scene_write_words(scene->words, json);
    }
    app_json_end_object(json);
}

static void
append_bold(const List *list, const char *text)
{
    g_autoptr(GVariant) all =
        g_variant_ref_sink(g_variant_new_parsed("[(uint32 0, %u)]", (unsigned)strlen(text)));

    app_output_append_marked(list->output->text, text, all, list->output->is_styled);
}

/* An indented line, left out when @text is empty. */
static void
append_line(GString *out, const char *label, const char *text)
{
    if (*text == '\0')
        return;
    g_string_append_printf(out, "    %s", label);
    app_output_append_clean(out, text, -1, FALSE);
    g_string_append_c(out, '\n');
}

static void
write_found(const List *list, const AppScene *scene)
{
    GString *out = list->output->text;
    g_autofree char *time = app_when_format_short(scene->start_us, list->now);

    g_string_append_printf(out, "%s%s  ", list->n > 0 ? "\n" : "", time);
    append_bold(list, scene->app);
    g_string_append(out, "  ");
    app_output_append_clean(out, scene->title, -1, FALSE);
    g_string_append_c(out, '\n');
    append_line(out, "", *scene->url != '\0' ? scene->url : scene->file);
    if (*scene->snippet != '\0') {
        g_string_append(out, "    ");
        app_output_append_marked(out, scene->snippet, scene->marks, list->output->is_styled);
        g_string_append_c(out, '\n');
    }
    g_string_append_printf(out, "    scene %" G_GINT64_FORMAT "\n", scene->id);
}

/* On a terminal one line is one scene. @column: where the title begins */
static void
append_title(const List *list, const AppScene *scene, unsigned column)
{
    const AppOutput *output = list->output;

    if (output->n_columns > column + TITLE_COLUMNS_MIN)
        app_output_append_clipped(output->text, scene->title, output->n_columns - column);
    else
        app_output_append_clean(output->text, scene->title, -1, FALSE);
}

static void
write_moment(List *list, const AppScene *scene)
{
    GString *out = list->output->text;
    GTimeZone *zone = g_date_time_get_timezone(list->now);
    g_autofree char *day = app_when_format_day(scene->start_us, zone);
    g_autofree char *start = app_when_format_minute(scene->start_us, zone);
    g_autofree char *end = app_when_format_minute(scene->end_us, zone);
    g_autofree char *head = NULL;

    if (g_strcmp0(day, list->day) != 0) {
        g_string_append(out, list->n > 0 ? "\n" : "");
        append_bold(list, day);
        g_string_append_c(out, '\n');
        g_free(list->day);
        list->day = g_steal_pointer(&day);
    }
    head = g_strdup_printf("%s-%s  %" G_GINT64_FORMAT "  ", start, end, scene->id);
    g_string_append(out, head);
    append_bold(list, scene->app);
    g_string_append(out, "  ");
    append_title(list, scene, app_output_measure(head) + app_output_measure(scene->app) + 2);
    g_string_append_c(out, '\n');
}

static void
begin_json(List *list)
{
    app_json_begin_object(&list->json);
    app_json_key(&list->json, "results");
    app_json_begin_array(&list->json);
}

static gboolean
on_result(GVariant *result, void *user_data, GError **error)
{
    List *list = user_data;
    g_auto(AppScene) scene = {0};

    app_scene_init(&scene, result);
    if (list->is_json && list->n == 0)
        begin_json(list);
    if (list->is_json)
        write_json_result(list, &scene);
    else if (list->kind == APP_RESULTS_FOUND)
        write_found(list, &scene);
    else
        write_moment(list, &scene);
    list->n++;
    return TRUE;
}

static gboolean
on_batch(void *user_data, GError **error)
{
    List *list = user_data;

    return app_output_flush(list->output, error);
}

static gboolean
is_cancelled(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Also after a failure, so that what was written is a whole document and says so. */
static void
end_json(List *list, const char *next, const char *note, const GError *failure)
{
    AppJson *json = &list->json;

    if (list->n == 0)
        begin_json(list);
    app_json_end_array(json);
    app_json_key(json, "next");
    app_json_string(json, next);
    app_json_key(json, "note");
    app_json_string(json, note);
    if (failure != NULL) {
        app_json_key(json, "error");
        app_json_string(json, is_cancelled(failure) ? "It was interrupted." : failure->message);
    }
    app_json_end_object(json);
    g_string_append_c(list->output->text, '\n');
}

static void
end_text(const List *list,
         const AppCommand *command,
         const AppArguments *arguments,
         const char *next)
{
    g_autofree char *line = app_arguments_dup_line(arguments, command, "cursor");
    GString *out = list->output->text;

    if (list->n == 0)
        return;
    g_string_append_printf(out, "\n%u %s%s", list->n, list->n == 1 ? "result" : "results",
                           next != NULL ? "; more: " : "");
    if (next != NULL) {
        const char *rest = line + strlen("deskhand ") + strlen(command->name);

        g_string_append_printf(out, "deskhand %s --cursor %s", command->name, next);
        app_output_append_clean(out, rest, -1, FALSE);
    }
    g_string_append_c(out, '\n');
}

static void
end_list(List *list,
         const AppCommand *command,
         const AppArguments *arguments,
         const char *next,
         const char *note,
         const GError *failure)
{
    if (list->is_json && (failure == NULL || list->n > 0))
        end_json(list, next, note, failure);
    else if (!list->is_json && failure == NULL)
        end_text(list, command, arguments, next);
}

gboolean
app_results_run(AppResultsKind kind,
                const AppCommand *command,
                const AppArguments *arguments,
                GVariant *parameters,
                AppOutput *output,
                GCancellable *cancellable,
                unsigned *out_n,
                GError **error)
{
    g_autoptr(GVariant) owned = g_variant_ref_sink(parameters);
    g_autoptr(GDBusConnection) vault = app_client_connect_vault(cancellable, error);
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *next = NULL;
    g_autofree char *note = NULL;
    GError *failure = NULL;
    List list = {kind, output, .now = now};

    if (vault == NULL)
        return FALSE;
    app_client_tell_ends(cancellable);
    list.is_json = app_arguments_get(arguments, "json") != NULL;
    app_json_init(&list.json, output->text);
    (void)app_client_run_job(vault, methods[kind], owned, on_result, on_batch, &list, cancellable,
                             &next, &note, &failure);
    end_list(&list, command, arguments, next, note, failure);
    if (note != NULL && !list.is_json)
        app_output_say(note);
    g_free(list.day);
    *out_n = list.n;
    if (failure != NULL)
        g_propagate_error(error, failure);
    return failure == NULL;
}
