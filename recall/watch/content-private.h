/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/content.h"
#include "recall/watch/layers.h"
#include "recall/watch/proof.h"
#include "recall/watch/redact.h"

/* Shared by the files content*.c: content-ocr.c asks OCR, content.c has what was read. */

struct RecallContent {
    RecallFrame *frame; /* NULL while there is none */
    RecallRedact *redact;
    RecallLayers *layers;
    RecallProof *proof;
    GPtrArray *accessible_runs;
    GPtrArray *ocr_runs;
    char *url;
    char *file;
    pixman_region32_t visible;
    pixman_region32_t covered;   /* what accessible text speaks for */
    pixman_region32_t spoken;    /* it tells of text in there, maybe of where it stood before */
    pixman_region32_t secret;    /* password fields, names of denied pages */
    pixman_region32_t recast;    /* figures that are drawn in another form than told */
    pixman_region32_t untold;    /* parts of long words: not in the picture */
    pixman_region32_t wanted;    /* what OCR reads now */
    pixman_region32_t ignored;   /* what it must leave out */
    pixman_region32_t unread;    /* of the pixels that may be kept: their text is not known yet */
    pixman_region32_t unproven;  /* where told secrets may stand */
    pixman_region32_t changed;   /* pixels that changed before the last answer */
    pixman_region32_t unsettled; /* those of them that may have been told as they look later */
    pixman_region32_t painted;
    uint8_t *before; /* what stands in @painted while it is painted over, else NULL */
};

/* Around what is wanted: what OCR is given. */
BaseRect recall_content_get_ocr_rect(const RecallContent *self, const pixman_region32_t *wanted);
