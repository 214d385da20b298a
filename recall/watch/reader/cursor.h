/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

/* A terminal's cursor fills or frames a cell, from the line above to the line below: it joins them,
 * and its letter is none. Pure. */

/* Takes it off the page: a letter that it lies on is as the others again. */
void reader_cursor_lift(ReaderPage *page);
