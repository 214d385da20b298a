/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/glyphs.h"

#include "recall/watch/reader/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define PITCH_PX 6
#define LINE_HEIGHT_PX 13
#define LEFT_PX 5 /* page column of the first cell */

/* A terminal's line: each letter is a pattern of its own, five pixels wide. */
static ReaderCrop *
draw_line(const char *text, gboolean is_selected)
{
    ReaderCrop *line = g_new0(ReaderCrop, 1);

    line->width = (int)strlen(text) * PITCH_PX;
    line->height = LINE_HEIGHT_PX;
    line->ground = 255;
    line->grey = g_malloc((size_t)line->width * line->height);
    memset(line->grey, 255, (size_t)line->width * line->height);
    for (size_t i = 0; text[i] != '\0'; i++) {
        g_autoptr(GRand) random = g_rand_new_with_seed((uint32_t)text[i]);

        for (int y = 2; y < 11 && text[i] != ' '; y++)
            for (int x = 0; x < PITCH_PX - 1; x++)
                if (y == 10 || x == 0 || g_rand_boolean(random))
                    line->grey[line->width * y + (int)i * PITCH_PX + x] = 0;
    }
    for (int i = 0; is_selected && i < line->width * line->height; i++)
        if (i % line->width < 4 * PITCH_PX) /* the first four cells are inverted */
            line->grey[i] = 255 - line->grey[i];
    return line;
}

static ReaderCells *
cut(const char *text)
{
    ReaderGrid grid = {PITCH_PX, LEFT_PX % PITCH_PX};
    g_autoptr(ReaderCrop) line = draw_line(text, FALSE);

    return reader_cells_new(&grid, line, LEFT_PX);
}

/* What the engine read, at the places where it stands in @line. */
static GArray *
read_as(const char *line, const char *text)
{
    g_auto(GStrv) in = g_strsplit(line, " ", -1);
    g_auto(GStrv) out = g_strsplit(text, " ", -1);
    GArray *words = reader_words_new();
    int x = 0;

    for (unsigned i = 0; in[i] != NULL; i++) {
        BaseRect box = {x, 2, (int)strlen(in[i]) * PITCH_PX - 1, 9};

        reader_words_add(words, g_strdup(out[i]), &box, 80);
        x += ((int)strlen(in[i]) + 1) * PITCH_PX;
    }
    return words;
}

static void
teach(ReaderGlyphs *glyphs, const char *line, const char *text, unsigned n_times)
{
    g_autoptr(ReaderCells) cells = cut(line);
    g_autoptr(GArray) words = read_as(line, text);

    for (unsigned i = 0; i < n_times; i++)
        reader_glyphs_learn(glyphs, cells, words);
}

static char *
join_text(const GArray *words)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < words->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               g_array_index(words, ReaderWord, i).text);
    return g_string_free(text, FALSE);
}

/* Returns: (transfer full) (nullable) */
static char *
spell(ReaderGlyphs *glyphs, const char *line)
{
    g_autoptr(ReaderCells) cells = cut(line);
    g_autoptr(GArray) words = reader_glyphs_read(glyphs, cells);

    return words != NULL ? join_text(words) : NULL;
}

static void
assert_spells(ReaderGlyphs *glyphs, const char *line, const char *text)
{
    g_autofree char *spelled = spell(glyphs, line);

    if (text == NULL)
        assert_null(spelled);
    else
        assert_string_equal(spelled, text);
}

static void
test_reads_what_it_learned(void **state)
{
    g_autoptr(ReaderGlyphs) glyphs = reader_glyphs_new();

    teach(glyphs, "cat tip", "cat tip", 2);
    assert_spells(glyphs, "pat", NULL); /* too few votes */
    teach(glyphs, "cat tip", "cat tip", 1);
    assert_spells(glyphs, "pat act", "pat act");
    assert_spells(glyphs, "pan", NULL);
    assert_spells(glyphs, "   ", NULL);
    assert_int_equal(reader_glyphs_pitch(glyphs), PITCH_PX);
}

static void
test_the_majority_is_right(void **state)
{
    g_autoptr(ReaderGlyphs) glyphs = reader_glyphs_new();

    teach(glyphs, "will", "will", 6);
    teach(glyphs, "will", "wi1l", 2);
    assert_spells(glyphs, "will", "will");
    teach(glyphs, "will", "wi1l", 6);
    assert_spells(glyphs, "will", NULL); /* now it is a draw */
}

/* A colon that is taken for a 3 does not become one, for there is a shape that is surely 3. */
static void
test_a_letter_has_one_shape(void **state)
{
    g_autoptr(ReaderGlyphs) glyphs = reader_glyphs_new();

    teach(glyphs, "123", "123", 30);
    teach(glyphs, "1:2", "132", 4);
    assert_spells(glyphs, "1:3", NULL);
    teach(glyphs, "1:2", "1:2", 5);
    assert_spells(glyphs, "1:3", "1:3");
}

static void
test_words_of_another_length_teach_nothing(void **state)
{
    g_autoptr(ReaderGlyphs) glyphs = reader_glyphs_new();

    teach(glyphs, "modern", "modem", 10);
    assert_spells(glyphs, "modern", NULL);
}

static void
test_corrects(void **state)
{
    g_autoptr(ReaderGlyphs) glyphs = reader_glyphs_new();
    g_autoptr(ReaderCells) cells = cut("hello world x");
    g_autoptr(GArray) words = read_as("hello world x", "he11o w0rld @");
    g_autofree char *text = NULL;

    teach(glyphs, "hello", "hello", 5);
    reader_glyphs_correct(glyphs, cells, words);
    text = join_text(words);
    assert_string_equal(text, "hello world @"); /* of the second word l, o: w, r, d are believed */
}

static void
test_puts_in_what_was_overlooked(void **state)
{
    g_autoptr(ReaderGlyphs) glyphs = reader_glyphs_new();
    g_autoptr(ReaderCells) cells = cut("cat tip");
    g_autoptr(GArray) words = read_as("cat", "cat");
    g_autofree char *text = NULL;

    teach(glyphs, "cat tip", "cat tip", 5);
    reader_glyphs_correct(glyphs, cells, words);
    text = join_text(words);
    assert_string_equal(text, "cat tip");
}

static void
assert_unknown(const ReaderGlyphs *glyphs, const char *line, const char *marks)
{
    g_autoptr(ReaderCells) cells = cut(line);
    g_autofree char *found = g_strnfill(strlen(line), ' ');
    ReaderToken token = {0};

    while (reader_cells_next_token(cells, token.end, &token))
        if (!reader_glyphs_knows(glyphs, cells, &token))
            memset(found + token.start, '#', token.end - token.start);
    assert_string_equal(found, marks);
}

static void
test_knows_whole_words(void **state)
{
    g_autoptr(ReaderGlyphs) glyphs = reader_glyphs_new();

    assert_unknown(glyphs, "cat tip", "### ###");
    teach(glyphs, "cat tip", "cat tip", 5);
    assert_unknown(glyphs, "cat tip", "       ");
    assert_unknown(glyphs, "cat cans tip", "    ####    ");
    assert_unknown(glyphs, "an cat tip on", "##         ##");
}

/* @n_letters: of each word */
static void
add_piece(GArray *words, const char *text, unsigned start, unsigned n_letters)
{
    BaseRect box = {(int)start * PITCH_PX, 0, (int)n_letters * PITCH_PX, LINE_HEIGHT_PX};

    reader_words_add(words, g_strdup(text), &box, 80);
}

/* Of what was read in pieces those teach that have a letter for each cell, and it stays one word.
 */
static void
test_pieces_make_one_word(void **state)
{
    g_autoptr(ReaderGlyphs) glyphs = reader_glyphs_new();
    g_autoptr(ReaderCells) cells = cut("sk_live_moan");
    g_autoptr(GArray) words = reader_words_new();
    g_autofree char *text = NULL;

    add_piece(words, "sklive", 0, 8);
    add_piece(words, "moan", 8, 4);
    for (unsigned i = 0; i < 5; i++)
        reader_glyphs_learn(glyphs, cells, words);
    assert_spells(glyphs, "moan", "moan");
    assert_spells(glyphs, "sk", NULL);

    g_array_set_size(words, 0);
    add_piece(words, "sk_live_", 0, 8);
    add_piece(words, "nnoan", 8, 4);
    reader_glyphs_correct(glyphs, cells, words);
    text = join_text(words);
    assert_string_equal(text, "sk_live_nnoan");
}

static void
test_counts_what_is_contradicted(void **state)
{
    g_autoptr(ReaderGlyphs) glyphs = reader_glyphs_new();
    g_autoptr(ReaderCells) cells = cut("cat tip");
    g_autoptr(GArray) same = read_as("cat tip", "cat tip");
    g_autoptr(GArray) other = read_as("cat tip", "cal tlp");

    assert_int_equal(reader_glyphs_learn(glyphs, cells, other), 0); /* nothing is known yet */
    teach(glyphs, "cat tip", "cat tip", 10);
    assert_int_equal(reader_glyphs_learn(glyphs, cells, same), 0);
    assert_int_equal(reader_glyphs_learn(glyphs, cells, other), 2);
}

static void
test_is_bounded(void **state)
{
    g_autoptr(ReaderGlyphs) glyphs = reader_glyphs_new();
    g_autoptr(ReaderCells) cells = cut("a");
    g_autoptr(GArray) words = read_as("a", "a");

    for (uint64_t i = 1; i < 3 * READER_GLYPHS_N_MAX; i++) {
        g_array_index(cells->keys, uint64_t, 0) = i;
        reader_glyphs_learn(glyphs, cells, words);
    }
    teach(glyphs, "b", "b", 3);
    assert_spells(glyphs, "b", "b");
}

static void
test_a_selection_changes_no_key(void **state)
{
    ReaderGrid grid = {PITCH_PX, LEFT_PX % PITCH_PX};
    g_autoptr(ReaderCrop) plain = draw_line("select these", FALSE);
    g_autoptr(ReaderCrop) selected = draw_line("select these", TRUE);
    g_autoptr(ReaderCells) a = reader_cells_new(&grid, plain, LEFT_PX);
    g_autoptr(ReaderCells) b = reader_cells_new(&grid, selected, LEFT_PX);

    assert_int_equal(a->keys->len, 12);
    assert_int_equal(b->keys->len, 12);
    assert_memory_equal(a->keys->data, b->keys->data, 12 * sizeof(uint64_t));
    assert_int_equal(g_array_index(a->keys, uint64_t, 6), 0);
}

static void
test_finds_the_grid(void **state)
{
    g_auto(ReaderColumns) columns = {0};
    ReaderGrid grid;

    reader_columns_init(&columns, 400);
    for (unsigned i = 0; i < 5; i++) {
        g_autoptr(ReaderCrop) line =
            draw_line("the quick brown fox jumps over the lazy dog", FALSE);

        reader_columns_add(&columns, line, LEFT_PX);
        grid = reader_columns_find_grid(&columns);
    }
    assert_int_equal(grid.pitch, PITCH_PX);
    assert_true(reader_columns_is_clear(&columns, &grid));
    grid.phase = LEFT_PX % PITCH_PX;
    assert_true(reader_columns_is_clear(&columns, &grid));
    grid.phase = (LEFT_PX + PITCH_PX / 2) % PITCH_PX;
    assert_false(reader_columns_is_clear(&columns, &grid));
}

/* Gives each letter a rim of grey in the cell's empty column, and in the first one of an empty
 * cell. */
static void
add_rims(ReaderCrop *line)
{
    for (int y = 2; y < 11; y++)
        for (int x = 1; x < line->width; x++) {
            uint8_t *grey = &line->grey[line->width * y + x];

            if (x % PITCH_PX == PITCH_PX - 1 && grey[-1] == 0)
                *grey = 150;
            if (x % PITCH_PX == 0 && *grey == 255 && grey[-1] == 150)
                *grey = 200;
        }
}

static void
test_finds_the_grid_of_smooth_letters(void **state)
{
    g_auto(ReaderColumns) columns = {0};
    ReaderGrid grid;

    reader_columns_init(&columns, 400);
    for (unsigned i = 0; i < 5; i++) {
        g_autoptr(ReaderCrop) line =
            draw_line("the quick brown fox jumps over the lazy dog", FALSE);

        add_rims(line);
        reader_columns_add(&columns, line, LEFT_PX);
    }
    grid = reader_columns_find_grid(&columns);
    assert_int_equal(grid.pitch, PITCH_PX);
}

static void
test_a_rim_is_no_letter(void **state)
{
    ReaderGrid grid = {PITCH_PX, LEFT_PX % PITCH_PX};
    g_autoptr(ReaderCrop) line = draw_line("50% /dev", FALSE);
    g_autoptr(ReaderCells) cells = NULL;

    add_rims(line);
    cells = reader_cells_new(&grid, line, LEFT_PX);
    assert_int_equal(g_array_index(cells->keys, uint64_t, 3), 0);
    assert_int_not_equal(g_array_index(cells->keys, uint64_t, 2), 0);
}

static void
test_finds_no_grid_in_uneven_letters(void **state)
{
    g_auto(ReaderColumns) columns = {0};
    g_autoptr(GRand) random = g_rand_new_with_seed(3);

    reader_columns_init(&columns, 2000);
    for (unsigned i = 0; i < 60; i++) {
        g_autoptr(ReaderCrop) word = draw_line("ab", FALSE);

        reader_columns_add(&columns, word, g_rand_int_range(random, 0, 1900));
    }
    assert_int_equal(reader_columns_find_grid(&columns).pitch, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_it_learned),
        cmocka_unit_test(test_the_majority_is_right),
        cmocka_unit_test(test_a_letter_has_one_shape),
        cmocka_unit_test(test_words_of_another_length_teach_nothing),
        cmocka_unit_test(test_corrects),
        cmocka_unit_test(test_puts_in_what_was_overlooked),
        cmocka_unit_test(test_knows_whole_words),
        cmocka_unit_test(test_pieces_make_one_word),
        cmocka_unit_test(test_counts_what_is_contradicted),
        cmocka_unit_test(test_is_bounded),
        cmocka_unit_test(test_a_selection_changes_no_key),
        cmocka_unit_test(test_finds_the_grid),
        cmocka_unit_test(test_finds_the_grid_of_smooth_letters),
        cmocka_unit_test(test_a_rim_is_no_letter),
        cmocka_unit_test(test_finds_no_grid_in_uneven_letters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
