/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-align.h"

static const char *const names[] = {"left", "center", "right"};

static RecallA11yCellAlign
parse(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(name, names[i]))
            return (RecallA11yCellAlign)i;
    }
    return RECALL_A11Y_CELL_LEFT;
}

static RecallA11yCellAlign
ask(RecallA11yReading *reading, const RecallA11yNode *cell)
{
    g_autoptr(GVariant) reply = recall_a11y_link_ask(reading->link, cell->path, RECALL_A11Y_TEXT,
                                                     "GetDefaultAttributes", NULL, "(a{ss})");
    g_autoptr(GVariant) attributes = NULL;
    const char *name = names[RECALL_A11Y_CELL_LEFT];

    if (reply == NULL)
        return RECALL_A11Y_CELL_LEFT;
    attributes = g_variant_get_child_value(reply, 0);
    g_variant_lookup(attributes, "justification", "&s", &name);
    return parse(name);
}

RecallA11yCellAlign
recall_a11y_align_find(RecallA11yReading *reading, const RecallA11yNode *cell)
{
    g_autofree char *key = g_strconcat("align:", cell->path, NULL);
    const char *known = g_hash_table_lookup(reading->memory->places, key);
    RecallA11yCellAlign align;

    if (known != NULL && cell->is_kept)
        return parse(known);
    align = ask(reading, cell);
    g_hash_table_insert(reading->memory->places, g_steal_pointer(&key), g_strdup(names[align]));
    return align;
}
