/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A line is added to an answer of which this much is shown. */
static RecallText *
add(const char *raw, BaseRect box, const RecallA11yStop *stops, unsigned n, BaseRect shown)
{
    RecallText *text = recall_text_new();
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(RecallA11yStop));
    pixman_region32_t region;

    if (n > 0)
        g_array_append_vals(list, stops, n);
    pixman_region32_init_rect(&region, shown.x, shown.y, shown.width, shown.height);
    recall_a11y_text_add_line(text, raw, &box, n == 0 ? NULL : list, FALSE, &region);
    pixman_region32_fini(&region);
    return text;
}

static const RecallRun *
get_run(const RecallText *text, unsigned index)
{
    assert_in_range(index, 0, text->runs->len - 1);
    return text->runs->pdata[index];
}

static const ProtocolSpan *
get_word(const RecallRun *run, unsigned index)
{
    assert_in_range(index, 0, run->words->len - 1);
    return &g_array_index(run->words, ProtocolSpan, index);
}

static void
assert_word(const RecallRun *run, unsigned index, const char *expected)
{
    const ProtocolSpan *word = get_word(run, index);
    g_autofree char *is = g_strndup(run->text + word->start_bytes, word->length_bytes);

    assert_string_equal(is, expected);
}

static const BaseRect everything = {-1000, -1000, 9000, 9000};

static void
test_words_have_boxes_in_order(void **state)
{
    g_autoptr(RecallText) text =
        add("alpha beta gamma", (BaseRect){10, 20, 160, 18}, NULL, 0, everything);
    const RecallRun *run = get_run(text, 0);

    assert_int_equal(text->runs->len, 1);
    assert_string_equal(run->text, "alpha beta gamma");
    assert_int_equal(run->words->len, 3);
    assert_word(run, 1, "beta");
    assert_int_equal(get_word(run, 0)->box.x, 10);
    assert_true(get_word(run, 1)->box.x > get_word(run, 0)->box.x + get_word(run, 0)->box.width);
    assert_in_range(get_word(run, 2)->box.x + get_word(run, 2)->box.width, 168, 170);
    assert_int_equal(run->source, PROTOCOL_SOURCE_ACCESSIBLE);
}

static void
test_right_to_left(void **state)
{
    g_autoptr(RecallText) text =
        add("שלום abc עולם", (BaseRect){10, 0, 130, 10}, NULL, 0, everything);
    const RecallRun *run = get_run(text, 0);

    assert_string_equal(run->text, "שלום abc עולם");
    assert_word(run, 0, "שלום");
    assert_in_range(get_word(run, 0)->box.x + get_word(run, 0)->box.width, 139, 140);
    assert_true(get_word(run, 1)->box.x + get_word(run, 1)->box.width < get_word(run, 0)->box.x);
    assert_true(get_word(run, 2)->box.x + get_word(run, 2)->box.width < get_word(run, 1)->box.x);
    assert_int_equal(get_word(run, 2)->box.x, 10);
}

/* The first words stand in the right half. */
static void
test_right_to_left_with_stops(void **state)
{
    const RecallA11yStop stops[] = {{0, 100}, {17, 200}, {18, 0}, {35, 90}};
    g_autoptr(RecallText) text = add("אבגד הוזח טיכל מנסע", (BaseRect){5, 0, 200, 10}, stops,
                                     G_N_ELEMENTS(stops), everything);
    const RecallRun *run = get_run(text, 0);

    assert_in_range(get_word(run, 0)->box.x, 155, 165);
    assert_in_range(get_word(run, 1)->box.x, 105, 106);
    assert_in_range(get_word(run, 2)->box.x, 50, 56);
    assert_in_range(get_word(run, 3)->box.x, 5, 6);
}

static void
test_stops_say_where_words_are(void **state)
{
    const RecallA11yStop stops[] = {{0, 0}, {3, 30}, {4, 100}, {7, 140}};
    g_autoptr(RecallText) text =
        add("iii mmm", (BaseRect){5, 0, 140, 10}, stops, G_N_ELEMENTS(stops), everything);
    const RecallRun *run = get_run(text, 0);

    assert_int_equal(get_word(run, 0)->box.x, 5);
    assert_int_equal(get_word(run, 0)->box.width, 30);
    assert_int_equal(get_word(run, 1)->box.x, 105);
    assert_int_equal(get_word(run, 1)->box.width, 40);
}

static void
test_words_behind_an_ellipsis_are_not_shown(void **state)
{
    const RecallA11yStop stops[] = {{0, 0}, {11, 90}, {12, 95}, {24, 102}};
    g_autoptr(RecallText) text = add("shown words hidden words", (BaseRect){0, 0, 102, 10}, stops,
                                     G_N_ELEMENTS(stops), everything);

    assert_int_equal(text->runs->len, 1);
    assert_string_equal(get_run(text, 0)->text, "shown words");
}

static void
test_cjk_is_one_word_until_it_is_cut(void **state)
{
    g_autoptr(RecallText) whole =
        add("付款记录 done", (BaseRect){0, 0, 120, 20}, NULL, 0, everything);
    g_autoptr(RecallText) cut =
        add("付款记录", (BaseRect){0, 0, 80, 20}, NULL, 0, (BaseRect){0, 0, 44, 20});

    assert_word(get_run(whole, 0), 0, "付款记录");
    assert_word(get_run(whole, 0), 1, "done");
    assert_string_equal(get_run(cut, 0)->text, "付款");
    assert_int_equal(get_run(cut, 0)->words->len, 1);
    assert_int_equal(get_run(cut, 0)->box.width, 40);
}

static void
test_only_what_is_shown_is_kept(void **state)
{
    RecallText *text = recall_text_new();
    const BaseRect line = {0, 0, 300, 20};
    pixman_region32_t shown;

    /* A window lies over the middle. */
    pixman_region32_init_rect(&shown, 0, 0, 110, 20);
    pixman_region32_union_rect(&shown, &shown, 200, 0, 200, 20);
    recall_a11y_text_add_line(text, "first second third fourth fifth sixth", &line, NULL, FALSE,
                              &shown);
    assert_int_equal(text->runs->len, 2);
    assert_string_equal(get_run(text, 0)->text, "first second");
    assert_string_equal(get_run(text, 1)->text, "fifth sixth");
    pixman_region32_fini(&shown);
    recall_text_free(text);
}

/* By what stands beside it a part of a secret is told. */
static void
test_context_of_a_part(void **state)
{
    g_autoptr(RecallText) all =
        add("pay 4539 5787 6362 1486 today", (BaseRect){0, 0, 290, 18}, NULL, 0, everything);
    g_autoptr(RecallText) part = add("pay 4539 5787 6362 1486 today", (BaseRect){0, 0, 290, 18},
                                     NULL, 0, (BaseRect){40, 0, 110, 20});
    const RecallRun *run = get_run(part, 0);

    assert_null(get_run(all, 0)->context);
    assert_int_equal(part->runs->len, 1);
    assert_string_equal(run->text, "4539 5787");
    assert_string_equal(run->context, "pay 4539 5787 6362 1486 today");
    assert_int_equal(run->context_start, 4);
}

/* What is shown of a long word that is cut off by the view is told by nobody. */
static void
test_the_part_of_a_token_is_untold(void **state)
{
    g_autoptr(RecallText) text = add("use 0123456789abcdef0123456789", (BaseRect){0, 0, 300, 20},
                                     NULL, 0, (BaseRect){0, 0, 200, 20});
    g_autoptr(RecallText) whole =
        add("use 0123456789abcdef0123456789", (BaseRect){0, 0, 300, 20}, NULL, 0, everything);
    pixman_box32_t end = {150, 5, 200, 15};
    pixman_box32_t beyond = {200, 0, 300, 20};

    assert_string_equal(get_run(text, 0)->text, "use");
    assert_int_equal(pixman_region32_contains_rectangle(&text->untold, &end), PIXMAN_REGION_IN);
    assert_int_equal(pixman_region32_contains_rectangle(&text->untold, &beyond), PIXMAN_REGION_OUT);
    assert_false(pixman_region32_not_empty(&whole->untold));
}

static void
test_the_part_of_a_password_is_untold(void **state)
{
    g_autoptr(RecallText) text =
        add("Mulberry42z", (BaseRect){0, 0, 110, 20}, NULL, 0, (BaseRect){0, 0, 80, 20});
    g_autoptr(RecallText) word =
        add("Mulberries", (BaseRect){0, 0, 110, 20}, NULL, 0, (BaseRect){0, 0, 80, 20});
    pixman_box32_t part = {10, 5, 80, 15};

    assert_int_equal(pixman_region32_contains_rectangle(&text->untold, &part), PIXMAN_REGION_IN);
    assert_false(pixman_region32_not_empty(&word->untold));
}

/* Whether the picture lacks the part of the line's end that is shown. */
static gboolean
is_untold(const char *line)
{
    int width_px = 10 * (int)strlen(line);
    g_autoptr(RecallText) text =
        add(line, (BaseRect){0, 0, width_px, 20}, NULL, 0, (BaseRect){0, 0, width_px - 30, 20});

    return pixman_region32_not_empty(&text->untold);
}

/* Long words are no tokens by that alone; behind a label short ones are passwords. */
static void
test_the_part_of_an_ordinary_word_is_kept(void **state)
{
    static const struct {
        const char *line;
        gboolean is_untold;
    } examples[] = {
        {"the internationalisation", FALSE},
        {"Internationalisation", FALSE},
        {"recall_watch_get_frame", FALSE},
        {"https://example.org/pages", FALSE},
        {"INTERNATIONALISATION", TRUE}, /* or letters of an access key */
        {"QWxhZGRpbjpvcGVu", TRUE},
        {"1732515157123456789", TRUE},
        {"17325151571", FALSE},
        {"Password: internationalisation", TRUE},
        {"Password: swordfish", TRUE},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(examples); i++) {
        if (is_untold(examples[i].line) != examples[i].is_untold)
            fail_msg("%s", examples[i].line);
    }
}

static void
test_the_part_of_a_name_in_code_is_kept(void **state)
{
    g_autoptr(RecallText) code =
        add("book->length_px,", (BaseRect){0, 0, 160, 20}, NULL, 0, (BaseRect){0, 0, 80, 20});
    g_autoptr(RecallText) token =
        add("book->length_77,", (BaseRect){0, 0, 160, 20}, NULL, 0, (BaseRect){0, 0, 80, 20});

    assert_false(pixman_region32_not_empty(&code->untold));
    assert_true(pixman_region32_not_empty(&token->untold));
}

static void
test_a_line_cut_through_is_covered_but_not_kept(void **state)
{
    g_autoptr(RecallText) text =
        add("half a line", (BaseRect){0, 90, 100, 20}, NULL, 0, (BaseRect){0, 0, 200, 100});
    pixman_box32_t middle = {50, 92, 51, 99};

    assert_int_equal(text->runs->len, 0);
    assert_int_equal(pixman_region32_contains_rectangle(&text->covered, &middle), PIXMAN_REGION_IN);
}

static void
test_marks_and_icons_are_no_words(void **state)
{
    static const struct {
        const char *raw;
        const char *text; /* NULL: no run */
    } cases[] = {
        {"soft\xc2\xadhyphen", "softhyphen"},
        {"zero\xe2\x80\x8bwidth", "zerowidth"},
        {"\xee\x80\x81 after icon", "after icon"},
        {"\xee\x80\x81", NULL},
        {"  \n\t ", NULL},
        {"", NULL},
        {"bad \xff bytes", "bad bytes"},
        {"obj\xef\xbf\xbc"
         "ect",
         "obj ect"},
        {"two  spaces", "two spaces"},
        {"nul\x01ls", "nul ls"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(RecallText) text =
            add(cases[i].raw, (BaseRect){0, 0, 100, 20}, NULL, 0, everything);

        if (cases[i].text == NULL) {
            assert_int_equal(text->runs->len, 0);
        } else {
            g_autofree char *clean = recall_run_clean(get_run(text, 0)->text, -1);

            assert_string_equal(get_run(text, 0)->text, cases[i].text);
            assert_string_equal(get_run(text, 0)->text, clean);
        }
    }
}

static void
test_a_run_is_bounded(void **state)
{
    g_autoptr(GString) raw = g_string_new(NULL);
    g_autoptr(RecallText) text = NULL;

    while (raw->len < 2 * RECALL_RUN_MAX_BYTES)
        g_string_append(raw, "word ");
    text = add(raw->str, (BaseRect){0, 0, 30000, 20}, NULL, 0, (BaseRect){0, 0, 32000, 100});
    assert_in_range(strlen(get_run(text, 0)->text), RECALL_RUN_MAX_BYTES - 5, RECALL_RUN_MAX_BYTES);
}

static void
test_block_is_split_into_lines(void **state)
{
    const BaseRect box = {10, 100, 300, 60};
    RecallText *text = recall_text_new();
    pixman_region32_t shown;

    pixman_region32_init_rect(&shown, 0, 0, 1000, 1000);
    recall_a11y_text_add_block(text,
                               "several words that fill three lines of an ordinary letter height "
                               "and of some forty characters each, as pages have them in columns",
                               &box, &shown);
    assert_int_equal(text->runs->len, 3);
    for (unsigned i = 0; i < text->runs->len; i++) {
        assert_true(base_rect_contains(&box, &get_run(text, i)->box));
        assert_int_equal(get_run(text, i)->box.y, 100 + 20 * i);
        assert_in_range(strlen(get_run(text, i)->text), 30, 55);
    }
    recall_a11y_text_add_block(text, "", &box, &shown);
    recall_a11y_text_add_block(text, "word", &(BaseRect){0}, &shown);
    assert_int_equal(text->runs->len, 3);
    pixman_region32_fini(&shown);
    recall_text_free(text);
}

static void
test_labels_are_placed_inside_their_box(void **state)
{
    const BaseRect box = {100, 50, 200, 40};
    BaseRect center =
        recall_a11y_text_place("Cancel", &box, RECALL_A11Y_ALIGN_CENTER, 0, RECALL_A11Y_TEXT_EM_PX);
    BaseRect start =
        recall_a11y_text_place("Cancel", &box, RECALL_A11Y_ALIGN_START, 20, RECALL_A11Y_TEXT_EM_PX);
    BaseRect narrow = recall_a11y_text_place("Cancel", &(BaseRect){0, 0, 10, 8},
                                             RECALL_A11Y_ALIGN_START, 20, RECALL_A11Y_TEXT_EM_PX);

    assert_true(base_rect_contains(&box, &center));
    assert_in_range(ABS(2 * center.x + center.width - 400), 0, 2);
    assert_int_equal(start.x, 120);
    assert_true(narrow.x >= 0 && narrow.width <= 10 && narrow.height <= 8);
}

static void
test_fixed_width_is_told_from_chance(void **state)
{
    const int n_chars[] = {20, 31, 12, 25};
    const int fixed[] = {180, 279, 108, 225};
    const int proportional[] = {151, 230, 96, 170};

    assert_true(recall_a11y_text_is_fixed(n_chars, fixed, 4));
    assert_false(recall_a11y_text_is_fixed(n_chars, proportional, 4));
    assert_false(recall_a11y_text_is_fixed(n_chars, fixed, 2)); /* too few */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_have_boxes_in_order),
        cmocka_unit_test(test_right_to_left),
        cmocka_unit_test(test_right_to_left_with_stops),
        cmocka_unit_test(test_stops_say_where_words_are),
        cmocka_unit_test(test_words_behind_an_ellipsis_are_not_shown),
        cmocka_unit_test(test_context_of_a_part),
        cmocka_unit_test(test_cjk_is_one_word_until_it_is_cut),
        cmocka_unit_test(test_only_what_is_shown_is_kept),
        cmocka_unit_test(test_the_part_of_a_token_is_untold),
        cmocka_unit_test(test_the_part_of_a_password_is_untold),
        cmocka_unit_test(test_the_part_of_an_ordinary_word_is_kept),
        cmocka_unit_test(test_the_part_of_a_name_in_code_is_kept),
        cmocka_unit_test(test_a_line_cut_through_is_covered_but_not_kept),
        cmocka_unit_test(test_marks_and_icons_are_no_words),
        cmocka_unit_test(test_a_run_is_bounded),
        cmocka_unit_test(test_block_is_split_into_lines),
        cmocka_unit_test(test_labels_are_placed_inside_their_box),
        cmocka_unit_test(test_fixed_width_is_told_from_chance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
