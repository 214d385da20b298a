/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/mask.h"

#include <string.h>

#define MARGIN_PX 3
#define KEY_WIDTH_HEIGHTS 48    /* 76 letters, in heights of a line */
#define TOKEN_WIDTH_HEIGHTS 100 /* how far a token may go on behind its run: 200 letters */
#define SIDE_MARGIN_PERCENT 150 /* of the height: how far boxes of accessible words may be off */

/* --- text --- */

/* Where byte @at of the old text stands in the new one; within a secret its mask's begin or end. */
static uint32_t
move_offset(const RecallMaskRanges *secrets, uint32_t at, gboolean to_end)
{
    uint32_t moved = at;

    for (unsigned i = 0; i < secrets->n; i++) {
        const PolicySecretRange *range = &secrets->ranges[i];
        uint32_t mask_bytes = strlen(RECALL_MASK_TEXT);

        if (at >= range->end_bytes) {
            moved = moved - (range->end_bytes - range->start_bytes) + mask_bytes;
        } else if (at > range->start_bytes) {
            moved -= at - range->start_bytes;
            return to_end ? moved + mask_bytes : moved;
        }
    }
    return moved;
}

char *
recall_mask_dup_text(const char *text, const RecallMaskRanges *secrets)
{
    GString *masked = g_string_sized_new(strlen(text) + 16);
    uint32_t at = 0;

    for (unsigned i = 0; i < secrets->n; i++) {
        g_string_append_len(masked, text + at, secrets->ranges[i].start_bytes - at);
        g_string_append(masked, RECALL_MASK_TEXT);
        at = secrets->ranges[i].end_bytes;
    }
    g_string_append(masked, text + at);
    return g_string_free(masked, FALSE);
}

static void
move_words(const RecallRun *run, const RecallMaskRanges *secrets, RecallRun *masked)
{
    for (unsigned i = 0; i < run->words->len; i++) {
        ProtocolSpan span = g_array_index(run->words, ProtocolSpan, i);
        ProtocolSpan *last = masked->words->len > 0 ? &g_array_index(masked->words, ProtocolSpan,
                                                                     masked->words->len - 1)
                                                    : NULL;
        uint32_t end = move_offset(secrets, span.start_bytes + span.length_bytes, TRUE);

        span.start_bytes = move_offset(secrets, span.start_bytes, FALSE);
        span.length_bytes = end - span.start_bytes;
        if (last != NULL && span.start_bytes < last->start_bytes + last->length_bytes) {
            last->length_bytes =
                MAX(last->start_bytes + last->length_bytes, end) - last->start_bytes;
            base_rect_union(&last->box, &span.box, &last->box);
        } else {
            g_array_append_val(masked->words, span);
        }
    }
}

RecallRun *
recall_mask_dup_run(const RecallRun *run, const RecallMaskRanges *secrets)
{
    RecallRun *masked =
        recall_run_new(recall_mask_dup_text(run->text, secrets), &run->box, run->source);

    move_words(run, secrets, masked);
    return masked;
}

/* --- pixels --- */

static void
extend_to(BaseRect *rect, int x, const BaseRect *run)
{
    BaseRect edge = {x, run->y, 1, run->height};

    base_rect_union(rect, &edge, rect);
}

/* What OCR leaves out at the end of a line is not in the run's box either: a key's line is as long
 * as the others, a token has no space in it. */
static int
find_right_edge(const RecallRun *run, PolicySecretKind kind, int right_max)
{
    int right = run->box.x + run->box.width;

    if (run->source != PROTOCOL_SOURCE_OCR)
        return right;
    if (kind == POLICY_SECRET_KEY)
        return MAX(right, run->box.x + KEY_WIDTH_HEIGHTS * run->box.height);
    return kind == POLICY_SECRET_TOKEN
               ? MIN(right + TOKEN_WIDTH_HEIGHTS * run->box.height, right_max - 2 * MARGIN_PX)
               : right;
}

/* Nor what it leaves out at the begin: the lines of a key begin where the others do. */
static int
find_left_edge(const RecallRun *run, PolicySecretKind kind, int key_left)
{
    return kind == POLICY_SECRET_KEY && run->source == PROTOCOL_SOURCE_OCR
               ? MIN(run->box.x, key_left)
               : run->box.x;
}

/* OCR may have left a word out: from the first to the last word. */
static BaseRect
find_letters(const RecallRun *run, const PolicySecretRange *secret)
{
    BaseRect all = {0};

    for (unsigned i = 0; i < run->words->len; i++) {
        const ProtocolSpan *span = &g_array_index(run->words, ProtocolSpan, i);

        if (span->start_bytes < secret->end_bytes &&
            span->start_bytes + span->length_bytes > secret->start_bytes)
            base_rect_union(&all, &span->box, &all);
    }
    return base_rect_is_empty(&all) || secret->kind == POLICY_SECRET_KEY ? run->box : all;
}

static int
get_side_px(const RecallRun *run)
{
    return run->source == PROTOCOL_SOURCE_OCR || run->is_cell
               ? MARGIN_PX
               : run->box.height * SIDE_MARGIN_PERCENT / 100;
}

/* To the ends of the run when the secret goes as far. */
void
recall_mask_find_pixels(const RecallRun *run,
                        const PolicySecretRange *secret,
                        int key_left,
                        int right_max,
                        pixman_region32_t *letters,
                        pixman_region32_t *hidden)
{
    BaseRect all = find_letters(run, secret);
    int side_px = get_side_px(run);

    pixman_region32_union_rect(letters, letters, all.x, all.y, (unsigned)all.width,
                               (unsigned)all.height);
    if (secret->start_bytes == 0)
        extend_to(&all, find_left_edge(run, secret->kind, key_left), &run->box);
    if (secret->end_bytes == strlen(run->text))
        extend_to(&all, find_right_edge(run, secret->kind, right_max), &run->box);
    pixman_region32_union_rect(hidden, hidden, all.x - side_px, all.y - MARGIN_PX,
                               (unsigned)(all.width + 2 * side_px),
                               (unsigned)(all.height + 2 * MARGIN_PX));
}
