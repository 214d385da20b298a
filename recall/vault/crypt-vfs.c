/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/crypt-vfs.h"

#include "recall/vault/mutant.h"

#include <errno.h>
#include <string.h>

#define HEADER_BYTES 100
#define NAME_BYTES 32
#define TYPES                                                                                      \
    (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TRANSIENT_DB |                        \
     SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_SUBJOURNAL |                \
     SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL)
/* Promises of the file system about whole pages, which a sealed WAL cannot keep. */
#define REFUSED_TRAITS                                                                             \
    (SQLITE_IOCAP_ATOMIC | SQLITE_IOCAP_ATOMIC512 | SQLITE_IOCAP_ATOMIC1K |                        \
     SQLITE_IOCAP_ATOMIC2K | SQLITE_IOCAP_ATOMIC4K | SQLITE_IOCAP_ATOMIC8K |                       \
     SQLITE_IOCAP_ATOMIC16K | SQLITE_IOCAP_ATOMIC32K | SQLITE_IOCAP_ATOMIC64K |                    \
     SQLITE_IOCAP_BATCH_ATOMIC | SQLITE_IOCAP_IMMUTABLE)

struct RecallCryptVfs {
    sqlite3_vfs vfs; /* first: SQLite knows it by this */
    sqlite3_vfs *below;
    char name[NAME_BYTES];
    RecallPageCodec *codec;
    RecallCryptVfsLease lease;
    void *user_data;
    GDestroyNotify free_user_data;
    uint64_t n_leased;
    RecallCryptWal *log;   /* of the file that has it open */
    gboolean is_read_only; /* the disk of the database is */
    gboolean is_watched;   /* no page of it was written since that began */
};

typedef struct {
    sqlite3_file file; /* first */
    RecallCryptVfs *vfs;
    sqlite3_file *below; /* NULL for a log that is not there, on a disk that is read-only */
    RecallCryptWal *wal; /* NULL for the database */
    uint8_t sealed[RECALL_PAGE_BYTES];
} File;

/* What SQLite asks of the beginning of the file before it recovers the WAL. A loss of power can
 * have torn the first page, whose good copy is in the WAL then; but these fields are always the
 * same. */
static const uint8_t fixed_header[HEADER_BYTES] = {
    'S',
    'Q',
    'L',
    'i',
    't',
    'e',
    ' ',
    'f',
    'o',
    'r',
    'm',
    'a',
    't',
    ' ',
    '3',
    '\0',
    RECALL_PAGE_BYTES >> 8,
    0,
    2,
    2,
    RECALL_PAGE_RESERVED_BYTES,
    64,
    32,
    32,
};

/* --- files --- */

/* Before a piece is sealed. */
static gboolean
may_seal(RecallCryptVfs *self)
{
    if (RECALL_IS_MUTANT(NO_COUNT) || self->lease == NULL)
        return TRUE;
    if (recall_page_codec_get_n_seals(self->codec) < self->n_leased)
        return TRUE;
    if (!self->lease(RECALL_CRYPT_VFS_LEASE_N, self->user_data))
        return FALSE;
    self->n_leased += RECALL_CRYPT_VFS_LEASE_N;
    return TRUE;
}

static int
file_close(sqlite3_file *file)
{
    File *self = (File *)file;

    if (self->wal != NULL)
        self->vfs->log = NULL;
    g_clear_pointer(&self->wal, recall_crypt_wal_free);
    recall_secret_clear(self->sealed, sizeof self->sealed);
    return self->below->pMethods->xClose(self->below);
}

static gboolean
is_empty(File *self)
{
    sqlite3_int64 n_bytes = 0;

    return self->below->pMethods->xFileSize(self->below, &n_bytes) == SQLITE_OK && n_bytes == 0;
}

static int
read_header(File *self, void *out, int n_bytes, int64_t offset)
{
    uint8_t page[RECALL_PAGE_BYTES];
    int code;

    if (is_empty(self)) {
        memset(out, 0, (size_t)n_bytes);
        return SQLITE_IOERR_SHORT_READ;
    }
    memcpy(out, fixed_header + offset, (size_t)n_bytes);
    if (!RECALL_IS_MUTANT(RAW_HEADER))
        return SQLITE_OK;
    code = self->below->pMethods->xRead(self->below, self->sealed, RECALL_PAGE_BYTES, 0);
    if (code != SQLITE_OK ||
        !recall_page_codec_open_page(self->vfs->codec, 1, NULL, self->sealed, page))
        return SQLITE_IOERR_DATA;
    memcpy(out, page + offset, (size_t)n_bytes);
    return SQLITE_OK;
}

/* SQLite takes what is beyond the end of the file for zeros. It does not ask for it as long as the
 * file is whole, so it is refused. */
static int
read_page(File *self, uint32_t number, uint8_t *out)
{
    int64_t offset = (int64_t)(number - 1) * RECALL_PAGE_BYTES;
    int code = self->below->pMethods->xRead(self->below, self->sealed, RECALL_PAGE_BYTES, offset);

    if (code == SQLITE_IOERR_SHORT_READ) {
        memset(out, 0, RECALL_PAGE_BYTES);
        return is_empty(self) || RECALL_IS_MUTANT(SHORT_PAGES) ? code : SQLITE_IOERR_DATA;
    }
    if (code != SQLITE_OK)
        return code;
    return recall_page_codec_open_page(self->vfs->codec, number, NULL, self->sealed, out)
               ? SQLITE_OK
               : SQLITE_IOERR_DATA;
}

static int
file_read(sqlite3_file *file, void *out, int n_bytes, sqlite3_int64 offset)
{
    File *self = (File *)file;

    if (self->wal != NULL)
        return recall_crypt_wal_read(self->wal, out, n_bytes, offset);
    if (n_bytes == RECALL_PAGE_BYTES && offset % RECALL_PAGE_BYTES == 0)
        return read_page(self, (uint32_t)(offset / RECALL_PAGE_BYTES) + 1, out);
    if (offset + n_bytes <= HEADER_BYTES)
        return read_header(self, out, n_bytes, offset);
    return SQLITE_IOERR_READ;
}

static int
write_sealed(File *self, const void *data, int n_bytes, int64_t offset)
{
    uint32_t number = (uint32_t)(offset / RECALL_PAGE_BYTES) + 1;

    if (!may_seal(self->vfs))
        return SQLITE_IOERR_WRITE;
    if (self->wal != NULL)
        return recall_crypt_wal_write(self->wal, data, n_bytes, offset);
    if (n_bytes != RECALL_PAGE_BYTES || offset % RECALL_PAGE_BYTES != 0 ||
        !recall_page_codec_seal_page(self->vfs->codec, number, NULL, data, self->sealed))
        return SQLITE_IOERR_WRITE;
    self->vfs->is_watched = FALSE;
    return self->below->pMethods->xWrite(self->below, self->sealed, n_bytes, offset);
}

/* A file system that gave up after an error refuses writes to what is open for them. SQLite would
 * take that for a full disk. */
static int
file_write(sqlite3_file *file, const void *data, int n_bytes, sqlite3_int64 offset)
{
    int code;

    errno = 0;
    code = write_sealed((File *)file, data, n_bytes, offset);
    return code == SQLITE_IOERR_WRITE && errno == EROFS ? SQLITE_READONLY : code;
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 n_bytes)
{
    File *self = (File *)file;

    self->vfs->is_watched = self->vfs->is_watched && self->wal != NULL;
    return self->wal != NULL ? recall_crypt_wal_truncate(self->wal, n_bytes)
                             : self->below->pMethods->xTruncate(self->below, n_bytes);
}

static int
file_sync(sqlite3_file *file, int flags)
{
    File *self = (File *)file;

    return self->wal != NULL ? recall_crypt_wal_sync(self->wal, flags)
                             : self->below->pMethods->xSync(self->below, flags);
}

static int
file_measure(sqlite3_file *file, sqlite3_int64 *out_n_bytes)
{
    File *self = (File *)file;
    int64_t n_bytes = 0;
    int code;

    if (self->wal == NULL)
        return self->below->pMethods->xFileSize(self->below, out_n_bytes);
    code = recall_crypt_wal_measure(self->wal, &n_bytes);
    *out_n_bytes = n_bytes;
    return code;
}

/* The system locks nothing for writing that is open for reading; the folder is ours alone. */
static int
file_lock(sqlite3_file *file, int level)
{
    File *self = (File *)file;

    if (self->vfs->is_read_only)
        return SQLITE_OK;
    return self->below->pMethods->xLock(self->below, level);
}

static int
file_unlock(sqlite3_file *file, int level)
{
    File *self = (File *)file;

    if (self->vfs->is_read_only)
        return SQLITE_OK;
    return self->below->pMethods->xUnlock(self->below, level);
}

static int
file_check_lock(sqlite3_file *file, int *out_is_reserved)
{
    File *self = (File *)file;

    return self->below->pMethods->xCheckReservedLock(self->below, out_is_reserved);
}

/* Sizes that SQLite hints at are its own, not those of the sealed WAL; and nothing is mapped. */
static int
file_control(sqlite3_file *file, int what, void *argument)
{
    File *self = (File *)file;

    if (what == SQLITE_FCNTL_MMAP_SIZE || what == SQLITE_FCNTL_CHUNK_SIZE ||
        (what == SQLITE_FCNTL_SIZE_HINT && self->wal != NULL))
        return SQLITE_NOTFOUND;
    return self->below->pMethods->xFileControl(self->below, what, argument);
}

static int
file_sector(sqlite3_file *file)
{
    File *self = (File *)file;

    return self->below->pMethods->xSectorSize(self->below);
}

/* Without "powersafe overwrite" SQLite would cut its writes into the WAL where sectors end. */
static int
file_traits(sqlite3_file *file)
{
    File *self = (File *)file;

    return (self->below->pMethods->xDeviceCharacteristics(self->below) & ~REFUSED_TRAITS) |
           SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* Version 1: no shared memory, no mapping. */
static const sqlite3_io_methods file_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_measure,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
};

/* --- a log that is not there --- */

/* It was emptied, and cannot be made: an empty one that nothing is written to. */
static int
absent_close(sqlite3_file *file)
{
    return SQLITE_OK;
}

static int
absent_read(sqlite3_file *file, void *out, int n_bytes, sqlite3_int64 offset)
{
    memset(out, 0, (size_t)n_bytes);
    return SQLITE_IOERR_SHORT_READ;
}

static int
absent_write(sqlite3_file *file, const void *data, int n_bytes, sqlite3_int64 offset)
{
    return SQLITE_READONLY;
}

static int
absent_truncate(sqlite3_file *file, sqlite3_int64 n_bytes)
{
    return SQLITE_READONLY;
}

static int
absent_accept(sqlite3_file *file, int argument)
{
    return SQLITE_OK;
}

static int
absent_measure(sqlite3_file *file, sqlite3_int64 *out_n_bytes)
{
    *out_n_bytes = 0;
    return SQLITE_OK;
}

static int
absent_check_lock(sqlite3_file *file, int *out_is_reserved)
{
    *out_is_reserved = 0;
    return SQLITE_OK;
}

static int
absent_control(sqlite3_file *file, int what, void *argument)
{
    return SQLITE_NOTFOUND;
}

static int
absent_sector(sqlite3_file *file)
{
    return RECALL_PAGE_BYTES;
}

static int
absent_traits(sqlite3_file *file)
{
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods absent_methods = {
    .iVersion = 1,
    .xClose = absent_close,
    .xRead = absent_read,
    .xWrite = absent_write,
    .xTruncate = absent_truncate,
    .xSync = absent_accept,
    .xFileSize = absent_measure,
    .xLock = absent_accept,
    .xUnlock = absent_accept,
    .xCheckReservedLock = absent_check_lock,
    .xFileControl = absent_control,
    .xSectorSize = absent_sector,
    .xDeviceCharacteristics = absent_traits,
};

/* --- the VFS --- */

static RecallCryptVfs *
get_self(sqlite3_vfs *vfs)
{
    return (RecallCryptVfs *)vfs;
}

static int
open_absent(File *file, int flags, int *out_flags)
{
    file->below = NULL;
    file->file.pMethods = &absent_methods;
    if (out_flags != NULL)
        *out_flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    return SQLITE_OK;
}

static int
vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out_flags)
{
    RecallCryptVfs *self = get_self(vfs);
    int type = flags & TYPES;
    File *opened = (File *)file;
    int got_flags = 0;
    int code;

    file->pMethods = NULL;
    if (RECALL_IS_MUTANT(FILES_ALLOWED) && type != SQLITE_OPEN_MAIN_DB && type != SQLITE_OPEN_WAL)
        return self->below->xOpen(self->below, path, file, flags, out_flags);
    if (path == NULL || (type != SQLITE_OPEN_MAIN_DB && type != SQLITE_OPEN_WAL))
        return SQLITE_CANTOPEN;
    opened->vfs = self;
    opened->wal = NULL;
    opened->below = (sqlite3_file *)(opened + 1);
    errno = 0;
    code = self->below->xOpen(self->below, path, opened->below, flags, &got_flags);
    if (out_flags != NULL)
        *out_flags = got_flags;
    if (opened->below->pMethods == NULL && type == SQLITE_OPEN_WAL &&
        (self->is_read_only || errno == EROFS))
        return open_absent(opened, flags, out_flags);
    if (opened->below->pMethods == NULL)
        return code;
    if (type == SQLITE_OPEN_MAIN_DB)
        self->is_read_only = (got_flags & SQLITE_OPEN_READONLY) != 0;
    if (type == SQLITE_OPEN_WAL)
        self->log = opened->wal = recall_crypt_wal_new(opened->below, self->codec);
    file->pMethods = &file_methods;
    return code;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    return get_self(vfs)->below->xDelete(get_self(vfs)->below, path, sync_folder);
}

/* A rollback journal can only have been put there by somebody else. */
static int
vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
    *out = 0;
    if (g_str_has_suffix(path, "-journal"))
        return SQLITE_OK;
    return get_self(vfs)->below->xAccess(get_self(vfs)->below, path, flags, out);
}

static int
vfs_full_path(sqlite3_vfs *vfs, const char *path, int n_bytes, char *out)
{
    return get_self(vfs)->below->xFullPathname(get_self(vfs)->below, path, n_bytes, out);
}

static int
vfs_randomness(sqlite3_vfs *vfs, int n_bytes, char *out)
{
    return get_self(vfs)->below->xRandomness(get_self(vfs)->below, n_bytes, out);
}

static int
vfs_wait(sqlite3_vfs *vfs, int duration_us)
{
    return get_self(vfs)->below->xSleep(get_self(vfs)->below, duration_us);
}

static int
vfs_time(sqlite3_vfs *vfs, double *out_days)
{
    return get_self(vfs)->below->xCurrentTime(get_self(vfs)->below, out_days);
}

static int
vfs_last_error(sqlite3_vfs *vfs, int n_bytes, char *out)
{
    return get_self(vfs)->below->xGetLastError(get_self(vfs)->below, n_bytes, out);
}

static void
fill_vfs(RecallCryptVfs *self)
{
    static unsigned n_made;

    g_snprintf(self->name, sizeof self->name, "deskhand-%u", g_atomic_int_add(&n_made, 1));
    self->vfs.iVersion = 1;
    self->vfs.szOsFile = (int)sizeof(File) + self->below->szOsFile;
    self->vfs.mxPathname = self->below->mxPathname;
    self->vfs.zName = self->name;
    self->vfs.xOpen = vfs_open;
    self->vfs.xDelete = vfs_delete;
    self->vfs.xAccess = vfs_access;
    self->vfs.xFullPathname = vfs_full_path;
    self->vfs.xRandomness = vfs_randomness;
    self->vfs.xSleep = vfs_wait;
    self->vfs.xCurrentTime = vfs_time;
    self->vfs.xGetLastError = vfs_last_error;
}

RecallCryptVfs *
recall_crypt_vfs_new(const char *below,
                     RecallPageCodec *codec,
                     RecallCryptVfsLease lease,
                     void *user_data,
                     GDestroyNotify free_user_data)
{
    RecallCryptVfs *self = g_new0(RecallCryptVfs, 1);

    self->below = sqlite3_vfs_find(below);
    g_assert(self->below != NULL);
    self->codec = codec;
    self->lease = lease;
    self->user_data = user_data;
    self->free_user_data = free_user_data;
    fill_vfs(self);
    sqlite3_vfs_register(&self->vfs, FALSE);
    return self;
}

void
recall_crypt_vfs_free(RecallCryptVfs *self)
{
    if (self == NULL)
        return;
    sqlite3_vfs_unregister(&self->vfs);
    recall_page_codec_free(self->codec);
    if (self->free_user_data != NULL)
        self->free_user_data(self->user_data);
    g_free(self);
}

const char *
recall_crypt_vfs_get_name(const RecallCryptVfs *self)
{
    return self->name;
}

int
recall_crypt_vfs_prepare(sqlite3 *db)
{
    int n_bytes = RECALL_PAGE_RESERVED_BYTES;

    return sqlite3_file_control(db, "main", SQLITE_FCNTL_RESERVE_BYTES, &n_bytes);
}

void
recall_crypt_vfs_begin_watch(RecallCryptVfs *self)
{
    self->is_watched = TRUE;
}

gboolean
recall_crypt_vfs_is_written(const RecallCryptVfs *self)
{
    return !self->is_watched;
}

RecallCryptWal *
recall_crypt_vfs_get_log(const RecallCryptVfs *self)
{
    return self->log;
}

uint64_t
recall_crypt_vfs_get_n_seals(const RecallCryptVfs *self)
{
    return recall_page_codec_get_n_seals(self->codec);
}
