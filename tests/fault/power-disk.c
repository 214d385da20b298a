/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/power-disk.h"

#include <string.h>

#define NAME_BYTES 32

/* One change that may not have reached the disk. */
typedef struct {
    int64_t offset; /* or, with no data, the new size */
    GBytes *data;   /* NULL: a truncation */
} Change;

typedef struct {
    unsigned n_refs;
    GByteArray *now;     /* as programs see it */
    GByteArray *durable; /* as it was when it was last synchronised */
    GArray *changes;     /* of Change, since then */
} Inode;

struct PowerDisk {
    sqlite3_vfs vfs; /* first */
    char name[NAME_BYTES];
    GRand *rand;
    GHashTable *now;     /* path to Inode */
    GHashTable *durable; /* path to Inode: names that are on the disk */
    uint64_t n_changes;
    uint64_t cut_at;
    uint64_t fail_at;
    int fail_code;
    gboolean is_off;
    unsigned n_other_files;
};

typedef struct {
    sqlite3_file file; /* first */
    PowerDisk *disk;
    char *path;
    Inode *inode;
} File;

static void
clear_change(void *data)
{
    g_clear_pointer(&((Change *)data)->data, g_bytes_unref);
}

static Inode *
new_inode(void)
{
    Inode *self = g_new0(Inode, 1);

    self->n_refs = 1;
    self->now = g_byte_array_new();
    self->durable = g_byte_array_new();
    self->changes = g_array_new(FALSE, FALSE, sizeof(Change));
    g_array_set_clear_func(self->changes, clear_change);
    return self;
}

static Inode *
ref_inode(Inode *self)
{
    self->n_refs++;
    return self;
}

static void
unref_inode(void *data)
{
    Inode *self = data;

    if (--self->n_refs > 0)
        return;
    g_byte_array_unref(self->now);
    g_byte_array_unref(self->durable);
    g_array_unref(self->changes);
    g_free(self);
}

static void
copy_bytes(GByteArray *to, const GByteArray *from)
{
    g_byte_array_set_size(to, 0);
    g_byte_array_append(to, from->data, from->len);
}

static void
resize(GByteArray *bytes, size_t n)
{
    size_t n_old = bytes->len;

    g_byte_array_set_size(bytes, (unsigned)n);
    if (n > n_old)
        memset(bytes->data + n_old, 0, n - n_old);
}

static void
put(GByteArray *bytes, int64_t offset, const uint8_t *data, size_t n)
{
    if (bytes->len < (size_t)offset + n)
        resize(bytes, (size_t)offset + n);
    memcpy(bytes->data + offset, data, n);
}

/* Counts a change. Returns: SQLITE_OK, or what it fails with */
static int
charge(PowerDisk *self)
{
    if (self->is_off)
        return SQLITE_IOERR;
    self->n_changes++;
    if (self->cut_at != 0 && self->n_changes > self->cut_at) {
        self->is_off = TRUE;
        return SQLITE_IOERR;
    }
    if (self->fail_at != 0 && self->n_changes > self->fail_at) {
        self->fail_at = 0;
        return self->fail_code;
    }
    return SQLITE_OK;
}

/* --- files --- */

static int
file_close(sqlite3_file *file)
{
    File *self = (File *)file;

    g_clear_pointer(&self->inode, unref_inode);
    g_clear_pointer(&self->path, g_free);
    return SQLITE_OK;
}

static int
file_read(sqlite3_file *file, void *out, int n_bytes, sqlite3_int64 offset)
{
    File *self = (File *)file;
    GByteArray *now = self->inode->now;
    int64_t n_there = CLAMP((int64_t)now->len - offset, 0, n_bytes);

    if (self->disk->is_off)
        return SQLITE_IOERR_READ;
    memset(out, 0, (size_t)n_bytes);
    if (n_there > 0)
        memcpy(out, now->data + offset, (size_t)n_there);
    return n_there == n_bytes ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int
file_write(sqlite3_file *file, const void *data, int n_bytes, sqlite3_int64 offset)
{
    File *self = (File *)file;
    Change change = {offset, NULL};
    int code = charge(self->disk);

    if (code != SQLITE_OK && !self->disk->is_off)
        return code;
    change.data = g_bytes_new(data, (size_t)n_bytes);
    g_array_append_val(self->inode->changes, change); /* the write in flight may arrive, too */
    put(self->inode->now, offset, data, (size_t)n_bytes);
    return code;
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 n_bytes)
{
    File *self = (File *)file;
    Change change = {n_bytes, NULL};
    int code = charge(self->disk);

    if (code != SQLITE_OK)
        return code;
    g_array_append_val(self->inode->changes, change);
    resize(self->inode->now, (size_t)n_bytes);
    return SQLITE_OK;
}

static void
make_names_durable(PowerDisk *self)
{
    GHashTableIter iter;
    void *path;
    void *inode;

    g_hash_table_remove_all(self->durable);
    g_hash_table_iter_init(&iter, self->now);
    while (g_hash_table_iter_next(&iter, &path, &inode))
        g_hash_table_insert(self->durable, g_strdup(path), ref_inode(inode));
}

static void
make_durable(Inode *self)
{
    copy_bytes(self->durable, self->now);
    g_array_set_size(self->changes, 0);
}

/* As SQLite's own VFS: the first time it synchronises the folder as well. */
static int
file_sync(sqlite3_file *file, int flags)
{
    File *self = (File *)file;
    int code = charge(self->disk);

    if (code != SQLITE_OK)
        return code;
    make_durable(self->inode);
    if (g_hash_table_lookup(self->disk->durable, self->path) != self->inode)
        make_names_durable(self->disk);
    return SQLITE_OK;
}

static int
file_measure(sqlite3_file *file, sqlite3_int64 *out_n_bytes)
{
    File *self = (File *)file;

    *out_n_bytes = self->inode->now->len;
    return self->disk->is_off ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int
file_lock(sqlite3_file *file, int level)
{
    return SQLITE_OK;
}

static int
file_check_lock(sqlite3_file *file, int *out_is_reserved)
{
    *out_is_reserved = 0;
    return SQLITE_OK;
}

static int
file_control(sqlite3_file *file, int what, void *argument)
{
    return SQLITE_NOTFOUND;
}

static int
file_sector(sqlite3_file *file)
{
    return POWER_SECTOR_BYTES;
}

static int
file_traits(sqlite3_file *file)
{
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_measure,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
};

/* --- the VFS --- */

static int
vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out_flags)
{
    PowerDisk *self = (PowerDisk *)vfs;
    File *opened = (File *)file;
    g_autofree char *any = g_strdup_printf("temporary-%u", self->n_other_files);
    Inode *inode;

    file->pMethods = NULL;
    if (self->is_off)
        return SQLITE_IOERR;
    if (!(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)))
        self->n_other_files++;
    path = path != NULL ? path : any;
    inode = g_hash_table_lookup(self->now, path);
    if (inode == NULL && !(flags & SQLITE_OPEN_CREATE))
        return SQLITE_CANTOPEN;
    if (inode == NULL) {
        inode = new_inode();
        g_hash_table_insert(self->now, g_strdup(path), inode);
    }
    opened->disk = self;
    opened->path = g_strdup(path);
    opened->inode = ref_inode(inode);
    file->pMethods = &file_methods;
    if (out_flags != NULL)
        *out_flags = flags;
    return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    PowerDisk *self = (PowerDisk *)vfs;
    int code = charge(self);

    if (code != SQLITE_OK)
        return code;
    if (!g_hash_table_remove(self->now, path))
        return SQLITE_IOERR_DELETE_NOENT;
    if (sync_folder)
        make_names_durable(self);
    return SQLITE_OK;
}

static int
vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
    PowerDisk *self = (PowerDisk *)vfs;
    Inode *inode = g_hash_table_lookup(self->now, path);

    *out = inode != NULL && inode->now->len > 0;
    return self->is_off ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int
vfs_full_path(sqlite3_vfs *vfs, const char *path, int n_bytes, char *out)
{
    g_strlcpy(out, path, (size_t)n_bytes);
    return SQLITE_OK;
}

static int
vfs_randomness(sqlite3_vfs *vfs, int n_bytes, char *out)
{
    for (int i = 0; i < n_bytes; i++)
        out[i] = (char)g_rand_int_range(((PowerDisk *)vfs)->rand, 0, 256);
    return n_bytes;
}

static int
vfs_wait(sqlite3_vfs *vfs, int duration_us)
{
    return duration_us;
}

static int
vfs_time(sqlite3_vfs *vfs, double *out_days)
{
    *out_days = 2461000.5;
    return SQLITE_OK;
}

static int
vfs_last_error(sqlite3_vfs *vfs, int n_bytes, char *out)
{
    return 0;
}

PowerDisk *
power_disk_new(unsigned seed)
{
    static unsigned n_made;
    PowerDisk *self = g_new0(PowerDisk, 1);

    g_snprintf(self->name, sizeof self->name, "power-%u", n_made++);
    self->rand = g_rand_new_with_seed(seed);
    self->now = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_inode);
    self->durable = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_inode);
    self->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = sizeof(File),
        .mxPathname = 512,
        .zName = self->name,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_wait,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
    };
    sqlite3_vfs_register(&self->vfs, FALSE);
    return self;
}

void
power_disk_free(PowerDisk *self)
{
    if (self == NULL)
        return;
    sqlite3_vfs_unregister(&self->vfs);
    g_hash_table_unref(self->now);
    g_hash_table_unref(self->durable);
    g_rand_free(self->rand);
    g_free(self);
}

const char *
power_disk_get_name(const PowerDisk *self)
{
    return self->name;
}

uint64_t
power_disk_get_n_changes(const PowerDisk *self)
{
    return self->n_changes;
}

void
power_disk_cut_after(PowerDisk *self, unsigned n_changes)
{
    self->cut_at = n_changes > 0 ? self->n_changes + n_changes : 0;
}

void
power_disk_fail_after(PowerDisk *self, unsigned n_changes, int code)
{
    self->fail_at = code != SQLITE_OK ? self->n_changes + n_changes : 0;
    self->fail_code = code;
}

gboolean
power_disk_is_off(const PowerDisk *self)
{
    return self->is_off;
}

/* --- what survives --- */

/* Each sector of a write arrives or does not. */
static void
land(PowerDisk *self, Inode *inode, const Change *change, double chance)
{
    size_t n_bytes;
    const uint8_t *data = g_bytes_get_data(change->data, &n_bytes);

    for (size_t at = 0; at < n_bytes;) {
        size_t in_sector = (size_t)(change->offset + (int64_t)at) % POWER_SECTOR_BYTES;
        size_t n = MIN(POWER_SECTOR_BYTES - in_sector, n_bytes - at);

        if (g_rand_double(self->rand) < chance)
            put(inode->durable, change->offset + (int64_t)at, data + at, n);
        at += n;
    }
}

static void
settle(PowerDisk *self, Inode *inode, double chance)
{
    for (unsigned i = 0; i < inode->changes->len; i++) {
        const Change *change = &g_array_index(inode->changes, Change, i);

        if (change->data != NULL)
            land(self, inode, change, chance);
        else if (g_rand_double(self->rand) < chance)
            resize(inode->durable, (size_t)change->offset);
    }
    g_array_set_size(inode->changes, 0);
    copy_bytes(inode->now, inode->durable);
}

/* Returns: (transfer full): of all names, as a set */
static GHashTable *
collect_names(PowerDisk *self)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTable *tables[] = {self->now, self->durable};
    GHashTableIter iter;
    void *path;

    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_hash_table_iter_init(&iter, tables[i]);
        while (g_hash_table_iter_next(&iter, &path, NULL))
            g_hash_table_add(names, g_strdup(path));
    }
    return names;
}

/* A name that was made or removed since may have reached the disk or not. */
static void
settle_names(PowerDisk *self, double chance)
{
    g_autoptr(GHashTable) names = collect_names(self);
    GHashTableIter iter;
    void *path;

    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &path, NULL)) {
        Inode *inode = g_hash_table_lookup(self->now, path);

        if (g_rand_double(self->rand) >= chance)
            continue;
        if (inode == NULL)
            g_hash_table_remove(self->durable, path);
        else
            g_hash_table_insert(self->durable, g_strdup(path), ref_inode(inode));
    }
}

void
power_disk_restart(PowerDisk *self)
{
    static const double chances[] = {0, 0.1, 0.5, 0.9, 1};
    double chance = chances[g_rand_int_range(self->rand, 0, G_N_ELEMENTS(chances))];
    GHashTableIter iter;
    void *path;
    void *inode;

    settle_names(self, chance);
    g_hash_table_remove_all(self->now);
    g_hash_table_iter_init(&iter, self->durable);
    while (g_hash_table_iter_next(&iter, &path, &inode)) {
        settle(self, inode, chance);
        g_hash_table_insert(self->now, g_strdup(path), ref_inode(inode));
    }
    self->is_off = FALSE;
    self->cut_at = 0;
    self->fail_at = 0;
}

GByteArray *
power_disk_get_file(PowerDisk *self, const char *path)
{
    Inode *inode = g_hash_table_lookup(self->now, path);

    return inode != NULL ? inode->now : NULL;
}

static void
unref_bytes(void *data)
{
    g_byte_array_unref(data);
}

GHashTable *
power_disk_dup_files(PowerDisk *self)
{
    GHashTable *files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_bytes);
    GHashTableIter iter;
    void *path;
    void *inode;

    g_hash_table_iter_init(&iter, self->now);
    while (g_hash_table_iter_next(&iter, &path, &inode)) {
        GByteArray *copy = g_byte_array_new();

        copy_bytes(copy, ((Inode *)inode)->now);
        g_hash_table_insert(files, g_strdup(path), copy);
    }
    return files;
}

void
power_disk_set_files(PowerDisk *self, GHashTable *files)
{
    GHashTableIter iter;
    void *path;
    void *bytes;

    g_hash_table_remove_all(self->now);
    g_hash_table_iter_init(&iter, files);
    while (g_hash_table_iter_next(&iter, &path, &bytes)) {
        Inode *inode = new_inode();

        copy_bytes(inode->now, bytes);
        copy_bytes(inode->durable, bytes);
        g_hash_table_insert(self->now, g_strdup(path), inode);
    }
    make_names_durable(self);
}

unsigned
power_disk_get_n_other_files(const PowerDisk *self)
{
    return self->n_other_files;
}
