/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/sieve.h"

#include "recall/vault/ingest.h"
#include "recall/vault/schema.h"
#include "recall/vault/tidy.h"
#include "tests/unit/recall/vault/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define START_US (INT64_C(1795392000) * G_USEC_PER_SEC)
#define N_SCENES 400

typedef struct {
    Fixture *folder;
    RecallVault *vault;
    RecallSegment *segment;
    int64_t ids[N_SCENES];
} Session;

/* Every second scene has even, every second odd, the tenth both. */
static char *
make_text(unsigned i)
{
    return g_strdup_printf("%s%s common word%u 电脑%s", i % 2 == 0 ? "even " : "odd ",
                           i == 10 ? "odd" : "", i, i % 3 == 0 ? "桌面" : "");
}

/* All in one transaction. */
static void
fill(Session *self)
{
    g_autoptr(GPtrArray) appends =
        g_ptr_array_new_with_free_func((GDestroyNotify)recall_append_free);

    for (unsigned i = 0; i < N_SCENES; i++) {
        g_autofree char *text = make_text(i);
        ProtocolScene *scene = fixture_scene(i + 1, START_US + (int64_t)i * G_USEC_PER_SEC, text);

        g_free(scene->actor);
        scene->actor = g_strdup("human");
        g_ptr_array_add(appends, recall_append_new(scene, NULL));
    }
    recall_ingest_append_all(self->vault, appends);
    for (unsigned i = 0; i < N_SCENES; i++) {
        const RecallAppend *append = g_ptr_array_index(appends, i);

        fixture_check(append->error);
        self->ids[i] = append->id;
    }
}

static int
set_up(void **state)
{
    Session *self = g_new0(Session, 1);
    void *folder = NULL;

    fixture_set_up(&folder);
    self->folder = folder;
    self->vault = fixture_open(self->folder);
    fill(self);
    assert_true(recall_vault_get_segment(self->vault, recall_segment_week_at(START_US),
                                         &self->segment, NULL));
    *state = self;
    return 0;
}

static int
tear_down(void **state)
{
    Session *self = *state;
    void *folder = self->folder;

    recall_vault_close(self->vault);
    fixture_tear_down(&folder);
    g_free(self);
    return 0;
}

static void
build(Session *self)
{
    g_autoptr(RecallSieve) sieve = recall_sieve_new();
    gboolean is_done = FALSE;

    while (!is_done)
        assert_true(recall_sieve_step(sieve, self->segment, &is_done, NULL));
}

/* @out_rows: (transfer full) (optional) */
static RecallSieveAnswer
ask(Session *self, const char *text, GArray **out_rows)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(RecallQuery) query = recall_query_parse(text, strlen(text), now, FALSE);
    g_autoptr(RecallNeeds) needs = recall_needs_new(query, RECALL_READING_LITERAL);
    g_autoptr(GArray) rows = NULL;
    RecallSieveAnswer answer = RECALL_SIEVE_HAS_NONE;

    assert_true(recall_sieve_ask(self->segment, needs, &answer, &rows, NULL));
    assert_int_equal(rows != NULL, answer == RECALL_SIEVE_HAS_FEW);
    if (out_rows != NULL)
        *out_rows = g_steal_pointer(&rows);
    return answer;
}

static void
test_before_it_is_built(void **state)
{
    Session *self = *state;
    gboolean is_built = TRUE;

    assert_true(recall_sieve_is_built(self->segment, &is_built, NULL));
    assert_false(is_built);
    assert_int_equal(ask(self, "nowhere", NULL), RECALL_SIEVE_PASSES);
}

static void
test_answers(void **state)
{
    static const struct {
        const char *query;
        RecallSieveAnswer answer;
    } rows[] = {
        {"common", RECALL_SIEVE_PASSES},
        {"nowhere", RECALL_SIEVE_HAS_NONE},
        {"common nowhere", RECALL_SIEVE_HAS_NONE},
        {"nowher*", RECALL_SIEVE_PASSES},
        {"-nowhere", RECALL_SIEVE_PASSES},
        {"", RECALL_SIEVE_PASSES},
        {"word7", RECALL_SIEVE_PASSES},
        {"even common", RECALL_SIEVE_PASSES},
        {"even odd", RECALL_SIEVE_HAS_FEW},
        {"\"common word7\"", RECALL_SIEVE_PASSES},
        {"\"word7 common\"", RECALL_SIEVE_HAS_NONE},
        {"\"even odd common\"", RECALL_SIEVE_HAS_FEW},
        {"\"odd even common\"", RECALL_SIEVE_HAS_NONE},
        {"电脑", RECALL_SIEVE_PASSES},
        {"脑电", RECALL_SIEVE_HAS_NONE},
        {"电脑桌面", RECALL_SIEVE_PASSES},
        {"脑桌面", RECALL_SIEVE_PASSES},
        {"电脑面", RECALL_SIEVE_HAS_NONE},
        {"actor:human", RECALL_SIEVE_PASSES},
    };
    Session *self = *state;

    build(self);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (ask(self, rows[i].query, NULL) != rows[i].answer)
            fail_msg("%s", rows[i].query);
    }
}

static void
test_rows_are_right(void **state)
{
    Session *self = *state;
    g_autoptr(GArray) rows = NULL;

    build(self);
    ask(self, "even odd", &rows);
    assert_int_equal(rows->len, 1);
    assert_int_equal(g_array_index(rows, int64_t, 0), self->ids[10] & ((1 << 30) - 1));
}

/* In the middle of the work a scene comes in: the work begins again and is right. */
static void
test_write_while_building(void **state)
{
    Session *self = *state;
    g_autoptr(RecallSieve) sieve = recall_sieve_new();
    g_autoptr(ProtocolScene) scene =
        fixture_scene(9999, START_US + INT64_C(1000) * G_USEC_PER_SEC, "latecomer");
    gboolean is_done = FALSE;

    for (unsigned n = 0; !is_done; n++) {
        assert_true(recall_sieve_step(sieve, self->segment, &is_done, NULL));
        if (n == 3)
            fixture_append(self->vault, scene, "", NULL);
        assert_in_range(n, 0, 1000);
    }
    assert_int_equal(ask(self, "latecomer", NULL), RECALL_SIEVE_PASSES);
    assert_int_equal(ask(self, "nowhere", NULL), RECALL_SIEVE_HAS_NONE);
}

static void
test_write_after_building(void **state)
{
    Session *self = *state;
    g_autoptr(ProtocolScene) scene =
        fixture_scene(9999, START_US + INT64_C(1000) * G_USEC_PER_SEC, "latecomer");
    gboolean is_built = TRUE;

    build(self);
    fixture_append(self->vault, scene, "", NULL);
    assert_true(recall_sieve_is_built(self->segment, &is_built, NULL));
    assert_false(is_built);
    assert_int_equal(ask(self, "nowhere", NULL), RECALL_SIEVE_PASSES);
}

/* A longer end is no change of what is found. */
static void
test_touch_after_building(void **state)
{
    Session *self = *state;
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(RecallEnd));
    RecallEnd end = {1, START_US + 60 * G_USEC_PER_SEC};
    gboolean is_built = FALSE;

    build(self);
    g_array_append_val(ends, end);
    assert_true(recall_ingest_touch(self->vault, ends, NULL));
    assert_true(recall_sieve_is_built(self->segment, &is_built, NULL));
    assert_true(is_built);
}

static void
test_tidy_leaves_the_newest_week(void **state)
{
    Session *self = *state;
    g_autoptr(RecallTidyRound) round = recall_tidy_round_new(self->vault);
    g_autoptr(RecallTidyRound) second = recall_tidy_round_new(self->vault);
    g_autoptr(ProtocolScene) scene =
        fixture_scene(9999, START_US + RECALL_SCENE_DURATION_MAX_US * 24 * 7, "new");
    RecallSegment *newest = NULL;
    gboolean is_built = TRUE;

    while (recall_tidy_round_step(round)) {
    }
    assert_true(recall_sieve_is_built(self->segment, &is_built, NULL));
    assert_false(is_built);
    fixture_append(self->vault, scene, "", NULL);
    while (recall_tidy_round_step(second)) {
    }
    assert_true(recall_sieve_is_built(self->segment, &is_built, NULL));
    assert_true(is_built);
    assert_true(recall_vault_get_segment(self->vault, recall_segment_week_at(scene->start_us),
                                         &newest, NULL));
    assert_true(recall_sieve_is_built(newest, &is_built, NULL));
    assert_false(is_built);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_before_it_is_built),
        TEST(test_answers),
        TEST(test_rows_are_right),
        TEST(test_write_while_building),
        TEST(test_write_after_building),
        TEST(test_touch_after_building),
        TEST(test_tidy_leaves_the_newest_week),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
