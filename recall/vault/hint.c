/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/hint.h"

#include <string.h>

static const char *
get_meaning(const char *field)
{
    static const struct {
        const char *field;
        const char *meaning;
    } fields[] = {{"app", "a program's name"}, {"title", "a window's title"}, {"url", "an address"},
                  {"file", "a file's path"},   {"actor", "who acted"},        {"text", "the text"}};
    unsigned i = 0;

    while (strcmp(fields[i].field, field) != 0)
        i++;
    return fields[i].meaning;
}

/* As `date` prints it; a bound that is none is empty. */
static char *
format_bound(const char *preposition, int64_t at_us, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = NULL;
    g_autoptr(GDateTime) local = NULL;
    g_autofree char *text = NULL;

    if (at_us == G_MININT64 || at_us == G_MAXINT64)
        return g_strdup("");
    utc = g_date_time_new_from_unix_utc(at_us / G_USEC_PER_SEC);
    local = g_date_time_to_timezone(utc, zone);
    text = g_date_time_format(local, "%F %H:%M");
    return g_strdup_printf(" %s %s", preposition, text);
}

static char *
explain_dated(const RecallQuery *query)
{
    g_autofree char *dated = g_strstrip(g_strdup(query->dated));
    g_autofree char *since = format_bound("from", query->range.since_us, query->zone);
    g_autofree char *until =
        format_bound(*since != '\0' ? "to" : "before", query->range.until_us, query->zone);

    return g_strdup_printf(
        "\"%s\" was read as a time, when it was seen:%s%s; to search for the words,"
        " quote them for the shell, too: '\"%s\"'",
        dated, since, until, dated);
}

char *
recall_hint_make(const RecallQuery *query, gboolean is_fruitless)
{
    if (query->untimed != NULL)
        return g_strdup_printf("No time that is understood follows \"%s:\", so it was looked for as"
                               " text; a time is one such as yesterday, 3 days ago or 2026-11-03.",
                               query->untimed);
    if (is_fruitless && query->parted != NULL)
        return g_strdup_printf(
            "The word after \"%s:\" was looked for in %s only; in quotes both are"
            " text.",
            query->parted, get_meaning(query->parted));
    if (query->dated != NULL && (is_fruitless || query->is_maybe_text))
        return explain_dated(query);
    return NULL;
}
