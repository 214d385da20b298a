/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* Searches in a year of synthetic scenes, through the real deskhand-vault and its socket, beside a
 * plain FTS5 table with SQLite's own tokenizer that holds the same texts. The store is kept, so a
 * second run is quick. Rows for the table of ./dev bench go to standard output. */

#include "protocol/dbus-recall1.h"
#include "protocol/peer.h"
#include "recall/vault/append.h"
#include "recall/vault/schema.h"
#include "recall/vault/sieve.h"
#include "recall/vault/vault.h"
#include "tests/bench/synthetic.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEED 20260101
#define NOW_US                                                                                     \
    (INT64_C(1767225600) * G_USEC_PER_SEC) /* 2026-01-01: the weeks are always the same */
#define N_SCENES_MAX 10000000
#define N_QUERIES 200
#define LIMIT 20
#define DEADLINE_MS 60000
#define STORE_VERSION 2 /* of what is generated: count up when that changes */

typedef struct {
    char *folder;
    int n_scenes;
    int n_queries;
    char *only;
    gboolean is_verbose;
} Options;

static void
die(const char *what, GError *error)
{
    fprintf(stderr, "bench-search: %s: %s\n", what, error != NULL ? error->message : "failed");
    exit(EXIT_FAILURE);
}

/* One line that changes on a terminal, else a line now and then. */
static void
show_progress(const char *what, unsigned n_done, unsigned n_all)
{
    static int64_t began_us;
    static int64_t shown_us;
    gboolean is_terminal = isatty(STDERR_FILENO);
    int64_t now_us = g_get_monotonic_time();

    if (shown_us == 0 || n_done == 0)
        began_us = now_us;
    if (n_done < n_all && now_us - shown_us < (is_terminal ? 1 : 20) * G_USEC_PER_SEC)
        return;
    shown_us = now_us;
    fprintf(stderr, "%s%u of %u %s, %.0f s to go%s", is_terminal ? "\r" : "", n_done, n_all, what,
            n_done == 0 ? 0
                        : (double)(now_us - began_us) / G_USEC_PER_SEC / n_done * (n_all - n_done),
            is_terminal && n_done < n_all ? "   " : "\n");
}

/* --- the store --- */

/* Of the store while it is generated; the vault opens it anew. */
static RecallKeyring *keyring;

static void
open_keyring(const Options *options)
{
    g_autoptr(GError) error = NULL;

    if (keyring == NULL)
        keyring = recall_keyring_open(options->folder, &error);
    if (keyring == NULL)
        die("cannot open the keyring", error);
}

static void
execute(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "bench-search: %s: %s\n", sql, sqlite3_errmsg(db));
        exit(EXIT_FAILURE);
    }
}

static sqlite3_stmt *
prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "bench-search: %s: %s\n", sql, sqlite3_errmsg(db));
        exit(EXIT_FAILURE);
    }
    return statement;
}

static sqlite3 *
create_baseline(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "baseline.db", NULL);
    sqlite3 *db = NULL;

    g_remove(path);
    if (sqlite3_open(path, &db) != SQLITE_OK)
        die("cannot make the baseline", NULL);
    execute(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;"
                "CREATE VIRTUAL TABLE plain USING fts5(text, title, app, url, content='',"
                " tokenize='unicode61'); BEGIN");
    return db;
}

static void
add_to_baseline(sqlite3_stmt *insert, const ProtocolScene *scene, unsigned index)
{
    const char *fields[] = {scene->text, scene->title, scene->app, scene->url};

    sqlite3_bind_int64(insert, 1, index + 1);
    for (int i = 0; i < 4; i++)
        sqlite3_bind_text(insert, i + 2, fields[i], -1, SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE)
        die("cannot fill the baseline", NULL);
    sqlite3_reset(insert);
}

static void
add_scene(RecallSegment *segment, const ProtocolScene *scene)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) missing = NULL;
    int64_t row = 0;

    if (!recall_append_scene(segment, scene, NULL, &row, &missing, &error))
        die("cannot append a scene", error);
}

static unsigned
fill_week(const Synthetic *synthetic,
          const Options *options,
          unsigned index,
          sqlite3_stmt *baseline)
{
    g_autoptr(GError) error = NULL;
    int week = recall_segment_week_at(synthetic_get_start_us(synthetic, index));
    g_autoptr(RecallSegment) segment =
        recall_segment_open(keyring, options->folder, week, TRUE, &error);
    gboolean is_last = recall_segment_week_at(NOW_US - 1) == week;

    if (segment == NULL)
        die("cannot make a segment", error);
    execute(recall_segment_get_db(segment),
            "PRAGMA synchronous=OFF; PRAGMA cache_size=-65536; BEGIN");
    for (; index < (unsigned)options->n_scenes &&
           recall_segment_week_at(synthetic_get_start_us(synthetic, index)) == week;
         index++) {
        g_autoptr(ProtocolScene) scene = synthetic_make_scene(synthetic, index);

        add_scene(segment, scene);
        add_to_baseline(baseline, scene, index);
        if (is_last && index % 8 == 0)
            execute(recall_segment_get_db(segment), "COMMIT; BEGIN");
    }
    execute(recall_segment_get_db(segment), "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    return index;
}

static void
empty_folder(const char *folder)
{
    g_autoptr(GDir) dir = NULL;
    const char *name = NULL;

    if (g_mkdir_with_parents(folder, 0700) < 0)
        die(folder, NULL);
    dir = g_dir_open(folder, 0, NULL);
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_remove(path);
    }
}

static void
generate(const Synthetic *synthetic, const Options *options)
{
    sqlite3 *baseline = NULL;
    sqlite3_stmt *insert = NULL;

    empty_folder(options->folder);
    open_keyring(options);
    baseline = create_baseline(options->folder);
    insert = prepare(baseline, "INSERT INTO plain(rowid, text, title, app, url)"
                               " VALUES(?1, ?2, ?3, ?4, ?5)");
    show_progress("scenes generated", 0, options->n_scenes);
    for (unsigned index = 0; index < (unsigned)options->n_scenes;) {
        index = fill_week(synthetic, options, index, insert);
        show_progress("scenes generated", index, options->n_scenes);
    }
    sqlite3_finalize(insert);
    execute(baseline, "COMMIT; INSERT INTO plain(plain) VALUES('optimize')");
    sqlite3_close(baseline);
}

/* What the vault does by itself some time after a week is over. */
static void
tidy_week(RecallSegment *segment)
{
    g_autoptr(RecallSieve) sieve = recall_sieve_new();
    g_autoptr(GError) error = NULL;
    gboolean is_done = FALSE;

    execute(recall_segment_get_db(segment), RECALL_SCHEMA_SIEVE_SQL "PRAGMA synchronous=OFF");
    while (!is_done) {
        if (!recall_sieve_step(sieve, segment, &is_done, &error))
            die("cannot tidy a week", error);
    }
    execute(recall_segment_get_db(segment), "PRAGMA wal_checkpoint(TRUNCATE)");
}

static void
tidy(const Options *options)
{
    int last = recall_segment_week_at(NOW_US - 1);

    show_progress("weeks tidied", 0, SYNTHETIC_N_WEEKS);
    open_keyring(options);
    for (int week = last - SYNTHETIC_N_WEEKS; week < last; week++) {
        g_autoptr(RecallSegment) segment =
            recall_segment_open(keyring, options->folder, week, FALSE, NULL);

        if (segment != NULL)
            tidy_week(segment);
        show_progress("weeks tidied", week + 1 - last + SYNTHETIC_N_WEEKS, SYNTHETIC_N_WEEKS);
    }
}

/* Generates what is not there yet, or not wholly. */
static void
prepare_store(const Synthetic *synthetic, const Options *options)
{
    g_autofree char *mark = g_build_filename(options->folder, "complete", NULL);
    g_autofree char *wanted = g_strdup_printf("%d %d %d\n", STORE_VERSION, SEED, options->n_scenes);
    g_autofree char *found = NULL;
    g_autoptr(GError) error = NULL;

    if (g_file_get_contents(mark, &found, NULL, NULL) && strcmp(found, wanted) == 0)
        return;
    generate(synthetic, options);
    if (!g_file_set_contents(mark, wanted, -1, &error))
        die("cannot finish the store", error);
}

/* --- the vault --- */

typedef struct {
    GSubprocess *process;
    GDBusConnection *connection;
    ProtocolDbusRecall1 *recall;
    char *runtime_dir;
    char *job;
    gboolean is_finished;
    unsigned n_results;
} Vault;

static void
on_signal(GDBusConnection *connection,
          const char *sender,
          const char *path,
          const char *interface,
          const char *name,
          GVariant *parameters,
          void *user_data)
{
    Vault *vault = user_data;

    if (strcmp(name, "Found") == 0) {
        g_autoptr(GVariant) results = g_variant_get_child_value(parameters, 0);

        vault->n_results += g_variant_n_children(results);
    } else if (strcmp(name, "Finished") == 0) {
        g_autoptr(GVariant) summary = g_variant_get_child_value(parameters, 0);
        const char *message = NULL;

        if (g_variant_lookup(summary, "error", "&s", &message)) {
            fprintf(stderr, "bench-search: a search failed: %s\n", message);
            exit(EXIT_FAILURE);
        }
        vault->is_finished = TRUE;
    }
}

static GDBusConnection *
wait_for_connection(const char *path)
{
    for (int i = 0;; i++) {
        g_autoptr(GError) error = NULL;
        GDBusConnection *connection = protocol_peer_connect_sync(path, NULL, &error);

        if (connection != NULL)
            return connection;
        if (i == 1000)
            die("the vault does not answer", error);
        g_usleep(10000);
    }
}

static void
start_vault(Vault *vault, const char *program, const char *folder)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *end_with_us = g_strdup_printf("--exit-with-parent=%d", getpid());
    g_autofree char *path = NULL;

    vault->runtime_dir = g_dir_make_tmp("deskhand-bench-XXXXXX", &error);
    if (vault->runtime_dir == NULL)
        die("cannot make a folder", error);
    g_setenv("XDG_RUNTIME_DIR", vault->runtime_dir, TRUE);
    vault->process = g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, &error, program, "--folder", folder,
                                      end_with_us, NULL);
    if (vault->process == NULL)
        die("cannot start the vault", error);
    path = protocol_peer_path("recall.sock");
    vault->connection = wait_for_connection(path);
    vault->recall = protocol_dbus_recall1_proxy_new_sync(
        vault->connection, G_DBUS_PROXY_FLAGS_NONE, NULL, "/io/deskhand/Recall1", NULL, &error);
    if (vault->recall == NULL)
        die("cannot talk to the vault", error);
    g_dbus_connection_signal_subscribe(vault->connection, NULL, "io.deskhand.Job1", NULL, NULL,
                                       NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, vault, NULL);
}

static void
stop_vault(Vault *vault)
{
    g_autofree char *folder = g_build_filename(vault->runtime_dir, "deskhand", NULL);

    g_object_unref(vault->recall);
    g_object_unref(vault->connection);
    g_subprocess_send_signal(vault->process, SIGTERM);
    g_subprocess_wait(vault->process, NULL, NULL);
    g_object_unref(vault->process);
    empty_folder(folder);
    g_rmdir(folder);
    g_rmdir(vault->runtime_dir);
    g_free(vault->runtime_dir);
}

/* Returns: microseconds until the last result of the first page was here */
static int64_t
search_vault(Vault *vault, const char *query, gboolean is_best)
{
    GVariantBuilder options;
    g_autoptr(GError) error = NULL;
    g_autofree char *job = NULL;
    int64_t began_us = g_get_monotonic_time();

    g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&options, "{sv}", "limit", g_variant_new_uint32(LIMIT));
    g_variant_builder_add(&options, "{sv}", "best", g_variant_new_boolean(is_best));
    vault->is_finished = FALSE;
    vault->n_results = 0;
    if (!protocol_dbus_recall1_call_search_sync(
            vault->recall, query, g_variant_builder_end(&options), &job, NULL, &error))
        die("a search was refused", error);
    while (!vault->is_finished)
        g_main_context_iteration(NULL, TRUE);
    return g_get_monotonic_time() - began_us;
}

/* Of all threads of the vault, in microseconds, on any processor: what a search costs whatever else
 * the machine does meanwhile. */
static int64_t
measure_work_us(Vault *vault)
{
    g_autofree char *path =
        g_strdup_printf("/proc/%s/task", g_subprocess_get_identifier(vault->process));
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    int64_t sum_ns = 0;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, "schedstat", NULL);
        g_autofree char *text = NULL;

        if (g_file_get_contents(file, &text, NULL, NULL))
            sum_ns += g_ascii_strtoll(text, NULL, 10);
    }
    return sum_ns / 1000;
}

/* In MB of a million bytes: resident now, and at most until now. */
static double
measure_memory(Vault *vault, const char *field)
{
    g_autofree char *path =
        g_strdup_printf("/proc/%s/status", g_subprocess_get_identifier(vault->process));
    g_autofree char *text = NULL;
    const char *line = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL) || (line = strstr(text, field)) == NULL)
        return 0;
    return (double)g_ascii_strtoll(line + strlen(field) + 1, NULL, 10) * 1024 / 1e6;
}

/* --- the baseline: one table, SQLite's own tokenizer, newest first --- */

/* The words side by side in quotes; what it cannot find (Chinese inside a sentence) it does not. */
static int64_t
search_baseline(sqlite3_stmt *statement, const char *query, SyntheticClass class)
{
    GString *expression = g_string_new(NULL);
    g_auto(GStrv) words = g_strsplit_set(query, " \n\"", -1);
    int64_t began_us = g_get_monotonic_time();

    for (unsigned i = 0; words[i] != NULL; i++) {
        if (words[i][0] != 0)
            g_string_append_printf(expression, "%s\"%s\"",
                                   expression->len == 0        ? ""
                                   : class == SYNTHETIC_PHRASE ? " + "
                                                               : " AND ",
                                   words[i]);
    }
    sqlite3_bind_text(statement, 1, expression->str, -1, SQLITE_TRANSIENT);
    while (sqlite3_step(statement) == SQLITE_ROW)
        continue;
    sqlite3_reset(statement);
    g_string_free(expression, TRUE);
    return g_get_monotonic_time() - began_us;
}

/* --- the table --- */

static int
compare_times(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a;
    int64_t second = *(const int64_t *)b;

    return first < second ? -1 : first > second;
}

static double
percentile_ms(GArray *times, double share)
{
    unsigned index = MIN((unsigned)(share * times->len), times->len - 1);

    g_array_sort(times, compare_times);
    return (double)g_array_index(times, int64_t, index) / 1000;
}

typedef struct {
    GArray *newest;
    GArray *best;
    GArray *newest_work;
    GArray *best_work;
    GArray *baseline;
    GArray *baseline_best;
    unsigned n_full;
    unsigned n_empty;
} Times;

static void
add_time(GArray *times, int64_t time_us)
{
    g_array_append_val(times, time_us);
}

static void
measure_class(Vault *vault,
              sqlite3_stmt *baseline,
              sqlite3_stmt *baseline_best,
              const Synthetic *synthetic,
              const Options *options,
              SyntheticClass class,
              Times *times)
{
    for (int i = 0; i < options->n_queries; i++) {
        g_autofree char *query = synthetic_make_query(synthetic, class, i);
        int64_t work_us = measure_work_us(vault);
        int64_t newest_us = search_vault(vault, query, FALSE);

        times->n_full += vault->n_results >= LIMIT;
        times->n_empty += vault->n_results == 0;
        if (options->is_verbose)
            fprintf(stderr, "%8.2f ms %3u  %.100s\n", (double)newest_us / 1000, vault->n_results,
                    query);
        add_time(times->newest, newest_us);
        add_time(times->newest_work, measure_work_us(vault) - work_us);
        work_us = measure_work_us(vault);
        add_time(times->best, search_vault(vault, query, TRUE));
        add_time(times->best_work, measure_work_us(vault) - work_us);
        add_time(times->baseline, search_baseline(baseline, query, class));
        if (i % 10 == 0) /* it may take a second each */
            add_time(times->baseline_best, search_baseline(baseline_best, query, class));
    }
}

static void
print_class(SyntheticClass class, const Times *times, int n_queries)
{
    double p50 = percentile_ms(times->newest, 0.5);
    double p99 = percentile_ms(times->newest, 0.99);
    double best_p99 = percentile_ms(times->best, 0.99);
    double plain_p50 = percentile_ms(times->baseline, 0.5);
    double plain_p99 = percentile_ms(times->baseline, 0.99);
    const char *name = synthetic_class_name(class);

    printf("%-36s newest %6.2f %6.2f (%6.2f %6.2f)  best %6.2f %6.2f (%6.2f %6.2f)  plain %6.2f"
           " %6.2f best %7.2f  full %3.0f %% empty %3.0f %%\n",
           name, p50, p99, percentile_ms(times->newest_work, 0.5),
           percentile_ms(times->newest_work, 0.99), percentile_ms(times->best, 0.5), best_p99,
           percentile_ms(times->best_work, 0.5), percentile_ms(times->best_work, 0.99), plain_p50,
           plain_p99, percentile_ms(times->baseline_best, 0.99), 100.0 * times->n_full / n_queries,
           100.0 * times->n_empty / n_queries);
    if (class == SYNTHETIC_PASTED)
        return;
    printf("row\tsearch, %s: first page p50, p99 (of a plain FTS5 table's p99)\t%.1f ms, %.1f ms"
           " (%.2f)\t5 ms, 50 ms\t%s\n",
           name, p50, p99, plain_p99 > 0 ? p99 / plain_p99 : 0, p50 < 5 && p99 < 50 ? "yes" : "no");
    printf("row\tsearch --best, %s: p99\t%.1f ms\t150 ms\t%s\n", name, best_p99,
           best_p99 < 150 ? "yes" : "no");
    fflush(stdout);
}

static Times
new_times(void)
{
    return (Times){
        g_array_new(FALSE, FALSE, sizeof(int64_t)), g_array_new(FALSE, FALSE, sizeof(int64_t)),
        g_array_new(FALSE, FALSE, sizeof(int64_t)), g_array_new(FALSE, FALSE, sizeof(int64_t)),
        g_array_new(FALSE, FALSE, sizeof(int64_t)), g_array_new(FALSE, FALSE, sizeof(int64_t)),
    };
}

static void
clear_times(Times *times)
{
    g_array_unref(times->newest);
    g_array_unref(times->best);
    g_array_unref(times->newest_work);
    g_array_unref(times->best_work);
    g_array_unref(times->baseline);
    g_array_unref(times->baseline_best);
}

static sqlite3 *
open_baseline(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "baseline.db", NULL);
    sqlite3 *db = NULL;

    if (sqlite3_open(path, &db) != SQLITE_OK)
        die("cannot open the baseline", NULL);
    return db;
}

static void
measure(Vault *vault, const Synthetic *synthetic, const Options *options)
{
    sqlite3 *db = open_baseline(options->folder);
    sqlite3_stmt *plain =
        prepare(db, "SELECT rowid FROM plain(?1) ORDER BY rowid DESC LIMIT " G_STRINGIFY(LIMIT));
    sqlite3_stmt *plain_best =
        prepare(db, "SELECT rowid FROM plain(?1) ORDER BY rank LIMIT " G_STRINGIFY(LIMIT));

    printf("first search after the start: %.1f ms, it opens the segments\n",
           (double)search_vault(vault, "qzxqzx", FALSE) / 1000);
    printf(
        "milliseconds, p50 and p99, in brackets those of the processor; plain: one FTS5 table with"
        " unicode61\n");
    for (SyntheticClass class = 0; class < SYNTHETIC_N_CLASSES; class ++) {
        Times times = {0};

        if (options->only != NULL && strstr(synthetic_class_name(class), options->only) == NULL)
            continue;
        times = new_times();
        measure_class(vault, plain, plain_best, synthetic, options, class, &times);
        print_class(class, &times, options->n_queries);
        clear_times(&times);
    }
    sqlite3_finalize(plain);
    sqlite3_finalize(plain_best);
    sqlite3_close(db);
}

static char *
dup_default_folder(int n_scenes)
{
    g_autofree char *name = g_strdup_printf("search-%d", n_scenes);

    return g_build_filename(g_get_user_cache_dir(), "deskhand-bench", name, NULL);
}

int
main(int argc, char **argv)
{
    Options options = {NULL, 1000000, N_QUERIES, NULL, FALSE};
    const GOptionEntry entries[] = {
        {"scenes", 'n', 0, G_OPTION_ARG_INT, &options.n_scenes, "How many (1000000)", "N"},
        {"queries", 'q', 0, G_OPTION_ARG_INT, &options.n_queries, "Of each class (200)", "N"},
        {"folder", 'f', 0, G_OPTION_ARG_FILENAME, &options.folder,
         "Keep the store here instead of ~/.cache/deskhand-bench/", "FOLDER"},
        {"only", 'o', 0, G_OPTION_ARG_STRING, &options.only, "Classes whose name has this", "TEXT"},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options.is_verbose, "Show each query", NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- measure searching");
    g_autoptr(GError) error = NULL;
    g_autoptr(Synthetic) synthetic = NULL;
    g_autofree char *here = g_path_get_dirname(argv[0]);
    g_autofree char *program =
        g_build_filename(here, "..", "..", "recall", "vault", "deskhand-vault", NULL);
    Vault vault = {0};

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error))
        die("usage", error);
    options.n_scenes = CLAMP(options.n_scenes, 1000, N_SCENES_MAX);
    options.n_queries = CLAMP(options.n_queries, 1, 10000);
    if (options.folder == NULL)
        options.folder = dup_default_folder(options.n_scenes);
    synthetic = synthetic_new(SEED, options.n_scenes, NOW_US);
    prepare_store(synthetic, &options);
    tidy(&options);
    g_clear_pointer(&keyring, recall_keyring_close);
    start_vault(&vault, program, options.folder);
    measure(&vault, synthetic, &options);
    printf("vault: %.1f MB resident, %.1f MB at most\n", measure_memory(&vault, "VmRSS:"),
           measure_memory(&vault, "VmHWM:"));
    printf("row\tmemory of the vault while it searches %d scenes\t%.1f MB\t60 MB\t%s\n",
           options.n_scenes, measure_memory(&vault, "VmHWM:"),
           measure_memory(&vault, "VmHWM:") <= 60 ? "yes" : "no");
    stop_vault(&vault);
    g_free(options.folder);
    g_free(options.only);
    return EXIT_SUCCESS;
}
