/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/profile.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PREF(is_on) "user_pref(\"browser.privatebrowsing.autostart\", " is_on ");\n"

static void
test_settings(void **state)
{
    static const struct {
        const char *text;
        gboolean is_private;
    } cases[] = {
        {"", FALSE},
        {PREF("true"), TRUE},
        {PREF("false"), FALSE},
        {PREF("true") PREF("false"), FALSE}, /* the last one counts */
        {"user_pref(\"a\", 1); " PREF("true"), TRUE},
        {"  lockPref( 'browser.privatebrowsing.autostart' , true )", TRUE},
        {"// " PREF("true"), FALSE},
        {"# " PREF("true"), FALSE},
        {"/* a\n" PREF("true") "*/ user_pref(\"b\", 2);", FALSE},
        {"user_pref(\"a\", \"text/html,*/*\");\n" PREF("true"), TRUE},
        {"user_pref(\"a\", \"https://b.test/\");" PREF("true"), TRUE},
        {"user_pref(\"browser.privatebrowsing.autostarted\", true);", FALSE},
        {"user_pref(\"browser_privatebrowsing.autostart\", true);", FALSE},
        {"\xff\xfe\n" PREF("true"), TRUE},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (recall_profile_read_settings(cases[i].text, FALSE) != cases[i].is_private)
            fail_msg("%s", cases[i].text);
    }
    assert_true(recall_profile_read_settings("user_pref(\"a\", 1);", TRUE));
    assert_false(recall_profile_read_settings(PREF("false"), TRUE));
}

static void
test_policies(void **state)
{
    static const struct {
        const char *text;
        gboolean is_private;
    } cases[] = {
        {"{\"policies\": {}}", FALSE},
        {"{\"policies\": {\"PrivateBrowsingModeAvailability\": 2}}", TRUE},
        {"{\"policies\": {\"PrivateBrowsingModeAvailability\": 1}}", FALSE},
        {"{\"Preferences\": {\"browser.privatebrowsing.autostart\": {\"Status\": \"locked\", "
         "\"Value\": true}}}",
         TRUE},
        {"{\"Preferences\": {\"browser.privatebrowsing.autostart\": true}}", TRUE},
        {"{\"Preferences\": {\"browser.privatebrowsing.autostart\": {\"Value\": false}, "
         "\"b\": {\"Value\": true}}}",
         FALSE},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (recall_profile_read_policies(cases[i].text) != cases[i].is_private)
            fail_msg("%s", cases[i].text);
    }
}

static void
write_file(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
remove_file(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_unlink(path);
}

/* This process stands for a browser: what it holds is its profile. */
static void
test_profile_of_a_process(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("profile-XXXXXX", NULL);
    g_autofree char *lock = g_build_filename(folder, ".parentlock", NULL);
    g_autofree char *large = g_strnfill(RECALL_PROFILE_FILE_MAX_BYTES + 1, '\n');
    int fd;

    assert_int_equal(recall_profile_find(getpid()), RECALL_PROFILE_UNKNOWN);
    fd = open(lock, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(recall_profile_find(getpid()), RECALL_PROFILE_BY_WINDOW);
    write_file(folder, "prefs.js", PREF("true"));
    assert_int_equal(recall_profile_find(getpid()), RECALL_PROFILE_PRIVATE);
    write_file(folder, "user.js", PREF("false"));
    assert_int_equal(recall_profile_find(getpid()), RECALL_PROFILE_BY_WINDOW);
    write_file(folder, "user.js", PREF("true"));
    remove_file(folder, "prefs.js");
    assert_int_equal(recall_profile_find(getpid()), RECALL_PROFILE_PRIVATE);
    write_file(folder, "user.js", large); /* nobody knows what stands there */
    assert_int_equal(recall_profile_find(getpid()), RECALL_PROFILE_PRIVATE);
    large[RECALL_PROFILE_FILE_MAX_BYTES] = '\0';
    write_file(folder, "user.js", large);
    assert_int_equal(recall_profile_find(getpid()), RECALL_PROFILE_BY_WINDOW);
    close(fd);
    remove_file(folder, "user.js");
    remove_file(folder, ".parentlock");
    g_rmdir(folder);
}

static RecallProfile
find_of(const char *last_argument)
{
    char *arguments[] = {"/usr/bin/tail", "-f", "--", "/dev/null", (char *)last_argument, NULL};
    RecallProfile profile;
    GPid pid = 0;

    assert_true(g_spawn_async(NULL, arguments, NULL,
                              G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                              &pid, NULL));
    profile = recall_profile_find(pid);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return profile;
}

static void
test_started_private(void **state)
{
    assert_int_equal(find_of("1"), RECALL_PROFILE_UNKNOWN);
    assert_int_equal(find_of("-private"), RECALL_PROFILE_PRIVATE);
    assert_int_equal(find_of("--private"), RECALL_PROFILE_PRIVATE);
    assert_int_equal(find_of("--private-window"), RECALL_PROFILE_UNKNOWN);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_policies),
        cmocka_unit_test(test_profile_of_a_process),
        cmocka_unit_test(test_started_private),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
