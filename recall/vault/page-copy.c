/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/page-copy.h"

#include "recall/vault/sqlite-page.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Runs that are to be copied, and who takes them. */
typedef struct {
    RecallPageCopy *copy;
    const GArray *runs;
    int next;  /* atomic */
    int error; /* atomic: of errno; 0: none */
} Work;

typedef struct {
    Work *work;
    RecallPageCopyLane *lane;
} Hand;

static gboolean
set_errno_error(int code, GError **error)
{
    code = code != 0 ? code : EIO;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "Cannot copy its pages: %s",
                g_strerror(code));
    return FALSE;
}

static RecallPageSeal *
get_seal(const RecallPageCopy *self, uint32_t number)
{
    return &g_array_index(self->seals, RecallPageSeal, number - 1);
}

static gboolean
copy_run(RecallPageCopy *self, RecallPageCopyLane *lane, RecallPageCopyRun run, uint8_t *sealed)
{
    uint8_t page[RECALL_PAGE_BYTES];
    ssize_t n_bytes = (ssize_t)run.n * RECALL_PAGE_BYTES;
    off_t at = recall_page_copy_offset_of(run.first);
    gboolean is_sealed = TRUE;

    errno = 0;
    if (pread(self->from, sealed, (size_t)n_bytes, at) != n_bytes)
        return FALSE;
    for (uint32_t i = 0; i < run.n && is_sealed; i++) {
        uint8_t *here = sealed + i * RECALL_PAGE_BYTES;
        RecallPageSeal seal = *recall_page_codec_get_seal(here);

        if (!recall_page_codec_open_page(lane->old, run.first + i, NULL, here, page))
            continue;
        recall_sqlite_page_scrub(page, run.first + i);
        is_sealed = recall_page_codec_seal_page(lane->new, run.first + i, NULL, page, here);
        *get_seal(self, run.first + i) = seal;
    }
    recall_secret_clear(page, sizeof page);
    return is_sealed && pwrite(self->to, sealed, (size_t)n_bytes, at) == n_bytes;
}

static void *
run_hand(void *user_data)
{
    Hand *hand = user_data;
    Work *work = hand->work;
    g_autofree uint8_t *sealed = g_malloc0(RECALL_PAGE_COPY_RUN_N_MAX * RECALL_PAGE_BYTES);
    int i;

    while ((i = g_atomic_int_add(&work->next, 1)) < (int)work->runs->len &&
           g_atomic_int_get(&work->error) == 0) {
        if (!copy_run(work->copy, hand->lane, g_array_index(work->runs, RecallPageCopyRun, i),
                      sealed))
            g_atomic_int_set(&work->error, errno != 0 ? errno : EIO);
    }
    return NULL;
}

/* Without a second thread one does it all. */
gboolean
recall_page_copy_runs(RecallPageCopy *self, const GArray *runs, GError **error)
{
    Work work = {self, runs, 0, 0};
    Hand hands[RECALL_PAGE_COPY_N_LANES];
    GThread *threads[RECALL_PAGE_COPY_N_LANES] = {NULL};

    for (unsigned i = 0; i < RECALL_PAGE_COPY_N_LANES; i++)
        hands[i] = (Hand){&work, &self->lanes[i]};
    for (unsigned i = 1; i < MIN(RECALL_PAGE_COPY_N_LANES, runs->len); i++)
        threads[i] = g_thread_try_new("reseal", run_hand, &hands[i], NULL);
    run_hand(&hands[0]);
    for (unsigned i = 1; i < RECALL_PAGE_COPY_N_LANES; i++) {
        if (threads[i] != NULL)
            g_thread_join(threads[i]);
    }
    return work.error == 0 || set_errno_error(work.error, error);
}

gboolean
recall_page_copy_read(RecallPageCopy *self, uint32_t number, uint8_t *out, GError **error)
{
    uint8_t sealed[RECALL_PAGE_BYTES];

    errno = 0;
    return (pread(self->from, sealed, sizeof sealed, recall_page_copy_offset_of(number)) ==
                sizeof sealed &&
            recall_page_codec_open_page(self->lanes[0].old, number, NULL, sealed, out)) ||
           set_errno_error(errno, error);
}

gboolean
recall_page_copy_write(RecallPageCopy *self, uint32_t number, const uint8_t *page, GError **error)
{
    uint8_t sealed[RECALL_PAGE_BYTES];

    errno = 0;
    return (recall_page_codec_seal_page(self->lanes[0].new, number, NULL, page, sealed) &&
            pwrite(self->to, sealed, sizeof sealed, recall_page_copy_offset_of(number)) ==
                sizeof sealed) ||
           set_errno_error(errno, error);
}

gboolean
recall_page_copy_is_same(const RecallPageCopy *self, uint32_t number, const uint8_t *sealed)
{
    return memcmp(get_seal(self, number), recall_page_codec_get_seal(sealed),
                  sizeof(RecallPageSeal)) == 0;
}

gboolean
recall_page_copy_is_copied(const RecallPageCopy *self, uint32_t number)
{
    static const RecallPageSeal none;

    return memcmp(get_seal(self, number), &none, sizeof none) != 0;
}

uint64_t
recall_page_copy_get_n_seals(const RecallPageCopy *self)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < RECALL_PAGE_COPY_N_LANES; i++)
        n += recall_page_codec_get_n_seals(self->lanes[i].new);
    return n;
}

void
recall_page_copy_clear(RecallPageCopy *self)
{
    for (unsigned i = 0; i < RECALL_PAGE_COPY_N_LANES; i++) {
        recall_page_codec_free(self->lanes[i].old);
        recall_page_codec_free(self->lanes[i].new);
    }
    if (self->from >= 0)
        close(self->from);
    if (self->to >= 0)
        close(self->to);
    g_clear_pointer(&self->seals, g_array_unref);
}
