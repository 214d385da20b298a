/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/varint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
test_round_trip(void **state)
{
    static const uint64_t values[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX};
    g_autoptr(GByteArray) packed = g_byte_array_new();
    ProtocolReader reader;
    uint64_t value;

    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++)
        protocol_varint_put(packed, values[i]);
    reader = (ProtocolReader){packed->data, packed->len};
    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        assert_true(protocol_varint_take(&reader, &value));
        assert_true(value == values[i]);
    }
    assert_int_equal(reader.n_bytes, 0);
}

static void
test_signed(void **state)
{
    static const int64_t values[] = {0, -1, 1, -64, 63, 64, INT64_MIN, INT64_MAX};
    static const unsigned sizes[] = {1, 1, 1, 1, 1, 2, 10, 10};

    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(GByteArray) packed = g_byte_array_new();
        ProtocolReader reader;
        int64_t value;

        protocol_varint_put_signed(packed, values[i]);
        assert_int_equal(packed->len, sizes[i]);
        reader = (ProtocolReader){packed->data, packed->len};
        assert_true(protocol_varint_take_signed(&reader, &value));
        assert_true(value == values[i]);
    }
}

static void
test_hostile(void **state)
{
    static const struct {
        const char *bytes;
        size_t n_bytes;
    } cases[] = {
        {"", 0},
        {"\x80", 1},                                          /* cut short */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10},     /* over 64 bits */
        {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11}, /* too long */
        {"\x80\x00", 2},                                      /* not the shortest */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ProtocolReader reader = {(const uint8_t *)cases[i].bytes, cases[i].n_bytes};
        uint64_t value = 42;

        assert_false(protocol_varint_take(&reader, &value));
        assert_int_equal(value, 42);
        assert_int_equal(reader.n_bytes, cases[i].n_bytes);
    }
}

static void
test_take(void **state)
{
    ProtocolReader reader = {(const uint8_t *)"abc", 3};
    char out[3] = "xy";

    assert_false(protocol_reader_take(&reader, out, 4));
    assert_int_equal(out[0], 'x');
    assert_true(protocol_reader_take(&reader, out, 2));
    assert_memory_equal(out, "ab", 2);
    assert_int_equal(reader.n_bytes, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_signed),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_take),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
