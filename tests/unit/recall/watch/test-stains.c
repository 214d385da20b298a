/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/stains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LINE "pay with 4111 1111 or cash"
#define LETTER_PX 10

static RecallRun *
new_run(const char *text, int x)
{
    BaseRect box = {x, 100, LETTER_PX * (int)strlen(text), 16};

    return recall_run_new(g_strdup(text), &box, PROTOCOL_SOURCE_ACCESSIBLE);
}

/* Letters 9 to 18 of the line, with a margin. */
static void
stain(RecallStains *stains, RecallRun *run)
{
    pixman_region32_t letters;
    pixman_region32_t hidden;

    pixman_region32_init_rect(&letters, run->box.x + 90, 100, 90, 16);
    pixman_region32_init_rect(&hidden, run->box.x + 80, 97, 110, 22);
    recall_stains_add(stains, run, &letters, &hidden);
    pixman_region32_fini(&letters);
    pixman_region32_fini(&hidden);
}

static gboolean
hides(const RecallStains *stains, int x)
{
    pixman_region32_t hidden;
    gboolean is_hidden;

    pixman_region32_init(&hidden);
    recall_stains_hide(stains, &hidden);
    is_hidden = pixman_region32_contains_point(&hidden, x, 108, NULL);
    pixman_region32_fini(&hidden);
    return is_hidden;
}

/* Returns: whether a stain was there */
static gboolean
wash(RecallStains *stains, int x, int width)
{
    pixman_region32_t changed;
    pixman_region32_t gone;
    gboolean is_gone;

    pixman_region32_init_rect(&changed, x, 90, (unsigned)width, 40);
    pixman_region32_init(&gone);
    recall_stains_wash(stains, &changed, &gone);
    is_gone = pixman_region32_not_empty(&gone);
    pixman_region32_fini(&changed);
    pixman_region32_fini(&gone);
    return is_gone;
}

static void
test_stays_until_it_changes(void **state)
{
    g_autoptr(RecallStains) stains = recall_stains_new();
    g_autoptr(RecallRun) run = new_run(LINE, 100);

    stain(stains, run);
    assert_true(hides(stains, 185) && hides(stains, 250));
    assert_false(wash(stains, 400, 100));
    assert_true(wash(stains, 240, 2)); /* a caret */
    assert_false(hides(stains, 240));
    assert_true(hides(stains, 185) && hides(stains, 250));
    assert_true(wash(stains, 0, 1000));
    assert_false(hides(stains, 185) || hides(stains, 250));
}

static void
test_judged_again(void **state)
{
    g_autoptr(RecallStains) stains = recall_stains_new();
    g_autoptr(RecallRun) run = new_run(LINE, 100);
    g_autoptr(RecallRun) same = new_run(LINE, 100);
    g_autoptr(RecallRun) moved = new_run(LINE, 101);
    g_autoptr(GPtrArray) runs = g_ptr_array_new();

    stain(stains, run);
    g_ptr_array_add(runs, moved);
    recall_stains_judge(stains, runs);
    assert_true(hides(stains, 200));
    g_ptr_array_add(runs, same);
    recall_stains_judge(stains, runs);
    assert_false(hides(stains, 200));
}

/* Words whose middle is in its letters; those beside it only touch the margin. */
static void
test_finds_words(void **state)
{
    g_autoptr(RecallStains) stains = recall_stains_new();
    g_autoptr(RecallRun) run = new_run(LINE, 100);
    g_autoptr(RecallRun) part = new_run("with 4111 11", 140);
    uint32_t start = 0;
    uint32_t end = 0;

    assert_false(recall_stains_find(stains, part, 0, &start, &end));
    stain(stains, run);
    assert_true(recall_stains_find(stains, part, 0, &start, &end));
    assert_int_equal(start, 5);
    assert_int_equal(end, 12);
    assert_false(recall_stains_find(stains, part, end, &start, &end));
}

/* What was scrolled there is other text, though a row of pixels through its middle is as before. */
static void
test_a_remnant_is_no_stain(void **state)
{
    g_autoptr(RecallStains) stains = recall_stains_new();
    g_autoptr(RecallRun) run = new_run(LINE, 100);
    g_autoptr(RecallRun) other = new_run("of 20261125004711 here", 160);
    pixman_region32_t changed;
    pixman_region32_t gone;
    uint32_t start = 0;
    uint32_t end = 0;

    stain(stains, run);
    assert_true(recall_stains_find(stains, other, 0, &start, &end));
    pixman_region32_init_rect(&changed, 0, 90, 1000, 16);
    pixman_region32_union_rect(&changed, &changed, 0, 109, 1000, 20);
    pixman_region32_init(&gone);
    recall_stains_wash(stains, &changed, &gone);
    assert_false(recall_stains_find(stains, other, 0, &start, &end));
    pixman_region32_fini(&changed);
    pixman_region32_fini(&gone);
}

static void
test_bounded(void **state)
{
    g_autoptr(RecallStains) stains = recall_stains_new();

    for (int i = 0; i <= RECALL_STAINS_N_MAX; i++) {
        g_autoptr(RecallRun) run = new_run(LINE, i * 1000);

        stain(stains, run);
    }
    assert_false(hides(stains, 90));
    assert_true(hides(stains, 1090) && hides(stains, 90 + RECALL_STAINS_N_MAX * 1000));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stays_until_it_changes),
        cmocka_unit_test(test_judged_again),
        cmocka_unit_test(test_finds_words),
        cmocka_unit_test(test_a_remnant_is_no_stain),
        cmocka_unit_test(test_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
