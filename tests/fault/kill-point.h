/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* In a program that is linked with this, everything that changes files (write, pwrite, ftruncate,
 * fallocate, rename, unlink, and the calls that synchronise) goes through a counter, also from
 * within SQLite and GLib, and the process can be made to end right before the n-th of them, as if
 * it was killed there, or the power went. Nothing is synchronised in fact, so thousands of such
 * ends take seconds. */

#define KILL_POINT_EXIT_CODE 77

/**
 * kill_point_arm:
 * @n: number of the change at which the process ends, counted from now on; the first is 0. Every
 *   second time half of what was to be written is
 * @loses: as if the power went: of what was written since its file was last synchronised, some is
 *   not there. Names are as they were changed
 */
void kill_point_arm(unsigned n, gboolean loses);

/* Deletes the files of a folder. */
void kill_point_empty_folder(const char *folder);

/* Changes since then. */
unsigned kill_point_count(void);
