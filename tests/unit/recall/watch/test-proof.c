/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define CARD "card 4929 1372 0011 5821"

typedef struct {
    RecallProof *proof;
    GPtrArray *told;
    pixman_region32_t all;
    pixman_region32_t none;
} Case;

static int
set_up(void **state)
{
    Case *self = g_new0(Case, 1);

    self->proof = recall_proof_new();
    self->told = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    pixman_region32_init_rect(&self->all, 0, 0, 1000, 1000);
    pixman_region32_init(&self->none);
    *state = self;
    return 0;
}

static int
tear_down(void **state)
{
    Case *self = *state;

    recall_proof_free(self->proof);
    g_ptr_array_unref(self->told);
    pixman_region32_fini(&self->all);
    pixman_region32_fini(&self->none);
    g_free(self);
    return 0;
}

static void
tell(Case *self, const char *text, const BaseRect *box)
{
    g_ptr_array_add(self->told, recall_run_new(g_strdup(text), box, PROTOCOL_SOURCE_ACCESSIBLE));
}

/* OCR reads one line; NULL: nothing. */
static gboolean
find(Case *self, const char *text, const BaseRect *box, const pixman_region32_t *visible)
{
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);

    if (text != NULL) {
        RecallRun *run = recall_run_new(g_strdup(text), box, PROTOCOL_SOURCE_OCR);

        recall_run_spread_words(run);
        g_ptr_array_add(runs, run);
    }
    recall_proof_take(self->proof, runs, visible);
    return !recall_proof_is_pending(self->proof);
}

static void
stands_where_it_is_read(void **state)
{
    Case *self = *state;
    BaseRect box = {100, 100, 200, 16};

    tell(self, CARD, &box);
    recall_proof_begin(self->proof, self->told, &self->all);
    assert_true(recall_proof_is_pending(self->proof));
    assert_true(find(self, "card 4929 I372 OO11 582l", &box, &self->all));
}

static void
does_not_stand_elsewhere(void **state)
{
    Case *self = *state;
    BaseRect box = {100, 100, 200, 16};
    BaseRect below = {100, 120, 200, 16};

    tell(self, CARD, &box);
    recall_proof_begin(self->proof, self->told, &self->all);
    assert_false(find(self, NULL, &box, &self->all));
    assert_false(find(self, "an ordinary line of text", &box, &self->all));
    assert_false(find(self, CARD, &below, &self->all));
}

/* The box is off to the right: what is read there are its last digits. */
static void
does_not_stand_half(void **state)
{
    Case *self = *state;
    BaseRect box = {200, 100, 200, 16};

    tell(self, "440304194005197212", &box);
    recall_proof_begin(self->proof, self->told, &self->all);
    assert_false(find(self, "05197212", &box, &self->all));
}

static void
stands_where_its_beginning_is_read(void **state)
{
    Case *self = *state;
    BaseRect box = {100, 100, 400, 16};

    tell(self, "sk-ant-api03-2WGmABMsBCkotq0ZcfcDOrHIPESvjRmeA6mOOCrlwBVLuOJm", &box);
    recall_proof_begin(self->proof, self->told, &self->all);
    assert_true(find(self, "sk-ant-api03-2WGMmABMsBCkr", &box, &self->all));
}

static void
needs_all(void **state)
{
    Case *self = *state;
    BaseRect box = {100, 100, 200, 16};
    BaseRect other = {100, 200, 200, 16};

    tell(self, CARD, &box);
    tell(self, "DE89370400440532013000", &other);
    recall_proof_begin(self->proof, self->told, &self->all);
    assert_false(find(self, CARD, &box, &self->all));
}

static void
asks_for_what_can_be_seen(void **state)
{
    Case *self = *state;
    BaseRect box = {100, 100, 200, 16};
    BaseRect left = {100, 100, 100, 16};
    pixman_region32_t visible;

    pixman_region32_init_rect(&visible, 0, 0, 200, 1000);
    tell(self, CARD, &box);
    recall_proof_begin(self->proof, self->told, &self->all);
    assert_true(find(self, "card 4929 13", &left, &visible));
    pixman_region32_fini(&visible);
}

static void
is_kept_until_pixels_change(void **state)
{
    Case *self = *state;
    BaseRect box = {100, 100, 200, 16};
    pixman_region32_t changed;

    tell(self, CARD, &box);
    recall_proof_begin(self->proof, self->told, &self->all);
    assert_true(find(self, CARD, &box, &self->all));
    recall_proof_begin(self->proof, self->told, &self->none);
    assert_false(recall_proof_is_pending(self->proof));
    pixman_region32_init_rect(&changed, 290, 110, 50, 50);
    recall_proof_begin(self->proof, self->told, &changed);
    assert_true(recall_proof_is_pending(self->proof));
    pixman_region32_fini(&changed);
}

/* --- what does not stand there --- */

#define ABOVE "an ordinary line above"
#define BELOW "another line below it"
static const BaseRect above = {100, 60, 220, 16};
static const BaseRect slanted = {100, 100, 200, 80};
static const BaseRect below = {100, 200, 210, 16};

static void
add_run(GPtrArray *runs, const char *text, const BaseRect *box, ProtocolSource source)
{
    RecallRun *run = recall_run_new(g_strdup(text), box, source);

    recall_run_spread_words(run);
    g_ptr_array_add(runs, run);
}

/* All of the window is read: two lines, a third where @box is. */
static void
search(Case *self, const char *text, const BaseRect *box)
{
    g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);

    tell(self, "another " CARD, &slanted);
    recall_proof_begin(self->proof, self->told, &self->all);
    assert_false(find(self, NULL, &slanted, &self->all));
    add_run(told, ABOVE, &above, PROTOCOL_SOURCE_ACCESSIBLE);
    add_run(told, "another " CARD, &slanted, PROTOCOL_SOURCE_ACCESSIBLE);
    add_run(told, BELOW, &below, PROTOCOL_SOURCE_ACCESSIBLE);
    add_run(read, "an ordinary 1ine above", &above, PROTOCOL_SOURCE_OCR);
    add_run(read, BELOW, &below, PROTOCOL_SOURCE_OCR);
    if (text != NULL)
        add_run(read, text, box, PROTOCOL_SOURCE_OCR);
    recall_proof_take_all(self->proof, read, told, &self->all);
    assert_false(recall_proof_is_pending(self->proof));
}

static gboolean
is_hidden(Case *self, int y)
{
    pixman_region32_t hidden;
    gboolean is_in;

    pixman_region32_init(&hidden);
    recall_proof_hide(self->proof, &self->all, &hidden);
    is_in = pixman_region32_contains_point(&hidden, 700, y, NULL);
    pixman_region32_fini(&hidden);
    return is_in;
}

static void
hides_between_lines_that_stand(void **state)
{
    Case *self = *state;

    search(self, NULL, NULL);
    assert_false(is_hidden(self, 60));
    assert_true(is_hidden(self, 80));
    assert_true(is_hidden(self, 195));
    assert_false(is_hidden(self, 205));
}

static void
hides_all_when_it_is_elsewhere(void **state)
{
    Case *self = *state;

    search(self, "4929 1372", &(BaseRect){500, 400, 90, 16});
    assert_true(is_hidden(self, 30));
    assert_true(is_hidden(self, 900));
}

/* What is read beside it is told there. */
static void
hides_not_all_for_other_text(void **state)
{
    Case *self = *state;

    search(self, "another of those ordinary lines", &(BaseRect){500, 400, 90, 16});
    assert_false(is_hidden(self, 30));
}

static void
hides_all_without_lines(void **state)
{
    Case *self = *state;
    g_autoptr(GPtrArray) none = g_ptr_array_new();

    tell(self, CARD, &slanted);
    recall_proof_begin(self->proof, self->told, &self->all);
    recall_proof_take_all(self->proof, none, self->told, &self->all);
    assert_true(is_hidden(self, 30));
    assert_true(is_hidden(self, 900));
}

static void
is_missing_until_pixels_change(void **state)
{
    Case *self = *state;
    pixman_region32_t changed;

    search(self, NULL, NULL);
    pixman_region32_init_rect(&changed, 0, 300, 50, 50);
    recall_proof_begin(self->proof, self->told, &changed);
    assert_false(recall_proof_is_pending(self->proof));
    assert_true(is_hidden(self, 150));
    pixman_region32_fini(&changed);
    pixman_region32_init_rect(&changed, 800, 150, 50, 10);
    recall_proof_begin(self->proof, self->told, &changed);
    assert_true(recall_proof_is_pending(self->proof));
    assert_true(is_hidden(self, 30));
    pixman_region32_fini(&changed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stands_where_it_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(does_not_stand_elsewhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(does_not_stand_half, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stands_where_its_beginning_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(needs_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(asks_for_what_can_be_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(is_kept_until_pixels_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hides_between_lines_that_stand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hides_all_when_it_is_elsewhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hides_not_all_for_other_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hides_all_without_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(is_missing_until_pixels_change, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
