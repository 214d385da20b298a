/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* What agentd, or whoever got hold of its socket, sends to the vault. */

#include "recall/vault/service-append.h"
#include "tests/fuzz/service.h"

const char *const fuzz_words[] = {"Append ({'key': <uint64 7>, 'start': <int64 1795392000000000>, "
                                  "'end': <int64 1795392001000000>",
                                  ", 'app': <'xterm'>",
                                  ", 'text': <'hello words'>",
                                  ", 'width': <uint32 640>",
                                  ", 'height': <uint32 480>",
                                  ", 'source': <uint32 1>",
                                  ", 'spans': <b'",
                                  ", 'tiles': <b'",
                                  "}, [])\n",
                                  "AddTiles (1, [([b'0123456789abcdef'], b'",
                                  "Touch ([(7, 1795392002000000)])\n",
                                  "\\000",
                                  "\\377",
                                  "[",
                                  "]",
                                  "(",
                                  ")",
                                  "'",
                                  "uint64 ",
                                  NULL};

static const FuzzMethod methods[] = {
    {"Append", "(a{sv}a(aayay))"},
    {"AddTiles", "(xa(aayay))"},
    {"Touch", "(a(tx))"},
    {NULL, NULL},
};

static const FuzzObject object = {"/io/deskhand/Append1", "io.deskhand.Append1", methods};

/* What was taken can be read again. */
static void
check_vault(FuzzService *service)
{
    RecallVaultStatistics statistics = {0};

    g_assert_true(recall_vault_get_statistics(service->vault, &statistics, NULL));
    g_assert_cmpuint(statistics.n_damaged, ==, 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput input = {data, size};
    FuzzService *service = fuzz_service_new();
    RecallServiceAppend *append = recall_service_append_new(service->worker, service->vault);

    g_assert_true(recall_service_append_export(append, service->service, NULL));
    g_dbus_connection_start_message_processing(service->service);
    fuzz_service_run(service, &object, &input);
    recall_service_append_free(append);
    check_vault(service);
    fuzz_service_free(service);
    return 0;
}
