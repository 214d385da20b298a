/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "fakeapp.h"

#include "recall/watch/a11y-node.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRAME_PATH "/org/a11y/atspi/accessible/1"
#define LABEL_PATH "/org/a11y/atspi/accessible/2"
#define CELL_PATH "/org/a11y/atspi/accessible/cell" /* its life, row and column, a digit each */
#define MODE_FLAG "--fake-app"
#define START_DEADLINE_US (10 * G_USEC_PER_SEC)

static const char *mode;
static int n_texts;   /* atomic */
static int n_ranges;  /* atomic */
static int n_matches; /* atomic */
static int n_roles;   /* atomic */

static gboolean
is_label(GDBusMessage *message)
{
    return g_str_has_prefix(g_dbus_message_get_path(message), LABEL_PATH);
}

static GVariant *
make_references(const char *name, const char *path)
{
    g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(so)"));

    if (path != NULL)
        g_variant_builder_add(&builder, "(so)", name, path);
    return g_variant_new("(a(so))", &builder);
}

static GVariant *
make_property(GDBusMessage *message, const char *name)
{
    const char *key = NULL;

    g_variant_get_child(g_dbus_message_get_body(message), 1, "&s", &key);
    if (g_str_equal(key, "Name"))
        return g_variant_new("(v)", g_variant_new_string(is_label(message) ? "" : FAKE_APP_TITLE));
    if (g_str_equal(key, "ToolkitName"))
        return g_variant_new("(v)", g_variant_new_string("gtk"));
    if (g_str_equal(key, "Parent"))
        return g_variant_new("(v)", g_variant_new("(so)", name, FRAME_PATH));
    return NULL;
}

static gboolean
is_late(void)
{
    return g_str_equal(mode, "late");
}

static GVariant *
make_label_box(void)
{
    return g_variant_new("(iiii)", FAKE_APP_LABEL_X, FAKE_APP_LABEL_Y, FAKE_APP_LABEL_WIDTH,
                         (is_late() ? FAKE_APP_N_LINES_LATE : 1) * FAKE_APP_LABEL_HEIGHT);
}

static GVariant *
make_text(void)
{
    if (is_late())
        return g_variant_new("(s)", FAKE_APP_LABEL_LATE);
    if (!g_str_equal(mode, "counting"))
        return g_variant_new("(s)", FAKE_APP_LABEL);
    return g_variant_new("(s)", g_atomic_int_add(&n_texts, 1) == 0 ? "asked once" : "asked again");
}

static gboolean
is_laid_out(void)
{
    return g_atomic_int_get(&n_ranges) > FAKE_APP_N_RANGES_LATE;
}

/* The line that character @at is in; a line is as long as the label is wide. */
static GVariant *
make_line(GDBusMessage *message)
{
    int at = 0;

    g_variant_get(g_dbus_message_get_body(message), "(iu)", &at, NULL);
    at -= at % FAKE_APP_LINE_N_CHARS;
    return is_late() && is_laid_out() ? g_variant_new("(sii)", "", at, at + FAKE_APP_LINE_N_CHARS)
                                      : g_variant_new("(sii)", "", 0, 10000);
}

/* Each character is ten pixels wide. */
static GVariant *
make_range(GDBusMessage *message)
{
    int start = 0;
    int end = 0;

    g_atomic_int_inc(&n_ranges);
    if (is_late() && !is_laid_out())
        return make_label_box();
    g_variant_get(g_dbus_message_get_body(message), "(iiu)", &start, &end, NULL);
    return g_variant_new("(iiii)", FAKE_APP_LABEL_X + 10 * (start % FAKE_APP_LINE_N_CHARS),
                         FAKE_APP_LABEL_Y + start / FAKE_APP_LINE_N_CHARS * FAKE_APP_LABEL_HEIGHT,
                         10 * (end - start), FAKE_APP_LABEL_HEIGHT);
}

/* "revealing": a password field whose place another object takes; "hiding": an entry that becomes
 * one. */
static RecallA11yRole
get_label_role(GDBusMessage *message)
{
    gboolean is_first = g_atomic_int_add(&n_roles, 1) == 0;

    if (g_str_equal(mode, "revealing"))
        return g_str_equal(g_dbus_message_get_path(message), LABEL_PATH)
                   ? RECALL_A11Y_ROLE_PASSWORD_TEXT
                   : RECALL_A11Y_ROLE_TEXT;
    if (g_str_equal(mode, "hiding"))
        return is_first ? RECALL_A11Y_ROLE_TEXT : RECALL_A11Y_ROLE_PASSWORD_TEXT;
    return RECALL_A11Y_ROLE_LABEL;
}

static const char *
get_label_path(void)
{
    gboolean is_first = g_atomic_int_add(&n_matches, 1) == 0;

    return g_str_equal(mode, "revealing") && !is_first ? LABEL_PATH "_shown" : LABEL_PATH;
}

static GVariant *
make_states(void)
{
    g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("au"));

    g_variant_builder_add(&builder, "u", (uint32_t)RECALL_A11Y_STATE_SHOWING);
    g_variant_builder_add(&builder, "u", 0);
    return g_variant_new("(au)", &builder);
}

/* All cells of a sheet that expires die at once, when each was asked for its text. */
static int
get_life(void)
{
    return g_str_equal(mode, "expiring sheet") && g_atomic_int_get(&n_texts) >= FAKE_SHEET_N_CELLS;
}

static GVariant *
make_cell(GDBusMessage *message, const char *name)
{
    g_autofree char *path = NULL;
    int row = 0;
    int column = 0;

    if (g_str_equal(g_dbus_message_get_member(message), "GetAccessibleAt")) {
        g_variant_get(g_dbus_message_get_body(message), "(ii)", &row, &column);
    } else {
        g_variant_get(g_dbus_message_get_body(message), "(iiu)", &column, &row, NULL);
        row = (row - FAKE_SHEET_Y) / FAKE_SHEET_ROW_HEIGHT;
        column = (column - FAKE_SHEET_X) / FAKE_SHEET_COLUMN_WIDTH;
    }
    path = g_strdup_printf(CELL_PATH "%d%d%d", get_life(), row, column);
    return g_variant_new("((so))", name, path);
}

static GVariant *
make_cell_box(int row, int column)
{
    gboolean is_hidden = g_str_equal(mode, "hidden sheet") && column == 1;

    return g_variant_new("((iiii))", FAKE_SHEET_X + column * FAKE_SHEET_COLUMN_WIDTH,
                         FAKE_SHEET_Y + row * FAKE_SHEET_ROW_HEIGHT,
                         is_hidden ? 0 : FAKE_SHEET_COLUMN_WIDTH, FAKE_SHEET_ROW_HEIGHT);
}

/* What a cell says, unless it is dead. */
static GVariant *
answer_cell(GDBusMessage *message, const char *cell)
{
    const char *member = g_dbus_message_get_member(message);
    int row = g_ascii_digit_value(cell[1]);
    int column = g_ascii_digit_value(cell[2]);
    g_autofree char *words = NULL;

    if (g_ascii_digit_value(cell[0]) != get_life())
        return NULL;
    if (g_str_equal(member, "GetExtents"))
        return make_cell_box(row, column);
    if (g_str_equal(member, "GetRangeExtents"))
        return g_variant_new("(iiii)", 0, 0, FAKE_SHEET_TEXT_WIDTH, FAKE_SHEET_ROW_HEIGHT);
    words = g_str_equal(member, "GetText") ? g_strdup_printf(FAKE_SHEET_TEXT, row, column)
                                           : g_strdup_printf("%c%d", 'A' + column, row + 1);
    if (!g_str_equal(member, "GetText"))
        return g_variant_new("(v)", g_variant_new_string(words));
    g_atomic_int_inc(&n_texts);
    return g_variant_new("(s)", words);
}

/* The document, its table and the table's cells. */
static GVariant *
answer_sheet(GDBusMessage *message, const char *name)
{
    const char *member = g_dbus_message_get_member(message);
    const char *path = g_dbus_message_get_path(message);

    if (g_str_has_prefix(path, CELL_PATH))
        return answer_cell(message, path + strlen(CELL_PATH));
    if (g_str_has_prefix(member, "GetAccessibleAt"))
        return make_cell(message, name);
    if (g_str_equal(member, "GetChildren"))
        return make_references(name, FAKE_SHEET_PATH "/table");
    if (g_str_equal(member, "GetRole"))
        return g_variant_new("(u)", RECALL_A11Y_ROLE_TABLE);
    return g_variant_new("((iiii))", FAKE_SHEET_X, FAKE_SHEET_Y,
                         FAKE_SHEET_SIDE * FAKE_SHEET_COLUMN_WIDTH,
                         FAKE_SHEET_SIDE * FAKE_SHEET_ROW_HEIGHT);
}

static GVariant *
answer(GDBusMessage *message, const char *name)
{
    const char *member = g_dbus_message_get_member(message);

    if (g_str_has_suffix(mode, "sheet"))
        return answer_sheet(message, name);
    if (g_str_equal(member, "GetChildren"))
        return make_references(name, is_label(message) ? NULL : FRAME_PATH);
    if (g_str_equal(member, "GetMatches"))
        return make_references(name, get_label_path());
    if (g_str_equal(member, "GetRole"))
        return g_variant_new("(u)",
                             is_label(message) ? get_label_role(message) : RECALL_A11Y_ROLE_FRAME);
    if (g_str_equal(member, "GetState"))
        return make_states();
    if (g_str_equal(member, "GetExtents"))
        return is_label(message) ? g_variant_new("(@(iiii))", make_label_box())
                                 : g_variant_new("((iiii))", 100, 50, 400, 300);
    if (g_str_equal(member, "GetText"))
        return make_text();
    if (g_str_equal(member, "GetStringAtOffset"))
        return make_line(message);
    if (g_str_equal(member, "GetRangeExtents"))
        return make_range(message);
    if (g_str_equal(member, "Get"))
        return make_property(message, name);
    return NULL;
}

/* On GDBus's thread. */
static GDBusMessage *
on_app_message(GDBusConnection *bus, GDBusMessage *message, gboolean is_incoming, void *user_data)
{
    g_autoptr(GDBusMessage) reply = NULL;
    GVariant *body = NULL;

    if (!is_incoming || g_dbus_message_get_message_type(message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
        return message;
    if (!g_str_equal(mode, "hung")) {
        body = answer(message, g_dbus_connection_get_unique_name(bus));
        reply = body == NULL ? g_dbus_message_new_method_error(
                                   message, "org.freedesktop.DBus.Error.UnknownObject", "no")
                             : g_dbus_message_new_method_reply(message);
        if (body != NULL)
            g_dbus_message_set_body(reply, body);
        g_dbus_connection_send_message(bus, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
    }
    g_object_unref(message);
    return NULL;
}

static GDBusConnection *
join(const char *address)
{
    return g_dbus_connection_new_for_address_sync(
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
            G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, NULL, NULL);
}

void
fake_app_run_if_asked(int argc, char **argv)
{
    GDBusConnection *bus = NULL;
    char byte = '\n';

    if (argc != 4 || !g_str_equal(argv[1], MODE_FLAG))
        return;
    mode = argv[3];
    bus = join(argv[2]);
    g_assert_nonnull(bus);
    g_dbus_connection_add_filter(bus, on_app_message, NULL, NULL);
    /* Says its name; then ends with its input. */
    g_assert_cmpint(write(STDOUT_FILENO, g_dbus_connection_get_unique_name(bus),
                          strlen(g_dbus_connection_get_unique_name(bus))),
                    >, 0);
    g_assert_cmpint(write(STDOUT_FILENO, &byte, 1), ==, 1);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
    _exit(0);
}

FakeApp *
fake_app_start(GDBusConnection *bus, const char *app_mode)
{
    FakeApp *app = g_new0(FakeApp, 1);
    const char *address = g_object_get_data(G_OBJECT(bus), "address");
    g_autoptr(GDataInputStream) output = NULL;

    app->process = g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                    NULL, "/proc/self/exe", MODE_FLAG, address, app_mode, NULL);
    g_assert_nonnull(app->process);
    output = g_data_input_stream_new(g_subprocess_get_stdout_pipe(app->process));
    app->name = g_data_input_stream_read_line_utf8(output, NULL, NULL, NULL);
    g_assert_nonnull(app->name);
    return app;
}

void
fake_app_stop(FakeApp *app)
{
    if (app == NULL)
        return;
    g_subprocess_force_exit(app->process);
    g_subprocess_wait(app->process, NULL, NULL);
    g_object_unref(app->process);
    g_free(app->name);
    g_free(app);
}

static GVariant *
list_apps(const FakeBus *self)
{
    g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(so)"));

    for (unsigned i = 0; i < self->names->len; i++)
        g_variant_builder_add(&builder, "(so)", self->names->pdata[i], RECALL_A11Y_ROOT_PATH);
    return g_variant_new("(a(so))", &builder);
}

/* The launcher and the registry; on GDBus's thread. */
static GDBusMessage *
on_bus_message(GDBusConnection *bus, GDBusMessage *message, gboolean is_incoming, void *user_data)
{
    FakeBus *self = user_data;
    g_autoptr(GDBusMessage) reply = NULL;
    const char *member = g_dbus_message_get_member(message);

    if (!is_incoming || g_dbus_message_get_message_type(message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
        return message;
    reply = g_dbus_message_new_method_reply(message);
    if (g_str_equal(member, "GetAddress"))
        g_dbus_message_set_body(reply, g_variant_new("(s)", self->address));
    else if (g_str_equal(member, "GetChildren"))
        g_dbus_message_set_body(reply, list_apps(self));
    else if (g_str_equal(member, "Set"))
        self->is_enabled = TRUE;
    g_dbus_connection_send_message(bus, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
    g_object_unref(message);
    return NULL;
}

static void
own_name(GDBusConnection *bus, const char *name)
{
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
        g_variant_new("(su)", name, 4), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

    g_assert_nonnull(reply);
}

FakeBus *
fake_bus_start(const char *path)
{
    FakeBus *self = g_new0(FakeBus, 1);
    int64_t end_us = g_get_monotonic_time() + START_DEADLINE_US;
    g_autofree char *argument = NULL;

    self->names = g_ptr_array_new();
    self->address = g_strconcat("unix:path=", path, NULL);
    argument = g_strconcat("--address=", self->address, NULL);
    self->daemon = g_subprocess_new(G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL, "dbus-daemon",
                                    "--session", "--nofork", argument, NULL);
    g_assert_nonnull(self->daemon);
    while (self->connection == NULL && g_get_monotonic_time() < end_us) {
        self->connection = join(self->address);
        if (self->connection == NULL)
            g_main_context_iteration(NULL, FALSE);
    }
    g_assert_nonnull(self->connection);
    g_object_set_data_full(G_OBJECT(self->connection), "address", g_strdup(self->address), g_free);
    self->filter = g_dbus_connection_add_filter(self->connection, on_bus_message, self, NULL);
    own_name(self->connection, "org.a11y.Bus");
    own_name(self->connection, "org.a11y.atspi.Registry");
    return self;
}

void
fake_bus_stop(FakeBus *self)
{
    if (self == NULL)
        return;
    g_dbus_connection_remove_filter(self->connection, self->filter);
    g_dbus_connection_close_sync(self->connection, NULL, NULL);
    g_object_unref(self->connection);
    g_subprocess_force_exit(self->daemon);
    g_subprocess_wait(self->daemon, NULL, NULL);
    g_object_unref(self->daemon);
    g_ptr_array_unref(self->names);
    g_free(self->address);
    g_free(self);
}
