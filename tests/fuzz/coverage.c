/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/coverage.h"

#include <string.h>

#define N_PLACES 65536 /* a power of two, over the number of blocks in a target */
#define N_COMPARED 1024

typedef struct {
    uint64_t a;
    uint64_t b;
    unsigned n_bytes;
} Compared;

static uint8_t counts[N_PLACES]; /* of this input */
static uint8_t seen[N_PLACES];   /* a bit for each magnitude of the counts before */
static Compared compared[N_COMPARED];
static unsigned n_compared;

/* Called by the compiler's code, from any thread: what is lost when two meet matters little. */
void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_cmp1(uint8_t a, uint8_t b);
void __sanitizer_cov_trace_cmp2(uint16_t a, uint16_t b);
void __sanitizer_cov_trace_cmp4(uint32_t a, uint32_t b);
void __sanitizer_cov_trace_cmp8(uint64_t a, uint64_t b);
void __sanitizer_cov_trace_const_cmp1(uint8_t a, uint8_t b);
void __sanitizer_cov_trace_const_cmp2(uint16_t a, uint16_t b);
void __sanitizer_cov_trace_const_cmp4(uint32_t a, uint32_t b);
void __sanitizer_cov_trace_const_cmp8(uint64_t a, uint64_t b);
void __sanitizer_cov_trace_switch(uint64_t value, uint64_t *cases);
void __sanitizer_cov_trace_cmpf(float a, float b);
void __sanitizer_cov_trace_cmpd(double a, double b);

void
__sanitizer_cov_trace_pc(void)
{
    uintptr_t place = (uintptr_t)__builtin_return_address(0);
    uint8_t *count = &counts[(place ^ place >> 16) & (N_PLACES - 1)];

    if (*count < UINT8_MAX)
        (*count)++;
}

static void
note(uint64_t a, uint64_t b, unsigned n_bytes)
{
    if (a != b)
        compared[n_compared++ % N_COMPARED] = (Compared){a, b, n_bytes};
}

void
__sanitizer_cov_trace_cmp1(uint8_t a, uint8_t b)
{
    note(a, b, 1);
}

void
__sanitizer_cov_trace_cmp2(uint16_t a, uint16_t b)
{
    note(a, b, 2);
}

void
__sanitizer_cov_trace_cmp4(uint32_t a, uint32_t b)
{
    note(a, b, 4);
}

void
__sanitizer_cov_trace_cmp8(uint64_t a, uint64_t b)
{
    note(a, b, 8);
}

void
__sanitizer_cov_trace_const_cmp1(uint8_t a, uint8_t b)
{
    note(b, a, 1);
}

void
__sanitizer_cov_trace_const_cmp2(uint16_t a, uint16_t b)
{
    note(b, a, 2);
}

void
__sanitizer_cov_trace_const_cmp4(uint32_t a, uint32_t b)
{
    note(b, a, 4);
}

void
__sanitizer_cov_trace_const_cmp8(uint64_t a, uint64_t b)
{
    note(b, a, 8);
}

/* @cases: how many, how many bits each has, then they. */
void
__sanitizer_cov_trace_switch(uint64_t value, uint64_t *cases)
{
    for (uint64_t i = 0; i < MIN(cases[0], 16); i++)
        note(value, cases[2 + i], (unsigned)cases[1] / 8);
}

void
__sanitizer_cov_trace_cmpf(float a, float b)
{
}

void
__sanitizer_cov_trace_cmpd(double a, double b)
{
}

void
fuzz_coverage_begin(void)
{
    memset(counts, 0, sizeof(counts));
}

/* 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more */
static uint8_t
get_magnitude(uint8_t count)
{
    static const uint8_t ends[] = {1, 2, 3, 7, 15, 31, 127};
    unsigned i = 0;

    while (i < G_N_ELEMENTS(ends) && count > ends[i])
        i++;
    return (uint8_t)(1 << i);
}

unsigned
fuzz_coverage_end(void)
{
    unsigned n_new = 0;

    for (unsigned i = 0; i < N_PLACES; i++) {
        uint8_t magnitude;

        if (counts[i] == 0)
            continue;
        magnitude = get_magnitude(counts[i]);
        n_new += (seen[i] & magnitude) == 0;
        seen[i] |= magnitude;
    }
    return n_new;
}

unsigned
fuzz_coverage_count(void)
{
    unsigned n = 0;

    for (unsigned i = 0; i < N_PLACES; i++)
        n += seen[i] != 0;
    return n;
}

unsigned
fuzz_coverage_pick_compared(GRand *rand, uint64_t *out_a, uint64_t *out_b)
{
    unsigned n = MIN(n_compared, N_COMPARED);
    const Compared *one;

    if (n == 0)
        return 0;
    one = &compared[g_rand_int_range(rand, 0, (int)n)];
    *out_a = one->a;
    *out_b = one->b;
    return one->n_bytes;
}
