/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* Where a command writes. It appends to @text and flushes when a reader could use what is there;
 * so one answer reaches the other end of a pipe as soon as it is known. */

typedef struct {
    GString *text; /* not yet written */
    int fd;
    unsigned n_columns; /* of the terminal; 0: it is none, or does not say */
    gboolean is_styled; /* a terminal that may be sent bold and plain, and NO_COLOR is not set */
} AppOutput;

/* @fd: borrowed */
void app_output_init(AppOutput *self, int fd);
void app_output_clear(AppOutput *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AppOutput, app_output_clear)

/* Writes all of @text and empties it; blocks. @error: G_IO_ERROR_BROKEN_PIPE when the reader has
 * gone: end quietly */
gboolean app_output_flush(AppOutput *self, GError **error);

/**
 * app_output_append_clean:
 * @text: from the screen of a person, that is from anybody; @n_bytes of it, -1 for all
 * @keep_lines: line feeds and tabs stay; else they become spaces
 *
 * Appends @text so that a terminal shows it and obeys nothing in it: control characters (C0, DEL,
 * C1, separators) become U+FFFD; those that turn the direction of writing are dropped.
 */
void app_output_append_clean(GString *out, const char *text, gssize n_bytes, gboolean keep_lines);

/* In columns of a terminal. */
unsigned app_output_measure(const char *text);

/* As app_output_append_clean() without lines, at most @n_columns (1 or more) wide: what is left out
 * is an ellipsis. */
void app_output_append_clipped(GString *out, const char *text, unsigned n_columns);

/* Appends the words of @text that lie in @marks, an a(uu) of byte offset and length, in bold when
 * @is_styled. A mark that does not fit @text is left out. */
void app_output_append_marked(GString *out, const char *text, GVariant *marks, gboolean is_styled);

/* A line on standard error, cleaned; UTF-8 whatever the locale says, as everything else. */
void app_output_say(const char *sentence);

/* May not reach a terminal as it is. */
gboolean app_output_is_control(gunichar c);
