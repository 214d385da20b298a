/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/tails.h"

#include "policies/detect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SECOND_US ((int64_t)G_USEC_PER_SEC)

static RecallRun *
make_run(const char *text, int line)
{
    BaseRect box = {10, 10 + 20 * line, 10 * (int)strlen(text), 16};

    return recall_run_new(g_strdup(text), &box, PROTOCOL_SOURCE_OCR);
}

/* A view of one line, with a secret from @start to @end when there is one. */
static void
note(RecallTails *tails,
     const char *text,
     uint32_t start,
     uint32_t end,
     gboolean is_beginning,
     int64_t now_us)
{
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    g_autoptr(GArray) secrets = g_array_new(FALSE, FALSE, sizeof(PolicySecretRange));
    PolicySecretRange secret = {0, start, end, POLICY_SECRET_TOKEN, is_beginning};

    if (text != NULL)
        g_ptr_array_add(runs, make_run(text, 0));
    if (end > start)
        g_array_append_val(secrets, secret);
    recall_tails_note(tails, runs, secrets, now_us);
}

static int
find(RecallTails *tails, const char *text, int line, gboolean is_typed)
{
    g_autoptr(RecallRun) run = make_run(text, line);
    uint32_t start = 0;

    return recall_tails_find(tails, run, is_typed, &start) ? (int)start : -1;
}

static void
finds_rest_in_same_place(void **state)
{
    static const struct {
        const char *before;
        uint32_t start;
        gboolean is_beginning;
        const char *text;
        int found; /* where it begins, or -1 */
    } examples[] = {
        {"sk_live_39", 0, TRUE, "qawx0xaeTdB9", 0},
        {"sk_live_39", 0, TRUE, "Q qawx0xaeTdB9", 0},
        {"Password: Lollipop", 10, FALSE, "Lollipop", 0},
        {"411111", 0, TRUE, "305119506960458", 0},
        {"pay 4111111111111111", 4, FALSE, "pay 411111111111111", 4},
        {"pay 4111111111111111", 4, FALSE, "pay by cash", -1},
        {"4711 08", 0, TRUE, "4711 0815 is on its way", -1},
        {"sk_live_39", 0, TRUE, "wombat", -1},
        {"sk_live_39", 0, TRUE, "flight 12 to 4711", -1},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(examples); i++) {
        g_autoptr(RecallTails) tails = recall_tails_new();
        const char *before = examples[i].before;

        note(tails, before, examples[i].start, strlen(before), examples[i].is_beginning, 0);
        if (find(tails, examples[i].text, 0, TRUE) != examples[i].found)
            fail_msg("%s: %s", before, examples[i].text);
        assert_int_equal(find(tails, examples[i].text, 0, FALSE), -1);
        assert_int_equal(find(tails, examples[i].text, 2, TRUE), -1);
    }
}

static void
finds_what_rests(void **state)
{
    g_autoptr(RecallTails) tails = recall_tails_new();

    note(tails, "qawx0xaeTdB9", 0, 12, FALSE, 0);
    assert_int_equal(find(tails, "qawx0xaeTdB9", 0, FALSE), 0);
    note(tails, "qawx0xaeTdB9", 0, 12, FALSE, RECALL_TAILS_GONE_US);
    assert_int_equal(find(tails, "qawx0xaeTdB9", 0, FALSE), 0);
}

static void
notes_only_open_ends(void **state)
{
    g_autoptr(RecallTails) tails = recall_tails_new();

    note(tails, "use sk_live_39 for it", 4, 14, FALSE, 0);
    assert_int_equal(find(tails, "qawx0xaeTdB9", 0, TRUE), -1);
    note(tails, "use sk_live_39 |", 4, 14, FALSE, 0);
    assert_int_equal(find(tails, "qawx0xaeTdB9", 0, TRUE), 0);
}

static void
forgets_places(void **state)
{
    g_autoptr(RecallTails) tails = recall_tails_new();

    note(tails, "sk_live_39", 0, 10, TRUE, 0);
    note(tails, NULL, 0, 0, FALSE, RECALL_TAILS_GONE_US - 1);
    assert_int_equal(find(tails, "qawx0xaeTdB9", 0, TRUE), 0);
    note(tails, NULL, 0, 0, FALSE, RECALL_TAILS_GONE_US);
    assert_int_equal(find(tails, "qawx0xaeTdB9", 0, TRUE), -1);
    note(tails, "sk_live_39", 0, 10, TRUE, 0);
    note(tails, "wombat", 0, 0, FALSE, SECOND_US);
    assert_int_equal(find(tails, "qawx0xaeTdB9", 0, TRUE), -1);
}

/* The last of them is at RECALL_TAILS_N_MAX - 1. */
static void
keeps_bounds(void **state)
{
    g_autoptr(RecallTails) tails = recall_tails_new();
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    g_autoptr(GArray) secrets = g_array_new(FALSE, FALSE, sizeof(PolicySecretRange));

    for (unsigned i = 0; i <= RECALL_TAILS_N_MAX; i++) {
        PolicySecretRange secret = {i, 0, 10, POLICY_SECRET_TOKEN, TRUE};

        g_ptr_array_add(runs, make_run("sk_live_39", (int)i));
        g_array_append_val(secrets, secret);
    }
    recall_tails_note(tails, runs, secrets, 0);
    assert_int_equal(find(tails, "qawx0xaeTdB9", RECALL_TAILS_N_MAX - 1, TRUE), 0);
    assert_int_equal(find(tails, "qawx0xaeTdB9", RECALL_TAILS_N_MAX, TRUE), -1);
    recall_tails_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_rest_in_same_place),
        cmocka_unit_test(finds_what_rests),
        cmocka_unit_test(notes_only_open_ends),
        cmocka_unit_test(forgets_places),
        cmocka_unit_test(keeps_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
