/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-commands.h"

#include "policies/detect-command-kinds.h"
#include "policies/detect-inserts.h"
#include "policies/detect-pattern.h"
#include "policies/detect-starts.h"

#include <string.h>

#define N_GROUPS_MAX 2 /* the whole and the password */

static const PolicyStarts *
get_starts(void)
{
    static PolicyStarts *starts;

    if (g_once_init_enter(&starts)) {
        PolicyStarts *made = g_new0(PolicyStarts, 1);

        for (unsigned i = 0; i < policy_n_command_kinds; i++)
            policy_starts_note(made, policy_command_kinds[i].name, i);
        g_once_init_leave(&starts, made);
    }
    return starts;
}

typedef struct {
    pcre2_code *rest;
    pcre2_code *argument; /* (nullable) */
} Patterns;

/* Most commands are never seen: their patterns are made when their names are. */
static const Patterns *
get_patterns(unsigned i)
{
    static Patterns *all[POLICY_STARTS_N_MAX];

    if (g_once_init_enter(&all[i])) {
        const PolicyCommandKind *kind = &policy_command_kinds[i];
        Patterns *made = g_new0(Patterns, 1);

        made->rest = policy_detect_pattern_compile(kind->rest);
        if (kind->argument != NULL)
            made->argument = policy_detect_pattern_compile(kind->argument);
        g_once_init_leave(&all[i], made);
    }
    return all[i];
}

typedef struct {
    PolicyDetectText *text;
    pcre2_match_data *data;
} Search;

static gboolean
match(const Search *self, const pcre2_code *code, size_t at)
{
    const GString *flat = self->text->flat;

    return policy_detect_pattern_match(code, flat->str, flat->len, at, self->data) > 0;
}

/* --- arguments --- */

static gboolean
goes_on_below(const char *at)
{
    return at[0] == '\\' && at[1] == '\n';
}

static gboolean
is_over(char c)
{
    return c == '\0' || strchr("\n|;&", c) != NULL;
}

/* Behind a word, parts of which may stand in quotes that end in its line. */
static size_t
skip_word(const char *flat, size_t at)
{
    while (!is_over(flat[at]) && flat[at] != ' ' && !goes_on_below(flat + at)) {
        const char quoted[] = {flat[at], '\n', '\0'};
        size_t length = strchr("\"'", flat[at]) != NULL ? strcspn(flat + at + 1, quoted) : 0;

        at += length > 0 && flat[at + 1 + length] == quoted[0] ? length + 2 : 1;
    }
    return at;
}

static size_t
skip_blanks(const char *flat, size_t at)
{
    while (flat[at] == ' ' || goes_on_below(flat + at))
        at += flat[at] == ' ' ? 1 : 2;
    return at;
}

/* @at: behind the command's name */
static void
look_at_arguments(const Search *self, const pcre2_code *argument, size_t at)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(self->data);
    const char *flat = self->text->flat->str;

    for (unsigned n = 0; n < POLICY_COMMAND_N_WORDS_MAX; n++) {
        if (match(self, argument, at)) {
            policy_detect_text_add(self->text, ends[2], ends[3], POLICY_SECRET_PASSWORD);
            at = ends[3];
        }
        at = skip_blanks(flat, skip_word(flat, at));
        if (is_over(flat[at]))
            return;
    }
}

/* --- commands --- */

/* Whether nothing before it belongs to its name, but a path may. */
static gboolean
may_start(const PolicyDetectText *text, size_t at)
{
    return policy_detect_text_is_start(text, at) &&
           (at == 0 || policy_detect_text_is_edge(text, at) ||
            strchr("-_", text->flat->str[at - 1]) == NULL);
}

/* Returns: where it ends, or @at when there is no such command */
static size_t
match_name(const Search *self, unsigned i, size_t at)
{
    const char *name = policy_command_kinds[i].name;
    size_t length = strlen(name);

    if (g_ascii_strncasecmp(self->text->flat->str + at, name, length) != 0 ||
        !match(self, get_patterns(i)->rest, at + length))
        return at;
    return pcre2_get_ovector_pointer(self->data)[1];
}

/* @which: bitwise, the commands that may begin at @at */
static void
look_at(const Search *self, uint64_t which, size_t at)
{
    for (unsigned i = 0; which != 0; i++, which >>= 1) {
        size_t end = which & 1 ? match_name(self, i, at) : at;

        if (end == at)
            continue;
        if (policy_command_kinds[i].argument != NULL)
            look_at_arguments(self, get_patterns(i)->argument, end);
        else
            policy_detect_insert(self->text, end);
        return;
    }
}

void
policy_detect_commands(PolicyDetectText *text)
{
    Search search = {text, pcre2_match_data_create(N_GROUPS_MAX, NULL)};
    const PolicyStarts *starts = get_starts();

    for (size_t at = 0; at + 1 < text->flat->len; at++) {
        uint64_t which = policy_starts_get(starts, text->flat->str + at);

        if (which != 0 && may_start(text, at))
            look_at(&search, which, at);
    }
    pcre2_match_data_free(search.data);
}
