/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/compound-text.h"

#include <stdint.h>
#include <string.h>

#define ESCAPE 0x1B
#define CSI 0x9B
#define START_OF_TEXT 0x02
#define REPLACEMENT 0xFFFD
#define CHAR_MAX_BYTES 4  /* in the encodings below */
#define UTF8_MAX_BYTES 12 /* of what one of them becomes */

/* A character set as GLib knows it: within an encoding whose characters have the high bit. */
typedef struct {
    const char *escape; /* what follows ESC */
    const char *encoding;
    const char *prefix; /* of each character */
    unsigned n_bytes;   /* of a character, without the prefix */
    gboolean is_right;  /* stands for bytes from 0xA0 on, else for those below 0x80 */
} Set;

static const Set sets[] = {
    {"(B", "ASCII", "", 1, FALSE},
    {"(J", "ASCII", "", 1, FALSE}, /* all but two characters */
    {")I", "SHIFT_JIS", "", 1, TRUE},
    {"-A", "ISO-8859-1", "", 1, TRUE},
    {"-B", "ISO-8859-2", "", 1, TRUE},
    {"-C", "ISO-8859-3", "", 1, TRUE},
    {"-D", "ISO-8859-4", "", 1, TRUE},
    {"-F", "ISO-8859-7", "", 1, TRUE},
    {"-G", "ISO-8859-6", "", 1, TRUE},
    {"-H", "ISO-8859-8", "", 1, TRUE},
    {"-L", "ISO-8859-5", "", 1, TRUE},
    {"-M", "ISO-8859-9", "", 1, TRUE},
    {"-T", "ISO-8859-11", "", 1, TRUE},
    {"-V", "ISO-8859-10", "", 1, TRUE},
    {"-Y", "ISO-8859-13", "", 1, TRUE},
    {"-_", "ISO-8859-14", "", 1, TRUE},
    {"-b", "ISO-8859-15", "", 1, TRUE},
    {"-f", "ISO-8859-16", "", 1, TRUE},
    {"$(A", "EUC-CN", "", 2, FALSE},
    {"$)A", "EUC-CN", "", 2, TRUE},
    {"$(B", "EUC-JP", "", 2, FALSE},
    {"$)B", "EUC-JP", "", 2, TRUE},
    {"$(C", "EUC-KR", "", 2, FALSE},
    {"$)C", "EUC-KR", "", 2, TRUE},
    {"$(D", "EUC-JP", "\x8F", 2, FALSE},
    {"$)D", "EUC-JP", "\x8F", 2, TRUE},
    {"$(G", "EUC-TW", "", 2, FALSE},
    {"$)G", "EUC-TW", "", 2, TRUE},
    {"$(H", "EUC-TW", "\x8E\xA2", 2, FALSE},
    {"$)H", "EUC-TW", "\x8E\xA2", 2, TRUE},
};

/* What extended segments call their encodings: no others are tried. */
static const struct {
    const char *name;
    const char *encoding;
} segments[] = {
    {"big5-0", "BIG5"},
    {"big5hkscs-0", "BIG5-HKSCS"},
    {"gbk-0", "GBK"},
    {"gb18030.2000-0", "GB18030"},
    {"gb18030-0", "GB18030"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"iso8859-15", "ISO-8859-15"},
    {"microsoft-cp1251", "CP1251"},
};

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    const Set *left;
    const Set *right; /* NULL: a set that is not known */
    GString *text;
} Decoder;

static const Set *
find_set(const uint8_t *escape, size_t n_bytes)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++)
        if (strlen(sets[i].escape) == n_bytes && memcmp(sets[i].escape, escape, n_bytes) == 0)
            return &sets[i];
    return NULL;
}

/* Returns: how many bytes from @at on have the same high bit as the first and are no controls */
static size_t
measure_run(const Decoder *self)
{
    const uint8_t *at = self->at;
    uint8_t high = *at & 0x80;

    while (at < self->end && (*at & 0x80) == high && (*at & 0x7F) >= 0x20)
        at++;
    return (size_t)(at - self->at);
}

static void
append_character(Decoder *self, GIConv converter, const Set *set, const uint8_t *bytes, size_t n)
{
    char in[CHAR_MAX_BYTES];
    char out[UTF8_MAX_BYTES];
    size_t n_in = strlen(set->prefix);
    size_t n_out = sizeof out;
    char *from = in;
    char *to = out;

    memcpy(in, set->prefix, n_in);
    for (size_t i = 0; i < n; i++)
        in[n_in++] = (char)(set->n_bytes > 1 || set->is_right ? bytes[i] | 0x80 : bytes[i]);
    g_iconv(converter, NULL, NULL, NULL, NULL);
    if (n < set->n_bytes || g_iconv(converter, &from, &n_in, &to, &n_out) == (size_t)-1 ||
        !g_utf8_validate(out, to - out, NULL))
        g_string_append_unichar(self->text, REPLACEMENT);
    else
        g_string_append_len(self->text, out, to - out);
}

static void
append_run(Decoder *self, const Set *set, size_t n_bytes)
{
    GIConv converter = set != NULL ? g_iconv_open("UTF-8", set->encoding) : (GIConv)-1;
    const uint8_t *end = self->at + n_bytes;

    if (converter == (GIConv)-1) {
        g_string_append_unichar(self->text, REPLACEMENT);
        self->at = end;
        return;
    }
    while (self->at < end) {
        size_t n = MIN(set->n_bytes, (size_t)(end - self->at));

        append_character(self, converter, set, self->at, n);
        self->at += n;
    }
    g_iconv_close(converter);
}

static void
append_converted(Decoder *self, const char *encoding, const uint8_t *bytes, size_t n_bytes)
{
    g_autofree char *text = g_convert_with_fallback((const char *)bytes, (gssize)n_bytes, "UTF-8",
                                                    encoding, "\xEF\xBF\xBD", NULL, NULL, NULL);

    if (text != NULL)
        g_string_append(self->text, text);
    else if (n_bytes > 0)
        g_string_append_unichar(self->text, REPLACEMENT);
}

static const char *
find_segment_encoding(const uint8_t *name, size_t n_bytes)
{
    for (size_t i = 0; i < G_N_ELEMENTS(segments); i++)
        if (strlen(segments[i].name) == n_bytes &&
            g_ascii_strncasecmp(segments[i].name, (const char *)name, n_bytes) == 0)
            return segments[i].encoding;
    return NULL;
}

/* A name, START_OF_TEXT, and text in what is called so. */
static void
read_segment(Decoder *self, const uint8_t *bytes, size_t n_bytes)
{
    const uint8_t *stop = memchr(bytes, START_OF_TEXT, n_bytes);
    const char *encoding =
        stop != NULL ? find_segment_encoding(bytes, (size_t)(stop - bytes)) : NULL;

    if (encoding == NULL)
        g_string_append_unichar(self->text, REPLACEMENT);
    else
        append_converted(self, encoding, stop + 1, (size_t)(bytes + n_bytes - stop - 1));
}

/* ESC % / F M L: its length is in M and L. */
static void
read_extended_segment(Decoder *self)
{
    size_t n_left = (size_t)(self->end - self->at);
    size_t n_bytes;

    if (n_left < 6 || self->at[4] < 0x80 || self->at[5] < 0x80) {
        g_string_append_unichar(self->text, REPLACEMENT);
        self->at = self->end;
        return;
    }
    n_bytes = MIN((size_t)(self->at[4] - 0x80) * 0x80 + (self->at[5] - 0x80), n_left - 6);
    read_segment(self, self->at + 6, n_bytes);
    self->at += 6 + n_bytes;
}

/* ESC % G: UTF-8, up to ESC % @. */
static void
read_utf8_segment(Decoder *self)
{
    const uint8_t *start = self->at + 3;
    const uint8_t *stop = memmem(start, (size_t)(self->end - start), "\x1B%@", 3);
    size_t n_bytes = (size_t)((stop != NULL ? stop : self->end) - start);
    g_autofree char *valid = g_utf8_make_valid((const char *)start, (gssize)n_bytes);

    g_string_append(self->text, valid);
    self->at = stop != NULL ? stop + 3 : self->end;
}

static gboolean
begins_with(const Decoder *self, const char *what)
{
    size_t n_bytes = strlen(what);

    return (size_t)(self->end - self->at) >= n_bytes && memcmp(self->at, what, n_bytes) == 0;
}

/* ESC, intermediate bytes, a final byte. */
static void
read_escape(Decoder *self)
{
    const uint8_t *start = self->at + 1;
    const Set *set;

    if (begins_with(self, "\x1B%G")) {
        read_utf8_segment(self);
        return;
    }
    if (begins_with(self, "\x1B%/")) {
        read_extended_segment(self);
        return;
    }
    self->at = start;
    while (self->at < self->end && *self->at >= 0x20 && *self->at < 0x30)
        self->at++;
    if (self->at < self->end)
        self->at++;
    set = find_set(start, (size_t)(self->at - start));
    if (set != NULL && !set->is_right)
        self->left = set;
    else
        self->right = set;
}

/* A direction: parameters, and a final byte. */
static void
skip_control_sequence(Decoder *self)
{
    self->at++;
    while (self->at < self->end && *self->at >= 0x20 && *self->at < 0x40)
        self->at++;
    if (self->at < self->end)
        self->at++;
}

static void
read_one(Decoder *self)
{
    uint8_t first = *self->at;

    if (first == ESCAPE)
        read_escape(self);
    else if (first == CSI)
        skip_control_sequence(self);
    else if ((first & 0x7F) >= 0x20)
        append_run(self, first & 0x80 ? self->right : self->left, measure_run(self));
    else {
        g_string_append_c(self->text, ' ');
        self->at++;
    }
}

char *
recall_compound_text_to_utf8(const char *bytes, size_t n_bytes)
{
    const uint8_t *start = (const uint8_t *)bytes;
    Decoder decoder = {start, start + n_bytes, find_set((const uint8_t *)"(B", 2),
                       find_set((const uint8_t *)"-A", 2), NULL};

    if (memchr(bytes, ESCAPE, n_bytes) == NULL && g_utf8_validate(bytes, (gssize)n_bytes, NULL))
        return g_strndup(bytes, n_bytes);
    decoder.text = g_string_sized_new(n_bytes);
    while (decoder.at < decoder.end)
        read_one(&decoder);
    return g_string_free(decoder.text, FALSE);
}
