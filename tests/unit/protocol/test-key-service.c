/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/key-service.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
test_round_trip(void **state)
{
    const ProtocolKeyHeader header = {PROTOCOL_KEY_DESTROY, PROTOCOL_KEY_BAD,
                                      PROTOCOL_KEY_BODY_MAX_BYTES};
    uint8_t data[PROTOCOL_KEY_HEADER_BYTES];
    ProtocolKeyHeader back = {0};

    protocol_key_header_pack(&header, data);
    assert_memory_equal(data, "DKS1\x03\x03\x04\x00", sizeof data);
    assert_true(protocol_key_header_parse(data, &back, NULL));
    assert_int_equal(back.operation, header.operation);
    assert_int_equal(back.status, header.status);
    assert_int_equal(back.n_body_bytes, header.n_body_bytes);
}

static void
test_refusals(void **state)
{
    static const char *const rows[] = {
        "DKS2\x01\x00\x00\x00", "DKS1\x00\x00\x00\x00", "DKS1\x06\x00\x00\x00",
        "DKS1\x01\x04\x00\x00", "DKS1\x01\x00\x04\x01", "DKS1\x01\x00\xff\xff",
    };
    ProtocolKeyHeader header = {PROTOCOL_KEY_WRAP, PROTOCOL_KEY_OK, 7};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        assert_false(protocol_key_header_parse((const uint8_t *)rows[i], &header, &error));
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
        assert_int_equal(header.n_body_bytes, 7);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
