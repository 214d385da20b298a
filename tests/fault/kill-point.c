/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/kill-point.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned n_changes;
static unsigned end_at = G_MAXUINT;

void
kill_point_arm(unsigned n)
{
    n_changes = 0;
    end_at = n;
}

unsigned
kill_point_count(void)
{
    return n_changes;
}

static gboolean
is_end(void)
{
    return n_changes++ == end_at;
}

static void
end_here(void)
{
    _exit(KILL_POINT_EXIT_CODE);
}

/* What comes from standard output is no change. */
ssize_t
write(int fd, const void *data, size_t n_bytes)
{
    gboolean ends = fd > STDERR_FILENO && is_end();

    if (ends && end_at % 2 != 0)
        (void)syscall(SYS_write, fd, data, n_bytes / 2);
    if (ends)
        end_here();
    return syscall(SYS_write, fd, data, n_bytes);
}

ssize_t
pwrite64(int fd, const void *data, size_t n_bytes, off64_t at)
{
    gboolean ends = is_end();

    if (ends && end_at % 2 != 0)
        (void)syscall(SYS_pwrite64, fd, data, n_bytes / 2, at);
    if (ends)
        end_here();
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
    return 0;
}

int
fdatasync(int fd)
{
    return fsync(fd);
}
