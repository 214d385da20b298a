/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
/* Reads pictures (binary PPM) as deskhand-reader does, or whole with Tesseract's page mode, and
 * prints what it found.
 *
 * usage: ocr-read [--baseline] [--strict] [--boxes] PICTURE.ppm...
 *
 * Before the text of each stands a line "@ PICTURE CPU-SECONDS LINES". With one reader for all, in
 * order, as in a session. With --boxes each word has a line of its own: its box, then the word. */
#include "recall/watch/reader/reading.h"

#include <stdio.h>
#include <string.h>
#include <tesseract/capi.h>
#include <time.h>

#define SIDE_MAX_PX 8192

typedef struct {
    uint8_t *pixels; /* B G R and a mark */
    int width;
    int height;
} Picture;

static int64_t
get_cpu_us(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static gboolean
parse_head(const char *data, size_t n_bytes, Picture *out, size_t *out_start)
{
    int depth = 0;
    int n = 0;

    if (n_bytes < 32 || sscanf(data, "P6 %d %d %d%n", &out->width, &out->height, &depth, &n) != 3)
        return FALSE;
    *out_start = n + 1;
    return depth == 255 && out->width > 0 && out->width <= SIDE_MAX_PX && out->height > 0 &&
           out->height <= SIDE_MAX_PX &&
           n_bytes >= *out_start + (size_t)out->width * out->height * 3;
}

static gboolean
load(const char *path, Picture *out)
{
    g_autofree char *data = NULL;
    size_t n_bytes;
    size_t start;

    if (!g_file_get_contents(path, &data, &n_bytes, NULL) ||
        !parse_head(data, n_bytes, out, &start))
        return FALSE;
    out->pixels = g_malloc((size_t)out->width * out->height * 4);
    for (size_t i = 0; i < (size_t)out->width * out->height; i++) {
        const char *rgb = data + start + 3 * i;
        const uint8_t pixel[] = {rgb[2], rgb[1], rgb[0], PROTOCOL_READER_MARK_WANTED};

        memcpy(out->pixels + 4 * i, pixel, 4);
    }
    return TRUE;
}

/* --- as deskhand-reader --- */

typedef struct {
    GPtrArray *lines; /* of char *, with their places in front: they sort from top to bottom */
    unsigned n_unread;
    gboolean has_boxes;
} Answers;

static void
add_words(GString *text, const ProtocolReaderAnswer *answer, gboolean has_boxes)
{
    for (unsigned i = 0; i < answer->words->len; i++) {
        const ProtocolReaderWord *word = &g_array_index(answer->words, ProtocolReaderWord, i);
        const BaseRect *box = &word->box;

        if (has_boxes)
            g_string_append_printf(text, "%s%d %d %d %d ", i > 0 ? "\n" : "", box->x, box->y,
                                   box->width, box->height);
        else if (i > 0 && !word->is_joined)
            g_string_append_c(text, ' ');
        g_string_append(text, word->text);
    }
}

static void
on_answer(const ProtocolReaderAnswer *answer, void *user_data)
{
    Answers *answers = user_data;
    GString *text;

    if (answer->kind == PROTOCOL_READER_UNREAD) {
        answers->n_unread++;
        return;
    }
    text = g_string_new(NULL);
    g_string_printf(text, "%05d %05d\t", answer->box.y, answer->box.x);
    add_words(text, answer, answers->has_boxes);
    g_ptr_array_add(answers->lines, g_string_free(text, FALSE));
}

static int
compare_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
read_lines(ReaderReading *reading,
           const char *path,
           const Picture *picture,
           gboolean is_strict,
           gboolean has_boxes)
{
    ProtocolReaderRequest request = {1, picture->width, picture->height, 0, is_strict};
    Answers answers = {g_ptr_array_new_with_free_func(g_free), 0, has_boxes};
    int64_t cpu_us = 0;

    do {
        g_ptr_array_set_size(answers.lines, 0);
        answers.n_unread = 0;
        reader_budget_init(reader_reading_budget(reading), g_get_monotonic_time());
        cpu_us += reader_reading_run(reading, &request, picture->pixels, on_answer, &answers);
    } while (answers.n_unread > 0);
    g_ptr_array_sort(answers.lines, compare_text);
    printf("@ %s %.3f %u\n", path, cpu_us / 1e6, answers.lines->len);
    for (unsigned i = 0; i < answers.lines->len; i++)
        printf("%s\n", strchr(answers.lines->pdata[i], '\t') + 1);
    g_ptr_array_unref(answers.lines);
}

/* --- as a page --- */

static void
read_page(TessBaseAPI *api, const char *path, const Picture *picture)
{
    size_t n = (size_t)picture->width * picture->height;
    g_autofree uint8_t *grey = g_malloc(n);
    int64_t start_us = get_cpu_us();
    char *text;

    for (size_t i = 0; i < n; i++)
        grey[i] = (picture->pixels[4 * i] * 29 + picture->pixels[4 * i + 1] * 150 +
                   picture->pixels[4 * i + 2] * 77) >>
                  8;
    TessBaseAPISetImage(api, grey, picture->width, picture->height, 1, picture->width);
    TessBaseAPISetSourceResolution(api, 96);
    text = TessBaseAPIGetUTF8Text(api);
    printf("@ %s %.3f 0\n%s\n", path, (get_cpu_us() - start_us) / 1e6, text);
    TessDeleteText(text);
}

static TessBaseAPI *
open_page_mode(const char *languages)
{
    TessBaseAPI *api = TessBaseAPICreate();

    TessBaseAPISetVariable(api, "debug_file", "/dev/null");
    if (TessBaseAPIInit2(api, NULL, languages, OEM_LSTM_ONLY) != 0) {
        TessBaseAPIDelete(api);
        return NULL;
    }
    TessBaseAPISetPageSegMode(api, PSM_AUTO);
    return api;
}

int
main(int argc, char **argv)
{
    gboolean is_baseline = FALSE;
    gboolean is_strict = FALSE;
    gboolean has_boxes = FALSE;
    ReaderReading *reading = NULL;
    TessBaseAPI *api = NULL;

    for (int i = 1; i < argc; i++) {
        Picture picture = {0};

        if (g_str_equal(argv[i], "--baseline")) {
            is_baseline = TRUE;
            continue;
        }
        if (g_str_equal(argv[i], "--strict")) {
            is_strict = TRUE;
            continue;
        }
        if (g_str_equal(argv[i], "--boxes")) {
            has_boxes = TRUE;
            continue;
        }
        if (is_baseline && api == NULL)
            api = open_page_mode("eng+chi_sim");
        if (!is_baseline && reading == NULL)
            reading = reader_reading_new(NULL, "eng+chi_sim", NULL);
        if ((api == NULL && reading == NULL) || !load(argv[i], &picture)) {
            fprintf(stderr, "ocr-read: cannot read %s\n", argv[i]);
            return 1;
        }
        if (is_baseline)
            read_page(api, argv[i], &picture);
        else
            read_lines(reading, argv[i], &picture, is_strict, has_boxes);
        g_free(picture.pixels);
    }
    reader_reading_free(reading);
    if (api != NULL)
        TessBaseAPIDelete(api);
    return 0;
}
