/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/receipts.h"

#include "recall/vault/box.h"
#include "recall/vault/quarantine.h"
#include "recall/vault/safe-file.h"

#include <string.h>

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
    return g_build_filename(folder, RECALL_RECEIPTS_NAME, NULL);
}

/* It makes way for a new one. What is neither a file nor a folder holds nothing, and is written
 * over: the sandbox lets none be made, under another name either. */
static gboolean
set_aside(const char *folder, const char *why, GError **error)
{
    g_autofree char *path = make_path(folder);

    if (g_file_test(path, G_FILE_TEST_IS_SYMLINK) ||
        !g_file_test(path, G_FILE_TEST_IS_REGULAR | G_FILE_TEST_IS_DIR))
        return TRUE;
    if (!recall_quarantine_move_file(folder, RECALL_RECEIPTS_NAME, error))
        return FALSE;
    g_warning("The receipts were set aside as %s/" RECALL_RECEIPTS_NAME ".*.damaged: %s", folder,
              why);
    return TRUE;
}

/* Whether it has the parts of a receipt, whatever they hold. */
static gboolean
is_whole(GVariant *item)
{
    g_autoptr(GVariant) id = g_variant_get_child_value(item, 0);
    g_autoptr(GVariant) key_id = g_variant_get_child_value(item, 1);
    g_autoptr(GVariant) sealed = g_variant_get_child_value(item, 2);

    return g_variant_is_normal_form(item) && g_variant_get_size(id) == RECALL_INTENT_ID_BYTES &&
           g_variant_get_size(key_id) == RECALL_SEGMENT_ID_BYTES &&
           g_variant_get_size(sealed) > OVERHEAD_BYTES;
}

/* @list: (transfer none). Returns: (transfer full): what in it is whole */
static GVariant *
drop_broken(GVariant *list, gboolean *out_is_damaged)
{
    size_t n = g_variant_n_children(list);
    GVariantBuilder builder;

    *out_is_damaged = !g_variant_is_normal_form(list);
    g_variant_builder_init(&builder, G_VARIANT_TYPE(FILE_TYPE));
    for (size_t i = 0; i < n; i++) {
        g_autoptr(GVariant) item = g_variant_get_child_value(list, i);

        if (is_whole(item))
            g_variant_builder_add_value(&builder, item);
        else
            *out_is_damaged = TRUE;
    }
    return g_variant_ref_sink(g_variant_builder_end(&builder));
}

/* A file that cannot be read at all is set aside. @out_is_damaged: what was read is not all of it
 * Returns: (transfer full): whole receipts, sealed; none when there is no file */
static GVariant *
load_file(const char *folder, gboolean *out_is_damaged, GError **error)
{
    g_autofree char *path = make_path(folder);
    g_autoptr(GError) local_error = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GVariant) list = NULL;

    *out_is_damaged = FALSE;
    recall_safe_file_close_to_others(path);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        bytes = g_bytes_new(NULL, 0);
    else
        bytes = recall_safe_file_read(path, RECALL_RECEIPTS_MAX_BYTES, &local_error);
    if (bytes == NULL) {
        if (!set_aside(folder, local_error->message, error))
            return NULL;
        bytes = g_bytes_new(NULL, 0);
    }
    list = g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(FILE_TYPE), bytes, FALSE));
    return drop_broken(list, out_is_damaged);
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

/* @item: a whole one. @error: RECALL_KEYRING_ERROR_NO_KEY; unset when it is damaged */
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

    if (recall_keyring_get_by_id(keyring, g_variant_get_data(id), key, error))
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

/* As many were added so far; it only rises. Written after them, so that power lost in between makes
 * none of them missing. */
static gboolean
save_count(RecallKeyring *keyring, uint64_t n, GError **error)
{
    return recall_keyring_set_newest_n_marked(keyring, RECALL_KEYRING_WEEK_NONE, n, error);
}

static uint64_t
get_count(const RecallKeyring *keyring)
{
    return recall_keyring_get_newest_n_marked(keyring, RECALL_KEYRING_WEEK_NONE);
}

/* @list, @last: what is there, and the last of it */
static gboolean
append(RecallKeyring *keyring,
       const char *folder,
       const RecallIntent *intent,
       GVariant *list,
       GVariant *last,
       RecallReceipt *out,
       GError **error)
{
    uint64_t n_before = MAX(get_count(keyring), g_variant_n_children(list));
    uint8_t key_id[RECALL_SEGMENT_ID_BYTES];
    g_autoptr(RecallBox) box = get_box(keyring, key_id, error);
    g_autoptr(GBytes) plain = NULL;
    GVariant *sealed;

    if (box == NULL)
        return FALSE;
    fill(out, intent, last);
    plain = pack(out);
    sealed = seal(box, key_id, intent, plain);
    return sealed != NULL && save_with(list, sealed, folder, error) &&
           save_count(keyring, n_before + 1, error);
}

gboolean
recall_receipts_add(RecallKeyring *keyring,
                    const char *folder,
                    const RecallIntent *intent,
                    RecallReceipt *out,
                    GError **error)
{
    gboolean is_damaged;
    g_autoptr(GVariant) list = load_file(folder, &is_damaged, error);
    size_t n = list != NULL ? g_variant_n_children(list) : 0;
    g_autoptr(GVariant) last = n > 0 ? g_variant_get_child_value(list, n - 1) : NULL;
    RecallReceipt receipt;

    if (list == NULL || (is_damaged && !set_aside(folder, "they are damaged", error)))
        return FALSE;
    if (last == NULL || !is_of(last, intent)) {
        if (!append(keyring, folder, intent, list, last, &receipt, error))
            return FALSE;
    } else {
        if (!open_receipt(keyring, last, &receipt, NULL))
            fill(&receipt, intent, NULL);
        if (!save_count(keyring, n, error))
            return FALSE;
    }
    if (out != NULL)
        *out = receipt;
    return TRUE;
}

/* --- reading --- */

typedef struct {
    unsigned n_damaged;
    unsigned n_keyless;
    unsigned n_missing;
} Losses;

/* @receipts: (nullable): gets those that can be read */
static void
read_all(RecallKeyring *keyring, GVariant *list, GArray *receipts, Losses *losses)
{
    for (size_t i = g_variant_n_children(list); i > 0; i--) {
        g_autoptr(GVariant) item = g_variant_get_child_value(list, i - 1);
        g_autoptr(GError) error = NULL;
        RecallReceipt receipt = {0};

        if (open_receipt(keyring, item, &receipt, &error)) {
            if (receipts != NULL)
                g_array_append_val(receipts, receipt);
        } else if (g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_NO_KEY)) {
            losses->n_keyless++;
        } else if (!g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_LOCKED)) {
            losses->n_damaged++;
        }
    }
}

GArray *
recall_receipts_load(RecallKeyring *keyring, const char *folder, GError **error)
{
    g_autoptr(GArray) receipts = g_array_new(FALSE, TRUE, sizeof(RecallReceipt));
    g_autoptr(GVariant) list = NULL;
    gboolean is_damaged;
    Losses losses = {0};

    if (recall_keyring_is_locked(keyring)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                            "The history is locked: unlock it with deskhand unlock");
        return NULL;
    }
    list = load_file(folder, &is_damaged, error);
    if (list == NULL)
        return NULL;
    read_all(keyring, list, receipts, &losses);
    return g_steal_pointer(&receipts);
}

/* What the file lacks of those that were added was cut out of it, or is in the damaged part. */
static void
count_lacking(RecallKeyring *keyring, GVariant *list, gboolean is_damaged, Losses *losses)
{
    unsigned n_there = (unsigned)g_variant_n_children(list);
    unsigned n_added = (unsigned)MIN(get_count(keyring), RECALL_RECEIPTS_N_MAX);
    unsigned n_lacking = n_added > n_there ? n_added - n_there : 0;

    if (is_damaged)
        losses->n_damaged += MAX(n_lacking, 1);
    else
        losses->n_missing += n_lacking;
}

static void
append_loss(GString *out, unsigned n, const char *what_of_one, const char *what_of_many)
{
    if (n > 0)
        g_string_append_printf(out, "%s%u %s", out->len > 0 ? "; " : "", n,
                               n == 1 ? what_of_one : what_of_many);
}

static void
explain(const Losses *losses, char *out, size_t n_bytes)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append_loss(text, losses->n_damaged, "receipt cannot be read: it is damaged",
                "receipts cannot be read: they are damaged");
    append_loss(text, losses->n_keyless, "receipt cannot be read: its key is not in the keyring",
                "receipts cannot be read: their keys are not in the keyring");
    append_loss(text, losses->n_missing, "receipt is missing", "receipts are missing");
    g_strlcpy(out, text->str, n_bytes);
}

unsigned
recall_receipts_explain_lost(RecallKeyring *keyring,
                             const char *folder,
                             char *out_why,
                             size_t n_bytes)
{
    g_autoptr(GError) error = NULL;
    gboolean is_damaged;
    g_autoptr(GVariant) list = load_file(folder, &is_damaged, &error);
    Losses losses = {0};

    if (list == NULL) {
        g_strlcpy(out_why, error->message, n_bytes);
        return (unsigned)CLAMP(get_count(keyring), 1, RECALL_RECEIPTS_N_MAX);
    }
    read_all(keyring, list, NULL, &losses);
    count_lacking(keyring, list, is_damaged, &losses);
    explain(&losses, out_why, n_bytes);
    return losses.n_damaged + losses.n_keyless + losses.n_missing;
}
