/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/debounce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MS ((int64_t)1000)
#define START (1000 * 1000 * MS)
#define N_MOMENTS_MAX 4096

/* A screen on which things happen at known times, all in milliseconds since the start. */
typedef struct {
    RecallDebounce debounce;
    int64_t now_us;
    gboolean is_announced; /* the server told of damage and waits to be asked */
    gboolean is_damaged;
    unsigned n_moments;
    unsigned n_samples;
    int64_t moments_ms[N_MOMENTS_MAX];
    RecallDebounceMoment last;
} Screen;

static int
set_up(void **state)
{
    Screen *screen = g_new0(Screen, 1);

    screen->now_us = START;
    recall_debounce_init(&screen->debounce, START);
    *state = screen;
    return 0;
}

static int
tear_down(void **state)
{
    g_free(*state);
    return 0;
}

static void
note_act(Screen *screen, RecallDebounceAct act)
{
    assert_int_not_equal(act, RECALL_DEBOUNCE_WAIT); /* it said that it was due */
    screen->is_announced = FALSE;
    if (act == RECALL_DEBOUNCE_SAMPLE)
        screen->n_samples++;
    else
        screen->moments_ms[screen->n_moments++] = (screen->now_us - START) / MS;
    assert_true(screen->n_moments < N_MOMENTS_MAX);
}

/* Lets the time pass, as the main loop does: nothing runs but what is due. */
static void
pass_until(Screen *screen, int64_t at_ms)
{
    int64_t until_us = START + at_ms * MS;

    for (;;) {
        int64_t next_us = recall_debounce_next_us(&screen->debounce);

        if (next_us < 0 || next_us > until_us)
            break;
        screen->now_us = MAX(screen->now_us, next_us);
        note_act(screen, recall_debounce_act(&screen->debounce, screen->now_us, &screen->last));
    }
    screen->now_us = until_us;
}

static void
draw(Screen *screen, int64_t at_ms)
{
    pass_until(screen, at_ms);
    if (!screen->is_announced)
        recall_debounce_notice(&screen->debounce, screen->now_us);
    screen->is_announced = TRUE;
}

static void
press(Screen *screen, int64_t at_ms, gboolean is_key)
{
    pass_until(screen, at_ms);
    recall_debounce_input(&screen->debounce, screen->now_us, is_key);
}

static void
draw_every(Screen *screen, int64_t from_ms, int64_t until_ms, int64_t interval_ms)
{
    for (int64_t at_ms = from_ms; at_ms < until_ms; at_ms += interval_ms)
        draw(screen, at_ms);
}

static void
test_idle_does_nothing(void **state)
{
    Screen *screen = *state;

    pass_until(screen, 3600 * 1000);
    assert_int_equal(recall_debounce_next_us(&screen->debounce), -1);
    assert_int_equal(screen->n_moments + screen->n_samples, 0);
}

static void
test_one_change(void **state)
{
    Screen *screen = *state;

    draw(screen, 0);
    pass_until(screen, 10000);
    assert_int_equal(screen->n_moments, 1);
    assert_int_equal(screen->moments_ms[0], RECALL_SENSE_REST_MS);
    assert_true(screen->last.at_rest);
    assert_false(screen->last.had_input);
    assert_int_equal(screen->last.first_change_us, START);
    assert_int_equal(recall_debounce_next_us(&screen->debounce), -1);
}

/* A change in many small steps: the rest is counted from the last look at the damage. */
static void
test_burst(void **state)
{
    Screen *screen = *state;

    draw_every(screen, 0, 40, 4);
    pass_until(screen, 10000);
    assert_int_equal(screen->n_moments, 1);
    assert_true(screen->last.at_rest);
    assert_in_range(screen->moments_ms[0], 40 + RECALL_SENSE_REST_MS,
                    40 + RECALL_SENSE_REST_MS + RECALL_DEBOUNCE_SAMPLE_MS);
}

static void
test_video(void **state)
{
    Screen *screen = *state;

    draw_every(screen, 0, 60 * 1000, 16);
    assert_in_range(screen->n_moments, 58, 60);
    assert_false(screen->last.at_rest);
    assert_in_range(screen->n_samples, 100, 60 * 1000 / RECALL_DEBOUNCE_SAMPLE_MS + 60);
    for (unsigned i = 1; i < screen->n_moments; i++)
        assert_in_range(screen->moments_ms[i] - screen->moments_ms[i - 1],
                        RECALL_SENSE_MOMENT_MAX_MS, RECALL_SENSE_MOMENT_MAX_MS + 50);
    pass_until(screen, 70 * 1000);
    assert_true(screen->last.at_rest);
}

static void
assert_told_within(const Screen *screen, int64_t change_ms, int64_t limit_ms)
{
    unsigned i = 0;

    while (i < screen->n_moments && screen->moments_ms[i] < change_ms)
        i++;
    assert_true(i < screen->n_moments);
    assert_true(screen->moments_ms[i] - change_ms <= limit_ms);
}

static void
test_every_change_within_a_second(void **state)
{
    static const int64_t intervals_ms[] = {7, 40, 149, 151, 200, 333, 530, 700, 999, 1300};

    for (unsigned i = 0; i < G_N_ELEMENTS(intervals_ms); i++) {
        void *fresh = NULL;

        set_up(&fresh);
        draw_every(fresh, 0, 30 * 1000, intervals_ms[i]);
        pass_until(fresh, 60 * 1000);
        for (int64_t at_ms = 0; at_ms < 30 * 1000; at_ms += intervals_ms[i])
            assert_told_within(fresh, at_ms, RECALL_SENSE_MOMENT_MAX_MS);
        tear_down(&fresh);
    }
}

/* A caret or a clock without seconds to rest between: about one moment a second, not more. */
static void
test_blinking(void **state)
{
    Screen *screen = *state;

    draw_every(screen, 0, 60 * 1000, 300);
    assert_in_range(screen->n_moments, 50, 60 + RECALL_DEBOUNCE_N_CREDITS_MAX);
}

/* While a caret blinks and has used up all credit, a click is still seen at once. */
static void
test_input_brings_credit(void **state)
{
    Screen *screen = *state;
    unsigned n_before;

    draw_every(screen, 0, 20 * 1000, 300);
    pass_until(screen, 20 * 1000 + 200);
    n_before = screen->n_moments;
    press(screen, 20 * 1000 + 250, FALSE);
    draw(screen, 20 * 1000 + 260);
    pass_until(screen, 20 * 1000 + 260 + RECALL_SENSE_REST_MS + RECALL_DEBOUNCE_SAMPLE_MS);
    assert_int_equal(screen->n_moments, n_before + 1);
    assert_true(screen->last.had_input);
}

static void
test_typing_is_not_rest(void **state)
{
    Screen *screen = *state;

    for (int64_t at_ms = 0; at_ms < 10 * 1000; at_ms += 220) {
        press(screen, at_ms, TRUE);
        draw(screen, at_ms + 5);
    }
    assert_in_range(screen->n_moments, 8, 10);
    pass_until(screen, 9900 + 5 + RECALL_DEBOUNCE_TYPING_REST_MS);
    assert_in_range(screen->moments_ms[screen->n_moments - 1], 9900, 9900 + 400);
    assert_true(screen->last.at_rest);
}

static void
test_wake(void **state)
{
    Screen *screen = *state;

    recall_debounce_wake(&screen->debounce, START + 700 * MS);
    recall_debounce_wake(&screen->debounce, START + 500 * MS);
    recall_debounce_wake(&screen->debounce, START + 900 * MS);
    pass_until(screen, 5000);
    assert_int_equal(screen->n_moments, 1);
    assert_int_equal(screen->moments_ms[0], 500);
    assert_int_equal(screen->last.first_change_us, START + 500 * MS);
}

static void
test_title_counts_as_change(void **state)
{
    Screen *screen = *state;

    recall_debounce_change(&screen->debounce, screen->now_us);
    pass_until(screen, 5000);
    assert_int_equal(screen->n_moments, 1);
    assert_int_equal(screen->n_samples, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_idle_does_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_burst, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_video, set_up, tear_down),
        cmocka_unit_test(test_every_change_within_a_second),
        cmocka_unit_test_setup_teardown(test_blinking, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_input_brings_credit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_typing_is_not_rest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wake, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_title_counts_as_change, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
