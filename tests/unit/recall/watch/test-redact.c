/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/redact.h"

#include "recall/watch/columns.h"
#include "recall/watch/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LINE_PX 20
#define LETTER_PX 10
#define MASK RECALL_REDACT_MASK
#define SECOND_US ((int64_t)G_USEC_PER_SEC)
#define START_US (1000 * SECOND_US)
#define CARD "4111 1111 1111 1111"

/* One window: lines from above, read again and again. */
typedef struct {
    RecallRedact *redact;
    RecallScene *scene;
    int64_t now_us;
    GPtrArray *masked; /* of the last view */
} Fixture;

static int
set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    fixture->redact = recall_redact_new();
    fixture->scene = recall_scene_new();
    fixture->now_us = START_US;
    *state = fixture;
    return 0;
}

static int
tear_down(void **state)
{
    Fixture *fixture = *state;

    recall_redact_free(fixture->redact);
    recall_scene_free(fixture->scene);
    g_clear_pointer(&fixture->masked, g_ptr_array_unref);
    g_free(fixture);
    return 0;
}

static GPtrArray *
make_runs(const char *text, ProtocolSource source, gboolean has_words)
{
    GPtrArray *runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (int i = 0; lines[i] != NULL; i++) {
        BaseRect box = {100, 100 + i * LINE_PX, LETTER_PX * (int)strlen(lines[i]), LINE_PX - 4};
        RecallRun *run;

        if (*lines[i] == '\0')
            continue;
        run = recall_run_new(g_strdup(lines[i]), &box, source);
        if (has_words)
            recall_run_spread_words(run);
        g_ptr_array_add(runs, run);
    }
    return runs;
}

/* All of it is drawn anew. */
static void
wash(Fixture *fixture)
{
    pixman_region32_t all;
    pixman_region32_t gone;

    pixman_region32_init_rect(&all, 0, 0, 1000, 1000);
    pixman_region32_init(&gone);
    recall_redact_wash(fixture->redact, &all, &gone);
    pixman_region32_fini(&all);
    pixman_region32_fini(&gone);
}

static RecallSceneChange
show(Fixture *fixture, int64_t wait_us, const char *text)
{
    g_autoptr(GPtrArray) runs = make_runs(text, PROTOCOL_SOURCE_OCR, TRUE);
    pixman_region32_t visible;
    RecallSceneChange change;
    RecallSceneView view = {.app = "App",
                            .title = "Title",
                            .actor = "human",
                            .visible = &visible,
                            .width_px = 1000,
                            .height_px = 1000};

    fixture->now_us += wait_us;
    wash(fixture);
    g_clear_pointer(&fixture->masked, g_ptr_array_unref);
    fixture->masked = recall_redact_runs(fixture->redact, runs, fixture->now_us);
    view.runs = fixture->masked;
    view.at_us = fixture->now_us;
    pixman_region32_init_rect(&visible, 0, 0, 1000, 1000);
    change = recall_scene_observe(fixture->scene, &view);
    pixman_region32_fini(&visible);
    return change;
}

static void
assert_scene(Fixture *fixture, const char *text)
{
    g_autoptr(ProtocolScene) scene = recall_scene_dup_value(fixture->scene);

    assert_string_equal(scene->text, text);
}

static gboolean
is_hidden(Fixture *fixture, int x, int line)
{
    return pixman_region32_contains_point(
        (pixman_region32_t *)recall_redact_get_hidden(fixture->redact), x,
        100 + line * LINE_PX + LINE_PX / 2, NULL);
}

static void
masks_text_and_pixels(void **state)
{
    Fixture *fixture = *state;
    const RecallRun *run;

    show(fixture, 0, "before it\npay with " CARD " or cash\nand after");
    assert_scene(fixture, "before it\npay with " MASK " or cash\nand after");
    run = fixture->masked->pdata[1];
    assert_int_equal(run->words->len, 5);
    for (unsigned i = 0; i < run->words->len; i++) {
        const ProtocolSpan *span = &g_array_index(run->words, ProtocolSpan, i);

        assert_true(span->start_bytes + span->length_bytes <= strlen(run->text));
        assert_true(i != 2 || strncmp(run->text + span->start_bytes, MASK, strlen(MASK)) == 0);
    }
    assert_true(is_hidden(fixture, 100 + 9 * LETTER_PX, 1));
    assert_true(is_hidden(fixture, 100 + 27 * LETTER_PX, 1));
    assert_false(is_hidden(fixture, 100 + 3 * LETTER_PX, 1));
    assert_false(is_hidden(fixture, 100 + 31 * LETTER_PX, 1));
    assert_false(is_hidden(fixture, 110, 0));
    show(fixture, SECOND_US, "before it\npay with cash\nand after");
    assert_false(is_hidden(fixture, 100 + 9 * LETTER_PX, 1));
}

static void
hides_whole_run_without_words(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) runs = make_runs("pay with " CARD, PROTOCOL_SOURCE_ACCESSIBLE, FALSE);
    g_autoptr(GPtrArray) masked = recall_redact_runs(fixture->redact, runs, START_US);

    assert_string_equal(((RecallRun *)masked->pdata[0])->text, "pay with " MASK);
    assert_true(is_hidden(fixture, 105, 0));
}

/* Half of the card is under another window. */
static void
masks_part_by_its_context(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) runs = make_runs("with 4111 1111", PROTOCOL_SOURCE_ACCESSIBLE, TRUE);
    RecallRun *run = runs->pdata[0];
    g_autoptr(GPtrArray) masked = NULL;

    run->context = g_strdup("pay with " CARD " or cash");
    run->context_start = 4;
    masked = recall_redact_runs(fixture->redact, runs, START_US);
    assert_string_equal(((RecallRun *)masked->pdata[0])->text, "with " MASK);
    assert_true(is_hidden(fixture, 100 + 7 * LETTER_PX, 0));
    assert_null(((RecallRun *)masked->pdata[0])->context);
}

static void
masks_labels(void **state)
{
    g_autofree char *title = recall_redact_dup_text(CARD " - Editor");
    g_autofree char *url = recall_redact_dup_text("https://example.org/?password=hunter2");
    g_autofree char *plain = recall_redact_dup_text("Letter - Editor");

    assert_string_equal(title, MASK " - Editor");
    assert_string_equal(url, "https://example.org/?password=" MASK);
    assert_string_equal(plain, "Letter - Editor");
    assert_null(recall_redact_dup_text(NULL));
}

/* Each letter stands for longer than what stands is kept. */
static void
keeps_no_beginning(void **state)
{
    Fixture *fixture = *state;

    for (size_t n = 1; n <= strlen(CARD); n++) {
        g_autofree char *text = g_strdup_printf("Card number\n%.*s", (int)n, CARD);
        g_autoptr(ProtocolScene) scene = NULL;

        show(fixture, SECOND_US, text);
        scene = recall_scene_dup_value(fixture->scene);
        assert_null(strstr(scene->text, "4111 11"));
    }
    assert_scene(fixture, "Card number\n" MASK);
    assert_int_equal(show(fixture, SECOND_US, "Card number\n" CARD), RECALL_SCENE_SAME);
}

/* Whoever fetches the card in the middle of it. */
static void
forgets_beginning_that_rested(void **state)
{
    Fixture *fixture = *state;
    uint64_t key;

    show(fixture, 0, "Card number");
    show(fixture, SECOND_US, "Card number\n4111 1111 11");
    assert_scene(fixture, "Card number\n" MASK);
    assert_int_equal(recall_redact_get_rest_us(fixture->redact),
                     fixture->now_us + RECALL_REDACT_REST_US);
    show(fixture, RECALL_REDACT_REST_US, "Card number\n4111 1111 11");
    assert_scene(fixture, "Card number\n4111 1111 11");
    assert_int_equal(recall_redact_get_rest_us(fixture->redact), 0);
    key = recall_scene_get_key(fixture->scene);
    assert_int_equal(show(fixture, 60 * SECOND_US, "Card number\n" CARD), RECALL_SCENE_GROWN);
    assert_int_equal(recall_scene_get_key(fixture->scene), key);
    assert_scene(fixture, "Card number\n" MASK);
}

static void
shows_ordinary_number_after_rest(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, "Order");
    show(fixture, SECOND_US, "Order\n4711 0815 12");
    assert_scene(fixture, "Order\n" MASK);
    show(fixture, SECOND_US, "Order\n4711 0815 12 is on its way");
    assert_scene(fixture, "Order\n4711 0815 12 is on its way");
}

/* A window that opens, and a picture that takes the place of another, were not typed. */
static void
shows_numbers_of_a_new_page(void **state)
{
    Fixture *fixture = *state;
    const char *other = "one\n4711 0815 12\ntwo\n4711 0815 13\nthree";

    show(fixture, 0, "Order\n4711 0815 12");
    assert_scene(fixture, "Order\n4711 0815 12");
    show(fixture, SECOND_US, other);
    assert_scene(fixture, other);
}

/* In the same window: a line is nearly the one that stood in its place. */
static void
shows_numbers_of_a_page_like_the_last(void **state)
{
    Fixture *fixture = *state;
    const char *first = "one\nitem 978-3-16-059125-0 here\ntwo\nthree\nfour\nfive";
    const char *second = "six\nitem 978-3-16-362981-0 here\nseven\neight\nnine\nten";

    show(fixture, 0, first);
    show(fixture, SECOND_US, second);
    assert_scene(fixture, second);
}

/* One line takes the place of another, or of nothing. */
static void
shows_numbers_of_pages_of_one_line(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, "");
    show(fixture, SECOND_US, "the cinnamon left with 412345");
    assert_scene(fixture, "the cinnamon left with 412345");
    show(fixture, SECOND_US, "the dumpling left with 412346");
    assert_scene(fixture, "the dumpling left with 412346");
    show(fixture, SECOND_US, "");
    show(fixture, SECOND_US, "the fennel left with 412347");
    assert_scene(fixture, "the fennel left with 412347");
    show(fixture, SECOND_US, "");
    show(fixture, SECOND_US, "411111"); /* it may have been typed */
    assert_scene(fixture, MASK);
}

/* Nothing else stands in the window; a reading fails, and digits are taken back. */
static void
keeps_no_beginning_alone(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, "4111 1");
    show(fixture, SECOND_US, "4111 1111 1111 11");
    assert_scene(fixture, MASK);
    show(fixture, SECOND_US, "");
    show(fixture, SECOND_US, "4111 1111 1111 111");
    assert_scene(fixture, MASK);
    show(fixture, SECOND_US, "4111 1111");
    assert_scene(fixture, MASK);
}

/* What is found changes with each digit that is typed. */
static void
keeps_no_beginning_beside_what_it_finds(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(ProtocolScene) scene = NULL;

    show(fixture, 0, "Find 4111 11\n4711 0815\n4711 0816\n4711 0817\n4711 0818");
    show(fixture, SECOND_US, "Find 4111 111\n4712 0915\n4712 0916\n4712 0917\n4712 0918");
    scene = recall_scene_dup_value(fixture->scene);
    assert_null(strstr(scene->text, "4111"));
    assert_non_null(strstr(scene->text, "4712 0918"));
}

/* OCR takes the caret for a sign. */
static void
keeps_no_beginning_before_a_caret(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, "Find");
    show(fixture, SECOND_US, "Find\nQ sk_live_39|");
    assert_scene(fixture, "Find\nQ " MASK "|");
}

/* A window that grew: lines that look alike stand in the same places, and more below them. */
static void
shows_numbers_of_a_larger_view(void **state)
{
    Fixture *fixture = *state;
    const char *larger = "item +49 30 241895 here\nitem 156 4122 5042 here\n"
                         "item 20262346551535 here\nitem 978-3-16-463068-0 here\nend";

    show(fixture, 0, "item 66:22:04 here\nitem +49 30 241895 here\nnothing here");
    show(fixture, SECOND_US, larger);
    assert_scene(fixture, larger);
}

/* A line that only ends as a secret does which takes its place is no beginning of it. */
static void
keeps_line_before_a_secret(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, "one\nitem 4711");
    show(fixture, 60 * SECOND_US, "one\n" CARD);
    assert_false(((RecallRun *)fixture->masked->pdata[1])->hides_beginning);
}

/* The first word of a line may belong to the token above it: the rest of the line does not. */
static void
keeps_line_that_begins_alike(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, "\nitem 4711 here");
    assert_int_equal(
        show(fixture, SECOND_US, "ghp_0123456789abcdefghijABCDEFGHIJ012345\nitem 4712 here"),
        RECALL_SCENE_NEW);
    assert_scene(fixture, MASK "\n" MASK " 4712 here");
}

/* Other secrets look like it once it is one. */
static void
forgets_beginning_beside_other_secrets(void **state)
{
    Fixture *fixture = *state;
    uint64_t key;

    show(fixture, 0, "4012 8888 8888 1881\n4111 1111 11\n5555 5555 5555 4444");
    assert_scene(fixture, MASK "\n4111 1111 11\n" MASK);
    key = recall_scene_get_key(fixture->scene);
    show(fixture, 60 * SECOND_US, "4012 8888 8888 1881\n" CARD "\n5555 5555 5555 4444");
    assert_int_equal(recall_scene_get_key(fixture->scene), key);
    assert_scene(fixture, MASK "\n" MASK "\n" MASK);
}

/* One digit too many was typed. */
static void
forgets_secret_that_was_too_long(void **state)
{
    Fixture *fixture = *state;
    uint64_t key;

    show(fixture, 0, "card\n" CARD "2");
    assert_scene(fixture, "card\n" CARD "2");
    key = recall_scene_get_key(fixture->scene);
    show(fixture, 60 * SECOND_US, "card\n" CARD);
    assert_int_equal(recall_scene_get_key(fixture->scene), key);
    assert_scene(fixture, "card\n" MASK);
}

/* OCR left out how a line of a key begins. */
static void
hides_begin_of_key_line(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) runs =
        make_runs("-----BEGIN RSA PRIVATE "
                  "KEY-----\nMIIEpAIBAAKCAQEAx9f4efrgEvpyjKwMN\nQ40M5Wk3PHx25yVA4fsG8Gj",
                  PROTOCOL_SOURCE_OCR, TRUE);
    g_autoptr(GPtrArray) masked = NULL;

    ((RecallRun *)runs->pdata[2])->box.x += 200;
    masked = recall_redact_runs(fixture->redact, runs, START_US);
    assert_true(is_hidden(fixture, 110, 2));
}

/* What OCR may have left out behind a token is hidden, but no column beside it. */
static void
hides_no_column_beside_a_token(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) runs =
        make_runs("use ghp_0123456789abcdefghijABCDEFGHIJ012345\nand words beside it",
                  PROTOCOL_SOURCE_OCR, TRUE);
    RecallRun *token = runs->pdata[0];
    RecallRun *beside = runs->pdata[1];
    int right = token->box.x + token->box.width;
    g_autoptr(GPtrArray) masked = NULL;
    g_autoptr(GPtrArray) with_part = NULL;

    beside->box.x = right + 200;
    beside->box.y = token->box.y;
    masked = recall_redact_runs(fixture->redact, runs, START_US);
    assert_true(is_hidden(fixture, right + 190, 0));
    assert_false(is_hidden(fixture, right + 202, 0));

    g_free(beside->text);
    beside->text = g_strdup("aB3 x9Y it");
    with_part = recall_redact_runs(fixture->redact, runs, START_US + SECOND_US);
    assert_true(is_hidden(fixture, right + 202, 0));
}

/* Its labels come with the first letters. */
static void
keeps_no_beginning_in_a_new_bar(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, "one\ntwo\nthree\nfour");
    show(fixture, SECOND_US,
         "one\ntwo\nthree\nfour\nSearch for:\ndckr_pat_ZmQYQ\nMatch case\nPrevious\nNext\nAll");
    assert_scene(fixture,
                 "one\ntwo\nthree\nfour\nSearch for:\n" MASK "\nMatch case\nPrevious\nNext\nAll");
}

/* An entry that is narrower than what is typed into it. */
static void
keeps_no_end_that_scrolled(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, "Find");
    show(fixture, SECOND_US, "Find\nQ sk_live_39|");
    show(fixture, SECOND_US, "Find\nqawx0xaeTdB9CQckV9eH2");
    assert_scene(fixture, "Find\n" MASK "\nQ " MASK "|");
    assert_true(is_hidden(fixture, 110, 1));
    show(fixture, 60 * SECOND_US, "Find\nqawx0xaeTdB9CQckV9eH2");
    assert_scene(fixture, "Find\n" MASK "\nQ " MASK "|");
    show(fixture, SECOND_US, "Find\nwombat");
    assert_scene(fixture, "Find\nwombat\nQ " MASK "|");
}

static void
keeps_no_card_without_its_end(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, "pay " CARD);
    show(fixture, SECOND_US, "pay 4111 1111 1111 111");
    assert_scene(fixture, "pay " MASK);
    show(fixture, 60 * SECOND_US, "pay 4111 1111 1111 111");
    assert_scene(fixture, "pay " MASK);
}

/* Its head said what it is. */
static void
masks_column_without_its_head(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, "Password\nswordfish\nlovelace\nseahorse");
    assert_scene(fixture, "Password\n" MASK "\n" MASK "\n" MASK);
    show(fixture, SECOND_US, "lovelace\nseahorse\nbarracuda\nand so on");
    assert_scene(fixture, MASK "\n" MASK "\n" MASK "\nand so on");
    assert_true(is_hidden(fixture, 110, 2));
    recall_redact_set_page(fixture->redact, "https://a.example/");
    show(fixture, SECOND_US, "barracuda\nand so on");
    assert_scene(fixture, "barracuda\nand so on");
}

#define LIST "name,login,password\nmail,ada,lovelace81\nnews,bob,turing1912"
#define MASKED_LIST "name,login,password\nmail,ada," MASK "\nnews,bob," MASK
#define LATER_LIST "the old blog,grace,hopper1906\nthe new shop,alan,dijkstra02"
#define MASKED_LATER_LIST "the old blog,grace," MASK "\nthe new shop,alan," MASK

static void
masks_rows_without_their_head(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, LIST);
    assert_scene(fixture, MASKED_LIST);
    show(fixture, RECALL_COLUMNS_GONE_US - SECOND_US, LIST);
    show(fixture, RECALL_COLUMNS_GONE_US - SECOND_US, LATER_LIST);
    assert_scene(fixture, MASKED_LATER_LIST);
    show(fixture, SECOND_US, "an ordinary line\nand one more");
    show(fixture, RECALL_COLUMNS_GONE_US, LATER_LIST);
    assert_scene(fixture, LATER_LIST);
}

static void
forgets_rows_with_the_page(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, LIST);
    recall_redact_set_page(fixture->redact, "https://a.example/");
    show(fixture, SECOND_US, LATER_LIST);
    assert_scene(fixture, LATER_LIST);
}

/* What stood is a loss as ever: only beginnings go. */
static void
keeps_other_lines_that_go(void **state)
{
    Fixture *fixture = *state;

    show(fixture, 0, "a line that stood\nand one more");
    assert_int_equal(show(fixture, 5 * SECOND_US, "pay with " CARD "\nand one more"),
                     RECALL_SCENE_NEW);
}

/* Once, and not what may only become one. */
static void
tells_new_secrets(void **state)
{
    Fixture *fixture = *state;
    const GPtrArray *secrets = recall_redact_get_new_secrets(fixture->redact);

    show(fixture, 0, "heading\npay with 4111 1111");
    assert_int_equal(secrets->len, 0);
    show(fixture, SECOND_US, "heading\npay with 4111 1111 1111 1111");
    assert_int_equal(secrets->len, 1);
    assert_string_equal(secrets->pdata[0], "4111111111111111");
    show(fixture, SECOND_US, "heading\nand so on\npay with 4111 1111 1111 1111");
    assert_int_equal(secrets->len, 0);
}

static void
tells_so_many_new_secrets(void **state)
{
    Fixture *fixture = *state;
    const GPtrArray *secrets = recall_redact_get_new_secrets(fixture->redact);

    for (unsigned n = RECALL_REDACT_N_NEW_MAX; n <= RECALL_REDACT_N_NEW_MAX + 1; n++) {
        g_autoptr(GString) text = g_string_new(NULL);

        show(fixture, SECOND_US, "nothing");
        for (unsigned i = 0; i < n; i++)
            g_string_append_printf(text, "use ghp_%036u now\nand so on\n", i);
        show(fixture, SECOND_US, text->str);
        assert_int_equal(secrets->len, RECALL_REDACT_N_NEW_MAX);
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(masks_text_and_pixels),
        TEST(hides_whole_run_without_words),
        TEST(masks_part_by_its_context),
        TEST(masks_labels),
        TEST(keeps_no_beginning),
        TEST(forgets_beginning_that_rested),
        TEST(shows_ordinary_number_after_rest),
        TEST(shows_numbers_of_a_new_page),
        TEST(shows_numbers_of_a_page_like_the_last),
        TEST(shows_numbers_of_pages_of_one_line),
        TEST(keeps_no_beginning_alone),
        TEST(keeps_no_beginning_beside_what_it_finds),
        TEST(keeps_no_beginning_before_a_caret),
        TEST(keeps_no_beginning_in_a_new_bar),
        TEST(shows_numbers_of_a_larger_view),
        TEST(keeps_line_before_a_secret),
        TEST(keeps_line_that_begins_alike),
        TEST(forgets_beginning_beside_other_secrets),
        TEST(forgets_secret_that_was_too_long),
        TEST(hides_begin_of_key_line),
        TEST(hides_no_column_beside_a_token),
        TEST(keeps_no_end_that_scrolled),
        TEST(keeps_no_card_without_its_end),
        TEST(masks_column_without_its_head),
        TEST(masks_rows_without_their_head),
        TEST(forgets_rows_with_the_page),
        TEST(keeps_other_lines_that_go),
        TEST(tells_new_secrets),
        TEST(tells_so_many_new_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
