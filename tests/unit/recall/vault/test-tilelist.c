/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/tilelist.h"

#include "protocol/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static gboolean
try_refs(const RecallTileRef *refs, unsigned n)
{
    g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(RecallTileRef));
    g_autoptr(GArray) back = NULL;
    g_autoptr(GBytes) packed = NULL;
    g_autoptr(GError) error = NULL;

    g_array_append_vals(list, refs, n);
    packed = recall_tilelist_pack(list);
    back = recall_tilelist_unpack(packed, &error);
    if (back == NULL) {
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
        return FALSE;
    }
    assert_int_equal(back->len, n);
    for (unsigned i = 0; i < n; i++) {
        const RecallTileRef *ref = &g_array_index(back, RecallTileRef, i);

        assert_int_equal(ref->x, refs[i].x);
        assert_int_equal(ref->y, refs[i].y);
        assert_int_equal(ref->width, refs[i].width);
        assert_int_equal(ref->height, refs[i].height);
        assert_int_equal(ref->id, refs[i].id);
    }
    return TRUE;
}

static void
test_round_trip(void **state)
{
    static const RecallTileRef refs[] = {{0, 0, 256, 16, 7},       {0, 16, 256, 200, 8},
                                         {256, 0, 100, 16, 3},     {1000, 16000, 1024, 1024, 1},
                                         {0, 0, 1, 1, UINT32_MAX}, {16384, 16384, 0, 0, 1}};

    assert_true(try_refs(refs, G_N_ELEMENTS(refs)));
    assert_true(try_refs(refs, 0));
}

static void
test_limits(void **state)
{
    static const RecallTileRef bad[] = {
        {16385, 0, 1, 1, 1}, {0, 16385, 1, 1, 1}, {0, 0, 16385, 1, 1},
        {0, 0, 1, 1025, 1},  {0, 0, 1, 1, 0},     {0, 0, 1, 1, -5},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(try_refs(&bad[i], 1));
}

static void
test_number(void **state)
{
    g_autofree RecallTileRef *refs = g_new0(RecallTileRef, PROTOCOL_SCENE_N_TILES_MAX + 1);

    for (unsigned i = 0; i <= PROTOCOL_SCENE_N_TILES_MAX; i++)
        refs[i].id = i + 1;
    assert_true(try_refs(refs, PROTOCOL_SCENE_N_TILES_MAX));
    assert_false(try_refs(refs, PROTOCOL_SCENE_N_TILES_MAX + 1));
}

static void
test_hostile(void **state)
{
    static const char *const cases[] = {"", "\x01", "\x02\x02\x02\x02\x02\x02",
                                        "\xff\xff\xff\xff\x7f", "\x01\x02\x02\x02\x02\x02zz"};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static(cases[i], strlen(cases[i]));

        assert_null(recall_tilelist_unpack(bytes, NULL));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
