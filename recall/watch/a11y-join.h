/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/text.h"

/* Makes one run of those that touch in a line, and one word where they do: pages tell each part of
 * a word by itself that looks different or is a link. A raised figure behind a word stays one of
 * its own: it is a note's. Pure. */
void recall_a11y_join(RecallText *self);
