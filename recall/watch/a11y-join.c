/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-join.h"

#include "recall/watch/bidi.h"

#include <string.h>

#define GAP_MAX_PX 1 /* a space of the smallest letters is wider */
#define OVERLAP_MAX_PX 3
#define RAISED_SHARE 5  /* of a line's height: what stands higher by that is raised */
#define NARROW 9        /* a line is at most so many times as high as a letter is wide, */
#define WIDE 4          /* and a letter of CJK so many times as wide */
#define LINKS_N_MAX 256 /* runs that become one */

static int
get_right(const BaseRect *box)
{
    return box->x + box->width;
}

static int
get_bottom(const BaseRect *box)
{
    return box->y + box->height;
}

/* Text that goes down the screen has columns that touch. */
static gboolean
is_upright(const RecallRun *run)
{
    int64_t n_letters = 0;

    for (const char *at = run->text; *at != '\0'; at = g_utf8_next_char(at))
        n_letters += recall_text_is_cjk(g_utf8_get_char(at)) ? WIDE : 1;
    return n_letters * run->box.height <= (int64_t)NARROW * run->box.width;
}

static gboolean
is_candidate(const RecallRun *run)
{
    return run->context == NULL && !run->is_cell && run->words->len > 0 && is_upright(run);
}

static int
get_overlap_px(const BaseRect *a, const BaseRect *b)
{
    return MIN(get_bottom(a), get_bottom(b)) - MAX(a->y, b->y);
}

static gboolean
is_in_line(const BaseRect *a, const BaseRect *b)
{
    return 2 * get_overlap_px(a, b) > MIN(a->height, b->height);
}

static gboolean
is_figure(const RecallRun *run)
{
    const char *at = run->text;

    while (g_ascii_isdigit(*at))
        at++;
    return *at == '\0';
}

static gunichar
get_first(const RecallRun *run)
{
    return g_utf8_get_char(run->text);
}

static gunichar
get_last(const RecallRun *run)
{
    return g_utf8_get_char(g_utf8_prev_char(run->text + strlen(run->text)));
}

static gboolean
is_raised(const RecallRun *run, const RecallRun *base)
{
    return RAISED_SHARE * (get_bottom(&base->box) - get_bottom(&run->box)) >= base->box.height;
}

static gboolean
is_note(const RecallRun *left, const RecallRun *right)
{
    return (is_figure(right) && is_raised(right, left) && g_unichar_isalpha(get_last(left))) ||
           (is_figure(left) && is_raised(left, right) && g_unichar_isalpha(get_first(right)));
}

static gboolean
touches(const RecallRun *left, const RecallRun *right)
{
    int gap = right->box.x - get_right(&left->box);

    return gap <= GAP_MAX_PX && gap >= -OVERLAP_MAX_PX && right->box.x > left->box.x &&
           is_in_line(&left->box, &right->box) && !is_note(left, right);
}

static gboolean
is_from_right(gunichar c)
{
    return recall_bidi_get_direction(c) == RECALL_BIDI_RIGHT;
}

static gboolean
has_cjk_joint(const RecallRun *first, const RecallRun *second)
{
    return recall_text_is_cjk(get_last(first)) != recall_text_is_cjk(get_first(second));
}

/* The last word of @first goes on as the first one of @second; one of CJK beside one of letters
 * are two. Takes what @second holds. */
static void
append_run(RecallRun *first, const RecallRun *second)
{
    uint32_t shift = strlen(first->text);
    char *text = g_strconcat(first->text, second->text, NULL);
    gboolean are_two = has_cjk_joint(first, second);

    for (unsigned i = 0; i < second->words->len; i++) {
        ProtocolSpan word = g_array_index(second->words, ProtocolSpan, i);
        ProtocolSpan *last = &g_array_index(first->words, ProtocolSpan, first->words->len - 1);

        if (i == 0 && !are_two) {
            last->length_bytes += word.length_bytes;
            base_rect_union(&last->box, &word.box, &last->box);
        } else {
            word.start_bytes += shift;
            g_array_append_val(first->words, word);
        }
    }
    base_rect_union(&first->box, &second->box, &first->box);
    g_free(first->text);
    first->text = text;
}

static int
compare_lefts(const void *a, const void *b)
{
    const RecallRun *const *one = a;
    const RecallRun *const *other = b;

    return (*one)->box.x - (*other)->box.x;
}

static GPtrArray *
sort_candidates(const RecallText *self)
{
    GPtrArray *sorted = g_ptr_array_new();

    for (unsigned i = 0; i < self->runs->len; i++) {
        if (is_candidate(self->runs->pdata[i]))
            g_ptr_array_add(sorted, self->runs->pdata[i]);
    }
    g_ptr_array_sort(sorted, compare_lefts);
    return sorted;
}

/* The first of @sorted, from @from on, that begins at @left_px or behind it. */
static unsigned
find_left(const GPtrArray *sorted, unsigned from, int left_px)
{
    unsigned to = sorted->len;

    while (from < to) {
        unsigned middle = from + (to - from) / 2;

        if (((const RecallRun *)sorted->pdata[middle])->box.x < left_px)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* What goes on where @run ends: the highest, as beside a large initial. NULL: nothing */
static RecallRun *
find_next(const GPtrArray *sorted, unsigned from, const RecallRun *run, GHashTable *taken)
{
    int right = get_right(&run->box);
    RecallRun *next = NULL;

    for (unsigned i = find_left(sorted, from, right - OVERLAP_MAX_PX); i < sorted->len; i++) {
        RecallRun *other = sorted->pdata[i];

        if (other->box.x > right + GAP_MAX_PX)
            break;
        if (touches(run, other) && !g_hash_table_contains(taken, other) &&
            (next == NULL || other->box.y < next->box.y))
            next = other;
    }
    return next;
}

static RecallRun *
join_two(RecallRun *left, RecallRun *right, GHashTable *gone)
{
    gboolean is_turned = is_from_right(get_first(left)) && is_from_right(get_last(right));
    RecallRun *first = is_turned ? right : left;
    RecallRun *second = is_turned ? left : right;

    append_run(first, second);
    g_hash_table_add(gone, second);
    return first;
}

static gboolean
has_room_for(const RecallRun *run, const RecallRun *next)
{
    return strlen(run->text) + strlen(next->text) <= RECALL_RUN_MAX_BYTES;
}

/* Joins the runs of a row to the first of them. @next: run to the one that goes on */
static void
join_row(RecallRun *run, GHashTable *next, GHashTable *gone)
{
    RecallRun *right = g_hash_table_lookup(next, run);

    for (unsigned i = 0; right != NULL && i < LINKS_N_MAX && has_room_for(run, right); i++) {
        RecallRun *after = g_hash_table_lookup(next, right);

        run = join_two(run, right, gone);
        right = after;
    }
}

static void
drop_runs(RecallText *self, GHashTable *gone)
{
    GPtrArray *kept = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);

    for (unsigned i = 0; i < self->runs->len; i++) {
        if (!g_hash_table_contains(gone, self->runs->pdata[i]))
            g_ptr_array_add(kept, recall_run_ref(self->runs->pdata[i]));
    }
    g_ptr_array_unref(self->runs);
    self->runs = kept;
}

void
recall_a11y_join(RecallText *self)
{
    g_autoptr(GPtrArray) sorted = sort_candidates(self);
    g_autoptr(GHashTable) next = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) gone = g_hash_table_new(NULL, NULL);

    for (unsigned i = 0; i < sorted->len; i++) {
        RecallRun *run = sorted->pdata[i];
        RecallRun *other = find_next(sorted, i, run, taken);

        if (other != NULL) {
            g_hash_table_insert(next, run, other);
            g_hash_table_add(taken, other);
        }
    }
    for (unsigned i = 0; i < sorted->len; i++) {
        if (!g_hash_table_contains(taken, sorted->pdata[i]))
            join_row(sorted->pdata[i], next, gone);
    }
    if (g_hash_table_size(gone) > 0)
        drop_runs(self, gone);
}
