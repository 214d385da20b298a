/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-sheet.h"

#include "fakeapp.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define WATCHDOG_S 30
#define DEADLINE_MS 20000

typedef struct {
    char *directory;
    char *path; /* of the bus's socket */
    FakeBus *bus;
    RecallA11yWire *wire;
} Fixture;

/* A reading's outcome. */
typedef struct {
    RecallText *text;
    unsigned n_calls;
    double scale; /* of letters; 0: not measured */
} Outcome;

static void
clear_outcome(Outcome *outcome)
{
    g_clear_pointer(&outcome->text, recall_text_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, clear_outcome)

static const struct {
    const char *name;
    int row; /* -1: no name of a cell */
    int column;
} cases[] = {{"A1", 0, 0},
             {"Z9", 8, 25},
             {"AA10", 9, 26},
             {"AB12", 11, 27},
             {"XFD1048576", 1048575, 16383},
             {"XFD1048577", -1, 0},
             {"XFE1", -1, 0},
             {"A0", -1, 0},
             {"", -1, 0},
             {"A", -1, 0},
             {"12", -1, 0},
             {"a1", -1, 0},
             {"A1 ", -1, 0},
             {"R1C1", -1, 0},
             {"ZZZZZZZZZZZZ1", -1, 0}};

static void
test_cell_names(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        int row = -7;
        int column = -7;
        gboolean is_cell = recall_a11y_parse_cell_name(cases[i].name, &row, &column);

        assert_int_equal(is_cell, cases[i].row >= 0);
        assert_int_equal(row, is_cell ? cases[i].row : -7);
        assert_int_equal(column, is_cell ? cases[i].column : -7);
    }
}

static int
set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    alarm(WATCHDOG_S);
    fixture->directory = g_dir_make_tmp("sheet-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->directory, "bus", NULL);
    fixture->bus = fake_bus_start(fixture->path);
    fixture->wire = recall_a11y_wire_new(fixture->bus->connection);
    *state = fixture;
    return 0;
}

static int
tear_down(void **state)
{
    Fixture *fixture = *state;

    recall_a11y_wire_free(fixture->wire);
    fake_bus_stop(fixture->bus);
    g_unlink(fixture->path);
    g_rmdir(fixture->directory);
    g_free(fixture->path);
    g_free(fixture->directory);
    g_free(fixture);
    return 0;
}

static void
read_once(const Fixture *fixture, const FakeApp *app, RecallA11yMemory *memory, Outcome *outcome)
{
    g_autoptr(RecallA11yLink) link =
        recall_a11y_link_new(fixture->wire, app->name, DEADLINE_MS, NULL);
    g_autoptr(RecallWindow) window = recall_window_new();
    const RecallA11yManner manner = {0};
    pixman_region32_t shown;
    RecallA11yReading reading = {.link = link, .memory = memory, .window = window, .shown = &shown};

    window->rect = (BaseRect){FAKE_SHEET_X, FAKE_SHEET_Y, 600, 400};
    pixman_region32_init_rect(&shown, 0, 0, 600, 400);
    reading.text = outcome->text = recall_text_new();
    recall_a11y_tree_begin(memory->tree, 1, NULL);
    recall_a11y_read_sheet(&reading, FAKE_SHEET_PATH, &manner);
    recall_a11y_tree_end(memory->tree, TRUE);
    assert_null(recall_a11y_link_get_error(link));
    outcome->n_calls = recall_a11y_link_n_calls(link);
    outcome->scale = memory->sheet_scale;
    pixman_region32_fini(&shown);
}

/* @n_times: readings, of which the last one's outcome is told */
static void
read_sheet(const Fixture *fixture, const char *mode, unsigned n_times, Outcome *outcome)
{
    g_autoptr(FakeApp) app = fake_app_start(fixture->bus->connection, mode);
    g_autoptr(RecallA11yMemory) memory = recall_a11y_memory_new();

    for (unsigned i = 0; i < n_times; i++) {
        clear_outcome(outcome);
        read_once(fixture, app, memory, outcome);
    }
}

static const RecallRun *
find_run(const RecallText *text, int row, int column)
{
    g_autofree char *wanted = g_strdup_printf(FAKE_SHEET_TEXT, row, column);

    for (unsigned i = 0; i < text->runs->len; i++) {
        const RecallRun *run = text->runs->pdata[i];

        if (g_str_equal(run->text, wanted))
            return run;
    }
    return NULL;
}

static void
assert_all_cells(const RecallText *text)
{
    for (int i = 0; i < FAKE_SHEET_N_CELLS; i++) {
        int row = i / FAKE_SHEET_SIDE;
        int column = i % FAKE_SHEET_SIDE;
        const RecallRun *run = find_run(text, row, column);

        assert_non_null(run);
        assert_in_range(run->box.x, column * FAKE_SHEET_COLUMN_WIDTH,
                        (column + 1) * FAKE_SHEET_COLUMN_WIDTH - 1);
        assert_in_range(run->box.y, row * FAKE_SHEET_ROW_HEIGHT,
                        (row + 1) * FAKE_SHEET_ROW_HEIGHT - 1);
    }
    assert_int_equal(text->runs->len, FAKE_SHEET_N_CELLS);
}

static void
test_all_cells_are_read_with_their_places(void **state)
{
    g_auto(Outcome) outcome = {0};

    read_sheet(*state, "sheet", 1, &outcome);
    assert_all_cells(outcome.text);
    assert_true(pixman_region32_not_empty(&outcome.text->covered));
    assert_true(outcome.scale > 0);
}

static void
test_cells_that_expire_meanwhile_are_not_lost(void **state)
{
    g_auto(Outcome) outcome = {0};

    read_sheet(*state, "expiring sheet", 1, &outcome);
    assert_all_cells(outcome.text);
}

/* Samples that expired are not taken for narrow letters. */
static void
test_letters_are_measured_when_cells_expired(void **state)
{
    g_auto(Outcome) lasting = {0};
    g_auto(Outcome) expiring = {0};

    read_sheet(*state, "sheet", 2, &lasting);
    read_sheet(*state, "expiring sheet", 2, &expiring);
    assert_all_cells(expiring.text);
    assert_float_equal(expiring.scale, lasting.scale, 0.001);
}

static void
test_hidden_column_is_no_reason_to_ask_again(void **state)
{
    g_auto(Outcome) plain = {0};
    g_auto(Outcome) hidden = {0};

    read_sheet(*state, "sheet", 2, &plain);
    read_sheet(*state, "hidden sheet", 2, &hidden);
    assert_int_equal(hidden.text->runs->len, FAKE_SHEET_N_CELLS - FAKE_SHEET_SIDE);
    assert_null(find_run(hidden.text, 0, 1));
    assert_int_equal(hidden.n_calls, plain.n_calls);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cell_names),
        cmocka_unit_test(test_all_cells_are_read_with_their_places),
        cmocka_unit_test(test_cells_that_expire_meanwhile_are_not_lost),
        cmocka_unit_test(test_letters_are_measured_when_cells_expired),
        cmocka_unit_test(test_hidden_column_is_no_reason_to_ask_again),
    };

    fake_app_run_if_asked(argc, argv);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
