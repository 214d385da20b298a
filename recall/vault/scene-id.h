/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/schema.h"

/* A scene's public number: its week, then its row in that week's segment. Numbers order by time.
 * Pure; any thread. */

#define RECALL_SCENE_ID_ROW_MAX ((INT64_C(1) << RECALL_SEGMENT_ID_BITS) - 1)

int64_t recall_scene_id_make(int week, int64_t row);

/* @id: any number. Returns: -1 when it is negative; perhaps a week that has no segment */
int recall_scene_id_get_week(int64_t id);
int64_t recall_scene_id_get_row(int64_t id);
