/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/forget.h"

#include "recall/vault/ingest.h"
#include "recall/vault/schema.h"
#include "recall/vault/search.h"
#include "recall/vault/sieve.h"
#include "recall/vault/statistics.h"
#include "tests/unit/recall/vault/forgetting.h"

#include <glib/gstdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE_US INT64_C(60000000)
#define N_SECRET 6
#define N_ALL 60

static const RecallForgetWhat by_app = {RECALL_FORGET_APP, FORGETTING_WHOLE_TIME, .app = "zqApp"};

/* Forgets and looks: nothing planted is left, @n_kept scenes are. Returns: the receipt */
static RecallReceipt
check_forget(const Fixture *fixture, const RecallForgetWhat *what, unsigned n_kept)
{
    RecallVault *vault = fixture_open(fixture);
    RecallReceipt receipt = {0};
    g_autoptr(GError) error = forgetting_run(vault, what, &receipt);
    unsigned n_while_open;
    RecallStatistics statistics;

    fixture_check(error);
    n_while_open = forgetting_search(vault, "zqquittengelee");
    assert_int_equal(n_while_open, 0);
    assert_int_equal(forgetting_search(vault, ""), n_kept);
    assert_true(recall_statistics_gather(vault, &statistics, NULL));
    assert_int_equal(statistics.n_scenes, n_kept);
    recall_vault_close(vault);
    assert_int_equal(forgetting_count_planted(fixture, NULL), 0);
    return receipt;
}

static int64_t
plant(const Fixture *fixture)
{
    g_autoptr(RecallVault) vault = fixture_open(fixture);

    return forgetting_plant(vault);
}

/* That the look sees it all, in the log and in the file. */
static void
test_is_seen_before(void **state)
{
    RecallVault *vault = fixture_open(*state);
    unsigned n_all;

    forgetting_plant(vault);
    assert_true(forgetting_count_planted(*state, &n_all) >= n_all - 3);
    recall_vault_close(vault);
    /* All but what grew: zeros stand where its beginnings were. */
    assert_int_equal(forgetting_count_planted(*state, &n_all), n_all - 1);
}

static void
test_app(void **state)
{
    RecallReceipt receipt;

    plant(*state);
    receipt = check_forget(*state, &by_app, N_ALL - N_SECRET);
    assert_int_equal(receipt.kind, RECALL_FORGET_APP);
    assert_int_equal(receipt.n_scenes, N_SECRET);
    assert_int_equal(receipt.n_weeks, 0);
    assert_int_equal(receipt.from_us, FORGETTING_MONDAY_US + 5 * MINUTE_US);
}

static void
test_url(void **state)
{
    const RecallForgetWhat what = {RECALL_FORGET_URL, FORGETTING_WHOLE_TIME,
                                   .url = "pflaumenmus.example"};

    plant(*state);
    check_forget(*state, &what, N_ALL - N_SECRET);
}

/* The page is https://pflaumenmus.example/way. */
static void
test_url_spellings(void **state)
{
    static const struct {
        const char *url;
        unsigned n_scenes;
    } cases[] = {
        {"http://pflaumenmus.example/", N_SECRET},
        {"https://pflaumenmus.example/way/", N_SECRET},
        {"HTTP://pflaumenmus.example/way", N_SECRET},
        {"pflaumenmus.example/", N_SECRET},
        {"*.example", N_SECRET},
        {"https://PFLAUMENMUS.example:443", N_SECRET}, /* the usual port */
        {"https://pflaumenmus.example:80", 0},
        {"https://pflaumenmus.example:8443", 0},
        {"example", 0},
        {"https", 0},
        {"mus.example", 0},
        {"pflaumenmus", 0},
        {"pflaumenmus.example/wa", 0},
        {"way", 0},
        {"other.example/pflaumenmus.example/way", 0},
    };
    g_autoptr(RecallVault) vault = fixture_open(*state);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();

    forgetting_plant(vault);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const RecallForgetWhat what = {RECALL_FORGET_URL, FORGETTING_WHOLE_TIME,
                                       .url = cases[i].url};
        g_autoptr(RecallSelector) selector = recall_selector_new(&what, now);
        gboolean is_done = FALSE;

        while (!is_done)
            assert_true(recall_selector_step(selector, vault, &is_done, NULL));
        assert_int_equal(recall_selector_get_intent(selector)->n_scenes, cases[i].n_scenes);
        assert_int_equal(recall_intent_is_empty(recall_selector_get_intent(selector)),
                         cases[i].n_scenes == 0);
    }
}

static void
test_url_that_is_none(void **state)
{
    static const char *const bad[] = {"", "https://", " ", "/", "http:///", "a b.example"};

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(recall_selector_parse_site(bad[i], &error));
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
    }
}

static void
test_query(void **state)
{
    const RecallForgetWhat what = {RECALL_FORGET_QUERY, FORGETTING_WHOLE_TIME, .query = "电脑显示"};

    plant(*state);
    check_forget(*state, &what, N_ALL - N_SECRET);
}

/* A search would answer with what has the word without its signs. */
static void
test_query_has_no_nearest_answer(void **state)
{
    const RecallForgetWhat what = {RECALL_FORGET_QUERY, FORGETTING_WHOLE_TIME,
                                   .query = "电脑显示++"};
    RecallReceipt receipt = {0};
    g_autoptr(RecallVault) vault = NULL;
    g_autoptr(GError) error = NULL;

    plant(*state);
    vault = fixture_open(*state);
    error = forgetting_run(vault, &what, &receipt);
    fixture_check(error);
    assert_int_equal(forgetting_search(vault, ""), N_ALL);
}

/* From the fifth to the fifty-fifth minute are all the secret ones, and most others. */
static void
test_range(void **state)
{
    const RecallForgetWhat what = {RECALL_FORGET_RANGE, FORGETTING_MONDAY_US + 5 * MINUTE_US,
                                   FORGETTING_MONDAY_US + 56 * MINUTE_US};

    plant(*state);
    check_forget(*state, &what, N_ALL - 51);
}

/* A scene that was still shown when the range begins. */
static void
test_range_holds_what_was_shown(void **state)
{
    const RecallForgetWhat what = {RECALL_FORGET_RANGE, FORGETTING_MONDAY_US + 9 * MINUTE_US,
                                   FORGETTING_MONDAY_US + 10 * MINUTE_US};
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(RecallEnd));
    RecallEnd end = {1, FORGETTING_MONDAY_US + 9 * MINUTE_US + 1};
    RecallVault *vault = fixture_open(*state);

    forgetting_put(vault, 1, FORGETTING_MONDAY_US, TRUE);
    forgetting_put(vault, 2, FORGETTING_MONDAY_US + MINUTE_US, FALSE);
    g_array_append_val(ends, end);
    assert_true(recall_ingest_touch(vault, ends, NULL));
    recall_vault_close(vault);
    check_forget(*state, &what, 1);
}

static void
test_scene(void **state)
{
    RecallForgetWhat what = {RECALL_FORGET_SCENE};
    RecallVault *vault = fixture_open(*state);
    g_autoptr(GError) error = NULL;

    for (unsigned i = 1; i <= 30; i++)
        forgetting_put(vault, i, FORGETTING_MONDAY_US + i * MINUTE_US, FALSE);
    what.scene_id = forgetting_put(vault, 99, FORGETTING_MONDAY_US, TRUE);
    recall_vault_close(vault);
    check_forget(*state, &what, 30);
    vault = fixture_open(*state);
    error = forgetting_run(vault, &what, NULL);
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
    recall_vault_close(vault);
}

static void
test_all(void **state)
{
    const RecallForgetWhat what = {RECALL_FORGET_ALL, FORGETTING_WHOLE_TIME};
    RecallVault *vault = fixture_open(*state);
    RecallReceipt receipt;

    forgetting_plant(vault);
    forgetting_put(vault, 200, FORGETTING_MONDAY_US - 2 * RECALL_SEGMENT_WEEK_US, TRUE);
    recall_vault_close(vault);
    receipt = check_forget(*state, &what, 0);
    assert_int_equal(receipt.n_weeks, 2);
    assert_int_equal(receipt.n_scenes, N_ALL + 1);
}

/* The keys of a whole week go: what somebody copied before opens no more. */
static void
test_whole_week_has_no_key(void **state)
{
    const Fixture *fixture = *state;
    const RecallForgetWhat what = {RECALL_FORGET_RANGE, FORGETTING_MONDAY_US,
                                   FORGETTING_MONDAY_US + RECALL_SEGMENT_WEEK_US};
    g_autofree char *path = fixture_path(fixture, FORGETTING_MONDAY_US);
    g_autofree char *data = NULL;
    size_t n_bytes;
    RecallReceipt receipt;

    plant(fixture);
    assert_true(g_file_get_contents(path, &data, &n_bytes, NULL));
    receipt = check_forget(fixture, &what, 0);
    assert_int_equal(receipt.n_weeks, 1);
    assert_true(g_file_set_contents(path, data, (gssize)n_bytes, NULL));
    assert_int_equal(forgetting_count_planted(fixture, NULL), 0);
}

/* Also when only a part of the week went: the rest is sealed with another key. */
static void
test_old_copy_opens_no_more(void **state)
{
    const Fixture *fixture = *state;
    g_autofree char *path = fixture_path(fixture, FORGETTING_MONDAY_US);
    g_autofree char *copy = g_strconcat(path, ".copy", NULL);
    g_autofree char *data = NULL;
    size_t n_bytes;

    plant(fixture);
    assert_true(g_file_get_contents(path, &data, &n_bytes, NULL));
    check_forget(fixture, &by_app, N_ALL - N_SECRET);
    assert_true(g_file_set_contents(copy, data, (gssize)n_bytes, NULL));
    assert_int_equal(forgetting_count_planted(fixture, NULL), 0);
}

static void
test_sieve_goes(void **state)
{
    RecallVault *vault = fixture_open(*state);
    g_autoptr(RecallSieve) sieve = recall_sieve_new();
    RecallSegment *segment;
    gboolean is_done = FALSE;

    forgetting_plant(vault);
    assert_true(recall_vault_get_segment(vault, recall_segment_week_at(FORGETTING_MONDAY_US),
                                         &segment, NULL));
    while (!is_done)
        assert_true(recall_sieve_step(sieve, segment, &is_done, NULL));
    recall_vault_close(vault);
    check_forget(*state, &by_app, N_ALL - N_SECRET);
}

/* What was set aside may hold it: it goes with its key. */
static void
test_damaged_goes(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault = fixture_open(fixture);
    RecallStatistics statistics;
    RecallReceipt receipt;

    forgetting_plant(vault);
    recall_vault_set_aside(vault, recall_segment_week_at(FORGETTING_MONDAY_US));
    forgetting_put(vault, 500, FORGETTING_MONDAY_US, FALSE);
    recall_vault_close(vault);
    assert_true(forgetting_count_planted(fixture, &(unsigned){0}) > 5);
    receipt = check_forget(fixture, &by_app, 1);
    assert_int_equal(receipt.n_damaged, 1);
    vault = fixture_open(fixture);
    assert_true(recall_statistics_gather(vault, &statistics, NULL));
    assert_int_equal(statistics.n_damaged, 0);
    recall_vault_close(vault);
}

/* A search that lasts over several steps, a slice between two of them, again and again. */
typedef struct {
    RecallSearch *search;
    GPtrArray *results;
    unsigned n_slices;
    unsigned n_slices_most; /* of one search */
} LongSearch;

static void
end_long_search(LongSearch *self)
{
    for (unsigned i = 1; self->results != NULL && i < self->results->len; i++) {
        const RecallResult *newer = self->results->pdata[i - 1];
        const RecallResult *older = self->results->pdata[i];

        assert_true(newer->id > older->id); /* each once, and none out of place */
    }
    g_clear_pointer(&self->search, recall_search_free);
    g_clear_pointer(&self->results, g_ptr_array_unref);
    self->n_slices_most = MAX(self->n_slices_most, self->n_slices);
    self->n_slices = 0;
}

static void
go_on_searching(LongSearch *self, RecallVault *vault, GDateTime *now)
{
    RecallSearchOptions options = {.limit = RECALL_SEARCH_LIMIT_MAX};

    if (self->search == NULL) {
        self->search = recall_search_new("w*", 2, &options, now, NULL);
        self->results = g_ptr_array_new_with_free_func((GDestroyNotify)recall_result_free);
    }
    assert_true(recall_search_run_slice(self->search, vault, NULL, self->results, NULL));
    self->n_slices++;
    if (recall_search_is_done(self->search))
        end_long_search(self);
}

/* Searches that are under way, and scenes that come, between any two steps. */
static void
test_while_others_work(void **state)
{
    const RecallForgetWhat first_day = {RECALL_FORGET_RANGE, FORGETTING_MONDAY_US,
                                        FORGETTING_MONDAY_US + 24 * 60 * MINUTE_US};
    RecallVault *vault = fixture_open(*state);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(RecallSelector) selector = recall_selector_new(&first_day, now);
    g_autoptr(RecallForget) forget = NULL;
    RecallSearchOptions options = {.limit = 1};
    LongSearch long_search = {0};
    gboolean is_done = FALSE;
    unsigned n_steps = 0;
    uint64_t key = 10000;

    forgetting_plant(vault);
    for (unsigned i = 100; i < 900; i++)
        forgetting_put(vault, i, FORGETTING_MONDAY_US + i * MINUTE_US, FALSE);
    while (!is_done)
        assert_true(recall_selector_step(selector, vault, &is_done, NULL));
    forget = recall_forget_new(recall_selector_steal_intent(selector));
    for (is_done = FALSE; !is_done; n_steps++) {
        g_autoptr(RecallSearch) search = recall_search_new("w1", 2, &options, now, NULL);
        g_autoptr(GPtrArray) results =
            g_ptr_array_new_with_free_func((GDestroyNotify)recall_result_free);

        assert_true(recall_search_run_slice(search, vault, NULL, results, NULL));
        go_on_searching(&long_search, vault, now);
        for (unsigned i = 0; i < 20; i++)
            forgetting_put(vault, key++, FORGETTING_MONDAY_US + 48 * 60 * MINUTE_US, FALSE);
        assert_true(recall_forget_step(forget, vault, &is_done, NULL));
        assert_true(recall_forget_get_progress(forget) <= 1);
    }
    end_long_search(&long_search);
    assert_true(long_search.n_slices_most >= 2);
    assert_true(n_steps >= 5);
    assert_int_equal(forgetting_search(vault, ""), key - 10000);
    recall_vault_close(vault);
    assert_int_equal(forgetting_count_planted(*state, NULL), 0);
    vault = fixture_open(*state);
    assert_int_equal(forgetting_search(vault, ""), key - 10000);
    recall_vault_close(vault);
}

static void
test_receipts(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault = NULL;
    g_autoptr(GArray) receipts = NULL;
    const RecallReceipt *first;

    plant(fixture);
    check_forget(fixture, &by_app, N_ALL - N_SECRET);
    check_forget(fixture, &by_app, N_ALL - N_SECRET);
    vault = fixture_open(fixture);
    receipts = recall_receipts_load(recall_vault_get_keyring(vault), fixture->folder, NULL);
    assert_int_equal(receipts->len, 2);
    first = &g_array_index(receipts, RecallReceipt, 1);
    assert_int_equal(first->n_scenes, N_SECRET);
    assert_int_equal(g_array_index(receipts, RecallReceipt, 0).n_scenes, 0);
    assert_memory_not_equal(first->digest, g_array_index(receipts, RecallReceipt, 0).digest,
                            sizeof first->digest);
    recall_vault_close(vault);
}

/* Whole weeks go while locked and leave a receipt, a part of a week does not. */
static void
test_locked(void **state)
{
    const Fixture *fixture = *state;
    const RecallForgetWhat all = {RECALL_FORGET_ALL, FORGETTING_WHOLE_TIME};
    const RecallForgetWhat part = {RECALL_FORGET_RANGE, G_MININT64, FORGETTING_MONDAY_US};
    RecallVault *vault = fixture_open(fixture);
    RecallKeyring *keyring = recall_vault_get_keyring(vault);
    g_autoptr(GArray) receipts = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) no_error = NULL;

    forgetting_put(vault, 1, FORGETTING_MONDAY_US - MINUTE_US, TRUE);
    forgetting_plant(vault);
    assert_true(recall_keyring_set_type(keyring, &recall_root_key_passphrase, "pass", NULL));
    recall_vault_lock(vault);
    error = forgetting_run(vault, &by_app, NULL);
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
    g_clear_error(&error);
    no_error = forgetting_run(vault, &part, NULL); /* a week that is over, as a whole */
    fixture_check(no_error);
    no_error = forgetting_run(vault, &all, NULL);
    fixture_check(no_error);
    forgetting_put(vault, 7, FORGETTING_MONDAY_US, FALSE); /* recording goes on */
    assert_null(recall_receipts_load(keyring, fixture->folder, NULL));
    assert_true(recall_keyring_unlock(keyring, "pass", NULL));
    assert_int_equal(forgetting_search(vault, ""), 1);
    receipts = recall_receipts_load(keyring, fixture->folder, NULL);
    assert_int_equal(receipts->len, 2);
    assert_true(g_array_index(receipts, RecallReceipt, 1).n_scenes ==
                RECALL_INTENT_N_SCENES_UNKNOWN);
    assert_int_equal(g_array_index(receipts, RecallReceipt, 0).n_scenes, N_ALL); /* in hand */
    assert_true(g_array_index(receipts, RecallReceipt, 0).until_us <=
                FORGETTING_MONDAY_US + FORGETTING_NOW_US); /* not the end of the week */
    assert_true(recall_keyring_set_type(keyring, &recall_root_key_file, NULL, NULL));
    recall_vault_close(vault);
    assert_int_equal(forgetting_count_planted(fixture, NULL), 0);
}

/* Begun, then locked: finished before the first thing is read after the unlock. */
static void
test_locked_in_between(void **state)
{
    const Fixture *fixture = *state;
    RecallVault *vault = fixture_open(fixture);
    RecallKeyring *keyring = recall_vault_get_keyring(vault);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(RecallSelector) selector = recall_selector_new(&by_app, now);
    gboolean is_done = FALSE;

    forgetting_plant(vault);
    while (!is_done)
        assert_true(recall_selector_step(selector, vault, &is_done, NULL));
    assert_true(recall_intent_save(recall_selector_get_intent(selector), fixture->folder, NULL));
    assert_true(recall_keyring_set_type(keyring, &recall_root_key_passphrase, "pass", NULL));
    recall_vault_close(vault);
    vault = fixture_open(fixture);
    keyring = recall_vault_get_keyring(vault);
    forgetting_put(vault, 777, FORGETTING_MONDAY_US + 3 * 60 * MINUTE_US, FALSE);
    assert_true(recall_keyring_unlock(keyring, "pass", NULL));
    assert_int_equal(forgetting_search(vault, "zqquittengelee"), 0);
    assert_int_equal(forgetting_search(vault, ""), N_ALL - N_SECRET + 1);
    assert_true(recall_keyring_set_type(keyring, &recall_root_key_file, NULL, NULL));
    recall_vault_close(vault);
    assert_int_equal(forgetting_count_planted(fixture, NULL), 0);
}

/* An intent that is no intent neither stops the vault nor stays. */
static void
test_odd_intent(void **state)
{
    const Fixture *fixture = *state;
    g_autofree char *path = g_build_filename(fixture->folder, "forgetting", NULL);
    RecallVault *vault;

    plant(fixture);
    assert_true(g_file_set_contents(path, "nonsense", -1, NULL));
    assert_int_equal(g_chmod(path, 0600), 0);
    vault = fixture_open(fixture);
    assert_int_equal(forgetting_search(vault, ""), N_ALL);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    recall_vault_close(vault);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_is_seen_before),
        TEST(test_app),
        TEST(test_url),
        TEST(test_url_spellings),
        TEST(test_url_that_is_none),
        TEST(test_query),
        TEST(test_query_has_no_nearest_answer),
        TEST(test_range),
        TEST(test_range_holds_what_was_shown),
        TEST(test_scene),
        TEST(test_all),
        TEST(test_whole_week_has_no_key),
        TEST(test_old_copy_opens_no_more),
        TEST(test_sieve_goes),
        TEST(test_damaged_goes),
        TEST(test_while_others_work),
        TEST(test_receipts),
        TEST(test_locked),
        TEST(test_locked_in_between),
        TEST(test_odd_intent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
