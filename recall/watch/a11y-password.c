/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-password.h"

#include "recall/watch/region.h"

#define MARGIN_PX 2       /* frames of fields belong to them */
#define N_MISSED_ENOUGH 3 /* readings without it after which another may have its place */

typedef struct {
    uint32_t xid;
    char *path;
    BaseRect box; /* root pixels */
    unsigned n_missed;
    gboolean is_new_look; /* most of it changed when it was told last, or after that */
} Place;

struct RecallA11yPasswords {
    GPtrArray *places; /* of Place */
};

static void
free_place(void *data)
{
    g_free(((Place *)data)->path);
    g_free(data);
}

RecallA11yPasswords *
recall_a11y_passwords_new(void)
{
    RecallA11yPasswords *self = g_new0(RecallA11yPasswords, 1);

    self->places = g_ptr_array_new_with_free_func(free_place);
    return self;
}

void
recall_a11y_passwords_free(RecallA11yPasswords *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->places);
    g_free(self);
}

static int64_t
get_area(const BaseRect *rect)
{
    return (int64_t)rect->width * rect->height;
}

/* Two fields at one place: each holds most of the other. */
static gboolean
is_same_place(const BaseRect *a, const BaseRect *b)
{
    BaseRect both = {0};

    return base_rect_intersect(a, b, &both) && get_area(&both) * 2 >= MAX(get_area(a), get_area(b));
}

static Place *
find_place(const RecallA11yPasswords *self, uint32_t xid, const RecallA11yNode *node)
{
    for (unsigned i = 0; i < self->places->len; i++) {
        Place *place = self->places->pdata[i];

        if (g_str_equal(place->path, node->path) ||
            (place->xid == xid && place->n_missed < N_MISSED_ENOUGH &&
             is_same_place(&place->box, &node->box)))
            return place;
    }
    return NULL;
}

static gboolean
is_entry(RecallA11yRole role)
{
    return role == RECALL_A11Y_ROLE_ENTRY || role == RECALL_A11Y_ROLE_TEXT ||
           role == RECALL_A11Y_ROLE_AUTOCOMPLETE || role == RECALL_A11Y_ROLE_SPIN_BUTTON;
}

/* A role is asked once, but an entry may become a password field. */
static void
ask_again(RecallA11yReading *reading, GPtrArray *nodes)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new();

    for (unsigned i = 0; i < nodes->len; i++) {
        RecallA11yNode *node = nodes->pdata[i];

        if (is_entry(node->role) && !node->is_kept) {
            node->role = RECALL_A11Y_ROLE_UNKNOWN;
            g_ptr_array_add(entries, node);
        }
    }
    if (entries->len > 0)
        recall_a11y_tree_ask_roles(reading->memory->tree, reading->link, entries);
}

static BaseRect
get_window_box(const RecallA11yReading *reading, const BaseRect *box)
{
    const BaseRect *window = &reading->window->rect;

    return (BaseRect){box->x - window->x - MARGIN_PX, box->y - window->y - MARGIN_PX,
                      box->width + 2 * MARGIN_PX, box->height + 2 * MARGIN_PX};
}

/* Whether most of @box, root pixels, looks otherwise than at the reading before. */
static gboolean
has_new_look(const RecallA11yReading *reading, const BaseRect *box)
{
    BaseRect place = get_window_box(reading, box);

    if (reading->changed == NULL)
        return TRUE;
    return recall_region_area_in_px(reading->changed, &place) * 2 > get_area(&place);
}

static void
remember(RecallA11yPasswords *self, const RecallA11yReading *reading, const RecallA11yNode *node)
{
    uint32_t xid = reading->window->xid;
    Place *place = find_place(self, xid, node);

    if (place == NULL) {
        place = g_new0(Place, 1);
        if (self->places->len >= RECALL_A11Y_N_PASSWORDS_MAX)
            g_ptr_array_remove_index(self->places, 0);
        g_ptr_array_add(self->places, place);
    }
    g_free(place->path);
    place->path = g_strdup(node->path);
    place->xid = xid;
    place->box = node->box;
    place->n_missed = 0;
    place->is_new_look = has_new_look(reading, &place->box);
}

void
recall_a11y_passwords_find(RecallA11yReading *reading, GPtrArray *nodes)
{
    RecallA11yPasswords *self = reading->memory->passwords;
    uint32_t xid = reading->window->xid;

    ask_again(reading, nodes);
    for (unsigned i = 0; i < self->places->len; i++) {
        Place *place = self->places->pdata[i];

        if (place->xid != xid)
            continue;
        place->n_missed++;
        place->is_new_look |= has_new_look(reading, &place->box);
    }
    for (unsigned i = 0; i < nodes->len; i++) {
        const RecallA11yNode *node = nodes->pdata[i];

        if (node->role == RECALL_A11Y_ROLE_PASSWORD_TEXT ||
            (is_entry(node->role) && find_place(self, xid, node) != NULL))
            remember(self, reading, node);
    }
}

/* What stands beside the field may reach into its margin. */
static gboolean
is_spoken_for(const RecallText *text, const BaseRect *box)
{
    for (unsigned i = 0; i < text->runs->len; i++) {
        const BaseRect *told = &((const RecallRun *)text->runs->pdata[i])->box;
        BaseRect common;

        if (base_rect_intersect(box, told, &common) && common.width > 2 * MARGIN_PX &&
            common.height * 2 >= told->height)
            return TRUE;
    }
    return FALSE;
}

/* A place without its field stays hidden for a while: the field may be on its way to another
 * object, or the tree may be late; not when its pixels changed, and other text is told of them. */
static gboolean
is_hidden(const RecallA11yReading *reading, const Place *place, const BaseRect *box)
{
    if (place->xid != reading->window->xid || place->n_missed >= N_MISSED_ENOUGH ||
        base_rect_is_empty(&place->box))
        return FALSE;
    return place->n_missed == 0 || !place->is_new_look || !is_spoken_for(reading->text, box);
}

void
recall_a11y_passwords_hide(RecallA11yReading *reading)
{
    const RecallA11yPasswords *self = reading->memory->passwords;

    for (unsigned i = 0; i < self->places->len; i++) {
        const Place *place = self->places->pdata[i];
        BaseRect box = get_window_box(reading, &place->box);

        if (!is_hidden(reading, place, &box))
            continue;
        recall_a11y_reading_cover_box(reading, &place->box);
        pixman_region32_union_rect(&reading->text->secret, &reading->text->secret, box.x, box.y,
                                   (unsigned)box.width, (unsigned)box.height);
    }
}
