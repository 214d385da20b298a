/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/sheet-colours.h"
#include "protocol/sheet-pixels.h"

#include <string.h>

#define SLOT_BITS_MIN 8
#define PRIME UINT32_C(2654435761) /* Knuth's multiplier */

struct ProtocolSheetColours {
    GArray *colours; /* of ProtocolSheetColour */
    uint32_t *slots; /* number of a colour, or PROTOCOL_SHEET_NO_COLOUR; at most half are taken */
    unsigned slot_bits;
};

static void
clear_slots(ProtocolSheetColours *self)
{
    size_t n = (size_t)1 << self->slot_bits;

    self->slots = g_renew(uint32_t, self->slots, n);
    memset(self->slots, 0xFF, n * sizeof(uint32_t));
}

ProtocolSheetColours *
protocol_sheet_colours_new(void)
{
    ProtocolSheetColours *self = g_new0(ProtocolSheetColours, 1);

    self->colours = g_array_new(FALSE, FALSE, sizeof(ProtocolSheetColour));
    self->slot_bits = SLOT_BITS_MIN;
    clear_slots(self);
    return self;
}

void
protocol_sheet_colours_free(ProtocolSheetColours *self)
{
    g_array_unref(self->colours);
    g_free(self->slots);
    g_free(self);
}

unsigned
protocol_sheet_colours_count(const ProtocolSheetColours *self)
{
    return self->colours->len;
}

ProtocolSheetColour *
protocol_sheet_colours_get(const ProtocolSheetColours *self, uint32_t number)
{
    return &g_array_index(self->colours, ProtocolSheetColour, number);
}

/* Returns: where its number is, or where it belongs */
static uint32_t *
find_slot(const ProtocolSheetColours *self, uint32_t value)
{
    uint32_t at = (value * PRIME) >> (32 - self->slot_bits);

    while (self->slots[at] != PROTOCOL_SHEET_NO_COLOUR &&
           protocol_sheet_colours_get(self, self->slots[at])->value != value)
        at = (at + 1) & (((uint32_t)1 << self->slot_bits) - 1);
    return &self->slots[at];
}

/* Sheets of few colours, which are most, do without a large table. */
static void
grow_slots(ProtocolSheetColours *self)
{
    self->slot_bits++;
    clear_slots(self);
    for (uint32_t i = 0; i < self->colours->len; i++)
        *find_slot(self, protocol_sheet_colours_get(self, i)->value) = i;
}

gboolean
protocol_sheet_colours_find(ProtocolSheetColours *self, uint32_t value, uint32_t *out_number)
{
    uint32_t *slot = find_slot(self, value);
    ProtocolSheetColour colour = {.value = value};

    *out_number = *slot;
    if (*slot != PROTOCOL_SHEET_NO_COLOUR)
        return TRUE;
    if (self->colours->len == PROTOCOL_SHEET_N_COLOURS_MAX)
        return FALSE;
    *slot = *out_number = self->colours->len;
    g_array_append_val(self->colours, colour);
    if (self->colours->len > (uint32_t)1 << (self->slot_bits - 1))
        grow_slots(self);
    return TRUE;
}

static int
compare_frequencies(const void *a, const void *b)
{
    const ProtocolSheetColour *first = *(const ProtocolSheetColour *const *)a;
    const ProtocolSheetColour *second = *(const ProtocolSheetColour *const *)b;

    if (first->n_pixels != second->n_pixels)
        return first->n_pixels < second->n_pixels ? 1 : -1;
    return first < second ? -1 : 1;
}

static int
compare_values(const void *a, const void *b)
{
    uint32_t first = (*(const ProtocolSheetColour *const *)a)->value;
    uint32_t second = (*(const ProtocolSheetColour *const *)b)->value;

    return first < second ? -1 : first > second;
}

ProtocolSheetColour **
protocol_sheet_colours_rank(ProtocolSheetColours *self, unsigned n_frequent)
{
    unsigned n = self->colours->len;
    ProtocolSheetColour **sorted = g_new(ProtocolSheetColour *, n);

    for (unsigned i = 0; i < n; i++)
        sorted[i] = protocol_sheet_colours_get(self, i);
    qsort(sorted, n, sizeof *sorted, compare_frequencies);
    if (n > n_frequent)
        qsort(sorted + n_frequent, n - n_frequent, sizeof *sorted, compare_values);
    for (unsigned i = 0; i < n; i++)
        sorted[i]->rank = i;
    return sorted;
}
