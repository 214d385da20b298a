/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Mistakes that were made, or would be easy to make, seeded into the code so that the tests can
 * prove that they would find them. Only the build for those tests has them: in the product
 * RECALL_IS_MUTANT() is the constant 0. */

typedef enum {
    RECALL_MUTANT_NONE,
    RECALL_MUTANT_FRAME_HEADER_BOUND, /* WAL pages depend on their frame's header */
    RECALL_MUTANT_RAW_HEADER,         /* the first bytes are read from page 1 as it is */
    RECALL_MUTANT_PLAIN_CHECKSUM,     /* WAL frame headers as SQLite wrote them */
    RECALL_MUTANT_FILES_ALLOWED,      /* journals and temporary files are opened */
    RECALL_MUTANT_ONE_NONCE,          /* the nonce is the same each time */
    RECALL_MUTANT_NO_TAG,             /* tags are not looked at */
    RECALL_MUTANT_NO_PAGE_NUMBER,     /* pages do not depend on where they are */
    RECALL_MUTANT_NO_SEGMENT_ID,      /* nor on the segment */
    RECALL_MUTANT_NO_GENERATION,      /* nor on which WAL it is */
    RECALL_MUTANT_NO_WITNESS,         /* a damaged WAL ends where the damage begins */
    RECALL_MUTANT_LATE_WITNESS,       /* frames vouch for others that were not yet on the disk */
    RECALL_MUTANT_NO_SYNC,            /* the WAL is not synchronised */
    RECALL_MUTANT_SHORT_PAGES,        /* pages beyond the end of the file are zeros */
    RECALL_MUTANT_NO_COUNT,           /* writes are not counted */
    RECALL_MUTANT_WEAK_PASSPHRASE,    /* passphrases are not made slow to try */
    RECALL_MUTANT_PLAIN,              /* no encryption at all, to measure what it costs */
    RECALL_N_MUTANTS,
} RecallMutant;

#ifdef RECALL_MUTANTS
extern RecallMutant recall_mutant;
#define RECALL_IS_MUTANT(name) (recall_mutant == RECALL_MUTANT_##name)
#else
#define RECALL_IS_MUTANT(name) 0
#endif
