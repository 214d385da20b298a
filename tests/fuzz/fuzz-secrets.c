/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* Text as it was shown, in which secrets are looked for: each line is a run, its place follows from
 * the first two characters. */

#include "policies/detect.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define N_RUNS_MAX 64

const char *const fuzz_words[] = {"4111 1111 1111 1111",
                                  "11010519491231002X",
                                  "DE89370400440532013000",
                                  "-----BEGIN ",
                                  "PRIVATE KEY-----",
                                  "ghp_",
                                  "sk_live_",
                                  "AKIA",
                                  "password: ",
                                  "密码：",
                                  "PIN",
                                  "passwd=",
                                  "eyJhbGciOiJIUzI1NiJ9",
                                  "xoxb-",
                                  "PuTTY-User-Key-File-3:",
                                  "验证码",
                                  "\n",
                                  "5500-0000-0000-0004",
                                  "--password ",
                                  "what is the password?",
                                  "Passwords",
                                  "login a",
                                  "docker login -p ",
                                  "mysql -p",
                                  "INSERT INTO u (password) VALUES ('",
                                  "$6$",
                                  NULL};

static void
check_ranges(const GArray *ranges, const PolicyDetectRun *runs, unsigned n_runs)
{
    for (unsigned i = 0; ranges != NULL && i < ranges->len; i++) {
        const PolicySecretRange *range = &g_array_index(ranges, PolicySecretRange, i);
        const PolicySecretRange *before = range - 1;

        g_assert_cmpuint(range->run, <, n_runs);
        g_assert_cmpuint(range->start_bytes, <, range->end_bytes);
        g_assert_cmpuint(range->end_bytes, <=, strlen(runs[range->run].text));
        g_assert_true(i == 0 || before->run < range->run ||
                      (before->run == range->run && before->end_bytes <= range->start_bytes));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput input = {data, size};
    PolicyDetectRun runs[N_RUNS_MAX];
    unsigned n_runs = 0;
    char *line = NULL;
    g_autoptr(PolicyDetectMemory) memory = policy_detect_memory_new();
    g_autoptr(GArray) ranges = NULL;

    while (n_runs < N_RUNS_MAX && (line = fuzz_take_line(&input)) != NULL) {
        int x = line[0] != '\0' ? line[0] % 32 * 40 : 0;
        int y = x != 0 && line[1] != '\0' ? line[1] % 64 * 10 : (int)n_runs * 20;
        char *text = g_utf8_make_valid(line, -1);

        for (char *at = text; *at != '\0'; at++) {
            if (g_ascii_iscntrl(*at))
                *at = ' ';
        }
        runs[n_runs++] = (PolicyDetectRun){
            .text = text,
            .box = {x, y, 8 * (int)strlen(text), 16},
            .is_ocr = x % 80 == 0,
            .grown_end_bytes = y % 20 == 0 ? (uint32_t)strlen(text) : 0,
        };
        g_free(line);
    }
    ranges = policy_detect_find_next(runs, n_runs / 2, memory);
    check_ranges(ranges, runs, n_runs / 2);
    g_clear_pointer(&ranges, g_array_unref);
    ranges = policy_detect_find_next(runs, n_runs, memory);
    check_ranges(ranges, runs, n_runs);
    for (unsigned i = 0; i < n_runs; i++)
        g_free((char *)runs[i].text);
    return 0;
}
