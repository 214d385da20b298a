/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/box.h"

#include "recall/vault/mutant.h"

#include <errno.h>
#include <gio/gio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

struct RecallBox {
    EVP_CIPHER_CTX *context;
};

static _Thread_local unsigned secret_depth;

static void *
hook_malloc(size_t n_bytes, const char *file, int line)
{
    return secret_depth > 0 ? recall_secret_try_alloc(n_bytes) : malloc(n_bytes);
}

static void
hook_free(void *data, const char *file, int line)
{
    if (recall_secret_owns(data))
        recall_secret_free(data);
    else
        free(data);
}

static void *
hook_realloc(void *data, size_t n_bytes, const char *file, int line)
{
    void *grown;

    if (data == NULL)
        return hook_malloc(n_bytes, file, line);
    if (!recall_secret_owns(data))
        return realloc(data, n_bytes);
    grown = recall_secret_try_alloc(n_bytes);
    if (grown != NULL) {
        memcpy(grown, data, MIN(n_bytes, recall_secret_get_size(data)));
        recall_secret_free(data);
    }
    return grown;
}

/* Fetched once: the algorithm and OpenSSL's own tables are no secret. */
static const EVP_CIPHER *
get_cipher(void)
{
    static EVP_CIPHER *cipher;
    static gsize is_fetched;

    if (g_once_init_enter(&is_fetched)) {
        cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
        if (cipher == NULL)
            g_error("OpenSSL has no AES-256-GCM");
        g_once_init_leave(&is_fetched, 1);
    }
    return cipher;
}

static void
install_hooks(void)
{
    static gsize is_installed;

    if (g_once_init_enter(&is_installed)) {
        CRYPTO_set_mem_functions(hook_malloc, hook_realloc, hook_free);
        g_once_init_leave(&is_installed, 1);
    }
}

void
recall_box_begin_secret(void)
{
    install_hooks();
    get_cipher();
    secret_depth++;
}

void
recall_box_end_secret(void)
{
    g_assert(secret_depth > 0);
    secret_depth--;
}

RecallBox *
recall_box_new(const RecallKey *key, GError **error)
{
    g_autoptr(RecallBox) self = g_new0(RecallBox, 1);
    int is_ready;

    recall_box_begin_secret();
    self->context = EVP_CIPHER_CTX_new();
    is_ready =
        self->context != NULL && EVP_CipherInit_ex(self->context, get_cipher(), NULL, key, NULL, 1);
    recall_box_end_secret();
    if (is_ready)
        return g_steal_pointer(&self);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                        "There is no room for another key in memory");
    return NULL;
}

void
recall_box_free(RecallBox *self)
{
    if (self == NULL)
        return;
    EVP_CIPHER_CTX_free(self->context);
    g_free(self);
}

/* Feeds all of it; sets the mode, and the nonce with the key that is there. */
static gboolean
feed(RecallBox *self,
     gboolean is_sealing,
     const uint8_t *nonce,
     const void *about,
     size_t n_about_bytes,
     const uint8_t *in,
     size_t n_bytes,
     uint8_t *out)
{
    int n;

    return EVP_CipherInit_ex(self->context, NULL, NULL, NULL, nonce, is_sealing) &&
           EVP_CipherUpdate(self->context, NULL, &n, about, (int)n_about_bytes) &&
           EVP_CipherUpdate(self->context, out, &n, in, (int)n_bytes);
}

gboolean
recall_box_seal(RecallBox *self,
                const uint8_t *nonce,
                const void *about,
                size_t n_about_bytes,
                const uint8_t *plain,
                size_t n_bytes,
                uint8_t *out_sealed,
                uint8_t *out_tag)
{
    uint8_t rest[16];
    int n;

    return feed(self, TRUE, nonce, about, n_about_bytes, plain, n_bytes, out_sealed) &&
           EVP_CipherFinal_ex(self->context, rest, &n) &&
           EVP_CIPHER_CTX_ctrl(self->context, EVP_CTRL_AEAD_GET_TAG, RECALL_BOX_TAG_BYTES, out_tag);
}

static gboolean
is_authentic(RecallBox *self, const uint8_t *tag)
{
    uint8_t expected[RECALL_BOX_TAG_BYTES];
    uint8_t rest[16];
    int n;

    memcpy(expected, tag, sizeof expected);
    return EVP_CIPHER_CTX_ctrl(self->context, EVP_CTRL_AEAD_SET_TAG, sizeof expected, expected) &&
           (EVP_CipherFinal_ex(self->context, rest, &n) || RECALL_IS_MUTANT(NO_TAG));
}

gboolean
recall_box_open(RecallBox *self,
                const uint8_t *nonce,
                const void *about,
                size_t n_about_bytes,
                const uint8_t *sealed,
                size_t n_bytes,
                const uint8_t *tag,
                uint8_t *out_plain)
{
    if (feed(self, FALSE, nonce, about, n_about_bytes, sealed, n_bytes, out_plain) &&
        is_authentic(self, tag))
        return TRUE;
    recall_secret_clear(out_plain, n_bytes);
    return FALSE;
}

void
recall_box_draw(void *out, size_t n_bytes)
{
    g_assert(n_bytes <= 256); /* up to here getrandom() is not interrupted */
    if (getrandom(out, n_bytes, 0) != (ssize_t)n_bytes)
        g_error("The kernel gives no random numbers: %s", g_strerror(errno));
}

/* --- nonces --- */

#define N_STORED_NONCES 21 /* as many as one call of the system gives */

typedef struct {
    unsigned n_left;
    uint8_t nonces[N_STORED_NONCES][RECALL_BOX_NONCE_BYTES];
} NonceStore;

static void
free_store(void *store)
{
    munmap(store, sizeof(NonceStore));
}

static GPrivate store_of_thread = G_PRIVATE_INIT(free_store);

/* In memory that a fork finds empty: two processes must never draw the same. Returns: NULL: there
 * is no such memory */
static NonceStore *
get_store(void)
{
    NonceStore *store = g_private_get(&store_of_thread);

    if (store != NULL)
        return store;
    store = mmap(NULL, sizeof *store, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (store == MAP_FAILED)
        return NULL;
    if (madvise(store, sizeof *store, MADV_WIPEONFORK) != 0) {
        free_store(store);
        return NULL;
    }
    g_private_set(&store_of_thread, store);
    return store;
}

void
recall_box_draw_nonce(uint8_t *out)
{
    NonceStore *store = get_store();

    if (store == NULL) {
        recall_box_draw(out, RECALL_BOX_NONCE_BYTES);
        return;
    }
    if (store->n_left == 0) {
        recall_box_draw(store->nonces, sizeof store->nonces);
        store->n_left = N_STORED_NONCES;
    }
    memcpy(out, store->nonces[--store->n_left], RECALL_BOX_NONCE_BYTES);
}
