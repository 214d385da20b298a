/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* One thing to find in a query: a word, a phrase, or what is written together. Pure; any thread. */

#define RECALL_TERM_N_TOKENS_MAX 64 /* the rest is left out */

typedef enum {
    RECALL_FIELD_ANY, /* all of the following but the actor */
    RECALL_FIELD_TEXT,
    RECALL_FIELD_TITLE,
    RECALL_FIELD_APP,
    RECALL_FIELD_URL,
    RECALL_FIELD_FILE,
    RECALL_FIELD_ACTOR,
} RecallField;
#define RECALL_N_FIELDS 7

/* One thing to find, or with @is_negative not to find. */
typedef struct {
    RecallField field;
    gboolean is_negative;
    gboolean is_prefix; /* the last token may go on */
    gboolean is_quoted;
    GPtrArray *tokens;  /* of char *, as the tokenizer makes them; empty when all are symbols */
    GPtrArray *pointed; /* (nullable): the same for indexes to which points make another word */
    GArray *breaks; /* of unsigned: tokens that begin a new part of the term, 0 not among them */
    char *literal;  /* (nullable): folded, when the tokens do not say all, as for C++ */
    char *typed;    /* as it was given, but for what is not UTF-8 */
} RecallTerm;

const char *recall_field_name(RecallField field);

/* @text: without its quotes and operators, not terminated; every string is valid. The field and
 * whether it is negative are the caller's to set.
 * Returns: (transfer full): says nothing when it has neither tokens nor a literal */
RecallTerm *recall_term_new(const char *text, size_t length, gboolean is_quoted);
void recall_term_free(RecallTerm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallTerm, recall_term_free)

gboolean recall_term_is_empty(const RecallTerm *self);

/* The same for terms that find the same. Returns: (transfer full) */
char *recall_term_dup_key(const RecallTerm *self);
