/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/sealed-box.h"

#include "recall/vault/box.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_KDF, EVP_KDF_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_KDF_CTX, EVP_KDF_CTX_free)

#define PURPOSE "deskhand sealed box 1"

/* The key of a box is used for one nonce only. */
static const uint8_t nonce[RECALL_BOX_NONCE_BYTES];

static gboolean
set_failed(GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                        "OpenSSL refused to work with a key of the keyring");
    return FALSE;
}

static EVP_PKEY *
load_secret(const RecallKey *secret)
{
    EVP_PKEY *pair;

    recall_box_begin_secret();
    pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, RECALL_KEY_BYTES);
    recall_box_end_secret();
    return pair;
}

gboolean
recall_sealed_box_get_public(const RecallKey *secret, uint8_t *out_public, GError **error)
{
    g_autoptr(EVP_PKEY) pair = load_secret(secret);
    size_t n_bytes = RECALL_SEALED_BOX_PUBLIC_BYTES;

    return (pair != NULL && EVP_PKEY_get_raw_public_key(pair, out_public, &n_bytes) == 1) ||
           set_failed(error);
}

gboolean
recall_sealed_box_derive(const RecallKey *key,
                         const void *salt,
                         size_t n_salt_bytes,
                         const char *purpose,
                         RecallKey *out_key,
                         GError **error)
{
    g_autoptr(EVP_KDF) kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    g_autoptr(EVP_KDF_CTX) context = NULL;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, RECALL_KEY_BYTES),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, n_salt_bytes),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)purpose, strlen(purpose)),
        OSSL_PARAM_construct_end(),
    };
    int is_done;

    recall_box_begin_secret();
    context = EVP_KDF_CTX_new(kdf);
    is_done = context != NULL && EVP_KDF_derive(context, out_key, RECALL_KEY_BYTES, parameters) > 0;
    recall_box_end_secret();
    return is_done || set_failed(error);
}

/* @out_shared: what both halves agree on */
static gboolean
agree(EVP_PKEY *own, const uint8_t *public_half, RecallKey *out_shared)
{
    g_autoptr(EVP_PKEY) peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, public_half,
                                                           RECALL_SEALED_BOX_PUBLIC_BYTES);
    g_autoptr(EVP_PKEY_CTX) context = own != NULL ? EVP_PKEY_CTX_new(own, NULL) : NULL;
    size_t n_bytes = RECALL_KEY_BYTES;

    return peer != NULL && context != NULL && EVP_PKEY_derive_init(context) == 1 &&
           EVP_PKEY_derive_set_peer(context, peer) == 1 &&
           EVP_PKEY_derive(context, out_shared, &n_bytes) == 1;
}

/* The box's key hangs on both public halves. */
static RecallBox *
new_box(const RecallKey *own_secret,
        const uint8_t *peer_public,
        const uint8_t *once_public,
        const uint8_t *owner_public,
        GError **error)
{
    g_autoptr(EVP_PKEY) own = load_secret(own_secret);
    g_autoptr(RecallKey) shared = recall_key_new();
    g_autoptr(RecallKey) key = recall_key_new();
    uint8_t salt[2 * RECALL_SEALED_BOX_PUBLIC_BYTES];

    memcpy(salt, once_public, RECALL_SEALED_BOX_PUBLIC_BYTES);
    memcpy(salt + RECALL_SEALED_BOX_PUBLIC_BYTES, owner_public, RECALL_SEALED_BOX_PUBLIC_BYTES);
    if (!agree(own, peer_public, shared))
        return set_failed(error), NULL;
    if (!recall_sealed_box_derive(shared, salt, sizeof salt, PURPOSE, key, error))
        return NULL;
    return recall_box_new(key, error);
}

gboolean
recall_sealed_box_seal(const uint8_t *public_half,
                       const void *about,
                       size_t n_about_bytes,
                       const RecallKey *key,
                       uint8_t *out_sealed,
                       GError **error)
{
    g_autoptr(RecallKey) once = recall_key_new();
    g_autoptr(RecallBox) box = NULL;
    uint8_t *sealed = out_sealed + RECALL_SEALED_BOX_PUBLIC_BYTES;

    recall_box_draw(once, RECALL_KEY_BYTES);
    if (!recall_sealed_box_get_public(once, out_sealed, error))
        return FALSE;
    box = new_box(once, public_half, out_sealed, public_half, error);
    if (box == NULL)
        return FALSE;
    return recall_box_seal(box, nonce, about, n_about_bytes, key, RECALL_KEY_BYTES, sealed,
                           sealed + RECALL_KEY_BYTES) ||
           set_failed(error);
}

gboolean
recall_sealed_box_open(const RecallKey *secret,
                       const void *about,
                       size_t n_about_bytes,
                       const uint8_t *sealed,
                       RecallKey *out_key,
                       GError **error)
{
    const uint8_t *inside = sealed + RECALL_SEALED_BOX_PUBLIC_BYTES;
    uint8_t own_public[RECALL_SEALED_BOX_PUBLIC_BYTES];
    g_autoptr(RecallBox) box = NULL;

    if (!recall_sealed_box_get_public(secret, own_public, error))
        return FALSE;
    box = new_box(secret, sealed, sealed, own_public, error);
    if (box == NULL)
        return FALSE;
    if (recall_box_open(box, nonce, about, n_about_bytes, inside, RECALL_KEY_BYTES,
                        inside + RECALL_KEY_BYTES, out_key))
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "A key of the keyring was sealed for somebody else, or changed");
    return FALSE;
}
