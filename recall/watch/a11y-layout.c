/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-layout.h"

#include "recall/watch/a11y-view.h"

#include <string.h>
#include <xxhash.h>

#define GRANULARITY_LINE 3
#define EMBEDDED_CHAR 0xfffc /* a child stands here */
#define N_TRIES_MAX 5        /* a browser lays its text out for us only when it was asked once */
#define RETRY_WAIT_MS 40
#define N_FAILED_MAX 8 /* readings in which a layout was asked for in vain */
#define ORIGIN_SLACK_PX 2
#define EM_SHARE 85      /* percent of a line's height that the font's size is */
#define FILLED_SHARE 130 /* percent: a text wider than its box by more goes on outside of it */

/* Characters [start, end) of a plan's text; the box is relative to its origin. */
typedef struct {
    int start;
    int end;
    BaseRect box;
} Piece;

typedef enum {
    STEP_LINES,  /* where its lines end is to be asked */
    STEP_ORIGIN, /* its lines are known from before, but not where they are now */
    STEP_ENDS,   /* it may be one line: where it begins and ends is to be asked */
    STEP_DONE,
} Step;

/* The text of a node, or a paragraph of a view, at work. */
typedef struct {
    RecallA11yNode *node;
    unsigned index; /* of the node among those asked about */
    char *text;
    int base; /* of @text in the node's */
    int n_chars;
    int next;        /* character of @text up to which lines are known */
    GArray *pieces;  /* of Piece */
    BaseRect origin; /* root pixels: the node's box, or, when loose, that of the first piece */
    uint64_t key;    /* of what is kept */
    unsigned n_failed;
    gboolean is_view;
    gboolean is_loose; /* its first piece may stand anywhere: behind children, too */
    Step step;
} Plan;

/* What is kept of a plan. */
typedef struct {
    GArray *pieces;
    unsigned n_failed; /* times that the application did not lay it out; 0: the pieces are right */
} Known;

struct RecallA11yLayout {
    GHashTable *known; /* key (uint64_t *) to Known */
    RecallA11yStops *stops;
    RecallA11yRangesWay way;
};

static void
free_known(Known *known)
{
    g_array_unref(known->pieces);
    g_free(known);
}

RecallA11yLayout *
recall_a11y_layout_new(RecallA11yRangesWay way)
{
    RecallA11yLayout *self = g_new0(RecallA11yLayout, 1);

    self->known =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)free_known);
    self->stops = recall_a11y_stops_new(way);
    self->way = way;
    return self;
}

void
recall_a11y_layout_free(RecallA11yLayout *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->known);
    recall_a11y_stops_free(self->stops);
    g_free(self);
}

static void
clear_plan(Plan *plan)
{
    g_clear_pointer(&plan->text, g_free);
    g_clear_pointer(&plan->pieces, g_array_unref);
}

/* Text and size say it all: the same words in another font have a box of another size. A view's
 * height says nothing. */
static uint64_t
make_key(const Plan *plan)
{
    const BaseRect *box = &plan->node->box;
    int sides[3] = {box->width, plan->is_view ? -1 : box->height, plan->node->role};

    return XXH3_64bits_withSeed(plan->text, strlen(plan->text), XXH3_64bits(sides, sizeof(sides)));
}

static void
remember(RecallA11yLayout *self, const Plan *plan)
{
    Known *known = g_new(Known, 1);

    if (g_hash_table_size(self->known) >= RECALL_A11Y_LAYOUT_N_KEPT_MAX)
        g_hash_table_remove_all(self->known);
    *known = (Known){g_array_ref(plan->pieces), plan->n_failed};
    g_hash_table_insert(self->known, g_memdup2(&plan->key, sizeof(plan->key)), known);
}

static gboolean
is_gap(gunichar c)
{
    return c == EMBEDDED_CHAR || c == '\n' || c == '\t' || c == '\r' || c == 0x2028;
}

static gboolean
is_blank(gunichar c)
{
    return is_gap(c) || g_unichar_isspace(c);
}

/* Splits characters [start, end) of the text where something else stands between, and trims. */
static void
add_pieces(Plan *plan, int start, int end)
{
    const char *at = g_utf8_offset_to_pointer(plan->text, start);
    Piece piece = {.start = -1};

    for (int i = start; i < end; i++, at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (is_gap(c) && piece.start >= 0) {
            g_array_append_val(plan->pieces, piece);
            piece.start = -1;
        }
        if (is_blank(c) || (piece.start < 0 && recall_a11y_units_is_mark(c)))
            continue;
        if (piece.start < 0)
            piece.start = i;
        piece.end = i + 1;
    }
    if (piece.start >= 0)
        g_array_append_val(plan->pieces, piece);
}

static gboolean
has_gap(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        if (is_gap(g_utf8_get_char(text)))
            return TRUE;
    }
    return FALSE;
}

/* A tight box around one line is the line's box, spaces at the ends and all; but not when the text
 * is cut off by it. */
static gboolean
is_one_line(const RecallA11yNode *node, RecallA11yShape shape)
{
    if (shape != RECALL_A11Y_SHAPE_TIGHT || node->box.height > RECALL_A11Y_TEXT_ONE_LINE_MAX_PX ||
        has_gap(node->text))
        return FALSE;
    return recall_a11y_text_measure_px(node->text, node->box.height * EM_SHARE / 100) <
           node->box.width * FILLED_SHARE / 100;
}

/* What was found out about the same text before. */
static void
recall_known(RecallA11yLayout *self, Plan *plan)
{
    const Known *known = NULL;

    plan->key = make_key(plan);
    known = g_hash_table_lookup(self->known, &plan->key);
    if (known == NULL)
        return;
    plan->n_failed = known->n_failed;
    if (known->n_failed > 0 && known->n_failed < N_FAILED_MAX)
        return;
    g_array_unref(plan->pieces);
    plan->pieces = g_array_ref(known->pieces);
    plan->step =
        plan->is_loose && known->n_failed == 0 && plan->pieces->len > 0 ? STEP_ORIGIN : STEP_DONE;
}

/* Where each character is measured, a paragraph that has room beside it is asked for its ends: when
 * these stand level it is one line, and that is where. */
static void
suppose_one_line(const RecallA11yLayout *self, Plan *plan)
{
    if (self->way != RECALL_A11Y_RANGES_ENDS || !plan->is_view || plan->step != STEP_LINES ||
        plan->n_failed > 0 ||
        recall_a11y_text_measure_px(plan->text, RECALL_A11Y_TEXT_EM_PX) > plan->node->box.width)
        return;
    add_pieces(plan, 0, plan->n_chars);
    if (plan->pieces->len == 1)
        plan->step = STEP_ENDS;
    else
        g_array_set_size(plan->pieces, 0);
}

/* @text: (transfer full) */
static void
add_plan(RecallA11yLayout *self, GArray *plans, const Plan *template, char *text)
{
    Plan plan = *template;

    plan.text = text;
    plan.n_chars = (int)g_utf8_strlen(text, -1);
    plan.pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    plan.is_loose = plan.is_view || g_utf8_strchr(text, -1, EMBEDDED_CHAR) != NULL;
    recall_known(self, &plan);
    suppose_one_line(self, &plan);
    g_array_append_val(plans, plan);
}

static void
add_node_plan(RecallA11yLayout *self, GArray *plans, const Plan *template, RecallA11yShape shape)
{
    const RecallA11yNode *node = template->node;

    if (node->text == NULL || *node->text == '\0' || base_rect_is_empty(&node->box))
        return;
    if (is_one_line(node, shape)) {
        Plan plan = *template;
        Piece piece = {
            0, (int)g_utf8_strlen(node->text, -1), {0, 0, node->box.width, node->box.height}};

        plan.text = g_strdup(node->text);
        plan.pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
        g_array_append_val(plan.pieces, piece);
        plan.step = STEP_DONE;
        g_array_append_val(plans, plan);
    } else {
        add_plan(self, plans, template, g_strdup(node->text));
    }
}

/* A plan for each paragraph, so that what is typed into one leaves the others as they were. */
static void
add_view_plans(RecallA11yLayout *self,
               RecallA11yLink *link,
               GArray *plans,
               const Plan *template,
               const BaseRect *view)
{
    Plan plan = *template;
    g_autofree char *text = recall_a11y_view_ask_text(link, plan.node, view, &plan.base);
    g_auto(GStrv) paragraphs = text == NULL ? NULL : g_strsplit(text, "\n", -1);

    plan.is_view = TRUE;
    for (char **paragraph = paragraphs; paragraph != NULL && *paragraph != NULL; paragraph++) {
        int n_chars = (int)g_utf8_strlen(*paragraph, -1);

        if (n_chars > 0)
            add_plan(self, plans, &plan, g_strdup(*paragraph));
        plan.base += n_chars + 1;
    }
}

static void
take_line(Plan *plan, GVariant *reply)
{
    int end = -1;

    if (reply != NULL && g_variant_is_of_type(reply, G_VARIANT_TYPE("(sii)")))
        g_variant_get_child(reply, 2, "i", &end);
    end = MIN(end - plan->base, plan->n_chars);
    if (end <= plan->next || plan->pieces->len >= RECALL_A11Y_LAYOUT_N_LINES_MAX)
        end = plan->n_chars; /* it does not know: the rest is one line */
    add_pieces(plan, plan->next, end);
    plan->next = end;
}

/* Asks every plan for its next line, until none has more: a round for each line of the longest. */
static void
ask_lines(RecallA11yLink *link, GArray *plans)
{
    g_autofree RecallA11yCall *calls = g_new0(RecallA11yCall, plans->len);
    g_autofree Plan **asked = g_new0(Plan *, plans->len);
    unsigned n_calls = 0;

    do {
        n_calls = 0;
        for (unsigned i = 0; i < plans->len; i++) {
            Plan *plan = &g_array_index(plans, Plan, i);

            if (plan->step != STEP_LINES || plan->next >= plan->n_chars)
                continue;
            calls[n_calls] = (RecallA11yCall){
                plan->node->path, RECALL_A11Y_TEXT, "GetStringAtOffset",
                g_variant_new("(iu)", plan->base + plan->next, GRANULARITY_LINE), NULL};
            asked[n_calls++] = plan;
        }
        recall_a11y_link_ask_all(link, calls, n_calls);
        for (unsigned i = 0; i < n_calls; i++) {
            take_line(asked[i], calls[i].reply);
            recall_a11y_call_clear(&calls[i]);
        }
    } while (n_calls > 0 && recall_a11y_link_get_error(link) == NULL);
}

/* It is asked about as a new one. */
static void
forget_pieces(Plan *plan)
{
    g_array_unref(plan->pieces);
    plan->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    plan->step = STEP_LINES;
}

/* A paragraph that is where it was but for scrolling: its first line begins and its last one ends
 * where they did. */
static void
take_origin(Plan *plan, const BaseRect *first_char, const BaseRect *last_char)
{
    const Piece *first = &g_array_index(plan->pieces, Piece, 0);
    const Piece *last = &g_array_index(plan->pieces, Piece, plan->pieces->len - 1);
    BaseRect origin = {first_char->x - first->box.x, first_char->y - first->box.y, 0, 0};
    int right = last_char->x + last_char->width - origin.x;

    if (last_char->height > 0 && ABS(right - last->box.x - last->box.width) <= ORIGIN_SLACK_PX &&
        ABS(last_char->y - origin.y - last->box.y) <= ORIGIN_SLACK_PX) {
        plan->origin = origin;
        plan->step = STEP_DONE;
    } else {
        forget_pieces(plan);
    }
}

static void
take_ends(RecallA11yLayout *self, Plan *plan, const BaseRect *first_char, const BaseRect *last_char)
{
    Piece *piece = &g_array_index(plan->pieces, Piece, 0);

    if (base_rect_is_empty(first_char) || base_rect_is_empty(last_char) ||
        ABS(last_char->y - first_char->y) > ORIGIN_SLACK_PX) {
        forget_pieces(plan);
        return;
    }
    base_rect_union(first_char, last_char, &plan->origin);
    piece->box = (BaseRect){0, 0, plan->origin.width, plan->origin.height};
    plan->step = STEP_DONE;
    remember(self, plan);
}

static gboolean
has_asked_ends(const Plan *plan)
{
    return plan->step == STEP_ORIGIN || plan->step == STEP_ENDS;
}

/* For paragraphs that are known from before, and those that may be one line. */
static void
ask_ends(RecallA11yLayout *self, RecallA11yLink *link, GArray *plans)
{
    g_auto(RecallA11yRanges) ranges = {0};

    recall_a11y_ranges_init(&ranges, RECALL_A11Y_RANGES_WHOLE);
    for (unsigned i = 0; i < plans->len; i++) {
        const Plan *plan = &g_array_index(plans, Plan, i);
        const Piece *pieces = (const Piece *)(void *)plan->pieces->data;

        if (has_asked_ends(plan)) {
            int end = pieces[plan->pieces->len - 1].end;

            recall_a11y_ranges_add_part(&ranges, plan->node->path, plan->text, plan->base,
                                        pieces[0].start, pieces[0].start + 1);
            recall_a11y_ranges_add_part(&ranges, plan->node->path, plan->text, plan->base, end - 1,
                                        end);
        }
    }
    recall_a11y_ranges_ask(&ranges, link);
    for (unsigned i = 0; i < plans->len; i++) {
        Plan *plan = &g_array_index(plans, Plan, i);

        if (has_asked_ends(plan)) {
            BaseRect first_char = recall_a11y_ranges_take(&ranges);
            BaseRect last_char = recall_a11y_ranges_take(&ranges);

            if (plan->step == STEP_ORIGIN)
                take_origin(plan, &first_char, &last_char);
            else
                take_ends(self, plan, &first_char, &last_char);
        }
    }
}

/* Chromium tells all columns of a text as if they stood in the first. */
static gboolean
is_in_next_column(const BaseRect *line, const BaseRect *last)
{
    int right = MIN(line->x + line->width, last->x + last->width);

    return line->y + line->height / 2 < last->y + last->height &&
           right - MAX(line->x, last->x) > ORIGIN_SLACK_PX;
}

/* Nobody tells where the lines of other columns than the first are. */
static void
drop_columns(Plan *plan)
{
    const Piece *pieces = (const Piece *)(void *)plan->pieces->data;

    for (unsigned i = 1; i < plan->pieces->len; i++) {
        if (is_in_next_column(&pieces[i].box, &pieces[i - 1].box)) {
            g_array_set_size(plan->pieces, i);
            return;
        }
    }
}

static void
ask_piece_boxes(RecallA11yLayout *self, RecallA11yLink *link, GArray *plans)
{
    g_auto(RecallA11yRanges) ranges = {0};

    recall_a11y_ranges_init(&ranges, self->way);
    for (unsigned i = 0; i < plans->len; i++) {
        const Plan *plan = &g_array_index(plans, Plan, i);

        for (unsigned k = 0; plan->step == STEP_LINES && k < plan->pieces->len; k++) {
            const Piece *piece = &g_array_index(plan->pieces, Piece, k);
            const char *start = g_utf8_offset_to_pointer(plan->text, piece->start);
            int n_chars = recall_a11y_units_trim_marks(start, piece->end - piece->start);

            recall_a11y_ranges_add_part(&ranges, plan->node->path, plan->text, plan->base,
                                        piece->start, piece->start + n_chars);
        }
    }
    recall_a11y_ranges_ask(&ranges, link);
    for (unsigned i = 0; i < plans->len; i++) {
        Plan *plan = &g_array_index(plans, Plan, i);

        for (unsigned k = 0; plan->step == STEP_LINES && k < plan->pieces->len; k++) {
            Piece *piece = &g_array_index(plan->pieces, Piece, k);

            piece->box = recall_a11y_ranges_take(&ranges);
            if (k == 0)
                plan->origin = plan->is_loose ? piece->box : plan->node->box;
            piece->box.x -= plan->origin.x;
            piece->box.y -= plan->origin.y;
        }
    }
}

static gboolean
is_several_lines(const Plan *plan, const Piece *piece)
{
    g_autofree char *text = g_utf8_substring(plan->text, piece->start, piece->end);

    return recall_a11y_text_is_several_lines(text, &piece->box);
}

/* Until they have laid the text out for us, browsers answer boxes of no size, and Firefox at times
 * that all of a paragraph is one line. */
static gboolean
is_laid_out(const Plan *plan)
{
    for (unsigned i = 0; i < plan->pieces->len; i++) {
        const Piece *piece = &g_array_index(plan->pieces, Piece, i);

        if (piece->box.height <= 0 || piece->box.width <= MIN(1, piece->end - piece->start - 1) ||
            is_several_lines(plan, piece))
            return FALSE;
    }
    return TRUE;
}

/* Returns: how many are worth waiting for. */
static unsigned
settle_plans(RecallA11yLayout *self, GArray *plans, gboolean is_last_try)
{
    unsigned n_open = 0;

    for (unsigned i = 0; i < plans->len; i++) {
        Plan *plan = &g_array_index(plans, Plan, i);
        gboolean is_right = is_laid_out(plan);

        if (plan->step == STEP_DONE)
            continue;
        if (is_right)
            drop_columns(plan);
        if (!is_right && plan->n_failed == 0 && !is_last_try) {
            n_open++;
            continue;
        }
        plan->n_failed = is_right ? 0 : plan->n_failed + 1;
        plan->step = STEP_DONE;
        remember(self, plan);
    }
    return n_open;
}

static void
reopen_plans(GArray *plans)
{
    for (unsigned i = 0; i < plans->len; i++) {
        Plan *plan = &g_array_index(plans, Plan, i);

        if (plan->step == STEP_LINES) {
            plan->next = 0;
            g_array_set_size(plan->pieces, 0);
        }
    }
}

static void
lay_out(RecallA11yLayout *self, RecallA11yLink *link, GArray *plans)
{
    ask_ends(self, link, plans);
    for (unsigned i = 0; i < N_TRIES_MAX; i++) {
        reopen_plans(plans);
        ask_lines(link, plans);
        ask_piece_boxes(self, link, plans);
        if (recall_a11y_link_get_error(link) != NULL ||
            settle_plans(self, plans, i + 1 == N_TRIES_MAX) == 0)
            return;
        recall_a11y_link_pause(link, RETRY_WAIT_MS << i);
    }
}

static void
add_lines(const Plan *plan, GArray *lines)
{
    for (unsigned i = 0; i < plan->pieces->len; i++) {
        const Piece *piece = &g_array_index(plan->pieces, Piece, i);
        RecallA11yLine line = {.node = plan->node,
                               .index = plan->index,
                               .start_chars = plan->base + piece->start,
                               .box = piece->box};

        line.text = g_utf8_substring(plan->text, piece->start, piece->end);
        line.box.x += plan->origin.x;
        line.box.y += plan->origin.y;
        g_array_append_val(lines, line);
    }
}

/* For a text that was not laid out: all of it, somewhere in the node's box. */
static void
add_guess(const Plan *plan, GArray *lines)
{
    RecallA11yLine line = {.node = plan->node,
                           .index = plan->index,
                           .start_chars = plan->base,
                           .text = g_strdup(plan->text),
                           .box = plan->node->box,
                           .is_guess = TRUE};

    g_array_append_val(lines, line);
}

void
recall_a11y_layout_find_lines(RecallA11yLayout *self,
                              RecallA11yLink *link,
                              GPtrArray *nodes,
                              RecallA11yShape shape,
                              const BaseRect *view,
                              GArray *lines)
{
    g_autoptr(GArray) plans = g_array_new(FALSE, TRUE, sizeof(Plan));

    g_array_set_clear_func(plans, (GDestroyNotify)clear_plan);
    for (unsigned i = 0; i < nodes->len; i++) {
        RecallA11yNode *node = nodes->pdata[i];
        Plan template = {.node = node, .index = i, .origin = node->box};

        if (shape == RECALL_A11Y_SHAPE_VIEW)
            add_view_plans(self, link, plans, &template, view);
        else
            add_node_plan(self, plans, &template, shape);
    }
    lay_out(self, link, plans);
    for (unsigned i = 0; i < plans->len; i++) {
        const Plan *plan = &g_array_index(plans, Plan, i);

        if (plan->n_failed > 0)
            add_guess(plan, lines);
        else
            add_lines(plan, lines);
    }
    recall_a11y_stops_find(self->stops, link, lines, view);
}
