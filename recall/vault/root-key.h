/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/secret.h"

#include <gio/gio.h>

/* Where the key comes from that wraps the root key of recall/vault/keyring.h: one table of
 * functions for each kind, so that a TPM or a host's key service can join. Each may block for a
 * second. */

#define RECALL_ROOT_KEY_ABOUT_MAX_BYTES 65536
#define RECALL_ROOT_KEY_MARK_BYTES 32 /* SHA-256 */

typedef struct {
    const char *name; /* in the keyring, for good */
    gboolean asks;    /* for something that a person knows; one that asks nobody cannot always be
                       * had all the same: then recording goes on as while it is locked */

    /* Makes a new key. @secret: what the person said, NULL when it does not ask
     * @out_about: (transfer full): what open() needs to find it again, no secret */
    gboolean (*create)(const char *folder,
                       const char *secret,
                       RecallKey *out_key,
                       GBytes **out_about,
                       GError **error);

    /* A wrong @secret gives a wrong key, or G_IO_ERROR_PERMISSION_DENIED; G_IO_ERROR_BUSY when no
     * secret is taken for a while. */
    gboolean (*open)(const char *folder,
                     const char *secret,
                     GBytes *about,
                     RecallKey *out_key,
                     GError **error);

    /* Makes sure that open() cannot succeed again. */
    void (*destroy)(const char *folder, GBytes *about);

    /* (nullable): destroys whatever create() left in @folder, but what open() needs. @about: NULL
     * when another kind is in use */
    void (*sweep)(const char *folder, GBytes *about);

    /* (nullable): once @key turned out right: writes anew what open() could do without.
     * @out_was_lost: something was there before, or should have been
     * @error: it cannot be written */
    gboolean (*mend)(const char *folder,
                     GBytes *about,
                     const RecallKey *key,
                     gboolean *out_was_lost,
                     GError **error);

    /* Both NULL where nothing outside remembers: tells it the mark of what will be written, and
     * asks whether a mark is one of the last two. @mark: RECALL_ROOT_KEY_MARK_BYTES */
    gboolean (*note)(GBytes *about, const uint8_t *mark, GError **error);
    gboolean (*is_known)(GBytes *about,
                         const uint8_t *mark,
                         gboolean *out_is_known,
                         GError **error);
} RecallRootKeyType;

/* Two files that only their owner may read, beside the segments, each with the whole key and a sum:
 * they protect backups and copies of the segments that lack them, and nothing from who has the
 * whole disk. The second is for a bit that falls over in the first. */
extern const RecallRootKeyType recall_root_key_file;

/* Argon2id, set to half a second of this machine when the passphrase is chosen. */
extern const RecallRootKeyType recall_root_key_passphrase;

/* Sealed by the machine's TPM 2.0 under its storage key: the disk elsewhere is of no use. The
 * second one asks for a PIN, and the chip itself slows those who guess it. */
extern const RecallRootKeyType recall_root_key_tpm;
extern const RecallRootKeyType recall_root_key_tpm_pin;

/* A key service of the host, protocol/key-service.h. */
extern const RecallRootKeyType recall_root_key_service;

/* Of every kind what a change of the key that power lost cut short left in @folder. For the key of
 * a keyring that is surely the one in use. */
void recall_root_key_sweep(const char *folder, const RecallRootKeyType *type, GBytes *about);

/* Returns: (nullable): NULL for a name that this release does not know */
const RecallRootKeyType *recall_root_key_find(const char *name);
