/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/sense.h"
#include "recall/watch/text-a11y.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Prints what accessible text says about a window of the running desktop, as JSON, and where:
 *
 *   deskhand-test-show-text 0x1200016 --boxes=/tmp/boxes.mvg
 *   import -window root /tmp/shot.png && convert /tmp/shot.png -draw "$(cat /tmp/boxes.mvg)"
 * /tmp/seen.png
 */

#define CONNECT_DEADLINE_MS 10000

typedef struct {
    GMainLoop *loop;
    RecallA11y *a11y;
    RecallWindow *window;
    char *wanted; /* XID, PID, or a part of the title */
    char *mvg;    /* file for the boxes, or NULL */
    int n_left;   /* readings */
    int pause_ms; /* between them */
    int64_t start_us;
    gboolean is_still; /* tell the reader that nothing changes */
    gboolean is_failed;
} Show;

static void read_once(Show *show);

static gboolean
is_wanted(const RecallWindow *window, const char *wanted)
{
    uint64_t number = 0;

    if (g_str_has_prefix(wanted, "0x") &&
        g_ascii_string_to_unsigned(wanted + 2, 16, 0, G_MAXUINT32, &number, NULL))
        return window->xid == number || window->frame_xid == number;
    if (g_ascii_string_to_unsigned(wanted, 10, 0, G_MAXINT32, &number, NULL))
        return window->pid == (pid_t)number;
    return strstr(window->title, wanted) != NULL;
}

static void
on_moment(const RecallMoment *moment, void *user_data)
{
    Show *show = user_data;

    for (unsigned i = 0; show->window == NULL && i < moment->windows->len; i++) {
        if (is_wanted(moment->windows->pdata[i], show->wanted))
            show->window = recall_window_ref(moment->windows->pdata[i]);
    }
    g_main_loop_quit(show->loop);
}

static void
on_lost(const GError *error, void *user_data)
{
    fprintf(stderr, "%s\n", error->message);
}

/* The sense runs for one moment only: its selection must not stay with us. */
static gboolean
find_window(Show *show, GError **error)
{
    static const RecallSenseEvents events = {on_moment, on_lost};
    g_autoptr(RecallSense) sense = recall_sense_new(NULL, &events, show, error);

    if (sense == NULL)
        return FALSE;
    g_main_loop_run(show->loop);
    if (show->window == NULL)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "No visible window is %s",
                    show->wanted);
    return show->window != NULL;
}

static void
append_quoted(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(out, '\\');
        if ((unsigned char)*text >= 0x20)
            g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}

static void
append_box(GString *out, const BaseRect *box)
{
    g_string_append_printf(out, "[%d, %d, %d, %d]", box->x, box->y, box->width, box->height);
}

static void
append_run(GString *out, RecallRun *run)
{
    g_string_append(out, "{\"text\": ");
    append_quoted(out, run->text);
    g_string_append(out, ", \"box\": ");
    append_box(out, &run->box);
    recall_run_spread_words(run);
    g_string_append(out, ", \"words\": [");
    for (unsigned i = 0; i < run->words->len; i++) {
        const ProtocolSpan *span = &g_array_index(run->words, ProtocolSpan, i);
        g_autofree char *word = g_strndup(run->text + span->start_bytes, span->length_bytes);

        g_string_append(out, i == 0 ? "{\"text\": " : ", {\"text\": ");
        append_quoted(out, word);
        g_string_append(out, ", \"box\": ");
        append_box(out, &span->box);
        g_string_append_c(out, '}');
    }
    g_string_append(out, "]}");
}

static void
append_covered(GString *out, const RecallText *text)
{
    int n = 0;
    const pixman_box32_t *boxes =
        pixman_region32_rectangles((pixman_region32_t *)&text->covered, &n);

    for (int i = 0; i < n; i++) {
        BaseRect box = {boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1,
                        boxes[i].y2 - boxes[i].y1};

        g_string_append(out, i == 0 ? "" : ", ");
        append_box(out, &box);
    }
}

static void
print_text(const Show *show, const RecallText *text)
{
    g_autoptr(GString) out = g_string_new("{\"title\": ");

    append_quoted(out, show->window->title);
    g_string_append(out, ", \"rect\": ");
    append_box(out, &show->window->rect);
    g_string_append(out, ", \"url\": ");
    append_quoted(out, text->url == NULL ? "" : text->url);
    g_string_append(out, ", \"file\": ");
    append_quoted(out, text->file == NULL ? "" : text->file);
    g_string_append(out, ", \"covered\": [");
    append_covered(out, text);
    g_string_append(out, "],\n\"runs\": [\n");
    for (unsigned i = 0; i < text->runs->len; i++) {
        append_run(out, text->runs->pdata[i]);
        g_string_append(out, i + 1 < text->runs->len ? ",\n" : "\n");
    }
    g_string_append(out, "]}\n");
    fputs(out->str, stdout);
}

static void
append_rectangle(GString *out, const BaseRect *box, const BaseRect *origin)
{
    g_string_append_printf(out, "rectangle %d,%d %d,%d\n", origin->x + box->x, origin->y + box->y,
                           origin->x + box->x + box->width - 1,
                           origin->y + box->y + box->height - 1);
}

/* Drawing commands of ImageMagick for a picture of the whole screen. */
static gboolean
write_boxes(const Show *show, const RecallText *text, GError **error)
{
    g_autoptr(GString) out = g_string_new("fill none stroke red\n");

    for (unsigned i = 0; i < text->runs->len; i++) {
        const RecallRun *run = text->runs->pdata[i];

        for (unsigned k = 0; k < run->words->len; k++)
            append_rectangle(out, &g_array_index(run->words, ProtocolSpan, k).box,
                             &show->window->rect);
    }
    return g_file_set_contents(show->mvg, out->str, out->len, error);
}

static gboolean
on_pause_over(void *user_data)
{
    read_once(user_data);
    return G_SOURCE_REMOVE;
}

static void
on_read(GObject *source, GAsyncResult *result, void *user_data)
{
    Show *show = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallText) text = recall_a11y_read_finish(show->a11y, result, &error);

    fprintf(stderr, "%.1f ms, %u runs\n", (g_get_monotonic_time() - show->start_us) / 1000.0,
            text == NULL ? 0 : text->runs->len);
    show->n_left--;
    if (text == NULL) {
        fprintf(stderr, "%s\n", error->message);
        show->is_failed = TRUE;
    } else if (show->n_left == 0) {
        print_text(show, text);
        if (show->mvg != NULL && !write_boxes(show, text, &error))
            fprintf(stderr, "%s\n", error->message);
    }
    if (show->n_left > 0)
        g_timeout_add(show->pause_ms, on_pause_over, show);
    else
        g_main_loop_quit(show->loop);
}

static void
read_once(Show *show)
{
    pixman_region32_t shown;
    pixman_region32_t nothing;

    pixman_region32_init(&nothing);
    pixman_region32_init(&shown);
    pixman_region32_copy(&shown, &show->window->visible);
    pixman_region32_translate(&shown, -show->window->rect.x, -show->window->rect.y);
    show->start_us = g_get_monotonic_time();
    recall_a11y_read_async(show->a11y, show->window, &shown, show->is_still ? &nothing : NULL, NULL,
                           on_read, show);
    pixman_region32_fini(&nothing);
    pixman_region32_fini(&shown);
}

static void
wait_for_bus(RecallA11y *a11y)
{
    int64_t end_us = g_get_monotonic_time() + CONNECT_DEADLINE_MS * 1000;

    while (!recall_a11y_is_connected(a11y) && g_get_monotonic_time() < end_us)
        g_main_context_iteration(NULL, TRUE);
}

static int
run(Show *show)
{
    g_autoptr(GError) error = NULL;

    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);

    show->loop = loop;
    if (!find_window(show, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return EXIT_FAILURE;
    }
    show->a11y = recall_a11y_new();
    wait_for_bus(show->a11y);
    read_once(show);
    g_main_loop_run(show->loop);
    recall_a11y_free(show->a11y);
    recall_window_unref(show->window);
    return show->is_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    Show show = {.n_left = 1, .pause_ms = 1000};
    const GOptionEntry entries[] = {
        {"boxes", 0, 0, G_OPTION_ARG_FILENAME, &show.mvg, "Write the words' boxes as MVG", "FILE"},
        {"repeat", 0, 0, G_OPTION_ARG_INT, &show.n_left, "Read so many times, print the last", "N"},
        {"pause", 0, 0, G_OPTION_ARG_INT, &show.pause_ms, "Between two readings", "MS"},
        {"still", 0, 0, G_OPTION_ARG_NONE, &show.is_still, "Nothing changes meanwhile", NULL},
        {NULL}};
    g_autoptr(GOptionContext) options = g_option_context_new("XID|PID|TITLE");
    g_autoptr(GError) error = NULL;
    int status = EXIT_FAILURE;

    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, &error) || argc != 2) {
        fprintf(stderr, "%s\n", error != NULL ? error->message : "Which window?");
        return EXIT_FAILURE;
    }
    show.wanted = argv[1];
    status = run(&show);
    g_free(show.mvg);
    return status;
}
