/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Memory for keys: one region, made at the first call, that is neither swapped nor dumped nor
 * inherited, and cleared when freed. May be called on any thread. */

#define RECALL_SECRET_MAX_BYTES (1024 * 1024) /* of all keys together */

typedef enum {
    RECALL_SECRET_HIDDEN,   /* memfd_secret: not even the kernel's own maps reach it */
    RECALL_SECRET_LOCKED,   /* mlock: stays out of the swap */
    RECALL_SECRET_ORDINARY, /* the limit on locked memory is too low: it could be swapped */
} RecallSecretKind;

/* What this machine grants; for doctor. */
RecallSecretKind recall_secret_get_kind(void);

/* Returns: @n_bytes zeros, or NULL when RECALL_SECRET_MAX_BYTES are in use */
void *recall_secret_try_alloc(size_t n_bytes);

/* The same for a few bytes that must be there: ends the program when they are not. */
void *recall_secret_alloc(size_t n_bytes);

/* Clears. @data: (nullable) */
void recall_secret_free(void *data);

/* Whether it came from here, and how much was asked for. */
gboolean recall_secret_owns(const void *data);
size_t recall_secret_get_size(const void *data);

/* Clears memory of any kind; the compiler does not leave it out. */
void recall_secret_clear(void *data, size_t n_bytes);

/* Of a string on the heap; @text: (transfer full) (nullable) */
void recall_secret_free_text(char *text);

/* A key on the heap of keys, freed by its scope. */
typedef uint8_t RecallKey;
#define RECALL_KEY_BYTES 32

static inline RecallKey *
recall_key_new(void)
{
    return recall_secret_alloc(RECALL_KEY_BYTES);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallKey, recall_secret_free)
