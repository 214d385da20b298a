/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-inserts.h"

#include "policies/detect-heads.h"

#include <string.h>

#define TABLE_MAX_BYTES 128 /* its name */
#define VALUES "values"

/* What is left of a statement, up to where it is too long. */
typedef struct {
    PolicyDetectText *text;
    const char *flat;
    size_t at;
    size_t end;
} Statement;

static void
skip_blanks(Statement *self)
{
    while (self->at < self->end && strchr(" \n", self->flat[self->at]) != NULL)
        self->at++;
}

static gboolean
take(Statement *self, char sign)
{
    if (self->at >= self->end || self->flat[self->at] != sign)
        return FALSE;
    self->at++;
    return TRUE;
}

/* Behind a string, in which its quotes are doubled or stand behind a backslash. */
static size_t
skip_string(const Statement *self, size_t at)
{
    const char *flat = self->flat;
    char quote = flat[at++];

    for (; at < self->end; at++) {
        if (flat[at] == '\\' || (flat[at] == quote && flat[at + 1] == quote))
            at++;
        else if (flat[at] == quote)
            return at + 1;
    }
    return self->end;
}

/* Goes to where the value ends: at a comma or bracket of its own list. */
static void
skip_value(Statement *self)
{
    unsigned depth = 0;

    while (self->at < self->end && self->flat[self->at] != ';') {
        char c = self->flat[self->at];

        if (depth == 0 && (c == ',' || c == ')'))
            break;
        depth += (c == '(') - (c == ')');
        self->at = strchr("'\"`", c) != NULL ? skip_string(self, self->at) : self->at + 1;
    }
}

static PolicyCell
get_name(const char *flat, size_t start, size_t end)
{
    while (start < end && strchr(" \n\"'`[", flat[start]) != NULL)
        start++;
    while (end > start && strchr(" \n\"'`]", flat[end - 1]) != NULL)
        end--;
    return (PolicyCell){.start = start, .end = end};
}

/* A string, alone or in a function's brackets; or a number. */
static void
hide_value(const Statement *self, size_t start, size_t end)
{
    const char *flat = self->flat;
    size_t quote = start;
    size_t n_digits = strspn(flat + start, "0123456789");

    while (quote < end && strchr("'\"", flat[quote]) == NULL)
        quote++;
    if (quote < end) {
        size_t string_end = MIN(skip_string(self, quote), end);

        if (string_end > quote + 2 && strchr("$%{<:?@", flat[quote + 1]) == NULL)
            policy_detect_text_add(self->text, quote + 1, string_end - 1, POLICY_SECRET_PASSWORD);
    } else if (n_digits > 0 && start + n_digits >= end) {
        policy_detect_text_add(self->text, start, end, POLICY_SECRET_PASSWORD);
    }
}

/* Behind a list's first bracket.
 * @columns: bitwise, which values to hide */
static void
hide_values(Statement *self, uint64_t columns)
{
    unsigned i = 0;

    do {
        size_t start;

        skip_blanks(self);
        start = self->at;
        skip_value(self);
        if (i < POLICY_CELLS_N_MAX && columns >> i & 1)
            hide_value(self, start, self->at);
        i++;
    } while (take(self, ','));
}

/* Behind a list's first bracket. Returns: bitwise, which columns are of passwords */
static uint64_t
read_columns(Statement *self)
{
    uint64_t columns = 0;
    unsigned i = 0;

    do {
        size_t start = self->at;
        PolicyCell name;

        skip_value(self);
        name = get_name(self->flat, start, self->at);
        if (i < POLICY_CELLS_N_MAX && policy_detect_head_may_be_password(self->text, &name))
            columns |= UINT64_C(1) << i;
        i++;
    } while (take(self, ','));
    return columns;
}

/* Goes behind the name of the table and the bracket. */
static gboolean
begin_columns(Statement *self)
{
    size_t end = MIN(self->at + TABLE_MAX_BYTES, self->end);

    while (self->at < end && strchr("(;", self->flat[self->at]) == NULL)
        self->at++;
    return take(self, '(');
}

static gboolean
take_values(Statement *self)
{
    skip_blanks(self);
    if (g_ascii_strncasecmp(self->flat + self->at, VALUES, strlen(VALUES)) != 0)
        return FALSE;
    self->at += strlen(VALUES);
    skip_blanks(self);
    return TRUE;
}

void
policy_detect_insert(PolicyDetectText *text, size_t at)
{
    Statement self = {text, text->flat->str, at,
                      MIN(at + POLICY_INSERT_MAX_BYTES, text->flat->len)};
    uint64_t columns = begin_columns(&self) ? read_columns(&self) : 0;

    if (columns == 0 || !take(&self, ')') || !take_values(&self))
        return;
    while (take(&self, '(')) {
        hide_values(&self, columns);
        take(&self, ')');
        skip_blanks(&self);
        take(&self, ',');
        skip_blanks(&self);
    }
}
