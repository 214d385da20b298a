/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect.h"

/* Runs joined to one text for the detectors: what stands next to each other on the screen stands
 * next to each other in it. Used by the detectors only. */

/* How a run is joined to the one before it. */
typedef enum {
    POLICY_JOINT_TIGHT, /* no gap: the same word may go on. Nothing stands between them */
    POLICY_JOINT_WRAP,  /* the line above is full and may go on here. Nothing either */
    POLICY_JOINT_NEAR,  /* some letters apart, in the same row: a space */
    POLICY_JOINT_FAR,   /* another cell of the same row: a space */
    POLICY_JOINT_LINE,  /* the line below: a newline */
    POLICY_JOINT_BREAK, /* nothing to do with it: two newlines */
} PolicyJoint;

/* Whether what is joined so stands in one row. */
gboolean policy_joint_is_in_row(PolicyJoint joint);

typedef struct {
    uint32_t start; /* in the joined text */
    uint32_t end;
    uint32_t run;
    PolicyJoint joint;
} PolicySegment;

typedef struct {
    const PolicyDetectRun *runs;
    GString *flat;
    GArray *segments; /* of PolicySegment, by start */
    uint8_t *edges;   /* for each byte of @flat: 1 where a run begins */
    GArray *found;    /* of PolicySecretRange, unsorted; shared by all texts of a search */
    PolicyDetectMemory *memory; /* (nullable) of the views before */
} PolicyDetectText;

/* @order: indexes into @runs with the joint to the one before */
typedef struct {
    uint32_t run;
    PolicyJoint joint;
} PolicyPlace;

void policy_detect_text_init(PolicyDetectText *self,
                             const PolicyDetectRun *runs,
                             const GArray *places,
                             GArray *found);
void policy_detect_text_clear(PolicyDetectText *self);

/* How wide a letter of @run is, more or less, in the unit of its box; at least 1 */
int policy_detect_text_letter_width(const PolicyDetectRun *run);

/* The segment that holds @offset or ends at it; the last one that begins at or before it. */
unsigned policy_detect_text_find(const PolicyDetectText *self, size_t offset);

/* Whether a run begins there. */
gboolean policy_detect_text_is_edge(const PolicyDetectText *self, size_t offset);

/* Whether a word may begin at @offset: behind something that belongs to none, or with a run. */
gboolean policy_detect_text_is_start(const PolicyDetectText *self, size_t offset);

/* Whether a word may end before @offset, likewise. */
gboolean policy_detect_text_is_end(const PolicyDetectText *self, size_t offset);

gboolean policy_detect_text_is_ocr(const PolicyDetectText *self, size_t offset);

/* Notes a secret; it may reach over runs. */
void
policy_detect_text_add(PolicyDetectText *self, size_t start, size_t end, PolicySecretKind kind);
void policy_detect_text_add_beginning(PolicyDetectText *self,
                                      size_t start,
                                      size_t end,
                                      PolicySecretKind kind);

/* Notes a password that is a whole run below the head of a column. */
void policy_detect_text_add_in_column(PolicyDetectText *self, const PolicySegment *segment);

/* OCR parts a word where a line of a grid stands in it: of one that is @segment, the parts that
 * stand directly beside it are noted, too. */
void policy_detect_text_add_parts(PolicyDetectText *self,
                                  const PolicySegment *segment,
                                  PolicySecretKind kind);
