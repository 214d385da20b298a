/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* A file of no use but its room: it is given up when the disk is full and something must be
 * forgotten, which takes a little before it gives. */

#define RECALL_RESERVE_MAX_BYTES (4 * 1024 * 1024) /* and an eighth of what is free */

/* Makes it as large as it may be; one that is as large already stays. Best effort. */
void recall_reserve_make(const char *folder);

/* Returns: whether there was one */
gboolean recall_reserve_give_up(const char *folder);
