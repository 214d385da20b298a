/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/quarantine.h"

#include "recall/vault/segment.h"

#include <glib/gstdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define WEEK 2967

static char *
path_of(void **state, const char *ending)
{
    g_autofree char *name = recall_segment_dup_name(WEEK);

    return g_strdup_printf("%s/%s%s", (char *)*state, name, ending);
}

static void
put(void **state, const char *ending)
{
    g_autofree char *path = path_of(state, ending);

    assert_true(g_file_set_contents(path, ending, -1, NULL));
}

static gboolean
holds(void **state, const char *ending, const char *text)
{
    g_autofree char *path = path_of(state, ending);
    g_autofree char *there = NULL;

    return g_file_get_contents(path, &there, NULL, NULL) && g_str_equal(there, text);
}

static unsigned
count(void **state)
{
    g_autoptr(GArray) weeks = recall_quarantine_dup_weeks(*state);

    for (unsigned i = 0; i < weeks->len; i++)
        assert_int_equal(g_array_index(weeks, int, i), WEEK);
    return weeks->len;
}

static int
set_up(void **state)
{
    *state = g_dir_make_tmp("deskhand-quarantine-XXXXXX", NULL);
    return *state != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
    g_autoptr(GDir) dir = g_dir_open(*state, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(*state, name, NULL);

        g_remove(path);
    }
    g_rmdir(*state);
    g_free(*state);
    return 0;
}

/* The log goes with its file, and the second one does not write over the first. */
static void
test_move(void **state)
{
    put(state, "");
    put(state, "-wal");
    assert_true(recall_quarantine_move(*state, WEEK, NULL));
    assert_true(holds(state, ".1.damaged", "") && holds(state, ".1.damaged-wal", "-wal"));
    assert_false(holds(state, "", "") || holds(state, "-wal", "-wal"));
    put(state, "");
    assert_true(recall_quarantine_move(*state, WEEK, NULL));
    assert_true(holds(state, ".2.damaged", "") && holds(state, ".1.damaged-wal", "-wal"));
    assert_int_equal(count(state), 2);
}

static void
test_nothing_to_move(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_false(recall_quarantine_move(*state, WEEK, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
    assert_int_equal(count(state), 0);
}

static void
test_full(void **state)
{
    g_autoptr(GError) error = NULL;

    put(state, "");
    for (unsigned n = 1; n < RECALL_QUARANTINE_N_MAX; n++) {
        g_autofree char *ending = g_strdup_printf(".%u.damaged", n);

        put(state, ending);
    }
    assert_true(recall_quarantine_move(*state, WEEK, NULL));
    put(state, "");
    assert_false(recall_quarantine_move(*state, WEEK, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_EXISTS));
    assert_true(holds(state, "", ""));
    assert_int_equal(count(state), RECALL_QUARANTINE_N_MAX);
}

static void
test_destroy(void **state)
{
    put(state, "");
    put(state, ".1.damaged");
    put(state, ".1.damaged-wal");
    assert_int_equal(recall_quarantine_destroy(*state, WEEK + 1), 0);
    assert_int_equal(recall_quarantine_destroy(*state, WEEK), 1);
    assert_true(holds(state, "", ""));
    assert_false(holds(state, ".1.damaged-wal", ".1.damaged-wal"));
    assert_int_equal(count(state), 0);
}

static void
test_names(void **state)
{
    g_autofree char *own = recall_segment_dup_name(WEEK);
    g_autofree char *aside = g_strconcat(own, ".12.damaged", NULL);

    assert_true(recall_quarantine_is_name(aside, WEEK) && recall_quarantine_is_name(aside, -1));
    assert_false(recall_quarantine_is_name(aside, WEEK + 1));
    assert_false(recall_quarantine_is_name(own, WEEK));
    assert_false(recall_quarantine_is_name("keyring.damaged", -1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_move),    TEST(test_nothing_to_move), TEST(test_full),
        TEST(test_destroy), TEST(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
