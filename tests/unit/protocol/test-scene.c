/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define START_US (INT64_C(1795392000) * G_USEC_PER_SEC)

static void
set_string(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

static ProtocolScene *
make_scene(void)
{
    ProtocolScene *scene = protocol_scene_new();
    ProtocolSpan spans[] = {
        {0, 5, {10, 20, 40, 16}}, {6, 6, {58, 20, 32, 16}}, {13, 40, {-3, 36, 900, 20}}};
    ProtocolTile tiles[] = {{0, 0, 256, 100, {1}}, {256, 0, 256, 17, {2}}, {0, 100, 256, 256, {3}}};

    scene->key = UINT64_MAX;
    scene->start_us = START_US;
    scene->end_us = START_US + 7;
    scene->source = PROTOCOL_SOURCE_MIXED;
    scene->width_px = 1000;
    scene->height_px = 700;
    set_string(&scene->app, "App");
    set_string(&scene->title, "Titel – 标题");
    set_string(&scene->url, "https://example.org/");
    set_string(&scene->file, "/home/a/b.odt");
    set_string(&scene->actor, "human");
    set_string(&scene->text, "hello 电脑\nlonglonglonglonglonglonglonglonglonglong");
    g_array_append_vals(scene->spans, spans, G_N_ELEMENTS(spans));
    g_array_append_vals(scene->tiles, tiles, G_N_ELEMENTS(tiles));
    return scene;
}

static ProtocolScene *
send(const ProtocolScene *scene, GError **error)
{
    g_autoptr(GVariant) variant = g_variant_ref_sink(protocol_scene_to_variant(scene));

    return protocol_scene_from_variant(variant, error);
}

static void
test_round_trip(void **state)
{
    g_autoptr(ProtocolScene) scene = make_scene();
    g_autoptr(ProtocolScene) back = send(scene, NULL);

    assert_non_null(back);
    assert_true(back->key == scene->key);
    assert_int_equal(back->start_us, scene->start_us);
    assert_int_equal(back->end_us, scene->end_us);
    assert_int_equal(back->source, scene->source);
    assert_int_equal(back->width_px, scene->width_px);
    assert_int_equal(back->height_px, scene->height_px);
    assert_string_equal(back->app, scene->app);
    assert_string_equal(back->title, scene->title);
    assert_string_equal(back->url, scene->url);
    assert_string_equal(back->file, scene->file);
    assert_string_equal(back->actor, scene->actor);
    assert_string_equal(back->text, scene->text);
    assert_int_equal(back->spans->len, scene->spans->len);
    assert_memory_equal(back->spans->data, scene->spans->data,
                        scene->spans->len * sizeof(ProtocolSpan));
    assert_int_equal(back->tiles->len, scene->tiles->len);
    assert_memory_equal(back->tiles->data, scene->tiles->data,
                        scene->tiles->len * sizeof(ProtocolTile));
}

/* @key: replaced by @value, or left out when that is NULL. Returns: whether it was taken */
static gboolean
try_with(const char *key, GVariant *value, ProtocolScene **out_scene)
{
    g_autoptr(ProtocolScene) scene = make_scene();
    g_autoptr(GVariant) whole = g_variant_ref_sink(protocol_scene_to_variant(scene));
    g_autoptr(GVariant) changed = NULL;
    g_autoptr(ProtocolScene) back = NULL;
    g_autoptr(GError) error = NULL;
    GVariantDict dict;

    g_variant_dict_init(&dict, whole);
    g_variant_dict_remove(&dict, key);
    if (value != NULL)
        g_variant_dict_insert_value(&dict, key, value);
    changed = g_variant_ref_sink(g_variant_dict_end(&dict));
    back = protocol_scene_from_variant(changed, &error);
    if (back == NULL) {
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
        assert_non_null(strstr(error->message, key));
        return FALSE;
    }
    if (out_scene != NULL)
        *out_scene = g_steal_pointer(&back);
    return TRUE;
}

static GVariant *
filled_text(size_t n_bytes)
{
    g_autofree char *text = g_strnfill(n_bytes, 'x');

    return g_variant_new_string(text);
}

static void
test_limits(void **state)
{
    assert_true(try_with("text", filled_text(PROTOCOL_SCENE_TEXT_MAX_BYTES), NULL));
    assert_false(try_with("text", filled_text(PROTOCOL_SCENE_TEXT_MAX_BYTES + 1), NULL));
    assert_true(try_with("width", g_variant_new_uint32(PROTOCOL_SCENE_SIDE_MAX_PX), NULL));
    assert_false(try_with("width", g_variant_new_uint32(PROTOCOL_SCENE_SIDE_MAX_PX + 1), NULL));
    assert_true(try_with("height", g_variant_new_uint32(PROTOCOL_SCENE_SIDE_MAX_PX), NULL));
    assert_false(try_with("height", g_variant_new_uint32(PROTOCOL_SCENE_SIDE_MAX_PX + 1), NULL));
    assert_true(try_with("source", g_variant_new_uint32(PROTOCOL_SOURCE_MIXED), NULL));
    assert_false(try_with("source", g_variant_new_uint32(PROTOCOL_SOURCE_MIXED + 1), NULL));
}

static void
test_times(void **state)
{
    assert_true(try_with("end", g_variant_new_int64(START_US), NULL));
    assert_false(try_with("end", g_variant_new_int64(START_US - 1), NULL));
    assert_true(try_with("end", g_variant_new_int64(PROTOCOL_SCENE_TIME_MAX_US), NULL));
    assert_false(try_with("end", g_variant_new_int64(PROTOCOL_SCENE_TIME_MAX_US + 1), NULL));
    assert_true(try_with("start", g_variant_new_int64(PROTOCOL_SCENE_TIME_MIN_US), NULL));
    assert_false(try_with("start", g_variant_new_int64(PROTOCOL_SCENE_TIME_MIN_US - 1), NULL));
    assert_false(try_with("start", g_variant_new_int64(INT64_MIN), NULL));
    assert_false(try_with("start", NULL, NULL));
    assert_false(try_with("end", NULL, NULL));
    assert_false(try_with("key", NULL, NULL));
}

static void
test_types(void **state)
{
    static const char *const keys[] = {"key",    "start", "end",   "app",    "title",
                                       "url",    "file",  "actor", "source", "width",
                                       "height", "text",  "spans", "tiles"};

    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++)
        assert_false(try_with(keys[i], g_variant_new_boolean(TRUE), NULL));
    assert_true(try_with("a key of a later release", g_variant_new_boolean(TRUE), NULL));
}

static void
test_not_a_dictionary(void **state)
{
    g_autoptr(GVariant) number = g_variant_ref_sink(g_variant_new_uint32(1));
    g_autoptr(GError) error = NULL;

    assert_null(protocol_scene_from_variant(number, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
}

/* Fields are cut at a character, by who sends and by who takes. */
static void
test_long_fields(void **state)
{
    g_autofree char *long_title = g_strnfill(PROTOCOL_SCENE_FIELD_MAX_BYTES - 1, 'x');
    g_autofree char *title = g_strconcat(long_title, "电", NULL);
    g_autoptr(ProtocolScene) scene = make_scene();
    g_autoptr(ProtocolScene) sent = NULL;
    g_autoptr(ProtocolScene) taken = NULL;

    set_string(&scene->title, title);
    sent = send(scene, NULL);
    assert_string_equal(sent->title, long_title);
    assert_true(try_with("title", g_variant_new_string(title), &taken));
    assert_string_equal(taken->title, long_title);
}

static void
test_invalid_utf8(void **state)
{
    g_autoptr(ProtocolScene) scene = make_scene();
    g_autoptr(ProtocolScene) sent = NULL;

    set_string(&scene->title, "a\xff\xfe"
                              "b\xe7\x94");
    set_string(&scene->text, "hello \xe7\x94zzz\nlonglonglonglonglonglonglonglonglonglongg");
    g_array_set_size(scene->spans, 1);
    sent = send(scene, NULL);
    assert_string_equal(sent->title, "a??b??");
    assert_string_equal(sent->text, "hello ??zzz\nlonglonglonglonglonglonglonglonglonglongg");
    assert_int_equal(sent->spans->len, 1);
}

static gboolean
try_span(ProtocolSpan span)
{
    g_autoptr(ProtocolScene) scene = make_scene();
    g_autoptr(ProtocolScene) back = NULL;

    g_array_set_size(scene->spans, 0);
    g_array_append_val(scene->spans, span);
    back = send(scene, NULL);
    return back != NULL;
}

static void
test_spans(void **state)
{
    const int side = PROTOCOL_SCENE_SIDE_MAX_PX;

    assert_true(try_span((ProtocolSpan){0, 53, {0, 0, 1, 1}}));
    assert_false(try_span((ProtocolSpan){0, 54, {0, 0, 1, 1}}));
    assert_false(try_span((ProtocolSpan){52, 2, {0, 0, 1, 1}}));
    assert_false(try_span((ProtocolSpan){54, 1, {0, 0, 1, 1}}));
    assert_false(try_span((ProtocolSpan){UINT32_MAX, 1, {0, 0, 1, 1}}));
    assert_false(try_span((ProtocolSpan){1, UINT32_MAX, {0, 0, 1, 1}}));
    assert_false(try_span((ProtocolSpan){3, 0, {0, 0, 1, 1}}));
    assert_false(try_span((ProtocolSpan){7, 5, {0, 0, 1, 1}})); /* begins within a character */
    assert_false(try_span((ProtocolSpan){6, 4, {0, 0, 1, 1}})); /* ends within one */
    assert_true(try_span((ProtocolSpan){0, 1, {side, side, side, side}}));
    assert_true(try_span((ProtocolSpan){0, 1, {-side, -side, 0, 0}}));
    assert_false(try_span((ProtocolSpan){0, 1, {side + 1, 0, 1, 1}}));
    assert_false(try_span((ProtocolSpan){0, 1, {0, -side - 1, 1, 1}}));
    assert_false(try_span((ProtocolSpan){0, 1, {0, 0, side + 1, 1}}));
    assert_false(try_span((ProtocolSpan){0, 1, {0, 0, 1, side + 1}}));
    assert_false(try_span((ProtocolSpan){0, 1, {0, 0, 1, -1}}));
}

/* Spans that go back in the text cannot even be said. */
static void
test_overlap(void **state)
{
    g_autoptr(ProtocolScene) scene = make_scene();

    g_array_index(scene->spans, ProtocolSpan, 1).start_bytes = 4;
    assert_null(send(scene, NULL));
}

static gboolean
try_n_spans(unsigned n)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, TRUE, sizeof(ProtocolSpan));
    g_autoptr(GArray) back = NULL;
    g_autoptr(GBytes) packed = NULL;

    for (unsigned i = 0; i < n; i++) {
        ProtocolSpan span = {2 * i, 1, {(int)i % 1000, 0, 8, 16}};

        g_array_append_val(spans, span);
    }
    packed = protocol_spans_pack(spans);
    back = protocol_spans_unpack(packed, 2 * n, NULL);
    return back != NULL;
}

static gboolean
try_n_tiles(unsigned n)
{
    g_autoptr(GArray) tiles = g_array_new(FALSE, TRUE, sizeof(ProtocolTile));
    g_autoptr(GArray) back = NULL;
    g_autoptr(GBytes) packed = NULL;

    for (unsigned i = 0; i < n; i++) {
        ProtocolTile tile = {0, 0, 1, 1, {0}};

        g_array_append_val(tiles, tile);
    }
    packed = protocol_tiles_pack(tiles);
    back = protocol_tiles_unpack(packed, 1, 1, NULL);
    return back != NULL;
}

static void
test_numbers(void **state)
{
    assert_true(try_n_spans(PROTOCOL_SCENE_N_SPANS_MAX));
    assert_false(try_n_spans(PROTOCOL_SCENE_N_SPANS_MAX + 1));
    assert_true(try_n_tiles(PROTOCOL_SCENE_N_TILES_MAX));
    assert_false(try_n_tiles(PROTOCOL_SCENE_N_TILES_MAX + 1));
}

static gboolean
try_tile(ProtocolTile tile)
{
    g_autoptr(ProtocolScene) scene = make_scene();
    g_autoptr(ProtocolScene) back = NULL;

    scene->width_px = scene->height_px = 2000;
    g_array_set_size(scene->tiles, 0);
    g_array_append_val(scene->tiles, tile);
    back = send(scene, NULL);
    return back != NULL;
}

static void
test_tiles(void **state)
{
    const uint16_t side = PROTOCOL_TILE_SIDE_MAX_PX;

    assert_true(try_tile((ProtocolTile){2000 - side, 2000 - side, side, side, {0}}));
    assert_false(try_tile((ProtocolTile){2001 - side, 0, side, side, {0}}));
    assert_false(try_tile((ProtocolTile){0, 2001 - side, side, side, {0}}));
    assert_false(try_tile((ProtocolTile){0, 0, side + 1, 1, {0}}));
    assert_false(try_tile((ProtocolTile){0, 0, 1, side + 1, {0}}));
    assert_false(try_tile((ProtocolTile){0, 0, 0, 1, {0}}));
    assert_false(try_tile((ProtocolTile){0, 0, 1, 0, {0}}));
    assert_false(try_tile((ProtocolTile){UINT16_MAX, 0, 1, 1, {0}}));
}

/* Words in lines cost four bytes each. */
static void
test_spans_are_small(void **state)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, TRUE, sizeof(ProtocolSpan));
    g_autoptr(GBytes) packed = NULL;

    for (unsigned i = 0; i < 1000; i++) {
        ProtocolSpan span = {7 * i, 6, {100 + 56 * (int)(i % 12), 20 * (int)(i / 12), 48, 16}};

        g_array_append_val(spans, span);
    }
    packed = protocol_spans_pack(spans);
    assert_true(g_bytes_get_size(packed) < 3400);
}

/* No bytes may bring it down, and what is taken says the same when packed again. */
static void
test_noise(void **state)
{
    g_autoptr(ProtocolScene) scene = make_scene();
    g_autoptr(GBytes) spans = protocol_spans_pack(scene->spans);
    g_autoptr(GBytes) tiles = protocol_tiles_pack(scene->tiles);
    g_autoptr(GRand) random = g_rand_new_with_seed(1);

    for (unsigned i = 0; i < 20000; i++) {
        GBytes *from = i % 2 == 0 ? spans : tiles;
        size_t n_bytes;
        const void *data = g_bytes_get_data(from, &n_bytes);
        g_autofree uint8_t *changed = g_memdup2(data, n_bytes);
        size_t n_kept = (size_t)g_rand_int_range(random, 0, (int)n_bytes + 1);
        g_autoptr(GBytes) noise = NULL;
        g_autoptr(GBytes) again = NULL;
        g_autoptr(GArray) taken = NULL;

        changed[g_rand_int_range(random, 0, (int)n_bytes)] = (uint8_t)g_rand_int(random);
        noise = g_bytes_new(changed, i % 3 == 0 ? n_kept : n_bytes);
        taken = from == spans ? protocol_spans_unpack(noise, strlen(scene->text), NULL)
                              : protocol_tiles_unpack(noise, 1000, 700, NULL);
        if (taken == NULL)
            continue;
        again = from == spans ? protocol_spans_pack(taken) : protocol_tiles_pack(taken);
        assert_true(g_bytes_get_size(again) <= g_bytes_get_size(noise));
    }
}

static void
test_source_names(void **state)
{
    assert_string_equal(protocol_source_name(PROTOCOL_SOURCE_NONE), "none");
    assert_string_equal(protocol_source_name(PROTOCOL_SOURCE_MIXED), "mixed");
    assert_string_equal(protocol_source_name((ProtocolSource)4), "none");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_not_a_dictionary),
        cmocka_unit_test(test_long_fields),
        cmocka_unit_test(test_invalid_utf8),
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_tiles),
        cmocka_unit_test(test_spans_are_small),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_source_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
