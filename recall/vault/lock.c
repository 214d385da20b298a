/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/lock.h"

#include "recall/vault/recovery-text.h"

void
recall_lock_get_state(RecallVault *vault, RecallLockState *out_state)
{
    const RecallKeyring *keyring = recall_vault_get_keyring(vault);
    const RecallRootKeyType *type = recall_keyring_get_type(keyring);

    *out_state = (RecallLockState){
        .type = type->name,
        .asks = type->asks,
        .is_locked = recall_keyring_is_locked(keyring),
        .is_recovered = recall_keyring_is_recovered(keyring),
        .has_recovery = recall_keyring_has_recovery(keyring),
        .age = recall_keyring_get_age(keyring),
        .copies = recall_keyring_get_copies(keyring),
        .n_wrong = recall_keyring_get_n_wrong(keyring),
        .try_again_at_us = g_get_monotonic_time() + recall_keyring_get_wait_us(keyring),
    };
    g_strlcpy(out_state->away_why, recall_keyring_get_away_why(keyring),
              sizeof out_state->away_why);
}

/* As the protocol knows them: whatever a person may do about it is a matter of the secret. */
static void
translate(GError **error, GError *keyring_error)
{
    gboolean is_about_secret = keyring_error->domain == RECALL_KEYRING_ERROR &&
                               keyring_error->code <= RECALL_KEYRING_ERROR_TOO_SOON;

    if (is_about_secret) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                            keyring_error->message);
        g_error_free(keyring_error);
    } else {
        g_propagate_error(error, keyring_error);
    }
}

gboolean
recall_lock_close(RecallVault *vault, GError **error)
{
    if (!recall_keyring_get_type(recall_vault_get_keyring(vault))->asks) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                            "Nothing was locked, because the key of the history asks for no "
                            "secret: deskhand key set passphrase makes it ask");
        return FALSE;
    }
    recall_vault_lock(vault);
    return TRUE;
}

static gboolean
is_recovery_text(const char *text)
{
    g_autoptr(RecallKey) key = recall_key_new();

    return recall_recovery_text_to_key(text, key);
}

gboolean
recall_lock_open(RecallVault *vault, const char *secret, GError **error)
{
    RecallKeyring *keyring = recall_vault_get_keyring(vault);
    GError *local_error = NULL;

    recall_vault_lock(vault);
    if (is_recovery_text(secret) ? recall_keyring_recover(keyring, secret, &local_error)
                                 : recall_keyring_unlock(keyring, secret, &local_error))
        return TRUE;
    translate(error, local_error);
    return FALSE;
}

/* A passphrase that looks like a recovery key would be taken for one. */
static gboolean
check_new(const RecallRootKeyType *type, const char *name, const char *secret, GError **error)
{
    if (type == NULL)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "Nothing by the name of \"%.40s\" can keep the key of the history", name);
    else if (type->asks && is_recovery_text(secret))
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                            "A recovery key cannot be a passphrase: choose another one");
    else
        return TRUE;
    return FALSE;
}

gboolean
recall_lock_set_key(RecallVault *vault,
                    const char *secret,
                    const char *type_name,
                    const char *new_secret,
                    GError **error)
{
    const RecallRootKeyType *type = recall_root_key_find(type_name);
    RecallKeyring *keyring = recall_vault_get_keyring(vault);
    GError *local_error = NULL;

    if (!check_new(type, type_name, new_secret, error) || !recall_lock_open(vault, secret, error))
        return FALSE;
    if (!recall_keyring_set_type(keyring, type, new_secret, &local_error)) {
        translate(error, local_error);
        return FALSE;
    }
    recall_keyring_accept_loss(keyring);
    return TRUE;
}

char *
recall_lock_make_recovery(RecallVault *vault, const char *secret, GError **error)
{
    GError *local_error = NULL;
    char *text = NULL;

    if (!recall_lock_open(vault, secret, error))
        return NULL;
    text = recall_keyring_make_recovery(recall_vault_get_keyring(vault), &local_error);
    if (text == NULL)
        translate(error, local_error);
    return text;
}
