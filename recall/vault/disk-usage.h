/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* What the files of the history take, and whether there is room for more. Knows the folder only;
 * any thread. */

/* Bytes on the disk of one week: holes in its file take none. */
uint64_t recall_disk_usage_of_week(const char *folder, int week);

/* Length of its file and log, holes and all. */
uint64_t recall_disk_usage_length(const char *folder, int week);

/* Bytes on the disk of the files that were set aside. @week: -1 for all */
uint64_t recall_disk_usage_of_quarantine(const char *folder, int week);

/* Whether the disk has room for a second file of the week. */
gboolean recall_disk_usage_has_room_for(const char *folder, int week);
