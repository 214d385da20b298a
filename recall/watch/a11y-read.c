/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-read.h"

#include "recall/watch/a11y-page.h"
#include "recall/watch/a11y-password.h"
#include "recall/watch/file-guess.h"

#include <string.h>

#define PLACES_N_MAX 1024
#define FRAMES_N_MAX 1024
#define CELLS_N_MAX 16384
#define GUESSED_EM_PX 15

RecallA11yMemory *
recall_a11y_memory_new(void)
{
    RecallA11yMemory *self = g_new0(RecallA11yMemory, 1);

    self->scale = RECALL_A11Y_SCALE_ONE;
    self->tree = recall_a11y_tree_new();
    self->passwords = recall_a11y_passwords_new();
    self->frames = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    self->origins = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    self->cells = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    self->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->pages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify)recall_a11y_page_view_free);
    return self;
}

void
recall_a11y_memory_free(RecallA11yMemory *self)
{
    if (self == NULL)
        return;
    recall_a11y_tree_free(self->tree);
    recall_a11y_passwords_free(self->passwords);
    recall_a11y_layout_free(self->layout); /* NULL before it was met */
    g_hash_table_unref(self->frames);
    g_hash_table_unref(self->origins);
    g_hash_table_unref(self->places);
    g_hash_table_unref(self->pages);
    g_hash_table_unref(self->cells);
    g_free(self->toolkit);
    g_free(self->frame_name);
    g_free(self);
}

/* Chromium builds its tree only for one who asks for all properties of the root. Qt 5 crashes on
 * the same question (it takes every Properties call for a Get with two arguments), so no other is
 * asked. */
static void
wake_chromium(RecallA11yLink *link)
{
    g_autoptr(GVariant) all =
        recall_a11y_link_ask(link, RECALL_A11Y_ROOT_PATH, "org.freedesktop.DBus.Properties",
                             "GetAll", g_variant_new("(s)", RECALL_A11Y_ACCESSIBLE), "(a{sv})");
}

static void
meet_application(RecallA11yMemory *self, RecallA11yLink *link)
{
    g_autoptr(GVariant) toolkit = NULL;
    g_autoptr(GVariant) name = NULL;

    if (self->toolkit != NULL)
        return;
    name = recall_a11y_link_get_property(link, RECALL_A11Y_ROOT_PATH, RECALL_A11Y_ACCESSIBLE,
                                         "Name", "s");
    toolkit = recall_a11y_link_get_property(link, RECALL_A11Y_ROOT_PATH,
                                            "org.a11y.atspi.Application", "ToolkitName", "s");
    if (toolkit == NULL)
        return;
    self->toolkit = g_variant_dup_string(toolkit, NULL);
    if (g_str_equal(self->toolkit, "Chromium"))
        wake_chromium(link);
    /* GTK measures a range character by character; browsers do not. */
    self->layout = recall_a11y_layout_new(
        g_str_equal(self->toolkit, "gtk") ? RECALL_A11Y_RANGES_ENDS : RECALL_A11Y_RANGES_WHOLE);
    self->is_office = name != NULL && g_str_has_prefix(g_variant_get_string(name, NULL), "soffice");
}

static void
bound(GHashTable *table, unsigned n_max)
{
    if (g_hash_table_size(table) > n_max)
        g_hash_table_remove_all(table);
}

typedef gboolean (*Way)(RecallA11yReading *reading);

/* How an application is read; NULL: not at all. */
static Way
get_way(const RecallA11yMemory *memory)
{
    static const struct {
        const char *toolkit;
        Way way;
    } ways[] = {{"Chromium", recall_a11y_read_chromium},
                {"Gecko", recall_a11y_read_gecko},
                {"gtk", recall_a11y_read_gtk}};

    if (memory->toolkit == NULL)
        return NULL;
    if (memory->is_office)
        return recall_a11y_read_office;
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        if (g_str_equal(memory->toolkit, ways[i].toolkit))
            return ways[i].way;
    }
    return NULL;
}

static gboolean
read_tree(RecallA11yReading *reading)
{
    g_autofree char *frame = NULL;
    Way way = NULL;

    bound(reading->memory->places, PLACES_N_MAX);
    bound(reading->memory->pages, PLACES_N_MAX);
    bound(reading->memory->frames, FRAMES_N_MAX);
    bound(reading->memory->cells, CELLS_N_MAX);
    meet_application(reading->memory, reading->link);
    way = get_way(reading->memory);
    if (way == NULL)
        return FALSE;
    frame = recall_a11y_find_frame(reading->memory, reading->link, reading->window,
                                   &reading->is_borrowed_frame);
    reading->frame = frame;
    if (reading->memory->frame_name !=
        NULL) /* as the window's title is, which it is compared with */
        reading->text->name = recall_window_clean_text(reading->memory->frame_name,
                                                       strlen(reading->memory->frame_name));
    return frame != NULL && way(reading);
}

/* A window that moved took everything with it that the tree remembers. */
static gboolean
has_moved(RecallA11yMemory *memory, const RecallWindow *window)
{
    int64_t place = (int64_t)window->rect.x << 32 | (uint32_t)window->rect.y;
    int64_t *last = g_hash_table_lookup(memory->origins, GUINT_TO_POINTER(window->xid));
    gboolean moved = last == NULL || *last != place;

    if (moved) {
        bound(memory->origins, FRAMES_N_MAX);
        g_hash_table_insert(memory->origins, GUINT_TO_POINTER(window->xid),
                            g_memdup2(&place, sizeof(place)));
    }
    return moved;
}

static void
begin(RecallA11yMemory *memory, const RecallWindow *window, const pixman_region32_t *changed)
{
    pixman_region32_t on_screen;

    if (has_moved(memory, window) || changed == NULL) {
        recall_a11y_tree_begin(memory->tree, window->xid, NULL);
        return;
    }
    pixman_region32_init(&on_screen);
    pixman_region32_copy(&on_screen, (pixman_region32_t *)changed);
    pixman_region32_translate(&on_screen, window->rect.x, window->rect.y);
    recall_a11y_tree_begin(memory->tree, window->xid, &on_screen);
    pixman_region32_fini(&on_screen);
}

RecallText *
recall_a11y_read_window(RecallA11yMemory *memory,
                        RecallA11yLink *link,
                        const RecallWindow *window,
                        const pixman_region32_t *shown,
                        const pixman_region32_t *changed,
                        GError **error)
{
    g_autoptr(RecallText) text = recall_text_new();
    RecallA11yReading reading = {.link = link,
                                 .memory = memory,
                                 .window = window,
                                 .shown = shown,
                                 .changed = changed,
                                 .text = text};
    gboolean is_read = FALSE;
    const GError *lost = NULL;

    begin(memory, window, changed);
    is_read = read_tree(&reading);
    lost = recall_a11y_link_get_error(link);
    recall_a11y_tree_end(memory->tree, is_read && lost == NULL);
    if (lost != NULL) {
        g_propagate_error(error, g_error_copy(lost));
        return NULL;
    }
    if (!is_read) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "No accessible text for this window of %s", window->app);
        return NULL;
    }
    recall_a11y_passwords_hide(&reading);
    if (text->url == NULL && text->file == NULL)
        text->file = recall_file_guess(window->title, window->pid);
    return g_steal_pointer(&text);
}

/* From what the application says to window pixels, inside @clip where there is one. */
static BaseRect
to_window(const RecallA11yReading *self, const BaseRect *box, int dx, int dy)
{
    return (BaseRect){box->x + dx - self->window->rect.x, box->y + dy - self->window->rect.y,
                      box->width, box->height};
}

/* What of self->shown is inside @clip (root pixels; NULL or empty: all). Clear it after use. */
static void
init_clipped(const RecallA11yReading *self, const BaseRect *clip, pixman_region32_t *out_shown)
{
    BaseRect limit = {0};

    pixman_region32_init(out_shown);
    pixman_region32_copy(out_shown, (pixman_region32_t *)self->shown);
    if (clip == NULL || base_rect_is_empty(clip))
        return;
    limit = to_window(self, clip, 0, 0);
    pixman_region32_intersect_rect(out_shown, out_shown, limit.x, limit.y, limit.width,
                                   limit.height);
}

static int
scale_px(const RecallA11yReading *self, int length_px)
{
    return length_px * self->memory->scale / RECALL_A11Y_SCALE_ONE;
}

/* A guess fills a tight box, and any other that it does not fit into as one line. */
static gboolean
is_guessed_block(const RecallA11yLine *line, RecallA11yShape shape)
{
    return line->is_guess &&
           (shape == RECALL_A11Y_SHAPE_TIGHT ||
            recall_a11y_text_measure_px(line->text, GUESSED_EM_PX) > line->box.width);
}

static void
add_line(RecallA11yReading *self,
         const RecallA11yLine *line,
         const BaseRect *clip,
         gboolean is_fixed,
         const RecallA11yManner *manner)
{
    BaseRect box = to_window(self, &line->box, manner->dx, manner->dy);
    pixman_region32_t shown;

    init_clipped(self, clip, &shown);
    if (is_guessed_block(line, manner->shape)) {
        recall_a11y_text_add_block(self->text, line->text, &box, &shown);
    } else {
        if (line->is_guess)
            box = recall_a11y_text_place(line->text, &box, RECALL_A11Y_ALIGN_START, 0,
                                         scale_px(self, RECALL_A11Y_TEXT_EM_PX));
        recall_a11y_text_add_line(self->text, line->text, &box, line->stops, is_fixed, &shown);
    }
    pixman_region32_fini(&shown);
}

void
recall_a11y_reading_add_text(RecallA11yReading *self,
                             const char *text,
                             const BaseRect *box,
                             const BaseRect *clip,
                             const BaseRect *room)
{
    BaseRect place = to_window(self, box, 0, 0);
    BaseRect room_place = to_window(self, room, 0, 0);
    unsigned first = self->text->runs->len;
    pixman_region32_t shown;

    init_clipped(self, clip, &shown);
    recall_a11y_text_add_line(self->text, text, &place, NULL, FALSE, &shown);
    recall_a11y_text_give_room(self->text, first, &room_place, &shown);
    pixman_region32_fini(&shown);
}

gboolean
recall_a11y_reading_add_cell(RecallA11yReading *self,
                             const char *text,
                             int width_px,
                             const BaseRect *box)
{
    BaseRect place = to_window(self, box, 0, 0);
    pixman_region32_t shown;
    gboolean is_added;

    init_clipped(self, NULL, &shown);
    is_added = recall_a11y_text_add_cell(self->text, text, width_px, &place, &shown);
    pixman_region32_fini(&shown);
    return is_added;
}

void
recall_a11y_reading_leave_box(RecallA11yReading *self, const BaseRect *box)
{
    BaseRect place = to_window(self, box, 0, 0);

    if (!base_rect_is_empty(&place))
        pixman_region32_union_rect(&self->text->recast, &self->text->recast, place.x, place.y,
                                   (unsigned)place.width, (unsigned)place.height);
}

/* Notes how long and how wide the plain parts of @line are that were measured. */
static void
sample_line(const RecallA11yLine *line, GArray *n_chars, GArray *widths)
{
    for (unsigned i = 0; line->stops != NULL && i + 1 < line->stops->len; i += 2) {
        const RecallA11yStop *stop = &g_array_index(line->stops, RecallA11yStop, i);
        int n = stop[1].at_bytes - stop[0].at_bytes;
        int width = stop[1].x - stop[0].x;

        for (const char *at = line->text + stop[0].at_bytes; at < line->text + stop[1].at_bytes;
             at++) {
            if ((unsigned char)*at >= 0x80)
                return;
        }
        g_array_append_val(n_chars, n);
        g_array_append_val(widths, width);
    }
}

/* The lines of one node are one font. Returns: how many they are, from @lines on. */
static unsigned
look_at_font(const RecallA11yLine *lines, unsigned n_max, gboolean *out_is_fixed)
{
    g_autoptr(GArray) n_chars = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GArray) widths = g_array_new(FALSE, FALSE, sizeof(int));
    unsigned n = 0;

    for (; n < n_max && lines[n].index == lines[0].index; n++)
        sample_line(&lines[n], n_chars, widths);
    *out_is_fixed =
        recall_a11y_text_is_fixed((int *)n_chars->data, (int *)widths->data, n_chars->len);
    return n;
}

/* Lines of @node stand somewhere in its box, or did a moment ago. Only GTK 3 tells them as they are
 * now; what browsers tell may be of before, and is not worth waiting for. */
static void
note_spoken(RecallA11yReading *self,
            const RecallA11yNode *node,
            const BaseRect *clip,
            const RecallA11yManner *manner)
{
    BaseRect box = to_window(self, &node->box, manner->dx, manner->dy);
    pixman_region32_t shown;

    if (g_strcmp0(self->memory->toolkit, "gtk") != 0 || self->memory->is_office)
        return;
    init_clipped(self, clip, &shown);
    pixman_region32_intersect_rect(&shown, &shown, box.x, box.y, (unsigned)MAX(box.width, 0),
                                   (unsigned)MAX(box.height, 0));
    pixman_region32_union(&self->text->spoken, &self->text->spoken, &shown);
    pixman_region32_fini(&shown);
}

void
recall_a11y_reading_add_lines(RecallA11yReading *self,
                              const GArray *lines,
                              const BaseRect *clips,
                              const RecallA11yManner *manner)
{
    for (unsigned i = 0; i < lines->len;) {
        const RecallA11yLine *line = &g_array_index(lines, RecallA11yLine, i);
        gboolean is_fixed = FALSE;
        unsigned n = look_at_font(line, lines->len - i, &is_fixed);

        for (unsigned k = 0; k < n; k++)
            add_line(self, &line[k], clips != NULL ? &clips[line->index] : manner->clip, is_fixed,
                     manner);
        i += n;
    }
}

void
recall_a11y_reading_add(RecallA11yReading *self,
                        GPtrArray *nodes,
                        const BaseRect *clips,
                        const RecallA11yManner *manner)
{
    g_autoptr(GArray) lines = recall_a11y_lines_new();
    BaseRect view = self->window->rect;

    if (manner->clip != NULL)
        base_rect_intersect(&view, manner->clip, &view);
    view.x -= manner->dx;
    view.y -= manner->dy;
    recall_a11y_layout_find_lines(self->memory->layout, self->link, nodes, manner->shape, &view,
                                  lines);
    for (unsigned i = 0; i < nodes->len; i++)
        note_spoken(self, nodes->pdata[i], clips != NULL ? &clips[i] : manner->clip, manner);
    recall_a11y_reading_add_lines(self, lines, clips, manner);
}

void
recall_a11y_reading_add_label(RecallA11yReading *self,
                              const RecallA11yNode *node,
                              RecallA11yAlign align,
                              int indent_px)
{
    BaseRect box = to_window(self, &node->box, 0, 0);
    BaseRect place = {0};

    if (node->text == NULL || base_rect_is_empty(&box))
        return;
    place = recall_a11y_text_place(node->text, &box, align, scale_px(self, indent_px),
                                   scale_px(self, RECALL_A11Y_TEXT_EM_PX));
    recall_a11y_text_add_line(self->text, node->text, &place, NULL, FALSE, self->shown);
    recall_a11y_text_cover(self->text, &box, self->shown);
}

void
recall_a11y_reading_cover(RecallA11yReading *self, const RecallA11yNode *node)
{
    recall_a11y_reading_cover_box(self, &node->box);
}

void
recall_a11y_reading_cover_box(RecallA11yReading *self, const BaseRect *box)
{
    BaseRect place = to_window(self, box, 0, 0);

    recall_a11y_text_cover(self->text, &place, self->shown);
}

GPtrArray *
recall_a11y_pick(GPtrArray *nodes, const RecallA11yRole *roles)
{
    GPtrArray *picked = g_ptr_array_new();

    for (unsigned i = 0; i < nodes->len; i++) {
        const RecallA11yNode *node = nodes->pdata[i];
        const RecallA11yRole *role = roles;

        while (*role != RECALL_A11Y_ROLE_UNKNOWN && *role != node->role)
            role++;
        if (*role != RECALL_A11Y_ROLE_UNKNOWN)
            g_ptr_array_add(picked, nodes->pdata[i]);
    }
    return picked;
}

GPtrArray *
recall_a11y_pick_in_view(const RecallA11yReading *self, GPtrArray *nodes)
{
    GPtrArray *picked = g_ptr_array_new();

    for (unsigned i = 0; i < nodes->len; i++) {
        const RecallA11yNode *node = nodes->pdata[i];

        if (base_rect_intersect(&node->box, &self->window->rect, NULL))
            g_ptr_array_add(picked, nodes->pdata[i]);
    }
    return picked;
}
