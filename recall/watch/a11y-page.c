/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-page.h"

#include <xxhash.h>

#define WAIT_MS 80
#define WAIT_MAX_MS 400
#define LARGE_SHARE 10  /* a change of one part in so many of the page is a large one */
#define N_SAME_ENOUGH 3 /* looks after which a page that looks as before is believed */

void
recall_a11y_page_clear(RecallA11yPage *self)
{
    g_clear_pointer(&self->nodes, g_ptr_array_unref);
    g_clear_pointer(&self->own, g_ptr_array_unref);
    self->document = NULL;
}

RecallA11yNode *
recall_a11y_find_document(RecallA11yReading *reading, GPtrArray *nodes)
{
    static const RecallA11yRole roles[] = {RECALL_A11Y_ROLE_DOCUMENT_WEB, RECALL_A11Y_ROLE_UNKNOWN};
    g_autoptr(GPtrArray) documents = recall_a11y_pick(nodes, roles);
    RecallA11yNode *best = NULL;
    int64_t best_area = 0;

    recall_a11y_tree_ask_boxes(reading->link, documents);
    for (unsigned i = 0; i < documents->len; i++) {
        RecallA11yNode *document = documents->pdata[i];
        BaseRect shown = {0};

        if (base_rect_intersect(&document->box, &reading->window->rect, &shown) &&
            (int64_t)shown.width * shown.height > best_area) {
            best_area = (int64_t)shown.width * shown.height;
            best = document;
        }
    }
    return best;
}

/* Which nodes there are, and where the first, the middle and the last of them are. */
static uint64_t
make_digest(RecallA11yReading *reading, const RecallA11yPage *page)
{
    GPtrArray *nodes = page->nodes;
    BaseRect boxes[3] = {0};

    if (nodes->len == 0)
        return 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(boxes); i++) {
        const RecallA11yNode *node = nodes->pdata[i * (nodes->len - 1) / 2];

        boxes[i] = recall_a11y_ask_box(reading->link, node->path);
    }
    return XXH3_64bits_withSeed(nodes->pdata, nodes->len * sizeof(void *),
                                XXH3_64bits(boxes, sizeof(boxes)));
}

static int64_t
get_area(const pixman_region32_t *region)
{
    int n = 0;
    const pixman_box32_t *boxes = pixman_region32_rectangles((pixman_region32_t *)region, &n);
    int64_t area = 0;

    for (int i = 0; i < n; i++)
        area += (int64_t)(boxes[i].x2 - boxes[i].x1) * (boxes[i].y2 - boxes[i].y1);
    return area;
}

/* Whether much of the page changed on the screen: it scrolled, or it is another one. */
static gboolean
is_large_change(const RecallA11yReading *reading, const BaseRect *document)
{
    const BaseRect *window = &reading->window->rect;
    pixman_region32_t changed;
    gboolean is_large = FALSE;

    if (reading->changed == NULL)
        return FALSE; /* nobody says so */
    pixman_region32_init(&changed);
    pixman_region32_intersect_rect(&changed, (pixman_region32_t *)reading->changed,
                                   document->x - window->x, document->y - window->y,
                                   document->width, document->height);
    is_large = get_area(&changed) * LARGE_SHARE > (int64_t)document->width * document->height;
    pixman_region32_fini(&changed);
    return is_large;
}

/* What was seen when this window was last read: the document's path and the digest. */
static char *
describe(const RecallA11yPage *page, uint64_t digest)
{
    return g_strdup_printf("%s %" G_GINT64_MODIFIER "x",
                           page->document == NULL ? "" : page->document->path, digest);
}

static gboolean
is_same_document(const char *before, const RecallA11yPage *page)
{
    g_autofree char *start =
        g_strconcat(page->document == NULL ? "" : page->document->path, " ", NULL);

    return before != NULL && g_str_has_prefix(before, start);
}

/* Returns: (transfer full): what it looks like at last */
static char *
look_until_settled(RecallA11yReading *reading,
                   RecallA11yLook look,
                   const char *before,
                   RecallA11yPage *page)
{
    g_autofree char *last = describe(page, make_digest(reading, page));

    for (unsigned i = 0;
         i < RECALL_A11Y_PAGE_N_LOOKS_MAX && recall_a11y_link_get_error(reading->link) == NULL;
         i++) {
        g_autofree char *now = NULL;
        gboolean is_same = FALSE;

        recall_a11y_link_pause(reading->link, MIN(WAIT_MS << i, WAIT_MAX_MS));
        recall_a11y_page_clear(page);
        look(reading, page);
        now = describe(page, make_digest(reading, page));
        is_same = g_str_equal(now, last);
        g_free(last);
        last = g_steal_pointer(&now);
        if (is_same && page->document != NULL && page->nodes->len > 1 &&
            (g_strcmp0(last, before) != 0 || i + 1 >= N_SAME_ENOUGH))
            break;
    }
    return g_steal_pointer(&last);
}

void
recall_a11y_page_settle(RecallA11yReading *reading, RecallA11yLook look, RecallA11yPage *out_page)
{
    GHashTable *places = reading->memory->places;
    g_autofree char *key = g_strconcat("page:", reading->frame, NULL);
    const char *before = g_hash_table_lookup(places, key);
    char *now = NULL;

    look(reading, out_page);
    if (reading->window->kind != RECALL_WINDOW_NORMAL)
        return;
    if (is_same_document(before, out_page) &&
        (out_page->document == NULL || !is_large_change(reading, &out_page->document->box)))
        return;
    now = look_until_settled(reading, look, before, out_page);
    g_hash_table_insert(places, g_steal_pointer(&key), now);
}
