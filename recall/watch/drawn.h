/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/frame.h"
#include "recall/watch/text.h"

/* Whether a figure is drawn as it is told: rounded, in another form, or as ### it is not. Pure. */

/* FALSE when what stands out in the room of @run is wider or narrower than @run is told to be, or
 * of more signs. TRUE where nobody told that, or nothing stands out. */
gboolean recall_drawn_is_as_told(const RecallRun *run, RecallFrame *frame);
