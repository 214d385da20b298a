/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/ground.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH_PX 160
#define HEIGHT_PX 15
#define CELL_PX 6
#define N_CELLS 26
#define LEFT_PX 2
#define TOP_PX 1 /* of the cells, which are 13 high */

/* From one cell to another, exclusive. */
typedef struct {
    int start;
    int end;
    int ground;
    int ink;
} Ground;

static void
fill(ReaderCrop *line, const BaseRect *box, int grey)
{
    for (int y = box->y; y < box->y + box->height; y++)
        memset(line->grey + WIDTH_PX * y + box->x, grey, box->width);
}

/* Stands for an h, whose stem touches the left side of its cell. */
static void
draw_letter(ReaderCrop *line, int cell, int ink)
{
    int x = LEFT_PX + cell * CELL_PX;

    fill(line, &(BaseRect){x, TOP_PX + 2, 1, 9}, ink);
    fill(line, &(BaseRect){x + 1, TOP_PX + 6, 3, 1}, ink);
    fill(line, &(BaseRect){x + 4, TOP_PX + 7, 1, 4}, ink);
}

/* Returns: (transfer full): a line of letters, every sixth cell empty, on @ground but for @grounds
 */
static ReaderCrop *
draw(int ground, int ink, const Ground *grounds, unsigned n)
{
    ReaderCrop *line = g_new0(ReaderCrop, 1);
    BaseRect all = {0, 0, WIDTH_PX, HEIGHT_PX};

    line->width = WIDTH_PX;
    line->height = HEIGHT_PX;
    line->grey = g_malloc(WIDTH_PX * HEIGHT_PX);
    fill(line, &all, ground);
    for (unsigned i = 0; i < n; i++)
        fill(line,
             &(BaseRect){LEFT_PX + grounds[i].start * CELL_PX, TOP_PX,
                         (grounds[i].end - grounds[i].start) * CELL_PX, 13},
             grounds[i].ground);
    for (int cell = 0; cell < N_CELLS; cell++) {
        int cell_ink = ink;

        for (unsigned i = 0; i < n; i++)
            if (cell >= grounds[i].start && cell < grounds[i].end)
                cell_ink = grounds[i].ink;
        if (cell % 6 != 5)
            draw_letter(line, cell, cell_ink);
    }
    return line;
}

static void
assert_same(const ReaderCrop *a, const ReaderCrop *b)
{
    assert_memory_equal(a->grey, b->grey, WIDTH_PX * HEIGHT_PX);
}

/* Levelled it is black on white, as if it had never had another ground. */
static void
assert_levelled(int ground, int ink, const Ground *grounds, unsigned n)
{
    g_autoptr(ReaderCrop) line = draw(ground, ink, grounds, n);
    g_autoptr(ReaderCrop) plain = draw(255, 0, NULL, 0);

    assert_true(reader_ground_level(line));
    assert_same(line, plain);
}

static void
test_one_ground_stays(void **state)
{
    static const int colours[][2] = {{255, 0}, {0, 255}, {200, 90}, {35, 220}};

    for (unsigned i = 0; i < G_N_ELEMENTS(colours); i++) {
        g_autoptr(ReaderCrop) line = draw(colours[i][0], colours[i][1], NULL, 0);
        g_autoptr(ReaderCrop) same = draw(colours[i][0], colours[i][1], NULL, 0);

        assert_false(reader_ground_level(line));
        assert_same(line, same);
    }
}

static void
test_one_other_ground(void **state)
{
    static const Ground grounds[] = {
        {6, 11, 0, 255},  /* reversed */
        {6, 11, 89, 255}, /* white on blue */
        {6, 11, 128, 0},  /* black on yellow */
        {6, 20, 0, 255},  /* more than half of the line */
        {0, 11, 0, 255},  /* at its begin, */
        {15, 26, 0, 255}, /* at its end */
        {7, 10, 0, 255},  /* within a word */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(grounds); i++)
        assert_levelled(255, 0, &grounds[i], 1);
    assert_levelled(0, 217, &(Ground){6, 11, 217, 0}, 1);
}

static void
test_several_grounds(void **state)
{
    static const Ground apart[] = {{0, 5, 0, 255}, {12, 17, 0, 255}};
    static const Ground side_by_side[] = {{3, 9, 51, 255}, {9, 15, 89, 255}, {15, 21, 140, 0}};

    assert_levelled(255, 0, apart, G_N_ELEMENTS(apart));
    assert_levelled(255, 0, side_by_side, G_N_ELEMENTS(side_by_side));
}

/* A highlighted row ends before its line's box does. */
static void
test_rims(void **state)
{
    g_autoptr(ReaderCrop) line = draw(255, 255, (const Ground[]){{0, N_CELLS, 89, 255}}, 1);
    g_autoptr(ReaderCrop) plain = draw(255, 0, NULL, 0);

    assert_true(reader_ground_level(line));
    assert_same(line, plain);
}

/* What is highlighted in the next line reaches into the last rows of this one. */
static void
test_ground_of_the_next_line(void **state)
{
    g_autoptr(ReaderCrop) line = draw(255, 0, NULL, 0);
    g_autoptr(ReaderCrop) plain = draw(255, 0, NULL, 0);

    fill(line, &(BaseRect){LEFT_PX + 6 * CELL_PX, HEIGHT_PX - 2, 5 * CELL_PX, 2}, 0);
    assert_true(reader_ground_level(line));
    assert_same(line, plain);
}

/* Strokes that are as wide as the gaps between them are no ground. */
static void
test_heavy_letters_stay(void **state)
{
    g_autoptr(ReaderCrop) line = draw(255, 0, NULL, 0);
    g_autofree uint8_t *before = NULL;

    for (int cell = 0; cell < N_CELLS; cell++)
        fill(line, &(BaseRect){LEFT_PX + cell * CELL_PX, TOP_PX + 2, 3, 9}, 0);
    before = g_memdup2(line->grey, WIDTH_PX * HEIGHT_PX);
    assert_false(reader_ground_level(line));
    assert_memory_equal(line->grey, before, WIDTH_PX * HEIGHT_PX);
}

/* No picture takes it out of its bounds. */
static void
test_noise(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);

    for (int i = 0; i < 2000; i++) {
        g_autoptr(ReaderCrop) line = g_new0(ReaderCrop, 1);
        int coarse = g_rand_int_range(random, 1, 9);

        line->width = g_rand_int_range(random, 1, 60);
        line->height = g_rand_int_range(random, 1, 20);
        line->grey = g_malloc(line->width * line->height);
        for (int k = 0; k < line->width * line->height; k++)
            line->grey[k] = k % coarse > 0 ? line->grey[k - 1] : g_rand_int_range(random, 0, 256);
        reader_ground_level(line);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_ground_stays),
        cmocka_unit_test(test_one_other_ground),
        cmocka_unit_test(test_several_grounds),
        cmocka_unit_test(test_rims),
        cmocka_unit_test(test_ground_of_the_next_line),
        cmocka_unit_test(test_heavy_letters_stay),
        cmocka_unit_test(test_noise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
