/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

/* Editors mark misspelt words with low red waves or dots, in Chinese text nearly every one. They
 * touch the letters and are read as part of them. */

/* Takes them out of @page, which was made of @pixels. Red text stays. Pure, 2 ms a megapixel. */
void reader_squiggles_erase(ReaderPage *page, const uint8_t *pixels, size_t stride);
