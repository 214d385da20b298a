/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/scene-id.h"

int64_t
recall_scene_id_make(int week, int64_t row)
{
    return ((int64_t)week << RECALL_SEGMENT_ID_BITS) | row;
}

int
recall_scene_id_get_week(int64_t id)
{
    return id < 0 ? -1 : (int)MIN(id >> RECALL_SEGMENT_ID_BITS, G_MAXINT);
}

int64_t
recall_scene_id_get_row(int64_t id)
{
    return id & RECALL_SCENE_ID_ROW_MAX;
}
