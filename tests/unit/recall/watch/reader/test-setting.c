/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/setting.h"

#include "recall/watch/reader/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define PITCH_PX 6
#define HEIGHT_PX 12
#define PIECE_MAX_CELLS 14

/* Each letter is a bar of as many grey as its code; its cell's last column is empty. */
static ReaderCrop *
draw_line(const char *text)
{
    ReaderCrop *line = g_new0(ReaderCrop, 1);

    line->width = (int)strlen(text) * PITCH_PX;
    line->height = HEIGHT_PX;
    line->ground = 255;
    line->grey = g_malloc((size_t)line->width * HEIGHT_PX);
    memset(line->grey, 255, (size_t)line->width * HEIGHT_PX);
    for (int y = 2; y < 10; y++)
        for (int x = 0; x < line->width; x++)
            if (text[x / PITCH_PX] != ' ' && x % PITCH_PX < PITCH_PX - 1)
                line->grey[line->width * y + x] = (uint8_t)text[x / PITCH_PX];
    return line;
}

/* @x: page column of the line's left edge */
static ReaderSetting *
set_all(const ReaderCrop *line, int x)
{
    const ReaderGrid grid = {PITCH_PX, 0};
    g_autoptr(ReaderCells) cells = reader_cells_new(&grid, line, x);
    g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(ReaderToken));
    ReaderToken token = {0};

    while (reader_cells_next_token(cells, token.end, &token))
        g_array_append_val(tokens, token);
    return reader_setting_new(line, cells, tokens);
}

typedef struct {
    ReaderSetting *setting;
    GArray *read; /* of ReaderWord: what an engine would read that parts words at a gap of a cell */
} Set;

/* Sets all tokens of the text, and reads the bars. */
static Set
set_line(const char *text)
{
    g_autoptr(ReaderCrop) line = draw_line(text);
    Set set;

    set.setting = set_all(line, 0);
    set.read = reader_words_new();
    for (int x = 0; x < set.setting->crop->width; x += PITCH_PX) {
        const uint8_t *grey = set.setting->crop->grey + (size_t)set.setting->crop->width * 5 + x;
        g_autoptr(GString) word = g_string_new(NULL);
        BaseRect box = {x, 0, 0, HEIGHT_PX};

        for (; box.x + box.width < set.setting->crop->width && *grey != 255; grey += PITCH_PX) {
            g_string_append_c(word, (char)*grey);
            box.width += PITCH_PX;
        }
        x += box.width;
        if (word->len > 0)
            reader_words_add(set.read, g_strdup(word->str), &box, 90);
    }
    return set;
}

static void
clear(Set *set)
{
    reader_setting_free(set->setting);
    g_array_unref(set->read);
}

static void
assert_word(const GArray *words, unsigned i, const char *text, unsigned start, unsigned n_cells)
{
    const ReaderWord *word = &g_array_index(words, ReaderWord, i);

    assert_true(i < words->len);
    assert_string_equal(word->text, text);
    assert_int_equal(word->box.x, start * PITCH_PX);
    assert_int_equal(word->box.width, n_cells * PITCH_PX);
}

static void
test_tells_where_words_stand(void **state)
{
    Set set = set_line("50G 20G  use 7");
    g_autoptr(GArray) words = reader_setting_take(set.setting, set.read);

    assert_int_equal(words->len, 4);
    assert_word(words, 0, "50G", 0, 3);
    assert_word(words, 1, "20G", 4, 3);
    assert_word(words, 2, "use", 9, 3);
    assert_word(words, 3, "7", 13, 1);
    clear(&set);
}

/* However the engine joins and parts them. */
static void
test_parts_what_was_joined(void **state)
{
    Set set = set_line("50G 20G  use");
    g_autoptr(GArray) joined = reader_words_new();
    g_autoptr(GArray) words = NULL;
    BaseRect all = {0, 0, set.setting->crop->width, HEIGHT_PX};

    reader_words_add(joined, g_strdup("50G20Guse"), &all, 80);
    words = reader_setting_take(set.setting, joined);
    assert_int_equal(words->len, 3);
    assert_word(words, 0, "50G", 0, 3);
    assert_word(words, 1, "20G", 4, 3);
    assert_word(words, 2, "use", 9, 3);
    clear(&set);
}

static void
test_cuts_long_words(void **state)
{
    static const char text[] = "sklivexQ7Rb2mNc8Vd4Kf6Hg1Jh9Lz3Wy5 end";
    Set set = set_line(text);
    g_autoptr(GArray) words = reader_setting_take(set.setting, set.read);
    g_autoptr(GString) all = g_string_new(NULL);

    assert_true(words->len > 3);
    for (unsigned i = 0; i < words->len; i++) {
        const ReaderWord *word = &g_array_index(words, ReaderWord, i);

        assert_in_range(strlen(word->text), 1, PIECE_MAX_CELLS);
        g_string_append_printf(all, "%s%s", i > 0 && !word->is_joined ? " " : "", word->text);
    }
    assert_string_equal(all->str, text);
    clear(&set);
}

static void
test_cuts_where_no_letter_goes_on(void **state)
{
    g_autoptr(ReaderCrop) line = draw_line("minimummaximum!!");
    g_autoptr(ReaderSetting) setting = NULL;

    for (int y = 2; y < 10; y++) /* the middle, where the cut is wanted */
        line->grey[line->width * y + 8 * PITCH_PX - 1] = 'm';
    setting = set_all(line, 0);
    assert_int_equal(setting->crop->grey[setting->crop->width * 5 + 7 * PITCH_PX], 255);
}

/* A part of its first cell is beyond it. */
static void
test_a_line_begins_in_a_cell(void **state)
{
    g_autoptr(ReaderCrop) line = draw_line("abc");
    g_autoptr(ReaderSetting) setting = NULL;

    for (int y = 0; y < HEIGHT_PX; y++)
        memmove(line->grey + (line->width - 3) * y, line->grey + line->width * y + 3,
                line->width - 3);
    line->width -= 3;
    setting = set_all(line, 3);
    assert_int_equal(setting->crop->width, 3 * PITCH_PX);
    for (int x = 0; x < PITCH_PX; x++)
        assert_int_equal(setting->crop->grey[setting->crop->width * 5 + x],
                         x == 3 || x == 4 ? 'a' : 255);
}

/* Of a piece that was not read nothing is made up. */
static void
test_leaves_out_what_was_not_read(void **state)
{
    Set set = set_line("one two");
    g_autoptr(GArray) words = NULL;

    g_array_set_size(set.read, 1);
    words = reader_setting_take(set.setting, set.read);
    assert_int_equal(words->len, 1);
    assert_word(words, 0, "one", 0, 3);
    clear(&set);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tells_where_words_stand),
        cmocka_unit_test(test_parts_what_was_joined),
        cmocka_unit_test(test_cuts_long_words),
        cmocka_unit_test(test_cuts_where_no_letter_goes_on),
        cmocka_unit_test(test_a_line_begins_in_a_cell),
        cmocka_unit_test(test_leaves_out_what_was_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
