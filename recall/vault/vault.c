/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/vault.h"

#include "recall/vault/append.h"
#include "recall/vault/forget.h"
#include "recall/vault/load.h"
#include "recall/vault/losses.h"
#include "recall/vault/scene-tiles.h"
#include "recall/vault/schema.h"
#include "recall/vault/sheets.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOCK_NAME "lock"
#define DAMAGED_SUFFIX ".damaged"
#define NEW_SUFFIX ".db.new"  /* of a segment that was being made, or sealed anew */
#define SEGMENT_NAME_BYTES 11 /* 2026-W48.db */
#define N_DAMAGED_MAX 1000
#define STAT_BLOCK_BYTES 512 /* of st_blocks, whatever the file system's are */

/* One week that has a file. */
/* Pages of the index that are merged at a time. */
#define SQL_MERGE_SOME "INSERT INTO scene_fts(scene_fts, rank) VALUES('merge', 16)"

typedef struct {
    int week;
    RecallSegment *segment; /* NULL while closed */
    gboolean is_in_transaction;
    uint64_t used_at; /* of the vault's count of uses */
    int64_t n_scenes; /* -1 when not known */
    gboolean has_large_cache;
    gboolean is_tidy;    /* no young sheet is in it */
    gboolean is_settled; /* or it was tried */
    gboolean is_older;   /* as it was opened last */
} Shelf;

struct RecallVault {
    char *folder;
    RecallKeyring *keyring;
    int lock_fd;
    GPtrArray *shelves; /* of Shelf, newest first */
    uint64_t n_uses;
    unsigned n_open;
    unsigned n_damaged;
    int64_t newest_us;          /* at the start */
    gboolean is_forgetting_due; /* one that was begun waits until it is unlocked */
    gboolean is_refused;        /* the last append: the disk is read-only, whatever it says */
};

RecallAppend *
recall_append_new(ProtocolScene *scene, GPtrArray *sheets)
{
    RecallAppend *self = g_new0(RecallAppend, 1);

    self->scene = scene;
    self->sheets = sheets;
    return self;
}

void
recall_append_free(RecallAppend *self)
{
    if (self == NULL)
        return;
    protocol_scene_free(self->scene);
    g_clear_pointer(&self->sheets, g_ptr_array_unref);
    g_clear_pointer(&self->missing, g_ptr_array_unref);
    g_clear_error(&self->error);
    g_free(self);
}

/* What fails costs no scene: an older copy of this file is not noticed. */
static void
raise_mark(Shelf *shelf, gboolean is_before_write)
{
    g_autoptr(GError) error = NULL;

    if (shelf->segment != NULL &&
        !recall_segment_raise_mark(shelf->segment, is_before_write, &error))
        g_info("Cannot mark a week: %s", error->message);
}

static void
close_shelf(RecallVault *self, Shelf *shelf)
{
    if (shelf->segment == NULL)
        return;
    g_clear_pointer(&shelf->segment, recall_segment_close);
    shelf->is_in_transaction = FALSE;
    shelf->has_large_cache = FALSE;
    self->n_open--;
}

static void
free_shelf(Shelf *shelf)
{
    recall_segment_close(shelf->segment);
    g_free(shelf);
}

/* Returns: where the week stands or would stand */
static unsigned
find_place(RecallVault *self, int week)
{
    unsigned i = 0;

    while (i < self->shelves->len && ((Shelf *)g_ptr_array_index(self->shelves, i))->week > week)
        i++;
    return i;
}

static Shelf *
find_shelf(RecallVault *self, int week)
{
    unsigned i = find_place(self, week);
    Shelf *shelf = i < self->shelves->len ? g_ptr_array_index(self->shelves, i) : NULL;

    return shelf != NULL && shelf->week == week ? shelf : NULL;
}

static Shelf *
add_shelf(RecallVault *self, int week)
{
    Shelf *shelf = g_new0(Shelf, 1);

    shelf->week = week;
    shelf->n_scenes = -1;
    g_ptr_array_insert(self->shelves, (int)find_place(self, week), shelf);
    return shelf;
}

static gboolean
set_errno_error(const char *path, const char *what, GError **error)
{
    int code = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "Cannot %s %s: %s", what, path,
                g_strerror(code));
    return FALSE;
}

static gboolean
lock_folder(RecallVault *self, GError **error)
{
    g_autofree char *path = g_build_filename(self->folder, LOCK_NAME, NULL);

    self->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (self->lock_fd < 0 && errno == EROFS)
        self->lock_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (self->lock_fd < 0)
        return set_errno_error(path, "open", error);
    if (flock(self->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return TRUE;
    if (errno != EWOULDBLOCK)
        return set_errno_error(path, "lock", error);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                "Another deskhand-vault keeps the history in %s already", self->folder);
    return FALSE;
}

static gboolean
remove_file(RecallVault *self, const char *name)
{
    g_autofree char *path = g_build_filename(self->folder, name, NULL);

    return g_remove(path) == 0; /* an empty folder, too */
}

static gboolean
scan_folder(RecallVault *self, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(self->folder, 0, error);
    const char *name;

    if (dir == NULL)
        return FALSE;
    while ((name = g_dir_read_name(dir)) != NULL) {
        int week = recall_segment_week_of_name(name);

        if (week >= 0)
            add_shelf(self, week);
        else if (g_str_has_suffix(name, DAMAGED_SUFFIX))
            self->n_damaged++;
        else if (g_str_has_suffix(name, NEW_SUFFIX))
            remove_file(self, name);
    }
    return TRUE;
}

gboolean
recall_vault_finish_forgetting(RecallVault *self, GError **error)
{
    if (!self->is_forgetting_due)
        return TRUE;
    self->is_forgetting_due = FALSE; /* it reads, too */
    self->is_forgetting_due = !recall_forget_resume(self, error);
    return !self->is_forgetting_due;
}

void
recall_vault_owe_forgetting(RecallVault *self)
{
    self->is_forgetting_due = TRUE;
}

RecallVault *
recall_vault_open(const char *folder, GError **error)
{
    g_autoptr(RecallVault) self = g_new0(RecallVault, 1);
    g_autoptr(GError) local_error = NULL;

    self->folder = g_strdup(folder);
    self->lock_fd = -1;
    self->shelves = g_ptr_array_new_with_free_func((GDestroyNotify)free_shelf);
    if (g_mkdir_with_parents(folder, 0700) < 0 || (chmod(folder, 0700) < 0 && errno != EROFS))
        return set_errno_error(folder, "write the folder", error), NULL;
    if (!lock_folder(self, error) || !scan_folder(self, error))
        return NULL;
    if (self->shelves->len > 0)
        self->newest_us =
            recall_segment_week_start_us(((Shelf *)self->shelves->pdata[0])->week + 1);
    self->keyring = recall_keyring_open(folder, error);
    if (self->keyring == NULL)
        return NULL;
    self->is_forgetting_due = TRUE;
    if (!recall_vault_finish_forgetting(self, &local_error))
        g_message("A forgetting that was begun is not finished yet: %s", local_error->message);
    return g_steal_pointer(&self);
}

void
recall_vault_close(RecallVault *self)
{
    if (self == NULL)
        return;
    recall_vault_tidy_sheets(self, TRUE);
    for (unsigned i = 0; i < self->shelves->len; i++)
        raise_mark(g_ptr_array_index(self->shelves, i), FALSE);
    g_ptr_array_unref(self->shelves);
    recall_keyring_close(self->keyring);
    if (self->lock_fd >= 0)
        close(self->lock_fd);
    g_free(self->folder);
    g_free(self);
}

int64_t
recall_vault_get_newest_us(const RecallVault *self)
{
    return self->newest_us;
}

RecallKeyring *
recall_vault_get_keyring(RecallVault *self)
{
    return self->keyring;
}

void
recall_vault_lock(RecallVault *self)
{
    recall_keyring_lock(self->keyring);
    if (!recall_keyring_is_locked(self->keyring))
        return;
    for (unsigned i = 0; i < self->shelves->len; i++) {
        Shelf *shelf = g_ptr_array_index(self->shelves, i);

        raise_mark(shelf, FALSE);
        if (shelf->week != recall_keyring_get_week_in_hand(self->keyring))
            close_shelf(self, shelf);
    }
}

/* Moves the file and those that SQLite keeps beside it, so that it can still be recovered. */
static gboolean
rename_damaged(RecallVault *self, int week, unsigned n, GError **error)
{
    g_autofree char *name = recall_segment_dup_name(week);
    g_autofree char *from = g_build_filename(self->folder, name, NULL);
    g_autofree char *to = g_strdup_printf("%s.%u" DAMAGED_SUFFIX, from, n);
    g_autofree char *wal_from = g_strconcat(from, "-wal", NULL);
    g_autofree char *wal_to = g_strconcat(to, "-wal", NULL);

    if (g_file_test(to, G_FILE_TEST_EXISTS)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS, "%s is there already", to);
        return FALSE;
    }
    if (g_rename(from, to) < 0)
        return set_errno_error(from, "set aside", error);
    if (g_rename(wal_from, wal_to) < 0 && errno != ENOENT)
        return set_errno_error(wal_from, "set aside", error);
    return TRUE;
}

void
recall_vault_set_aside(RecallVault *self, int week)
{
    g_autofree char *name = recall_segment_dup_name(week);
    g_autoptr(GError) error = NULL;
    Shelf *shelf = find_shelf(self, week);
    gboolean is_renamed = FALSE;

    if (shelf == NULL)
        return;
    close_shelf(self, shelf);
    for (unsigned n = 1; n <= N_DAMAGED_MAX && !is_renamed; n++) {
        g_clear_error(&error);
        is_renamed = rename_damaged(self, week, n, &error);
        if (!is_renamed && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_EXISTS))
            break;
    }
    if (is_renamed)
        g_warning("The segment %s is damaged; it was set aside as %s.*" DAMAGED_SUFFIX
                  " and the rest of the history goes on without it",
                  name, name);
    else
        g_warning("The segment %s is damaged and stays unused: %s", name, error->message);
    g_ptr_array_remove(self->shelves, shelf);
    self->n_damaged++;
}

/* Closes the one that was used longest ago, but never the newest nor one that is being written. */
static void
make_room(RecallVault *self)
{
    Shelf *oldest = NULL;

    if (self->n_open < RECALL_VAULT_N_OPEN_MAX)
        return;
    for (unsigned i = 1; i < self->shelves->len; i++) {
        Shelf *shelf = g_ptr_array_index(self->shelves, i);

        if (shelf->segment != NULL && !shelf->is_in_transaction &&
            (oldest == NULL || shelf->used_at < oldest->used_at))
            oldest = shelf;
    }
    if (oldest == NULL)
        return;
    raise_mark(oldest, FALSE);
    close_shelf(self, oldest);
}

/* The newest one has a large cache, the one before it no more. */
static void
share_caches(RecallVault *self)
{
    for (unsigned i = 0; i < MIN(self->shelves->len, 2); i++) {
        Shelf *shelf = g_ptr_array_index(self->shelves, i);
        gboolean wants_large = i == 0;

        if (shelf->segment == NULL || shelf->has_large_cache == wants_large)
            continue;
        recall_segment_set_cache(
            shelf->segment, wants_large ? RECALL_SEGMENT_CACHE_LARGE_KIB : RECALL_SEGMENT_CACHE_KIB,
            NULL);
        shelf->has_large_cache = wants_large;
    }
}

static void
note_age(Shelf *shelf)
{
    g_autofree char *name = recall_segment_dup_name(shelf->week);
    gboolean is_older = recall_segment_is_older(shelf->segment);

    if (is_older && !shelf->is_older)
        g_warning("The segment %s is older than the one that was written last", name);
    shelf->is_older = is_older;
}

static gboolean
open_shelf(RecallVault *self, Shelf *shelf, gboolean create, GError **error)
{
    g_autoptr(GError) local_error = NULL;

    shelf->used_at = ++self->n_uses;
    if (shelf->segment != NULL && recall_segment_is_read_only(shelf->segment) &&
        !recall_segment_is_on_read_only_disk(self->folder))
        close_shelf(self, shelf);
    if (shelf->segment != NULL)
        return TRUE;
    make_room(self);
    shelf->segment =
        recall_segment_open(self->keyring, self->folder, shelf->week, create, &local_error);
    if (shelf->segment != NULL) {
        self->n_open++;
        note_age(shelf);
        share_caches(self);
        return TRUE;
    }
    if (g_error_matches(local_error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED))
        recall_vault_set_aside(self, shelf->week);
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

gboolean
recall_vault_get_segment(RecallVault *self, int week, RecallSegment **out_segment, GError **error)
{
    Shelf *shelf = find_shelf(self, week);

    if (shelf == NULL) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                            "Nothing was remembered in that week");
        return FALSE;
    }
    if (recall_keyring_is_locked(self->keyring)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                            "The history is locked: unlock it with deskhand unlock");
        return FALSE;
    }
    if (self->is_forgetting_due) /* nothing is shown that was to go */
        return recall_vault_finish_forgetting(self, error) &&
               recall_vault_get_segment(self, week, out_segment, error);
    if (!open_shelf(self, shelf, FALSE, error))
        return FALSE;
    *out_segment = shelf->segment;
    return TRUE;
}

const char *
recall_vault_get_folder(const RecallVault *self)
{
    return self->folder;
}

char *
recall_vault_dup_path(const RecallVault *self, int week)
{
    g_autofree char *name = recall_segment_dup_name(week);

    return g_build_filename(self->folder, name, NULL);
}

void
recall_vault_close_week(RecallVault *self, int week)
{
    Shelf *shelf = find_shelf(self, week);

    if (shelf == NULL)
        return;
    close_shelf(self, shelf);
    shelf->n_scenes = -1;
}

/* Returns: -1 when it is no file that was set aside */
static int
week_of_damaged(const char *name)
{
    g_autofree char *segment_name = g_strndup(name, SEGMENT_NAME_BYTES);

    return g_str_has_suffix(name, DAMAGED_SUFFIX) || g_str_has_suffix(name, DAMAGED_SUFFIX "-wal")
               ? recall_segment_week_of_name(segment_name)
               : -1;
}

gboolean
recall_vault_is_damaged_name(const char *name, int week)
{
    int other = week_of_damaged(name);

    return other >= 0 && (week < 0 || other == week);
}

GArray *
recall_vault_dup_damaged_weeks(const RecallVault *self)
{
    GArray *weeks = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GDir) dir = g_dir_open(self->folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        int week = week_of_damaged(name);

        if (week >= 0 && g_str_has_suffix(name, DAMAGED_SUFFIX))
            g_array_append_val(weeks, week);
    }
    return weeks;
}

void
recall_vault_destroy_damaged(RecallVault *self, int week)
{
    g_autoptr(GDir) dir = g_dir_open(self->folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (week_of_damaged(name) != week)
            continue;
        if (remove_file(self, name) && g_str_has_suffix(name, DAMAGED_SUFFIX) &&
            self->n_damaged > 0)
            self->n_damaged--;
    }
}

void
recall_vault_remove_files(RecallVault *self, int week)
{
    static const char *const suffixes[] = {"", "-wal", ".new", ".new-wal"};
    g_autofree char *name = recall_segment_dup_name(week);
    g_autofree char *path = NULL;
    Shelf *shelf = find_shelf(self, week);

    recall_vault_close_week(self, week);
    for (unsigned i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *file = g_strconcat(name, suffixes[i], NULL);

        remove_file(self, file);
    }
    recall_vault_destroy_damaged(self, week);
    path = g_build_filename(self->folder, name, NULL);
    if (shelf != NULL && !g_file_test(path, G_FILE_TEST_EXISTS)) /* a folder may stay */
        g_ptr_array_remove(self->shelves, shelf);
}

/* The keys first: from then on the files are noise, wherever there are copies of them. */
gboolean
recall_vault_destroy_week(RecallVault *self, int week, GError **error)
{
    recall_vault_close_week(self, week);
    if (!recall_keyring_delete(self->keyring, week, error))
        return FALSE;
    recall_vault_remove_files(self, week);
    return TRUE;
}

GArray *
recall_vault_dup_weeks(RecallVault *self)
{
    GArray *weeks = g_array_new(FALSE, FALSE, sizeof(int));

    for (unsigned i = 0; i < self->shelves->len; i++)
        g_array_append_val(weeks, ((Shelf *)g_ptr_array_index(self->shelves, i))->week);
    return weeks;
}

static gboolean
begin_transaction(Shelf *shelf, GError **error)
{
    if (!shelf->is_in_transaction &&
        !recall_segment_execute(shelf->segment, "BEGIN IMMEDIATE", error))
        return FALSE;
    shelf->is_in_transaction = TRUE;
    return TRUE;
}

/* Opens the week for writing; a damaged file makes way for a new one. */
static Shelf *
begin(RecallVault *self, int week, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    Shelf *shelf = find_shelf(self, week);
    gboolean is_new = shelf == NULL;

    if (is_new)
        shelf = add_shelf(self, week);
    if (!open_shelf(self, shelf, TRUE, &local_error)) {
        if (g_error_matches(local_error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_UNREADABLE))
            recall_vault_set_aside(self, week);
        if (find_shelf(self, week) == NULL && !is_new)
            return begin(self, week, error);
        if (is_new && find_shelf(self, week) == shelf)
            g_ptr_array_remove(self->shelves, shelf);
        g_propagate_error(error, g_steal_pointer(&local_error));
        return NULL;
    }
    raise_mark(shelf, TRUE);
    return begin_transaction(shelf, error) ? shelf : NULL;
}

/* SQLite may have rolled back already. */
static void
roll_back(RecallVault *self)
{
    for (unsigned i = 0; i < self->shelves->len; i++) {
        Shelf *shelf = g_ptr_array_index(self->shelves, i);

        if (!shelf->is_in_transaction)
            continue;
        if (!sqlite3_get_autocommit(recall_segment_get_db(shelf->segment)))
            recall_segment_execute(shelf->segment, "ROLLBACK", NULL);
        shelf->is_in_transaction = FALSE;
        shelf->n_scenes = -1;
    }
}

static gboolean
commit(RecallVault *self, GError **error)
{
    for (unsigned i = 0; i < self->shelves->len; i++) {
        Shelf *shelf = g_ptr_array_index(self->shelves, i);

        if (!shelf->is_in_transaction)
            continue;
        if (!recall_segment_execute(shelf->segment, "COMMIT", error))
            return FALSE;
        shelf->is_in_transaction = FALSE;
    }
    return TRUE;
}

/* After a failure: nothing of the transaction stays, and a segment that turned out damaged goes.
 * Returns: TRUE when one went, so that another try may succeed */
static gboolean
recover(RecallVault *self, int week, const GError *error)
{
    roll_back(self);
    if (!g_error_matches(error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED) ||
        find_shelf(self, week) == NULL)
        return FALSE;
    recall_vault_set_aside(self, week);
    return TRUE;
}

static int64_t
make_id(int week, int64_t row)
{
    return ((int64_t)week << RECALL_SEGMENT_ID_BITS) | row;
}

static int
week_of_id(int64_t id)
{
    return id < 0 ? -1 : (int)MIN(id >> RECALL_SEGMENT_ID_BITS, G_MAXINT);
}

static int64_t
row_of_id(int64_t id)
{
    return id & ((INT64_C(1) << RECALL_SEGMENT_ID_BITS) - 1);
}

/* While locked, weeks that are over are closed for writing too. */
static gboolean
is_locked_out(const GError *error)
{
    return g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_LOCKED);
}

/* What belongs into a week that is locked goes into the one in hand. */
static Shelf *
begin_for_scene(RecallVault *self, ProtocolScene *scene, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    Shelf *shelf = begin(self, recall_segment_week_at(scene->start_us), &local_error);
    int week = recall_keyring_get_week_in_hand(self->keyring);

    if (shelf != NULL)
        return shelf;
    if (!is_locked_out(local_error) || week < 0) {
        g_propagate_error(error, g_steal_pointer(&local_error));
        return NULL;
    }
    scene->start_us = CLAMP(scene->start_us, recall_segment_week_start_us(week),
                            recall_segment_week_start_us(week + 1) - 1);
    return begin(self, week, error);
}

static gboolean
append_one(RecallVault *self, RecallAppend *append, GError **error)
{
    Shelf *shelf = begin_for_scene(self, append->scene, error);
    int64_t row;

    if (shelf == NULL)
        return FALSE;
    g_clear_pointer(&append->missing, g_ptr_array_unref);
    if (!recall_append_scene(shelf->segment, append->scene, append->sheets, &row, &append->missing,
                             error))
        return FALSE;
    append->id = make_id(shelf->week, row);
    shelf->n_scenes = -1;
    shelf->is_tidy = FALSE;
    return TRUE;
}

static gboolean
append_together(RecallVault *self, GPtrArray *appends, GError **error)
{
    for (unsigned i = 0; i < appends->len; i++) {
        if (!append_one(self, g_ptr_array_index(appends, i), error))
            return FALSE;
    }
    return commit(self, error);
}

static void
append_alone(RecallVault *self, RecallAppend *append)
{
    int week = recall_segment_week_at(append->scene->start_us);

    for (unsigned n_tries = 0; n_tries < 2; n_tries++) {
        g_clear_error(&append->error);
        if (append_one(self, append, &append->error) && commit(self, &append->error))
            return;
        if (!recover(self, week, append->error))
            return;
    }
}

/* The week before the newest one is over: one step of tidying it, beside other work. */
static void
settle(RecallVault *self)
{
    g_autoptr(GError) error = NULL;
    Shelf *shelf = self->shelves->len > 1 ? g_ptr_array_index(self->shelves, 1) : NULL;
    int week = shelf != NULL ? shelf->week : -1;

    if (shelf == NULL || shelf->is_settled || !open_shelf(self, shelf, FALSE, NULL))
        return;
    if (recall_segment_settle(shelf->segment, &shelf->is_settled, &error)) {
        if (shelf->is_settled)
            raise_mark(shelf, FALSE);
        if (shelf->is_settled && recall_keyring_is_locked(self->keyring))
            close_shelf(self, shelf); /* with its key */
        return;
    }
    shelf->is_settled = TRUE; /* until the next start */
    recover(self, week, error);
}

/* A clock that was wrong may have made weeks that are newer than the one that is written to. */
static void
hold_week(RecallVault *self, GPtrArray *appends)
{
    const RecallAppend *last =
        appends->len > 0 ? g_ptr_array_index(appends, appends->len - 1) : NULL;
    g_autoptr(GError) error = NULL;

    if (last != NULL && last->error == NULL &&
        !recall_keyring_hold(self->keyring, week_of_id(last->id), &error))
        g_warning("While the history is locked it cannot be added to: %s", error->message);
}

static void
note_refusal(RecallVault *self, GPtrArray *appends)
{
    const RecallAppend *last =
        appends->len > 0 ? g_ptr_array_index(appends, appends->len - 1) : NULL;

    if (last != NULL)
        self->is_refused = g_error_matches(last->error, G_IO_ERROR, G_IO_ERROR_READ_ONLY);
}

void
recall_vault_append_all(RecallVault *self, GPtrArray *appends)
{
    if (!append_together(self, appends, NULL)) {
        roll_back(self);
        for (unsigned i = 0; i < appends->len; i++)
            append_alone(self, g_ptr_array_index(appends, i));
    }
    note_refusal(self, appends);
    hold_week(self, appends);
    settle(self);
}

gboolean
recall_vault_add_tiles(RecallVault *self, int64_t id, GPtrArray *sheets, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    int week = week_of_id(id);
    Shelf *shelf;

    if (find_shelf(self, week) == NULL)
        return TRUE; /* set aside meanwhile */
    shelf = begin(self, week, &local_error);
    if (shelf != NULL)
        shelf->is_tidy = FALSE;
    if (shelf != NULL && recall_scene_tiles_add_sheets(shelf->segment, sheets, &local_error) &&
        commit(self, &local_error))
        return TRUE;
    if (is_locked_out(local_error))
        return TRUE; /* its week is over */
    recover(self, week, local_error);
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

/* Of the index a little as well: what was replaced leaves it, and a search looks into fewer pieces.
 * A week that was only read is looked at, too, and has nothing to change: it needs no mark.
 */
static gboolean
tidy_shelf(RecallVault *self, Shelf *shelf, gboolean is_final, GError **error)
{
    gboolean is_done = FALSE;

    while (!is_done) {
        if (!open_shelf(self, shelf, FALSE, error) || !begin_transaction(shelf, error) ||
            !recall_sheets_tidy(shelf->segment, is_final, &is_done, error) || !commit(self, error))
            return FALSE;
    }
    return recall_segment_execute(shelf->segment, SQL_MERGE_SOME, error);
}

void
recall_vault_tidy_sheets(RecallVault *self, gboolean is_final)
{
    for (unsigned i = 0; i < self->shelves->len; i++) {
        Shelf *shelf = g_ptr_array_index(self->shelves, i);
        g_autoptr(GError) error = NULL;
        int week = shelf->week;

        if (shelf->segment == NULL || shelf->is_tidy)
            continue;
        shelf->is_tidy = TRUE; /* or it was tried */
        if (tidy_shelf(self, shelf, is_final, &error))
            continue;
        g_info("Cannot tidy a week: %s", error->message);
        recover(self, week, error);
    }
}

static gboolean
touch_in(RecallVault *self, int week, const RecallEnd *end, gboolean *out_is_known, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    Shelf *shelf;

    *out_is_known = FALSE;
    if (find_shelf(self, week) == NULL)
        return TRUE;
    shelf = begin(self, week, &local_error);
    if (is_locked_out(local_error))
        return TRUE;
    if (shelf != NULL)
        return recall_append_end(shelf->segment, end->key, end->end_us, out_is_known, error);
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

/* The scene may have begun in the week before. */
static gboolean
touch_one(RecallVault *self, const RecallEnd *end, int *out_week, GError **error)
{
    gboolean is_known;

    *out_week = recall_segment_week_at(end->end_us);
    if (!touch_in(self, *out_week, end, &is_known, error))
        return FALSE;
    if (is_known || recall_segment_week_at(end->end_us - RECALL_SCENE_DURATION_MAX_US) == *out_week)
        return TRUE;
    *out_week -= 1;
    return touch_in(self, *out_week, end, &is_known, error);
}

gboolean
recall_vault_touch(RecallVault *self, const GArray *ends, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    int week = -1;

    for (unsigned i = 0; i < ends->len && local_error == NULL; i++)
        touch_one(self, &g_array_index(ends, RecallEnd, i), &week, &local_error);
    if (local_error == NULL && commit(self, &local_error))
        return TRUE;
    recover(self, week, local_error);
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

/* Of the scene's week. The number may be any. */
static gboolean
get_segment_of(RecallVault *self, int64_t id, RecallSegment **out_segment, GError **error)
{
    if (find_shelf(self, week_of_id(id)) != NULL)
        return recall_vault_get_segment(self, week_of_id(id), out_segment, error);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "There is no such scene");
    return FALSE;
}

ProtocolScene *
recall_vault_get_scene(RecallVault *self, int64_t id, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    RecallSegment *segment;
    ProtocolScene *scene;

    if (!get_segment_of(self, id, &segment, error))
        return NULL;
    scene = recall_load_scene(segment, row_of_id(id), &local_error);
    if (scene == NULL) {
        recover(self, week_of_id(id), local_error);
        g_propagate_error(error, g_steal_pointer(&local_error));
    }
    return scene;
}

int
recall_vault_get_picture(RecallVault *self, int64_t id, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    RecallSegment *segment;
    int fd;

    if (!get_segment_of(self, id, &segment, error))
        return -1;
    fd = recall_load_picture(segment, row_of_id(id), &local_error);
    if (fd < 0) {
        recover(self, week_of_id(id), local_error);
        g_propagate_error(error, g_steal_pointer(&local_error));
    }
    return fd;
}

/* A file system may have reserved more than the file is long. */
static uint64_t
measure_file(const RecallVault *self, const char *name, gboolean with_holes)
{
    g_autofree char *path = g_build_filename(self->folder, name, NULL);
    struct stat about;
    uint64_t n_bytes;

    if (stat(path, &about) != 0)
        return 0;
    n_bytes = (uint64_t)about.st_size;
    return with_holes ? n_bytes : MIN(n_bytes, (uint64_t)about.st_blocks * STAT_BLOCK_BYTES);
}

static uint64_t
measure_with_log(const RecallVault *self, int week, gboolean with_holes)
{
    g_autofree char *name = recall_segment_dup_name(week);
    g_autofree char *log = g_strconcat(name, "-wal", NULL);

    return measure_file(self, name, with_holes) + measure_file(self, log, with_holes);
}

uint64_t
recall_vault_measure_week(const RecallVault *self, int week)
{
    return measure_with_log(self, week, FALSE);
}

uint64_t
recall_vault_measure_length(const RecallVault *self, int week)
{
    return measure_with_log(self, week, TRUE);
}

/* @week: -1 for every week */
static uint64_t
measure_damaged(const RecallVault *self, int week)
{
    g_autoptr(GDir) dir = self->n_damaged > 0 ? g_dir_open(self->folder, 0, NULL) : NULL;
    uint64_t n_bytes = 0;
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        int other = week_of_damaged(name);

        if (other >= 0 && (week < 0 || other == week))
            n_bytes += measure_file(self, name, FALSE);
    }
    return n_bytes;
}

uint64_t
recall_vault_measure_damaged(const RecallVault *self, int week)
{
    return measure_damaged(self, week);
}

gboolean
recall_vault_has_room_for(const RecallVault *self, int week)
{
    uint64_t n_bytes = recall_vault_measure_week(self, week);
    struct statvfs about;

    return statvfs(self->folder, &about) == 0 &&
           (uint64_t)about.f_bavail * about.f_frsize > 2 * n_bytes;
}

/* The one number that @sql answers, or -1 */
static int64_t
ask_number(Shelf *shelf, const char *sql, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(shelf->segment, sql, error);
    int64_t number = -1;

    if (statement == NULL)
        return -1;
    if (sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    else
        recall_segment_set_error(shelf->segment, error);
    sqlite3_reset(statement);
    return number;
}

int64_t
recall_vault_count_scenes(RecallVault *self, int week)
{
    Shelf *shelf = find_shelf(self, week);

    if (shelf != NULL && shelf->n_scenes < 0 && open_shelf(self, shelf, FALSE, NULL))
        shelf->n_scenes = ask_number(shelf, "SELECT count(*) FROM scene", NULL);
    shelf = find_shelf(self, week); /* unless it was set aside */
    return shelf != NULL ? shelf->n_scenes : -1;
}

/* Of a week that is locked: what its files tell. */
static void
add_locked_statistics(RecallVault *self, const Shelf *shelf, RecallVaultStatistics *sum)
{
    sum->oldest_us = recall_segment_week_start_us(shelf->week);
    sum->n_bytes += recall_vault_measure_week(self, shelf->week);
    sum->n_segments++;
}

/* Adds one week to the sums. Going from new to old, the last one with a scene has the oldest. */
static gboolean
add_statistics(RecallVault *self, Shelf *shelf, RecallVaultStatistics *sum, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    int64_t oldest_us;

    if (!open_shelf(self, shelf, FALSE, &local_error)) {
        if (is_locked_out(local_error))
            return add_locked_statistics(self, shelf, sum), TRUE;
        g_propagate_error(error, g_steal_pointer(&local_error));
        return FALSE;
    }
    if (shelf->n_scenes < 0)
        shelf->n_scenes = ask_number(shelf, "SELECT count(*) FROM scene", error);
    if (shelf->n_scenes < 0)
        return FALSE;
    oldest_us = ask_number(
        shelf, "SELECT coalesce((SELECT start_us FROM scene ORDER BY id LIMIT 1), 0)", error);
    if (oldest_us < 0)
        return FALSE;
    sum->oldest_us = oldest_us > 0 ? oldest_us : sum->oldest_us;
    sum->n_scenes += (uint64_t)shelf->n_scenes;
    sum->n_bytes += recall_vault_measure_week(self, shelf->week);
    sum->n_segments++;
    return TRUE;
}

static void
name_older(RecallVault *self, RecallVaultStatistics *sum)
{
    g_autoptr(GArray) older = g_array_new(FALSE, FALSE, sizeof(int));

    for (unsigned i = 0; i < self->shelves->len; i++) {
        const Shelf *shelf = g_ptr_array_index(self->shelves, i);

        if (shelf->is_older)
            g_array_append_val(older, shelf->week);
    }
    sum->n_older = older->len;
    recall_losses_name_weeks(older, sum->older_names, sizeof sum->older_names);
}

gboolean
recall_vault_get_statistics(RecallVault *self,
                            RecallVaultStatistics *out_statistics,
                            GError **error)
{
    g_autoptr(GArray) weeks = recall_vault_dup_weeks(self);
    g_autoptr(GArray) missing = recall_losses_dup_missing(self);
    RecallVaultStatistics sum = {.n_missing = missing->len};

    for (unsigned i = 0; i < weeks->len; i++) {
        g_autoptr(GError) local_error = NULL;
        Shelf *shelf = find_shelf(self, g_array_index(weeks, int, i));

        if (add_statistics(self, shelf, &sum, &local_error) ||
            recover(self, g_array_index(weeks, int, i), local_error) ||
            g_error_matches(local_error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED) ||
            g_error_matches(local_error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_TOO_NEW) ||
            g_error_matches(local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
            continue;
        if (sum.n_unreadable++ == 0)
            g_strlcpy(sum.unreadable_why, local_error->message, sizeof sum.unreadable_why);
    }
    name_older(self, &sum);
    sum.n_damaged = self->n_damaged;
    sum.is_read_only = self->is_refused || recall_segment_is_on_read_only_disk(self->folder);
    recall_losses_name_weeks(missing, sum.missing_names, sizeof sum.missing_names);
    recall_losses_name_damaged(self, sum.damaged_names, sizeof sum.damaged_names);
    sum.n_bytes += measure_damaged(self, -1);
    *out_statistics = sum;
    return TRUE;
}
