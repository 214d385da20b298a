/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/output.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BOLD "\033[1m"
#define PLAIN "\033[0m"
#define REPLACEMENT "\357\277\275" /* U+FFFD */

static gboolean
is_styled(int fd)
{
    const char *no_color = g_getenv("NO_COLOR");

    return isatty(fd) && (no_color == NULL || *no_color == '\0') &&
           g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

static unsigned
get_n_columns(int fd)
{
    struct winsize size = {0};

    return isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void
app_output_init(AppOutput *self, int fd)
{
    self->text = g_string_new(NULL);
    self->fd = fd;
    self->is_styled = is_styled(fd);
    self->n_columns = get_n_columns(fd);
}

void
app_output_clear(AppOutput *self)
{
    if (self->text != NULL)
        g_string_free(g_steal_pointer(&self->text), TRUE);
}

static void
wait_until_writable(int fd)
{
    struct pollfd watched = {fd, POLLOUT, 0};

    (void)poll(&watched, 1, -1);
}

gboolean
app_output_flush(AppOutput *self, GError **error)
{
    size_t n_written = 0;

    while (n_written < self->text->len) {
        ssize_t n = write(self->fd, self->text->str + n_written, self->text->len - n_written);

        if (n >= 0) {
            n_written += n;
        } else if (errno == EAGAIN) {
            wait_until_writable(self->fd);
        } else if (errno != EINTR) {
            g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
                        "Cannot write the answer: %s.", g_strerror(errno));
            return FALSE;
        }
    }
    g_string_truncate(self->text, 0);
    return TRUE;
}

/* Invisible; turns the direction in which the text around it is shown. */
static gboolean
is_direction(gunichar c)
{
    return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x206f);
}

gboolean
app_output_is_control(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || /* C0, DEL, C1 */
           c == 0x2028 || c == 0x2029 || is_direction(c);
}

static void
append_char(GString *out, gunichar c, gboolean keep_lines)
{
    gboolean is_line = c == '\n' || c == '\t';

    if (is_line && !keep_lines)
        g_string_append_c(out, ' ');
    else if (is_line || !app_output_is_control(c))
        g_string_append_unichar(out, c);
    else if (!is_direction(c))
        g_string_append(out, REPLACEMENT);
}

void
app_output_append_clean(GString *out, const char *text, gssize n_bytes, gboolean keep_lines)
{
    g_autofree char *valid = g_utf8_make_valid(text, n_bytes);

    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at))
        append_char(out, g_utf8_get_char(at), keep_lines);
}

unsigned
app_output_measure(const char *text)
{
    unsigned n_columns = 0;

    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        n_columns += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return n_columns;
}

void
app_output_append_clipped(GString *out, const char *text, unsigned n_columns)
{
    g_autoptr(GString) clean = g_string_new(NULL);
    const char *end;
    unsigned n = 0;

    app_output_append_clean(clean, text, -1, FALSE);
    if (app_output_measure(clean->str) <= n_columns) {
        g_string_append(out, clean->str);
        return;
    }
    for (end = clean->str; *end != '\0'; end = g_utf8_next_char(end)) {
        gunichar c = g_utf8_get_char(end);

        n += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
        if (n >= n_columns)
            break;
    }
    g_string_append_len(out, clean->str, end - clean->str);
    g_string_append(out, "…");
}

void
app_output_append_marked(GString *out, const char *text, GVariant *marks, gboolean is_styled)
{
    size_t length = strlen(text);
    size_t at = 0;
    uint32_t start, n_bytes;
    GVariantIter iter;

    g_variant_iter_init(&iter, marks);
    while (is_styled && g_variant_iter_next(&iter, "(uu)", &start, &n_bytes)) {
        if (start < at || start > length || n_bytes > length - start || n_bytes == 0)
            continue;
        app_output_append_clean(out, text + at, start - at, FALSE);
        g_string_append(out, BOLD);
        app_output_append_clean(out, text + start, n_bytes, FALSE);
        g_string_append(out, PLAIN);
        at = start + n_bytes;
    }
    app_output_append_clean(out, text + at, -1, FALSE);
}

void
app_output_say(const char *sentence)
{
    g_auto(AppOutput) standard_error = {0};

    app_output_init(&standard_error, STDERR_FILENO);
    app_output_append_clean(standard_error.text, sentence, -1, FALSE);
    g_string_append_c(standard_error.text, '\n');
    (void)app_output_flush(&standard_error, NULL);
}
