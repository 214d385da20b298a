/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/forget.h"

#include "recall/vault/append.h"
#include "recall/vault/disk-usage.h"
#include "recall/vault/losses.h"
#include "recall/vault/quarantine.h"
#include "recall/vault/reseal.h"
#include "recall/vault/reserve.h"
#include "recall/vault/segment-file.h"
#include "recall/vault/sheets.h"

#define N_ROWS_AT_ONCE 32 /* in one transaction */
/* Until the file is replaced: merging goes over the whole index. Freed pages need no zeros then,
 * the new file has none of them; and what was merged is lost with the power at worst, and merged
 * again. It stays in the log, from which it is copied.
 */
#define CACHE_KIB 8192
#define SQL_BEGIN_REPLACING "PRAGMA secure_delete=FAST; PRAGMA wal_autocheckpoint=2048"
#define SQL_BEGIN_MERGING "PRAGMA synchronous=NORMAL"
#define SQL_END_MERGING "PRAGMA synchronous=FULL"

/* What is done with the week in hand. */
typedef enum {
    WEEK_NEW,
    WEEK_REMOVING,
    WEEK_TIDYING, /* pixels of what went leave the sheets that stay */
    WEEK_MERGING,
    WEEK_COPYING,
    WEEK_STAYING, /* there is no room for a copy */
    WEEK_DONE,
} Stage;

struct RecallForget {
    RecallIntent *intent;
    gboolean is_begun; /* the intent is on the disk */
    unsigned week_index;
    Stage stage;
    unsigned row_index;
    gboolean has_room; /* for a second file of the week in hand */
    RecallReseal *reseal;
    gboolean has_spent_reserve;
    gboolean is_done;
    RecallReceipt receipt;
    GPtrArray *left; /* of char *: sentences */
};

/* Whole weeks first: they can go while the others wait to be unlocked. */
static int
compare_weeks(const void *a, const void *b)
{
    const RecallIntentWeek *first = *(RecallIntentWeek *const *)a;
    const RecallIntentWeek *second = *(RecallIntentWeek *const *)b;

    if (first->is_whole != second->is_whole)
        return first->is_whole ? -1 : 1;
    return second->week - first->week;
}

RecallForget *
recall_forget_new(RecallIntent *intent)
{
    RecallForget *self = g_new0(RecallForget, 1);

    self->intent = intent;
    self->left = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_sort(intent->weeks, compare_weeks);
    return self;
}

void
recall_forget_free(RecallForget *self)
{
    if (self == NULL)
        return;
    recall_reseal_free(self->reseal);
    recall_intent_free(self->intent);
    g_ptr_array_unref(self->left);
    g_free(self);
}

void
recall_forget_leave(RecallForget *self)
{
    if (self == NULL)
        return;
    if (self->reseal != NULL)
        recall_reseal_leave(g_steal_pointer(&self->reseal));
    recall_forget_free(self);
}

static const RecallIntentWeek *
get_week(const RecallForget *self)
{
    return self->intent->weeks->pdata[self->week_index];
}

double
recall_forget_get_progress(const RecallForget *self)
{
    double n = self->intent->weeks->len + 1;
    double part = 0;

    if (self->is_done)
        return 1;
    if (self->week_index < self->intent->weeks->len && get_week(self)->rows->len > 0)
        part = 0.5 * self->row_index / get_week(self)->rows->len +
               (self->stage == WEEK_COPYING ? 0.3 : 0);
    return (self->week_index + part) / n;
}

const RecallIntent *
recall_forget_get_intent(const RecallForget *self)
{
    return self->intent;
}

const RecallReceipt *
recall_forget_get_receipt(const RecallForget *self)
{
    return &self->receipt;
}

const GPtrArray *
recall_forget_get_left(const RecallForget *self)
{
    return self->left;
}

/* @sentence: (transfer full) (nullable) */
static void
take_left(RecallForget *self, char *sentence)
{
    if (sentence == NULL)
        return;
    g_warning("Something was not forgotten: %s", sentence);
    g_ptr_array_add(self->left, sentence);
}

/* --- part of a week --- */

static gboolean
has_week(RecallVault *vault, int week)
{
    return recall_catalog_find(recall_vault_get_catalog(vault), week) != NULL;
}

static gboolean
is_newest(RecallVault *vault, int week)
{
    const GPtrArray *entries = recall_vault_get_catalog(vault)->entries;

    return entries->len > 0 && ((const RecallCatalogEntry *)entries->pdata[0])->week == week;
}

/* Returns: FALSE when it was rolled back, with @error set unless it was not @is_good before */
static gboolean
end_transaction(RecallSegment *segment, gboolean is_good, GError **error)
{
    if (is_good && recall_segment_execute(segment, "COMMIT", error))
        return TRUE;
    if (!sqlite3_get_autocommit(recall_segment_get_db(segment)))
        recall_segment_execute(segment, "ROLLBACK", NULL);
    return FALSE;
}

static gboolean
remove_some(RecallForget *self, RecallSegment *segment, GError **error)
{
    const GArray *rows = get_week(self)->rows;
    unsigned end = MIN(self->row_index + N_ROWS_AT_ONCE, rows->len);
    gboolean is_good = recall_segment_execute(segment, "BEGIN IMMEDIATE", error);

    for (unsigned i = self->row_index; i < end && is_good; i++)
        is_good = recall_append_remove(segment, g_array_index(rows, uint32_t, i), error);
    if (!end_transaction(segment, is_good, error))
        return FALSE;
    self->row_index = end;
    return TRUE;
}

static gboolean
tidy_some(RecallForget *self, RecallSegment *segment, GError **error)
{
    gboolean is_tidy = FALSE;
    gboolean is_good = recall_segment_execute(segment, "BEGIN IMMEDIATE", error) &&
                       recall_sheets_tidy(segment, TRUE, &is_tidy, error);

    if (!end_transaction(segment, is_good, error))
        return FALSE;
    if (!is_tidy)
        return TRUE;
    self->stage = WEEK_MERGING;
    return recall_segment_unsettle(segment, error);
}

static gboolean
settle_some(RecallSegment *segment, gboolean is_fast, gboolean *out_is_merged, GError **error)
{
    gboolean is_good = !is_fast || recall_segment_execute(segment, SQL_BEGIN_MERGING, error);

    is_good = is_good && recall_segment_settle(segment, out_is_merged, error);
    return recall_segment_execute(segment, SQL_END_MERGING, is_good ? error : NULL) && is_good;
}

/* Until all is one piece: words of scenes that went are in the pieces from before until then. */
static gboolean
merge_some(RecallForget *self, RecallVault *vault, RecallSegment *segment, GError **error)
{
    gboolean is_merged = FALSE;

    if (self->has_room && recall_segment_begin_log(segment, error) == NULL)
        return FALSE;
    if (!settle_some(segment, self->has_room, &is_merged, error))
        return FALSE;
    if (!is_merged)
        return TRUE;
    self->stage = self->has_room ? WEEK_COPYING : WEEK_STAYING;
    return !is_newest(vault, get_week(self)->week) || recall_segment_unsettle(segment, error);
}

static gboolean
empty_log(RecallSegment *segment, GError **error)
{
    return recall_segment_execute(segment, "PRAGMA wal_checkpoint(TRUNCATE)", error);
}

/* In one go, so that nothing is written to the segment meanwhile. */
static gboolean
replace_file(RecallForget *self, RecallVault *vault, RecallSegment *segment, GError **error)
{
    if (!recall_reseal_mend(self->reseal, error))
        return FALSE;
    recall_segment_leave_log(segment);
    recall_vault_close_week(vault, get_week(self)->week);
    if (!recall_reseal_finish(self->reseal, error))
        return FALSE;
    g_clear_pointer(&self->reseal, recall_reseal_free);
    self->stage = WEEK_DONE;
    return TRUE;
}

/* Zeros stand where the scenes were, but old copies of the file still open. */
static gboolean
stay_in_place(RecallForget *self, RecallSegment *segment, GError **error)
{
    g_autoptr(GError) local_error = NULL;

    g_message(
        "There is no room to seal a week anew: what was forgotten is overwritten in its place");
    if (!recall_segment_raise_mark(segment, FALSE, &local_error))
        g_info("Cannot mark a week: %s", local_error->message);
    if (!empty_log(segment, error))
        return FALSE;
    self->stage = WEEK_DONE;
    return TRUE;
}

/* Anew when the file was written meanwhile: the segment was closed, or somebody else emptied its
 * log.
 */
static gboolean
begin_copying(RecallForget *self, RecallVault *vault, RecallSegment *segment, GError **error)
{
    g_autofree char *path = recall_vault_dup_path(vault, get_week(self)->week);
    const RecallKeptLog *log;

    if (self->reseal != NULL && recall_segment_has_log(segment))
        return TRUE;
    g_clear_pointer(&self->reseal, recall_reseal_free);
    log = recall_segment_begin_log(segment, error);
    if (log != NULL)
        self->reseal = recall_reseal_new(recall_vault_get_keyring(vault), get_week(self)->week,
                                         path, log, error);
    return self->reseal != NULL;
}

static gboolean
copy_some(RecallForget *self, RecallVault *vault, RecallSegment *segment, GError **error)
{
    gboolean is_copied = FALSE;

    if (!begin_copying(self, vault, segment, error))
        return FALSE;
    return self->reseal != NULL && recall_reseal_step(self->reseal, &is_copied, error) &&
           (!is_copied || replace_file(self, vault, segment, error));
}

static gboolean
begin_week(RecallForget *self, RecallVault *vault, RecallSegment *segment, GError **error)
{
    gboolean is_all = FALSE;

    if (!recall_append_has_no_other(segment, get_week(self)->rows, &is_all, error))
        return FALSE;
    if (is_all) {
        if (!recall_vault_destroy_week(vault, get_week(self)->week, error))
            return FALSE;
        self->stage = WEEK_DONE;
        return TRUE;
    }
    self->stage = WEEK_REMOVING;
    recall_segment_end_log(segment);
    self->has_room =
        recall_disk_usage_has_room_for(recall_vault_get_folder(vault), get_week(self)->week);
    return recall_segment_set_cache(segment, CACHE_KIB, error) &&
           (!self->has_room || recall_segment_execute(segment, SQL_BEGIN_REPLACING, error));
}

/* One piece of work on part of a week. */
static gboolean
work_on_part(RecallForget *self, RecallVault *vault, GError **error)
{
    const RecallIntentWeek *week = get_week(self);
    RecallSegment *segment = NULL;

    if (!has_week(vault, week->week)) {
        self->stage = WEEK_DONE;
        return TRUE;
    }
    if (!recall_vault_get_segment(vault, week->week, &segment, error))
        return FALSE;
    switch (self->stage) {
    case WEEK_NEW:
        return begin_week(self, vault, segment, error);
    case WEEK_REMOVING:
        if (self->row_index < week->rows->len)
            return remove_some(self, segment, error);
        self->stage = WEEK_TIDYING;
        return TRUE;
    case WEEK_TIDYING:
        return tidy_some(self, segment, error);
    case WEEK_MERGING:
        return merge_some(self, vault, segment, error);
    case WEEK_COPYING:
        return copy_some(self, vault, segment, error);
    case WEEK_STAYING:
        return stay_in_place(self, segment, error);
    default:
        return TRUE;
    }
}

/* What was set aside is not mended but deleted, with the week's keys that nothing needs then. */
static gboolean
drop_damaged(RecallForget *self, RecallVault *vault, int week, GError **error)
{
    RecallKeyring *keyring = recall_vault_get_keyring(vault);
    g_autofree char *path = recall_vault_dup_path(vault, week);

    recall_catalog_destroy_damaged(recall_vault_get_catalog(vault), week);
    take_left(self, recall_losses_explain_left(vault, week, TRUE));
    return has_week(vault, week) ? recall_segment_file_keep_key(keyring, week, path, error)
                                 : recall_keyring_delete(keyring, week, error);
}

/* A week that turns out damaged in the middle of it is beyond mending, and goes; one that cannot be
 * read any more stays. */
static gboolean
handle_damage(RecallForget *self, RecallVault *vault, GError *take_error, GError **error)
{
    g_autoptr(GError) own = take_error;
    int week = get_week(self)->week;

    if (own->domain != RECALL_SEGMENT_ERROR || own->code == RECALL_SEGMENT_ERROR_TOO_NEW) {
        g_propagate_error(error, g_steal_pointer(&own));
        return FALSE;
    }
    g_clear_pointer(&self->reseal, recall_reseal_free);
    self->stage = WEEK_DONE;
    if (own->code == RECALL_SEGMENT_ERROR_UNREADABLE) {
        take_left(self, g_strdup(own->message));
        return TRUE;
    }
    recall_vault_set_aside(vault, week);
    return drop_damaged(self, vault, week, error);
}

/* --- all of it --- */

static gboolean
has_part(const RecallIntent *intent)
{
    for (unsigned i = 0; i < intent->weeks->len; i++) {
        if (!((const RecallIntentWeek *)intent->weeks->pdata[i])->is_whole)
            return TRUE;
    }
    return FALSE;
}

/* Whole weeks that go by themselves need not wait for what a person asked for; but there is one
 * intent of each, so that one which waits must not be written over. */
static gboolean
waits_for_others(const RecallForget *self, RecallVault *vault)
{
    return !recall_intent_is_automatic(self->intent) || has_part(self->intent) ||
           recall_intent_is_saved(recall_vault_get_folder(vault), TRUE);
}

static gboolean
begin(RecallForget *self, RecallVault *vault, GError **error)
{
    if (waits_for_others(self, vault) && !recall_vault_finish_forgetting(vault, error))
        return FALSE;
    if (!recall_intent_save(self->intent, recall_vault_get_folder(vault), error))
        return FALSE;
    self->is_begun = TRUE;
    return TRUE;
}

static gboolean
has_part_of(const RecallIntent *intent, int week)
{
    for (unsigned i = 0; i < intent->weeks->len; i++) {
        if (((const RecallIntentWeek *)intent->weeks->pdata[i])->week == week)
            return TRUE;
    }
    return FALSE;
}

/* A week that was set aside after it was chosen, by a search or before a crash, has it all still.
 */
static gboolean
drop_damaged_since(RecallForget *self, RecallVault *vault, GError **error)
{
    g_autoptr(GArray) weeks = recall_quarantine_dup_weeks(recall_vault_get_folder(vault));

    for (unsigned i = 0; i < weeks->len; i++) {
        int week = g_array_index(weeks, int, i);

        if (has_part_of(self->intent, week) && !drop_damaged(self, vault, week, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
finish(RecallForget *self, RecallVault *vault, GError **error)
{
    const char *folder = recall_vault_get_folder(vault);

    for (unsigned i = 0; i < self->intent->damaged->len; i++) {
        if (!drop_damaged(self, vault, g_array_index(self->intent->damaged, int, i), error))
            return FALSE;
    }
    if (!drop_damaged_since(self, vault, error))
        return FALSE;
    if (!recall_receipts_add(recall_vault_get_keyring(vault), folder, self->intent, &self->receipt,
                             error))
        return FALSE;
    recall_intent_destroy(folder, recall_intent_is_automatic(self->intent));
    self->is_done = TRUE;
    return TRUE;
}

static gboolean
work(RecallForget *self, RecallVault *vault, GError **error)
{
    GError *local_error = NULL;

    if (!self->is_begun)
        return begin(self, vault, error);
    if (self->week_index >= self->intent->weeks->len)
        return finish(self, vault, error);
    if (get_week(self)->is_whole) {
        if (!recall_vault_destroy_week(vault, get_week(self)->week, error))
            return FALSE;
        take_left(self, recall_losses_explain_left(vault, get_week(self)->week, FALSE));
        self->stage = WEEK_DONE;
    } else if (!work_on_part(self, vault, &local_error) &&
               !handle_damage(self, vault, local_error, error)) {
        return FALSE;
    }
    if (self->stage == WEEK_DONE) {
        self->stage = WEEK_NEW;
        self->row_index = 0;
        self->week_index++;
    }
    return TRUE;
}

/* --- on a full disk --- */

/* Deletes files of weeks that go whole, out of turn: their keys, the intent and the receipt are
 * files that are written anew, and there is no room for them. Returns: whether there were any */
static gboolean
remove_whole_weeks(RecallForget *self, RecallVault *vault)
{
    gboolean is_any = FALSE;

    for (unsigned i = 0; i < self->intent->weeks->len; i++) {
        const RecallIntentWeek *week = self->intent->weeks->pdata[i];

        if (!week->is_whole || !has_week(vault, week->week))
            continue;
        recall_vault_remove_files(vault, week->week);
        is_any = TRUE;
    }
    return is_any;
}

static gboolean
make_room(RecallForget *self, RecallVault *vault)
{
    if (!recall_reserve_give_up(recall_vault_get_folder(vault)))
        return remove_whole_weeks(self, vault);
    self->has_spent_reserve = TRUE;
    return TRUE;
}

/* A piece of work that had no room changed nothing, and is done again when there is some. */
static gboolean
work_with_room(RecallForget *self, RecallVault *vault, GError **error)
{
    g_autoptr(GError) local_error = NULL;

    while (!work(self, vault, &local_error)) {
        if (!g_error_matches(local_error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ||
            !make_room(self, vault)) {
            g_propagate_error(error, g_steal_pointer(&local_error));
            return FALSE;
        }
        g_clear_error(&local_error);
        g_clear_pointer(&self->reseal, recall_reseal_free);
    }
    return TRUE;
}

/* On this thread. */
static void
stop_copying(RecallForget *self, RecallVault *vault)
{
    const GPtrArray *weeks = self->intent->weeks;

    g_clear_pointer(&self->reseal, recall_reseal_free);
    if (self->week_index < weeks->len)
        recall_vault_end_log(vault, get_week(self)->week);
}

gboolean
recall_forget_step(RecallForget *self, RecallVault *vault, gboolean *out_is_done, GError **error)
{
    int64_t deadline_us = g_get_monotonic_time() + RECALL_FORGET_STEP_US;
    gboolean is_good = TRUE;

    do
        is_good = work_with_room(self, vault, error);
    while (is_good && !self->is_done && g_get_monotonic_time() < deadline_us);
    if (!is_good)
        stop_copying(self, vault);
    if (!is_good && self->is_begun)
        recall_vault_owe_forgetting(vault);
    if (self->has_spent_reserve && (self->is_done || !is_good))
        recall_reserve_make(recall_vault_get_folder(vault));
    *out_is_done = self->is_done;
    return is_good;
}

/* What cannot be read cannot be finished, and must not keep the history shut. */
static RecallForget *
load(RecallVault *vault, gboolean is_automatic)
{
    g_autoptr(GError) error = NULL;
    RecallIntent *intent = recall_intent_load(recall_vault_get_folder(vault), is_automatic, &error);
    RecallForget *self = NULL;

    if (error != NULL) {
        g_warning("A forgetting that was begun cannot be finished: %s; ask for it again",
                  error->message);
        recall_intent_destroy(recall_vault_get_folder(vault), is_automatic);
    }
    if (intent == NULL)
        return NULL;
    self = recall_forget_new(intent);
    self->is_begun = TRUE;
    return self;
}

gboolean
recall_forget_resume(RecallVault *vault, GError **error)
{
    g_autoptr(GError) first_error = NULL;

    for (int is_automatic = 0; is_automatic <= 1; is_automatic++) {
        g_autoptr(RecallForget) self = load(vault, is_automatic);
        g_autoptr(GError) local_error = NULL;
        gboolean is_done = self == NULL;

        while (!is_done && recall_forget_step(self, vault, &is_done, &local_error)) {
        }
        if (local_error != NULL && first_error == NULL)
            first_error = g_steal_pointer(&local_error);
    }
    if (first_error == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&first_error));
    return FALSE;
}
