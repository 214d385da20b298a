/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/setting.h"

#include "recall/watch/reader/words.h"

#include <string.h>

/* Measured on xterm; see docs/HACKING.md. */
#define INK_CONTRAST 96   /* rims of smooth letters touch */
#define APART_CELLS 2     /* between pieces */
#define PIECE_N_CELLS 12  /* longer words are cut */
#define CUT_REACH_CELLS 2 /* so far from where it is wanted a place for the cut is looked for */

/* Cells that are set together: a word or a piece of one. */
typedef struct {
    unsigned start; /* cells */
    unsigned end;
    int left;           /* crop column */
    int right;          /* exclusive */
    gboolean is_joined; /* to the piece before it */
} Piece;

/* --- setting --- */

/* No letter goes on over the left border of the cell. */
static gboolean
is_clear(const ReaderCrop *line, const ReaderCells *cells, unsigned cell)
{
    int x = cells->x + (int)cell * cells->grid.pitch;

    for (int y = 0; y < line->height && x > 0 && x < line->width; y++) {
        const uint8_t *grey = line->grey + (size_t)line->width * y + x;

        if (line->ground - grey[-1] > INK_CONTRAST && line->ground - grey[0] > INK_CONTRAST)
            return FALSE;
    }
    return TRUE;
}

/* Returns: the clear border nearest to @cell, or @cell */
static unsigned
find_cut(const ReaderCrop *line, const ReaderCells *cells, unsigned cell)
{
    for (unsigned i = 0; i <= CUT_REACH_CELLS; i++) {
        if (is_clear(line, cells, cell - i))
            return cell - i;
        if (is_clear(line, cells, cell + i))
            return cell + i;
    }
    return cell;
}

static void
add_pieces(ReaderSetting *self,
           const ReaderCrop *line,
           const ReaderCells *cells,
           const ReaderToken *token)
{
    unsigned n = token->end - token->start;
    unsigned n_pieces = (n + PIECE_N_CELLS - 1) / PIECE_N_CELLS;
    Piece piece = {.start = token->start};

    for (unsigned i = 1; i <= n_pieces; i++) {
        piece.end =
            i < n_pieces ? find_cut(line, cells, token->start + i * n / n_pieces) : token->end;
        piece.left = self->crop->width;
        piece.right = piece.left + (int)(piece.end - piece.start) * self->grid.pitch;
        self->crop->width = piece.right + APART_CELLS * self->grid.pitch;
        g_array_append_val(self->pieces, piece);
        piece.start = piece.end;
        piece.is_joined = TRUE;
    }
}

static void
copy_piece(ReaderSetting *self, const ReaderCrop *line, const Piece *piece)
{
    int from = self->x + (int)piece->start * self->grid.pitch;
    int to = piece->left;
    int n = MIN(piece->right - piece->left, line->width - from);

    if (from < 0) { /* a cell of which a part is beyond the line */
        to -= from;
        n += from;
        from = 0;
    }
    for (int y = 0; y < line->height; y++)
        memcpy(self->crop->grey + (size_t)self->crop->width * y + to,
               line->grey + (size_t)line->width * y + from, n);
}

ReaderSetting *
reader_setting_new(const ReaderCrop *line, const ReaderCells *cells, const GArray *tokens)
{
    ReaderSetting *self = g_new0(ReaderSetting, 1);

    self->crop = g_new0(ReaderCrop, 1);
    self->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    self->grid = cells->grid;
    self->x = cells->x;
    self->width = line->width;
    for (unsigned i = 0; i < tokens->len; i++)
        add_pieces(self, line, cells, &g_array_index(tokens, ReaderToken, i));
    self->crop->width -= APART_CELLS * self->grid.pitch;
    self->crop->height = line->height;
    self->crop->ground = line->ground;
    self->crop->grey = g_malloc((size_t)self->crop->width * line->height);
    memset(self->crop->grey, line->ground, (size_t)self->crop->width * line->height);
    for (unsigned i = 0; i < self->pieces->len; i++)
        copy_piece(self, line, &g_array_index(self->pieces, Piece, i));
    return self;
}

void
reader_setting_free(ReaderSetting *self)
{
    if (self == NULL)
        return;
    reader_crop_free(self->crop);
    g_array_unref(self->pieces);
    g_free(self);
}

/* --- what was read of it --- */

/* The text of one piece as it comes together. */
typedef struct {
    GString *text;
    double confidence; /* sum over the letters */
    unsigned n_letters;
} Reading;

static void
clear_reading(void *data)
{
    g_string_free(((Reading *)data)->text, TRUE);
}

/* Returns: the piece that stands nearest to the column */
static unsigned
find_piece(const ReaderSetting *self, double x)
{
    unsigned i = 0;

    while (i + 1 < self->pieces->len) {
        const Piece *piece = &g_array_index(self->pieces, Piece, i);

        if (x < piece->right + APART_CELLS * self->grid.pitch / 2.0)
            break;
        i++;
    }
    return i;
}

static unsigned
count_cells(const ReaderSetting *self, unsigned first, unsigned last)
{
    unsigned n = 0;

    for (unsigned i = first; i <= last; i++)
        n +=
            g_array_index(self->pieces, Piece, i).end - g_array_index(self->pieces, Piece, i).start;
    return n;
}

/* Gives the letters of a word to the pieces it was read of: by their number where it fits, else by
 * their places. */
static void
take_word(const ReaderSetting *self, const ReaderWord *word, GArray *readings)
{
    long n = g_utf8_strlen(word->text, -1);
    double pitch = (double)word->box.width / n;
    unsigned first = find_piece(self, word->box.x + pitch / 2);
    unsigned last = find_piece(self, word->box.x + word->box.width - pitch / 2);
    gboolean fits = count_cells(self, first, last) == n;
    const char *at = word->text;
    unsigned piece = first;

    for (long i = 0; i < n; i++, at = g_utf8_next_char(at)) {
        Reading *reading;

        if (!fits)
            piece = find_piece(self, word->box.x + (i + 0.5) * pitch);
        else if (i >= count_cells(self, first, piece))
            piece++;
        reading = &g_array_index(readings, Reading, piece);
        g_string_append_unichar(reading->text, g_utf8_get_char(at));
        reading->confidence += word->confidence;
        reading->n_letters++;
    }
}

static void
add_word(const ReaderSetting *self, const Piece *piece, const Reading *reading, GArray *words)
{
    int left = MAX(self->x + (int)piece->start * self->grid.pitch, 0);
    int right = MIN(self->x + (int)piece->end * self->grid.pitch, self->width);
    BaseRect box = {left, 0, right - left, self->crop->height};

    if (reading->n_letters == 0)
        return;
    reader_words_add(words, g_strdup(reading->text->str), &box,
                     reading->confidence / reading->n_letters);
    g_array_index(words, ReaderWord, words->len - 1).is_joined = piece->is_joined;
}

GArray *
reader_setting_take(const ReaderSetting *self, const GArray *words)
{
    g_autoptr(GArray) readings = g_array_new(FALSE, TRUE, sizeof(Reading));
    GArray *taken = reader_words_new();

    g_array_set_clear_func(readings, clear_reading);
    g_array_set_size(readings, self->pieces->len);
    for (unsigned i = 0; i < readings->len; i++)
        g_array_index(readings, Reading, i).text = g_string_new(NULL);
    for (unsigned i = 0; i < words->len; i++)
        take_word(self, &g_array_index(words, ReaderWord, i), readings);
    for (unsigned i = 0; i < readings->len; i++)
        add_word(self, &g_array_index(self->pieces, Piece, i), &g_array_index(readings, Reading, i),
                 taken);
    return taken;
}
