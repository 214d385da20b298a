/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/text-ocr.h"
#include "tests/unit/recall/watch/reader/page-picture.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define DEADLINE_S 60

/* With the real program: these tests are what the rest believes about it. */

typedef struct {
    RecallOcr *ocr;
    uint8_t *pixels;
    GPtrArray *runs; /* of the last answer, or NULL */
    GError *error;
    pixman_region32_t unread;
    unsigned n_answers;
    char order[8]; /* names of the requests in the order of the answers */
} Fixture;

typedef struct {
    Fixture *fixture;
    char name;
} Asked;

static RecallOcr *
new_ocr(const char *program)
{
    RecallOcrOptions options = {program, "eng+chi_sim", NULL};

    return recall_ocr_new(&options);
}

static int
setup(void **state)
{
    Fixture *self = g_new0(Fixture, 1);

    self->ocr = new_ocr(g_getenv("DESKHAND_READER"));
    self->pixels = page_picture_load(0xff);
    pixman_region32_init(&self->unread);
    *state = self;
    return 0;
}

static int
teardown(void **state)
{
    Fixture *self = *state;

    recall_ocr_free(self->ocr);
    g_free(self->pixels);
    g_clear_pointer(&self->runs, g_ptr_array_unref);
    g_clear_error(&self->error);
    pixman_region32_fini(&self->unread);
    g_free(self);
    return 0;
}

static void
on_read(GObject *source, GAsyncResult *result, void *user_data)
{
    Asked *asked = user_data;
    Fixture *self = asked->fixture;

    g_clear_pointer(&self->runs, g_ptr_array_unref);
    g_clear_error(&self->error);
    self->runs = recall_ocr_read_finish(NULL, result, &self->unread, &self->error);
    if (self->n_answers < sizeof self->order - 1)
        self->order[self->n_answers] = asked->name;
    self->n_answers++;
    g_free(asked);
}

static RecallOcrRequest
make_request(const Fixture *self)
{
    return (RecallOcrRequest){.pixels = self->pixels,
                              .stride = PAGE_WIDTH_PX * 4,
                              .rect = {1000, 500, PAGE_WIDTH_PX, PAGE_HEIGHT_PX}};
}

static void
ask(Fixture *self, const RecallOcrRequest *request, char name, GCancellable *cancellable)
{
    Asked *asked = g_new(Asked, 1);

    *asked = (Asked){self, name};
    recall_ocr_read_async(self->ocr, request, cancellable, on_read, asked);
}

static gboolean
on_too_late(void *user_data)
{
    fail_msg("no answer within %d s", DEADLINE_S);
    return G_SOURCE_REMOVE;
}

static void
wait_for(Fixture *self, unsigned n_answers)
{
    unsigned source = g_timeout_add_seconds(DEADLINE_S, on_too_late, NULL);

    while (self->n_answers < n_answers)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(source);
}

static void
read_page(Fixture *self)
{
    RecallOcrRequest request = make_request(self);

    ask(self, &request, 'x', NULL);
    wait_for(self, self->n_answers + 1);
}

static void
assert_page(const Fixture *self)
{
    static const char *const lines[] = {PAGE_LINE_1, PAGE_LINE_2, PAGE_LINE_3};

    assert_null(self->error);
    assert_int_equal(self->runs->len, G_N_ELEMENTS(lines));
    for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++)
        assert_string_equal(((RecallRun *)self->runs->pdata[i])->text, lines[i]);
}

static void
test_reads_with_boxes(void **state)
{
    Fixture *self = *state;
    RecallRun *run;
    ProtocolSpan *word;

    read_page(self);
    assert_page(self);
    run = self->runs->pdata[0];
    assert_int_equal(run->source, PROTOCOL_SOURCE_OCR);
    assert_int_equal(run->words->len, 4);
    word = &g_array_index(run->words, ProtocolSpan, 1);
    assert_int_equal(word->start_bytes, strlen("Quick "));
    assert_int_equal(word->length_bytes, strlen("brown"));
    assert_in_range(word->box.x, 1060, 1074);
    assert_in_range(word->box.width, 50, 64);
    assert_in_range(word->box.y, 505, 515);
    run = self->runs->pdata[2];
    assert_int_equal(run->words->len, 1);
    assert_false(pixman_region32_not_empty(&self->unread));
}

static void
test_wanted_and_ignored_are_window_pixels(void **state)
{
    Fixture *self = *state;
    RecallOcrRequest request = make_request(self);
    pixman_region32_t wanted;
    pixman_region32_t ignored;

    pixman_region32_init_rect(&wanted, 1000, 500, 300, 72);
    pixman_region32_init_rect(&ignored, 900, 536, 500, 36);
    request.wanted = &wanted;
    request.ignored = &ignored;
    ask(self, &request, 'x', NULL);
    wait_for(self, 1);
    assert_int_equal(self->runs->len, 1);
    assert_string_equal(((RecallRun *)self->runs->pdata[0])->text, PAGE_LINE_1);
    pixman_region32_fini(&wanted);
    pixman_region32_fini(&ignored);
}

static void
test_a_line_that_is_cut_is_left_out(void **state)
{
    Fixture *self = *state;
    RecallOcrRequest request = make_request(self);

    request.rect.width = 120; /* ends within every line */
    request.rect.height = 72;
    ask(self, &request, 'x', NULL);
    wait_for(self, 1);
    assert_int_equal(self->runs->len, 0);

    request.whole = request.rect; /* there the window ends */
    ask(self, &request, 'x', NULL);
    wait_for(self, 2);
    assert_int_equal(self->runs->len, 2);
    assert_memory_equal(((RecallRun *)self->runs->pdata[0])->text, "Quick bro", 9);
}

static void
test_higher_priority_goes_first(void **state)
{
    Fixture *self = *state;
    RecallOcrRequest request = make_request(self);

    ask(self, &request, 'a', NULL); /* is in hand at once */
    ask(self, &request, 'b', NULL);
    request.priority = 1;
    ask(self, &request, 'c', NULL);
    ask(self, &request, 'd', NULL);
    wait_for(self, 4);
    assert_string_equal(self->order, "acdb");
}

static void
test_cancelled(void **state)
{
    Fixture *self = *state;
    RecallOcrRequest request = make_request(self);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();

    ask(self, &request, 'a', NULL);
    ask(self, &request, 'b', cancellable);
    g_cancellable_cancel(cancellable);
    wait_for(self, 2);
    assert_true(g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    read_page(self);
    assert_page(self);
}

static void
test_limits(void **state)
{
    Fixture *self = *state;
    RecallOcrRequest request = make_request(self);

    request.rect.width = RECALL_OCR_SIDE_MAX_PX + 1;
    request.rect.height = 1;
    ask(self, &request, 'x', NULL);
    wait_for(self, 1);
    assert_true(g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
    request.rect = (BaseRect){0, 0, 0, 10};
    ask(self, &request, 'x', NULL);
    wait_for(self, 2);
    assert_true(g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));

    request = make_request(self);
    for (unsigned i = 0; i < RECALL_OCR_N_REQUESTS_MAX + 1; i++) /* one is in hand */
        ask(self, &request, 'x', NULL);
    assert_int_equal(self->n_answers, 2);
    ask(self, &request, 'x', NULL);
    g_clear_error(&self->error);
    while (self->error == NULL)
        g_main_context_iteration(NULL, TRUE);
    assert_true(g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_BUSY));
    wait_for(self, 2 + RECALL_OCR_N_REQUESTS_MAX + 2);
    assert_page(self);
}

static void
test_a_killed_reader_is_replaced(void **state)
{
    Fixture *self = *state;
    RecallOcrRequest request = make_request(self);
    GPid first;

    read_page(self);
    first = recall_ocr_reader_pid(self->ocr);
    assert_true(first > 0);
    assert_int_equal(kill(first, SIGKILL), 0); /* while idle */
    read_page(self);
    assert_page(self);

    recall_ocr_forget(self->ocr);
    ask(self, &request, 'x', NULL); /* while it reads */
    assert_int_equal(kill(recall_ocr_reader_pid(self->ocr), SIGKILL), 0);
    wait_for(self, self->n_answers + 1);
    assert_page(self);
    assert_true(recall_ocr_reader_pid(self->ocr) != first);
}

static void
test_a_hung_reader_is_replaced(void **state)
{
    Fixture *self = *state;
    GPid first;

    read_page(self);
    first = recall_ocr_reader_pid(self->ocr);
    assert_int_equal(kill(first, SIGSTOP), 0);
    read_page(self);
    assert_page(self);
    assert_true(recall_ocr_reader_pid(self->ocr) != first);
    assert_int_not_equal(kill(first, 0), 0);
}

static void
test_says_what_to_install(void **state)
{
    Fixture *self = *state;
    RecallOcrOptions options = {g_getenv("DESKHAND_READER"), "eng+chi_nowhere", NULL};

    recall_ocr_free(self->ocr);
    self->ocr = recall_ocr_new(&options);
    read_page(self);
    assert_true(g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
    assert_non_null(strstr(self->error->message, "tesseract-ocr-chi-nowhere"));

    recall_ocr_free(self->ocr);
    self->ocr = new_ocr("/nowhere/deskhand-reader");
    read_page(self);
    assert_true(g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
}

/* A stand-in that dies on whatever it is asked. */
static void
test_a_picture_that_kills_is_given_up(void **state)
{
    Fixture *self = *state;

    recall_ocr_free(self->ocr);
    self->ocr = new_ocr("/bin/false");
    read_page(self);
    assert_true(g_error_matches(self->error, G_IO_ERROR, G_IO_ERROR_FAILED));
}

static char *
read_status(GPid pid, const char *key)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", pid);
    g_autofree char *text = NULL;
    const char *at;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    at = strstr(text, key);
    assert_non_null(at);
    at += strlen(key);
    return g_strstrip(g_strndup(at, strcspn(at, "\n")));
}

static void
test_is_confined(void **state)
{
    Fixture *self = *state;
    g_autofree char *seccomp = NULL;
    g_autofree char *privileges = NULL;
    g_autofree char *n_threads = NULL;

    read_page(self);
    seccomp = read_status(recall_ocr_reader_pid(self->ocr), "\nSeccomp:");
    privileges = read_status(recall_ocr_reader_pid(self->ocr), "\nNoNewPrivs:");
    n_threads = read_status(recall_ocr_reader_pid(self->ocr), "\nThreads:");
    assert_string_equal(seccomp, "2");
    assert_string_equal(privileges, "1");
    assert_string_equal(n_threads, "1");
}

static gboolean
on_tick(void *user_data)
{
    return G_SOURCE_CONTINUE;
}

static void
test_ends_with_its_parent(void **state)
{
    Fixture *self = *state;
    GPid pid;

    read_page(self);
    pid = recall_ocr_reader_pid(self->ocr);
    g_clear_pointer(&self->ocr, recall_ocr_free);
    for (unsigned i = 0; i < 500 && kill(pid, 0) == 0; i++) {
        unsigned source = g_timeout_add(10, on_tick, NULL);

        g_main_context_iteration(NULL, TRUE);
        g_source_remove(source);
    }
    assert_int_not_equal(kill(pid, 0), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reads_with_boxes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wanted_and_ignored_are_window_pixels, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_line_that_is_cut_is_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(test_higher_priority_goes_first, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cancelled, setup, teardown),
        cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_killed_reader_is_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_hung_reader_is_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(test_says_what_to_install, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_picture_that_kills_is_given_up, setup, teardown),
        cmocka_unit_test_setup_teardown(test_is_confined, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ends_with_its_parent, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
