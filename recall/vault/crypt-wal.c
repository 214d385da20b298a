/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/crypt-wal.h"

#include "recall/vault/mutant.h"

#include <string.h>

/* A frame as SQLite knows it, and as it stands in the file. */
#define FRAME_BYTES (RECALL_WAL_FRAME_HEADER_BYTES + RECALL_PAGE_BYTES)
#define FRAME_SEALED_BYTES (RECALL_WAL_FRAME_HEADER_SEALED_BYTES + RECALL_PAGE_BYTES)

#define SALTS_OFFSET 16 /* of the WAL's header */

/* Headers that are looked at for one that vouches: a file made large on purpose ends the search. */
#define N_WITNESSES_MAX (1024 * 1024)

struct RecallCryptWal {
    sqlite3_file *file;
    RecallPageCodec *codec;
    gboolean has_generation;
    uint64_t generation;
    GArray *numbers; /* of uint32_t: the page in each frame that is known to be good; 0 unknown */
    uint32_t n_written; /* the last frame that was written, plus one */
    uint32_t n_synced;  /* so many of them are on the disk for certain */
    uint8_t sealed[FRAME_SEALED_BYTES];
};

RecallCryptWal *
recall_crypt_wal_new(sqlite3_file *file, RecallPageCodec *codec)
{
    RecallCryptWal *self = g_new0(RecallCryptWal, 1);

    self->file = file;
    self->codec = codec;
    self->numbers = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    return self;
}

void
recall_crypt_wal_free(RecallCryptWal *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->numbers);
    g_free(self);
}

static int
read_below(RecallCryptWal *self, void *out, int n_bytes, int64_t offset)
{
    return self->file->pMethods->xRead(self->file, out, n_bytes, offset);
}

static int
write_below(RecallCryptWal *self, const void *data, int n_bytes, int64_t offset)
{
    return self->file->pMethods->xWrite(self->file, data, n_bytes, offset);
}

static int
measure_below(RecallCryptWal *self, int64_t *out_n_bytes)
{
    sqlite3_int64 n_bytes = 0;
    int code = self->file->pMethods->xFileSize(self->file, &n_bytes);

    *out_n_bytes = n_bytes;
    return code;
}

static int64_t
offset_of(uint32_t frame)
{
    return RECALL_WAL_HEADER_SEALED_BYTES + (int64_t)frame * FRAME_SEALED_BYTES;
}

static uint32_t
count_frames(int64_t n_sealed_bytes)
{
    return (uint32_t)(MAX(n_sealed_bytes - RECALL_WAL_HEADER_SEALED_BYTES, 0) / FRAME_SEALED_BYTES);
}

static uint32_t
load32(const uint8_t *data)
{
    uint32_t value;

    memcpy(&value, data, sizeof value);
    return GUINT32_FROM_BE(value);
}

uint32_t
recall_crypt_wal_get_number(const RecallCryptWal *self, uint32_t frame)
{
    return frame < self->numbers->len ? g_array_index(self->numbers, uint32_t, frame) : 0;
}

static void
set_number(RecallCryptWal *self, uint32_t frame, uint32_t number)
{
    if (frame >= self->numbers->len)
        g_array_set_size(self->numbers, frame + 1);
    g_array_index(self->numbers, uint32_t, frame) = number;
}

static void
start_generation(RecallCryptWal *self, const uint8_t *header)
{
    memcpy(&self->generation, header + SALTS_OFFSET, sizeof self->generation);
    self->has_generation = TRUE;
    g_array_set_size(self->numbers, 0);
    self->n_written = 0;
    self->n_synced = 0;
}

/* It is on the disk before the first frame is written: one that does not open was changed. */
static int
read_header(RecallCryptWal *self, uint8_t *out)
{
    uint8_t sealed[RECALL_WAL_HEADER_SEALED_BYTES];
    int code = read_below(self, sealed, sizeof sealed, 0);

    memset(out, 0, RECALL_WAL_HEADER_BYTES);
    if (code != SQLITE_OK)
        return code;
    if (!recall_page_codec_open_wal_header(self->codec, sealed, out))
        return SQLITE_IOERR_DATA;
    if (!self->has_generation)
        start_generation(self, out);
    return SQLITE_OK;
}

static int
ensure_generation(RecallCryptWal *self)
{
    uint8_t header[RECALL_WAL_HEADER_BYTES];

    return self->has_generation ? SQLITE_OK : read_header(self, header);
}

static int
write_header(RecallCryptWal *self, const uint8_t *header)
{
    uint8_t sealed[RECALL_WAL_HEADER_SEALED_BYTES];

    if (!recall_page_codec_seal_wal_header(self->codec, header, sealed))
        return SQLITE_IOERR_WRITE;
    start_generation(self, header);
    return write_below(self, sealed, sizeof sealed, 0);
}

static RecallWalPlace
place_of(RecallCryptWal *self, uint32_t frame)
{
    RecallWalPlace place = {self->generation, frame};

    return place;
}

/* As above, for the page in a frame. */
static RecallWalPlace
page_place_of(RecallCryptWal *self, uint32_t frame, const uint8_t *frame_header)
{
    RecallWalPlace place = place_of(self, frame);

    if (RECALL_IS_MUTANT(FRAME_HEADER_BOUND) && frame_header != NULL)
        memcpy(&place.generation, frame_header + 8, sizeof place.generation);
    return place;
}

static int
read_frame_header(RecallCryptWal *self, uint32_t frame, RecallWalFrame *out)
{
    uint8_t sealed[RECALL_WAL_FRAME_HEADER_SEALED_BYTES];
    RecallWalPlace place = place_of(self, frame);
    int code = read_below(self, sealed, sizeof sealed, offset_of(frame));

    if (code != SQLITE_OK)
        return code;
    return recall_page_codec_open_wal_frame(self->codec, &place, sealed, out) ? SQLITE_OK
                                                                              : SQLITE_IOERR_DATA;
}

/* Whether a frame after this one says that this one had reached the disk. */
static gboolean
is_vouched_for(RecallCryptWal *self, uint32_t frame)
{
    int64_t n_bytes;
    uint32_t end;

    if (RECALL_IS_MUTANT(NO_WITNESS) || measure_below(self, &n_bytes) != SQLITE_OK)
        return FALSE;
    end = MIN(count_frames(n_bytes), frame + N_WITNESSES_MAX);
    for (uint32_t i = frame + 1; i < end; i++) {
        RecallWalFrame later;

        if (read_frame_header(self, i, &later) == SQLITE_OK && later.n_synced > frame)
            return TRUE;
    }
    return FALSE;
}

/* @out: FRAME_BYTES */
static gboolean
open_frame(RecallCryptWal *self, uint32_t frame, uint8_t *out)
{
    RecallWalPlace place = place_of(self, frame);
    const uint8_t *page = self->sealed + RECALL_WAL_FRAME_HEADER_SEALED_BYTES;
    RecallWalFrame about;

    if (!recall_page_codec_open_wal_frame(self->codec, &place, self->sealed, &about))
        return FALSE;
    memcpy(out, about.header, RECALL_WAL_FRAME_HEADER_BYTES);
    place = page_place_of(self, frame, about.header);
    return recall_page_codec_open_page(self->codec, load32(out), &place, page,
                                       out + RECALL_WAL_FRAME_HEADER_BYTES);
}

/* A whole frame: SQLite recovers the log, or fills in the headers of a large transaction. */
static int
read_frame(RecallCryptWal *self, uint32_t frame, uint8_t *out)
{
    int code = read_below(self, self->sealed, sizeof self->sealed, offset_of(frame));

    if (code != SQLITE_OK)
        return code;
    if (open_frame(self, frame, out)) {
        set_number(self, frame, load32(out));
        return SQLITE_OK;
    }
    memset(out, 0, FRAME_BYTES);
    return recall_crypt_wal_get_number(self, frame) != 0 || is_vouched_for(self, frame)
               ? SQLITE_IOERR_DATA
               : SQLITE_OK;
}

int
recall_crypt_wal_read_page(RecallCryptWal *self, uint32_t frame, uint8_t *out)
{
    uint32_t number = recall_crypt_wal_get_number(self, frame);
    RecallWalFrame about = {0};
    RecallWalPlace place;
    int code = SQLITE_OK;

    if (number == 0 || RECALL_IS_MUTANT(FRAME_HEADER_BOUND))
        code = read_frame_header(self, frame, &about);
    if (code == SQLITE_OK)
        code = read_below(self, self->sealed, RECALL_PAGE_BYTES,
                          offset_of(frame) + RECALL_WAL_FRAME_HEADER_SEALED_BYTES);
    if (code != SQLITE_OK)
        return code;
    if (number == 0)
        number = load32(about.header);
    place = page_place_of(self, frame, about.header);
    return recall_page_codec_open_page(self->codec, number, &place, self->sealed, out)
               ? SQLITE_OK
               : SQLITE_IOERR_DATA;
}

static int
read_in_header(RecallCryptWal *self, uint8_t *out, int n_bytes, int64_t offset)
{
    uint8_t header[RECALL_WAL_HEADER_BYTES];
    int code = read_header(self, header);

    memcpy(out, header + offset, (size_t)n_bytes);
    return code;
}

static int
read_in_frame_header(RecallCryptWal *self, uint32_t frame, uint8_t *out, int n_bytes, int64_t at)
{
    RecallWalFrame about = {0};
    int code = read_frame_header(self, frame, &about);

    memcpy(out, about.header + at, (size_t)n_bytes);
    return code;
}

int
recall_crypt_wal_read(RecallCryptWal *self, uint8_t *out, int n_bytes, int64_t offset)
{
    uint32_t frame;
    int64_t at;
    int code;

    if (offset + n_bytes <= RECALL_WAL_HEADER_BYTES)
        return read_in_header(self, out, n_bytes, offset);
    if (offset < RECALL_WAL_HEADER_BYTES)
        return SQLITE_IOERR_READ;
    frame = (uint32_t)((offset - RECALL_WAL_HEADER_BYTES) / FRAME_BYTES);
    at = (offset - RECALL_WAL_HEADER_BYTES) % FRAME_BYTES;
    code = ensure_generation(self);
    if (code != SQLITE_OK)
        return code;
    if (at == 0 && n_bytes == FRAME_BYTES)
        return read_frame(self, frame, out);
    if (at == RECALL_WAL_FRAME_HEADER_BYTES && n_bytes == RECALL_PAGE_BYTES)
        return recall_crypt_wal_read_page(self, frame, out);
    if (at + n_bytes <= RECALL_WAL_FRAME_HEADER_BYTES)
        return read_in_frame_header(self, frame, out, n_bytes, at);
    return SQLITE_IOERR_READ;
}

static int
write_frame_header(RecallCryptWal *self, uint32_t frame, const uint8_t *header)
{
    uint8_t sealed[RECALL_WAL_FRAME_HEADER_SEALED_BYTES];
    RecallWalPlace place = place_of(self, frame);
    RecallWalFrame about;

    /* What stood here and after it was rolled back. */
    self->n_written = frame + 1;
    self->n_synced = MIN(self->n_synced, frame);
    memcpy(about.header, header, RECALL_WAL_FRAME_HEADER_BYTES);
    about.n_synced = RECALL_IS_MUTANT(LATE_WITNESS) ? frame : self->n_synced;
    if (!recall_page_codec_seal_wal_frame(self->codec, &place, &about, sealed))
        return SQLITE_IOERR_WRITE;
    set_number(self, frame, load32(header));
    return write_below(self, sealed, sizeof sealed, offset_of(frame));
}

static int
write_page(RecallCryptWal *self, uint32_t frame, const uint8_t *page)
{
    uint32_t number = recall_crypt_wal_get_number(self, frame);
    RecallWalFrame about = {0};
    RecallWalPlace place;
    int code = SQLITE_OK;

    if (number == 0 || RECALL_IS_MUTANT(FRAME_HEADER_BOUND))
        code = read_frame_header(self, frame, &about);
    if (code != SQLITE_OK)
        return code;
    if (number == 0)
        number = load32(about.header);
    place = page_place_of(self, frame, about.header);
    if (!recall_page_codec_seal_page(self->codec, number, &place, page, self->sealed))
        return SQLITE_IOERR_WRITE;
    return write_below(self, self->sealed, RECALL_PAGE_BYTES,
                       offset_of(frame) + RECALL_WAL_FRAME_HEADER_SEALED_BYTES);
}

int
recall_crypt_wal_write(RecallCryptWal *self, const uint8_t *data, int n_bytes, int64_t offset)
{
    uint32_t frame;
    int64_t at;
    int code;

    if (offset == 0 && n_bytes == RECALL_WAL_HEADER_BYTES)
        return write_header(self, data);
    if (offset < RECALL_WAL_HEADER_BYTES)
        return SQLITE_IOERR_WRITE;
    frame = (uint32_t)((offset - RECALL_WAL_HEADER_BYTES) / FRAME_BYTES);
    at = (offset - RECALL_WAL_HEADER_BYTES) % FRAME_BYTES;
    code = ensure_generation(self);
    if (code != SQLITE_OK)
        return code;
    if (at == 0 && n_bytes == RECALL_WAL_FRAME_HEADER_BYTES)
        return write_frame_header(self, frame, data);
    if (at == RECALL_WAL_FRAME_HEADER_BYTES && n_bytes == RECALL_PAGE_BYTES)
        return write_page(self, frame, data);
    return SQLITE_IOERR_WRITE;
}

int
recall_crypt_wal_truncate(RecallCryptWal *self, int64_t n_bytes)
{
    uint32_t n_frames = (uint32_t)(MAX(n_bytes - RECALL_WAL_HEADER_BYTES, 0) / FRAME_BYTES);
    int64_t n_sealed_bytes = n_bytes < RECALL_WAL_HEADER_BYTES ? 0 : offset_of(n_frames);

    if (n_frames < self->numbers->len)
        g_array_set_size(self->numbers, n_frames);
    return self->file->pMethods->xTruncate(self->file, n_sealed_bytes);
}

int
recall_crypt_wal_sync(RecallCryptWal *self, int flags)
{
    int code =
        RECALL_IS_MUTANT(NO_SYNC) ? SQLITE_OK : self->file->pMethods->xSync(self->file, flags);

    if (code == SQLITE_OK)
        self->n_synced = self->n_written;
    return code;
}

int
recall_crypt_wal_measure(RecallCryptWal *self, int64_t *out_n_bytes)
{
    int64_t n_sealed_bytes;
    int code = measure_below(self, &n_sealed_bytes);

    *out_n_bytes =
        n_sealed_bytes < RECALL_WAL_HEADER_SEALED_BYTES
            ? 0
            : RECALL_WAL_HEADER_BYTES + (int64_t)count_frames(n_sealed_bytes) * FRAME_BYTES;
    return code;
}
