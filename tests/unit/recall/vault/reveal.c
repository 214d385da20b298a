/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/recall/vault/reveal.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SALTS_AT 16 /* in the header of a log */

static char *
dup_path(const char *folder, const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void
append_page(RecallPageCodec *codec,
            uint32_t number,
            const RecallWalPlace *place,
            const uint8_t *sealed,
            GByteArray *out)
{
    uint8_t page[RECALL_PAGE_BYTES];

    if (recall_page_codec_open_page(codec, number, place, sealed, page))
        g_byte_array_append(out, page, sizeof page);
}

static void
open_pages(RecallPageCodec *codec, const uint8_t *data, size_t n_bytes, GByteArray *out)
{
    for (uint32_t i = 0; (i + 1) * (size_t)RECALL_PAGE_BYTES <= n_bytes; i++)
        append_page(codec, i + 1, NULL, data + i * (size_t)RECALL_PAGE_BYTES, out);
}

static void
open_frames(RecallPageCodec *codec, const uint8_t *data, size_t n_bytes, GByteArray *out)
{
    const size_t frame_bytes = RECALL_WAL_FRAME_HEADER_SEALED_BYTES + RECALL_PAGE_BYTES;
    uint8_t header[RECALL_WAL_HEADER_BYTES];
    RecallWalPlace place = {0};

    if (n_bytes < RECALL_WAL_HEADER_SEALED_BYTES ||
        !recall_page_codec_open_wal_header(codec, data, header))
        return;
    memcpy(&place.generation, header + SALTS_AT, sizeof place.generation);
    for (uint32_t i = 0; RECALL_WAL_HEADER_SEALED_BYTES + (i + 1) * frame_bytes <= n_bytes; i++) {
        const uint8_t *at = data + RECALL_WAL_HEADER_SEALED_BYTES + i * frame_bytes;
        RecallWalFrame frame;
        uint32_t number = 0;

        place.frame = i;
        if (!recall_page_codec_open_wal_frame(codec, &place, at, &frame))
            continue;
        memcpy(&number, frame.header, sizeof number);
        append_page(codec, GUINT32_FROM_BE(number), &place,
                    at + RECALL_WAL_FRAME_HEADER_SEALED_BYTES, out);
    }
}

static void
open_with(RecallKeyring *keyring, int week, unsigned age, GPtrArray *files, GByteArray *out)
{
    g_autoptr(RecallKey) key = recall_key_new();
    uint8_t id[RECALL_SEGMENT_ID_BYTES];
    g_autoptr(RecallPageCodec) codec = NULL;

    assert_true(recall_keyring_get(keyring, week, age, id, key, NULL));
    codec = recall_page_codec_new(key, id, NULL);
    for (unsigned i = 0; i < files->len; i++) {
        size_t n_bytes;
        const uint8_t *data = g_bytes_get_data(files->pdata[i], &n_bytes);

        open_pages(codec, data, n_bytes, out);
        open_frames(codec, data, n_bytes, out);
    }
}

/* Each as it is goes into @out, too. */
static GPtrArray *
read_files(const char *folder, GByteArray *out)
{
    GPtrArray *files = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    assert_non_null(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = dup_path(folder, name);
        char *data = NULL;
        size_t n_bytes = 0;

        assert_true(g_file_get_contents(path, &data, &n_bytes, NULL));
        g_byte_array_append(out, (const uint8_t *)data, (unsigned)n_bytes);
        g_byte_array_append(out, (const uint8_t *)name, (unsigned)strlen(name));
        g_ptr_array_add(files, g_bytes_new_take(data, n_bytes));
    }
    return files;
}

static RecallKeyringFile *
read_keyring(const char *folder)
{
    g_autofree char *path = dup_path(folder, "keyring");
    g_autoptr(GBytes) bytes = NULL;
    RecallKeyringFile *file;
    char *data = NULL;
    size_t n_bytes = 0;

    assert_true(g_file_get_contents(path, &data, &n_bytes, NULL));
    bytes = g_bytes_new_take(data, n_bytes);
    file = recall_keyring_file_parse(bytes, NULL);
    assert_non_null(file);
    return file;
}

/* So that no key is in the second one that is not in the first. */
static void
assert_copy_is_same(const char *folder)
{
    g_autofree char *path = dup_path(folder, "keyring");
    g_autofree char *copy_path = dup_path(folder, "keyring.copy");
    g_autofree char *data = NULL;
    g_autofree char *copy = NULL;
    size_t n_bytes = 0;
    size_t n_copy_bytes = 0;

    assert_true(g_file_get_contents(path, &data, &n_bytes, NULL));
    if (!g_file_get_contents(copy_path, &copy, &n_copy_bytes, NULL))
        return;
    assert_int_equal(n_bytes, n_copy_bytes);
    assert_memory_equal(data, copy, n_bytes);
}

GByteArray *
reveal_folder(const char *folder)
{
    GByteArray *out = g_byte_array_new();
    g_autoptr(GPtrArray) files = read_files(folder, out);
    g_autoptr(RecallKeyringFile) list = read_keyring(folder);
    g_autoptr(RecallKeyring) keyring = NULL;

    assert_copy_is_same(folder);
    keyring = recall_keyring_open(folder, NULL);
    assert_non_null(keyring);
    for (unsigned i = 0; i < list->entries->len; i++) {
        int week = g_array_index(list->entries, RecallKeyringEntry, i).week;
        unsigned age = 0;

        for (unsigned k = i + 1; k < list->entries->len; k++)
            age += g_array_index(list->entries, RecallKeyringEntry, k).week == week;
        open_with(keyring, week, age, files, out);
    }
    return out;
}

gboolean
reveal_has(const GByteArray *revealed, const char *text)
{
    return memmem(revealed->data, revealed->len, text, strlen(text)) != NULL;
}
