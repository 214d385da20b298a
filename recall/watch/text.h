/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"
#include "protocol/scene.h"

#include <gio/gio.h>
#include <pixman.h>

/* Text with boxes, as any source gives it. Boxes are pixels of the window (0,0 is its upper left
 * corner, without the frame). */

#define RECALL_TEXT_N_RUNS_MAX 8192
#define RECALL_RUN_MAX_BYTES 16384

/* One run: a line, or a label. */
typedef struct {
    int n_refs; /* atomic */
    char *text; /* UTF-8, without control characters, not empty; only what was shown */
    BaseRect box;
    GArray *words; /* of ProtocolSpan within @text: by start, not overlapping; may be empty: then
                    * words are spread over @box */
    ProtocolSource source; /* ACCESSIBLE or OCR */
    /* A secret is masked of which the view before may have shown a beginning: what stood in this
     * place is not to be kept. */
    gboolean hides_beginning;
    /* Where only a part of a line is shown: that and some of what stands before and behind it, by
     * which a part of a secret is told; NULL when all is shown. Never kept. */
    char *context;
    uint32_t context_start; /* where @text stands in it */
    gboolean is_cell;       /* a figure in a table */
    BaseRect room; /* of no size, or: the places of @words are guessed; on one line they stand in
                    * here, and nothing else does */
    int width_px;  /* in a room: how wide @text is if it is drawn as it is told; 0: not known */
} RecallRun;

/* @text: (transfer full) */
RecallRun *recall_run_new(char *text, const BaseRect *box, ProtocolSource source);
RecallRun *recall_run_ref(RecallRun *self);
void recall_run_unref(RecallRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallRun, recall_run_unref)

/* Gives @words boxes by splitting @box in proportion to the characters (a CJK one counts double);
 * does nothing when there are words already. Where @box is of several lines, each word has it
 * whole. */
void recall_run_spread_words(RecallRun *self);

/* Chinese, Japanese and Korean, with their punctuation and full-width forms: written without
 * spaces, so a word is an unbroken run of them. */
gboolean recall_text_is_cjk(gunichar c);

/* Makes @text valid for a run: UTF-8 (U+FFFD for a byte that is none), control and format
 * characters to spaces, runs of spaces to one, ends trimmed, cut to RECALL_RUN_MAX_BYTES at a
 * character. @n_bytes: -1 for up to the NUL
 * Returns: (transfer full), NULL when nothing is left */
char *recall_run_clean(const char *text, gssize n_bytes);

/* What a browser's own part is called: a tab, an entry of a menu or of its history. */
typedef struct {
    char *text;
    BaseRect box; /* nothing of what is called so shows outside */
} RecallName;

/* A document beside the page in front, or within it. */
typedef struct {
    char *url; /* NULL: not known */
    BaseRect box;
} RecallPart;

/* What a source answered about a window. */
typedef struct {
    GPtrArray *runs; /* of RecallRun */
    char *name;      /* of the window, as its application tells it, or NULL */
    char *url;       /* of the document in front, or NULL */
    char *file;      /* path of the document in front, or NULL */
    GArray *names;   /* of RecallName: they may be titles of pages that are not in front */
    GArray *parts;   /* of RecallPart */
    pixman_region32_t covered; /* window pixels that this answer speaks for: whatever text there is
                                * in them is in @runs, so nothing else needs to read them */
    pixman_region32_t secret;  /* window pixels that must not be kept: password fields, denied
                                * pages and their names; a run that touches them must not, either,
                                * but may be a label */
    pixman_region32_t spoken;  /* window pixels where text stands that the application tells, maybe
                                * elsewhere than it was grabbed: it moved meanwhile */
    pixman_region32_t recast;  /* window pixels that are not covered, whatever is told around them:
                                * what stands there is drawn in another form than it is told */
    pixman_region32_t untold;  /* window pixels of long words of which only a part is shown: no run
                                * tells of them, and they may be tokens */
} RecallText;

RecallText *recall_text_new(void);
void recall_text_free(RecallText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallText, recall_text_free)
