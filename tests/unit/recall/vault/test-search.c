/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/search.h"

#include "recall/vault/ingest.h"
#include "recall/vault/schema.h"
#include "recall/vault/sieve.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A Wednesday, 15:30 UTC. */
#define NOW_S INT64_C(1762961400)
#define HOUR_S INT64_C(3600)
#define DAY_S (24 * HOUR_S)
#define WEEK_S (7 * DAY_S)

typedef struct {
    char *folder;
    RecallVault *vault;
    uint64_t last_key;
} Fixture;

static int
set_up(void **state)
{
    Fixture *self = g_new0(Fixture, 1);

    self->folder = g_dir_make_tmp("deskhand-test-XXXXXX", NULL);
    self->vault = recall_vault_open(self->folder, NULL);
    *state = self;
    return self->vault != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
    Fixture *self = *state;
    g_autoptr(GDir) dir = NULL;
    const char *name = NULL;

    recall_vault_close(self->vault);
    dir = g_dir_open(self->folder, 0, NULL);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(self->folder, name, NULL);

        g_remove(path);
    }
    g_rmdir(self->folder);
    g_free(self->folder);
    g_free(self);
    return 0;
}

static void
set(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

static ProtocolScene *
make_scene(Fixture *self, int64_t start_s, int64_t length_s, const char *title, const char *text)
{
    ProtocolScene *scene = protocol_scene_new();

    scene->key = ++self->last_key;
    scene->start_us = start_s * G_USEC_PER_SEC;
    scene->end_us = (start_s + length_s) * G_USEC_PER_SEC;
    scene->width_px = scene->height_px = 100;
    scene->source = PROTOCOL_SOURCE_OCR;
    set(&scene->title, title);
    set(&scene->text, text);
    set(&scene->app, "Tester");
    set(&scene->actor, "human");
    return scene;
}

/* @scene: (transfer full) */
static int64_t
append_scene(Fixture *self, ProtocolScene *scene)
{
    g_autoptr(GPtrArray) appends =
        g_ptr_array_new_with_free_func((GDestroyNotify)recall_append_free);
    RecallAppend *append = recall_append_new(scene, NULL);

    g_ptr_array_add(appends, append);
    recall_ingest_append_all(self->vault, appends);
    assert_null(append->error);
    return append->id;
}

static int64_t
append(Fixture *self, int64_t start_s, const char *text)
{
    return append_scene(self, make_scene(self, start_s, 10, "", text));
}

static void
seal_all(Fixture *self)
{
    g_autoptr(GArray) weeks = recall_vault_dup_weeks(self->vault);

    for (unsigned i = 0; i < weeks->len; i++) {
        g_autoptr(RecallSieve) sieve = recall_sieve_new();
        RecallSegment *segment = NULL;
        gboolean is_done = FALSE;

        assert_true(
            recall_vault_get_segment(self->vault, g_array_index(weeks, int, i), &segment, NULL));
        while (!is_done)
            assert_true(recall_sieve_step(sieve, segment, &is_done, NULL));
    }
}

static GDateTime *
make_now(void)
{
    return g_date_time_new_from_unix_utc(NOW_S);
}

static RecallSearch *
begin(const char *query, const RecallSearchOptions *options)
{
    g_autoptr(GDateTime) now = make_now();
    g_autoptr(GError) error = NULL;
    RecallSearch *search = recall_search_new(query, strlen(query), options, now, &error);

    if (search == NULL)
        fail_msg("%s: %s", query, error->message);
    return search;
}

static GPtrArray *
new_results(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)recall_result_free);
}

/* @out_next: (optional): the cursor */
static GPtrArray *
run(Fixture *self, const char *query, const RecallSearchOptions *options, char **out_next)
{
    g_autoptr(RecallSearch) search = begin(query, options);
    GPtrArray *results = new_results();

    while (!recall_search_is_done(search))
        assert_true(recall_search_run_slice(search, self->vault, NULL, results, NULL));
    if (out_next != NULL)
        *out_next = recall_search_dup_cursor(search);
    return results;
}

static int64_t
id_at(const GPtrArray *results, unsigned index)
{
    return ((RecallResult *)g_ptr_array_index(results, index))->id;
}

/* Looks that @query finds exactly these, in this order; -1 ends them. */
static void
check(Fixture *self, const char *query, ...)
{
    static const RecallSearchOptions options = {.limit = 100};
    g_autoptr(GPtrArray) results = run(self, query, &options, NULL);
    unsigned n = 0;
    va_list ids;

    va_start(ids, query);
    for (int64_t id = va_arg(ids, int64_t); id >= 0; id = va_arg(ids, int64_t), n++) {
        if (n >= results->len || id_at(results, n) != id)
            fail_msg("%s: result %u of %u", query, n, results->len);
    }
    va_end(ids);
    if (results->len != n)
        fail_msg("%s: %u results, not %u", query, results->len, n);
}

#define END INT64_C(-1)

static void
test_newest_first_over_weeks(void **state)
{
    Fixture *self = *state;
    int64_t old = append(self, NOW_S - 3 * WEEK_S, "apple pie");
    int64_t middle = append(self, NOW_S - WEEK_S, "apple");
    int64_t new = append(self, NOW_S - HOUR_S, "pie apple");

    append(self, NOW_S - 2 * WEEK_S, "pear");
    check(self, "apple", new, middle, old, END);
    check(self, "apple pie", new, old, END);
    check(self, "\"apple pie\"", old, END);
    check(self, "apple -pie", middle, END);
    check(self, "app*", new, middle, old, END);
    check(self, "nothing", END);
}

static void
test_queries_without_words(void **state)
{
    Fixture *self = *state;
    int64_t a = append(self, NOW_S - WEEK_S, "a");
    int64_t b = append(self, NOW_S - 2, "b ¥");

    check(self, "", b, a, END);
    check(self, "\"", b, a, END);
    check(self, "-", b, a, END);
    check(self, "-a", b, END);
    check(self, "-a -b", END);
    check(self, "¥", b, END);
    check(self, "€", END);
    check(self, "-C++", b, a, END);
}

static void
test_fields(void **state)
{
    Fixture *self = *state;
    ProtocolScene *scene = make_scene(self, NOW_S - 5, 1, "Report May", "text");
    int64_t id = 0;
    int64_t run_id = 0;

    set(&scene->app, "LibreOffice Calc");
    set(&scene->url, "https://zoom.us/j/1");
    set(&scene->file, "/home/x/report.ods");
    id = append_scene(self, scene);
    scene = make_scene(self, NOW_S - 4, 1, "", "other");
    set(&scene->actor, "run-7");
    run_id = append_scene(self, scene);
    check(self, "app:calc", id, END);
    check(self, "app:\"libreoffice calc\"", id, END);
    check(self, "app:report", END);
    check(self, "title:report", id, END);
    check(self, "url:https://zoom.us", id, END);
    check(self, "zoom.us", id, END);
    check(self, "file:report.ods", id, END);
    check(self, "human", END);
    check(self, "actor:human", id, END);
    check(self, "actor:run-7", run_id, END);
    check(self, "calc text", id, END);
    check(self, "-app:calc", run_id, END);
}

static void
test_literals_and_their_fallback(void **state)
{
    Fixture *self = *state;
    int64_t c = append(self, NOW_S - 9, "the C language");
    int64_t cpp = append(self, NOW_S - 8, "the C++ language");
    int64_t us = append(self, NOW_S - 7, "us and zoom");

    check(self, "C++", cpp, END);
    check(self, "C#", cpp, c, END);
    check(self, "c", cpp, c, END);
    check(self, "c -C++", c, END);
    check(self, "zoom.us", us, END);
    check(self, "\"zoom.us\"", END);
}

static void
test_times(void **state)
{
    Fixture *self = *state;
    int64_t today = append(self, NOW_S - HOUR_S, "x");
    int64_t midnight = append_scene(
        self, make_scene(self, NOW_S - NOW_S % DAY_S - 60, 120, "", "x over midnight"));
    int64_t yesterday = append(self, NOW_S - DAY_S, "x 发票");
    int64_t before = append(self, NOW_S - 2 * DAY_S, "x");
    int64_t instant = append_scene(self, make_scene(self, NOW_S - NOW_S % DAY_S, 0, "", "x"));

    check(self, "x today", today, instant, midnight, END);
    check(self, "x yesterday", midnight, yesterday, END);
    check(self, "yesterday", midnight, yesterday, END);
    check(self, "x before:yesterday", before, END);
    check(self, "昨天发票", yesterday, END);
    check(self, "昨天的发票", yesterday, END);
    check(self, "发票 today", END);
    check(self, "x after:today before:yesterday", END);
}

static void
test_options(void **state)
{
    Fixture *self = *state;
    RecallSearchOptions options = {.limit = 100, .since = "yesterday", .until = "yesterday"};
    ProtocolScene *scene = make_scene(self, NOW_S - DAY_S, 1, "", "x");
    int64_t id = append_scene(self, scene);
    g_autoptr(GPtrArray) bounded = NULL;
    g_autoptr(GPtrArray) none = NULL;
    g_autoptr(GPtrArray) app = NULL;

    append(self, NOW_S - 1, "x");
    append(self, NOW_S - 3 * DAY_S, "x");
    bounded = run(self, "x", &options, NULL);
    assert_int_equal(bounded->len, 1);
    assert_int_equal(id_at(bounded, 0), id);
    options = (RecallSearchOptions){.limit = 100, .app = "tester"};
    app = run(self, "x", &options, NULL);
    assert_int_equal(app->len, 3);
    options.app = "other";
    none = run(self, "x", &options, NULL);
    assert_int_equal(none->len, 0);
}

static void
test_options_that_are_wrong(void **state)
{
    static const RecallSearchOptions rows[] = {
        {.limit = 1, .since = "soon"},
        {.limit = 1, .until = ""},
        {.limit = 1, .cursor = ""},
        {.limit = 1, .cursor = "newest"},
        {.limit = 1, .cursor = "newest-0-0-0"},
        {.limit = 1, .cursor = "newest-9-0-0-0"},
        {.limit = 1, .cursor = "newest-0--1-0-0"},
        {.limit = 1, .cursor = "best-0-0-0-0"},
        {.limit = 1, .cursor = "newest-0-0-99999999999999999999-0"},
    };
    g_autoptr(GDateTime) now = make_now();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(recall_search_new("x", 1, &rows[i], now, &error));
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
    }
}

/* Ids of all pages of @limit, one after the other; a scene comes in after each page. */
static GArray *
collect_pages(Fixture *self, const char *query, RecallSearchOptions options)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autofree char *cursor = NULL;

    for (unsigned n_pages = 0; n_pages < 100; n_pages++) {
        g_autoptr(GPtrArray) results = NULL;
        char *next = NULL;

        options.cursor = cursor;
        results = run(self, query, &options, &next);
        for (unsigned i = 0; i < results->len; i++) {
            int64_t id = id_at(results, i);

            g_array_append_val(ids, id);
        }
        g_free(cursor);
        cursor = next;
        append(self, NOW_S + n_pages, "x new");
        if (cursor == NULL)
            return ids;
        assert_int_equal(results->len, options.limit);
    }
    fail_msg("the pages do not end");
    return ids;
}

static void
test_pages(void **state)
{
    Fixture *self = *state;
    g_autoptr(GArray) ids = NULL;
    g_autoptr(GArray) best = NULL;
    g_autoptr(GArray) expected = g_array_new(FALSE, FALSE, sizeof(int64_t));

    for (int i = 0; i < 23; i++) {
        int64_t id = append(self, NOW_S - 3 * WEEK_S + i * DAY_S, i % 5 == 0 ? "x x" : "x");

        g_array_prepend_val(expected, id);
    }
    ids = collect_pages(self, "x", (RecallSearchOptions){.limit = 4});
    assert_int_equal(ids->len, expected->len);
    assert_memory_equal(ids->data, expected->data, ids->len * sizeof(int64_t));
    best = collect_pages(self, "x -new", (RecallSearchOptions){.limit = 4, .is_best = TRUE});
    assert_int_equal(best->len, expected->len);
    for (unsigned i = 1; i < 5; i++)
        assert_int_equal(
            (g_array_index(best, int64_t, i - 1) - g_array_index(best, int64_t, i)) > 0, TRUE);
}

static void
test_best(void **state)
{
    Fixture *self = *state;
    int64_t in_title =
        append_scene(self, make_scene(self, NOW_S - 3 * WEEK_S, 1, "budget", "plan of the year"));
    int64_t often = append(self, NOW_S - 2 * WEEK_S, "budget budget budget and so on and on");
    int64_t once = append(self, NOW_S - HOUR_S,
                          "a long text with the budget somewhere in it, and"
                          " more, and more, and more, and more");
    RecallSearchOptions options = {.limit = 10, .is_best = TRUE};
    g_autoptr(GPtrArray) results = NULL;
    g_autoptr(GPtrArray) full_page = NULL;
    g_autofree char *next = NULL;

    for (int i = 0; i < 20; i++)
        append(self, NOW_S - 4 * HOUR_S - i, "something else altogether");
    results = run(self, "budget", &options, NULL);
    assert_int_equal(results->len, 3);
    assert_int_equal(id_at(results, 0), in_title);
    assert_int_equal(id_at(results, 1), often);
    assert_int_equal(id_at(results, 2), once);
    options.limit = 3;
    full_page = run(self, "budget", &options, &next);
    assert_int_equal(full_page->len, 3);
    assert_null(next); /* full, and nothing follows */
}

static void
test_result(void **state)
{
    Fixture *self = *state;
    ProtocolScene *scene = make_scene(self, NOW_S - 5, 3, "Title", "one two");
    ProtocolSpan spans[] = {{0, 3, {1, 2, 30, 10}}, {4, 3, {40, 2, 30, 10}}};
    RecallSearchOptions options = {.limit = 1};
    g_autoptr(GPtrArray) results = NULL;
    g_autoptr(GPtrArray) plain = NULL;
    const RecallResult *result = NULL;

    g_array_append_vals(scene->spans, spans, 2);
    append_scene(self, scene);
    results = run(self, "two", &options, NULL);
    result = g_ptr_array_index(results, 0);
    assert_int_equal(result->start_us, (NOW_S - 5) * G_USEC_PER_SEC);
    assert_int_equal(result->end_us, (NOW_S - 2) * G_USEC_PER_SEC);
    assert_string_equal(result->title, "Title");
    assert_int_equal(result->source, PROTOCOL_SOURCE_OCR);
    assert_string_equal(result->snippet->text, "one two");
    assert_int_equal(g_array_index(result->snippet->marks, RecallHit, 0).start_bytes, 4);
    assert_int_equal(result->words->len, 1);
    assert_int_equal(g_array_index(result->words, RecallWord, 0).box.x, 40);
    assert_string_equal(g_ptr_array_index(result->word_texts, 0), "two");
    options.is_plain = TRUE;
    plain = run(self, "", &options, NULL);
    assert_null(((RecallResult *)g_ptr_array_index(plain, 0))->snippet);
}

static void
test_cancelled(void **state)
{
    Fixture *self = *state;
    RecallSearchOptions options = {.limit = 1};
    g_autoptr(RecallSearch) search = begin("x", &options);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GPtrArray) results = new_results();
    g_autoptr(GError) error = NULL;

    append(self, NOW_S - 1, "x");
    g_cancellable_cancel(cancellable);
    assert_false(recall_search_run_slice(search, self->vault, cancellable, results, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    assert_int_equal(results->len, 0);
}

/* Returns: (transfer full) (nullable): what is said of a search that is run to its end */
static char *
run_for_note(Fixture *self, const char *query, const char *since)
{
    RecallSearchOptions options = {.limit = 10, .since = since};
    g_autoptr(RecallSearch) search = begin(query, &options);
    g_autoptr(GPtrArray) results = new_results();

    while (!recall_search_is_done(search))
        assert_true(recall_search_run_slice(search, self->vault, NULL, results, NULL));
    return recall_search_dup_note(search);
}

/* The rest of the history is searched all the same, and it is said. */
static void
test_damaged_segment(void **state)
{
    Fixture *self = *state;
    int64_t old = append(self, NOW_S - 2 * WEEK_S, "x");
    int64_t new = append(self, NOW_S - 1, "x");
    g_autofree char *name = NULL;
    g_autofree char *path = NULL;
    g_autofree char *garbage = g_strnfill(40960, '!');

    append(self, NOW_S - WEEK_S, "x");
    recall_vault_close(self->vault);
    name = recall_segment_dup_name(recall_segment_week_at((NOW_S - WEEK_S) * G_USEC_PER_SEC));
    path = g_build_filename(self->folder, name, NULL);
    assert_true(g_file_set_contents(path, garbage, 40960, NULL));
    self->vault = recall_vault_open(self->folder, NULL);
    for (unsigned i = 0; i < 2; i++) { /* as it is set aside, and after that */
        g_autofree char *note = run_for_note(self, "x", NULL);
        g_autofree char *of_newer = run_for_note(self, "x", "yesterday");

        assert_string_equal(note, "1 week of the history cannot be read, in whole or in part: see "
                                  "`deskhand doctor`.");
        assert_null(of_newer);
    }
    check(self, "x", new, old, END);
}

static void
test_many_terms(void **state)
{
    Fixture *self = *state;
    g_autoptr(GString) query = g_string_new(NULL);
    int64_t id = 0;

    for (unsigned i = 0; i < 500; i++)
        g_string_append_printf(query, "w%u ", i);
    append(self, NOW_S - 2, "w1 w2");
    id = append(self, NOW_S - 1, query->str);
    check(self, query->str, id, END);
}

/* --- the same answers as by reading every text --- */

#define N_SCENES 600

static const char *const vocabulary[] = {"the", "of", "a",  "it", "cat",
                                         "dog", "的", "我", "电", "脑"};

static char *
make_text(GRand *rand, unsigned n_words)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < n_words; i++) {
        /* the first ones often */
        int range = g_rand_int_range(rand, 1, G_N_ELEMENTS(vocabulary) + 1);
        int index = g_rand_int_range(rand, 0, range);

        g_string_append_printf(text, "%s%s", vocabulary[index],
                               g_rand_int_range(rand, 0, 3) == 0 ? "" : " ");
    }
    return g_string_free(text, FALSE);
}

static gboolean
is_found(const RecallQuery *query, const char *text)
{
    for (unsigned i = 0; i < query->terms->len; i++) {
        RecallTerm *term = g_ptr_array_index(query->terms, i);
        GPtrArray one = {(void **)&term, 1};
        RecallQuery alone = {.terms = &one};
        gboolean is_negative = term->is_negative;
        g_autoptr(GArray) hits = NULL;

        term->is_negative = FALSE;
        hits = recall_match_find(&alone, RECALL_READING_LITERAL, RECALL_FIELD_TEXT, text,
                                 strlen(text));
        term->is_negative = is_negative;
        if ((hits->len > 0) == is_negative)
            return FALSE;
    }
    return TRUE;
}

static char *
make_query(GRand *rand)
{
    GString *query = g_string_new(NULL);

    for (int n = g_rand_int_range(rand, 1, 4); n > 0; n--) {
        g_autofree char *words = make_text(rand, g_rand_int_range(rand, 1, 4));

        g_strchomp(words);
        if (g_rand_int_range(rand, 0, 4) == 0)
            g_string_append_c(query, '-');
        if (strchr(words, ' ') != NULL || g_rand_boolean(rand))
            g_string_append_printf(query, "\"%s\" ", words);
        else
            g_string_append_printf(query, "%s ", words);
    }
    return g_string_free(query, FALSE);
}

static void
check_against_texts(Fixture *self, GRand *rand, char **texts, const int64_t *ids)
{
    g_autoptr(GDateTime) now = make_now();
    RecallSearchOptions options = {.limit = RECALL_SEARCH_LIMIT_MAX};

    for (unsigned i = 0; i < 150; i++) {
        g_autofree char *text = make_query(rand);
        g_autoptr(RecallQuery) query = recall_query_parse(text, strlen(text), now, FALSE);
        g_autoptr(GPtrArray) results = run(self, text, &options, NULL);
        g_autoptr(GPtrArray) best = NULL;
        unsigned n = 0;

        for (int j = N_SCENES - 1; j >= 0; j--) {
            if (!is_found(query, texts[j]))
                continue;
            if (n >= results->len || id_at(results, n) != ids[j])
                fail_msg("%s: result %u of %u is not %s", text, n, results->len, texts[j]);
            n++;
        }
        if (n == 0 && query->has_parts) /* it was understood otherwise then */
            continue;
        if (results->len != n)
            fail_msg("%s: %u results, not %u", text, results->len, n);
        options.is_best = TRUE;
        best = run(self, text, &options, NULL);
        options.is_best = FALSE;
        assert_int_equal(best->len, n);
    }
}

static void
test_answers_are_right(void **state)
{
    Fixture *self = *state;
    g_autoptr(GPtrArray) appends =
        g_ptr_array_new_with_free_func((GDestroyNotify)recall_append_free);
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    g_auto(GStrv) texts = g_new0(char *, N_SCENES + 1);
    int64_t ids[N_SCENES] = {0};

    for (int i = 0; i < N_SCENES; i++) {
        ProtocolScene *scene = NULL;

        texts[i] = make_text(rand, g_rand_int_range(rand, 0, 12));
        scene = make_scene(self, NOW_S - (N_SCENES - i) * 2 * HOUR_S, 10, "", texts[i]);
        g_ptr_array_add(appends, recall_append_new(scene, NULL));
    }
    recall_ingest_append_all(self->vault, appends);
    for (int i = 0; i < N_SCENES; i++)
        ids[i] = ((RecallAppend *)g_ptr_array_index(appends, i))->id;
    check_against_texts(self, rand, texts, ids);
    seal_all(self);
    check_against_texts(self, rand, texts, ids);
}

static void
test_sealed_week_may_change(void **state)
{
    Fixture *self = *state;
    int64_t ids[40] = {0};
    int64_t late = 0;
    ProtocolScene *grown = NULL;

    for (int i = 0; i < 40; i++)
        ids[i] = append(self, NOW_S - WEEK_S + i, i % 2 == 0 ? "even cat" : "odd cat");
    seal_all(self);
    check(self, "even odd", END);
    late = append(self, NOW_S - WEEK_S + 100, "even odd");
    check(self, "even odd", late, END);
    seal_all(self);
    check(self, "even odd", late, END);
    grown = make_scene(self, NOW_S - WEEK_S + 3, 10, "", "odd and even");
    grown->key = 4; /* the fourth: it has grown */
    assert_int_equal(append_scene(self, grown), ids[3]);
    check(self, "even odd", late, ids[3], END);
}

/* --- words with points --- */

/* Text and query; the same word with and without. */
static const struct {
    const char *with;
    const char *without;
} pointed[] = {
    {"مَرْحَبًا", "مرحبا"}, {"أحمد", "احمد"}, {"كتـــاب", "كتاب"},
    {"שָׁלוֹם", "שלום"},   {"फ़ल", "फल"},     {"Σίσυφος", "ΣΙΣΥΦΟΣ"},
};

static void
test_points_make_no_other_word(void **state)
{
    Fixture *self = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(pointed); i++) {
        int64_t with = append(self, NOW_S - WEEK_S + 2 * i, pointed[i].with);
        int64_t without = append(self, NOW_S - WEEK_S + 2 * i + 1, pointed[i].without);

        check(self, pointed[i].with, without, with, END);
        check(self, pointed[i].without, without, with, END);
    }
    seal_all(self);
    for (unsigned i = 0; i < G_N_ELEMENTS(pointed); i++) {
        g_autofree char *negative = g_strdup_printf("-%s", pointed[i].with);
        g_autoptr(GPtrArray) others =
            run(self, negative, &(RecallSearchOptions){.limit = 100}, NULL);
        g_autoptr(GPtrArray) both =
            run(self, pointed[i].with, &(RecallSearchOptions){.limit = 100}, NULL);

        assert_int_equal(others->len, 2 * G_N_ELEMENTS(pointed) - 2);
        assert_int_equal(both->len, 2);
    }
}

/* The index of a segment as schema 2 had it. */
#define MAKE_POINTED                                                                               \
    "DROP TABLE scene_fts;"                                                                        \
    "CREATE VIRTUAL TABLE scene_fts USING fts5(text, title, app, url, file, actor,"                \
    " content='scene', content_rowid='id', tokenize='deskhand');"                                  \
    "INSERT INTO scene_fts(scene_fts) VALUES('rebuild'); PRAGMA user_version=2"

static RecallSegment *
get_week(Fixture *self)
{
    int week = recall_segment_week_at((NOW_S - WEEK_S) * G_USEC_PER_SEC);
    RecallSegment *segment = NULL;

    assert_true(recall_vault_get_segment(self->vault, week, &segment, NULL));
    return segment;
}

static void
check_older(Fixture *self, const int64_t *with, const int64_t *without)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(pointed); i++) {
        check(self, pointed[i].with, without[i], with[i], END);
        check(self, pointed[i].without, without[i], END);
    }
}

/* Found as before, with points also what has none; and its rules stay, or it would be damaged. */
static void
test_points_in_an_older_index(void **state)
{
    Fixture *self = *state;
    int64_t with[G_N_ELEMENTS(pointed)];
    int64_t without[G_N_ELEMENTS(pointed)];
    int64_t alone = append(self, NOW_S - WEEK_S + 100, "مُدَرِّس");
    ProtocolScene *grown = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(pointed); i++) {
        with[i] = append(self, NOW_S - WEEK_S + 2 * i, pointed[i].with);
        without[i] = append(self, NOW_S - WEEK_S + 2 * i + 1, pointed[i].without);
    }
    assert_true(recall_segment_execute(get_week(self), MAKE_POINTED, NULL));
    recall_vault_close(self->vault);
    self->vault = recall_vault_open(self->folder, NULL);
    check_older(self, with, without);
    seal_all(self);
    check_older(self, with, without);
    check(self, "مُدَرِّس", alone, END);
    grown = make_scene(self, NOW_S - WEEK_S, 10, "", "plain");
    grown->key = 2; /* the first but the lone one: it has grown */
    assert_int_equal(append_scene(self, grown), with[0]);
    check(self, pointed[0].with, without[0], END);
    assert_true(recall_segment_execute(
        get_week(self), "INSERT INTO scene_fts(scene_fts, rank) VALUES('integrity-check', 1)",
        NULL));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_newest_first_over_weeks),
        TEST(test_queries_without_words),
        TEST(test_fields),
        TEST(test_literals_and_their_fallback),
        TEST(test_times),
        TEST(test_options),
        TEST(test_options_that_are_wrong),
        TEST(test_pages),
        TEST(test_best),
        TEST(test_result),
        TEST(test_cancelled),
        TEST(test_damaged_segment),
        TEST(test_many_terms),
        TEST(test_answers_are_right),
        TEST(test_sealed_week_may_change),
        TEST(test_points_make_no_other_word),
        TEST(test_points_in_an_older_index),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
