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

static gboolean
is_loosened(const RecallTerm *term, RecallReading reading)
{
    if (term->is_negative || reading == RECALL_READING_LITERAL)
        return FALSE;
    return term->literal != NULL ||
           (reading == RECALL_READING_PARTS && !term->is_quoted && term->breaks->len > 0);
}

static void
append_typed(GString *out, const RecallTerm *term)
{
    g_autofree char *begin = g_utf8_strlen(term->typed, -1) > RECALL_HINT_TERM_MAX_CHARS
                                 ? g_utf8_substring(term->typed, 0, RECALL_HINT_TERM_MAX_CHARS)
                                 : NULL;

    g_string_append_printf(out, "%s\"%s%s\"", out->len > 0 ? ", " : "",
                           begin != NULL ? begin : term->typed, begin != NULL ? "…" : "");
}

/* Returns: (transfer full) (nullable): NULL when all stands there as it was typed */
static char *
explain_reading(const RecallQuery *query, RecallReading reading)
{
    g_autoptr(GString) typed = g_string_new(NULL);
    unsigned n = 0;

    for (unsigned i = 0; i < query->terms->len; i++) {
        const RecallTerm *term = g_ptr_array_index(query->terms, i);

        if (!is_loosened(term, reading))
            continue;
        append_typed(typed, term);
        n++;
    }
    if (n == 0)
        return NULL;
    return g_strdup_printf("Nothing was found that has %s as %s; these have %s.", typed->str,
                           n > 1 ? "they stand" : "it stands",
                           reading == RECALL_READING_PARTS ? "the parts"
                           : n > 1                         ? "them without their signs"
                                                           : "it without its signs");
}

char *
recall_hint_make(const RecallQuery *query, RecallReading reading, gboolean is_fruitless)
{
    g_autofree char *nearest = is_fruitless ? NULL : explain_reading(query, reading);

    if (nearest != NULL)
        return g_steal_pointer(&nearest);
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
