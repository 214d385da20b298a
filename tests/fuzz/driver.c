/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* Runs one target over its corpus, and over what mutations make of it, for a number of runs or a
 * time. Inputs that took a new way are mutated further; what ends the program is kept. */

#include "tests/fuzz/coverage.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT_DEADLINE_S 20 /* an input that takes longer is a finding */
#define N_LEAK_CHECKS_MAX 50
#define N_REPEATS_FOR_LEAK 3

/* Of the sanitizers, when the build has them. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

static char *keep_folder;             /* NULL: nothing is kept */
static char *finding_path;            /* where an input goes that ends the program */
static const uint8_t *running = NULL; /* the input */
static size_t n_running_bytes;
static unsigned n_leak_checks;

typedef struct {
    GPtrArray *corpus; /* of GBytes */
    GRand *rand;
    uint64_t n_runs;
    unsigned n_new; /* inputs that took a new way, beside those of the start */
} Fuzzer;

/* In a signal's handler: only what is safe there. */
static void
keep_finding(void)
{
    int fd;

    if (running == NULL || finding_path == NULL)
        return;
    fd = open(finding_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0) {
        size_t left = n_running_bytes;
        ssize_t n = 0;

        for (; left > 0 && (n = write(fd, running + n_running_bytes - left, left)) > 0;)
            left -= (size_t)n;
        close(fd);
    }
    running = NULL;
}

static void
on_fatal_signal(int number)
{
    static const char hung[] = "It hangs: this input takes too long\n";

    if (number == SIGALRM && write(STDERR_FILENO, hung, sizeof(hung) - 1) < 0)
        _exit(EXIT_FAILURE);
    keep_finding();
    signal(number, SIG_DFL);
    raise(number == SIGALRM ? SIGABRT : number);
}

static void
watch_for_ends(void)
{
    static const int numbers[] = {SIGABRT, SIGALRM, SIGTRAP, SIGILL};
    static const int bare_numbers[] = {SIGSEGV, SIGBUS, SIGFPE};

    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++)
        signal(numbers[i], on_fatal_signal);
    if (__sanitizer_set_death_callback != NULL) {
        __sanitizer_set_death_callback(keep_finding);
        return;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(bare_numbers); i++)
        signal(bare_numbers[i], on_fatal_signal);
}

static size_t
count_allocated(void)
{
    return __sanitizer_get_current_allocated_bytes != NULL
               ? __sanitizer_get_current_allocated_bytes()
               : 0;
}

static void
run_once(const uint8_t *data, size_t size)
{
    g_autofree uint8_t *exact = malloc(size); /* so that a byte too far is seen */

    g_assert_nonnull(exact);
    if (size > 0)
        memcpy(exact, data, size);
    running = data;
    n_running_bytes = size;
    alarm(INPUT_DEADLINE_S);
    LLVMFuzzerTestOneInput(exact, size);
    alarm(0);
    running = NULL;
}

/* Memory that grows each time is either a leak or a cache; the leak sanitizer tells. */
static void
check_leak(const uint8_t *data, size_t size, size_t before)
{
    if (__lsan_do_recoverable_leak_check == NULL || n_leak_checks >= N_LEAK_CHECKS_MAX)
        return;
    for (unsigned i = 0; i < N_REPEATS_FOR_LEAK; i++) {
        if (count_allocated() <= before)
            return;
        before = count_allocated();
        run_once(data, size);
    }
    n_leak_checks++;
    if (count_allocated() <= before || __lsan_do_recoverable_leak_check() == 0)
        return;
    running = data;
    n_running_bytes = size;
    keep_finding();
    _exit(EXIT_FAILURE);
}

/* Returns: whether it took a new way */
static gboolean
run(Fuzzer *self, const uint8_t *data, size_t size)
{
    size_t before = count_allocated();
    gboolean is_new;

    fuzz_coverage_begin();
    run_once(data, size);
    is_new = fuzz_coverage_end() > 0;
    if (count_allocated() > before)
        check_leak(data, size, before);
    self->n_runs++;
    return is_new;
}

static void
keep_new(Fuzzer *self, const GByteArray *input)
{
    g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA1, input->data, input->len);
    g_autofree char *path =
        keep_folder != NULL ? g_build_filename(keep_folder, digest, NULL) : NULL;

    self->n_new++;
    g_ptr_array_add(self->corpus, g_bytes_new(input->data, input->len));
    if (path != NULL)
        g_file_set_contents(path, (const char *)input->data, (gssize)input->len, NULL);
}

static GBytes *
pick(Fuzzer *self)
{
    unsigned n = self->corpus->len;
    unsigned at = (unsigned)g_rand_int_range(self->rand, 0, (int)n);

    /* What came last is likelier to lead on. */
    if (g_rand_boolean(self->rand))
        at = n - 1 - (unsigned)g_rand_int_range(self->rand, 0, (int)MIN(n, 32));
    return g_ptr_array_index(self->corpus, at);
}

static void
run_mutation(Fuzzer *self)
{
    GBytes *seed = pick(self);
    g_autoptr(GByteArray) input = g_byte_array_new();

    g_byte_array_append(input, g_bytes_get_data(seed, NULL), (unsigned)g_bytes_get_size(seed));
    fuzz_mutate(input, pick(self), self->rand);
    if (run(self, input->data, input->len))
        keep_new(self, input);
}

/* --- the corpus --- */

static gboolean
add_file(Fuzzer *self, const char *path)
{
    char *data = NULL;
    size_t size = 0;

    if (!g_file_get_contents(path, &data, &size, NULL)) {
        fprintf(stderr, "Cannot read %s\n", path);
        return FALSE;
    }
    g_ptr_array_add(self->corpus, g_bytes_new_take(data, MIN(size, FUZZ_INPUT_MAX_BYTES)));
    return TRUE;
}

static int
compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static gboolean
add_folder(Fuzzer *self, const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    const char *name = NULL;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        if (!g_str_has_suffix(name, ".license"))
            g_ptr_array_add(paths, g_build_filename(path, name, NULL));
    }
    g_ptr_array_sort(paths, compare_paths);
    for (unsigned i = 0; i < paths->len; i++) {
        if (!add_file(self, paths->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

static gboolean
add_paths(Fuzzer *self, char **paths)
{
    for (; paths != NULL && *paths != NULL; paths++) {
        gboolean is_folder = g_file_test(*paths, G_FILE_TEST_IS_DIR);

        if (!(is_folder ? add_folder : add_file)(self, *paths))
            return FALSE;
    }
    return TRUE;
}

/* --- the whole --- */

static void
run_corpus(Fuzzer *self)
{
    for (unsigned i = 0; i < self->corpus->len; i++) {
        GBytes *input = g_ptr_array_index(self->corpus, i);

        run(self, g_bytes_get_data(input, NULL), g_bytes_get_size(input));
    }
    if (self->corpus->len == 0)
        g_ptr_array_add(self->corpus, g_bytes_new_static("", 0));
}

static void
fuzz(Fuzzer *self, uint64_t n_runs, int seconds)
{
    int64_t start_us = g_get_monotonic_time();
    int64_t took_us;

    run_corpus(self);
    while (self->n_runs < n_runs ||
           g_get_monotonic_time() < start_us + (int64_t)seconds * G_USEC_PER_SEC)
        run_mutation(self);
    took_us = MAX(g_get_monotonic_time() - start_us, 1);
    printf("%" G_GUINT64_FORMAT " runs, %" G_GUINT64_FORMAT "/s, %u ways, %u new inputs\n",
           self->n_runs, self->n_runs * G_USEC_PER_SEC / (uint64_t)took_us, fuzz_coverage_count(),
           self->n_new);
}

int
main(int argc, char **argv)
{
    int n_runs = 0;
    int seconds = 0;
    int seed = 1;
    g_auto(GStrv) paths = NULL;
    const GOptionEntry entries[] = {
        {"runs", 0, 0, G_OPTION_ARG_INT, &n_runs, "at least so many, with the corpus", "N"},
        {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "at least so long", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &seed, "of the mutations", "N"},
        {"keep", 0, 0, G_OPTION_ARG_FILENAME, &keep_folder, "where new inputs go", "FOLDER"},
        {"finding", 0, 0, G_OPTION_ARG_FILENAME, &finding_path, "where a finding goes", "FILE"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("[FILE or FOLDER...]");
    g_autoptr(GError) error = NULL;
    Fuzzer self = {.corpus = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref)};

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return EXIT_FAILURE;
    }
    if (!add_paths(&self, paths))
        return EXIT_FAILURE;
    watch_for_ends();
    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
    self.rand = g_rand_new_with_seed((uint32_t)seed);
    fuzz(&self, (uint64_t)MAX(n_runs, 0), seconds);
    g_rand_free(self.rand);
    g_ptr_array_unref(self.corpus);
    return EXIT_SUCCESS;
}
