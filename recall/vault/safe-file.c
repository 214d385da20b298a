/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/safe-file.h"

#include "recall/vault/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
set_errno_error(const char *path, const char *what, GError **error)
{
    int code = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "Cannot %s %s: %s", what, path,
                g_strerror(code));
    return FALSE;
}

static gboolean
write_all(int fd, const uint8_t *data, size_t n_bytes)
{
    while (n_bytes > 0) {
        ssize_t n = write(fd, data, n_bytes);

        if (n < 0 && errno != EINTR)
            return FALSE;
        data += MAX(n, 0);
        n_bytes -= (size_t)MAX(n, 0);
    }
    return fsync(fd) == 0;
}

static gboolean
write_new(const char *path, const void *data, size_t n_bytes, GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    gboolean is_written;

    if (fd < 0)
        return set_errno_error(path, "write", error);
    is_written = write_all(fd, data, n_bytes) || set_errno_error(path, "write", error);
    close(fd);
    return is_written;
}

/* Best effort: a journal, a snapshot or the disk itself may keep what was there. A file that still
 * has a name is somebody's backup. */
static void
overwrite(int fd)
{
    struct stat about;

    if (fstat(fd, &about) == 0 && about.st_size > 0 && about.st_nlink == 0) {
        g_autofree uint8_t *zeros = g_malloc0((size_t)about.st_size);

        if (lseek(fd, 0, SEEK_SET) != 0 || !write_all(fd, zeros, (size_t)about.st_size))
            g_debug("What a file held was not overwritten: %s", g_strerror(errno));
    }
}

/* So that the name is on the disk, too. */
static gboolean
sync_folder(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean is_synced = fd >= 0 && fsync(fd) == 0;

    if (!is_synced)
        set_errno_error(folder, "write", error);
    if (fd >= 0)
        close(fd);
    return is_synced;
}

gboolean
recall_safe_file_rename(const char *from, const char *to, GError **error)
{
    if (g_rename(from, to) < 0)
        return set_errno_error(to, "replace", error);
    return sync_folder(to, error);
}

gboolean
recall_safe_file_remove(const char *path, GError **error)
{
    if (g_unlink(path) == 0)
        return sync_folder(path, error);
    return errno == ENOENT || set_errno_error(path, "remove", error);
}

gboolean
recall_safe_file_write(const char *path, const void *data, size_t n_bytes, GError **error)
{
    g_autofree char *new_path = g_strconcat(path, ".new", NULL);
    int old_fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    gboolean is_written = write_new(new_path, data, n_bytes, error);

    if (!is_written)
        g_unlink(new_path); /* on a full disk every block counts */
    is_written = is_written && recall_safe_file_rename(new_path, path, error);
    if (is_written && old_fd >= 0)
        overwrite(old_fd);
    if (old_fd >= 0)
        close(old_fd);
    return is_written;
}

static gboolean
check_owner(int fd, const char *path, size_t n_max_bytes, GError **error)
{
    struct stat about;

    if (fstat(fd, &about) < 0)
        return set_errno_error(path, "look at", error);
    if (!S_ISREG(about.st_mode) || (about.st_mode & 077) != 0 || about.st_uid != geteuid()) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                    "%s must be a file that only its owner may read (chmod 600), and ours", path);
        return FALSE;
    }
    if ((size_t)about.st_size > n_max_bytes) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s is too large", path);
        return FALSE;
    }
    return TRUE;
}

static GBytes *
read_all(int fd, const char *path, size_t n_max_bytes, GError **error)
{
    g_autofree uint8_t *data = g_malloc(n_max_bytes + 1);
    size_t n_bytes = 0;
    ssize_t n = 1;

    while (n > 0 && n_bytes <= n_max_bytes) {
        n = read(fd, data + n_bytes, n_max_bytes + 1 - n_bytes);
        if (n < 0 && errno != EINTR)
            return set_errno_error(path, "read", error), NULL;
        n_bytes += (size_t)MAX(n, 0);
        n = n < 0 ? 1 : n;
    }
    return g_bytes_new_take(g_steal_pointer(&data), n_bytes);
}

void
recall_safe_file_close_to_others(const char *path)
{
    struct stat about;

    if (lstat(path, &about) == 0 && S_ISREG(about.st_mode) && about.st_uid == geteuid() &&
        (about.st_mode & 0777) != 0600 && chmod(path, 0600) < 0)
        g_debug("The mode of %s stays: %s", path, g_strerror(errno));
}

GBytes *
recall_safe_file_read(const char *path, size_t n_max_bytes, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    GBytes *bytes = NULL;

    if (fd < 0)
        return set_errno_error(path, "read", error), NULL;
    if (check_owner(fd, path, n_max_bytes, error))
        bytes = read_all(fd, path, n_max_bytes, error);
    close(fd);
    return bytes;
}

void
recall_safe_file_sum(const void *data, size_t n_bytes, uint8_t *out)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    size_t n_out = RECALL_SAFE_FILE_SUM_BYTES;

    g_checksum_update(sum, data, (gssize)n_bytes);
    g_checksum_get_digest(sum, out, &n_out);
}

gboolean
recall_safe_file_write_summed(const char *path, const void *data, size_t n_bytes, GError **error)
{
    g_autoptr(RecallKey) both = recall_secret_alloc(n_bytes + RECALL_SAFE_FILE_SUM_BYTES);

    memcpy(both, data, n_bytes);
    recall_safe_file_sum(data, n_bytes, both + n_bytes);
    return recall_safe_file_write(path, both, n_bytes + RECALL_SAFE_FILE_SUM_BYTES, error);
}

static gboolean
is_whole(const uint8_t *data, size_t n_there, size_t n_bytes)
{
    uint8_t sum[RECALL_SAFE_FILE_SUM_BYTES];

    if (n_there != n_bytes + RECALL_SAFE_FILE_SUM_BYTES)
        return n_there == n_bytes;
    recall_safe_file_sum(data, n_bytes, sum);
    return memcmp(sum, data + n_bytes, RECALL_SAFE_FILE_SUM_BYTES) == 0;
}

gboolean
recall_safe_file_read_summed(const char *path,
                             void *out,
                             size_t n_bytes,
                             gboolean *out_has_sum,
                             GError **error)
{
    g_autoptr(GBytes) bytes =
        recall_safe_file_read(path, n_bytes + RECALL_SAFE_FILE_SUM_BYTES, error);
    size_t n_there;
    uint8_t *data;
    gboolean is_good;

    if (bytes == NULL)
        return FALSE;
    data = (uint8_t *)g_bytes_get_data(bytes, &n_there);
    is_good = is_whole(data, n_there, n_bytes);
    if (is_good)
        memcpy(out, data, n_bytes);
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s is damaged", path);
    *out_has_sum = n_there == n_bytes + RECALL_SAFE_FILE_SUM_BYTES;
    recall_secret_clear(data, n_there);
    return is_good;
}

void
recall_safe_file_destroy(const char *path)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0)
        return;
    g_unlink(path);
    overwrite(fd);
    close(fd);
    sync_folder(path, NULL);
}
