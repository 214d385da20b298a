/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/drafts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define CARD "3540831012228341"
#define START_US PROTOCOL_SCENE_TIME_MIN_US
#define LINE_PX 20

static GPtrArray *
list(const char *secret)
{
    GPtrArray *secrets = g_ptr_array_new();

    g_ptr_array_add(secrets, (char *)secret);
    return secrets;
}

/* Each line is one word with a box, and one tile. */
static ProtocolScene *
make_scene(uint64_t key, const char *text)
{
    ProtocolScene *scene = protocol_scene_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    uint32_t start = 0;

    scene->key = key;
    scene->start_us = scene->end_us = START_US;
    scene->width_px = scene->height_px = 1000;
    g_free(scene->text);
    scene->text = g_strdup(text);
    for (int i = 0; lines[i] != NULL; i++) {
        uint32_t length = strlen(lines[i]);
        ProtocolSpan span = {start, length, {5, 2 * i * LINE_PX + 5, 100, LINE_PX - 10}};
        ProtocolTile tile = {0, (uint16_t)(2 * i * LINE_PX), 200, LINE_PX, {(uint8_t)i}};

        g_array_append_val(scene->spans, span);
        g_array_append_val(scene->tiles, tile);
        start += length + 1;
    }
    return scene;
}

static void
test_is_beginning(void **state)
{
    static const struct {
        const char *text;
        const char *secret;
        gboolean is_beginning;
    } cases[] = {
        {"granite 3540 8310 12", CARD, TRUE},
        {"3540 83", CARD, TRUE},
        {"354083 and more", CARD, TRUE},
        {"3540-8310-1222-8341", CARD, TRUE},
        {"3540 8310 13", CARD, TRUE}, /* a slip that was mended */
        {"3540 8", CARD, FALSE},
        {"13540 8310 12", CARD, FALSE},
        {"3540 7310 1222", CARD, FALSE},
        {"granite •••••", CARD, FALSE},
        {"ghp_ab12", "ghpab12cd34ef56", FALSE},
        {"the github pages", "githubpat11ABC", FALSE},
        {"token githubpat11AB", "githubpat11ABC", TRUE},
        {"", CARD, FALSE},
        {"3540 8310 12", "", FALSE},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) secrets = list(cases[i].secret);

        assert_int_equal(recall_drafts_is_beginning(cases[i].text, secrets), cases[i].is_beginning);
    }
    assert_false(recall_drafts_is_beginning("3540 8310 12", NULL));
}

/* Its line goes, with the words and the tiles of it; what stands around stays. */
static void
test_take_back(void **state)
{
    g_autoptr(RecallDrafts) drafts = recall_drafts_new();
    g_autoptr(GPtrArray) secrets = list(CARD);
    g_autoptr(GPtrArray) again = NULL;
    g_autoptr(GPtrArray) nothing = NULL;
    const ProtocolScene *scene;

    recall_drafts_note(drafts, make_scene(1, "above\npay 3540 8310 12\nbelow"));
    recall_drafts_note(drafts, make_scene(2, "above\nbelow"));
    again = recall_drafts_take_back(drafts, secrets, START_US);
    assert_int_equal(again->len, 1);
    scene = again->pdata[0];
    assert_int_equal(scene->key, 1);
    assert_string_equal(scene->text, "above\nbelow");
    assert_int_equal(scene->spans->len, 2);
    assert_int_equal(g_array_index(scene->spans, ProtocolSpan, 1).start_bytes, 6);
    assert_int_equal(g_array_index(scene->spans, ProtocolSpan, 1).box.y, 4 * LINE_PX + 5);
    assert_int_equal(scene->tiles->len, 2);
    assert_int_equal(g_array_index(scene->tiles, ProtocolTile, 1).digest[0], 2);
    nothing = recall_drafts_take_back(drafts, secrets, START_US);
    assert_int_equal(nothing->len, 0);
}

static void
test_first_last_and_only_line(void **state)
{
    static const char *const texts[][2] = {
        {"3540 8310 12\nbelow", "below"},
        {"above\n3540 8310 12", "above"},
        {"3540 8310 12", ""},
        {"3540 8310 12\nin the middle\n3540 8310", "in the middle"},
    };
    g_autoptr(GPtrArray) secrets = list(CARD);

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(RecallDrafts) drafts = recall_drafts_new();
        g_autoptr(GPtrArray) again = NULL;

        recall_drafts_note(drafts, make_scene(1, texts[i][0]));
        again = recall_drafts_take_back(drafts, secrets, START_US);
        assert_int_equal(again->len, 1);
        assert_string_equal(((ProtocolScene *)again->pdata[0])->text, texts[i][1]);
    }
}

/* A scene that grew stands for what it was. */
static void
test_same_key(void **state)
{
    g_autoptr(RecallDrafts) drafts = recall_drafts_new();
    g_autoptr(GPtrArray) secrets = list(CARD);
    g_autoptr(GPtrArray) grown = NULL;

    recall_drafts_note(drafts, make_scene(1, "3540 8310 12"));
    recall_drafts_note(drafts, make_scene(1, "•••••"));
    grown = recall_drafts_take_back(drafts, secrets, START_US);
    assert_int_equal(grown->len, 0);
}

static void
test_bounds(void **state)
{
    g_autoptr(RecallDrafts) drafts = recall_drafts_new();
    g_autoptr(GPtrArray) secrets = list(CARD);
    g_autoptr(GPtrArray) late = NULL;
    g_autoptr(GPtrArray) again = NULL;

    for (unsigned i = 0; i <= RECALL_DRAFTS_N_MAX; i++)
        recall_drafts_note(drafts, make_scene(i + 1, "3540 8310 12"));
    late = recall_drafts_take_back(drafts, secrets, START_US + RECALL_DRAFTS_MAX_US + 1);
    assert_int_equal(late->len, 0);
    again = recall_drafts_take_back(drafts, secrets, START_US + RECALL_DRAFTS_MAX_US);
    assert_int_equal(again->len, RECALL_DRAFTS_N_MAX);
    assert_int_equal(((ProtocolScene *)again->pdata[0])->key, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_beginning),
        cmocka_unit_test(test_take_back),
        cmocka_unit_test(test_first_last_and_only_line),
        cmocka_unit_test(test_same_key),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
