/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/box.h"
#include "recall/vault/mutant.h"
#include "recall/vault/root-key.h"

#include <argon2.h>
#include <string.h>
#include <time.h>

/* As much memory as the vault's own limit leaves room for; the passes make up for it. */
#define MEMORY_KIB 32768
#define MEMORY_MAX_KIB (1024 * 1024)
#define N_PASSES_MIN 3
#define N_PASSES_MAX 1000
#define TARGET_NS (500 * 1000 * 1000)
#define SALT_BYTES 16
#define PASSPHRASE_MAX_BYTES 4096
#define ABOUT_TYPE "(uuay)" /* KiB, passes, salt */

static gboolean
check_secret(const char *secret, GError **error)
{
    if (secret != NULL && *secret != '\0' && strlen(secret) <= PASSPHRASE_MAX_BYTES)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "A passphrase has 1 to %d bytes",
                PASSPHRASE_MAX_BYTES);
    return FALSE;
}

static gboolean
stretch(const char *secret,
        const uint8_t *salt,
        uint32_t n_passes,
        uint32_t n_kib,
        RecallKey *out_key,
        GError **error)
{
    int code = argon2id_hash_raw(n_passes, n_kib, 1, secret, strlen(secret), salt, SALT_BYTES,
                                 out_key, RECALL_KEY_BYTES);

    if (code == ARGON2_OK)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "The passphrase cannot be worked on: %s",
                argon2_error_message(code));
    return FALSE;
}

/* Of this thread: other programs must not make the key weaker. */
static int64_t
get_cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static gboolean
measure_passes(const uint8_t *salt, uint32_t *out_n_passes, GError **error)
{
    g_autoptr(RecallKey) key = recall_key_new();
    int64_t start_ns = get_cpu_ns();
    int64_t took_ns;

    *out_n_passes = 1;
    if (RECALL_IS_MUTANT(WEAK_PASSPHRASE))
        return TRUE;
    if (!stretch("measure", salt, N_PASSES_MIN, MEMORY_KIB, key, error))
        return FALSE;
    took_ns = MAX(get_cpu_ns() - start_ns, 1);
    *out_n_passes = (uint32_t)CLAMP(TARGET_NS * N_PASSES_MIN / took_ns, N_PASSES_MIN, N_PASSES_MAX);
    return TRUE;
}

static gboolean
create_key(const char *folder,
           const char *secret,
           RecallKey *out_key,
           GBytes **out_about,
           GError **error)
{
    uint8_t salt[SALT_BYTES];
    uint32_t n_passes = 0;
    g_autoptr(GVariant) about = NULL;

    recall_box_draw(salt, sizeof salt);
    if (!check_secret(secret, error) || !measure_passes(salt, &n_passes, error) ||
        !stretch(secret, salt, n_passes, MEMORY_KIB, out_key, error))
        return FALSE;
    about = g_variant_ref_sink(
        g_variant_new("(uu@ay)", MEMORY_KIB, n_passes,
                      g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, salt, sizeof salt, 1)));
    *out_about = g_variant_get_data_as_bytes(about);
    return TRUE;
}

/* What the keyring says is bounded: somebody may have changed it. */
static gboolean
open_key(const char *folder, const char *secret, GBytes *about, RecallKey *out_key, GError **error)
{
    g_autoptr(GVariant) tuple =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(ABOUT_TYPE), about, FALSE));
    g_autoptr(GVariant) salt = NULL;
    uint32_t n_kib;
    uint32_t n_passes;

    if (!check_secret(secret, error))
        return FALSE;
    g_variant_get(tuple, "(uu@ay)", &n_kib, &n_passes, &salt);
    if (!g_variant_is_normal_form(tuple) || g_variant_n_children(salt) != SALT_BYTES ||
        n_kib > MEMORY_MAX_KIB || n_passes > N_PASSES_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "What the keyring in %s says of the passphrase is damaged", folder);
        return FALSE;
    }
    return stretch(secret, g_variant_get_data(salt), n_passes, n_kib, out_key, error);
}

/* It is in a head, not in a file. */
static void
destroy_key(const char *folder, GBytes *about)
{
}

const RecallRootKeyType recall_root_key_passphrase = {
    .name = "passphrase",
    .asks = TRUE,
    .create = create_key,
    .open = open_key,
    .destroy = destroy_key,
};
