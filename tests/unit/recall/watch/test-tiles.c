/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/tiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LINE_PX 18
#define INK_PX 12

typedef struct {
    uint8_t *pixels;
    size_t stride;
    uint32_t width;
    uint32_t height;
    pixman_region32_t seen;
} Picture;

static Picture
make_picture(uint32_t width, uint32_t height)
{
    Picture picture = {.stride = 4 * (size_t)width + 12, .width = width, .height = height};

    picture.pixels = g_malloc(picture.stride * height);
    memset(picture.pixels, 0xFF, picture.stride * height);
    pixman_region32_init_rect(&picture.seen, 0, 0, width, height);
    return picture;
}

static void
clear_picture(Picture *picture)
{
    g_free(picture->pixels);
    pixman_region32_fini(&picture->seen);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Picture, clear_picture)

static void
set_pixel(Picture *picture, uint32_t x, uint32_t y, uint8_t value)
{
    memset(picture->pixels + picture->stride * y + 4 * (size_t)x, value, 4);
}

/* Lines of ink on white; line @first + n stands at LINE_PX * n - @offset. */
static void
write_text(Picture *picture, uint32_t offset)
{
    for (uint32_t y = 0; y < picture->height; y++) {
        uint32_t line = (y + offset) / LINE_PX;
        uint32_t row = (y + offset) % LINE_PX;
        g_autoptr(GRand) rand = g_rand_new_with_seed(line * 100 + row);

        if (row >= INK_PX)
            continue;
        for (uint32_t x = 20; x + 20 < picture->width; x++)
            set_pixel(picture, x, y, g_rand_int(rand) % 4 == 0 ? 0x00 : 0xFF);
    }
}

static GArray *
cut(Picture *picture)
{
    return recall_tiles_cut(picture->pixels, picture->stride, picture->width, picture->height,
                            &picture->seen);
}

static const ProtocolTile *
get_tile(const GArray *tiles, unsigned i)
{
    return &g_array_index(tiles, ProtocolTile, i);
}

static gboolean
has_digest(const GArray *tiles, const ProtocolTile *wanted)
{
    for (unsigned i = 0; i < tiles->len; i++) {
        if (memcmp(get_tile(tiles, i)->digest, wanted->digest, PROTOCOL_DIGEST_BYTES) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Pixels of @tiles that are in @known too. */
static uint64_t
count_shared(const GArray *tiles, const GArray *known)
{
    uint64_t n_pixels = 0;

    for (unsigned i = 0; i < tiles->len; i++) {
        const ProtocolTile *tile = get_tile(tiles, i);

        if (has_digest(known, tile))
            n_pixels += (uint64_t)tile->width * tile->height;
    }
    return n_pixels;
}

static void
assert_covers(uint32_t width, uint32_t height, gboolean has_text)
{
    g_auto(Picture) picture = make_picture(width, height);
    g_autoptr(GArray) tiles = NULL;
    pixman_region32_t covered;
    uint64_t n_pixels = 0;

    if (has_text)
        write_text(&picture, 0);
    tiles = cut(&picture);
    pixman_region32_init(&covered);
    for (unsigned i = 0; i < tiles->len; i++) {
        const ProtocolTile *tile = get_tile(tiles, i);

        assert_in_range(tile->width, 1, RECALL_TILE_WIDTH_PX);
        assert_in_range(tile->height, 1, RECALL_TILE_HEIGHT_MAX_PX);
        n_pixels += (uint64_t)tile->width * tile->height;
        pixman_region32_union_rect(&covered, &covered, tile->x, tile->y, tile->width, tile->height);
    }
    assert_int_equal(n_pixels, (uint64_t)width * height);
    assert_int_equal(pixman_region32_n_rects(&covered), 1);
    assert_int_equal(pixman_region32_extents(&covered)->x2, width);
    assert_int_equal(pixman_region32_extents(&covered)->y2, height);
    pixman_region32_fini(&covered);
}

static void
test_covers_once(void **state)
{
    assert_covers(1, 1, FALSE);
    assert_covers(1, 3000, FALSE);
    assert_covers(PROTOCOL_SCENE_SIDE_MAX_PX, 1, FALSE);
    assert_covers(RECALL_TILE_WIDTH_PX, RECALL_TILE_HEIGHT_MAX_PX, FALSE);
    assert_covers(RECALL_TILE_WIDTH_PX + 1, RECALL_TILE_HEIGHT_MAX_PX + 1, FALSE);
    assert_covers(1500, 900, TRUE);
}

static void
test_scrolled_text_keeps_tiles(void **state)
{
    static const uint32_t offsets[] = {1, 7, 18, 53, 54, 120, 300};

    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        g_auto(Picture) before = make_picture(1200, 1000);
        g_auto(Picture) after = make_picture(1200, 1000);
        g_autoptr(GArray) tiles_before = NULL;
        g_autoptr(GArray) tiles_after = NULL;
        uint64_t n_common = 1200ull * (1000 - offsets[i]);

        write_text(&before, 0);
        write_text(&after, offsets[i]);
        tiles_before = cut(&before);
        tiles_after = cut(&after);
        assert_true(count_shared(tiles_after, tiles_before) > n_common * 85 / 100);
    }
}

static void
test_small_change_is_local(void **state)
{
    for (uint32_t y = 3; y < 1000; y += 97) {
        g_auto(Picture) picture = make_picture(1000, 1000);
        g_autoptr(GArray) before = NULL;
        g_autoptr(GArray) after = NULL;
        uint64_t n_changed;

        write_text(&picture, 0);
        before = cut(&picture);
        set_pixel(&picture, 500, y, 0x77);
        after = cut(&picture);
        n_changed = 1000ull * 1000 - count_shared(after, before);
        assert_in_range(n_changed, 1, 1000ull * 200);
    }
}

static void
test_fourth_byte_means_nothing(void **state)
{
    g_auto(Picture) picture = make_picture(300, 200);
    g_autoptr(GArray) before = NULL;
    g_autoptr(GArray) after = NULL;

    write_text(&picture, 0);
    before = cut(&picture);
    for (uint32_t y = 0; y < 200; y++) {
        for (uint32_t x = 0; x < 300; x++)
            picture.pixels[picture.stride * y + 4 * x + 3] ^= 0x5A;
    }
    after = cut(&picture);
    assert_int_equal(after->len, before->len);
    assert_int_equal(count_shared(after, before), 300 * 200);
}

static void
test_size_is_in_the_digest(void **state)
{
    static const uint32_t sizes[][2] = {{64, 64}, {64, 65}, {65, 64}, {128, 32}};
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ProtocolTile));

    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_auto(Picture) picture = make_picture(sizes[i][0], sizes[i][1]);
        g_autoptr(GArray) tiles = cut(&picture);

        assert_int_equal(tiles->len, 1);
        assert_false(has_digest(all, get_tile(tiles, 0)));
        g_array_append_val(all, *get_tile(tiles, 0));
    }
}

static void
test_unseen_is_left_out(void **state)
{
    g_auto(Picture) picture = make_picture(RECALL_TILE_WIDTH_PX + 100, 1000);
    g_autoptr(GArray) tiles = NULL;

    write_text(&picture, 0);
    pixman_region32_fini(&picture.seen);
    pixman_region32_init_rect(&picture.seen, 10, 400, 50, 50);
    tiles = cut(&picture);
    assert_in_range(tiles->len, 1, 4);
    for (unsigned i = 0; i < tiles->len; i++) {
        const ProtocolTile *tile = get_tile(tiles, i);

        assert_int_equal(tile->x, 0);
        assert_true(tile->y < 450 && tile->y + tile->height > 400);
    }
    assert_int_equal(picture.pixels[0], 0x80);
    assert_int_equal(picture.pixels[picture.stride * 449 + 4 * 60], 0x80);
    assert_int_not_equal(picture.pixels[picture.stride * 449 + 4 * 59], 0x80);
}

/* Lines of text are whole: what lies between two tiles lies between two lines. */
static void
test_cuts_between_lines(void **state)
{
    g_auto(Picture) picture = make_picture(500, 1000);
    g_autoptr(GArray) tiles = NULL;

    write_text(&picture, 5);
    tiles = cut(&picture);
    assert_in_range(tiles->len, 1000 / RECALL_TILE_HEIGHT_MAX_PX + 1, 1000 / RECALL_TILE_REACH_PX);
    for (unsigned i = 1; i < tiles->len; i++)
        assert_in_range((get_tile(tiles, i)->y + 5) % LINE_PX, INK_PX, LINE_PX - 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_covers_once),
        cmocka_unit_test(test_scrolled_text_keeps_tiles),
        cmocka_unit_test(test_small_change_is_local),
        cmocka_unit_test(test_fourth_byte_means_nothing),
        cmocka_unit_test(test_size_is_in_the_digest),
        cmocka_unit_test(test_unseen_is_left_out),
        cmocka_unit_test(test_cuts_between_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
