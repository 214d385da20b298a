/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-cells.h"

/* Figures of a sheet. Calc tells a number, a date or a time as it would be entered, whatever it is
 * drawn as. */

/* Figures stand at the right; they begin and end with what figures do. */
gboolean recall_a11y_is_figure(const char *text);

/* Asks how wide the figures would be that are drawn as they are told, and which are dates and
 * times, in cells of which it is not known: sets width_px and is_recast. */
void recall_a11y_figures_ask(RecallA11yReading *reading, const RecallA11yCells *range);
