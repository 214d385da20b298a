/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* What any program of the person asks of the vault: searching, reading, forgetting, locking. */

#include "recall/vault/service-recall.h"
#include "tests/fuzz/service.h"

#define START_US (INT64_C(1795392000) * G_USEC_PER_SEC)

const char *const fuzz_words[] = {"Search ('word', {})\n",
                                  "Timeline ({})\n",
                                  "GetScene (1, {})\n",
                                  "GetPicture (1, {})\n",
                                  "Forget ({'all': <true>}, {})\n",
                                  "'limit': <uint32 1>",
                                  "'cursor': <'",
                                  "'since': <'",
                                  "'until': <'",
                                  "'app': <'",
                                  "'best': <true>",
                                  "'query': <'",
                                  "'dry-run': <true>",
                                  "'all': <",
                                  "'last': <uint64 ",
                                  "'scene': <int64 ",
                                  "'url': <'",
                                  "yesterday",
                                  "2026-11-23",
                                  "'>",
                                  ", ",
                                  "{",
                                  "}",
                                  "'",
                                  NULL};

static const FuzzMethod methods[] = {
    {"Search", "(sa{sv})"},     {"Timeline", "(a{sv})"}, {"GetScene", "(xa{sv})"},
    {"GetPicture", "(xa{sv})"}, {"GetStatistics", "()"}, {"Lock", "()"},
    {"Unlock", "(ha{sv})"},     {"GetLock", "()"},       {"SetKey", "(hsh)"},
    {"Forget", "(a{sv}a{sv})"}, {"Receipts", "()"},      {NULL, NULL},
};

static const FuzzObject object = {"/io/deskhand/Recall1", "io.deskhand.Recall1", methods};

static void
fill(RecallVault *vault)
{
    static const char *const texts[] = {"a word of the first scene", "another word, 上周二"};

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(ProtocolScene) scene = fixture_scene(7 + i, START_US + i, texts[i]);

        fixture_add_words(scene);
        fixture_add_tile(scene, 0, 0, 'a');
        fixture_append(vault, scene, i == 0 ? "a" : "", NULL);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput input = {data, size};
    FuzzService *service = fuzz_service_new();
    RecallServiceRecall *recall;

    fill(service->vault);
    recall = recall_service_recall_new(service->worker, service->vault);
    g_assert_true(recall_service_recall_export(recall, service->service, NULL));
    g_dbus_connection_start_message_processing(service->service);
    fuzz_service_run(service, &object, &input);
    recall_service_recall_free(recall);
    fuzz_service_free(service);
    return 0;
}
