/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* In which order the characters of a line stand that is written, in all or in part, from right to
 * left: the Unicode Bidirectional Algorithm without explicit marks, which titles and pages hardly
 * have. Pure. */

typedef enum {
    RECALL_BIDI_NEUTRAL, /* as what stands around it */
    RECALL_BIDI_LEFT,    /* from left to right */
    RECALL_BIDI_RIGHT,   /* from right to left */
    RECALL_BIDI_NUMBER,  /* from left to right, within either */
} RecallBidiDirection;

RecallBidiDirection recall_bidi_get_direction(gunichar c);

/* Whether any character is written from right to left. */
gboolean recall_bidi_is_needed(const char *text);

/* @levels: one for each of @n characters of a whole line: even from left to right, odd from right
 * to left */
void recall_bidi_resolve(const gunichar *line, unsigned n, uint8_t *levels);

/* @levels: of a part of a line that stands together; @order: for each place, from left to right,
 * which of the characters stands there */
void recall_bidi_reorder(const uint8_t *levels, unsigned n, unsigned *order);
