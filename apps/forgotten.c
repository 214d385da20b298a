/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/forgotten.h"

#include "apps/dict.h"
#include "apps/error.h"
#include "apps/json.h"
#include "apps/output.h"
#include "apps/when.h"

#include <string.h>

#define N_APPS_SHOWN 5
#define N_DIGEST_SHOWN 8 /* bytes */
#define NOTHING_FOUND "Nothing was found, so nothing was forgotten."

/* Returns: -1 when they were not counted */
static int64_t
get_n_scenes(GVariant *summary)
{
    guint64 n = 0;

    return g_variant_lookup(summary, "scenes", "t", &n) ? (int64_t)MIN(n, (guint64)INT64_MAX) : -1;
}

int64_t
app_forgotten_get_time(GVariant *summary, const char *key)
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

gboolean
app_forgotten_is_nothing(GVariant *summary)
{
    return get_n_scenes(summary) == 0 && app_dict_get_number(summary, "weeks") == 0 &&
           app_dict_get_number(summary, "damaged") == 0;
}

static void
append_number(GString *out, unsigned n, const char *noun, const char *rest)
{
    g_string_append_printf(out, ", %u %s%s%s", n, noun, n == 1 ? "" : "s", rest);
}

void
app_forgotten_append_amount(GVariant *summary, GString *out)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *from = app_when_format_short(app_forgotten_get_time(summary, "from"), now);
    g_autofree char *until = app_when_format_short(app_forgotten_get_time(summary, "until"), now);
    int64_t n = get_n_scenes(summary);

    if (n >= 0)
        g_string_append_printf(out, "%" G_GINT64_FORMAT " scene%s", n, n == 1 ? "" : "s");
    else
        g_string_append(out, "scenes not counted (locked or unreadable)");
    if (app_forgotten_get_time(summary, "from") != 0)
        g_string_append_printf(out, " from %s to %s", from, until);
    append_apps(summary, out);
    if (app_dict_get_number(summary, "weeks") > 0)
        append_number(out, app_dict_get_number(summary, "weeks"), "whole week", "");
    if (app_dict_get_number(summary, "damaged") > 0)
        append_number(out, app_dict_get_number(summary, "damaged"), "file",
                      " set aside because of damage");
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
    write_time(json, "from", app_forgotten_get_time(summary, "from"));
    write_time(json, "until", app_forgotten_get_time(summary, "until"));
    app_json_key(json, "weeks");
    app_json_integer(json, app_dict_get_number(summary, "weeks"));
    app_json_key(json, "damaged");
    app_json_integer(json, app_dict_get_number(summary, "damaged"));
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
    write_time(json, "at", app_forgotten_get_time(receipt, "at"));
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

gboolean
app_forgotten_check_left(GVariant *summary, GError **error)
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

void
app_forgotten_write(GVariant *summary, gboolean is_json, GString *out)
{
    g_autoptr(GVariant) receipt =
        g_variant_lookup_value(summary, "receipt", G_VARIANT_TYPE_VARDICT);
    g_autofree char *digest = receipt != NULL ? dup_digest(receipt, N_DIGEST_SHOWN) : NULL;

    if (is_json) {
        write_json(summary, out);
        return;
    }
    if (app_forgotten_is_nothing(summary)) {
        g_string_append(out, NOTHING_FOUND "\n");
        return;
    }
    g_string_append(out, receipt != NULL ? "Forgotten: " : "Would be forgotten: ");
    app_forgotten_append_amount(summary, out);
    g_string_append(out, ".\n");
    if (receipt != NULL)
        g_string_append_printf(out, "Receipt %s; `deskhand forget --receipts` lists all.\n",
                               digest);
}

/* --- receipts --- */

static void
append_receipt(GVariant *receipt, GDateTime *now, GString *out)
{
    g_autofree char *at = app_when_format_short(app_forgotten_get_time(receipt, "at"), now);
    g_autofree char *digest = dup_digest(receipt, N_DIGEST_SHOWN);
    const char *kind = "";

    (void)g_variant_lookup(receipt, "kind", "&s", &kind);
    g_string_append_printf(out, "%s  %s  %s: ", at, digest, kind);
    app_forgotten_append_amount(receipt, out);
    g_string_append_c(out, '\n');
}

void
app_forgotten_write_receipts(GVariant *list, gboolean is_json, GString *out)
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
