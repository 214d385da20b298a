/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* A private X server for tests, and a client on it. */

typedef struct {
    char *name;                   /* as in $DISPLAY */
    GPid pid;                     /* 0 when it is another's */
    struct xcb_connection_t *xcb; /* the client's */
    struct xcb_screen_t *screen;
} XServer;

/* @screen: "800x600x24"
 * @option: (nullable): of Xvfb, with its argument in @value
 * Returns: NULL when Xvfb is not installed */
XServer *xserver_start(const char *screen, const char *option, const char *value);

/* Another client of the same server, which must outlive it. */
XServer *xserver_join(const XServer *server);

/* Kills the server; the client's connection breaks. */
void xserver_kill(XServer *self);
void xserver_free(XServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XServer, xserver_free)

/* Waits until the server did all that the client asked for. */
void xserver_sync(XServer *self);

uint32_t xserver_atom(XServer *self, const char *name);

/* A mapped white window. */
uint32_t xserver_open_window(XServer *self,
                             gboolean is_override,
                             int x,
                             int y,
                             unsigned width,
                             unsigned height);
void xserver_close_window(XServer *self, uint32_t xid);
void xserver_set_text(XServer *self, uint32_t xid, const char *property, const char *text);
void xserver_set_bytes(XServer *self,
                       uint32_t xid,
                       const char *property,
                       const char *type,
                       const void *bytes,
                       size_t n_bytes);
void xserver_set_numbers(XServer *self,
                         uint32_t xid,
                         const char *property,
                         const char *type,
                         const uint32_t *numbers,
                         unsigned n_numbers);
void xserver_fill(XServer *self,
                  uint32_t xid,
                  uint32_t colour,
                  int x,
                  int y,
                  unsigned width,
                  unsigned height);
