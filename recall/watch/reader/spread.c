/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/spread.h"

/* Measured on xterm with Noto Sans Mono CJK; see docs/HACKING.md. */
#define INK_CONTRAST 24
#define WIDE_HEIGHTS 0.3  /* a gap that is no letter's own, in heights of the line */
#define WIDE_SHARE 0.5    /* of a page's gaps: elsewhere one of four is one between words */
#define N_GAPS_MIN 24     /* fewer tell nothing */
#define NARROW_SHARE 0.2  /* of the wide gaps are narrower than what the letters are apart */
#define CLOSE_HEIGHTS 0.1 /* so close they come */

/* Columns without ink between two that have some. */
typedef struct {
    int start;
    int end; /* exclusive */
} Gap;

/* Returns: (transfer full): of Gap, from left to right */
static GArray *
find_gaps(const ReaderCrop *line)
{
    g_autofree uint8_t *darkest = reader_crop_darkest(line);
    GArray *gaps = g_array_new(FALSE, FALSE, sizeof(Gap));
    Gap gap = {-1, 0};

    for (int x = 0; x < line->width; x++) {
        if (line->ground - darkest[x] <= INK_CONTRAST)
            continue;
        gap.end = x;
        if (gap.start >= 0 && gap.end > gap.start)
            g_array_append_val(gaps, gap);
        gap.start = x + 1;
    }
    return gaps;
}

static gboolean
is_wide(const Gap *gap, const ReaderCrop *line)
{
    return gap->end - gap->start >= WIDE_HEIGHTS * line->height;
}

void
reader_spread_count(const ReaderCrop *line, ReaderGaps *gaps)
{
    g_autoptr(GArray) all = find_gaps(line);

    gaps->n += all->len;
    for (unsigned i = 0; i < all->len; i++)
        gaps->n_wide += is_wide(&g_array_index(all, Gap, i), line);
}

gboolean
reader_spread_is_wide(const ReaderGaps *gaps)
{
    return gaps->n >= N_GAPS_MIN && gaps->n_wide >= WIDE_SHARE * gaps->n;
}

static int
compare_int(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Returns: by how many columns all wide gaps can be made narrower */
static int
find_excess(const ReaderCrop *line, const GArray *gaps, int closest)
{
    g_autoptr(GArray) widths = g_array_new(FALSE, FALSE, sizeof(int));

    for (unsigned i = 0; i < gaps->len; i++) {
        const Gap *gap = &g_array_index(gaps, Gap, i);
        int width = gap->end - gap->start;

        if (is_wide(gap, line))
            g_array_append_val(widths, width);
    }
    if (widths->len == 0)
        return 0;
    g_array_sort(widths, compare_int);
    return MAX(0, g_array_index(widths, int, (unsigned)(NARROW_SHARE * widths->len)) - closest);
}

/* Returns: how many columns of @gap go */
static int
count_dropped(const Gap *gap, int closest, int excess)
{
    return CLAMP(gap->end - gap->start - closest, 0, excess);
}

/* Returns: (transfer full): the columns of @line that stay, and its width at the end */
static int *
choose_columns(const ReaderCrop *line, const GArray *gaps, int *out_n)
{
    int closest = MAX(2, (int)(CLOSE_HEIGHTS * line->height));
    int excess = find_excess(line, gaps, closest);
    int *columns = g_new0(int, line->width + 1);
    unsigned next = 0; /* gap */
    int n = 0;

    for (int x = 0; x < line->width; x++) {
        if (next < gaps->len && x == g_array_index(gaps, Gap, next).start)
            x += count_dropped(&g_array_index(gaps, Gap, next++), closest, excess);
        columns[n++] = x;
    }
    columns[n] = line->width;
    *out_n = n;
    return columns;
}

ReaderCrop *
reader_spread_close(const ReaderCrop *line, int **out_columns)
{
    g_autoptr(GArray) gaps = find_gaps(line);
    ReaderCrop *self = g_new0(ReaderCrop, 1);
    int *columns = choose_columns(line, gaps, &self->width);

    self->height = line->height;
    self->ground = line->ground;
    self->grey = g_malloc((size_t)self->width * self->height);
    for (int y = 0; y < self->height; y++)
        for (int x = 0; x < self->width; x++)
            self->grey[(size_t)self->width * y + x] =
                line->grey[(size_t)line->width * y + columns[x]];
    *out_columns = columns;
    return self;
}
