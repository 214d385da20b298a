/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"

#include <gio/gio.h>
#include <stdint.h>

/* A scene: one window's content over an interval. This is the value that crosses from agentd to
 * the vault; protocol_scene_from_variant() bounds everything before it is used. */

#define PROTOCOL_SCENE_TEXT_MAX_BYTES (256 * 1024) /* of one scene */
#define PROTOCOL_SCENE_FIELD_MAX_BYTES 4096 /* app, title, url, file, actor: cut, not refused */
#define PROTOCOL_SCENE_N_SPANS_MAX 32768    /* of one scene */
#define PROTOCOL_SCENE_N_TILES_MAX 65536    /* of one scene */
#define PROTOCOL_SCENE_SIDE_MAX_PX 16384    /* of the window */
#define PROTOCOL_SCENE_TIME_MIN_US (INT64_C(345600) * G_USEC_PER_SEC)       /* Monday 1970-01-05 */
#define PROTOCOL_SCENE_TIME_MAX_US (INT64_C(253402300799) * G_USEC_PER_SEC) /* the end of 9999 */
/* Tiles are shared within one. */
#define PROTOCOL_SCENE_WEEK_US (INT64_C(604800) * G_USEC_PER_SEC)
#define PROTOCOL_TILE_SIDE_MAX_PX 1024 /* of one tile */
#define PROTOCOL_DIGEST_BYTES 16

/* Where the words came from. */
typedef enum {
    PROTOCOL_SOURCE_NONE = 0,
    PROTOCOL_SOURCE_ACCESSIBLE = 1,
    PROTOCOL_SOURCE_OCR = 2,
    PROTOCOL_SOURCE_MIXED = 3, /* bitwise or of the two */
} ProtocolSource;

/* "none", "accessible", "ocr", "mixed" */
const char *protocol_source_name(ProtocolSource source);

/* A word (for Chinese, Japanese and Korean: an unbroken run) of a scene's text and its box. */
typedef struct {
    uint32_t start_bytes; /* within the text */
    uint32_t length_bytes;
    BaseRect box; /* pixels of the scene's picture */
} ProtocolSpan;

/* A rectangle of the scene's picture; the same digest is the same pixels and size, everywhere. */
typedef struct {
    uint16_t x;
    uint16_t y;
    uint16_t width;
    uint16_t height;
    uint8_t digest[PROTOCOL_DIGEST_BYTES];
} ProtocolTile;

typedef struct {
    uint64_t key;     /* chosen at random by agentd when the scene opens */
    int64_t start_us; /* wall clock, microseconds since the epoch, UTC */
    int64_t end_us;
    char *app; /* never NULL, "" when unknown; so are the next four */
    char *title;
    char *url;
    char *file;
    char *actor;
    ProtocolSource source;
    uint32_t width_px; /* of the picture */
    uint32_t height_px;
    char *text;    /* UTF-8, lines separated by \n, reading order; never NULL */
    GArray *spans; /* of ProtocolSpan, by start_bytes, not overlapping; never NULL */
    GArray *tiles; /* of ProtocolTile; what no tile covers was never seen; never NULL */
} ProtocolScene;

ProtocolScene *protocol_scene_new(void);
void protocol_scene_free(ProtocolScene *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProtocolScene, protocol_scene_free)

/* Returns: (transfer floating): a{sv} with the keys key (t), start, end (x), app, title, url, file,
 * actor (s), source (u), width, height (u), text (s), spans (ay) and tiles (ay): the packed arrays
 * below. Fields over their maximum are cut at a character. */
GVariant *protocol_scene_to_variant(const ProtocolScene *self);

/* @error: G_IO_ERROR_INVALID_DATA with a sentence that names the key: too large, not UTF-8, end
 * before start, a span outside the text, a tile outside the picture */
ProtocolScene *protocol_scene_from_variant(GVariant *variant, GError **error);

/* Variable-length packing, small where words stand in lines: also how the vault stores them.
 * Returns: (transfer full) */
GBytes *protocol_spans_pack(const GArray *spans);
GArray *protocol_spans_unpack(GBytes *bytes, size_t text_bytes, GError **error);
GBytes *protocol_tiles_pack(const GArray *tiles);
GArray *protocol_tiles_unpack(GBytes *bytes, uint32_t width_px, uint32_t height_px, GError **error);
