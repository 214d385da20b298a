/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/keyring.h"

#include "recall/vault/keyring-copies.h"
#include "recall/vault/recovery-text.h"
#include "recall/vault/safe-file.h"
#include "recall/vault/wrap.h"

#include <string.h>

#define OPEN_KEY_NAME "open.key"
#define OPEN_KEY_BYTES (RECALL_SEGMENT_ID_BYTES + RECALL_KEY_BYTES)
#define RECOVERY_ABOUT "deskhand recovery 1"
#define SEALING_PURPOSE "deskhand sealing 1"

struct RecallKeyring {
    char *folder;
    RecallKeyringCopies copies;
    char *open_key_path;
    RecallKeyringFile *file;
    const RecallRootKeyType *type;

    /* All NULL while locked; @wrapper also after a recovery. */
    RecallKey *wrapper; /* of the back end: wraps the root */
    RecallKey *root;
    RecallKey *root_secret; /* derived from the root: opens what was sealed while locked */

    /* Of the segment in hand, known while locked. */
    RecallKey *open_key; /* NULL: none */
    uint8_t open_id[RECALL_SEGMENT_ID_BYTES];

    int64_t try_again_at_us; /* monotonic; after wrong secrets */

    char *away_why; /* of the last try to get a key that asks nobody; NULL: it was had */
    RecallKeyringCopiesState key_copies;

    RecallKeyringAge age;
    uint8_t found_mark[RECALL_ROOT_KEY_MARK_BYTES]; /* of the file as it was found */
};

G_DEFINE_QUARK(recall_keyring_error, recall_keyring_error)

/* --- the file --- */

static void
get_mark(GBytes *bytes, uint8_t *out_mark)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    size_t n_bytes = RECALL_ROOT_KEY_MARK_BYTES;

    g_checksum_update(sum, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes));
    g_checksum_get_digest(sum, out_mark, &n_bytes);
}

/* Told before it is written, so that after a loss of power what is found was told of. An old one
 * that was put back is not told of: the next start shall notice it, too. */
static void
tell_of(RecallKeyring *self, const RecallKeyringFile *file, GBytes *bytes)
{
    const RecallRootKeyType *type = recall_root_key_find(file->type);
    uint8_t mark[RECALL_ROOT_KEY_MARK_BYTES];
    g_autoptr(GError) error = NULL;

    if (type == NULL || type->note == NULL ||
        (type == self->type && self->age != RECALL_KEYRING_AGE_NEWEST))
        return;
    get_mark(bytes, mark);
    if (!type->note(file->about, mark, &error))
        g_info("The host was not told what is written: %s", error->message);
}

/* As soon as the back end can be asked. What was written meanwhile is told of then. */
static void
find_age(RecallKeyring *self)
{
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;
    gboolean is_known = FALSE;

    if (self->type->is_known == NULL)
        self->age = RECALL_KEYRING_AGE_UNTOLD;
    else if (self->age != RECALL_KEYRING_AGE_UNKNOWN)
        return;
    else if (!self->type->is_known(self->file->about, self->found_mark, &is_known, &error))
        g_info("The host does not say how old the history is: %s", error->message);
    else
        self->age = is_known ? RECALL_KEYRING_AGE_NEWEST : RECALL_KEYRING_AGE_OLD;
    if (self->age == RECALL_KEYRING_AGE_OLD)
        g_warning("The keyring in %s is older than the one that was written last", self->folder);
    if (self->age != RECALL_KEYRING_AGE_NEWEST)
        return;
    bytes = recall_keyring_file_pack(self->file);
    tell_of(self, self->file, bytes);
}

static gboolean
write_file(RecallKeyring *self, const RecallKeyringFile *file, GError **error)
{
    g_autoptr(GBytes) bytes = recall_keyring_file_pack(file);

    tell_of(self, file, bytes);
    return recall_keyring_copies_save(&self->copies, bytes, error);
}

/* What is in memory changes only when it is on the disk. @changed: (transfer full) */
static gboolean
save(RecallKeyring *self, RecallKeyringFile *changed, GError **error)
{
    if (!write_file(self, changed, error)) {
        recall_keyring_file_free(changed);
        return FALSE;
    }
    recall_keyring_file_free(self->file);
    self->file = changed;
    return TRUE;
}

static gboolean
set_keyring_error(GError **error, RecallKeyringError code, const char *message)
{
    g_set_error_literal(error, RECALL_KEYRING_ERROR, (int)code, message);
    return FALSE;
}

static gboolean
set_locked(GError **error)
{
    return set_keyring_error(error, RECALL_KEYRING_ERROR_LOCKED,
                             "The history is locked: unlock it with deskhand unlock");
}

/* --- the root key --- */

static char *
about_root(const RecallRootKeyType *type)
{
    return g_strconcat("deskhand root 1 ", type->name, NULL);
}

/* Takes what follows from a root key into @file. */
static gboolean
describe_root(RecallKeyringFile *file,
              const RecallRootKeyType *type,
              const RecallKey *wrapper,
              const RecallKey *root,
              const RecallKey *root_secret,
              GError **error)
{
    g_autofree char *about = about_root(type);

    if (!recall_wrap_seal(wrapper, about, root, file->root_wrap, error) ||
        !recall_sealed_box_get_public(root_secret, file->public_half, error))
        return FALSE;
    file->is_root_stale = FALSE;
    return !file->has_recovery ||
           recall_sealed_box_seal(file->recovery_public, RECOVERY_ABOUT, strlen(RECOVERY_ABOUT),
                                  root, file->recovery_wrap, error);
}

/* What does not open now will not later: it is kept as it is. */
static gboolean
rewrap_entries(RecallKeyring *self, GArray *entries, const RecallKey *root, GError **error)
{
    g_autoptr(RecallKey) key = recall_key_new();

    for (unsigned i = 0; i < entries->len; i++) {
        RecallKeyringEntry *entry = &g_array_index(entries, RecallKeyringEntry, i);

        if (recall_wrap_open_entry(self->root, self->root_secret, entry, key, NULL) &&
            !recall_wrap_seal_entry(root, entry, key, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
derive_secret(const RecallKey *root, RecallKey *out_secret, GError **error)
{
    return recall_sealed_box_derive(root, "", 0, SEALING_PURPOSE, out_secret, error);
}

static void
take_root(RecallKeyring *self, RecallKey *root, RecallKey *root_secret)
{
    recall_secret_free(self->root);
    recall_secret_free(self->root_secret);
    self->root = root;
    self->root_secret = root_secret;
}

/* Makes the root key anew and saves everything wrapped with it. @file: (transfer full): changed in
 * other ways perhaps; @wrapper: for the new one */
static gboolean
renew_root(RecallKeyring *self,
           RecallKeyringFile *file,
           const RecallRootKeyType *type,
           const RecallKey *wrapper,
           GError **error)
{
    g_autoptr(RecallKeyringFile) changed = file;
    g_autoptr(RecallKey) root = recall_key_new();
    g_autoptr(RecallKey) root_secret = recall_key_new();

    recall_box_draw(root, RECALL_KEY_BYTES);
    if (!derive_secret(root, root_secret, error) ||
        !rewrap_entries(self, changed->entries, root, error) ||
        !describe_root(changed, type, wrapper, root, root_secret, error) ||
        !save(self, g_steal_pointer(&changed), error))
        return FALSE;
    take_root(self, g_steal_pointer(&root), g_steal_pointer(&root_secret));
    return TRUE;
}

/* --- the key of the segment in hand --- */

static void
forget_open_key(RecallKeyring *self)
{
    g_clear_pointer(&self->open_key, recall_secret_free);
    recall_safe_file_destroy(self->open_key_path);
}

static gboolean
keep_open_key(RecallKeyring *self, const uint8_t *id, const RecallKey *key, GError **error)
{
    g_autoptr(RecallKey) both = recall_secret_alloc(OPEN_KEY_BYTES);

    if (self->open_key == NULL)
        self->open_key = recall_key_new();
    memcpy(self->open_key, key, RECALL_KEY_BYTES);
    memcpy(self->open_id, id, RECALL_SEGMENT_ID_BYTES);
    memcpy(both, id, RECALL_SEGMENT_ID_BYTES);
    memcpy(both + RECALL_SEGMENT_ID_BYTES, key, RECALL_KEY_BYTES);
    return recall_safe_file_write_summed(self->open_key_path, both, OPEN_KEY_BYTES, error);
}

int
recall_keyring_get_week_in_hand(const RecallKeyring *self)
{
    for (unsigned i = 0; self->open_key != NULL && i < self->file->entries->len; i++) {
        const RecallKeyringEntry *entry =
            &g_array_index(self->file->entries, RecallKeyringEntry, i);

        if (memcmp(entry->id, self->open_id, sizeof entry->id) == 0)
            return entry->week;
    }
    return -1;
}

/* A damaged one is as good as none: it is written anew with the next scene, once unlocked. */
static void
load_open_key(RecallKeyring *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallKey) both = recall_secret_alloc(OPEN_KEY_BYTES);
    gboolean has_sum;

    if (!recall_safe_file_read_summed(self->open_key_path, both, OPEN_KEY_BYTES, &has_sum,
                                      &error)) {
        if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
            g_warning("The key of the week in hand is not to be had: %s", error->message);
        return;
    }
    self->open_key = recall_key_new();
    memcpy(self->open_id, both, RECALL_SEGMENT_ID_BYTES);
    memcpy(self->open_key, both + RECALL_SEGMENT_ID_BYTES, RECALL_KEY_BYTES);
    if (recall_keyring_get_week_in_hand(self) < 0)
        forget_open_key(self);
}

gboolean
recall_keyring_hold(RecallKeyring *self, int week, GError **error)
{
    const RecallKeyringEntry *entry = recall_keyring_file_find(self->file, week);
    g_autoptr(RecallKey) key = recall_key_new();

    if (entry == NULL || week < 0 || recall_keyring_is_locked(self) ||
        recall_keyring_get_week_in_hand(self) == week)
        return TRUE;
    return recall_wrap_open_entry(self->root, self->root_secret, entry, key, error) &&
           keep_open_key(self, entry->id, key, error);
}

/* Returns: -1 when there is none */
static int
find_newest_week(const RecallKeyring *self)
{
    int week = -1;

    for (unsigned i = 0; i < self->file->entries->len; i++)
        week = MAX(week, g_array_index(self->file->entries, RecallKeyringEntry, i).week);
    return week;
}

/* --- wrong secrets --- */

int64_t
recall_keyring_wait_s(unsigned n_wrong)
{
    unsigned n_doublings = n_wrong - MIN(n_wrong, RECALL_KEYRING_N_TRIES_FREE);

    return n_wrong < RECALL_KEYRING_N_TRIES_FREE
               ? 0
               : MIN(2 << MIN(n_doublings, 20), RECALL_KEYRING_WAIT_MAX_S);
}

static void
slow_down(RecallKeyring *self)
{
    self->try_again_at_us = g_get_monotonic_time() +
                            recall_keyring_wait_s(self->file->n_wrong) * (int64_t)G_USEC_PER_SEC;
}

/* --- opening --- */

/* A first keyring, with a back end that asks nobody. */
static gboolean
create(RecallKeyring *self, GError **error)
{
    g_autoptr(RecallKeyringFile) file = recall_keyring_file_new();
    g_autoptr(RecallKey) wrapper = recall_key_new();

    self->type = &recall_root_key_file;
    g_free(file->type);
    file->type = g_strdup(self->type->name);
    g_clear_pointer(&file->about, g_bytes_unref);
    if (!self->type->create(self->folder, NULL, wrapper, &file->about, error)) {
        file->about = g_bytes_new(NULL, 0);
        return FALSE;
    }
    if (!renew_root(self, g_steal_pointer(&file), self->type, wrapper, error))
        return FALSE;
    self->wrapper = g_steal_pointer(&wrapper);
    return TRUE;
}

static gboolean
load(RecallKeyring *self, GBytes *bytes, GError **error)
{
    g_autoptr(GError) local_error = NULL;

    self->file = recall_keyring_file_parse(bytes, error);
    if (self->file == NULL)
        return FALSE;
    self->type = recall_root_key_find(self->file->type);
    if (self->type == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "The keyring in %s needs \"%s\", which this release does not know",
                    self->folder, self->file->type);
        return FALSE;
    }
    get_mark(bytes, self->found_mark);
    self->age = RECALL_KEYRING_AGE_UNKNOWN;
    find_age(self);
    slow_down(self);
    load_open_key(self);
    if (!self->type->asks && !recall_keyring_unlock(self, NULL, &local_error))
        g_warning("The key of the history is not to be had: %s", local_error->message);
    return TRUE;
}

/* Power that was lost while the key was changed leaves two of them, of which the keyring names one.
 * Only once that has opened it, or was never in a file, and both copies say so. */
static void
sweep_keys(RecallKeyring *self)
{
    if ((!self->type->asks && recall_keyring_is_locked(self)) ||
        self->copies.state == RECALL_KEYRING_COPIES_SINGLE)
        return;
    recall_root_key_sweep(self->folder, self->type, self->file->about);
}

static gboolean
load_and_mend(RecallKeyring *self, GBytes *bytes, GError **error)
{
    if (!load(self, bytes, error))
        return FALSE;
    recall_keyring_copies_mend(&self->copies);
    sweep_keys(self);
    return TRUE;
}

RecallKeyring *
recall_keyring_open(const char *folder, GError **error)
{
    g_autoptr(RecallKeyring) self = g_new0(RecallKeyring, 1);
    g_autoptr(GError) local_error = NULL;
    g_autoptr(GBytes) bytes = NULL;
    gboolean is_open;

    self->folder = g_strdup(folder);
    recall_keyring_copies_init(&self->copies, folder);
    self->open_key_path = g_build_filename(folder, OPEN_KEY_NAME, NULL);
    bytes = recall_keyring_copies_load(&self->copies, &local_error);
    if (bytes != NULL)
        is_open = load_and_mend(self, bytes, error);
    else if (g_error_matches(local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        is_open = create(self, error);
    else
        is_open = (g_propagate_error(error, g_steal_pointer(&local_error)), FALSE);
    return is_open ? g_steal_pointer(&self) : NULL;
}

static void
clear_root(RecallKeyring *self)
{
    g_clear_pointer(&self->wrapper, recall_secret_free);
    g_clear_pointer(&self->root, recall_secret_free);
    g_clear_pointer(&self->root_secret, recall_secret_free);
}

void
recall_keyring_close(RecallKeyring *self)
{
    if (self == NULL)
        return;
    clear_root(self);
    recall_secret_free(self->open_key);
    recall_keyring_file_free(self->file);
    g_free(self->folder);
    recall_keyring_copies_clear(&self->copies);
    g_free(self->open_key_path);
    g_free(self->away_why);
    g_free(self);
}

gboolean
recall_keyring_is_locked(const RecallKeyring *self)
{
    return self->root == NULL;
}

const RecallRootKeyType *
recall_keyring_get_type(const RecallKeyring *self)
{
    return self->type;
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

RecallKeyringCopiesState
recall_keyring_get_copies(const RecallKeyring *self)
{
    return MAX(self->copies.state, self->key_copies);
}

const char *
recall_keyring_get_away_why(const RecallKeyring *self)
{
    return self->away_why != NULL ? self->away_why : "";
}

RecallKeyringAge
recall_keyring_get_age(const RecallKeyring *self)
{
    return self->age;
}

gboolean
recall_keyring_has_recovery(const RecallKeyring *self)
{
    return self->file->has_recovery;
}

gboolean
recall_keyring_is_recovered(const RecallKeyring *self)
{
    return self->root != NULL && self->wrapper == NULL;
}

/* --- unlocking --- */

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

    if (save(self, changed, &local_error))
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
    slow_down(self);
    return set_keyring_error(error, RECALL_KEYRING_ERROR_WRONG_SECRET,
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

/* A copy of what was before shall open nothing: a back end that does not ask gets a new key, too.
 */
static gboolean
renew(RecallKeyring *self, GError **error)
{
    return self->type->asks ? renew_root(self, recall_keyring_file_copy(self->file), self->type,
                                         self->wrapper, error)
                            : recall_keyring_set_type(self, self->type, NULL, error);
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

    if (!derive_secret(root, root_secret, error) || !check_public(self, root_secret, error))
        return FALSE;
    take_root(self, g_steal_pointer(&own_root), g_steal_pointer(&root_secret));
    self->wrapper = g_steal_pointer(&own_wrapper);
    if (self->file->n_wrong > 0) {
        RecallKeyringFile *changed = recall_keyring_file_copy(self->file);

        changed->n_wrong = 0;
        if (!save_or_remember(self, changed, error))
            return clear_root(self), FALSE;
    }
    if (self->wrapper != NULL && needs_root(self->file) && !renew(self, &local_error) &&
        !g_error_matches(local_error, G_IO_ERROR, G_IO_ERROR_READ_ONLY)) {
        g_propagate_error(error, g_steal_pointer(&local_error));
        clear_root(self);
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
        return set_keyring_error(error, RECALL_KEYRING_ERROR_TOO_SOON, refusal->message);
    g_propagate_error(error, g_steal_pointer(&owned));
    return FALSE;
}

static gboolean
unlock(RecallKeyring *self, const char *secret, GError **error)
{
    g_autoptr(RecallKey) wrapper = recall_key_new();
    g_autoptr(RecallKey) root = recall_key_new();
    g_autofree char *about = about_root(self->type);
    g_autoptr(GError) local_error = NULL;

    if (!recall_keyring_is_locked(self))
        return TRUE;
    find_age(self);
    if (self->type->asks && (!check_not_too_soon(self, error) || !count_try(self, error)))
        return FALSE;
    if (!self->type->open(self->folder, secret, self->file->about, wrapper, &local_error))
        return explain_refusal(self, g_steal_pointer(&local_error), error);
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
        clear_root(self);
}

/* --- keys of segments --- */

static gboolean
set_no_key(GError **error)
{
    return set_keyring_error(error, RECALL_KEYRING_ERROR_NO_KEY, "its key is not in the keyring");
}

static const RecallKeyringEntry *
find_entry(const RecallKeyring *self, int week, unsigned age)
{
    for (unsigned i = self->file->entries->len; i > 0; i--) {
        const RecallKeyringEntry *entry =
            &g_array_index(self->file->entries, RecallKeyringEntry, i - 1);

        if (entry->week == week && age-- == 0)
            return entry;
    }
    return NULL;
}

static gboolean
open_entry(RecallKeyring *self, const RecallKeyringEntry *entry, RecallKey *out_key, GError **error)
{
    if (!recall_keyring_is_locked(self) &&
        recall_wrap_open_entry(self->root, self->root_secret, entry, out_key, NULL))
        return TRUE;
    if (self->open_key != NULL && memcmp(entry->id, self->open_id, sizeof entry->id) == 0) {
        memcpy(out_key, self->open_key, RECALL_KEY_BYTES);
        return TRUE;
    }
    return recall_keyring_is_locked(self) ? set_locked(error)
                                          : set_keyring_error(error, RECALL_KEYRING_ERROR_DAMAGED,
                                                              "its key in the keyring is damaged");
}

gboolean
recall_keyring_get(RecallKeyring *self,
                   int week,
                   unsigned age,
                   uint8_t *out_id,
                   RecallKey *out_key,
                   GError **error)
{
    const RecallKeyringEntry *entry = find_entry(self, week, age);

    if (entry == NULL)
        return set_no_key(error);
    memcpy(out_id, entry->id, RECALL_SEGMENT_ID_BYTES);
    return open_entry(self, entry, out_key, error);
}

static gboolean
append_entry(RecallKeyring *self, const RecallKeyringEntry *entry, GError **error)
{
    RecallKeyringFile *changed;

    if (self->file->entries->len >= RECALL_KEYRING_N_ENTRIES_MAX) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "The keyring is full");
        return FALSE;
    }
    changed = recall_keyring_file_copy(self->file);
    g_array_append_val(changed->entries, *entry);
    return save(self, changed, error);
}

static gboolean
add_key(RecallKeyring *self,
        int week,
        uint64_t n_marked,
        uint8_t *out_id,
        RecallKey *out_key,
        GError **error)
{
    RecallKeyringEntry entry = {.week = week, .n_marked = n_marked};
    gboolean is_wrapped;

    recall_box_draw(entry.id, sizeof entry.id);
    recall_box_draw(out_key, RECALL_KEY_BYTES);
    if (recall_keyring_is_locked(self))
        is_wrapped = recall_wrap_seal_entry_locked(self->file->public_half, &entry, out_key, error);
    else
        is_wrapped = recall_wrap_seal_entry(self->root, &entry, out_key, error);
    if (!is_wrapped || !append_entry(self, &entry, error))
        return FALSE;
    memcpy(out_id, entry.id, sizeof entry.id);
    return TRUE;
}

gboolean
recall_keyring_add_beside(RecallKeyring *self,
                          int week,
                          uint8_t *out_id,
                          RecallKey *out_key,
                          GError **error)
{
    const RecallKeyringEntry *newest = recall_keyring_file_find(self->file, week);

    return add_key(self, week, newest != NULL ? newest->n_marked : 0, out_id, out_key, error);
}

gboolean
recall_keyring_add(RecallKeyring *self,
                   int week,
                   uint8_t *out_id,
                   RecallKey *out_key,
                   GError **error)
{
    if (!add_key(self, week, 0, out_id, out_key, error))
        return FALSE;
    if (recall_keyring_is_locked(self) && week <= recall_keyring_get_week_in_hand(self))
        return TRUE;
    return keep_open_key(self, out_id, out_key, error);
}

/* Saves @changed, from which keys were taken. Without the root key the rest waits. */
static gboolean
save_without(RecallKeyring *self, RecallKeyringFile *changed, GError **error)
{
    changed->is_root_stale = TRUE;
    if (!save(self, changed, error))
        return FALSE;
    if (self->open_key != NULL && recall_keyring_get_week_in_hand(self) < 0)
        forget_open_key(self);
    return self->wrapper == NULL || renew(self, error);
}

gboolean
recall_keyring_drop(RecallKeyring *self, const uint8_t *id, GError **error)
{
    RecallKeyringFile *changed = recall_keyring_file_copy(self->file);

    for (unsigned i = changed->entries->len; i > 0; i--) {
        if (memcmp(g_array_index(changed->entries, RecallKeyringEntry, i - 1).id, id,
                   RECALL_SEGMENT_ID_BYTES) == 0)
            g_array_remove_index(changed->entries, i - 1);
    }
    return save_without(self, changed, error);
}

/* Keeps the newest @n_kept of the week's keys. */
static gboolean
keep_newest(RecallKeyring *self, int week, unsigned n_kept, GError **error)
{
    g_autoptr(RecallKeyringFile) changed = NULL;

    if (find_entry(self, week, n_kept) == NULL)
        return TRUE;
    changed = recall_keyring_file_copy(self->file);
    for (unsigned i = changed->entries->len; i > 0; i--) {
        if (g_array_index(changed->entries, RecallKeyringEntry, i - 1).week != week)
            continue;
        if (n_kept > 0)
            n_kept--;
        else
            g_array_remove_index(changed->entries, i - 1);
    }
    return save_without(self, g_steal_pointer(&changed), error);
}

gboolean
recall_keyring_drop_older(RecallKeyring *self, int week, GError **error)
{
    return keep_newest(self, week, 1, error);
}

gboolean
recall_keyring_delete(RecallKeyring *self, int week, GError **error)
{
    return keep_newest(self, week, 0, error);
}

/* Returns: (nullable): borrowed until the array changes */
static RecallKeyringEntry *
find_by_id(const RecallKeyringFile *file, const uint8_t *id)
{
    for (unsigned i = 0; i < file->entries->len; i++) {
        RecallKeyringEntry *entry = &g_array_index(file->entries, RecallKeyringEntry, i);

        if (memcmp(entry->id, id, sizeof entry->id) == 0)
            return entry;
    }
    return NULL;
}

gboolean
recall_keyring_lease(RecallKeyring *self, const uint8_t *id, uint64_t n, GError **error)
{
    g_autoptr(RecallKeyringFile) changed = recall_keyring_file_copy(self->file);
    RecallKeyringEntry *entry = find_by_id(changed, id);

    if (entry == NULL)
        return set_no_key(error);
    if (n > RECALL_PAGE_CODEC_N_SEALS_MAX || entry->n_seals > RECALL_PAGE_CODEC_N_SEALS_MAX - n)
        return set_keyring_error(error, RECALL_KEYRING_ERROR_WORN,
                                 "its key was used as often as a key may");
    entry->n_seals += n;
    return save(self, g_steal_pointer(&changed), error);
}

uint64_t
recall_keyring_get_n_marked(const RecallKeyring *self, const uint8_t *id)
{
    const RecallKeyringEntry *entry = find_by_id(self->file, id);

    return entry != NULL ? entry->n_marked : 0;
}

gboolean
recall_keyring_set_n_marked(RecallKeyring *self,
                            const uint8_t *id,
                            uint64_t n_marked,
                            GError **error)
{
    g_autoptr(RecallKeyringFile) changed = recall_keyring_file_copy(self->file);
    RecallKeyringEntry *entry = find_by_id(changed, id);

    if (entry == NULL)
        return set_no_key(error);
    if (n_marked <= entry->n_marked)
        return TRUE;
    entry->n_marked = MIN(n_marked, G_MAXINT64);
    return save(self, g_steal_pointer(&changed), error);
}

static int
compare_weeks(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

GArray *
recall_keyring_dup_weeks(const RecallKeyring *self)
{
    GArray *weeks = g_array_new(FALSE, FALSE, sizeof(int));

    for (unsigned i = 0; i < self->file->entries->len; i++) {
        int week = g_array_index(self->file->entries, RecallKeyringEntry, i).week;

        if (week >= 0 && recall_keyring_file_find(self->file, week) ==
                             &g_array_index(self->file->entries, RecallKeyringEntry, i))
            g_array_append_val(weeks, week);
    }
    g_array_sort(weeks, compare_weeks);
    return weeks;
}

uint64_t
recall_keyring_get_n_seals(const RecallKeyring *self, int week)
{
    const RecallKeyringEntry *entry = recall_keyring_file_find(self->file, week);

    return entry != NULL ? entry->n_seals : 0;
}

/* --- another back end, and recovery --- */

static gboolean
switch_type(RecallKeyring *self,
            const RecallRootKeyType *type,
            GBytes *about,
            RecallKey *wrapper,
            GError **error)
{
    RecallKeyringFile *changed = recall_keyring_file_copy(self->file);

    g_free(changed->type);
    changed->type = g_strdup(type->name);
    g_bytes_unref(changed->about);
    changed->about = g_bytes_ref(about);
    return renew_root(self, changed, type, wrapper, error);
}

gboolean
recall_keyring_set_type(RecallKeyring *self,
                        const RecallRootKeyType *type,
                        const char *secret,
                        GError **error)
{
    g_autoptr(RecallKey) wrapper = recall_key_new();
    g_autoptr(GBytes) old_about = g_bytes_ref(self->file->about);
    const RecallRootKeyType *old_type = self->type;
    g_autoptr(GBytes) about = NULL;
    g_autoptr(GBytes) bytes = NULL;

    if (recall_keyring_is_locked(self))
        return set_locked(error);
    if (!type->create(self->folder, secret, wrapper, &about, error))
        return FALSE;
    if (!switch_type(self, type, about, wrapper, error)) {
        type->destroy(self->folder, about);
        return FALSE;
    }
    self->type = type;
    self->age = type->note != NULL ? RECALL_KEYRING_AGE_NEWEST : RECALL_KEYRING_AGE_UNTOLD;
    bytes = recall_keyring_file_pack(self->file);
    tell_of(self, self->file, bytes);
    recall_secret_free(self->wrapper);
    self->wrapper = g_steal_pointer(&wrapper);
    old_type->destroy(self->folder, old_about);
    return self->open_key != NULL || recall_keyring_hold(self, find_newest_week(self), error);
}

char *
recall_keyring_make_recovery(RecallKeyring *self, GError **error)
{
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(RecallKeyringFile) changed = recall_keyring_file_copy(self->file);

    if (recall_keyring_is_locked(self))
        return set_locked(error), NULL;
    recall_box_draw(key, RECALL_KEY_BYTES);
    changed->has_recovery = TRUE;
    if (!recall_sealed_box_get_public(key, changed->recovery_public, error) ||
        !recall_sealed_box_seal(changed->recovery_public, RECOVERY_ABOUT, strlen(RECOVERY_ABOUT),
                                self->root, changed->recovery_wrap, error) ||
        !save(self, g_steal_pointer(&changed), error))
        return NULL;
    return recall_recovery_text_from_key(key);
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
        !recall_sealed_box_open(key, RECOVERY_ABOUT, strlen(RECOVERY_ABOUT),
                                self->file->recovery_wrap, root, NULL))
        return set_wrong_secret(self, error);
    return finish_unlock(self, NULL, g_steal_pointer(&root), error);
}
