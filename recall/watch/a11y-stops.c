/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-stops.h"

#include "recall/watch/bidi.h"
#include "recall/watch/text.h"

#include <string.h>
#include <xxhash.h>

#define COORDINATES_ON_SCREEN 0
#define STRETCH_N_CHARS 20 /* two or three words */
#define STRETCH_SLACK_PX 3
#define RETRY_WAIT_MS 60

/* A part of a line that is asked about. */
typedef struct {
    unsigned line;
    uint32_t start_bytes;
    uint32_t end_bytes;
    int start_chars; /* of the node's text */
    int n_chars;
    int n_blanks;     /* before it, after the stretch before */
    gboolean is_last; /* of its line */
} Stretch;

struct RecallA11yStops {
    GHashTable *known;  /* key of a line (uint64_t *) to GArray of RecallA11yStop */
    GHashTable *waited; /* keys of lines that were waited for once */
    RecallA11yRangesWay way;
};

static void
clear_line(RecallA11yLine *line)
{
    g_clear_pointer(&line->text, g_free);
    g_clear_pointer(&line->stops, g_array_unref);
}

GArray *
recall_a11y_lines_new(void)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(RecallA11yLine));

    g_array_set_clear_func(lines, (GDestroyNotify)clear_line);
    return lines;
}

RecallA11yStops *
recall_a11y_stops_new(RecallA11yRangesWay way)
{
    RecallA11yStops *self = g_new0(RecallA11yStops, 1);

    self->known =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_array_unref);
    self->waited = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    self->way = way;
    return self;
}

void
recall_a11y_stops_free(RecallA11yStops *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->known);
    g_hash_table_unref(self->waited);
    g_free(self);
}

/* The same characters in a box of the same size stand alike in it. */
static uint64_t
make_key(const RecallA11yLine *line)
{
    int sides[2] = {line->box.width, line->box.height};

    return XXH3_64bits_withSeed(line->text, strlen(line->text), XXH3_64bits(sides, sizeof(sides)));
}

/* Where a character of another direction follows, after the last one before it: what stands first
 * and last in a stretch of two directions is not at its ends, nor is a number. */
static const char *
find_turn(const char *start)
{
    RecallBidiDirection direction = RECALL_BIDI_NEUTRAL;
    const char *end = start;

    for (const char *at = start; *at != '\0'; at = g_utf8_next_char(at)) {
        RecallBidiDirection next = recall_bidi_get_direction(g_utf8_get_char(at));

        if (next == RECALL_BIDI_NEUTRAL)
            continue;
        if (direction != RECALL_BIDI_NEUTRAL && next != direction)
            return end;
        direction = next;
        end = g_utf8_next_char(at);
    }
    return start + strlen(start);
}

/* Where the stretch that begins at @start ends: after a word; between characters of CJK anywhere;
 * and where the one meets the other, as they come from two fonts. */
static const char *
find_stretch_end(const char *start, gboolean has_turns)
{
    gboolean is_cjk = recall_text_is_cjk(g_utf8_get_char(start));
    const char *turn = has_turns ? find_turn(start) : start + strlen(start);
    const char *at = start;
    unsigned n_chars = 0;

    for (; at < turn; at = g_utf8_next_char(at), n_chars++) {
        gunichar c = g_utf8_get_char(at);

        if (n_chars >= STRETCH_N_CHARS && (g_unichar_isspace(c) || is_cjk))
            break;
        if (!g_unichar_isspace(c) && recall_text_is_cjk(c) != is_cjk)
            break;
    }
    while (at > start && g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(at))))
        at = g_utf8_prev_char(at);
    return at;
}

static const char *
skip_blanks(const char *at)
{
    while (*at != '\0' && g_unichar_isspace(g_utf8_get_char(at)))
        at = g_utf8_next_char(at);
    return at;
}

/* Adds each stretch of @line; the last one too, as its start is as good a stop. */
static void
add_stretches(const RecallA11yLine *line, unsigned index, GArray *stretches)
{
    gboolean has_turns = recall_bidi_is_needed(line->text);
    const char *start = skip_blanks(line->text);
    int n_blanks = (int)g_utf8_pointer_to_offset(line->text, start);
    int start_chars = line->start_chars + n_blanks;

    while (*start != '\0') {
        const char *end = find_stretch_end(start, has_turns);
        const char *next = skip_blanks(end);
        Stretch stretch = {.line = index,
                           .start_bytes = start - line->text,
                           .end_bytes = end - line->text,
                           .start_chars = start_chars,
                           .n_chars = (int)g_utf8_pointer_to_offset(start, end),
                           .n_blanks = n_blanks,
                           .is_last = *next == '\0'};

        g_array_append_val(stretches, stretch);
        n_blanks = (int)g_utf8_pointer_to_offset(end, next);
        start_chars += stretch.n_chars + n_blanks;
        start = next;
    }
}

/* Where each character is measured, a line from left to right that begins and ends with its box is
 * asked only for the blanks between its stretches. */
static gboolean
has_seams(const RecallA11yStops *self, const RecallA11yLine *line)
{
    const char *end = line->text + strlen(line->text);

    return self->way == RECALL_A11Y_RANGES_ENDS && !recall_bidi_is_needed(line->text) &&
           skip_blanks(line->text) == line->text &&
           !g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(end)));
}

/* The first stretch of a line has no seam before it. */
static gboolean
is_after_seam(const Stretch *stretch)
{
    return stretch->start_bytes > 0;
}

/* Asks for the blanks before @stretch, or, where there are none, for its first character. */
static void
add_seam(RecallA11yRanges *ranges, const RecallA11yLine *line, const Stretch *stretch)
{
    int start = stretch->start_chars - stretch->n_blanks;
    int end = stretch->start_chars + (stretch->n_blanks == 0 ? 1 : 0);

    if (is_after_seam(stretch))
        recall_a11y_ranges_add(ranges, line->node->path, start, end);
}

static void
add_stretch(RecallA11yRanges *ranges, const RecallA11yLine *line, const Stretch *stretch)
{
    int n_chars = recall_a11y_units_trim_marks(line->text + stretch->start_bytes, stretch->n_chars);

    recall_a11y_ranges_add(ranges, line->node->path, stretch->start_chars,
                           stretch->start_chars + n_chars);
}

/* What lies behind the seam before @stretch; what lies before it, @last, ends there. */
static BaseRect
take_seam(RecallA11yRanges *ranges,
          const RecallA11yLine *line,
          const Stretch *stretch,
          BaseRect *last)
{
    BaseRect box = line->box;
    BaseRect seam;

    if (!is_after_seam(stretch))
        return box;
    seam = recall_a11y_ranges_take(ranges);
    if (base_rect_is_empty(&seam))
        return (BaseRect){0};
    last->width = seam.x - last->x;
    box.x = seam.x + (stretch->n_blanks > 0 ? seam.width : 0);
    box.y = seam.y;
    box.width = line->box.x + line->box.width - box.x;
    return box;
}

/* Returns: (transfer full): of BaseRect, one for each of @stretches */
static GArray *
ask_boxes(const RecallA11yStops *self,
          RecallA11yLink *link,
          const GArray *lines,
          const GArray *stretches)
{
    GArray *boxes = g_array_new(FALSE, TRUE, sizeof(BaseRect));
    g_auto(RecallA11yRanges) ranges = {0};

    recall_a11y_ranges_init(&ranges, self->way);
    for (unsigned i = 0; i < stretches->len; i++) {
        const Stretch *stretch = &g_array_index(stretches, Stretch, i);
        const RecallA11yLine *line = &g_array_index(lines, RecallA11yLine, stretch->line);

        if (has_seams(self, line))
            add_seam(&ranges, line, stretch);
        else
            add_stretch(&ranges, line, stretch);
    }
    recall_a11y_ranges_ask(&ranges, link);
    g_array_set_size(boxes, stretches->len);
    for (unsigned i = 0; i < stretches->len; i++) {
        const Stretch *stretch = &g_array_index(stretches, Stretch, i);
        const RecallA11yLine *line = &g_array_index(lines, RecallA11yLine, stretch->line);
        BaseRect *box = &g_array_index(boxes, BaseRect, i);

        *box = has_seams(self, line) ? take_seam(&ranges, line, stretch, box - 1)
                                     : recall_a11y_ranges_take(&ranges);
    }
    return boxes;
}

/* FALSE: this is not where the line is; it moved, or the application does not know. */
static gboolean
take_stretch(RecallA11yLine *line, const Stretch *stretch, BaseRect box)
{
    RecallA11yStop stops[2];

    if (box.width <= 0 || ABS(box.y - line->box.y) > line->box.height / 2 ||
        box.x < line->box.x - STRETCH_SLACK_PX ||
        box.x + box.width > line->box.x + line->box.width + STRETCH_SLACK_PX)
        return FALSE;
    stops[0] = (RecallA11yStop){stretch->start_bytes, box.x - line->box.x};
    stops[1] = (RecallA11yStop){stretch->end_bytes, box.x + box.width - line->box.x};
    g_array_append_vals(line->stops, stops, 2);
    return TRUE;
}

/* Takes the answers about all of @stretches; what was learnt is kept. */
static void
take_boxes(RecallA11yStops *self, GArray *lines, const GArray *stretches, const GArray *boxes)
{
    for (unsigned i = 0; i < stretches->len; i++) {
        const Stretch *stretch = &g_array_index(stretches, Stretch, i);
        RecallA11yLine *line = &g_array_index(lines, RecallA11yLine, stretch->line);

        if (line->stops != NULL && !take_stretch(line, stretch, g_array_index(boxes, BaseRect, i)))
            g_clear_pointer(&line->stops, g_array_unref);
        if (line->stops != NULL && stretch->is_last) {
            uint64_t key = make_key(line);

            g_hash_table_insert(self->known, g_memdup2(&key, sizeof(key)),
                                g_array_ref(line->stops));
        }
    }
}

/* Chromium lays a text out when it is first asked for a part of it, and answers a box of no size
 * until then. Returns: whether that is so of a line that was not waited for before */
static gboolean
is_worth_waiting(RecallA11yStops *self,
                 const GArray *lines,
                 const GArray *stretches,
                 const GArray *boxes)
{
    gboolean is_new = FALSE;

    for (unsigned i = 0; i < stretches->len; i++) {
        const Stretch *stretch = &g_array_index(stretches, Stretch, i);
        uint64_t key = make_key(&g_array_index(lines, RecallA11yLine, stretch->line));

        if (g_array_index(boxes, BaseRect, i).width <= 0)
            is_new |= g_hash_table_add(self->waited, g_memdup2(&key, sizeof(key)));
    }
    return is_new;
}

/* Whether the widths that letters usually have say where the words of @line are. In a line of two
 * directions Chromium answers where its words would stand in one. */
static gboolean
needs_stops(const RecallA11yStops *self, const RecallA11yLine *line)
{
    const char *start = skip_blanks(line->text);
    gboolean has_turns = recall_bidi_is_needed(start);

    if (line->is_guess || *start == '\0')
        return FALSE;
    if (has_turns && self->way == RECALL_A11Y_RANGES_WHOLE && *find_turn(start) != '\0')
        return FALSE;
    return *skip_blanks(find_stretch_end(start, has_turns)) != '\0';
}

static void
bound_kept(RecallA11yStops *self)
{
    if (g_hash_table_size(self->known) >= RECALL_A11Y_STOPS_N_KEPT_MAX)
        g_hash_table_remove_all(self->known);
    if (g_hash_table_size(self->waited) >= RECALL_A11Y_STOPS_N_KEPT_MAX)
        g_hash_table_remove_all(self->waited);
}

void
recall_a11y_stops_find(RecallA11yStops *self,
                       RecallA11yLink *link,
                       GArray *lines,
                       const BaseRect *view)
{
    g_autoptr(GArray) stretches = g_array_new(FALSE, TRUE, sizeof(Stretch));
    g_autoptr(GArray) boxes = NULL;

    bound_kept(self);
    for (unsigned i = 0; i < lines->len; i++) {
        RecallA11yLine *line = &g_array_index(lines, RecallA11yLine, i);
        uint64_t key = make_key(line);
        GArray *known = g_hash_table_lookup(self->known, &key);

        if (known != NULL) {
            line->stops = g_array_ref(known);
        } else if (needs_stops(self, line) && base_rect_intersect(&line->box, view, NULL) &&
                   stretches->len < RECALL_A11Y_STOPS_N_STRETCHES_MAX) {
            line->stops = g_array_new(FALSE, FALSE, sizeof(RecallA11yStop));
            add_stretches(line, i, stretches);
        }
    }
    boxes = ask_boxes(self, link, lines, stretches);
    if (is_worth_waiting(self, lines, stretches, boxes)) {
        recall_a11y_link_pause(link, RETRY_WAIT_MS);
        g_array_unref(boxes);
        boxes = ask_boxes(self, link, lines, stretches);
    }
    take_boxes(self, lines, stretches, boxes);
}
