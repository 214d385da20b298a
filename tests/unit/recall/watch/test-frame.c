/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define WIDTH_PX 400
#define HEIGHT_PX 300

static void
fill(RecallFrame *frame, const BaseRect *rect, uint32_t colour)
{
    g_autofree uint32_t *pixels = g_new(uint32_t, (size_t)rect->width * rect->height);

    for (int i = 0; i < rect->width * rect->height; i++)
        pixels[i] = colour;
    recall_frame_put(frame, rect, (uint8_t *)pixels, (size_t)rect->width * 4);
}

/* Returns: pixels to read after this moment */
static int
end_moment(RecallFrame *frame, gboolean at_rest)
{
    pixman_region32_t fresh;
    pixman_box32_t *boxes;
    int n_boxes;
    int area = 0;

    pixman_region32_init(&fresh);
    recall_frame_end_moment(frame, at_rest, &fresh);
    if (pixman_region32_not_empty(&fresh)) { /* it is read */
        pixman_region32_t changed;

        pixman_region32_init(&changed);
        recall_frame_take_changes(frame, &changed);
        pixman_region32_fini(&changed);
    }
    boxes = pixman_region32_rectangles(&fresh, &n_boxes);
    for (int i = 0; i < n_boxes; i++)
        area += (boxes[i].x2 - boxes[i].x1) * (boxes[i].y2 - boxes[i].y1);
    pixman_region32_fini(&fresh);
    return area;
}

static RecallFrame *
new_seen_frame(void)
{
    RecallFrame *frame = recall_frame_new(WIDTH_PX, HEIGHT_PX);

    fill(frame, &(BaseRect){0, 0, WIDTH_PX, HEIGHT_PX}, 0xffffff);
    assert_int_equal(end_moment(frame, TRUE), WIDTH_PX * HEIGHT_PX);
    return frame;
}

static void
test_black_is_fresh_once(void **state)
{
    g_autoptr(RecallFrame) frame = recall_frame_new(WIDTH_PX, HEIGHT_PX);
    BaseRect all = {0, 0, WIDTH_PX, HEIGHT_PX};

    fill(frame, &all, 0);
    assert_int_equal(end_moment(frame, TRUE), WIDTH_PX * HEIGHT_PX);
    fill(frame, &all, 0xff000000); /* the unused byte is not a change */
    assert_int_equal(end_moment(frame, TRUE), 0);
}

static void
test_only_what_differs_is_fresh(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();

    fill(frame, &(BaseRect){0, 0, WIDTH_PX, HEIGHT_PX}, 0xffffff);
    fill(frame, &(BaseRect){70, 40, 2, 2}, 0);
    assert_int_equal(end_moment(frame, TRUE),
                     RECALL_PIXELS_BLOCK_WIDTH_PX * RECALL_PIXELS_BLOCK_HEIGHT_PX);
}

static void
test_caret_is_read_once(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();
    BaseRect caret = {100, 100, 2, 20};
    int n_read = 0;

    for (int i = 0; i < 40; i++) {
        fill(frame, &caret, i % 2 ? 0xffffff : 0);
        n_read += end_moment(frame, TRUE) > 0;
    }
    assert_int_equal(n_read, 1);
}

/* Returns: whether the moment is to be read; it is not */
static gboolean
is_fresh(RecallFrame *frame)
{
    pixman_region32_t fresh;
    gboolean is_so;

    pixman_region32_init(&fresh);
    recall_frame_end_moment(frame, TRUE, &fresh);
    is_so = pixman_region32_not_empty(&fresh);
    pixman_region32_fini(&fresh);
    return is_so;
}

/* Something was put in and taken back before anybody read it, and put in again. */
static void
test_what_was_not_read_is_not_known(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();
    BaseRect word = {100, 100, 60, 20};

    fill(frame, &word, 0);
    assert_true(is_fresh(frame));
    fill(frame, &word, 0xffffff);
    assert_int_not_equal(end_moment(frame, TRUE), 0); /* read as it was at first */
    fill(frame, &word, 0);
    assert_int_not_equal(end_moment(frame, TRUE), 0);
    fill(frame, &word, 0xffffff);
    assert_int_equal(end_moment(frame, TRUE), 0); /* both are known now */
}

static void
test_forgotten_look_is_fresh(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();
    BaseRect word = {100, 100, 60, 20};
    pixman_region32_t region;

    fill(frame, &word, 0);
    assert_int_not_equal(end_moment(frame, TRUE), 0);
    pixman_region32_init_rect(&region, 110, 105, 1, 1);
    recall_frame_forget_looks(frame, &region);
    pixman_region32_fini(&region);
    fill(frame, &word, 0xffffff);
    assert_int_not_equal(end_moment(frame, TRUE), 0);
}

/* Around what differs, and no more; a blink is none. */
static void
test_changes_are_exact(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();
    pixman_region32_t changed;
    pixman_region32_t none;

    pixman_region32_init(&changed);
    pixman_region32_init(&none);
    fill(frame, &(BaseRect){70, 40, 3, 2}, 0);
    assert_true(is_fresh(frame) && recall_frame_has_changes(frame));
    recall_frame_take_changes(frame, &changed);
    assert_int_equal(pixman_region32_extents(&changed)->x1, 70);
    assert_int_equal(pixman_region32_extents(&changed)->x2, 73);
    assert_int_equal(pixman_region32_extents(&changed)->y2, 42);
    fill(frame, &(BaseRect){70, 40, 3, 2}, 0xffffff);
    assert_false(is_fresh(frame));
    recall_frame_add_changes(frame, &none);
    assert_false(pixman_region32_not_empty(&none));
    pixman_region32_fini(&changed);
    pixman_region32_fini(&none);
}

static void
test_large_change_back_is_read_again(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();
    BaseRect page = {0, 0, WIDTH_PX, HEIGHT_PX};

    for (int i = 0; i < 6; i++) {
        fill(frame, &page, i % 2 ? 0xffffff : 0);
        assert_int_not_equal(end_moment(frame, TRUE), 0);
    }
}

static void
test_video_is_kept_back_and_text_beside_it_is_not(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();
    BaseRect video = {0, 0, 192, 160};

    for (uint32_t i = 0; i < 20; i++) {
        fill(frame, &video, i * 1111);
        if (i < RECALL_FRAME_N_BUSY - 1)
            assert_int_not_equal(end_moment(frame, FALSE), 0);
        else
            assert_int_equal(end_moment(frame, FALSE), 0);
    }
    assert_true(recall_frame_has_busy(frame));
    fill(frame, &video, 77777);
    fill(frame, &(BaseRect){320, 256, 30, 10}, 0);
    assert_int_equal(end_moment(frame, FALSE),
                     RECALL_PIXELS_BLOCK_WIDTH_PX * RECALL_PIXELS_BLOCK_HEIGHT_PX);
    assert_true(recall_frame_has_busy(frame));
}

static void
test_video_that_rests_is_fresh(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();
    BaseRect video = {0, 0, 192, 160};

    for (uint32_t i = 0; i < 10; i++) {
        fill(frame, &video, i * 1111);
        end_moment(frame, FALSE);
    }
    assert_int_equal(end_moment(frame, TRUE), video.width * video.height);
    assert_false(recall_frame_has_busy(frame));
}

static void
test_busy_can_be_sampled(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();
    pixman_region32_t fresh;

    for (uint32_t i = 0; i < 10; i++) {
        fill(frame, &(BaseRect){0, 0, 64, 32}, i * 1111);
        end_moment(frame, FALSE);
    }
    pixman_region32_init(&fresh);
    recall_frame_take_busy(frame, &fresh);
    assert_int_equal(pixman_region32_extents(&fresh)->x2, 64);
    assert_false(recall_frame_has_busy(frame));
    pixman_region32_fini(&fresh);
}

static void
test_ink(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();
    BaseRect word = {40, 40, 60, 16};

    assert_false(recall_frame_has_ink(frame, &word));
    fill(frame, &(BaseRect){50, 45, 2, 8}, 0xfafafa); /* hardly to be seen */
    assert_false(recall_frame_has_ink(frame, &word));
    fill(frame, &(BaseRect){50, 45, 2, 8}, 0x808080);
    assert_true(recall_frame_has_ink(frame, &word));
    assert_true(recall_frame_has_ink(frame, &(BaseRect){WIDTH_PX + 1, 0, 5, 5}));
}

static void
test_hidden_and_shown_again(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();
    BaseRect all = {0, 0, WIDTH_PX, HEIGHT_PX};

    recall_frame_fold(frame);
    assert_null(recall_frame_get_pixels(frame));
    fill(frame, &all, 0xffffff);
    assert_int_equal(end_moment(frame, TRUE), 0);
    recall_frame_fold(frame);
    recall_frame_fold(frame);
    fill(frame, &all, 0xfffffe);
    assert_int_equal(end_moment(frame, TRUE), WIDTH_PX * HEIGHT_PX);
}

static void
test_shown_again_in_part(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();

    recall_frame_fold(frame);
    fill(frame, &(BaseRect){0, 0, 96, HEIGHT_PX}, 0xffffff);
    assert_int_equal(end_moment(frame, TRUE), 64 * HEIGHT_PX); /* the half blocks */
    fill(frame, &(BaseRect){96, 0, WIDTH_PX - 96, HEIGHT_PX}, 0xffffff);
    assert_int_equal(end_moment(frame, TRUE), 64 * HEIGHT_PX);
}

static void
test_held_pixels_stay(void **state)
{
    g_autoptr(RecallFrame) frame = recall_frame_new(WIDTH_PX, HEIGHT_PX);
    BaseRect left = {0, 0, 64, HEIGHT_PX};
    BaseRect right = {64, 0, 64, HEIGHT_PX};
    BaseRect across = {32, 0, 32, 32};

    fill(frame, &left, 0xffffff);
    recall_frame_hold(frame);
    fill(frame, &right, 0xffffff);
    fill(frame, &(BaseRect){32, 0, 8, 8}, 0);
    assert_int_equal(recall_frame_get_pixels(frame)[32 * 4], 0xff);
    assert_false(recall_frame_has_ink(frame, &across));
    assert_int_equal(pixman_region32_extents((pixman_region32_t *)recall_frame_get_seen(frame))->x2,
                     64);
    assert_int_equal(end_moment(frame, TRUE),
                     128 * HEIGHT_PX); /* changes are counted all the same */
    recall_frame_release(frame);
    assert_int_equal(recall_frame_get_pixels(frame)[32 * 4], 0);
    assert_true(recall_frame_has_ink(frame, &across));
    recall_frame_hold(frame);
    recall_frame_fold(frame);
    assert_null(recall_frame_get_pixels(frame));
}

static void
test_painted_for_a_while(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();
    const uint8_t *pixels;
    const uint8_t *row;
    pixman_region32_t region;
    uint8_t *before;

    fill(frame, &(BaseRect){0, 0, WIDTH_PX, HEIGHT_PX}, 0x123456);
    pixels = recall_frame_get_pixels(frame);
    row = pixels + (size_t)10 * WIDTH_PX * 4;
    pixman_region32_init(&region);
    assert_null(recall_frame_paint(frame, &region));
    recall_frame_unpaint(frame, &region, NULL);
    /* it may reach out of the frame, and be of several parts */
    pixman_region32_init_rect(&region, -5, 10, 25, HEIGHT_PX);
    pixman_region32_union_rect(&region, &region, WIDTH_PX - 8, 5, 100, 10);
    before = recall_frame_paint(frame, &region);
    assert_int_equal(pixels[0], 0x56);
    assert_int_not_equal(row[0], 0x56);
    assert_int_not_equal(row[19 * 4], 0x56);
    assert_int_equal(row[20 * 4], 0x56);
    assert_int_not_equal(row[(WIDTH_PX - 1) * 4], 0x56);
    recall_frame_unpaint(frame, &region, before);
    for (size_t i = 0; i < (size_t)WIDTH_PX * HEIGHT_PX; i++)
        assert_int_equal(pixels[i * 4], 0x56);
    assert_int_equal(end_moment(frame, TRUE), (size_t)WIDTH_PX * HEIGHT_PX);
    assert_int_equal(end_moment(frame, TRUE), 0);
    pixman_region32_fini(&region);
}

static void
test_what_is_held_is_painted(void **state)
{
    g_autoptr(RecallFrame) frame = new_seen_frame();
    BaseRect all = {0, 0, WIDTH_PX, HEIGHT_PX};
    pixman_region32_t region;
    uint8_t *before;

    fill(frame, &all, 0x123456);
    recall_frame_hold(frame);
    fill(frame, &all, 0x654321);
    pixman_region32_init_rect(&region, 0, 0, 10, 10);
    before = recall_frame_paint(frame, &region);
    assert_int_not_equal(recall_frame_get_pixels(frame)[0], 0x56);
    recall_frame_unpaint(frame, &region, before);
    assert_int_equal(recall_frame_get_pixels(frame)[0], 0x56);
    recall_frame_release(frame);
    assert_int_equal(recall_frame_get_pixels(frame)[0], 0x21);
    pixman_region32_fini(&region);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_black_is_fresh_once),
        cmocka_unit_test(test_only_what_differs_is_fresh),
        cmocka_unit_test(test_caret_is_read_once),
        cmocka_unit_test(test_what_was_not_read_is_not_known),
        cmocka_unit_test(test_forgotten_look_is_fresh),
        cmocka_unit_test(test_changes_are_exact),
        cmocka_unit_test(test_large_change_back_is_read_again),
        cmocka_unit_test(test_video_is_kept_back_and_text_beside_it_is_not),
        cmocka_unit_test(test_video_that_rests_is_fresh),
        cmocka_unit_test(test_busy_can_be_sampled),
        cmocka_unit_test(test_ink),
        cmocka_unit_test(test_hidden_and_shown_again),
        cmocka_unit_test(test_shown_again_in_part),
        cmocka_unit_test(test_held_pixels_stay),
        cmocka_unit_test(test_painted_for_a_while),
        cmocka_unit_test(test_what_is_held_is_painted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
