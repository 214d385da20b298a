/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/box.h"
#include "recall/vault/root-key.h"

#include <string.h>
#include <tss2/tss2_esys.h>
#include <tss2/tss2_mu.h>
#include <tss2/tss2_tcti_device.h>
#include <tss2/tss2_tcti_swtpm.h>

#define DEVICE "/dev/tpmrm0"
#define PIN_MAX_BYTES 4096
#define ABOUT_TYPE "(ayay)" /* private and public part of the sealed object */

/* Errors of the chip without the number of the parameter, session or handle that they are about. */
#define FORMAT_ONE 0x80
#define FORMAT_ONE_MASK 0xbf

typedef struct {
    TSS2_TCTI_CONTEXT *tcti; /* on the heap, for finalizing after @esys */
    ESYS_CONTEXT *esys;
    ESYS_TR storage; /* the storage key, made anew from the chip's seed: always the same one */
    ESYS_TR session; /* encrypts what goes over the wires to the chip */
} Chip;

static void
clear_chip(Chip *self)
{
    if (self->esys != NULL && self->session != ESYS_TR_NONE)
        Esys_FlushContext(self->esys, self->session);
    if (self->esys != NULL && self->storage != ESYS_TR_NONE)
        Esys_FlushContext(self->esys, self->storage);
    if (self->esys != NULL)
        Esys_Finalize(&self->esys);
    if (self->tcti != NULL)
        Tss2_Tcti_Finalize(self->tcti);
    g_clear_pointer(&self->tcti, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Chip, clear_chip)

static TSS2_RC
get_bare_code(TSS2_RC code)
{
    code &= ~(TSS2_RC)TSS2_RC_LAYER_MASK;
    return (code & FORMAT_ONE) != 0 ? code & FORMAT_ONE_MASK : code;
}

/* A wrong PIN and the chip's own slowing of wrong PINs are answers of a person's making. */
static gboolean
set_error(GError **error, const char *what, TSS2_RC code)
{
    TSS2_RC bare = get_bare_code(code);

    if (bare == get_bare_code(TPM2_RC_AUTH_FAIL) || bare == get_bare_code(TPM2_RC_BAD_AUTH))
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                            "The TPM says that this is not the PIN");
    else if (code == TPM2_RC_LOCKOUT)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                            "The TPM takes no PIN for a while, the right one neither, because too "
                            "many wrong ones were tried: wait, or use the recovery key");
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "The TPM cannot %s (code 0x%x)", what,
                    code);
    return FALSE;
}

/* --- reaching it --- */

typedef TSS2_RC (*InitFunc)(TSS2_TCTI_CONTEXT *context, size_t *size, const char *configuration);

/* DESKHAND_TPM names another device, or with "swtpm:" an emulator, for tests. */
static gboolean
open_tcti(Chip *self, GError **error)
{
    const char *where = g_getenv("DESKHAND_TPM");
    gboolean is_emulator = where != NULL && g_str_has_prefix(where, "swtpm:");
    InitFunc init = is_emulator ? Tss2_Tcti_Swtpm_Init : Tss2_Tcti_Device_Init;
    size_t n_bytes = 0;

    if (is_emulator)
        where += strlen("swtpm:");
    else if (where == NULL || *where == '\0')
        where = DEVICE;
    if (init(NULL, &n_bytes, NULL) == TSS2_RC_SUCCESS) {
        self->tcti = g_malloc0(n_bytes);
        if (init(self->tcti, &n_bytes, where) == TSS2_RC_SUCCESS)
            return TRUE;
        g_clear_pointer(&self->tcti, g_free);
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                "There is no TPM at %s, or it may not be used: add the vault's user to the group "
                "of that device",
                where);
    return FALSE;
}

/* The storage key as others make it (TCG's template for P-256), so that nothing is stored for it.
 */
static gboolean
make_storage_key(Chip *self, GError **error)
{
    const TPM2B_SENSITIVE_CREATE sensitive = {0};
    const TPM2B_DATA outside = {0};
    const TPML_PCR_SELECTION no_pcrs = {0};
    const TPM2B_PUBLIC template = {
        .publicArea = {
            .type = TPM2_ALG_ECC,
            .nameAlg = TPM2_ALG_SHA256,
            .objectAttributes = TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_RESTRICTED |
                                TPMA_OBJECT_DECRYPT | TPMA_OBJECT_NODA | TPMA_OBJECT_FIXEDTPM |
                                TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN,
            .parameters.eccDetail = {.symmetric = {.algorithm = TPM2_ALG_AES,
                                                   .keyBits.aes = 128,
                                                   .mode.aes = TPM2_ALG_CFB},
                                     .scheme.scheme = TPM2_ALG_NULL,
                                     .curveID = TPM2_ECC_NIST_P256,
                                     .kdf.scheme = TPM2_ALG_NULL},
        }};
    TSS2_RC code = Esys_CreatePrimary(self->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                      ESYS_TR_NONE, &sensitive, &template, &outside, &no_pcrs,
                                      &self->storage, NULL, NULL, NULL, NULL);

    return code == TSS2_RC_SUCCESS || set_error(error, "make its storage key", code);
}

static gboolean
start_session(Chip *self, GError **error)
{
    const TPMT_SYM_DEF cipher = {
        .algorithm = TPM2_ALG_AES, .keyBits.aes = 128, .mode.aes = TPM2_ALG_CFB};
    const TPMA_SESSION attributes =
        TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT | TPMA_SESSION_CONTINUESESSION;
    TSS2_RC code = Esys_StartAuthSession(self->esys, self->storage, ESYS_TR_NONE, ESYS_TR_NONE,
                                         ESYS_TR_NONE, ESYS_TR_NONE, NULL, TPM2_SE_HMAC, &cipher,
                                         TPM2_ALG_SHA256, &self->session);

    if (code == TSS2_RC_SUCCESS)
        code = Esys_TRSess_SetAttributes(self->esys, self->session, attributes, 0xff);
    return code == TSS2_RC_SUCCESS || set_error(error, "start a session", code);
}

static gboolean
open_chip(Chip *self, GError **error)
{
    TSS2_RC code;

    self->storage = ESYS_TR_NONE;
    self->session = ESYS_TR_NONE;
    if (!open_tcti(self, error))
        return FALSE;
    code = Esys_Initialize(&self->esys, self->tcti, NULL);
    if (code != TSS2_RC_SUCCESS)
        return set_error(error, "be spoken to", code);
    return make_storage_key(self, error) && start_session(self, error);
}

/* --- sealing --- */

/* As long as a PIN may be for the chip, whatever the person types. */
static gboolean
hash_pin(const char *secret, TPM2B_AUTH *out_auth, GError **error)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    size_t n_bytes = sizeof out_auth->buffer;

    if (secret == NULL || *secret == '\0' || strlen(secret) > PIN_MAX_BYTES) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "A PIN has 1 to %d bytes",
                    PIN_MAX_BYTES);
        return FALSE;
    }
    g_checksum_update(sum, (const guint8 *)secret, -1);
    g_checksum_get_digest(sum, out_auth->buffer, &n_bytes);
    out_auth->size = (UINT16)n_bytes;
    return TRUE;
}

static GVariant *
wrap_bytes(const uint8_t *data, size_t n_bytes)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, n_bytes, 1);
}

/* Returns: NULL when the library refuses what it made itself */
static GBytes *
pack(const TPM2B_PRIVATE *private_part, const TPM2B_PUBLIC *public_part)
{
    uint8_t first[sizeof *private_part];
    uint8_t second[sizeof *public_part];
    size_t n_first = 0;
    size_t n_second = 0;
    g_autoptr(GVariant) tuple = NULL;

    if (Tss2_MU_TPM2B_PRIVATE_Marshal(private_part, first, sizeof first, &n_first) !=
            TSS2_RC_SUCCESS ||
        Tss2_MU_TPM2B_PUBLIC_Marshal(public_part, second, sizeof second, &n_second) !=
            TSS2_RC_SUCCESS)
        return NULL;
    tuple = g_variant_ref_sink(
        g_variant_new("(@ay@ay)", wrap_bytes(first, n_first), wrap_bytes(second, n_second)));
    return g_variant_get_data_as_bytes(tuple);
}

static gboolean
unpack(GBytes *about, TPM2B_PRIVATE *out_private, TPM2B_PUBLIC *out_public, GError **error)
{
    g_autoptr(GVariant) tuple =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(ABOUT_TYPE), about, FALSE));
    g_autoptr(GVariant) first = g_variant_get_child_value(tuple, 0);
    g_autoptr(GVariant) second = g_variant_get_child_value(tuple, 1);
    size_t first_at = 0;
    size_t second_at = 0;

    if (g_variant_is_normal_form(tuple) &&
        Tss2_MU_TPM2B_PRIVATE_Unmarshal(g_variant_get_data(first), g_variant_get_size(first),
                                        &first_at, out_private) == TSS2_RC_SUCCESS &&
        Tss2_MU_TPM2B_PUBLIC_Unmarshal(g_variant_get_data(second), g_variant_get_size(second),
                                       &second_at, out_public) == TSS2_RC_SUCCESS)
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "What the keyring says of the TPM is damaged");
    return FALSE;
}

/* With a PIN the chip counts wrong ones; without one there is nothing to guess. */
static gboolean
seal(Chip *chip, const TPM2B_AUTH *pin, const RecallKey *key, GBytes **out_about, GError **error)
{
    TPM2B_SENSITIVE_CREATE sensitive = {
        .sensitive = {.userAuth = *pin, .data.size = RECALL_KEY_BYTES}};
    const TPM2B_PUBLIC template = {
        .publicArea = {.type = TPM2_ALG_KEYEDHASH,
                       .nameAlg = TPM2_ALG_SHA256,
                       .objectAttributes = TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_FIXEDTPM |
                                           TPMA_OBJECT_FIXEDPARENT |
                                           (pin->size > 0 ? 0 : TPMA_OBJECT_NODA),
                       .parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL}};
    const TPM2B_DATA outside = {0};
    const TPML_PCR_SELECTION no_pcrs = {0};
    TPM2B_PRIVATE *private_part = NULL;
    TPM2B_PUBLIC *public_part = NULL;
    TSS2_RC code;

    memcpy(sensitive.sensitive.data.buffer, key, RECALL_KEY_BYTES);
    code = Esys_Create(chip->esys, chip->storage, chip->session, ESYS_TR_NONE, ESYS_TR_NONE,
                       &sensitive, &template, &outside, &no_pcrs, &private_part, &public_part, NULL,
                       NULL, NULL);
    recall_secret_clear(&sensitive, sizeof sensitive);
    if (code == TSS2_RC_SUCCESS)
        *out_about = pack(private_part, public_part);
    Esys_Free(private_part);
    Esys_Free(public_part);
    return (code == TSS2_RC_SUCCESS && *out_about != NULL) || set_error(error, "seal a key", code);
}

static gboolean
unseal(Chip *chip, ESYS_TR object, RecallKey *out_key, GError **error)
{
    TPM2B_SENSITIVE_DATA *data = NULL;
    TSS2_RC code =
        Esys_Unseal(chip->esys, object, chip->session, ESYS_TR_NONE, ESYS_TR_NONE, &data);
    gboolean is_good = code == TSS2_RC_SUCCESS && data->size == RECALL_KEY_BYTES;

    if (is_good)
        memcpy(out_key, data->buffer, RECALL_KEY_BYTES);
    if (data != NULL)
        recall_secret_clear(data, sizeof *data);
    Esys_Free(data);
    return is_good || set_error(error, "give the key back", code);
}

static gboolean
load_and_unseal(Chip *chip,
                const TPM2B_AUTH *pin,
                GBytes *about,
                RecallKey *out_key,
                GError **error)
{
    TPM2B_PRIVATE private_part = {0};
    TPM2B_PUBLIC public_part = {0};
    ESYS_TR object = ESYS_TR_NONE;
    gboolean is_good;
    TSS2_RC code;

    if (!unpack(about, &private_part, &public_part, error))
        return FALSE;
    code = Esys_Load(chip->esys, chip->storage, chip->session, ESYS_TR_NONE, ESYS_TR_NONE,
                     &private_part, &public_part, &object);
    if (code != TSS2_RC_SUCCESS)
        return set_error(error, "take the sealed key, which another TPM made perhaps", code);
    code = Esys_TR_SetAuth(chip->esys, object, pin);
    is_good = code == TSS2_RC_SUCCESS ? unseal(chip, object, out_key, error)
                                      : set_error(error, "take the PIN", code);
    Esys_FlushContext(chip->esys, object);
    return is_good;
}

/* --- the two back ends --- */

static gboolean
create_with(const TPM2B_AUTH *pin, RecallKey *out_key, GBytes **out_about, GError **error)
{
    g_auto(Chip) chip = {0};

    recall_box_draw(out_key, RECALL_KEY_BYTES);
    return open_chip(&chip, error) && seal(&chip, pin, out_key, out_about, error);
}

static gboolean
open_with(const TPM2B_AUTH *pin, GBytes *about, RecallKey *out_key, GError **error)
{
    g_auto(Chip) chip = {0};

    return open_chip(&chip, error) && load_and_unseal(&chip, pin, about, out_key, error);
}

static gboolean
create_key(const char *folder,
           const char *secret,
           RecallKey *out_key,
           GBytes **out_about,
           GError **error)
{
    const TPM2B_AUTH none = {0};

    return create_with(&none, out_key, out_about, error);
}

static gboolean
open_key(const char *folder, const char *secret, GBytes *about, RecallKey *out_key, GError **error)
{
    const TPM2B_AUTH none = {0};

    return open_with(&none, about, out_key, error);
}

static gboolean
create_key_with_pin(const char *folder,
                    const char *secret,
                    RecallKey *out_key,
                    GBytes **out_about,
                    GError **error)
{
    TPM2B_AUTH pin = {0};
    gboolean is_good =
        hash_pin(secret, &pin, error) && create_with(&pin, out_key, out_about, error);

    recall_secret_clear(&pin, sizeof pin);
    return is_good;
}

static gboolean
open_key_with_pin(const char *folder,
                  const char *secret,
                  GBytes *about,
                  RecallKey *out_key,
                  GError **error)
{
    TPM2B_AUTH pin = {0};
    gboolean is_good = hash_pin(secret, &pin, error) && open_with(&pin, about, out_key, error);

    recall_secret_clear(&pin, sizeof pin);
    return is_good;
}

/* The sealed object stands in the keyring only; an old copy of that still opens on this machine. */
static void
destroy_key(const char *folder, GBytes *about)
{
}

const RecallRootKeyType recall_root_key_tpm = {
    .name = "tpm",
    .create = create_key,
    .open = open_key,
    .destroy = destroy_key,
};

const RecallRootKeyType recall_root_key_tpm_pin = {
    .name = "tpm-pin",
    .asks = TRUE,
    .create = create_key_with_pin,
    .open = open_key_with_pin,
    .destroy = destroy_key,
};
