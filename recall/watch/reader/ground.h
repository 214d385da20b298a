/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

/* A line of which a part stands on a ground of its own: selected, reversed, coloured. Pure. */

/* Makes dark ink on white of every part, each as deep as it can be.
 * Returns: FALSE when the line has one ground: it stays as it is */
gboolean reader_ground_level(ReaderCrop *line);
