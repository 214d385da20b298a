/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/reading.h"
#include "tests/unit/recall/watch/reader/page-picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

typedef struct {
    GString *text; /* one line each */
    unsigned n_unread;
    BaseRect box; /* of the last line */
} Answers;

static ReaderReading *reading;
static uint8_t *pixels;

static int
setup(void **state)
{
    g_setenv("OMP_THREAD_LIMIT", "1", TRUE);
    reading = reader_reading_new(NULL, "eng+chi_sim", NULL);
    pixels = page_picture_load(PROTOCOL_READER_MARK_WANTED);
    return reading != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
    reader_reading_free(reading);
    g_free(pixels);
    return 0;
}

static void
take_answer(const ProtocolReaderAnswer *answer, void *user_data)
{
    Answers *answers = user_data;

    answers->box = answer->box;
    if (answer->kind == PROTOCOL_READER_UNREAD) {
        answers->n_unread++;
        return;
    }
    assert_int_equal(answer->kind, PROTOCOL_READER_LINE);
    for (unsigned i = 0; i < answer->words->len; i++) {
        const ProtocolReaderWord *word = &g_array_index(answer->words, ProtocolReaderWord, i);

        assert_true(base_rect_contains(&answer->box, &word->box));
        g_string_append_printf(answers->text, "%s%s", i > 0 && !word->is_joined ? " " : "",
                               word->text);
    }
    g_string_append_c(answers->text, '\n');
}

static int64_t
run(Answers *answers, unsigned edges)
{
    ProtocolReaderRequest request = {7, PAGE_WIDTH_PX, PAGE_HEIGHT_PX, edges, FALSE};

    answers->text = g_string_new(NULL);
    answers->n_unread = 0;
    return reader_reading_run(reading, &request, pixels, take_answer, answers);
}

static void
assert_lines(const Answers *answers, gboolean has_1, gboolean has_2, gboolean has_3)
{
    assert_true((strstr(answers->text->str, PAGE_LINE_1 "\n") != NULL) == has_1);
    assert_true((strstr(answers->text->str, PAGE_LINE_2 "\n") != NULL) == has_2);
    assert_true((strstr(answers->text->str, PAGE_LINE_3 "\n") != NULL) == has_3);
}

static void
test_reads_each_line_in_its_language(void **state)
{
    Answers answers;

    run(&answers, 0);
    assert_lines(&answers, TRUE, TRUE, TRUE);
    assert_int_equal(answers.n_unread, 0);
    g_string_free(answers.text, TRUE);
}

static void
test_reads_no_line_twice(void **state)
{
    Answers answers;
    int64_t first_us;

    reader_reading_forget(reading);
    first_us = run(&answers, 0);
    g_string_free(answers.text, TRUE);
    assert_true(run(&answers, 0) * 5 < first_us);
    assert_lines(&answers, TRUE, TRUE, TRUE);
    g_string_free(answers.text, TRUE);
}

static void
mark_rows(int start, int end, uint8_t mark)
{
    for (int i = start * PAGE_WIDTH_PX; i < end * PAGE_WIDTH_PX; i++)
        pixels[4 * i + 3] = mark;
}

static void
test_reads_only_what_is_wanted(void **state)
{
    Answers answers;

    mark_rows(0, PAGE_HEIGHT_PX, PROTOCOL_READER_MARK_CONTEXT);
    mark_rows(50, 51, PROTOCOL_READER_MARK_WANTED); /* a row of the second line is enough */
    run(&answers, 0);
    assert_lines(&answers, FALSE, TRUE, FALSE);
    g_string_free(answers.text, TRUE);

    mark_rows(0, PAGE_HEIGHT_PX, PROTOCOL_READER_MARK_WANTED);
    mark_rows(36, 72, PROTOCOL_READER_MARK_IGNORED);
    run(&answers, 0);
    assert_lines(&answers, TRUE, FALSE, TRUE);
    g_string_free(answers.text, TRUE);
    mark_rows(0, PAGE_HEIGHT_PX, PROTOCOL_READER_MARK_WANTED);
}

static void
test_leaves_unread_what_the_budget_forbids(void **state)
{
    Answers answers;

    reader_reading_forget(reading);
    reader_budget_take(reader_reading_budget(reading), READER_BUDGET_BURST_US);
    run(&answers, 0);
    assert_lines(&answers, FALSE, FALSE, FALSE);
    assert_int_equal(answers.n_unread, 3);
    assert_in_range(answers.box.width, 100, PAGE_WIDTH_PX);
    g_string_free(answers.text, TRUE);

    reader_budget_init(reader_reading_budget(reading), g_get_monotonic_time());
    run(&answers, 0);
    assert_lines(&answers, TRUE, TRUE, TRUE);
    g_string_free(answers.text, TRUE);
}

static void
test_says_what_is_missing(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(reader_reading_new(NULL, "eng+chi_nowhere", &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
    assert_non_null(strstr(error->message, "tesseract-ocr-chi-nowhere"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_each_line_in_its_language),
        cmocka_unit_test(test_reads_no_line_twice),
        cmocka_unit_test(test_reads_only_what_is_wanted),
        cmocka_unit_test(test_says_what_is_missing),
        cmocka_unit_test(test_leaves_unread_what_the_budget_forbids),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
