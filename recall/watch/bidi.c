/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/bidi.h"

#define HIGHEST_LEVEL 2

static gboolean
is_right_to_left(gunichar c)
{
    return (c >= 0x0590 && c <= 0x08ff) || (c >= 0xfb1d && c <= 0xfdff) ||
           (c >= 0xfe70 && c <= 0xfefc) || (c >= 0x10800 && c <= 0x10fff) ||
           (c >= 0x1e800 && c <= 0x1efff);
}

RecallBidiDirection
recall_bidi_get_direction(gunichar c)
{
    if (g_unichar_isdigit(c))
        return RECALL_BIDI_NUMBER;
    if (!g_unichar_isalpha(c) && !g_unichar_ismark(c))
        return RECALL_BIDI_NEUTRAL;
    return is_right_to_left(c) ? RECALL_BIDI_RIGHT : RECALL_BIDI_LEFT;
}

gboolean
recall_bidi_is_needed(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text))
        if ((unsigned char)*text >= 0xd6 && is_right_to_left(g_utf8_get_char(text)))
            return TRUE;
    return FALSE;
}

/* That of its first letter. */
static RecallBidiDirection
find_base(const gunichar *line, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        RecallBidiDirection direction = recall_bidi_get_direction(line[i]);

        if (direction == RECALL_BIDI_LEFT || direction == RECALL_BIDI_RIGHT)
            return direction;
    }
    return RECALL_BIDI_LEFT;
}

/* A point, a comma, a colon or a stroke between two digits is of their number. */
static gboolean
is_in_number(const gunichar *line, unsigned n, unsigned i)
{
    return i > 0 && i + 1 < n && g_unichar_isdigit(line[i - 1]) && g_unichar_isdigit(line[i + 1]) &&
           (line[i] == '.' || line[i] == ',' || line[i] == ':' || line[i] == '/');
}

/* Of letters and of what stands between them. */
static uint8_t
get_level(RecallBidiDirection direction, RecallBidiDirection base)
{
    if (direction == RECALL_BIDI_RIGHT)
        return 1;
    return base == RECALL_BIDI_RIGHT ? 2 : 0;
}

/* What is between two of one direction is of it, else of the line's. */
static void
fill_neutrals(uint8_t *levels,
              unsigned n,
              RecallBidiDirection before,
              RecallBidiDirection after,
              RecallBidiDirection base)
{
    for (unsigned i = 0; i < n; i++)
        levels[i] = get_level(before == after ? before : base, base);
}

void
recall_bidi_resolve(const gunichar *line, unsigned n, uint8_t *levels)
{
    RecallBidiDirection base = find_base(line, n);
    RecallBidiDirection before =
        base; /* of the last letter or number; a number goes with its letters */
    RecallBidiDirection last_letter = base;
    unsigned start = 0; /* of the neutrals in hand */

    for (unsigned i = 0; i < n; i++) {
        RecallBidiDirection direction =
            is_in_number(line, n, i) ? RECALL_BIDI_NUMBER : recall_bidi_get_direction(line[i]);

        if (direction == RECALL_BIDI_NEUTRAL)
            continue;
        if (direction != RECALL_BIDI_NUMBER)
            last_letter = direction;
        fill_neutrals(levels + start, i - start, before, last_letter, base);
        levels[i] = direction == RECALL_BIDI_NUMBER && last_letter == RECALL_BIDI_RIGHT
                        ? 2
                        : get_level(last_letter, base);
        before = last_letter;
        start = i + 1;
    }
    fill_neutrals(levels + start, n - start, before, base, base);
}

static void
turn(unsigned *order, unsigned start, unsigned end)
{
    for (; start + 1 < end; start++, end--) {
        unsigned swap = order[start];

        order[start] = order[end - 1];
        order[end - 1] = swap;
    }
}

void
recall_bidi_reorder(const uint8_t *levels, unsigned n, unsigned *order)
{
    for (unsigned i = 0; i < n; i++)
        order[i] = i;
    for (unsigned level = HIGHEST_LEVEL; level > 0; level--) {
        unsigned i = 0;

        while (i < n) {
            unsigned start = i;

            while (i < n && levels[order[i]] >= level)
                i++;
            turn(order, start, i);
            i = MAX(i, start + 1);
        }
    }
}
