/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/frames-x11.h"

#define DEPTH_MAX 4        /* steps between a frame and the window in it */
#define N_SEARCHED_MAX 512 /* windows looked at per step of a search */
#define N_CHILDREN_MAX 32  /* of one window; frames have few */

struct RecallFramesX11 {
    const RecallDisplayX11 *display;
    GHashTable *tops;    /* xid of a listed client to the child of the root that holds it */
    GHashTable *found;   /* xid of a child of the root to the client that was searched for in it */
    GHashTable *clients; /* xid of a child of the root to a GArray of its clients */
};

typedef struct {
    uint32_t client_xid;
    uint32_t at_xid; /* on the way up from it */
    xcb_query_tree_cookie_t cookie;
} Climb;

typedef struct {
    uint32_t top_xid;
    uint32_t at_xid; /* on the way down from it */
    xcb_get_property_cookie_t state;
    xcb_query_tree_cookie_t tree;
} Search;

RecallFramesX11 *
recall_frames_x11_new(const RecallDisplayX11 *display)
{
    RecallFramesX11 *self = g_new0(RecallFramesX11, 1);

    self->display = display;
    self->tops = g_hash_table_new(NULL, NULL);
    self->found = g_hash_table_new(NULL, NULL);
    self->clients = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    return self;
}

void
recall_frames_x11_free(RecallFramesX11 *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->tops);
    g_hash_table_unref(self->found);
    g_hash_table_unref(self->clients);
    g_free(self);
}

static uint32_t
get_xid(GHashTable *table, uint32_t xid)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(table, GUINT_TO_POINTER(xid)));
}

static void
put_xid(GHashTable *table, uint32_t xid, uint32_t value)
{
    g_hash_table_insert(table, GUINT_TO_POINTER(xid), GUINT_TO_POINTER(value));
}

static GHashTable *
make_set(const GArray *xids)
{
    GHashTable *set = g_hash_table_new(NULL, NULL);

    for (unsigned i = 0; i < xids->len; i++)
        g_hash_table_add(set, GUINT_TO_POINTER(g_array_index(xids, uint32_t, i)));
    return set;
}

/* Returns: whether it goes on */
static gboolean
climb_step(RecallFramesX11 *self, Climb *climb)
{
    g_autofree xcb_query_tree_reply_t *reply =
        xcb_query_tree_reply(self->display->xcb, climb->cookie, NULL);

    if (reply == NULL || reply->parent == XCB_NONE)
        return FALSE;
    if (reply->parent != self->display->screen->root) {
        climb->at_xid = reply->parent;
        return TRUE;
    }
    put_xid(self->tops, climb->client_xid, climb->at_xid);
    return FALSE;
}

/* All of them one step up at a time. */
static void
climb_all(RecallFramesX11 *self, GArray *climbs)
{
    for (unsigned depth = 0; depth <= DEPTH_MAX && climbs->len > 0; depth++) {
        for (unsigned i = 0; i < climbs->len; i++) {
            Climb *climb = &g_array_index(climbs, Climb, i);

            climb->cookie = xcb_query_tree(self->display->xcb, climb->at_xid);
        }
        for (unsigned i = climbs->len; i-- > 0;) {
            if (!climb_step(self, &g_array_index(climbs, Climb, i)))
                g_array_remove_index_fast(climbs, i);
        }
    }
}

static gboolean
is_gone(void *key, void *value, void *user_data)
{
    return !g_hash_table_contains(user_data, value);
}

static gboolean
is_unlisted(void *key, void *value, void *user_data)
{
    return !g_hash_table_contains(user_data, key);
}

static void
find_tops(RecallFramesX11 *self, const GArray *client_xids)
{
    g_autoptr(GArray) climbs = g_array_new(FALSE, FALSE, sizeof(Climb));

    for (unsigned i = 0; i < client_xids->len; i++) {
        uint32_t xid = g_array_index(client_xids, uint32_t, i);
        Climb climb = {.client_xid = xid, .at_xid = xid};

        if (get_xid(self->tops, xid) == 0)
            g_array_append_val(climbs, climb);
    }
    climb_all(self, climbs);
}

static void
add_client(RecallFramesX11 *self, uint32_t top_xid, uint32_t client_xid)
{
    GArray *clients = g_hash_table_lookup(self->clients, GUINT_TO_POINTER(top_xid));

    if (clients == NULL) {
        clients = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        g_hash_table_insert(self->clients, GUINT_TO_POINTER(top_xid), clients);
    }
    g_array_append_val(clients, client_xid);
}

static void
push_children(GArray *next, uint32_t top_xid, const xcb_query_tree_reply_t *tree)
{
    const xcb_window_t *children = tree != NULL ? xcb_query_tree_children(tree) : NULL;
    int n_children = tree != NULL ? xcb_query_tree_children_length(tree) : 0;

    for (int i = MAX(n_children - N_CHILDREN_MAX, 0); i < n_children; i++) {
        Search search = {.top_xid = top_xid, .at_xid = children[i]};

        if (next->len < N_SEARCHED_MAX)
            g_array_append_val(next, search);
    }
}

static void
search_step(RecallFramesX11 *self, const Search *search, GArray *next)
{
    g_autofree xcb_get_property_reply_t *state =
        xcb_get_property_reply(self->display->xcb, search->state, NULL);
    g_autofree xcb_query_tree_reply_t *tree =
        xcb_query_tree_reply(self->display->xcb, search->tree, NULL);

    if (get_xid(self->found, search->top_xid) != search->top_xid)
        return; /* in a sibling */
    if (state == NULL || state->type == XCB_ATOM_NONE)
        push_children(next, search->top_xid, tree);
    else
        put_xid(self->found, search->top_xid, search->at_xid);
}

/* A managed window carries WM_STATE. Without a list from the window manager that is the mark. */
static void
search_all(RecallFramesX11 *self, GArray *searches)
{
    g_autoptr(GArray) level = g_array_ref(searches);

    for (unsigned depth = 0; depth < DEPTH_MAX && level->len > 0; depth++) {
        g_autoptr(GArray) next = g_array_new(FALSE, FALSE, sizeof(Search));

        for (unsigned i = 0; i < level->len; i++) {
            Search *search = &g_array_index(level, Search, i);
            xcb_atom_t atom = self->display->atoms[RECALL_ATOM_WM_STATE];

            search->state = xcb_get_property(self->display->xcb, FALSE, search->at_xid, atom,
                                             XCB_GET_PROPERTY_TYPE_ANY, 0, 1);
            search->tree = xcb_query_tree(self->display->xcb, search->at_xid);
        }
        for (unsigned i = 0; i < level->len; i++)
            search_step(self, &g_array_index(level, Search, i), next);
        g_array_unref(level);
        level = g_steal_pointer(&next);
    }
}

/* Tops in which no listed client lies: looked into once. */
static void
search_others(RecallFramesX11 *self, const GArray *top_xids)
{
    g_autoptr(GArray) searches = g_array_new(FALSE, FALSE, sizeof(Search));

    for (unsigned i = 0; i < top_xids->len; i++) {
        uint32_t xid = g_array_index(top_xids, uint32_t, i);
        Search search = {.top_xid = xid, .at_xid = xid};

        if (g_hash_table_contains(self->clients, GUINT_TO_POINTER(xid)) ||
            get_xid(self->found, xid) != 0 || searches->len == N_SEARCHED_MAX)
            continue;
        put_xid(self->found, xid, xid);
        g_array_append_val(searches, search);
    }
    search_all(self, searches);
    for (unsigned i = 0; i < top_xids->len; i++) {
        uint32_t xid = g_array_index(top_xids, uint32_t, i);

        if (!g_hash_table_contains(self->clients, GUINT_TO_POINTER(xid)))
            add_client(self, xid, get_xid(self->found, xid) != 0 ? get_xid(self->found, xid) : xid);
    }
}

void
recall_frames_x11_refresh(RecallFramesX11 *self,
                          const GArray *child_xids,
                          const GArray *top_xids,
                          const GArray *client_xids)
{
    g_autoptr(GHashTable) children = make_set(child_xids);
    g_autoptr(GHashTable) tops = make_set(top_xids);
    g_autoptr(GHashTable) listed = make_set(client_xids);

    g_hash_table_foreach_remove(self->tops, is_gone, children);
    g_hash_table_foreach_remove(self->tops, is_unlisted, listed);
    g_hash_table_foreach_remove(self->found, is_unlisted, tops);
    g_hash_table_remove_all(self->clients);
    find_tops(self, client_xids);
    for (unsigned i = 0; i < client_xids->len; i++) {
        uint32_t client_xid = g_array_index(client_xids, uint32_t, i);
        uint32_t top_xid = get_xid(self->tops, client_xid);

        if (top_xid != 0 && g_hash_table_contains(tops, GUINT_TO_POINTER(top_xid)))
            add_client(self, top_xid, client_xid);
    }
    search_others(self, top_xids);
}

const GArray *
recall_frames_x11_get_clients(const RecallFramesX11 *self, uint32_t top_xid)
{
    return g_hash_table_lookup(self->clients, GUINT_TO_POINTER(top_xid));
}

static gboolean
names_xid(void *key, void *value, void *user_data)
{
    return key == user_data || value == user_data;
}

void
recall_frames_x11_forget(RecallFramesX11 *self, uint32_t xid)
{
    g_hash_table_foreach_remove(self->tops, names_xid, GUINT_TO_POINTER(xid));
    g_hash_table_foreach_remove(self->found, names_xid, GUINT_TO_POINTER(xid));
}
