/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/catalog.h"

/* What is put in order beside appending, a little at a time. What fails is as good as before, and
 * is tried again at the next start. Store's thread. */

/* The week before the newest one is over: one step of joining the pieces of its index. While locked
 * it is closed when that is done, with its key. */
void recall_upkeep_settle(RecallCatalog *catalog);

/* Of every open week that was appended to the young sheets (recall/vault/sheets.h), and a little of
 * the index: what was replaced leaves it, and a search looks into fewer pieces.
 * @is_final: the vault is closed: all of it */
void recall_upkeep_tidy(RecallCatalog *catalog, gboolean is_final);
