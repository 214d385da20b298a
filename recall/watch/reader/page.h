/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"

#include <stddef.h>
#include <stdint.h>

/* A picture as the reader works on it: one byte of grey a pixel, and what is to be done with it.
 * Pure, any thread. */

typedef struct {
    int width;
    int height;
    uint8_t *grey;  /* @width bytes a row */
    uint8_t *marks; /* of ProtocolReaderMark, likewise */
} ReaderPage;

/* @pixels: B G R and a ProtocolReaderMark, @stride bytes a row */
ReaderPage *reader_page_new(const uint8_t *pixels, size_t stride, int width, int height);
void reader_page_free(ReaderPage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderPage, reader_page_free)

/* Returns: (transfer full): half as wide and high; a mark is the strongest of the four */
ReaderPage *reader_page_halve(const ReaderPage *self);

/* One line cut out: dark ink on light ground, whatever it was on the screen. */
typedef struct {
    int width;
    int height;
    int ground;    /* grey of its background, after turning */
    uint8_t *grey; /* @width bytes a row */
} ReaderCrop;

/* @box: within the page, not empty. Returns: (transfer full): as it is on the page; only its pixels
 * and size are set */
ReaderCrop *reader_crop_cut(const ReaderPage *page, const BaseRect *box);

/* Makes what was cut dark ink on light ground. */
void reader_crop_level(ReaderCrop *self);

/* Both at once. */
ReaderCrop *reader_crop_new(const ReaderPage *page, const BaseRect *box);
void reader_crop_free(ReaderCrop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderCrop, reader_crop_free)

/* Returns: (transfer full): its columns from @left on, up to @right */
ReaderCrop *reader_crop_take_columns(const ReaderCrop *self, int left, int right);

/* Takes out a text cursor: a bar that is higher than all letters. */
void reader_crop_drop_caret(ReaderCrop *self);

/* Returns: (transfer full): for each column its darkest grey, or the ground */
uint8_t *reader_crop_darkest(const ReaderCrop *self);

/* Letters of an alphabet stay below it, Chinese above: measured, see docs/HACKING.md. */
#define READER_CROP_CJK_DENSITY 1.78

/* How often a column crosses ink, on average over the columns that have any: about 1.5 for letters
 * of an alphabet, 2.2 for Chinese. */
double reader_crop_density(const ReaderCrop *self);

/* Likewise, of the columns of @part, crop pixels. */
double reader_crop_part_density(const ReaderCrop *self, const BaseRect *part);

typedef struct {
    uint64_t high;
    uint64_t low;
} ReaderDigest;

/* The same digest is the same pixels and size. */
ReaderDigest reader_crop_digest(const ReaderCrop *self);

/* For hash tables with a ReaderDigest as the key. */
unsigned reader_digest_hash(const void *digest);
gboolean reader_digest_equal(const void *a, const void *b);

typedef enum {
    READER_KERNEL_LANCZOS, /* smooth letters */
    READER_KERNEL_LINEAR,  /* single words in tight cells */
    READER_KERNEL_SOFT,    /* letters of hard pixels, whose stairs it rounds */
} ReaderKernel;

/* Whether the ink is of one grey, without smooth rims: a bitmap font. */
gboolean reader_crop_is_hard(const ReaderCrop *self);

/* Returns: (transfer full): @self within @pad_px of its background, then @factor times as large */
ReaderCrop *
reader_crop_enlarge(const ReaderCrop *self, int pad_px, double factor, ReaderKernel kernel);
