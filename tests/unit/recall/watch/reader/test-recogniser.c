/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/recogniser.h"

#include "recall/watch/reader/words.h"
#include "tests/unit/recall/watch/reader/page-picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const BaseRect english_line = {9, 8, 226, 22};

static ReaderRecogniser *recogniser;
static ReaderCrop *line;

static int
setup(void **state)
{
    g_autofree uint8_t *pixels = page_picture_load(2);
    g_autoptr(ReaderPage) page =
        reader_page_new(pixels, PAGE_WIDTH_PX * 4, PAGE_WIDTH_PX, PAGE_HEIGHT_PX);

    recogniser = reader_recogniser_new(NULL, "eng+chi_sim", NULL);
    line = reader_crop_new(page, &english_line);
    return recogniser != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
    reader_recogniser_free(recogniser);
    reader_crop_free(line);
    return 0;
}

/* Returns: how long it took, at the least of three times */
static clock_t
read_line(double density)
{
    clock_t least = 0;

    for (int i = 0; i < 3; i++) {
        clock_t start = clock();
        g_autoptr(GArray) words = reader_recogniser_read(recogniser, line, density);

        least = i == 0 ? clock() - start : MIN(least, clock() - start);
        assert_int_not_equal(words->len, 0);
        assert_true(reader_words_has_latin(words));
    }
    return least;
}

/* A few words of a line may be as dense as Chinese: the line knows better. */
static void
test_the_line_tells_the_script(void **state)
{
    assert_true(read_line(1.5) * 3 < read_line(2.5) * 2);
}

/* Returns: how many bytes reading the line wrote to standard error */
static off_t
read_loudly(const ReaderCrop *crop)
{
    int saved = dup(STDERR_FILENO);
    int file = memfd_create("stderr", MFD_CLOEXEC);
    g_autoptr(GArray) words = NULL;

    (void)dup2(file, STDERR_FILENO);
    words = reader_recogniser_read(recogniser, crop, reader_crop_density(crop));
    (void)dup2(saved, STDERR_FILENO);
    assert_int_equal(words->len, 0);
    close(saved);
    return lseek(file, 0, SEEK_END);
}

/* Tesseract takes all of it for one letter, and prints statistics. */
static void
test_a_line_without_ink_is_not_read(void **state)
{
    g_autofree uint8_t *grey = g_malloc(5 * 19);
    ReaderCrop crop = {5, 19, 255, grey};

    memset(grey, 255, 5 * 19);
    assert_int_equal(read_loudly(&crop), 0);
}

/* mixed.pgm: two lines of both scripts, one above the other, as editors draw them. */
#define MIXED_WIDTH_PX 344
#define MIXED_HEIGHT_PX 40
#define MIXED_HEAD "344 40 255\n"
#define MIXED_LINE_2_PX 19 /* where it begins */

/* Returns: (transfer full) */
static uint8_t *
load_mixed(void)
{
    g_autofree char *path = g_build_filename(g_getenv("DESKHAND_SOURCE"),
                                             "tests/unit/recall/watch/reader/mixed.pgm", NULL);
    g_autofree char *text = NULL;
    uint8_t *grey = g_malloc(MIXED_WIDTH_PX * MIXED_HEIGHT_PX);
    char *at;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    at = strstr(text, MIXED_HEAD);
    assert_non_null(at);
    at += strlen(MIXED_HEAD);
    for (size_t i = 0; i < MIXED_WIDTH_PX * MIXED_HEIGHT_PX; i++)
        grey[i] = strtoul(at, &at, 10);
    return grey;
}

/* @start, @end: rows of mixed.pgm */
static void
check_mixed(uint8_t *grey, int start, int end, const char *text)
{
    ReaderCrop crop = {MIXED_WIDTH_PX, end - start, 255, grey + MIXED_WIDTH_PX * start};
    g_autoptr(GArray) words = reader_recogniser_read(recogniser, &crop, reader_crop_density(&crop));
    g_autoptr(GString) read = g_string_new(NULL);

    reader_words_drop_noise(words, FALSE);
    for (unsigned i = 0; i < words->len; i++) {
        const ReaderWord *word = &g_array_index(words, ReaderWord, i);

        assert_true(i == 0 || word->box.x > word[-1].box.x);
        g_string_append_printf(read, i == 0 || word->is_joined ? "%s" : " %s", word->text);
    }
    assert_string_equal(read->str, text);
}

/* Together with the other script a slanted address, what stands beside it, and an amount with a
 * sign of money are so doubtful that they are taken for noise. */
static void
test_doubtful_words_are_read_apart(void **state)
{
    g_autofree uint8_t *grey = load_mixed();

    check_mixed(grey, 0, MIXED_LINE_2_PX, "邮箱zhang.wei@example.com电话138 0013 8000");
    check_mixed(grey, MIXED_LINE_2_PX, MIXED_HEIGHT_PX, "合同编号HT-2026-0417金额¥18,450.00元");
}

/* Threads that wait for each other on a busy machine would count; OpenMP reads this before main().
 */
static void
ensure_one_thread(char **argv)
{
    if (g_strcmp0(g_getenv("OMP_THREAD_LIMIT"), "1") == 0)
        return;
    g_setenv("OMP_THREAD_LIMIT", "1", TRUE);
    execv("/proc/self/exe", argv);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_line_tells_the_script),
        cmocka_unit_test(test_a_line_without_ink_is_not_read),
        cmocka_unit_test(test_doubtful_words_are_read_apart),
    };

    ensure_one_thread(argv);
    return cmocka_run_group_tests(tests, setup, teardown);
}
