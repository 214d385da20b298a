/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/fts-expression.h"

static gboolean
is_break(const RecallTerm *term, unsigned index)
{
    for (unsigned i = 0; i < term->breaks->len; i++) {
        if (g_array_index(term->breaks, unsigned, i) == index)
            return TRUE;
    }
    return FALSE;
}

/* Tokens hold letters and digits only, so nothing needs quoting. */
static void
append_phrases(GString *out, const RecallTerm *term, const GPtrArray *tokens, gboolean as_parts)
{
    g_string_append_c(out, '"');
    for (unsigned i = 0; i < tokens->len; i++) {
        if (i > 0)
            g_string_append(out, as_parts && is_break(term, i) ? "\" AND \"" : " ");
        g_string_append(out, g_ptr_array_index(tokens, i));
    }
    g_string_append(out, term->is_prefix ? "\" *" : "\"");
}

/* With points also as an older index has it. */
static void
append_term(GString *out, const RecallTerm *term, gboolean as_parts)
{
    if (term->pointed != NULL) {
        g_string_append(out, "((");
        append_phrases(out, term, term->pointed, as_parts);
        g_string_append(out, ") OR (");
    }
    append_phrases(out, term, term->tokens, as_parts);
    g_string_append(out, term->pointed != NULL ? "))" : "");
}

static void
append_field(GString *out, RecallField field)
{
    g_string_append(out, field == RECALL_FIELD_ANY ? "{text title app url file}"
                                                   : recall_field_name(field));
    g_string_append(out, " : (");
}

/* A negative term with a literal is checked on the text alone: -C++ is not -c. */
static gboolean
is_for_index(const RecallTerm *term, gboolean is_negative)
{
    return term->is_negative == is_negative && term->tokens->len > 0 &&
           (!is_negative || term->literal == NULL);
}

/* All terms of one kind: terms of one field side by side, because each filter costs. */
static char *
join_terms(const RecallQuery *query, gboolean is_negative, gboolean as_parts)
{
    const char *glue = is_negative ? " OR " : " AND ";
    GString *out = g_string_new(NULL);

    for (int field = RECALL_FIELD_ANY; field < RECALL_N_FIELDS; field++) {
        gboolean is_first = TRUE;

        for (unsigned i = 0; i < query->terms->len; i++) {
            const RecallTerm *term = g_ptr_array_index(query->terms, i);

            if ((int)term->field != field || !is_for_index(term, is_negative))
                continue;
            if (is_first && out->len > 0)
                g_string_append(out, glue);
            if (is_first)
                append_field(out, field);
            else
                g_string_append(out, glue);
            append_term(out, term, as_parts && !term->is_quoted && !is_negative);
            is_first = FALSE;
        }
        if (!is_first)
            g_string_append_c(out, ')');
    }
    return g_string_free(out, out->len == 0);
}

char *
recall_fts_expression_make(const RecallQuery *query, RecallReading reading)
{
    g_autofree char *positive = join_terms(query, FALSE, reading == RECALL_READING_PARTS);
    g_autofree char *negative = join_terms(query, TRUE, FALSE);

    if (positive == NULL || negative == NULL)
        return g_steal_pointer(&positive);
    return g_strdup_printf("(%s) NOT (%s)", positive, negative);
}

char *
recall_fts_expression_make_negative(const RecallQuery *query)
{
    return join_terms(query, TRUE, FALSE);
}
