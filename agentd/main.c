/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "agentd/agent.h"
#include "agentd/service-agent.h"
#include "protocol/failure.h"

#include <glib-unix.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define PIXELS_MIN_BYTES (1024 * 1024) /* what is smaller may stay with glibc */

typedef struct {
    GMainLoop *loop;
    int exit_status;
} Daemon;

static gboolean
on_signal(void *user_data)
{
    Daemon *daemon = user_data;

    g_main_loop_quit(daemon->loop);
    return G_SOURCE_CONTINUE;
}

static void
on_refused(const GError *error, void *user_data)
{
    Daemon *daemon = user_data;

    fprintf(stderr, "deskhand-agentd: %s\n", error->message);
    daemon->exit_status = EXIT_FAILURE;
    g_main_loop_quit(daemon->loop);
}

/* Where vault and reader are: beside this program as it was called, so that one that is not
 * installed needs no $DESKHAND_LIBEXEC_DIR, or else where they are installed. */
static char *
dup_libexec_path(const char *called)
{
    const char *wanted = g_getenv("DESKHAND_LIBEXEC_DIR");
    g_autofree char *program = g_find_program_in_path(called);
    g_autofree char *path = g_canonicalize_filename(program != NULL ? program : called, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *vault = g_build_filename(folder, "deskhand-vault", NULL);

    if (wanted != NULL && *wanted != '\0')
        return g_strdup(wanted);
    return g_file_test(vault, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer(&folder)
                                                         : g_strdup(DESKHAND_LIBEXEC_DIR);
}

static int
run(AgentdConfig *config, const char *display, const char *libexec_path)
{
    Daemon daemon = {g_main_loop_new(NULL, FALSE), EXIT_SUCCESS};
    AgentdAgent *agent = agentd_agent_new(config, display, libexec_path, on_refused, &daemon);
    AgentdServiceAgent *service = agentd_service_agent_new(agent);

    g_unix_signal_add(SIGTERM, on_signal, &daemon);
    g_unix_signal_add(SIGINT, on_signal, &daemon);
    g_unix_signal_add(SIGHUP, on_signal, &daemon);
    g_main_loop_run(daemon.loop);
    agentd_service_agent_free(service);
    agentd_agent_free(agent);
    g_main_loop_unref(daemon.loop);
    return daemon.exit_status;
}

int
main(int argc, char **argv)
{
    g_autofree char *config_path = NULL;
    g_autofree char *display = NULL;
    g_autofree char *libexec_path = dup_libexec_path(argv[0]);
    gboolean show_version = FALSE;
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &config_path,
         "Read settings from FILE instead of ~/.config/deskhand/agentd.conf", "FILE"},
        {"display", 'd', 0, G_OPTION_ARG_STRING, &display,
         "Watch this X display instead of $DISPLAY", "DISPLAY"},
        {"version", 0, 0, G_OPTION_ARG_NONE, &show_version, "Print the version and exit", NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- remember what this desktop shows");
    g_autoptr(AgentdConfig) config = NULL;
    g_autoptr(GError) error = NULL;

    /* Pixels go back to the system when they are freed: else glibc keeps what was large once. */
    mallopt(M_MMAP_THRESHOLD, PIXELS_MIN_BYTES);
    setlocale(LC_ALL, "");
    umask(077);
    prctl(PR_SET_DUMPABLE, 0);
    setlocale(LC_CTYPE, "C.UTF-8"); /* else the help has question marks */
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1) {
        fprintf(stderr, "deskhand-agentd: %s; see deskhand-agentd --help\n",
                error != NULL ? error->message : "it takes no arguments");
        return 2;
    }
    if (show_version) {
        puts("deskhand-agentd " DESKHAND_VERSION);
        return EXIT_SUCCESS;
    }
    config = agentd_config_load(config_path, &error);
    protocol_failure_note(PROTOCOL_FAILURE_AGENT, config == NULL ? error->message : NULL);
    if (config == NULL) {
        fprintf(stderr, "deskhand-agentd: %s\n", error->message);
        return EXIT_FAILURE;
    }
    return run(config, display, libexec_path);
}
