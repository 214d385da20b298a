/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-page.h"

#include "recall/watch/region.h"

#define WAIT_MS 80
#define WAIT_STEP_MS 40 /* each look waits longer */
#define WAIT_MAX_MS 400
#define LARGE_SHARE 10 /* a change of one part in so many of the page is a large one */
#define N_SPOTS 8
#define N_NODES_NOISE 2 /* that come and go with the focus */

/* Chromium's tree follows a scroll 230 to 300 ms after the pixels, and until then stands as still
 * as one that is right (measured): one that did not move under our eyes is believed only after it.
 */
#define BELIEVED_MS 340

/* How the page stood when this window was last read. */
struct RecallA11yPageView {
    char *document; /* path, empty when there was no page */
    unsigned n_nodes;
    unsigned n_spots;
    char *paths[N_SPOTS]; /* of nodes spread over all */
    BaseRect boxes[N_SPOTS];
};

void
recall_a11y_page_view_free(RecallA11yPageView *self)
{
    if (self == NULL)
        return;
    g_free(self->document);
    for (unsigned i = 0; i < self->n_spots; i++)
        g_free(self->paths[i]);
    g_free(self);
}

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

static const char *
get_document_path(const RecallA11yPage *page)
{
    return page->document == NULL ? "" : page->document->path;
}

static RecallA11yPageView *
note_view(RecallA11yReading *reading, const RecallA11yPage *page)
{
    RecallA11yPageView *view = g_new0(RecallA11yPageView, 1);
    unsigned n_nodes = page->nodes->len;

    view->document = g_strdup(get_document_path(page));
    view->n_nodes = n_nodes;
    view->n_spots = MIN(n_nodes, N_SPOTS);
    for (unsigned i = 0; i < view->n_spots; i++) {
        const RecallA11yNode *node = page->nodes->pdata[(n_nodes - 1) * i / (N_SPOTS - 1)];

        view->paths[i] = g_strdup(node->path);
        view->boxes[i] = recall_a11y_ask_box(reading->link, node->path);
    }
    return view;
}

static gboolean
is_same_document(const RecallA11yPageView *view, const RecallA11yPage *page)
{
    return view != NULL && g_str_equal(view->document, get_document_path(page));
}

/* Whether whatever was noted stands where it stood. */
static gboolean
is_at_rest(const RecallA11yPageView *view, RecallA11yReading *reading, const RecallA11yPage *page)
{
    if (!is_same_document(view, page) || view->n_nodes != page->nodes->len)
        return FALSE;
    for (unsigned i = 0; i < view->n_spots; i++) {
        BaseRect box = recall_a11y_ask_box(reading->link, view->paths[i]);

        if (!base_rect_equal(&view->boxes[i], &box))
            return FALSE;
    }
    return TRUE;
}

/* Another page, or one with more or less on it than before; @before: (nullable) */
static gboolean
has_other_content(const RecallA11yPageView *before, const RecallA11yPage *page)
{
    return !is_same_document(before, page) ||
           ABS((int)before->n_nodes - (int)page->nodes->len) > N_NODES_NOISE;
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
    is_large =
        recall_region_area_px(&changed) * LARGE_SHARE > (int64_t)document->width * document->height;
    pixman_region32_fini(&changed);
    return is_large;
}

/* Returns: (transfer full): how it stands at last */
static RecallA11yPageView *
look_until_settled(RecallA11yReading *reading,
                   RecallA11yLook look,
                   const RecallA11yPageView *before,
                   RecallA11yPage *page)
{
    RecallA11yPageView *last = note_view(reading, page);
    gboolean has_moved = FALSE;
    unsigned waited_ms = 0;

    for (unsigned i = 0;
         i < RECALL_A11Y_PAGE_N_LOOKS_MAX && recall_a11y_link_get_error(reading->link) == NULL;
         i++) {
        unsigned wait_ms = MIN(WAIT_MS + i * WAIT_STEP_MS, WAIT_MAX_MS);
        gboolean is_still = FALSE;

        recall_a11y_link_pause(reading->link, wait_ms);
        waited_ms += wait_ms;
        recall_a11y_page_clear(page);
        look(reading, page);
        is_still = is_at_rest(last, reading, page);
        has_moved |= !is_still;
        recall_a11y_page_view_free(last);
        last = note_view(reading, page);
        if (is_still && page->document != NULL && page->nodes->len > 1 &&
            (has_moved || waited_ms >= BELIEVED_MS || has_other_content(before, page)))
            break;
    }
    return last;
}

void
recall_a11y_page_settle(RecallA11yReading *reading, RecallA11yLook look, RecallA11yPage *out_page)
{
    GHashTable *pages = reading->memory->pages;
    const RecallA11yPageView *before = g_hash_table_lookup(pages, reading->frame);

    look(reading, out_page);
    if (reading->window->kind != RECALL_WINDOW_NORMAL)
        return;
    if (is_same_document(before, out_page) &&
        (out_page->document == NULL || !is_large_change(reading, &out_page->document->box)))
        return;
    g_hash_table_insert(pages, g_strdup(reading->frame),
                        look_until_settled(reading, look, before, out_page));
}
