/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* page.pbm: three lines of known text, the third one Chinese. */

#define PAGE_WIDTH_PX 300
#define PAGE_HEIGHT_PX 108
#define PAGE_LINE_1 "Quick brown foxes jump"
#define PAGE_LINE_2 "over lazy dogs 12:45"
#define PAGE_LINE_3 "今天天气很好我们去公园"

/* @mark: the fourth byte of every pixel
 * Returns: (transfer full): B G R and @mark, without padding between the rows */
uint8_t *page_picture_load(uint8_t mark);
