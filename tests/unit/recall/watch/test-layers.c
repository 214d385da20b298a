/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/layers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH_PX 640
#define HEIGHT_PX 320

typedef struct {
    RecallLayers *layers;
    RecallFrame *frame;
    GPtrArray *told;
    GPtrArray *read;
    pixman_region32_t all;
    pixman_region32_t none;
} Case;

static GPtrArray *
new_runs(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
}

static int
set_up(void **state)
{
    Case *self = g_new0(Case, 1);
    g_autofree uint8_t *white = g_malloc(WIDTH_PX * HEIGHT_PX * 4);
    BaseRect whole = {0, 0, WIDTH_PX, HEIGHT_PX};

    memset(white, 0xff, WIDTH_PX * HEIGHT_PX * 4);
    self->layers = recall_layers_new();
    self->frame = recall_frame_new(WIDTH_PX, HEIGHT_PX);
    recall_frame_put(self->frame, &whole, white, WIDTH_PX * 4);
    self->told = new_runs();
    self->read = new_runs();
    pixman_region32_init_rect(&self->all, 0, 0, WIDTH_PX, HEIGHT_PX);
    pixman_region32_init(&self->none);
    *state = self;
    return 0;
}

static int
tear_down(void **state)
{
    Case *self = *state;

    recall_layers_free(self->layers);
    recall_frame_free(self->frame);
    g_ptr_array_unref(self->told);
    g_ptr_array_unref(self->read);
    pixman_region32_fini(&self->all);
    pixman_region32_fini(&self->none);
    g_free(self);
    return 0;
}

/* Lines of text are 20 pixels high, their letters 10 wide. */
static void
add_line(GPtrArray *runs, const char *text, int x, int y, ProtocolSource source)
{
    BaseRect box = {x, y, (int)strlen(text) * 10, 20};
    RecallRun *run = recall_run_new(g_strdup(text), &box, source);

    recall_run_spread_words(run);
    g_ptr_array_add(runs, run);
}

static void
tell(Case *self, const char *text, int x, int y)
{
    add_line(self->told, text, x, y, PROTOCOL_SOURCE_ACCESSIBLE);
}

/* It stands there, and OCR reads it. */
static void
draw(Case *self, const char *text, int x, int y)
{
    BaseRect ink = {x + 1, y + 5, (int)strlen(text) * 10 - 2, 10};
    g_autofree uint8_t *black = g_malloc0((size_t)ink.width * ink.height * 4);

    recall_frame_put(self->frame, &ink, black, (size_t)ink.width * 4);
    add_line(self->read, text, x, y, PROTOCOL_SOURCE_OCR);
}

static void
add_rule(Case *self, int x, int y, int width)
{
    BaseRect ink = {x, y, width, 3};
    g_autofree uint8_t *black = g_malloc0((size_t)ink.width * ink.height * 4);

    recall_frame_put(self->frame, &ink, black, (size_t)ink.width * 4);
}

static gboolean
is_open(Case *self)
{
    return pixman_region32_not_empty((pixman_region32_t *)recall_layers_get_wanted(self->layers));
}

static void
begin(Case *self)
{
    recall_layers_begin(self->layers, self->told, &self->all);
}

static void
take(Case *self)
{
    recall_layers_take(self->layers, self->frame, self->read, &self->none);
}

static void
assert_shown(Case *self, const char *expected)
{
    g_autoptr(GPtrArray) shown = recall_layers_dup_shown(self->layers, self->told, self->told);
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; i < shown->len; i++) {
        const RecallRun *run = shown->pdata[i];

        g_string_append_printf(text, "%s%s", i > 0 ? "|" : "", run->text);
        for (unsigned k = 0; k < run->words->len; k++) {
            const ProtocolSpan *word = &g_array_index(run->words, ProtocolSpan, k);

            assert_true(word->start_bytes + word->length_bytes <= strlen(run->text));
            assert_true(base_rect_contains(&run->box, &word->box));
        }
    }
    assert_string_equal(text->str, expected);
}

static void
asks_nothing_of_an_ordinary_page(void **state)
{
    Case *self = *state;

    for (int i = 0; i < 10; i++)
        tell(self, "lines that stand closely", 10, 10 + i * 16);
    tell(self, "beside them", 245, 10);
    begin(self);
    assert_false(is_open(self));
}

static void
drops_what_lies_under(void **state)
{
    Case *self = *state;

    tell(self, "page under its banner goes on beside it", 10, 100);
    tell(self, "we value privacy", 10, 106);
    begin(self);
    assert_true(is_open(self));
    assert_shown(self, "");
    draw(self, "we value privacy", 10, 106);
    draw(self, "nner goes on beside it", 180, 100);
    take(self);
    assert_false(is_open(self));
    assert_shown(self, "banner goes on beside it|we value privacy");
}

static void
keeps_both_when_one_shines_through(void **state)
{
    Case *self = *state;

    tell(self, "page behind glass", 10, 100);
    tell(self, "words before it", 10, 108);
    begin(self);
    draw(self, "page behind glass", 10, 100);
    draw(self, "words before it", 10, 108);
    take(self);
    assert_shown(self, "page behind glass|words before it");
}

static void
keeps_both_when_none_is_read(void **state)
{
    Case *self = *state;

    tell(self, "page under its banner", 10, 100);
    tell(self, "we value privacy", 10, 106);
    begin(self);
    take(self);
    assert_shown(self, "page under its banner|we value privacy");
}

static void
keeps_all_when_it_cannot_be_read(void **state)
{
    Case *self = *state;

    tell(self, "page under its banner", 10, 100);
    tell(self, "we value privacy", 10, 106);
    begin(self);
    recall_layers_take(self->layers, self->frame, NULL, &self->none);
    assert_false(is_open(self));
    assert_shown(self, "page under its banner|we value privacy");
}

static void
stays_open_where_something_was_left(void **state)
{
    Case *self = *state;

    tell(self, "page under its banner", 10, 100);
    tell(self, "we value privacy", 10, 106);
    begin(self);
    recall_layers_take(self->layers, self->frame, self->read, &self->all);
    assert_true(is_open(self));
}

/* Between the lines of what lies above there is nothing, or a rule. */
static void
drops_what_is_not_there(void **state)
{
    Case *self = *state;

    tell(self, "first line of it all", 10, 100);
    tell(self, "second line of it all", 10, 124);
    tell(self, "entries", 60, 104);
    tell(self, "further ones", 60, 148);
    begin(self);
    draw(self, "entries", 60, 104);
    draw(self, "further ones", 60, 148);
    take(self);
    assert_shown(self, "entries|further ones");
}

/* A large box with few words in it, and a rule. */
static void
drops_what_is_told_in_an_empty_part(void **state)
{
    Case *self = *state;

    for (int i = 0; i < 8; i++)
        tell(self, "line of the page", 10, 10 + i * 36);
    tell(self, "caption", 10, 266);
    tell(self, "a label that stands elsewhere", 300, 10);
    begin(self);
    draw(self, "line of the page", 10, 10);
    draw(self, "caption", 10, 266);
    add_rule(self, 10, 142, 160);
    take(self);
    assert_shown(self, "line of the page|caption|a label that stands elsewhere");
}

static void
knows_what_did_not_change(void **state)
{
    Case *self = *state;
    pixman_region32_t changed;

    tell(self, "page under its banner", 10, 100);
    tell(self, "we value privacy", 10, 106);
    begin(self);
    draw(self, "we value privacy", 10, 106);
    draw(self, "nner", 180, 100);
    take(self);
    pixman_region32_init_rect(&changed, 10, 300, 10, 10);
    recall_layers_begin(self->layers, self->told, &changed);
    assert_false(is_open(self));
    assert_shown(self, "banner|we value privacy");
    pixman_region32_fini(&changed);
    pixman_region32_init_rect(&changed, 10, 110, 10, 10);
    recall_layers_begin(self->layers, self->told, &changed);
    assert_true(is_open(self));
    pixman_region32_fini(&changed);
}

static void
takes_the_same_word_twice_for_one(void **state)
{
    Case *self = *state;

    tell(self, "Save", 10, 100);
    tell(self, "Save", 12, 101);
    begin(self);
    assert_false(is_open(self));
}

/* Crowds are bounded. */
static void
bears_a_crowd(void **state)
{
    Case *self = *state;

    for (int i = 0; i < 1500; i++)
        tell(self, i % 2 == 0 ? "one of many" : "another of them", i % 7, i % 5);
    begin(self);
    take(self);
    assert_false(is_open(self));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(asks_nothing_of_an_ordinary_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(drops_what_lies_under, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_both_when_one_shines_through, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_both_when_none_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_all_when_it_cannot_be_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stays_open_where_something_was_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(drops_what_is_not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(drops_what_is_told_in_an_empty_part, set_up, tear_down),
        cmocka_unit_test_setup_teardown(knows_what_did_not_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_the_same_word_twice_for_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bears_a_crowd, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
