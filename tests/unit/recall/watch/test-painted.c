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

/* Columns: @start to @end. */
typedef struct {
    int start;
    int end;
} Columns;

static void
init_region(pixman_region32_t *region, Columns columns)
{
    pixman_region32_init_rect(region, columns.start, 0, (unsigned)(columns.end - columns.start),
                              100);
}

/* @windows follow @last, and @damage happened between them: just @painted is painted then. */
static void
assert_painted(const GPtrArray *windows, const GPtrArray *last, Columns damage, Columns painted)
{
    RecallWindow *window = windows->pdata[0];
    pixman_region32_t region;

    init_region(&region, damage);
    recall_painted_update(windows, last, &region);
    pixman_region32_fini(&region);
    init_region(&region, painted);
    assert_true(pixman_region32_equal(&region, &window->painted));
    pixman_region32_fini(&region);
}

static const Columns none = {0, 0};
static const Columns all = {0, 1000};

/* A new window counts as far as it has drawn, and stays so while nothing happens. */
static void
test_new(void **state)
{
    g_autoptr(GPtrArray) windows = make_list(1, 0, 100);

    assert_painted(windows, NULL, none, none);
    assert_painted(windows, windows, (Columns){0, 40}, (Columns){0, 40});
    assert_painted(windows, windows, (Columns){500, 600}, (Columns){0, 40});
    assert_painted(windows, windows, all, (Columns){0, 100});
}

/* What lay over it is closed and it hangs: only what it showed before is its own. */
static void
test_uncovered(void **state)
{
    g_autoptr(GPtrArray) covered = make_list(1, 0, 30);
    g_autoptr(GPtrArray) whole = make_list(1, 0, 100);
    g_autoptr(GPtrArray) again = make_list(1, 0, 30);

    assert_painted(covered, NULL, all, (Columns){0, 30});
    assert_painted(whole, covered, none, (Columns){0, 30});
    assert_painted(whole, whole, (Columns){20, 90}, (Columns){0, 90});
    assert_painted(again, whole, none, (Columns){0, 30});
}

static void
test_moved(void **state)
{
    g_autoptr(GPtrArray) before = make_list(1, 0, 60);
    g_autoptr(GPtrArray) after = make_list(1, 200, 300);
    g_autoptr(GPtrArray) other = make_list(2, 200, 300);

    assert_painted(before, NULL, all, (Columns){0, 60});
    assert_painted(after, before, none, (Columns){200, 260});
    assert_painted(other, before, none, (Columns){200, 200});
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
