/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/window.h"

#include <string.h>

RecallWindow *
recall_window_new(void)
{
    RecallWindow *self = g_new0(RecallWindow, 1);

    self->n_refs = 1;
    self->app = g_strdup("");
    self->title = g_strdup("");
    pixman_region32_init(&self->visible);
    pixman_region32_init(&self->painted);
    return self;
}

RecallWindow *
recall_window_ref(RecallWindow *self)
{
    g_atomic_int_inc(&self->n_refs);
    return self;
}

void
recall_window_unref(RecallWindow *self)
{
    if (self == NULL || !g_atomic_int_dec_and_test(&self->n_refs))
        return;
    g_free(self->app);
    g_free(self->title);
    pixman_region32_fini(&self->visible);
    pixman_region32_fini(&self->painted);
    g_free(self);
}

/* How much of @bytes is kept so that the cut splits no character. */
static size_t
cut_at_character(const char *bytes, size_t n_bytes)
{
    size_t end = MIN(n_bytes, RECALL_WINDOW_TITLE_MAX_BYTES);
    size_t start = end;

    while (start > 0 && end - start < 4 && (bytes[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0 || (bytes[start - 1] & 0xC0) != 0xC0)
        return end;
    start--;
    return g_utf8_get_char_validated(bytes + start, end - start) == (gunichar)-2 ? start : end;
}

static gboolean
is_breaking(gunichar character)
{
    return g_unichar_iscntrl(character) || character == 0x2028 || character == 0x2029;
}

/* Marks that turn what follows around, so that a title would read as another one. */
static gboolean
is_turning(gunichar character)
{
    return character == 0x061C || character == 0x200E || character == 0x200F ||
           (character >= 0x202A && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069);
}

char *
recall_window_clean_text(const char *bytes, size_t n_bytes)
{
    size_t kept = cut_at_character(bytes, strnlen(bytes, n_bytes));
    g_autofree char *valid = g_utf8_make_valid(bytes, (gssize)kept);
    GString *text = g_string_sized_new(kept);

    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);

        if (is_turning(character))
            continue;
        if (is_breaking(character))
            character = ' ';
        /* U+FFFD is longer than the byte that it stands for, so the limit can be met here. */
        if (text->len + g_unichar_to_utf8(character, NULL) > RECALL_WINDOW_TITLE_MAX_BYTES)
            break;
        if (character != ' ' || (text->len > 0 && text->str[text->len - 1] != ' '))
            g_string_append_unichar(text, character);
    }
    if (text->len > 0 && text->str[text->len - 1] == ' ')
        g_string_truncate(text, text->len - 1);
    return g_string_free(text, FALSE);
}
