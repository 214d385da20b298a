/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/reseal.h"

#include "recall/vault/page-copy.h"
#include "recall/vault/safe-file.h"
#include "recall/vault/segment-file.h"
#include "recall/vault/sqlite-page.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef enum { USED, FREE, TRUNK } Use;

struct RecallReseal {
    RecallKeyring *keyring;
    int week;
    char *path;
    char *new_path;
    RecallPageCopy copy;
    uint8_t new_id[RECALL_SEGMENT_ID_BYTES];
    GByteArray *uses;  /* of Use, of the pages as the copying begins; NULL before */
    uint32_t n_copied; /* or free */
    uint64_t n_leased;
    gboolean has_holes; /* where pages are free */
    gboolean is_synced;
    gboolean is_finished;
};

static gboolean
explain(const RecallReseal *self, GError **error)
{
    g_prefix_error(error, "Cannot seal %s anew: ", self->path);
    return FALSE;
}

static gboolean
set_io_error(const RecallReseal *self, GError **error)
{
    int code = errno != 0 ? errno : EIO;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "Cannot seal %s anew: %s",
                self->path, g_strerror(code));
    return FALSE;
}

/* --- pages --- */

static uint32_t
count_pages(const RecallReseal *self)
{
    off_t n_bytes = lseek(self->copy.from, 0, SEEK_END);

    return n_bytes > 0 ? (uint32_t)(n_bytes / RECALL_PAGE_BYTES) : 0;
}

/* So that the key's count on the disk is never too low. Each lease writes the keyring, so as many
 * as may be needed to the end are taken at once. */
static gboolean
lease(RecallReseal *self, uint64_t n, GError **error)
{
    uint64_t n_wanted = n + count_pages(self);

    if (recall_page_copy_get_n_seals(&self->copy) + n <= self->n_leased)
        return TRUE;
    self->n_leased += n_wanted;
    return recall_keyring_lease(self->keyring, self->new_id, n_wanted, error);
}

/* Returns: (transfer full): of Use, one byte for each page */
static GByteArray *
find_uses(RecallReseal *self, uint32_t n_pages, GError **error)
{
    g_autoptr(GByteArray) uses = g_byte_array_new();
    uint8_t page[RECALL_PAGE_BYTES];
    uint32_t trunk;
    uint32_t leaf;

    g_byte_array_set_size(uses, n_pages);
    memset(uses->data, USED, n_pages);
    if (!recall_page_copy_read(&self->copy, 1, page, error))
        return NULL;
    trunk = recall_sqlite_page_get_first_trunk(page);
    while (trunk > 1 && trunk <= n_pages && uses->data[trunk - 1] == USED) {
        if (!recall_page_copy_read(&self->copy, trunk, page, error))
            return NULL;
        uses->data[trunk - 1] = TRUNK;
        for (uint32_t i = 0; (leaf = recall_sqlite_page_get_leaf(page, i)) != 0; i++) {
            if (leaf > 1 && leaf <= n_pages)
                uses->data[leaf - 1] = FREE;
        }
        trunk = recall_sqlite_page_get_next_trunk(page);
    }
    return g_steal_pointer(&uses);
}

/* What is free is not copied: a hole stays there. */
static void
look_for_free(RecallReseal *self, uint32_t n_pages)
{
    if (self->uses != NULL)
        return;
    self->uses = find_uses(self, n_pages, NULL);
    if (self->uses == NULL) /* the end tells why, if it is still so */
        self->uses = g_byte_array_new();
}

static gboolean
was_free(const RecallReseal *self, uint32_t number)
{
    return number <= self->uses->len && self->uses->data[number - 1] == FREE;
}

/* Returns: (transfer full): of RecallPageCopyRun: the next pages up to @end but those that were
 * free
 */
static GArray *
list_runs(RecallReseal *self, uint32_t end)
{
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(RecallPageCopyRun));
    uint32_t number = self->n_copied + 1;

    while (number <= end) {
        RecallPageCopyRun run = {number, 0};

        while (number <= end && run.n < RECALL_PAGE_COPY_RUN_N_MAX && !was_free(self, number))
            number++, run.n++;
        if (run.n > 0)
            g_array_append_val(runs, run);
        else
            number++;
    }
    return runs;
}

gboolean
recall_reseal_step(RecallReseal *self, gboolean *out_is_done, GError **error)
{
    uint32_t n_pages = count_pages(self);
    uint32_t begin = self->n_copied;
    uint32_t end = MIN(n_pages, begin + RECALL_RESEAL_STEP_N_PAGES);
    g_autoptr(GArray) runs = NULL;

    *out_is_done = FALSE;
    if (begin >= n_pages) {
        *out_is_done = self->is_synced;
        if (!self->is_synced && fsync(self->copy.to) != 0)
            return set_io_error(self, error);
        self->is_synced = *out_is_done = TRUE;
        return TRUE;
    }
    look_for_free(self, n_pages);
    g_array_set_size(self->copy.seals, MAX(self->copy.seals->len, n_pages));
    if (!lease(self, RECALL_RESEAL_STEP_N_PAGES, error))
        return FALSE;
    runs = list_runs(self, end);
    if (!recall_page_copy_runs(&self->copy, runs, error))
        return explain(self, error);
    self->n_copied = end;
    /* The disk begins now, not when all is copied. Should it not, fsync() is as good. */
    sync_file_range(self->copy.to, recall_page_copy_offset_of(begin + 1),
                    (off_t)(end - begin) * RECALL_PAGE_BYTES, SYNC_FILE_RANGE_WRITE);
    return TRUE;
}

/* --- the end --- */

/* What is free takes no room, and SQLite reads none of it before it is written. What became so
 * since it was copied goes. Returns: FALSE where the file system has no holes */
static gboolean
make_holes(RecallReseal *self, const GByteArray *uses)
{
    const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    gboolean is_good = TRUE;
    uint32_t end = 0;

    for (uint32_t first = 0; first < uses->len && is_good; first = end + 1) {
        for (end = first; end < uses->len && uses->data[end] == FREE &&
                          recall_page_copy_is_copied(&self->copy, end + 1);)
            end++;
        if (end > first)
            is_good = fallocate(self->copy.to, mode, recall_page_copy_offset_of(first + 1),
                                (off_t)(end - first) * RECALL_PAGE_BYTES) == 0;
    }
    return is_good;
}

/* A page that was written since it was copied, or is free, or of the list of free pages. */
static gboolean
mend_page(RecallReseal *self, uint32_t number, Use use, const uint8_t *sealed, GError **error)
{
    uint8_t page[RECALL_PAGE_BYTES] = {0};
    gboolean is_written;

    errno = 0;
    if (use != FREE &&
        !recall_page_codec_open_page(self->copy.lanes[0].old, number, NULL, sealed, page))
        return set_io_error(self, error);
    if (use == TRUNK)
        recall_sqlite_page_scrub_trunk(page);
    else if (use == USED)
        recall_sqlite_page_scrub(page, number);
    is_written = recall_page_copy_write(&self->copy, number, page, error);
    recall_secret_clear(page, sizeof page);
    return is_written;
}

static gboolean
mend_run(RecallReseal *self, uint32_t first, uint32_t n, const uint8_t *uses, GError **error)
{
    g_autofree uint8_t *sealed = g_malloc0(RECALL_PAGE_COPY_RUN_N_MAX * RECALL_PAGE_BYTES);
    ssize_t n_bytes = (ssize_t)n * RECALL_PAGE_BYTES;

    errno = 0;
    if (pread(self->copy.from, sealed, (size_t)n_bytes, recall_page_copy_offset_of(first)) !=
        n_bytes)
        return set_io_error(self, error);
    for (uint32_t number = first; number < first + n; number++) {
        const uint8_t *at = sealed + (number - first) * RECALL_PAGE_BYTES;
        Use use = uses[number - 1];

        if (number == RECALL_SQLITE_PAGE_LOCK_BYTE) /* SQLite never writes it */
            continue;
        if (use == FREE && self->has_holes)
            continue;
        if (use == USED && recall_page_copy_is_same(&self->copy, number, at))
            continue;
        if (!mend_page(self, number, use, at, error))
            return FALSE;
    }
    return TRUE;
}

/* Whether a page of the run is to be looked at although no page was written. */
static gboolean
has_uncopied(const RecallReseal *self, uint32_t first, uint32_t n, const uint8_t *uses)
{
    for (uint32_t number = first; number < first + n; number++) {
        Use use = uses[number - 1];

        if (use == TRUNK || (use == FREE && !self->has_holes) ||
            (use == USED && !recall_page_copy_is_copied(&self->copy, number)))
            return TRUE;
    }
    return FALSE;
}

static gboolean
mend(RecallReseal *self, gboolean is_written, GError **error)
{
    uint32_t n_pages = count_pages(self);
    g_autoptr(GByteArray) uses = NULL;

    if (n_pages == 0)
        return set_io_error(self, error);
    g_array_set_size(self->copy.seals, n_pages);
    if (!lease(self, n_pages, error))
        return FALSE;
    uses = find_uses(self, n_pages, error);
    if (uses == NULL)
        return FALSE;
    self->has_holes = make_holes(self, uses);
    for (uint32_t first = 1; first <= n_pages; first += RECALL_PAGE_COPY_RUN_N_MAX) {
        uint32_t n = MIN(RECALL_PAGE_COPY_RUN_N_MAX, n_pages + 1 - first);

        if ((is_written || has_uncopied(self, first, n, uses->data)) &&
            !mend_run(self, first, n, uses->data, error))
            return FALSE;
    }
    errno = 0;
    return (ftruncate(self->copy.to, (off_t)n_pages * RECALL_PAGE_BYTES) == 0 &&
            fsync(self->copy.to) == 0) ||
           set_io_error(self, error);
}

gboolean
recall_reseal_finish(RecallReseal *self, gboolean is_written, GError **error)
{
    gboolean is_in_hand = recall_keyring_get_week_in_hand(self->keyring) == self->week;

    if (!mend(self, is_written, error) ||
        !recall_safe_file_rename(self->new_path, self->path, error))
        return FALSE;
    self->is_finished = TRUE;
    return recall_keyring_drop_older(self->keyring, self->week, error) &&
           (!is_in_hand || recall_keyring_hold(self->keyring, self->week, error));
}

RecallReseal *
recall_reseal_new(RecallKeyring *keyring, int week, const char *path, GError **error)
{
    g_autoptr(RecallReseal) self = g_new0(RecallReseal, 1);

    self->keyring = keyring;
    self->week = week;
    self->path = g_strdup(path);
    self->new_path = g_strconcat(path, ".new", NULL);
    self->copy.seals = g_array_new(FALSE, TRUE, sizeof(RecallPageSeal));
    self->copy.to = -1;
    self->copy.from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (self->copy.from >= 0)
        self->copy.to =
            open(self->new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (self->copy.to < 0)
        return set_io_error(self, error), NULL;
    if (!recall_segment_file_get_codecs(keyring, week, path, &self->copy, self->new_id, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
recall_reseal_free(RecallReseal *self)
{
    if (self == NULL)
        return;
    if (!self->is_finished && self->copy.to >= 0)
        g_unlink(self->new_path);
    if (!self->is_finished && self->copy.lanes[0].new != NULL)
        recall_keyring_drop(self->keyring, self->new_id, NULL);
    recall_page_copy_clear(&self->copy);
    g_clear_pointer(&self->uses, g_byte_array_unref);
    g_free(self->path);
    g_free(self->new_path);
    g_free(self);
}

void
recall_reseal_leave(RecallReseal *self)
{
    self->is_finished = TRUE;
    recall_reseal_free(self);
}

gboolean
recall_reseal_file(RecallKeyring *keyring, int week, const char *path, GError **error)
{
    g_autoptr(RecallReseal) self = recall_reseal_new(keyring, week, path, error);
    gboolean is_done = FALSE;

    while (self != NULL && !is_done) {
        if (!recall_reseal_step(self, &is_done, error))
            return FALSE;
    }
    return self != NULL && recall_reseal_finish(self, TRUE, error);
}
