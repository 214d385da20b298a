/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/ingest.h"
#include "recall/vault/statistics.h"
#include "recall/vault/vault.h"
#include "tests/bench/sheets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends scenes like those of office work to a folder and tells what they cost. Words follow
 * Zipf's law; of a scene's tiles most were seen before; some scenes grow while a person types. */

#define START_US (INT64_C(1795392000) * G_USEC_PER_SEC) /* Monday 2026-11-23 00:00 UTC */
#define VOCABULARY_N 40000
#define DIGEST_POOL_N 4000

typedef struct {
    GRand *random;
    double *shares; /* cumulative, of the words */
    unsigned n_tiles_made;
} Maker;

static unsigned
choose_word(Maker *self)
{
    double at = g_rand_double(self->random) * self->shares[VOCABULARY_N - 1];
    unsigned low = 0;
    unsigned high = VOCABULARY_N - 1;

    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (self->shares[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A pronounceable word of its own for each number, or two Chinese characters for one in eight. */
static void
append_word(GString *text, unsigned number)
{
    static const char *const syllables[] = {"ta", "re",  "mi",  "con", "der", "su", "lo",  "ing",
                                            "es", "pra", "vin", "to",  "el",  "ma", "ser", "qui"};

    if (number % 8 == 7) {
        g_string_append_unichar(text, 0x4e00 + number % 3000);
        g_string_append_unichar(text, 0x4e00 + (number / 8) % 3000);
        return;
    }
    do {
        g_string_append(text, syllables[number % 16]);
        number /= 16;
    } while (number > 0);
}

static void
add_text(Maker *self, ProtocolScene *scene, unsigned n_words)
{
    g_autoptr(GString) text = g_string_new(scene->text);
    int line = (int)scene->spans->len / 12;
    int x = 100;

    for (unsigned i = 0; i < n_words; i++) {
        ProtocolSpan span = {0};

        if (text->len > 0)
            g_string_append_c(text, scene->spans->len % 12 == 0 ? '\n' : ' ');
        span.start_bytes = (uint32_t)text->len;
        append_word(text, choose_word(self));
        span.length_bytes = (uint32_t)text->len - span.start_bytes;
        span.box = (BaseRect){x, 80 + 20 * line, 8 * (int)span.length_bytes, 16};
        x += span.box.width + 7;
        g_array_append_val(scene->spans, span);
        if (scene->spans->len % 12 == 0) {
            line++;
            x = 100;
        }
    }
    g_free(scene->text);
    scene->text = g_string_free(g_steal_pointer(&text), FALSE);
}

/* @n_new: of the tiles, the others come from those that were seen. Returns: (transfer full) */
static GPtrArray *
set_tiles(Maker *self, ProtocolScene *scene, unsigned n, unsigned n_new)
{
    g_autoptr(GArray) new_ones = g_array_new(FALSE, FALSE, sizeof(ProtocolTile));

    g_array_set_size(scene->tiles, 0);
    for (unsigned i = 0; i < n; i++) {
        gboolean is_new = i < n_new || self->n_tiles_made == 0;
        unsigned number =
            is_new ? self->n_tiles_made++
                   : self->n_tiles_made - 1 -
                         g_rand_int(self->random) % MIN(self->n_tiles_made, DIGEST_POOL_N);
        ProtocolTile tile = {(uint16_t)(256 * (i % 7)), (uint16_t)(60 * (i / 7)), 256, 60, {0}};
        uint32_t mixed = number * 2654435761u;

        memcpy(tile.digest, &mixed, sizeof mixed);
        memcpy(tile.digest + 4, &number, sizeof number);
        g_array_append_val(scene->tiles, tile);
        if (is_new)
            g_array_append_val(new_ones, tile);
    }
    return bench_sheets_of_text(new_ones, self->random);
}

static ProtocolScene *
make_scene(Maker *self, unsigned i, int64_t start_us)
{
    static const char *const apps[] = {"Chromium", "LibreOffice", "XTerm", "Evince", "Thunderbird"};
    ProtocolScene *scene = protocol_scene_new();

    scene->key = ((uint64_t)g_rand_int(self->random) << 32) | i;
    scene->start_us = start_us;
    scene->end_us = start_us + 5 * G_USEC_PER_SEC;
    scene->source = PROTOCOL_SOURCE_ACCESSIBLE;
    scene->width_px = 1792;
    scene->height_px = 1000;
    g_free(scene->app);
    scene->app = g_strdup(apps[i % G_N_ELEMENTS(apps)]);
    g_free(scene->title);
    scene->title = g_strdup_printf("Document %u - %s", i / 20, scene->app);
    if (i % 5 == 0) {
        g_free(scene->url);
        scene->url = g_strdup_printf("https://example.org/path/%u/page?id=%u", i % 300, i);
    }
    add_text(self, scene, 20 + g_rand_int(self->random) % 400);
    return scene;
}

static ProtocolScene *
copy_scene(const ProtocolScene *scene)
{
    g_autoptr(GVariant) variant = g_variant_ref_sink(protocol_scene_to_variant(scene));

    return protocol_scene_from_variant(variant, NULL);
}

static void
append(RecallVault *vault, GPtrArray *batch)
{
    recall_ingest_append_all(vault, batch);
    for (unsigned i = 0; i < batch->len; i++) {
        const RecallAppend *item = g_ptr_array_index(batch, i);

        if (item->error != NULL)
            g_error("%s", item->error->message);
    }
    g_ptr_array_set_size(batch, 0);
}

static long
get_rss_kib(void)
{
    g_autofree char *status = NULL;
    const char *line;

    g_file_get_contents("/proc/self/status", &status, NULL, NULL);
    line = strstr(status, "VmRSS:");
    return strtol(line + 6, NULL, 10);
}

static void
report(const char *what, RecallVault *vault, unsigned n, int64_t from_us)
{
    double seconds = (double)(g_get_monotonic_time() - from_us) / G_USEC_PER_SEC;
    RecallStatistics statistics;

    recall_statistics_gather(vault, &statistics, NULL);
    printf("%-10s %6u in %6.2f s, %7.0f/s; %8" G_GUINT64_FORMAT " scenes, %6.0f bytes each,"
           " %u segments, RSS %ld KiB\n",
           what, n, seconds, n / seconds, statistics.n_scenes,
           (double)statistics.n_bytes / MAX(statistics.n_scenes, 1), statistics.n_segments,
           get_rss_kib());
}

int
main(int argc, char **argv)
{
    int n_scenes = 5000;
    int n_batch = 8;
    int n_growths = 0;
    int n_weeks = 1;
    int n_tiles = 40;
    int n_new_tiles = 4;
    g_autofree char *folder = NULL;
    const GOptionEntry entries[] = {
        {"folder", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Where the segments go", "FOLDER"},
        {"scenes", 0, 0, G_OPTION_ARG_INT, &n_scenes, "Scenes", "N"},
        {"batch", 0, 0, G_OPTION_ARG_INT, &n_batch, "Scenes in a transaction", "N"},
        {"growths", 0, 0, G_OPTION_ARG_INT, &n_growths, "Times each scene grows", "N"},
        {"weeks", 0, 0, G_OPTION_ARG_INT, &n_weeks, "Segments they spread over", "N"},
        {"tiles", 0, 0, G_OPTION_ARG_INT, &n_tiles, "Tiles of a scene", "N"},
        {"new-tiles", 0, 0, G_OPTION_ARG_INT, &n_new_tiles, "Of them never seen before", "N"},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- measure the vault's appends");
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallVault) vault = NULL;
    g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func((GDestroyNotify)recall_append_free);
    Maker maker = {g_rand_new_with_seed(7), g_new(double, VOCABULARY_N), 0};
    int64_t from_us;
    int64_t step_us;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || folder == NULL) {
        fprintf(stderr, "vault-append: %s\n",
                error != NULL ? error->message : "--folder is missing");
        return 2;
    }
    for (unsigned i = 0; i < VOCABULARY_N; i++)
        maker.shares[i] = (i > 0 ? maker.shares[i - 1] : 0) + 1.0 / pow(i + 2.7, 1.05);
    vault = recall_vault_open(folder, &error);
    if (vault == NULL) {
        fprintf(stderr, "vault-append: %s\n", error->message);
        return EXIT_FAILURE;
    }
    step_us = n_weeks * INT64_C(604800) * G_USEC_PER_SEC / (n_scenes + 1);
    from_us = g_get_monotonic_time();
    for (int i = 0; i < n_scenes; i++) {
        g_autoptr(ProtocolScene) scene =
            make_scene(&maker, (unsigned)i,
                       START_US - (n_weeks - 1) * INT64_C(604800) * G_USEC_PER_SEC + i * step_us);
        GPtrArray *sheets = set_tiles(&maker, scene, (unsigned)n_tiles, (unsigned)n_new_tiles);

        g_ptr_array_add(batch, recall_append_new(copy_scene(scene), sheets));
        for (int g = 0; g < n_growths; g++) {
            append(vault, batch);
            add_text(&maker, scene, 1);
            g_ptr_array_add(batch, recall_append_new(copy_scene(scene), NULL));
        }
        if ((int)batch->len >= n_batch)
            append(vault, batch);
    }
    append(vault, batch);
    report("append", vault, (unsigned)(n_scenes * (1 + n_growths)), from_us);
    from_us = g_get_monotonic_time();
    g_clear_pointer(&vault, recall_vault_close);
    printf("close      %.3f s\n", (double)(g_get_monotonic_time() - from_us) / G_USEC_PER_SEC);
    from_us = g_get_monotonic_time();
    vault = recall_vault_open(folder, NULL);
    report("open all", vault, 1, from_us);
    return EXIT_SUCCESS;
}
