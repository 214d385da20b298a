/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/reader.h"

typedef struct {
    uint32_t kind;
    uint32_t version;
    ProtocolReaderRequest request;
} RequestPacket;

typedef struct {
    uint32_t kind;
    uint32_t version;
    uint32_t id;
    uint32_t cpu_us;
    int32_t x;
    int32_t y;
    int32_t width;
    int32_t height;
    uint32_t n_words;
    uint32_t reason_bytes; /* the reason follows, or the words */
} AnswerPacket;

typedef struct {
    int32_t x;
    int32_t y;
    int32_t width;
    int32_t height;
    uint32_t is_joined;
    uint32_t text_bytes; /* the text follows */
} WordPacket;

static void
clear_word(void *word)
{
    g_free(((ProtocolReaderWord *)word)->text);
}

ProtocolReaderAnswer *
protocol_reader_answer_new(ProtocolReaderKind kind, uint32_t id)
{
    ProtocolReaderAnswer *self = g_new0(ProtocolReaderAnswer, 1);

    self->kind = kind;
    self->id = id;
    self->words = g_array_new(FALSE, TRUE, sizeof(ProtocolReaderWord));
    g_array_set_clear_func(self->words, clear_word);
    return self;
}

void
protocol_reader_answer_free(ProtocolReaderAnswer *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->words);
    g_free(self->reason);
    g_free(self);
}

static void
add_word(ProtocolReaderAnswer *self,
         const char *text,
         size_t n_bytes,
         const BaseRect *box,
         gboolean is_joined)
{
    ProtocolReaderWord word = {NULL, *box, is_joined};

    word.text = g_strndup(text, MIN(n_bytes, PROTOCOL_READER_WORD_MAX_BYTES));
    g_array_append_val(self->words, word);
}

void
protocol_reader_answer_add_word(ProtocolReaderAnswer *self,
                                const char *text,
                                const BaseRect *box,
                                gboolean is_joined)
{
    if (self->words->len < PROTOCOL_READER_N_WORDS_MAX)
        add_word(self, text, strlen(text), box, is_joined);
}

static uint32_t
append_words(GByteArray *bytes, const GArray *words)
{
    uint32_t n = 0;

    for (; n < words->len; n++) {
        const ProtocolReaderWord *word = &g_array_index(words, ProtocolReaderWord, n);
        WordPacket packet = {word->box.x,      word->box.y,     word->box.width,
                             word->box.height, word->is_joined, strlen(word->text)};

        if (bytes->len + sizeof packet + packet.text_bytes > PROTOCOL_READER_MESSAGE_MAX_BYTES)
            break;
        g_byte_array_append(bytes, (const uint8_t *)&packet, sizeof packet);
        g_byte_array_append(bytes, (const uint8_t *)word->text, packet.text_bytes);
    }
    return n;
}

GBytes *
protocol_reader_answer_to_bytes(const ProtocolReaderAnswer *self)
{
    GByteArray *bytes = g_byte_array_new();
    AnswerPacket packet = {self->kind,
                           PROTOCOL_READER_VERSION,
                           self->id,
                           self->cpu_us,
                           self->box.x,
                           self->box.y,
                           self->box.width,
                           self->box.height,
                           0,
                           0};

    if (self->reason != NULL)
        packet.reason_bytes = MIN(strlen(self->reason), PROTOCOL_READER_REASON_MAX_BYTES);
    g_byte_array_append(bytes, (const uint8_t *)&packet, sizeof packet);
    if (packet.reason_bytes > 0)
        g_byte_array_append(bytes, (const uint8_t *)self->reason, packet.reason_bytes);
    packet.n_words = append_words(bytes, self->words);
    memcpy(bytes->data, &packet, sizeof packet);
    return g_byte_array_free_to_bytes(bytes);
}

/* What of the packet is left to be parsed. */
typedef struct {
    const uint8_t *data;
    size_t n_bytes;
    BaseRect picture;
} Rest;

static gboolean
take(Rest *rest, void *out, size_t n_bytes)
{
    if (rest->n_bytes < n_bytes)
        return FALSE;
    memcpy(out, rest->data, n_bytes);
    rest->data += n_bytes;
    rest->n_bytes -= n_bytes;
    return TRUE;
}

/* Numbers out of the range are no box at all, so that the sums below cannot overflow. */
static gboolean
cut_box(const Rest *rest, int x, int y, int width, int height, BaseRect *out)
{
    BaseRect box = {x, y, width, height};
    const int far = PROTOCOL_READER_SIDE_MAX_PX;

    return x >= -far && x <= far && y >= -far && y <= far && width > 0 && width <= far &&
           height > 0 && height <= far && base_rect_intersect(&box, &rest->picture, out);
}

static gboolean
parse_word(Rest *rest, ProtocolReaderAnswer *answer)
{
    WordPacket packet;
    BaseRect box;

    if (!take(rest, &packet, sizeof packet) || packet.text_bytes == 0 ||
        packet.text_bytes > PROTOCOL_READER_WORD_MAX_BYTES || packet.text_bytes > rest->n_bytes)
        return FALSE;
    if (!cut_box(rest, packet.x, packet.y, packet.width, packet.height, &box))
        return FALSE;
    add_word(answer, (const char *)rest->data, packet.text_bytes, &box, packet.is_joined != 0);
    rest->data += packet.text_bytes;
    rest->n_bytes -= packet.text_bytes;
    return TRUE;
}

static gboolean
parse_line(Rest *rest, const AnswerPacket *packet, ProtocolReaderAnswer *answer)
{
    if (packet->n_words == 0 || packet->n_words > PROTOCOL_READER_N_WORDS_MAX)
        return FALSE;
    for (uint32_t i = 0; i < packet->n_words; i++)
        if (!parse_word(rest, answer))
            return FALSE;
    return TRUE;
}

static gboolean
parse_rest(Rest *rest, const AnswerPacket *packet, ProtocolReaderAnswer *answer)
{
    gboolean has_box =
        cut_box(rest, packet->x, packet->y, packet->width, packet->height, &answer->box);

    switch (packet->kind) {
    case PROTOCOL_READER_HELLO:
        if (packet->reason_bytes > MIN(rest->n_bytes, PROTOCOL_READER_REASON_MAX_BYTES))
            return FALSE;
        if (packet->reason_bytes > 0)
            answer->reason = g_strndup((const char *)rest->data, packet->reason_bytes);
        return TRUE;
    case PROTOCOL_READER_LINE:
        return has_box && parse_line(rest, packet, answer);
    case PROTOCOL_READER_UNREAD:
        return has_box;
    case PROTOCOL_READER_DONE:
        return TRUE;
    default:
        return FALSE;
    }
}

ProtocolReaderAnswer *
protocol_reader_answer_parse(const uint8_t *data,
                             size_t n_bytes,
                             uint32_t width_px,
                             uint32_t height_px,
                             GError **error)
{
    Rest rest = {data, n_bytes, {0, 0, width_px, height_px}};
    g_autoptr(ProtocolReaderAnswer) answer = NULL;
    AnswerPacket packet;

    if (!take(&rest, &packet, sizeof packet) || packet.version != PROTOCOL_READER_VERSION) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "deskhand-reader is of another version: install one that fits");
        return NULL;
    }
    answer = protocol_reader_answer_new(packet.kind, packet.id);
    answer->cpu_us = packet.cpu_us;
    if (!parse_rest(&rest, &packet, answer)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "deskhand-reader sent a broken answer of kind %u", packet.kind);
        return NULL;
    }
    return g_steal_pointer(&answer);
}

GBytes *
protocol_reader_request_to_bytes(const ProtocolReaderRequest *request)
{
    RequestPacket packet = {PROTOCOL_READER_FORGET, PROTOCOL_READER_VERSION, {0}};

    if (request != NULL) {
        packet.kind = PROTOCOL_READER_READ;
        packet.request = *request;
    }
    return g_bytes_new(&packet, sizeof packet);
}

static gboolean
is_request_sane(const RequestPacket *packet)
{
    uint32_t width = packet->request.width_px;
    uint32_t height = packet->request.height_px;

    if (packet->version != PROTOCOL_READER_VERSION)
        return FALSE;
    if (packet->kind == PROTOCOL_READER_FORGET)
        return TRUE;
    return packet->kind == PROTOCOL_READER_READ && width > 0 && height > 0 &&
           width <= PROTOCOL_READER_SIDE_MAX_PX && height <= PROTOCOL_READER_SIDE_MAX_PX &&
           (uint64_t)width * height <= PROTOCOL_READER_PIXELS_MAX;
}

ProtocolReaderKind
protocol_reader_request_parse(const uint8_t *data,
                              size_t n_bytes,
                              ProtocolReaderRequest *out,
                              GError **error)
{
    Rest rest = {data, n_bytes, {0}};
    RequestPacket packet;

    if (!take(&rest, &packet, sizeof packet) || !is_request_sane(&packet)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Not a request to the reader");
        return 0;
    }
    *out = packet.request;
    return packet.kind;
}
