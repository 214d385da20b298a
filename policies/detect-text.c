/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-text.h"

#include <string.h>

#define PART_MIN_BYTES 6
#define PART_N_SIGNS_MAX 2

gboolean
policy_joint_is_in_row(PolicyJoint joint)
{
    return joint == POLICY_JOINT_TIGHT || joint == POLICY_JOINT_NEAR || joint == POLICY_JOINT_FAR;
}

static const char *
get_separator(PolicyJoint joint)
{
    switch (joint) {
    case POLICY_JOINT_TIGHT:
    case POLICY_JOINT_WRAP:
        return "";
    case POLICY_JOINT_NEAR:
    case POLICY_JOINT_FAR:
        return " ";
    case POLICY_JOINT_LINE:
        return "\n";
    case POLICY_JOINT_BREAK:
        break;
    }
    return "\n\n";
}

void
policy_detect_text_init(PolicyDetectText *self,
                        const PolicyDetectRun *runs,
                        const GArray *places,
                        GArray *found)
{
    self->runs = runs;
    self->found = found;
    self->memory = NULL;
    self->flat = g_string_sized_new(4096);
    self->segments = g_array_sized_new(FALSE, FALSE, sizeof(PolicySegment), places->len);
    for (unsigned i = 0; i < places->len; i++) {
        const PolicyPlace *place = &g_array_index(places, PolicyPlace, i);
        PolicySegment segment = {.run = place->run, .joint = place->joint};

        if (i > 0)
            g_string_append(self->flat, get_separator(place->joint));
        segment.start = self->flat->len;
        g_string_append(self->flat, runs[place->run].text);
        segment.end = self->flat->len;
        g_array_append_val(self->segments, segment);
    }
    self->edges = g_malloc0(self->flat->len + 2);
    for (unsigned i = 0; i < self->segments->len; i++)
        self->edges[g_array_index(self->segments, PolicySegment, i).start] = 1;
}

void
policy_detect_text_clear(PolicyDetectText *self)
{
    g_string_free(self->flat, TRUE);
    g_array_unref(self->segments);
    g_free(self->edges);
}

int
policy_detect_text_letter_width(const PolicyDetectRun *run)
{
    return MAX(run->box.width / MAX((int)strlen(run->text), 1), 1);
}

unsigned
policy_detect_text_find(const PolicyDetectText *self, size_t offset)
{
    unsigned low = 0;
    unsigned high = self->segments->len;

    while (high - low > 1) {
        unsigned middle = (low + high) / 2;

        if (g_array_index(self->segments, PolicySegment, middle).start <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

gboolean
policy_detect_text_is_edge(const PolicyDetectText *self, size_t offset)
{
    return offset < self->flat->len && self->edges[offset];
}

gboolean
policy_detect_text_is_start(const PolicyDetectText *self, size_t offset)
{
    return offset == 0 || !g_ascii_isalnum(self->flat->str[offset - 1]) ||
           policy_detect_text_is_edge(self, offset);
}

gboolean
policy_detect_text_is_end(const PolicyDetectText *self, size_t offset)
{
    return !g_ascii_isalnum(self->flat->str[offset]) || policy_detect_text_is_edge(self, offset);
}

gboolean
policy_detect_text_is_ocr(const PolicyDetectText *self, size_t offset)
{
    unsigned i = policy_detect_text_find(self, offset);

    return self->runs[g_array_index(self->segments, PolicySegment, i).run].is_ocr;
}

/* @like: what is known of it but its place */
static void
add(PolicyDetectText *self, size_t start, size_t end, const PolicySecretRange *like)
{
    for (unsigned i = policy_detect_text_find(self, start); i < self->segments->len; i++) {
        const PolicySegment *segment = &g_array_index(self->segments, PolicySegment, i);
        size_t from = MAX(start, segment->start);
        size_t to = MIN(end, segment->end);
        PolicySecretRange range = *like;

        if (segment->start >= end)
            break;
        range.run = segment->run;
        range.start_bytes = from - segment->start;
        range.end_bytes = to - segment->start;
        if (from < to)
            g_array_append_val(self->found, range);
    }
}

void
policy_detect_text_add(PolicyDetectText *self, size_t start, size_t end, PolicySecretKind kind)
{
    PolicySecretRange like = {.kind = kind};

    add(self, start, end, &like);
}

void
policy_detect_text_add_beginning(PolicyDetectText *self,
                                 size_t start,
                                 size_t end,
                                 PolicySecretKind kind)
{
    PolicySecretRange like = {.kind = kind, .is_beginning = TRUE};

    add(self, start, end, &like);
}

void
policy_detect_text_add_in_column(PolicyDetectText *self, const PolicySegment *segment)
{
    PolicySecretRange like = {.kind = POLICY_SECRET_PASSWORD, .is_in_column = TRUE};

    add(self, segment->start, segment->end, &like);
}

/* A long word, or what is left of one. */
static gboolean
is_part(const PolicyDetectText *self, const PolicySegment *segment)
{
    const char *at = self->flat->str + segment->start;
    size_t length = segment->end - segment->start;
    unsigned n_signs = 0;

    for (size_t i = 0; i < length; i++)
        n_signs += !g_ascii_isalnum(at[i]) && strchr("+/=_-", at[i]) == NULL;
    return self->runs[segment->run].is_ocr && length >= PART_MIN_BYTES &&
           n_signs <= PART_N_SIGNS_MAX && memchr(at, ' ', length) == NULL;
}

static gboolean
touches_in_row(const BaseRect *a, const BaseRect *b)
{
    int gap = MAX(b->x - (a->x + a->width), a->x - (b->x + b->width));

    return ABS(2 * (a->y - b->y) + a->height - b->height) < MIN(a->height, b->height) &&
           gap <= a->height / 2 && gap >= -a->height;
}

void
policy_detect_text_add_parts(PolicyDetectText *self,
                             const PolicySegment *segment,
                             PolicySecretKind kind)
{
    const PolicyDetectRun *run = &self->runs[segment->run];

    for (unsigned i = 0; run->is_ocr && i < self->segments->len; i++) {
        const PolicySegment *other = &g_array_index(self->segments, PolicySegment, i);

        if (other != segment && is_part(self, other) &&
            touches_in_row(&run->box, &self->runs[other->run].box))
            policy_detect_text_add(self, other->start, other->end, kind);
    }
}
