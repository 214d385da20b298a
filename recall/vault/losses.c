/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/losses.h"

#include "recall/vault/quarantine.h"
#include "recall/vault/receipts.h"

#include <string.h>

/* No clock of a person is further away from that of the weeks. */
#define ZONE_MAX_US (14 * G_TIME_SPAN_HOUR)
#define MORE ", ..."

static gboolean
has(const GArray *weeks, int week)
{
    for (unsigned i = 0; i < weeks->len; i++) {
        if (g_array_index(weeks, int, i) == week)
            return TRUE;
    }
    return FALSE;
}

GArray *
recall_losses_dup_missing(RecallVault *vault)
{
    GArray *missing = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GArray) with_key = recall_keyring_dup_weeks(recall_vault_get_keyring(vault));
    g_autoptr(GArray) there = recall_vault_dup_weeks(vault);
    g_autoptr(GArray) damaged = recall_quarantine_dup_weeks(recall_vault_get_folder(vault));

    for (unsigned i = 0; i < with_key->len; i++) {
        int week = g_array_index(with_key, int, i);
        g_autofree char *path = recall_vault_dup_path(vault, week);
        gboolean is_gone = has(there, week) && !g_file_test(path, G_FILE_TEST_EXISTS) &&
                           !g_file_test(path, G_FILE_TEST_IS_SYMLINK);

        if (is_gone || (!has(there, week) && !has(damaged, week)))
            g_array_append_val(missing, week);
    }
    return missing;
}

static void
add_once(GArray *weeks, const GArray *more)
{
    for (unsigned i = 0; i < more->len; i++) {
        if (!has(weeks, g_array_index(more, int, i)))
            g_array_append_val(weeks, g_array_index(more, int, i));
    }
}

GArray *
recall_losses_dup_unreadable(RecallVault *vault, const GArray *unreadable)
{
    GArray *weeks = g_array_new(FALSE, FALSE, sizeof(int));

    add_once(weeks, unreadable);
    if (recall_vault_get_catalog(vault)->n_damaged > 0) {
        g_autoptr(GArray) aside = recall_quarantine_dup_weeks(recall_vault_get_folder(vault));

        add_once(weeks, aside);
    }
    return weeks;
}

gboolean
recall_losses_is_meant(int week, int64_t since_us, int64_t until_us)
{
    return since_us <= recall_segment_week_start_us(week) + ZONE_MAX_US &&
           until_us >= recall_segment_week_start_us(week + 1) - ZONE_MAX_US;
}

static void
add_name(char *out, size_t n_bytes, const char *name)
{
    size_t n_needed = strlen(out) + strlen(", ") + strlen(name) + sizeof MORE;

    if (g_str_has_suffix(out, MORE))
        return;
    if (n_needed > n_bytes) {
        g_strlcat(out, MORE, n_bytes);
        return;
    }
    if (*out != '\0')
        g_strlcat(out, ", ", n_bytes);
    g_strlcat(out, name, n_bytes);
}

void
recall_losses_name_weeks(const GArray *weeks, char *out, size_t n_bytes)
{
    *out = '\0';
    for (unsigned i = 0; i < weeks->len; i++) {
        g_autofree char *name = recall_segment_dup_name(g_array_index(weeks, int, i));

        add_name(out, n_bytes, name);
    }
}

void
recall_losses_name_damaged(const RecallVault *vault, char *out, size_t n_bytes)
{
    g_autoptr(GDir) dir = g_dir_open(recall_vault_get_folder(vault), 0, NULL);
    const char *name;

    *out = '\0';
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if ((recall_quarantine_is_name(name, -1) && !g_str_has_suffix(name, "-wal")) ||
            recall_quarantine_is_of(name, RECALL_RECEIPTS_NAME))
            add_name(out, n_bytes, name);
    }
}

char *
recall_losses_explain_left(const RecallVault *vault, int week, gboolean only_damaged)
{
    const char *folder = recall_vault_get_folder(vault);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autofree char *own = recall_segment_dup_name(week);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (recall_quarantine_is_name(name, week) || (!only_damaged && strcmp(name, own) == 0))
            return g_strdup_printf("%s/%s cannot be removed: look what it is, and remove it "
                                   "yourself",
                                   folder, name);
    }
    return NULL;
}
