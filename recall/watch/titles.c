/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/titles.h"

#include "policies/glob.h"
#include "recall/watch/text.h"

struct RecallTitles {
    GPtrArray *titles; /* as plain(), the one met last at the end */
};

RecallTitles *
recall_titles_new(void)
{
    RecallTitles *self = g_new0(RecallTitles, 1);

    self->titles = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
recall_titles_free(RecallTitles *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->titles);
    g_free(self);
}

/* Bytes of a count in brackets that @text begins with, and of the spaces behind it; 0: none. */
static size_t
measure_count(const char *text)
{
    size_t n = *text == '(' ? strspn(text + 1, "0123456789") : 0;

    if (n == 0 || text[n + 1] != ')')
        return 0;
    return n + 2 + strspn(text + n + 2, " ");
}

/* Without case and counts. */
static char *
plain(const char *title)
{
    g_autofree char *folded = policy_glob_fold(title);
    GString *text = g_string_new(NULL);

    for (const char *at = folded; *at != '\0';) {
        size_t n_count = measure_count(at);

        if (n_count == 0)
            g_string_append_c(text, *at);
        at += MAX(n_count, 1);
    }
    return g_strstrip(g_string_free(text, FALSE));
}

static gboolean
has_letter(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        if (g_unichar_isalnum(g_utf8_get_char(text)))
            return TRUE;
    }
    return FALSE;
}

void
recall_titles_add(RecallTitles *self, const char *title)
{
    g_autofree char *text = plain(title);
    unsigned at;

    if (!has_letter(text))
        return;
    if (g_ptr_array_find_with_equal_func(self->titles, text, g_str_equal, &at))
        g_ptr_array_remove_index(self->titles, at);
    else if (self->titles->len >= RECALL_TITLES_N_MAX)
        g_ptr_array_remove_index(self->titles, 0);
    g_ptr_array_add(self->titles, g_steal_pointer(&text));
}

/* Chinese, Japanese and Korean words end anywhere. */
static gboolean
joins(gunichar a, gunichar b)
{
    return g_unichar_isalnum(a) && g_unichar_isalnum(b) && !recall_text_is_cjk(a) &&
           !recall_text_is_cjk(b);
}

static gboolean
is_whole(const char *text, const char *start, const char *end)
{
    gunichar first = g_utf8_get_char(start);
    gunichar last = g_utf8_get_char(g_utf8_prev_char(end));

    return (start == text || !joins(g_utf8_get_char(g_utf8_prev_char(start)), first)) &&
           (*end == '\0' || !joins(last, g_utf8_get_char(end)));
}

static gboolean
names(const char *text, const char *title)
{
    for (const char *at = strstr(text, title); at != NULL; at = strstr(at + 1, title)) {
        if (is_whole(text, at, at + strlen(title)))
            return TRUE;
    }
    return FALSE;
}

gboolean
recall_titles_has(const RecallTitles *self, const char *name)
{
    g_autofree char *text = self->titles->len > 0 ? plain(name) : NULL;

    for (unsigned i = 0; text != NULL && i < self->titles->len; i++) {
        if (names(text, self->titles->pdata[i]))
            return TRUE;
    }
    return FALSE;
}
