/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
/* deskhand-reader: reads the pixels that agentd hands it. It is started by agentd alone, with its
 * end of a socket pair and a memory file, and confines itself before it looks at a pixel. */

#include "protocol/reader.h"
#include "recall/watch/reader/reading.h"
#include "recall/watch/reader/sandbox.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define IDLE_MAX_MS (10 * 60 * 1000) /* then it ends and gives its memory back */
#define N_FILES 5                    /* the standard ones, the socket, the memory file */

enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
};

typedef struct {
    char *languages;
    char *data_path;
    char *escape; /* for the tests of the sandbox */
} Options;

typedef struct {
    ReaderReading *reading;
    const uint8_t *pixels;
} Reader;

/* Blocks while agentd is slow to listen. */
static void
send_bytes(GBytes *bytes)
{
    size_t n_bytes;
    const void *data = g_bytes_get_data(bytes, &n_bytes);

    while (send(PROTOCOL_READER_SOCKET_FD, data, n_bytes, MSG_NOSIGNAL) < 0)
        if (errno != EINTR)
            _exit(EXIT_FAILED);
}

static void
send_answer(const ProtocolReaderAnswer *answer, void *user_data)
{
    g_autoptr(GBytes) bytes = protocol_reader_answer_to_bytes(answer);

    send_bytes(bytes);
}

static void
send_hello(const char *reason)
{
    g_autoptr(ProtocolReaderAnswer) hello = protocol_reader_answer_new(PROTOCOL_READER_HELLO, 0);

    hello->reason = g_strdup(reason);
    send_answer(hello, NULL);
}

static void
answer_request(Reader *self, const ProtocolReaderRequest *request)
{
    g_autoptr(ProtocolReaderAnswer) done =
        protocol_reader_answer_new(PROTOCOL_READER_DONE, request->id);
    int64_t cpu_us;

    cpu_us = reader_reading_run(self->reading, request, self->pixels, send_answer, NULL);
    done->cpu_us = (uint32_t)MIN(cpu_us, UINT32_MAX);
    send_answer(done, NULL);
}

/* Returns: FALSE when agentd is gone or has nothing to read for long */
static gboolean
wait_for_request(void)
{
    struct pollfd socket = {PROTOCOL_READER_SOCKET_FD, POLLIN, 0};
    int n;

    do
        n = poll(&socket, 1, IDLE_MAX_MS);
    while (n < 0 && errno == EINTR);
    return n > 0;
}

static int
serve(Reader *self)
{
    while (wait_for_request()) {
        uint8_t packet[256];
        ssize_t n = recv(PROTOCOL_READER_SOCKET_FD, packet, sizeof packet, 0);
        ProtocolReaderRequest request;

        if (n <= 0)
            break;
        switch (protocol_reader_request_parse(packet, n, &request, NULL)) {
        case PROTOCOL_READER_READ:
            answer_request(self, &request);
            break;
        case PROTOCOL_READER_FORGET:
            reader_reading_forget(self->reading);
            break;
        default:
            return EXIT_FAILED;
        }
    }
    return EXIT_OK;
}

static void
send_nothing(const ProtocolReaderAnswer *answer, void *user_data)
{
}

/* Tesseract opens and allocates some things at the first line only. */
static void
warm_up(ReaderReading *reading)
{
    ProtocolReaderRequest request = {0, 256, 32, 0, 0};
    g_autofree uint8_t *pixels = g_malloc(256 * 32 * 4);

    for (int y = 0; y < 32; y++)
        for (int x = 0; x < 256; x++) {
            gboolean is_ink = y >= 8 && y < 24 && x >= 8 && x < 248 && (x / 4 + y / 4) % 2 == 0;

            memset(pixels + 4 * (256 * y + x), is_ink ? 0 : 255, 3);
            pixels[4 * (256 * y + x) + 3] = PROTOCOL_READER_MARK_WANTED;
        }
    (void)reader_reading_run(reading, &request, pixels, send_nothing, NULL);
    reader_reading_forget(reading);
}

static int
run(const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ReaderReading) reading =
        reader_reading_new(options->data_path, options->languages, &error);
    Reader self = {reading, NULL};
    void *pixels = mmap(NULL, PROTOCOL_READER_MEMORY_BYTES, PROT_READ, MAP_SHARED,
                        PROTOCOL_READER_PIXELS_FD, 0);

    if (reading != NULL)
        warm_up(reading);
    if (reading == NULL || !reader_sandbox_enter(&error)) {
        send_hello(error->message);
        return EXIT_FAILED;
    }
    if (options->escape != NULL)
        reader_sandbox_try(options->escape);
    if (pixels == MAP_FAILED)
        return EXIT_FAILED;
    self.pixels = pixels;
    send_hello(NULL);
    return serve(&self);
}

/* Tesseract's threads make it ten times slower, and OpenMP reads this before main(). */
static void
ensure_one_thread(char **argv)
{
    if (g_strcmp0(g_getenv("OMP_THREAD_LIMIT"), "1") == 0)
        return;
    g_setenv("OMP_THREAD_LIMIT", "1", TRUE);
    execv("/proc/self/exe", argv);
}

static gboolean
was_started_by_agentd(void)
{
    int type = 0;
    socklen_t length = sizeof type;
    struct stat memory;

    return getsockopt(PROTOCOL_READER_SOCKET_FD, SOL_SOCKET, SO_TYPE, &type, &length) == 0 &&
           type == SOCK_SEQPACKET && fstat(PROTOCOL_READER_PIXELS_FD, &memory) == 0 &&
           memory.st_size >= (off_t)PROTOCOL_READER_MEMORY_BYTES;
}

int
main(int argc, char **argv)
{
    Options options = {0};
    gboolean shows_version = FALSE;
    const GOptionEntry entries[] = {
        {"languages", 'l', 0, G_OPTION_ARG_STRING, &options.languages,
         "Languages to read, as Tesseract names them", "eng+chi_sim"},
        {"data", 'd', 0, G_OPTION_ARG_FILENAME, &options.data_path, "Folder of the language data",
         "FOLDER"},
        {"version", 0, 0, G_OPTION_ARG_NONE, &shows_version, "Print the version and exit", NULL},
        {"try-escape", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &options.escape, NULL, NULL},
        {0}};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;

    setlocale(LC_CTYPE, "C.UTF-8"); /* else the help has question marks */
    ensure_one_thread(argv);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, "Reads text in pixels; started by deskhand-agentd.");
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "deskhand-reader: %s\n", error->message);
        return EXIT_USAGE;
    }
    if (shows_version) {
        printf("deskhand-reader %s\n", DESKHAND_VERSION);
        return EXIT_OK;
    }
    if (!was_started_by_agentd()) {
        fprintf(stderr, "deskhand-reader: it is started by deskhand-agentd, not by hand\n");
        return EXIT_USAGE;
    }
    if (options.languages == NULL)
        options.languages = g_strdup("eng+chi_sim");
    reader_sandbox_begin(N_FILES);
    return run(&options);
}
