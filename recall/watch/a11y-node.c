/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-node.h"

#include <string.h>

#define COORDINATE_MAX_PX 32767 /* as in X; what lies beyond is a toolkit's "nowhere" */
#define COORDINATES_ON_SCREEN 0

/* Boxes of things that LibreOffice draws are told too high; what stands within this of a change
 * is asked again. */
#define KEEP_MARGIN_X_PX 8
#define KEEP_MARGIN_Y_PX 40

struct RecallA11yTree {
    GHashTable *nodes;  /* path to RecallA11yNode; the node owns the path */
    GHashTable *ends;   /* window to number of its last reading that came to its end */
    GHashTable *wholes; /* window to when all of it was last read (int64_t *, monotonic) */
    unsigned n_readings;
    unsigned base; /* number of the reading that this one builds on, or 0 */
    uint32_t window;
    pixman_region32_t changed; /* since then */
};

/* How one question about a node is put, and what its answer does to it. */
typedef struct {
    const char *interface;
    const char *method;
    GVariant *(*make_parameters)(void); /* NULL for none */
    const char *type;
    void (*take)(RecallA11yTree *tree, RecallA11yNode *node, GVariant *reply);
} Question;

static void
free_node(RecallA11yNode *node)
{
    g_free(node->text);
    g_free(node->path);
    g_free(node);
}

RecallA11yTree *
recall_a11y_tree_new(void)
{
    RecallA11yTree *self = g_new0(RecallA11yTree, 1);

    self->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)free_node);
    self->ends = g_hash_table_new(NULL, NULL);
    self->wholes = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    pixman_region32_init(&self->changed);
    return self;
}

void
recall_a11y_tree_free(RecallA11yTree *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->nodes);
    g_hash_table_unref(self->ends);
    g_hash_table_unref(self->wholes);
    pixman_region32_fini(&self->changed);
    g_free(self);
}

/* Whether all of @window was last read so long ago that mistakes, if any, are to be mended now. */
static gboolean
is_old(const RecallA11yTree *self, uint32_t window)
{
    const int64_t *whole_us = g_hash_table_lookup(self->wholes, GUINT_TO_POINTER(window));

    return whole_us == NULL ||
           g_get_monotonic_time() - *whole_us >= RECALL_A11Y_WHOLE_INTERVAL_S * G_USEC_PER_SEC;
}

static void
note_whole(RecallA11yTree *self, uint32_t window)
{
    int64_t now_us = g_get_monotonic_time();

    if (g_hash_table_size(self->wholes) >= RECALL_A11Y_N_WINDOWS_MAX)
        g_hash_table_remove_all(self->wholes);
    g_hash_table_insert(self->wholes, GUINT_TO_POINTER(window), g_memdup2(&now_us, sizeof(now_us)));
}

void
recall_a11y_tree_begin(RecallA11yTree *self, uint32_t window, const pixman_region32_t *changed)
{
    self->window = window;
    self->n_readings++;
    if (g_hash_table_size(self->nodes) > RECALL_A11Y_N_NODES_KEPT_MAX)
        g_hash_table_remove_all(self->nodes);
    self->base = GPOINTER_TO_UINT(g_hash_table_lookup(self->ends, GUINT_TO_POINTER(window)));
    if (changed == NULL || is_old(self, window)) {
        self->base = 0;
        note_whole(self, window);
    }
    pixman_region32_clear(&self->changed);
    if (changed != NULL)
        pixman_region32_copy(&self->changed, (pixman_region32_t *)changed);
}

void
recall_a11y_tree_end(RecallA11yTree *self, gboolean is_right)
{
    if (g_hash_table_size(self->ends) >= RECALL_A11Y_N_WINDOWS_MAX)
        g_hash_table_remove_all(self->ends);
    if (is_right)
        g_hash_table_insert(self->ends, GUINT_TO_POINTER(self->window),
                            GUINT_TO_POINTER(self->n_readings));
    else
        g_hash_table_remove(self->ends, GUINT_TO_POINTER(self->window));
}

/* Whether @node is as it was when the window was last read. */
static gboolean
is_unchanged(RecallA11yTree *self, const RecallA11yNode *node)
{
    const BaseRect *box = &node->box;
    pixman_box32_t near = {box->x - KEEP_MARGIN_X_PX, box->y - KEEP_MARGIN_Y_PX,
                           box->x + box->width + KEEP_MARGIN_X_PX,
                           box->y + box->height + KEEP_MARGIN_Y_PX};

    return self->base != 0 && node->seen == self->base && !base_rect_is_empty(box) &&
           pixman_region32_contains_rectangle(&self->changed, &near) == PIXMAN_REGION_OUT;
}

RecallA11yNode *
recall_a11y_tree_get(RecallA11yTree *self, const char *path)
{
    RecallA11yNode *node = g_hash_table_lookup(self->nodes, path);

    if (node == NULL) {
        node = g_new0(RecallA11yNode, 1);
        node->path = g_strdup(path);
        g_hash_table_insert(self->nodes, node->path, node);
    }
    if (node->seen == self->n_readings)
        return node;
    node->is_kept = is_unchanged(self, node);
    node->seen = self->n_readings;
    if (!node->is_kept) {
        node->box = (BaseRect){0};
        node->is_gone = FALSE;
        node->is_scaled = FALSE;
        node->is_recast = FALSE;
        node->width_px = 0;
        g_clear_pointer(&node->text, g_free);
    }
    return node;
}

/* @references: a(so); those of other applications and the null one are left out */
static GPtrArray *
collect_nodes(RecallA11yTree *self, RecallA11yLink *link, GVariant *references)
{
    const char *bus_name = recall_a11y_link_get_bus_name(link);
    GPtrArray *nodes = g_ptr_array_new();
    GVariantIter iter;
    const char *name = NULL;
    const char *path = NULL;

    g_variant_iter_init(&iter, references);
    while (nodes->len < RECALL_A11Y_N_NODES_MAX &&
           g_variant_iter_next(&iter, "(&s&o)", &name, &path)) {
        if (g_str_equal(name, bus_name) && !g_str_has_suffix(path, "/null"))
            g_ptr_array_add(nodes, recall_a11y_tree_get(self, path));
    }
    return nodes;
}

/* Collection's match rule: the state SHOWING, any of @roles. */
static GVariant *
make_match_rule(const RecallA11yRole *roles)
{
    g_auto(GVariantBuilder) states = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("ai"));
    g_auto(GVariantBuilder) bits = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("ai"));
    uint32_t words[RECALL_A11Y_N_ROLES / 32] = {0};

    g_variant_builder_add(&states, "i", (int32_t)(RECALL_A11Y_STATE_SHOWING & 0xffffffff));
    g_variant_builder_add(&states, "i", (int32_t)(RECALL_A11Y_STATE_SHOWING >> 32));
    for (; roles != NULL && *roles != RECALL_A11Y_ROLE_UNKNOWN; roles++)
        words[*roles / 32] |= (uint32_t)1 << (*roles % 32);
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        g_variant_builder_add(&bits, "i", (int32_t)words[i]);
    /* All of the states, of no attributes, any of the roles, of no interfaces; not inverted. */
    return g_variant_new("(aiia{ss}iaiiasib)", &states, 1, NULL, 1, &bits, 2, NULL, 1, FALSE);
}

GPtrArray *
recall_a11y_tree_match(RecallA11yTree *self,
                       RecallA11yLink *link,
                       const char *path,
                       const RecallA11yRole *roles)
{
    g_autoptr(GVariant) reply =
        recall_a11y_link_ask(link, path, "org.a11y.atspi.Collection", "GetMatches",
                             g_variant_new("(@(aiia{ss}iaiiasib)uib)", make_match_rule(roles), 1,
                                           RECALL_A11Y_N_NODES_MAX, TRUE),
                             "(a(so))");
    g_autoptr(GVariant) references = NULL;
    GPtrArray *nodes = NULL;

    if (reply == NULL)
        return g_ptr_array_new();
    references = g_variant_get_child_value(reply, 0);
    nodes = collect_nodes(self, link, references);
    recall_a11y_tree_ask_roles(self, link, nodes);
    return nodes;
}

GPtrArray *
recall_a11y_tree_get_children(RecallA11yTree *self, RecallA11yLink *link, const char *path)
{
    g_autoptr(GVariant) reply =
        recall_a11y_link_ask(link, path, RECALL_A11Y_ACCESSIBLE, "GetChildren", NULL, "(a(so))");
    g_autoptr(GVariant) references = NULL;
    GPtrArray *nodes = NULL;

    if (reply == NULL)
        return g_ptr_array_new();
    references = g_variant_get_child_value(reply, 0);
    nodes = collect_nodes(self, link, references);
    recall_a11y_tree_ask_roles(self, link, nodes);
    return nodes;
}

static void
ask_each(RecallA11yTree *tree, RecallA11yLink *link, GPtrArray *nodes, const Question *question)
{
    g_autofree RecallA11yCall *calls = g_new0(RecallA11yCall, nodes->len);

    for (unsigned i = 0; i < nodes->len; i++) {
        const RecallA11yNode *node = nodes->pdata[i];

        calls[i] = (RecallA11yCall){
            .path = node->path, .interface = question->interface, .method = question->method};
        if (question->make_parameters != NULL)
            calls[i].parameters = question->make_parameters();
    }
    recall_a11y_link_ask_all(link, calls, nodes->len);
    for (unsigned i = 0; i < nodes->len; i++) {
        RecallA11yNode *node = nodes->pdata[i];

        node->is_gone = calls[i].reply == NULL;
        if (!node->is_gone && g_variant_is_of_type(calls[i].reply, G_VARIANT_TYPE(question->type)))
            question->take(tree, node, calls[i].reply);
        recall_a11y_call_clear(&calls[i]);
    }
}

static void
take_role(RecallA11yTree *tree, RecallA11yNode *node, GVariant *reply)
{
    uint32_t role = 0;

    g_variant_get(reply, "(u)", &role);
    node->role = role < RECALL_A11Y_N_ROLES ? (RecallA11yRole)role : RECALL_A11Y_ROLE_UNKNOWN;
}

void
recall_a11y_tree_ask_roles(RecallA11yTree *self, RecallA11yLink *link, GPtrArray *nodes)
{
    static const Question question = {RECALL_A11Y_ACCESSIBLE, "GetRole", NULL, "(u)", take_role};
    g_autoptr(GPtrArray) new_ones = g_ptr_array_new();

    for (unsigned i = 0; i < nodes->len; i++) {
        const RecallA11yNode *node = nodes->pdata[i];

        if (node->role == RECALL_A11Y_ROLE_UNKNOWN)
            g_ptr_array_add(new_ones, nodes->pdata[i]);
    }
    ask_each(self, link, new_ones, &question);
}

static GVariant *
make_parent_parameters(void)
{
    return g_variant_new("(ss)", RECALL_A11Y_ACCESSIBLE, "Parent");
}

static void
take_parent(RecallA11yTree *tree, RecallA11yNode *node, GVariant *reply)
{
    g_autoptr(GVariant) value = NULL;
    const char *name = NULL;
    const char *path = NULL;

    g_variant_get(reply, "(v)", &value);
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE("(so)")))
        return;
    g_variant_get(value, "(&s&o)", &name, &path);
    if (!g_str_has_suffix(path, "/null") && !g_str_equal(path, node->path))
        node->parent = recall_a11y_tree_get(tree, path);
}

void
recall_a11y_tree_ask_parents(RecallA11yTree *self, RecallA11yLink *link, GPtrArray *nodes)
{
    static const Question question = {"org.freedesktop.DBus.Properties", "Get",
                                      make_parent_parameters, "(v)", take_parent};
    g_autoptr(GPtrArray) new_ones = g_ptr_array_new();

    for (unsigned i = 0; i < nodes->len; i++) {
        RecallA11yNode *node = nodes->pdata[i];

        if (!node->is_parent_asked)
            g_ptr_array_add(new_ones, node);
        else if (node->parent != NULL)
            recall_a11y_tree_get(self, node->parent->path);
        node->is_parent_asked = TRUE;
    }
    ask_each(self, link, new_ones, &question);
}

static GVariant *
make_screen_parameters(void)
{
    return g_variant_new("(u)", COORDINATES_ON_SCREEN);
}

/* Some toolkits say "nowhere" with -1 or with the smallest integer. */
static BaseRect
parse_box(GVariant *reply)
{
    BaseRect box = {0};

    g_variant_get(reply, "((iiii))", &box.x, &box.y, &box.width, &box.height);
    if (ABS((int64_t)box.x) > COORDINATE_MAX_PX || ABS((int64_t)box.y) > COORDINATE_MAX_PX ||
        box.width <= 0 || box.height <= 0)
        return (BaseRect){0};
    return box;
}

static void
take_box(RecallA11yTree *tree, RecallA11yNode *node, GVariant *reply)
{
    node->box = parse_box(reply);
}

void
recall_a11y_tree_ask_boxes(RecallA11yLink *link, GPtrArray *nodes)
{
    static const Question question = {RECALL_A11Y_COMPONENT, "GetExtents", make_screen_parameters,
                                      "((iiii))", take_box};
    g_autoptr(GPtrArray) new_ones = g_ptr_array_new();

    for (unsigned i = 0; i < nodes->len; i++) {
        const RecallA11yNode *node = nodes->pdata[i];

        if (base_rect_is_empty(&node->box))
            g_ptr_array_add(new_ones, nodes->pdata[i]);
    }
    ask_each(NULL, link, new_ones, &question);
}

static void
take_text(RecallA11yTree *tree, RecallA11yNode *node, GVariant *reply)
{
    g_free(node->text);
    node->text = NULL;
    g_variant_get(reply, "(s)", &node->text);
}

static GVariant *
make_text_parameters(void)
{
    return g_variant_new("(ii)", 0, -1);
}

static GPtrArray *
pick_without_text(GPtrArray *nodes)
{
    GPtrArray *picked = g_ptr_array_new();

    for (unsigned i = 0; i < nodes->len; i++) {
        const RecallA11yNode *node = nodes->pdata[i];

        if (node->text == NULL)
            g_ptr_array_add(picked, nodes->pdata[i]);
    }
    return picked;
}

void
recall_a11y_tree_ask_texts(RecallA11yLink *link, GPtrArray *nodes)
{
    static const Question question = {RECALL_A11Y_TEXT, "GetText", make_text_parameters, "(s)",
                                      take_text};
    g_autoptr(GPtrArray) new_ones = pick_without_text(nodes);

    ask_each(NULL, link, new_ones, &question);
}

static GVariant *
make_name_parameters(void)
{
    return g_variant_new("(ss)", RECALL_A11Y_ACCESSIBLE, "Name");
}

static void
take_name(RecallA11yTree *tree, RecallA11yNode *node, GVariant *reply)
{
    g_autoptr(GVariant) value = NULL;

    g_variant_get(reply, "(v)", &value);
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE_STRING))
        return;
    g_free(node->text);
    node->text = g_variant_dup_string(value, NULL);
}

void
recall_a11y_tree_ask_names(RecallA11yLink *link, GPtrArray *nodes)
{
    static const Question question = {"org.freedesktop.DBus.Properties", "Get",
                                      make_name_parameters, "(v)", take_name};
    g_autoptr(GPtrArray) new_ones = pick_without_text(nodes);

    ask_each(NULL, link, new_ones, &question);
}

BaseRect
recall_a11y_ask_box(RecallA11yLink *link, const char *path)
{
    g_autoptr(GVariant) reply = recall_a11y_link_ask(
        link, path, RECALL_A11Y_COMPONENT, "GetExtents", make_screen_parameters(), "((iiii))");

    return reply == NULL ? (BaseRect){0} : parse_box(reply);
}

uint64_t
recall_a11y_ask_states(RecallA11yLink *link, const char *path)
{
    g_autoptr(GVariant) reply =
        recall_a11y_link_ask(link, path, RECALL_A11Y_ACCESSIBLE, "GetState", NULL, "(au)");
    uint64_t states = 0;

    if (reply != NULL) {
        g_autoptr(GVariant) words = g_variant_get_child_value(reply, 0);

        for (gsize i = 0; i < MIN(g_variant_n_children(words), 2); i++) {
            uint32_t word = 0;

            g_variant_get_child(words, i, "u", &word);
            states |= (uint64_t)word << (32 * i);
        }
    }
    return states;
}
