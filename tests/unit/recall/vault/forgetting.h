/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/forget.h"
#include "recall/vault/selector.h"
#include "tests/unit/recall/vault/fixture.h"

/* Scenes with planted words among others, and whether anything of them is left. */

#define FORGETTING_MONDAY_US (INT64_C(1795392000) * G_USEC_PER_SEC) /* 2026-11-23 00:00 UTC */
#define FORGETTING_NOW_US (INT64_C(4 * 3600) * G_USEC_PER_SEC)      /* after it */
#define FORGETTING_WHOLE_TIME .since_us = G_MININT64, .until_us = G_MAXINT64

/* @is_secret: with the planted words, and a tile of its own beside one that others have, too */
int64_t forgetting_put(RecallVault *vault, uint64_t key, int64_t at_us, gboolean is_secret);

/* Sixty scenes a minute apart, every tenth of them secret and grown three times; the fixture's
 * first week is before. Returns: number of the last secret one */
int64_t forgetting_plant(RecallVault *vault);

/* Selects and forgets, to the end. @out_receipt: (nullable)
 * Returns: the error that ended it, or NULL */
GError *
forgetting_run(RecallVault *vault, const RecallForgetWhat *what, RecallReceipt *out_receipt);

/* How many of the planted things stand in some file, decrypted. @n_all: (out) (optional) */
unsigned forgetting_count_planted(const Fixture *fixture, unsigned *n_all);

/* Scenes that a search finds. */
unsigned forgetting_search(RecallVault *vault, const char *query);
