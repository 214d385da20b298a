/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect.h"

#include "policies/detect-blocks.h"
#include "policies/detect-layout.h"
#include "policies/detect-numbers.h"
#include "policies/detect-tables.h"
#include "policies/detect-tokens.h"
#include "policies/detect-words.h"

#include <string.h>

static void
find_beginnings(PolicyDetectText *text)
{
    for (unsigned i = 0; i < text->segments->len; i++) {
        const PolicySegment *segment = &g_array_index(text->segments, PolicySegment, i);
        size_t end = segment->start + text->runs[segment->run].grown_end_bytes;

        if (end == segment->start)
            continue;
        policy_detect_number_beginning(text, end);
        policy_detect_iban_beginning(text, end);
        policy_detect_token_beginning(text, end);
    }
}

/* What tells by its own form that it is a secret. */
static void
find_formats(PolicyDetectText *text)
{
    policy_detect_tokens(text);
    policy_detect_numbers(text);
    policy_detect_ibans(text);
}

static void
look_at(const PolicyDetectRun *runs,
        const GArray *places,
        PolicyDetectOrder order,
        PolicyDetectMemory *memory,
        GArray *found)
{
    PolicyDetectText text;

    policy_detect_text_init(&text, runs, places, found);
    text.memory = memory;
    policy_detect_keys(&text);
    find_formats(&text);
    policy_detect_passwords(&text, order);
    find_beginnings(&text);
    policy_detect_text_clear(&text);
}

static void
look_at_blocks(const PolicyDetectRun *runs, unsigned n_runs, GArray *found)
{
    g_autoptr(GArray) places = policy_detect_find_blocks(runs, n_runs);
    PolicyDetectText text;

    if (places->len == 0)
        return;
    policy_detect_text_init(&text, runs, places, found);
    find_formats(&text);
    policy_detect_text_clear(&text);
}

static int
compare_ranges(const void *a, const void *b)
{
    const PolicySecretRange *range_a = a;
    const PolicySecretRange *range_b = b;

    if (range_a->run != range_b->run)
        return range_a->run < range_b->run ? -1 : 1;
    if (range_a->start_bytes != range_b->start_bytes)
        return range_a->start_bytes < range_b->start_bytes ? -1 : 1;
    return 0;
}

void
policy_secret_ranges_tidy(GArray *found)
{
    unsigned n_kept = 0;

    g_array_sort(found, compare_ranges);
    for (unsigned i = 0; i < found->len; i++) {
        const PolicySecretRange *range = &g_array_index(found, PolicySecretRange, i);
        PolicySecretRange *last =
            n_kept > 0 ? &g_array_index(found, PolicySecretRange, n_kept - 1) : NULL;

        if (last != NULL && last->run == range->run && range->start_bytes < last->end_bytes) {
            last->end_bytes = MAX(last->end_bytes, range->end_bytes);
            last->is_beginning &= range->is_beginning;
            last->is_in_column |= range->is_in_column;
        } else {
            g_array_index(found, PolicySecretRange, n_kept++) = *range;
        }
    }
    g_array_set_size(found, n_kept);
}

/* Returns: how many of the first runs are looked at */
static unsigned
count_runs(const PolicyDetectRun *runs, unsigned n_runs)
{
    size_t n_bytes = 0;

    for (unsigned i = 0; i < MIN(n_runs, POLICY_DETECT_N_RUNS_MAX); i++) {
        n_bytes += strlen(runs[i].text);
        if (n_bytes > POLICY_DETECT_TEXT_MAX_BYTES)
            return i;
    }
    return MIN(n_runs, POLICY_DETECT_N_RUNS_MAX);
}

GArray *
policy_detect_find_next(const PolicyDetectRun *runs, unsigned n_runs, PolicyDetectMemory *memory)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(PolicySecretRange));
    unsigned n_looked_at = count_runs(runs, n_runs);
    PolicyDetectLayout layout;

    policy_detect_table_begin_view(memory);
    policy_detect_layout_init(&layout, runs, n_looked_at);
    look_at(runs, layout.rows, layout.is_same ? POLICY_DETECT_LINES : POLICY_DETECT_ROWS, memory,
            found);
    if (!layout.is_same)
        look_at(runs, layout.columns, POLICY_DETECT_COLUMNS, NULL, found);
    look_at(runs, layout.told, POLICY_DETECT_TOLD, NULL, found);
    look_at_blocks(runs, n_looked_at, found);
    policy_detect_layout_clear(&layout);
    for (unsigned i = n_looked_at; i < n_runs; i++) {
        PolicySecretRange range = {i, 0, strlen(runs[i].text), POLICY_SECRET_TOKEN, FALSE};

        g_array_append_val(found, range);
    }
    policy_secret_ranges_tidy(found);
    return found->len > 0 ? g_steal_pointer(&found) : NULL;
}

GArray *
policy_detect_find(const PolicyDetectRun *runs, unsigned n_runs)
{
    return policy_detect_find_next(runs, n_runs, NULL);
}

GArray *
policy_detect_find_in(const char *text)
{
    PolicyDetectRun run = {.text = text, .box = {0, 0, 1, 1}};

    return policy_detect_find(&run, 1);
}
