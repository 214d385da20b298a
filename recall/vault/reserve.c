/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FILE_NAME "reserve"
#define SHARE 8

static char *
make_path(const char *folder)
{
    return g_build_filename(folder, FILE_NAME, NULL);
}

static void
fill(const char *path, off_t n_bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int code = fd >= 0 ? posix_fallocate(fd, 0, n_bytes) : errno;

    if (fd >= 0)
        close(fd);
    if (code == 0)
        return;
    g_debug("There is no reserve: %s", g_strerror(code));
    g_unlink(path);
}

void
recall_reserve_make(const char *folder)
{
    g_autofree char *path = make_path(folder);
    struct statvfs disk;
    struct stat about = {0};
    uint64_t n_bytes;

    if (statvfs(folder, &disk) != 0)
        return;
    n_bytes = MIN((uint64_t)disk.f_bavail * disk.f_frsize / SHARE, RECALL_RESERVE_MAX_BYTES);
    if (n_bytes > 0 && (stat(path, &about) != 0 || (uint64_t)about.st_size < n_bytes))
        fill(path, (off_t)n_bytes);
}

gboolean
recall_reserve_give_up(const char *folder)
{
    g_autofree char *path = make_path(folder);

    return g_unlink(path) == 0;
}
