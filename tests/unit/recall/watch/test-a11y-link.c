/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-link.h"

#include "recall/watch/a11y-node.h"

#include "fakeapp.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define WATCHDOG_S 30
#define N_CALLS 200

typedef struct {
    char *directory;
    char *path;
    FakeBus *bus;
    RecallA11yWire *wire;
    FakeApp *good;
    FakeApp *hung;
} Fixture;

static int
set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    alarm(WATCHDOG_S);
    fixture->directory = g_dir_make_tmp("link-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->directory, "bus", NULL);
    fixture->bus = fake_bus_start(fixture->path);
    fixture->wire = recall_a11y_wire_new(fixture->bus->connection);
    fixture->good = fake_app_start(fixture->bus->connection, "good");
    fixture->hung = fake_app_start(fixture->bus->connection, "hung");
    *state = fixture;
    return 0;
}

static int
tear_down(void **state)
{
    Fixture *fixture = *state;

    fake_app_stop(fixture->good);
    fake_app_stop(fixture->hung);
    recall_a11y_wire_free(fixture->wire);
    fake_bus_stop(fixture->bus);
    g_unlink(fixture->path);
    g_rmdir(fixture->directory);
    g_free(fixture->path);
    g_free(fixture->directory);
    g_free(fixture);
    return 0;
}

static RecallA11yLink *
make_link(const Fixture *fixture, const FakeApp *app, unsigned deadline_ms, GCancellable *cancel)
{
    return recall_a11y_link_new(fixture->wire, app->name, deadline_ms, cancel);
}

static RecallA11yCall *
make_calls(unsigned n, const char *method)
{
    RecallA11yCall *calls = g_new0(RecallA11yCall, n);

    for (unsigned i = 0; i < n; i++)
        calls[i] = (RecallA11yCall){
            .path = RECALL_A11Y_ROOT_PATH, .interface = RECALL_A11Y_ACCESSIBLE, .method = method};
    return calls;
}

static unsigned
clear_calls(RecallA11yCall *calls, unsigned n)
{
    unsigned n_answered = 0;

    for (unsigned i = 0; i < n; i++) {
        n_answered += calls[i].reply != NULL;
        recall_a11y_call_clear(&calls[i]);
    }
    return n_answered;
}

static void
assert_lost(const RecallA11yLink *link, int code)
{
    const GError *error = recall_a11y_link_get_error(link);

    assert_non_null(error);
    assert_true(g_error_matches(error, G_IO_ERROR, code));
}

static void
test_many_calls_are_all_answered(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(RecallA11yLink) link = make_link(fixture, fixture->good, 5000, NULL);
    g_autofree RecallA11yCall *calls = make_calls(N_CALLS, "GetRole");

    assert_true(recall_a11y_link_ask_all(link, calls, N_CALLS));
    assert_int_equal(clear_calls(calls, N_CALLS), N_CALLS);
    assert_int_equal(recall_a11y_link_n_calls(link), N_CALLS);
    assert_true(recall_a11y_link_get_busy_us(link) > 0);
}

static void
test_a_refused_call_loses_nothing(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(RecallA11yLink) link = make_link(fixture, fixture->good, 5000, NULL);
    g_autoptr(GVariant) role = NULL;

    assert_null(recall_a11y_link_ask(link, RECALL_A11Y_ROOT_PATH, RECALL_A11Y_ACCESSIBLE,
                                     "NoSuchMethod", NULL, "(u)"));
    assert_null(recall_a11y_link_ask(link, RECALL_A11Y_ROOT_PATH, RECALL_A11Y_ACCESSIBLE, "GetRole",
                                     NULL, "(s)")); /* of another type */
    assert_null(recall_a11y_link_get_property(link, RECALL_A11Y_ROOT_PATH, RECALL_A11Y_ACCESSIBLE,
                                              "Name", "u"));
    assert_null(recall_a11y_link_get_error(link));
    role = recall_a11y_link_ask(link, RECALL_A11Y_ROOT_PATH, RECALL_A11Y_ACCESSIBLE, "GetRole",
                                NULL, "(u)");
    assert_non_null(role);
}

static void
test_the_whole_has_a_deadline(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(RecallA11yLink) link = make_link(fixture, fixture->hung, 200, NULL);
    g_autofree RecallA11yCall *calls = make_calls(N_CALLS, "GetRole");
    int64_t start_us = g_get_monotonic_time();

    assert_false(recall_a11y_link_ask_all(link, calls, N_CALLS));
    assert_int_equal(clear_calls(calls, N_CALLS), 0);
    assert_lost(link, G_IO_ERROR_TIMED_OUT);
    assert_in_range(g_get_monotonic_time() - start_us, 150000, 900000);
    assert_in_range(recall_a11y_link_n_calls(link), 1, RECALL_A11Y_LINK_N_IN_FLIGHT);
}

static void
test_so_does_each_call(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(RecallA11yLink) link = make_link(fixture, fixture->hung, 20000, NULL);
    int64_t start_us = g_get_monotonic_time();

    assert_null(recall_a11y_link_ask(link, RECALL_A11Y_ROOT_PATH, RECALL_A11Y_ACCESSIBLE, "GetRole",
                                     NULL, "(u)"));
    assert_lost(link, G_IO_ERROR_TIMED_OUT);
    assert_in_range(g_get_monotonic_time() - start_us,
                    (RECALL_A11Y_LINK_CALL_DEADLINE_MS - 50) * 1000,
                    (RECALL_A11Y_LINK_CALL_DEADLINE_MS + 700) * 1000);
}

static void
test_a_name_without_owner(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(RecallA11yLink) link = recall_a11y_link_new(fixture->wire, ":1.4711", 5000, NULL);

    assert_null(recall_a11y_link_ask(link, RECALL_A11Y_ROOT_PATH, RECALL_A11Y_ACCESSIBLE, "GetRole",
                                     NULL, "(u)"));
    assert_lost(link, G_IO_ERROR_NOT_CONNECTED);
}

static void
test_cancelled_before_it_began(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(RecallA11yLink) link = NULL;
    g_autofree RecallA11yCall *calls = make_calls(3, "GetRole");

    g_cancellable_cancel(cancellable);
    link = make_link(fixture, fixture->good, 5000, cancellable);
    assert_false(recall_a11y_link_ask_all(link, calls, 3));
    assert_lost(link, G_IO_ERROR_CANCELLED);
    assert_int_equal(recall_a11y_link_n_calls(link), 0);
}

static void *
cancel_soon(void *cancellable)
{
    g_usleep(100000);
    g_cancellable_cancel(cancellable);
    return NULL;
}

static void
test_cancelled_while_it_waits(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(RecallA11yLink) link = make_link(fixture, fixture->hung, 5000, cancellable);
    GThread *thread = g_thread_new("cancel", cancel_soon, cancellable);
    int64_t start_us = g_get_monotonic_time();

    assert_null(recall_a11y_link_ask(link, RECALL_A11Y_ROOT_PATH, RECALL_A11Y_ACCESSIBLE, "GetRole",
                                     NULL, "(u)"));
    assert_lost(link, G_IO_ERROR_CANCELLED);
    assert_in_range(g_get_monotonic_time() - start_us, 50000, 700000);
    g_thread_join(thread);
}

static void
test_the_next_link_is_not_disturbed(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(RecallA11yLink) lost = make_link(fixture, fixture->hung, 200, NULL);
    g_autoptr(RecallA11yLink) link = make_link(fixture, fixture->good, 5000, NULL);
    g_autofree RecallA11yCall *calls = make_calls(N_CALLS, "GetRole");

    assert_false(recall_a11y_link_ask_all(lost, calls, N_CALLS));
    assert_true(recall_a11y_link_ask_all(link, calls, N_CALLS));
    assert_int_equal(clear_calls(calls, N_CALLS), N_CALLS);
}

static void
test_number_of_calls_is_bounded(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(RecallA11yLink) link = make_link(fixture, fixture->good, 25000, NULL);
    g_autofree RecallA11yCall *calls = make_calls(RECALL_A11Y_LINK_N_CALLS_MAX, "GetRole");

    assert_true(recall_a11y_link_ask_all(link, calls, RECALL_A11Y_LINK_N_CALLS_MAX));
    assert_int_equal(clear_calls(calls, RECALL_A11Y_LINK_N_CALLS_MAX),
                     RECALL_A11Y_LINK_N_CALLS_MAX);
    calls[0].parameters = g_variant_new("(s)", "not leaked");
    assert_false(recall_a11y_link_ask_all(link, calls, 1));
    assert_lost(link, G_IO_ERROR_TIMED_OUT);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_calls_are_all_answered),
        cmocka_unit_test(test_a_refused_call_loses_nothing),
        cmocka_unit_test(test_the_whole_has_a_deadline),
        cmocka_unit_test(test_so_does_each_call),
        cmocka_unit_test(test_a_name_without_owner),
        cmocka_unit_test(test_cancelled_before_it_began),
        cmocka_unit_test(test_cancelled_while_it_waits),
        cmocka_unit_test(test_the_next_link_is_not_disturbed),
        cmocka_unit_test(test_number_of_calls_is_bounded),
    };

    fake_app_run_if_asked(argc, argv);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
