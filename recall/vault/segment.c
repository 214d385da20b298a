/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/segment.h"

#include "base/cleanup.h"
#include "recall/vault/mark.h"
#include "recall/vault/mutant.h"
#include "recall/vault/rank.h"
#include "recall/vault/reseal.h"
#include "recall/vault/safe-file.h"
#include "recall/vault/schema.h"
#include "recall/vault/segment-error.h"
#include "recall/vault/segment-file.h"
#include "recall/vault/tokenizer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* PRAGMA application_id: how far the merging of the index is. */
#define MARK_MERGED 1
#define MARK_MERGING 2
#define MERGE_STEP_N_PAGES 500 /* about 50 ms of work */

struct RecallSegment {
    int week;
    RecallCryptVfs *vfs;
    sqlite3 *db;
    RecallMark mark;
    RecallKeptLog *log;     /* (nullable) */
    GHashTable *statements; /* SQL to sqlite3_stmt */
};

int
recall_segment_week_at(int64_t at_us)
{
    int64_t since_us = at_us - RECALL_SEGMENT_EPOCH_US;

    return since_us < 0 ? -1 : (int)(since_us / RECALL_SEGMENT_WEEK_US);
}

int64_t
recall_segment_week_start_us(int week)
{
    return RECALL_SEGMENT_EPOCH_US + week * RECALL_SEGMENT_WEEK_US;
}

char *
recall_segment_dup_name(int week)
{
    int64_t start_s = recall_segment_week_start_us(week) / G_USEC_PER_SEC;
    g_autoptr(GDateTime) start = g_date_time_new_from_unix_utc(start_s);

    return g_date_time_format(start, "%G-W%V.db");
}

int
recall_segment_week_of_name(const char *name)
{
    g_autofree char *again = NULL;
    g_autoptr(GDateTime) january4 = NULL;
    int week;

    if (strlen(name) != strlen("2026-W48.db") || !g_ascii_isdigit(name[6]))
        return -1;
    january4 = g_date_time_new_utc((int)g_ascii_strtoll(name, NULL, 10), 1, 4, 0, 0, 0);
    if (january4 == NULL)
        return -1;
    /* The fourth of January is in the first week of its year, in 1970 the one before our first. */
    week = recall_segment_week_at(g_date_time_to_unix(january4) * G_USEC_PER_SEC);
    week += (int)g_ascii_strtoll(name + 6, NULL, 10) - 1;
    if (week < 0)
        return -1;
    again = recall_segment_dup_name(week);
    return strcmp(again, name) == 0 ? week : -1;
}

gboolean
recall_segment_is_on_read_only_disk(const char *path)
{
    struct statvfs about;

    return statvfs(path, &about) == 0 && (about.f_flag & ST_RDONLY) != 0;
}

gboolean
recall_segment_set_error(RecallSegment *self, GError **error)
{
    return recall_segment_error_set(self->db, self->week, error);
}

gboolean
recall_segment_execute(RecallSegment *self, const char *sql, GError **error)
{
    return sqlite3_exec(self->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           recall_segment_set_error(self, error);
}

/* @out: the one number that @sql answers */
static gboolean
ask_number(RecallSegment *self, const char *sql, int64_t *out, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = NULL;

    if (sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        return recall_segment_set_error(self, error);
    *out = sqlite3_column_int64(statement, 0);
    return TRUE;
}

gboolean
recall_segment_set_cache(RecallSegment *self, unsigned size_kib, GError **error)
{
    g_autofree char *sql = g_strdup_printf("PRAGMA cache_size=-%u", size_kib);

    if (!recall_segment_execute(self, sql, error))
        return FALSE;
    sqlite3_db_release_memory(self->db);
    return TRUE;
}

/* The first step takes all pieces together, whatever their size; @out_is_done: nothing was left */
static gboolean
merge_step(RecallSegment *self, gboolean is_first, gboolean *out_is_done, GError **error)
{
    g_autofree char *sql =
        g_strdup_printf("INSERT INTO scene_fts(scene_fts, rank) VALUES('merge', %d)",
                        is_first ? -MERGE_STEP_N_PAGES : MERGE_STEP_N_PAGES);
    int n_before = sqlite3_total_changes(self->db);

    if (!recall_segment_execute(self, sql, error))
        return FALSE;
    *out_is_done = sqlite3_total_changes(self->db) - n_before < 2; /* as FTS5 documents it */
    return recall_segment_execute(self,
                                  *out_is_done ? "PRAGMA application_id=" G_STRINGIFY(MARK_MERGED)
                                               : "PRAGMA application_id=" G_STRINGIFY(MARK_MERGING),
                                  error);
}

gboolean
recall_segment_settle(RecallSegment *self, gboolean *out_is_done, GError **error)
{
    int64_t mark = 0;
    gboolean is_done = FALSE;

    if (!ask_number(self, "PRAGMA application_id", &mark, error))
        return FALSE;
    if (mark != MARK_MERGED) {
        if (!recall_segment_execute(self, "BEGIN IMMEDIATE", error))
            return FALSE;
        if (!merge_step(self, mark != MARK_MERGING, &is_done, error) ||
            !recall_segment_execute(self, "COMMIT", error)) {
            if (!sqlite3_get_autocommit(self->db))
                recall_segment_execute(self, "ROLLBACK", NULL);
            return FALSE;
        }
    }
    *out_is_done = is_done || mark == MARK_MERGED;
    return TRUE;
}

gboolean
recall_segment_is_older(const RecallSegment *self)
{
    return self->mark.is_older;
}

gboolean
recall_segment_raise_mark(RecallSegment *self, gboolean is_before_write, GError **error)
{
    if (!recall_mark_is_due(&self->mark, self->db, is_before_write))
        return TRUE;
    if (recall_mark_write(&self->mark, self->db) == SQLITE_OK)
        return recall_mark_tell_keyring(&self->mark, error);
    recall_segment_set_error(self, error);
    if (!sqlite3_get_autocommit(self->db))
        recall_segment_execute(self, "ROLLBACK", NULL);
    return FALSE;
}

gboolean
recall_segment_unsettle(RecallSegment *self, GError **error)
{
    return recall_segment_execute(self, "PRAGMA application_id=0", error);
}

static gboolean
set_damaged(int week, const char *why, GError **error)
{
    g_autofree char *name = recall_segment_dup_name(week);

    g_set_error(error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED, "%s: %s", name, why);
    return FALSE;
}

/* All of @sql or nothing. */
static gboolean
change_tables(RecallSegment *self, const char *sql, GError **error)
{
    if (recall_segment_execute(self, sql, error) &&
        recall_segment_execute(
            self, "PRAGMA user_version=" G_STRINGIFY(RECALL_SCHEMA_VERSION) ";COMMIT", error))
        return TRUE;
    recall_segment_execute(self, "ROLLBACK", NULL);
    return FALSE;
}

static gboolean
create_tables(RecallSegment *self, GError **error)
{
    return change_tables(self, "BEGIN IMMEDIATE;" RECALL_SCHEMA_SQL, error);
}

static gboolean
update_tables(RecallSegment *self, int64_t version, GError **error)
{
    return change_tables(
        self, version == 1 ? "BEGIN IMMEDIATE;" RECALL_SCHEMA_FROM_1_SQL : "BEGIN IMMEDIATE",
        error);
}

/* Touches every table, so that most damage shows now and not in the middle of a search. */
static gboolean
probe_tables(RecallSegment *self, GError **error)
{
    int64_t n = 0;

    if (!ask_number(self,
                    "SELECT count(*) FROM sqlite_schema"
                    " WHERE name IN ('scene', 'scene_fts', 'tile', 'sheet')",
                    &n, error))
        return FALSE;
    if (n != 4)
        return set_damaged(self->week, "a table is missing", error);
    return ask_number(
        self,
        "SELECT (SELECT max(id) FROM scene) IS NULL + (SELECT count(*) FROM"
        " (SELECT 1 FROM scene_fts('x') LIMIT 1)) + (SELECT max(id) FROM tile) IS NULL"
        " + (SELECT max(id) FROM sheet) IS NULL",
        &n, error);
}

static gboolean
check_schema(RecallSegment *self, GError **error)
{
    int64_t version = 0;
    int64_t n_tables = 0;

    if (!ask_number(self, "PRAGMA user_version", &version, error) ||
        !ask_number(self, "SELECT count(*) FROM sqlite_schema", &n_tables, error))
        return FALSE;
    if (version > RECALL_SCHEMA_VERSION) {
        g_autofree char *name = recall_segment_dup_name(self->week);

        g_set_error(error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_TOO_NEW,
                    "%s was written by a later release of Deskhand: update this one", name);
        return FALSE;
    }
    if (version <= 0 || n_tables == 0)
        return set_damaged(self->week, "it is no segment of Deskhand", error);
    if ((version != RECALL_SCHEMA_VERSION && !update_tables(self, version, error)) ||
        !probe_tables(self, error))
        return FALSE;
    return recall_mark_read(&self->mark, self->db) == SQLITE_OK ||
           recall_segment_set_error(self, error);
}

static gboolean
set_up(RecallSegment *self, GError **error)
{
    sqlite3_extended_result_codes(self->db, TRUE);
    sqlite3_db_config(self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return recall_tokenizer_register(self->db, error) && recall_rank_register(self->db, error) &&
           recall_segment_execute(self, RECALL_SCHEMA_PRAGMAS, error) &&
           recall_segment_set_cache(self, RECALL_SEGMENT_CACHE_KIB, error);
}

/* Of this very file, whatever else goes on. */
static gboolean
is_about_file(int code)
{
    static const int codes[] = {EACCES, EPERM, EIO, EISDIR, ELOOP, ENXIO, ENODEV};

    for (unsigned i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (codes[i] == code)
            return TRUE;
    }
    return FALSE;
}

static gboolean
set_open_error(const char *path, int code, GError **error)
{
    if (is_about_file(code))
        g_set_error(error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_UNREADABLE,
                    "Cannot open the segment %s: %s", path, g_strerror(code));
    else
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code),
                    "Cannot open the segment %s: %s", path, g_strerror(code));
    return FALSE;
}

/* SQLite would make it readable for others; the files beside it get the same mode. */
static gboolean
make_file(const char *path, gboolean create, GError **error)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT : 0), 0600);
    struct stat about;
    gboolean is_file;

    if (fd < 0 && errno == EROFS && !create)
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return set_open_error(path, errno, error);
    is_file = fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
    close(fd);
    if (!is_file)
        g_set_error(error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_UNREADABLE,
                    "The segment %s is no file", path);
    return is_file;
}

static gboolean
open_database(RecallSegment *self, const char *path, GError **error)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    const char *vfs = RECALL_IS_MUTANT(PLAIN) ? NULL : recall_crypt_vfs_get_name(self->vfs);

    return sqlite3_open_v2(path, &self->db, flags, vfs) == SQLITE_OK ||
           recall_segment_set_error(self, error);
}

static void
free_statement(void *statement)
{
    sqlite3_finalize(statement);
}

/* @vfs: (transfer full) */
static RecallSegment *
new_segment(int week, RecallCryptVfs *vfs)
{
    RecallSegment *self = g_new0(RecallSegment, 1);

    self->week = week;
    self->vfs = vfs;
    self->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_statement);
    return self;
}

/* A key that is not there is not better than a file that is not. */
static gboolean
explain_key_error(int week, GError *key_error, GError **error)
{
    g_autoptr(GError) own = key_error;

    if (g_error_matches(own, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_NO_KEY) ||
        g_error_matches(own, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_DAMAGED))
        return set_damaged(week, own->message, error);
    g_propagate_error(error, g_steal_pointer(&own));
    return FALSE;
}

/* A database without a page has no WAL mode yet: until then its journal is in memory. */
static gboolean
fill_new(RecallSegment *self, GError **error)
{
    if (!RECALL_IS_MUTANT(PLAIN) && recall_crypt_vfs_prepare(self->db) != SQLITE_OK)
        return recall_segment_set_error(self, error);
    return recall_segment_execute(self, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY",
                                  error) &&
           set_up(self, error) && create_tables(self, error) &&
           recall_segment_execute(self, "PRAGMA wal_checkpoint(TRUNCATE)", error);
}

static void
remove_file(const char *path)
{
    g_autofree char *wal = g_strconcat(path, "-wal", NULL);

    g_unlink(path);
    g_unlink(wal);
}

/* It gets its name when it is whole, so that power lost meanwhile leaves no damaged segment. */
static gboolean
create_segment(RecallKeyring *keyring, int week, const char *path, GError **error)
{
    g_autofree char *new_path = g_strconcat(path, ".new", NULL);
    g_autoptr(GError) local_error = NULL;
    RecallCryptVfs *vfs = recall_segment_file_create(keyring, week, &local_error);
    g_autoptr(RecallSegment) self = NULL;

    if (vfs == NULL)
        return explain_key_error(week, g_steal_pointer(&local_error), error);
    self = new_segment(week, vfs);
    remove_file(path);
    remove_file(new_path);
    if (make_file(new_path, TRUE, error) && open_database(self, new_path, error) &&
        fill_new(self, error)) {
        g_clear_pointer(&self, recall_segment_close);
        return recall_safe_file_rename(new_path, path, error);
    }
    remove_file(new_path);
    return FALSE;
}

/* A segment gets its name when it is whole, and is never shorter. SQLite would take one without a
 * page for a new one and delete its log. */
static gboolean
check_length(int week, const char *path, GError **error)
{
    struct stat about;

    return stat(path, &about) != 0 || about.st_size >= RECALL_PAGE_BYTES ||
           set_damaged(week, "it was cut short", error);
}

static RecallSegment *
open_segment(RecallKeyring *keyring, int week, const char *path, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    RecallMark mark = {.keyring = keyring};
    RecallCryptVfs *vfs = NULL;
    g_autoptr(RecallSegment) self = NULL;

    if (!make_file(path, FALSE, error))
        return NULL;
    vfs = recall_segment_file_open(keyring, week, path, mark.id, &local_error);
    if (vfs == NULL)
        return explain_key_error(week, g_steal_pointer(&local_error), error), NULL;
    self = new_segment(week, vfs);
    self->mark = mark;
    self->mark.vfs = vfs;
    return check_length(week, path, error) && open_database(self, path, error) &&
                   set_up(self, error) && check_schema(self, error)
               ? g_steal_pointer(&self)
               : NULL;
}

/* @self: (transfer full) */
static RecallSegment *
renew_key(RecallKeyring *keyring, RecallSegment *self, const char *path, GError **error)
{
    g_autoptr(RecallSegment) old = self;
    int week = self->week;

    if (!recall_segment_execute(self, "PRAGMA wal_checkpoint(TRUNCATE)", error))
        return NULL;
    g_clear_pointer(&old, recall_segment_close);
    return recall_reseal_file(keyring, week, path, error) ? open_segment(keyring, week, path, error)
                                                          : NULL;
}

RecallSegment *
recall_segment_open(RecallKeyring *keyring,
                    const char *folder,
                    int week,
                    gboolean create,
                    GError **error)
{
    g_autofree char *name = recall_segment_dup_name(week);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    RecallSegment *self;

    if (create && !g_file_test(path, G_FILE_TEST_EXISTS) &&
        !create_segment(keyring, week, path, error))
        return NULL;
    self = open_segment(keyring, week, path, error);
    if (self == NULL || recall_segment_is_read_only(self) ||
        !recall_segment_file_is_worn(keyring, week))
        return self;
    return renew_key(keyring, self, path, error);
}

void
recall_segment_close(RecallSegment *self)
{
    g_autofree char *path = NULL;

    if (self == NULL)
        return;
    path = g_strdup(self->db != NULL ? sqlite3_db_filename(self->db, "main") : NULL);
    g_hash_table_unref(self->statements);
    recall_segment_end_log(self);
    if (sqlite3_close(self->db) == SQLITE_OK) {
        recall_crypt_vfs_free(self->vfs);
        if (path != NULL)
            recall_mark_note_closed(&self->mark, path);
    } else {
        sqlite3_close_v2(self->db); /* somebody still has a statement, which needs the VFS */
    }
    g_free(self);
}

gboolean
recall_segment_has_log(const RecallSegment *self)
{
    return self->log != NULL && recall_kept_log_is_whole(self->log);
}

RecallKeptLog *
recall_segment_begin_log(RecallSegment *self, GError **error)
{
    int code = SQLITE_OK;

    if (recall_segment_has_log(self))
        return self->log;
    recall_segment_end_log(self);
    self->log = recall_kept_log_new(self->db, self->vfs, &code);
    if (code != SQLITE_OK)
        recall_segment_set_error(self, error);
    return self->log;
}

void
recall_segment_end_log(RecallSegment *self)
{
    g_clear_pointer(&self->log, recall_kept_log_free);
}

void
recall_segment_leave_log(RecallSegment *self)
{
    sqlite3_db_config(self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

int
recall_segment_get_week(const RecallSegment *self)
{
    return self->week;
}

gboolean
recall_segment_is_read_only(RecallSegment *self)
{
    return sqlite3_db_readonly(self->db, "main") == 1;
}

sqlite3 *
recall_segment_get_db(RecallSegment *self)
{
    return self->db;
}

sqlite3_stmt *
recall_segment_get_statement(RecallSegment *self, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(self->statements, sql);

    if (statement != NULL) {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
        return statement;
    }
    if (sqlite3_prepare_v3(self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK)
        return recall_segment_set_error(self, error), NULL;
    g_hash_table_insert(self->statements, g_strdup(sql), statement);
    return statement;
}

gboolean
recall_segment_run(RecallSegment *self, sqlite3_stmt *statement, GError **error)
{
    gboolean is_done =
        sqlite3_step(statement) == SQLITE_DONE || recall_segment_set_error(self, error);

    sqlite3_reset(statement);
    return is_done;
}
