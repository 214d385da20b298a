/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/text-ocr.h"

#include "recall/watch/ocr-process.h"

#include <string.h>

G_STATIC_ASSERT(RECALL_OCR_PIXELS_MAX == PROTOCOL_READER_PIXELS_MAX);
G_STATIC_ASSERT(RECALL_OCR_SIDE_MAX_PX == PROTOCOL_READER_SIDE_MAX_PX);
G_STATIC_ASSERT(RECALL_TEXT_N_RUNS_MAX == PROTOCOL_READER_N_LINES_MAX);

#define MEMORY_KEPT_BYTES (1024 * 1024) /* of the shared memory while nothing is read */

typedef struct {
    GPtrArray *runs;          /* of RecallRun */
    pixman_region32_t unread; /* window pixels */
} Reading;

typedef struct {
    GTask *task;
    BaseRect rect; /* window pixels */
    ProtocolReaderRequest request;
    uint8_t *pixels; /* B G R and ProtocolReaderMark; NULL when they lie in the shared memory */
    size_t n_bytes;
    int priority;
    unsigned n_tries;
    Reading *reading;
} Item;

struct RecallOcr {
    char *reader_path;
    char *languages;
    char *data_path;
    RecallOcrMemory memory;
    RecallOcrProcess *process; /* NULL while none is needed */
    gboolean is_ready;         /* it has said HELLO */
    GPtrArray *waiting;        /* of Item, oldest first */
    size_t waiting_bytes;
    Item *current;            /* the one in the shared memory, sent as soon as @is_ready, or NULL */
    unsigned deadline_source; /* of @current */
    uint32_t last_id;
    unsigned n_deaths; /* in a row */
    GError *broken;    /* why no reader is started for now, or NULL */
    int64_t broken_until_us;
};

static void start_next(RecallOcr *self);
static void start_current(RecallOcr *self);

static Reading *
reading_new(void)
{
    Reading *self = g_new0(Reading, 1);

    self->runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    pixman_region32_init(&self->unread);
    return self;
}

static void
reading_free(void *data)
{
    Reading *self = data;

    if (self == NULL)
        return;
    g_ptr_array_unref(self->runs);
    pixman_region32_fini(&self->unread);
    g_free(self);
}

static void
free_item(void *data)
{
    Item *item = data;

    g_clear_object(&item->task);
    g_free(item->pixels);
    reading_free(item->reading);
    g_free(item);
}

static void
fail_item(Item *item, const GError *error)
{
    g_task_return_error(item->task, g_error_copy(error));
    free_item(item);
}

RecallOcr *
recall_ocr_new(const RecallOcrOptions *options)
{
    RecallOcr *self = g_new0(RecallOcr, 1);

    self->reader_path = g_strdup(options->reader_path);
    self->languages = g_strdup(options->languages);
    self->data_path = g_strdup(options->data_path);
    self->memory.fd = -1;
    self->waiting = g_ptr_array_new();
    return self;
}

/* The caller has forgotten the current item, or it is to be tried again. */
static void
drop_process(RecallOcr *self)
{
    g_clear_pointer(&self->process, recall_ocr_process_free);
    self->is_ready = FALSE;
}

static void
stop_deadline(RecallOcr *self)
{
    if (self->deadline_source != 0)
        g_source_remove(self->deadline_source);
    self->deadline_source = 0;
}

void
recall_ocr_free(RecallOcr *self)
{
    g_autoptr(GError) error = NULL;

    if (self == NULL)
        return;
    error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CANCELLED, "Reading pixels has ended");
    stop_deadline(self);
    drop_process(self);
    if (self->current != NULL)
        fail_item(g_steal_pointer(&self->current), error);
    for (unsigned i = 0; i < self->waiting->len; i++)
        fail_item(self->waiting->pdata[i], error);
    g_ptr_array_unref(self->waiting);
    recall_ocr_memory_clear(&self->memory);
    g_clear_error(&self->broken);
    g_free(self->reader_path);
    g_free(self->languages);
    g_free(self->data_path);
    g_free(self);
}

/* --- pixels and marks --- */

/* @box: picture pixels */
static void
mark_box(uint8_t *pixels, const BaseRect *rect, const pixman_box32_t *box, uint8_t mark)
{
    BaseRect inside = {box->x1, box->y1, box->x2 - box->x1, box->y2 - box->y1};

    if (!base_rect_intersect(&inside, rect, &inside))
        return;
    for (int y = inside.y - rect->y; y < inside.y - rect->y + inside.height; y++) {
        uint8_t *row = pixels + ((size_t)rect->width * y + (inside.x - rect->x)) * 4;

        for (int x = 0; x < inside.width; x++)
            row[4 * x + 3] = mark;
    }
}

static void
mark_region(uint8_t *pixels, const BaseRect *rect, const pixman_region32_t *region, uint8_t mark)
{
    int n = 0;
    const pixman_box32_t *boxes = pixman_region32_rectangles((pixman_region32_t *)region, &n);

    for (int i = 0; i < n; i++)
        mark_box(pixels, rect, &boxes[i], mark);
}

static void
copy_row(uint8_t *to, const uint8_t *from, int n_pixels, uint8_t mark)
{
    const uint32_t mark_bits = GUINT32_TO_LE((uint32_t)mark << 24);

    for (int i = 0; i < n_pixels; i++) {
        uint32_t pixel;

        memcpy(&pixel, from + (size_t)i * 4, 4);
        pixel = (pixel & GUINT32_TO_LE(0xffffff)) | mark_bits;
        memcpy(to + (size_t)i * 4, &pixel, 4);
    }
}

static void
copy_pixels(const RecallOcrRequest *request, uint8_t *out)
{
    const BaseRect *rect = &request->rect;
    uint8_t mark =
        request->wanted != NULL ? PROTOCOL_READER_MARK_CONTEXT : PROTOCOL_READER_MARK_WANTED;

    for (int y = 0; y < rect->height; y++) {
        uint8_t *row = out + (size_t)rect->width * 4 * y;

        copy_row(row, request->pixels + request->stride * y, rect->width, mark);
    }
    if (request->wanted != NULL)
        mark_region(out, rect, request->wanted, PROTOCOL_READER_MARK_WANTED);
    if (request->ignored != NULL)
        mark_region(out, rect, request->ignored, PROTOCOL_READER_MARK_IGNORED);
}

static unsigned
find_open_edges(const BaseRect *rect, const BaseRect *whole)
{
    unsigned edges = 0;

    if (base_rect_is_empty(whole) || rect->x > whole->x)
        edges |= PROTOCOL_READER_OPEN_LEFT;
    if (base_rect_is_empty(whole) || rect->y > whole->y)
        edges |= PROTOCOL_READER_OPEN_TOP;
    if (base_rect_is_empty(whole) || rect->x + rect->width < whole->x + whole->width)
        edges |= PROTOCOL_READER_OPEN_RIGHT;
    if (base_rect_is_empty(whole) || rect->y + rect->height < whole->y + whole->height)
        edges |= PROTOCOL_READER_OPEN_BOTTOM;
    return edges;
}

/* --- answers --- */

static void
move_box(BaseRect *box, const BaseRect *rect)
{
    box->x += rect->x;
    box->y += rect->y;
}

static void
append_word(GString *text, GArray *spans, const ProtocolReaderWord *word, const BaseRect *rect)
{
    g_autofree char *clean = recall_run_clean(word->text, -1);
    ProtocolSpan span = {.box = word->box};
    gboolean has_space = text->len > 0 && !word->is_joined;

    if (clean == NULL || text->len + has_space + strlen(clean) > RECALL_RUN_MAX_BYTES)
        return;
    if (has_space)
        g_string_append_c(text, ' ');
    span.start_bytes = text->len;
    span.length_bytes = strlen(clean);
    move_box(&span.box, rect);
    g_string_append(text, clean);
    g_array_append_val(spans, span);
}

static void
take_line(Item *item, const ProtocolReaderAnswer *answer)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(ProtocolSpan));
    BaseRect box = answer->box;
    RecallRun *run;

    for (unsigned i = 0; i < answer->words->len; i++)
        append_word(text, spans, &g_array_index(answer->words, ProtocolReaderWord, i), &item->rect);
    if (text->len == 0) {
        g_string_free(text, TRUE);
        return;
    }
    move_box(&box, &item->rect);
    run = recall_run_new(g_string_free(text, FALSE), &box, PROTOCOL_SOURCE_OCR);
    g_array_append_vals(run->words, spans->data, spans->len);
    g_ptr_array_add(item->reading->runs, run);
}

static int
compare_runs(const void *a, const void *b)
{
    const BaseRect *box_a = &(*(RecallRun *const *)a)->box;
    const BaseRect *box_b = &(*(RecallRun *const *)b)->box;

    return box_a->y != box_b->y ? box_a->y - box_b->y : box_a->x - box_b->x;
}

/* The callback may free @self: nothing may touch it afterwards. */
static void
finish_current(RecallOcr *self)
{
    Item *item = g_steal_pointer(&self->current);

    stop_deadline(self);
    self->n_deaths = 0;
    g_ptr_array_sort(item->reading->runs, compare_runs);
    start_next(self);
    g_task_return_pointer(item->task, g_steal_pointer(&item->reading), reading_free);
    free_item(item);
}

/* Likewise. */
static void
fail_current(RecallOcr *self, const GError *error)
{
    Item *item = g_steal_pointer(&self->current);

    stop_deadline(self);
    start_next(self);
    if (item != NULL)
        fail_item(item, error);
}

/* No more readers for a while: each would cost a quarter of a second and fail the same way. */
static void
set_broken(RecallOcr *self, const GError *error)
{
    g_clear_error(&self->broken);
    self->broken = g_error_copy(error);
    self->broken_until_us = g_get_monotonic_time() + RECALL_OCR_BROKEN_S * G_USEC_PER_SEC;
}

/* The process is gone or of no use. */
static void
lose_process(RecallOcr *self, const GError *error)
{
    gboolean is_idle = self->current == NULL;

    drop_process(self);
    stop_deadline(self);
    if (is_idle)
        return;
    if (++self->n_deaths >= RECALL_OCR_N_DEATHS_MAX)
        set_broken(self, error);
    if (self->current->n_tries < RECALL_OCR_N_TRIES)
        start_current(self);
    else
        fail_current(self, error);
}

static void
on_gone(const GError *error, void *user_data)
{
    lose_process(user_data, error);
}

static gboolean
on_deadline(void *user_data)
{
    RecallOcr *self = user_data;
    g_autoptr(GError) error =
        g_error_new(G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                    "deskhand-reader did not answer within %d seconds and was ended",
                    RECALL_OCR_REQUEST_DEADLINE_MS / 1000);

    self->deadline_source = 0;
    lose_process(self, error);
    return G_SOURCE_REMOVE;
}

static void
send_current(RecallOcr *self)
{
    g_autoptr(GError) error = NULL;

    if (recall_ocr_process_send(self->process, &self->current->request))
        return;
    error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, "deskhand-reader does not listen");
    lose_process(self, error);
}

static void
take_hello(RecallOcr *self, const ProtocolReaderAnswer *answer)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *reason = NULL;

    if (answer->reason == NULL) {
        self->is_ready = TRUE;
        if (self->current != NULL)
            send_current(self);
        return;
    }
    reason = recall_run_clean(answer->reason, -1);
    error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                reason != NULL ? reason : "deskhand-reader cannot read");
    set_broken(self, error);
    drop_process(self);
    fail_current(self, error);
}

static void
on_answer(const ProtocolReaderAnswer *answer, void *user_data)
{
    RecallOcr *self = user_data;
    Item *item = self->current;
    g_autoptr(GError) error = NULL;
    gboolean is_ours = item != NULL && self->is_ready && answer->id == item->request.id;

    if (answer->kind == PROTOCOL_READER_HELLO && !self->is_ready) {
        take_hello(self, answer);
    } else if (is_ours && answer->kind == PROTOCOL_READER_LINE &&
               item->reading->runs->len < RECALL_TEXT_N_RUNS_MAX) {
        take_line(item, answer);
    } else if (is_ours && answer->kind == PROTOCOL_READER_UNREAD) {
        pixman_region32_union_rect(&item->reading->unread, &item->reading->unread,
                                   item->rect.x + answer->box.x, item->rect.y + answer->box.y,
                                   answer->box.width, answer->box.height);
    } else if (is_ours && answer->kind == PROTOCOL_READER_DONE) {
        finish_current(self);
    } else {
        error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                                    "deskhand-reader answered what was not asked");
        lose_process(self, error);
    }
}

/* --- the queue --- */

static gboolean
ensure_process(RecallOcr *self, GError **error)
{
    static const RecallOcrProcessEvents events = {on_answer, on_gone};
    RecallOcrOptions options = {self->reader_path, self->languages, self->data_path};

    if (self->process != NULL)
        return TRUE;
    if (self->broken != NULL && g_get_monotonic_time() < self->broken_until_us) {
        g_propagate_error(error, g_error_copy(self->broken));
        return FALSE;
    }
    g_clear_error(&self->broken);
    self->process = recall_ocr_process_new(&options, &self->memory, &events, self, error);
    if (self->process == NULL)
        set_broken(self, *error);
    return self->process != NULL;
}

/* A try at the current item, whose pixels lie in the shared memory. */
static void
start_current(RecallOcr *self)
{
    g_autoptr(GError) error = NULL;

    self->current->n_tries++;
    g_ptr_array_set_size(self->current->reading->runs, 0);
    pixman_region32_clear(&self->current->reading->unread);
    if (!ensure_process(self, &error)) {
        fail_current(self, error);
        return;
    }
    self->deadline_source = g_timeout_add(RECALL_OCR_REQUEST_DEADLINE_MS, on_deadline, self);
    if (self->is_ready)
        send_current(self);
}

/* Returns: (transfer full): the oldest of the highest priority, or NULL */
static Item *
pick_waiting(RecallOcr *self)
{
    unsigned best = 0;
    Item *item;

    if (self->waiting->len == 0)
        return NULL;
    for (unsigned i = 1; i < self->waiting->len; i++)
        if (((Item *)self->waiting->pdata[i])->priority >
            ((Item *)self->waiting->pdata[best])->priority)
            best = i;
    item = g_ptr_array_steal_index(self->waiting, best);
    self->waiting_bytes -= item->n_bytes;
    return item;
}

static void
start_next(RecallOcr *self)
{
    if (self->current != NULL)
        return;
    self->current = pick_waiting(self);
    if (self->current == NULL) {
        recall_ocr_memory_trim(&self->memory, MEMORY_KEPT_BYTES);
        return;
    }
    memcpy(self->memory.pixels, self->current->pixels, self->current->n_bytes);
    g_clear_pointer(&self->current->pixels, g_free);
    start_current(self);
}

static void
return_cancelled(void *data)
{
    Item *item = data;

    g_task_return_error_if_cancelled(item->task);
    free_item(item);
}

static void
drop_cancelled(RecallOcr *self)
{
    g_autoptr(GPtrArray) cancelled = g_ptr_array_new_with_free_func(return_cancelled);

    for (unsigned i = self->waiting->len; i > 0; i--) {
        Item *item = self->waiting->pdata[i - 1];

        if (!g_cancellable_is_cancelled(g_task_get_cancellable(item->task)))
            continue;
        g_ptr_array_remove_index(self->waiting, i - 1);
        self->waiting_bytes -= item->n_bytes;
        g_ptr_array_add(cancelled, item);
    }
}

static gboolean
check_request(RecallOcr *self, const RecallOcrRequest *request, GError **error)
{
    const BaseRect *rect = &request->rect;

    if (base_rect_is_empty(rect) || rect->width > RECALL_OCR_SIDE_MAX_PX ||
        rect->height > RECALL_OCR_SIDE_MAX_PX ||
        (int64_t)rect->width * rect->height > RECALL_OCR_PIXELS_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "A picture of %d by %d pixels is not read", rect->width, rect->height);
        return FALSE;
    }
    drop_cancelled(self);
    if (self->waiting->len >= RECALL_OCR_N_REQUESTS_MAX ||
        (self->current != NULL && self->waiting_bytes + (size_t)rect->width * rect->height * 4 >
                                      RECALL_OCR_QUEUE_MAX_BYTES)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY, "%u pictures wait to be read already",
                    self->waiting->len);
        return FALSE;
    }
    return self->memory.pixels != NULL || recall_ocr_memory_init(&self->memory, error);
}

static Item *
make_item(RecallOcr *self, const RecallOcrRequest *request, GTask *task)
{
    Item *item = g_new0(Item, 1);

    item->task = task;
    item->rect = request->rect;
    item->priority = request->priority;
    item->n_bytes = (size_t)request->rect.width * request->rect.height * 4;
    item->reading = reading_new();
    item->request.id = ++self->last_id;
    item->request.width_px = request->rect.width;
    item->request.height_px = request->rect.height;
    item->request.edges = find_open_edges(&request->rect, &request->whole);
    item->request.words = request->words;
    return item;
}

void
recall_ocr_read_async(RecallOcr *self,
                      const RecallOcrRequest *request,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      void *user_data)
{
    GTask *task = g_task_new(NULL, cancellable, callback, user_data);
    GError *error = NULL;
    Item *item;

    g_task_set_source_tag(task, recall_ocr_read_async);
    if (!check_request(self, request, &error)) {
        g_task_return_error(task, error);
        g_object_unref(task);
        return;
    }
    item = make_item(self, request, task);
    if (self->current == NULL) {
        self->current = item;
        copy_pixels(request, self->memory.pixels);
        start_current(self);
        return;
    }
    item->pixels = g_malloc(item->n_bytes);
    copy_pixels(request, item->pixels);
    self->waiting_bytes += item->n_bytes;
    g_ptr_array_add(self->waiting, item);
}

GPtrArray *
recall_ocr_read_finish(RecallOcr *self,
                       GAsyncResult *result,
                       pixman_region32_t *out_unread,
                       GError **error)
{
    Reading *reading = g_task_propagate_pointer(G_TASK(result), error);
    GPtrArray *runs;

    if (reading == NULL)
        return NULL;
    runs = g_ptr_array_ref(reading->runs);
    if (out_unread != NULL)
        pixman_region32_union(out_unread, out_unread, &reading->unread);
    reading_free(reading);
    return runs;
}

void
recall_ocr_forget(RecallOcr *self)
{
    if (self->current == NULL)
        recall_ocr_memory_trim(&self->memory, 0);
    if (self->is_ready && !recall_ocr_process_send(self->process, NULL))
        drop_process(self);
}

GPid
recall_ocr_reader_pid(const RecallOcr *self)
{
    return self->process != NULL ? recall_ocr_process_pid(self->process) : 0;
}
