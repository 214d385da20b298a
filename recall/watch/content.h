/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/frame.h"
#include "recall/watch/text-ocr.h"

/* What is in hand of one window: its pixels, what both sources read in them, and which of it may be
 * kept. What may not is masked in the text and painted over in the picture: password fields,
 * secrets, and whatever nobody has read yet, because it may be one; and where secrets may stand
 * that OCR has not found where the application told them. All regions are window pixels. Main
 * thread; no display. */

typedef struct RecallContent RecallContent;

RecallContent *recall_content_new(void);
void recall_content_free(RecallContent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallContent, recall_content_free)

/* --- pixels --- */

/* Returns: (transfer none) (nullable): NULL before recall_content_begin() and after _clear() */
RecallFrame *recall_content_get_frame(const RecallContent *self);

/* All that was in hand goes; a window of this size is looked at from now on. */
void recall_content_begin(RecallContent *self, int width_px, int height_px);
void recall_content_clear(RecallContent *self);

/* Nothing of it is visible: what was read still holds when it looks the same again. */
void recall_content_fold(RecallContent *self);
gboolean recall_content_fits(const RecallContent *self, int width_px, int height_px);

void recall_content_set_visible(RecallContent *self, const pixman_region32_t *visible);
const pixman_region32_t *recall_content_get_visible(const RecallContent *self);

/* --- what was read --- */

/* The application answered: @text replaces what it told before. Its URL and file are taken. */
void recall_content_take_accessible(RecallContent *self, RecallText *text);

/* It did not: what @changed is left to OCR, what did not still stands. */
void recall_content_give_up_accessible(RecallContent *self, const pixman_region32_t *changed);

/* The pixels in hand are held (recall_frame_hold()): their text was told now.
 * @asked: what changed before the application was asked: what it told of that is read
 * @since: what changed after that: nobody has told of it, whatever the answer speaks for */
void recall_content_hold(RecallContent *self,
                         const pixman_region32_t *asked,
                         const pixman_region32_t *since);

/* Whether much of what is told in @changed stands elsewhere, since nothing stands out there: the
 * application may still tell how it looked before. Or it hides it. */
gboolean recall_content_is_misplaced(const RecallContent *self, const pixman_region32_t *changed);

/* @since: what changed after the pixels in hand were grabbed: what is told within its extents of
 * those that changed last may be of another layout. They are not kept until
 * recall_content_settle(), at the next moment: where the window looks otherwise by then they are
 * added to @fresh, to be read again.
 * Returns: TRUE when some were not kept, and the window looks as it did: now they can be */
void recall_content_distrust(RecallContent *self, const pixman_region32_t *since);
gboolean recall_content_is_unsettled(const RecallContent *self);
gboolean recall_content_settle(RecallContent *self, pixman_region32_t *fresh);

/* Finds what of @changed is left for OCR to read: what was told, what is not visible and what is
 * blank is not.
 * @left: (nullable): given while the window is in motion: what the application tells text of is
 *   read when it has come to rest, and added to this
 * Returns: whether there is anything */
gboolean recall_content_find_wanted(RecallContent *self,
                                    const pixman_region32_t *changed,
                                    pixman_region32_t *left);

/* The request for it; all in it is borrowed and stands until the next call of any function here. */
RecallOcrRequest recall_content_get_request(RecallContent *self);

/* Its answer. @runs: of RecallRun; @left: what the reader left for later */
void recall_content_take_ocr(RecallContent *self, GPtrArray *runs, const pixman_region32_t *left);

/* Finds where the application told words that lie across each other, or of which pixels @changed
 * (recall/watch/layers): until OCR tells which of them are shown, none of them is. */
void recall_content_find_layers(RecallContent *self, const pixman_region32_t *changed);
gboolean recall_content_has_open_layers(const RecallContent *self);

/* The request for it, borrowed likewise, and its answer.
 * @runs: (nullable): of RecallRun: NULL when there is none; @left: what was left for later */
RecallOcrRequest recall_content_get_layers_request(RecallContent *self);
void recall_content_take_layers(RecallContent *self,
                                const GPtrArray *runs,
                                const pixman_region32_t *left);

/* Finds secrets that the application told and nobody has seen where it told them yet, or of which
 * pixels @changed (recall/watch/proof). @now_us: monotonic. Returns: whether there are any */
gboolean
recall_content_find_doubts(RecallContent *self, const pixman_region32_t *changed, int64_t now_us);

/* The request that shows whether they stand there, borrowed likewise, and its answer.
 * Returns: whether all do; else the whole window is read */
RecallOcrRequest recall_content_get_proof_request(RecallContent *self);
gboolean recall_content_take_proof(RecallContent *self, const GPtrArray *runs);

/* The request for it, borrowed likewise, and its answer, which has to be all of it. */
RecallOcrRequest recall_content_get_search_request(RecallContent *self);
void recall_content_take_search(RecallContent *self, const GPtrArray *runs);

/* Text that may not be kept goes; the pixels stay to tell what changes. */
void recall_content_drop_text(RecallContent *self);

/* --- what may be kept --- */

/* Whether anything visible was not read yet, or where it was told is not proven. */
gboolean recall_content_has_unread(const RecallContent *self);

const char *recall_content_get_url(const RecallContent *self);  /* NULL: none, or not told */
const char *recall_content_get_file(const RecallContent *self); /* likewise */

/* @now_us: monotonic
 * Returns: (transfer full): of RecallRun: all that is shown, secrets masked */
GPtrArray *recall_content_dup_runs(RecallContent *self, int64_t now_us);

/* How many secrets the last recall_content_dup_runs() masked. */
unsigned recall_content_get_n_secrets(const RecallContent *self);

/* Those of them that are new. Borrowed (recall/watch/redact.h) */
const GPtrArray *recall_content_get_new_secrets(const RecallContent *self);

/* Monotonic time at which what the last recall_content_dup_runs() withheld may be shown, or 0. */
int64_t recall_content_get_rest_us(const RecallContent *self);

/* Paints over what may not be kept, by the secrets that the last recall_content_dup_runs() found,
 * until recall_content_unpaint(), before anything else is done with it. */
void recall_content_paint(RecallContent *self);
void recall_content_unpaint(RecallContent *self);
