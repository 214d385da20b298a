/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/listen.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_FD 3

/* Returns: how many were passed to this very process */
static unsigned
count_fds(void)
{
    const char *pid = g_getenv("LISTEN_PID");
    const char *n_fds = g_getenv("LISTEN_FDS");
    uint64_t number = 0;

    if (pid == NULL || n_fds == NULL ||
        !g_ascii_string_to_unsigned(pid, 10, 1, G_MAXINT, &number, NULL) ||
        number != (uint64_t)getpid() ||
        !g_ascii_string_to_unsigned(n_fds, 10, 1, RECALL_LISTEN_N_FDS_MAX, &number, NULL))
        return 0;
    return (unsigned)number;
}

static gboolean
is_listening_socket(int fd)
{
    int is_listening = 0;
    socklen_t n_bytes = sizeof is_listening;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &n_bytes) == 0 &&
           is_listening != 0;
}

int
recall_listen_take_fd(const char *name)
{
    unsigned n_fds = *name != '\0' ? count_fds() : 0; /* one that was taken has no name */
    g_auto(GStrv) names = g_strsplit(
        n_fds > 0 && g_getenv("LISTEN_FDNAMES") != NULL ? g_getenv("LISTEN_FDNAMES") : "", ":", -1);

    for (unsigned i = 0; i < n_fds && names[i] != NULL; i++) {
        int fd = FIRST_FD + (int)i;
        g_autofree char *rest = NULL;

        if (strcmp(names[i], name) != 0 || !is_listening_socket(fd))
            continue;
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        names[i][0] = '\0'; /* so that it is not taken twice */
        rest = g_strjoinv(":", names);
        g_setenv("LISTEN_FDNAMES", rest, TRUE);
        return fd;
    }
    return -1;
}
