/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* The colours of a sheet, numbered by first sight, at most PROTOCOL_SHEET_N_COLOURS_MAX. One
 * thread. */

#define PROTOCOL_SHEET_NO_COLOUR UINT32_MAX /* no pixel's value, and no number */

typedef struct {
    uint32_t value;
    uint32_t n_pixels;
    uint32_t rank; /* by frequency: protocol_sheet_colours_rank() */
} ProtocolSheetColour;

typedef struct ProtocolSheetColours ProtocolSheetColours;

ProtocolSheetColours *protocol_sheet_colours_new(void);
void protocol_sheet_colours_free(ProtocolSheetColours *self);

unsigned protocol_sheet_colours_count(const ProtocolSheetColours *self);

/* Returns: (transfer none): valid until the next one is found */
ProtocolSheetColour *protocol_sheet_colours_get(const ProtocolSheetColours *self, uint32_t number);

/* Adds it when it is new. Returns: FALSE when there are too many */
gboolean
protocol_sheet_colours_find(ProtocolSheetColours *self, uint32_t value, uint32_t *out_number);

/* Gives each its rank: the @n_frequent most frequent ones first, the others by value.
 * Returns: (transfer container): all of them by rank */
ProtocolSheetColour **protocol_sheet_colours_rank(ProtocolSheetColours *self, unsigned n_frequent);
