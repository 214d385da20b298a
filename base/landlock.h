/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Takes from this process what it needs not of the file system and the network, for good. Kernels
 * without landlock (before 5.13) or with an older one take less: nothing fails. */

#define BASE_LANDLOCK_N_PLACES_MAX 16 /* folders that stay open to a process */

typedef enum {
    BASE_LANDLOCK_READ, /* files and folders below */
    BASE_LANDLOCK_USE,  /* a device: read, write, control */
    BASE_LANDLOCK_KEEP, /* files and folders below are made, written, removed; not run */
} BaseLandlockAccess;

typedef struct {
    const char *path; /* one that is not there is left out */
    BaseLandlockAccess access;
} BaseLandlockPlace;

/* Nothing else can be opened from now on. TCP goes, and names and signals of other processes.
 * @allows_tcp: keeps TCP
 * Returns: FALSE when the kernel cannot do it at all */
gboolean
base_landlock_enter(const BaseLandlockPlace *places, unsigned n_places, gboolean allows_tcp);
