/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/tails.h"

#include "policies/detect.h"

#include <string.h>

#define TAIL_MIN_BYTES 6
#define SIGN_MAX_BYTES 4 /* before it: what OCR makes of an icon */
#define N_SAME_LETTERS 4 /* in a row: a part of the same text */
#define N_OPEN_BYTES 2   /* behind a secret: a caret */

/* Where a secret goes to the end of its run. */
typedef struct {
    BaseRect box;
    char *text;
    uint32_t start_bytes;
    gboolean is_beginning;
    int64_t seen_us;
} Place;

struct RecallTails {
    GPtrArray *places; /* of Place */
};

static void
free_place(void *data)
{
    g_free(((Place *)data)->text);
    g_free(data);
}

RecallTails *
recall_tails_new(void)
{
    RecallTails *self = g_new0(RecallTails, 1);

    self->places = g_ptr_array_new_with_free_func(free_place);
    return self;
}

void
recall_tails_free(RecallTails *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->places);
    g_free(self);
}

/* --- what goes on --- */

static gboolean
stands_in_same_place(const BaseRect *a, const BaseRect *b)
{
    BaseRect common;

    return base_rect_intersect(a, b, &common) && common.height * 2 >= MIN(a->height, b->height);
}

static const Place *
find_place(const RecallTails *self, const RecallRun *run)
{
    for (unsigned i = 0; i < self->places->len; i++) {
        const Place *place = self->places->pdata[i];

        if (stands_in_same_place(&place->box, &run->box))
            return place;
    }
    return NULL;
}

/* Folded: OCR reads some in the other case. */
static char *
dup_letters(const char *text)
{
    GString *letters = g_string_new(NULL);

    for (; *text != '\0'; text++) {
        if (g_ascii_isalnum(*text))
            g_string_append_c(letters, g_ascii_tolower(*text));
    }
    return g_string_free(letters, FALSE);
}

static gboolean
share_letters(const char *a, const char *b)
{
    g_autofree char *letters_a = dup_letters(a);
    g_autofree char *letters_b = dup_letters(b);
    size_t length = strlen(letters_a);

    for (size_t i = 0; i + N_SAME_LETTERS <= length; i++) {
        if (memmem(letters_b, strlen(letters_b), letters_a + i, N_SAME_LETTERS) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* One word with digits, maybe behind a sign that is no part of the text. */
static gboolean
looks_like_tail(const char *text)
{
    const char *last = strrchr(text, ' ');
    const char *word = last != NULL && last - text <= SIGN_MAX_BYTES ? last + 1 : text;

    return strlen(word) >= TAIL_MIN_BYTES && strchr(word, ' ') == NULL &&
           strpbrk(word, "0123456789") != NULL;
}

static gboolean
begins_alike(const Place *place, const RecallRun *run)
{
    return strncmp(place->text, run->text, place->start_bytes + 1) == 0;
}

gboolean
recall_tails_find(const RecallTails *self,
                  const RecallRun *run,
                  gboolean is_typed,
                  uint32_t *out_start)
{
    const Place *place = find_place(self, run);
    uint32_t start = 0;

    if (place == NULL || (!is_typed && !g_str_equal(place->text, run->text)))
        return FALSE;
    if (begins_alike(place, run)) {
        start = place->start_bytes;
        if (place->is_beginning || !share_letters(run->text + start, place->text + start))
            return FALSE;
    } else if (!looks_like_tail(run->text) &&
               !share_letters(run->text, place->text + place->start_bytes)) {
        return FALSE;
    }
    *out_start = start;
    return TRUE;
}

/* --- the view --- */

static gboolean
is_taken(const GPtrArray *runs, const BaseRect *box)
{
    for (unsigned i = 0; i < runs->len; i++) {
        if (stands_in_same_place(box, &((RecallRun *)runs->pdata[i])->box))
            return TRUE;
    }
    return FALSE;
}

/* A place where other text stands now, or none for a while. */
static void
drop_places(RecallTails *self, const GPtrArray *runs, int64_t now_us)
{
    for (unsigned i = self->places->len; i > 0; i--) {
        const Place *place = self->places->pdata[i - 1];

        if (now_us - place->seen_us >= RECALL_TAILS_GONE_US || is_taken(runs, &place->box))
            g_ptr_array_remove_index(self->places, i - 1);
    }
}

static void
add_place(RecallTails *self, const RecallRun *run, const PolicySecretRange *secret, int64_t now_us)
{
    Place *place;

    if (self->places->len >= RECALL_TAILS_N_MAX ||
        secret->end_bytes + N_OPEN_BYTES < strlen(run->text))
        return;
    place = g_new0(Place, 1);
    *place =
        (Place){run->box, g_strdup(run->text), secret->start_bytes, secret->is_beginning, now_us};
    g_ptr_array_add(self->places, place);
}

void
recall_tails_note(RecallTails *self, const GPtrArray *runs, const GArray *secrets, int64_t now_us)
{
    drop_places(self, runs, now_us);
    for (unsigned i = 0; secrets != NULL && i < secrets->len; i++) {
        const PolicySecretRange *secret = &g_array_index(secrets, PolicySecretRange, i);

        add_place(self, runs->pdata[secret->run], secret, now_us);
    }
}
