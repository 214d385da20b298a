/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/key-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
set_errno_error(GError **error)
{
    int code = errno;

    g_set_error_literal(error, G_IO_ERROR, g_io_error_from_errno(code), g_strerror(code));
    return FALSE;
}

static gboolean
refuse(const char *sentence, GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, sentence);
    return FALSE;
}

static gboolean
read_all(int fd, GString *text, size_t max_bytes, GError **error)
{
    ssize_t n = 1;

    while (n != 0 && text->len <= max_bytes) {
        n = read(fd, text->str + text->len, max_bytes + 1 - text->len);
        if (n < 0 && errno != EINTR)
            return set_errno_error(error);
        text->len += (size_t)MAX(n, 0);
    }
    text->str[text->len] = '\0';
    return TRUE;
}

static gboolean
read_bounded(int fd, GString *text, size_t max_bytes, GError **error)
{
    struct stat about;

    if (fstat(fd, &about) < 0)
        return set_errno_error(error);
    if (!S_ISREG(about.st_mode))
        return refuse("it is not a regular file", error);
    if (!read_all(fd, text, max_bytes, error))
        return FALSE;
    if (text->len <= max_bytes)
        return strlen(text->str) == text->len || refuse("it is not a text", error);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "it is larger than %zu bytes",
                max_bytes);
    return FALSE;
}

/* Returns: NULL with @error, or the text */
static GString *
read_file(const char *path, size_t max_bytes, GError **error)
{
    g_autoptr(GString) text = g_string_sized_new(max_bytes + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    gboolean is_read;

    if (fd < 0) {
        if (errno == ENXIO) /* a socket, or a device that is not there */
            refuse("it is not a regular file", error);
        else
            set_errno_error(error);
        return NULL;
    }
    is_read = read_bounded(fd, text, max_bytes, error);
    close(fd);
    return is_read ? g_steal_pointer(&text) : NULL;
}

/* Of a line that a key file takes. Returns: (transfer full) (nullable): the name before "=" */
static char *
dup_key(const char *line)
{
    const char *sign = strchr(line, '=');

    return sign != NULL && *line != '#' ? g_strchomp(g_strndup(line, (size_t)(sign - line))) : NULL;
}

static gboolean
add_key(GHashTable *seen, const char *group, const char *key, GError **error)
{
    if (g_hash_table_add(seen, g_strdup_printf("[%s] %s", group, key)))
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "[%s] %s stands there twice: keep one of them", group, key);
    return FALSE;
}

/* A key file takes the last of two; which one was meant, nobody knows. A group that stands there
 * twice is one. */
static gboolean
check_repeats(const char *text, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const char *group = "";

    for (char **at = lines; *at != NULL; at++) {
        char *line = g_strchug(*at);
        g_autofree char *key = NULL;

        if (*line == '[') {
            *strchrnul(line, ']') = '\0';
            group = line + 1;
            continue;
        }
        key = dup_key(line);
        if (key != NULL && !add_key(seen, group, key, error))
            return FALSE;
    }
    return TRUE;
}

GKeyFile *
base_key_file_load(const char *path, size_t max_bytes, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GString) text = read_file(path, max_bytes, error);

    if (text == NULL)
        return NULL;
    /* Translations are kept, that they are seen: no setting has one. */
    if (text->len > 0 &&
        !g_key_file_load_from_data(file, text->str, text->len, G_KEY_FILE_KEEP_TRANSLATIONS, error))
        return NULL;
    return check_repeats(text->str, error) ? g_steal_pointer(&file) : NULL;
}
