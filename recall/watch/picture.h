/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/worker.h"
#include "recall/watch/frame.h"
#include "recall/watch/store.h"

/**
 * recall_picture_put:
 * @encoder: a worker with one thread, so that scenes reach @store in the order of the calls; it is
 *   freed before @store
 * @scene: (transfer full): without tiles
 * @frame: its pixels as they are now
 *
 * Cuts the picture, has the tiles that the vault was not given yet encoded on @encoder, and then
 * puts the scene into @store. Main thread; blocks for a few milliseconds.
 *
 * Returns: (transfer full): of ProtocolTile: how the picture is cut
 */
GArray *recall_picture_put(BaseWorker *encoder,
                           RecallStore *store,
                           ProtocolScene *scene,
                           RecallFrame *frame);

/* After all that was put before. @scene: (transfer full): with tiles that were put before */
void recall_picture_put_again(BaseWorker *encoder, RecallStore *store, ProtocolScene *scene);
