/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* In a program that is linked with this, everything that changes files (write, pwrite, ftruncate,
 * fallocate, rename, unlink, and the calls that synchronise) goes through a counter, also from
 * within SQLite and GLib, and the process can be made to end right before the n-th of them, as if
 * it was killed there. Nothing is synchronised in fact: what a killed process wrote stays anyway,
 * and so thousands of them take seconds. */

#define KILL_POINT_EXIT_CODE 77

/* Ends the process at the change number @n, counted from now on, the first is 0. Every second time
 * half of what was to be written is. */
void kill_point_arm(unsigned n);

/* Changes since then. */
unsigned kill_point_count(void);
