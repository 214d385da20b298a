/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

/* The words of one line, after and between the engines. Pure. */

#define READER_WORDS_SURE 60 /* confidence: less is noise more often than not */
#define READER_WORDS_SURE_STRICT 70
#define READER_WORDS_LINE_SURE 70 /* of a whole line, in which so much is enough for a word: */
#define READER_WORDS_DOUBTFUL 25
#define READER_WORDS_ALONE 85 /* of one or two characters without a sure line around them */

typedef struct {
    char *text;         /* valid UTF-8, not empty */
    BaseRect box;       /* crop pixels */
    float confidence;   /* 0 to 100 */
    gboolean is_joined; /* no space before it */
} ReaderWord;

/* Returns: (transfer full): of ReaderWord, empty */
GArray *reader_words_new(void);

/* @text: (transfer full) */
void reader_words_add(GArray *self, char *text, const BaseRect *box, float confidence);

/* One word instead of @n; @text: (transfer full) */
void reader_words_replace(GArray *self,
                          unsigned start,
                          unsigned n,
                          char *text,
                          const BaseRect *box,
                          float confidence);

/* Puts the words of @with into the place of @n words; @with is empty afterwards. */
void reader_words_put(GArray *self, unsigned start, unsigned n, GArray *with);

/* From the enlarged crop's pixels back to the crop's, cut to @width by @height. */
void reader_words_shrink(GArray *self, int pad_px, double factor, int width, int height);

/* Full-width letters and ligatures become plain ones; Chinese, Japanese and Korean words that
 * stand side by side become one, without the spaces that the engine puts between them. */
void reader_words_join(GArray *self);

/* Whether it begins and ends with Chinese, Japanese or Korean. */
gboolean reader_words_is_cjk(const ReaderWord *word);

/* Whether any word has a Chinese, Japanese or Korean character; an alphabet's letter or a digit. */
gboolean reader_words_has_cjk(const GArray *self);
gboolean reader_words_has_latin(const GArray *self);

/* @self: read as Chinese, Japanese or Korean; @latin: the same line read as an alphabet.
 * Where @self has a stretch of words of an alphabet and @latin is surer about it, its words take
 * their place. Both joined. */
void reader_words_mix(GArray *self, const GArray *latin);

/* By letters; 0 when there are none. */
double reader_words_confidence(const GArray *self);

/* Drops what was most likely not there.
 * @is_strict: between accessible text, where mostly icons are left */
void reader_words_drop_noise(GArray *self, gboolean is_strict);

/* Returns: (transfer full) */
GArray *reader_words_copy(const GArray *self);

/* Adds copies of @others at the end. */
void reader_words_append(GArray *self, const GArray *others);
