/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LINE_PX 20
#define SECOND_US ((int64_t)G_USEC_PER_SEC)
#define START_US (1000 * SECOND_US)

/* A window as a test sees it: lines from above, each LINE_PX high. */
typedef struct {
    RecallScene *scene;
    int64_t now_us;
    const char *title;
    pixman_region32_t visible;
    GPtrArray *secrets; /* (nullable): of char * */
} Fixture;

static int
set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    fixture->scene = recall_scene_new();
    fixture->now_us = START_US;
    fixture->title = "Title";
    pixman_region32_init_rect(&fixture->visible, 0, 0, 1000, 1000);
    *state = fixture;
    return 0;
}

static int
tear_down(void **state)
{
    Fixture *fixture = *state;

    recall_scene_free(fixture->scene);
    pixman_region32_fini(&fixture->visible);
    g_clear_pointer(&fixture->secrets, g_ptr_array_unref);
    g_free(fixture);
    return 0;
}

/* @text: lines by newline; an empty one is a gap. */
static GPtrArray *
make_runs(const char *text)
{
    GPtrArray *runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (int i = 0; lines[i] != NULL; i++) {
        BaseRect box = {10, i * LINE_PX, 10 * (int)g_utf8_strlen(lines[i], -1), LINE_PX};

        if (*lines[i] != '\0')
            g_ptr_array_add(runs,
                            recall_run_new(g_strdup(lines[i]), &box, PROTOCOL_SOURCE_ACCESSIBLE));
    }
    return runs;
}

/* @changed_us: how long before the view what is new in it may have come, or 0 */
static RecallSceneChange
show_changed(Fixture *fixture, int64_t wait_us, int64_t changed_us, const char *text)
{
    g_autoptr(GPtrArray) runs = make_runs(text);
    RecallSceneView view = {
        .app = "App",
        .title = fixture->title,
        .actor = "human",
        .runs = runs,
        .secrets = fixture->secrets,
        .visible = &fixture->visible,
        .width_px = 1000,
        .height_px = 1000,
    };

    fixture->now_us += wait_us;
    view.at_us = fixture->now_us;
    view.changed_us = changed_us == 0 ? 0 : fixture->now_us - changed_us;
    return recall_scene_observe(fixture->scene, &view);
}

static RecallSceneChange
show_after(Fixture *fixture, int64_t wait_us, const char *text)
{
    return show_changed(fixture, wait_us, 0, text);
}

static void
assert_text(Fixture *fixture, const char *expected)
{
    g_autoptr(ProtocolScene) value = recall_scene_dup_value(fixture->scene);

    assert_string_equal(value->text, expected);
}

static void
test_same_content_moves_the_end(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(ProtocolScene) value = NULL;

    assert_int_equal(show_after(fixture, 0, "one\ntwo"), RECALL_SCENE_NEW);
    assert_int_equal(show_after(fixture, 60 * SECOND_US, "one\ntwo"), RECALL_SCENE_SAME);
    value = recall_scene_dup_value(fixture->scene);
    assert_int_equal(value->start_us, START_US);
    assert_int_equal(value->end_us, START_US + 60 * SECOND_US);
    assert_int_equal(value->source, PROTOCOL_SOURCE_ACCESSIBLE);
}

static void
test_typing_grows_one_scene(void **state)
{
    Fixture *fixture = *state;
    const char *text = "Dear Sir, thank you for the 42 pages";
    uint64_t key;

    show_after(fixture, 0, "heading");
    key = recall_scene_get_key(fixture->scene);
    for (unsigned n = 1; n <= strlen(text); n++) {
        g_autofree char *typed = g_strdup_printf("heading\n%.*s", (int)n, text);
        RecallSceneChange change = show_after(fixture, 2 * SECOND_US, typed);

        assert_int_not_equal(change, RECALL_SCENE_NEW);
    }
    assert_int_equal(recall_scene_get_key(fixture->scene), key);
    assert_text(fixture, "heading\nDear Sir, thank you for the 42 pages");
}

/* What is noticed late stood for longer than it was known, but not since before the last view. */
static void
test_stood_since_the_change(void **state)
{
    Fixture *fixture = *state;

    show_after(fixture, 0, "first page");
    assert_int_equal(show_changed(fixture, 2 * SECOND_US, SECOND_US, "second page"),
                     RECALL_SCENE_NEW);
    assert_int_equal(show_changed(fixture, SECOND_US / 2, 0, "third page"), RECALL_SCENE_NEW);
    assert_int_equal(show_changed(fixture, SECOND_US / 4, SECOND_US, "fourth page"),
                     RECALL_SCENE_GROWN);
    assert_int_equal(show_changed(fixture, SECOND_US / 2, SECOND_US, "fifth page"),
                     RECALL_SCENE_GROWN);
    assert_text(fixture, "fifth page");
}

static void
test_inserting_inside_a_line_grows(void **state)
{
    Fixture *fixture = *state;

    show_after(fixture, 0, "pay the invoice");
    assert_int_equal(show_after(fixture, 5 * SECOND_US, "pay Bob the invoice"), RECALL_SCENE_GROWN);
}

static void
test_what_stood_is_left_when_it_goes(void **state)
{
    Fixture *fixture = *state;
    uint64_t key;

    show_after(fixture, 0, "keep\nsecret plan");
    key = recall_scene_get_key(fixture->scene);
    assert_int_equal(show_after(fixture, RECALL_SCENE_STOOD_US, "keep"), RECALL_SCENE_NEW);
    assert_int_not_equal(recall_scene_get_key(fixture->scene), key);
    assert_text(fixture, "keep");
}

static void
test_what_flashed_leaves_nothing(void **state)
{
    Fixture *fixture = *state;

    show_after(fixture, 0, "keep\nflash");
    assert_int_equal(show_after(fixture, RECALL_SCENE_STOOD_US - 1, "keep"), RECALL_SCENE_GROWN);
    assert_text(fixture, "keep");
}

static void
test_deleting_a_letter_of_a_word_that_stood(void **state)
{
    Fixture *fixture = *state;

    show_after(fixture, 0, "hello");
    assert_int_equal(show_after(fixture, 3 * SECOND_US, "hell"), RECALL_SCENE_NEW);
    /* and back and forth: both are kept already */
    assert_int_equal(show_after(fixture, 3 * SECOND_US, "hello"), RECALL_SCENE_GROWN);
    assert_int_equal(show_after(fixture, 3 * SECOND_US, "hell"), RECALL_SCENE_GROWN);
}

static char *
make_screen(int first, int n_lines)
{
    GString *screen = g_string_new(NULL);

    for (int i = first; i < first + n_lines; i++)
        g_string_append_printf(screen, "%sline %c%c of output", i > first ? "\n" : "",
                               'a' + i / 26 % 26, 'a' + i % 26);
    return g_string_free(screen, FALSE);
}

/* Every line stands for 10 s; a new scene only when one goes that no scene holds. */
static void
test_terminal_makes_a_scene_a_screenful(void **state)
{
    Fixture *fixture = *state;
    unsigned n_new = 0;

    for (int first = 0; first < 200; first++) {
        g_autofree char *screen = make_screen(first, 20);

        n_new += show_after(fixture, SECOND_US / 2, screen) == RECALL_SCENE_NEW;
    }
    assert_in_range(n_new, 10, 11);
}

static void
test_clock_does_not_flood(void **state)
{
    Fixture *fixture = *state;
    unsigned n_new = 0;

    for (int i = 0; i < 600; i++) {
        g_autofree char *screen = g_strdup_printf("report\n12:%02d:%02d PM", i / 60, i % 60);

        n_new += show_after(fixture, SECOND_US, screen) == RECALL_SCENE_NEW;
    }
    assert_in_range(n_new, 600 / (RECALL_SCENE_N_PAST_MAX + 2), 600 / RECALL_SCENE_N_PAST_MAX + 1);
}

/* OCR misses a digit, takes one for a letter, or does not read the line at all. */
static void
test_clock_that_is_read_badly_does_not_flood(void **state)
{
    static const char *const readings[] = {"12:00:0%d", "1Z:00:0%d", "", "12:00:0%d", "12:0O:%d"};
    Fixture *fixture = *state;
    unsigned n_new = 0;

    for (int i = 0; i < 200; i++) {
        g_autofree char *line = g_strdup_printf("%d", i % 10);
        g_auto(GStrv) parts = g_strsplit(readings[i % G_N_ELEMENTS(readings)], "%d", 2);
        g_autofree char *clock = parts[0] != NULL ? g_strconcat(parts[0], line, NULL) : NULL;
        g_autofree char *screen = g_strdup_printf("report\n%s", clock ? clock : "");

        n_new += show_after(fixture, SECOND_US, screen) == RECALL_SCENE_NEW;
    }
    assert_in_range(n_new, 1, 4);
}

static void
test_values_that_ticked_are_found(void **state)
{
    Fixture *fixture = *state;

    for (int i = 51; i < 55; i++) {
        g_autofree char *screen = g_strdup_printf("parcel ledger number %d", i);

        assert_int_equal(show_after(fixture, SECOND_US + SECOND_US / 3, screen),
                         i == 51 ? RECALL_SCENE_NEW : RECALL_SCENE_GROWN);
    }
    assert_text(fixture, "parcel ledger number 54\nparcel ledger number 51\n"
                         "parcel ledger number 52\nparcel ledger number 53");
}

static void
test_a_caret_read_as_a_bracket_is_no_loss(void **state)
{
    Fixture *fixture = *state;

    show_after(fixture, 0, "[left over nougat");
    assert_int_equal(show_after(fixture, 9 * SECOND_US, "Left over nougat"), RECALL_SCENE_GROWN);
}

static void
test_captions_are_all_kept(void **state)
{
    static const char *const captions[] = {"good evening", "and welcome",   "to our show",
                                           "tonight",      "we talk about", "gardens"};
    Fixture *fixture = *state;
    unsigned n_new = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(captions); i++)
        n_new += show_after(fixture, 2 * SECOND_US, captions[i]) == RECALL_SCENE_NEW;
    assert_int_equal(n_new, G_N_ELEMENTS(captions));
}

static void
test_text_beside_a_clock_is_kept(void **state)
{
    Fixture *fixture = *state;

    for (int i = 0; i < 40; i++) {
        g_autofree char *screen = g_strdup_printf("draft\n12:%02d:%02d", i / 60, i % 60);

        show_after(fixture, SECOND_US, screen);
    }
    assert_int_equal(show_after(fixture, SECOND_US, "\n12:00:40"), RECALL_SCENE_NEW);
}

static void
test_hidden_text_stays_in_the_scene(void **state)
{
    Fixture *fixture = *state;

    show_after(fixture, 0, "one\ntwo\nthree");
    pixman_region32_fini(&fixture->visible);
    pixman_region32_init_rect(&fixture->visible, 0, 0, 1000, LINE_PX);
    assert_int_not_equal(show_after(fixture, 5 * SECOND_US, "one"), RECALL_SCENE_NEW);
    assert_text(fixture, "one\ntwo\nthree");
}

static void
test_title_that_stood_begins_a_scene(void **state)
{
    Fixture *fixture = *state;

    show_after(fixture, 0, "text");
    fixture->title = "Another";
    assert_int_equal(show_after(fixture, 2 * SECOND_US, "text"), RECALL_SCENE_NEW);
    fixture->title = "(3) Another";
    assert_int_equal(show_after(fixture, 2 * SECOND_US, "text"), RECALL_SCENE_GROWN);
    fixture->title = "(12) Another";
    assert_int_equal(show_after(fixture, 2 * SECOND_US, "text"), RECALL_SCENE_GROWN);
}

static void
test_long_and_late_and_backward(void **state)
{
    Fixture *fixture = *state;

    show_after(fixture, 0, "text");
    assert_int_equal(show_after(fixture, RECALL_SCENE_RETURN_MAX_US, "text"), RECALL_SCENE_SAME);
    assert_int_equal(show_after(fixture, RECALL_SCENE_RETURN_MAX_US + 1, "text"), RECALL_SCENE_NEW);
    assert_int_equal(show_after(fixture, -3600 * SECOND_US, "text"), RECALL_SCENE_NEW);
    for (int i = 0; i < 6; i++)
        assert_int_equal(show_after(fixture, RECALL_SCENE_LENGTH_MAX_US / 6, "text"),
                         RECALL_SCENE_SAME);
    assert_int_equal(show_after(fixture, 1, "text"), RECALL_SCENE_NEW);
}

static void
test_words_lie_in_the_text(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(ProtocolScene) value = NULL;
    const ProtocolSpan *span;

    show_after(fixture, 0, "one two\nthree");
    value = recall_scene_dup_value(fixture->scene);
    assert_int_equal(value->spans->len, 3);
    span = &g_array_index(value->spans, ProtocolSpan, 2);
    assert_memory_equal(value->text + span->start_bytes, "three", span->length_bytes);
    assert_int_equal(span->box.y, LINE_PX);
}

/* Wherever it stood, and whether it is hidden now: no scene begins, so that it stays nowhere. */
static void
test_secret_takes_its_beginning(void **state)
{
    Fixture *fixture = *state;

    show_after(fixture, 0, "3540 8310 12\nheading\n3540 8310");
    pixman_region32_fini(&fixture->visible);
    pixman_region32_init_rect(&fixture->visible, 0, LINE_PX, 1000, 1000); /* a bar lies over it */
    show_after(fixture, 2 * SECOND_US, "\nheading\n3540 8310");
    assert_text(fixture, "3540 8310 12\nheading\n3540 8310");
    fixture->secrets = g_ptr_array_new();
    g_ptr_array_add(fixture->secrets, (char *)"3540831012228341");
    assert_int_equal(show_after(fixture, 2 * SECOND_US, "\nheading\n\n\n•••••"),
                     RECALL_SCENE_GROWN);
    assert_text(fixture, "heading\n•••••");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_same_content_moves_the_end),
        TEST(test_typing_grows_one_scene),
        TEST(test_stood_since_the_change),
        TEST(test_inserting_inside_a_line_grows),
        TEST(test_what_stood_is_left_when_it_goes),
        TEST(test_what_flashed_leaves_nothing),
        TEST(test_deleting_a_letter_of_a_word_that_stood),
        TEST(test_terminal_makes_a_scene_a_screenful),
        TEST(test_clock_does_not_flood),
        TEST(test_clock_that_is_read_badly_does_not_flood),
        TEST(test_values_that_ticked_are_found),
        TEST(test_a_caret_read_as_a_bracket_is_no_loss),
        TEST(test_captions_are_all_kept),
        TEST(test_text_beside_a_clock_is_kept),
        TEST(test_hidden_text_stays_in_the_scene),
        TEST(test_title_that_stood_begins_a_scene),
        TEST(test_long_and_late_and_backward),
        TEST(test_words_lie_in_the_text),
        TEST(test_secret_takes_its_beginning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
