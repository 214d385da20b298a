/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/text-a11y.h"

#include "fakeapp.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define WATCHDOG_S 30
#define SOON_US (5 * G_USEC_PER_SEC)

typedef struct {
    char *directory;
    char *path; /* of the bus's socket */
    FakeBus *bus;
    RecallA11y *a11y;
} Fixture;

/* A reading's outcome. */
typedef struct {
    RecallA11y *a11y;
    RecallText *text;
    GError *error;
    int64_t took_us;
    int64_t start_us;
    gboolean is_done;
} Outcome;

static void
clear_outcome(Outcome *outcome)
{
    g_clear_pointer(&outcome->text, recall_text_free);
    g_clear_error(&outcome->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, clear_outcome)

static void
on_read(GObject *source, GAsyncResult *result, void *user_data)
{
    Outcome *outcome = user_data;

    outcome->text = recall_a11y_read_finish(outcome->a11y, result, &outcome->error);
    outcome->took_us = g_get_monotonic_time() - outcome->start_us;
    outcome->is_done = TRUE;
}

static pid_t
get_pid(const FakeApp *app)
{
    int64_t pid = 0;

    assert_true(g_ascii_string_to_signed(g_subprocess_get_identifier(app->process), 10, 1,
                                         G_MAXINT32, &pid, NULL));
    return (pid_t)pid;
}

static RecallWindow *
make_window(const FakeApp *app)
{
    RecallWindow *window = recall_window_new();

    window->xid = 77;
    window->pid = app == NULL ? getpid() : get_pid(app);
    window->rect = (BaseRect){100, 50, 400, 300};
    g_free(window->app);
    window->app = g_strdup("Fake");
    g_free(window->title);
    window->title = g_strdup(FAKE_APP_TITLE);
    return window;
}

/* @is_still: says that nothing changed since the last reading */
static void
start_read(const Fixture *fixture,
           const FakeApp *app,
           gboolean is_still,
           GCancellable *cancellable,
           Outcome *outcome)
{
    g_autoptr(RecallWindow) window = make_window(app);
    pixman_region32_t all;
    pixman_region32_t nothing;

    pixman_region32_init_rect(&all, 0, 0, 400, 300);
    pixman_region32_init(&nothing);
    outcome->a11y = fixture->a11y;
    outcome->start_us = g_get_monotonic_time();
    recall_a11y_read_async(fixture->a11y, window, &all, is_still ? &nothing : NULL, cancellable,
                           on_read, outcome);
    pixman_region32_fini(&all);
    pixman_region32_fini(&nothing);
}

static void
wait_for(const gboolean *is_done)
{
    while (!*is_done)
        g_main_context_iteration(NULL, TRUE);
}

static void
read_now(const Fixture *fixture, const FakeApp *app, gboolean is_still, Outcome *outcome)
{
    start_read(fixture, app, is_still, NULL, outcome);
    wait_for(&outcome->is_done);
}

static void
wait_for_connection(const Fixture *fixture, gboolean is_connected)
{
    while (recall_a11y_is_connected(fixture->a11y) != is_connected)
        g_main_context_iteration(NULL, TRUE);
}

static FakeApp *
start_app(const Fixture *fixture, const char *mode)
{
    FakeApp *app = fake_app_start(fixture->bus->connection, mode);

    g_ptr_array_add(fixture->bus->names, app->name);
    return app;
}

static void
assert_error(const Outcome *outcome, int code)
{
    assert_null(outcome->text);
    assert_non_null(outcome->error);
    assert_true(outcome->error->domain == G_IO_ERROR);
    assert_int_equal(outcome->error->code, code);
}

static int
set_up_without_bus(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);
    g_autofree char *address = NULL;

    fixture->directory = g_dir_make_tmp("a11y-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->directory, "bus", NULL);
    address = g_strconcat("unix:path=", fixture->path, NULL);
    g_setenv("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
    g_unsetenv("DISPLAY"); /* whose root window may name a bus of its own */
    alarm(WATCHDOG_S);
    *state = fixture;
    return 0;
}

static int
set_up(void **state)
{
    Fixture *fixture = NULL;

    set_up_without_bus(state);
    fixture = *state;
    fixture->bus = fake_bus_start(fixture->path);
    fixture->a11y = recall_a11y_new();
    wait_for_connection(fixture, TRUE);
    return 0;
}

static int
tear_down(void **state)
{
    Fixture *fixture = *state;

    recall_a11y_free(fixture->a11y);
    fake_bus_stop(fixture->bus);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    g_unlink(fixture->path);
    g_rmdir(fixture->directory);
    g_free(fixture->path);
    g_free(fixture->directory);
    g_free(fixture);
    alarm(0);
    return 0;
}

static void
test_label_is_read_with_its_place(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(FakeApp) app = start_app(fixture, "good");
    g_auto(Outcome) outcome = {0};
    g_autoptr(RecallWindow) window = make_window(app);
    const RecallRun *run = NULL;

    assert_true(fixture->bus->is_enabled);
    assert_false(recall_a11y_knows(fixture->a11y, window));
    read_now(fixture, app, FALSE, &outcome);
    assert_null(outcome.error);
    assert_int_equal(outcome.text->runs->len, 1);
    run = outcome.text->runs->pdata[0];
    assert_string_equal(run->text, FAKE_APP_LABEL);
    assert_int_equal(run->words->len, 3);
    assert_int_equal(run->box.x, FAKE_APP_LABEL_X - 100);
    assert_int_equal(run->box.y, FAKE_APP_LABEL_Y - 50);
    assert_true(pixman_region32_not_empty(&outcome.text->covered));
    assert_true(recall_a11y_knows(fixture->a11y, window));
}

/* A browser that has not laid a paragraph out yet takes all of it for one line. */
static void
test_paragraph_is_not_taken_for_one_line(void **state)
{
    static const char *const expected[] = {"the first line of all", "and the second of two",
                                           "then one more a third", "and a last one of all"};
    g_autoptr(FakeApp) app = start_app(*state, "late");
    g_auto(Outcome) outcome = {0};

    read_now(*state, app, FALSE, &outcome);
    assert_null(outcome.error);
    assert_int_equal(outcome.text->runs->len, G_N_ELEMENTS(expected));
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        const RecallRun *run = outcome.text->runs->pdata[i];

        assert_string_equal(run->text, expected[i]);
        assert_int_equal(run->box.y, FAKE_APP_LABEL_Y - 50 + i * FAKE_APP_LABEL_HEIGHT);
    }
}

static void
test_what_did_not_change_is_not_asked_again(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(FakeApp) app = start_app(fixture, "counting");
    static const char *const expected[] = {"asked once", "asked once", "asked again"};

    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_auto(Outcome) outcome = {0};

        read_now(fixture, app, i == 1, &outcome);
        assert_null(outcome.error);
        assert_string_equal(((RecallRun *)outcome.text->runs->pdata[0])->text, expected[i]);
    }
}

static gboolean
is_secret(const RecallText *text)
{
    pixman_box32_t box = {FAKE_APP_LABEL_X - 100, FAKE_APP_LABEL_Y - 50,
                          FAKE_APP_LABEL_X - 100 + FAKE_APP_LABEL_WIDTH,
                          FAKE_APP_LABEL_Y - 50 + FAKE_APP_LABEL_HEIGHT};

    return pixman_region32_contains_rectangle((pixman_region32_t *)&text->secret, &box) ==
           PIXMAN_REGION_IN;
}

static void
test_password_field_stays_secret(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(FakeApp) app = start_app(fixture, "revealing");

    for (unsigned i = 0; i < 8; i++) {
        g_auto(Outcome) outcome = {0};

        read_now(fixture, app, FALSE, &outcome);
        assert_null(outcome.error);
        assert_int_equal(outcome.text->runs->len, 0);
        assert_true(is_secret(outcome.text));
    }
}

static void
test_entry_that_becomes_a_password_field(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(FakeApp) app = start_app(fixture, "hiding");
    g_auto(Outcome) outcome = {0};

    read_now(fixture, app, FALSE, &outcome);
    assert_null(outcome.error);
    assert_int_equal(outcome.text->runs->len, 0);
    assert_true(is_secret(outcome.text));
}

static void
test_process_without_application(void **state)
{
    g_auto(Outcome) outcome = {0};

    read_now(*state, NULL, FALSE, &outcome);
    assert_error(&outcome, G_IO_ERROR_NOT_SUPPORTED);
}

static void
test_hung_application_delays_no_other(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(FakeApp) hung = start_app(fixture, "hung");
    g_autoptr(FakeApp) good = start_app(fixture, "good");

    for (unsigned i = 0; i < 2; i++) {
        g_auto(Outcome) of_hung = {0};
        g_auto(Outcome) of_good = {0};

        start_read(fixture, hung, FALSE, NULL, &of_hung);
        read_now(fixture, good, FALSE, &of_good);
        assert_null(of_good.error);
        assert_in_range(of_good.took_us, 0, 200000);
        wait_for(&of_hung.is_done);
        assert_error(&of_hung, G_IO_ERROR_TIMED_OUT);
        assert_in_range(of_hung.took_us, 0, 2 * RECALL_A11Y_CALL_DEADLINE_MS * 1000);
    }
    {
        g_auto(Outcome) third = {0};

        read_now(fixture, hung, FALSE, &third);
        assert_error(&third, G_IO_ERROR_BUSY);
        assert_in_range(third.took_us, 0, 100000);
    }
}

/* As one does that starts on a busy machine. */
static void
test_application_that_hung_for_a_while_is_read_soon_after(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(FakeApp) app = start_app(fixture, "good");
    gboolean is_read = FALSE;
    int64_t start_us;

    assert_int_equal(kill(get_pid(app), SIGSTOP), 0);
    for (unsigned i = 0; i < 2; i++) {
        g_auto(Outcome) missed = {0};

        read_now(fixture, app, FALSE, &missed);
        assert_error(&missed, G_IO_ERROR_TIMED_OUT);
    }
    assert_int_equal(kill(get_pid(app), SIGCONT), 0);
    start_us = g_get_monotonic_time();
    while (!is_read && g_get_monotonic_time() - start_us < SOON_US) {
        g_auto(Outcome) outcome = {0};

        read_now(fixture, app, FALSE, &outcome);
        is_read = outcome.error == NULL;
    }
    assert_true(is_read);
}

static void
test_queue_of_a_hung_application_is_bounded(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(FakeApp) hung = start_app(fixture, "hung");
    Outcome outcomes[40] = {0};
    unsigned n_busy = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(outcomes); i++)
        start_read(fixture, hung, FALSE, NULL, &outcomes[i]);
    for (unsigned i = 0; i < G_N_ELEMENTS(outcomes); i++) {
        wait_for(&outcomes[i].is_done);
        n_busy += g_error_matches(outcomes[i].error, G_IO_ERROR, G_IO_ERROR_BUSY);
        clear_outcome(&outcomes[i]);
    }
    assert_int_equal(n_busy, G_N_ELEMENTS(outcomes) - 2); /* the two that missed deadlines */
}

static void
test_cancelled_reading_ends_at_once(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(FakeApp) hung = start_app(fixture, "hung");
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_auto(Outcome) outcome = {0};
    gboolean is_over = FALSE;

    start_read(fixture, hung, FALSE, cancellable, &outcome);
    for (int64_t end_us = g_get_monotonic_time() + 100000; g_get_monotonic_time() < end_us;)
        g_main_context_iteration(NULL, FALSE);
    g_cancellable_cancel(cancellable);
    while (!is_over) {
        g_main_context_iteration(NULL, TRUE);
        is_over = outcome.is_done;
    }
    assert_error(&outcome, G_IO_ERROR_CANCELLED);
    assert_in_range(outcome.took_us, 0, 500000);
}

static void
test_application_that_dies_is_forgotten(void **state)
{
    const Fixture *fixture = *state;
    FakeApp *first = start_app(fixture, "good");
    g_autoptr(FakeApp) second = NULL;
    g_auto(Outcome) outcome = {0};
    g_auto(Outcome) after = {0};

    read_now(fixture, first, FALSE, &outcome);
    assert_null(outcome.error);
    g_ptr_array_set_size(fixture->bus->names, 0);
    fake_app_stop(first);
    second = start_app(fixture, "good");
    read_now(fixture, second, FALSE, &after);
    assert_null(after.error);
}

static void
test_free_while_a_reading_is_under_way(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(FakeApp) hung = start_app(fixture, "hung");
    g_auto(Outcome) outcome = {0};
    int64_t start_us = 0;

    start_read(fixture, hung, FALSE, NULL, &outcome);
    for (int64_t end_us = g_get_monotonic_time() + 100000; g_get_monotonic_time() < end_us;)
        g_main_context_iteration(NULL, FALSE);
    start_us = g_get_monotonic_time();
    g_clear_pointer(&fixture->a11y, recall_a11y_free);
    assert_in_range(g_get_monotonic_time() - start_us, 0, 500000);
    wait_for(&outcome.is_done);
    assert_error(&outcome, G_IO_ERROR_CANCELLED);
}

static void
test_no_bus_is_fine_and_one_that_comes_is_joined(void **state)
{
    Fixture *fixture = *state;
    g_auto(Outcome) without = {0};
    g_auto(Outcome) with = {0};
    g_autoptr(FakeApp) app = NULL;

    fixture->a11y = recall_a11y_new();
    read_now(fixture, NULL, FALSE, &without);
    assert_error(&without, G_IO_ERROR_NOT_CONNECTED);
    fixture->bus = fake_bus_start(fixture->path);
    wait_for_connection(fixture, TRUE);
    app = start_app(fixture, "good");
    read_now(fixture, app, FALSE, &with);
    assert_null(with.error);
}

static void
test_bus_that_goes_and_comes_back(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(FakeApp) before = start_app(fixture, "good");
    g_autoptr(FakeApp) after = NULL;
    g_auto(Outcome) first = {0};
    g_auto(Outcome) gone = {0};
    g_auto(Outcome) second = {0};

    read_now(fixture, before, FALSE, &first);
    assert_null(first.error);
    g_clear_pointer(&fixture->bus, fake_bus_stop);
    wait_for_connection(fixture, FALSE);
    read_now(fixture, before, FALSE, &gone);
    assert_error(&gone, G_IO_ERROR_NOT_CONNECTED);
    g_unlink(fixture->path);
    fixture->bus = fake_bus_start(fixture->path);
    wait_for_connection(fixture, TRUE);
    after = start_app(fixture, "good");
    read_now(fixture, after, FALSE, &second);
    assert_null(second.error);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_label_is_read_with_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_paragraph_is_not_taken_for_one_line, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_what_did_not_change_is_not_asked_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_password_field_stays_secret, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_entry_that_becomes_a_password_field, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_process_without_application, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hung_application_delays_no_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_application_that_hung_for_a_while_is_read_soon_after,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_queue_of_a_hung_application_is_bounded, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_cancelled_reading_ends_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_application_that_dies_is_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_free_while_a_reading_is_under_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_bus_is_fine_and_one_that_comes_is_joined,
                                        set_up_without_bus, tear_down),
        cmocka_unit_test_setup_teardown(test_bus_that_goes_and_comes_back, set_up, tear_down),
    };

    fake_app_run_if_asked(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
