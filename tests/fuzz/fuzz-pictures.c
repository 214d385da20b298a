/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* The pixels of a scene as the vault hands them on: sheets, likenesses (WebP), and the file of a
 * picture that has both. */

#include "apps/image.h"
#include "protocol/sheet-pixels.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <zstd.h>

#define SEE_THROUGH_MAX_BYTES (256 * 1024)

const char *const fuzz_words[] = {"DHP2", "RIFF", "WEBP", "VP8 ", "VP8L", "VP8X", "ALPH", NULL};

static void
read_all(const ProtocolSheetTile *tile)
{
    volatile uint8_t sum = 0;

    for (unsigned y = 0; y < tile->height; y++) {
        for (unsigned x = 0; x < tile->width * 4U; x++)
            sum ^= tile->pixels[y * tile->stride + x];
    }
}

static void
check_sheet(GBytes *bytes)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ProtocolSheetPixels) pixels = protocol_sheet_pixels_decode(bytes, &error);
    g_autoptr(GBytes) again = NULL;

    g_assert_true((pixels != NULL) == (error == NULL));
    if (pixels == NULL)
        return;
    for (unsigned i = 0; i < pixels->tiles->len; i++)
        read_all(&g_array_index(pixels->tiles, ProtocolSheetTile, i));
    again = protocol_sheet_pixels_encode((ProtocolSheetTile *)(void *)pixels->tiles->data,
                                         pixels->tiles->len);
}

/* What a frame of zstd would hold: no mutation gets through its checks. */
static GBytes *
compress(const uint8_t *data, size_t size)
{
    size_t room = ZSTD_compressBound(size);
    g_autofree uint8_t *frame = g_malloc(room);
    size_t n_bytes = ZSTD_compress(frame, room, data, size, 1);

    g_assert_false(ZSTD_isError(n_bytes));
    return g_bytes_new(frame, n_bytes);
}

static void
check_picture(GBytes *bytes)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ProtocolPicture) picture = protocol_picture_parse(bytes, &error);
    g_autoptr(AppImage) image = NULL;

    g_assert_true((picture != NULL) == (error == NULL));
    if (picture == NULL || (uint64_t)picture->width_px * picture->height_px > 1024 * 1024)
        return;
    image = app_image_compose(picture, NULL);
    if (image != NULL)
        app_image_mark(image, &(BaseRect){-3, 5, 100, 100});
}

/* One sheet that is the input, and a tile that shows it. */
static void
check_tile(const uint8_t *data, size_t size)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    g_autoptr(GBytes) bytes = NULL;
    uint32_t numbers[] = {64, 64, 1, 1, (uint32_t)size};
    uint16_t tile[] = {0, 0, 64, 64, 0, 0};

    g_byte_array_append(file, (const uint8_t *)"DHP2", 4);
    g_byte_array_append(file, (const uint8_t *)numbers, sizeof(numbers));
    g_byte_array_append(file, data, (unsigned)size);
    g_byte_array_append(file, (const uint8_t *)tile, sizeof(tile));
    bytes = g_byte_array_free_to_bytes(g_steal_pointer(&file));
    check_picture(bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput input = {data, size};
    unsigned kind = fuzz_take_byte(&input) % 4;
    g_autoptr(GBytes) bytes = NULL;

    if (kind == 0 && input.n_bytes <= SEE_THROUGH_MAX_BYTES)
        bytes = compress(input.data, input.n_bytes);
    else
        bytes = g_bytes_new(input.data, input.n_bytes);
    if (kind <= 1)
        check_sheet(bytes);
    else if (kind == 2)
        check_tile(input.data, input.n_bytes);
    else
        check_picture(bytes);
    return 0;
}
