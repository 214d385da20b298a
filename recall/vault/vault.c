/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/vault.h"

#include "recall/vault/forget.h"
#include "recall/vault/load.h"
#include "recall/vault/scene-id.h"
#include "recall/vault/transaction.h"
#include "recall/vault/upkeep.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_NAME "lock"

struct RecallVault {
    char *folder;
    int lock_fd;
    RecallKeyring *keyring;
    RecallCatalog *catalog;
    int64_t newest_us;          /* at the start */
    gboolean is_forgetting_due; /* one that was begun waits until it is unlocked */
};

static gboolean
set_errno_error(const char *path, const char *what, GError **error)
{
    int code = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "Cannot %s %s: %s", what, path,
                g_strerror(code));
    return FALSE;
}

static gboolean
lock_folder(RecallVault *self, GError **error)
{
    g_autofree char *path = g_build_filename(self->folder, LOCK_NAME, NULL);

    self->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (self->lock_fd < 0 && errno == EROFS)
        self->lock_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (self->lock_fd < 0)
        return set_errno_error(path, "open", error);
    if (flock(self->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return TRUE;
    if (errno != EWOULDBLOCK)
        return set_errno_error(path, "lock", error);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                "Another deskhand-vault keeps the history in %s already", self->folder);
    return FALSE;
}

gboolean
recall_vault_finish_forgetting(RecallVault *self, GError **error)
{
    if (!self->is_forgetting_due)
        return TRUE;
    self->is_forgetting_due = FALSE; /* it reads, too */
    self->is_forgetting_due = !recall_forget_resume(self, error);
    return !self->is_forgetting_due;
}

void
recall_vault_owe_forgetting(RecallVault *self)
{
    self->is_forgetting_due = TRUE;
}

/* When the newest week ends; 0: there is none. */
static int64_t
find_newest_us(const RecallCatalog *catalog)
{
    const RecallCatalogEntry *newest =
        catalog->entries->len > 0 ? catalog->entries->pdata[0] : NULL;

    return newest != NULL ? recall_segment_week_start_us(newest->week + 1) : 0;
}

RecallVault *
recall_vault_open(const char *folder, GError **error)
{
    g_autoptr(RecallVault) self = g_new0(RecallVault, 1);
    g_autoptr(GError) local_error = NULL;

    self->folder = g_strdup(folder);
    self->lock_fd = -1;
    if (g_mkdir_with_parents(folder, 0700) < 0 || (chmod(folder, 0700) < 0 && errno != EROFS))
        return set_errno_error(folder, "write the folder", error), NULL;
    if (!lock_folder(self, error) || (self->keyring = recall_keyring_open(folder, error)) == NULL ||
        (self->catalog = recall_catalog_new(folder, self->keyring, error)) == NULL)
        return NULL;
    self->newest_us = find_newest_us(self->catalog);
    self->is_forgetting_due = TRUE;
    if (!recall_vault_finish_forgetting(self, &local_error))
        g_message("A forgetting that was begun is not finished yet: %s", local_error->message);
    return g_steal_pointer(&self);
}

/* @catalog: (transfer full) (nullable) */
static void
close_catalog(RecallCatalog *catalog)
{
    if (catalog == NULL)
        return;
    recall_upkeep_tidy(catalog, TRUE);
    for (unsigned i = 0; i < catalog->entries->len; i++)
        recall_catalog_raise_mark(g_ptr_array_index(catalog->entries, i), FALSE);
    recall_catalog_free(catalog);
}

void
recall_vault_close(RecallVault *self)
{
    if (self == NULL)
        return;
    close_catalog(g_steal_pointer(&self->catalog));
    recall_keyring_close(self->keyring);
    if (self->lock_fd >= 0)
        close(self->lock_fd);
    g_free(self->folder);
    g_free(self);
}

int64_t
recall_vault_get_newest_us(const RecallVault *self)
{
    return self->newest_us;
}

RecallKeyring *
recall_vault_get_keyring(RecallVault *self)
{
    return self->keyring;
}

RecallCatalog *
recall_vault_get_catalog(RecallVault *self)
{
    return self->catalog;
}

GArray *
recall_vault_dup_weeks(RecallVault *self)
{
    return recall_catalog_dup_weeks(self->catalog);
}

void
recall_vault_set_aside(RecallVault *self, int week)
{
    recall_catalog_set_aside(self->catalog, week);
}

void
recall_vault_lock(RecallVault *self)
{
    recall_keyring_lock(self->keyring);
    if (!recall_keyring_is_locked(self->keyring))
        return;
    for (unsigned i = 0; i < self->catalog->entries->len; i++) {
        RecallCatalogEntry *entry = g_ptr_array_index(self->catalog->entries, i);

        recall_catalog_raise_mark(entry, FALSE);
        if (entry->week != recall_keyring_get_week_in_hand(self->keyring))
            recall_catalog_close(self->catalog, entry);
    }
}

gboolean
recall_vault_get_segment(RecallVault *self, int week, RecallSegment **out_segment, GError **error)
{
    RecallCatalogEntry *entry = recall_catalog_find(self->catalog, week);

    if (entry == NULL) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                            "Nothing was remembered in that week");
        return FALSE;
    }
    if (recall_keyring_is_locked(self->keyring)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                            "The history is locked: unlock it with deskhand unlock");
        return FALSE;
    }
    if (self->is_forgetting_due) /* nothing is shown that was to go */
        return recall_vault_finish_forgetting(self, error) &&
               recall_vault_get_segment(self, week, out_segment, error);
    if (!recall_catalog_open(self->catalog, entry, FALSE, error))
        return FALSE;
    *out_segment = entry->segment;
    return TRUE;
}

const char *
recall_vault_get_folder(const RecallVault *self)
{
    return self->folder;
}

char *
recall_vault_dup_path(const RecallVault *self, int week)
{
    g_autofree char *name = recall_segment_dup_name(week);

    return g_build_filename(self->folder, name, NULL);
}

void
recall_vault_close_week(RecallVault *self, int week)
{
    RecallCatalogEntry *entry = recall_catalog_find(self->catalog, week);

    if (entry == NULL)
        return;
    recall_catalog_close(self->catalog, entry);
    entry->n_scenes = -1;
}

void
recall_vault_end_log(RecallVault *self, int week)
{
    RecallCatalogEntry *entry = recall_catalog_find(self->catalog, week);

    if (entry != NULL && entry->segment != NULL)
        recall_segment_end_log(entry->segment);
}

void
recall_vault_remove_files(RecallVault *self, int week)
{
    static const char *const suffixes[] = {"", "-wal", ".new", ".new-wal"};
    g_autofree char *path = recall_vault_dup_path(self, week);
    RecallCatalogEntry *entry = recall_catalog_find(self->catalog, week);

    recall_vault_close_week(self, week);
    for (unsigned i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *file = g_strconcat(path, suffixes[i], NULL);

        g_remove(file); /* an empty folder, too */
    }
    recall_catalog_destroy_damaged(self->catalog, week);
    if (entry != NULL && !g_file_test(path, G_FILE_TEST_EXISTS)) /* a folder may stay */
        recall_catalog_remove(self->catalog, entry);
}

/* The keys first: from then on the files are noise, wherever there are copies of them. */
gboolean
recall_vault_destroy_week(RecallVault *self, int week, GError **error)
{
    recall_vault_close_week(self, week);
    if (!recall_keyring_delete(self->keyring, week, error))
        return FALSE;
    recall_vault_remove_files(self, week);
    return TRUE;
}

/* Of the scene's week. The number may be any. */
static gboolean
get_segment_of(RecallVault *self, int64_t id, RecallSegment **out_segment, GError **error)
{
    if (recall_catalog_find(self->catalog, recall_scene_id_get_week(id)) != NULL)
        return recall_vault_get_segment(self, recall_scene_id_get_week(id), out_segment, error);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "There is no such scene");
    return FALSE;
}

ProtocolScene *
recall_vault_get_scene(RecallVault *self, int64_t id, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    RecallSegment *segment;
    ProtocolScene *scene;

    if (!get_segment_of(self, id, &segment, error))
        return NULL;
    scene = recall_load_scene(segment, recall_scene_id_get_row(id), &local_error);
    if (scene == NULL) {
        recall_transaction_recover(self->catalog, recall_scene_id_get_week(id), local_error);
        g_propagate_error(error, g_steal_pointer(&local_error));
    }
    return scene;
}

int
recall_vault_get_picture(RecallVault *self, int64_t id, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    RecallSegment *segment;
    int fd;

    if (!get_segment_of(self, id, &segment, error))
        return -1;
    fd = recall_load_picture(segment, recall_scene_id_get_row(id), &local_error);
    if (fd < 0) {
        recall_transaction_recover(self->catalog, recall_scene_id_get_week(id), local_error);
        g_propagate_error(error, g_steal_pointer(&local_error));
    }
    return fd;
}
