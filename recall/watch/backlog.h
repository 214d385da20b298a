/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"
#include "protocol/sheet.h"

/* Scenes in line for the vault, oldest first and bounded: beyond it the oldest that is not on its
 * way is dropped and counted. One whose key comes again takes the place of the one that waits, and
 * follows the one that is on its way. Main thread. */

#define RECALL_BACKLOG_N_MAX 256                    /* scenes */
#define RECALL_BACKLOG_MAX_BYTES (16 * 1024 * 1024) /* of all scenes that wait */

typedef enum {
    RECALL_BACKLOG_WAITING,
    RECALL_BACKLOG_APPENDING,
    RECALL_BACKLOG_ADDING, /* it was stored, and tiles that the vault missed are on their way */
} RecallBacklogState;

/* What is on its way is held by its call, too. To be read; the state is its sender's to write. */
typedef struct {
    int n_refs;
    uint64_t key;
    int64_t week;
    GVariant *scene;
    GPtrArray *digests; /* of GBytes, each once */
    GHashTable *places; /* each digest to the ProtocolSheet of @sheets that has it, or NULL */
    GPtrArray *sheets;  /* those that were at hand */
    size_t n_bytes;
    int64_t start_us; /* of what it shows, as in the scene */
    int64_t end_us;
    int64_t put_us; /* monotonic */
    RecallBacklogState state;
    gboolean is_forgotten; /* while it was on its way */
} RecallBacklogEntry;

typedef struct {
    GQueue entries; /* of RecallBacklogEntry, oldest first */
    size_t n_bytes;
    uint64_t n_dropped;
} RecallBacklog;

void recall_backlog_init(RecallBacklog *self);
void recall_backlog_clear(RecallBacklog *self);

/* @sheets: (transfer none): of ProtocolSheet, of which those with its tiles are kept, within the
 * bounds. Returns: (transfer none): the new entry; it stays whatever its size */
RecallBacklogEntry *
recall_backlog_put(RecallBacklog *self, const ProtocolScene *scene, GPtrArray *sheets);

/* Out of line; it stands as long as somebody holds it. */
void recall_backlog_remove(RecallBacklog *self, RecallBacklogEntry *entry);

/* The same, and counts it as lost. */
void recall_backlog_drop(RecallBacklog *self, RecallBacklogEntry *entry);

/* It could not be stored now: it waits again, or makes way for a newer one with its key. */
void recall_backlog_put_back(RecallBacklog *self, RecallBacklogEntry *entry);

/* What is to be forgotten: whatever is shown in any part of a time. */
typedef struct {
    int64_t since_us;
    int64_t until_us;
    gboolean is_in_part; /* not all of that is meant, and the vault alone can tell what */
} RecallBacklogSpan;

/* Of these, those that wait are dropped, and those on their way noted as forgotten. Only a span in
 * part counts them as lost.
 * Returns: how many were counted */
unsigned recall_backlog_forget(RecallBacklog *self, const RecallBacklogSpan *span);

gboolean recall_backlog_has(const RecallBacklog *self, const RecallBacklogSpan *span);

/* It is shown until then: which the scene itself tells only when it is put again. */
void recall_backlog_touch(RecallBacklog *self, uint64_t key, int64_t end_us);

/* Whether it waits, and no older version of its scene is on its way: were both, a retry could put
 * the older one last. */
gboolean recall_backlog_may_send(const RecallBacklog *self, const RecallBacklogEntry *entry);

/* Returns: monotonic time at which the oldest one was put; 0: there is none */
int64_t recall_backlog_get_oldest_us(const RecallBacklog *self);

RecallBacklogEntry *recall_backlog_ref_entry(RecallBacklogEntry *entry);
void recall_backlog_unref_entry(RecallBacklogEntry *entry);

/* The week of the vault's segments that a time is in. */
int64_t recall_backlog_week_at(int64_t at_us);
