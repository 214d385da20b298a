/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/keyring-private.h"

#include "recall/vault/recovery-text.h"
#include "recall/vault/wrap.h"

#include <string.h>

int64_t
recall_keyring_wait_s(unsigned n_wrong)
{
    unsigned n_doublings = n_wrong - MIN(n_wrong, RECALL_KEYRING_N_TRIES_FREE);

    return n_wrong < RECALL_KEYRING_N_TRIES_FREE
               ? 0
               : MIN(2 << MIN(n_doublings, 20), RECALL_KEYRING_WAIT_MAX_S);
}

unsigned
recall_keyring_get_n_wrong(const RecallKeyring *self)
{
    return self->file->n_wrong;
}

int64_t
recall_keyring_get_wait_us(const RecallKeyring *self)
{
    return MAX(self->try_again_at_us - g_get_monotonic_time(), 0);
}

const char *
recall_keyring_get_away_why(const RecallKeyring *self)
{
    return self->away_why != NULL ? self->away_why : "";
}

gboolean
recall_keyring_is_recovered(const RecallKeyring *self)
{
    return self->root != NULL && self->wrapper == NULL;
}

/* --- wrong secrets --- */

void
recall_keyring_slow_down(RecallKeyring *self)
{
    self->try_again_at_us = g_get_monotonic_time() +
                            recall_keyring_wait_s(self->file->n_wrong) * (int64_t)G_USEC_PER_SEC;
}

static gboolean
check_not_too_soon(RecallKeyring *self, GError **error)
{
    int64_t wait_us = recall_keyring_get_wait_us(self);

    if (wait_us == 0)
        return TRUE;
    g_set_error(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_TOO_SOON,
                "There were %u wrong tries: wait %d seconds before the next one",
                self->file->n_wrong, (int)(wait_us / G_USEC_PER_SEC) + 1);
    return FALSE;
}

/* The count of tries: on a disk that is read-only it is kept until the program ends. */
static gboolean
save_or_remember(RecallKeyring *self, RecallKeyringFile *changed, GError **error)
{
    g_autoptr(RecallKeyringFile) kept = recall_keyring_file_copy(changed);
    g_autoptr(GError) local_error = NULL;

    if (recall_keyring_save(self, changed, &local_error))
        return TRUE;
    if (!g_error_matches(local_error, G_IO_ERROR, G_IO_ERROR_READ_ONLY)) {
        g_propagate_error(error, g_steal_pointer(&local_error));
        return FALSE;
    }
    self->file->n_wrong = kept->n_wrong;
    return TRUE;
}

/* Before the try, so that ending the program in time does not undo it. */
static gboolean
count_try(RecallKeyring *self, GError **error)
{
    RecallKeyringFile *changed = recall_keyring_file_copy(self->file);

    changed->n_wrong += changed->n_wrong < G_MAXUINT;
    return save_or_remember(self, changed, error);
}

static gboolean
set_wrong_secret(RecallKeyring *self, GError **error)
{
    recall_keyring_slow_down(self);
    return recall_keyring_set_error(error, RECALL_KEYRING_ERROR_WRONG_SECRET,
                                    "That is not the passphrase or recovery key of this history");
}

static gboolean
set_damaged_root(RecallKeyring *self, GError **error)
{
    g_set_error(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_DAMAGED,
                "The keyring in %s does not belong to its key: put both back from one backup",
                self->folder);
    return FALSE;
}

/* --- unlocking --- */

/* Whether anything is left to do that needed the root key. */
static gboolean
needs_root(const RecallKeyringFile *file)
{
    for (unsigned i = 0; i < file->entries->len; i++) {
        if (g_array_index(file->entries, RecallKeyringEntry, i).is_sealed)
            return TRUE;
    }
    return file->is_root_stale;
}

/* The public half is what keys are sealed for while locked: somebody may have put theirs there. */
static gboolean
check_public(RecallKeyring *self, const RecallKey *root_secret, GError **error)
{
    uint8_t expected[RECALL_SEALED_BOX_PUBLIC_BYTES];

    return recall_sealed_box_get_public(root_secret, expected, error) &&
           (memcmp(expected, self->file->public_half, sizeof expected) == 0 ||
            set_damaged_root(self, error));
}

/* Where the key can be had again without asking anybody, it is: what kept it gets another one. */
static void
mend_key(RecallKeyring *self)
{
    g_autoptr(GError) error = NULL;
    gboolean was_lost = FALSE;

    if (self->wrapper == NULL && !self->type->asks &&
        !recall_keyring_set_type(self, self->type, NULL, &error))
        g_warning("What keeps the key cannot be given another one: %s", error->message);
    if (self->wrapper == NULL || self->type->mend == NULL)
        return;
    self->key_copies = RECALL_KEYRING_COPIES_WELL;
    if (!self->type->mend(self->folder, self->file->about, self->wrapper, &was_lost, &error)) {
        g_warning("The key of the history stands there once only: %s", error->message);
        self->key_copies = RECALL_KEYRING_COPIES_SINGLE;
    } else if (was_lost) {
        g_warning("One of the two files of the key in %s was damaged or missing: it was written "
                  "anew",
                  self->folder);
        self->key_copies = RECALL_KEYRING_COPIES_MENDED;
    }
}

/* With the root key in hand. @wrapper: (transfer full) (nullable): unknown after a recovery
 * @root: (transfer full) */
static gboolean
finish_unlock(RecallKeyring *self, RecallKey *wrapper, RecallKey *root, GError **error)
{
    g_autoptr(RecallKey) own_wrapper = wrapper;
    g_autoptr(RecallKey) own_root = root;
    g_autoptr(RecallKey) root_secret = recall_key_new();
    g_autoptr(GError) local_error = NULL;

    if (!recall_keyring_derive_secret(root, root_secret, error) ||
        !check_public(self, root_secret, error))
        return FALSE;
    recall_keyring_take_root(self, g_steal_pointer(&own_root), g_steal_pointer(&root_secret));
    self->wrapper = g_steal_pointer(&own_wrapper);
    if (self->file->n_wrong > 0) {
        RecallKeyringFile *changed = recall_keyring_file_copy(self->file);

        changed->n_wrong = 0;
        if (!save_or_remember(self, changed, error))
            return recall_keyring_clear_root(self), FALSE;
    }
    if (self->wrapper != NULL && needs_root(self->file) &&
        !recall_keyring_renew(self, &local_error) &&
        !g_error_matches(local_error, G_IO_ERROR, G_IO_ERROR_READ_ONLY)) {
        g_propagate_error(error, g_steal_pointer(&local_error));
        recall_keyring_clear_root(self);
        return FALSE;
    }
    mend_key(self);
    return TRUE;
}

/* What a back end says of the secret. @refusal: (transfer full) */
static gboolean
explain_refusal(RecallKeyring *self, GError *refusal, GError **error)
{
    g_autoptr(GError) owned = refusal;

    if (self->type->asks && g_error_matches(refusal, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
        return set_wrong_secret(self, error);
    if (self->type->asks && g_error_matches(refusal, G_IO_ERROR, G_IO_ERROR_BUSY))
        return recall_keyring_set_error(error, RECALL_KEYRING_ERROR_TOO_SOON, refusal->message);
    g_propagate_error(error, g_steal_pointer(&owned));
    return FALSE;
}

static gboolean
unlock(RecallKeyring *self, const char *secret, GError **error)
{
    g_autoptr(RecallKey) wrapper = recall_key_new();
    g_autoptr(RecallKey) root = recall_key_new();
    g_autofree char *about = recall_keyring_about_root(self->type);
    g_autoptr(GError) local_error = NULL;

    if (!recall_keyring_is_locked(self))
        return TRUE;
    if (self->type->asks && (!check_not_too_soon(self, error) || !count_try(self, error)))
        return FALSE;
    if (!self->type->open(self->folder, secret, self->file->about, wrapper, &local_error))
        return explain_refusal(self, g_steal_pointer(&local_error), error);
    recall_keyring_find_age(self);
    if (!recall_wrap_open(wrapper, about, self->file->root_wrap, root, NULL))
        return self->type->asks ? set_wrong_secret(self, error) : set_damaged_root(self, error);
    return finish_unlock(self, g_steal_pointer(&wrapper), g_steal_pointer(&root), error);
}

gboolean
recall_keyring_unlock(RecallKeyring *self, const char *secret, GError **error)
{
    g_autoptr(GError) local_error = NULL;

    g_clear_pointer(&self->away_why, g_free);
    if (unlock(self, secret, &local_error))
        return TRUE;
    if (!self->type->asks)
        self->away_why = g_strdup(local_error->message);
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

void
recall_keyring_lock(RecallKeyring *self)
{
    if (self->type->asks)
        recall_keyring_clear_root(self);
}

gboolean
recall_keyring_recover(RecallKeyring *self, const char *text, GError **error)
{
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(RecallKey) root = recall_key_new();

    if (!recall_keyring_is_locked(self))
        return TRUE;
    if (!check_not_too_soon(self, error) || !count_try(self, error))
        return FALSE;
    if (!self->file->has_recovery || !recall_recovery_text_to_key(text, key) ||
        !recall_sealed_box_open(key, RECALL_KEYRING_RECOVERY_ABOUT,
                                strlen(RECALL_KEYRING_RECOVERY_ABOUT), self->file->recovery_wrap,
                                root, NULL))
        return set_wrong_secret(self, error);
    return finish_unlock(self, NULL, g_steal_pointer(&root), error);
}
