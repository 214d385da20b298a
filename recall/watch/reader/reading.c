/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/reading.h"

#include "recall/watch/reader/cache.h"
#include "recall/watch/reader/cursor.h"
#include "recall/watch/reader/glyphs.h"
#include "recall/watch/reader/lines.h"
#include "recall/watch/reader/recogniser.h"
#include "recall/watch/reader/setting.h"
#include "recall/watch/reader/spread.h"
#include "recall/watch/reader/squiggles.h"
#include "recall/watch/reader/words.h"

#include <time.h>

/* Of so many lines of known letters one is read by the engine all the same: ever fewer while it
 * agrees. */
#define AUDIT_LINES_MIN 20
#define AUDIT_LINES_MAX 320
#define AUDIT_DOUBT 20 /* it disagrees about more than one of so many cells */
#define PART_SURE 85   /* confidence: if less, all of it is read */
#define PART_SHARE 0.7 /* of a line's letters: if more are not known, all of it is read */
#define PART_N_CELLS 8 /* at least so many are read, for the engine to see how high letters are */
#define GRID_SAMPLES 6 /* lines that a grid is tried on */
#define BARREN_COST 3  /* a line without words is charged so many times: a video pays for itself */

struct ReaderReading {
    ReaderRecogniser *recogniser;
    ReaderCache *cache;
    ReaderGlyphs *glyphs;
    ReaderBudget budget;
    unsigned n_spelled;   /* lines that needed no engine, since the last audit */
    unsigned audit_lines; /* when the next is due */
};

/* One request while it is answered. */
typedef struct {
    ReaderReading *reading;
    const ProtocolReaderRequest *request;
    const ReaderPage *page;
    ReaderAnswerFunc on_answer;
    void *user_data;
    int64_t start_us;
    ReaderGrid grid;   /* of the page; pitch 0: none */
    gboolean is_guess; /* too little was seen to be sure of it */
    gboolean is_spread;
} Job;

/* A line that was not read before. */
typedef struct {
    BaseRect box;
    ReaderDigest digest;
    int64_t seen_us;
    GArray *words;       /* of ReaderWord; NULL: not read yet */
    gboolean is_spelled; /* by its letters alone */
    gboolean is_audit;   /* it could have been */
} NewLine;

static void
clear_new_line(void *line)
{
    g_clear_pointer(&((NewLine *)line)->words, g_array_unref);
}

static int64_t
get_cpu_us(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

ReaderReading *
reader_reading_new(const char *data_path, const char *languages, GError **error)
{
    g_autoptr(ReaderRecogniser) recogniser = reader_recogniser_new(data_path, languages, error);
    ReaderReading *self;

    if (recogniser == NULL)
        return NULL;
    self = g_new0(ReaderReading, 1);
    self->recogniser = g_steal_pointer(&recogniser);
    self->cache = reader_cache_new();
    self->glyphs = reader_glyphs_new();
    self->audit_lines = AUDIT_LINES_MIN;
    reader_budget_init(&self->budget, g_get_monotonic_time());
    return self;
}

void
reader_reading_free(ReaderReading *self)
{
    if (self == NULL)
        return;
    reader_recogniser_free(self->recogniser);
    reader_cache_free(self->cache);
    reader_glyphs_free(self->glyphs);
    g_free(self);
}

ReaderBudget *
reader_reading_budget(ReaderReading *self)
{
    return &self->budget;
}

void
reader_reading_forget(ReaderReading *self)
{
    reader_cache_forget(self->cache);
}

static void
answer_words(const Job *job, const BaseRect *line, const GArray *raw)
{
    g_autoptr(GArray) words = reader_words_copy(raw);
    g_autoptr(ProtocolReaderAnswer) answer =
        protocol_reader_answer_new(PROTOCOL_READER_LINE, job->request->id);

    if (job->request->words != PROTOCOL_READER_ANY)
        reader_words_drop_noise(words, job->request->words == PROTOCOL_READER_SURE);
    if (words->len == 0)
        return;
    for (unsigned i = 0; i < words->len; i++) {
        const ReaderWord *word = &g_array_index(words, ReaderWord, i);
        BaseRect box = {line->x + word->box.x, line->y + word->box.y, word->box.width,
                        word->box.height};

        base_rect_union(&answer->box, &box, &answer->box);
        protocol_reader_answer_add_word(answer, word->text, &box, word->is_joined);
    }
    job->on_answer(answer, job->user_data);
}

static void
answer_unread(const Job *job, const BaseRect *line)
{
    g_autoptr(ProtocolReaderAnswer) answer =
        protocol_reader_answer_new(PROTOCOL_READER_UNREAD, job->request->id);

    answer->box = *line;
    job->on_answer(answer, job->user_data);
}

static unsigned
count_known(const Job *job, const GArray *new_lines, const ReaderGrid *grid)
{
    unsigned n_known = 0;

    for (unsigned i = 0; i < MIN(new_lines->len, GRID_SAMPLES); i++) {
        const BaseRect *box = &g_array_index(new_lines, NewLine, i).box;
        g_autoptr(ReaderCrop) crop = reader_crop_new(job->page, box);
        g_autoptr(ReaderCells) cells = reader_cells_new(grid, crop, box->x);

        n_known += reader_glyphs_count_known(job->reading->glyphs, cells);
    }
    return n_known;
}

/* Few lines, or lines of few different letters, leave several grids possible: that one is right in
 * which the letters are known. */
static void
find_grid(Job *job, const ReaderColumns *columns, const GArray *new_lines)
{
    int pitch = reader_glyphs_pitch(job->reading->glyphs);
    unsigned most = 0;

    job->grid =
        job->is_spread ? reader_columns_find_wide_grid(columns) : reader_columns_find_grid(columns);
    job->is_guess = job->grid.pitch == 0;
    if (!job->is_guess)
        pitch = job->grid.pitch;
    for (int phase = 0; phase < pitch; phase++) {
        ReaderGrid grid = {pitch, phase};
        unsigned n_known = 0;

        if (job->is_guess || reader_columns_is_clear(columns, &grid))
            n_known = count_known(job, new_lines, &grid);
        if (n_known <= most)
            continue;
        most = n_known;
        job->grid = grid;
    }
}

/* Answers what is known. Returns: (transfer full): of NewLine: the others */
static GArray *
answer_known(Job *job, const GArray *lines)
{
    GArray *new_lines = g_array_new(FALSE, FALSE, sizeof(NewLine));
    g_auto(ReaderColumns) columns = {0};

    g_array_set_clear_func(new_lines, clear_new_line);
    reader_columns_init(&columns, job->page->width);
    for (unsigned i = 0; i < lines->len; i++) {
        const BaseRect *line = &g_array_index(lines, BaseRect, i);
        g_autoptr(ReaderCrop) crop = reader_crop_new(job->page, line);
        NewLine new_line = {*line, reader_crop_digest(crop), 0, NULL};
        GArray *words = reader_cache_get(job->reading->cache, &new_line.digest);

        if (reader_crop_density(crop) <= READER_CROP_CJK_DENSITY) /* its characters span cells */
            reader_columns_add(&columns, crop, line->x);
        if (words != NULL) {
            answer_words(job, line, words);
            continue;
        }
        new_line.seen_us = reader_cache_note(job->reading->cache, &new_line.digest, job->start_us);
        g_array_append_val(new_lines, new_line);
    }
    find_grid(job, &columns, new_lines);
    return new_lines;
}

/* What has been shown longest comes first; among equals what stands lowest, as in a terminal or a
 * talk. */
static int
compare_new(const void *a, const void *b)
{
    const NewLine *line_a = a;
    const NewLine *line_b = b;

    if (line_a->seen_us != line_b->seen_us)
        return line_a->seen_us < line_b->seen_us ? -1 : 1;
    return line_b->box.y - line_a->box.y;
}

static void
finish_line(const Job *job, NewLine *line)
{
    answer_words(job, &line->box, line->words);
    reader_cache_put(job->reading->cache, &line->digest, g_steal_pointer(&line->words));
}

/* Returns: (transfer full): a line without caret */
static ReaderCrop *
cut_line(const Job *job, const NewLine *line)
{
    ReaderCrop *crop = reader_crop_new(job->page, &line->box);

    reader_crop_drop_caret(crop);
    return crop;
}

/* Reads it by its letters alone. Returns: FALSE when not all of them are known */
static gboolean
spell_line(const Job *job, NewLine *line)
{
    ReaderReading *self = job->reading;
    g_autoptr(ReaderCrop) crop = NULL;
    g_autoptr(ReaderCells) cells = NULL;

    if (job->grid.pitch == 0)
        return FALSE;
    crop = cut_line(job, line);
    cells = reader_cells_new(&job->grid, crop, line->box.x);
    line->words = reader_glyphs_read(self->glyphs, cells);
    line->is_audit = line->words != NULL && ++self->n_spelled >= self->audit_lines;
    if (line->is_audit) {
        self->n_spelled = 0;
        g_clear_pointer(&line->words, g_array_unref);
    }
    line->is_spelled = line->words != NULL;
    return line->is_spelled;
}

static gboolean
has_sure_words(const GArray *raw, gboolean is_strict)
{
    g_autoptr(GArray) words = reader_words_copy(raw);

    reader_words_drop_noise(words, is_strict);
    return words->len > 0;
}

/* Returns: (transfer full): of ReaderWord */
static GArray *
read_closed(const Job *job, const ReaderCrop *crop)
{
    g_autofree int *columns = NULL;
    g_autoptr(ReaderCrop) closed = reader_spread_close(crop, &columns);
    GArray *words = reader_recogniser_read(job->reading->recogniser, closed);

    for (unsigned i = 0; i < words->len; i++) {
        BaseRect *box = &g_array_index(words, ReaderWord, i).box;
        int end = columns[box->x + box->width - 1] + 1;

        box->x = columns[box->x];
        box->width = end - box->x;
    }
    return words;
}

/* Returns: (transfer full): of ReaderWord */
static GArray *
read_crop(const Job *job, const ReaderCrop *crop)
{
    return job->is_spread ? read_closed(job, crop)
                          : reader_recogniser_read(job->reading->recogniser, crop);
}

static unsigned
count_cells(const GArray *tokens)
{
    unsigned n = 0;

    for (unsigned i = 0; i < tokens->len; i++)
        n +=
            g_array_index(tokens, ReaderToken, i).end - g_array_index(tokens, ReaderToken, i).start;
    return n;
}

/* Returns: (transfer full): of ReaderToken */
static GArray *
find_tokens(const ReaderCells *cells)
{
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(ReaderToken));
    ReaderToken token = {0};

    while (reader_cells_next_token(cells, token.end, &token))
        g_array_append_val(tokens, token);
    return tokens;
}

/* Returns: (transfer full): of ReaderWord in the pixels of @crop */
static GArray *
read_tokens(const Job *job, const ReaderCrop *crop, const ReaderCells *cells, const GArray *tokens)
{
    g_autoptr(ReaderSetting) setting = reader_setting_new(crop, cells, tokens);
    g_autoptr(GArray) words = read_crop(job, setting->crop);

    return reader_setting_take(setting, words);
}

static void
note_audit(ReaderReading *self, gboolean is_agreed)
{
    self->audit_lines = is_agreed ? MIN(self->audit_lines * 2, AUDIT_LINES_MAX) : AUDIT_LINES_MIN;
}

/* Returns: (transfer full) (nullable): of ReaderWord: of the tokens that are not known; NULL when
 * the engine needs to see more to be sure */
static GArray *
read_unknown(const Job *job, const ReaderCrop *crop, const ReaderCells *cells, unsigned n_all)
{
    g_autoptr(GArray) tokens = reader_glyphs_find_unknown(job->reading->glyphs, cells);
    unsigned n = count_cells(tokens);
    g_autoptr(GArray) words = NULL;

    if (n < PART_N_CELLS || n > PART_SHARE * n_all)
        return NULL;
    words = read_tokens(job, crop, cells, tokens);
    return reader_words_confidence(words) >= PART_SURE ? g_steal_pointer(&words) : NULL;
}

/* In a grid the words of known letters are not read again, and the others teach. Chinese is read as
 * it stands: its characters fill two cells or leave some empty. */
static GArray *
read_in_grid(const Job *job, const NewLine *line)
{
    ReaderReading *self = job->reading;
    g_autoptr(ReaderCrop) crop = cut_line(job, line);
    g_autoptr(ReaderCells) cells = reader_cells_new(&job->grid, crop, line->box.x);
    g_autoptr(GArray) tokens = find_tokens(cells);
    g_autoptr(GArray) read = NULL;
    GArray *words;
    unsigned n_others;

    if (tokens->len == 0 || reader_crop_density(crop) > READER_CROP_CJK_DENSITY)
        read = read_crop(job, crop);
    else
        read = read_unknown(job, crop, cells, count_cells(tokens));
    if (read == NULL)
        read = read_tokens(job, crop, cells, tokens);
    words = reader_words_copy(read);
    reader_glyphs_correct(self->glyphs, cells, words); /* before they teach other letters */
    n_others = reader_glyphs_learn(self->glyphs, cells, read);
    if (line->is_audit)
        note_audit(self, n_others * AUDIT_DOUBT <= cells->keys->len);
    return words;
}

/* Returns: (transfer full): of ReaderWord */
static GArray *
read_alone(const Job *job, const NewLine *line)
{
    g_autoptr(ReaderCrop) crop = cut_line(job, line);

    return read_crop(job, crop);
}

static void
read_line(const Job *job, NewLine *line)
{
    int64_t start_us = get_cpu_us();
    int64_t cpu_us;

    if (job->grid.pitch > 0 && !job->is_guess)
        line->words = read_in_grid(job, line);
    else
        line->words = read_alone(job, line);
    cpu_us = get_cpu_us() - start_us;
    if (!has_sure_words(line->words, job->request->words == PROTOCOL_READER_SURE))
        cpu_us *= BARREN_COST;
    reader_budget_take(&job->reading->budget, cpu_us);
}

/* The first lines were read before the letters of the last ones were known. */
static void
correct_line(const Job *job, NewLine *line)
{
    g_autoptr(ReaderCrop) crop = cut_line(job, line);
    g_autoptr(ReaderCells) cells = reader_cells_new(&job->grid, crop, line->box.x);

    reader_glyphs_correct(job->reading->glyphs, cells, line->words);
}

static gboolean
may_read(const Job *job, const NewLine *line)
{
    int64_t now_us = g_get_monotonic_time();
    gboolean is_stable =
        job->start_us - line->seen_us >= READER_STABLE_MS * G_TIME_SPAN_MILLISECOND;

    return now_us - job->start_us < READER_REQUEST_MAX_MS * G_TIME_SPAN_MILLISECOND &&
           reader_budget_allows(&job->reading->budget, now_us, is_stable);
}

static void
read_new(const Job *job, GArray *new_lines)
{
    g_array_sort(new_lines, compare_new);
    for (unsigned i = 0; i < new_lines->len; i++) {
        NewLine *line = &g_array_index(new_lines, NewLine, i);

        if (!spell_line(job, line) && may_read(job, line))
            read_line(job, line);
    }
    for (unsigned i = 0; i < new_lines->len; i++) {
        NewLine *line = &g_array_index(new_lines, NewLine, i);

        if (line->words == NULL) {
            answer_unread(job, &line->box);
            continue;
        }
        if (job->grid.pitch > 0 && !job->is_guess && !line->is_spelled)
            correct_line(job, line);
        finish_line(job, line);
    }
}

/* Between accessible text there are icons, which stand apart, too. */
static GArray *
find_lines(Job *job)
{
    GArray *lines = reader_lines_find(job->page, job->request->edges, READER_LINES_GAP);

    job->is_spread =
        job->request->words != PROTOCOL_READER_SURE && reader_spread_is_wide(job->page, lines);
    if (!job->is_spread)
        return lines;
    g_array_unref(lines);
    return reader_lines_find(job->page, job->request->edges, READER_LINES_GAP_SPREAD);
}

int64_t
reader_reading_run(ReaderReading *self,
                   const ProtocolReaderRequest *request,
                   const uint8_t *pixels,
                   ReaderAnswerFunc on_answer,
                   void *user_data)
{
    int64_t start_us = get_cpu_us();
    g_autoptr(ReaderPage) page = reader_page_new(pixels, (size_t)request->width_px * 4,
                                                 request->width_px, request->height_px);
    Job job = {.reading = self,
               .request = request,
               .page = page,
               .on_answer = on_answer,
               .user_data = user_data,
               .start_us = g_get_monotonic_time()};
    g_autoptr(GArray) lines = NULL;
    g_autoptr(GArray) new_lines = NULL;

    reader_squiggles_erase(page, pixels, (size_t)request->width_px * 4);
    reader_cursor_lift(page);
    lines = find_lines(&job);
    new_lines = answer_known(&job, lines);
    read_new(&job, new_lines);
    return get_cpu_us() - start_us;
}
