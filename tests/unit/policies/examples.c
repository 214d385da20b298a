/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "examples.h"

#include "policies/detect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define N_LINES_MAX 4
#define OPEN "❮" /* a value begins; it ends with the other one */
#define CLOSE "❯"

static char *
without(const char *text, const char *sign)
{
    g_auto(GStrv) parts = g_strsplit(text, sign, -1);

    return g_strjoinv("", parts);
}

/* What is found in the lines of @text is put between the signs. */
static char *
mark(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    PolicyDetectRun runs[N_LINES_MAX] = {{NULL}};
    GString *marked = g_string_new(text);
    g_autoptr(GArray) found = NULL;
    unsigned n = g_strv_length(lines);

    g_assert_cmpuint(n, <=, N_LINES_MAX);
    for (unsigned i = 0; i < n; i++) {
        runs[i].text = lines[i];
        runs[i].box = (BaseRect){10, 18 * (int)i, 8 * (int)g_utf8_strlen(lines[i], -1), 16};
    }
    found = policy_detect_find(runs, n);
    for (unsigned i = found != NULL ? found->len : 0; i > 0; i--) {
        const PolicySecretRange *range = &g_array_index(found, PolicySecretRange, i - 1);
        size_t base = 0;

        for (unsigned run = 0; run < range->run; run++)
            base += strlen(lines[run]) + 1;
        g_string_insert(marked, (gssize)(base + range->end_bytes), CLOSE);
        g_string_insert(marked, (gssize)(base + range->start_bytes), OPEN);
    }
    return g_string_free(marked, FALSE);
}

void
examples_check(const char *const *examples, unsigned n)
{
    unsigned n_wrong = 0;

    for (unsigned i = 0; i < n; i++) {
        g_autofree char *half = without(examples[i], OPEN);
        g_autofree char *text = without(half, CLOSE);
        g_autofree char *marked = mark(text);

        if (!g_str_equal(marked, examples[i])) {
            print_error("not:   %s\nfound: %s\n", examples[i], marked);
            n_wrong++;
        }
    }
    assert_int_equal(n_wrong, 0);
}
