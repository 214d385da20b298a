/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-figures.h"

#include "recall/watch/a11y-ranges.h"

#include <string.h>

gboolean
recall_a11y_is_figure(const char *text)
{
    size_t length = strlen(text);
    gboolean has_digit = FALSE;

    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        has_digit |= g_unichar_isdigit(c);
        if (!g_unichar_isdigit(c) && !g_unichar_isspace(c) &&
            g_unichar_type(c) != G_UNICODE_CURRENCY_SYMBOL && strchr("+-.,:/%()E'", (int)c) == NULL)
            return FALSE;
    }
    return has_digit && length > 0;
}

/* As dates and times are entered: 03/17/2025, 2025-03-17, 17.03.2025, 14:30. */
static gboolean
may_be_date(const char *text)
{
    unsigned n_points = 0;

    for (const char *at = text; *at != '\0'; at++)
        n_points += *at == '.';
    return n_points > 1 || strpbrk(text, "/:") != NULL || strchr(text + 1, '-') != NULL;
}

/* Figures of which nothing is known. Returns: (transfer full): of RecallA11yNode */
static GPtrArray *
collect_new(const RecallA11yCells *range)
{
    GPtrArray *figures = g_ptr_array_new();

    for (int i = 0; i < range->n_rows * range->n_columns; i++) {
        RecallA11yNode *cell = range->cells[i];

        if (recall_a11y_cell_is_filled(cell) && recall_a11y_is_figure(cell->text) &&
            cell->width_px == 0 && !cell->is_recast)
            g_ptr_array_add(figures, cell);
    }
    return figures;
}

static void
ask_widths(RecallA11yReading *reading, const GPtrArray *figures)
{
    g_auto(RecallA11yRanges) ranges = {0};

    recall_a11y_ranges_init(&ranges, RECALL_A11Y_RANGES_WHOLE);
    for (unsigned i = 0; i < figures->len; i++) {
        const RecallA11yNode *cell = figures->pdata[i];

        recall_a11y_ranges_add(&ranges, cell->path, 0, (int)g_utf8_strlen(cell->text, -1));
    }
    recall_a11y_ranges_ask(&ranges, reading->link);
    for (unsigned i = 0; i < figures->len; i++)
        ((RecallA11yNode *)figures->pdata[i])->width_px = recall_a11y_ranges_take(&ranges).width;
}

/* A text that looks like a date has no value. */
static gboolean
has_value(GVariant *reply)
{
    g_autoptr(GVariant) value = NULL;

    if (reply == NULL || !g_variant_is_of_type(reply, G_VARIANT_TYPE("(v)")))
        return FALSE;
    g_variant_get(reply, "(v)", &value);
    return g_variant_is_of_type(value, G_VARIANT_TYPE_DOUBLE) && g_variant_get_double(value) != 0;
}

static void
ask_values(RecallA11yReading *reading, const GPtrArray *figures)
{
    g_autofree RecallA11yCall *calls = g_new0(RecallA11yCall, figures->len);
    g_autoptr(GPtrArray) asked = g_ptr_array_new();

    for (unsigned i = 0; i < figures->len; i++) {
        RecallA11yNode *cell = figures->pdata[i];

        if (!may_be_date(cell->text))
            continue;
        calls[asked->len] =
            (RecallA11yCall){cell->path, "org.freedesktop.DBus.Properties", "Get",
                             g_variant_new("(ss)", "org.a11y.atspi.Value", "CurrentValue"), NULL};
        g_ptr_array_add(asked, cell);
    }
    recall_a11y_link_ask_all(reading->link, calls, asked->len);
    for (unsigned i = 0; i < asked->len; i++) {
        ((RecallA11yNode *)asked->pdata[i])->is_recast = has_value(calls[i].reply);
        recall_a11y_call_clear(&calls[i]);
    }
}

void
recall_a11y_figures_ask(RecallA11yReading *reading, const RecallA11yCells *range)
{
    g_autoptr(GPtrArray) figures = collect_new(range);

    ask_values(reading, figures);
    ask_widths(reading, figures);
}
