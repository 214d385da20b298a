/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/page-codec.h"

/* Pages of SQLite's file format, which is documented and stable: what in them is of no use any
 * more, and which pages are free. Pure; any thread. */

#define RECALL_SQLITE_PAGE_USABLE_BYTES (RECALL_PAGE_BYTES - RECALL_PAGE_RESERVED_BYTES)
#define RECALL_SQLITE_PAGE_LOCK_BYTE (0x40000000 / RECALL_PAGE_BYTES + 1) /* is never written */

/* @page: of a tree, else it is left as it is: its gaps become zeros. The page may be anything */
void recall_sqlite_page_scrub(uint8_t *page, uint32_t number);

/* The same for one that lists free pages. */
void recall_sqlite_page_scrub_trunk(uint8_t *page);

/* @first_page: the file's. Returns: the first page that lists free ones, or 0 */
uint32_t recall_sqlite_page_get_first_trunk(const uint8_t *first_page);

/* @index: of the free pages that @trunk lists, from 0. Returns: 0: it lists no more */
uint32_t recall_sqlite_page_get_leaf(const uint8_t *trunk, uint32_t index);
uint32_t recall_sqlite_page_get_next_trunk(const uint8_t *trunk);
