/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/fit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH_PX 400
#define HEIGHT_PX 20
#define PAPER 0x00FFFFFF
#define WORDS_MAX 4

static const BaseRect room = {10, 3, 300, 14};

typedef struct {
    int left;
    int right;
} Stretch;

static void
fill(uint32_t *pixels, int left, int right, int top, int bottom, uint32_t colour)
{
    for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++)
            pixels[y * WIDTH_PX + x] = colour;
    }
}

/* Letters of 4 px, 2 px apart, as high as small ones are. */
static void
draw_word(uint32_t *pixels, const Stretch *word)
{
    for (int x = word->left; x < word->right; x += 6)
        fill(pixels, x, MIN(x + 4, word->right), 6, 14, 0);
}

static uint32_t *
draw_words(const Stretch *words)
{
    uint32_t *pixels = g_new(uint32_t, WIDTH_PX * HEIGHT_PX);

    fill(pixels, 0, WIDTH_PX, 0, HEIGHT_PX, PAPER);
    for (int i = 0; i < WORDS_MAX && words[i].right > 0; i++)
        draw_word(pixels, &words[i]);
    return pixels;
}

static RecallFrame *
make_frame(const uint32_t *pixels)
{
    RecallFrame *frame = recall_frame_new(WIDTH_PX, HEIGHT_PX);

    recall_frame_put(frame, &(BaseRect){0, 0, WIDTH_PX, HEIGHT_PX}, (const uint8_t *)pixels,
                     WIDTH_PX * 4);
    return frame;
}

static RecallRun *
make_run(const char *text, const Stretch *guessed)
{
    RecallRun *run = recall_run_new(g_strdup(text), &room, PROTOCOL_SOURCE_ACCESSIBLE);
    uint32_t start = 0;

    run->room = room;
    for (int i = 0; i < WORDS_MAX && guessed[i].right > 0; i++) {
        uint32_t length = strcspn(text + start, " ");
        ProtocolSpan word = {
            start, length, {guessed[i].left, 3, guessed[i].right - guessed[i].left, 14}};

        g_array_append_val(run->words, word);
        start += length + 1;
    }
    return run;
}

static void
assert_places(const RecallRun *run, const Stretch *expected)
{
    for (unsigned i = 0; i < run->words->len; i++) {
        const BaseRect *box = &g_array_index(run->words, ProtocolSpan, i).box;

        assert_int_equal(box->x, expected[i].left);
        assert_int_equal(box->x + box->width, expected[i].right);
        assert_int_equal(box->height, 14);
    }
}

static const struct {
    const char *what;
    const char *text;
    const char *behind; /* what of the line is not shown */
    Stretch guessed[WORDS_MAX];
    Stretch drawn[WORDS_MAX];
} cases[] = {
    {"guessed too narrow",
     "wwwww mammoth ill zeppelin",
     NULL,
     {{12, 42}, {45, 80}, {83, 95}, {98, 140}},
     {{13, 65}, {71, 129}, {135, 145}, {151, 209}}},
    {"guessed too wide",
     "ill it ill mammoth",
     NULL,
     {{12, 27}, {33, 43}, {49, 64}, {70, 160}},
     {{13, 23}, {29, 33}, {39, 49}, {55, 113}}},
    {"in the middle", "Total sum", NULL, {{12, 40}, {44, 70}}, {{140, 168}, {174, 196}}},
    {"written from right to left",
     "first second",
     NULL,
     {{60, 90}, {12, 56}},
     {{170, 198}, {120, 164}}},
    {"cut at its end",
     "one two",
     " and three",
     {{12, 32}, {36, 60}},
     {{13, 35}, {41, 63}, {69, 91}, {97, 309}}},
};

static void
test_words_go_where_they_stand(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree uint32_t *pixels = draw_words(cases[i].drawn);
        g_autoptr(RecallFrame) frame = make_frame(pixels);
        g_autoptr(RecallRun) run = make_run(cases[i].text, cases[i].guessed);
        g_autoptr(RecallRun) fit = NULL;

        print_message("%s\n", cases[i].what);
        if (cases[i].behind != NULL)
            run->context = g_strconcat(run->text, cases[i].behind, NULL);
        fit = recall_fit_dup(run, frame);
        assert_places(run, cases[i].guessed);
        assert_places(fit, cases[i].drawn);
        assert_string_equal(fit->text, run->text);
        assert_int_equal(fit->box.x, MIN(cases[i].drawn[0].left, cases[i].drawn[1].left));
    }
}

/* The grid goes on where text runs over empty cells, and one of those is coloured. */
static void
test_rules_and_grounds(void **state)
{
    static const Stretch guessed[WORDS_MAX] = {{12, 42}, {45, 80}};
    static const Stretch drawn[WORDS_MAX] = {{13, 47}, {53, 93}};
    g_autofree uint32_t *pixels = draw_words((const Stretch[WORDS_MAX]){{0}});
    g_autoptr(RecallFrame) frame = NULL;
    g_autoptr(RecallRun) run = make_run("lilac zeppelin", guessed);
    g_autoptr(RecallRun) fit = NULL;

    fill(pixels, 70, 150, 0, HEIGHT_PX, 0x00FFD0A0);
    fill(pixels, 150, 151, 0, HEIGHT_PX, 0x00808080);
    fill(pixels, 250, 252, 0, HEIGHT_PX, 0);
    draw_word(pixels, &drawn[0]);
    draw_word(pixels, &drawn[1]);
    frame = make_frame(pixels);
    fit = recall_fit_dup(run, frame);
    assert_places(fit, drawn);
}

/* A figure has no guess of its own: it stands somewhere. */
static void
test_figure(void **state)
{
    static const Stretch drawn[WORDS_MAX] = {{241, 263}, {269, 285}};
    g_autofree uint32_t *pixels = draw_words(drawn);
    g_autoptr(RecallFrame) frame = make_frame(pixels);
    g_autoptr(RecallRun) run = make_run("1280 000", (const Stretch[WORDS_MAX]){{0}});
    g_autoptr(RecallRun) fit = recall_fit_dup(run, frame);

    assert_int_equal(fit->words->len, 2);
    assert_places(fit, drawn);
    assert_int_equal(run->words->len, 0);
}

static void
test_guess_stays(void **state)
{
    static const Stretch guessed[WORDS_MAX] = {{12, 42}, {45, 80}};
    static const Stretch blank[WORDS_MAX] = {{0}};
    g_autofree uint32_t *pixels = draw_words(blank);
    g_autofree uint32_t *inked = draw_words((const Stretch[WORDS_MAX]){{100, 200}});
    g_autoptr(RecallFrame) empty = make_frame(pixels);
    g_autoptr(RecallFrame) frame = make_frame(inked);
    g_autoptr(RecallFrame) unseen = recall_frame_new(WIDTH_PX, HEIGHT_PX);
    g_autoptr(RecallRun) run = make_run("lilac zeppelin", guessed);
    g_autoptr(RecallRun) told = make_run("lilac zeppelin", guessed);
    g_autoptr(RecallRun) on_empty = recall_fit_dup(run, empty);
    g_autoptr(RecallRun) on_unseen = recall_fit_dup(run, unseen);
    g_autoptr(RecallRun) measured = NULL;

    told->room = (BaseRect){0};
    measured = recall_fit_dup(told, frame);
    assert_ptr_equal(on_empty, run);
    assert_ptr_equal(on_unseen, run);
    assert_ptr_equal(measured, told);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_go_where_they_stand),
        cmocka_unit_test(test_rules_and_grounds),
        cmocka_unit_test(test_figure),
        cmocka_unit_test(test_guess_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
