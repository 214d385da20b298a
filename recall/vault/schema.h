/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"

#include <glib.h>
#include <stdint.h>

/* One segment is one SQLite file that holds the scenes that began in one week (UTC, weeks since
 * Monday 1970-01-05). A scene's public number is week << RECALL_SEGMENT_ID_BITS | rowid, and the
 * rowid is the start in milliseconds since the week began, plus one until it is free: so numbers
 * order by time, and a range of time is a range of rowids. */

#define RECALL_SEGMENT_ID_BITS 30 /* a week has 604 800 000 ms */
#define RECALL_SEGMENT_WEEK_US PROTOCOL_SCENE_WEEK_US
#define RECALL_SEGMENT_EPOCH_US PROTOCOL_SCENE_TIME_MIN_US /* Monday 1970-01-05 */

/* A scene that lasts longer is continued as a new one: searches by time rely on it. */
#define RECALL_SCENE_DURATION_MAX_US (INT64_C(3600) * G_USEC_PER_SEC)

/* Throughput is the same as with the default of 1000 pages, and 3 MB less lie about. */
#define RECALL_SCHEMA_WAL_N_PAGES 256
#define RECALL_SCHEMA_WAL_KEPT_MAX_BYTES 1048576

/* The order matters: exclusive before WAL, so that no shared-memory file is ever made. */
#define RECALL_SCHEMA_PRAGMAS                                                                      \
    "PRAGMA locking_mode=EXCLUSIVE;"                                                               \
    "PRAGMA page_size=4096;"                                                                       \
    "PRAGMA journal_mode=WAL;"                                                                     \
    "PRAGMA synchronous=FULL;"                                                                     \
    "PRAGMA temp_store=MEMORY;"                                                                    \
    "PRAGMA secure_delete=ON;" /* what goes leaves zeros: a few per cent of an append */           \
    "PRAGMA mmap_size=0;"                                                                          \
    "PRAGMA trusted_schema=OFF;"                                                                   \
    "PRAGMA wal_autocheckpoint=" G_STRINGIFY(                                                      \
        RECALL_SCHEMA_WAL_N_PAGES) ";"                                                             \
                                   "PRAGMA journal_size_limit=" G_STRINGIFY(                       \
                                       RECALL_SCHEMA_WAL_KEPT_MAX_BYTES) ";"

/* PRAGMA user_version. Up to 2 the index was filled by other rules, which stay as they are in a
 * segment: recall_tokenizer_next_pointed(). */
#define RECALL_SCHEMA_VERSION 3

/* Made for a week that is over, by recall/vault/sieve.h, and gone as soon as it changes. */
#define RECALL_SCHEMA_SIEVE_SQL                                                                    \
    "CREATE TABLE IF NOT EXISTS sieve(id INTEGER PRIMARY KEY, bits BLOB NOT NULL);"                \
    "CREATE TRIGGER IF NOT EXISTS sieve_insert AFTER INSERT ON scene"                              \
    " WHEN EXISTS(SELECT 1 FROM sieve) BEGIN DELETE FROM sieve; END;"                              \
    "CREATE TRIGGER IF NOT EXISTS sieve_delete AFTER DELETE ON scene"                              \
    " WHEN EXISTS(SELECT 1 FROM sieve) BEGIN DELETE FROM sieve; END;"                              \
    "CREATE TRIGGER IF NOT EXISTS sieve_update"                                                    \
    " AFTER UPDATE OF id, text, title, app, url, file, actor ON scene"                             \
    " WHEN EXISTS(SELECT 1 FROM sieve) BEGIN DELETE FROM sieve; END;"

/* One row: recall/vault/mark.h. */
#define RECALL_SCHEMA_MARK_SQL                                                                     \
    "CREATE TABLE IF NOT EXISTS mark(id INTEGER PRIMARY KEY, n INTEGER NOT NULL);"

/* Young sheets are those that recall_sheets_tidy() has not seen since they came or lost a tile. */
#define RECALL_SCHEMA_SHEET_SQL                                                                    \
    "CREATE INDEX tile_sheet ON tile(sheet);"                                                      \
    "CREATE TABLE sheet("                                                                          \
    " id INTEGER PRIMARY KEY,"                                                                     \
    " n_tiles INTEGER NOT NULL," /* that are coded in it */                                        \
    " coded BLOB NOT NULL);"     /* protocol/sheet-pixels.h */                                     \
    "CREATE TABLE young_sheet(id INTEGER PRIMARY KEY);"

#define RECALL_SCHEMA_SQL                                                                          \
    "CREATE TABLE scene("                                                                          \
    " id INTEGER PRIMARY KEY,"                                                                     \
    " key INTEGER NOT NULL UNIQUE,"                                                                \
    " start_us INTEGER NOT NULL,"                                                                  \
    " end_us INTEGER NOT NULL,"                                                                    \
    " source INTEGER NOT NULL,"                                                                    \
    " width INTEGER NOT NULL,"                                                                     \
    " height INTEGER NOT NULL,"                                                                    \
    " text TEXT NOT NULL,"                                                                         \
    " title TEXT NOT NULL,"                                                                        \
    " app TEXT NOT NULL,"                                                                          \
    " url TEXT NOT NULL,"                                                                          \
    " file TEXT NOT NULL,"                                                                         \
    " actor TEXT NOT NULL,"                                                                        \
    " spans BLOB NOT NULL,"  /* protocol_spans_pack() */                                           \
    " tiles BLOB NOT NULL);" /* recall_tilelist_pack() */                                          \
    "CREATE VIRTUAL TABLE scene_fts USING fts5("                                                   \
    " text, title, app, url, file, actor,"                                                         \
    " content='scene', content_rowid='id', tokenize='deskhand bare');"                             \
    "CREATE TABLE tile("                                                                           \
    " id INTEGER PRIMARY KEY,"                                                                     \
    " digest BLOB NOT NULL UNIQUE,"                                                                \
    " n_scenes INTEGER NOT NULL," /* that name it; at 0 it goes */                                 \
    " sheet INTEGER,"             /* NULL until it was sent */                                     \
    " place INTEGER);" RECALL_SCHEMA_SHEET_SQL RECALL_SCHEMA_SIEVE_SQL RECALL_SCHEMA_MARK_SQL

/* From version 1, in which each tile had a WebP of its own: protocol_sheet_pixels_is_likeness(). */
#define RECALL_SCHEMA_FROM_1_SQL                                                                   \
    "ALTER TABLE tile ADD COLUMN sheet INTEGER;"                                                   \
    "ALTER TABLE tile ADD COLUMN place INTEGER;" RECALL_SCHEMA_SHEET_SQL                           \
    "INSERT INTO sheet(id, n_tiles, coded) SELECT id, 1, webp FROM tile_webp"                      \
    " WHERE id IN (SELECT id FROM tile);"                                                          \
    "UPDATE tile SET sheet = id, place = 0 WHERE id IN (SELECT id FROM sheet);"                    \
    "DROP TABLE tile_webp;"
