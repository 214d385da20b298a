/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdint.h>

/* A disk in memory, seen by SQLite as a VFS, that loses power: of what was written since a file was
 * last synchronised any subset survives, torn where sectors of 512 bytes meet. */

#define POWER_SECTOR_BYTES 512

typedef struct PowerDisk PowerDisk;

/* @seed: what survives depends on it alone. Registers the VFS. */
PowerDisk *power_disk_new(unsigned seed);
void power_disk_free(PowerDisk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PowerDisk, power_disk_free)

const char *power_disk_get_name(const PowerDisk *self);

/* Writes, truncations, synchronisations and deletions until now. */
uint64_t power_disk_get_n_changes(const PowerDisk *self);

/* After so many more changes the power goes: everything fails from then on. 0: never. */
void power_disk_cut_after(PowerDisk *self, unsigned n_changes);
gboolean power_disk_is_off(const PowerDisk *self);

/* The power comes back, now or after it went; connections must have been closed. */
void power_disk_restart(PowerDisk *self);

/* After so many more changes one fails with this code, then all is well again. SQLITE_OK: none
 * does. */
void power_disk_fail_after(PowerDisk *self, unsigned n_changes, int code);

/* Borrowed, NULL when there is no such file; may be changed: on the disk at once. */
GByteArray *power_disk_get_file(PowerDisk *self, const char *path);

/* A copy of all that is on the disk now, and back; the files' contents are copied. */
GHashTable *power_disk_dup_files(PowerDisk *self);
void power_disk_set_files(PowerDisk *self, GHashTable *files);

/* Paths that SQLite opened and that were neither a database nor a WAL. */
unsigned power_disk_get_n_other_files(const PowerDisk *self);
