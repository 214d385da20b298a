/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/peer-watch.h"

#include "protocol/peer.h"

#include <glib-unix.h>
#include <sys/inotify.h>
#include <unistd.h>

#define CHANGES                                                                                    \
    (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF |         \
     IN_ONLYDIR)

/* GFileMonitor looks every few seconds for a folder that is not there yet; this looks at the folder
 * above it. */
struct ProtocolPeerWatch {
    int fd;
    int watch; /* of the one folder that is looked at, or -1 */
    GSource *source;
    void (*on_change)(void *user_data);
    void *user_data;
};

/* Returns: (transfer full): the innermost folder on the way to the sockets that is there */
static char *
find_folder(void)
{
    char *path = protocol_peer_system_folder();

    while (!g_file_test(path, G_FILE_TEST_IS_DIR) && path[1] != '\0') {
        char *outer = g_path_get_dirname(path);

        g_free(path);
        path = outer;
    }
    return path;
}

/* A folder may come between the look and the watch. */
static void
look_at_folder(ProtocolPeerWatch *self)
{
    g_autofree char *path = find_folder();
    g_autofree char *now = NULL;

    for (;;) {
        if (self->watch >= 0)
            (void)inotify_rm_watch(self->fd, self->watch);
        self->watch = inotify_add_watch(self->fd, path, CHANGES);
        now = find_folder();
        if (g_str_equal(path, now))
            return;
        g_free(path);
        path = g_steal_pointer(&now);
    }
}

static gboolean
on_readable(int fd, GIOCondition condition, void *user_data)
{
    ProtocolPeerWatch *self = user_data;
    char events[4096];

    while (read(fd, events, sizeof events) > 0) {
    }
    look_at_folder(self);
    self->on_change(self->user_data);
    return G_SOURCE_CONTINUE;
}

ProtocolPeerWatch *
protocol_peer_watch_new(void (*on_change)(void *user_data), void *user_data)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    ProtocolPeerWatch *self;

    if (fd < 0)
        return NULL;
    self = g_new0(ProtocolPeerWatch, 1);
    self->fd = fd;
    self->watch = -1;
    self->on_change = on_change;
    self->user_data = user_data;
    self->source = g_unix_fd_source_new(fd, G_IO_IN);
    g_source_set_callback(self->source, G_SOURCE_FUNC(on_readable), self, NULL);
    g_source_attach(self->source, g_main_context_get_thread_default());
    look_at_folder(self);
    return self;
}

void
protocol_peer_watch_free(ProtocolPeerWatch *self)
{
    if (self == NULL)
        return;
    g_source_destroy(self->source);
    g_source_unref(self->source);
    close(self->fd);
    g_free(self);
}
