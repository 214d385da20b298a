/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/selector.h"

#include "policies/site.h"
#include "recall/vault/losses.h"
#include "recall/vault/quarantine.h"
#include "recall/vault/scene-id.h"
#include "recall/vault/schema.h"
#include "recall/vault/search.h"
#include "recall/vault/statistics.h"

#include <string.h>

#define SQL_IN_RANGE                                                                               \
    "SELECT id, start_us, end_us, app FROM scene"                                                  \
    " WHERE id BETWEEN ?1 AND ?2 AND end_us >= ?3 AND start_us < ?4 ORDER BY id"
/* A row's number is its start in milliseconds, or a little later where that was taken. */
#define N_ROWS_LATER_MAX 10000

struct RecallSelector {
    RecallForgetWhat what; /* its strings are not kept */
    char *app;
    PolicySite *site; /* NULL: of any address */
    char *host_end;   /* that an address of it has */
    char *query;
    GDateTime *now;
    RecallIntent *intent;
    GHashTable *apps;
    GArray *weeks; /* of int; NULL before the first step */
    unsigned week_index;
    GHashTable *rows_by_week; /* of a search: week to GArray of uint32_t */
    RecallSearch *search;
    char *cursor; /* of the page in hand */
    gboolean is_found;
    gboolean has_uncounted; /* weeks, which go all the same */
    GPtrArray *left;        /* of char *: sentences */
};

static gboolean
is_by_search(const RecallSelector *self)
{
    return self->app != NULL || self->site != NULL || self->query != NULL;
}

PolicySite *
recall_selector_parse_site(const char *url, GError **error)
{
    static const char *const schemes[] = {"http://", "https://"};
    const char *start = url;
    PolicySite *site;

    for (unsigned i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (g_ascii_strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
            start = url + strlen(schemes[i]);
    }
    site = policy_site_new(start, error);
    if (site != NULL)
        policy_site_narrow(site);
    else
        g_prefix_error(error, "“%.200s” is no address to forget: it takes ", url);
    return site;
}

RecallSelector *
recall_selector_new(const RecallForgetWhat *what, GDateTime *now)
{
    RecallSelector *self = g_new0(RecallSelector, 1);
    int64_t now_us = g_date_time_to_unix(now) * G_USEC_PER_SEC + g_date_time_get_microsecond(now);

    self->what = *what;
    self->app = g_strdup(what->app);
    if (what->url != NULL)
        self->site = recall_selector_parse_site(what->url, NULL);
    g_assert(what->url == NULL || self->site != NULL);
    self->host_end = self->site != NULL ? policy_site_dup_host_end(self->site) : NULL;
    self->query = g_strdup(what->query);
    self->what.app = self->what.url = self->what.query = NULL;
    self->now = g_date_time_ref(now);
    self->intent = recall_intent_new(what->kind, now_us);
    self->left = g_ptr_array_new_with_free_func(g_free);
    self->apps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->rows_by_week = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    return self;
}

void
recall_selector_free(RecallSelector *self)
{
    if (self == NULL)
        return;
    g_free(self->app);
    policy_site_free(self->site);
    g_free(self->host_end);
    g_free(self->query);
    g_date_time_unref(self->now);
    recall_intent_free(self->intent);
    g_hash_table_unref(self->apps);
    g_ptr_array_unref(self->left);
    g_clear_pointer(&self->weeks, g_array_unref);
    g_hash_table_unref(self->rows_by_week);
    recall_search_free(self->search);
    g_free(self->cursor);
    g_free(self);
}

const RecallIntent *
recall_selector_get_intent(const RecallSelector *self)
{
    return self->intent;
}

RecallIntent *
recall_selector_steal_intent(RecallSelector *self)
{
    return g_steal_pointer(&self->intent);
}

GHashTable *
recall_selector_get_apps(const RecallSelector *self)
{
    return self->apps;
}

const GPtrArray *
recall_selector_get_left(const RecallSelector *self)
{
    return self->left;
}

/* --- what was found --- */

/* Each once. */
static void
add_left(RecallSelector *self, const char *sentence)
{
    if (!g_ptr_array_find_with_equal_func(self->left, sentence, g_str_equal, NULL))
        g_ptr_array_add(self->left, g_strdup(sentence));
}

static void
widen(RecallIntent *intent, int64_t from_us, int64_t until_us)
{
    intent->from_us = intent->from_us == 0 ? from_us : MIN(intent->from_us, from_us);
    intent->until_us = MAX(intent->until_us, until_us);
}

/* When within it the scenes were nobody can tell; but not after now. */
static void
widen_to_week(RecallIntent *intent, int week)
{
    int64_t start_us = recall_segment_week_start_us(week);
    int64_t end_us = recall_segment_week_start_us(week + 1);

    widen(intent, start_us, intent->at_us > start_us ? MIN(end_us, intent->at_us) : end_us);
}

static void
count_scene(RecallSelector *self, const char *app, int64_t start_us, int64_t end_us)
{
    unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(self->apps, app));

    self->intent->n_scenes++;
    widen(self->intent, start_us, end_us);
    if (n > 0 || g_hash_table_size(self->apps) < RECALL_SELECTOR_N_APPS_MAX)
        g_hash_table_replace(self->apps, g_strdup(app), GUINT_TO_POINTER(n + 1));
}

static void
take_result(RecallSelector *self, const RecallResult *result)
{
    int week = recall_scene_id_get_week(result->id);
    uint32_t row = (uint32_t)recall_scene_id_get_row(result->id);
    GArray *rows = g_hash_table_lookup(self->rows_by_week, GINT_TO_POINTER(week));

    if (self->site != NULL && !policy_site_match(self->site, result->url))
        return;
    if (rows == NULL) {
        rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        g_hash_table_insert(self->rows_by_week, GINT_TO_POINTER(week), rows);
    }
    g_array_append_val(rows, row);
    count_scene(self, result->app, result->start_us, result->end_us);
}

/* What a file that was set aside holds, nobody can tell: it goes wherever it might hold it. */
static void
take_damaged(RecallSelector *self, RecallVault *vault)
{
    g_autoptr(GArray) weeks = recall_quarantine_dup_weeks(recall_vault_get_folder(vault));
    int scene_week = recall_scene_id_get_week(self->what.scene_id);

    for (unsigned i = 0; i < weeks->len; i++) {
        int week = g_array_index(weeks, int, i);
        int64_t start_us = recall_segment_week_start_us(week);
        gboolean is_meant =
            self->what.kind == RECALL_FORGET_SCENE
                ? week == scene_week
                : start_us < self->what.until_us &&
                      start_us + RECALL_SEGMENT_WEEK_US + RECALL_SCENE_DURATION_MAX_US >=
                          self->what.since_us;

        if (!is_meant)
            continue;
        g_array_append_val(self->intent->damaged, week);
        widen_to_week(self->intent, week);
    }
}

/* --- by a range --- */

static gboolean
read_rows(RecallSelector *self, RecallSegment *segment, GArray *out_rows, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(segment, SQL_IN_RANGE, error);
    int64_t week_us = recall_segment_week_start_us(recall_segment_get_week(segment));
    int64_t since_us = MAX(self->what.since_us, week_us) - week_us - RECALL_SCENE_DURATION_MAX_US;
    int64_t until_us = MIN(self->what.until_us, week_us + RECALL_SEGMENT_WEEK_US) - week_us;
    int code;

    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, MAX(since_us, 0) / 1000);
    sqlite3_bind_int64(statement, 2,
                       MIN(until_us / 1000 + N_ROWS_LATER_MAX, RECALL_SCENE_ID_ROW_MAX));
    sqlite3_bind_int64(statement, 3, self->what.since_us);
    sqlite3_bind_int64(statement, 4, self->what.until_us);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        uint32_t row = (uint32_t)sqlite3_column_int64(statement, 0);

        g_array_append_val(out_rows, row);
        count_scene(self, (const char *)sqlite3_column_text(statement, 3),
                    sqlite3_column_int64(statement, 1), sqlite3_column_int64(statement, 2));
    }
    if (code != SQLITE_DONE)
        recall_segment_set_error(segment, error);
    sqlite3_reset(statement);
    return code == SQLITE_DONE;
}

static gboolean
is_whole(const RecallSelector *self, int week)
{
    int64_t start_us = recall_segment_week_start_us(week);

    return self->what.since_us <= start_us &&
           self->what.until_us >= start_us + RECALL_SEGMENT_WEEK_US;
}

static gboolean
is_touched(const RecallSelector *self, int week)
{
    int64_t start_us = recall_segment_week_start_us(week);

    return self->what.until_us > start_us &&
           self->what.since_us < start_us + RECALL_SEGMENT_WEEK_US + RECALL_SCENE_DURATION_MAX_US;
}

static void
take_whole_unread(RecallSelector *self, RecallVault *vault, int week)
{
    int64_t n_scenes = recall_statistics_count_scenes(vault, week);

    widen_to_week(self->intent, week);
    if (n_scenes >= 0)
        self->intent->n_scenes += (uint64_t)n_scenes;
    else
        self->has_uncounted = TRUE;
}

/* A week that cannot be read can still go as a whole. */
static gboolean
take_week(RecallSelector *self, RecallVault *vault, int week, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GError) local_error = NULL;
    RecallSegment *segment = NULL;
    gboolean is_read = recall_vault_get_segment(vault, week, &segment, &local_error) &&
                       read_rows(self, segment, rows, &local_error);

    if (is_whole(self, week)) {
        recall_intent_add_week(self->intent, week, NULL);
        if (!is_read)
            take_whole_unread(self, vault, week);
        return TRUE;
    }
    if (is_read) {
        if (rows->len > 0)
            recall_intent_add_week(self->intent, week, g_steal_pointer(&rows));
        return TRUE;
    }
    if (g_error_matches(local_error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED)) {
        recall_vault_set_aside(vault, week); /* and taken with what was set aside */
        return TRUE;
    }
    if (g_error_matches(local_error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_UNREADABLE)) {
        add_left(self, local_error->message);
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

static gboolean
has_shelf(const RecallSelector *self, int week)
{
    for (unsigned i = 0; i < self->weeks->len; i++) {
        if (g_array_index(self->weeks, int, i) == week)
            return TRUE;
    }
    return FALSE;
}

/* A copy of its file may turn up, so its key goes if all of the week is meant. */
static void
take_missing(RecallSelector *self, RecallVault *vault)
{
    g_autoptr(GArray) missing = recall_losses_dup_missing(vault);

    for (unsigned i = 0; i < missing->len; i++) {
        int week = g_array_index(missing, int, i);
        g_autofree char *name = recall_segment_dup_name(week);
        g_autofree char *sentence = g_strdup_printf(
            "%s is missing: what it holds comes back with it, unless that whole week is forgotten",
            name);

        if (has_shelf(self, week)) /* its file went while it was open: it was read */
            continue;
        if (recall_losses_is_meant(week, self->what.since_us, self->what.until_us)) {
            recall_intent_add_week(self->intent, week, NULL);
            take_whole_unread(self, vault, week);
        } else if (is_touched(self, week)) {
            add_left(self, sentence);
        }
    }
}

static gboolean
step_range(RecallSelector *self, RecallVault *vault, int64_t deadline_us, GError **error)
{
    if (self->weeks == NULL)
        self->weeks = recall_vault_dup_weeks(vault);
    do {
        int week = self->week_index < self->weeks->len
                       ? g_array_index(self->weeks, int, self->week_index)
                       : -1;

        self->is_found = week < 0;
        if (self->is_found)
            take_missing(self, vault);
        if (week >= 0 && is_touched(self, week) && !take_week(self, vault, week, error))
            return FALSE;
        self->week_index++;
    } while (!self->is_found && g_get_monotonic_time() < deadline_us);
    return TRUE;
}

/* --- by a search --- */

static void
begin_page(RecallSelector *self)
{
    g_autoptr(GError) error = NULL;
    const char *query = self->query != NULL ? self->query : "";
    RecallTimeRange range = {self->what.since_us, self->what.until_us};
    RecallSearchOptions options = {
        .limit = RECALL_SEARCH_LIMIT_MAX,
        .is_plain = TRUE,
        .is_exact = TRUE,
        .cursor = self->cursor,
        .app = self->app,
        .url = self->host_end != NULL && *self->host_end != '\0' ? self->host_end : NULL,
        .range = &range,
    };

    self->search = recall_search_new(query, strlen(query), &options, self->now, &error);
    g_assert(self->search != NULL); /* the cursor is ours, and there is no text of a time */
}

static void
note_unreadable(RecallSelector *self, RecallVault *vault)
{
    const GArray *weeks = recall_search_get_unreadable(self->search);

    for (unsigned i = 0; i < weeks->len; i++) {
        g_autoptr(GError) error = NULL;
        RecallSegment *segment = NULL;

        if (!recall_vault_get_segment(vault, g_array_index(weeks, int, i), &segment, &error))
            add_left(self, error->message);
    }
}

static void
end_page(RecallSelector *self)
{
    g_free(self->cursor);
    self->cursor = recall_search_dup_cursor(self->search);
    g_clear_pointer(&self->search, recall_search_free);
    self->is_found = self->cursor == NULL;
}

static int
compare_weeks(const void *a, const void *b)
{
    return *(const int *)b - *(const int *)a;
}

static void
collect_weeks(RecallSelector *self)
{
    g_autoptr(GArray) weeks = g_array_new(FALSE, FALSE, sizeof(int));
    GHashTableIter iter;
    void *week;

    g_hash_table_iter_init(&iter, self->rows_by_week);
    while (g_hash_table_iter_next(&iter, &week, NULL)) {
        int number = GPOINTER_TO_INT(week);

        g_array_append_val(weeks, number);
    }
    g_array_sort(weeks, compare_weeks);
    for (unsigned i = 0; i < weeks->len; i++) {
        int number = g_array_index(weeks, int, i);
        GArray *rows = g_hash_table_lookup(self->rows_by_week, GINT_TO_POINTER(number));

        recall_intent_add_week(self->intent, number, g_array_ref(rows));
    }
}

static gboolean
step_search(RecallSelector *self, RecallVault *vault, int64_t deadline_us, GError **error)
{
    while (!self->is_found && g_get_monotonic_time() < deadline_us) {
        g_autoptr(GPtrArray) results =
            g_ptr_array_new_with_free_func((GDestroyNotify)recall_result_free);

        if (self->search == NULL)
            begin_page(self);
        if (!recall_search_run_slice(self->search, vault, NULL, results, error))
            return FALSE;
        for (unsigned i = 0; i < results->len; i++)
            take_result(self, results->pdata[i]);
        if (!recall_search_is_done(self->search))
            continue;
        note_unreadable(self, vault);
        end_page(self);
    }
    if (self->is_found)
        collect_weeks(self);
    return TRUE;
}

/* --- one scene --- */

static gboolean
find_scene(RecallSelector *self, RecallVault *vault, GError **error)
{
    g_autoptr(ProtocolScene) scene = recall_vault_get_scene(vault, self->what.scene_id, error);
    uint32_t row = (uint32_t)recall_scene_id_get_row(self->what.scene_id);
    GArray *rows;

    if (scene == NULL)
        return FALSE;
    rows = g_array_new(FALSE, FALSE, sizeof row);
    g_array_append_val(rows, row);
    count_scene(self, scene->app, scene->start_us, scene->end_us);
    recall_intent_add_week(self->intent, recall_scene_id_get_week(self->what.scene_id), rows);
    self->is_found = TRUE;
    return TRUE;
}

gboolean
recall_selector_step(RecallSelector *self,
                     RecallVault *vault,
                     gboolean *out_is_done,
                     GError **error)
{
    int64_t deadline_us = g_get_monotonic_time() + RECALL_SELECTOR_STEP_US;
    gboolean is_good;

    if (self->what.kind == RECALL_FORGET_SCENE)
        is_good = find_scene(self, vault, error);
    else if (is_by_search(self))
        is_good = step_search(self, vault, deadline_us, error);
    else
        is_good = step_range(self, vault, deadline_us, error);
    if (is_good && self->is_found)
        take_damaged(self, vault);
    if (is_good && self->is_found && self->has_uncounted)
        self->intent->n_scenes = RECALL_INTENT_N_SCENES_UNKNOWN;
    *out_is_done = self->is_found;
    return is_good;
}
