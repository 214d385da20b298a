/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-units.h"

#include "recall/watch/bidi.h"
#include "recall/watch/text.h"

#include <string.h>

#define DENSITY_WIDTH_MIN 2000
#define SQUEEZED_SHARE 0.45
#define FIXED_WIDE 1667 /* what a wide character is to the others in most such fonts */

/* Widths of the printable ASCII characters in an ordinary sans-serif, by the thousandth of an em;
 * they are what decides where in a line a word stands, and differ little between fonts. */
static const uint16_t ascii_widths[] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};

gboolean
recall_a11y_units_is_mark(gunichar c)
{
    return c == 0x00ad || c == 0xfeff || g_unichar_iszerowidth(c) ||
           g_unichar_type(c) == G_UNICODE_FORMAT;
}

int
recall_a11y_units_trim_marks(const char *text, int n_chars)
{
    int n_trimmed = 0;

    for (int i = 0; i < n_chars; i++, text = g_utf8_next_char(text)) {
        if (!recall_a11y_units_is_mark(g_utf8_get_char(text)))
            n_trimmed = i + 1;
    }
    return n_trimmed == 0 ? n_chars : n_trimmed;
}

gboolean
recall_a11y_units_is_gap(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);

    return g_unichar_isspace(c) || type == G_UNICODE_CONTROL || type == G_UNICODE_PRIVATE_USE ||
           type == G_UNICODE_UNASSIGNED || type == G_UNICODE_SPACE_SEPARATOR ||
           type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR ||
           c == 0xfffc || c == 0xfffd;
}

int
recall_a11y_units_get_width(gunichar c, gboolean is_fixed)
{
    if (recall_a11y_units_is_mark(c))
        return 0;
    if (g_unichar_iswide(c) || (c >= 0x1f000 && c <= 0x1ffff))
        return is_fixed ? FIXED_WIDE : RECALL_A11Y_EM;
    if (is_fixed)
        return RECALL_A11Y_EM;
    if (c >= 0x20 && c < 0x7f)
        return ascii_widths[c - 0x20];
    return g_unichar_isupper(c) ? 680 : 556;
}

int64_t
recall_a11y_units_measure(const char *start, const char *end, gboolean is_fixed)
{
    int64_t width = 0;

    for (; start < end; start = g_utf8_next_char(start))
        width += recall_a11y_units_get_width(g_utf8_get_char(start), is_fixed);
    return width;
}

/* Where a character stands: pixels from the line's left. */
typedef struct {
    int left;
    int right;
} Place;

/* Walks over a line and tells where its characters begin. */
typedef struct {
    const char *raw;
    Place *places; /* by byte, where some letters are written from right to left; else NULL */
    const GArray *stops;
    gboolean is_fixed;
    RecallA11yStop end; /* of the line */
    unsigned next;      /* stop */
    RecallA11yStop from;
    RecallA11yStop to;
    const char *at;
    int64_t passed; /* widths from @from to @at */
    int64_t all;    /* widths from @from to @to */
    double density; /* pixels a width, where they are most; 0: not known */
} Ruler;

/* Goes on from @to to the stop after it. */
static void
enter_stretch(Ruler *ruler)
{
    ruler->from = ruler->to;
    ruler->to = ruler->end;
    if (ruler->stops != NULL && ruler->next < ruler->stops->len) {
        RecallA11yStop stop = g_array_index(ruler->stops, RecallA11yStop, ruler->next++);

        if (stop.at_bytes < ruler->end.at_bytes)
            ruler->to = stop;
    }
    ruler->at = ruler->raw + ruler->from.at_bytes;
    ruler->passed = 0;
    ruler->all = recall_a11y_units_measure(
        ruler->at, ruler->raw + MAX(ruler->to.at_bytes, ruler->from.at_bytes), ruler->is_fixed);
}

/* Pixels from the line's left to @at, which never goes back. Where two stops stand at one
 * character's sides, a word's end is by the first and a word's start by the second. */
static int
get_x(Ruler *ruler, const char *at, gboolean is_end)
{
    uint32_t at_bytes = at - ruler->raw;

    while (ruler->to.at_bytes < ruler->end.at_bytes &&
           (at_bytes > ruler->to.at_bytes || (!is_end && at_bytes == ruler->to.at_bytes)))
        enter_stretch(ruler);
    ruler->passed += recall_a11y_units_measure(ruler->at, at, ruler->is_fixed);
    ruler->at = MAX(at, ruler->at);
    return ruler->from.x +
           (int)(ruler->passed * (ruler->to.x - ruler->from.x) / MAX(ruler->all, 1));
}

/* Pixels that a width takes where the line was measured. */
static double
get_density(const Ruler *ruler)
{
    double density = 0;

    for (unsigned i = 0; ruler->stops != NULL && i + 1 < ruler->stops->len; i += 2) {
        const RecallA11yStop *stop = &g_array_index(ruler->stops, RecallA11yStop, i);
        int64_t width = recall_a11y_units_measure(
            ruler->raw + MIN(stop[0].at_bytes, ruler->end.at_bytes),
            ruler->raw + MIN(stop[1].at_bytes, ruler->end.at_bytes), ruler->is_fixed);

        if (width > DENSITY_WIDTH_MIN)
            density = MAX(density, (double)(stop[1].x - stop[0].x) / width);
    }
    return density;
}

/* Words for which an ellipsis stands are told to be where it is, all of them. */
static gboolean
is_squeezed(const Ruler *ruler, const RecallA11yUnit *unit)
{
    return (unit->right - unit->left) <
           ruler->density * recall_a11y_units_measure(unit->start, unit->end, ruler->is_fixed) *
               SQUEEZED_SHARE;
}

/* The characters of a line that is not all written from left to right. */
typedef struct {
    gunichar *chars;
    uint8_t *levels;
    uint32_t *offsets; /* in bytes */
    unsigned n;
} Letters;

static void
letters_init(Letters *self, const char *raw)
{
    long n = 0;

    self->chars = g_utf8_to_ucs4_fast(raw, -1, &n);
    self->n = (unsigned)n;
    self->levels = g_new0(uint8_t, self->n + 1);
    self->offsets = g_new0(uint32_t, self->n + 1);
    for (unsigned i = 0; i < self->n; i++)
        self->offsets[i + 1] = self->offsets[i] + g_unichar_to_utf8(self->chars[i], NULL);
    recall_bidi_resolve(self->chars, self->n, self->levels);
}

static void
letters_clear(Letters *self)
{
    g_free(self->chars);
    g_free(self->levels);
    g_free(self->offsets);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Letters, letters_clear)

/* Gives the letters from @start to @end the room from @left to @right. */
static void
place_stretch(Ruler *ruler,
              const Letters *letters,
              unsigned start,
              unsigned end,
              int left,
              int right)
{
    g_autofree unsigned *order = g_new(unsigned, end - start + 1);
    int64_t all = 0;
    int64_t passed = 0;

    recall_bidi_reorder(letters->levels + start, end - start, order);
    for (unsigned i = start; i < end; i++)
        all += recall_a11y_units_get_width(letters->chars[i], ruler->is_fixed);
    for (unsigned i = 0; i < end - start; i++) {
        unsigned letter = start + order[i];
        Place *place = &ruler->places[letters->offsets[letter]];

        place->left = left + (int)(passed * (right - left) / MAX(all, 1));
        passed += recall_a11y_units_get_width(letters->chars[letter], ruler->is_fixed);
        place->right = left + (int)(passed * (right - left) / MAX(all, 1));
    }
}

/* Two stops each are the ends of a stretch, without them the line is one. */
static void
place_letters(Ruler *ruler)
{
    g_auto(Letters) letters = {0};
    unsigned n_stops = ruler->stops != NULL ? ruler->stops->len : 0;
    unsigned end = 0;

    letters_init(&letters, ruler->raw);
    ruler->places = g_new0(Place, ruler->end.at_bytes + 1);
    if (n_stops < 2)
        place_stretch(ruler, &letters, 0, letters.n, 0, ruler->end.x);
    for (unsigned i = 0; i + 1 < n_stops; i += 2) {
        const RecallA11yStop *stop = &g_array_index(ruler->stops, RecallA11yStop, i);
        unsigned start = end;

        while (start < letters.n && letters.offsets[start] < stop[0].at_bytes)
            start++;
        end = start;
        while (end < letters.n && letters.offsets[end] < stop[1].at_bytes)
            end++;
        place_stretch(ruler, &letters, start, end, stop[0].x, stop[1].x);
    }
}

static void
measure_unit(Ruler *ruler, RecallA11yUnit *unit)
{
    const Place *places = ruler->places;

    if (places == NULL) {
        unit->right = get_x(ruler, unit->end, TRUE);
        return;
    }
    unit->left = places[unit->start - ruler->raw].left;
    unit->right = places[unit->start - ruler->raw].right;
    for (const char *at = unit->start; at < unit->end; at = g_utf8_next_char(at)) {
        unit->left = MIN(unit->left, places[at - ruler->raw].left);
        unit->right = MAX(unit->right, places[at - ruler->raw].right);
    }
}

static void
end_unit(Ruler *ruler, RecallA11yUnit *unit, GArray *units)
{
    if (unit->start == NULL)
        return;
    measure_unit(ruler, unit);
    if (!is_squeezed(ruler, unit))
        g_array_append_vals(units, unit, 1);
    unit->start = NULL;
}

static void
split(Ruler *ruler, GArray *units)
{
    const char *raw = ruler->raw;
    RecallA11yUnit unit = {0};

    if (recall_bidi_is_needed(raw))
        place_letters(ruler);
    else
        enter_stretch(ruler);
    ruler->density = get_density(ruler);
    for (; *raw != '\0'; raw = g_utf8_next_char(raw)) {
        gunichar c = g_utf8_get_char(raw);
        gboolean is_cjk = recall_text_is_cjk(c);

        if (recall_a11y_units_is_gap(c) || is_cjk || unit.is_cjk)
            end_unit(ruler, &unit, units);
        if (recall_a11y_units_is_gap(c))
            continue;
        if (unit.start == NULL)
            unit = (RecallA11yUnit){.start = raw,
                                    .left = ruler->places == NULL ? get_x(ruler, raw, FALSE) : 0,
                                    .is_cjk = is_cjk};
        unit.end = g_utf8_next_char(raw);
    }
    end_unit(ruler, &unit, units);
}

GArray *
recall_a11y_units_split(const char *line, int width_px, const GArray *stops, gboolean is_fixed)
{
    GArray *units = g_array_new(FALSE, FALSE, sizeof(RecallA11yUnit));
    Ruler ruler = {.raw = line,
                   .stops = stops,
                   .is_fixed = is_fixed,
                   .end = {(uint32_t)strlen(line), width_px}};

    split(&ruler, units);
    g_free(ruler.places);
    return units;
}
