/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/recall/watch/xserver-x11.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xcb/xcb.h>

#define NAME_MAX_BYTES 16

static void
end_with_parent(void *user_data)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* The server writes its number when it is ready. */
static char *
read_name(int fd)
{
    char text[NAME_MAX_BYTES] = ":";
    size_t n_bytes = 1;
    ssize_t n_read;

    while (n_bytes + 1 < sizeof(text) && strchr(text, '\n') == NULL &&
           (n_read = read(fd, text + n_bytes, sizeof(text) - 1 - n_bytes)) > 0)
        n_bytes += (size_t)n_read;
    close(fd);
    return n_bytes > 1 ? g_strdup(g_strchomp(text)) : NULL;
}

static gboolean
spawn(XServer *self, const char *screen, const char *option, const char *value)
{
    int fds[2];
    char number[NAME_MAX_BYTES];
    const char *argv[] = {"Xvfb",     "-displayfd", number, "-screen", "0",   screen,
                          "-noreset", "-nolisten",  "tcp",  option,    value, NULL};
    gboolean is_started;

    if (pipe(fds) != 0)
        return FALSE;
    g_snprintf(number, sizeof(number), "%d", fds[1]);
    is_started =
        g_spawn_async_with_fds(NULL, (char **)argv, NULL,
                               G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                   G_SPAWN_LEAVE_DESCRIPTORS_OPEN | G_SPAWN_STDERR_TO_DEV_NULL,
                               end_with_parent, NULL, &self->pid, -1, -1, -1, NULL);
    close(fds[1]);
    self->name = is_started ? read_name(fds[0]) : NULL;
    if (!is_started)
        close(fds[0]);
    return self->name != NULL;
}

static void
connect_to(XServer *self)
{
    self->xcb = xcb_connect(self->name, NULL);
    g_assert_cmpint(xcb_connection_has_error(self->xcb), ==, 0);
    self->screen = xcb_setup_roots_iterator(xcb_get_setup(self->xcb)).data;
}

XServer *
xserver_join(const XServer *server)
{
    XServer *self = g_new0(XServer, 1);

    self->name = g_strdup(server->name);
    connect_to(self);
    return self;
}

XServer *
xserver_start(const char *screen, const char *option, const char *value)
{
    g_autoptr(XServer) self = g_new0(XServer, 1);

    if (!spawn(self, screen, option, value))
        return NULL;
    connect_to(self);
    return g_steal_pointer(&self);
}

void
xserver_kill(XServer *self)
{
    if (self->pid == 0)
        return;
    kill(self->pid, SIGTERM); /* so it takes its lock and its socket along */
    kill(self->pid, SIGCONT);
    waitpid(self->pid, NULL, 0);
    self->pid = 0;
}

void
xserver_free(XServer *self)
{
    if (self == NULL)
        return;
    if (self->xcb != NULL)
        xcb_disconnect(self->xcb);
    xserver_kill(self);
    g_free(self->name);
    g_free(self);
}

void
xserver_sync(XServer *self)
{
    free(xcb_get_input_focus_reply(self->xcb, xcb_get_input_focus(self->xcb), NULL));
}

uint32_t
xserver_atom(XServer *self, const char *name)
{
    xcb_intern_atom_cookie_t cookie =
        xcb_intern_atom(self->xcb, FALSE, (uint16_t)strlen(name), name);
    g_autofree xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(self->xcb, cookie, NULL);

    return reply != NULL ? reply->atom : XCB_ATOM_NONE;
}

uint32_t
xserver_open_window(XServer *self,
                    gboolean is_override,
                    int x,
                    int y,
                    unsigned width,
                    unsigned height)
{
    uint32_t xid = xcb_generate_id(self->xcb);
    uint32_t values[] = {self->screen->white_pixel, (uint32_t)is_override};

    xcb_create_window(self->xcb, XCB_COPY_FROM_PARENT, xid, self->screen->root, (int16_t)x,
                      (int16_t)y, (uint16_t)width, (uint16_t)height, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT, values);
    xcb_map_window(self->xcb, xid);
    xcb_flush(self->xcb);
    return xid;
}

void
xserver_close_window(XServer *self, uint32_t xid)
{
    xcb_destroy_window(self->xcb, xid);
    xcb_flush(self->xcb);
}

void
xserver_set_bytes(XServer *self,
                  uint32_t xid,
                  const char *property,
                  const char *type,
                  const void *bytes,
                  size_t n_bytes)
{
    xcb_change_property(self->xcb, XCB_PROP_MODE_REPLACE, xid, xserver_atom(self, property),
                        xserver_atom(self, type), 8, (uint32_t)n_bytes, bytes);
    xcb_flush(self->xcb);
}

void
xserver_set_text(XServer *self, uint32_t xid, const char *property, const char *text)
{
    xserver_set_bytes(self, xid, property, "UTF8_STRING", text, strlen(text));
}

void
xserver_set_numbers(XServer *self,
                    uint32_t xid,
                    const char *property,
                    const char *type,
                    const uint32_t *numbers,
                    unsigned n_numbers)
{
    xcb_change_property(self->xcb, XCB_PROP_MODE_REPLACE, xid, xserver_atom(self, property),
                        xserver_atom(self, type), 32, n_numbers, numbers);
    xcb_flush(self->xcb);
}

void
xserver_fill(XServer *self,
             uint32_t xid,
             uint32_t colour,
             int x,
             int y,
             unsigned width,
             unsigned height)
{
    uint32_t context = xcb_generate_id(self->xcb);
    xcb_rectangle_t rect = {(int16_t)x, (int16_t)y, (uint16_t)width, (uint16_t)height};

    xcb_create_gc(self->xcb, context, xid, XCB_GC_FOREGROUND, &colour);
    xcb_poly_fill_rectangle(self->xcb, xid, context, 1, &rect);
    xcb_free_gc(self->xcb, context);
    xcb_flush(self->xcb);
}
