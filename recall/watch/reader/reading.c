/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/reading.h"

#include "recall/watch/reader/cache.h"
#include "recall/watch/reader/cursor.h"
#include "recall/watch/reader/glyphs.h"
#include "recall/watch/reader/lines.h"
#include "recall/watch/reader/recogniser.h"
#include "recall/watch/reader/seen.h"
#include "recall/watch/reader/setting.h"
#include "recall/watch/reader/squiggles.h"
#include "recall/watch/reader/tokens.h"
#include "recall/watch/reader/words.h"

#include <time.h>

/* Of so many lines of known letters one is read by the engine all the same: ever fewer while it
 * agrees. */
#define AUDIT_LINES_MIN 20
#define AUDIT_LINES_MAX 320
#define AUDIT_DOUBT 20   /* it disagrees about more than one of so many cells */
#define PART_SURE 85     /* confidence: if less, all of it is read */
#define PART_SHARE 0.7   /* of a line's letters: if more are not known, all of it is read */
#define PART_N_CELLS 8   /* at least so many are read, for the engine to see how high letters are */
#define AUDIT_N_CELLS 20 /* at least so many are read of a line of known letters */
#define GRID_SAMPLES 6   /* lines that a grid is tried on */
#define BARREN_COST 3 /* a line without words is charged so many times: a video pays for itself */

struct ReaderReading {
    ReaderRecogniser *recogniser;
    ReaderCache *cache;
    ReaderSeen *seen;
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

typedef struct {
    BaseRect box;
    ReaderFacts facts;
    ReaderCrop *crop;    /* NULL until it is asked for: see get_crop() */
    int64_t seen_us;     /* of a line that was not read before, as all below */
    ReaderCells *cells;  /* in a grid */
    GArray *words;       /* of ReaderWord; NULL: not read yet */
    gboolean is_spelled; /* by its letters alone */
    gboolean is_audit;   /* it could have been */
} Line;

static void
clear_line(void *data)
{
    Line *line = data;

    g_clear_pointer(&line->crop, reader_crop_free);
    g_clear_pointer(&line->cells, reader_cells_free);
    g_clear_pointer(&line->words, g_array_unref);
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
    self->seen = reader_seen_new();
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
    reader_seen_free(self->seen);
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
    reader_seen_forget(self->seen);
}

/* --- lines --- */

/* Most lines were looked at a moment ago, and only their pixels are compared. */
static void
look_at_line(const Job *job, const BaseRect *box, Line *line)
{
    g_autoptr(ReaderCrop) crop = reader_crop_cut(job->page, box);
    ReaderDigest pixels = reader_crop_digest(crop);
    const ReaderFacts *facts = reader_seen_get(job->reading->seen, &pixels);

    line->box = *box;
    if (facts != NULL) {
        line->facts = *facts;
        return;
    }
    reader_crop_level(crop);
    line->facts.digest = reader_crop_digest(crop);
    reader_spread_count(crop, &line->facts.gaps);
    reader_seen_put(job->reading->seen, &pixels, &line->facts);
    line->crop = g_steal_pointer(&crop);
}

/* Returns: (transfer full): of Line */
static GArray *
look_at_lines(const Job *job, double gap_heights)
{
    g_autoptr(GArray) boxes = reader_lines_find(job->page, job->request->edges, gap_heights);
    GArray *lines = g_array_new(FALSE, TRUE, sizeof(Line));

    g_array_set_clear_func(lines, clear_line);
    g_array_set_size(lines, boxes->len);
    for (unsigned i = 0; i < boxes->len; i++)
        look_at_line(job, &g_array_index(boxes, BaseRect, i), &g_array_index(lines, Line, i));
    return lines;
}

/* Returns: (transfer none) */
static ReaderCrop *
get_crop(const Job *job, Line *line)
{
    if (line->crop == NULL)
        line->crop = reader_crop_new(job->page, &line->box);
    return line->crop;
}

/* Chinese is left out when it is not @is_any: its characters span cells. */
static void
find_columns(const Job *job, GArray *lines, gboolean is_any, ReaderColumns *columns)
{
    reader_columns_init(columns, job->page->width);
    for (unsigned i = 0; i < lines->len; i++) {
        Line *line = &g_array_index(lines, Line, i);
        const ReaderCrop *crop = get_crop(job, line);

        if (is_any || reader_crop_density(crop) <= READER_CROP_CJK_DENSITY)
            reader_columns_add(columns, crop, line->box.x);
    }
}

/* Icons in a row stand as far apart, but in no grid. */
static gboolean
is_spread(const Job *job, GArray *lines)
{
    g_auto(ReaderColumns) columns = {0};
    ReaderGaps gaps = {0, 0};

    for (unsigned i = 0; i < lines->len; i++) {
        gaps.n += g_array_index(lines, Line, i).facts.gaps.n;
        gaps.n_wide += g_array_index(lines, Line, i).facts.gaps.n_wide;
    }
    if (!reader_spread_is_wide(&gaps))
        return FALSE;
    find_columns(job, lines, TRUE, &columns);
    return reader_columns_find_grid(&columns).pitch > 0;
}

/* Between accessible text there are icons, which stand apart, too.
 * Returns: (transfer full): of Line */
static GArray *
find_lines(Job *job)
{
    GArray *lines = look_at_lines(job, READER_LINES_GAP);

    job->is_spread = job->request->words != PROTOCOL_READER_SURE && is_spread(job, lines);
    if (!job->is_spread)
        return lines;
    g_array_unref(lines);
    return look_at_lines(job, READER_LINES_GAP_SPREAD);
}

/* --- answers --- */

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
count_known(const Job *job, const GPtrArray *new_lines, const ReaderGrid *grid)
{
    unsigned n_known = 0;

    for (unsigned i = 0; i < MIN(new_lines->len, GRID_SAMPLES); i++) {
        Line *line = new_lines->pdata[i];
        g_autoptr(ReaderCells) cells = reader_cells_new(grid, get_crop(job, line), line->box.x);

        n_known += reader_glyphs_count_known(job->reading->glyphs, cells);
    }
    return n_known;
}

/* Few lines, or lines of few different letters, leave several grids possible: that one is right in
 * which the letters are known. */
static void
find_grid(Job *job, const ReaderColumns *columns, const GPtrArray *new_lines)
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

/* Answers what is known. Returns: (transfer container): of Line: the others */
static GPtrArray *
answer_known(const Job *job, GArray *lines)
{
    GPtrArray *new_lines = g_ptr_array_new();

    for (unsigned i = 0; i < lines->len; i++) {
        Line *line = &g_array_index(lines, Line, i);
        const ReaderDigest *digest = &line->facts.digest;
        const GArray *words = reader_cache_get(job->reading->cache, digest);

        if (words != NULL) {
            answer_words(job, &line->box, words);
            continue;
        }
        line->seen_us = reader_cache_note(job->reading->cache, digest, job->start_us);
        g_ptr_array_add(new_lines, line);
    }
    return new_lines;
}

/* What has been shown longest comes first; among equals what stands lowest, as in a terminal or a
 * talk. */
static int
compare_new(const void *a, const void *b)
{
    const Line *line_a = *(Line *const *)a;
    const Line *line_b = *(Line *const *)b;

    if (line_a->seen_us != line_b->seen_us)
        return line_a->seen_us < line_b->seen_us ? -1 : 1;
    return line_b->box.y - line_a->box.y;
}

static void
finish_line(const Job *job, Line *line)
{
    answer_words(job, &line->box, line->words);
    reader_cache_put(job->reading->cache, &line->facts.digest, g_steal_pointer(&line->words));
}

/* Reads it by its letters alone. Returns: FALSE when not all of them are known */
static gboolean
spell_line(const Job *job, Line *line)
{
    ReaderReading *self = job->reading;

    if (job->grid.pitch == 0)
        return FALSE;
    line->cells = reader_cells_new(&job->grid, line->crop, line->box.x);
    line->words = reader_glyphs_read(self->glyphs, line->cells);
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
read_closed(const Job *job, const ReaderCrop *crop, double density)
{
    g_autofree int *columns = NULL;
    g_autoptr(ReaderCrop) closed = reader_spread_close(crop, &columns);
    GArray *words = reader_recogniser_read(job->reading->recogniser, closed, density);

    for (unsigned i = 0; i < words->len; i++) {
        BaseRect *box = &g_array_index(words, ReaderWord, i).box;
        int end = columns[box->x + box->width - 1] + 1;

        box->x = columns[box->x];
        box->width = end - box->x;
    }
    return words;
}

/* @crop: the line, or a part of it. Returns: (transfer full): of ReaderWord */
static GArray *
read_crop(const Job *job, const Line *line, const ReaderCrop *crop)
{
    double density = reader_crop_density(line->crop);

    return job->is_spread ? read_closed(job, crop, density)
                          : reader_recogniser_read(job->reading->recogniser, crop, density);
}

/* Returns: (transfer full): of ReaderWord in the line's pixels */
static GArray *
read_tokens(const Job *job, const Line *line, const GArray *tokens)
{
    g_autoptr(ReaderSetting) setting = reader_setting_new(line->crop, line->cells, tokens);
    g_autoptr(GArray) words = read_crop(job, line, setting->crop);

    return reader_setting_take(setting, words);
}

static void
note_audit(ReaderReading *self, gboolean is_agreed)
{
    self->audit_lines = is_agreed ? MIN(self->audit_lines * 2, AUDIT_LINES_MAX) : AUDIT_LINES_MIN;
}

/* Only words with letters that are not known are read, or, when all are, some to see whether the
 * engine agrees. When it is not sure of a part, it needs to see all of the line. */
static GArray *
read_chosen(const Job *job, const Line *line, const GArray *tokens)
{
    g_autoptr(GArray) chosen = reader_tokens_choose(tokens, job->reading->glyphs, line->cells,
                                                    line->facts.digest.low % tokens->len,
                                                    line->is_audit ? AUDIT_N_CELLS : PART_N_CELLS);
    g_autoptr(GArray) words = NULL;

    if (reader_tokens_count_cells(chosen) <= PART_SHARE * reader_tokens_count_cells(tokens))
        words = read_tokens(job, line, chosen);
    if (words != NULL && reader_words_confidence(words) >= PART_SURE)
        return g_steal_pointer(&words);
    return read_tokens(job, line, tokens);
}

static unsigned
count_letters(const GArray *words)
{
    unsigned n = 0;

    for (unsigned i = 0; i < words->len; i++)
        n += g_utf8_strlen(g_array_index(words, ReaderWord, i).text, -1);
    return n;
}

/* Adds the words in some cells of the line, between two that are empty. */
static void
read_stretch(const Job *job, const Line *line, const ReaderToken *stretch, GArray *words)
{
    int left = reader_cells_column(line->cells, stretch->start) - line->cells->grid.pitch;
    int right = reader_cells_column(line->cells, stretch->end) + line->cells->grid.pitch;
    g_autoptr(ReaderCrop) part = NULL;
    g_autoptr(GArray) read = NULL;

    left = MAX(left, 0);
    part = reader_crop_take_columns(line->crop, left, MIN(right, line->crop->width));
    read = read_crop(job, line, part);
    for (unsigned i = 0; i < read->len; i++)
        g_array_index(read, ReaderWord, i).box.x += left;
    reader_words_append(words, read);
}

/* Chinese is read as it stands: its characters fill two cells or leave some empty. Where they stand
 * apart all of the line tells how far (spread.h). */
static GArray *
read_chinese(const Job *job, const Line *line, const GArray *tokens)
{
    g_autoptr(GArray) stretches =
        reader_tokens_find_stretches(tokens, job->reading->glyphs, line->cells);
    GArray *words;

    if (stretches->len == 0 || job->is_spread)
        return read_crop(job, line, line->crop);
    words = reader_words_new();
    for (unsigned i = 0; i < stretches->len; i++)
        read_stretch(job, line, &g_array_index(stretches, ReaderToken, i), words);
    return words;
}

/* In a grid the words of known letters are not read again, and the others teach. */
static GArray *
read_in_grid(const Job *job, const Line *line)
{
    ReaderReading *self = job->reading;
    g_autoptr(GArray) tokens = reader_tokens_find(line->cells);
    g_autoptr(GArray) read = NULL;
    GArray *words;
    unsigned n_others;

    if (tokens->len == 0 || reader_crop_density(line->crop) > READER_CROP_CJK_DENSITY)
        read = read_chinese(job, line, tokens);
    else
        read = read_chosen(job, line, tokens);
    words = reader_words_copy(read);
    reader_glyphs_correct(self->glyphs, line->cells, words); /* before they teach other letters */
    n_others = reader_glyphs_learn(self->glyphs, line->cells, read);
    if (line->is_audit)
        note_audit(self, n_others * AUDIT_DOUBT <= count_letters(read));
    return words;
}

static void
read_line(const Job *job, Line *line)
{
    int64_t start_us = get_cpu_us();
    int64_t cpu_us;

    if (job->grid.pitch > 0 && !job->is_guess)
        line->words = read_in_grid(job, line);
    else
        line->words = read_crop(job, line, line->crop);
    cpu_us = get_cpu_us() - start_us;
    if (!has_sure_words(line->words, job->request->words == PROTOCOL_READER_SURE))
        cpu_us *= BARREN_COST;
    reader_budget_take(&job->reading->budget, cpu_us);
}

static gboolean
may_read(const Job *job, const Line *line)
{
    int64_t now_us = g_get_monotonic_time();
    gboolean is_stable =
        job->start_us - line->seen_us >= READER_STABLE_MS * G_TIME_SPAN_MILLISECOND;

    return now_us - job->start_us < READER_REQUEST_MAX_MS * G_TIME_SPAN_MILLISECOND &&
           reader_budget_allows(&job->reading->budget, now_us, is_stable);
}

static void
read_new(const Job *job, GPtrArray *new_lines)
{
    g_ptr_array_sort(new_lines, compare_new);
    for (unsigned i = 0; i < new_lines->len; i++) {
        Line *line = new_lines->pdata[i];

        reader_crop_drop_caret(get_crop(job, line));
        if (!spell_line(job, line) && may_read(job, line))
            read_line(job, line);
    }
    for (unsigned i = 0; i < new_lines->len; i++) {
        Line *line = new_lines->pdata[i];

        if (line->words == NULL) {
            answer_unread(job, &line->box);
            continue;
        }
        /* The first lines were read before the letters of the last ones were known. */
        if (job->grid.pitch > 0 && !job->is_guess && !line->is_spelled)
            reader_glyphs_correct(job->reading->glyphs, line->cells, line->words);
        finish_line(job, line);
    }
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
    g_autoptr(GPtrArray) new_lines = NULL;

    reader_squiggles_erase(page, pixels, (size_t)request->width_px * 4);
    reader_cursor_lift(page);
    lines = find_lines(&job);
    new_lines = answer_known(&job, lines);
    if (new_lines->len > 0) {
        g_auto(ReaderColumns) columns = {0};

        find_columns(&job, lines, FALSE, &columns);
        find_grid(&job, &columns, new_lines);
        read_new(&job, new_lines);
    }
    return get_cpu_us() - start_us;
}
