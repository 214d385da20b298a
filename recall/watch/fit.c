/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/fit.h"

#include <string.h>

#define SCALE_MAX 1.6    /* in a room with more ink than that other things stand, too */
#define HEIGHTS_TO_GAP 5 /* a space is at least that part of the room's height wide */
#define REACH_SHARE 3    /* how far a word's guessed end may be off, of its width */

/* What stands out in a room; columns from its left. */
typedef struct {
    gboolean *columns;
    int width_px;
    int start; /* of all that stands out */
    int end;
    int gap_px;   /* two words are so far apart */
    int reach_px; /* the least that a guessed end may be off */
} Ink;

/* Words that no space parts, from left to right: [first, end). */
typedef struct {
    ProtocolSpan **words;
    unsigned first;
    unsigned end;
} Chunk;

static gboolean
find_ink(RecallFrame *frame, const BaseRect *room, Ink *ink)
{
    ink->width_px = room->width;
    ink->columns = g_new0(gboolean, (gsize)room->width);
    if (!recall_frame_find_ink(frame, room, ink->columns))
        return FALSE;
    while (ink->start < room->width && !ink->columns[ink->start])
        ink->start++;
    for (int x = ink->start; x < room->width; x++) {
        if (ink->columns[x])
            ink->end = x + 1;
    }
    ink->gap_px = (room->height + HEIGHTS_TO_GAP - 1) / HEIGHTS_TO_GAP;
    ink->reach_px = room->height;
    return ink->end > ink->start;
}

static gboolean
is_word_end(const Ink *ink, int x)
{
    if (x <= 0 || x > ink->end || !ink->columns[x - 1])
        return FALSE;
    for (int after = x; after < MIN(x + ink->gap_px, ink->width_px); after++) {
        if (ink->columns[after])
            return FALSE;
    }
    return TRUE;
}

/* The end of a word that is nearest to @guess; @guess itself where none is near. */
static int
find_word_end(const Ink *ink, int start, int guess)
{
    int reach = MAX(ink->reach_px, (guess - start) / REACH_SHARE);

    for (int off = 0; off <= reach; off++) {
        if (is_word_end(ink, guess + off))
            return guess + off;
        if (guess - off > start && is_word_end(ink, guess - off))
            return guess - off;
    }
    return guess;
}

static int
get_right(const ProtocolSpan *word)
{
    return word->box.x + word->box.width;
}

static unsigned
find_chunk_end(ProtocolSpan **words, unsigned first, unsigned n)
{
    unsigned end = first + 1;

    while (end < n && words[end]->box.x <= get_right(words[end - 1]))
        end++;
    return end;
}

/* Spreads the words of a chunk over [left, right) as they were guessed. */
static void
move_chunk(const Chunk *chunk, int left, int right)
{
    int from = chunk->words[chunk->first]->box.x;
    int width = get_right(chunk->words[chunk->end - 1]) - from;

    for (unsigned i = chunk->first; i < chunk->end; i++) {
        BaseRect *box = &chunk->words[i]->box;
        int start = (int)((int64_t)(box->x - from) * (right - left) / width);
        int end = (int)((int64_t)(box->x + box->width - from) * (right - left) / width);

        box->x = left + start;
        box->width = MAX(end - start, 1);
    }
}

/* Words behind those of @run are not shown as a whole: a part of them may stand there. */
static gboolean
is_cut(const RecallRun *run)
{
    return run->context != NULL && run->context_start + strlen(run->text) < strlen(run->context);
}

static double
get_scale(const RecallRun *run, int inked_px, int guessed_px)
{
    double scale = (double)inked_px / guessed_px;

    return scale > SCALE_MAX || is_cut(run) ? 1 : scale;
}

/* @words: of @run, from left to right. Returns: FALSE when there is less than all of them */
static gboolean
move_words(RecallRun *run, ProtocolSpan **words, const Ink *ink)
{
    unsigned n = run->words->len;
    int guessed_end = get_right(words[n - 1]);
    int at = ink->start;

    for (unsigned i = 0; i < n;) {
        Chunk chunk = {words, i, find_chunk_end(words, i, n)};
        int left = words[i]->box.x;
        int width = get_right(words[chunk.end - 1]) - left;
        int space = chunk.end < n ? words[chunk.end]->box.x - left - width : 0;
        double scale = get_scale(run, ink->end - at, guessed_end - left);
        int end = MIN(find_word_end(ink, at, at + (int)(width * scale + 0.5)), ink->end);

        if (at >= ink->end)
            return FALSE;
        move_chunk(&chunk, run->room.x + at, run->room.x + end);
        at = is_word_end(ink, end) ? end : end + (int)(space * scale);
        while (at < ink->end && !ink->columns[at])
            at++;
        i = chunk.end;
    }
    return TRUE;
}

static int
compare_left(const void *a, const void *b)
{
    const ProtocolSpan *left = *(ProtocolSpan *const *)a;
    const ProtocolSpan *right = *(ProtocolSpan *const *)b;

    return left->box.x - right->box.x;
}

static gboolean
fit(RecallRun *run, const Ink *ink)
{
    unsigned n = run->words->len;
    g_autofree ProtocolSpan **words = g_new(ProtocolSpan *, n + 1);

    for (unsigned i = 0; i < n; i++)
        words[i] = &g_array_index(run->words, ProtocolSpan, i);
    qsort(words, n, sizeof(ProtocolSpan *), compare_left);
    if (n == 0 || !move_words(run, words, ink))
        return FALSE;
    run->box.x = words[0]->box.x;
    run->box.width = get_right(words[n - 1]) - run->box.x;
    return TRUE;
}

static RecallRun *
dup_run(const RecallRun *run)
{
    RecallRun *copy = recall_run_new(g_strdup(run->text), &run->box, run->source);

    g_array_append_vals(copy->words, run->words->data, run->words->len);
    copy->hides_beginning = run->hides_beginning;
    copy->context = g_strdup(run->context);
    copy->context_start = run->context_start;
    copy->is_cell = run->is_cell;
    copy->room = run->room;
    copy->width_px = run->width_px;
    recall_run_spread_words(copy);
    return copy;
}

RecallRun *
recall_fit_dup(RecallRun *run, RecallFrame *frame)
{
    g_autofree gboolean *columns = NULL;
    g_autoptr(RecallRun) moved = NULL;
    Ink ink = {0};
    gboolean has_ink;

    if (base_rect_is_empty(&run->room))
        return recall_run_ref(run);
    has_ink = find_ink(frame, &run->room, &ink);
    columns = ink.columns;
    if (!has_ink)
        return recall_run_ref(run);
    moved = dup_run(run);
    return fit(moved, &ink) ? g_steal_pointer(&moved) : recall_run_ref(run);
}
