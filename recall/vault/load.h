/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"
#include "recall/vault/segment.h"

/* Reading one row of a segment, on the store's thread. Errors as recall_segment_set_error(), and
 * G_IO_ERROR_NOT_FOUND, and _INVALID_DATA when only this row is damaged. */

ProtocolScene *recall_load_scene(RecallSegment *self, int64_t row, GError **error);

/* Returns: a file descriptor of protocol/picture.h, for the caller to close, or -1 */
int recall_load_picture(RecallSegment *self, int64_t row, GError **error);
