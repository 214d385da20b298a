/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-text.h"

#include "recall/watch/bidi.h"

#include <math.h>
#include <string.h>

#define EM 1000           /* units of widths */
#define COVER_MARGIN_PX 2 /* ink reaches over the box a little */
#define DENSITY_WIDTH_MIN 2000
#define SQUEEZED_SHARE 0.45
#define LINE_SHARE 1.25 /* of a font's size: the height of a line */
#define LINE_MIN_PX 8
#define EDGE_PX 2      /* a word may stick out of the shown part so far across */
#define LABEL_EM_PX 15 /* the usual size of labels in toolkits */
#define FIXED_N_MIN 3  /* texts that agree, for a font of fixed width */
#define FIXED_SLACK_PX 1.5
#define FIXED_WIDE 1667  /* what a wide character is to the others in most such fonts */
#define LABEL_LINE_PX 18 /* and its line */
#define UNTOLD_MIN_BYTES 12
#define UNTOLD_MIXED_MIN_BYTES 6

/* What is kept or left as a whole: a word, or one character of CJK. */
typedef struct {
    const char *start;
    const char *end;
    int left; /* pixels from the line's left */
    int right;
    gboolean is_cjk;
} Unit;

/* A run that grows. */
typedef struct {
    GString *text;
    GArray *words; /* of ProtocolSpan */
    const Unit *last;
} Draft;

/* Widths of the printable ASCII characters in an ordinary sans-serif, by the thousandth of an em;
 * they are what decides where in a line a word stands, and differ little between fonts. */
static const uint16_t ascii_widths[] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};

/* Marks that take no room and part no word. */
static gboolean
is_invisible(gunichar c)
{
    return c == 0x00ad || c == 0xfeff || g_unichar_iszerowidth(c) ||
           g_unichar_type(c) == G_UNICODE_FORMAT;
}

/* Controls, spaces, placeholders, and the private use where icon fonts live. */
static gboolean
is_gap(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);

    return g_unichar_isspace(c) || type == G_UNICODE_CONTROL || type == G_UNICODE_PRIVATE_USE ||
           type == G_UNICODE_UNASSIGNED || type == G_UNICODE_SPACE_SEPARATOR ||
           type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR ||
           c == 0xfffc || c == 0xfffd;
}

static int
get_width(gunichar c, gboolean is_fixed)
{
    if (is_invisible(c))
        return 0;
    if (g_unichar_iswide(c) || (c >= 0x1f000 && c <= 0x1ffff))
        return is_fixed ? FIXED_WIDE : EM;
    if (is_fixed)
        return EM;
    if (c >= 0x20 && c < 0x7f)
        return ascii_widths[c - 0x20];
    return g_unichar_isupper(c) ? 680 : 556;
}

static int64_t
measure(const char *start, const char *end, gboolean is_fixed)
{
    int64_t width = 0;

    for (; start < end; start = g_utf8_next_char(start))
        width += get_width(g_utf8_get_char(start), is_fixed);
    return width;
}

int
recall_a11y_text_measure_px(const char *raw, int em_px)
{
    return (int)MIN(measure(raw, raw + strlen(raw), FALSE) * em_px / EM, INT16_MAX);
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
    ruler->all = measure(ruler->at, ruler->raw + MAX(ruler->to.at_bytes, ruler->from.at_bytes),
                         ruler->is_fixed);
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
    ruler->passed += measure(ruler->at, at, ruler->is_fixed);
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
        int64_t width =
            measure(ruler->raw + MIN(stop[0].at_bytes, ruler->end.at_bytes),
                    ruler->raw + MIN(stop[1].at_bytes, ruler->end.at_bytes), ruler->is_fixed);

        if (width > DENSITY_WIDTH_MIN)
            density = MAX(density, (double)(stop[1].x - stop[0].x) / width);
    }
    return density;
}

/* Words for which an ellipsis stands are told to be where it is, all of them. */
static gboolean
is_squeezed(const Ruler *ruler, const Unit *unit)
{
    return (unit->right - unit->left) <
           ruler->density * measure(unit->start, unit->end, ruler->is_fixed) * SQUEEZED_SHARE;
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
        all += get_width(letters->chars[i], ruler->is_fixed);
    for (unsigned i = 0; i < end - start; i++) {
        unsigned letter = start + order[i];
        Place *place = &ruler->places[letters->offsets[letter]];

        place->left = left + (int)(passed * (right - left) / MAX(all, 1));
        passed += get_width(letters->chars[letter], ruler->is_fixed);
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
measure_unit(Ruler *ruler, Unit *unit)
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
end_unit(Ruler *ruler, Unit *unit, GArray *units)
{
    if (unit->start == NULL)
        return;
    measure_unit(ruler, unit);
    if (!is_squeezed(ruler, unit))
        g_array_append_vals(units, unit, 1);
    unit->start = NULL;
}

static void
split_units(Ruler *ruler, GArray *units)
{
    const char *raw = ruler->raw;
    Unit unit = {0};

    if (recall_bidi_is_needed(raw))
        place_letters(ruler);
    else
        enter_stretch(ruler);
    ruler->density = get_density(ruler);
    for (; *raw != '\0'; raw = g_utf8_next_char(raw)) {
        gunichar c = g_utf8_get_char(raw);
        gboolean is_cjk = recall_text_is_cjk(c);

        if (is_gap(c) || is_cjk || unit.is_cjk)
            end_unit(ruler, &unit, units);
        if (is_gap(c))
            continue;
        if (unit.start == NULL)
            unit = (Unit){.start = raw,
                          .left = ruler->places == NULL ? get_x(ruler, raw, FALSE) : 0,
                          .is_cjk = is_cjk};
        unit.end = g_utf8_next_char(raw);
    }
    end_unit(ruler, &unit, units);
}

static BaseRect
get_unit_box(const Unit *unit, const BaseRect *line)
{
    return (BaseRect){line->x + unit->left, line->y, MAX(unit->right - unit->left, 1),
                      line->height};
}

/* A word is shown when its middle is: a sliver cut off its ends or its line's leading is no
 * loss. */
static gboolean
is_shown(const BaseRect *box, const pixman_region32_t *shown)
{
    int edge = MIN(EDGE_PX, box->width / 4);
    int leading = box->height / 5;
    pixman_box32_t core = {box->x + edge, box->y + leading, box->x + box->width - edge,
                           box->y + box->height - leading};

    return pixman_region32_contains_rectangle((pixman_region32_t *)shown, &core) ==
           PIXMAN_REGION_IN;
}

static void
append_visible(GString *text, const Unit *unit)
{
    for (const char *at = unit->start; at < unit->end; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (!is_invisible(c) || c == 0x200c || c == 0x200d)
            g_string_append_unichar(text, c);
    }
}

/* Puts @unit after the last one: a word of its own, or the next character of a CJK one. */
static void
append_unit(Draft *draft, const Unit *unit, const BaseRect *box)
{
    const Unit *last = draft->last;
    gboolean is_adjacent = last != NULL && last->end == unit->start;
    ProtocolSpan span = {.box = *box};

    if (draft->text->len + (unit->end - unit->start) + 1 > RECALL_RUN_MAX_BYTES)
        return;
    if (last != NULL && !is_adjacent)
        g_string_append_c(draft->text, ' ');
    span.start_bytes = draft->text->len;
    append_visible(draft->text, unit);
    span.length_bytes = draft->text->len - span.start_bytes;
    draft->last = unit;
    if (span.length_bytes == 0)
        return;
    if (is_adjacent && unit->is_cjk && last->is_cjk && draft->words->len > 0) {
        ProtocolSpan *word = &g_array_index(draft->words, ProtocolSpan, draft->words->len - 1);

        word->length_bytes += span.length_bytes;
        base_rect_union(&word->box, box, &word->box);
    } else {
        g_array_append_val(draft->words, span);
    }
}

/* Ends the run in hand, if there is one, and puts it into @self. */
static void
flush_draft(RecallText *self, Draft *draft)
{
    BaseRect box = {0};
    RecallRun *run = NULL;

    draft->last = NULL;
    if (draft->words->len == 0 || self->runs->len >= RECALL_TEXT_N_RUNS_MAX) {
        g_string_truncate(draft->text, 0);
        g_array_set_size(draft->words, 0);
        return;
    }
    for (unsigned i = 0; i < draft->words->len; i++)
        base_rect_union(&box, &g_array_index(draft->words, ProtocolSpan, i).box, &box);
    run = recall_run_new(g_strndup(draft->text->str, draft->text->len), &box,
                         PROTOCOL_SOURCE_ACCESSIBLE);
    g_array_append_vals(run->words, draft->words->data, draft->words->len);
    g_ptr_array_add(self->runs, run);
    g_string_truncate(draft->text, 0);
    g_array_set_size(draft->words, 0);
}

/* Long enough for a token, or of letters and digits, as a password. */
static gboolean
may_be_secret(const Unit *unit)
{
    gboolean has_letter = FALSE;
    gboolean has_digit = FALSE;

    if (unit->is_cjk || unit->end - unit->start < UNTOLD_MIXED_MIN_BYTES)
        return FALSE;
    for (const char *at = unit->start; at < unit->end; at++) {
        has_letter |= g_ascii_isalpha(*at) != 0;
        has_digit |= g_ascii_isdigit(*at) != 0;
    }
    return unit->end - unit->start >= UNTOLD_MIN_BYTES || (has_letter && has_digit);
}

/* Nobody tells what stands in the part of a word that is shown. */
static void
note_untold(RecallText *self, const Unit *unit, const BaseRect *box, const pixman_region32_t *shown)
{
    pixman_region32_t part;

    if (!may_be_secret(unit))
        return;
    pixman_region32_init_rect(&part, box->x, box->y, (unsigned)box->width, (unsigned)box->height);
    pixman_region32_intersect(&part, &part, (pixman_region32_t *)shown);
    pixman_region32_union(&self->untold, &self->untold, &part);
    pixman_region32_fini(&part);
}

static void
add_shown_units(RecallText *self,
                GArray *units,
                const BaseRect *box,
                const pixman_region32_t *shown)
{
    Draft draft = {g_string_new(NULL), g_array_new(FALSE, FALSE, sizeof(ProtocolSpan)), NULL};

    for (unsigned i = 0; i < units->len; i++) {
        const Unit *unit = &g_array_index(units, Unit, i);
        BaseRect unit_box = get_unit_box(unit, box);

        if (is_shown(&unit_box, shown))
            append_unit(&draft, unit, &unit_box);
        else
            flush_draft(self, &draft);
        if (!is_shown(&unit_box, shown))
            note_untold(self, unit, &unit_box, shown);
    }
    flush_draft(self, &draft);
    g_string_free(draft.text, TRUE);
    g_array_unref(draft.words);
}

void
recall_a11y_text_add_line(RecallText *self,
                          const char *raw,
                          const BaseRect *box,
                          const GArray *stops,
                          gboolean is_fixed,
                          const pixman_region32_t *shown)
{
    g_autofree char *valid = g_utf8_make_valid(raw, -1);
    g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(Unit));
    Ruler ruler = {
        .raw = valid, .stops = stops, .is_fixed = is_fixed, .end = {strlen(valid), box->width}};

    split_units(&ruler, units);
    g_free(ruler.places);
    if (base_rect_is_empty(box) || units->len == 0)
        return;
    add_shown_units(self, units, box, shown);
    recall_a11y_text_cover(self, box, shown);
}

/* Where the line that begins at @start ends when so much fits into one: after a word, or between
 * characters of CJK. */
static const char *
find_line_end(const char *start, int64_t room)
{
    const char *end = NULL;
    int64_t width = 0;

    for (const char *at = start; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (at > start && (is_gap(c) || recall_text_is_cjk(c)))
            end = at;
        width += get_width(c, FALSE);
        if (width > room && end != NULL)
            return end;
    }
    return start + strlen(start);
}

/* How many lines fill a box: so many that a line is as high as letters of its width are. */
static unsigned
guess_n_lines(int64_t width, const BaseRect *box)
{
    double square = (double)width / EM * box->height / (LINE_SHARE * box->width);
    unsigned n_max = (unsigned)MAX(box->height / LINE_MIN_PX, 1);
    unsigned n = 1;

    while (n < n_max && (n + 0.5) * (n + 0.5) < square)
        n++;
    return n;
}

void
recall_a11y_text_add_block(RecallText *self,
                           const char *raw,
                           const BaseRect *box,
                           const pixman_region32_t *shown)
{
    g_autofree char *valid = g_utf8_make_valid(raw, -1);
    int64_t width = measure(valid, valid + strlen(valid), FALSE);
    unsigned n_lines = base_rect_is_empty(box) ? 0 : guess_n_lines(width, box);
    const char *start = valid;

    for (unsigned i = 0; i < n_lines && *start != '\0'; i++) {
        int64_t left = measure(start, start + strlen(start), FALSE);
        const char *end =
            i + 1 == n_lines ? start + strlen(start) : find_line_end(start, left / (n_lines - i));
        g_autofree char *line = g_strndup(start, end - start);
        BaseRect line_box = {box->x, box->y + (int)(i * box->height / n_lines), box->width,
                             (int)(box->height / n_lines)};

        recall_a11y_text_add_line(self, line, &line_box, NULL, FALSE, shown);
        start = end;
    }
    recall_a11y_text_cover(self, box, shown);
}

gboolean
recall_a11y_text_add_cell(RecallText *self,
                          const char *raw,
                          const BaseRect *box,
                          const pixman_region32_t *shown)
{
    pixman_box32_t corners = {box->x, box->y, box->x + box->width, box->y + box->height};
    char *clean;
    RecallRun *run;

    if (base_rect_is_empty(box) || self->runs->len >= RECALL_TEXT_N_RUNS_MAX ||
        pixman_region32_contains_rectangle((pixman_region32_t *)shown, &corners) !=
            PIXMAN_REGION_IN)
        return FALSE;
    clean = recall_run_clean(raw, -1);
    if (clean == NULL)
        return FALSE;
    run = recall_run_new(clean, box, PROTOCOL_SOURCE_ACCESSIBLE);
    run->is_cell = TRUE;
    g_ptr_array_add(self->runs, run);
    recall_a11y_text_cover(self, box, shown);
    return TRUE;
}

void
recall_a11y_text_cover(RecallText *self, const BaseRect *box, const pixman_region32_t *shown)
{
    pixman_region32_t region;

    if (base_rect_is_empty(box))
        return;
    pixman_region32_init_rect(&region, box->x - COVER_MARGIN_PX, box->y - COVER_MARGIN_PX,
                              box->width + 2 * COVER_MARGIN_PX, box->height + 2 * COVER_MARGIN_PX);
    pixman_region32_intersect(&region, &region, (pixman_region32_t *)shown);
    pixman_region32_union(&self->covered, &self->covered, &region);
    pixman_region32_fini(&region);
}

BaseRect
recall_a11y_text_place(const char *raw, const BaseRect *box, RecallA11yAlign align, int indent_px)
{
    int width = MIN(recall_a11y_text_measure_px(raw, LABEL_EM_PX), box->width);
    int height = MIN(LABEL_LINE_PX, box->height);
    int y = box->y + (box->height - height) / 2;
    int indent = MIN(indent_px, box->width - width);

    if (align == RECALL_A11Y_ALIGN_FILL)
        return *box;
    if (align == RECALL_A11Y_ALIGN_CENTER)
        return (BaseRect){box->x + (box->width - width) / 2, y, width, height};
    return (BaseRect){box->x + indent, y, width, height};
}

gboolean
recall_a11y_text_is_fixed(const int *n_chars, const int *widths_px, unsigned n)
{
    double advance = 0;
    int longest = 0;

    for (unsigned i = 0; i < n; i++) {
        if (n_chars[i] > longest) {
            longest = n_chars[i];
            advance = (double)widths_px[i] / longest;
        }
    }
    for (unsigned i = 0; i < n; i++) {
        if (fabs(widths_px[i] - n_chars[i] * advance) > FIXED_SLACK_PX)
            return FALSE;
    }
    return n >= FIXED_N_MIN;
}
