/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* An accessible application of one window with one label, as a process of its own, and the two
 * services that an accessibility bus has, in this process. */

#define FAKE_APP_TITLE "Fake window"
#define FAKE_APP_LABEL "hello accessible world"

/* Where the label says it is, on the screen. */
#define FAKE_APP_LABEL_X 110
#define FAKE_APP_LABEL_Y 60
#define FAKE_APP_LABEL_WIDTH 220
#define FAKE_APP_LABEL_HEIGHT 20

/* What it says in mode "late": of several lines, each as wide as the label. */
#define FAKE_APP_LINE_N_CHARS 22
#define FAKE_APP_N_LINES_LATE 4
#define FAKE_APP_N_RANGES_LATE 3
#define FAKE_APP_LABEL_LATE                                                                        \
    "the first line of all "                                                                       \
    "and the second of two "                                                                       \
    "then one more a third "                                                                       \
    "and a last one of all "

/* The sheets, of which all cells are in view, each with its row and column as its text. */
#define FAKE_SHEET_PATH "/org/a11y/atspi/accessible/sheet"
#define FAKE_SHEET_SIDE 4
#define FAKE_SHEET_N_CELLS (FAKE_SHEET_SIDE * FAKE_SHEET_SIDE)
#define FAKE_SHEET_X 100
#define FAKE_SHEET_Y 50
#define FAKE_SHEET_COLUMN_WIDTH 90
#define FAKE_SHEET_ROW_HEIGHT 20
#define FAKE_SHEET_TEXT "cell%din%d"
#define FAKE_SHEET_TEXT_WIDTH 60

/* Called first in main(): becomes the application and never returns when @argv says so. */
void fake_app_run_if_asked(int argc, char **argv);

typedef struct {
    GSubprocess *process;
    char *name; /* unique name on the bus */
} FakeApp;

/* @mode: "good"; "hung" (never answers); "counting" (its label counts how often it was asked);
 * "late" (knows where its lines end only after some ranges were asked; all of it is one line);
 * "revealing" (a password field that shows what is in it from the second reading on, as another
 * object); "hiding" (an entry that is a password field from the second question on);
 * "sheet", "hidden sheet" (its second column is), "expiring sheet" (when all texts were asked once,
 * its cells are gone, and must be asked for anew): no windows, only what lies at FAKE_SHEET_PATH */
FakeApp *fake_app_start(GDBusConnection *bus, const char *mode);
void fake_app_stop(FakeApp *app);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeApp, fake_app_stop)

typedef struct {
    GSubprocess *daemon;
    GDBusConnection *connection;
    unsigned filter;
    char *address;
    GPtrArray *names;    /* of the applications that the registry knows; owned by their FakeApp */
    gboolean is_enabled; /* org.a11y.Status.IsEnabled was set */
} FakeBus;

/* @path: of the socket. Sets nothing in the environment. */
FakeBus *fake_bus_start(const char *path);
void fake_bus_stop(FakeBus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeBus, fake_bus_stop)
