/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/secret.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static gboolean
is_zero(const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (data[i] != 0)
            return FALSE;
    }
    return TRUE;
}

static void
test_clears(void **state)
{
    uint8_t *data = recall_secret_alloc(100);
    uint8_t *again;

    assert_true(recall_secret_owns(data));
    assert_int_equal(recall_secret_get_size(data), 100);
    assert_true(is_zero(data, 100));
    memset(data, 0xa5, 100);
    recall_secret_free(data);
    assert_true(is_zero(data, 100)); /* the region itself stays */
    again = recall_secret_alloc(100);
    assert_ptr_equal(again, data);
    recall_secret_free(again);
    recall_secret_free(NULL);
}

static void
test_apart(void **state)
{
    uint8_t *pieces[50];

    for (unsigned i = 0; i < G_N_ELEMENTS(pieces); i++) {
        pieces[i] = recall_secret_alloc(1 + i * 7);
        memset(pieces[i], (int)i, 1 + i * 7);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(pieces); i += 2)
        recall_secret_free(pieces[i]);
    for (unsigned i = 0; i < G_N_ELEMENTS(pieces); i += 2) {
        pieces[i] = recall_secret_alloc(1 + i * 3);
        memset(pieces[i], (int)i, 1 + i * 3);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(pieces); i++) {
        for (unsigned j = 0; j < recall_secret_get_size(pieces[i]); j++)
            assert_int_equal(pieces[i][j], i);
        recall_secret_free(pieces[i]);
    }
}

static void
test_maximum(void **state)
{
    char *heap = g_strdup("heap");
    void *most;

    assert_null(recall_secret_try_alloc(RECALL_SECRET_MAX_BYTES));
    assert_null(recall_secret_try_alloc(RECALL_SECRET_MAX_BYTES + 1));
    most = recall_secret_try_alloc(RECALL_SECRET_MAX_BYTES - 64);
    assert_non_null(most);
    assert_null(recall_secret_try_alloc(1));
    recall_secret_free(most);
    assert_false(recall_secret_owns(heap));
    recall_secret_free_text(heap);
    recall_secret_free_text(NULL);
}

/* Returns: whether the process itself can read it through /proc, as a debugger would */
static gboolean
is_in_proc_mem(const void *data)
{
    g_autofree char *copy = g_malloc0(16);
    FILE *file = fopen("/proc/self/mem", "r");
    gboolean is_read;

    assert_non_null(file);
    is_read = fseek(file, (long)(uintptr_t)data, SEEK_SET) == 0 && fread(copy, 16, 1, file) == 1;
    fclose(file);
    return is_read;
}

/* What the kind promises, seen from outside. */
static void
test_kind(void **state)
{
    char *data = recall_secret_alloc(32);
    int status;
    pid_t child;

    print_message("kind %d\n", recall_secret_get_kind());
    if (recall_secret_get_kind() == RECALL_SECRET_HIDDEN)
        assert_false(is_in_proc_mem(data));
    child = fork();
    if (child == 0) {
        unsigned char resident;
        uintptr_t page = (uintptr_t)data & ~(uintptr_t)(sysconf(_SC_PAGESIZE) - 1);

        /* A child has not even the addresses. */
        _exit(mincore((void *)page, 1, &resident) == -1 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    recall_secret_free(data);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clears),
        cmocka_unit_test(test_apart),
        cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
