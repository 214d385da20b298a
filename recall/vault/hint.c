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
    if (is_fruitless && query->has_dated)
        return g_strdup(
            "The date among the words was taken for the time when it was seen; in quotes"
            " it is text.");
    return NULL;
}
