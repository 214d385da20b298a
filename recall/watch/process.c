/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/process.h"

#include <stdio.h>
#include <string.h>

char *
recall_process_dup_program(pid_t pid)
{
    g_autofree char *link = g_strdup_printf("/proc/%d/exe", (int)pid);
    g_autofree char *path = g_file_read_link(link, NULL);
    char *gone = path != NULL ? g_strrstr(path, " (deleted)") : NULL;

    if (gone != NULL)
        *gone = '\0';
    return path != NULL ? g_path_get_basename(path) : NULL;
}

GStrv
recall_process_dup_arguments(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/cmdline", (int)pid);
    g_autofree char *bytes = g_malloc0(RECALL_PROCESS_ARGUMENTS_MAX_BYTES + 1);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    FILE *file = fopen(path, "re");
    gsize n_bytes = file == NULL ? 0 : fread(bytes, 1, RECALL_PROCESS_ARGUMENTS_MAX_BYTES, file);

    if (file != NULL)
        (void)fclose(file);
    for (gsize at = 0; at < n_bytes; at += strlen(bytes + at) + 1)
        g_strv_builder_add(builder, bytes + at);
    return g_strv_builder_end(builder);
}

char *
recall_process_find_open(pid_t pid, const char *name)
{
    g_autofree char *folder = g_strdup_printf("/proc/%d/fd", (int)pid);
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    const char *number = NULL;

    for (unsigned n = 0; directory != NULL && n < RECALL_PROCESS_N_OPEN_MAX; n++) {
        g_autofree char *link = NULL;
        g_autofree char *path = NULL;
        g_autofree char *base = NULL;

        number = g_dir_read_name(directory);
        if (number == NULL)
            return NULL;
        link = g_build_filename(folder, number, NULL);
        path = g_file_read_link(link, NULL);
        base = path == NULL || *path != '/' ? NULL : g_path_get_basename(path);
        if (g_strcmp0(base, name) == 0)
            return g_steal_pointer(&path);
    }
    return NULL;
}
