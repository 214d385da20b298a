/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/recall/vault/fixture.h"

#include "recall/vault/ingest.h"

#include <glib/gstdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

void
fixture_check(const GError *error)
{
    if (error != NULL)
        fail_msg("%s", error->message);
}

int
fixture_set_up(void **state)
{
    Fixture *self = g_new0(Fixture, 1);

    self->root = g_dir_make_tmp("deskhand-vault-XXXXXX", NULL);
    assert_non_null(self->root);
    self->folder = g_build_filename(self->root, "segments", NULL);
    *state = self;
    return 0;
}

static void
remove_files(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_unlink(path);
    }
    g_rmdir(folder);
}

int
fixture_tear_down(void **state)
{
    Fixture *self = *state;

    remove_files(self->folder);
    remove_files(self->root);
    g_free(self->folder);
    g_free(self->root);
    g_free(self);
    return 0;
}

RecallVault *
fixture_open(const Fixture *self)
{
    g_autoptr(GError) error = NULL;
    RecallVault *vault = recall_vault_open(self->folder, &error);

    fixture_check(error);
    return vault;
}

char *
fixture_path(const Fixture *self, int64_t at_us)
{
    g_autofree char *name = recall_segment_dup_name(recall_segment_week_at(at_us));

    return g_build_filename(self->folder, name, NULL);
}

ProtocolScene *
fixture_scene(uint64_t key, int64_t start_us, const char *text)
{
    ProtocolScene *scene = protocol_scene_new();

    scene->key = key;
    scene->start_us = start_us;
    scene->end_us = start_us + 1;
    scene->source = PROTOCOL_SOURCE_OCR;
    scene->width_px = 1280;
    scene->height_px = 960;
    g_free(scene->text);
    scene->text = g_strdup(text);
    g_free(scene->title);
    scene->title = g_strdup("A title");
    g_free(scene->app);
    scene->app = g_strdup("Application");
    return scene;
}

void
fixture_add_words(ProtocolScene *scene)
{
    const char *at = scene->text;
    int x = 10;
    int y = 20;

    while (*at != '\0') {
        size_t n = strcspn(at, " ");
        ProtocolSpan span = {(uint32_t)(at - scene->text), (uint32_t)n, {x, y, 8 * (int)n, 16}};

        if (n > 0)
            g_array_append_val(scene->spans, span);
        x += 8 * (int)n + 8;
        if (x > 1000) {
            x = 10;
            y += 20;
        }
        at += n + (at[n] == ' ');
    }
}

static void
fill_digest(char letter, uint8_t *out)
{
    memset(out, letter, PROTOCOL_DIGEST_BYTES);
}

void
fixture_add_tile(ProtocolScene *scene, uint16_t x, uint16_t y, char letter)
{
    ProtocolTile tile = {x, y, FIXTURE_TILE_PX, FIXTURE_TILE_PX, {0}};

    fill_digest(letter, tile.digest);
    g_array_append_val(scene->tiles, tile);
}

GBytes *
fixture_digest(char letter)
{
    uint8_t digest[PROTOCOL_DIGEST_BYTES];

    fill_digest(letter, digest);
    return g_bytes_new(digest, sizeof digest);
}

/* Noise, another for each letter. */
static void
fill_pixels(char letter, uint8_t *out)
{
    g_autoptr(GRand) random = g_rand_new_with_seed((uint32_t)letter);

    for (unsigned i = 0; i < FIXTURE_TILE_PX * FIXTURE_TILE_PX; i++)
        memset(out + 4 * (size_t)i, (int)(g_rand_int(random) % 256), 4);
}

GBytes *
fixture_encode(const char *letters)
{
    size_t n = strlen(letters);
    g_autofree ProtocolSheetTile *tiles = g_new0(ProtocolSheetTile, n);
    g_autofree uint8_t *pixels = g_malloc(n * FIXTURE_TILE_BYTES);
    GBytes *coded;

    for (size_t i = 0; i < n; i++) {
        uint8_t *at = pixels + i * FIXTURE_TILE_BYTES;

        fill_pixels(letters[i], at);
        tiles[i] = (ProtocolSheetTile){FIXTURE_TILE_PX, FIXTURE_TILE_PX, 4 * FIXTURE_TILE_PX, at};
    }
    coded = protocol_sheet_pixels_encode(tiles, (unsigned)n);
    assert_non_null(coded);
    return coded;
}

gboolean
fixture_is_tile(const ProtocolSheetTile *tile, char letter)
{
    uint8_t pixels[FIXTURE_TILE_BYTES];
    gboolean is_same = tile->width == FIXTURE_TILE_PX && tile->height == FIXTURE_TILE_PX;

    fill_pixels(letter, pixels);
    for (unsigned i = 0; i < FIXTURE_TILE_PX * FIXTURE_TILE_PX && is_same; i++)
        is_same = memcmp(tile->pixels + 4 * (size_t)i, pixels + 4 * (size_t)i, 3) == 0;
    return is_same;
}

GPtrArray *
fixture_sheets(const char *letters)
{
    GPtrArray *sheets = g_ptr_array_new_with_free_func((GDestroyNotify)protocol_sheet_unref);
    GPtrArray *digests;

    if (letters[0] == '\0')
        return sheets;
    digests = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    for (const char *at = letters; *at != '\0'; at++)
        g_ptr_array_add(digests, fixture_digest(*at));
    g_ptr_array_add(sheets, protocol_sheet_new(digests, fixture_encode(letters)));
    return sheets;
}

char *
fixture_lorem(unsigned n_words, unsigned seed)
{
    GString *text = g_string_new(NULL);
    uint32_t random = 12345;

    for (unsigned i = 0; i < n_words; i++) {
        random = random * 1664525 + 1013904223 + (i + 1 == n_words ? seed : 0);
        g_string_append_printf(text, "%sw%u", i > 0 ? " " : "", (random >> 16) % 5000);
    }
    return g_string_free(text, FALSE);
}

ProtocolScene *
fixture_copy(const ProtocolScene *scene)
{
    g_autoptr(GVariant) variant = g_variant_ref_sink(protocol_scene_to_variant(scene));
    g_autoptr(GError) error = NULL;
    ProtocolScene *copy = protocol_scene_from_variant(variant, &error);

    fixture_check(error);
    return copy;
}

int64_t
fixture_append(RecallVault *vault,
               const ProtocolScene *scene,
               const char *letters,
               GPtrArray **out_missing)
{
    g_autoptr(RecallAppend) append =
        recall_append_new(fixture_copy(scene), fixture_sheets(letters));
    g_autoptr(GPtrArray) appends = g_ptr_array_new();

    g_ptr_array_add(appends, append);
    recall_ingest_append_all(vault, appends);
    fixture_check(append->error);
    if (out_missing != NULL)
        *out_missing = g_steal_pointer(&append->missing);
    return append->id;
}

static void
assert_arrays_equal(const GArray *a, const GArray *b)
{
    assert_int_equal(a->len, b->len);
    if (a->len > 0)
        assert_memory_equal(a->data, b->data, a->len * g_array_get_element_size((GArray *)a));
}

void
fixture_assert_equal(const ProtocolScene *a, const ProtocolScene *b)
{
    assert_non_null(b);
    assert_int_equal(a->key, b->key);
    assert_int_equal(a->start_us, b->start_us);
    assert_int_equal(a->end_us, b->end_us);
    assert_int_equal(a->source, b->source);
    assert_int_equal(a->width_px, b->width_px);
    assert_int_equal(a->height_px, b->height_px);
    assert_string_equal(a->app, b->app);
    assert_string_equal(a->title, b->title);
    assert_string_equal(a->url, b->url);
    assert_string_equal(a->file, b->file);
    assert_string_equal(a->actor, b->actor);
    assert_string_equal(a->text, b->text);
    assert_arrays_equal(a->spans, b->spans);
    assert_arrays_equal(a->tiles, b->tiles);
}
