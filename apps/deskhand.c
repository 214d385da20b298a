/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/command.h"
#include "apps/error.h"
#include "apps/help.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* `deskhand`: the commands of a person, and of scripts. */

/* The signal that ended it, so that the shell is told the truth. */
static int ended_by_signal;

typedef struct {
    int number;
    GCancellable *cancellable;
} Stop;

/* The first time it is asked; the next signal ends it at once. */
static gboolean
on_stop(void *user_data)
{
    Stop *stop = user_data;

    ended_by_signal = stop->number;
    g_cancellable_cancel(stop->cancellable);
    return G_SOURCE_REMOVE;
}

static void
die_by_signal(int number)
{
    signal(number, SIG_DFL);
    raise(number);
}

/* Error sentences may hold what was typed or seen, so they are cleaned like any text. */
static int
report(const GError *error)
{
    gboolean is_whole = strchr(".?", error->message[strlen(error->message) - 1]) != NULL;
    g_autofree char *line = g_strdup_printf("deskhand: %s%s", error->message, is_whole ? "" : ".");

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
        return APP_EXIT_DONE; /* the reader has all it wanted */
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        app_output_say(line);
    return app_error_to_exit_code(error);
}

static gboolean
run_command(const AppCommand *command,
            const char *const *words,
            AppOutput *output,
            GCancellable *cancellable,
            GError **error)
{
    g_autoptr(AppArguments) arguments = NULL;

    if (app_arguments_ask_help(command, words)) {
        app_help_append_command(output->text, command);
        return TRUE;
    }
    arguments = app_arguments_new(command, words, error);
    return arguments != NULL && command->run(arguments, output, cancellable, error);
}

/* @words: all that follows the program's name */
static gboolean
dispatch(const char *const *words, AppOutput *output, GCancellable *cancellable, GError **error)
{
    const AppCommand *command = words[0] != NULL ? app_command_find(words[0]) : NULL;

    if (command != NULL)
        return run_command(command, words + 1, output, cancellable, error);
    if (words[0] == NULL) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_USAGE,
                            "Say what to do: `deskhand search WORDS` finds what was on the "
                            "screen, `deskhand help` lists all commands.");
    } else if (g_str_equal(words[0], "--version")) {
        g_string_append(output->text, "deskhand " DESKHAND_VERSION "\n");
    } else if (g_str_equal(words[0], "--help") || g_str_equal(words[0], "-h")) {
        app_help_append_overview(output->text);
    } else {
        app_command_set_unknown(error, words[0]);
    }
    return words[0] != NULL && *error == NULL;
}

int
main(int argc, char **argv)
{
    g_auto(AppOutput) output = {0};
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) flush_error = NULL;
    Stop interrupt = {SIGINT, cancellable}, terminate = {SIGTERM, cancellable};
    int exit_code = APP_EXIT_DONE;

    signal(SIGPIPE, SIG_IGN);
    g_unix_signal_add(SIGINT, on_stop, &interrupt);
    g_unix_signal_add(SIGTERM, on_stop, &terminate);
    app_output_init(&output, STDOUT_FILENO);
    (void)dispatch((const char *const *)argv + 1, &output, cancellable, &error);
    if (!app_output_flush(&output, &flush_error) && error == NULL)
        error = g_steal_pointer(&flush_error);
    if (error != NULL)
        exit_code = report(error);
    if (ended_by_signal != 0)
        die_by_signal(ended_by_signal);
    return exit_code;
}
