/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/browsing.h"
#include "recall/watch/a11y-join.h"
#include "recall/watch/a11y-names.h"
#include "recall/watch/a11y-page.h"
#include "recall/watch/a11y-parts.h"
#include "recall/watch/a11y-password.h"
#include "recall/watch/a11y-read.h"

#include <string.h>

/* Chromium and Firefox. Both mark as SHOWING what the viewport holds; neither clips what a box of
 * the page that scrolls cuts off, so the boxes around a text are asked too. */

#define DEPTH_MAX 48
#define MENU_INDENT_PX 48 /* the column of pictures */
#define DOCUMENT "org.a11y.atspi.Document"
#define EMBEDDED_CHAR 0xfffc /* a child stands here */
#define N_TEXT_WAITS_MAX 5
#define TEXT_WAIT_MS 40 /* each is twice as long as the one before */

/* Nodes that hold others; what sticks out of them may be cut off. */
static const RecallA11yRole container_roles[] = {
    RECALL_A11Y_ROLE_DOCUMENT_WEB, RECALL_A11Y_ROLE_DOCUMENT_FRAME, RECALL_A11Y_ROLE_INTERNAL_FRAME,
    RECALL_A11Y_ROLE_SECTION,      RECALL_A11Y_ROLE_PANEL,          RECALL_A11Y_ROLE_LIST_BOX,
    RECALL_A11Y_ROLE_SCROLL_PANE,  RECALL_A11Y_ROLE_PARAGRAPH,      RECALL_A11Y_ROLE_HEADING,
    RECALL_A11Y_ROLE_LIST_ITEM,    RECALL_A11Y_ROLE_TABLE_CELL,     RECALL_A11Y_ROLE_UNKNOWN};

static gboolean
has_role(const RecallA11yNode *node, const RecallA11yRole *roles)
{
    while (*roles != RECALL_A11Y_ROLE_UNKNOWN && *roles != node->role)
        roles++;
    return *roles != RECALL_A11Y_ROLE_UNKNOWN;
}

/* Those of @nodes' parents that are not in @met yet, and into it with them. */
static GPtrArray *
collect_parents(GPtrArray *nodes, GHashTable *met)
{
    GPtrArray *parents = g_ptr_array_new();

    for (unsigned i = 0; i < nodes->len; i++) {
        const RecallA11yNode *node = nodes->pdata[i];

        if (node->parent != NULL && g_hash_table_add(met, node->parent))
            g_ptr_array_add(parents, node->parent);
    }
    return parents;
}

/* Makes the way up from each of @nodes known, with the boxes of the containers on it. */
static void
ask_ancestors(RecallA11yReading *reading, GPtrArray *nodes)
{
    RecallA11yTree *tree = reading->memory->tree;
    g_autoptr(GHashTable) met = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) level = g_ptr_array_ref(nodes);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_autoptr(GPtrArray) containers = NULL;

    for (unsigned depth = 0; level->len > 0 && depth < DEPTH_MAX; depth++) {
        GPtrArray *parents = NULL;

        recall_a11y_tree_ask_parents(tree, reading->link, level);
        parents = collect_parents(level, met);
        g_ptr_array_extend(all, parents, NULL, NULL);
        g_ptr_array_unref(level);
        level = parents;
    }
    recall_a11y_tree_ask_roles(tree, reading->link, all);
    containers = recall_a11y_pick(all, container_roles);
    recall_a11y_tree_ask_boxes(reading->link, containers);
}

/* The document that @node is in, or NULL: it is of the browser itself. */
static const RecallA11yNode *
find_document(const RecallA11yNode *node)
{
    for (unsigned depth = 0; node != NULL && depth < DEPTH_MAX; depth++, node = node->parent) {
        if (node->role == RECALL_A11Y_ROLE_DOCUMENT_WEB)
            return node;
    }
    return NULL;
}

/* Root pixels outside which nothing of @node shows; empty when nothing limits it. A container that
 * does not even meet its shown child cannot be what cuts it off.
 * @is_scaled: what is around the page is not told in pixels */
static BaseRect
find_clip(const RecallA11yNode *node, gboolean is_scaled)
{
    const RecallA11yNode *at = node->parent;
    BaseRect clip = {0};

    for (unsigned depth = 0; at != NULL && depth < DEPTH_MAX; depth++, at = at->parent) {
        if (is_scaled && find_document(at) == NULL)
            break;
        if (!has_role(at, container_roles) || !base_rect_intersect(&at->box, &node->box, NULL))
            continue;
        if (base_rect_is_empty(&clip))
            clip = at->box;
        else
            base_rect_intersect(&clip, &at->box, &clip);
    }
    return clip;
}

/* A node's own box cuts its text off, too. */
static void
add_clipped(RecallA11yReading *reading, GPtrArray *nodes, RecallA11yShape shape)
{
    g_autofree BaseRect *clips = g_new0(BaseRect, nodes->len);
    RecallA11yManner manner = {.shape = shape};

    for (unsigned i = 0; i < nodes->len; i++) {
        const RecallA11yNode *node = nodes->pdata[i];

        clips[i] = find_clip(node, reading->memory->scale != RECALL_A11Y_SCALE_ONE);
        if (base_rect_is_empty(&clips[i]))
            clips[i] = node->box;
        else
            base_rect_intersect(&clips[i], &node->box, &clips[i]);
    }
    recall_a11y_reading_add(reading, nodes, clips, &manner);
}

/* @key: what the browser calls the document's address. Returns: (transfer full): NULL: none */
static char *
dup_url(RecallA11yReading *reading, const RecallA11yNode *document, const char *key)
{
    g_autoptr(GVariant) reply =
        recall_a11y_link_ask(reading->link, document->path, DOCUMENT, "GetAttributeValue",
                             g_variant_new("(s)", key), "(s)");
    const char *url = "";

    if (reply != NULL)
        g_variant_get(reply, "(&s)", &url);
    return *url == '\0' ? NULL : g_strdup(url);
}

static void
ask_url(RecallA11yReading *reading, const RecallA11yNode *document, const char *key)
{
    if (reading->text->url == NULL)
        reading->text->url = dup_url(reading, document, key);
}

/* Tools for developers lie around the page that they are about, and are larger; in a window of
 * their own nothing tells which page that is. */
static void
ask_page_url(RecallA11yReading *reading, const RecallA11yPage *page)
{
    static const RecallA11yRole roles[] = {RECALL_A11Y_ROLE_DOCUMENT_WEB, RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) documents = recall_a11y_pick(page->nodes, roles);

    ask_url(reading, page->document, "URI");
    if (reading->text->url == NULL || !g_str_has_prefix(reading->text->url, "devtools:"))
        return;
    g_clear_pointer(&reading->text->url, g_free);
    for (unsigned i = 0; i < documents->len; i++) {
        const RecallA11yNode *document = documents->pdata[i];

        if (document != page->document && find_document(document->parent) == NULL)
            ask_url(reading, document, "URI");
    }
}

/* Of @nodes those that no other of @leaves stands under: their text is their own. The browser's
 * own buttons answer their name as text, which is not on them, and are left out. */
static GPtrArray *
pick_leaves(GPtrArray *nodes, GPtrArray *leaves)
{
    g_autoptr(GHashTable) parents = g_hash_table_new(NULL, NULL);
    GPtrArray *picked = g_ptr_array_new();

    for (unsigned i = 0; i < leaves->len; i++) {
        const RecallA11yNode *at = ((const RecallA11yNode *)leaves->pdata[i])->parent;

        while (at != NULL && g_hash_table_add(parents, (void *)at))
            at = at->parent;
    }
    for (unsigned i = 0; i < nodes->len; i++) {
        if (!g_hash_table_contains(parents, nodes->pdata[i]) &&
            find_document(nodes->pdata[i]) != NULL)
            g_ptr_array_add(picked, nodes->pdata[i]);
    }
    return picked;
}

/* Menus, of the page and of the browser: the name is what they show. */
static void
add_menu_items(RecallA11yReading *reading, GPtrArray *nodes)
{
    static const RecallA11yRole roles[] = {
        RECALL_A11Y_ROLE_MENU_ITEM, RECALL_A11Y_ROLE_CHECK_MENU_ITEM,
        RECALL_A11Y_ROLE_RADIO_MENU_ITEM, RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) items = recall_a11y_pick(nodes, roles);

    int indent_px = reading->window->kind == RECALL_WINDOW_POPUP ? MENU_INDENT_PX : 4;

    recall_a11y_tree_ask_names(reading->link, items);
    for (unsigned i = 0; i < items->len; i++)
        recall_a11y_reading_add_label(reading, items->pdata[i], RECALL_A11Y_ALIGN_START, indent_px);
}

static void
add_entries(RecallA11yReading *reading, GPtrArray *nodes)
{
    static const RecallA11yRole roles[] = {RECALL_A11Y_ROLE_ENTRY, RECALL_A11Y_ROLE_SPIN_BUTTON,
                                           RECALL_A11Y_ROLE_AUTOCOMPLETE, RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) entries = recall_a11y_pick(nodes, roles);

    add_clipped(reading, entries, RECALL_A11Y_SHAPE_VIEW);
}

/* On a scaled desktop Chromium tells what is around the page in larger units than pixels. */
static void
scale_own(RecallA11yReading *reading, GPtrArray *nodes)
{
    for (unsigned i = 0; i < nodes->len; i++) {
        RecallA11yNode *node = nodes->pdata[i];

        if (node->is_scaled || find_document(node) != NULL)
            continue;
        node->box = recall_a11y_scale_box(reading->memory, &node->box);
        node->is_scaled = TRUE;
    }
}

static char *
make_body_key(const RecallA11yReading *reading)
{
    return g_strconcat("body:", reading->frame, NULL);
}

/* The child of the window that @node is in; its parents must be known. */
static const char *
find_body(const RecallA11yReading *reading, const RecallA11yNode *node)
{
    for (unsigned depth = 0; node->parent != NULL && depth < DEPTH_MAX; depth++) {
        if (g_str_equal(node->parent->path, reading->frame))
            return node->path;
        node = node->parent;
    }
    return NULL;
}

static void
keep_body(RecallA11yReading *reading, const RecallA11yNode *document)
{
    const char *body = find_body(reading, document);

    if (body != NULL)
        g_hash_table_insert(reading->memory->places, make_body_key(reading), g_strdup(body));
}

static gboolean
is_in_body(RecallA11yReading *reading, RecallA11yNode *node, const char *body)
{
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();

    g_ptr_array_add(nodes, node);
    ask_ancestors(reading, nodes);
    return g_strcmp0(find_body(reading, node), body) == 0;
}

/* While a find bar or a dialog has the focus, Chromium's window says that it has no other child;
 * what was in it before goes on to answer. The page is there: what a dialog holds, as the preview
 * of a print, is of that page. */
static void
look_at_body(RecallA11yReading *reading, const RecallA11yRole *roles, RecallA11yPage *page)
{
    g_autofree char *key = make_body_key(reading);
    const char *body = g_hash_table_lookup(reading->memory->places, key);
    g_autoptr(GPtrArray) nodes = NULL;
    RecallA11yNode *document = NULL;

    if (body == NULL || (page->document != NULL && is_in_body(reading, page->document, body)))
        return;
    nodes = recall_a11y_tree_match(reading->memory->tree, reading->link, body, roles);
    document = recall_a11y_find_document(reading, nodes);
    g_ptr_array_extend(page->nodes, nodes, NULL, NULL);
    if (document != NULL)
        page->document = document;
}

/* Around pages, and in those that are the browser's own: they may lie over another. */
static void
add_names(RecallA11yReading *reading, GPtrArray *nodes)
{
    g_autoptr(GPtrArray) own = g_ptr_array_new();

    for (unsigned i = 0; i < nodes->len; i++) {
        RecallA11yNode *node = nodes->pdata[i];
        g_autofree char *url = NULL;

        if (find_document(node) == NULL)
            g_ptr_array_add(own, node);
        else if (find_document(node) == node && find_document(node->parent) == NULL)
            url = dup_url(reading, node, "URI");
        if (policy_browsing_is_own_page(url))
            recall_a11y_names_add_page(reading, node);
    }
    recall_a11y_names_add_own(reading, own);
}

/* One walk finds the page and what is around it. */
static void
look_at_chromium(RecallA11yReading *reading, RecallA11yPage *out_page)
{
    static const RecallA11yRole roles[] = {
        RECALL_A11Y_ROLE_STATIC,          RECALL_A11Y_ROLE_ENTRY,
        RECALL_A11Y_ROLE_SPIN_BUTTON,     RECALL_A11Y_ROLE_PASSWORD_TEXT,
        RECALL_A11Y_ROLE_PUSH_BUTTON,     RECALL_A11Y_ROLE_LIST_ITEM,
        RECALL_A11Y_ROLE_MENU_ITEM,       RECALL_A11Y_ROLE_CHECK_MENU_ITEM,
        RECALL_A11Y_ROLE_RADIO_MENU_ITEM, RECALL_A11Y_ROLE_DOCUMENT_WEB,
        RECALL_A11Y_ROLE_PAGE_TAB,        RECALL_A11Y_ROLE_INTERNAL_FRAME,
        RECALL_A11Y_ROLE_DOCUMENT_FRAME,  RECALL_A11Y_ROLE_UNKNOWN};

    out_page->nodes =
        recall_a11y_tree_match(reading->memory->tree, reading->link, reading->frame, roles);
    out_page->own = g_ptr_array_new();
    out_page->document = recall_a11y_find_document(reading, out_page->nodes);
    look_at_body(reading, roles, out_page);
}

gboolean
recall_a11y_read_chromium(RecallA11yReading *reading)
{
    static const RecallA11yRole text_roles[] = {RECALL_A11Y_ROLE_STATIC, RECALL_A11Y_ROLE_UNKNOWN};
    static const RecallA11yRole content_roles[] = {
        RECALL_A11Y_ROLE_PUSH_BUTTON, RECALL_A11Y_ROLE_LIST_ITEM, RECALL_A11Y_ROLE_UNKNOWN};
    g_auto(RecallA11yPage) page = {0};
    g_autoptr(GPtrArray) texts = NULL;
    g_autoptr(GPtrArray) contents = NULL;
    g_autoptr(GPtrArray) leaves = NULL;

    recall_a11y_page_settle(reading, look_at_chromium, &page);
    recall_a11y_tree_ask_boxes(reading->link, page.nodes);
    ask_ancestors(reading, page.nodes);
    scale_own(reading, page.nodes);
    recall_a11y_passwords_find(reading, page.nodes);
    texts = recall_a11y_pick(page.nodes, text_roles);
    recall_a11y_tree_ask_names(reading->link, texts);
    add_clipped(reading, texts, RECALL_A11Y_SHAPE_TIGHT);
    contents = recall_a11y_pick(page.nodes, content_roles);
    leaves = pick_leaves(contents, texts);
    recall_a11y_tree_ask_texts(reading->link, leaves);
    add_clipped(reading, leaves, RECALL_A11Y_SHAPE_BLOCK);
    recall_a11y_join(reading->text);
    add_entries(reading, page.nodes);
    add_menu_items(reading, page.nodes);
    if (page.document != NULL) {
        keep_body(reading, page.document);
        ask_page_url(reading, &page);
    }
    recall_a11y_parts_add(reading, page.nodes, page.document, "URI");
    add_names(reading, page.nodes);
    return page.nodes->len > 0;
}

/* Those of @nodes that are not among @others. */
static GPtrArray *
pick_others(GPtrArray *nodes, GPtrArray *others)
{
    g_autoptr(GHashTable) set = g_hash_table_new(NULL, NULL);
    GPtrArray *picked = g_ptr_array_new();

    for (unsigned i = 0; i < others->len; i++)
        g_hash_table_add(set, others->pdata[i]);
    for (unsigned i = 0; i < nodes->len; i++) {
        if (!g_hash_table_contains(set, nodes->pdata[i]))
            g_ptr_array_add(picked, nodes->pdata[i]);
    }
    return picked;
}

/* Marks where children stand are there before the text between them is. */
static gboolean
has_text(const RecallA11yNode *node)
{
    for (const char *at = node->text; at != NULL && *at != '\0'; at = g_utf8_next_char(at)) {
        if (g_utf8_get_char(at) != EMBEDDED_CHAR)
            return TRUE;
    }
    return FALSE;
}

static GPtrArray *
pick_with_text(GPtrArray *nodes)
{
    GPtrArray *picked = g_ptr_array_new();

    for (unsigned i = 0; i < nodes->len; i++) {
        if (has_text(nodes->pdata[i]))
            g_ptr_array_add(picked, nodes->pdata[i]);
    }
    return picked;
}

static gboolean
has_any_text(GPtrArray *nodes)
{
    g_autoptr(GPtrArray) told = pick_with_text(nodes);

    return told->len > 0;
}

static void
ask_missing_texts(RecallA11yReading *reading, GPtrArray *nodes)
{
    for (unsigned i = 0; i < nodes->len; i++) {
        RecallA11yNode *node = nodes->pdata[i];

        if (!has_text(node))
            g_clear_pointer(&node->text, g_free);
    }
    recall_a11y_tree_ask_texts(reading->link, nodes);
}

/* Firefox fetches texts from its pages only when it was asked for the first one, and until they
 * are there, maybe between two answers, it answers that they are empty. */
static void
ask_page_texts(RecallA11yReading *reading, GPtrArray *nodes)
{
    RecallA11yMemory *memory = reading->memory;

    recall_a11y_tree_ask_texts(reading->link, nodes);
    if (memory->tells_pages && has_any_text(nodes))
        return;
    for (unsigned i = 0; i < N_TEXT_WAITS_MAX && !memory->tells_pages && !has_any_text(nodes);
         i++) {
        recall_a11y_link_pause(reading->link, TEXT_WAIT_MS << i);
        ask_missing_texts(reading, nodes);
    }
    ask_missing_texts(reading, nodes);
    memory->tells_pages |= nodes->len > 0;
}

static void
add_page(RecallA11yReading *reading, GPtrArray *nodes)
{
    static const RecallA11yRole roles[] = {
        RECALL_A11Y_ROLE_HEADING,       RECALL_A11Y_ROLE_PARAGRAPH,
        RECALL_A11Y_ROLE_LINK,          RECALL_A11Y_ROLE_STATIC,
        RECALL_A11Y_ROLE_SECTION,       RECALL_A11Y_ROLE_LABEL,
        RECALL_A11Y_ROLE_LIST_ITEM,     RECALL_A11Y_ROLE_TABLE_CELL,
        RECALL_A11Y_ROLE_COLUMN_HEADER, RECALL_A11Y_ROLE_ROW_HEADER,
        RECALL_A11Y_ROLE_CAPTION,       RECALL_A11Y_ROLE_PUSH_BUTTON,
        RECALL_A11Y_ROLE_TOGGLE_BUTTON, RECALL_A11Y_ROLE_DOCUMENT_WEB,
        RECALL_A11Y_ROLE_ALERT,         RECALL_A11Y_ROLE_DIALOG,
        RECALL_A11Y_ROLE_PANEL,         RECALL_A11Y_ROLE_STATUS_BAR,
        RECALL_A11Y_ROLE_TOOL_TIP,      RECALL_A11Y_ROLE_PAGE_TAB,
        RECALL_A11Y_ROLE_MENU_ITEM,     RECALL_A11Y_ROLE_TREE_ITEM,
        RECALL_A11Y_ROLE_HEADER,        RECALL_A11Y_ROLE_FOOTER,
        RECALL_A11Y_ROLE_FORM,          RECALL_A11Y_ROLE_COMMENT,
        RECALL_A11Y_ROLE_NOTIFICATION,  RECALL_A11Y_ROLE_BLOCK_QUOTE,
        RECALL_A11Y_ROLE_DEFINITION,    RECALL_A11Y_ROLE_ARTICLE,
        RECALL_A11Y_ROLE_LANDMARK,      RECALL_A11Y_ROLE_LOG,
        RECALL_A11Y_ROLE_TIMER,         RECALL_A11Y_ROLE_DESCRIPTION_TERM,
        RECALL_A11Y_ROLE_FOOTNOTE,      RECALL_A11Y_ROLE_DESCRIPTION_VALUE,
        RECALL_A11Y_ROLE_MARK,          RECALL_A11Y_ROLE_CONTENT_DELETION,
        RECALL_A11Y_ROLE_SUBSCRIPT,     RECALL_A11Y_ROLE_CONTENT_INSERTION,
        RECALL_A11Y_ROLE_SUPERSCRIPT,   RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) texts = recall_a11y_pick(nodes, roles);
    g_autoptr(GPtrArray) told = NULL;

    ask_ancestors(reading, nodes);
    ask_page_texts(reading, texts);
    told = pick_with_text(texts);
    add_clipped(reading, told, RECALL_A11Y_SHAPE_BLOCK);
    recall_a11y_join(reading->text);
    add_entries(reading, nodes);
}

/* The address bar is a combo box with text in it; in pages, a combo box has none. */
static void
add_address(RecallA11yReading *reading, GPtrArray *nodes)
{
    static const RecallA11yRole roles[] = {RECALL_A11Y_ROLE_COMBO_BOX, RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) bars = recall_a11y_pick(nodes, roles);

    add_clipped(reading, bars, RECALL_A11Y_SHAPE_VIEW);
}

/* Firefox does not walk into the page from its window, so the page is asked by itself. A node's
 * text has a mark where a child stands, and the child brings its own. */
static void
look_at_gecko(RecallA11yReading *reading, RecallA11yPage *out_page)
{
    static const RecallA11yRole roles[] = {
        RECALL_A11Y_ROLE_DOCUMENT_WEB, RECALL_A11Y_ROLE_ENTRY,    RECALL_A11Y_ROLE_COMBO_BOX,
        RECALL_A11Y_ROLE_MENU_ITEM,    RECALL_A11Y_ROLE_LABEL,    RECALL_A11Y_ROLE_PASSWORD_TEXT,
        RECALL_A11Y_ROLE_PAGE_TAB,     RECALL_A11Y_ROLE_TOOL_TIP, RECALL_A11Y_ROLE_PUSH_BUTTON,
        RECALL_A11Y_ROLE_LIST_ITEM,    RECALL_A11Y_ROLE_UNKNOWN};
    RecallA11yTree *tree = reading->memory->tree;
    g_autoptr(GPtrArray) all = recall_a11y_tree_match(tree, reading->link, reading->frame, roles);

    out_page->document = recall_a11y_find_document(reading, all);
    out_page->nodes =
        out_page->document == NULL
            ? g_ptr_array_new()
            : recall_a11y_tree_match(tree, reading->link, out_page->document->path, NULL);
    out_page->own = pick_others(all, out_page->nodes);
}

/* Of the page and of the browser itself. */
static void
find_passwords(RecallA11yReading *reading, const RecallA11yPage *page)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();

    g_ptr_array_extend(all, page->nodes, NULL, NULL);
    g_ptr_array_extend(all, page->own, NULL, NULL);
    recall_a11y_tree_ask_boxes(reading->link, all);
    recall_a11y_passwords_find(reading, all);
}

/* Nothing tells which page tools for developers are about. */
static void
ask_gecko_url(RecallA11yReading *reading, const RecallA11yNode *document)
{
    ask_url(reading, document, "DocURL");
    if (reading->text->url != NULL && g_str_has_prefix(reading->text->url, "about:devtools"))
        g_clear_pointer(&reading->text->url, g_free);
}

static void
add_parts(RecallA11yReading *reading, const RecallA11yPage *page)
{
    recall_a11y_parts_add(reading, page->nodes, page->document, "DocURL");
    recall_a11y_parts_add(reading, page->own, page->document, "DocURL");
}

gboolean
recall_a11y_read_gecko(RecallA11yReading *reading)
{
    g_auto(RecallA11yPage) page = {0};

    recall_a11y_page_settle(reading, look_at_gecko, &page);
    find_passwords(reading, &page);
    if (page.document != NULL)
        add_page(reading, page.nodes);
    add_entries(reading, page.own);
    add_address(reading, page.own);
    add_menu_items(reading, page.own);
    if (page.document != NULL)
        ask_gecko_url(reading, page.document); /* last: what follows was read before */
    if (reading->window->kind == RECALL_WINDOW_POPUP)
        ask_ancestors(reading, page.own);
    add_parts(reading, &page);
    recall_a11y_names_add_own(reading, page.own);
    if (policy_browsing_is_own_page(reading->text->url))
        recall_a11y_names_add_page(reading, page.document);
    return page.nodes->len + page.own->len > 0;
}
