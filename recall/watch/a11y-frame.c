/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-read.h"

#include <string.h>

#define FRAME_N_MAX 128    /* windows of one application */
#define FRAME_SLACK_PX 96  /* title bars and shadows that a toolkit counts in or leaves out */
#define SAME_PLACE_SCORE 4 /* what speaks for a frame: */
#define SAME_TITLE_SCORE 8
#define PART_TITLE_SCORE 4
#define SAME_STATE_SCORE 1
#define ENOUGH_SCORE 4
#define SCALE_MAX (4 * RECALL_A11Y_SCALE_ONE)
#define EDGE_MAX_PX (1 << 24)

/* Distance of the edges, at most; G_MAXINT when they do not even meet. */
static int
get_distance(const BaseRect *a, const BaseRect *b)
{
    int left = ABS(a->x - b->x);
    int top = ABS(a->y - b->y);
    int right = ABS(a->x + a->width - b->x - b->width);
    int bottom = ABS(a->y + a->height - b->y - b->height);

    if (!base_rect_intersect(a, b, NULL))
        return G_MAXINT;
    return MAX(MAX(left, right), MAX(top, bottom));
}

/* Applications tell anything: no edge may overflow later. */
static int
scale_edge(int edge, int scale)
{
    return (int)CLAMP((int64_t)edge * scale / RECALL_A11Y_SCALE_ONE, -EDGE_MAX_PX, EDGE_MAX_PX);
}

static BaseRect
scale_box(const BaseRect *box, int scale)
{
    return (BaseRect){scale_edge(box->x, scale), scale_edge(box->y, scale),
                      scale_edge(box->width, scale), scale_edge(box->height, scale)};
}

BaseRect
recall_a11y_scale_box(const RecallA11yMemory *memory, const BaseRect *box)
{
    return scale_box(box, memory->scale);
}

static int
score_title(const char *title, const char *raw)
{
    g_autofree char *name = raw != NULL ? recall_window_clean_text(raw, strlen(raw)) : NULL;

    if (name == NULL || *name == '\0' || *title == '\0')
        return 0;
    if (g_str_equal(title, name))
        return SAME_TITLE_SCORE;
    return strstr(title, name) != NULL || strstr(name, title) != NULL ? PART_TITLE_SCORE : 0;
}

static int
score_frame(const RecallA11yMemory *memory,
            RecallA11yLink *link,
            const RecallWindow *window,
            const RecallA11yNode *node)
{
    BaseRect box = scale_box(&node->box, memory->scale);
    int distance = get_distance(&window->rect, &box);
    int score = score_title(window->title, node->text);
    uint64_t states = 0;

    if (distance > FRAME_SLACK_PX)
        return score >= SAME_TITLE_SCORE && base_rect_is_empty(&node->box) ? score : 0;
    states = recall_a11y_ask_states(link, node->path);
    if ((states & RECALL_A11Y_STATE_SHOWING) == 0)
        return 0;
    score += distance <= 2 ? SAME_PLACE_SCORE : SAME_PLACE_SCORE / 2;
    if (((states & RECALL_A11Y_STATE_ACTIVE) != 0) == window->is_active)
        score += SAME_STATE_SCORE;
    return score;
}

static gboolean
is_taken(const RecallA11yMemory *memory, const char *path, uint32_t xid)
{
    GHashTableIter iter;
    void *other_xid = NULL;
    void *other_path = NULL;

    g_hash_table_iter_init(&iter, memory->frames);
    while (g_hash_table_iter_next(&iter, &other_xid, &other_path)) {
        if (GPOINTER_TO_UINT(other_xid) != xid && g_str_equal(other_path, path))
            return TRUE;
    }
    return FALSE;
}

/* The best one, and whether the next best is worse. */
static const RecallA11yNode *
choose_frame(RecallA11yMemory *memory,
             RecallA11yLink *link,
             const RecallWindow *window,
             GPtrArray *nodes,
             gboolean *out_is_sure)
{
    const RecallA11yNode *best = NULL;
    int best_score = ENOUGH_SCORE - 1;

    *out_is_sure = FALSE;
    for (unsigned i = 0; i < MIN(nodes->len, FRAME_N_MAX); i++) {
        const RecallA11yNode *node = nodes->pdata[i];
        int score =
            is_taken(memory, node->path, window->xid) ? 0 : score_frame(memory, link, window, node);

        if (score > best_score) {
            best = node;
            *out_is_sure = TRUE;
        } else if (best != NULL && score == best_score) {
            *out_is_sure = FALSE;
        }
        best_score = MAX(best_score, score);
    }
    return best;
}

/* A popup without an accessible of its own (a menu) hangs below the window it belongs to. */
static char *
borrow_frame(RecallA11yLink *link, const RecallWindow *window, GPtrArray *nodes)
{
    const RecallA11yNode *best = NULL;

    if (window->kind != RECALL_WINDOW_POPUP)
        return NULL;
    for (unsigned i = 0; i < MIN(nodes->len, FRAME_N_MAX); i++) {
        const RecallA11yNode *node = nodes->pdata[i];
        uint64_t states = recall_a11y_ask_states(link, node->path);

        if ((states & RECALL_A11Y_STATE_SHOWING) == 0 || base_rect_is_empty(&node->box))
            continue;
        if (best == NULL || (states & RECALL_A11Y_STATE_ACTIVE) != 0)
            best = node;
    }
    return best == NULL ? NULL : g_strdup(best->path);
}

static void
take_name(RecallA11yMemory *memory, const char *name)
{
    g_free(memory->frame_name);
    memory->frame_name = name != NULL ? recall_window_clean_text(name, strlen(name)) : NULL;
}

/* The frame that was told for sure before, when it still is there, in place and called alike. */
static const char *
look_up_frame(RecallA11yMemory *memory, RecallA11yLink *link, const RecallWindow *window)
{
    const char *path = g_hash_table_lookup(memory->frames, GUINT_TO_POINTER(window->xid));
    g_autoptr(GVariant) name = NULL;
    BaseRect box = {0};

    if (path == NULL)
        return NULL;
    box = recall_a11y_ask_box(link, path);
    box = scale_box(&box, memory->scale);
    name = recall_a11y_link_get_property(link, path, RECALL_A11Y_ACCESSIBLE, "Name", "s");
    if (get_distance(&window->rect, &box) <= FRAME_SLACK_PX && name != NULL &&
        (score_title(window->title, g_variant_get_string(name, NULL)) > 0 ||
         g_hash_table_size(memory->frames) == 1)) {
        take_name(memory, g_variant_get_string(name, NULL));
        return path;
    }
    g_hash_table_remove(memory->frames, GUINT_TO_POINTER(window->xid));
    return NULL;
}

/* On a scaled desktop Chromium tells its windows and its own buttons in units of its own, and pages
 * in pixels. A frame of the window's title and shape tells how large those units are. */
static gboolean
adopt_scale(RecallA11yMemory *memory, const RecallWindow *window, GPtrArray *nodes)
{
    if (g_strcmp0(memory->toolkit, "Chromium") != 0)
        return FALSE;
    for (unsigned i = 0; i < MIN(nodes->len, FRAME_N_MAX); i++) {
        const RecallA11yNode *node = nodes->pdata[i];
        int width = MAX(node->box.width, 1);
        int scale = (window->rect.width * RECALL_A11Y_SCALE_ONE + width / 2) / width;
        BaseRect box = scale_box(&node->box, scale);

        if (scale == memory->scale || scale < RECALL_A11Y_SCALE_ONE || scale > SCALE_MAX ||
            get_distance(&window->rect, &box) > FRAME_SLACK_PX ||
            score_title(window->title, node->text) == 0)
            continue;
        memory->scale = scale;
        return TRUE;
    }
    return FALSE;
}

char *
recall_a11y_find_frame(RecallA11yMemory *memory,
                       RecallA11yLink *link,
                       const RecallWindow *window,
                       gboolean *out_is_borrowed)
{
    const char *known = NULL;
    g_autoptr(GPtrArray) nodes = NULL;
    const RecallA11yNode *frame = NULL;
    gboolean is_sure = FALSE;

    *out_is_borrowed = FALSE;
    g_clear_pointer(&memory->frame_name, g_free);
    known = look_up_frame(memory, link, window);
    if (known != NULL)
        return g_strdup(known);
    nodes = recall_a11y_tree_get_children(memory->tree, link, RECALL_A11Y_ROOT_PATH);
    recall_a11y_tree_ask_names(link, nodes);
    recall_a11y_tree_ask_boxes(link, nodes);
    frame = choose_frame(memory, link, window, nodes, &is_sure);
    if (frame == NULL && adopt_scale(memory, window, nodes))
        frame = choose_frame(memory, link, window, nodes, &is_sure);
    if (frame == NULL) {
        *out_is_borrowed = TRUE;
        return borrow_frame(link, window, nodes);
    }
    if (!is_sure)
        return NULL;
    take_name(memory, frame->text);
    g_hash_table_insert(memory->frames, GUINT_TO_POINTER(window->xid), g_strdup(frame->path));
    return g_strdup(frame->path);
}
