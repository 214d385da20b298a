/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/quarantine.h"

#include "recall/vault/segment.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define SUFFIX ".damaged"
#define LOG_SUFFIX SUFFIX "-wal"
#define SEGMENT_NAME_BYTES 11 /* 2026-W48.db */

/* Returns: -1 when it is no file that was set aside */
static int
week_of(const char *name)
{
    g_autofree char *segment_name = g_strndup(name, SEGMENT_NAME_BYTES);

    return g_str_has_suffix(name, SUFFIX) || g_str_has_suffix(name, LOG_SUFFIX)
               ? recall_segment_week_of_name(segment_name)
               : -1;
}

gboolean
recall_quarantine_is_name(const char *name, int week)
{
    int other = week_of(name);

    return other >= 0 && (week < 0 || other == week);
}

static gboolean
set_errno_error(const char *path, GError **error)
{
    int code = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "Cannot set aside %s: %s", path,
                g_strerror(code));
    return FALSE;
}

/* Moves the file and those that SQLite keeps beside it. @error: G_IO_ERROR_EXISTS: try another */
static gboolean
move_to(const char *folder, const char *name, unsigned n, GError **error)
{
    g_autofree char *from = g_build_filename(folder, name, NULL);
    g_autofree char *to = g_strdup_printf("%s.%u" SUFFIX, from, n);
    g_autofree char *wal_from = g_strconcat(from, "-wal", NULL);
    g_autofree char *wal_to = g_strconcat(to, "-wal", NULL);

    if (g_file_test(to, G_FILE_TEST_EXISTS)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS, "%s is there already", to);
        return FALSE;
    }
    if (g_rename(from, to) < 0)
        return set_errno_error(from, error);
    return g_rename(wal_from, wal_to) == 0 || errno == ENOENT || set_errno_error(wal_from, error);
}

gboolean
recall_quarantine_move_file(const char *folder, const char *name, GError **error)
{
    g_autoptr(GError) local_error = NULL;

    for (unsigned n = 1; n <= RECALL_QUARANTINE_N_MAX; n++) {
        g_clear_error(&local_error);
        if (move_to(folder, name, n, &local_error))
            return TRUE;
        if (!g_error_matches(local_error, G_IO_ERROR, G_IO_ERROR_EXISTS))
            break;
    }
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

gboolean
recall_quarantine_move(const char *folder, int week, GError **error)
{
    g_autofree char *name = recall_segment_dup_name(week);

    return recall_quarantine_move_file(folder, name, error);
}

gboolean
recall_quarantine_is_of(const char *file, const char *name)
{
    size_t n_bytes = strlen(name);

    return strncmp(file, name, n_bytes) == 0 && file[n_bytes] == '.' &&
           g_str_has_suffix(file, SUFFIX);
}

unsigned
recall_quarantine_count(const char *folder, const char *name)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    unsigned n = 0;
    const char *file;

    while (dir != NULL && (file = g_dir_read_name(dir)) != NULL)
        n += recall_quarantine_is_of(file, name) ? 1 : 0;
    return n;
}

GArray *
recall_quarantine_dup_weeks(const char *folder)
{
    GArray *weeks = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        int week = week_of(name);

        if (week >= 0 && g_str_has_suffix(name, SUFFIX))
            g_array_append_val(weeks, week);
    }
    return weeks;
}

unsigned
recall_quarantine_destroy(const char *folder, int week)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    unsigned n = 0;
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (week_of(name) == week && g_remove(path) == 0) /* an empty folder, too */
            n += g_str_has_suffix(name, SUFFIX);
    }
    return n;
}
