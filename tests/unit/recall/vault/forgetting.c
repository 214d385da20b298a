/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/recall/vault/forgetting.h"

#include "recall/vault/search.h"
#include "tests/unit/recall/vault/reveal.h"

#include <string.h>
#include <zstd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The index keeps of a term what the one before it has not: so what is looked for in it begins
 * after the first letters. */
static const char *const planted[] = {
    "zqMarzipan", "marzipan",    "qquittengelee", "iwetschgenmus", "ieidelbeer",
    "Heidelbeer", "pflaumenmus", "电脑显示",      "begonnen",      "zqApp",
};

#define FIRST_SECRET_KEY 6

static void
set(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

int64_t
forgetting_put(RecallVault *vault, uint64_t key, int64_t at_us, gboolean is_secret)
{
    g_autofree char *other = fixture_lorem(120, (unsigned)key);
    g_autoptr(ProtocolScene) scene =
        fixture_scene(key, at_us,
                      is_secret ? "zqMarzipan zqquittengelee xiwetschgenmus "
                                  "xieidelbeer 电脑显示器 plain"
                                : other);

    fixture_add_words(scene);
    fixture_add_tile(scene, 0, 0, 'c');
    fixture_add_tile(scene, 0, 16, is_secret ? 'S' : 'k');
    if (key > FIRST_SECRET_KEY || is_secret)
        fixture_add_tile(scene, 0, 32, 's'); /* came with the first S, and others show it, too */
    if (is_secret) {
        set(&scene->title, "Heidelbeer");
        set(&scene->app, "zqApp");
        set(&scene->url, "https://pflaumenmus.example/way");
    }
    return fixture_append(vault, scene, is_secret ? "cSs" : "cks", NULL);
}

/* As somebody types it: what it was before stays somewhere in the pages, unless that is seen to. */
static int64_t
put_grown(RecallVault *vault, uint64_t key, int64_t at_us)
{
    g_autofree char *filler = fixture_lorem(900, 3);

    for (unsigned i = 0; i < 3; i++) {
        g_autofree char *text =
            g_strdup_printf("begonnen %.*s", (int)(strlen(filler) / (i + 1)), filler);
        g_autoptr(ProtocolScene) scene = fixture_scene(key, at_us, text);

        set(&scene->app, "zqApp");
        fixture_append(vault, scene, "", NULL);
    }
    return forgetting_put(vault, key, at_us, TRUE);
}

int64_t
forgetting_plant(RecallVault *vault)
{
    int64_t id = 0;

    for (unsigned i = 0; i < 60; i++) {
        int64_t at_us = FORGETTING_MONDAY_US + i * INT64_C(60000000);

        if (i % 10 == 5)
            id = put_grown(vault, i + 1, at_us);
        else
            forgetting_put(vault, i + 1, at_us, FALSE);
    }
    return id;
}

GError *
forgetting_run(RecallVault *vault, const RecallForgetWhat *what, RecallReceipt *out_receipt)
{
    g_autoptr(GDateTime) now =
        g_date_time_new_from_unix_utc((FORGETTING_MONDAY_US + FORGETTING_NOW_US) / G_USEC_PER_SEC);
    g_autoptr(RecallSelector) selector = recall_selector_new(what, now);
    g_autoptr(RecallForget) forget = NULL;
    GError *error = NULL;
    gboolean is_done = FALSE;

    while (!is_done) {
        if (!recall_selector_step(selector, vault, &is_done, &error))
            return error;
    }
    forget = recall_forget_new(recall_selector_steal_intent(selector));
    for (is_done = FALSE; !is_done;) {
        if (!recall_forget_step(forget, vault, &is_done, &error))
            return error;
    }
    if (out_receipt != NULL)
        *out_receipt = *recall_forget_get_receipt(forget);
    return NULL;
}

/* Whether what begins here is a sheet with the pixels of S. */
static gboolean
shows_secret_tile(const uint8_t *data, size_t n_left)
{
    size_t n_bytes = ZSTD_findFrameCompressedSize(data, n_left);
    g_autoptr(GBytes) coded = ZSTD_isError(n_bytes) ? NULL : g_bytes_new(data, n_bytes);
    g_autoptr(ProtocolSheetPixels) pixels =
        coded != NULL ? protocol_sheet_pixels_decode(coded, NULL) : NULL;

    for (unsigned i = 0; pixels != NULL && i < pixels->tiles->len; i++) {
        if (fixture_is_tile(&g_array_index(pixels->tiles, ProtocolSheetTile, i), 'S'))
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_secret_tile(const GByteArray *revealed)
{
    static const uint8_t magic[] = {0x28, 0xB5, 0x2F, 0xFD}; /* of zstd */
    const uint8_t *at = revealed->data;
    const uint8_t *end = revealed->data + revealed->len;

    while ((at = memmem(at, (size_t)(end - at), magic, sizeof magic)) != NULL) {
        if (shows_secret_tile(at, (size_t)(end - at)))
            return TRUE;
        at++;
    }
    return FALSE;
}

unsigned
forgetting_count_planted(const Fixture *fixture, unsigned *n_all)
{
    g_autoptr(GByteArray) revealed = reveal_folder(fixture->folder);
    unsigned n = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(planted); i++) {
        gboolean is_there = reveal_has(revealed, planted[i]);

        n += is_there;
        if (is_there && n_all == NULL)
            print_message("left: %s\n", planted[i]);
    }
    if (has_secret_tile(revealed)) {
        n++;
        if (n_all == NULL)
            print_message("left: pixels\n");
    }
    if (n_all != NULL)
        *n_all = G_N_ELEMENTS(planted) + 1;
    return n;
}

unsigned
forgetting_search(RecallVault *vault, const char *query)
{
    RecallSearchOptions options = {.limit = 1000, .is_plain = TRUE};
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(FORGETTING_MONDAY_US / G_USEC_PER_SEC);
    g_autoptr(RecallSearch) search = recall_search_new(query, strlen(query), &options, now, NULL);
    g_autoptr(GPtrArray) results =
        g_ptr_array_new_with_free_func((GDestroyNotify)recall_result_free);

    while (!recall_search_is_done(search))
        assert_true(recall_search_run_slice(search, vault, NULL, results, NULL));
    return results->len;
}
