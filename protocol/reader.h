/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"

#include <gio/gio.h>
#include <stdint.h>

/* What agentd and deskhand-reader say to each other. One message is one packet of a sequenced
 * socket pair, in the byte order of the machine. Pixels do not travel: they lie in a memory file
 * that both have mapped, the reader without the right to write. One request is in flight at most.
 *
 *   reader: HELLO                      once it can read, or with the reason why it cannot
 *   agentd: READ                       then, from the reader: LINE or UNREAD, any number; DONE
 *   agentd: FORGET                     no answer: drops every line that was kept
 *
 * The reader has parsed hostile pixels: protocol_reader_parse_*() believe nothing. */

#define PROTOCOL_READER_SOCKET_FD 3 /* where the program finds its end of the socket pair */
#define PROTOCOL_READER_PIXELS_FD 4 /* and the memory file */

#define PROTOCOL_READER_VERSION 1
#define PROTOCOL_READER_MESSAGE_MAX_BYTES (64 * 1024) /* of one message */
#define PROTOCOL_READER_PIXELS_MAX (8192 * 4096)      /* of one picture */
#define PROTOCOL_READER_MEMORY_BYTES ((size_t)PROTOCOL_READER_PIXELS_MAX * 4)
#define PROTOCOL_READER_SIDE_MAX_PX 16384    /* of one picture */
#define PROTOCOL_READER_N_LINES_MAX 8192     /* of one picture, read or not */
#define PROTOCOL_READER_N_WORDS_MAX 1024     /* of one line */
#define PROTOCOL_READER_WORD_MAX_BYTES 1024  /* of one word */
#define PROTOCOL_READER_REASON_MAX_BYTES 512 /* of the sentence that says why not */

/* The fourth byte of a pixel says what is to be done with it. */
typedef enum {
    PROTOCOL_READER_MARK_IGNORED = 0, /* nothing to read; lines end here */
    PROTOCOL_READER_MARK_CONTEXT = 1, /* read only as part of a line that is wanted */
    PROTOCOL_READER_MARK_WANTED = 2,
} ProtocolReaderMark;

typedef enum {
    PROTOCOL_READER_HELLO = 1,
    PROTOCOL_READER_READ,
    PROTOCOL_READER_FORGET,
    PROTOCOL_READER_LINE,
    PROTOCOL_READER_UNREAD,
    PROTOCOL_READER_DONE,
} ProtocolReaderKind;

/* What a picture's edge cuts: a line that touches it is left out, unless the window ends there. */
typedef enum {
    PROTOCOL_READER_OPEN_LEFT = 1,
    PROTOCOL_READER_OPEN_TOP = 2,
    PROTOCOL_READER_OPEN_RIGHT = 4,
    PROTOCOL_READER_OPEN_BOTTOM = 8,
} ProtocolReaderEdges;

/* Which words are told of those that were read. */
typedef enum {
    PROTOCOL_READER_LIKELY, /* those that are likely text */
    PROTOCOL_READER_SURE,   /* those that are surely text: between icons */
    PROTOCOL_READER_ANY,    /* all: somebody knows what is to stand there */
} ProtocolReaderWords;

typedef struct {
    uint32_t id; /* comes back in every answer */
    uint32_t width_px;
    uint32_t height_px;
    uint32_t edges; /* of ProtocolReaderEdges */
    uint32_t words; /* of ProtocolReaderWords */
} ProtocolReaderRequest;

typedef struct {
    char *text;         /* as the reader said: not clean yet, perhaps not even UTF-8 */
    BaseRect box;       /* picture pixels, within the picture */
    gboolean is_joined; /* no space before it */
} ProtocolReaderWord;

/* One answer, whichever it is. */
typedef struct {
    ProtocolReaderKind kind; /* HELLO, LINE, UNREAD or DONE */
    uint32_t id;             /* of the request; 0 for HELLO */
    BaseRect box;            /* LINE, UNREAD: within the picture */
    GArray *words;           /* LINE: of ProtocolReaderWord, at least one */
    char *reason;            /* HELLO: why it cannot read, or NULL when it can */
    uint32_t cpu_us;         /* DONE: time of the processor that the request took */
} ProtocolReaderAnswer;

ProtocolReaderAnswer *protocol_reader_answer_new(ProtocolReaderKind kind, uint32_t id);
void protocol_reader_answer_free(ProtocolReaderAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProtocolReaderAnswer, protocol_reader_answer_free)

/* @text: (transfer none): at most PROTOCOL_READER_WORD_MAX_BYTES are taken */
void protocol_reader_answer_add_word(ProtocolReaderAnswer *self,
                                     const char *text,
                                     const BaseRect *box,
                                     gboolean is_joined);

/* Returns: (transfer full): one packet; words that do not fit into
 * PROTOCOL_READER_MESSAGE_MAX_BYTES are left out */
GBytes *protocol_reader_answer_to_bytes(const ProtocolReaderAnswer *self);

/**
 * protocol_reader_answer_parse:
 * @width_px: of the picture that was asked about; every box is cut to it
 * @error: G_IO_ERROR_INVALID_DATA: the peer is broken or hostile: end it
 */
ProtocolReaderAnswer *protocol_reader_answer_parse(const uint8_t *data,
                                                   size_t n_bytes,
                                                   uint32_t width_px,
                                                   uint32_t height_px,
                                                   GError **error);

/* @request: NULL for FORGET */
GBytes *protocol_reader_request_to_bytes(const ProtocolReaderRequest *request);

/* Returns: READ with @out filled, or FORGET; 0 with @error set */
ProtocolReaderKind protocol_reader_request_parse(const uint8_t *data,
                                                 size_t n_bytes,
                                                 ProtocolReaderRequest *out,
                                                 GError **error);
