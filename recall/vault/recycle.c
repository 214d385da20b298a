/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/recycle.h"

#include "recall/vault/disk-usage.h"
#include "recall/vault/forget.h"
#include "recall/vault/quarantine.h"
#include "recall/vault/schema.h"
#include "recall/vault/selector.h"

/* Shares of the quota. */
#define SPARE_SHARE 10
#define SMALL_WEEK_SHARE 8
#define SMALL_LOCKED_WEEK_SHARE 4
#define LOCKED_EXCESS_SHARE 4
#define AHEAD_SHARE 8 /* of the age */
#define BLOAT_SHARE 8 /* of what a week holds */

#define N_ROUNDS_MAX 16 /* of one object; each forgets something */

#define SQL_COUNT "SELECT count(*) FROM scene"
#define SQL_FIRST "SELECT start_us FROM scene ORDER BY id LIMIT 1"
#define SQL_NTH "SELECT start_us FROM scene ORDER BY id LIMIT 1 OFFSET ?1"
#define SQL_YOUNG "SELECT min(start_us) FROM scene WHERE id >= ?1 AND end_us >= ?2"
#define SQL_FREE "PRAGMA freelist_count"
#define SQL_PAGES "PRAGMA page_count"
#define SQL_PIECES "SELECT count(DISTINCT segid) FROM scene_fts_idx" /* of the index */

/* One week with all its files. */
typedef struct {
    int week;
    uint64_t n_bytes;
    gboolean is_newest; /* of those that are written to */
} Share;

/* What is to go: all that began before. */
typedef struct {
    RecallForgetKind kind;
    int64_t until_us; /* G_MININT64: nothing */
} Target;

struct RecallRecycle {
    RecallVault *vault;
    RecallRetention limits;
    RecallSelector *selector;
    RecallForget *forget;
    unsigned n_rounds;
    gboolean doubts_clock;
    RecallRecycleReport report;
};

RecallRecycle *
recall_recycle_new(RecallVault *vault, const RecallRetention *limits)
{
    RecallRecycle *self = g_new0(RecallRecycle, 1);

    self->vault = vault;
    self->limits = *limits;
    return self;
}

void
recall_recycle_doubt_clock(RecallRecycle *self)
{
    self->doubts_clock = TRUE;
}

void
recall_recycle_free(RecallRecycle *self)
{
    if (self == NULL)
        return;
    recall_selector_free(self->selector);
    recall_forget_free(self->forget);
    g_free(self);
}

void
recall_recycle_leave(RecallRecycle *self)
{
    if (self == NULL)
        return;
    recall_forget_leave(g_steal_pointer(&self->forget));
    recall_recycle_free(self);
}

RecallRecycleReport
recall_recycle_get_report(const RecallRecycle *self)
{
    return self->report;
}

static gboolean
is_locked(const RecallRecycle *self)
{
    return recall_keyring_is_locked(recall_vault_get_keyring(self->vault));
}

/* Returns: what @sql answers with, or @otherwise when that is nothing or the week cannot be read */
static int64_t
ask(const RecallRecycle *self, int week, const char *sql, int64_t a, int64_t b, int64_t otherwise)
{
    RecallSegment *segment = NULL;
    sqlite3_stmt *statement = NULL;
    int64_t answer = otherwise;

    if (recall_vault_get_segment(self->vault, week, &segment, NULL))
        statement = recall_segment_get_statement(segment, sql, NULL);
    if (statement == NULL)
        return otherwise;
    if (sqlite3_bind_parameter_count(statement) > 0)
        sqlite3_bind_int64(statement, 1, a);
    if (sqlite3_bind_parameter_count(statement) > 1)
        sqlite3_bind_int64(statement, 2, b);
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        answer = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return answer;
}

/* --- what there is --- */

static int
compare_shares(const void *a, const void *b)
{
    return ((const Share *)a)->week - ((const Share *)b)->week;
}

static void
add_share(GArray *shares, int week, uint64_t n_bytes)
{
    Share share = {.week = week, .n_bytes = n_bytes};

    for (unsigned i = 0; i < shares->len; i++) {
        Share *other = &g_array_index(shares, Share, i);

        if (other->week == week) {
            other->n_bytes += n_bytes;
            return;
        }
    }
    g_array_append_val(shares, share);
}

/* Pages of the newest week that are free are written to before its file grows. */
static uint64_t
measure_newest(const RecallRecycle *self, int week)
{
    uint64_t n_bytes = recall_disk_usage_of_week(recall_vault_get_folder(self->vault), week);
    uint64_t n_free = (uint64_t)ask(self, week, SQL_FREE, 0, 0, 0) * (uint64_t)RECALL_PAGE_BYTES;
    uint64_t n_long = recall_disk_usage_length(recall_vault_get_folder(self->vault), week);

    return MIN(n_bytes, n_long > n_free ? n_long - n_free : 0);
}

/* Returns: (transfer full): of Share, oldest first */
static GArray *
list_shares(const RecallRecycle *self)
{
    GArray *shares = g_array_new(FALSE, FALSE, sizeof(Share));
    g_autoptr(GArray) weeks = recall_vault_dup_weeks(self->vault);
    g_autoptr(GArray) damaged = recall_quarantine_dup_weeks(recall_vault_get_folder(self->vault));
    int newest = weeks->len > 0 ? g_array_index(weeks, int, 0) : -1;

    for (unsigned i = 0; i < weeks->len; i++) {
        int week = g_array_index(weeks, int, i);

        add_share(shares, week,
                  week == newest
                      ? measure_newest(self, week)
                      : recall_disk_usage_of_week(recall_vault_get_folder(self->vault), week));
    }
    for (unsigned i = 0; i < damaged->len; i++) {
        int week = g_array_index(damaged, int, i);

        if (i == 0 || week != g_array_index(damaged, int, i - 1))
            add_share(shares, week,
                      recall_disk_usage_of_quarantine(recall_vault_get_folder(self->vault), week));
    }
    g_array_sort(shares, compare_shares);
    for (unsigned i = 0; i < shares->len; i++)
        g_array_index(shares, Share, i).is_newest = g_array_index(shares, Share, i).week == newest;
    return shares;
}

static uint64_t
sum_up(const GArray *shares)
{
    uint64_t n_bytes = 0;

    for (unsigned i = 0; i < shares->len; i++)
        n_bytes += g_array_index(shares, Share, i).n_bytes;
    return n_bytes;
}

/* --- by age --- */

/* A week that cannot be read counts from its end on. */
static gboolean
has_older(const RecallRecycle *self, const GArray *shares, int64_t cutoff_us)
{
    const Share *oldest = &g_array_index(shares, Share, 0);
    int64_t end_us = recall_segment_week_start_us(oldest->week + 1);

    return ask(self, oldest->week, SQL_FIRST, 0, 0, end_us) < cutoff_us;
}

static Target
choose_by_age(RecallRecycle *self, const GArray *shares, int64_t now_us)
{
    int64_t cutoff_us = now_us - self->limits.age_us;
    int64_t ahead_us = MIN(self->limits.age_us / AHEAD_SHARE, RECALL_RECYCLE_AHEAD_MAX_US);
    int week = recall_segment_week_at(cutoff_us);
    Target target = {RECALL_FORGET_AGE, G_MININT64};

    if (self->limits.age_us == 0 || shares->len == 0 || cutoff_us <= RECALL_SEGMENT_EPOCH_US)
        return target;
    if (self->doubts_clock) {
        self->report.state = RECALL_RECYCLE_CLOCK;
        return target;
    }
    if (!is_locked(self)) {
        if (has_older(self, shares, cutoff_us))
            target.until_us = cutoff_us + ahead_us;
        return target;
    }
    for (unsigned i = 0; i < shares->len; i++) {
        if (g_array_index(shares, Share, i).week == week)
            self->report.state = RECALL_RECYCLE_LOCKED;
    }
    if (g_array_index(shares, Share, 0).week < week)
        target.until_us = recall_segment_week_start_us(week);
    return target;
}

/* --- by quota --- */

/* Whether much of a week that is over goes when it is sealed anew: free pages, the log, and what
 * stands in its index more than once before that is merged. */
static gboolean
is_bloated(const RecallRecycle *self, const Share *share)
{
    int64_t n_pages = ask(self, share->week, SQL_PAGES, 0, 0, 0);
    int64_t n_free = ask(self, share->week, SQL_FREE, 0, 0, 0);
    uint64_t n_held = (uint64_t)MAX(n_pages - n_free, 0) * RECALL_PAGE_BYTES;

    return !share->is_newest && (ask(self, share->week, SQL_PIECES, 0, 0, 0) > 1 ||
                                 n_held + n_held / BLOAT_SHARE < share->n_bytes);
}

/* Returns: how many of the week's oldest scenes go, so that it has about @n_bytes less. What is
 * bloated is first sealed anew: with one scene less it is seen what the others take. */
static int64_t
count_part(const RecallRecycle *self, const Share *share, uint64_t n_bytes)
{
    double part = share->n_bytes > 0 ? MIN((double)n_bytes / (double)share->n_bytes, 1) : 1;

    if (self->n_rounds == 0 && is_bloated(self, share))
        return 1;
    return (int64_t)(part * (double)ask(self, share->week, SQL_COUNT, 0, 0, 0)) + 1;
}

/* Returns: where the part of the week ends that has about @n_bytes; G_MININT64 when all of it is
 * too young */
static int64_t
find_end_of_part(const RecallRecycle *self, const Share *share, uint64_t n_bytes, int64_t now_us)
{
    int64_t young_us = now_us - RECALL_RECYCLE_YOUNG_US;
    int64_t week_us = recall_segment_week_start_us(share->week);
    int64_t end_us = recall_segment_week_start_us(share->week + 1);
    int64_t row = (young_us - RECALL_SCENE_DURATION_MAX_US - week_us) / 1000;
    int64_t first_us = ask(self, share->week, SQL_FIRST, 0, 0, G_MAXINT64);
    int64_t nth_us = ask(self, share->week, SQL_NTH, count_part(self, share, n_bytes), 0, end_us);
    int64_t first_young_us = ask(self, share->week, SQL_YOUNG, MAX(row, 0), young_us, end_us);
    int64_t until_us = MIN(MAX(nth_us, MIN(first_us, end_us) + 1), first_young_us);

    return until_us > first_us ? until_us : G_MININT64;
}

/* Instead of its oldest scenes. @excess_bytes: over the quota, before anything goes */
static gboolean
goes_whole(const RecallRecycle *self, const Share *share, uint64_t left, uint64_t excess_bytes)
{
    uint64_t quota_bytes = self->limits.quota_bytes;

    if (share->is_newest)
        return FALSE;
    if (share->n_bytes <= left)
        return TRUE;
    if (is_locked(self))
        return share->n_bytes <= quota_bytes / SMALL_LOCKED_WEEK_SHARE ||
               excess_bytes > quota_bytes / LOCKED_EXCESS_SHARE;
    return share->n_bytes <= quota_bytes / SMALL_WEEK_SHARE ||
           !recall_disk_usage_has_room_for(recall_vault_get_folder(self->vault), share->week);
}

static void
choose_part(RecallRecycle *self, const Share *share, uint64_t left, int64_t now_us, Target *target)
{
    int64_t until_us = G_MININT64;

    if (is_locked(self)) {
        self->report.state = RECALL_RECYCLE_LOCKED;
        return;
    }
    until_us = find_end_of_part(self, share, left, now_us);
    if (until_us == G_MININT64)
        self->report.state = RECALL_RECYCLE_YOUNG;
    target->until_us = MAX(target->until_us, until_us);
}

static Target
choose_by_quota(RecallRecycle *self, const GArray *shares, int64_t now_us)
{
    uint64_t used_bytes = self->report.used_bytes;
    uint64_t quota_bytes = self->limits.quota_bytes;
    uint64_t spare_bytes = MIN(quota_bytes / SPARE_SHARE, RECALL_RECYCLE_SPARE_MAX_BYTES);
    uint64_t excess_bytes = used_bytes - MIN(used_bytes, quota_bytes);
    uint64_t left = excess_bytes + (is_locked(self) ? 0 : spare_bytes);
    Target target = {RECALL_FORGET_QUOTA, G_MININT64};

    if (quota_bytes == 0 || excess_bytes == 0)
        return target;
    for (unsigned i = 0; i < shares->len && left > 0; i++) {
        const Share *share = &g_array_index(shares, Share, i);

        if (!goes_whole(self, share, left, excess_bytes)) {
            choose_part(self, share, left, now_us, &target);
            break;
        }
        target.until_us = recall_segment_week_start_us(share->week + 1);
        left -= MIN(left, share->n_bytes);
    }
    return target;
}

/* --- steps --- */

static void
fail(RecallRecycle *self, const GError *error)
{
    gboolean waits = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);

    self->report.state = waits ? RECALL_RECYCLE_LOCKED : RECALL_RECYCLE_FAILED;
    if (!waits)
        g_warning("What is over the limits cannot be forgotten: %s", error->message);
}

/* Returns: FALSE when all is within the limits, as far as it can be */
static gboolean
look(RecallRecycle *self, int64_t now_us)
{
    g_autoptr(GArray) shares = list_shares(self);
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
    RecallForgetWhat what = {.since_us = G_MININT64};
    Target target;

    self->report = (RecallRecycleReport){RECALL_RECYCLE_WELL, sum_up(shares)};
    target = choose_by_age(self, shares, now_us);
    if (target.until_us == G_MININT64)
        target = choose_by_quota(self, shares, now_us);
    if (target.until_us == G_MININT64 || now == NULL || self->n_rounds++ >= N_ROUNDS_MAX)
        return FALSE;
    what.kind = target.kind;
    what.until_us = target.until_us;
    self->selector = recall_selector_new(&what, now);
    return TRUE;
}

static gboolean
find(RecallRecycle *self, GError **error)
{
    g_autoptr(RecallIntent) intent = NULL;
    gboolean is_done = FALSE;

    if (!recall_selector_step(self->selector, self->vault, &is_done, error))
        return FALSE;
    if (!is_done)
        return TRUE;
    intent = recall_selector_steal_intent(self->selector);
    g_clear_pointer(&self->selector, recall_selector_free);
    if (!recall_intent_is_empty(intent))
        self->forget = recall_forget_new(g_steal_pointer(&intent));
    return self->forget != NULL;
}

static gboolean
forget(RecallRecycle *self, GError **error)
{
    const RecallReceipt *receipt;
    g_autofree char *n_scenes = NULL;
    gboolean is_done = FALSE;

    if (!recall_forget_step(self->forget, self->vault, &is_done, error))
        return FALSE;
    if (!is_done)
        return TRUE;
    receipt = recall_forget_get_receipt(self->forget);
    if (receipt->n_scenes == RECALL_INTENT_N_SCENES_UNKNOWN)
        n_scenes = g_strdup("scenes that were not counted");
    else
        n_scenes = g_strdup_printf("%" G_GUINT64_FORMAT " scenes", receipt->n_scenes);
    g_message("%s limit: the oldest went, %s and %u whole weeks",
              receipt->kind == RECALL_FORGET_AGE ? "Age" : "Size", n_scenes, receipt->n_weeks);
    g_clear_pointer(&self->forget, recall_forget_free);
    return TRUE;
}

gboolean
recall_recycle_step(RecallRecycle *self, int64_t now_us)
{
    g_autoptr(GError) error = NULL;

    if (self->forget == NULL && self->selector == NULL)
        return look(self, now_us);
    if (self->forget != NULL ? forget(self, &error) : find(self, &error))
        return TRUE;
    if (error != NULL)
        fail(self, error);
    g_clear_pointer(&self->selector, recall_selector_free);
    g_clear_pointer(&self->forget, recall_forget_free);
    return FALSE;
}
