/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/sheet.h"
#include "recall/vault/vault.h"

#define FIXTURE_TILE_PX 16
#define FIXTURE_TILE_BYTES (4 * FIXTURE_TILE_PX * FIXTURE_TILE_PX)

/* A history in a temporary folder, and scenes to put into it. Every function fails the test when
 * something goes wrong. */

typedef struct {
    char *root;
    char *folder; /* of the segments, made by the first fixture_open() */
} Fixture;

/* Fails with its sentence when there is an error. */
void fixture_check(const GError *error);

int fixture_set_up(void **state);
int fixture_tear_down(void **state);

RecallVault *fixture_open(const Fixture *self);
/* File of the segment that holds this instant. */
char *fixture_path(const Fixture *self, int64_t at_us);

ProtocolScene *fixture_scene(uint64_t key, int64_t start_us, const char *text);
/* A span for each word that spaces divide. */
void fixture_add_words(ProtocolScene *scene);
/* @letter: a tile is named by one letter in these tests */
void fixture_add_tile(ProtocolScene *scene, uint16_t x, uint16_t y, char letter);
GBytes *fixture_digest(char letter);
/* Pixels of the tiles as protocol/sheet-pixels.h has them. */
GBytes *fixture_encode(const char *letters);
/* Whether it shows this letter. */
gboolean fixture_is_tile(const ProtocolSheetTile *tile, char letter);
/* One sheet of these tiles, or none. Returns: (transfer full): of ProtocolSheet */
GPtrArray *fixture_sheets(const char *letters);
/* Text of @n_words words, another for each @seed. */
char *fixture_lorem(unsigned n_words, unsigned seed);

/* @letters: tiles that go with it; @out_missing: (out) (optional). Returns: the scene's number */
int64_t fixture_append(RecallVault *vault,
                       const ProtocolScene *scene,
                       const char *letters,
                       GPtrArray **out_missing);
ProtocolScene *fixture_copy(const ProtocolScene *scene);
void fixture_assert_equal(const ProtocolScene *a, const ProtocolScene *b);
