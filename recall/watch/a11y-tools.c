/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-tools.h"

#define DEPTH_MAX 12
#define LABEL_EM_PX 14
#define LABEL_PADDING_PX 12
#define PICTURE_SHAPE_PERCENT 150 /* wider than high: a picture, and an arrow for more */

gboolean
recall_a11y_is_picture_button(const RecallA11yNode *node)
{
    int width = node->box.width;

    if (width * 100 > node->box.height * PICTURE_SHAPE_PERCENT)
        return FALSE;
    return node->text == NULL || *node->text == '\0' ||
           recall_a11y_text_measure_px(node->text, LABEL_EM_PX) + LABEL_PADDING_PX > width;
}

static void
cover(RecallA11yReading *reading, const RecallA11yNode *node, const RecallA11yManner *manner)
{
    BaseRect box = {node->box.x + manner->dx, node->box.y + manner->dy, node->box.width,
                    node->box.height};

    if (!base_rect_is_empty(&box))
        recall_a11y_reading_cover_box(reading, &box);
}

/* LibreOffice draws what stands in its tool bars directly; what stands deeper, and in side bars, is
 * of GTK and told where it is. */
static gboolean
is_drawn(const RecallA11yNode *node)
{
    return node->parent != NULL && node->parent->role == RECALL_A11Y_ROLE_TOOL_BAR;
}

static void
ask_owners(RecallA11yReading *reading, GPtrArray *nodes)
{
    g_autoptr(GPtrArray) parents = g_ptr_array_new();

    recall_a11y_tree_ask_parents(reading->memory->tree, reading->link, nodes);
    for (unsigned i = 0; i < nodes->len; i++) {
        RecallA11yNode *node = nodes->pdata[i];

        if (node->parent != NULL)
            g_ptr_array_add(parents, node->parent);
    }
    recall_a11y_tree_ask_roles(reading->memory->tree, reading->link, parents);
}

static void
cover_buttons(RecallA11yReading *reading, GPtrArray *nodes, const RecallA11yManner *manner)
{
    static const RecallA11yRole roles[] = {
        RECALL_A11Y_ROLE_PUSH_BUTTON, RECALL_A11Y_ROLE_TOGGLE_BUTTON, RECALL_A11Y_ROLE_UNKNOWN};
    const RecallA11yManner none = {0};
    g_autoptr(GPtrArray) buttons = recall_a11y_pick(nodes, roles);

    ask_owners(reading, buttons);
    recall_a11y_tree_ask_names(reading->link, buttons);
    for (unsigned i = 0; i < buttons->len; i++) {
        const RecallA11yNode *button = buttons->pdata[i];

        if (recall_a11y_is_picture_button(button))
            cover(reading, button, is_drawn(button) ? manner : &none);
    }
}

static void
add_entries(RecallA11yReading *reading, GPtrArray *nodes)
{
    static const RecallA11yRole roles[] = {RECALL_A11Y_ROLE_TEXT, RECALL_A11Y_ROLE_UNKNOWN};
    const RecallA11yManner manner = {.shape = RECALL_A11Y_SHAPE_VIEW};
    g_autoptr(GPtrArray) entries = recall_a11y_pick(nodes, roles);
    g_autofree BaseRect *clips = g_new0(BaseRect, entries->len);

    for (unsigned i = 0; i < entries->len; i++)
        clips[i] = ((const RecallA11yNode *)entries->pdata[i])->box;
    recall_a11y_reading_add(reading, entries, clips, &manner);
}

static void
read_bar(RecallA11yReading *reading, const RecallA11yNode *bar, const RecallA11yManner *manner)
{
    static const RecallA11yRole roles[] = {RECALL_A11Y_ROLE_PUSH_BUTTON,
                                           RECALL_A11Y_ROLE_TOGGLE_BUTTON, RECALL_A11Y_ROLE_TEXT,
                                           RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) nodes =
        recall_a11y_tree_match(reading->memory->tree, reading->link, bar->path, roles);

    recall_a11y_tree_ask_boxes(reading->link, nodes);
    cover_buttons(reading, nodes, manner);
    add_entries(reading, nodes);
}

static gboolean
is_along(const BaseRect *box, const BaseRect *sheet)
{
    gboolean is_left = box->x + box->width == sheet->x;
    gboolean is_above = box->y + box->height == sheet->y;

    return (is_left && box->y == sheet->y && box->height == sheet->height) ||
           (is_above && box->x == sheet->x && box->width == sheet->width);
}

gboolean
recall_a11y_is_heading(const RecallA11yNode *panel, const GPtrArray *siblings)
{
    for (unsigned i = 0; i < siblings->len; i++) {
        const RecallA11yNode *sibling = siblings->pdata[i];

        if (sibling->role == RECALL_A11Y_ROLE_DOCUMENT_SPREADSHEET &&
            is_along(&panel->box, &sibling->box))
            return TRUE;
    }
    return FALSE;
}

static void
read_part(RecallA11yReading *reading,
          const RecallA11yNode *part,
          const GPtrArray *siblings,
          const RecallA11yManner *manner)
{
    switch (part->role) {
    case RECALL_A11Y_ROLE_RULER:
    case RECALL_A11Y_ROLE_SCROLL_BAR:
        cover(reading, part, manner);
        break;
    case RECALL_A11Y_ROLE_PANEL:
    case RECALL_A11Y_ROLE_TOOL_BAR:
    case RECALL_A11Y_ROLE_SPLIT_PANE:
        if (recall_a11y_is_heading(part, siblings))
            cover(reading, part, manner);
        else
            read_bar(reading, part, manner);
        break;
    default:
        break;
    }
}

void
recall_a11y_read_tools(RecallA11yReading *reading,
                       RecallA11yNode *document,
                       const RecallA11yNode *root_pane,
                       const RecallA11yManner *manner)
{
    RecallA11yTree *tree = reading->memory->tree;
    RecallA11yNode *node = document;

    for (unsigned depth = 0; node != NULL && node != root_pane && depth < DEPTH_MAX; depth++) {
        g_autoptr(GPtrArray) alone = g_ptr_array_new();
        g_autoptr(GPtrArray) children = NULL;

        g_ptr_array_add(alone, node);
        recall_a11y_tree_ask_parents(tree, reading->link, alone);
        if (node->parent == NULL)
            return;
        children = recall_a11y_tree_get_children(tree, reading->link, node->parent->path);
        recall_a11y_tree_ask_boxes(reading->link, children);
        for (unsigned i = 0; i < children->len; i++) {
            if (children->pdata[i] != node)
                read_part(reading, children->pdata[i], children, manner);
        }
        node = node->parent;
    }
}
