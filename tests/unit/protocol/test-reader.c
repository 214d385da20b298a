/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH_PX 640
#define HEIGHT_PX 480

static ProtocolReaderAnswer *
parse(GBytes *bytes)
{
    size_t n_bytes;
    const uint8_t *data = g_bytes_get_data(bytes, &n_bytes);

    return protocol_reader_answer_parse(data, n_bytes, WIDTH_PX, HEIGHT_PX, NULL);
}

static ProtocolReaderAnswer *
make_line(void)
{
    ProtocolReaderAnswer *line = protocol_reader_answer_new(PROTOCOL_READER_LINE, 42);

    line->box = (BaseRect){10, 20, 100, 12};
    protocol_reader_answer_add_word(line, "你好", &(BaseRect){10, 20, 40, 12}, FALSE);
    protocol_reader_answer_add_word(line, "world", &(BaseRect){60, 20, 50, 12}, TRUE);
    return line;
}

static void
test_line_round_trip(void **state)
{
    g_autoptr(ProtocolReaderAnswer) line = make_line();
    g_autoptr(GBytes) bytes = protocol_reader_answer_to_bytes(line);
    g_autoptr(ProtocolReaderAnswer) back = parse(bytes);
    const ProtocolReaderWord *word;

    assert_non_null(back);
    assert_int_equal(back->kind, PROTOCOL_READER_LINE);
    assert_int_equal(back->id, 42);
    assert_true(base_rect_equal(&back->box, &line->box));
    assert_int_equal(back->words->len, 2);
    word = &g_array_index(back->words, ProtocolReaderWord, 1);
    assert_string_equal(word->text, "world");
    assert_true(word->is_joined);
    assert_int_equal(word->box.x, 60);
}

static void
test_other_answers_round_trip(void **state)
{
    static const ProtocolReaderKind kinds[] = {PROTOCOL_READER_HELLO, PROTOCOL_READER_UNREAD,
                                               PROTOCOL_READER_DONE};

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(ProtocolReaderAnswer) answer = protocol_reader_answer_new(kinds[i], 3);
        g_autoptr(GBytes) bytes = NULL;
        g_autoptr(ProtocolReaderAnswer) back = NULL;

        answer->box = (BaseRect){1, 2, 3, 4};
        answer->cpu_us = 77;
        answer->reason = g_strdup(kinds[i] == PROTOCOL_READER_HELLO ? "no data" : NULL);
        bytes = protocol_reader_answer_to_bytes(answer);
        back = parse(bytes);
        assert_int_equal(back->kind, kinds[i]);
        assert_int_equal(back->cpu_us, 77);
        if (answer->reason != NULL)
            assert_string_equal(back->reason, answer->reason);
    }
}

static void
test_boxes_are_cut_to_the_picture(void **state)
{
    g_autoptr(ProtocolReaderAnswer) line = make_line();
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(ProtocolReaderAnswer) back = NULL;
    BaseRect cut = {0, 470, 10, 10};

    line->box = (BaseRect){-5, 470, 15, 100};
    bytes = protocol_reader_answer_to_bytes(line);
    back = parse(bytes);
    assert_true(base_rect_equal(&back->box, &cut));

    g_clear_pointer(&bytes, g_bytes_unref);
    line->box = (BaseRect){WIDTH_PX, 0, 10, 10}; /* outside */
    bytes = protocol_reader_answer_to_bytes(line);
    assert_null(parse(bytes));

    g_clear_pointer(&bytes, g_bytes_unref);
    line->box = (BaseRect){0, 0, G_MAXINT, G_MAXINT};
    bytes = protocol_reader_answer_to_bytes(line);
    assert_null(parse(bytes));
}

static void
test_every_cut_packet_is_refused(void **state)
{
    g_autoptr(ProtocolReaderAnswer) line = make_line();
    g_autoptr(GBytes) bytes = protocol_reader_answer_to_bytes(line);

    for (size_t n = 0; n < g_bytes_get_size(bytes); n++) {
        g_autofree uint8_t *data = g_memdup2(g_bytes_get_data(bytes, NULL), n);
        g_autoptr(GError) error = NULL;

        assert_null(protocol_reader_answer_parse(data, n, WIDTH_PX, HEIGHT_PX, &error));
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
    }
}

/* Whatever bytes come, what is believed is within its limits. */
static void
test_damaged_packets(void **state)
{
    g_autoptr(ProtocolReaderAnswer) line = make_line();
    g_autoptr(GBytes) bytes = protocol_reader_answer_to_bytes(line);
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    BaseRect picture = {0, 0, WIDTH_PX, HEIGHT_PX};

    for (unsigned round = 0; round < 20000; round++) {
        size_t n_bytes = g_bytes_get_size(bytes);
        g_autofree uint8_t *data = g_memdup2(g_bytes_get_data(bytes, NULL), n_bytes);
        g_autoptr(ProtocolReaderAnswer) back = NULL;

        for (unsigned i = 0; i < 3; i++)
            data[g_rand_int_range(random, 0, n_bytes)] = (uint8_t)g_rand_int(random);
        back = protocol_reader_answer_parse(data, n_bytes, WIDTH_PX, HEIGHT_PX, NULL);
        if (back == NULL || back->kind != PROTOCOL_READER_LINE)
            continue;
        assert_true(base_rect_contains(&picture, &back->box));
        for (unsigned i = 0; i < back->words->len; i++)
            assert_true(base_rect_contains(&picture,
                                           &g_array_index(back->words, ProtocolReaderWord, i).box));
    }
}

static void
test_long_lines_are_cut(void **state)
{
    g_autoptr(ProtocolReaderAnswer) line = protocol_reader_answer_new(PROTOCOL_READER_LINE, 1);
    g_autofree char *long_word = g_strnfill(2 * PROTOCOL_READER_WORD_MAX_BYTES, 'x');
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(ProtocolReaderAnswer) back = NULL;

    line->box = (BaseRect){0, 0, 10, 10};
    for (unsigned i = 0; i < PROTOCOL_READER_N_WORDS_MAX + 1; i++)
        protocol_reader_answer_add_word(line, long_word, &line->box, FALSE);
    assert_int_equal(line->words->len, PROTOCOL_READER_N_WORDS_MAX);
    bytes = protocol_reader_answer_to_bytes(line);
    assert_true(g_bytes_get_size(bytes) <= PROTOCOL_READER_MESSAGE_MAX_BYTES);
    back = parse(bytes);
    assert_in_range(back->words->len, 50, PROTOCOL_READER_N_WORDS_MAX - 1);
}

static gboolean
is_accepted(uint32_t width_px, uint32_t height_px)
{
    ProtocolReaderRequest request = {9, width_px, height_px, 0, FALSE};
    g_autoptr(GBytes) bytes = protocol_reader_request_to_bytes(&request);
    ProtocolReaderRequest out = {0};

    return protocol_reader_request_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
                                         &out, NULL) == PROTOCOL_READER_READ &&
           out.id == 9 && out.width_px == width_px;
}

static void
test_requests(void **state)
{
    g_autoptr(GBytes) forget = protocol_reader_request_to_bytes(NULL);
    ProtocolReaderRequest out;

    assert_int_equal(protocol_reader_request_parse(g_bytes_get_data(forget, NULL),
                                                   g_bytes_get_size(forget), &out, NULL),
                     PROTOCOL_READER_FORGET);
    assert_int_equal(protocol_reader_request_parse((const uint8_t *)"x", 1, &out, NULL), 0);
    assert_true(is_accepted(1, 1));
    assert_true(is_accepted(8192, 4096));
    assert_false(is_accepted(8192, 4097));
    assert_true(is_accepted(PROTOCOL_READER_SIDE_MAX_PX, 1));
    assert_false(is_accepted(PROTOCOL_READER_SIDE_MAX_PX + 1, 1));
    assert_false(is_accepted(0, 5));
    assert_false(is_accepted(65536, 65536));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_round_trip),
        cmocka_unit_test(test_other_answers_round_trip),
        cmocka_unit_test(test_boxes_are_cut_to_the_picture),
        cmocka_unit_test(test_every_cut_packet_is_refused),
        cmocka_unit_test(test_damaged_packets),
        cmocka_unit_test(test_long_lines_are_cut),
        cmocka_unit_test(test_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
