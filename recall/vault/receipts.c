/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/receipts.h"

#include "recall/vault/box.h"
#include "recall/vault/safe-file.h"

#include <string.h>

#define FILE_NAME "receipts"
/* Each: id of its intent, id of its key, sealed. */
#define FILE_TYPE "a(ayayay)"
/* Kind, when, scenes, from, until, weeks, damaged files, digest. */
#define RECEIPT_TYPE "(uxtxxuuay)"
#define ABOUT "deskhand receipt 1"
#define OVERHEAD_BYTES (RECALL_BOX_NONCE_BYTES + RECALL_BOX_TAG_BYTES)

static GVariant *
wrap(const void *data, size_t n_bytes)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, n_bytes, 1);
}

static char *
make_path(const char *folder)
{
    return g_build_filename(folder, FILE_NAME, NULL);
}

/* Returns: (transfer full): what the file holds; an empty list when there is none */
static GVariant *
load_file(const char *folder, GError **error)
{
    g_autofree char *path = make_path(folder);
    g_autoptr(GBytes) bytes = NULL;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return g_variant_ref_sink(g_variant_new_array(G_VARIANT_TYPE("(ayayay)"), NULL, 0));
    bytes = recall_safe_file_read(path, RECALL_RECEIPTS_MAX_BYTES, error);
    return bytes != NULL ? g_variant_ref_sink(
                               g_variant_new_from_bytes(G_VARIANT_TYPE(FILE_TYPE), bytes, FALSE))
                         : NULL;
}

/* --- one receipt --- */

static GBytes *
pack(const RecallReceipt *receipt)
{
    g_autoptr(GVariant) tuple = g_variant_ref_sink(
        g_variant_new("(uxtxxuu@ay)", receipt->kind, receipt->at_us, receipt->n_scenes,
                      receipt->from_us, receipt->until_us, receipt->n_weeks, receipt->n_damaged,
                      wrap(receipt->digest, sizeof receipt->digest)));

    return g_variant_get_data_as_bytes(tuple);
}

static gboolean
unpack(GBytes *bytes, RecallReceipt *out)
{
    g_autoptr(GVariant) tuple =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RECEIPT_TYPE), bytes, FALSE));
    g_autoptr(GVariant) digest = g_variant_get_child_value(tuple, 7);
    uint32_t kind = 0;

    g_variant_get(tuple, "(uxtxxuu@ay)", &kind, &out->at_us, &out->n_scenes, &out->from_us,
                  &out->until_us, &out->n_weeks, &out->n_damaged, NULL);
    out->kind = (RecallForgetKind)kind;
    if (g_variant_get_size(digest) != sizeof out->digest || kind >= RECALL_FORGET_N_KINDS)
        return FALSE;
    memcpy(out->digest, g_variant_get_data(digest), sizeof out->digest);
    return TRUE;
}

static GVariant *
seal(RecallBox *box, const uint8_t *key_id, const RecallIntent *intent, GBytes *plain)
{
    size_t n_bytes = g_bytes_get_size(plain);
    g_autofree uint8_t *sealed = g_malloc(n_bytes + OVERHEAD_BYTES);
    uint8_t *text = sealed + RECALL_BOX_NONCE_BYTES;

    recall_box_draw(sealed, RECALL_BOX_NONCE_BYTES);
    if (!recall_box_seal(box, sealed, ABOUT, strlen(ABOUT), g_bytes_get_data(plain, NULL), n_bytes,
                         text, text + n_bytes))
        return NULL;
    return g_variant_new("(@ay@ay@ay)", wrap(intent->id, sizeof intent->id),
                         wrap(key_id, RECALL_SEGMENT_ID_BYTES),
                         wrap(sealed, n_bytes + OVERHEAD_BYTES));
}

/* @out_key: the one of @age that has this id */
static gboolean
find_key(RecallKeyring *keyring, const uint8_t *id, RecallKey *out_key, GError **error)
{
    uint8_t other[RECALL_SEGMENT_ID_BYTES];

    for (unsigned age = 0; age < RECALL_KEYRING_N_ENTRIES_MAX; age++) {
        g_autoptr(GError) local_error = NULL;
        gboolean is_had = recall_keyring_get(keyring, RECALL_KEYRING_WEEK_NONE, age, other, out_key,
                                             &local_error);

        if (is_had && memcmp(other, id, sizeof other) == 0)
            return TRUE;
        if (g_error_matches(local_error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_NO_KEY)) {
            g_propagate_error(error, g_steal_pointer(&local_error));
            return FALSE;
        }
    }
    return FALSE;
}

static gboolean
open_receipt(RecallKeyring *keyring, GVariant *item, RecallReceipt *out, GError **error)
{
    g_autoptr(GVariant) id = g_variant_get_child_value(item, 1);
    g_autoptr(GVariant) sealed = g_variant_get_child_value(item, 2);
    size_t n_bytes = g_variant_get_size(sealed);
    const uint8_t *data = g_variant_get_data(sealed);
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(RecallBox) box = NULL;
    g_autoptr(GBytes) plain = NULL;
    uint8_t *text;
    gboolean is_opened;

    if (g_variant_get_size(id) == RECALL_SEGMENT_ID_BYTES && n_bytes > OVERHEAD_BYTES &&
        find_key(keyring, g_variant_get_data(id), key, error))
        box = recall_box_new(key, error);
    if (box == NULL)
        return FALSE;
    n_bytes -= OVERHEAD_BYTES;
    text = g_malloc(n_bytes);
    is_opened = recall_box_open(box, data, ABOUT, strlen(ABOUT), data + RECALL_BOX_NONCE_BYTES,
                                n_bytes, data + RECALL_BOX_NONCE_BYTES + n_bytes, text);
    plain = g_bytes_new_take(text, n_bytes);
    return is_opened && unpack(plain, out);
}

/* --- adding --- */

/* A key that was made while locked is known only then: a new one each time, until it is unlocked.
 */
static RecallBox *
get_box(RecallKeyring *keyring, uint8_t *out_id, GError **error)
{
    g_autoptr(RecallKey) key = recall_key_new();

    if (!recall_keyring_get(keyring, RECALL_KEYRING_WEEK_NONE, 0, out_id, key, NULL) &&
        !recall_keyring_add_beside(keyring, RECALL_KEYRING_WEEK_NONE, 0, out_id, key, error))
        return NULL;
    return recall_box_new(key, error);
}

static void
fill(RecallReceipt *out, const RecallIntent *intent, GVariant *before)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GBytes) bytes = recall_intent_pack(intent);
    size_t n_bytes = sizeof out->digest;

    *out = (RecallReceipt){
        .kind = intent->kind,
        .at_us = intent->at_us,
        .n_scenes = intent->n_scenes,
        .from_us = intent->from_us,
        .until_us = intent->until_us,
        .n_damaged = intent->damaged->len,
    };
    for (unsigned i = 0; i < intent->weeks->len; i++)
        out->n_weeks += ((RecallIntentWeek *)intent->weeks->pdata[i])->is_whole;
    if (before != NULL)
        g_checksum_update(checksum, g_variant_get_data(before), (gssize)g_variant_get_size(before));
    g_checksum_update(checksum, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes));
    g_checksum_get_digest(checksum, out->digest, &n_bytes);
}

static gboolean
is_of(GVariant *item, const RecallIntent *intent)
{
    g_autoptr(GVariant) id = g_variant_get_child_value(item, 0);

    return g_variant_get_size(id) == sizeof intent->id &&
           memcmp(g_variant_get_data(id), intent->id, sizeof intent->id) == 0;
}

/* @added: (transfer floating) */
static gboolean
save_with(GVariant *list, GVariant *added, const char *folder, GError **error)
{
    g_autofree char *path = make_path(folder);
    g_autoptr(GVariant) changed = NULL;
    size_t n = g_variant_n_children(list);
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE(FILE_TYPE));
    for (size_t i = n >= RECALL_RECEIPTS_N_MAX ? n + 1 - RECALL_RECEIPTS_N_MAX : 0; i < n; i++) {
        g_autoptr(GVariant) item = g_variant_get_child_value(list, i);

        g_variant_builder_add_value(&builder, item);
    }
    g_variant_builder_add_value(&builder, added);
    changed = g_variant_ref_sink(g_variant_builder_end(&builder));
    return recall_safe_file_write(path, g_variant_get_data(changed), g_variant_get_size(changed),
                                  error);
}

gboolean
recall_receipts_add(RecallKeyring *keyring,
                    const char *folder,
                    const RecallIntent *intent,
                    RecallReceipt *out,
                    GError **error)
{
    g_autoptr(GVariant) list = load_file(folder, error);
    size_t n = list != NULL ? g_variant_n_children(list) : 0;
    g_autoptr(GVariant) last = n > 0 ? g_variant_get_child_value(list, n - 1) : NULL;
    uint8_t key_id[RECALL_SEGMENT_ID_BYTES];
    g_autoptr(RecallBox) box = NULL;
    g_autoptr(GBytes) plain = NULL;
    RecallReceipt receipt;
    GVariant *sealed;

    if (list == NULL)
        return FALSE;
    if (last != NULL && is_of(last, intent)) {
        if (out != NULL && !open_receipt(keyring, last, out, NULL))
            fill(out, intent, NULL);
        return TRUE;
    }
    fill(&receipt, intent, last);
    plain = pack(&receipt);
    box = get_box(keyring, key_id, error);
    sealed = box != NULL ? seal(box, key_id, intent, plain) : NULL;
    if (sealed == NULL || !save_with(list, sealed, folder, error))
        return FALSE;
    if (out != NULL)
        *out = receipt;
    return TRUE;
}

GArray *
recall_receipts_load(RecallKeyring *keyring, const char *folder, GError **error)
{
    g_autoptr(GArray) receipts = g_array_new(FALSE, TRUE, sizeof(RecallReceipt));
    g_autoptr(GVariant) list = NULL;

    if (recall_keyring_is_locked(keyring)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                            "The history is locked: unlock it with deskhand unlock");
        return NULL;
    }
    list = load_file(folder, error);
    if (list == NULL)
        return NULL;
    for (size_t i = g_variant_n_children(list); i > 0; i--) {
        g_autoptr(GVariant) item = g_variant_get_child_value(list, i - 1);
        RecallReceipt receipt = {0};

        if (open_receipt(keyring, item, &receipt, NULL))
            g_array_append_val(receipts, receipt);
    }
    if (receipts->len == 0 && g_variant_n_children(list) > 0) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                            "The receipts cannot be read: their keys are gone");
        return NULL;
    }
    return g_steal_pointer(&receipts);
}
