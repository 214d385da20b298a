/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/page.h"

#include "recall/watch/reader/greys.h"
#include "recall/watch/reader/ground.h"
#include "recall/watch/reader/ink.h"

#include <math.h>
#include <string.h>
#include <xxhash.h>

#define N_TAPS 6 /* pixels that one enlarged pixel is made of, along one axis */
#define KERNEL_ONE 4096
#define SOFT_SIGMA_PX 0.7
#define CARET_CONTRAST 24
#define CARET_WIDTH_MAX_PX 2
#define CARET_HEIGHT_MIN_PX 12
#define CARET_TAILS_SHARE 0.1 /* of the width, in the lowest row */
#define HARD_SHARE 0.995      /* of the pixels that are of the three commonest greys */

/* Nearly equal weights instead of the eye's: blue on black and yellow on white keep a contrast that
 * can be read. */
static uint8_t
mix_grey(const uint8_t *pixel)
{
    return (3 * pixel[0] + 3 * pixel[1] + 2 * pixel[2]) >> 3;
}

ReaderPage *
reader_page_new(const uint8_t *pixels, size_t stride, int width, int height)
{
    ReaderPage *self = g_new0(ReaderPage, 1);

    self->width = width;
    self->height = height;
    self->grey = g_malloc((size_t)width * height);
    self->marks = g_malloc((size_t)width * height);
    for (int y = 0; y < height; y++) {
        const uint8_t *row = pixels + stride * y;
        uint8_t *grey = self->grey + (size_t)width * y;
        uint8_t *marks = self->marks + (size_t)width * y;

        for (int x = 0; x < width; x++) {
            grey[x] = mix_grey(row + 4 * x);
            marks[x] = row[4 * x + 3];
        }
    }
    return self;
}

void
reader_page_free(ReaderPage *self)
{
    if (self == NULL)
        return;
    g_free(self->grey);
    g_free(self->marks);
    g_free(self);
}

static void
halve_row(const ReaderPage *self, int y, uint8_t *grey, uint8_t *marks)
{
    size_t at = (size_t)self->width * 2 * y;
    const uint8_t *above = self->grey + at;
    const uint8_t *below = above + self->width;
    const uint8_t *marks_above = self->marks + at;
    const uint8_t *marks_below = marks_above + self->width;

    for (int x = 0; x < self->width / 2; x++) {
        grey[x] = (above[2 * x] + above[2 * x + 1] + below[2 * x] + below[2 * x + 1] + 2) / 4;
        marks[x] = MAX(MAX(marks_above[2 * x], marks_above[2 * x + 1]),
                       MAX(marks_below[2 * x], marks_below[2 * x + 1]));
    }
}

ReaderPage *
reader_page_halve(const ReaderPage *self)
{
    ReaderPage *half = g_new0(ReaderPage, 1);

    half->width = self->width / 2;
    half->height = self->height / 2;
    half->grey = g_malloc((size_t)half->width * half->height);
    half->marks = g_malloc((size_t)half->width * half->height);
    for (int y = 0; y < half->height; y++)
        halve_row(self, y, half->grey + (size_t)half->width * y,
                  half->marks + (size_t)half->width * y);
    return half;
}

static ReaderCrop *
new_crop(int width, int height)
{
    ReaderCrop *self = g_new0(ReaderCrop, 1);

    self->width = width;
    self->height = height;
    self->grey = g_malloc((size_t)width * height);
    return self;
}

void
reader_crop_free(ReaderCrop *self)
{
    if (self == NULL)
        return;
    g_free(self->grey);
    g_free(self);
}

ReaderCrop *
reader_crop_take_columns(const ReaderCrop *self, int left, int right)
{
    ReaderCrop *part = new_crop(right - left, self->height);

    part->ground = self->ground;
    for (int y = 0; y < self->height; y++)
        memcpy(part->grey + (size_t)part->width * y, self->grey + (size_t)self->width * y + left,
               part->width);
    return part;
}

/* The commonest grey is the ground; ink that is lighter on average makes it a line to be turned. */
static void
turn(ReaderCrop *self)
{
    size_t n = (size_t)self->width * self->height;
    uint32_t counts[READER_GREYS_N] = {0};
    uint64_t sum = 0;
    int ground;

    reader_greys_count(self->grey, n, counts);
    for (int i = 0; i < READER_GREYS_N; i++)
        sum += (uint64_t)counts[i] * i;
    ground = reader_greys_commonest(counts);
    self->ground = ground;
    if (sum <= (uint64_t)ground * n)
        return;
    self->ground = 255 - ground;
    for (size_t i = 0; i < n; i++)
        self->grey[i] = 255 - self->grey[i];
}

ReaderCrop *
reader_crop_cut(const ReaderPage *page, const BaseRect *box)
{
    ReaderCrop *self = new_crop(box->width, box->height);

    for (int y = 0; y < box->height; y++)
        memcpy(self->grey + (size_t)box->width * y,
               page->grey + (size_t)page->width * (box->y + y) + box->x, box->width);
    return self;
}

void
reader_crop_level(ReaderCrop *self)
{
    reader_ground_level(self);
    turn(self);
    reader_ink_level(self);
}

ReaderCrop *
reader_crop_new(const ReaderPage *page, const BaseRect *box)
{
    ReaderCrop *self = reader_crop_cut(page, box);

    reader_crop_level(self);
    return self;
}

static gboolean
is_ink(const ReaderCrop *self, int x, int y)
{
    return self->ground - self->grey[(size_t)self->width * y + x] >= CARET_CONTRAST;
}

static int
count_ink(const ReaderCrop *self, int y, int except_start, int except_end)
{
    int n = 0;

    for (int x = 0; x < self->width; x++)
        n += (x < except_start || x >= except_end) && is_ink(self, x, y);
    return n;
}

static gboolean
is_bar(const ReaderCrop *self, int x, int top, int bottom)
{
    for (int y = top; y < bottom; y++)
        if (!is_ink(self, x, y))
            return FALSE;
    return TRUE;
}

void
reader_crop_drop_caret(ReaderCrop *self)
{
    int top = 0;
    int bottom = self->height; /* of all ink, exclusive */
    int start = 0;
    int end;

    while (top < bottom && count_ink(self, top, 0, 0) == 0)
        top++;
    while (bottom > top && count_ink(self, bottom - 1, 0, 0) == 0)
        bottom--;
    if (bottom - top < CARET_HEIGHT_MIN_PX)
        return;
    while (start < self->width && !is_bar(self, start, top, bottom))
        start++;
    end = start;
    while (end < self->width && is_bar(self, end, top, bottom))
        end++;
    /* No other letter is so high, and few tails reach so low: else it may be the only l. */
    if (end == start || end - start > CARET_WIDTH_MAX_PX || count_ink(self, top, start, end) > 0 ||
        count_ink(self, bottom - 1, start, end) > CARET_TAILS_SHARE * self->width)
        return;
    for (int y = top; y < bottom; y++)
        memset(self->grey + (size_t)self->width * y + start, self->ground, end - start);
}

/* The loops over rows are written so that the compiler makes them work on many pixels at once. */
static void
take_darker(const uint8_t *restrict grey, uint8_t *restrict darkest, int n)
{
    for (int i = 0; i < n; i++)
        darkest[i] = MIN(darkest[i], grey[i]);
}

uint8_t *
reader_crop_darkest(const ReaderCrop *self)
{
    uint8_t *darkest = g_malloc(self->width);

    memset(darkest, self->ground, self->width);
    for (int y = 0; y < self->height; y++)
        take_darker(self->grey + (size_t)self->width * y, darkest, self->width);
    return darkest;
}

static int
find_darkest(const ReaderCrop *self)
{
    size_t n = (size_t)self->width * self->height;
    uint8_t darkest = 255;

    for (size_t i = 0; i < n; i++)
        darkest = MIN(darkest, self->grey[i]);
    return darkest;
}

static void
add_crossings(const uint8_t *restrict grey,
              const uint8_t *restrict above,
              uint8_t *restrict crossings,
              int n,
              uint8_t limit)
{
    for (int i = 0; i < n; i++)
        crossings[i] += (grey[i] < limit) & (above[i] >= limit);
}

/* Returns: (transfer full): how often each column from @left on enters ink; a line is lower than
 * 256 */
static uint8_t *
count_crossings(const ReaderCrop *self, int left, int width, uint8_t limit)
{
    uint8_t *crossings = g_malloc0(width);
    g_autofree uint8_t *beyond = g_malloc(width);

    memset(beyond, 255, width);
    for (int y = 0; y < self->height; y++) {
        const uint8_t *grey = self->grey + (size_t)self->width * y + left;

        add_crossings(grey, y > 0 ? grey - self->width : beyond, crossings, width, limit);
    }
    return crossings;
}

double
reader_crop_density(const ReaderCrop *self)
{
    BaseRect all = {0, 0, self->width, self->height};

    return reader_crop_part_density(self, &all);
}

double
reader_crop_part_density(const ReaderCrop *self, const BaseRect *part)
{
    int left = MAX(part->x, 0);
    int width = MAX(MIN(part->x + part->width, self->width) - left, 0);
    g_autofree uint8_t *crossings =
        count_crossings(self, left, width, (self->ground + find_darkest(self)) / 2);
    unsigned n_crossings = 0;
    unsigned n_columns = 0;

    for (int i = 0; i < width; i++) {
        n_crossings += crossings[i];
        n_columns += crossings[i] > 0;
    }
    return n_columns == 0 ? 0 : (double)n_crossings / n_columns;
}

gboolean
reader_crop_is_hard(const ReaderCrop *self)
{
    size_t n = (size_t)self->width * self->height;
    uint32_t counts[READER_GREYS_N] = {0};
    size_t n_common = 0;

    reader_greys_count(self->grey, n, counts);
    for (int rank = 0; rank < 3; rank++) {
        int commonest = reader_greys_commonest(counts);

        n_common += counts[commonest];
        counts[commonest] = 0;
    }
    return n_common >= HARD_SHARE * n;
}

ReaderDigest
reader_crop_digest(const ReaderCrop *self)
{
    XXH128_hash_t hash = XXH3_128bits_withSeed(self->grey, (size_t)self->width * self->height,
                                               ((uint64_t)self->width << 32) | self->height);

    return (ReaderDigest){hash.high64, hash.low64};
}

unsigned
reader_digest_hash(const void *digest)
{
    return (unsigned)((const ReaderDigest *)digest)->low;
}

gboolean
reader_digest_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(ReaderDigest)) == 0;
}

static double
weigh(double distance, ReaderKernel kernel)
{
    double at = fabs(distance);

    if (kernel == READER_KERNEL_LINEAR)
        return MAX(0, 1 - at);
    if (kernel == READER_KERNEL_SOFT)
        return exp(-at * at / (2 * SOFT_SIGMA_PX * SOFT_SIGMA_PX));
    if (at < 1e-6)
        return 1;
    return at >= 3 ? 0 : 3 * sin(G_PI * at) * sin(G_PI * at / 3) / (G_PI * G_PI * at * at);
}

/* For one axis: the first source pixel of each enlarged one and the weights of it and the next. */
typedef struct {
    int first;
    int weights[N_TAPS];
} Tap;

static Tap *
make_taps(int n_to, double factor, ReaderKernel kernel)
{
    Tap *taps = g_new0(Tap, n_to);

    for (int i = 0; i < n_to; i++) {
        double center = (i + 0.5) / factor - 0.5;
        double weights[N_TAPS];
        double sum = 0;

        taps[i].first = (int)floor(center) - N_TAPS / 2 + 1;
        for (int k = 0; k < N_TAPS; k++)
            sum += weights[k] = weigh(taps[i].first + k - center, kernel);
        for (int k = 0; k < N_TAPS; k++)
            taps[i].weights[k] = (int)lrint(weights[k] / sum * KERNEL_ONE);
    }
    return taps;
}

/* @step_in, @step_out: bytes from one pixel to the next along the axis */
static void
stretch(const uint8_t *in,
        int n_in,
        size_t step_in,
        uint8_t *out,
        int n_out,
        size_t step_out,
        const Tap *taps)
{
    for (int i = 0; i < n_out; i++) {
        int sum = KERNEL_ONE / 2;

        for (int k = 0; k < N_TAPS; k++)
            sum += taps[i].weights[k] * in[CLAMP(taps[i].first + k, 0, n_in - 1) * step_in];
        out[i * step_out] = CLAMP(sum / KERNEL_ONE, 0, 255);
    }
}

static ReaderCrop *
pad(const ReaderCrop *self, int pad_px)
{
    ReaderCrop *padded = new_crop(self->width + 2 * pad_px, self->height + 2 * pad_px);

    padded->ground = self->ground;
    memset(padded->grey, self->ground, (size_t)padded->width * padded->height);
    for (int y = 0; y < self->height; y++)
        memcpy(padded->grey + (size_t)padded->width * (y + pad_px) + pad_px,
               self->grey + (size_t)self->width * y, self->width);
    return padded;
}

ReaderCrop *
reader_crop_enlarge(const ReaderCrop *self, int pad_px, double factor, ReaderKernel kernel)
{
    g_autoptr(ReaderCrop) padded = pad(self, pad_px);
    int width = (int)lrint(padded->width * factor);
    int height = (int)lrint(padded->height * factor);
    g_autoptr(ReaderCrop) wide = new_crop(width, padded->height);
    ReaderCrop *large = new_crop(width, height);
    g_autofree Tap *across = make_taps(width, factor, kernel);
    g_autofree Tap *down = make_taps(height, factor, kernel);

    for (int y = 0; y < padded->height; y++)
        stretch(padded->grey + (size_t)padded->width * y, padded->width, 1,
                wide->grey + (size_t)width * y, width, 1, across);
    for (int x = 0; x < width; x++)
        stretch(wide->grey + x, padded->height, width, large->grey + x, height, width, down);
    large->ground = self->ground;
    return large;
}
