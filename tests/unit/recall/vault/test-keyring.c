/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/keyring.h"

#include "recall/vault/keyring-file.h"
#include "recall/vault/mutant.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define WEEK 2967

static const char *const copies[] = {"keyring", "keyring.copy"};

typedef struct {
    char *folder;
} Fixture;

/* A segment's key as a test remembers it. */
typedef struct {
    uint8_t id[RECALL_SEGMENT_ID_BYTES];
    uint8_t key[RECALL_KEY_BYTES];
} Known;

static int
set_up(void **state)
{
    Fixture *self = g_new0(Fixture, 1);

    self->folder = g_dir_make_tmp("deskhand-keyring-XXXXXX", NULL);
    *state = self;
    return self->folder != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
    Fixture *self = *state;
    g_autoptr(GDir) dir = g_dir_open(self->folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(self->folder, name, NULL);

        g_unlink(path);
    }
    g_rmdir(self->folder);
    g_free(self->folder);
    g_free(self);
    return 0;
}

static RecallKeyring *
open_keyring(void **state)
{
    const Fixture *self = *state;
    g_autoptr(GError) error = NULL;
    RecallKeyring *keyring = recall_keyring_open(self->folder, &error);

    if (keyring == NULL)
        fail_msg("%s", error->message);
    return keyring;
}

static Known
add(RecallKeyring *keyring, int week)
{
    Known known;
    g_autoptr(RecallKey) key = recall_key_new();

    assert_true(recall_keyring_add(keyring, week, known.id, key, NULL));
    memcpy(known.key, key, RECALL_KEY_BYTES);
    return known;
}

static gboolean
has(RecallKeyring *keyring, int week, unsigned age, const Known *known)
{
    uint8_t id[RECALL_SEGMENT_ID_BYTES];
    g_autoptr(RecallKey) key = recall_key_new();

    return recall_keyring_get(keyring, week, age, id, key, NULL) &&
           memcmp(id, known->id, sizeof id) == 0 && memcmp(key, known->key, RECALL_KEY_BYTES) == 0;
}

static gboolean
fails_with(RecallKeyring *keyring, int week, RecallKeyringError code)
{
    uint8_t id[RECALL_SEGMENT_ID_BYTES];
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(GError) error = NULL;

    return !recall_keyring_get(keyring, week, 0, id, key, &error) &&
           g_error_matches(error, RECALL_KEYRING_ERROR, (int)code);
}

static void
set_passphrase(RecallKeyring *keyring, const char *passphrase)
{
    g_autoptr(GError) error = NULL;

    if (!recall_keyring_set_type(keyring, &recall_root_key_passphrase, passphrase, &error))
        fail_msg("%s", error->message);
}

/* Every file in the folder, one after the other. */
static GByteArray *
read_all_files(void **state)
{
    const Fixture *self = *state;
    g_autoptr(GDir) dir = g_dir_open(self->folder, 0, NULL);
    GByteArray *all = g_byte_array_new();
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(self->folder, name, NULL);
        g_autofree char *text = NULL;
        struct stat about;
        size_t n_bytes;

        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 0777, 0600);
        assert_true(g_file_get_contents(path, &text, &n_bytes, NULL));
        g_byte_array_append(all, (uint8_t *)text, (unsigned)n_bytes);
    }
    return all;
}

static gboolean
is_on_disk(void **state, const Known *known)
{
    g_autoptr(GByteArray) all = read_all_files(state);

    return memmem(all->data, all->len, known->key, RECALL_KEY_BYTES) != NULL;
}

/* Who set nothing up is not asked. */
static void
test_key_file(void **state)
{
    RecallKeyring *keyring = open_keyring(state);
    Known first = add(keyring, WEEK);
    Known second = add(keyring, WEEK + 1);

    assert_false(recall_keyring_is_locked(keyring));
    recall_keyring_lock(keyring);
    assert_false(recall_keyring_is_locked(keyring));
    assert_true(has(keyring, WEEK, 0, &first));
    recall_keyring_close(keyring);
    assert_false(is_on_disk(state, &first));
    assert_true(is_on_disk(state, &second)); /* in hand */

    keyring = open_keyring(state);
    assert_true(has(keyring, WEEK, 0, &first));
    assert_true(has(keyring, WEEK + 1, 0, &second));
    assert_true(fails_with(keyring, WEEK + 2, RECALL_KEYRING_ERROR_NO_KEY));
    recall_keyring_close(keyring);
}

static void
test_ages(void **state)
{
    g_autoptr(RecallKeyring) keyring = open_keyring(state);
    Known old = add(keyring, WEEK);
    Known new = add(keyring, WEEK);

    assert_true(has(keyring, WEEK, 0, &new));
    assert_true(has(keyring, WEEK, 1, &old));
    assert_false(has(keyring, WEEK, 2, &old));
    assert_true(recall_keyring_drop(keyring, old.id, NULL));
    assert_true(has(keyring, WEEK, 0, &new));
    assert_false(has(keyring, WEEK, 1, &old));
}

static void
test_delete(void **state)
{
    const Fixture *self = *state;
    g_autoptr(RecallKeyring) keyring = open_keyring(state);
    g_autofree char *path = g_build_filename(self->folder, "keyring", NULL);
    g_autofree char *old_file = NULL;
    size_t n_bytes;
    Known second;

    add(keyring, WEEK);
    second = add(keyring, WEEK + 1);
    assert_true(g_file_get_contents(path, &old_file, &n_bytes, NULL));
    assert_true(recall_keyring_delete(keyring, WEEK, NULL));
    assert_true(recall_keyring_delete(keyring, WEEK, NULL));
    assert_true(fails_with(keyring, WEEK, RECALL_KEYRING_ERROR_NO_KEY));
    assert_true(has(keyring, WEEK + 1, 0, &second));
    g_clear_pointer(&keyring, recall_keyring_close);

    /* An old copy of the file has the wrap, but its root key is nowhere any more. */
    assert_true(g_file_set_contents_full(path, old_file, (gssize)n_bytes, G_FILE_SET_CONTENTS_NONE,
                                         0600, NULL));
    keyring = open_keyring(state);
    assert_true(recall_keyring_is_locked(keyring));
    assert_true(fails_with(keyring, WEEK, RECALL_KEYRING_ERROR_LOCKED));
}

static void
test_locked(void **state)
{
    RecallKeyring *keyring = open_keyring(state);
    Known old = add(keyring, WEEK);
    Known newest = add(keyring, WEEK + 1);
    Known made_locked;

    set_passphrase(keyring, "correct horse");
    recall_keyring_close(keyring);
    keyring = open_keyring(state);
    assert_true(recall_keyring_is_locked(keyring));
    assert_true(fails_with(keyring, WEEK, RECALL_KEYRING_ERROR_LOCKED));
    assert_true(has(keyring, WEEK + 1, 0, &newest)); /* in hand: recording goes on */

    made_locked = add(keyring, WEEK + 2);
    assert_true(has(keyring, WEEK + 2, 0, &made_locked));
    assert_true(fails_with(keyring, WEEK + 1, RECALL_KEYRING_ERROR_LOCKED));
    assert_false(is_on_disk(state, &newest));
    recall_keyring_close(keyring);
    keyring = open_keyring(state);
    assert_true(has(keyring, WEEK + 2, 0, &made_locked));

    assert_true(recall_keyring_unlock(keyring, "correct horse", NULL));
    assert_true(has(keyring, WEEK, 0, &old));
    assert_true(has(keyring, WEEK + 1, 0, &newest));
    assert_true(has(keyring, WEEK + 2, 0, &made_locked));
    recall_keyring_lock(keyring);
    assert_true(fails_with(keyring, WEEK, RECALL_KEYRING_ERROR_LOCKED));
    assert_true(has(keyring, WEEK + 2, 0, &made_locked));
    recall_keyring_close(keyring);
}

static void
test_delete_while_locked(void **state)
{
    g_autoptr(RecallKeyring) keyring = open_keyring(state);
    Known old = add(keyring, WEEK);
    Known newest = add(keyring, WEEK + 1);

    set_passphrase(keyring, "correct horse");
    recall_keyring_lock(keyring);
    assert_true(recall_keyring_delete(keyring, WEEK, NULL));
    assert_true(fails_with(keyring, WEEK, RECALL_KEYRING_ERROR_NO_KEY));
    assert_true(has(keyring, WEEK + 1, 0, &newest));
    assert_true(recall_keyring_delete(keyring, WEEK + 1, NULL));
    assert_false(is_on_disk(state, &newest));
    assert_true(recall_keyring_unlock(keyring, "correct horse", NULL));
    assert_false(has(keyring, WEEK, 0, &old));
}

/* Counted on the disk before it is tried, and slowed. */
static void
test_wrong_passphrases(void **state)
{
    RecallKeyring *keyring = open_keyring(state);
    g_autoptr(GError) error = NULL;

    add(keyring, WEEK);
    set_passphrase(keyring, "right");
    recall_keyring_close(keyring);
    keyring = open_keyring(state);
    for (unsigned i = 1; i <= RECALL_KEYRING_N_TRIES_FREE; i++) {
        g_clear_error(&error);
        assert_false(recall_keyring_unlock(keyring, "wrong", &error));
        assert_true(
            g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_WRONG_SECRET));
        assert_int_equal(recall_keyring_get_n_wrong(keyring), i);
    }
    g_clear_error(&error);
    assert_false(recall_keyring_unlock(keyring, "right", &error));
    assert_true(g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_TOO_SOON));
    recall_keyring_close(keyring);

    /* Nor does starting again help. */
    keyring = open_keyring(state);
    assert_int_equal(recall_keyring_get_n_wrong(keyring), RECALL_KEYRING_N_TRIES_FREE);
    g_clear_error(&error);
    assert_false(recall_keyring_unlock(keyring, "right", &error));
    assert_true(g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_TOO_SOON));
    while (g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_TOO_SOON)) {
        g_clear_error(&error);
        g_usleep(100000);
        recall_keyring_unlock(keyring, "right", &error);
    }
    assert_null(error);
    assert_false(recall_keyring_is_locked(keyring));
    assert_int_equal(recall_keyring_get_n_wrong(keyring), 0);
    recall_keyring_close(keyring);
}

/* As docs/LIMITS.md tells it. */
static void
test_waits(void **state)
{
    static const int64_t waits_s[] = {0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300};

    for (unsigned i = 0; i < G_N_ELEMENTS(waits_s); i++)
        assert_int_equal(recall_keyring_wait_s(i), waits_s[i]);
    assert_int_equal(recall_keyring_wait_s(G_MAXUINT), RECALL_KEYRING_WAIT_MAX_S);
}

static void
test_change_of_back_end(void **state)
{
    const Fixture *self = *state;
    RecallKeyring *keyring = open_keyring(state);
    Known known = add(keyring, WEEK);

    set_passphrase(keyring, "one");
    set_passphrase(keyring, "two");
    recall_keyring_close(keyring);
    keyring = open_keyring(state);
    assert_false(recall_keyring_unlock(keyring, "one", NULL));
    assert_true(recall_keyring_unlock(keyring, "two", NULL));
    assert_true(has(keyring, WEEK, 0, &known));
    assert_true(recall_keyring_set_type(keyring, &recall_root_key_file, NULL, NULL));
    recall_keyring_close(keyring);
    keyring = open_keyring(state);
    assert_false(recall_keyring_is_locked(keyring));
    assert_true(has(keyring, WEEK, 0, &known));
    recall_keyring_lock(keyring);
    recall_keyring_close(keyring);

    g_autoptr(GDir) dir = g_dir_open(self->folder, 0, NULL);
    unsigned n_files = 0;
    while (g_dir_read_name(dir) != NULL)
        n_files++;
    assert_int_equal(n_files, 5); /* keyring, key, copies of both, open.key, nothing of before */
}

static void
test_needs_unlock_to_change(void **state)
{
    g_autoptr(RecallKeyring) keyring = open_keyring(state);
    g_autoptr(GError) error = NULL;

    set_passphrase(keyring, "one");
    recall_keyring_lock(keyring);
    assert_false(recall_keyring_set_type(keyring, &recall_root_key_file, NULL, &error));
    assert_true(g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_LOCKED));
    assert_null(recall_keyring_make_recovery(keyring, NULL));
}

static void
test_recovery(void **state)
{
    RecallKeyring *keyring = open_keyring(state);
    Known known = add(keyring, WEEK);
    char *old_text = recall_keyring_make_recovery(keyring, NULL);
    char *text = recall_keyring_make_recovery(keyring, NULL);
    g_autofree char *lower = g_ascii_strdown(text, -1);
    Known made_locked;

    set_passphrase(keyring, "forgotten");
    recall_keyring_delete(keyring, WEEK - 1, NULL);
    recall_keyring_close(keyring);
    keyring = open_keyring(state);
    made_locked = add(keyring, WEEK + 1);
    assert_false(recall_keyring_recover(keyring, old_text, NULL));
    assert_false(recall_keyring_recover(keyring, "", NULL));
    assert_true(recall_keyring_recover(keyring, lower, NULL));
    assert_true(has(keyring, WEEK, 0, &known));
    assert_true(has(keyring, WEEK + 1, 0, &made_locked));
    set_passphrase(keyring, "new");
    recall_keyring_close(keyring);
    keyring = open_keyring(state);
    assert_true(recall_keyring_unlock(keyring, "new", NULL));
    assert_true(has(keyring, WEEK, 0, &known));
    recall_keyring_lock(keyring);
    assert_true(recall_keyring_recover(keyring, text, NULL)); /* still the same one */
    recall_keyring_close(keyring);
    recall_secret_free_text(old_text);
    recall_secret_free_text(text);
}

static void
test_lease(void **state)
{
    RecallKeyring *keyring = open_keyring(state);
    Known known = add(keyring, WEEK);
    uint8_t nobody[RECALL_SEGMENT_ID_BYTES] = {0};
    g_autoptr(GError) error = NULL;

    assert_true(recall_keyring_lease(keyring, known.id, 1000, NULL));
    assert_true(recall_keyring_lease(keyring, known.id, 1000, NULL));
    recall_keyring_close(keyring);
    keyring = open_keyring(state);
    assert_int_equal(recall_keyring_get_n_seals(keyring, WEEK), 2000);
    assert_true(
        recall_keyring_lease(keyring, known.id, RECALL_PAGE_CODEC_N_SEALS_MAX - 2000, NULL));
    assert_false(recall_keyring_lease(keyring, known.id, 1, &error));
    assert_true(g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_WORN));
    assert_false(recall_keyring_lease(keyring, known.id, G_MAXUINT64, NULL));
    assert_false(recall_keyring_lease(keyring, nobody, 1, NULL));
    recall_keyring_close(keyring);
}

static char *
read_file(void **state, const char *name, size_t *out_n_bytes)
{
    g_autofree char *path = g_build_filename(((Fixture *)*state)->folder, name, NULL);
    char *data = NULL;

    assert_true(g_file_get_contents(path, &data, out_n_bytes, NULL));
    return data;
}

static void
put_file(void **state, const char *name, const char *data, size_t n_bytes)
{
    g_autofree char *path = g_build_filename(((Fixture *)*state)->folder, name, NULL);

    g_unlink(path); /* which GLib would not cut short */
    assert_true(g_file_set_contents_full(path, data, (gssize)n_bytes, G_FILE_SET_CONTENTS_NONE,
                                         0600, NULL));
}

static void
assert_same(void **state, const char *data, size_t n_bytes)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(copies); i++) {
        size_t n = 0;
        g_autofree char *there = read_file(state, copies[i], &n);

        assert_int_equal(n, n_bytes);
        assert_memory_equal(there, data, n);
    }
}

/* Each byte of one of the two, changed: the other one is used, and the first is right afterwards.
 */
static void
test_one_damaged(void **state)
{
    RecallKeyring *keyring = open_keyring(state);
    Known known = add(keyring, WEEK);
    g_autofree char *data = NULL;
    size_t n_bytes;

    assert_int_equal(recall_keyring_get_copies(keyring), RECALL_KEYRING_COPIES_WELL);
    recall_keyring_close(keyring);
    data = read_file(state, copies[0], &n_bytes);
    assert_same(state, data, n_bytes);
    for (size_t i = 0; i < 2 * n_bytes; i++) {
        data[i / 2] ^= 0x10;
        put_file(state, copies[i % 2], data, n_bytes);
        data[i / 2] ^= 0x10;
        keyring = open_keyring(state);
        assert_true(has(keyring, WEEK, 0, &known));
        assert_int_equal(recall_keyring_get_copies(keyring), RECALL_KEYRING_COPIES_MENDED);
        assert_same(state, data, n_bytes);
        recall_keyring_close(keyring);
    }
}

static void
test_both_damaged(void **state)
{
    const Fixture *self = *state;
    RecallKeyring *keyring = open_keyring(state);
    g_autofree char *data = NULL;
    size_t n_bytes;

    add(keyring, WEEK);
    recall_keyring_close(keyring);
    data = read_file(state, copies[0], &n_bytes);
    for (size_t i = 0; i < n_bytes; i++) {
        g_autoptr(GError) error = NULL;

        data[i] ^= 0x10;
        put_file(state, copies[0], data, n_bytes);
        put_file(state, copies[1], data, n_bytes);
        assert_null(recall_keyring_open(self->folder, &error));
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
        data[i] ^= 0x10;
    }
}

/* The power goes between the two: what was deleted from the first leaves the second, too, before
 * anything else is done; and what was added is in both. */
static void
test_power_between(void **state)
{
    RecallKeyring *keyring = open_keyring(state);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    size_t n_before;
    size_t n_after;

    add(keyring, WEEK);
    add(keyring, WEEK + 1);
    before = read_file(state, copies[0], &n_before);
    assert_true(recall_keyring_delete(keyring, WEEK, NULL));
    recall_keyring_close(keyring);
    after = read_file(state, copies[0], &n_after);
    put_file(state, copies[1], before, n_before);
    keyring = open_keyring(state);
    assert_int_equal(recall_keyring_get_copies(keyring), RECALL_KEYRING_COPIES_WELL);
    assert_same(state, after, n_after);
    assert_true(fails_with(keyring, WEEK, RECALL_KEYRING_ERROR_NO_KEY));
    recall_keyring_close(keyring);
}

/* A folder of a release before has one only; one that is gone is another matter. */
static void
test_missing(void **state)
{
    const Fixture *self = *state;
    RecallKeyring *keyring = open_keyring(state);
    Known known = add(keyring, WEEK);
    size_t n_bytes;
    g_autofree char *data = read_file(state, copies[0], &n_bytes);

    recall_keyring_close(keyring);
    for (unsigned i = G_N_ELEMENTS(copies); i > 0; i--) {
        g_autofree char *path = g_build_filename(self->folder, copies[i - 1], NULL);

        assert_int_equal(g_unlink(path), 0);
        keyring = open_keyring(state);
        assert_true(has(keyring, WEEK, 0, &known));
        assert_int_equal(recall_keyring_get_copies(keyring),
                         i == 1 ? RECALL_KEYRING_COPIES_MENDED : RECALL_KEYRING_COPIES_WELL);
        assert_same(state, data, n_bytes);
        recall_keyring_close(keyring);
    }
}

/* The second one cannot be written: it goes, so that no deleted key stays in it. */
static void
test_single(void **state)
{
    const Fixture *self = *state;
    g_autofree char *second = g_build_filename(self->folder, copies[1], NULL);
    g_autofree char *in_the_way = g_strconcat(second, ".new", NULL);
    g_autoptr(RecallKeyring) keyring = open_keyring(state);

    add(keyring, WEEK);
    assert_int_equal(g_mkdir(in_the_way, 0700), 0);
    assert_true(recall_keyring_delete(keyring, WEEK, NULL));
    assert_int_equal(recall_keyring_get_copies(keyring), RECALL_KEYRING_COPIES_SINGLE);
    assert_false(g_file_test(second, G_FILE_TEST_EXISTS));
    assert_int_equal(g_rmdir(in_the_way), 0);
    add(keyring, WEEK);
    assert_int_equal(recall_keyring_get_copies(keyring), RECALL_KEYRING_COPIES_WELL);
    assert_true(g_file_test(second, G_FILE_TEST_EXISTS));
}

/* Name of the key's file. */
static char *
find_key_file(void **state)
{
    const Fixture *self = *state;
    g_autoptr(GDir) dir = g_dir_open(self->folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        if (g_str_has_prefix(name, "root-") && g_str_has_suffix(name, ".key"))
            return g_strdup(name);
    }
    return NULL;
}

static void
assert_mended(void **state, const Known *known, RecallKeyringCopiesState copies_state)
{
    RecallKeyring *keyring = open_keyring(state);

    assert_false(recall_keyring_is_locked(keyring));
    assert_string_equal(recall_keyring_get_away_why(keyring), "");
    assert_true(has(keyring, WEEK, 0, known));
    assert_int_equal(recall_keyring_get_copies(keyring), copies_state);
    recall_keyring_close(keyring);
}

static void
test_key_file_one_damaged(void **state)
{
    RecallKeyring *keyring = open_keyring(state);
    Known known = add(keyring, WEEK);
    g_autofree char *name = find_key_file(state);
    g_autofree char *copy_name = g_strconcat(name, ".copy", NULL);
    const char *names[] = {name, copy_name};
    g_autofree char *data = NULL;
    size_t n_bytes;

    recall_keyring_close(keyring);
    data = read_file(state, name, &n_bytes);
    for (size_t i = 0; i < 4 * n_bytes; i++) {
        g_autofree char *path = g_build_filename(((Fixture *)*state)->folder, names[i % 2], NULL);
        g_autofree char *there = NULL;
        size_t n_there;

        data[i / 4] ^= 0x10;
        put_file(state, names[i % 2], data, i % 4 < 2 ? n_bytes : MIN(i / 4, RECALL_KEY_BYTES - 1));
        data[i / 4] ^= 0x10;
        assert_mended(state, &known, RECALL_KEYRING_COPIES_MENDED);
        assert_int_equal(g_unlink(path), 0);
        assert_mended(state, &known, RECALL_KEYRING_COPIES_MENDED);
        there = read_file(state, names[i % 2], &n_there);
        assert_int_equal(n_there, n_bytes);
        assert_memory_equal(there, data, n_bytes);
    }
}

/* Releases before wrote one file with the key alone. */
static void
test_key_file_of_before(void **state)
{
    RecallKeyring *keyring = open_keyring(state);
    Known known = add(keyring, WEEK);
    g_autofree char *name = find_key_file(state);
    g_autofree char *path = g_build_filename(((Fixture *)*state)->folder, name, NULL);
    g_autofree char *copy_path = g_strconcat(path, ".copy", NULL);
    g_autofree char *data = NULL;
    size_t n_bytes;

    recall_keyring_close(keyring);
    data = read_file(state, name, &n_bytes);
    put_file(state, name, data, RECALL_KEY_BYTES);
    assert_int_equal(g_unlink(copy_path), 0);
    assert_mended(state, &known, RECALL_KEYRING_COPIES_WELL);
    assert_int_equal(g_unlink(path), 0);
    assert_mended(state, &known, RECALL_KEYRING_COPIES_MENDED);
    recall_keyring_close(open_keyring(state));
}

static char *
damage_key_file(void **state)
{
    char *name = find_key_file(state);
    g_autofree char *copy_name = g_strconcat(name, ".copy", NULL);
    size_t n_bytes;
    g_autofree char *data = read_file(state, name, &n_bytes);

    data[3] ^= 0x10;
    put_file(state, name, data, n_bytes);
    put_file(state, copy_name, data, n_bytes);
    return name;
}

/* Recording goes on, the recovery key opens all of it, and then there is another key file. */
static void
test_key_file_lost(void **state)
{
    RecallKeyring *keyring = open_keyring(state);
    Known first = add(keyring, WEEK);
    Known second = add(keyring, WEEK + 1);
    char *text = recall_keyring_make_recovery(keyring, NULL);
    g_autofree char *lost = NULL;
    g_autofree char *name = NULL;
    Known third;

    recall_keyring_close(keyring);
    lost = damage_key_file(state);
    keyring = open_keyring(state);
    assert_true(recall_keyring_is_locked(keyring));
    assert_non_null(strstr(recall_keyring_get_away_why(keyring), lost));
    assert_true(fails_with(keyring, WEEK, RECALL_KEYRING_ERROR_LOCKED));
    assert_true(has(keyring, WEEK + 1, 0, &second));
    third = add(keyring, WEEK + 2);
    assert_true(recall_keyring_recover(keyring, text, NULL));
    assert_true(has(keyring, WEEK, 0, &first));
    recall_keyring_close(keyring);
    name = find_key_file(state);
    assert_string_not_equal(name, lost);
    assert_mended(state, &first, RECALL_KEYRING_COPIES_WELL);
    keyring = open_keyring(state);
    assert_true(has(keyring, WEEK + 1, 0, &second));
    assert_true(has(keyring, WEEK + 2, 0, &third));
    recall_keyring_close(keyring);
    recall_secret_free_text(text);
}

/* A key that is changed leaves neither of its files behind. */
static void
test_key_file_changed(void **state)
{
    RecallKeyring *keyring = open_keyring(state);
    g_autofree char *name = find_key_file(state);
    g_autofree char *path = g_build_filename(((Fixture *)*state)->folder, name, NULL);
    g_autofree char *copy_path = g_strconcat(path, ".copy", NULL);

    assert_true(g_file_test(copy_path, G_FILE_TEST_EXISTS));
    add(keyring, WEEK);
    assert_true(recall_keyring_delete(keyring, WEEK, NULL)); /* makes the root anew */
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    assert_false(g_file_test(copy_path, G_FILE_TEST_EXISTS));
    recall_keyring_close(keyring);
}

/* Each byte of the key in hand: nothing else than its week depends on it, and that only while
 * locked. */
static void
test_open_key_damaged(void **state)
{
    RecallKeyring *keyring = open_keyring(state);
    Known known = add(keyring, WEEK);
    g_autofree char *data = NULL;
    size_t n_bytes;

    recall_keyring_close(keyring);
    data = read_file(state, "open.key", &n_bytes);
    for (size_t i = 0; i < n_bytes; i++) {
        data[i] ^= 0x10;
        put_file(state, "open.key", data, n_bytes);
        data[i] ^= 0x10;
        assert_mended(state, &known, RECALL_KEYRING_COPIES_WELL);
        keyring = open_keyring(state);
        assert_true(recall_keyring_hold(keyring, WEEK, NULL));
        recall_keyring_close(keyring);
        assert_true(is_on_disk(state, &known));
    }
    keyring = open_keyring(state);
    set_passphrase(keyring, "locks");
    recall_keyring_close(keyring);
    data[20] ^= 0x10;
    put_file(state, "open.key", data, n_bytes);
    keyring = open_keyring(state);
    assert_true(fails_with(keyring, WEEK, RECALL_KEYRING_ERROR_LOCKED));
    recall_keyring_close(keyring);
}

/* A wrap moved to another segment opens nothing. */
static void
test_swapped_wraps(void **state)
{
    const Fixture *self = *state;
    g_autofree char *path = g_build_filename(self->folder, "keyring", NULL);
    RecallKeyring *keyring = open_keyring(state);
    g_autoptr(RecallKeyringFile) file = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GBytes) swapped = NULL;
    RecallKeyringEntry *a;
    RecallKeyringEntry *b;
    RecallKeyringEntry first;
    char *data;
    size_t n_bytes;

    add(keyring, WEEK);
    add(keyring, WEEK + 1);
    add(keyring, WEEK + 2); /* so that neither is in hand */
    recall_keyring_close(keyring);
    assert_true(g_file_get_contents(path, &data, &n_bytes, NULL));
    bytes = g_bytes_new_take(data, n_bytes);
    file = recall_keyring_file_parse(bytes, NULL);
    a = recall_keyring_file_find(file, WEEK);
    b = recall_keyring_file_find(file, WEEK + 1);
    first = *a;
    memcpy(a->wrap, b->wrap, sizeof a->wrap);
    memcpy(b->wrap, first.wrap, sizeof b->wrap);
    swapped = recall_keyring_file_pack(file);
    assert_true(g_file_set_contents_full(path, g_bytes_get_data(swapped, NULL),
                                         (gssize)g_bytes_get_size(swapped),
                                         G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    keyring = open_keyring(state);
    assert_true(fails_with(keyring, WEEK, RECALL_KEYRING_ERROR_DAMAGED));
    assert_true(fails_with(keyring, WEEK + 1, RECALL_KEYRING_ERROR_DAMAGED));
    recall_keyring_close(keyring);
}

/* Somebody puts a public half of theirs there, to be given the keys of what comes: the next unlock
 * refuses it. */
static void
test_foreign_public_half(void **state)
{
    const Fixture *self = *state;
    g_autofree char *path = g_build_filename(self->folder, "keyring", NULL);
    RecallKeyring *keyring = open_keyring(state);
    g_autoptr(RecallKeyringFile) file = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GBytes) changed = NULL;
    g_autoptr(GError) error = NULL;
    char *data;
    size_t n_bytes;

    set_passphrase(keyring, "one");
    recall_keyring_close(keyring);
    assert_true(g_file_get_contents(path, &data, &n_bytes, NULL));
    bytes = g_bytes_new_take(data, n_bytes);
    file = recall_keyring_file_parse(bytes, NULL);
    memset(file->public_half, 9, sizeof file->public_half);
    changed = recall_keyring_file_pack(file);
    assert_true(g_file_set_contents_full(path, g_bytes_get_data(changed, NULL),
                                         (gssize)g_bytes_get_size(changed),
                                         G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    keyring = open_keyring(state);
    assert_false(recall_keyring_unlock(keyring, "one", &error));
    assert_true(g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_DAMAGED));
    assert_true(recall_keyring_is_locked(keyring));
    recall_keyring_close(keyring);
}

static void
test_readable_for_others(void **state)
{
    const Fixture *self = *state;
    g_autofree char *path = g_build_filename(self->folder, "keyring", NULL);
    RecallKeyring *keyring = open_keyring(state);
    g_autoptr(GError) error = NULL;

    recall_keyring_close(keyring);
    assert_int_equal(g_chmod(path, 0640), 0);
    assert_null(recall_keyring_open(self->folder, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_key_file),
        TEST(test_ages),
        TEST(test_delete),
        TEST(test_locked),
        TEST(test_delete_while_locked),
        TEST(test_wrong_passphrases),
        cmocka_unit_test(test_waits),
        TEST(test_change_of_back_end),
        TEST(test_needs_unlock_to_change),
        TEST(test_recovery),
        TEST(test_lease),
        TEST(test_one_damaged),
        TEST(test_both_damaged),
        TEST(test_power_between),
        TEST(test_missing),
        TEST(test_single),
        TEST(test_key_file_one_damaged),
        TEST(test_key_file_of_before),
        TEST(test_key_file_lost),
        TEST(test_key_file_changed),
        TEST(test_open_key_damaged),
        TEST(test_swapped_wraps),
        TEST(test_foreign_public_half),
        TEST(test_readable_for_others),
    };

    recall_mutant = RECALL_MUTANT_WEAK_PASSPHRASE; /* test-root-key.c looks at the real one */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
