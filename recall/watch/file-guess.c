/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/file-guess.h"

#include "recall/watch/process.h"

#include <string.h>

#define EXTENSION_MAX_CHARS 8

/* The document's part of a title: without marks of change before it and the program's name. */
static char *
dup_document_part(const char *title)
{
    static const char *const dashes[] = {" - ", " — ", " – "};
    const char *end = NULL;

    while (g_str_has_prefix(title, "*") || g_str_has_prefix(title, "•") ||
           g_str_has_prefix(title, "●") || *title == ' ')
        title = g_utf8_next_char(title);
    for (gsize i = 0; i < G_N_ELEMENTS(dashes); i++) {
        const char *dash = g_strrstr(title, dashes[i]);

        if (dash != NULL && (end == NULL || dash > end))
            end = dash;
    }
    return end == NULL ? g_strdup(title) : g_strndup(title, end - title);
}

/* @path: "~" and "~/..." are below @home. Returns: NULL when it is not absolute then */
static char *
expand(const char *path, const char *home)
{
    if (*path == '~' && (path[1] == '/' || path[1] == '\0'))
        return g_strconcat(home, path + 1, NULL);
    return *path == '/' ? g_strdup(path) : NULL;
}

char *
recall_file_guess_path(const char *title, const char *home)
{
    g_autofree char *part = dup_document_part(title);
    g_autofree char *folder = NULL;
    char *parenthesis = g_strrstr(part, " (");

    if (*part == '/' || g_str_has_prefix(part, "~/"))
        return expand(part, home);
    if (parenthesis == NULL || parenthesis == part || !g_str_has_suffix(part, ")"))
        return NULL;
    part[strlen(part) - 1] = '\0';
    *parenthesis = '\0';
    folder = expand(parenthesis + 2, home);
    if (folder == NULL || strchr(part, '/') != NULL)
        return NULL;
    return g_build_filename(folder, part, NULL);
}

static gboolean
has_extension(const char *name)
{
    const char *dot = strrchr(name, '.');
    gsize length = 0;

    if (dot == NULL || dot == name)
        return FALSE;
    while (g_ascii_isalnum(dot[1 + length]))
        length++;
    return length > 0 && length <= EXTENSION_MAX_CHARS && dot[1 + length] == '\0';
}

char *
recall_file_guess_name(const char *title)
{
    g_autofree char *part = dup_document_part(title);
    char *parenthesis = g_strrstr(part, " (");

    if (parenthesis != NULL && g_str_has_suffix(part, ")"))
        *parenthesis = '\0'; /* "(read-only)" */
    return has_extension(part) && strchr(part, '/') == NULL ? g_steal_pointer(&part) : NULL;
}

static char *
dup_argument_path(const char *argument, const char *cwd)
{
    return g_str_has_prefix(argument, "file://") ? g_filename_from_uri(argument, NULL, NULL)
                                                 : g_canonicalize_filename(argument, cwd);
}

/* The file called @name that the process was started with: viewers read it and close it. */
static char *
find_argument(const char *name, pid_t pid)
{
    g_autofree char *link = g_strdup_printf("/proc/%d/cwd", (int)pid);
    g_autofree char *cwd = g_file_read_link(link, NULL);
    g_auto(GStrv) arguments = recall_process_dup_arguments(pid);

    for (unsigned i = 0; cwd != NULL && *cwd == '/' && arguments[i] != NULL; i++) {
        g_autofree char *path = dup_argument_path(arguments[i], cwd);
        g_autofree char *base = path == NULL ? NULL : g_path_get_basename(path);

        if (g_strcmp0(base, name) == 0 && g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer(&path);
    }
    return NULL;
}

char *
recall_file_guess(const char *title, pid_t pid)
{
    g_autofree char *path = recall_file_guess_path(title, g_get_home_dir());
    g_autofree char *name = NULL;

    if (path != NULL && g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer(&path);
    name = recall_file_guess_name(title);
    if (name == NULL || pid <= 0)
        return NULL;
    g_free(path);
    path = recall_process_find_open(pid, name);
    return path != NULL ? g_steal_pointer(&path) : find_argument(name, pid);
}
