/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/recogniser.h"

#include "recall/watch/reader/words.h"
#include "tests/unit/recall/watch/reader/page-picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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
    };

    ensure_one_thread(argv);
    return cmocka_run_group_tests(tests, setup, teardown);
}
