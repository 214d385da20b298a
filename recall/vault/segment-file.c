/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/segment-file.h"

#include "recall/vault/safe-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
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
opens_first_page(const Sealer *sealer, const char *path)
{
    uint8_t sealed[RECALL_PAGE_BYTES] = {0};
    uint8_t page[RECALL_PAGE_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    gboolean is_opened;

    if (fd < 0)
        return FALSE;
    is_opened = read(fd, sealed, sizeof sealed) == sizeof sealed &&
                recall_page_codec_open_page(sealer->codec, 1, NULL, sealed, page);
    close(fd);
    recall_secret_clear(page, sizeof page);
    return is_opened;
}

/* The newest key, unless the file did not get it: power was lost while it was to be sealed anew. */
static gboolean
choose_sealer(RecallKeyring *keyring, int week, const char *path, Sealer *out, GError **error)
{
    g_auto(Sealer) newest = {0};
    g_auto(Sealer) older = {0};

    if (!get_sealer(keyring, week, 0, &newest, error))
        return FALSE;
    if (get_sealer(keyring, week, 1, &older, NULL) && !opens_first_page(&newest, path) &&
        opens_first_page(&older, path)) {
        *out = older;
        older.codec = NULL;
        return TRUE;
    }
    *out = newest;
    newest.codec = NULL;
    return TRUE;
}

RecallCryptVfs *
recall_segment_file_open(RecallKeyring *keyring, int week, const char *path, GError **error)
{
    g_auto(Sealer) sealer = {0};

    return choose_sealer(keyring, week, path, &sealer, error) ? new_vfs(keyring, &sealer) : NULL;
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

static gboolean
set_io_error(const char *path, const char *what, GError **error)
{
    int code = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "Cannot %s %s: %s", what, path,
                g_strerror(code));
    return FALSE;
}

static gboolean
copy_page(int from, int to, uint32_t number, const Sealer *old, const Sealer *new)
{
    uint8_t sealed[RECALL_PAGE_BYTES];
    uint8_t page[RECALL_PAGE_BYTES];
    off_t offset = (off_t)(number - 1) * RECALL_PAGE_BYTES;
    gboolean is_copied;

    is_copied = pread(from, sealed, sizeof sealed, offset) == sizeof sealed &&
                recall_page_codec_open_page(old->codec, number, NULL, sealed, page) &&
                recall_page_codec_seal_page(new->codec, number, NULL, page, sealed) &&
                pwrite(to, sealed, sizeof sealed, offset) == sizeof sealed;
    recall_secret_clear(page, sizeof page);
    return is_copied;
}

static gboolean
copy_pages(int from, int to, const Sealer *old, const Sealer *new)
{
    off_t n_bytes = lseek(from, 0, SEEK_END);

    for (uint32_t number = 1; (off_t)number * RECALL_PAGE_BYTES <= n_bytes; number++) {
        if (!copy_page(from, to, number, old, new))
            return FALSE;
    }
    return n_bytes > 0 && fsync(to) == 0;
}

/* A page that was never written cannot be read either: then the old key stays. */
static gboolean
copy_file(const char *path,
          const char *new_path,
          const Sealer *old,
          const Sealer *new,
          GError **error)
{
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int to = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    gboolean is_copied = from >= 0 && to >= 0 && copy_pages(from, to, old, new);

    if (!is_copied)
        set_io_error(path, "seal anew", error);
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    return is_copied;
}

gboolean
recall_segment_file_renew_key(RecallKeyring *keyring, int week, const char *path, GError **error)
{
    g_autofree char *new_path = g_strconcat(path, ".new", NULL);
    g_auto(Sealer) old = {0};
    g_auto(Sealer) new = {0};

    if (!choose_sealer(keyring, week, path, &old, error) || !add_sealer(keyring, week, &new, error))
        return FALSE;
    if (copy_file(path, new_path, &old, &new, error) &&
        recall_keyring_lease(keyring, new.id, recall_page_codec_get_n_seals(new.codec), error) &&
        recall_safe_file_rename(new_path, path, error))
        return recall_keyring_drop(keyring, old.id, error);
    g_unlink(new_path);
    recall_keyring_drop(keyring, new.id, NULL);
    return FALSE;
}
