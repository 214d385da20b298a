/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/keyring-copies.h"

#include "recall/vault/safe-file.h"

#include <glib/gstdio.h>

#define FILE_NAME "keyring"
#define COPY_NAME "keyring.copy"
#define GONE_NAME "keyring.gone"

void
recall_keyring_copies_init(RecallKeyringCopies *self, const char *folder)
{
    *self = (RecallKeyringCopies){
        .paths = {g_build_filename(folder, FILE_NAME, NULL),
                  g_build_filename(folder, COPY_NAME, NULL)},
        .gone_path = g_build_filename(folder, GONE_NAME, NULL),
    };
}

static void
drop_found(RecallKeyringCopies *self)
{
    g_clear_pointer(&self->found[0], g_bytes_unref);
    g_clear_pointer(&self->found[1], g_bytes_unref);
}

void
recall_keyring_copies_clear(RecallKeyringCopies *self)
{
    drop_found(self);
    g_clear_pointer(&self->paths[0], g_free);
    g_clear_pointer(&self->paths[1], g_free);
    g_clear_pointer(&self->gone_path, g_free);
}

void
recall_keyring_copies_set_gone(RecallKeyringCopies *self)
{
    g_autoptr(GError) error = NULL;

    g_warning("The keyring of the history is gone: what was kept before cannot be read");
    if (!recall_safe_file_write(self->gone_path, "", 0, &error))
        g_warning("This is not said again after a start: %s", error->message);
}

void
recall_keyring_copies_clear_gone(RecallKeyringCopies *self)
{
    g_unlink(self->gone_path);
}

RecallKeyringCopiesState
recall_keyring_copies_get_state(const RecallKeyringCopies *self)
{
    return g_file_test(self->gone_path, G_FILE_TEST_EXISTS) ? RECALL_KEYRING_COPIES_GONE
                                                            : self->state;
}

/* Returns: (transfer full): NULL with @error when it is no whole keyring */
static GBytes *
read_whole(const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = recall_safe_file_read(path, RECALL_KEYRING_FILE_MAX_BYTES, error);
    g_autoptr(RecallKeyringFile) file =
        bytes != NULL ? recall_keyring_file_parse(bytes, error) : NULL;

    return file != NULL ? g_steal_pointer(&bytes) : NULL;
}

/* What is not damage must not be covered up by the second one. */
static gboolean
is_final(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED) ||
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
}

/* Releases before wrote the first one only, and a new folder has none. */
static gboolean
is_missing(const RecallKeyringCopies *self, const GError *first_error, const GError *second_error)
{
    if (self->found[0] == NULL)
        return self->found[1] != NULL;
    return self->found[1] == NULL &&
           !g_error_matches(second_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

GBytes *
recall_keyring_copies_load(RecallKeyringCopies *self, GError **error)
{
    g_autoptr(GError) first_error = NULL;
    g_autoptr(GError) second_error = NULL;

    drop_found(self);
    self->found[0] = read_whole(self->paths[0], &first_error);
    if (is_final(first_error)) {
        g_propagate_error(error, g_steal_pointer(&first_error));
        return NULL;
    }
    self->found[1] = read_whole(self->paths[1], &second_error);
    self->is_lost = is_missing(self, first_error, second_error);
    if (self->found[0] != NULL || self->found[1] != NULL)
        return g_bytes_ref(self->found[0] != NULL ? self->found[0] : self->found[1]);
    if (g_error_matches(first_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) &&
        !g_error_matches(second_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        g_propagate_error(error, g_steal_pointer(&second_error));
    else
        g_propagate_error(error, g_steal_pointer(&first_error));
    return NULL;
}

static gboolean
write_one(const char *path, GBytes *bytes, GError **error)
{
    return recall_safe_file_write(path, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
                                  error);
}

static void
note_mended(RecallKeyringCopies *self, const char *path)
{
    if (self->is_lost) {
        g_warning("%s was damaged or missing: it was written anew", path);
        self->state = RECALL_KEYRING_COPIES_MENDED;
    }
    self->is_lost = FALSE;
}

void
recall_keyring_copies_mend(RecallKeyringCopies *self)
{
    unsigned good = self->found[0] != NULL ? 0 : 1;
    const char *path = self->paths[1 - good];
    g_autoptr(GError) error = NULL;

    if (self->found[good] == NULL) /* both were saved since */
        return;
    if (self->found[1 - good] == NULL || !g_bytes_equal(self->found[0], self->found[1])) {
        if (write_one(path, self->found[good], &error)) {
            note_mended(self, path);
        } else {
            g_warning("The keyring stands there once only: %s", error->message);
            self->state = RECALL_KEYRING_COPIES_SINGLE;
        }
    }
    drop_found(self);
}

/* A second one that cannot be written goes, so that no key stays in it. */
static gboolean
save_second(RecallKeyringCopies *self, GBytes *bytes, GError **error)
{
    g_autoptr(GError) local_error = NULL;

    if (write_one(self->paths[1], bytes, &local_error)) {
        if (self->state == RECALL_KEYRING_COPIES_SINGLE)
            self->state = RECALL_KEYRING_COPIES_WELL;
        return TRUE;
    }
    self->state = RECALL_KEYRING_COPIES_SINGLE;
    recall_safe_file_destroy(self->paths[1]);
    if (!g_file_test(self->paths[1], G_FILE_TEST_EXISTS))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

gboolean
recall_keyring_copies_save(RecallKeyringCopies *self, GBytes *bytes, GError **error)
{
    gboolean was_first_lost = self->found[0] == NULL;

    if (!write_one(self->paths[0], bytes, error) || !save_second(self, bytes, error))
        return FALSE;
    note_mended(self, self->paths[was_first_lost ? 0 : 1]);
    drop_found(self);
    return TRUE;
}
