/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/content.h"

#include "recall/watch/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SIDE_PX 400
#define INK 0x00123456

typedef struct {
    RecallContent *content;
    pixman_region32_t all;
    pixman_region32_t none;
} Seen;

static void
put(RecallContent *content, const BaseRect *rect)
{
    g_autofree uint32_t *pixels = g_new(uint32_t, (size_t)rect->width * rect->height);

    for (int i = 0; i < rect->width * rect->height; i++)
        pixels[i] = INK + (uint32_t)i % 2;
    recall_frame_put(recall_content_get_frame(content), rect, (uint8_t *)pixels,
                     (size_t)rect->width * 4);
}

/* What stands out, as letters do. */
static void
put_letters(RecallContent *content, const BaseRect *rect)
{
    g_autofree uint32_t *pixels = g_new(uint32_t, (size_t)rect->width * rect->height);

    for (int i = 0; i < rect->width * rect->height; i++)
        pixels[i] = i % 4 < 2 ? 0 : 0x00FFFFFF;
    recall_frame_put(recall_content_get_frame(content), rect, (uint8_t *)pixels,
                     (size_t)rect->width * 4);
}

static void
end_moment(Seen *self)
{
    pixman_region32_t fresh;

    pixman_region32_init(&fresh);
    recall_frame_end_moment(recall_content_get_frame(self->content), TRUE, &fresh);
    pixman_region32_fini(&fresh);
}

static int
set_up(void **state)
{
    Seen *self = g_new0(Seen, 1);

    self->content = recall_content_new();
    recall_content_begin(self->content, SIDE_PX, SIDE_PX);
    pixman_region32_init_rect(&self->all, 0, 0, SIDE_PX, SIDE_PX);
    pixman_region32_init(&self->none);
    recall_content_set_visible(self->content, &self->all);
    put(self->content, &(BaseRect){0, 0, SIDE_PX, SIDE_PX});
    end_moment(self);
    *state = self;
    return 0;
}

static int
tear_down(void **state)
{
    Seen *self = *state;

    recall_content_free(self->content);
    pixman_region32_fini(&self->all);
    pixman_region32_fini(&self->none);
    g_free(self);
    return 0;
}

/* The application speaks for @rect. */
static void
tell(Seen *self, const BaseRect *rect)
{
    g_autoptr(RecallText) text = recall_text_new();

    pixman_region32_union_rect(&text->covered, &text->covered, rect->x, rect->y,
                               (unsigned)rect->width, (unsigned)rect->height);
    recall_content_take_accessible(self->content, text);
}

/* Whether the pixel is in the picture as it was seen. */
static gboolean
is_kept(Seen *self, size_t x, size_t y)
{
    RecallFrame *frame = recall_content_get_frame(self->content);
    uint32_t pixel;

    recall_content_paint(self->content);
    memcpy(&pixel, recall_frame_get_pixels(frame) + y * recall_frame_get_stride(frame) + 4 * x, 4);
    recall_content_unpaint(self->content);
    return (pixel & 0xFFFFFE) == (INK & 0xFFFFFE);
}

static gboolean
is_painted(Seen *self, size_t x, size_t y)
{
    RecallFrame *frame = recall_content_get_frame(self->content);
    uint32_t pixel;

    recall_content_paint(self->content);
    memcpy(&pixel, recall_frame_get_pixels(frame) + y * recall_frame_get_stride(frame) + 4 * x, 4);
    recall_content_unpaint(self->content);
    return (pixel & 0xFFFFFF) == 0xB0B0B0;
}

static void
test_told_is_kept(void **state)
{
    Seen *self = *state;

    tell(self, &(BaseRect){0, 0, SIDE_PX, 200});
    recall_content_hold(self->content, &self->all, &self->none);
    assert_true(is_kept(self, 100, 100));
    assert_false(is_kept(self, 100, 300)); /* OCR has not read it */
    assert_true(recall_content_has_unread(self->content));
}

/* Covered, and yet no run tells of it. */
static void
test_untold_is_painted(void **state)
{
    Seen *self = *state;
    g_autoptr(RecallText) text = recall_text_new();

    pixman_region32_copy(&text->covered, &self->all);
    pixman_region32_union_rect(&text->untold, &text->untold, 0, 64, SIDE_PX, 32);
    recall_content_take_accessible(self->content, text);
    recall_content_hold(self->content, &self->all, &self->none);
    assert_true(is_kept(self, 100, 20));
    assert_false(is_kept(self, 100, 80));
    tell(self, &(BaseRect){0, 0, SIDE_PX, SIDE_PX});
    assert_true(is_kept(self, 100, 80));
}

/* A field was where the head of a column stands now. */
static void
test_label_in_secret_place(void **state)
{
    static const BaseRect boxes[] = {{40, 40, 80, 20}, {40, 64, 110, 20}};
    Seen *self = *state;
    g_autoptr(RecallText) text = recall_text_new();
    g_autoptr(GPtrArray) runs = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(boxes); i++) {
        put_letters(self->content, &boxes[i]);
        g_ptr_array_add(text->runs, recall_run_new(g_strdup(i == 0 ? "Password" : "Bongo#Drum7"),
                                                   &boxes[i], PROTOCOL_SOURCE_ACCESSIBLE));
    }
    end_moment(self);
    pixman_region32_copy(&text->covered, &self->all);
    pixman_region32_union_rect(&text->secret, &text->secret, 30, 36, 200, 26);
    recall_content_take_accessible(self->content, text);
    recall_content_hold(self->content, &self->all, &self->none);
    runs = recall_content_dup_runs(self->content, 1);
    assert_int_equal(runs->len, 1);
    assert_null(strstr(((RecallRun *)runs->pdata[0])->text, "Bongo"));
}

/* A secret is told where nothing stands: it stands elsewhere, so nothing of the picture is kept. */
static void
test_misplaced_secret(void **state)
{
    Seen *self = *state;
    g_autoptr(RecallText) text = recall_text_new();
    g_autofree uint8_t *blank = g_malloc0(4 * 200 * 20);
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    g_autoptr(GPtrArray) kept = NULL;
    BaseRect box = {100, 100, 100, 20};

    recall_frame_put(recall_content_get_frame(self->content), &(BaseRect){100, 100, 200, 20}, blank,
                     4 * 200);
    end_moment(self);
    pixman_region32_copy(&text->covered, &self->all);
    g_ptr_array_add(text->runs, recall_run_new(g_strdup("4539 5787 6362 1486"), &box,
                                               PROTOCOL_SOURCE_ACCESSIBLE));
    recall_content_take_accessible(self->content, text);
    recall_content_hold(self->content, &self->all, &self->none);
    assert_true(is_kept(self, 100, 300));
    assert_true(recall_content_find_doubts(self->content, &self->all, 1));
    assert_false(is_kept(self, 100, 300));
    assert_true(recall_content_has_unread(self->content));

    g_ptr_array_add(runs, recall_run_new(g_strdup("6362 1486"), &(BaseRect){250, 100, 90, 20},
                                         PROTOCOL_SOURCE_OCR));
    recall_content_take_ocr(self->content, runs, &self->none);
    kept = recall_content_dup_runs(self->content, 0);
    assert_int_equal(kept->len, 0);
}

/* A page that is being laid out: the label is told where nothing stands yet. */
static void
test_label_without_pixels(void **state)
{
    Seen *self = *state;
    g_autoptr(RecallText) text = recall_text_new();
    g_autoptr(GPtrArray) kept = NULL;
    g_autofree uint8_t *blank = g_malloc0(4 * 200 * 20);
    BaseRect value = {100, 200, 100, 20};

    recall_frame_put(recall_content_get_frame(self->content), &(BaseRect){100, 100, 200, 20}, blank,
                     4 * 200);
    put_letters(self->content, &value);
    end_moment(self);
    pixman_region32_copy(&text->covered, &self->all);
    g_ptr_array_add(text->runs, recall_run_new(g_strdup("Password:"), &(BaseRect){100, 100, 80, 20},
                                               PROTOCOL_SOURCE_ACCESSIBLE));
    g_ptr_array_add(text->runs,
                    recall_run_new(g_strdup("swordfish"), &value, PROTOCOL_SOURCE_ACCESSIBLE));
    recall_content_take_accessible(self->content, text);
    recall_content_hold(self->content, &self->all, &self->none);
    kept = recall_content_dup_runs(self->content, 1);
    assert_int_equal(kept->len, 1);
    assert_string_equal(((RecallRun *)kept->pdata[0])->text, "•••••");
}

/* Lines told from above, on a page. Returns: (transfer full): the last of them, as it is kept */
static char *
dup_last_kept(Seen *self, const char *url, const char *const *lines, unsigned n)
{
    g_autoptr(RecallText) text = recall_text_new();
    g_autoptr(GPtrArray) kept = NULL;

    for (unsigned i = 0; i < n; i++) {
        BaseRect box = {40, 40 + 24 * (int)i, 80, 20};

        put_letters(self->content, &box);
        g_ptr_array_add(text->runs,
                        recall_run_new(g_strdup(lines[i]), &box, PROTOCOL_SOURCE_ACCESSIBLE));
    }
    end_moment(self);
    pixman_region32_copy(&text->covered, &self->all);
    text->url = g_strdup(url);
    recall_content_take_accessible(self->content, text);
    recall_content_hold(self->content, &self->all, &self->none);
    kept = recall_content_dup_runs(self->content, 1);
    return g_strdup(((RecallRun *)kept->pdata[kept->len - 1])->text);
}

/* A column of passwords is known as long as its page is shown. */
static void
test_column_of_another_page(void **state)
{
    static const char *const lines[] = {"Password", "swordfish", "one", "two", "swordfish"};
    Seen *self = *state;
    g_autofree char *headed = dup_last_kept(self, "https://a.example/x", lines, 2);
    g_autofree char *scrolled = dup_last_kept(self, "https://a.example/x#row", lines + 1, 1);
    g_autofree char *other = dup_last_kept(self, "https://a.example/y", lines + 2, 3);

    assert_string_equal(headed, "•••••");
    assert_string_equal(scrolled, "•••••");
    assert_string_equal(other, "swordfish");
}

/* A cell was filled after its application was asked: the answer knows nothing of it. */
static void
test_changed_since_is_painted(void **state)
{
    Seen *self = *state;
    pixman_region32_t since;

    tell(self, &(BaseRect){0, 0, SIDE_PX, SIDE_PX});
    pixman_region32_init_rect(&since, 0, 64, SIDE_PX, 64);
    recall_content_hold(self->content, &self->all, &since);
    assert_true(is_kept(self, 100, 20));
    assert_false(is_kept(self, 100, 100));
    assert_true(recall_content_has_unread(self->content));
    recall_frame_release(recall_content_get_frame(self->content));

    tell(self, &(BaseRect){0, 0, SIDE_PX, SIDE_PX});
    recall_content_hold(self->content, &since, &self->none);
    assert_true(is_kept(self, 100, 100));
    assert_false(recall_content_has_unread(self->content));
    pixman_region32_fini(&since);
}

/* A window that lies over it since has no part of its text in the scene, nor of its pixels. */
static void
test_covered_while_read_is_painted(void **state)
{
    Seen *self = *state;
    g_autoptr(GPtrArray) runs = g_ptr_array_new();
    g_autoptr(GPtrArray) kept = NULL;
    g_autoptr(RecallRun) run =
        recall_run_new(g_strdup("walrus"), &(BaseRect){80, 290, 60, 20}, PROTOCOL_SOURCE_OCR);
    pixman_region32_t left;

    put_letters(self->content, &run->box);
    tell(self, &(BaseRect){0, 0, SIDE_PX, 200});
    recall_content_hold(self->content, &self->all, &self->none);
    assert_true(recall_content_find_wanted(self->content, &self->all, NULL));
    pixman_region32_init_rect(&left, 0, 0, SIDE_PX, 250);
    recall_content_set_visible(self->content, &left);
    pixman_region32_fini(&left);

    g_ptr_array_add(runs, run);
    recall_content_take_ocr(self->content, runs, &self->none);
    kept = recall_content_dup_runs(self->content, 0);
    assert_int_equal(kept->len, 0);
    assert_false(is_kept(self, 100, 350));
    assert_true(is_kept(self, 100, 230));

    recall_content_set_visible(self->content, &self->all);
    recall_content_take_ocr(self->content, runs, &self->none);
    assert_true(is_kept(self, 100, 350));
}

/* A text view scrolls without end: its application tells lines, but they stand elsewhere by now. */
static void
test_motion_is_left(void **state)
{
    Seen *self = *state;
    g_autoptr(RecallText) text = recall_text_new();
    pixman_box32_t beyond = {0, 64, SIDE_PX, SIDE_PX};
    pixman_region32_t left;

    pixman_region32_init(&left);
    put_letters(self->content, &(BaseRect){80, 290, 60, 20});
    pixman_region32_union_rect(&text->covered, &text->covered, 0, 0, SIDE_PX, 50);
    pixman_region32_copy(&text->spoken, &self->all);
    recall_content_take_accessible(self->content, text);
    recall_content_hold(self->content, &self->all, &self->none);
    assert_false(recall_content_find_wanted(self->content, &self->all, &left));
    assert_int_equal(pixman_region32_contains_rectangle(&left, &beyond), PIXMAN_REGION_IN);
    assert_false(is_kept(self, 100, 100));
    assert_true(recall_content_find_wanted(self->content, &left, NULL)); /* it came to rest */

    pixman_region32_clear(&text->spoken); /* a picture beside it is nothing that is told */
    pixman_region32_union_rect(&text->spoken, &text->spoken, 0, 0, SIDE_PX, 200);
    recall_content_take_accessible(self->content, text);
    assert_true(recall_content_find_wanted(self->content, &self->all, &left));
    pixman_region32_fini(&left);
}

#define CARD "4539 5787 6362 1486"
static const BaseRect card_box = {100, 100, 160, 20};

/* Everything was read, and the card was found. */
static void
show_card(Seen *self)
{
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);

    put_letters(self->content, &card_box);
    end_moment(self);
    recall_content_hold(self->content, &self->all, &self->none);
    assert_true(recall_content_find_wanted(self->content, &self->all, NULL));
    g_ptr_array_add(runs, recall_run_new(g_strdup(CARD), &card_box, PROTOCOL_SOURCE_OCR));
    recall_content_take_ocr(self->content, runs, &self->none);
    g_ptr_array_unref(recall_content_dup_runs(self->content, 1));
    recall_frame_release(recall_content_get_frame(self->content));
    assert_true(is_painted(self, 120, 110) && is_painted(self, 240, 110));
    assert_false(is_painted(self, 50, 300));
}

/* What is told of the window from now on. */
static void
tell_line(Seen *self, const char *line, const BaseRect *box)
{
    g_autoptr(RecallText) text = recall_text_new();

    pixman_region32_copy(&text->covered,
                         (pixman_region32_t *)recall_content_get_visible(self->content));
    if (line != NULL)
        g_ptr_array_add(text->runs,
                        recall_run_new(g_strdup(line), box, PROTOCOL_SOURCE_ACCESSIBLE));
    recall_content_take_accessible(self->content, text);
}

/* A dialog lies over most of it: what is left of it is no card, but the picture has all of it. */
static void
test_covered_secret_stays_painted(void **state)
{
    Seen *self = *state;
    g_autoptr(GPtrArray) runs = NULL;
    pixman_region32_t left;

    show_card(self);
    pixman_region32_init_rect(&left, 0, 0, 150, SIDE_PX);
    recall_content_set_visible(self->content, &left);
    pixman_region32_fini(&left);
    runs = recall_content_dup_runs(self->content, 2);
    assert_int_equal(runs->len, 0);
    assert_true(is_painted(self, 120, 110) && is_painted(self, 240, 110));

    tell_line(self, "4539 5", &(BaseRect){100, 100, 50, 20}); /* as far as it is shown */
    recall_content_hold(self->content, &self->none, &self->none);
    g_ptr_array_unref(runs);
    runs = recall_content_dup_runs(self->content, 3);
    assert_int_equal(runs->len, 1);
    assert_string_equal(((RecallRun *)runs->pdata[0])->text, "•••••");
    assert_true(is_painted(self, 120, 110) && is_painted(self, 240, 110));
}

/* It was scrolled out of sight as its application answered, and not yet in the pixels in hand. */
static void
test_secret_is_painted_until_it_goes(void **state)
{
    Seen *self = *state;

    show_card(self);
    tell_line(self, NULL, NULL);
    recall_content_hold(self->content, &self->none, &self->none);
    g_ptr_array_unref(recall_content_dup_runs(self->content, 2));
    assert_true(is_painted(self, 120, 110) && is_painted(self, 240, 110));
    recall_frame_release(recall_content_get_frame(self->content));

    put(self->content, &card_box);
    end_moment(self);
    tell_line(self, NULL, NULL);
    recall_content_hold(self->content, &self->all, &self->none);
    g_ptr_array_unref(recall_content_dup_runs(self->content, 3));
    assert_false(is_painted(self, 120, 110) || is_painted(self, 240, 110));
}

/* The screen changed while the application answered: what it told may be of after that. */
static void
test_distrusted_until_the_next_moment(void **state)
{
    Seen *self = *state;
    pixman_region32_t fresh;

    pixman_region32_init(&fresh);
    tell(self, &(BaseRect){0, 0, SIDE_PX, SIDE_PX});
    recall_content_hold(self->content, &self->all, &self->none);
    recall_content_distrust(self->content, &self->all);
    assert_false(is_kept(self, 100, 100));
    assert_true(recall_content_has_unread(self->content));
    assert_true(recall_content_settle(self->content, &fresh)); /* it was another window */
    assert_true(is_kept(self, 100, 100));
    assert_false(pixman_region32_not_empty(&fresh));

    put_letters(self->content, &card_box);
    end_moment(self);
    tell(self, &(BaseRect){0, 0, SIDE_PX, SIDE_PX});
    recall_content_hold(self->content, &self->all, &self->none);
    recall_content_distrust(self->content, &self->all);
    put_letters(self->content, &(BaseRect){300, 300, 50, 20});
    end_moment(self);
    assert_false(recall_content_settle(self->content, &fresh)); /* it was this one */
    assert_true(pixman_region32_contains_point(&fresh, 120, 110, NULL));
    assert_true(is_painted(self, 120, 110));
    pixman_region32_fini(&fresh);
}

/* What is told where nothing changed is of the pixels in hand, however late it came. */
static void
test_distrusted_only_where_it_changed(void **state)
{
    Seen *self = *state;
    pixman_region32_t since;
    pixman_region32_t fresh;

    pixman_region32_init(&fresh);
    pixman_region32_init_rect(&since, 150, 80, 1, 20);
    pixman_region32_union_rect(&since, &since, 190, 80, 10, 20);
    tell(self, &(BaseRect){0, 0, SIDE_PX, SIDE_PX});
    recall_content_hold(self->content, &self->all, &self->none);
    assert_false(recall_content_is_unsettled(self->content));
    recall_content_distrust(self->content, &since);
    assert_true(recall_content_is_unsettled(self->content));
    assert_true(is_kept(self, 149, 90));
    assert_false(is_kept(self, 170, 90)); /* between what changed */
    assert_true(is_kept(self, 100, 200));
    assert_true(recall_content_settle(self->content, &fresh));
    recall_content_distrust(self->content, &self->none);
    assert_false(recall_content_is_unsettled(self->content));
    pixman_region32_fini(&since);
    pixman_region32_fini(&fresh);
}

static void
tell_lines(Seen *self, unsigned n)
{
    g_autoptr(RecallText) text = recall_text_new();

    for (unsigned i = 0; i < n; i++)
        g_ptr_array_add(text->runs, recall_run_new(g_strdup("walrus"),
                                                   &(BaseRect){80, 10 + 20 * (int)i, 60, 16},
                                                   PROTOCOL_SOURCE_ACCESSIBLE));
    recall_content_take_accessible(self->content, text);
}

/* Some lines are told where nothing stands: that is how it was before it scrolled. */
static void
test_lines_that_stand_elsewhere(void **state)
{
    Seen *self = *state;
    pixman_region32_t part;

    pixman_region32_init_rect(&part, 0, 0, SIDE_PX, 40);
    put_letters(self->content, &(BaseRect){80, 10, 60, 216});
    tell_lines(self, 13);
    assert_false(recall_content_is_misplaced(self->content, &self->all)); /* two are hidden */
    tell_lines(self, 14);
    assert_true(recall_content_is_misplaced(self->content, &self->all));
    assert_false(recall_content_is_misplaced(self->content, &part)); /* they were before */
    pixman_region32_fini(&part);
}

/* The caret blinks beside it, and takes the paint off no more than what it covers. */
static void
test_blink_beside_secret(void **state)
{
    Seen *self = *state;

    show_card(self);
    put(self->content, &(BaseRect){180, 100, 1, 20});
    end_moment(self);
    tell_line(self, NULL, NULL);
    recall_content_hold(self->content, &self->all, &self->none);
    g_ptr_array_unref(recall_content_dup_runs(self->content, 2));
    assert_true(is_painted(self, 120, 110) && is_painted(self, 240, 110));
}

/* Somebody began to type a number that turned out to be an ordinary one. */
static void
test_rested_number_is_shown(void **state)
{
    Seen *self = *state;
    BaseRect box = {100, 100, 60, 20};
    int64_t now_us = 1;

    g_ptr_array_unref(recall_content_dup_runs(self->content, now_us));
    put_letters(self->content, &box);
    end_moment(self);
    tell_line(self, "453957", &box);
    recall_content_hold(self->content, &self->all, &self->none);
    g_ptr_array_unref(recall_content_dup_runs(self->content, ++now_us));
    assert_true(is_painted(self, 120, 110));
    g_ptr_array_unref(recall_content_dup_runs(self->content, now_us + RECALL_REDACT_REST_US));
    assert_false(is_painted(self, 120, 110));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_told_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_untold_is_painted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_label_in_secret_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_misplaced_secret, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_label_without_pixels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_column_of_another_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_changed_since_is_painted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_covered_while_read_is_painted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_motion_is_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_covered_secret_stays_painted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_secret_is_painted_until_it_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_distrusted_until_the_next_moment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_distrusted_only_where_it_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lines_that_stand_elsewhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_blink_beside_secret, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rested_number_is_shown, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
