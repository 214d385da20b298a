/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/* Relevance: BM25 over the fields of a scene, as two functions for queries on scene_fts.
 *
 *   deskhand_norms(scene_fts)        how rare each phrase of the query is in this segment, and how
 *                                    long a scene is: a blob
 *   deskhand_weigh(scene_fts, norms) the weight of the row; with the same norms for all segments,
 *                                    weights of different segments can be compared */
gboolean recall_rank_register(sqlite3 *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One phrase's share. @frequency: occurrences, weighted by field; @rarity: of deskhand_norms();
 * @length, @mean_length: tokens of the text */
double recall_rank_share(double frequency, double rarity, double length, double mean_length);

/* @n_rows: scenes in all; @n_hits: with the phrase */
double recall_rank_rarity(double n_rows, double n_hits);
