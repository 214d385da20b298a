/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/client.h"
#include "apps/command.h"
#include "apps/error.h"
#include "apps/json.h"
#include "apps/when.h"

#include <string.h>

#define AROUND_US (5 * G_TIME_SPAN_MINUTE) /* what a person means by "at 14:05" */

static const AppOption options[] = {
    {"json", APP_VALUE_NONE, NULL, 0, "print one JSON document"},
    {NULL},
};

static const AppExample examples[] = {
    {"deskhand why", "all that was not remembered since the agent started"},
    {"deskhand why 14:05", "within five minutes of that time"},
    {"deskhand why 2026-11-25T14:05", "on another day"},
    {"deskhand why 20m", "twenty minutes ago"},
    {"deskhand why yesterday", "all of that day; or today"},
    {NULL},
};

typedef struct {
    const char *rule;
    const char *reason;
    int64_t from_us;
    int64_t to_us;
    uint32_t n_times;
} Refusal;

/* 14:05 of today, or of yesterday when that is to come. */
static GDateTime *
parse_clock(const char *text, GDateTime *now)
{
    g_autofree char *day = g_date_time_format(now, "%Y-%m-%d");
    g_autofree char *full = g_strdup_printf("%sT%s%s", day, text, strlen(text) <= 5 ? ":00" : "");
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(full, zone);

    if (time != NULL && g_date_time_compare(time, now) > 0)
        return g_date_time_add_days(time, -1);
    return g_steal_pointer(&time);
}

static GDateTime *
parse_date(const char *text)
{
    g_autofree char *joined = g_strdelimit(g_strdup(text), " ", 'T');
    g_autofree char *full = g_strconcat(joined, ":00", NULL);
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    GDateTime *time = g_date_time_new_from_iso8601(joined, zone);

    return time != NULL ? time : g_date_time_new_from_iso8601(full, zone);
}

typedef struct {
    int64_t since_us;
    int64_t until_us;
} Span;

/* Returns: FALSE when it is none of these words */
static gboolean
parse_day(const char *text, GDateTime *now, Span *out)
{
    static const char *const days[] = {"today", "yesterday"};
    int year, month, day;

    g_date_time_get_ymd(now, &year, &month, &day);
    for (unsigned i = 0; i < G_N_ELEMENTS(days); i++) {
        g_autoptr(GDateTime) today = g_date_time_new_local(year, month, day, 0, 0, 0);
        g_autoptr(GDateTime) start = g_date_time_add_days(today, -(int)i);
        g_autoptr(GDateTime) end = g_date_time_add_days(start, 1);

        if (g_ascii_strcasecmp(text, days[i]) != 0)
            continue;
        *out = (Span){g_date_time_to_unix(start) * G_USEC_PER_SEC,
                      g_date_time_to_unix(end) * G_USEC_PER_SEC - 1};
        return TRUE;
    }
    return FALSE;
}

static gboolean
parse_time(const char *text, GDateTime *now, int64_t *out_us, GError **error)
{
    g_autoptr(GDateTime) time = NULL;
    g_autofree char *padded = g_strconcat(strlen(text) == 4 ? "0" : "", text, NULL);
    int64_t ago_us = 0;

    if (g_ascii_strcasecmp(text, "now") == 0) {
        *out_us = g_date_time_to_unix(now) * G_USEC_PER_SEC;
        return TRUE;
    }
    if (app_when_parse_duration(text, now, APP_WHEN_AGO_MAX_US, &ago_us, NULL)) {
        *out_us = g_date_time_to_unix(now) * G_USEC_PER_SEC - ago_us;
        return TRUE;
    }
    time = parse_clock(padded, now);
    if (time == NULL)
        time = parse_date(text);
    if (time == NULL) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "“%s” is not a time that is understood here; 14:05, 2026-11-25T14:05, "
                    "yesterday and 20m (ago) are.",
                    text);
        return FALSE;
    }
    *out_us = g_date_time_to_unix(time) * G_USEC_PER_SEC;
    return TRUE;
}

static gboolean
parse_span(const char *text, Span *out, GError **error)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    int64_t at_us = 0;

    if (parse_day(text, now, out))
        return TRUE;
    if (!parse_time(text, now, &at_us, error))
        return FALSE;
    *out = (Span){at_us - AROUND_US, at_us + AROUND_US};
    return TRUE;
}

static void
take_refusal(GVariant *entry, Refusal *out)
{
    *out = (Refusal){.rule = "", .reason = ""};
    (void)g_variant_lookup(entry, "rule", "&s", &out->rule);
    (void)g_variant_lookup(entry, "reason", "&s", &out->reason);
    (void)g_variant_lookup(entry, "from", "x", &out->from_us);
    (void)g_variant_lookup(entry, "to", "x", &out->to_us);
    (void)g_variant_lookup(entry, "times", "u", &out->n_times);
}

static void
append_text(GString *out, const Refusal *refusal)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *from = app_when_format_short(refusal->from_us, now);
    g_autofree char *to = app_when_format_short(refusal->to_us, now);

    g_string_append_printf(out, "%s to %s  %u ×  ", from, to, refusal->n_times);
    app_output_append_clean(out, refusal->rule, -1, FALSE);
    g_string_append(out, "\n    ");
    app_output_append_clean(out, refusal->reason, -1, FALSE);
    g_string_append_c(out, '\n');
}

static void
append_json(AppJson *json, const Refusal *refusal)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    g_autofree char *from = app_when_format_rfc3339(refusal->from_us, zone);
    g_autofree char *to = app_when_format_rfc3339(refusal->to_us, zone);

    app_json_begin_object(json);
    app_json_key(json, "rule");
    app_json_string(json, refusal->rule);
    app_json_key(json, "reason");
    app_json_string(json, refusal->reason);
    app_json_key(json, "from");
    app_json_string(json, from);
    app_json_key(json, "to");
    app_json_string(json, to);
    app_json_key(json, "times");
    app_json_integer(json, refusal->n_times);
    app_json_end_object(json);
}

/* @json: NULL for text. Returns: how many were appended */
static unsigned
append_all(GVariant *entries, const Span *span, AppJson *json, GString *out)
{
    unsigned n = 0;

    for (size_t i = 0; i < g_variant_n_children(entries); i++) {
        g_autoptr(GVariant) entry = g_variant_get_child_value(entries, i);
        Refusal refusal;

        take_refusal(entry, &refusal);
        if (refusal.to_us < span->since_us || refusal.from_us > span->until_us)
            continue;
        if (json != NULL)
            append_json(json, &refusal);
        else
            append_text(out, &refusal);
        n++;
    }
    return n;
}

static gboolean
run(const AppArguments *arguments, AppOutput *output, GCancellable *cancellable, GError **error)
{
    gboolean is_json = app_arguments_get(arguments, "json") != NULL;
    g_autofree char *text = app_arguments_dup_sentence(arguments);
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) entries = NULL;
    Span span = {G_MININT64, G_MAXINT64};
    AppJson json;
    unsigned n;

    if (*text != '\0' && !parse_span(text, &span, error))
        return FALSE;
    reply = app_client_call_agent("GetRefusals", NULL, cancellable, error);
    if (reply == NULL)
        return FALSE;
    entries = g_variant_get_child_value(reply, 0);
    app_json_init(&json, output->text);
    if (is_json) {
        app_json_begin_object(&json);
        app_json_key(&json, "refusals");
        app_json_begin_array(&json);
    }
    n = append_all(entries, &span, is_json ? &json : NULL, output->text);
    if (is_json) {
        app_json_end_array(&json);
        app_json_end_object(&json);
        g_string_append_c(output->text, '\n');
    } else if (n == 0) {
        app_output_say("No rule kept anything from being remembered then.");
    }
    return TRUE;
}

const AppCommand app_why_command = {
    .name = "why",
    .arguments = "[TIME]",
    .n_words_max = 3,
    .summary = "say what was not remembered, and by which rule",
    .description =
        "Lists, by rule, when windows or parts of them were left out, and how many; never what "
        "was in them. The rules are those of agentd.conf(5) and those that hold for everybody: "
        "private windows, password fields, key prompts, lock screens.\n\n"
        "The list is kept in memory, since the agent started.",
    .options = options,
    .examples = examples,
    .run = run,
};
