/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"
#include "protocol/scene.h"

#include <stdint.h>

/* Finds what nobody may remember in text that was shown: payment cards, identity numbers, account
 * numbers, private keys, tokens, passwords behind their labels; also when they are split over runs,
 * lines and cells. Pure: values in, values out, any thread.
 *
 * One pass over the text looks for the few places where a secret can begin (two letters of a known
 * prefix, a digit, a label's letters); only there anything is matched. A screen of a few kilobytes
 * costs some tens of microseconds. */

#define POLICY_DETECT_TEXT_MAX_BYTES (1024 * 1024) /* runs beyond it count as secret, whole */
#define POLICY_DETECT_N_RUNS_MAX 16384             /* likewise */

typedef enum {
    POLICY_SECRET_CARD,     /* payment card: brand, length, Luhn */
    POLICY_SECRET_IDENTITY, /* Chinese identity number */
    POLICY_SECRET_IBAN,
    POLICY_SECRET_KEY,   /* private key: PEM, OpenSSH, OpenPGP, PuTTY */
    POLICY_SECRET_TOKEN, /* of a vendor, by its format */
    POLICY_SECRET_PASSWORD,
} PolicySecretKind;
#define POLICY_SECRET_N_KINDS 6

/* One run of text as it was shown: a line, a label, a cell. */
typedef struct {
    const char *text; /* UTF-8, without control characters */
    BaseRect box;     /* any unit, the same for all runs; y goes down */
    gboolean is_ocr;  /* letters may have been misread */
    gboolean is_cell; /* of a table: no word of it goes on in the next line */
    /* Where text that grows ends (somebody types), or 0. What ends there and may be the beginning
     * of a secret counts as one. */
    uint32_t grown_end_bytes;
    /* (nullable) (transfer none): where words stand, by start; else they are spread over @box.
     * Those offsets count from byte @words_at_bytes of @text. */
    const ProtocolSpan *words;
    unsigned n_words;
    uint32_t words_at_bytes;
} PolicyDetectRun;

/* A part of a run that belongs to a secret. */
typedef struct {
    uint32_t run; /* index */
    uint32_t start_bytes;
    uint32_t end_bytes;
    PolicySecretKind kind;
    gboolean is_beginning; /* not yet a secret, but it may become one */
    gboolean is_in_column; /* below the head of a column of passwords, alone in its cell */
} PolicySecretRange;

/* Sorts @ranges (of PolicySecretRange) by run and start; those that overlap become one. */
void policy_secret_ranges_tidy(GArray *ranges);

/**
 * policy_detect_find:
 * @runs: in any order
 *
 * Returns: (transfer full) (nullable): of PolicySecretRange, by run and start, not overlapping;
 *   NULL when there is none
 */
GArray *policy_detect_find(const PolicyDetectRun *runs, unsigned n_runs);

/* The last table of lines with passwords: what is known of its columns when its head has gone. */
typedef struct PolicyDetectMemory PolicyDetectMemory;

PolicyDetectMemory *policy_detect_memory_new(void);
void policy_detect_memory_free(PolicyDetectMemory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PolicyDetectMemory, policy_detect_memory_free)
void policy_detect_memory_clear(PolicyDetectMemory *self);

/* Whether rows of it stood in what was looked at last. */
gboolean policy_detect_memory_is_seen(const PolicyDetectMemory *self);

/* As policy_detect_find(), for a view that follows on others. */
GArray *
policy_detect_find_next(const PolicyDetectRun *runs, unsigned n_runs, PolicyDetectMemory *memory);

/* Of one string, such as a title. */
GArray *policy_detect_find_in(const char *text);

/* How many kinds of vendors' tokens are known, and the name of each. */
unsigned policy_detect_n_token_kinds(void);
const char *policy_detect_token_name(unsigned kind);
