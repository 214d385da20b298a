/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/painted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* One window of 100 by 100 pixels at @x, 0, of which what is left of @shown_to is visible. */
static GPtrArray *
make_list(uint32_t xid, int x, int shown_to)
{
    GPtrArray *windows = g_ptr_array_new_with_free_func((GDestroyNotify)recall_window_unref);
    RecallWindow *window = recall_window_new();

    window->xid = xid;
    window->rect = (BaseRect){x, 0, 100, 100};
    pixman_region32_union_rect(&window->visible, &window->visible, x, 0, (unsigned)(shown_to - x),
                               100);
    g_ptr_array_add(windows, window);
    return windows;
}

/* Whether just the columns from @start to @end are painted. */
static gboolean
is_painted(const GPtrArray *windows, int start, int end)
{
    RecallWindow *window = windows->pdata[0];
    pixman_region32_t expected;
    gboolean is_same;

    pixman_region32_init_rect(&expected, start, 0, (unsigned)(end - start), 100);
    is_same = pixman_region32_equal(&expected, &window->painted);
    pixman_region32_fini(&expected);
    return is_same;
}

static void
update(const GPtrArray *windows, const GPtrArray *last, int start, int end)
{
    pixman_region32_t damage;

    pixman_region32_init_rect(&damage, start, 0, (unsigned)(end - start), 100);
    recall_painted_update(windows, last, &damage);
    pixman_region32_fini(&damage);
}

/* A new window counts as far as it has drawn, and stays so while nothing happens. */
static void
test_new(void **state)
{
    g_autoptr(GPtrArray) windows = make_list(1, 0, 100);

    update(windows, NULL, 0, 0);
    assert_true(is_painted(windows, 0, 0));
    update(windows, windows, 0, 40);
    assert_true(is_painted(windows, 0, 40));
    update(windows, windows, 500, 600);
    assert_true(is_painted(windows, 0, 40));
    update(windows, windows, 0, 600);
    assert_true(is_painted(windows, 0, 100));
}

/* What lay over it is closed and it hangs: only what it showed before is its own. */
static void
test_uncovered(void **state)
{
    g_autoptr(GPtrArray) covered = make_list(1, 0, 30);
    g_autoptr(GPtrArray) whole = make_list(1, 0, 100);
    g_autoptr(GPtrArray) again = make_list(1, 0, 30);

    update(covered, NULL, 0, 100);
    assert_true(is_painted(covered, 0, 30));
    update(whole, covered, 0, 0);
    assert_true(is_painted(whole, 0, 30));
    update(whole, whole, 20, 90);
    assert_true(is_painted(whole, 0, 90));
    update(again, whole, 0, 0);
    assert_true(is_painted(again, 0, 30));
}

static void
test_moved(void **state)
{
    g_autoptr(GPtrArray) before = make_list(1, 0, 60);
    g_autoptr(GPtrArray) after = make_list(1, 200, 300);
    g_autoptr(GPtrArray) other = make_list(2, 200, 300);

    update(before, NULL, 0, 1000);
    update(after, before, 0, 0);
    assert_true(is_painted(after, 200, 260));
    update(other, before, 0, 0);
    assert_true(is_painted(other, 200, 200));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),
        cmocka_unit_test(test_uncovered),
        cmocka_unit_test(test_moved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
