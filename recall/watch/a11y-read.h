/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-layout.h"
#include "recall/watch/a11y-text.h"
#include "recall/watch/window.h"

/* One window read through one application's accessible tree. Everything here blocks and belongs to
 * the thread that reads the application. */

/* Desktops scale by halves, quarters, thirds and eighths. */
#define RECALL_A11Y_SCALE_ONE 24

/* What is kept of an application between readings. */
typedef struct {
    RecallA11yTree *tree;
    RecallA11yLayout *layout;
    char *frame_name;    /* of the window that was looked for last, NULL: not known */
    GHashTable *frames;  /* xid to path of the accessible window, once it was told for sure */
    GHashTable *origins; /* xid to where the window was (int64_t *) */
    GHashTable *places;  /* "what:path" to path, or word: what a toolkit looked for and found */
    GHashTable *pages;   /* path of the accessible window to RecallA11yPageView */
    GHashTable *cells;   /* hash of sheet, row and column (uint64_t *) to path */
    int scale;           /* pixels of RECALL_A11Y_SCALE_ONE units of Chromium's own windows */
    double sheet_scale;  /* of the letters' widths in sheets; 0: not measured yet */
    char *toolkit;       /* NULL: not asked yet */
    struct RecallA11yPasswords *passwords; /* where fields of them are, and were */
    gboolean is_office;
    gboolean tells_pages; /* Firefox: the texts of pages are there, or were waited for in vain */
} RecallA11yMemory;

RecallA11yMemory *recall_a11y_memory_new(void);
void recall_a11y_memory_free(RecallA11yMemory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallA11yMemory, recall_a11y_memory_free)

typedef struct {
    RecallA11yLink *link;
    RecallA11yMemory *memory;
    const RecallWindow *window;
    const pixman_region32_t *shown;   /* window pixels */
    const pixman_region32_t *changed; /* likewise; NULL: all */
    const char *frame;                /* path of the accessible window */
    unsigned zoom_percent;            /* of an office document; 0: not known */
    gboolean is_borrowed_frame;       /* @window is a popup of it: only what lies inside is of it */
    RecallText *text;                 /* the answer */
} RecallA11yReading;

/**
 * recall_a11y_read_window:
 * @changed: (nullable): window pixels, as for recall_a11y_read_async()
 *
 * Blocks for as long as @link may take. Returns: (transfer full): what is shown of @window inside
 *   @shown. @error: G_IO_ERROR_NOT_SUPPORTED, or why the link was lost
 */
RecallText *recall_a11y_read_window(RecallA11yMemory *memory,
                                    RecallA11yLink *link,
                                    const RecallWindow *window,
                                    const pixman_region32_t *shown,
                                    const pixman_region32_t *changed,
                                    GError **error);

/* The toolkits' ways. FALSE: this window cannot be read. */
gboolean recall_a11y_read_chromium(RecallA11yReading *reading);
gboolean recall_a11y_read_gecko(RecallA11yReading *reading);
gboolean recall_a11y_read_gtk(RecallA11yReading *reading);
gboolean recall_a11y_read_office(RecallA11yReading *reading);

/**
 * recall_a11y_find_frame:
 * @out_is_borrowed: as in the reading
 *
 * Returns: (transfer full): the path of the accessible that is @window, NULL when none is, or when
 *   it cannot be told from another
 */
char *recall_a11y_find_frame(RecallA11yMemory *memory,
                             RecallA11yLink *link,
                             const RecallWindow *window,
                             gboolean *out_is_borrowed);

/* From the units in which Chromium tells its own windows to pixels. */
BaseRect recall_a11y_scale_box(const RecallA11yMemory *memory, const BaseRect *box);

/* How the lines of a group of nodes go into the answer. */
typedef struct {
    RecallA11yShape shape;
    int dx; /* added to what the application says */
    int dy;
    const BaseRect *clip; /* (nullable): root pixels, corrected already: nothing shows outside */
} RecallA11yManner;

/* Finds the lines of @nodes and adds what is shown of them. @clips: (nullable): root pixels, one
 * for each node: it shows nothing outside, an empty one means unknown */
void recall_a11y_reading_add(RecallA11yReading *self,
                             GPtrArray *nodes,
                             const BaseRect *clips,
                             const RecallA11yManner *manner);

/* Adds what is shown of @lines (of RecallA11yLine), whose index is that of their clip. */
void recall_a11y_reading_add_lines(RecallA11yReading *self,
                                   const GArray *lines,
                                   const BaseRect *clips,
                                   const RecallA11yManner *manner);

/* Adds a label of which only the node's box is known: its text stands somewhere in it. */
void recall_a11y_reading_add_label(RecallA11yReading *self,
                                   const RecallA11yNode *node,
                                   RecallA11yAlign align,
                                   int indent_px);

/* Adds a text that likely stands in @box, of which @clip is shown, and in any case alone in @room,
 * on one line; @room may be of no size: not known. All root pixels, corrected. */
void recall_a11y_reading_add_text(RecallA11yReading *self,
                                  const char *text,
                                  const BaseRect *box,
                                  const BaseRect *clip,
                                  const BaseRect *room);

/* Adds @text, which stands alone on one line somewhere in @box, @width_px wide if it is drawn as it
 * is told; 0: not known. Returns: FALSE when a part of @box is not shown: then nothing is added */
gboolean recall_a11y_reading_add_cell(RecallA11yReading *self,
                                      const char *text,
                                      int width_px,
                                      const BaseRect *box);

/* Nobody tells what stands in @box (root pixels), whatever is told around it. */
void recall_a11y_reading_leave_box(RecallA11yReading *self, const BaseRect *box);

/* Counts a node's box, or root pixels, as covered. */
void recall_a11y_reading_cover(RecallA11yReading *self, const RecallA11yNode *node);
void recall_a11y_reading_cover_box(RecallA11yReading *self, const BaseRect *box);

/* Reads @window as the menu that hangs below @path and is drawn in a window of its own. */
gboolean recall_a11y_read_menu(RecallA11yReading *reading, const char *path);

/* The part of @nodes whose role is one of @roles (ended by _UNKNOWN). Returns: (transfer full) */
GPtrArray *recall_a11y_pick(GPtrArray *nodes, const RecallA11yRole *roles);

/* Of those, only what touches the window. Boxes must be known. Returns: (transfer full) */
GPtrArray *recall_a11y_pick_in_view(const RecallA11yReading *self, GPtrArray *nodes);
