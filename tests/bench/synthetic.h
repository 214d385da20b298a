/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"

/* Scenes as a desktop might show them in a year of work, the same ones for the same seed: English
 * and Chinese words with Zipf's frequencies, topics whose own words seldom meet, programs with
 * their menus. Any scene can be made by its number alone. */

#define SYNTHETIC_N_WEEKS 52
#define SYNTHETIC_N_WORDS 150 /* of a scene, about */

typedef struct Synthetic Synthetic;

/* @now_us: the last scene is a little before */
Synthetic *synthetic_new(uint64_t seed, unsigned n_scenes, int64_t now_us);
void synthetic_free(Synthetic *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Synthetic, synthetic_free)

/* @index: 0 is the oldest */
ProtocolScene *synthetic_make_scene(const Synthetic *self, unsigned index);
int64_t synthetic_get_start_us(const Synthetic *self, unsigned index);

typedef enum {
    SYNTHETIC_RARE,     /* a word of a handful of scenes */
    SYNTHETIC_ORDINARY, /* of one scene in a hundred to one in five thousand */
    SYNTHETIC_FREQUENT, /* of every second to tenth scene */
    SYNTHETIC_PHRASE,   /* two to four words as they stand in some scene */
    SYNTHETIC_HAN_1,    /* Chinese characters as they stand in some scene */
    SYNTHETIC_HAN_2,
    SYNTHETIC_HAN_3,
    SYNTHETIC_HAN_4,
    SYNTHETIC_TWO_ORDINARY,
    SYNTHETIC_RARELY_MEET, /* two words, each frequent, of different topics */
    SYNTHETIC_NO_HIT,
    SYNTHETIC_PASTED, /* five hundred words of some scenes */
    SYNTHETIC_N_CLASSES,
} SyntheticClass;

const char *synthetic_class_name(SyntheticClass class);

/* Returns: (transfer full): what a person might type; the same for the same @number */
char *synthetic_make_query(const Synthetic *self, SyntheticClass class, unsigned number);
