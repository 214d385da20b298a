/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/kill-point.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECTOR_BYTES 512

/* What stood where something was written that is not synchronised. */
typedef struct {
    ino_t inode;
    int fd; /* of its own, to read and write */
    off64_t at;
    size_t n_written;
    uint8_t *data; /* of the same size; zeros where there was nothing */
    off64_t file_bytes;
} Before;

static unsigned n_changes;
static unsigned end_at = G_MAXUINT;
static gboolean is_losing;
static GArray *befores; /* of Before, oldest first; while losing */

void
kill_point_arm(unsigned n, gboolean loses)
{
    n_changes = 0;
    end_at = n;
    is_losing = loses;
    if (loses)
        befores = g_array_new(FALSE, FALSE, sizeof(Before));
}

unsigned
kill_point_count(void)
{
    return n_changes;
}

void
kill_point_empty_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        unlink(path);
    }
}

/* --- losing --- */

static void
remember(int fd, off64_t at, size_t n_bytes)
{
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    Before before = {.at = at, .n_written = n_bytes};
    struct stat about;

    if (!is_losing || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        return;
    before.fd = open(path, O_RDWR | O_CLOEXEC);
    if (before.fd < 0)
        return;
    before.inode = about.st_ino;
    before.file_bytes = about.st_size;
    before.data = g_malloc0(n_bytes);
    if (pread(before.fd, before.data, n_bytes, at) >= 0)
        g_array_append_val(befores, before);
}

static void
forget_synced(int fd)
{
    struct stat about;

    if (!is_losing || fstat(fd, &about) != 0)
        return;
    for (unsigned i = befores->len; i > 0; i--) {
        Before *before = &g_array_index(befores, Before, i - 1);

        if (before->inode != about.st_ino)
            continue;
        close(before->fd);
        g_free(before->data);
        g_array_remove_index(befores, i - 1);
    }
}

/* A write at the end of the file made it longer; one that a later truncation cut is gone. */
static void
lose(const Before *before)
{
    off64_t end = before->at + (off64_t)before->n_written;
    off64_t file_bytes = lseek(before->fd, 0, SEEK_END);

    if (end > file_bytes)
        return;
    (void)syscall(SYS_pwrite64, before->fd, before->data, before->n_written, before->at);
    if (end == file_bytes && before->file_bytes < end)
        (void)syscall(SYS_ftruncate, before->fd, before->file_bytes);
}

static void
lose_some(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(end_at);

    for (unsigned i = befores->len; i > 0; i--) {
        if (g_rand_boolean(rand))
            lose(&g_array_index(befores, Before, i - 1));
    }
}

/* --- changes --- */

/* How much of a write that is torn reaches the file: half of it, to where a sector ends. No disk
 * tears a sector, and no kill a write within a page. */
static size_t
count_torn(off64_t at, size_t n_bytes)
{
    off64_t end = (at + (off64_t)n_bytes / 2) / SECTOR_BYTES * SECTOR_BYTES;

    return end > at ? (size_t)(end - at) : 0;
}

static gboolean
is_end(void)
{
    return n_changes++ == end_at;
}

static void
end_here(void)
{
    if (is_losing)
        lose_some();
    _exit(KILL_POINT_EXIT_CODE);
}

/* What goes to standard output and error is no change. */
ssize_t
write(int fd, const void *data, size_t n_bytes)
{
    gboolean ends = fd > STDERR_FILENO && is_end();

    if (ends && end_at % 2 != 0)
        (void)syscall(SYS_write, fd, data, count_torn(lseek(fd, 0, SEEK_CUR), n_bytes));
    if (ends)
        end_here();
    if (fd > STDERR_FILENO)
        remember(fd, lseek(fd, 0, SEEK_CUR), n_bytes);
    return syscall(SYS_write, fd, data, n_bytes);
}

ssize_t
pwrite64(int fd, const void *data, size_t n_bytes, off64_t at)
{
    gboolean ends = is_end();

    if (ends && end_at % 2 != 0)
        (void)syscall(SYS_pwrite64, fd, data, count_torn(at, n_bytes), at);
    if (ends)
        end_here();
    remember(fd, at, n_bytes);
    return syscall(SYS_pwrite64, fd, data, n_bytes, at);
}

int
ftruncate64(int fd, off64_t n_bytes)
{
    if (is_end())
        end_here();
    return (int)syscall(SYS_ftruncate, fd, n_bytes);
}

int
fallocate64(int fd, int mode, off64_t at, off64_t n_bytes)
{
    if (is_end())
        end_here();
    return (int)syscall(SYS_fallocate, fd, mode, at, n_bytes);
}

int
rename(const char *from, const char *to)
{
    if (is_end())
        end_here();
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
unlink(const char *path)
{
    if (is_end())
        end_here();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int
fsync(int fd)
{
    if (is_end())
        end_here();
    forget_synced(fd);
    return 0;
}

int
fdatasync(int fd)
{
    return fsync(fd);
}
