/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* A sealed segment and its write-ahead log as they may come back from a disk. Whatever was changed:
 * it is refused, or it holds the rows of some moment, all of them and none other. */

#include "tests/fault/crypt-db.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define N_MOMENTS 4
#define N_EDITS_MAX 6
#define ROWS_SQL "SELECT key, text FROM row ORDER BY key"

const char *const fuzz_words[] = {NULL};

typedef struct {
    PowerDisk *disk;
    GHashTable *files;     /* as they are when all is well */
    char *rows[N_MOMENTS]; /* after each transaction */
} Segment;

static void
run(CryptDb *db, const char *sql)
{
    if (!crypt_db_execute(db, sql))
        g_error("%s", db->complaint);
}

/* The first moment is in the database, the others in the log. */
static void
make_segment(Segment *self)
{
    g_auto(CryptDb) db = {0};

    self->disk = power_disk_new(1);
    crypt_db_create(self->disk, 'k', 'i');
    crypt_db_open(&db, self->disk, 'k', 'i');
    run(&db, "CREATE TABLE row(key INTEGER PRIMARY KEY, text TEXT)");
    for (unsigned i = 0; i < N_MOMENTS; i++) {
        g_autofree char *sql = g_strdup_printf(
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 60) REPLACE"
            " INTO row SELECT n * 7 %% 53, printf('%%.*c moment %u', n * 20, 'x') FROM n",
            i);

        run(&db, sql);
        if (i == 0)
            run(&db, "PRAGMA wal_checkpoint(TRUNCATE)");
        self->rows[i] = crypt_db_ask(&db, ROWS_SQL);
        g_assert_nonnull(self->rows[i]);
    }
    self->files = power_disk_dup_files(self->disk); /* before it is closed, which ends the log */
}

static void
write_over(FuzzInput *input, GByteArray *file)
{
    size_t at = fuzz_take_number(input) % file->len;
    size_t n = 0;
    const uint8_t *bytes = fuzz_take_bytes(input, file->len - at, &n);

    if (n > 0)
        memcpy(file->data + at, bytes, n);
}

/* Whole pages and frames are @unit bytes apart, behind a header of @skip. */
static void
copy_piece(FuzzInput *input, GByteArray *file, unsigned skip, unsigned unit)
{
    unsigned n_units = file->len > skip ? (file->len - skip) / unit : 0;

    if (n_units > 0)
        memmove(file->data + skip + fuzz_take_byte(input) % n_units * unit,
                file->data + skip + fuzz_take_byte(input) % n_units * unit, unit);
}

static void
edit(FuzzInput *input, PowerDisk *disk)
{
    unsigned form = fuzz_take_byte(input);
    gboolean is_wal = form % 2 != 0;
    const char *path = is_wal ? CRYPT_DB_PATH "-wal" : CRYPT_DB_PATH;
    GByteArray *file = power_disk_get_file(disk, path);

    if (file == NULL || file->len == 0)
        return;
    switch (form / 2 % 4) {
    case 0:
        write_over(input, file);
        break;
    case 1:
        file->data[fuzz_take_number(input) % file->len] ^= 1U << fuzz_take_byte(input) % 8;
        break;
    case 2:
        g_byte_array_set_size(file, fuzz_take_number(input) % file->len);
        break;
    default:
        if (is_wal)
            copy_piece(input, file, RECALL_WAL_HEADER_SEALED_BYTES,
                       RECALL_WAL_FRAME_HEADER_SEALED_BYTES + RECALL_PAGE_BYTES);
        else
            copy_piece(input, file, 0, RECALL_PAGE_BYTES);
    }
}

static void
check_rows(const Segment *self, const char *rows)
{
    for (unsigned i = 0; i < N_MOMENTS; i++) {
        if (strcmp(rows, self->rows[i]) == 0)
            return;
    }
    g_error("These rows were never there: %.300s", rows);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Segment segment;
    FuzzInput input = {data, size};
    g_auto(CryptDb) db = {0};
    g_autofree char *rows = NULL;

    if (segment.disk == NULL)
        make_segment(&segment);
    power_disk_set_files(segment.disk, segment.files);
    for (unsigned i = 0; i < N_EDITS_MAX && input.n_bytes > 0; i++)
        edit(&input, segment.disk);
    if (crypt_db_open(&db, segment.disk, 'k', 'i'))
        rows = crypt_db_ask(&db, ROWS_SQL);
    if (rows != NULL)
        check_rows(&segment, rows);
    return 0;
}
