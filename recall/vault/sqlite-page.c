/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/sqlite-page.h"

#include <string.h>

#define FILE_HEADER_BYTES 100
#define FIRST_TRUNK_AT 32 /* in the file's header */
#define TRUNK_LEAVES_MAX ((RECALL_SQLITE_PAGE_USABLE_BYTES - 8) / 4)

static uint32_t
get_number(const uint8_t *at, unsigned n_bytes)
{
    uint32_t number = 0;

    for (unsigned i = 0; i < n_bytes; i++)
        number = number << 8 | at[i];
    return number;
}

static void
scrub_free_blocks(uint8_t *page, unsigned first)
{
    unsigned at = first;

    while (at != 0 && at + 4 <= RECALL_SQLITE_PAGE_USABLE_BYTES) {
        unsigned next = get_number(page + at, 2);
        unsigned n_bytes = get_number(page + at + 2, 2);

        if (n_bytes < 4 || at + n_bytes > RECALL_SQLITE_PAGE_USABLE_BYTES)
            return;
        memset(page + at + 4, 0, n_bytes - 4);
        if (next <= at)
            return;
        at = next;
    }
}

/* Pages of trees begin with their kind. All others that are in use begin with the number of a
 * page, of which the first byte is 0 in any file below 64 GiB. */
static gboolean
is_tree_page(const uint8_t *page, uint32_t number)
{
    uint8_t kind = page[number == 1 ? FILE_HEADER_BYTES : 0];

    return kind == 2 || kind == 5 || kind == 10 || kind == 13;
}

void
recall_sqlite_page_scrub(uint8_t *page, uint32_t number)
{
    unsigned head = number == 1 ? FILE_HEADER_BYTES : 0;
    unsigned head_bytes = page[head] == 2 || page[head] == 5 ? 12 : 8;
    unsigned begin = head + head_bytes + 2 * get_number(page + head + 3, 2);
    unsigned end = get_number(page + head + 5, 2);

    if (!is_tree_page(page, number))
        return;
    if (begin <= end && end <= RECALL_SQLITE_PAGE_USABLE_BYTES)
        memset(page + begin, 0, end - begin);
    scrub_free_blocks(page, get_number(page + head + 1, 2));
}

static uint32_t
count_leaves(const uint8_t *trunk)
{
    return MIN(get_number(trunk + 4, 4), TRUNK_LEAVES_MAX);
}

void
recall_sqlite_page_scrub_trunk(uint8_t *page)
{
    uint32_t n_leaves = count_leaves(page);

    memset(page + 8 + 4 * n_leaves, 0, RECALL_SQLITE_PAGE_USABLE_BYTES - 8 - 4 * n_leaves);
}

uint32_t
recall_sqlite_page_get_first_trunk(const uint8_t *first_page)
{
    return get_number(first_page + FIRST_TRUNK_AT, 4);
}

uint32_t
recall_sqlite_page_get_leaf(const uint8_t *trunk, uint32_t index)
{
    return index < count_leaves(trunk) ? get_number(trunk + 8 + 4 * (size_t)index, 4) : 0;
}

uint32_t
recall_sqlite_page_get_next_trunk(const uint8_t *trunk)
{
    return get_number(trunk, 4);
}
