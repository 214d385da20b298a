/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

/* Words of one line in several colours, as an editor shows code: next to white, red on black is so
 * faint that the engine leaves it out. Pure. */

/* Makes fainter letters as dark as the darkest. @line: dark ink on light ground */
void reader_ink_level(ReaderCrop *line);
