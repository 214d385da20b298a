/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* What the reader answers, which has parsed hostile pixels, and what it is asked. */

#include "protocol/reader.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define WIDTH_PX 640
#define HEIGHT_PX 480

const char *const fuzz_words[] = {NULL};

static void
check_box(const BaseRect *box)
{
    g_assert_true(box->x >= 0 && box->y >= 0 && box->width >= 0 && box->height >= 0);
    g_assert_true(box->x + box->width <= WIDTH_PX && box->y + box->height <= HEIGHT_PX);
}

static void
check_answer(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ProtocolReaderAnswer) answer =
        protocol_reader_answer_parse(data, size, WIDTH_PX, HEIGHT_PX, &error);
    g_autoptr(GBytes) bytes = NULL;

    g_assert_true((answer != NULL) == (error == NULL));
    if (answer == NULL)
        return;
    check_box(&answer->box);
    for (unsigned i = 0; answer->words != NULL && i < answer->words->len; i++) {
        const ProtocolReaderWord *word = &g_array_index(answer->words, ProtocolReaderWord, i);

        check_box(&word->box);
        g_assert_cmpuint(strlen(word->text), <=, PROTOCOL_READER_WORD_MAX_BYTES);
    }
    bytes = protocol_reader_answer_to_bytes(answer);
    g_assert_cmpuint(g_bytes_get_size(bytes), <=, PROTOCOL_READER_MESSAGE_MAX_BYTES);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput input = {data, size};
    ProtocolReaderRequest request = {0};

    if (fuzz_take_byte(&input) % 2 == 0)
        check_answer(input.data, input.n_bytes);
    else if (protocol_reader_request_parse(input.data, input.n_bytes, &request, NULL) ==
             PROTOCOL_READER_READ)
        g_assert_cmpuint((uint64_t)request.width_px * request.height_px, <=,
                         PROTOCOL_READER_PIXELS_MAX);
    return 0;
}
