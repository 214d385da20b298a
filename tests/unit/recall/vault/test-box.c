/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/box.h"

#include <openssl/evp.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Test case 16 of McGrew and Viega's specification of GCM. */
static const uint8_t gcm_key[] = {0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c, 0x6d, 0x6a, 0x8f,
                                  0x94, 0x67, 0x30, 0x83, 0x08, 0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65,
                                  0x73, 0x1c, 0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08};
static const uint8_t gcm_nonce[] = {0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce,
                                    0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88};
static const uint8_t gcm_about[] = {0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed,
                                    0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2};
static const uint8_t gcm_plain[] = {
    0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5, 0xa5, 0x59, 0x09, 0xc5, 0xaf, 0xf5, 0x26,
    0x9a, 0x86, 0xa7, 0xa9, 0x53, 0x15, 0x34, 0xf7, 0xda, 0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31,
    0x8a, 0x72, 0x1c, 0x3c, 0x0c, 0x95, 0x95, 0x68, 0x09, 0x53, 0x2f, 0xcf, 0x0e, 0x24, 0x49,
    0xa6, 0xb5, 0x25, 0xb1, 0x6a, 0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57, 0xba, 0x63, 0x7b, 0x39};
static const uint8_t gcm_tag[] = {0x76, 0xfc, 0x6e, 0xce, 0x0f, 0x4e, 0x17, 0x68,
                                  0xcd, 0xdf, 0x88, 0x53, 0xbb, 0x2d, 0x55, 0x1b};

static void
test_known_answer(void **state)
{
    g_autoptr(RecallBox) box = recall_box_new(gcm_key, NULL);
    uint8_t sealed[sizeof gcm_plain];
    uint8_t opened[sizeof gcm_plain];
    uint8_t tag[RECALL_BOX_TAG_BYTES];

    assert_true(recall_box_seal(box, gcm_nonce, gcm_about, sizeof gcm_about, gcm_plain,
                                sizeof gcm_plain, sealed, tag));
    assert_memory_equal(tag, gcm_tag, sizeof tag);
    assert_int_equal(sealed[0], 0x52);
    assert_true(recall_box_open(box, gcm_nonce, gcm_about, sizeof gcm_about, sealed, sizeof sealed,
                                tag, opened));
    assert_memory_equal(opened, gcm_plain, sizeof opened);
}

/* Any bit of it, of what it is about, of nonce and tag. */
static void
test_changed(void **state)
{
    g_autoptr(RecallBox) box = recall_box_new(gcm_key, NULL);
    uint8_t all[sizeof gcm_plain + sizeof gcm_about + sizeof gcm_nonce + sizeof gcm_tag];
    uint8_t *about = all + sizeof gcm_plain;
    uint8_t *nonce = about + sizeof gcm_about;
    uint8_t *tag = nonce + sizeof gcm_nonce;
    uint8_t opened[sizeof gcm_plain];
    const uint8_t zeros[sizeof gcm_plain] = {0};

    memcpy(about, gcm_about, sizeof gcm_about);
    memcpy(nonce, gcm_nonce, sizeof gcm_nonce);
    assert_true(recall_box_seal(box, nonce, about, sizeof gcm_about, gcm_plain, sizeof gcm_plain,
                                all, tag));
    for (unsigned bit = 0; bit < sizeof all * 8; bit++) {
        all[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(recall_box_open(box, nonce, about, sizeof gcm_about, all, sizeof gcm_plain,
                                     tag, opened));
        assert_memory_equal(opened, zeros, sizeof opened);
        all[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(
        recall_box_open(box, nonce, about, sizeof gcm_about, all, sizeof gcm_plain, tag, opened));
}

/* OpenSSL expands the key; that is kept where keys are kept. */
static void
test_expanded_key_is_hidden(void **state)
{
    void *first;
    void *second;

    recall_box_begin_secret();
    first = OPENSSL_malloc(200);
    second = OPENSSL_realloc(OPENSSL_malloc(10), 300);
    recall_box_end_secret();
    assert_true(recall_secret_owns(first));
    assert_true(recall_secret_owns(second));
    OPENSSL_free(first);
    OPENSSL_free(second);
    first = OPENSSL_malloc(200);
    assert_false(recall_secret_owns(first));
    OPENSSL_free(first);
}

static void
test_draw(void **state)
{
    uint8_t a[256] = {0};
    uint8_t b[256] = {0};

    recall_box_draw(a, sizeof a);
    recall_box_draw(b, sizeof b);
    assert_memory_not_equal(a, b, 16);
    assert_memory_not_equal(a + 240, b + 240, 16);
}

typedef uint8_t Nonce[RECALL_BOX_NONCE_BYTES];

#define N_NONCES 50 /* and the store has some left after each so many */

static void
draw(Nonce *out)
{
    for (unsigned i = 0; i < N_NONCES; i++)
        recall_box_draw_nonce(out[i]);
}

static void *
draw_in_thread(void *nonces)
{
    draw(nonces);
    return NULL;
}

/* No two, in one thread, in another one, or in a process that was forked. */
static void
test_nonces(void **state)
{
    Nonce all[4 * N_NONCES];
    int ends[2];
    pid_t child;

    draw(all);
    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        draw(all);
        _exit(write(ends[1], all, N_NONCES * sizeof *all) == N_NONCES * sizeof *all ? 0 : 1);
    }
    draw(all + N_NONCES);
    g_thread_join(g_thread_new("draw", draw_in_thread, all + 2 * N_NONCES));
    assert_int_equal(read(ends[0], all + 3 * N_NONCES, N_NONCES * sizeof *all),
                     N_NONCES * sizeof *all);
    waitpid(child, NULL, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        for (unsigned j = 0; j < i; j++)
            assert_memory_not_equal(all[i], all[j], sizeof *all);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expanded_key_is_hidden), /* first: nobody used OpenSSL yet */
        cmocka_unit_test(test_known_answer),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_draw),
        cmocka_unit_test(test_nonces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
