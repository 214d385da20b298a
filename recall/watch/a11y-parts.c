/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-parts.h"

#define DOCUMENT "org.a11y.atspi.Document"

typedef struct {
    const char *path; /* of the document; NULL: it is not known */
    BaseRect box;     /* root pixels */
} Place;

static const RecallA11yRole document_roles[] = {
    RECALL_A11Y_ROLE_DOCUMENT_WEB, RECALL_A11Y_ROLE_DOCUMENT_FRAME, RECALL_A11Y_ROLE_UNKNOWN};
static const RecallA11yRole frame_roles[] = {RECALL_A11Y_ROLE_INTERNAL_FRAME,
                                             RECALL_A11Y_ROLE_UNKNOWN};
static const RecallA11yRole both_roles[] = {
    RECALL_A11Y_ROLE_DOCUMENT_WEB, RECALL_A11Y_ROLE_DOCUMENT_FRAME, RECALL_A11Y_ROLE_INTERNAL_FRAME,
    RECALL_A11Y_ROLE_UNKNOWN};

static void
add_place(GArray *places, const char *path, const BaseRect *box)
{
    Place place = {places->len < RECALL_A11Y_N_PARTS_MAX ? path : NULL, *box};

    g_array_append_val(places, place);
}

/* The frame that a document fills is what shows of it. @served: frames whose document is known */
static void
add_document(GArray *places, const RecallA11yNode *document, GHashTable *served)
{
    const RecallA11yNode *frame = document->parent;
    gboolean is_framed = frame != NULL && frame->role == RECALL_A11Y_ROLE_INTERNAL_FRAME;

    if (is_framed)
        g_hash_table_add(served, (void *)frame);
    add_place(places, document->path,
              is_framed && !base_rect_is_empty(&frame->box) ? &frame->box : &document->box);
}

static void
add_documents(GArray *places, GPtrArray *nodes, const RecallA11yNode *page, GHashTable *served)
{
    g_autoptr(GPtrArray) documents = recall_a11y_pick(nodes, document_roles);

    for (unsigned i = 0; i < documents->len; i++) {
        if (documents->pdata[i] != page)
            add_document(places, documents->pdata[i], served);
    }
}

/* A document of another process is not told with the page around it: its frame holds it. Returns:
 * (transfer full): frames and documents in it */
static GPtrArray *
enter_frame(RecallA11yReading *reading, GArray *places, const RecallA11yNode *frame)
{
    RecallA11yTree *tree = reading->memory->tree;
    g_autoptr(GPtrArray) children = recall_a11y_tree_get_children(tree, reading->link, frame->path);
    g_autoptr(GPtrArray) documents = recall_a11y_pick(children, document_roles);
    const RecallA11yNode *document = documents->len > 0 ? documents->pdata[0] : NULL;
    GPtrArray *nodes;

    add_place(places, document != NULL ? document->path : NULL, &frame->box);
    if (document == NULL)
        return g_ptr_array_new();
    nodes = recall_a11y_tree_match(tree, reading->link, document->path, both_roles);
    recall_a11y_tree_ask_boxes(reading->link, nodes);
    recall_a11y_tree_ask_parents(tree, reading->link, nodes);
    return nodes;
}

/* @nodes grows by what is in its frames. */
static void
add_frames(RecallA11yReading *reading, GArray *places, GPtrArray *nodes, GHashTable *served)
{
    for (unsigned i = 0; i < nodes->len && places->len < RECALL_A11Y_N_PARTS_MAX; i++) {
        const RecallA11yNode *frame = nodes->pdata[i];
        g_autoptr(GPtrArray) inner = NULL;

        if (frame->role != RECALL_A11Y_ROLE_INTERNAL_FRAME ||
            !g_hash_table_add(served, (void *)frame))
            continue;
        inner = enter_frame(reading, places, frame);
        add_documents(places, inner, NULL, served);
        g_ptr_array_extend(nodes, inner, NULL, NULL);
    }
}

static void
ask_urls(RecallA11yReading *reading, const GArray *places, const char *key)
{
    g_autofree RecallA11yCall *calls = g_new0(RecallA11yCall, places->len);
    const BaseRect *window = &reading->window->rect;

    for (unsigned i = 0; i < places->len; i++) {
        const char *path = g_array_index(places, Place, i).path;

        calls[i] = (RecallA11yCall){path != NULL ? path : RECALL_A11Y_ROOT_PATH, DOCUMENT,
                                    "GetAttributeValue", g_variant_new("(s)", key), NULL};
    }
    recall_a11y_link_ask_all(reading->link, calls, places->len);
    for (unsigned i = 0; i < places->len; i++) {
        const Place *place = &g_array_index(places, Place, i);
        RecallPart part = {.box = place->box};

        if (place->path != NULL && calls[i].reply != NULL &&
            g_variant_is_of_type(calls[i].reply, G_VARIANT_TYPE("(s)")))
            g_variant_get(calls[i].reply, "(s)", &part.url);
        part.box.x -= window->x;
        part.box.y -= window->y;
        g_array_append_val(reading->text->parts, part);
        recall_a11y_call_clear(&calls[i]);
    }
}

void
recall_a11y_parts_add(RecallA11yReading *reading,
                      GPtrArray *nodes,
                      const RecallA11yNode *page,
                      const char *key)
{
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    g_autoptr(GHashTable) served = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) frames = recall_a11y_pick(nodes, frame_roles);

    add_documents(places, nodes, page, served);
    add_frames(reading, places, frames, served);
    if (places->len > 0)
        ask_urls(reading, places, key);
}
