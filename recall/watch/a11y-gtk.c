/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-password.h"
#include "recall/watch/a11y-read.h"
#include "recall/watch/a11y-tools.h"

#include <string.h>

/* GTK 3. A label's text is its own; a button's, menu item's or cell's is its name, and a button
 * with nothing but a picture on it has a name too. */

#define BUTTON_PADDING_PX 12
#define MENU_INDENT_PX 28 /* the column of check marks */
#define CHECK_INDENT_PX 22
#define EXPANDER_MAX_PX                                                                            \
    20 /* a button is higher; the title of what folds has an arrow before it                       \
        */
#define EXPANDER_INDENT_PX 16
#define LABEL_EM_PX 14

static const RecallA11yRole wanted_roles[] = {RECALL_A11Y_ROLE_LABEL,
                                              RECALL_A11Y_ROLE_TEXT,
                                              RECALL_A11Y_ROLE_ENTRY,
                                              RECALL_A11Y_ROLE_TERMINAL,
                                              RECALL_A11Y_ROLE_SPIN_BUTTON,
                                              RECALL_A11Y_ROLE_PAGE,
                                              RECALL_A11Y_ROLE_PASSWORD_TEXT,
                                              RECALL_A11Y_ROLE_PUSH_BUTTON,
                                              RECALL_A11Y_ROLE_TOGGLE_BUTTON,
                                              RECALL_A11Y_ROLE_CHECK_BOX,
                                              RECALL_A11Y_ROLE_RADIO_BUTTON,
                                              RECALL_A11Y_ROLE_MENU,
                                              RECALL_A11Y_ROLE_MENU_ITEM,
                                              RECALL_A11Y_ROLE_CHECK_MENU_ITEM,
                                              RECALL_A11Y_ROLE_RADIO_MENU_ITEM,
                                              RECALL_A11Y_ROLE_TABLE_CELL,
                                              RECALL_A11Y_ROLE_COLUMN_HEADER,
                                              RECALL_A11Y_ROLE_TABLE_COLUMN_HEADER,
                                              RECALL_A11Y_ROLE_LINK,
                                              RECALL_A11Y_ROLE_HEADING,
                                              RECALL_A11Y_ROLE_PARAGRAPH,
                                              RECALL_A11Y_ROLE_STATIC,
                                              RECALL_A11Y_ROLE_UNKNOWN};

static const RecallA11yRole menu_roles[] = {
    RECALL_A11Y_ROLE_MENU, RECALL_A11Y_ROLE_MENU_ITEM, RECALL_A11Y_ROLE_CHECK_MENU_ITEM,
    RECALL_A11Y_ROLE_RADIO_MENU_ITEM, RECALL_A11Y_ROLE_UNKNOWN};

static void
add_labels(RecallA11yReading *reading,
           GPtrArray *nodes,
           const RecallA11yRole *roles,
           RecallA11yAlign align,
           int indent_px)
{
    g_autoptr(GPtrArray) labels = recall_a11y_pick(nodes, roles);

    recall_a11y_tree_ask_names(reading->link, labels);
    for (unsigned i = 0; i < labels->len; i++)
        recall_a11y_reading_add_label(reading, labels->pdata[i], align, indent_px);
}

/* A button with a picture has a name too, which nobody sees. */
static gboolean
is_picture(RecallA11yReading *reading, RecallA11yNode *node)
{
    g_autoptr(GVariant) size = NULL;
    int width = -1;

    if (node->is_asked)
        return node->is_picture;
    size = recall_a11y_link_ask(reading->link, node->path, "org.a11y.atspi.Image", "GetImageSize",
                                NULL, "(ii)");
    if (size != NULL)
        g_variant_get_child(size, 0, "i", &width);
    node->is_asked = TRUE;
    node->is_picture = width > 0;
    return node->is_picture;
}

static gboolean
has_room(const RecallA11yNode *node)
{
    return recall_a11y_text_measure_px(node->text, LABEL_EM_PX) + BUTTON_PADDING_PX <=
           node->box.width;
}

static void
add_buttons(RecallA11yReading *reading, GPtrArray *nodes)
{
    static const RecallA11yRole roles[] = {
        RECALL_A11Y_ROLE_PUSH_BUTTON, RECALL_A11Y_ROLE_TOGGLE_BUTTON, RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) buttons = recall_a11y_pick(nodes, roles);

    recall_a11y_tree_ask_names(reading->link, buttons);
    for (unsigned i = 0; i < buttons->len; i++) {
        RecallA11yNode *node = buttons->pdata[i];

        if (recall_a11y_is_picture_button(node))
            recall_a11y_reading_cover(reading, node);
        if (node->text == NULL || *node->text == '\0' || !has_room(node) ||
            is_picture(reading, node))
            continue;
        if (node->box.height <= EXPANDER_MAX_PX)
            recall_a11y_reading_add_label(reading, node, RECALL_A11Y_ALIGN_START,
                                          EXPANDER_INDENT_PX);
        else
            recall_a11y_reading_add_label(reading, node, RECALL_A11Y_ALIGN_CENTER, 0);
    }
}

/* After a zoom Evince tells of a page another box than its lines stand in. */
static BaseRect
get_view_clip(const RecallA11yNode *node)
{
    return node->role == RECALL_A11Y_ROLE_PAGE ? (BaseRect){0} : node->box;
}

static void
add_texts(RecallA11yReading *reading, GPtrArray *nodes)
{
    static const RecallA11yRole label_roles[] = {
        RECALL_A11Y_ROLE_LABEL,     RECALL_A11Y_ROLE_LINK,   RECALL_A11Y_ROLE_HEADING,
        RECALL_A11Y_ROLE_PARAGRAPH, RECALL_A11Y_ROLE_STATIC, RECALL_A11Y_ROLE_UNKNOWN};
    static const RecallA11yRole view_roles[] = {
        RECALL_A11Y_ROLE_TEXT,        RECALL_A11Y_ROLE_ENTRY, RECALL_A11Y_ROLE_TERMINAL,
        RECALL_A11Y_ROLE_SPIN_BUTTON, RECALL_A11Y_ROLE_PAGE,  RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) labels = recall_a11y_pick(nodes, label_roles);
    g_autoptr(GPtrArray) views = recall_a11y_pick(nodes, view_roles);
    RecallA11yManner manner = {.shape = RECALL_A11Y_SHAPE_BLOCK};
    g_autofree BaseRect *clips = g_new0(BaseRect, MAX(labels->len, views->len));

    for (unsigned i = 0; i < labels->len; i++)
        clips[i] = ((const RecallA11yNode *)labels->pdata[i])->box;
    recall_a11y_tree_ask_texts(reading->link, labels);
    recall_a11y_reading_add(reading, labels, clips, &manner);
    for (unsigned i = 0; i < views->len; i++)
        clips[i] = get_view_clip(views->pdata[i]);
    manner.shape = RECALL_A11Y_SHAPE_VIEW;
    recall_a11y_reading_add(reading, views, clips, &manner);
}

/* A menu is drawn in a window of its own and hangs in the tree of the window that it was opened
 * from, like much that the menu covers now: only entries wholly inside are its own. */
gboolean
recall_a11y_read_menu(RecallA11yReading *reading, const char *path)
{
    g_autoptr(GPtrArray) items =
        recall_a11y_tree_match(reading->memory->tree, reading->link, path, menu_roles);
    g_autoptr(GPtrArray) inside = g_ptr_array_new();

    recall_a11y_tree_ask_boxes(reading->link, items);
    for (unsigned i = 0; i < items->len; i++) {
        const RecallA11yNode *item = items->pdata[i];

        if (base_rect_contains(&reading->window->rect, &item->box))
            g_ptr_array_add(inside, items->pdata[i]);
    }
    recall_a11y_tree_ask_names(reading->link, inside);
    for (unsigned i = 0; i < inside->len; i++)
        recall_a11y_reading_add_label(reading, inside->pdata[i], RECALL_A11Y_ALIGN_START,
                                      MENU_INDENT_PX);
    return inside->len > 0;
}

gboolean
recall_a11y_read_gtk(RecallA11yReading *reading)
{
    static const RecallA11yRole check_roles[] = {
        RECALL_A11Y_ROLE_CHECK_BOX, RECALL_A11Y_ROLE_RADIO_BUTTON, RECALL_A11Y_ROLE_UNKNOWN};
    static const RecallA11yRole cell_roles[] = {
        RECALL_A11Y_ROLE_TABLE_CELL, RECALL_A11Y_ROLE_COLUMN_HEADER,
        RECALL_A11Y_ROLE_TABLE_COLUMN_HEADER, RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) all = NULL;
    g_autoptr(GPtrArray) nodes = NULL;

    if (reading->is_borrowed_frame)
        return recall_a11y_read_menu(reading, reading->frame);
    all =
        recall_a11y_tree_match(reading->memory->tree, reading->link, reading->frame, wanted_roles);
    recall_a11y_tree_ask_boxes(reading->link, all);
    nodes = recall_a11y_pick_in_view(reading, all);
    recall_a11y_passwords_find(reading, nodes);
    add_texts(reading, nodes);
    add_buttons(reading, nodes);
    add_labels(reading, nodes, menu_roles,
               reading->window->kind == RECALL_WINDOW_POPUP ? RECALL_A11Y_ALIGN_START
                                                            : RECALL_A11Y_ALIGN_CENTER,
               MENU_INDENT_PX);
    add_labels(reading, nodes, check_roles, RECALL_A11Y_ALIGN_START, CHECK_INDENT_PX);
    add_labels(reading, nodes, cell_roles, RECALL_A11Y_ALIGN_START, 4);
    return nodes->len > 0;
}
