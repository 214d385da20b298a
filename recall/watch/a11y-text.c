/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-text.h"

#include "policies/detect.h"

#include <math.h>
#include <string.h>

#define COVER_MARGIN_PX 2 /* ink reaches over the box a little */
#define LINE_SHARE 1.25   /* of a font's size: the height of a line */
#define LINE_MIN_PX 8
#define LETTERS_MIN_PX 4 /* lower ones are dots */
#define EDGE_PX 2        /* a word may stick out of the shown part so far across */
#define FIXED_N_MIN 3    /* texts that agree, for a font of fixed width */
#define FIXED_SLACK_PX 1.5
#define EM_SHARE 85          /* percent of a line's height that the font's size is */
#define FULL_SHARE 180       /* percent: a text wider than its box by more is not one line of it */
#define LABEL_LINE_SHARE 1.2 /* of a label's font: the height of its line */
#define CONTEXT_N_UNITS 16   /* on each side of what is shown */
#define UNTOLD_MIN_BYTES 12
#define UNTOLD_MIXED_MIN_BYTES 6

/* A run that grows. */
typedef struct {
    const GArray *units; /* of RecallA11yUnit: of the line */
    GString *text;
    GArray *words; /* of ProtocolSpan */
    const RecallA11yUnit *first;
    const RecallA11yUnit *last;
} Draft;

int
recall_a11y_text_measure_px(const char *raw, int em_px)
{
    return (int)MIN(recall_a11y_units_measure(raw, raw + strlen(raw), FALSE) * em_px /
                        RECALL_A11Y_EM,
                    INT16_MAX);
}

/* CJK that goes down the screen: about as long as the box is high, in letters that are as large as
 * the box is wide. */
static gboolean
is_column(const char *raw, const BaseRect *box)
{
    int length = recall_a11y_text_measure_px(raw, box->width * EM_SHARE / 100);

    return recall_text_is_cjk(g_utf8_get_char(raw)) && box->height > box->width &&
           2 * length > box->height && 2 * length < 3 * box->height;
}

gboolean
recall_a11y_text_is_several_lines(const char *raw, const BaseRect *box)
{
    int length = recall_a11y_text_measure_px(raw, box->height * EM_SHARE / 100);

    return box->height > RECALL_A11Y_TEXT_ONE_LINE_MAX_PX && !is_column(raw, box) &&
           length > box->width * FULL_SHARE / 100;
}

static BaseRect
get_unit_box(const RecallA11yUnit *unit, const BaseRect *line)
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
append_visible(GString *text, const RecallA11yUnit *unit)
{
    for (const char *at = unit->start; at < unit->end; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (!recall_a11y_units_is_mark(c) || c == 0x200c || c == 0x200d)
            g_string_append_unichar(text, c);
    }
}

/* Puts @unit after the last one: a word of its own, or the next character of a CJK one. */
static void
append_unit(Draft *draft, const RecallA11yUnit *unit, const BaseRect *box)
{
    const RecallA11yUnit *last = draft->last;
    gboolean is_adjacent = last != NULL && last->end == unit->start;
    ProtocolSpan span = {.box = *box};

    if (draft->text->len + (unit->end - unit->start) + 1 > RECALL_RUN_MAX_BYTES)
        return;
    if (last == NULL)
        draft->first = unit;
    else if (!is_adjacent)
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

static void
append_context(GString *context, const RecallA11yUnit *unit, const RecallA11yUnit *end)
{
    for (; unit < end; unit++) {
        append_visible(context, unit);
        if (unit[0].end != unit[1].start)
            g_string_append_c(context, ' ');
    }
}

/* What of the line stands before and behind the run and is not shown. */
static void
add_context(const Draft *draft, RecallRun *run)
{
    const RecallA11yUnit *all = (const RecallA11yUnit *)draft->units->data;
    const RecallA11yUnit *end = all + draft->units->len;
    const RecallA11yUnit *from = draft->first - MIN(draft->first - all, CONTEXT_N_UNITS);
    const RecallA11yUnit *to = draft->last + MIN(end - 1 - draft->last, CONTEXT_N_UNITS);
    GString *context;

    if (draft->first == all && draft->last + 1 == end)
        return;
    context = g_string_new(NULL);
    append_context(context, from, draft->first);
    run->context_start = context->len;
    g_string_append(context, run->text);
    if (to > draft->last) {
        if (draft->last[0].end != draft->last[1].start)
            g_string_append_c(context, ' ');
        append_context(context, draft->last + 1, to);
        append_visible(context, to);
    }
    run->context = g_string_free(context, FALSE);
}

static void
empty_draft(Draft *draft)
{
    draft->first = draft->last = NULL;
    g_string_truncate(draft->text, 0);
    g_array_set_size(draft->words, 0);
}

/* Ends the run in hand, if there is one, and puts it into @self. */
static void
flush_draft(RecallText *self, Draft *draft)
{
    BaseRect box = {0};
    RecallRun *run = NULL;

    if (draft->words->len == 0 || self->runs->len >= RECALL_TEXT_N_RUNS_MAX) {
        empty_draft(draft);
        return;
    }
    for (unsigned i = 0; i < draft->words->len; i++)
        base_rect_union(&box, &g_array_index(draft->words, ProtocolSpan, i).box, &box);
    run = recall_run_new(g_strndup(draft->text->str, draft->text->len), &box,
                         PROTOCOL_SOURCE_ACCESSIBLE);
    g_array_append_vals(run->words, draft->words->data, draft->words->len);
    add_context(draft, run);
    g_ptr_array_add(self->runs, run);
    empty_draft(draft);
}

/* A token or a password, by its letters: some digits, or of many some capitals within. Names in
 * code have an arrow or a scope between them. */
static gboolean
looks_random(const RecallA11yUnit *unit)
{
    g_autofree char *word = g_strndup(unit->start, (gsize)(unit->end - unit->start));
    unsigned n_digits = 0;
    unsigned n_letters = 0;
    unsigned n_capitals_within = 0;

    for (const char *at = word; *at != '\0'; at++) {
        n_digits += g_ascii_isdigit(*at) != 0;
        n_letters += g_ascii_isalpha(*at) != 0;
        n_capitals_within += at > word && g_ascii_isalnum(at[-1]) && g_ascii_isupper(*at);
    }
    if (n_digits > 0)
        return n_letters > 0 || strlen(word) >= UNTOLD_MIN_BYTES;
    return n_capitals_within > 0 && strlen(word) >= UNTOLD_MIN_BYTES &&
           strstr(word, "->") == NULL && strstr(word, "::") == NULL;
}

/* In its line it would be masked. */
static gboolean
is_secret_in(const char *line, const RecallA11yUnit *unit)
{
    g_autoptr(GArray) found = policy_detect_find_in(line);

    for (unsigned i = 0; found != NULL && i < found->len; i++) {
        const PolicySecretRange *range = &g_array_index(found, PolicySecretRange, i);

        if (range->start_bytes < unit->end - line && range->end_bytes > unit->start - line)
            return TRUE;
    }
    return FALSE;
}

/* Nobody tells what stands in the part of a word that is shown. */
static void
note_untold(RecallText *self,
            const char *line,
            const RecallA11yUnit *unit,
            const BaseRect *box,
            const pixman_region32_t *shown)
{
    pixman_region32_t part;

    if (unit->is_cjk || unit->end - unit->start < UNTOLD_MIXED_MIN_BYTES)
        return;
    pixman_region32_init_rect(&part, box->x, box->y, (unsigned)box->width, (unsigned)box->height);
    pixman_region32_intersect(&part, &part, (pixman_region32_t *)shown);
    if (pixman_region32_not_empty(&part) && (looks_random(unit) || is_secret_in(line, unit)))
        pixman_region32_union(&self->untold, &self->untold, &part);
    pixman_region32_fini(&part);
}

static void
add_shown_units(RecallText *self,
                const char *line,
                GArray *units,
                const BaseRect *box,
                const pixman_region32_t *shown)
{
    Draft draft = {units, g_string_new(NULL), g_array_new(FALSE, FALSE, sizeof(ProtocolSpan)), NULL,
                   NULL};

    for (unsigned i = 0; i < units->len; i++) {
        const RecallA11yUnit *unit = &g_array_index(units, RecallA11yUnit, i);
        BaseRect unit_box = get_unit_box(unit, box);

        if (is_shown(&unit_box, shown))
            append_unit(&draft, unit, &unit_box);
        else
            flush_draft(self, &draft);
        if (!is_shown(&unit_box, shown))
            note_untold(self, line, unit, &unit_box, shown);
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
    g_autoptr(GArray) units = recall_a11y_units_split(valid, box->width, stops, is_fixed);

    if (base_rect_is_empty(box) || box->height < LETTERS_MIN_PX || units->len == 0)
        return;
    add_shown_units(self, valid, units, box, shown);
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

        if (at > start && (recall_a11y_units_is_gap(c) || recall_text_is_cjk(c)))
            end = at;
        width += recall_a11y_units_get_width(c, FALSE);
        if (width > room && end != NULL)
            return end;
    }
    return start + strlen(start);
}

/* How many lines fill a box: so many that a line is as high as letters of its width are. */
static unsigned
guess_n_lines(int64_t width, const BaseRect *box)
{
    double square = (double)width / RECALL_A11Y_EM * box->height / (LINE_SHARE * box->width);
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
    int64_t width = recall_a11y_units_measure(valid, valid + strlen(valid), FALSE);
    unsigned n_lines = base_rect_is_empty(box) ? 0 : guess_n_lines(width, box);
    const char *start = valid;

    for (unsigned i = 0; i < n_lines && *start != '\0'; i++) {
        int64_t left = recall_a11y_units_measure(start, start + strlen(start), FALSE);
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

static gboolean
is_all_shown(const BaseRect *box, const pixman_region32_t *shown)
{
    pixman_box32_t corners = {box->x, box->y, box->x + box->width, box->y + box->height};

    return !base_rect_is_empty(box) &&
           pixman_region32_contains_rectangle((pixman_region32_t *)shown, &corners) ==
               PIXMAN_REGION_IN;
}

gboolean
recall_a11y_text_add_cell(RecallText *self,
                          const char *raw,
                          int width_px,
                          const BaseRect *box,
                          const pixman_region32_t *shown)
{
    char *clean;
    RecallRun *run;

    if (self->runs->len >= RECALL_TEXT_N_RUNS_MAX || !is_all_shown(box, shown))
        return FALSE;
    clean = recall_run_clean(raw, -1);
    if (clean == NULL)
        return FALSE;
    run = recall_run_new(clean, box, PROTOCOL_SOURCE_ACCESSIBLE);
    run->is_cell = TRUE;
    run->room = *box;
    run->width_px = width_px;
    g_ptr_array_add(self->runs, run);
    recall_a11y_text_cover(self, box, shown);
    return TRUE;
}

void
recall_a11y_text_give_room(RecallText *self,
                           unsigned first,
                           const BaseRect *room,
                           const pixman_region32_t *shown)
{
    if (!is_all_shown(room, shown))
        return;
    for (unsigned i = first; i < self->runs->len; i++) {
        RecallRun *run = self->runs->pdata[i];

        if (run->context_start == 0)
            run->room = *room;
    }
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
recall_a11y_text_place(const char *raw,
                       const BaseRect *box,
                       RecallA11yAlign align,
                       int indent_px,
                       int em_px)
{
    int width = MIN(recall_a11y_text_measure_px(raw, em_px), box->width);
    int height = MIN((int)(em_px * LABEL_LINE_SHARE), box->height);
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
