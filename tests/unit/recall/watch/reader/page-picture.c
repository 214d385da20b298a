/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/recall/watch/reader/page-picture.h"

#include <string.h>

uint8_t *
page_picture_load(uint8_t mark)
{
    g_autofree char *path = g_build_filename(g_getenv("DESKHAND_SOURCE"),
                                             "tests/unit/recall/watch/reader/page.pbm", NULL);
    g_autofree char *text = NULL;
    uint8_t *pixels = g_malloc(PAGE_WIDTH_PX * PAGE_HEIGHT_PX * 4);
    const char *at;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    at = strstr(text, "300 108\n");
    g_assert_nonnull(at);
    at += strlen("300 108\n");
    for (size_t i = 0; i < PAGE_WIDTH_PX * PAGE_HEIGHT_PX; at++) {
        if (*at != '0' && *at != '1')
            continue;
        memset(pixels + 4 * i, *at == '1' ? 0 : 255, 3);
        pixels[4 * i++ + 3] = mark;
    }
    return pixels;
}
