/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/frame.h"
#include "recall/watch/text.h"

/* Words whose places were guessed, moved to where their letters stand. Pure. */

/**
 * recall_fit_dup:
 * @frame: what the window looks like
 *
 * Each word of a run with a room is moved between two gaps in what stands out there, by how wide it
 * was guessed to be. Rules across the room, and grounds of any colour, are no letters.
 *
 * Returns: (transfer full): @run itself where it has no room, or nothing there fits it
 */
RecallRun *recall_fit_dup(RecallRun *run, RecallFrame *frame);
