/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/mutate.h"

#include "tests/fuzz/coverage.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define N_CHANGES_MAX 6
#define PIECE_MAX_BYTES 64

static unsigned
draw(GRand *rand, unsigned end)
{
    return end > 0 ? (unsigned)g_rand_int_range(rand, 0, (int)end) : 0;
}

static void
replace(GByteArray *input, unsigned at, unsigned n_old, const void *bytes, unsigned n_new)
{
    g_autofree uint8_t *kept = g_memdup2(bytes, n_new); /* it may be of @input */
    unsigned n_behind = input->len - at - n_old;
    unsigned length = input->len - n_old + n_new;

    if (length > FUZZ_INPUT_MAX_BYTES || n_old + n_new == 0)
        return;
    g_byte_array_set_size(input, MAX(input->len, length));
    memmove(input->data + at + n_new, input->data + at + n_old, n_behind);
    if (n_new > 0)
        memcpy(input->data + at, kept, n_new);
    g_byte_array_set_size(input, length);
}

/* Puts bytes in, or over what is there. */
static void
put(GByteArray *input, const void *bytes, unsigned n_bytes, GRand *rand)
{
    unsigned at = draw(rand, input->len + 1);
    unsigned n_old = g_rand_boolean(rand) ? MIN(n_bytes, input->len - at) : 0;

    replace(input, at, n_old, bytes, n_bytes);
}

static void
flip_bit(GByteArray *input, GRand *rand)
{
    if (input->len > 0)
        input->data[draw(rand, input->len)] ^= (uint8_t)(1 << draw(rand, 8));
}

static void
set_byte(GByteArray *input, GRand *rand)
{
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, '\n', ' ', '"', '\'', '\\', '*', '0'};
    uint8_t byte = g_rand_boolean(rand) ? telling[draw(rand, G_N_ELEMENTS(telling))]
                                        : (uint8_t)draw(rand, 256);

    put(input, &byte, 1, rand);
}

static void
put_number(GByteArray *input, GRand *rand)
{
    static const int64_t telling[] = {
        0,          1,         -1,        INT8_MIN,   INT8_MAX,  UINT8_MAX, INT16_MIN, INT16_MAX,
        UINT16_MAX, INT32_MIN, INT32_MAX, UINT32_MAX, INT64_MIN, INT64_MAX, 4096,      65536};
    uint64_t number = (uint64_t)telling[draw(rand, G_N_ELEMENTS(telling))] + draw(rand, 3) - 1;
    unsigned n_bytes = 1U << draw(rand, 4);

    if (g_rand_boolean(rand)) {
        g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, (int64_t)number);

        put(input, text, (unsigned)strlen(text), rand);
    } else {
        if (g_rand_boolean(rand))
            number = GUINT64_SWAP_LE_BE(number) >> (64 - 8 * n_bytes);
        number = GUINT64_TO_LE(number);
        put(input, &number, n_bytes, rand);
    }
}

static void
add_to_byte(GByteArray *input, GRand *rand)
{
    if (input->len > 0)
        input->data[draw(rand, input->len)] += (uint8_t)(draw(rand, 33) - 16);
}

static void
drop_piece(GByteArray *input, GRand *rand)
{
    unsigned at = draw(rand, input->len);
    unsigned most = draw(rand, 8) == 0 ? input->len - at : MIN(PIECE_MAX_BYTES, input->len - at);

    if (input->len > 0)
        replace(input, at, 1 + draw(rand, most), NULL, 0);
}

static void
copy_piece(GByteArray *input, const uint8_t *data, size_t n_bytes, GRand *rand)
{
    unsigned at = draw(rand, (unsigned)n_bytes);
    unsigned left = (unsigned)n_bytes - at;

    if (n_bytes > 0)
        put(input, data + at, 1 + draw(rand, draw(rand, 4) == 0 ? left : MIN(16, left)), rand);
}

static void
put_word(GByteArray *input, GRand *rand)
{
    unsigned n_words = 0;
    const char *word;

    while (fuzz_words[n_words] != NULL)
        n_words++;
    word = n_words > 0 ? fuzz_words[draw(rand, n_words)] : "";
    put(input, word, (unsigned)strlen(word), rand);
}

/* Where one side of a comparison stands, the other one is put. */
static void
put_compared(GByteArray *input, GRand *rand)
{
    uint64_t a = 0;
    uint64_t b = 0;
    unsigned n_bytes = fuzz_coverage_pick_compared(rand, &a, &b);
    unsigned start = draw(rand, input->len);

    if (g_rand_boolean(rand)) {
        a = GUINT64_SWAP_LE_BE(a) >> (64 - 8 * MAX(n_bytes, 1));
        b = GUINT64_SWAP_LE_BE(b) >> (64 - 8 * MAX(n_bytes, 1));
    }
    a = GUINT64_TO_LE(a);
    b = GUINT64_TO_LE(b);
    for (unsigned i = 0; n_bytes > 0 && i + n_bytes <= input->len; i++) {
        unsigned at = (start + i) % (input->len - n_bytes + 1);

        if (memcmp(input->data + at, &a, n_bytes) != 0)
            continue;
        memcpy(input->data + at, &b, n_bytes);
        return;
    }
}

static void
change(GByteArray *input, GBytes *other, GRand *rand)
{
    switch (draw(rand, 10)) {
    case 0:
        flip_bit(input, rand);
        break;
    case 1:
        set_byte(input, rand);
        break;
    case 2:
        put_number(input, rand);
        break;
    case 3:
        add_to_byte(input, rand);
        break;
    case 4:
        drop_piece(input, rand);
        break;
    case 5:
        copy_piece(input, input->data, input->len, rand);
        break;
    case 6:
        copy_piece(input, g_bytes_get_data(other, NULL), g_bytes_get_size(other), rand);
        break;
    case 7:
        put_word(input, rand);
        break;
    default:
        put_compared(input, rand);
    }
}

void
fuzz_mutate(GByteArray *input, GBytes *other, GRand *rand)
{
    for (unsigned n = 1 + draw(rand, N_CHANGES_MAX); n > 0; n--)
        change(input, other, rand);
}
