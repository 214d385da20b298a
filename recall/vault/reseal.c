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
    GByteArray *uses; /* of Use, of the pages as the copying begins; NULL before */
    uint32_t n_done;  /* copied, or free */
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

/* So that the key's count on the disk is never too low. */
static gboolean
lease(RecallReseal *self, uint64_t n, GError **error)
{
    if (recall_page_codec_get_n_seals(self->copy.new) + n <= self->n_leased)
        return TRUE;
    self->n_leased += n;
    return recall_keyring_lease(self->keyring, self->new_id, n, error);
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

static gboolean
is_to_copy(const RecallReseal *self, uint32_t number)
{
    return !was_free(self, number) && recall_page_copy_is_in_file(&self->copy, number);
}

/* Copies the next pages that stand side by side in the file, or one that the log has; what was free
 * is passed over. */
static gboolean
copy_next(RecallReseal *self, uint32_t end, GError **error)
{
    uint32_t first = self->n_done + 1;
    uint32_t n = 0;

    while (first + n <= end && n < RECALL_PAGE_COPY_RUN_N_MAX && is_to_copy(self, first + n))
        n++;
    self->n_done += MAX(n, 1);
    if (n > 0)
        return recall_page_copy_run(&self->copy, first, n, error);
    return was_free(self, first) || !recall_page_copy_is_in_log(&self->copy, first) ||
           recall_page_copy_one(&self->copy, first, error);
}

static gboolean
sync_once(RecallReseal *self, GError **error)
{
    if (!self->is_synced && fsync(self->copy.to) != 0)
        return set_io_error(self, error);
    return self->is_synced = TRUE;
}

gboolean
recall_reseal_step(RecallReseal *self, gboolean *out_is_done, GError **error)
{
    uint32_t n_pages = recall_page_copy_count_pages(&self->copy);
    uint32_t begin = self->n_done;
    uint32_t end = MIN(n_pages, begin + RECALL_RESEAL_STEP_N_PAGES);

    *out_is_done = begin >= n_pages;
    if (*out_is_done)
        return sync_once(self, error);
    if (!lease(self, RECALL_RESEAL_STEP_N_PAGES, error))
        return FALSE;
    look_for_free(self, n_pages);
    while (self->n_done < end) {
        if (!copy_next(self, end, error))
            return explain(self, error);
    }
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

/* Of the list of free pages. */
static gboolean
copy_trunk(RecallReseal *self, uint32_t number, GError **error)
{
    uint8_t page[RECALL_PAGE_BYTES];

    if (!recall_page_copy_read(&self->copy, number, page, error))
        return FALSE;
    recall_sqlite_page_scrub_trunk(page);
    return recall_page_copy_write(&self->copy, number, page, error);
}

/* A page that was not copied, was written since, or is free. */
static gboolean
mend_page(RecallReseal *self, uint32_t number, Use use, GError **error)
{
    static const uint8_t zeros[RECALL_PAGE_BYTES];

    if (number == RECALL_SQLITE_PAGE_LOCK_BYTE) /* SQLite never writes it */
        return TRUE;
    if (use == TRUNK)
        return copy_trunk(self, number, error);
    if (use == FREE)
        return self->has_holes || recall_page_copy_write(&self->copy, number, zeros, error);
    return recall_page_copy_is_current(&self->copy, number) ||
           recall_page_copy_one(&self->copy, number, error);
}

gboolean
recall_reseal_mend(RecallReseal *self, GError **error)
{
    uint32_t n_pages = recall_page_copy_count_pages(&self->copy);
    g_autoptr(GByteArray) uses = NULL;

    if (n_pages == 0)
        return set_io_error(self, error);
    if (!lease(self, n_pages, error))
        return FALSE;
    uses = find_uses(self, n_pages, error);
    if (uses == NULL)
        return explain(self, error);
    self->has_holes = make_holes(self, uses);
    for (uint32_t number = 1; number <= n_pages; number++) {
        if (!mend_page(self, number, uses->data[number - 1], error))
            return explain(self, error);
    }
    errno = 0;
    return (ftruncate(self->copy.to, (off_t)n_pages * RECALL_PAGE_BYTES) == 0 &&
            fsync(self->copy.to) == 0) ||
           set_io_error(self, error);
}

/* The log of the old file, whose pages are in the new one. While both keys are there it is known
 * as such (recall/vault/segment-file.h). */
static gboolean
remove_log(const RecallReseal *self, GError **error)
{
    g_autofree char *log_path = g_strconcat(self->path, "-wal", NULL);

    return recall_safe_file_remove(log_path, error);
}

gboolean
recall_reseal_finish(RecallReseal *self, GError **error)
{
    gboolean is_in_hand = recall_keyring_get_week_in_hand(self->keyring) == self->week;

    if (!recall_safe_file_rename(self->new_path, self->path, error))
        return FALSE;
    self->is_finished = TRUE;
    return remove_log(self, error) && recall_keyring_drop_older(self->keyring, self->week, error) &&
           (!is_in_hand || recall_keyring_hold(self->keyring, self->week, error));
}

RecallReseal *
recall_reseal_new(RecallKeyring *keyring,
                  int week,
                  const char *path,
                  const RecallKeptLog *log,
                  GError **error)
{
    g_autoptr(RecallReseal) self = g_new0(RecallReseal, 1);

    self->keyring = keyring;
    self->week = week;
    self->path = g_strdup(path);
    self->new_path = g_strconcat(path, ".new", NULL);
    self->copy.log = log;
    self->copy.versions = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    self->copy.to = -1;
    self->copy.from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (self->copy.from >= 0)
        self->copy.to =
            open(self->new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (self->copy.to < 0)
        return set_io_error(self, error), NULL;
    /* Every page as it is copied, and again if it is written meanwhile. */
    self->n_leased =
        2 * (uint64_t)recall_page_copy_count_pages(&self->copy) + RECALL_RESEAL_STEP_N_PAGES;
    if (!recall_segment_file_get_codecs(keyring, week, path, self->n_leased, &self->copy,
                                        self->new_id, error))
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
    if (!self->is_finished && self->copy.new != NULL)
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
    g_autoptr(RecallReseal) self = recall_reseal_new(keyring, week, path, NULL, error);
    gboolean is_done = FALSE;

    while (self != NULL && !is_done) {
        if (!recall_reseal_step(self, &is_done, error))
            return FALSE;
    }
    return self != NULL && recall_reseal_mend(self, error) && recall_reseal_finish(self, error);
}
