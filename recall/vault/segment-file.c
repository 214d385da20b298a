/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/segment-file.h"

#include "recall/vault/safe-file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    RecallPageCodec *codec;
    uint8_t id[RECALL_SEGMENT_ID_BYTES];
} Sealer;

static void
clear_sealer(Sealer *self)
{
    g_clear_pointer(&self->codec, recall_page_codec_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sealer, clear_sealer)

static gboolean
get_sealer(RecallKeyring *keyring, int week, unsigned age, Sealer *out, GError **error)
{
    g_autoptr(RecallKey) key = recall_key_new();

    if (!recall_keyring_get(keyring, week, age, out->id, key, error))
        return FALSE;
    out->codec = recall_page_codec_new(key, out->id, error);
    return out->codec != NULL;
}

static gboolean
add_sealer(RecallKeyring *keyring, int week, Sealer *out, GError **error)
{
    g_autoptr(RecallKey) key = recall_key_new();

    if (!recall_keyring_add(keyring, week, out->id, key, error))
        return FALSE;
    out->codec = recall_page_codec_new(key, out->id, error);
    return out->codec != NULL;
}

/* Who notes what a key has sealed. */
typedef struct {
    RecallKeyring *keyring;
    uint8_t id[RECALL_SEGMENT_ID_BYTES];
} Account;

static gboolean
on_lease(uint64_t n, void *user_data)
{
    Account *self = user_data;

    return recall_keyring_lease(self->keyring, self->id, n, NULL);
}

static RecallCryptVfs *
new_vfs(RecallKeyring *keyring, Sealer *sealer)
{
    Account *account = g_new(Account, 1);

    account->keyring = keyring;
    memcpy(account->id, sealer->id, sizeof account->id);
    return recall_crypt_vfs_new(NULL, g_steal_pointer(&sealer->codec), on_lease, account, g_free);
}

static gboolean
read_start(const char *path, uint8_t *out, size_t n_bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    gboolean is_read = fd >= 0 && read(fd, out, n_bytes) == (ssize_t)n_bytes;

    if (fd >= 0)
        close(fd);
    return is_read;
}

static gboolean
opens_first_page(const Sealer *sealer, const char *path)
{
    uint8_t sealed[RECALL_PAGE_BYTES] = {0};
    uint8_t page[RECALL_PAGE_BYTES];
    gboolean is_opened = read_start(path, sealed, sizeof sealed) &&
                         recall_page_codec_open_page(sealer->codec, 1, NULL, sealed, page);

    recall_secret_clear(page, sizeof page);
    return is_opened;
}

static gboolean
opens_log(const Sealer *sealer, const char *path)
{
    g_autofree char *log_path = g_strconcat(path, "-wal", NULL);
    uint8_t sealed[RECALL_WAL_HEADER_SEALED_BYTES] = {0};
    uint8_t header[RECALL_WAL_HEADER_BYTES];

    return read_start(log_path, sealed, sizeof sealed) &&
           recall_page_codec_open_wal_header(sealer->codec, sealed, header);
}

static gboolean
is_same(const Sealer *a, const Sealer *b)
{
    return memcmp(a->id, b->id, sizeof a->id) == 0;
}

static void
move_sealer(Sealer *from, Sealer *to)
{
    *to = *from;
    from->codec = NULL;
}

/* Notes the first reason why a key cannot be had; that it is locked is the one that may pass. */
static void
note_reason(GError **reason, GError *take_error)
{
    if (*reason != NULL &&
        !g_error_matches(take_error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_LOCKED)) {
        g_error_free(take_error);
        return;
    }
    g_clear_error(reason);
    *reason = take_error;
}

/* A file that is sealed anew has a key that it may not have got before power was lost, and so has
 * one that was set aside: whichever opens it. A first page that was torn in a checkpoint opens with
 * none, then whichever opens the log that has it whole. Else the newest, unless there is one that
 * cannot be tried now. */
static gboolean
choose_sealer(RecallKeyring *keyring, int week, const char *path, Sealer *out, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_auto(Sealer) newest = {0};
    g_auto(Sealer) of_log = {0};
    gboolean is_last = FALSE;

    for (unsigned age = 0; !is_last; age++) {
        g_auto(Sealer) sealer = {0};
        GError *local_error = NULL;

        if (get_sealer(keyring, week, age, &sealer, &local_error)) {
            if (opens_first_page(&sealer, path))
                return move_sealer(&sealer, out), TRUE;
            if (of_log.codec == NULL && opens_log(&sealer, path))
                move_sealer(&sealer, &of_log);
            else if (newest.codec == NULL)
                move_sealer(&sealer, &newest);
            continue;
        }
        is_last = g_error_matches(local_error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_NO_KEY);
        if (is_last && age > 0)
            g_error_free(local_error);
        else
            note_reason(&reason, local_error);
    }
    if (of_log.codec != NULL &&
        !g_error_matches(reason, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_LOCKED))
        return move_sealer(&of_log, out), TRUE;
    if (reason == NULL)
        return move_sealer(&newest, out), TRUE;
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

/* Power that was lost when a file had just been put in the place of the one before left its log. A
 * file and its own log have one key. */
static gboolean
remove_old_log(RecallKeyring *keyring,
               int week,
               const char *path,
               const Sealer *chosen,
               GError **error)
{
    g_autofree char *log_path = g_strconcat(path, "-wal", NULL);
    g_autoptr(GError) local_error = NULL;
    gboolean is_old = FALSE;

    if (!opens_first_page(chosen, path))
        return TRUE;
    for (unsigned age = 0; !is_old && local_error == NULL; age++) {
        g_auto(Sealer) sealer = {0};

        is_old = get_sealer(keyring, week, age, &sealer, &local_error) &&
                 !is_same(&sealer, chosen) && opens_log(&sealer, path);
    }
    return !is_old || recall_safe_file_remove(log_path, error);
}

RecallCryptVfs *
recall_segment_file_open(RecallKeyring *keyring,
                         int week,
                         const char *path,
                         uint8_t *out_id,
                         GError **error)
{
    g_auto(Sealer) sealer = {0};

    if (!choose_sealer(keyring, week, path, &sealer, error) ||
        !remove_old_log(keyring, week, path, &sealer, error))
        return NULL;
    memcpy(out_id, sealer.id, sizeof sealer.id);
    return new_vfs(keyring, &sealer);
}

RecallCryptVfs *
recall_segment_file_create(RecallKeyring *keyring, int week, GError **error)
{
    g_auto(Sealer) sealer = {0};

    return add_sealer(keyring, week, &sealer, error) ? new_vfs(keyring, &sealer) : NULL;
}

gboolean
recall_segment_file_is_worn(RecallKeyring *keyring, int week)
{
    return !recall_keyring_is_locked(keyring) &&
           recall_keyring_get_n_seals(keyring, week) >= RECALL_KEYRING_N_SEALS_WORN;
}

gboolean
recall_segment_file_get_codecs(RecallKeyring *keyring,
                               int week,
                               const char *path,
                               uint64_t n_seals,
                               RecallPageCopy *copy,
                               uint8_t *out_new_id,
                               GError **error)
{
    g_auto(Sealer) old = {0};
    g_autoptr(RecallKey) key = recall_key_new();

    if (!choose_sealer(keyring, week, path, &old, error) ||
        !recall_keyring_add_beside(keyring, week, n_seals, out_new_id, key, error))
        return FALSE;
    copy->new = recall_page_codec_new(key, out_new_id, error);
    copy->old = g_steal_pointer(&old.codec);
    return copy->new != NULL;
}

/* Returns: whether the week has a key other than @kept */
static gboolean
find_other_key(RecallKeyring *keyring, int week, const uint8_t *kept, uint8_t *out_id)
{
    g_autoptr(RecallKey) key = recall_key_new();
    gboolean is_there = TRUE;

    for (unsigned age = 0; is_there; age++) {
        g_autoptr(GError) error = NULL;

        recall_keyring_get(keyring, week, age, out_id, key, &error);
        is_there = !g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_NO_KEY);
        if (is_there && memcmp(out_id, kept, RECALL_SEGMENT_ID_BYTES) != 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
recall_segment_file_keep_key(RecallKeyring *keyring, int week, const char *path, GError **error)
{
    g_auto(Sealer) sealer = {0};
    uint8_t other[RECALL_SEGMENT_ID_BYTES];

    if (!choose_sealer(keyring, week, path, &sealer, error))
        return FALSE;
    while (find_other_key(keyring, week, sealer.id, other)) {
        if (!recall_keyring_drop(keyring, other, error))
            return FALSE;
    }
    return TRUE;
}
