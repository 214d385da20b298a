/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-names.h"

#define DEPTH_MAX 64
#define LOOK_MS 60
#define SLACK_PX 12 /* shadows belong to a window, and not to what is in it */

static void
add_name(RecallA11yReading *reading, const char *text, const BaseRect *box)
{
    const BaseRect *window = &reading->window->rect;
    RecallName name = {
        .box = {box->x - window->x, box->y - window->y, box->width, box->height},
    };

    if (text == NULL || *text == '\0' || base_rect_is_empty(box) ||
        reading->text->names->len >= RECALL_A11Y_N_NAMES_MAX)
        return;
    name.text = g_strdup(text);
    g_array_append_val(reading->text->names, name);
}

/* What was asked of an item of a list is its text, which is not its name. */
static void
add_node(RecallA11yReading *reading, const RecallA11yNode *node, const BaseRect *box)
{
    g_autoptr(GVariant) name = NULL;

    if (node->role != RECALL_A11Y_ROLE_LIST_ITEM) {
        add_name(reading, node->text, box);
        return;
    }
    name = recall_a11y_link_get_property(reading->link, node->path, RECALL_A11Y_ACCESSIBLE, "Name",
                                         "s");
    if (name != NULL)
        add_name(reading, g_variant_get_string(name, NULL), box);
}

/* The part of the window that is or holds @node; NULL: not known. */
static const RecallA11yNode *
find_part(const RecallA11yReading *reading, const RecallA11yNode *node)
{
    for (unsigned depth = 0; node->parent != NULL && depth < DEPTH_MAX; depth++) {
        if (g_str_equal(node->parent->path, reading->frame))
            return node;
        node = node->parent;
    }
    return NULL;
}

static gboolean
is_about_part(RecallA11yRole role)
{
    return role == RECALL_A11Y_ROLE_STATIC || role == RECALL_A11Y_ROLE_LABEL ||
           role == RECALL_A11Y_ROLE_TOOL_TIP;
}

static gboolean
is_in_window(const RecallA11yReading *reading, const BaseRect *box)
{
    BaseRect window = reading->window->rect;

    window.x -= SLACK_PX;
    window.y -= SLACK_PX;
    window.width += 2 * SLACK_PX;
    window.height += 2 * SLACK_PX;
    return base_rect_contains(&window, box);
}

/* What a card over a tab says is about all that is on the card, a small picture of the page too: a
 * window of its own, or a small part of the browser's. A window of its own shows nothing of the
 * other parts. Returns: FALSE when @node does not show in the window */
static gboolean
find_place(RecallA11yReading *reading, const RecallA11yNode *node, BaseRect *out_place)
{
    const BaseRect *window = &reading->window->rect;
    const RecallA11yNode *part = find_part(reading, node);
    BaseRect place = {0};

    *out_place = node->box;
    if (part != NULL && (reading->window->kind == RECALL_WINDOW_POPUP || is_about_part(node->role)))
        place = recall_a11y_ask_box(reading->link, part->path);
    place = recall_a11y_scale_box(reading->memory, &place);
    if (reading->window->kind == RECALL_WINDOW_POPUP) {
        if (is_about_part(node->role))
            *out_place = *window;
        return !base_rect_is_empty(&place) && is_in_window(reading, &place);
    }
    if (!base_rect_is_empty(&place) && place.width < window->width && place.height < window->height)
        *out_place = place;
    return TRUE;
}

void
recall_a11y_names_add_own(RecallA11yReading *reading, GPtrArray *nodes)
{
    static const RecallA11yRole roles[] = {
        RECALL_A11Y_ROLE_PAGE_TAB,        RECALL_A11Y_ROLE_TOOL_TIP,
        RECALL_A11Y_ROLE_PUSH_BUTTON,     RECALL_A11Y_ROLE_LIST_ITEM,
        RECALL_A11Y_ROLE_MENU_ITEM,       RECALL_A11Y_ROLE_CHECK_MENU_ITEM,
        RECALL_A11Y_ROLE_RADIO_MENU_ITEM, RECALL_A11Y_ROLE_STATIC,
        RECALL_A11Y_ROLE_LABEL,           RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) of_role = recall_a11y_pick(nodes, roles);
    g_autoptr(GPtrArray) shown = recall_a11y_pick_in_view(reading, of_role);

    recall_a11y_tree_ask_names(reading->link, shown);
    for (unsigned i = 0; i < shown->len; i++) {
        const RecallA11yNode *node = shown->pdata[i];
        BaseRect place;

        if (find_place(reading, node, &place))
            add_node(reading, node, &place);
    }
}

/* A link and a row hold the icon of what they name. */
static GPtrArray *
match_page(RecallA11yReading *reading, const RecallA11yNode *document)
{
    static const RecallA11yRole roles[] = {RECALL_A11Y_ROLE_STATIC,    RECALL_A11Y_ROLE_LINK,
                                           RECALL_A11Y_ROLE_LIST_ITEM, RECALL_A11Y_ROLE_TABLE_CELL,
                                           RECALL_A11Y_ROLE_TREE_ITEM, RECALL_A11Y_ROLE_UNKNOWN};

    return recall_a11y_tree_match(reading->memory->tree, reading->link, document->path, roles);
}

/* It is filled after it is shown: looks again as long as it is empty or grows. */
static GPtrArray *
match_settled(RecallA11yReading *reading, const RecallA11yNode *document)
{
    GPtrArray *nodes = match_page(reading, document);
    unsigned n_before;

    for (unsigned i = 0; i < RECALL_A11Y_NAMES_N_LOOKS_MAX; i++) {
        n_before = nodes->len;
        recall_a11y_link_pause(reading->link, LOOK_MS);
        g_ptr_array_unref(nodes);
        nodes = match_page(reading, document);
        if (nodes->len > 0 && nodes->len == n_before)
            break;
    }
    return nodes;
}

void
recall_a11y_names_add_page(RecallA11yReading *reading, const RecallA11yNode *document)
{
    g_autoptr(GPtrArray) nodes = match_settled(reading, document);

    recall_a11y_tree_ask_boxes(reading->link, nodes);
    recall_a11y_tree_ask_names(reading->link, nodes);
    for (unsigned i = 0; i < nodes->len; i++) {
        const RecallA11yNode *node = nodes->pdata[i];

        add_node(reading, node, &node->box);
    }
}
