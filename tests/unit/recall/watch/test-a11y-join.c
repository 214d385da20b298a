/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-join.h"

#include "recall/watch/a11y-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
add(RecallText *text, const char *raw, int x, int y, int width, int height)
{
    BaseRect box = {x, y, width, height};
    pixman_region32_t shown;

    pixman_region32_init_rect(&shown, -100, -100, 2000, 2000);
    recall_a11y_text_add_line(text, raw, &box, NULL, FALSE, &shown);
    pixman_region32_fini(&shown);
}

static void
assert_run(const RecallText *text, unsigned index, const char *expected)
{
    assert_in_range(index, 0, text->runs->len - 1);
    assert_string_equal(((RecallRun *)text->runs->pdata[index])->text, expected);
}

static void
test_parts_of_a_word_become_one(void **state)
{
    g_autoptr(RecallText) text = recall_text_new();
    const RecallRun *run = NULL;
    const ProtocolSpan *word = NULL;

    add(text, "whale and gull", 40, 0, 130, 19); /* not in the order in which they stand */
    add(text, "a nar", 0, 0, 41, 19);
    recall_a11y_join(text);
    assert_int_equal(text->runs->len, 1);
    assert_run(text, 0, "a narwhale and gull");
    run = text->runs->pdata[0];
    assert_int_equal(run->words->len, 4);
    assert_int_equal(run->box.width, 170);
    word = &g_array_index(run->words, ProtocolSpan, 1);
    assert_int_equal(word->start_bytes, 2);
    assert_int_equal(word->length_bytes, 8);
    assert_in_range(word->box.x, 10, 15);
    assert_in_range(word->box.width, 60, 90);
}

static void
test_letters_one_by_one(void **state)
{
    g_autoptr(RecallText) text = recall_text_new();

    add(text, "o", 0, 0, 10, 19);
    add(text, "k", 10, 0, 10, 19);
    add(text, "i", 20, 0, 5, 19);
    recall_a11y_join(text);
    assert_int_equal(text->runs->len, 1);
    assert_run(text, 0, "oki");
}

static void
test_what_a_space_or_a_line_parts_stays(void **state)
{
    g_autoptr(RecallText) text = recall_text_new();

    add(text, "sea ", 0, 0, 40, 19);
    add(text, "gull", 40, 0, 40, 19);
    add(text, "tern", 80, 15, 40, 19); /* of the next line */
    add(text, "dove", 122, 15, 40, 19);
    recall_a11y_join(text);
    assert_int_equal(text->runs->len, 4);
}

static void
test_a_note_stays_apart(void **state)
{
    g_autoptr(RecallText) text = recall_text_new();

    add(text, "herring", 0, 5, 70, 20);
    add(text, "3", 70, 1, 9, 16);
    add(text, "CO", 200, 5, 25, 20);
    add(text, "2", 225, 12, 9, 16); /* lowered */
    add(text, "10", 300, 5, 20, 20);
    add(text, "6", 320, 1, 9, 16);
    recall_a11y_join(text);
    assert_int_equal(text->runs->len, 4);
    assert_run(text, 0, "herring");
    assert_run(text, 1, "3");
    assert_run(text, 2, "CO2");
    assert_run(text, 3, "106");
}

static void
test_an_initial_goes_with_its_first_line(void **state)
{
    g_autoptr(RecallText) text = recall_text_new();

    add(text, "K", 0, 0, 25, 40);
    add(text, "elan goes", 25, 0, 80, 19);
    add(text, "on here", 25, 20, 80, 19);
    recall_a11y_join(text);
    assert_int_equal(text->runs->len, 2);
    assert_run(text, 0, "Kelan goes");
}

static void
test_chinese(void **state)
{
    g_autoptr(RecallText) text = recall_text_new();

    add(text, "北方", 0, 0, 32, 24);
    add(text, "草原QQ", 32, 0, 54, 24);
    add(text, "山水画", 200, 0, 24, 48); /* columns that go down */
    add(text, "江湖行", 224, 0, 24, 48);
    recall_a11y_join(text);
    assert_int_equal(text->runs->len, 3);
    assert_run(text, 0, "北方草原QQ");
    assert_int_equal(((RecallRun *)text->runs->pdata[0])->words->len, 2);
}

static void
test_right_to_left(void **state)
{
    g_autoptr(RecallText) text = recall_text_new();

    add(text, "של", 20, 0, 20, 19);
    add(text, "ום", 0, 0, 20, 19);
    recall_a11y_join(text);
    assert_int_equal(text->runs->len, 1);
    assert_run(text, 0, "שלום");
}

static void
add_long(RecallText *text, int x, size_t n_bytes)
{
    g_autofree char *letters = g_strnfill(n_bytes, 'a');
    BaseRect box = {x, 0, 10000, 1};
    RecallRun *run = recall_run_new(g_strdup(letters), &box, PROTOCOL_SOURCE_ACCESSIBLE);

    recall_run_spread_words(run);
    g_ptr_array_add(text->runs, run);
}

static void
test_a_run_does_not_outgrow_its_maximum(void **state)
{
    g_autoptr(RecallText) full = recall_text_new();
    g_autoptr(RecallText) over = recall_text_new();

    add_long(full, 0, RECALL_RUN_MAX_BYTES - 4);
    add_long(full, 10000, 4);
    recall_a11y_join(full);
    assert_int_equal(full->runs->len, 1);
    add_long(over, 0, RECALL_RUN_MAX_BYTES - 4);
    add_long(over, 10000, 5);
    recall_a11y_join(over);
    assert_int_equal(over->runs->len, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_of_a_word_become_one),
        cmocka_unit_test(test_letters_one_by_one),
        cmocka_unit_test(test_what_a_space_or_a_line_parts_stays),
        cmocka_unit_test(test_a_note_stays_apart),
        cmocka_unit_test(test_an_initial_goes_with_its_first_line),
        cmocka_unit_test(test_chinese),
        cmocka_unit_test(test_right_to_left),
        cmocka_unit_test(test_a_run_does_not_outgrow_its_maximum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
