/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/page-copy.h"

#include "recall/vault/sqlite-page.h"

#include <errno.h>
#include <unistd.h>

static gboolean
set_errno_error(int code, GError **error)
{
    code = code != 0 ? code : EIO;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "Cannot copy its pages: %s",
                g_strerror(code));
    return FALSE;
}

static uint32_t
get_version(const RecallPageCopy *self, uint32_t number)
{
    return self->log != NULL ? recall_kept_log_get_version(self->log, number) : 0;
}

static void
note_copied(RecallPageCopy *self, uint32_t number)
{
    g_array_index(self->versions, uint32_t, number - 1) = get_version(self, number) + 1;
}

uint32_t
recall_page_copy_count_pages(RecallPageCopy *self)
{
    off_t n_bytes = lseek(self->from, 0, SEEK_END);
    uint32_t n_in_log = self->log != NULL ? recall_kept_log_get_n_pages(self->log) : 0;
    uint32_t n;

    self->n_in_file = n_bytes > 0 ? (uint32_t)(n_bytes / RECALL_PAGE_BYTES) : 0;
    n = MAX(self->n_in_file, n_in_log);
    if (n > self->versions->len)
        g_array_set_size(self->versions, n);
    return n;
}

gboolean
recall_page_copy_run(RecallPageCopy *self, uint32_t first, uint32_t n, GError **error)
{
    g_autofree uint8_t *sealed = g_malloc(RECALL_PAGE_COPY_RUN_N_MAX * RECALL_PAGE_BYTES);
    uint8_t page[RECALL_PAGE_BYTES];
    ssize_t n_bytes = (ssize_t)n * RECALL_PAGE_BYTES;
    off_t at = recall_page_copy_offset_of(first);
    gboolean is_sealed = TRUE;

    errno = 0;
    if (pread(self->from, sealed, (size_t)n_bytes, at) != n_bytes)
        return set_errno_error(errno, error);
    for (uint32_t i = 0; i < n && is_sealed; i++) {
        uint8_t *here = sealed + i * RECALL_PAGE_BYTES;

        if (!recall_page_codec_open_page(self->old, first + i, NULL, here, page))
            continue;
        recall_sqlite_page_scrub(page, first + i);
        is_sealed = recall_page_codec_seal_page(self->new, first + i, NULL, page, here);
        note_copied(self, first + i);
    }
    recall_secret_clear(page, sizeof page);
    return (is_sealed && pwrite(self->to, sealed, (size_t)n_bytes, at) == n_bytes) ||
           set_errno_error(errno, error);
}

gboolean
recall_page_copy_one(RecallPageCopy *self, uint32_t number, GError **error)
{
    uint8_t page[RECALL_PAGE_BYTES];
    gboolean is_written = FALSE;

    if (recall_page_copy_read(self, number, page, error)) {
        recall_sqlite_page_scrub(page, number);
        is_written = recall_page_copy_write(self, number, page, error);
    }
    if (is_written)
        note_copied(self, number);
    recall_secret_clear(page, sizeof page);
    return is_written;
}

gboolean
recall_page_copy_read(RecallPageCopy *self, uint32_t number, uint8_t *out, GError **error)
{
    uint8_t sealed[RECALL_PAGE_BYTES];

    if (recall_page_copy_is_in_log(self, number))
        return recall_kept_log_read(self->log, number, out, error);
    errno = 0;
    return (pread(self->from, sealed, sizeof sealed, recall_page_copy_offset_of(number)) ==
                sizeof sealed &&
            recall_page_codec_open_page(self->old, number, NULL, sealed, out)) ||
           set_errno_error(errno, error);
}

gboolean
recall_page_copy_write(RecallPageCopy *self, uint32_t number, const uint8_t *page, GError **error)
{
    uint8_t sealed[RECALL_PAGE_BYTES];

    errno = 0;
    return (recall_page_codec_seal_page(self->new, number, NULL, page, sealed) &&
            pwrite(self->to, sealed, sizeof sealed, recall_page_copy_offset_of(number)) ==
                sizeof sealed) ||
           set_errno_error(errno, error);
}

gboolean
recall_page_copy_is_in_log(const RecallPageCopy *self, uint32_t number)
{
    return get_version(self, number) != 0;
}

gboolean
recall_page_copy_is_in_file(const RecallPageCopy *self, uint32_t number)
{
    return number <= self->n_in_file && !recall_page_copy_is_in_log(self, number);
}

gboolean
recall_page_copy_is_copied(const RecallPageCopy *self, uint32_t number)
{
    return g_array_index(self->versions, uint32_t, number - 1) != 0;
}

gboolean
recall_page_copy_is_current(const RecallPageCopy *self, uint32_t number)
{
    return g_array_index(self->versions, uint32_t, number - 1) == get_version(self, number) + 1;
}

void
recall_page_copy_clear(RecallPageCopy *self)
{
    recall_page_codec_free(self->old);
    recall_page_codec_free(self->new);
    if (self->from >= 0)
        close(self->from);
    if (self->to >= 0)
        close(self->to);
    g_clear_pointer(&self->versions, g_array_unref);
}
