/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/ingest.h"
#include "recall/vault/lock.h"
#include "recall/vault/mutant.h"
#include "recall/vault/search.h"
#include "recall/vault/vault.h"
#include "tests/bench/sheets.h"
#include "tests/bench/synthetic.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What sealing costs: the same scenes appended and the same queries asked, sealed and plain in
 * turn, each in a process of its own; and how long three years take to open. */

#define SEED 7
#define NOW_US (INT64_C(1795910400) * G_USEC_PER_SEC) /* 2026-11-29 00:00 UTC */
#define N_SYNTHETIC (SYNTHETIC_N_WEEKS * 20000)
#define N_BATCH 8
#define N_ROUNDS_MAX 15
#define N_WEEKS 156
#define INSERT_BAR 1.3
#define SEARCH_BAR 1.2
#define OPEN_BAR_MS 200
#define UNLOCK_BAR_S 0.7
#define PASSPHRASE "correct horse battery"

typedef struct {
    double insert_cpu_s;
    double insert_s;
    double search_cpu_s;
    double search_s;
} Cost;

typedef struct {
    const Synthetic *synthetic;
    char *folder;
    int n_scenes;
    int n_queries;
} Bench;

static void
die(const char *what, const GError *error)
{
    fprintf(stderr, "bench-crypt: %s: %s\n", what, error != NULL ? error->message : "failed");
    exit(EXIT_FAILURE);
}

static double
get_s(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
empty_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_unlink(path);
    }
}

static void
append(RecallVault *vault, GPtrArray *batch)
{
    recall_ingest_append_all(vault, batch);
    for (unsigned i = 0; i < batch->len; i++) {
        const RecallAppend *item = g_ptr_array_index(batch, i);

        if (item->error != NULL)
            die("cannot append", item->error);
    }
    g_ptr_array_set_size(batch, 0);
}

/* New tiles of the size that a scene's changes have. Returns: (transfer full) */
static GPtrArray *
add_tiles(ProtocolScene *scene, GRand *rand)
{
    for (unsigned i = 0; i < 3; i++) {
        ProtocolTile tile = {0, (uint16_t)(256 * i), 256, 256, {0}};

        for (size_t at = 0; at < PROTOCOL_DIGEST_BYTES; at++)
            tile.digest[at] = (uint8_t)g_rand_int(rand);
        g_array_append_val(scene->tiles, tile);
    }
    return bench_sheets_of_noise(scene->tiles, 500 + g_rand_int(rand) % 9000, rand);
}

static void
measure_inserts(const Bench *self, Cost *out)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallVault) vault = recall_vault_open(self->folder, &error);
    g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func((GDestroyNotify)recall_append_free);
    g_autoptr(GRand) rand = g_rand_new_with_seed(SEED);

    if (vault == NULL)
        die("cannot open the vault", error);
    for (int i = 0; i < self->n_scenes; i++) {
        ProtocolScene *scene =
            synthetic_make_scene(self->synthetic, (unsigned)(N_SYNTHETIC - self->n_scenes + i));
        double cpu_s;
        double wall_s;

        g_ptr_array_add(batch, recall_append_new(scene, add_tiles(scene, rand)));
        cpu_s = get_s(CLOCK_PROCESS_CPUTIME_ID);
        wall_s = get_s(CLOCK_MONOTONIC);
        if (batch->len == N_BATCH || i + 1 == self->n_scenes)
            append(vault, batch);
        out->insert_cpu_s += get_s(CLOCK_PROCESS_CPUTIME_ID) - cpu_s;
        out->insert_s += get_s(CLOCK_MONOTONIC) - wall_s;
    }
}

static void
search(RecallVault *vault, const char *query, gboolean is_best)
{
    RecallSearchOptions options = {.limit = 20, .is_best = is_best};
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(NOW_US / G_USEC_PER_SEC);
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallSearch) work = recall_search_new(query, strlen(query), &options, now, &error);
    g_autoptr(GPtrArray) results =
        g_ptr_array_new_with_free_func((GDestroyNotify)recall_result_free);

    while (work != NULL && !recall_search_is_done(work)) {
        if (!recall_search_run_slice(work, vault, NULL, results, &error))
            die("cannot search", error);
    }
    if (work == NULL)
        die("cannot search", error);
}

static void
measure_searches(const Bench *self, Cost *out)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallVault) vault = recall_vault_open(self->folder, &error);

    if (vault == NULL)
        die("cannot open the vault", error);
    search(vault, "anything", FALSE);
    for (int i = 0; i < self->n_queries; i++) {
        SyntheticClass class = (SyntheticClass)(i % SYNTHETIC_N_CLASSES);
        g_autofree char *query = synthetic_make_query(self->synthetic, class, (unsigned)i);
        double cpu_s = get_s(CLOCK_PROCESS_CPUTIME_ID);
        double wall_s = get_s(CLOCK_MONOTONIC);

        search(vault, query, i / SYNTHETIC_N_CLASSES % 4 == 3);
        out->search_cpu_s += get_s(CLOCK_PROCESS_CPUTIME_ID) - cpu_s;
        out->search_s += get_s(CLOCK_MONOTONIC) - wall_s;
    }
}

/* In a child, so that both begin alike. */
static Cost
measure(const Bench *self, RecallMutant mutant)
{
    Cost cost = {0};
    int ends[2];
    int status;
    pid_t child;

    empty_folder(self->folder);
    if (pipe(ends) < 0 || (child = fork()) < 0)
        die("cannot start a child", NULL);
    if (child == 0) {
        recall_mutant = mutant;
        measure_inserts(self, &cost);
        measure_searches(self, &cost);
        _exit(write(ends[1], &cost, sizeof cost) == sizeof cost ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], &cost, sizeof cost) != sizeof cost)
        die("a child failed", NULL);
    close(ends[0]);
    waitpid(child, &status, 0);
    return cost;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double
median(double *values, unsigned n)
{
    qsort(values, n, sizeof *values, compare);
    return values[n / 2];
}

static void
print_ratio(const char *what, double *ratios, unsigned n, double bar)
{
    double value = median(ratios, n);

    printf("row\t%s\t%.2f × (%.2f to %.2f)\t%.1f ×\t%s\n", what, value, ratios[0], ratios[n - 1],
           bar, value <= bar ? "yes" : "no");
}

static void
compare_costs(const Bench *self, unsigned n_rounds)
{
    double inserts[N_ROUNDS_MAX];
    double searches[N_ROUNDS_MAX];

    for (unsigned i = 0; i < n_rounds; i++) {
        Cost plain = measure(self, RECALL_MUTANT_PLAIN);
        Cost sealed = measure(self, RECALL_MUTANT_NONE);

        inserts[i] = sealed.insert_cpu_s / plain.insert_cpu_s;
        searches[i] = sealed.search_cpu_s / plain.search_cpu_s;
        printf("plain  insert %6.1f µs CPU %6.1f µs, search %6.1f µs CPU %6.1f µs\n"
               "sealed insert %6.1f µs CPU %6.1f µs, search %6.1f µs CPU %6.1f µs\n",
               plain.insert_cpu_s / self->n_scenes * 1e6, plain.insert_s / self->n_scenes * 1e6,
               plain.search_cpu_s / self->n_queries * 1e6, plain.search_s / self->n_queries * 1e6,
               sealed.insert_cpu_s / self->n_scenes * 1e6, sealed.insert_s / self->n_scenes * 1e6,
               sealed.search_cpu_s / self->n_queries * 1e6,
               sealed.search_s / self->n_queries * 1e6);
        fflush(stdout);
    }
    print_ratio("CPU of inserts, sealed against plain", inserts, n_rounds, INSERT_BAR);
    print_ratio("CPU of searches, sealed against plain", searches, n_rounds, SEARCH_BAR);
}

static void
fill_three_years(const Bench *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallVault) vault = recall_vault_open(self->folder, &error);
    g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func((GDestroyNotify)recall_append_free);

    if (vault == NULL)
        die("cannot open the vault", error);
    for (int week = 0; week < N_WEEKS; week++) {
        for (unsigned i = 0; i < 50; i++) {
            ProtocolScene *scene = synthetic_make_scene(self->synthetic, i * 1000);

            scene->key = (uint64_t)week * 1000 + i;
            scene->start_us = NOW_US - week * INT64_C(604800) * G_USEC_PER_SEC + i;
            scene->end_us = scene->start_us + 1;
            g_ptr_array_add(batch, recall_append_new(scene, NULL));
        }
        append(vault, batch);
    }
}

static void
open_three_years(const Bench *self)
{
    double times_ms[5];
    double cpu_ms[G_N_ELEMENTS(times_ms)];
    double value_ms;

    empty_folder(self->folder);
    fill_three_years(self);
    for (unsigned i = 0; i < G_N_ELEMENTS(times_ms); i++) {
        double start_s = get_s(CLOCK_MONOTONIC);
        double start_cpu_s = get_s(CLOCK_PROCESS_CPUTIME_ID);
        g_autoptr(RecallVault) vault = recall_vault_open(self->folder, NULL);
        g_autoptr(GArray) weeks = recall_vault_dup_weeks(vault);

        for (unsigned at = 0; at < weeks->len; at++) {
            RecallSegment *segment;

            if (!recall_vault_get_segment(vault, g_array_index(weeks, int, at), &segment, NULL))
                die("cannot open a week", NULL);
        }
        times_ms[i] = (get_s(CLOCK_MONOTONIC) - start_s) * 1000;
        cpu_ms[i] = (get_s(CLOCK_PROCESS_CPUTIME_ID) - start_cpu_s) * 1000;
    }
    value_ms = median(times_ms, G_N_ELEMENTS(times_ms));
    printf("row\topening %d weeks\t%.0f ms (CPU %.0f ms)\t%d ms\t%s\n", N_WEEKS, value_ms,
           median(cpu_ms, G_N_ELEMENTS(cpu_ms)), OPEN_BAR_MS,
           value_ms <= OPEN_BAR_MS ? "yes" : "no");
}

/* The history of three years that is there, given a passphrase. */
static void
unlock(const Bench *self)
{
    double times_s[9];
    double cpu_s[G_N_ELEMENTS(times_s)];
    double value_s;
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallVault) vault = recall_vault_open(self->folder, &error);

    if (vault == NULL || !recall_lock_set_key(vault, "", "passphrase", PASSPHRASE, &error))
        die("cannot set a passphrase", error);
    for (unsigned i = 0; i < G_N_ELEMENTS(times_s); i++) {
        double start_s;
        double start_cpu_s;

        if (!recall_lock_close(vault, &error))
            die("cannot lock", error);
        start_s = get_s(CLOCK_MONOTONIC);
        start_cpu_s = get_s(CLOCK_PROCESS_CPUTIME_ID);
        if (!recall_lock_open(vault, PASSPHRASE, &error))
            die("cannot unlock", error);
        times_s[i] = get_s(CLOCK_MONOTONIC) - start_s;
        cpu_s[i] = get_s(CLOCK_PROCESS_CPUTIME_ID) - start_cpu_s;
    }
    value_s = median(times_s, G_N_ELEMENTS(times_s));
    printf("row\tunlocking with a passphrase\t%.2f s (%.2f to %.2f, CPU %.2f s)\t%.1f s\t%s\n",
           value_s, times_s[0], times_s[G_N_ELEMENTS(times_s) - 1],
           median(cpu_s, G_N_ELEMENTS(cpu_s)), UNLOCK_BAR_S,
           value_s <= UNLOCK_BAR_S ? "yes" : "no");
}

int
main(int argc, char **argv)
{
    Bench self = {.n_scenes = 10000, .n_queries = 480};
    int n_rounds = 5;
    const GOptionEntry entries[] = {
        {"scenes", 'n', 0, G_OPTION_ARG_INT, &self.n_scenes, "How many (10000)", "N"},
        {"queries", 'q', 0, G_OPTION_ARG_INT, &self.n_queries, "How many (480)", "N"},
        {"rounds", 'r', 0, G_OPTION_ARG_INT, &n_rounds, "How many (5)", "N"},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- measure what sealing costs");
    g_autoptr(Synthetic) synthetic = NULL;
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error))
        die("usage", error);
    synthetic = synthetic_new(SEED, N_SYNTHETIC, NOW_US);
    self.synthetic = synthetic;
    self.folder = g_dir_make_tmp("deskhand-bench-XXXXXX", &error);
    if (self.folder == NULL)
        die("cannot make a folder", error);
    compare_costs(&self, (unsigned)CLAMP(n_rounds, 1, N_ROUNDS_MAX));
    open_three_years(&self);
    unlock(&self);
    empty_folder(self.folder);
    g_rmdir(self.folder);
    g_free(self.folder);
    return EXIT_SUCCESS;
}
