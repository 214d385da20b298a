/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/reseal.h"

#include "recall/vault/safe-file.h"
#include "recall/vault/segment-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Of SQLite's file format, which is documented and stable. */
#define USABLE_BYTES (RECALL_PAGE_BYTES - RECALL_PAGE_RESERVED_BYTES)
#define FILE_HEADER_BYTES 100
#define FIRST_TRUNK_AT 32 /* in the file's header */
#define LOCK_BYTE_PAGE (0x40000000 / RECALL_PAGE_BYTES + 1)
#define TRUNK_LEAVES_MAX ((USABLE_BYTES - 8) / 4)

#define N_PAGES_AT_ONCE 64

/* A page's nonce and tag: another one whenever it was written. */
typedef struct {
    uint8_t bytes[RECALL_BOX_NONCE_BYTES + RECALL_BOX_TAG_BYTES];
} Mark;

typedef enum { USED, FREE, TRUNK } Use;

struct RecallReseal {
    RecallKeyring *keyring;
    int week;
    char *path;
    char *new_path;
    RecallPageCodec *old;
    RecallPageCodec *new;
    uint8_t new_id[RECALL_SEGMENT_ID_BYTES];
    int from;
    int to;
    GArray *marks;     /* of Mark, one for each page of the file: what was copied; zeros: not yet */
    GByteArray *uses;  /* of Use, of the pages as the copying begins; NULL before */
    uint32_t n_copied; /* or free */
    uint64_t n_leased;
    gboolean has_holes; /* where pages are free */
    gboolean is_synced;
    gboolean is_finished;
};

static gboolean
set_io_error(const RecallReseal *self, GError **error)
{
    int code = errno != 0 ? errno : EIO;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "Cannot seal %s anew: %s",
                self->path, g_strerror(code));
    return FALSE;
}

static uint32_t
get_number(const uint8_t *at, unsigned n_bytes)
{
    uint32_t number = 0;

    for (unsigned i = 0; i < n_bytes; i++)
        number = number << 8 | at[i];
    return number;
}

/* --- zeros in place of what no row needs --- */

static void
scrub_free_blocks(uint8_t *page, unsigned first)
{
    unsigned at = first;

    while (at != 0 && at + 4 <= USABLE_BYTES) {
        unsigned next = get_number(page + at, 2);
        unsigned n_bytes = get_number(page + at + 2, 2);

        if (n_bytes < 4 || at + n_bytes > USABLE_BYTES)
            return;
        memset(page + at + 4, 0, n_bytes - 4);
        if (next <= at)
            return;
        at = next;
    }
}

/* Pages of trees begin with their kind. All others that are in use begin with the number of a
 * page, of which the first byte is 0 in any file below 64 GiB. */
static gboolean
is_tree_page(const uint8_t *page, uint32_t number)
{
    uint8_t kind = page[number == 1 ? FILE_HEADER_BYTES : 0];

    return kind == 2 || kind == 5 || kind == 10 || kind == 13;
}

static void
scrub_tree_page(uint8_t *page, uint32_t number)
{
    unsigned head = number == 1 ? FILE_HEADER_BYTES : 0;
    unsigned head_bytes = page[head] == 2 || page[head] == 5 ? 12 : 8;
    unsigned begin = head + head_bytes + 2 * get_number(page + head + 3, 2);
    unsigned end = get_number(page + head + 5, 2);

    if (begin <= end && end <= USABLE_BYTES)
        memset(page + begin, 0, end - begin);
    scrub_free_blocks(page, get_number(page + head + 1, 2));
}

static void
scrub_trunk(uint8_t *page)
{
    uint32_t n_leaves = MIN(get_number(page + 4, 4), TRUNK_LEAVES_MAX);

    memset(page + 8 + 4 * n_leaves, 0, USABLE_BYTES - 8 - 4 * n_leaves);
}

/* --- pages --- */

static uint32_t
count_pages(const RecallReseal *self)
{
    off_t n_bytes = lseek(self->from, 0, SEEK_END);

    return n_bytes > 0 ? (uint32_t)(n_bytes / RECALL_PAGE_BYTES) : 0;
}

static off_t
offset_of(uint32_t number)
{
    return (off_t)(number - 1) * RECALL_PAGE_BYTES;
}

static const Mark *
mark_of(const uint8_t *sealed)
{
    return (const Mark *)(sealed + USABLE_BYTES);
}

static Mark *
get_mark(RecallReseal *self, uint32_t number)
{
    return &g_array_index(self->marks, Mark, number - 1);
}

/* So that the key's count on the disk is never too low. Each lease writes the keyring, so as many
 * as may be needed to the end are taken at once. */
static gboolean
lease(RecallReseal *self, uint64_t n, GError **error)
{
    uint64_t n_wanted = n + count_pages(self);

    if (recall_page_codec_get_n_seals(self->new) + n <= self->n_leased)
        return TRUE;
    self->n_leased += n_wanted;
    return recall_keyring_lease(self->keyring, self->new_id, n_wanted, error);
}

static gboolean
write_page(RecallReseal *self, uint32_t number, const uint8_t *page, GError **error)
{
    uint8_t sealed[RECALL_PAGE_BYTES];

    errno = 0;
    return (recall_page_codec_seal_page(self->new, number, NULL, page, sealed) &&
            pwrite(self->to, sealed, sizeof sealed, offset_of(number)) == sizeof sealed) ||
           set_io_error(self, error);
}

/* Several at a time: half of the time went into calls of the system. @n: at most N_PAGES_AT_ONCE */
static gboolean
copy_run(RecallReseal *self, uint32_t first, uint32_t n, GError **error)
{
    g_autofree uint8_t *sealed = g_malloc0(N_PAGES_AT_ONCE * RECALL_PAGE_BYTES);
    uint8_t page[RECALL_PAGE_BYTES];
    ssize_t n_bytes = (ssize_t)n * RECALL_PAGE_BYTES;
    gboolean is_sealed = TRUE;

    errno = 0;
    if (pread(self->from, sealed, (size_t)n_bytes, offset_of(first)) != n_bytes)
        return set_io_error(self, error);
    for (uint32_t i = 0; i < n && is_sealed; i++) {
        uint8_t *at = sealed + i * RECALL_PAGE_BYTES;
        Mark mark = *mark_of(at);

        if (!recall_page_codec_open_page(self->old, first + i, NULL, at, page))
            continue; /* it is free, or being written: recall_reseal_finish() looks again */
        if (is_tree_page(page, first + i))
            scrub_tree_page(page, first + i);
        is_sealed = recall_page_codec_seal_page(self->new, first + i, NULL, page, at);
        *get_mark(self, first + i) = mark;
    }
    recall_secret_clear(page, sizeof page);
    return (is_sealed && pwrite(self->to, sealed, (size_t)n_bytes, offset_of(first)) == n_bytes) ||
           set_io_error(self, error);
}

static gboolean
read_page(RecallReseal *self,
          uint32_t number,
          uint8_t *out_sealed,
          uint8_t *out_page,
          GError **error)
{
    errno = 0;
    return (pread(self->from, out_sealed, RECALL_PAGE_BYTES, offset_of(number)) ==
                RECALL_PAGE_BYTES &&
            recall_page_codec_open_page(self->old, number, NULL, out_sealed, out_page)) ||
           set_io_error(self, error);
}

/* Returns: (transfer full): of Use, one byte for each page */
static GByteArray *
find_uses(RecallReseal *self, uint32_t n_pages, GError **error)
{
    g_autoptr(GByteArray) uses = g_byte_array_new();
    uint8_t sealed[RECALL_PAGE_BYTES];
    uint8_t page[RECALL_PAGE_BYTES];
    uint32_t trunk = 1;

    g_byte_array_set_size(uses, n_pages);
    memset(uses->data, USED, n_pages);
    if (!read_page(self, 1, sealed, page, error))
        return NULL;
    trunk = get_number(page + FIRST_TRUNK_AT, 4);
    while (trunk > 1 && trunk <= n_pages && uses->data[trunk - 1] == USED) {
        if (!read_page(self, trunk, sealed, page, error))
            return NULL;
        uses->data[trunk - 1] = TRUNK;
        for (uint32_t i = 0; i < MIN(get_number(page + 4, 4), TRUNK_LEAVES_MAX); i++) {
            uint32_t leaf = get_number(page + 8 + 4 * i, 4);

            if (leaf > 1 && leaf <= n_pages)
                uses->data[leaf - 1] = FREE;
        }
        trunk = get_number(page, 4);
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

/* Copies the next pages up to @end that stand together. */
static gboolean
copy_next(RecallReseal *self, uint32_t end, GError **error)
{
    uint32_t first = self->n_copied + 1;
    uint32_t n = 0;

    while (first <= end && was_free(self, first))
        first++;
    while (first + n <= end && n < N_PAGES_AT_ONCE && !was_free(self, first + n))
        n++;
    if (n > 0 && !copy_run(self, first, n, error))
        return FALSE;
    self->n_copied = first + n - 1;
    return TRUE;
}

gboolean
recall_reseal_step(RecallReseal *self, gboolean *out_is_done, GError **error)
{
    uint32_t n_pages = count_pages(self);
    uint32_t begin = self->n_copied;
    uint32_t end = MIN(n_pages, begin + RECALL_RESEAL_STEP_N_PAGES);

    *out_is_done = FALSE;
    if (begin >= n_pages) {
        *out_is_done = self->is_synced;
        if (!self->is_synced && fsync(self->to) != 0)
            return set_io_error(self, error);
        self->is_synced = *out_is_done = TRUE;
        return TRUE;
    }
    look_for_free(self, n_pages);
    g_array_set_size(self->marks, MAX(self->marks->len, n_pages));
    if (!lease(self, RECALL_RESEAL_STEP_N_PAGES, error))
        return FALSE;
    while (self->n_copied < end) {
        if (!copy_next(self, end, error))
            return FALSE;
    }
    /* The disk begins now, not when all is copied. Should it not, fsync() is as good. */
    sync_file_range(self->to, offset_of(begin + 1), (off_t)(end - begin) * RECALL_PAGE_BYTES,
                    SYNC_FILE_RANGE_WRITE);
    return TRUE;
}

/* --- the end --- */

static gboolean
is_copied(RecallReseal *self, uint32_t number)
{
    static const Mark none;

    return memcmp(get_mark(self, number), &none, sizeof none) != 0;
}

/* What is free takes no room, and SQLite reads none of it before it is written. What became so
 * since it was copied goes. Returns: FALSE where the file system has no holes */
static gboolean
make_holes(RecallReseal *self, const GByteArray *uses)
{
    const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    gboolean is_good = TRUE;
    uint32_t end = 0;

    for (uint32_t first = 0; first < uses->len && is_good; first = end + 1) {
        for (end = first; end < uses->len && uses->data[end] == FREE && is_copied(self, end + 1);)
            end++;
        if (end > first)
            is_good = fallocate(self->to, mode, offset_of(first + 1),
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
    if (use != FREE && !recall_page_codec_open_page(self->old, number, NULL, sealed, page))
        return set_io_error(self, error);
    if (use == TRUNK)
        scrub_trunk(page);
    else if (use == USED && is_tree_page(page, number))
        scrub_tree_page(page, number);
    is_written = write_page(self, number, page, error);
    recall_secret_clear(page, sizeof page);
    return is_written;
}

static gboolean
mend_run(RecallReseal *self, uint32_t first, uint32_t n, const uint8_t *uses, GError **error)
{
    g_autofree uint8_t *sealed = g_malloc0(N_PAGES_AT_ONCE * RECALL_PAGE_BYTES);
    ssize_t n_bytes = (ssize_t)n * RECALL_PAGE_BYTES;

    errno = 0;
    if (pread(self->from, sealed, (size_t)n_bytes, offset_of(first)) != n_bytes)
        return set_io_error(self, error);
    for (uint32_t number = first; number < first + n; number++) {
        const uint8_t *at = sealed + (number - first) * RECALL_PAGE_BYTES;
        Use use = uses[number - 1];

        if (number == LOCK_BYTE_PAGE) /* SQLite never writes it */
            continue;
        if (use == FREE && self->has_holes)
            continue;
        if (use == USED && memcmp(get_mark(self, number), mark_of(at), sizeof(Mark)) == 0)
            continue;
        if (!mend_page(self, number, use, at, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
mend(RecallReseal *self, GError **error)
{
    uint32_t n_pages = count_pages(self);
    g_autoptr(GByteArray) uses = NULL;

    if (n_pages == 0)
        return set_io_error(self, error);
    g_array_set_size(self->marks, n_pages);
    if (!lease(self, n_pages, error))
        return FALSE;
    uses = find_uses(self, n_pages, error);
    if (uses == NULL)
        return FALSE;
    self->has_holes = make_holes(self, uses);
    for (uint32_t first = 1; first <= n_pages; first += N_PAGES_AT_ONCE) {
        if (!mend_run(self, first, MIN(N_PAGES_AT_ONCE, n_pages + 1 - first), uses->data, error))
            return FALSE;
    }
    errno = 0;
    return (ftruncate(self->to, (off_t)n_pages * RECALL_PAGE_BYTES) == 0 && fsync(self->to) == 0) ||
           set_io_error(self, error);
}

gboolean
recall_reseal_finish(RecallReseal *self, GError **error)
{
    gboolean is_in_hand = recall_keyring_get_week_in_hand(self->keyring) == self->week;

    if (!mend(self, error) || !recall_safe_file_rename(self->new_path, self->path, error))
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
    self->marks = g_array_new(FALSE, TRUE, sizeof(Mark));
    self->to = -1;
    self->from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (self->from >= 0)
        self->to =
            open(self->new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (self->to < 0)
        return set_io_error(self, error), NULL;
    if (!recall_segment_file_get_codecs(keyring, week, path, &self->old, &self->new, self->new_id,
                                        error))
        return NULL;
    return g_steal_pointer(&self);
}

void
recall_reseal_free(RecallReseal *self)
{
    if (self == NULL)
        return;
    if (self->from >= 0)
        close(self->from);
    if (self->to >= 0)
        close(self->to);
    if (!self->is_finished && self->to >= 0)
        g_unlink(self->new_path);
    if (!self->is_finished && self->new != NULL)
        recall_keyring_drop(self->keyring, self->new_id, NULL);
    recall_page_codec_free(self->old);
    recall_page_codec_free(self->new);
    g_array_unref(self->marks);
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
    return self != NULL && recall_reseal_finish(self, error);
}
