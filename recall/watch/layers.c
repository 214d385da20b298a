/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/layers.h"

#include "recall/watch/under.h"

#include <string.h>

#define AROUND_X_PX 240 /* what lies above others is larger than its words */
#define AROUND_Y_PX 48  /* two lines of text */

/* Where words lie across each other. */
typedef struct {
    BaseRect area;
    GPtrArray *told;  /* of RecallRun: those in it */
    GArray *under;    /* of RecallUnderWord: those that are not shown; NULL: none */
    gboolean is_open; /* it is not known yet */
} Place;

struct RecallLayers {
    GPtrArray *told;   /* of RecallRun */
    GPtrArray *places; /* of Place */
    pixman_region32_t wanted;
};

static GPtrArray *
new_runs(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
}

static Place *
new_place(const BaseRect *area)
{
    Place *self = g_new0(Place, 1);

    self->area = *area;
    self->told = new_runs();
    self->is_open = TRUE;
    return self;
}

static void
free_place(Place *self)
{
    g_ptr_array_unref(self->told);
    g_clear_pointer(&self->under, g_array_unref);
    g_free(self);
}

static GPtrArray *
new_places(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)free_place);
}

RecallLayers *
recall_layers_new(void)
{
    RecallLayers *self = g_new0(RecallLayers, 1);

    self->told = new_runs();
    self->places = new_places();
    pixman_region32_init(&self->wanted);
    return self;
}

void
recall_layers_free(RecallLayers *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->told);
    g_ptr_array_unref(self->places);
    pixman_region32_fini(&self->wanted);
    g_free(self);
}

/* --- where words lie across each other --- */

static gboolean
is_same_text(const RecallRun *a,
             const ProtocolSpan *word,
             const RecallRun *b,
             const ProtocolSpan *other)
{
    return word->length_bytes == other->length_bytes &&
           memcmp(a->text + word->start_bytes, b->text + other->start_bytes, word->length_bytes) ==
               0;
}

/* @area becomes one with those that it meets. */
static void
add_area(GPtrArray *places, BaseRect area)
{
    for (unsigned i = 0; i < places->len;) {
        const Place *place = places->pdata[i];

        if (!base_rect_intersect(&place->area, &area, NULL)) {
            i++;
            continue;
        }
        base_rect_union(&place->area, &area, &area);
        g_ptr_array_remove_index(places, i);
        i = 0;
    }
    if (places->len < RECALL_LAYERS_N_PLACES_MAX)
        g_ptr_array_add(places, new_place(&area));
}

static BaseRect
around(const BaseRect *words)
{
    return (BaseRect){words->x - AROUND_X_PX, words->y - AROUND_Y_PX,
                      words->width + 2 * AROUND_X_PX, words->height + 2 * AROUND_Y_PX};
}

static void
compare_words(GPtrArray *places, const RecallRun *a, const RecallRun *b)
{
    for (unsigned i = 0; i < a->words->len; i++) {
        const ProtocolSpan *word = &g_array_index(a->words, ProtocolSpan, i);
        BaseRect core = recall_under_get_core(&word->box);

        for (unsigned k = 0; k < b->words->len; k++) {
            const ProtocolSpan *other = &g_array_index(b->words, ProtocolSpan, k);
            BaseRect other_core = recall_under_get_core(&other->box);

            if (!base_rect_intersect(&core, &other_core, NULL) || is_same_text(a, word, b, other))
                continue;
            base_rect_union(&word->box, &other->box, &core);
            add_area(places, around(&core));
            core = recall_under_get_core(&word->box);
        }
    }
}

static int
compare_tops(const void *a, const void *b)
{
    return (*(RecallRun *const *)a)->box.y - (*(RecallRun *const *)b)->box.y;
}

/* Returns: of Place: all still open */
static GPtrArray *
find_places(const GPtrArray *told)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    GPtrArray *places = new_places();
    unsigned n_pairs = 0;

    g_ptr_array_extend(sorted, (GPtrArray *)told, NULL, NULL);
    g_ptr_array_sort(sorted, compare_tops);
    for (unsigned i = 0; i < sorted->len; i++) {
        const RecallRun *run = sorted->pdata[i];

        for (unsigned k = i + 1; k < sorted->len; k++) {
            const RecallRun *other = sorted->pdata[k];

            if (other->box.y >= run->box.y + run->box.height)
                break;
            if (base_rect_intersect(&run->box, &other->box, NULL) &&
                n_pairs++ < RECALL_LAYERS_N_PAIRS_MAX)
                compare_words(places, run, other);
        }
    }
    return places;
}

/* --- what is known of them --- */

static gboolean
is_same(const RecallRun *a, const RecallRun *b)
{
    return base_rect_equal(&a->box, &b->box) && g_str_equal(a->text, b->text);
}

static gboolean
is_same_place(const Place *a, const Place *b)
{
    if (!base_rect_equal(&a->area, &b->area) || a->told->len != b->told->len)
        return FALSE;
    for (unsigned i = 0; i < a->told->len; i++) {
        if (!is_same(a->told->pdata[i], b->told->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

static void
take_over(Place *place, const GPtrArray *known)
{
    for (unsigned i = 0; i < known->len; i++) {
        const Place *before = known->pdata[i];

        if (before->is_open || !is_same_place(place, before))
            continue;
        place->under = before->under != NULL ? g_array_ref(before->under) : NULL;
        place->is_open = FALSE;
        return;
    }
}

static gboolean
touches(const pixman_region32_t *region, const BaseRect *rect)
{
    pixman_box32_t box = {rect->x, rect->y, rect->x + rect->width, rect->y + rect->height};

    return pixman_region32_contains_rectangle((pixman_region32_t *)region, &box) !=
           PIXMAN_REGION_OUT;
}

static void
find_wanted(RecallLayers *self)
{
    pixman_region32_clear(&self->wanted);
    for (unsigned i = 0; i < self->places->len; i++) {
        const Place *place = self->places->pdata[i];

        if (place->is_open)
            pixman_region32_union_rect(&self->wanted, &self->wanted, place->area.x, place->area.y,
                                       (unsigned)place->area.width, (unsigned)place->area.height);
    }
}

static void
add_touching(GPtrArray *runs, const BaseRect *area, GPtrArray *touching)
{
    for (unsigned i = 0; i < runs->len; i++) {
        if (base_rect_intersect(&((RecallRun *)runs->pdata[i])->box, area, NULL))
            g_ptr_array_add(touching, recall_run_ref(runs->pdata[i]));
    }
}

void
recall_layers_begin(RecallLayers *self, const GPtrArray *told, const pixman_region32_t *changed)
{
    g_autoptr(GPtrArray) known = g_steal_pointer(&self->places);

    g_ptr_array_set_size(self->told, 0);
    for (unsigned i = 0; i < told->len; i++)
        g_ptr_array_add(self->told, recall_run_ref(told->pdata[i]));
    self->places = find_places(told);
    for (unsigned i = 0; i < self->places->len; i++) {
        Place *place = self->places->pdata[i];

        add_touching(self->told, &place->area, place->told);
        if (!touches(changed, &place->area))
            take_over(place, known);
    }
    find_wanted(self);
}

const pixman_region32_t *
recall_layers_get_wanted(const RecallLayers *self)
{
    return &self->wanted;
}

/* --- which are shown --- */

void
recall_layers_take(RecallLayers *self,
                   RecallFrame *frame,
                   const GPtrArray *read,
                   const pixman_region32_t *left)
{
    for (unsigned i = 0; i < self->places->len; i++) {
        Place *place = self->places->pdata[i];

        if (!place->is_open || (read != NULL && touches(left, &place->area)))
            continue;
        if (read != NULL)
            place->under = recall_under_find(self->told, &place->area, frame, read);
        place->is_open = FALSE;
    }
    find_wanted(self);
}

/* --- what is left --- */

static gboolean
is_hidden_in(const Place *place, const RecallRun *told, const BaseRect *box)
{
    if (place->is_open)
        return base_rect_has_centre(&place->area, box);
    for (unsigned i = 0; place->under != NULL && i < place->under->len; i++) {
        const RecallUnderWord *word = &g_array_index(place->under, RecallUnderWord, i);

        if (base_rect_has_centre(&word->box, box) && is_same(word->run, told))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_hidden(const RecallLayers *self, const RecallRun *told, const BaseRect *box)
{
    for (unsigned i = 0; i < self->places->len; i++) {
        if (is_hidden_in(self->places->pdata[i], told, box))
            return TRUE;
    }
    return FALSE;
}

/* The words of @run from @first until @end, as a run of their own. */
static RecallRun *
dup_part(const RecallRun *run, unsigned first, unsigned end)
{
    const ProtocolSpan *words = (const ProtocolSpan *)(void *)run->words->data;
    uint32_t start = words[first].start_bytes;
    uint32_t length = words[end - 1].start_bytes + words[end - 1].length_bytes - start;
    RecallRun *part =
        recall_run_new(g_strndup(run->text + start, length), &words[first].box, run->source);

    part->hides_beginning = run->hides_beginning;
    g_array_append_vals(part->words, words + first, end - first);
    for (unsigned i = 0; i < part->words->len; i++) {
        ProtocolSpan *word = &g_array_index(part->words, ProtocolSpan, i);

        word->start_bytes -= start;
        base_rect_union(&part->box, &word->box, &part->box);
    }
    return part;
}

static void
add_shown(const RecallLayers *self, const RecallRun *told, RecallRun *masked, GPtrArray *shown)
{
    unsigned first = 0;
    unsigned n = masked->words->len;

    for (unsigned i = 0; i < n; i++) {
        if (!is_hidden(self, told, &g_array_index(masked->words, ProtocolSpan, i).box))
            continue;
        if (i > first)
            g_ptr_array_add(shown, dup_part(masked, first, i));
        first = i + 1;
    }
    if (first == 0)
        g_ptr_array_add(shown, recall_run_ref(masked));
    else if (first < n)
        g_ptr_array_add(shown, dup_part(masked, first, n));
}

GPtrArray *
recall_layers_dup_shown(const RecallLayers *self, const GPtrArray *told, const GPtrArray *masked)
{
    GPtrArray *shown = new_runs();

    for (unsigned i = 0; i < masked->len; i++) {
        RecallRun *run = masked->pdata[i];

        if (run->source == PROTOCOL_SOURCE_ACCESSIBLE && self->places->len > 0)
            add_shown(self, told->pdata[i], run, shown);
        else
            g_ptr_array_add(shown, recall_run_ref(run));
    }
    return shown;
}
