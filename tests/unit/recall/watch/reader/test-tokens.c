/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/tokens.h"

#include "recall/watch/reader/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Cells whose key is their letter. */
static ReaderCells *
make_cells(const char *text)
{
    ReaderCells *cells = g_new0(ReaderCells, 1);

    cells->grid.pitch = 6;
    cells->height = 13;
    cells->keys = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (size_t i = 0; text[i] != '\0'; i++) {
        uint64_t key = text[i] == ' ' ? 0 : (uint64_t)text[i];

        g_array_append_val(cells->keys, key);
    }
    return cells;
}

static void
teach(ReaderGlyphs *glyphs, const char *word)
{
    g_autoptr(ReaderCells) cells = make_cells(word);
    g_autoptr(GArray) words = reader_words_new();
    BaseRect box = {0, 2, (int)strlen(word) * 6 - 1, 9};

    reader_words_add(words, g_strdup(word), &box, 95);
    for (int i = 0; i < 5; i++)
        (void)reader_glyphs_learn(glyphs, cells, words);
}

/* Returns: (transfer full): a mark for each cell in @tokens */
static char *
mark(const char *line, const GArray *tokens)
{
    char *marks = g_strnfill(strlen(line), ' ');

    for (unsigned i = 0; i < tokens->len; i++) {
        const ReaderToken *token = &g_array_index(tokens, ReaderToken, i);

        memset(marks + token->start, '#', token->end - token->start);
    }
    return marks;
}

/* @marks: the cells that are chosen of a line in which only "abcdef" are known letters */
static void
assert_chosen(const char *line, unsigned first, unsigned n_cells_min, const char *marks)
{
    g_autoptr(ReaderGlyphs) glyphs = reader_glyphs_new();
    g_autoptr(ReaderCells) cells = make_cells(line);
    g_autoptr(GArray) tokens = reader_tokens_find(cells);
    g_autoptr(GArray) chosen = NULL;
    g_autofree char *found = NULL;

    teach(glyphs, "abcdef");
    chosen = reader_tokens_choose(tokens, glyphs, cells, first, n_cells_min);
    found = mark(line, chosen);
    assert_string_equal(found, marks);
}

/* @marks: likewise of the stretches */
static void
assert_stretches(const char *line, const char *marks)
{
    g_autoptr(ReaderGlyphs) glyphs = reader_glyphs_new();
    g_autoptr(ReaderCells) cells = make_cells(line);
    g_autoptr(GArray) tokens = reader_tokens_find(cells);
    g_autoptr(GArray) stretches = NULL;
    g_autofree char *found = NULL;

    teach(glyphs, "abcdef");
    stretches = reader_tokens_find_stretches(tokens, glyphs, cells);
    found = mark(line, stretches);
    assert_string_equal(found, marks);
}

static void
test_what_is_unknown_is_chosen(void **state)
{
    assert_chosen("abc xyz fed  box", 0, 1, "    ###      ###");
    assert_chosen("xyz", 0, 100, "###");
    assert_chosen("", 0, 8, "");
}

static void
test_others_make_it_enough(void **state)
{
    assert_chosen("abc xy fed cab", 0, 2, "    ##        ");
    assert_chosen("abc xy fed cab", 0, 3, "### ##        ");
    assert_chosen("abc xy fed cab", 2, 6, "    ## ### ###");
    assert_chosen("abc xy fed cab", 3, 6, "### ##     ###"); /* round about */
    assert_chosen("abc fed cab", 1, 4, "    ### ###");
    assert_chosen("abc fed cab", 1, 100, "### ### ###");
}

static void
test_stretches_are_what_is_unknown_with_its_neighbours(void **state)
{
    assert_stretches("abc fed cab xy bad def", "        ##########    ");
    assert_stretches("xy abc bad cab fed xy", "######         ######");
    assert_stretches("abc xy bad cab yx fed", "########## ##########");
    assert_stretches("abc xy bad yx fed", "#################");
    assert_stretches("xy", "##");
    assert_stretches("abc", "   ");
    assert_stretches("", "");
}

static void
test_counts_cells(void **state)
{
    g_autoptr(ReaderCells) cells = make_cells(" abc xy  z");
    g_autoptr(GArray) tokens = reader_tokens_find(cells);

    assert_int_equal(tokens->len, 3);
    assert_int_equal(reader_tokens_count_cells(tokens), 6);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_unknown_is_chosen),
        cmocka_unit_test(test_others_make_it_enough),
        cmocka_unit_test(test_stretches_are_what_is_unknown_with_its_neighbours),
        cmocka_unit_test(test_counts_cells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
