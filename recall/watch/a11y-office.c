/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-read.h"

#include "recall/watch/a11y-sheet.h"
#include "recall/watch/a11y-tools.h"

#include <string.h>

/* LibreOffice on GTK. Its windows hold a GTK menu bar, and below it what LibreOffice draws itself,
 * whose boxes are all told too high by the height of that menu bar. Matching from the window
 * would walk the billions of cells of a sheet, so the way to the document is walked by hand. */

#define WALK_DEPTH_MAX 12
#define WALK_N_MAX 400
#define WIDE_N_CHILDREN_MAX 64
#define ZOOM_MAX_PERCENT 3000

/* The parts of one window. All borrowed from the tree. */
typedef struct {
    RecallA11yNode *menu_bar;
    RecallA11yNode *root_pane;
    RecallA11yNode *outer; /* holds the root pane, and is where it says */
    RecallA11yNode *document;
    RecallA11yNode *status_bar;
    RecallA11yNode *tabs; /* of sheets */
} Parts;

static const RecallA11yRole way_roles[] = {RECALL_A11Y_ROLE_FRAME,     RECALL_A11Y_ROLE_PANEL,
                                           RECALL_A11Y_ROLE_ROOT_PANE, RECALL_A11Y_ROLE_SCROLL_PANE,
                                           RECALL_A11Y_ROLE_VIEWPORT,  RECALL_A11Y_ROLE_UNKNOWN};

static void
note_part(Parts *parts, RecallA11yNode *node, RecallA11yNode *parent)
{
    switch (node->role) {
    case RECALL_A11Y_ROLE_MENU_BAR:
        if (parent != parts->root_pane) /* which holds another, that is never drawn */
            parts->menu_bar = node;
        break;
    case RECALL_A11Y_ROLE_ROOT_PANE:
        parts->root_pane = node;
        parts->outer = parent;
        break;
    case RECALL_A11Y_ROLE_DOCUMENT_TEXT:
    case RECALL_A11Y_ROLE_DOCUMENT_SPREADSHEET:
    case RECALL_A11Y_ROLE_DOCUMENT_PRESENTATION:
        parts->document = node;
        break;
    case RECALL_A11Y_ROLE_STATUS_BAR:
        parts->status_bar = node;
        break;
    case RECALL_A11Y_ROLE_PAGE_TAB_LIST:
        parts->tabs = node;
        break;
    default:
        break;
    }
}

static gboolean
is_on_the_way(const RecallA11yNode *node)
{
    const RecallA11yRole *role = way_roles;

    while (*role != RECALL_A11Y_ROLE_UNKNOWN && *role != node->role)
        role++;
    return *role != RECALL_A11Y_ROLE_UNKNOWN;
}

/* Level by level, only through what holds the parts. */
static void
find_parts(RecallA11yReading *reading, Parts *parts)
{
    RecallA11yTree *tree = reading->memory->tree;
    g_autoptr(GQueue) open = g_queue_new();
    unsigned n_seen = 0;

    g_queue_push_tail(open, recall_a11y_tree_get(tree, reading->frame));
    while (!g_queue_is_empty(open) && n_seen < WALK_N_MAX) {
        RecallA11yNode *parent = g_queue_pop_head(open);
        g_autoptr(GPtrArray) children =
            recall_a11y_tree_get_children(tree, reading->link, parent->path);

        for (unsigned i = 0; i < MIN(children->len, WIDE_N_CHILDREN_MAX); i++) {
            RecallA11yNode *child = children->pdata[i];

            note_part(parts, child, parent);
            if (is_on_the_way(child))
                g_queue_push_tail(open, child);
        }
        n_seen += children->len;
    }
}

/* A part keeps its path for as long as it lives, so the walk is done once per window. */
static RecallA11yNode *
recall_part(RecallA11yReading *reading, const char *what)
{
    g_autofree char *key = g_strconcat(what, ":", reading->frame, NULL);
    const char *path = g_hash_table_lookup(reading->memory->places, key);
    g_autoptr(GPtrArray) nodes = NULL;
    RecallA11yNode *node = NULL;

    if (path == NULL)
        return NULL;
    node = recall_a11y_tree_get(reading->memory->tree, path);
    nodes = g_ptr_array_new();
    g_ptr_array_add(nodes, node);
    recall_a11y_tree_ask_roles(reading->memory->tree, reading->link, nodes);
    recall_a11y_tree_ask_boxes(reading->link, nodes);
    return node;
}

static void
keep_part(RecallA11yReading *reading, const char *what, const RecallA11yNode *node)
{
    char *key = g_strconcat(what, ":", reading->frame, NULL);

    if (node != NULL)
        g_hash_table_insert(reading->memory->places, key, g_strdup(node->path));
    else
        g_free(key);
}

static void
keep_parts(RecallA11yReading *reading, const Parts *parts)
{
    keep_part(reading, "menu", parts->menu_bar);
    keep_part(reading, "root", parts->root_pane);
    keep_part(reading, "outer", parts->outer);
    keep_part(reading, "document", parts->document);
    keep_part(reading, "status", parts->status_bar);
    keep_part(reading, "tabs", parts->tabs);
}

static void
get_parts(RecallA11yReading *reading, Parts *parts)
{
    parts->document = recall_part(reading, "document");
    if (parts->document != NULL && !base_rect_is_empty(&parts->document->box)) {
        parts->menu_bar = recall_part(reading, "menu");
        parts->root_pane = recall_part(reading, "root");
        parts->outer = recall_part(reading, "outer");
        parts->status_bar = recall_part(reading, "status");
        parts->tabs = recall_part(reading, "tabs");
        return;
    }
    *parts = (Parts){0};
    find_parts(reading, parts);
    keep_parts(reading, parts);
}

/* What the boxes of things that LibreOffice draws are off by. */
static RecallA11yManner
get_manner(RecallA11yReading *reading, const Parts *parts)
{
    BaseRect told = recall_a11y_ask_box(reading->link, parts->root_pane->path);
    BaseRect real = recall_a11y_ask_box(reading->link, parts->outer->path);
    RecallA11yManner manner = {.shape = RECALL_A11Y_SHAPE_BLOCK};

    if (!base_rect_is_empty(&told) && !base_rect_is_empty(&real)) {
        manner.dx = real.x - told.x;
        manner.dy = real.y - told.y;
    }
    return manner;
}

static void
add_names(RecallA11yReading *reading,
          const char *path,
          const RecallA11yRole *roles,
          const RecallA11yManner *manner)
{
    g_autoptr(GPtrArray) nodes =
        recall_a11y_tree_get_children(reading->memory->tree, reading->link, path);
    g_autoptr(GPtrArray) labels = recall_a11y_pick(nodes, roles);

    recall_a11y_tree_ask_names(reading->link, labels);
    recall_a11y_tree_ask_boxes(reading->link, labels);
    for (unsigned i = 0; i < labels->len; i++) {
        RecallA11yNode label = *(const RecallA11yNode *)labels->pdata[i];

        label.box.x += manner->dx;
        label.box.y += manner->dy;
        recall_a11y_reading_add_label(reading, &label, RECALL_A11Y_ALIGN_CENTER, 0);
    }
}

/* "75%", or "75 %", is how large the document is drawn. */
static void
note_zoom(RecallA11yReading *reading, const GPtrArray *labels)
{
    for (unsigned i = 0; i < labels->len; i++) {
        const char *text = ((const RecallA11yNode *)labels->pdata[i])->text;
        char *end = NULL;
        guint64 percent = text == NULL ? 0 : g_ascii_strtoull(text, &end, 10);

        if (percent > 0 && percent <= ZOOM_MAX_PERCENT && g_str_has_suffix(end, "%"))
            reading->zoom_percent = (unsigned)percent;
    }
}

static void
add_status(RecallA11yReading *reading, const Parts *parts, const RecallA11yManner *manner)
{
    static const RecallA11yRole roles[] = {RECALL_A11Y_ROLE_LABEL, RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) nodes = NULL;
    g_autoptr(GPtrArray) labels = NULL;

    if (parts->status_bar == NULL)
        return;
    nodes = recall_a11y_tree_get_children(reading->memory->tree, reading->link,
                                          parts->status_bar->path);
    labels = recall_a11y_pick(nodes, roles);
    recall_a11y_tree_ask_texts(reading->link, labels);
    recall_a11y_tree_ask_boxes(reading->link, labels);
    note_zoom(reading, labels);
    recall_a11y_reading_add(reading, labels, NULL, manner);
}

static void
add_paragraphs(RecallA11yReading *reading, const Parts *parts, const RecallA11yManner *base)
{
    static const RecallA11yRole roles[] = {RECALL_A11Y_ROLE_PARAGRAPH, RECALL_A11Y_ROLE_HEADING,
                                           RECALL_A11Y_ROLE_LIST_ITEM, RECALL_A11Y_ROLE_CAPTION,
                                           RECALL_A11Y_ROLE_TEXT,      RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) nodes =
        recall_a11y_tree_match(reading->memory->tree, reading->link, parts->document->path, roles);
    RecallA11yManner manner = *base;
    BaseRect clip = recall_a11y_ask_box(reading->link, parts->document->path);

    clip.x += manner.dx;
    clip.y += manner.dy;
    manner.clip = &clip;
    recall_a11y_tree_ask_boxes(reading->link, nodes);
    recall_a11y_tree_ask_texts(reading->link, nodes);
    recall_a11y_reading_add(reading, nodes, NULL, &manner);
}

/* "file:///home/me/budget.ods - LibreOffice Spreadsheet" is what a sheet's document is called. */
static void
take_file(RecallA11yReading *reading, const Parts *parts)
{
    g_autoptr(GVariant) name = recall_a11y_link_get_property(reading->link, parts->document->path,
                                                             RECALL_A11Y_ACCESSIBLE, "Name", "s");
    const char *value = name == NULL ? "" : g_variant_get_string(name, NULL);
    const char *end = g_strrstr(value, " - ");
    g_autofree char *uri = NULL;

    if (end == NULL || !g_str_has_prefix(value, "file://"))
        return;
    uri = g_strndup(value, end - value);
    reading->text->file = g_filename_from_uri(uri, NULL, NULL);
}

/* A split or frozen view shows a document in each of its panes; panes that are gone are no longer
 * children of the scroll pane. */
static void
add_panes(RecallA11yReading *reading, RecallA11yNode *document, const RecallA11yManner *manner)
{
    static const RecallA11yRole roles[] = {RECALL_A11Y_ROLE_DOCUMENT_SPREADSHEET,
                                           RECALL_A11Y_ROLE_UNKNOWN};
    RecallA11yTree *tree = reading->memory->tree;
    g_autoptr(GPtrArray) alone = g_ptr_array_new();
    g_autoptr(GPtrArray) children = NULL;
    g_autoptr(GPtrArray) panes = NULL;

    g_ptr_array_add(alone, document);
    recall_a11y_tree_ask_parents(tree, reading->link, alone);
    if (document->parent == NULL)
        return;
    children = recall_a11y_tree_get_children(tree, reading->link, document->parent->path);
    panes = recall_a11y_pick(children, roles);
    for (unsigned i = 0; i < MIN(panes->len, RECALL_A11Y_SHEET_N_PANES_MAX); i++)
        recall_a11y_read_sheet(reading, ((const RecallA11yNode *)panes->pdata[i])->path, manner);
}

static void
add_document(RecallA11yReading *reading, const Parts *parts, const RecallA11yManner *manner)
{
    if (parts->document->role == RECALL_A11Y_ROLE_DOCUMENT_SPREADSHEET)
        add_panes(reading, parts->document, manner);
    else
        add_paragraphs(reading, parts, manner);
    take_file(reading, parts);
}

gboolean
recall_a11y_read_office(RecallA11yReading *reading)
{
    static const RecallA11yRole menu_roles[] = {RECALL_A11Y_ROLE_MENU, RECALL_A11Y_ROLE_UNKNOWN};
    static const RecallA11yRole tab_roles[] = {RECALL_A11Y_ROLE_PAGE_TAB, RECALL_A11Y_ROLE_UNKNOWN};
    const RecallA11yManner none = {0};
    RecallA11yManner manner = {0};
    Parts parts = {0};

    get_parts(reading, &parts);
    if (reading->is_borrowed_frame)
        return parts.menu_bar != NULL && recall_a11y_read_menu(reading, parts.menu_bar->path);
    if (parts.root_pane == NULL)
        return recall_a11y_read_gtk(reading); /* a dialog: all of it is GTK */
    if (parts.document == NULL)
        return FALSE;
    manner = get_manner(reading, &parts);
    add_status(reading, &parts, &manner);
    add_document(reading, &parts, &manner);
    recall_a11y_read_tools(reading, parts.document, parts.root_pane, &manner);
    if (parts.menu_bar != NULL)
        add_names(reading, parts.menu_bar->path, menu_roles, &none);
    if (parts.tabs != NULL)
        add_names(reading, parts.tabs->path, tab_roles, &manner);
    return TRUE;
}
