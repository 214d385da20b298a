/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-layout.h"

#include "recall/watch/a11y-text.h"

#include <string.h>
#include <xxhash.h>

#define GRANULARITY_LINE 3
#define COORDINATES_ON_SCREEN 0
#define EMBEDDED_CHAR 0xfffc /* a child stands here */
#define ONE_LINE_MAX_PX 26   /* two lines of readable text need more */
#define N_TRIES_MAX 3        /* a browser lays its text out for us only when it was asked once */
#define RETRY_WAIT_MS 40
#define N_FAILED_MAX 3 /* readings in which a layout was asked for in vain */
#define VIEW_INSET_PX 2
#define SHORT_TEXT_N_CHARS 1024 /* of a view: cheaper to take whole */
#define EM_SHARE 85             /* percent of a line's height that the font's size is */
#define FILLED_SHARE 130 /* percent: a text wider than its box by more goes on outside of it */

/* Characters [start, end) of a node's text; the box is relative to the node's. */
typedef struct {
    int start;
    int end;
    BaseRect box;
} Piece;

/* One node at work. */
typedef struct {
    RecallA11yNode *node;
    char *text; /* of the node, from character @base on */
    int base;
    int next; /* character of @text up to which lines are known */
    int n_chars;
    GArray *pieces; /* of Piece, characters of @text */
    uint64_t key;   /* in the cache; 0: not for it */
    unsigned n_failed;
    gboolean is_view;
    gboolean is_done;
} Plan;

/* What is kept of a plan. */
typedef struct {
    GArray *pieces;    /* NULL for a view: its text scrolls */
    unsigned n_failed; /* times that the application did not lay it out; 0: the pieces are right */
} Known;

struct RecallA11yLayout {
    GHashTable *known; /* key (uint64_t *) to Known */
};

static void
clear_line(RecallA11yLine *line)
{
    g_clear_pointer(&line->text, g_free);
}

GArray *
recall_a11y_lines_new(void)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(RecallA11yLine));

    g_array_set_clear_func(lines, (GDestroyNotify)clear_line);
    return lines;
}

static void
free_known(Known *known)
{
    g_clear_pointer(&known->pieces, g_array_unref);
    g_free(known);
}

RecallA11yLayout *
recall_a11y_layout_new(void)
{
    RecallA11yLayout *self = g_new0(RecallA11yLayout, 1);

    self->known =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)free_known);
    return self;
}

void
recall_a11y_layout_free(RecallA11yLayout *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->known);
    g_free(self);
}

static void
clear_plan(Plan *plan)
{
    g_clear_pointer(&plan->text, g_free);
    g_clear_pointer(&plan->pieces, g_array_unref);
}

static GArray *
new_pieces(void)
{
    return g_array_new(FALSE, FALSE, sizeof(Piece));
}

/* Text, size and shape say it all: the same words in another font have another box. */
static uint64_t
make_key(const RecallA11yNode *node, RecallA11yShape shape)
{
    int sides[3] = {node->box.width, node->box.height, shape};
    uint64_t seed = XXH3_64bits(sides, sizeof(sides));

    return XXH3_64bits_withSeed(node->text, strlen(node->text), seed);
}

static void
remember(RecallA11yLayout *self, const Plan *plan)
{
    Known *known = NULL;

    if (plan->key == 0)
        return;
    if (g_hash_table_size(self->known) >= RECALL_A11Y_LAYOUT_N_KEPT_MAX)
        g_hash_table_remove_all(self->known);
    known = g_new(Known, 1);
    *known = (Known){plan->is_view ? NULL : g_array_ref(plan->pieces), plan->n_failed};
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

/* Splits characters [start, end) of @text where something else stands between, and trims. */
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
        if (is_blank(c))
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
    if (shape != RECALL_A11Y_SHAPE_TIGHT || node->box.height > ONE_LINE_MAX_PX ||
        has_gap(node->text))
        return FALSE;
    return recall_a11y_text_measure_px(node->text, node->box.height * EM_SHARE / 100) <
           node->box.width * FILLED_SHARE / 100;
}

/* The characters that @box shows, by its corners. FALSE: the application cannot tell. */
static gboolean
ask_shown_chars(RecallA11yLink *link,
                const char *path,
                const BaseRect *box,
                int *out_start,
                int *out_end)
{
    int right = box->x + box->width - VIEW_INSET_PX;
    int bottom = box->y + box->height - VIEW_INSET_PX;
    RecallA11yCall calls[2] = {{path, RECALL_A11Y_TEXT, "GetOffsetAtPoint",
                                g_variant_new("(iiu)", box->x + VIEW_INSET_PX,
                                              box->y + VIEW_INSET_PX, COORDINATES_ON_SCREEN),
                                NULL},
                               {path, RECALL_A11Y_TEXT, "GetOffsetAtPoint",
                                g_variant_new("(iiu)", right, bottom, COORDINATES_ON_SCREEN),
                                NULL}};
    int *outs[2] = {out_start, out_end};
    gboolean is_known = recall_a11y_link_ask_all(link, calls, 2);

    for (unsigned i = 0; i < 2; i++) {
        *outs[i] = -1;
        if (calls[i].reply != NULL && g_variant_is_of_type(calls[i].reply, G_VARIANT_TYPE("(i)")))
            g_variant_get(calls[i].reply, "(i)", outs[i]);
        recall_a11y_call_clear(&calls[i]);
    }
    return is_known && *out_start >= 0 && *out_end >= *out_start;
}

/* Takes the part of a long text that is in view, and a character more. */
static void
take_shown_text(RecallA11yLink *link, Plan *plan, const BaseRect *view, int n_chars)
{
    g_autoptr(GVariant) reply = NULL;
    BaseRect shown = {0};
    int start = 0;
    int end = n_chars;

    if (!base_rect_intersect(&plan->node->box, view, &shown))
        return;
    if (n_chars > SHORT_TEXT_N_CHARS &&
        !ask_shown_chars(link, plan->node->path, &shown, &start, &end)) {
        start = 0;
        end = n_chars;
    }
    end = MIN(end + 1, MIN(n_chars, start + RECALL_A11Y_NODE_TEXT_MAX_CHARS));
    reply = recall_a11y_link_ask(link, plan->node->path, RECALL_A11Y_TEXT, "GetText",
                                 g_variant_new("(ii)", start, end), "(s)");
    if (reply != NULL) {
        g_variant_get(reply, "(s)", &plan->text);
        plan->base = start;
    }
}

static void
start_view(RecallA11yLink *link, Plan *plan, const BaseRect *view)
{
    g_autoptr(GVariant) count = recall_a11y_link_get_property(
        link, plan->node->path, RECALL_A11Y_TEXT, "CharacterCount", "i");

    if (count != NULL && g_variant_get_int32(count) > 0)
        take_shown_text(link, plan, view, g_variant_get_int32(count));
    plan->key =
        XXH3_64bits_withSeed(plan->node->path, strlen(plan->node->path), RECALL_A11Y_SHAPE_VIEW);
}

/* What was found out about the same text before. */
static void
recall_known(RecallA11yLayout *self, Plan *plan)
{
    const Known *known = g_hash_table_lookup(self->known, &plan->key);

    if (known == NULL)
        return;
    plan->n_failed = known->n_failed;
    if (known->pieces != NULL && (known->n_failed == 0 || known->n_failed >= N_FAILED_MAX)) {
        g_array_unref(plan->pieces);
        plan->pieces = g_array_ref(known->pieces);
        plan->is_done = TRUE;
    }
}

static void
start_plan(RecallA11yLayout *self,
           RecallA11yLink *link,
           Plan *plan,
           RecallA11yShape shape,
           const BaseRect *view)
{
    const RecallA11yNode *node = plan->node;

    plan->pieces = new_pieces();
    plan->is_view = shape == RECALL_A11Y_SHAPE_VIEW;
    if (plan->is_view) {
        start_view(link, plan, view);
    } else if (node->text != NULL) {
        plan->text = g_strdup(node->text);
        plan->key = make_key(node, shape);
    }
    plan->n_chars = plan->text == NULL ? 0 : g_utf8_strlen(plan->text, -1);
    if (plan->n_chars == 0 || base_rect_is_empty(&node->box)) {
        plan->is_done = TRUE;
    } else if (is_one_line(node, shape)) {
        Piece piece = {0, plan->n_chars, {0, 0, node->box.width, node->box.height}};

        g_array_append_val(plan->pieces, piece);
        plan->is_done = TRUE;
    } else {
        recall_known(self, plan);
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

/* Asks every node for its next line, until none has more: a round for each line of the longest. */
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

            if (plan->is_done || plan->next >= plan->n_chars)
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

static void
take_piece_box(const Plan *plan, Piece *piece, GVariant *reply)
{
    BaseRect box = {0};

    if (reply != NULL && g_variant_is_of_type(reply, G_VARIANT_TYPE("(iiii)")))
        g_variant_get(reply, "(iiii)", &box.x, &box.y, &box.width, &box.height);
    box.x -= plan->node->box.x;
    box.y -= plan->node->box.y;
    piece->box = box;
}

static void
ask_piece_boxes(RecallA11yLink *link, GArray *plans)
{
    g_autoptr(GArray) calls = g_array_new(FALSE, TRUE, sizeof(RecallA11yCall));
    unsigned next = 0;

    for (unsigned i = 0; i < plans->len; i++) {
        const Plan *plan = &g_array_index(plans, Plan, i);

        for (unsigned k = 0; !plan->is_done && k < plan->pieces->len; k++) {
            const Piece *piece = &g_array_index(plan->pieces, Piece, k);
            RecallA11yCall call = {plan->node->path, RECALL_A11Y_TEXT, "GetRangeExtents",
                                   g_variant_new("(iiu)", plan->base + piece->start,
                                                 plan->base + piece->end, COORDINATES_ON_SCREEN),
                                   NULL};

            g_array_append_val(calls, call);
        }
    }
    recall_a11y_link_ask_all(link, (RecallA11yCall *)calls->data, calls->len);
    for (unsigned i = 0; i < plans->len; i++) {
        const Plan *plan = &g_array_index(plans, Plan, i);

        for (unsigned k = 0; !plan->is_done && k < plan->pieces->len; k++) {
            RecallA11yCall *call = &g_array_index(calls, RecallA11yCall, next++);

            take_piece_box(plan, &g_array_index(plan->pieces, Piece, k), call->reply);
            recall_a11y_call_clear(call);
        }
    }
}

/* Browsers answer boxes of no size until they have laid the text out for us. */
static gboolean
is_laid_out(const Plan *plan)
{
    for (unsigned i = 0; i < plan->pieces->len; i++) {
        const Piece *piece = &g_array_index(plan->pieces, Piece, i);

        if (piece->box.height <= 0 || piece->box.width <= MIN(1, piece->end - piece->start - 1))
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

        if (plan->is_done)
            continue;
        plan->is_done = is_laid_out(plan);
        if (!plan->is_done && plan->n_failed == 0 && !is_last_try) {
            n_open++;
            continue;
        }
        plan->n_failed = plan->is_done ? 0 : plan->n_failed + 1;
        plan->is_done = TRUE;
        remember(self, plan);
    }
    return n_open;
}

static void
reopen_plans(GArray *plans)
{
    for (unsigned i = 0; i < plans->len; i++) {
        Plan *plan = &g_array_index(plans, Plan, i);

        if (!plan->is_done) {
            plan->next = 0;
            g_array_set_size(plan->pieces, 0);
        }
    }
}

static void
lay_out(RecallA11yLayout *self, RecallA11yLink *link, GArray *plans)
{
    for (unsigned i = 0; i < N_TRIES_MAX; i++) {
        reopen_plans(plans);
        ask_lines(link, plans);
        ask_piece_boxes(link, plans);
        if (recall_a11y_link_get_error(link) != NULL ||
            settle_plans(self, plans, i + 1 == N_TRIES_MAX) == 0)
            return;
        recall_a11y_link_pause(link, RETRY_WAIT_MS << i);
    }
}

static void
add_lines(const Plan *plan, unsigned index, GArray *lines)
{
    for (unsigned i = 0; i < plan->pieces->len; i++) {
        const Piece *piece = &g_array_index(plan->pieces, Piece, i);
        RecallA11yLine line = {.node = plan->node, .index = index, .box = piece->box};

        line.text = g_utf8_substring(plan->text, piece->start, piece->end);
        line.box.x += plan->node->box.x;
        line.box.y += plan->node->box.y;
        if (plan->n_failed > 0) {
            line.box = plan->node->box;
            line.is_guess = TRUE;
        }
        g_array_append_val(lines, line);
    }
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
    g_array_set_size(plans, nodes->len);
    for (unsigned i = 0; i < nodes->len; i++) {
        Plan *plan = &g_array_index(plans, Plan, i);

        plan->node = nodes->pdata[i];
        start_plan(self, link, plan, shape, view);
    }
    lay_out(self, link, plans);
    for (unsigned i = 0; i < plans->len; i++)
        add_lines(&g_array_index(plans, Plan, i), i, lines);
}
