/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/crypt-vfs.h"

#include "recall/vault/mutant.h"
#include "tests/fault/crypt-db.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Each check answers with a complaint, or NULL when all is well: so it can be shown to find the
 * mistake that it is there for (recall/vault/mutant.h). */

#define SECRET "Marzipan"
#define ROWS_SQL "SELECT key, text FROM row ORDER BY key"
#define N_ROWS 40
#define FRAME_SEALED_BYTES (RECALL_WAL_FRAME_HEADER_SEALED_BYTES + RECALL_PAGE_BYTES)
#define N_FLIPS 400

/* Answers it when something is wrong. */
#define EXPECT(condition)                                                                          \
    if (!(condition))                                                                              \
    return g_strdup_printf("line %d: %s", __LINE__, #condition)

static void
fill(CryptDb *db, const char *word)
{
    crypt_db_execute(db, "BEGIN");
    crypt_db_execute(db, "CREATE TABLE IF NOT EXISTS row(key INTEGER PRIMARY KEY, text TEXT)");
    for (unsigned i = 1; i <= N_ROWS; i++) {
        g_autofree char *sql =
            g_strdup_printf("REPLACE INTO row VALUES(%u, printf('%s %%0500d', %u))", i, word, i);

        crypt_db_execute(db, sql);
    }
    crypt_db_execute(db, "COMMIT");
}

/* A database with its rows, all of it checkpointed. @out_rows: (out) (optional) */
static PowerDisk *
new_disk(char key, char id, const char *word, char **out_rows)
{
    PowerDisk *disk = power_disk_new(1);
    CryptDb db;

    crypt_db_open(&db, disk, key, id);
    fill(&db, word);
    if (out_rows != NULL)
        *out_rows = crypt_db_ask(&db, ROWS_SQL);
    g_assert_cmpstr(db.complaint, ==, NULL);
    crypt_db_close(&db);
    return disk;
}

/* Three transactions that are in the WAL only. @out_rows: (out) (optional): after each */
static PowerDisk *
new_disk_with_wal(char *out_rows[3], unsigned out_n_frames[3])
{
    static const char *const words[] = {"first", "second", "third"};
    PowerDisk *disk = power_disk_new(1);
    g_autoptr(GHashTable) files = NULL;
    CryptDb db;

    crypt_db_open(&db, disk, 'k', 'i');
    for (unsigned i = 0; i < 3; i++) {
        fill(&db, words[i]);
        if (out_rows != NULL)
            out_rows[i] = crypt_db_ask(&db, ROWS_SQL);
        if (out_n_frames != NULL)
            out_n_frames[i] =
                power_disk_get_file(disk, CRYPT_DB_WAL_PATH)->len / FRAME_SEALED_BYTES;
    }
    g_assert_cmpstr(db.complaint, ==, NULL);
    files = power_disk_dup_files(disk);
    crypt_db_close(&db);
    power_disk_set_files(disk, files);
    return disk;
}

/* Opens and reads everything. Returns: (transfer full) (nullable): the rows; NULL when refused */
static char *
read_rows(PowerDisk *disk, char key, char id)
{
    g_auto(CryptDb) db = {0};
    g_autofree char *whole = NULL;

    if (!crypt_db_open(&db, disk, key, id))
        return NULL;
    whole = crypt_db_ask(&db, "PRAGMA integrity_check");
    return g_strcmp0(whole, "ok\n") == 0 ? crypt_db_ask(&db, ROWS_SQL) : NULL;
}

static gboolean
has_bytes(const GByteArray *file, const void *bytes, size_t n)
{
    return memmem(file->data, file->len, bytes, n) != NULL;
}

static char *
check_nothing_readable(void)
{
    static const char *const words[] = {SECRET, "SQLite", "row", "CREATE"};
    g_autoptr(PowerDisk) disk = power_disk_new(1);
    g_auto(CryptDb) db = {0};

    crypt_db_open(&db, disk, 'k', 'i');
    fill(&db, SECRET);
    crypt_db_execute(&db, "PRAGMA wal_checkpoint(PASSIVE)");
    EXPECT(db.complaint == NULL);
    EXPECT(power_disk_get_file(disk, CRYPT_DB_PATH)->len > N_ROWS * 500);
    EXPECT(power_disk_get_file(disk, CRYPT_DB_WAL_PATH)->len > N_ROWS * 500);
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t n = strlen(words[i]);

        EXPECT(!has_bytes(power_disk_get_file(disk, CRYPT_DB_PATH), words[i], n));
        EXPECT(!has_bytes(power_disk_get_file(disk, CRYPT_DB_WAL_PATH), words[i], n));
    }
    return NULL;
}

/* The checksums in the WAL are over what is written in the pages. */
static char *
check_no_checksum(void)
{
    g_autoptr(PowerDisk) disk = new_disk_with_wal(NULL, NULL);
    g_auto(CryptDb) db = {0};
    GByteArray *wal = power_disk_get_file(disk, CRYPT_DB_WAL_PATH);
    int flags = SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE;
    uint8_t header[RECALL_WAL_FRAME_HEADER_BYTES];
    sqlite3_vfs *vfs;
    g_autofree sqlite3_file *file = NULL;

    crypt_db_open(&db, disk, 'k', 'i');
    vfs = sqlite3_vfs_find(recall_crypt_vfs_get_name(db.vfs));
    file = g_malloc0((size_t)vfs->szOsFile);
    EXPECT(vfs->xOpen(vfs, CRYPT_DB_WAL_PATH, file, flags, NULL) == SQLITE_OK);
    EXPECT(file->pMethods->xRead(file, header, sizeof header, RECALL_WAL_HEADER_BYTES) ==
           SQLITE_OK);
    file->pMethods->xClose(file);
    EXPECT(header[3] != 0); /* the page's number: this is the header */
    EXPECT(!has_bytes(wal, header + 8, 8));
    EXPECT(!has_bytes(wal, header + 16, 8));
    return NULL;
}

static char *
check_nonces(void)
{
    g_autoptr(PowerDisk) disk = new_disk_with_wal(NULL, NULL);
    const GByteArray *wal = power_disk_get_file(disk, CRYPT_DB_WAL_PATH);
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);

    for (size_t at = RECALL_WAL_HEADER_SEALED_BYTES; at + FRAME_SEALED_BYTES <= wal->len;
         at += FRAME_SEALED_BYTES) {
        size_t page = at + FRAME_SEALED_BYTES - RECALL_PAGE_RESERVED_BYTES;

        EXPECT(g_hash_table_add(seen, g_bytes_new(wal->data + at + 28, 12)));
        EXPECT(g_hash_table_add(seen, g_bytes_new(wal->data + page, 12)));
    }
    EXPECT(g_hash_table_size(seen) > 30);
    return NULL;
}

/* Any bit of the database. */
static char *
check_flips(void)
{
    g_autofree char *rows = NULL;
    g_autoptr(PowerDisk) disk = new_disk('k', 'i', SECRET, &rows);
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);

    for (unsigned i = 0; i < N_FLIPS; i++) {
        GByteArray *file = power_disk_get_file(disk, CRYPT_DB_PATH);
        unsigned at = (unsigned)g_rand_int_range(rand, 0, (int)file->len);
        uint8_t bit = (uint8_t)(1 << g_rand_int_range(rand, 0, 8));
        g_autofree char *found = NULL;

        /* Every second one in what follows the text of a page: nonce, tag and zeros. */
        if (i % 2 == 0)
            at = at / RECALL_PAGE_BYTES * RECALL_PAGE_BYTES + RECALL_PAGE_BYTES - 1 -
                 at % RECALL_PAGE_RESERVED_BYTES;
        file->data[at] ^= bit;
        found = read_rows(disk, 'k', 'i');
        EXPECT(found == NULL);
        power_disk_get_file(disk, CRYPT_DB_PATH)->data[at] ^= bit;
    }
    g_autofree char *again = read_rows(disk, 'k', 'i');
    EXPECT(g_strcmp0(rows, again) == 0);
    return NULL;
}

/* Any bit of the WAL: what a later transaction vouches for is refused, else it is like a loss of
 * power: the last transaction is there or is not. */
static char *
check_wal_flips(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    char *rows[3];
    unsigned n_frames[3];
    g_autoptr(PowerDisk) disk = new_disk_with_wal(rows, n_frames);
    g_autoptr(GHashTable) files = power_disk_dup_files(disk);
    char *complaint = NULL;

    for (unsigned i = 0; i < N_FLIPS && complaint == NULL; i++) {
        GByteArray *wal = power_disk_get_file(disk, CRYPT_DB_WAL_PATH);
        unsigned at = (unsigned)g_rand_int_range(rand, 0, (int)wal->len);
        gboolean is_last = at >= RECALL_WAL_HEADER_SEALED_BYTES + n_frames[1] * FRAME_SEALED_BYTES;
        g_autofree char *found = NULL;

        wal->data[at] ^= (uint8_t)(1 << g_rand_int_range(rand, 0, 8));
        found = read_rows(disk, 'k', 'i');
        if (found != NULL && !(is_last && strcmp(found, rows[1]) == 0))
            complaint = g_strdup_printf("byte %u changed, not refused", at);
        power_disk_set_files(disk, files);
    }
    for (unsigned i = 0; i < 3; i++)
        g_free(rows[i]);
    return complaint;
}

static void
swap(GByteArray *a, size_t a_at, GByteArray *b, size_t b_at, size_t n)
{
    g_autofree uint8_t *copy = g_memdup2(a->data + a_at, n);

    memcpy(a->data + a_at, b->data + b_at, n);
    memcpy(b->data + b_at, copy, n);
}

/* Reads the rows, and no page besides. */
static char *
ask_rows(PowerDisk *disk)
{
    g_auto(CryptDb) db = {0};

    return crypt_db_open(&db, disk, 'k', 'i') ? crypt_db_ask(&db, ROWS_SQL) : NULL;
}

static char *
check_page_swaps(void)
{
    g_autofree char *rows = NULL;
    g_autoptr(PowerDisk) disk = new_disk('k', 'i', SECRET, &rows);
    unsigned n_pages = power_disk_get_file(disk, CRYPT_DB_PATH)->len / RECALL_PAGE_BYTES;

    EXPECT(n_pages > 4);
    for (unsigned i = 0; i < n_pages; i++) {
        for (unsigned j = i + 1; j < n_pages; j++) {
            GByteArray *file = power_disk_get_file(disk, CRYPT_DB_PATH);
            g_autofree char *found = NULL;

            swap(file, i * RECALL_PAGE_BYTES, file, j * RECALL_PAGE_BYTES, RECALL_PAGE_BYTES);
            found = ask_rows(disk);
            EXPECT(found == NULL || strcmp(found, rows) == 0); /* one page is not asked for */
            file = power_disk_get_file(disk, CRYPT_DB_PATH);
            swap(file, i * RECALL_PAGE_BYTES, file, j * RECALL_PAGE_BYTES, RECALL_PAGE_BYTES);
        }
    }
    return NULL;
}

/* The same page of another segment, even one with the same key. */
static char *
check_segment_swaps(void)
{
    g_autoptr(PowerDisk) disk = new_disk('k', 'i', "here", NULL);
    g_autoptr(PowerDisk) other = new_disk('k', 'j', "elsewhere", NULL);
    GByteArray *a = power_disk_get_file(disk, CRYPT_DB_PATH);
    GByteArray *b = power_disk_get_file(other, CRYPT_DB_PATH);
    g_autofree char *found = NULL;
    g_autofree char *other_found = NULL;

    swap(a, 0, b, 0, MIN(a->len, b->len));
    found = read_rows(disk, 'k', 'i');
    other_found = read_rows(other, 'k', 'j');
    EXPECT(found == NULL);
    EXPECT(other_found == NULL);
    return NULL;
}

static char *
check_wrong_key(void)
{
    g_autoptr(PowerDisk) disk = new_disk('k', 'i', SECRET, NULL);
    g_autofree char *found = read_rows(disk, 'x', 'i');

    EXPECT(found == NULL);
    return NULL;
}

/* Pages that are gone, with and without a WAL that says how many there should be. */
static char *
check_truncation(void)
{
    g_autoptr(PowerDisk) disk = new_disk('k', 'i', SECRET, NULL);
    g_autoptr(GHashTable) files = NULL;
    g_autoptr(GHashTable) files_with_wal = NULL;
    unsigned n_bytes = power_disk_get_file(disk, CRYPT_DB_PATH)->len;
    CryptDb db;

    files = power_disk_dup_files(disk);
    crypt_db_open(&db, disk, 'k', 'i');
    crypt_db_execute(&db, "UPDATE row SET text = 'changed' WHERE key = 1");
    files_with_wal = power_disk_dup_files(disk);
    crypt_db_close(&db);
    for (unsigned n = 1; n < n_bytes; n += 1500) {
        g_autofree char *found = NULL;
        g_autofree char *found_with_wal = NULL;

        power_disk_set_files(disk, files);
        g_byte_array_set_size(power_disk_get_file(disk, CRYPT_DB_PATH), n);
        found = read_rows(disk, 'k', 'i');
        EXPECT(found == NULL);
        power_disk_set_files(disk, files_with_wal);
        g_byte_array_set_size(power_disk_get_file(disk, CRYPT_DB_PATH), n);
        found_with_wal = read_rows(disk, 'k', 'i');
        EXPECT(found_with_wal == NULL);
    }
    return NULL;
}

/* A page whose text goes on in others that are no longer there, as the WAL says they are. */
static char *
check_lost_overflow(void)
{
    g_autoptr(PowerDisk) disk = power_disk_new(1);
    g_auto(CryptDb) db = {0};
    g_autofree char *found = NULL;
    unsigned n_bytes;

    crypt_db_open(&db, disk, 'k', 'i');
    crypt_db_execute(&db, "CREATE TABLE row(key INTEGER PRIMARY KEY, text BLOB);"
                          "CREATE TABLE other(text);"
                          "INSERT INTO row VALUES(1, randomblob(20000));"
                          "PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO other VALUES('x')");
    EXPECT(db.complaint == NULL);
    n_bytes = power_disk_get_file(disk, CRYPT_DB_PATH)->len;
    g_byte_array_set_size(power_disk_get_file(disk, CRYPT_DB_PATH), n_bytes - RECALL_PAGE_BYTES);
    sqlite3_db_release_memory(db.db);
    found = crypt_db_ask(&db, "SELECT hex(substr(text, 19990)) FROM row");
    EXPECT(found == NULL);
    return NULL;
}

/* While it is open, a page of the WAL is replaced with what stood there in the one before. */
static char *
check_old_wal(void)
{
    g_autoptr(PowerDisk) disk = power_disk_new(1);
    g_auto(CryptDb) db = {0};
    g_autofree char *rows = NULL;
    g_autofree char *found = NULL;
    g_autoptr(GByteArray) old = g_byte_array_new();
    GByteArray *wal;

    crypt_db_open(&db, disk, 'k', 'i');
    crypt_db_execute(&db, "CREATE TABLE row(key INTEGER PRIMARY KEY, text TEXT);"
                          "INSERT INTO row VALUES(1, 'none');"
                          "PRAGMA wal_checkpoint(RESTART);"
                          "UPDATE row SET text = 'before'");
    wal = power_disk_get_file(disk, CRYPT_DB_WAL_PATH);
    g_byte_array_append(old, wal->data, wal->len);
    crypt_db_execute(&db, "PRAGMA wal_checkpoint(RESTART); UPDATE row SET text = 'after'");
    EXPECT(db.complaint == NULL);
    rows = crypt_db_ask(&db, ROWS_SQL);
    wal = power_disk_get_file(disk, CRYPT_DB_WAL_PATH);
    swap(wal, RECALL_WAL_HEADER_SEALED_BYTES, old, RECALL_WAL_HEADER_SEALED_BYTES,
         FRAME_SEALED_BYTES);
    sqlite3_db_release_memory(db.db);
    found = crypt_db_ask(&db, ROWS_SQL);
    EXPECT(g_strcmp0(rows, "1|after\n") == 0);
    EXPECT(found == NULL);
    return NULL;
}

static gboolean
opens(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int type)
{
    int flags = type | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

    if (vfs->xOpen(vfs, path, file, flags, NULL) == SQLITE_CANTOPEN)
        return FALSE;
    file->pMethods->xClose(file);
    return TRUE;
}

/* Large sorts, large statements that fail, and VACUUM keep to memory; other files cannot be opened.
 */
static char *
check_no_other_files(void)
{
    static const int types[] = {
        SQLITE_OPEN_TEMP_DB,    SQLITE_OPEN_TRANSIENT_DB, SQLITE_OPEN_MAIN_JOURNAL,
        SQLITE_OPEN_SUBJOURNAL, SQLITE_OPEN_TEMP_JOURNAL, SQLITE_OPEN_SUPER_JOURNAL,
    };
    g_autoptr(PowerDisk) disk = new_disk('k', 'i', SECRET, NULL);
    g_auto(CryptDb) db = {0};
    g_autofree sqlite3_file *file = NULL;
    g_autofree char *sorted = NULL;
    g_autofree char *kept = NULL;
    sqlite3_vfs *vfs;

    crypt_db_open(&db, disk, 'k', 'i');
    crypt_db_execute(&db, "PRAGMA cache_size=5; CREATE TABLE big(a, b UNIQUE);"
                          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                          " LIMIT 3000) INSERT INTO big SELECT hex(randomblob(200)), i FROM n;"
                          "BEGIN");
    sorted = crypt_db_ask(&db, "SELECT count(*) FROM (SELECT a FROM big ORDER BY a LIMIT 2999)");
    EXPECT(db.complaint == NULL && strcmp(sorted, "2999\n") == 0);
    EXPECT(sqlite3_exec(db.db, "UPDATE big SET a = 'x', b = CASE b WHEN 3000 THEN 1 ELSE b END",
                        NULL, NULL, NULL) == SQLITE_CONSTRAINT_UNIQUE);
    kept = crypt_db_ask(&db, "SELECT count(*) FROM big WHERE a = 'x'");
    EXPECT(strcmp(kept, "0\n") == 0);
    crypt_db_execute(&db, "COMMIT; DELETE FROM big; VACUUM");
    EXPECT(db.complaint == NULL);
    EXPECT(power_disk_get_n_other_files(disk) == 0);
    vfs = sqlite3_vfs_find(recall_crypt_vfs_get_name(db.vfs));
    file = g_malloc0((size_t)vfs->szOsFile);
    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++) {
        EXPECT(!opens(vfs, "other", file, types[i]));
        EXPECT(!opens(vfs, NULL, file, types[i]));
    }
    EXPECT(power_disk_get_n_other_files(disk) == 0);
    return NULL;
}

/* Somebody puts a rollback journal beside it: it is not looked at. */
static char *
check_planted_journal(void)
{
    g_autofree char *rows = NULL;
    g_autofree char *found = NULL;
    g_autoptr(PowerDisk) disk = new_disk('k', 'i', SECRET, &rows);
    g_autoptr(GHashTable) files = power_disk_dup_files(disk);
    GByteArray *journal = g_byte_array_new();

    g_byte_array_append(journal, (const uint8_t *)"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
    g_byte_array_set_size(journal, 8192);
    g_hash_table_insert(files, g_strdup(CRYPT_DB_PATH "-journal"), journal);
    power_disk_set_files(disk, files);
    found = read_rows(disk, 'k', 'i');
    EXPECT(g_strcmp0(rows, found) == 0);
    return NULL;
}

typedef struct {
    uint64_t n;
    uint64_t n_max;
} Account;

static gboolean
on_lease(uint64_t n, void *user_data)
{
    Account *account = user_data;

    if (account->n + n > account->n_max)
        return FALSE;
    account->n += n;
    return TRUE;
}

static char *
check_count(void)
{
    g_autoptr(PowerDisk) disk = power_disk_new(1);
    g_autoptr(RecallKey) key = recall_key_new();
    uint8_t id[RECALL_SEGMENT_ID_BYTES] = {0};
    RecallPageCodec *codec = recall_page_codec_new(key, id, NULL);
    Account account = {.n_max = 2 * RECALL_CRYPT_VFS_LEASE_N};
    g_autoptr(RecallCryptVfs) vfs =
        recall_crypt_vfs_new(power_disk_get_name(disk), codec, on_lease, &account, NULL);
    g_autofree sqlite3_file *file = NULL;
    uint8_t page[RECALL_PAGE_BYTES] = {0};
    int flags = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3_vfs *made = sqlite3_vfs_find(recall_crypt_vfs_get_name(vfs));
    uint64_t n = 0;

    file = g_malloc0((size_t)made->szOsFile);
    EXPECT(made->xOpen(made, "file", file, flags, NULL) == SQLITE_OK);
    EXPECT(account.n == 0);
    while (n < 2 * account.n_max &&
           file->pMethods->xWrite(file, page, sizeof page, 0) == SQLITE_OK) {
        n++;
        if (account.n < n)
            break;
        if (n % 1000 == 0) /* the disk keeps what was not synchronised */
            file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    }
    file->pMethods->xClose(file);
    EXPECT(account.n >= n);
    EXPECT(n == account.n_max);
    return NULL;
}

/* What is asked of an empty file, and at odd places. */
static char *
check_odd_requests(void)
{
    g_autoptr(PowerDisk) disk = power_disk_new(1);
    g_auto(CryptDb) db = {0};
    g_autofree sqlite3_file *file = NULL;
    sqlite3_vfs *vfs;
    uint8_t data[RECALL_PAGE_BYTES] = {1};
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

    crypt_db_open(&db, disk, 'k', 'i');
    vfs = sqlite3_vfs_find(recall_crypt_vfs_get_name(db.vfs));
    file = g_malloc0((size_t)vfs->szOsFile);
    EXPECT(vfs->xOpen(vfs, "a", file, flags | SQLITE_OPEN_MAIN_DB, NULL) == SQLITE_OK);
    EXPECT(file->pMethods->xRead(file, data, 100, 0) == SQLITE_IOERR_SHORT_READ && data[0] == 0);
    EXPECT(file->pMethods->xRead(file, data, 50, 4096) == SQLITE_IOERR_READ);
    EXPECT(file->pMethods->xWrite(file, data, 100, 0) == SQLITE_IOERR_WRITE);
    EXPECT(file->pMethods->xWrite(file, data, RECALL_PAGE_BYTES, 512) == SQLITE_IOERR_WRITE);
    file->pMethods->xClose(file);
    EXPECT(vfs->xOpen(vfs, "a-wal", file, flags | SQLITE_OPEN_WAL, NULL) == SQLITE_OK);
    EXPECT(file->pMethods->xRead(file, data, 32, 0) == SQLITE_IOERR_SHORT_READ);
    EXPECT(file->pMethods->xRead(file, data, 64, 0) == SQLITE_IOERR_READ);
    EXPECT(file->pMethods->xWrite(file, data, 24, 32) != SQLITE_OK); /* there is no header */
    EXPECT(file->pMethods->xWrite(file, data, 32, 0) == SQLITE_OK);
    EXPECT(file->pMethods->xWrite(file, data, 24, 32) == SQLITE_OK);
    EXPECT(file->pMethods->xWrite(file, data, 25, 32) == SQLITE_IOERR_WRITE);
    EXPECT(file->pMethods->xWrite(file, data, 24, 33) == SQLITE_IOERR_WRITE);
    file->pMethods->xClose(file);
    return NULL;
}

typedef struct {
    const char *name;
    char *(*check)(void);
    RecallMutant mutants[3]; /* that it finds */
} Check;

static const Check checks[] = {
    {"nothing-readable", check_nothing_readable, {0}},
    {"no-checksum", check_no_checksum, {RECALL_MUTANT_PLAIN_CHECKSUM}},
    {"nonces", check_nonces, {RECALL_MUTANT_ONE_NONCE}},
    {"flips", check_flips, {RECALL_MUTANT_NO_TAG}},
    {"wal-flips", check_wal_flips, {RECALL_MUTANT_NO_TAG, RECALL_MUTANT_NO_WITNESS}},
    {"page-swaps", check_page_swaps, {RECALL_MUTANT_NO_PAGE_NUMBER}},
    {"segment-swaps", check_segment_swaps, {RECALL_MUTANT_NO_SEGMENT_ID}},
    {"wrong-key", check_wrong_key, {0}},
    {"truncation", check_truncation, {0}},
    {"lost-overflow", check_lost_overflow, {RECALL_MUTANT_SHORT_PAGES}},
    {"old-wal", check_old_wal, {RECALL_MUTANT_NO_GENERATION}},
    {"no-other-files", check_no_other_files, {RECALL_MUTANT_FILES_ALLOWED}},
    {"planted-journal", check_planted_journal, {0}},
    {"count", check_count, {RECALL_MUTANT_NO_COUNT}},
    {"odd-requests", check_odd_requests, {0}},
};

static void
test_checks(void **state)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(checks); i++) {
        g_autofree char *complaint = checks[i].check();

        if (complaint != NULL)
            fail_msg("%s: %s", checks[i].name, complaint);
    }
}

static void
test_mutants(void **state)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(checks); i++) {
        for (unsigned j = 0; checks[i].mutants[j] != RECALL_MUTANT_NONE; j++) {
            g_autofree char *complaint = NULL;

            recall_mutant = checks[i].mutants[j];
            complaint = checks[i].check();
            recall_mutant = RECALL_MUTANT_NONE;
            if (complaint == NULL)
                fail_msg("%s does not find mutant %u", checks[i].name, checks[i].mutants[j]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_mutants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
