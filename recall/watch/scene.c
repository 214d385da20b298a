/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/scene.h"

#include "recall/watch/drafts.h"
#include "recall/watch/redact.h"

#include <string.h>

/* One run and since when it stands. */
typedef struct {
    RecallRun *run;
    gboolean is_new; /* not in the view before */
    int64_t since_us;
} Line;

struct RecallScene {
    uint64_t key;
    int64_t start_us;
    int64_t end_us;
    char *app;
    char *title;
    char *url;
    char *file;
    char *actor;
    int64_t labelled_us; /* since when title, url and file stand */
    uint32_t width_px;
    uint32_t height_px;
    GPtrArray *lines;    /* of Line */
    GPtrArray *past;     /* of Line: values that ticked away */
    GHashTable *archive; /* text of a line to the second in which a scene that holds it ended */
};

static void
free_line(void *data)
{
    Line *line = data;

    recall_run_unref(line->run);
    g_free(line);
}

RecallScene *
recall_scene_new(void)
{
    RecallScene *self = g_new0(RecallScene, 1);

    self->lines = g_ptr_array_new_with_free_func(free_line);
    self->past = g_ptr_array_new_with_free_func(free_line);
    self->archive = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return self;
}

void
recall_scene_free(RecallScene *self)
{
    if (self == NULL)
        return;
    g_free(self->app);
    g_free(self->title);
    g_free(self->url);
    g_free(self->file);
    g_free(self->actor);
    g_ptr_array_unref(self->lines);
    g_ptr_array_unref(self->past);
    g_hash_table_unref(self->archive);
    g_free(self);
}

uint64_t
recall_scene_get_key(const RecallScene *self)
{
    return self->key;
}

gboolean
recall_scene_has_text(const RecallScene *self)
{
    return self->lines->len > 0;
}

/* --- what was lost --- */

/* The characters of @text of which @is_kept says so, without regard to case. */
static char *
dup_filtered(const char *text, gboolean (*is_kept)(gunichar c))
{
    GString *kept = g_string_sized_new(strlen(text));

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (is_kept(c))
            g_string_append_unichar(kept, g_unichar_tolower(c));
    }
    return g_string_free(kept, FALSE);
}

static gboolean
is_same_filtered(const char *a, const char *b, gboolean (*is_kept)(gunichar c))
{
    g_autofree char *kept_a = dup_filtered(a, is_kept);
    g_autofree char *kept_b = dup_filtered(b, is_kept);

    return g_str_equal(kept_a, kept_b);
}

/* A clock, a counter and a progress bar look the same at any time. */
static gboolean
differs_only_in_signs(const char *a, const char *b)
{
    return is_same_filtered(a, b, g_unichar_isalpha);
}

/* Such as a caret that OCR took for a bracket. */
static gboolean
differs_only_in_punctuation(const char *a, const char *b)
{
    return is_same_filtered(a, b, g_unichar_isalnum);
}

/* At least half of the lower of the two, and some of its width. */
static gboolean
stands_in_same_place(const BaseRect *a, const BaseRect *b)
{
    BaseRect common;

    return base_rect_intersect(a, b, &common) && common.height * 2 >= MIN(a->height, b->height);
}

/* A word of @old is lost when @now does not contain it, not even as part of a longer word: a word
 * that is being typed grows and is not lost. */
static gboolean
loses_a_word(const char *old, const char *now)
{
    g_auto(GStrv) words = g_strsplit(old, " ", -1);

    for (char **word = words; *word != NULL; word++) {
        if (**word != '\0' && strstr(now, *word) == NULL)
            return TRUE;
    }
    return FALSE;
}

/* Lines of the new view by their text; a value is a list because a text may stand twice. */
static GHashTable *
index_by_text(GPtrArray *lines)
{
    GHashTable *index =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);

    for (unsigned i = 0; i < lines->len; i++) {
        Line *line = lines->pdata[i];
        GPtrArray *same = g_hash_table_lookup(index, line->run->text);

        if (same == NULL) {
            same = g_ptr_array_new();
            g_hash_table_insert(index, line->run->text, same);
        }
        g_ptr_array_add(same, line);
    }
    return index;
}

/* The same text is still shown, wherever: it goes on standing. */
static gboolean
carry_over(GHashTable *index, const Line *old)
{
    GPtrArray *same = g_hash_table_lookup(index, old->run->text);
    Line *line;

    if (same == NULL || same->len == 0)
        return FALSE;
    line = g_ptr_array_steal_index_fast(same, same->len - 1);
    line->is_new = FALSE;
    line->since_us = old->since_us;
    return TRUE;
}

/* The new line that took the place of @old and still has something of it, or NULL. */
static Line *
find_successor(GPtrArray *lines, const Line *old)
{
    for (unsigned i = 0; i < lines->len; i++) {
        Line *line = lines->pdata[i];

        if (line->is_new && stands_in_same_place(&line->run->box, &old->run->box))
            return line;
    }
    return NULL;
}

/* Whether what took its place says that it began a secret. */
static gboolean
began_a_secret(GPtrArray *lines, const Line *old)
{
    for (unsigned i = 0; i < lines->len; i++) {
        const RecallRun *run = ((Line *)lines->pdata[i])->run;

        if (run->hides_beginning && stands_in_same_place(&run->box, &old->run->box))
            return TRUE;
    }
    return FALSE;
}

/* Fewer letters than half of it: what is read of a ticking clock may have some. */
static gboolean
is_mostly_signs(const char *text)
{
    g_autofree char *letters = dup_filtered(text, g_unichar_isalpha);

    return g_utf8_strlen(letters, -1) * 2 < g_utf8_strlen(text, -1);
}

/* Same letters or hardly any, in the same place, soon; a reading may fail meanwhile.
 * @successor: (nullable) */
static gboolean
has_ticked(const Line *old, const Line *successor, int64_t now_us)
{
    gboolean is_signs = is_mostly_signs(old->run->text);

    if (now_us - old->since_us > RECALL_SCENE_TICK_MAX_US)
        return FALSE;
    if (successor == NULL)
        return is_signs;
    return (is_signs && is_mostly_signs(successor->run->text)) ||
           differs_only_in_signs(old->run->text, successor->run->text);
}

static gboolean
is_archived(const RecallScene *self, const char *text, int64_t now_us)
{
    int64_t ended_s = GPOINTER_TO_SIZE(g_hash_table_lookup(self->archive, text));

    return now_us - ended_s * G_USEC_PER_SEC <= RECALL_SCENE_ARCHIVE_MAX_US;
}

/* Nothing is lost when every word of the old line still stands in its row: the line has grown, or
 * what was read as one run is now read as several. */
static gboolean
stands_in_row(GPtrArray *lines, const Line *old)
{
    g_autoptr(GString) row = g_string_new(NULL);

    for (unsigned i = 0; i < lines->len; i++) {
        const Line *line = lines->pdata[i];

        if (stands_in_same_place(&line->run->box, &old->run->box))
            g_string_append_printf(row, "%s ", line->run->text);
    }
    return row->len > 0 && !loses_a_word(old->run->text, row->str);
}

static Line *
new_line(RecallRun *run, int64_t since_us)
{
    Line *line = g_new0(Line, 1);

    line->run = recall_run_ref(run);
    line->is_new = TRUE;
    line->since_us = since_us;
    return line;
}

/* Returns: FALSE when the scene holds as many as it may */
static gboolean
keep_past(RecallScene *self, const Line *old)
{
    for (unsigned i = 0; i < self->past->len; i++) {
        if (g_str_equal(((Line *)self->past->pdata[i])->run->text, old->run->text))
            return TRUE;
    }
    if (self->past->len >= RECALL_SCENE_N_PAST_MAX)
        return FALSE;
    g_ptr_array_add(self->past, new_line(old->run, old->since_us));
    return TRUE;
}

/* Whether @old stood, is gone, and neither this scene nor one just before holds it. */
static gboolean
is_lost(RecallScene *self, GPtrArray *lines, const Line *old, int64_t now_us)
{
    const Line *successor = find_successor(lines, old);

    if (g_str_equal(old->run->text, RECALL_REDACT_MASK) || began_a_secret(lines, old))
        return FALSE;
    if (now_us - old->since_us < RECALL_SCENE_STOOD_US ||
        is_archived(self, old->run->text, now_us) || stands_in_row(lines, old))
        return FALSE;
    if (successor != NULL && differs_only_in_punctuation(old->run->text, successor->run->text))
        return FALSE;
    return !has_ticked(old, successor, now_us) || !keep_past(self, old);
}

static gboolean
loses_lines(RecallScene *self, GPtrArray *lines, int64_t now_us)
{
    g_autoptr(GHashTable) index = index_by_text(lines);
    g_autoptr(GPtrArray) gone = g_ptr_array_new();
    gboolean has_loss = FALSE;

    for (unsigned i = 0; i < self->lines->len; i++) {
        if (!carry_over(index, self->lines->pdata[i]))
            g_ptr_array_add(gone, self->lines->pdata[i]);
    }
    for (unsigned i = 0; i < gone->len && !has_loss; i++)
        has_loss = is_lost(self, lines, gone->pdata[i], now_us);
    return has_loss;
}

/* A title or an address that stood is worth a scene of its own; a counter in it is not. */
static gboolean
loses_label(const char *old, const char *now, int64_t stood_us)
{
    return stood_us >= RECALL_SCENE_STOOD_US && *old != '\0' && !g_str_equal(old, now) &&
           !differs_only_in_signs(old, now) && loses_a_word(old, now);
}

static gboolean
loses_labels(const RecallScene *self, const RecallSceneView *view)
{
    int64_t stood_us = view->at_us - self->labelled_us;

    return loses_label(self->title, view->title, stood_us) ||
           loses_label(self->url, view->url ? view->url : "", stood_us) ||
           loses_label(self->file, view->file ? view->file : "", stood_us);
}

/* --- the new view --- */

static gboolean
is_inside(const pixman_region32_t *region, const BaseRect *box)
{
    pixman_box32_t middle = {box->x + box->width / 2, box->y + box->height / 2,
                             box->x + box->width / 2 + 1, box->y + box->height / 2 + 1};

    return pixman_region32_contains_rectangle((pixman_region32_t *)region, &middle) !=
           PIXMAN_REGION_OUT;
}

/* What is hidden now was seen before: it stays in the scene. */
static void
keep_hidden_lines(const RecallScene *self, const RecallSceneView *view, GPtrArray *lines)
{
    for (unsigned i = 0; i < self->lines->len; i++) {
        Line *old = self->lines->pdata[i];
        gboolean fits = old->run->box.x + old->run->box.width <= (int)view->width_px &&
                        old->run->box.y + old->run->box.height <= (int)view->height_px;

        if (fits && !is_inside(view->visible, &old->run->box)) {
            Line *line = new_line(old->run, old->since_us);

            line->is_new = FALSE;
            g_ptr_array_add(lines, line);
        }
    }
}

/* Since when a line that is new in this view may have stood: the view before did not have it. */
static int64_t
get_since_us(const RecallScene *self, const RecallSceneView *view)
{
    if (view->changed_us == 0 || view->changed_us > view->at_us)
        return view->at_us;
    return CLAMP(self->end_us, view->changed_us, view->at_us);
}

static GPtrArray *
dup_view_lines(const RecallScene *self, const RecallSceneView *view)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(free_line);
    int64_t since_us = get_since_us(self, view);

    for (unsigned i = 0; i < view->runs->len; i++)
        g_ptr_array_add(lines, new_line(view->runs->pdata[i], since_us));
    return lines;
}

static gboolean
is_same_view(const RecallScene *self, GPtrArray *lines, const RecallSceneView *view)
{
    if (self->lines->len != lines->len || self->width_px != view->width_px ||
        self->height_px != view->height_px || !g_str_equal(self->title, view->title) ||
        !g_str_equal(self->url, view->url ? view->url : "") ||
        !g_str_equal(self->file, view->file ? view->file : ""))
        return FALSE;
    for (unsigned i = 0; i < lines->len; i++) {
        const RecallRun *a = ((Line *)self->lines->pdata[i])->run;
        const RecallRun *b = ((Line *)lines->pdata[i])->run;

        if (!g_str_equal(a->text, b->text) || !base_rect_equal(&a->box, &b->box))
            return FALSE;
    }
    return TRUE;
}

static uint64_t
new_key(void)
{
    uint64_t key = (uint64_t)g_random_int() << 32 | g_random_int();

    return key >> 1 | 1; /* fits a signed column, never 0 */
}

static void
replace(char **field, const char *value)
{
    char *copy = g_strdup(value ? value : "");

    g_free(*field);
    *field = copy;
}

static void
take_view(RecallScene *self, const RecallSceneView *view, GPtrArray *lines)
{
    if (self->title == NULL || !g_str_equal(self->title, view->title) ||
        !g_str_equal(self->url, view->url ? view->url : ""))
        self->labelled_us = view->at_us;
    replace(&self->app, view->app);
    replace(&self->title, view->title);
    replace(&self->url, view->url);
    replace(&self->file, view->file);
    replace(&self->actor, view->actor);
    self->width_px = view->width_px;
    self->height_px = view->height_px;
    g_ptr_array_unref(self->lines);
    self->lines = lines;
}

static gboolean
is_out_of_time(const RecallScene *self, int64_t at_us)
{
    return at_us < self->end_us || at_us - self->end_us > RECALL_SCENE_RETURN_MAX_US ||
           at_us - self->start_us > RECALL_SCENE_LENGTH_MAX_US;
}

/* The lines that the scene is left with need no further scene when they go: while a page scrolls or
 * a terminal prints, a new scene begins only when a line goes that none holds yet. */
static void
archive_lines(RecallScene *self, const GPtrArray *lines)
{
    if (g_hash_table_size(self->archive) + lines->len > RECALL_SCENE_ARCHIVE_N_MAX)
        g_hash_table_remove_all(self->archive);
    for (unsigned i = 0; i < lines->len; i++)
        g_hash_table_insert(self->archive, g_strdup(((Line *)lines->pdata[i])->run->text),
                            GSIZE_TO_POINTER(self->end_us / G_USEC_PER_SEC));
}

static RecallSceneChange
begin(RecallScene *self, const RecallSceneView *view, GPtrArray *lines)
{
    self->key = new_key();
    self->start_us = self->end_us = view->at_us;
    g_ptr_array_set_size(self->past, 0);
    take_view(self, view, lines);
    return RECALL_SCENE_NEW;
}

static void
drop_beginnings(GPtrArray *lines, const GPtrArray *secrets)
{
    for (unsigned i = lines->len; i > 0; i--) {
        if (recall_drafts_is_beginning(((Line *)lines->pdata[i - 1])->run->text, secrets))
            g_ptr_array_remove_index(lines, i - 1);
    }
}

RecallSceneChange
recall_scene_observe(RecallScene *self, const RecallSceneView *view)
{
    g_autoptr(GPtrArray) lines = dup_view_lines(self, view);
    gboolean is_same;

    drop_beginnings(self->lines, view->secrets);
    drop_beginnings(self->past, view->secrets);
    if (self->key == 0 || is_out_of_time(self, view->at_us) ||
        g_strcmp0(self->app, view->app) != 0) {
        g_hash_table_remove_all(self->archive);
        return begin(self, view, g_steal_pointer(&lines));
    }
    keep_hidden_lines(self, view, lines);
    if (loses_lines(self, lines, view->at_us) || loses_labels(self, view)) {
        g_ptr_array_set_size(lines, view->runs->len);
        archive_lines(self, self->lines);
        archive_lines(self, self->past);
        return begin(self, view, g_steal_pointer(&lines));
    }
    is_same = is_same_view(self, lines, view);
    self->end_us = view->at_us;
    take_view(self, view, g_steal_pointer(&lines));
    return is_same ? RECALL_SCENE_SAME : RECALL_SCENE_GROWN;
}

/* --- the value --- */

static int
compare_rows(const void *a, const void *b)
{
    const BaseRect *box_a = &(*(Line *const *)a)->run->box;
    const BaseRect *box_b = &(*(Line *const *)b)->run->box;

    return box_a->y + box_a->height / 2 - (box_b->y + box_b->height / 2);
}

static int
compare_columns(const void *a, const void *b)
{
    return (*(Line *const *)a)->run->box.x - (*(Line *const *)b)->run->box.x;
}

/* Reading order: rows from above, each from the left. Returns: (transfer container) */
static GPtrArray *
sort_lines(const GPtrArray *lines)
{
    GPtrArray *sorted = g_ptr_array_sized_new(lines->len);
    unsigned first = 0;

    for (unsigned i = 0; i < lines->len; i++)
        g_ptr_array_add(sorted, lines->pdata[i]);
    if (sorted->len == 0)
        return sorted;
    qsort(sorted->pdata, sorted->len, sizeof(void *), compare_rows);
    for (unsigned i = 1; i <= sorted->len; i++) {
        const BaseRect *row = &((Line *)sorted->pdata[first])->run->box;
        const BaseRect *box = i < sorted->len ? &((Line *)sorted->pdata[i])->run->box : NULL;

        if (box != NULL && box->y + box->height / 2 < row->y + row->height)
            continue;
        qsort(sorted->pdata + first, i - first, sizeof(void *), compare_columns);
        first = i;
    }
    return sorted;
}

static void
append_spans(GArray *spans, const RecallRun *run, uint32_t offset)
{
    for (unsigned i = 0; i < run->words->len && spans->len < PROTOCOL_SCENE_N_SPANS_MAX; i++) {
        ProtocolSpan span = g_array_index(run->words, ProtocolSpan, i);

        span.start_bytes += offset;
        g_array_append_val(spans, span);
    }
}

static void
append_line(ProtocolScene *scene, GString *text, RecallRun *run)
{
    if (text->len + strlen(run->text) + 1 > PROTOCOL_SCENE_TEXT_MAX_BYTES)
        return;
    recall_run_spread_words(run);
    if (text->len > 0)
        g_string_append_c(text, '\n');
    append_spans(scene->spans, run, text->len);
    g_string_append(text, run->text);
    scene->source |= run->source;
}

ProtocolScene *
recall_scene_dup_value(const RecallScene *self)
{
    ProtocolScene *scene = protocol_scene_new();
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) sorted = sort_lines(self->lines);

    scene->key = self->key;
    scene->start_us = self->start_us;
    scene->end_us = self->end_us;
    replace(&scene->app, self->app);
    replace(&scene->title, self->title);
    replace(&scene->url, self->url);
    replace(&scene->file, self->file);
    replace(&scene->actor, self->actor);
    scene->width_px = self->width_px;
    scene->height_px = self->height_px;
    for (unsigned i = 0; i < sorted->len; i++)
        append_line(scene, text, ((Line *)sorted->pdata[i])->run);
    for (unsigned i = 0; i < self->past->len; i++)
        append_line(scene, text, ((Line *)self->past->pdata[i])->run);
    g_free(scene->text);
    scene->text = g_string_free(text, FALSE);
    return scene;
}
