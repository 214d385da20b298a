/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* What an application answers on the accessibility bus. The input is the answers, one after the
 * other; what is missing in it is answered as a plain window without children would. */

#include "recall/watch/a11y-read.h"
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUS_NAME ":1.7"
#define TITLE "A window"
#define READING_DEADLINE_MS 40
#define N_CHILDREN_MAX 40

const char *const fuzz_words[] = {"gtk", "Gecko", "Chromium", "S45", "AB12", "\xef\xbf\xbc", NULL};

typedef struct {
    GSocket *listener;
    GDBusConnection *beside;
} Bus;

typedef struct {
    GSocket *listener;
    FuzzInput input;
} Serving;

/* --- answers --- */

static int32_t
make_int(FuzzInput *input, int32_t usual)
{
    static const int32_t telling[] = {0, 1, -1, INT32_MAX, INT32_MIN, 32767, -32768, 65536, 1000};
    uint8_t form = fuzz_take_byte(input);

    if (form == 0)
        return usual;
    if (form < 0xe0)
        return (form - 0x20) * 4;
    return form < 0xf0 ? telling[form % G_N_ELEMENTS(telling)] : (int32_t)fuzz_take_number(input);
}

static GVariant *
make_string(FuzzInput *input, const char *usual)
{
    static const char *const telling[] = {
        "gtk", "Gecko", "Chromium",     "soffice.bin",         "S45",
        "",    TITLE,   "\xef\xbf\xbc", "https://x.example/a", "A1"};
    uint8_t form = fuzz_take_byte(input);
    size_t n_bytes = 0;
    const uint8_t *bytes;

    if (form == 0)
        return g_variant_new_string(usual);
    if (form < 0x20)
        return g_variant_new_string(telling[form % G_N_ELEMENTS(telling)]);
    bytes = fuzz_take_bytes(input, 300, &n_bytes);
    return g_variant_new_take_string(g_utf8_make_valid((const char *)bytes, (gssize)n_bytes));
}

static GVariant *
make_reference(FuzzInput *input)
{
    uint8_t form = fuzz_take_byte(input);
    g_autofree char *path =
        g_strdup_printf("/org/a11y/atspi/accessible/%s", form == 255 ? "null" : "1");

    if (form != 255)
        path[strlen(path) - 1] = (char)('0' + form % 10);
    return g_variant_new("(so)", form == 254 ? ":1.8" : BUS_NAME, path);
}

static GVariant *
make_references(FuzzInput *input)
{
    g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(so)"));

    for (unsigned n = fuzz_take_byte(input) % N_CHILDREN_MAX; n > 0; n--)
        g_variant_builder_add_value(&builder, make_reference(input));
    return g_variant_builder_end(&builder);
}

static GVariant *
make_box(FuzzInput *input)
{
    int32_t x = make_int(input, 100);
    int32_t y = make_int(input, 50);
    int32_t width = make_int(input, 400);

    return g_variant_new("(iiii)", x, y, width, make_int(input, 300));
}

static GVariant *
make_states(FuzzInput *input)
{
    g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("au"));

    for (unsigned n = 2 + fuzz_take_byte(input) % 3; n > 0; n--)
        g_variant_builder_add(&builder, "u", ~fuzz_take_number(input));
    return g_variant_builder_end(&builder);
}

static GVariant *
make_property(FuzzInput *input, GDBusMessage *question)
{
    const char *key = NULL;
    GVariant *value;

    g_variant_get_child(g_dbus_message_get_body(question), 1, "&s", &key);
    if (g_str_equal(key, "Parent"))
        value = make_reference(input);
    else if (g_str_equal(key, "Name"))
        value = make_string(input, TITLE);
    else if (g_str_equal(key, "ToolkitName"))
        value = make_string(input, "gtk");
    else
        value = g_variant_new_int32(make_int(input, 20));
    return g_variant_new_variant(value);
}

/* A well-formed answer of the type that is asked for. */
static GVariant *
make_answer(FuzzInput *input, GDBusMessage *question)
{
    const char *method = g_dbus_message_get_member(question);

    if (g_str_equal(method, "GetChildren") || g_str_equal(method, "GetMatches"))
        return make_references(input);
    if (g_str_equal(method, "Get"))
        return make_property(input, question);
    if (g_str_equal(method, "GetRole"))
        return g_variant_new_uint32((uint32_t)fuzz_take_byte(input));
    if (g_str_equal(method, "GetExtents"))
        return make_box(input);
    if (g_str_equal(method, "GetState"))
        return make_states(input);
    if (g_str_equal(method, "GetText") || g_str_equal(method, "GetAttributeValue"))
        return make_string(input, "some words in a line");
    if (g_str_has_prefix(method, "GetAccessibleAt"))
        return make_reference(input);
    return g_variant_new_int32(make_int(input, 5));
}

/* These have several values side by side. */
static GVariant *
make_tuple(FuzzInput *input, GDBusMessage *question)
{
    const char *method = g_dbus_message_get_member(question);
    GVariant *answer;

    if (g_str_equal(method, "GetRangeExtents"))
        return make_box(input);
    if (g_str_equal(method, "GetImageSize"))
        return g_variant_new("(ii)", make_int(input, 16), make_int(input, 16));
    if (g_str_equal(method, "GetStringAtOffset")) {
        answer = make_string(input, "some words");
        return g_variant_new("(@sii)", answer, make_int(input, 0), make_int(input, 10));
    }
    answer = make_answer(input, question);
    return g_variant_new_tuple(&answer, 1);
}

/* Of a type that was hardly asked for. */
static GVariant *
make_other(FuzzInput *input)
{
    switch (fuzz_take_byte(input) % 6) {
    case 0:
        return g_variant_new("()");
    case 1:
        return g_variant_new("(s)", "a string");
    case 2:
        return g_variant_new("(as)", NULL);
    case 3:
        return g_variant_new("(ii)", 1, 2);
    case 4:
        return g_variant_new("(v)", g_variant_new_uint64(3));
    default:
        return g_variant_new("((so)t)", BUS_NAME, "/a", (uint64_t)5);
    }
}

static GDBusMessage *
answer(FuzzInput *input, GDBusMessage *question)
{
    GDBusMessage *reply = g_dbus_message_new_method_reply(question);
    uint8_t form = fuzz_take_byte(input);

    if (form >= 0xfc) {
        g_object_unref(reply);
        return g_dbus_message_new_method_error(question, "org.freedesktop.DBus.Error.Failed", "no");
    }
    if (form >= 0xe0)
        g_dbus_message_set_body(reply, make_other(input));
    else
        g_dbus_message_set_body(reply, make_tuple(input, question));
    return reply;
}

/* --- the bus --- */

static gboolean
send_all(int fd, const void *data, size_t n_bytes)
{
    return send(fd, data, n_bytes, MSG_NOSIGNAL) == (ssize_t)n_bytes;
}

/* Returns: FALSE when the client is gone */
static gboolean
serve_message(int fd, FuzzInput *input, GByteArray *in, gssize n_bytes)
{
    g_autoptr(GDBusMessage) question =
        g_dbus_message_new_from_blob(in->data, (size_t)n_bytes, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
    g_autoptr(GDBusMessage) reply = NULL;
    g_autofree uint8_t *blob = NULL;
    size_t n_blob_bytes = 0;

    g_assert_nonnull(question); /* we wrote it */
    g_byte_array_remove_range(in, 0, (unsigned)n_bytes);
    if (g_strcmp0(g_dbus_message_get_member(question), "Hello") == 0)
        return TRUE;
    reply = answer(input, question);
    g_dbus_message_set_serial(reply, 1);
    blob = g_dbus_message_to_blob(reply, &n_blob_bytes, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
    g_assert_nonnull(blob);
    if (fuzz_take_byte(input) == 0xd7 && n_blob_bytes > 0) /* nonsense on the wire */
        blob[fuzz_take_number(input) % n_blob_bytes] ^= fuzz_take_byte(input);
    return send_all(fd, blob, n_blob_bytes);
}

static gboolean
receive(int fd, GByteArray *in)
{
    uint8_t buffer[4096];
    ssize_t n = recv(fd, buffer, sizeof(buffer), 0);

    if (n > 0)
        g_byte_array_append(in, buffer, (unsigned)n);
    return n > 0;
}

static void
serve_messages(int fd, FuzzInput *input, GByteArray *in)
{
    do {
        gssize n_bytes;

        while (in->len >= 16 && (n_bytes = g_dbus_message_bytes_needed(in->data, in->len, NULL)) <=
                                    (gssize)in->len) {
            if (!serve_message(fd, input, in, n_bytes))
                return;
        }
    } while (receive(fd, in));
}

static void *
serve(void *data)
{
    Serving *self = data;
    g_autoptr(GSocket) client = g_socket_accept(self->listener, NULL, NULL);
    int fd = g_socket_get_fd(client);
    g_autoptr(GByteArray) in = g_byte_array_new();
    const uint8_t *end;

    fcntl(fd, F_SETFL, 0); /* GSocket made it one that does not block */
    while ((in->len == 0 || memchr(in->data, '\n', in->len) == NULL) && receive(fd, in)) {
    }
    g_byte_array_set_size(in, 0);
    if (!send_all(fd, "OK 0\r\n", 6))
        return NULL;
    while (in->len < strlen("BEGIN\r\n")) {
        if (!receive(fd, in))
            return NULL;
    }
    end = memchr(in->data, '\n', in->len);
    g_assert_nonnull(end);
    g_byte_array_remove_range(in, 0, (unsigned)(end + 1 - in->data));
    serve_messages(fd, &self->input, in);
    return NULL;
}

/* Once: a socket, and a connection that tells its address. */
static Bus
make_bus(void)
{
    Bus self = {g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, NULL), NULL};
    g_autofree char *name = g_strdup_printf("deskhand-fuzz-%d", (int)getpid());
    g_autoptr(GSocketAddress) address =
        g_unix_socket_address_new_with_type(name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnection) stream = NULL;
    g_autoptr(GSocket) other = NULL;

    if (!g_socket_bind(self.listener, address, TRUE, NULL) || !g_socket_listen(self.listener, NULL))
        g_assert_not_reached();
    stream = g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, NULL);
    g_assert_nonnull(stream);
    other = g_socket_accept(self.listener, NULL, NULL);
    self.beside = g_dbus_connection_new_sync(G_IO_STREAM(stream), NULL,
                                             G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING, NULL,
                                             NULL, NULL);
    g_assert_nonnull(self.beside);
    g_steal_pointer(&other); /* so that it stays open */
    return self;
}

/* --- reading --- */

static void
check_text(const RecallText *text)
{
    g_assert_cmpuint(text->runs->len, <=, RECALL_TEXT_N_RUNS_MAX);
    for (unsigned i = 0; i < text->runs->len; i++) {
        const RecallRun *run = g_ptr_array_index(text->runs, i);
        size_t length = strlen(run->text);

        g_assert_true(length > 0 && length <= RECALL_RUN_MAX_BYTES);
        g_assert_true(g_utf8_validate(run->text, -1, NULL));
        for (unsigned j = 0; j < run->words->len; j++) {
            const ProtocolSpan *word = &g_array_index(run->words, ProtocolSpan, j);

            g_assert_cmpuint((uint64_t)word->start_bytes + word->length_bytes, <=, length);
        }
    }
}

static void
read_window(RecallA11yWire *wire)
{
    g_autoptr(RecallWindow) window = recall_window_new();
    g_autoptr(RecallA11yMemory) memory = recall_a11y_memory_new();
    pixman_region32_t shown;

    window->xid = 5;
    window->rect = (BaseRect){100, 50, 400, 300};
    g_free(window->title);
    window->title = g_strdup(TITLE);
    pixman_region32_init_rect(&shown, 0, 0, 400, 300);
    for (unsigned i = 0; i < 2; i++) { /* the second time something is known */
        g_autoptr(RecallA11yLink) link =
            recall_a11y_link_new(wire, BUS_NAME, READING_DEADLINE_MS, NULL);
        g_autoptr(RecallText) text =
            recall_a11y_read_window(memory, link, window, &shown, i > 0 ? &shown : NULL, NULL);

        if (text != NULL)
            check_text(text);
    }
    pixman_region32_fini(&shown);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Bus bus;
    Serving serving;
    GThread *thread;
    RecallA11yWire *wire;

    if (bus.listener == NULL)
        bus = make_bus();
    serving = (Serving){bus.listener, {data, size}};
    wire = recall_a11y_wire_new(bus.beside);
    thread = g_thread_new("bus", serve, &serving);
    read_window(wire);
    recall_a11y_wire_free(wire);
    g_thread_join(thread);
    return 0;
}
