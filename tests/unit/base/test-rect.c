/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/rect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
assert_rect(const BaseRect *rect, int x, int y, int width, int height)
{
    assert_int_equal(rect->x, x);
    assert_int_equal(rect->y, y);
    assert_int_equal(rect->width, width);
    assert_int_equal(rect->height, height);
}

static void
test_empty(void **state)
{
    assert_true(base_rect_is_empty(&(BaseRect){5, 5, 0, 9}));
    assert_true(base_rect_is_empty(&(BaseRect){5, 5, 9, -1}));
    assert_false(base_rect_is_empty(&(BaseRect){-5, -5, 1, 1}));
}

static void
test_intersect(void **state)
{
    BaseRect a = {0, 0, 100, 50};
    BaseRect common = {7, 7, 7, 7};

    assert_true(base_rect_intersect(&a, &(BaseRect){-10, 40, 30, 30}, &common));
    assert_rect(&common, 0, 40, 20, 10);
    assert_false(base_rect_intersect(&a, &(BaseRect){100, 0, 10, 10}, &common)); /* only touches */
    assert_rect(&common, 0, 0, 0, 0);
    assert_true(base_rect_intersect(&a, &(BaseRect){99, 49, 10, 10}, NULL));
    assert_true(base_rect_intersect(&a, &(BaseRect){10, 10, 5, 5}, &a)); /* into its own input */
    assert_rect(&a, 10, 10, 5, 5);
}

static void
test_union(void **state)
{
    BaseRect a = {10, 10, 10, 10};

    base_rect_union(&a, &(BaseRect){-5, 12, 5, 40}, &a);
    assert_rect(&a, -5, 10, 25, 42);
    base_rect_union(&a, &(BaseRect){1000, 1000, 0, 0}, &a); /* an empty one does not count */
    assert_rect(&a, -5, 10, 25, 42);
}

static void
test_grow(void **state)
{
    BaseRect a = {10, 20, 30, 40};

    a = base_rect_grow(&a, 5);
    assert_rect(&a, 5, 15, 40, 50);
    assert_true(base_rect_has_centre(&a, &(BaseRect){-20, 10, 60, 50}));
    assert_false(base_rect_has_centre(&a, &(BaseRect){-60, 10, 100, 50}));
}

static void
test_contains(void **state)
{
    BaseRect outer = {0, 0, 10, 10};

    assert_true(base_rect_contains(&outer, &outer));
    assert_true(base_rect_contains(&outer, &(BaseRect){9, 9, 1, 1}));
    assert_false(base_rect_contains(&outer, &(BaseRect){9, 9, 2, 1}));
    assert_true(base_rect_equal(&outer, &(BaseRect){0, 0, 10, 10}));
    assert_false(base_rect_equal(&outer, &(BaseRect){0, 0, 10, 11}));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),    cmocka_unit_test(test_intersect),
        cmocka_unit_test(test_union),    cmocka_unit_test(test_grow),
        cmocka_unit_test(test_contains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
