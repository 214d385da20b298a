/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/text.h"

RecallRun *
recall_run_new(char *text, const BaseRect *box, ProtocolSource source)
{
    RecallRun *self = g_new0(RecallRun, 1);

    g_assert(text != NULL && *text != '\0');
    self->n_refs = 1;
    self->text = text;
    self->box = *box;
    self->words = g_array_new(FALSE, FALSE, sizeof(ProtocolSpan));
    self->source = source;
    return self;
}

RecallRun *
recall_run_ref(RecallRun *self)
{
    g_atomic_int_inc(&self->n_refs);
    return self;
}

void
recall_run_unref(RecallRun *self)
{
    if (self == NULL || !g_atomic_int_dec_and_test(&self->n_refs))
        return;
    g_array_unref(self->words);
    g_free(self->context);
    g_free(self->text);
    g_free(self);
}

gboolean
recall_text_is_cjk(gunichar c)
{
    return (c >= 0x1100 && c <= 0x11ff) || (c >= 0x2e80 && c <= 0x9fff) ||
           (c >= 0xa960 && c <= 0xa97f) || (c >= 0xac00 && c <= 0xd7ff) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe4f) ||
           (c >= 0xff00 && c <= 0xffef) || (c >= 0x1b000 && c <= 0x1b16f) ||
           (c >= 0x20000 && c <= 0x3ffff);
}

/* Byte offset of the end of the word that starts at @text: at a space, or where CJK begins or
 * ends. */
static const char *
find_word_end(const char *text)
{
    gboolean is_cjk = recall_text_is_cjk(g_utf8_get_char(text));

    while (*text != '\0') {
        gunichar c = g_utf8_get_char(text);

        if (c == ' ' || recall_text_is_cjk(c) != is_cjk)
            break;
        text = g_utf8_next_char(text);
    }
    return text;
}

static int64_t
measure(const char *text, const char *end)
{
    int64_t width = 0;

    for (; text < end; text = g_utf8_next_char(text))
        width += recall_text_is_cjk(g_utf8_get_char(text)) ? 2 : 1;
    return width;
}

/* A letter is about a third as wide as its line is high. A box that is too high for its text by
 * three and more holds several lines (two: by four), of which nobody told where they break.
 * @n_letters: as measured */
static gboolean
is_of_several_lines(const BaseRect *box, int64_t n_letters)
{
    return n_letters * box->height > INT64_C(9) * box->width;
}

static BaseRect
cut_box(const BaseRect *box, int64_t from, int64_t to, int64_t all)
{
    int left = (int)(from * box->width / all);
    int right = (int)(to * box->width / all);

    if (is_of_several_lines(box, all))
        return *box;
    return (BaseRect){box->x + left, box->y, MAX(right - left, 1), box->height};
}

void
recall_run_spread_words(RecallRun *self)
{
    const char *start = self->text;
    int64_t all = measure(start, start + strlen(start));
    int64_t at = 0;

    if (self->words->len > 0)
        return;
    while (*start != '\0') {
        const char *end = *start == ' ' ? start + 1 : find_word_end(start);
        int64_t width = measure(start, end);
        ProtocolSpan span = {.start_bytes = start - self->text,
                             .length_bytes = end - start,
                             .box = cut_box(&self->box, at, at + width, all)};

        if (*start != ' ')
            g_array_append_val(self->words, span);
        at += width;
        start = end;
    }
}

/* What a person does not see as ink: spaces of all kinds, controls, marks of direction, the
 * object replacement character. U+200C and U+200D shape the letters beside them and stay. */
static gboolean
is_blank(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);

    if (c == 0x200c || c == 0x200d)
        return FALSE;
    return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_UNASSIGNED ||
           type == G_UNICODE_SPACE_SEPARATOR || type == G_UNICODE_LINE_SEPARATOR ||
           type == G_UNICODE_PARAGRAPH_SEPARATOR || c == 0xfffc;
}

/* Takes one character off @text; a byte that belongs to none counts as U+FFFD. */
static gunichar
take_char(const char **text, gsize *n_bytes)
{
    gunichar c = **text == '\0' ? 0 : g_utf8_get_char_validated(*text, *n_bytes);
    gsize length = 1;

    if (c == (gunichar)-1 || c == (gunichar)-2)
        c = 0xfffd;
    else
        length = MAX(g_unichar_to_utf8(c, NULL), 1);
    *text += length;
    *n_bytes -= length;
    return c;
}

char *
recall_run_clean(const char *text, gssize n_bytes)
{
    gsize left = n_bytes < 0 ? strlen(text) : (gsize)n_bytes;
    GString *clean = g_string_sized_new(MIN(left, RECALL_RUN_MAX_BYTES) + 1);
    gboolean is_after_space = FALSE;

    while (left > 0) {
        gunichar c = take_char(&text, &left);

        if (is_blank(c)) {
            is_after_space = clean->len > 0;
            continue;
        }
        if (clean->len + is_after_space + g_unichar_to_utf8(c, NULL) > RECALL_RUN_MAX_BYTES)
            break;
        if (is_after_space)
            g_string_append_c(clean, ' ');
        is_after_space = FALSE;
        g_string_append_unichar(clean, c);
    }
    return g_string_free(clean, clean->len == 0);
}

static void
clear_name(void *data)
{
    g_free(((RecallName *)data)->text);
}

static void
clear_part(void *data)
{
    g_free(((RecallPart *)data)->url);
}

RecallText *
recall_text_new(void)
{
    RecallText *self = g_new0(RecallText, 1);

    self->runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    self->names = g_array_new(FALSE, FALSE, sizeof(RecallName));
    g_array_set_clear_func(self->names, clear_name);
    self->parts = g_array_new(FALSE, FALSE, sizeof(RecallPart));
    g_array_set_clear_func(self->parts, clear_part);
    pixman_region32_init(&self->covered);
    pixman_region32_init(&self->secret);
    pixman_region32_init(&self->spoken);
    pixman_region32_init(&self->recast);
    pixman_region32_init(&self->untold);
    return self;
}

void
recall_text_free(RecallText *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->runs);
    g_array_unref(self->names);
    g_array_unref(self->parts);
    g_free(self->name);
    g_free(self->url);
    g_free(self->file);
    pixman_region32_fini(&self->covered);
    pixman_region32_fini(&self->secret);
    pixman_region32_fini(&self->spoken);
    pixman_region32_fini(&self->recast);
    pixman_region32_fini(&self->untold);
    g_free(self);
}
