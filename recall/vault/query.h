/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/dates.h"
#include "recall/vault/term.h"

/* What a person typed, understood. Pure, and every string is valid: bytes that are not UTF-8
 * separate, what looks like an operator and is none is text, an open quote ends with the query.
 *
 *   words          all must be there, in any order
 *   "a phrase"     side by side; so are the parts of foo@bar.com, and unquoted Chinese
 *   -not  prefix*  -"not this phrase"
 *   app: title: url: file: actor: text:     a word or phrase there only; site: is url:
 *   before: after: on: since: until:        a time of recall/vault/dates.h, "quoted" or not
 *   yesterday, 3 days ago, 昨天 ...          limit the time; in quotes they are text
 *
 * Full-width and Chinese forms of the signs do as well. Signs alone (?!) are looked for as they
 * stand, but those of this table, and a name before nothing (app:), are a query only begun. A query
 * without any word finds the newest scenes. */

#define RECALL_QUERY_MAX_BYTES (64 * 1024) /* of what a person types; more is cut off */
#define RECALL_QUERY_N_TERMS_MAX 64        /* different ones; the rest is left out */

typedef struct {
    GPtrArray *terms; /* of RecallTerm, no two alike */
    RecallTimeRange range;
    gboolean has_literals;          /* among what must be there */
    gboolean has_negative_literals; /* among what must not */
    gboolean has_signs;             /* a positive term of symbols alone */
    gboolean has_parts;             /* some term falls into parts when nothing has it as a whole */
    /* names of operators, or NULL: */
    const char *untimed; /* one that no time follows, such as before */
    const char *parted;  /* one that a space parts from its word: app: kakapo */
    const char *begun;   /* one at the end, which limits nothing yet */
    /* of what was taken for a time without an operator: */
    char *dated;            /* the first of it as it was typed, or NULL */
    gboolean is_maybe_text; /* nothing else was asked for, or it touches text as 昨天的会议 does */
    GTimeZone *zone;        /* the person's */
} RecallQuery;

/* @text: not terminated; what is beyond RECALL_QUERY_MAX_BYTES is left out
 * @is_loose: what is rather text is taken for a time, too, such as `november`, and in Chinese it
 * may stand without a space before what it limits: to be tried when nothing was found */
RecallQuery *
recall_query_parse(const char *text, size_t length_bytes, GDateTime *now, gboolean is_loose);
void recall_query_free(RecallQuery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallQuery, recall_query_free)

/* Adds the limit that a part of the window is @field; as if the person had typed it quoted. */
void recall_query_add_phrase(RecallQuery *self, RecallField field, const char *text);

/* How a query is meant, most exact first: a next one is tried when one finds nothing at all. */
typedef enum {
    RECALL_READING_LITERAL, /* C++ is C++ */
    RECALL_READING_PHRASES, /* C++ is the word c, foo.bar is "foo bar" */
    RECALL_READING_PARTS,   /* foo.bar is foo and bar */
} RecallReading;
#define RECALL_N_READINGS 3

/* @reading: the one to go on from. Returns: the next one that differs for this query, or -1 */
int recall_query_next_reading(const RecallQuery *self, RecallReading reading);
