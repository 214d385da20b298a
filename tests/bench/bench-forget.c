/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/forget.h"
#include "recall/vault/ingest.h"
#include "recall/vault/selector.h"
#include "tests/bench/sheets.h"
#include "tests/bench/synthetic.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long forgetting takes of a week of 20 000 scenes, and how long others wait meanwhile: one
 * scene, one day, the week. */

#define SEED 7
/* So that all are in one week: it ends on Sunday, 2026-11-29. */
#define WEEK_US (INT64_C(1795392000) * G_USEC_PER_SEC)
#define DAY_US (INT64_C(86400) * G_USEC_PER_SEC)
#define N_SYNTHETIC (SYNTHETIC_N_WEEKS * 20000)
#define N_BATCH 8
#define N_ROUNDS_MAX 9
#define SCENE_BAR_MS 1000
#define DAY_BAR_MS 5000

typedef struct {
    char *folder;
    char *work; /* a copy of it, made anew for each round */
    int n_scenes;
    int64_t scene_id;
} Bench;

typedef struct {
    double all_ms;
    double step_ms; /* the longest */
} Cost;

static void
die(const char *what, const GError *error)
{
    fprintf(stderr, "bench-forget: %s: %s\n", what, error != NULL ? error->message : "failed");
    exit(EXIT_FAILURE);
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
copy_folder(const char *from, const char *to)
{
    g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
    const char *name;

    empty_folder(to);
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autoptr(GFile) source = g_file_new_build_filename(from, name, NULL);
        g_autoptr(GFile) copy = g_file_new_build_filename(to, name, NULL);
        g_autoptr(GError) error = NULL;

        if (!g_file_copy(source, copy, G_FILE_COPY_NONE, NULL, NULL, NULL, &error))
            die("cannot copy", error);
    }
}

/* Forty places, of which four are new, as in a scene that changes in part; all of them in every
 * tenth. Returns: (transfer full) */
static GPtrArray *
add_tiles(ProtocolScene *scene, unsigned index)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(index);
    g_autoptr(GArray) new_ones = g_array_new(FALSE, FALSE, sizeof(ProtocolTile));

    for (unsigned i = 0; i < 40; i++) {
        ProtocolTile tile = {(uint16_t)(i % 5 * 256), (uint16_t)(i / 5 * 100), 256, 100, {0}};
        unsigned shown = i < 4 ? index : index / 10 * 10;
        unsigned number = shown * 40 + i;

        memcpy(tile.digest, &number, sizeof number);
        g_array_append_val(scene->tiles, tile);
        if (shown == index)
            g_array_append_val(new_ones, tile);
    }
    return bench_sheets_of_text(new_ones, rand);
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

static void
fill(Bench *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallVault) vault = recall_vault_open(self->folder, &error);
    g_autoptr(Synthetic) synthetic = synthetic_new(SEED, N_SYNTHETIC, WEEK_US + 7 * DAY_US);
    g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func((GDestroyNotify)recall_append_free);

    if (vault == NULL)
        die("cannot open the vault", error);
    for (int i = 0; i < self->n_scenes; i++) {
        ProtocolScene *scene =
            synthetic_make_scene(synthetic, (unsigned)(N_SYNTHETIC - self->n_scenes + i));

        /* Evenly over the days. */
        scene->start_us = WEEK_US + i * (7 * DAY_US / self->n_scenes);
        scene->end_us = scene->start_us + G_USEC_PER_SEC;
        g_ptr_array_add(batch, recall_append_new(scene, add_tiles(scene, (unsigned)i)));
        if (i == self->n_scenes / 2)
            self->scene_id =
                (int64_t)recall_segment_week_at(WEEK_US) << 30 | (scene->start_us - WEEK_US) / 1000;
        if (batch->len == N_BATCH || i + 1 == self->n_scenes)
            append(vault, batch);
    }
}

static RecallForget *
find(RecallVault *vault, const RecallForgetWhat *what)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(RecallSelector) selector = recall_selector_new(what, now);
    g_autoptr(GError) error = NULL;
    gboolean is_done = FALSE;

    while (!is_done) {
        if (!recall_selector_step(selector, vault, &is_done, &error))
            die("cannot find it", error);
    }
    if (recall_selector_get_intent(selector)->n_scenes == 0)
        die("nothing was found", NULL);
    return recall_forget_new(recall_selector_steal_intent(selector));
}

static Cost
measure(const Bench *self, const RecallForgetWhat *what)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallVault) vault = NULL;
    g_autoptr(RecallForget) forget = NULL;
    int64_t start_us;
    int64_t last_us;
    gboolean is_done = FALSE;
    Cost cost = {0};

    copy_folder(self->folder, self->work);
    sync(); /* writing the copy is not what is measured */
    vault = recall_vault_open(self->work, &error);
    if (vault == NULL)
        die("cannot open the vault", error);
    start_us = last_us = g_get_monotonic_time();
    forget = find(vault, what);
    while (!is_done) {
        int64_t now_us;

        if (!recall_forget_step(forget, vault, &is_done, &error))
            die("cannot forget", error);
        now_us = g_get_monotonic_time();
        cost.step_ms = MAX(cost.step_ms, (double)(now_us - last_us) / 1000);
        last_us = now_us;
    }
    cost.all_ms = (double)(last_us - start_us) / 1000;
    return cost;
}

static int
compare(const void *a, const void *b)
{
    const Cost *x = a;
    const Cost *y = b;

    return x->all_ms < y->all_ms ? -1 : x->all_ms > y->all_ms;
}

/* @bar_ms: 0 for none */
static void
bench(const Bench *self, const char *name, const RecallForgetWhat *what, int n, double bar_ms)
{
    Cost costs[N_ROUNDS_MAX];
    double step_ms = 0;

    for (int i = 0; i < n; i++) {
        costs[i] = measure(self, what);
        step_ms = MAX(step_ms, costs[i].step_ms);
    }
    qsort(costs, (size_t)n, sizeof *costs, compare);
    printf("row\tforgetting %s of %d scenes\t%.0f ms (%.0f to %.0f), longest step %.0f ms\t", name,
           self->n_scenes, costs[n / 2].all_ms, costs[0].all_ms, costs[n - 1].all_ms, step_ms);
    if (bar_ms > 0)
        printf("%.0f ms\t%s\n", bar_ms, costs[n / 2].all_ms <= bar_ms ? "yes" : "no");
    else
        printf("\t\n");
    fflush(stdout);
}

int
main(int argc, char **argv)
{
    Bench self = {.n_scenes = 20000};
    int n_rounds = 5;
    const GOptionEntry entries[] = {
        {"scenes", 'n', 0, G_OPTION_ARG_INT, &self.n_scenes, "How many in the week (20000)", "N"},
        {"rounds", 'r', 0, G_OPTION_ARG_INT, &n_rounds, "How many (5)", "N"},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- measure how long forgetting takes");
    g_autoptr(GError) error = NULL;
    RecallForgetWhat what;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error))
        die("usage", error);
    n_rounds = CLAMP(n_rounds, 1, N_ROUNDS_MAX);
    self.folder = g_dir_make_tmp("deskhand-bench-XXXXXX", &error);
    self.work = g_dir_make_tmp("deskhand-bench-XXXXXX", &error);
    if (self.folder == NULL || self.work == NULL)
        die("cannot make a folder", error);
    fill(&self);
    what = (RecallForgetWhat){.kind = RECALL_FORGET_SCENE, .scene_id = self.scene_id};
    bench(&self, "one scene", &what, n_rounds, SCENE_BAR_MS);
    what = (RecallForgetWhat){RECALL_FORGET_RANGE, WEEK_US + 2 * DAY_US, WEEK_US + 3 * DAY_US};
    bench(&self, "one day", &what, n_rounds, DAY_BAR_MS);
    what = (RecallForgetWhat){RECALL_FORGET_RANGE, WEEK_US, WEEK_US + 7 * DAY_US};
    bench(&self, "all", &what, n_rounds, 0);
    empty_folder(self.folder);
    empty_folder(self.work);
    g_rmdir(self.folder);
    g_rmdir(self.work);
    g_free(self.folder);
    g_free(self.work);
    return EXIT_SUCCESS;
}
