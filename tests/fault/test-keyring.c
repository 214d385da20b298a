/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/keyring.h"

#include "recall/vault/mutant.h"
#include "tests/fault/kill-point.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Changing what keeps the key, killed at each change of a file and with the power lost there: the
 * keyring opens with what was before or with what comes after, and of the other one no file is left
 * at the next start. */

#define WEEK 2967
#define BEFORE "before"
#define AFTER "after"
#define N_CHANGES_MAX 500
#ifdef __SANITIZE_ADDRESS__
#define STRIDE 9 /* a process takes ten times as long */
#else
#define STRIDE 1
#endif

typedef struct {
    const char *name;
    const RecallRootKeyType *from;
    const RecallRootKeyType *to;
} Case;

static const Case cases[] = {
    {"key file to passphrase", &recall_root_key_file, &recall_root_key_passphrase},
    {"passphrase to key file", &recall_root_key_passphrase, &recall_root_key_file},
    {"passphrase to passphrase", &recall_root_key_passphrase, &recall_root_key_passphrase},
    {"key file to key file", &recall_root_key_file, &recall_root_key_file},
};

static gboolean
unlock(RecallKeyring *keyring)
{
    return recall_keyring_unlock(keyring, BEFORE, NULL) ||
           recall_keyring_unlock(keyring, AFTER, NULL);
}

/* The program of the child: folder, case, change number, "kill" or "power". */
static int
work(char **arguments)
{
    const Case *item = &cases[g_ascii_strtoull(arguments[1], NULL, 10)];
    g_autoptr(RecallKeyring) keyring = NULL;

    kill_point_arm((unsigned)g_ascii_strtoull(arguments[2], NULL, 10),
                   g_str_equal(arguments[3], "power"));
    keyring = recall_keyring_open(arguments[0], NULL);
    return keyring != NULL && unlock(keyring) &&
                   recall_keyring_set_type(keyring, item->to, AFTER, NULL)
               ? 0
               : 1;
}

/* Another program, because secrets are in memory that no fork has.
 * Returns: whether it came to its end, before the change number @n */
static gboolean
run_until(const char *folder, const Case *item, const char *how, unsigned n)
{
    g_autofree char *number = g_strdup_printf("%u", n);
    g_autofree char *index = g_strdup_printf("%u", (unsigned)(item - cases));
    pid_t pid = fork();
    int status = 0;

    assert_true(pid >= 0);
    if (pid == 0) {
        execl("/proc/self/exe", "work", folder, index, number, how, NULL);
        _exit(1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) != KILL_POINT_EXIT_CODE)
        assert_int_equal(WEXITSTATUS(status), 0);
    return WEXITSTATUS(status) == 0;
}

/* @out_key: of a week's segment */
static void
plant(const char *folder, const Case *item, uint8_t *out_key)
{
    g_autoptr(RecallKeyring) keyring = NULL;
    g_autoptr(RecallKey) key = recall_key_new();
    uint8_t id[RECALL_SEGMENT_ID_BYTES];

    kill_point_empty_folder(folder);
    keyring = recall_keyring_open(folder, NULL);
    assert_non_null(keyring);
    if (item->from != &recall_root_key_file)
        assert_true(recall_keyring_set_type(keyring, item->from, BEFORE, NULL));
    assert_true(recall_keyring_add(keyring, WEEK, id, key, NULL));
    memcpy(out_key, key, RECALL_KEY_BYTES);
}

static unsigned
count_key_files(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    unsigned n = 0;
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL)
        n += g_str_has_prefix(name, "root-");
    return n;
}

static void
check(const char *folder, const uint8_t *expected)
{
    g_autoptr(RecallKeyring) keyring = recall_keyring_open(folder, NULL);
    g_autoptr(RecallKey) key = recall_key_new();
    uint8_t id[RECALL_SEGMENT_ID_BYTES];

    assert_non_null(keyring);
    assert_int_equal(count_key_files(folder),
                     recall_keyring_get_type(keyring) == &recall_root_key_file ? 2 : 0);
    assert_true(unlock(keyring));
    assert_true(recall_keyring_get(keyring, WEEK, 0, id, key, NULL));
    assert_memory_equal(key, expected, RECALL_KEY_BYTES);
}

static void
check_case(const Case *item, const char *how)
{
    g_autofree char *folder = g_dir_make_tmp("deskhand-keyring-XXXXXX", NULL);
    uint8_t key[RECALL_KEY_BYTES];
    gboolean is_done = FALSE;
    unsigned n = 0;

    for (; !is_done; n += STRIDE) {
        assert_true(n < N_CHANGES_MAX);
        plant(folder, item, key);
        is_done = run_until(folder, item, how, n);
        check(folder, key);
    }
    print_message("%s: %s at each of %u changes\n", item->name, how, n - STRIDE);
    kill_point_empty_folder(folder);
    g_rmdir(folder);
}

static void
test_kill(void **state)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        check_case(&cases[i], "kill");
}

static void
test_power(void **state)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        check_case(&cases[i], "power");
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kill), cmocka_unit_test(test_power)};

    recall_mutant = RECALL_MUTANT_WEAK_PASSPHRASE;
    umask(077);
    if (argc == 5)
        return work(argv + 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
