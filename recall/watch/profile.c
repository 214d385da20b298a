/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/profile.h"

#include "recall/watch/process.h"

#include <stdio.h>
#include <string.h>

#define LOCK ".parentlock" /* that a process holds in its profile */
#define SETTING "browser\\.privatebrowsing\\.autostart"

static char *
drop_matches(const char *pattern, const char *text)
{
    g_autoptr(GRegex) regex =
        g_regex_new(pattern, G_REGEX_MULTILINE | G_REGEX_DOTALL | G_REGEX_RAW, 0, NULL);
    char *rest = g_regex_replace_literal(regex, text, -1, 0, "", 0, NULL);

    return rest != NULL ? rest : g_strdup(text);
}

/* A mark of a comment within a line may be of an address: only those that begin one count. */
static char *
drop_comments(const char *text)
{
    g_autofree char *rest = drop_matches("^[ \t]*/\\*.*?\\*/", text);

    return drop_matches("^[ \t]*(//|#)[^\n]*", rest);
}

gboolean
recall_profile_read_settings(const char *text, gboolean is_private)
{
    g_autofree char *bare = drop_comments(text);
    g_autoptr(GRegex) regex = g_regex_new("(?:^|[;)])\\s*\\w*[pP]ref\\s*\\(\\s*[\"']" SETTING
                                          "[\"']\\s*,\\s*(true|false)",
                                          G_REGEX_MULTILINE | G_REGEX_RAW, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    g_regex_match(regex, bare, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *value = g_match_info_fetch(match, 1);

        is_private = g_str_equal(value, "true");
    }
    return is_private;
}

gboolean
recall_profile_read_policies(const char *text)
{
    return g_regex_match_simple("\"PrivateBrowsingModeAvailability\"\\s*:\\s*2", text, G_REGEX_RAW,
                                0) ||
           g_regex_match_simple("\"" SETTING "\"\\s*:\\s*(?:\\{[^}]*\"Value\"\\s*:\\s*)?true", text,
                                G_REGEX_RAW, 0);
}

/* Returns: (transfer full): "" when there is none, NULL when it is too large to be read */
static char *
read_file(const char *path)
{
    g_autofree char *text = NULL;
    FILE *file = fopen(path, "re");
    size_t n_bytes;

    if (file == NULL)
        return g_strdup("");
    text = g_malloc(RECALL_PROFILE_FILE_MAX_BYTES + 1);
    n_bytes = fread(text, 1, RECALL_PROFILE_FILE_MAX_BYTES + 1, file);
    (void)fclose(file);
    if (n_bytes > RECALL_PROFILE_FILE_MAX_BYTES)
        return NULL;
    text[n_bytes] = '\0';
    return g_steal_pointer(&text);
}

static gboolean
apply_file(const char *path, gboolean is_private)
{
    g_autofree char *text = read_file(path);

    return text == NULL || recall_profile_read_settings(text, is_private);
}

static gboolean
is_policy(const char *path)
{
    g_autofree char *text = read_file(path);

    return text == NULL || recall_profile_read_policies(text);
}

/* What the system's settings in @folder make of it. */
static gboolean
apply_folder(const char *folder, gboolean is_private)
{
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);

    for (unsigned n = 0; directory != NULL && n < RECALL_PROFILE_N_FILES_MAX; n++) {
        const char *name = g_dir_read_name(directory);
        g_autofree char *path = name != NULL ? g_build_filename(folder, name, NULL) : NULL;

        if (name == NULL)
            break;
        if (g_str_has_suffix(name, ".js") || g_str_has_suffix(name, ".cfg"))
            is_private |= apply_file(path, FALSE);
    }
    return is_private;
}

/* The folder of the program that runs, as the process sees it. */
static char *
dup_program_folder(pid_t pid)
{
    g_autofree char *link = g_strdup_printf("/proc/%d/exe", (int)pid);
    g_autofree char *program = g_file_read_link(link, NULL);

    return program != NULL ? g_path_get_dirname(program) : g_strdup("/");
}

/* @root: of what the process sees; one in a container sees files of its own */
static gboolean
is_private_by_system(pid_t pid, const char *root)
{
    static const char *const settings[] = {"", "defaults/pref", "browser/defaults/preferences"};
    static const char *const systems[] = {"/etc/firefox", "/etc/firefox-esr", "/etc/librewolf"};
    g_autofree char *folder = dup_program_folder(pid);
    g_autofree char *own = g_build_filename(root, folder, "distribution/policies.json", NULL);
    gboolean is_private = is_policy(own);

    for (unsigned i = 0; i < G_N_ELEMENTS(settings); i++) {
        g_autofree char *path = g_build_filename(root, folder, settings[i], NULL);

        is_private = apply_folder(path, is_private);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(systems); i++) {
        g_autofree char *path = g_build_filename(root, systems[i], NULL);
        g_autofree char *pref = g_build_filename(path, "defaults/pref", NULL);
        g_autofree char *policies = g_build_filename(path, "policies/policies.json", NULL);

        is_private = apply_folder(pref, apply_folder(path, is_private)) || is_policy(policies);
    }
    return is_private;
}

static gboolean
is_started_private(pid_t pid)
{
    g_auto(GStrv) arguments = recall_process_dup_arguments(pid);

    return g_strv_contains((const char *const *)arguments, "-private") ||
           g_strv_contains((const char *const *)arguments, "--private");
}

RecallProfile
recall_profile_find(pid_t pid)
{
    g_autofree char *root = g_strdup_printf("/proc/%d/root", (int)pid);
    g_autofree char *lock = recall_process_find_open(pid, LOCK);
    g_autofree char *folder = lock != NULL ? g_path_get_dirname(lock) : NULL;
    g_autofree char *kept = NULL;
    g_autofree char *own = NULL;
    gboolean is_private;

    if (is_started_private(pid) || is_private_by_system(pid, root))
        return RECALL_PROFILE_PRIVATE;
    if (folder == NULL)
        return RECALL_PROFILE_UNKNOWN;
    kept = g_build_filename(root, folder, "prefs.js", NULL);
    own = g_build_filename(root, folder, "user.js", NULL);
    is_private = apply_file(own, apply_file(kept, FALSE));
    return is_private ? RECALL_PROFILE_PRIVATE : RECALL_PROFILE_BY_WINDOW;
}
