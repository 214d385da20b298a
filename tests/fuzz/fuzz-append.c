/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* What agentd, or whoever got hold of its socket, sends to the vault. */

#include "protocol/picture.h"
#include "recall/vault/service-append.h"
#include "recall/vault/statistics.h"
#include "tests/fuzz/service.h"

#include <unistd.h>

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

static void
check_picture(RecallVault *vault, int64_t id)
{
    g_autoptr(GError) error = NULL;
    int fd = recall_vault_get_picture(vault, id, &error);
    g_autoptr(GMappedFile) file = fd >= 0 ? g_mapped_file_new_from_fd(fd, FALSE, NULL) : NULL;
    g_autoptr(GBytes) bytes = file != NULL ? g_mapped_file_get_bytes(file) : NULL;
    g_autoptr(ProtocolPicture) picture =
        bytes != NULL ? protocol_picture_parse(bytes, &error) : NULL;

    g_assert_no_error(error);
    g_assert_nonnull(picture);
    close(fd);
}

/* What was taken can be read again. */
static void
check_vault(FuzzService *service)
{
    RecallStatistics statistics = {0};

    for (unsigned i = 0; i < service->ids->len; i++) {
        int64_t id = g_array_index(service->ids, int64_t, i);
        g_autoptr(GError) error = NULL;
        g_autoptr(ProtocolScene) scene = recall_vault_get_scene(service->vault, id, &error);

        g_assert_no_error(error);
        check_picture(service->vault, id);
    }
    g_assert_true(recall_statistics_gather(service->vault, &statistics, NULL));
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
