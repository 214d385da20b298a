/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"
#include "policies/browsing.h"
#include "recall/watch/profile.h"

#include <pixman.h>
#include <stdint.h>
#include <sys/types.h>

/* One mapped top-level window as sense saw it: a value, safe to keep and to hand on. */

#define RECALL_WINDOW_TITLE_MAX_BYTES 4096
#define RECALL_WINDOW_N_MAX 256 /* the topmost so many are looked at */

typedef enum {
    RECALL_WINDOW_NORMAL,
    RECALL_WINDOW_DIALOG,
    RECALL_WINDOW_POPUP,   /* override-redirect, menus, tooltips */
    RECALL_WINDOW_PANEL,   /* docks and bars */
    RECALL_WINDOW_DESKTOP, /* the wallpaper with its icons */
} RecallWindowKind;

typedef struct {
    int n_refs;             /* atomic */
    uint32_t xid;           /* of the client's window */
    uint32_t frame_xid;     /* the window manager's frame, or @xid */
    uint32_t transient_for; /* xid, or 0 */
    uint32_t owner_xid;     /* of a popup: the window it belongs to as far as can be told, or 0 */
    pid_t pid;              /* 0 when unknown or of another host */
    RecallWindowKind kind;
    gboolean is_active;
    gboolean is_opted_out; /* carries _DESKHAND_NO_RECALL */
    PolicyBrowser browser; /* that its program is, whatever @app says; NONE: only that tells */
    RecallProfile profile; /* of the Firefox whose window it is */
    char *app;     /* class of WM_CLASS, valid UTF-8 without control characters, never NULL */
    char *title;   /* likewise, at most RECALL_WINDOW_TITLE_MAX_BYTES, never NULL */
    BaseRect rect; /* root pixels, without the frame, may reach off the screen */
    pixman_region32_t visible; /* root pixels: what of @rect no other window covers */
    pixman_region32_t painted; /* what it has painted of @visible (painted.h). Main thread only */
} RecallWindow;

RecallWindow *recall_window_new(void);
RecallWindow *recall_window_ref(RecallWindow *self);
void recall_window_unref(RecallWindow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallWindow, recall_window_unref)

/* Makes a property's bytes fit for @app and @title: ends at the first NUL, cut to
 * RECALL_WINDOW_TITLE_MAX_BYTES at a character, what is not UTF-8 becomes U+FFFD, runs of spaces,
 * control characters and line separators one space, marks that turn the direction of text are
 * dropped, ends trimmed.
 * Returns: (transfer full): never NULL */
char *recall_window_clean_text(const char *bytes, size_t n_bytes);
