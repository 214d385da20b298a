/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/blinds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

static GPtrArray *
make_list(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)recall_window_unref);
}

static RecallWindow *
add(GPtrArray *windows, uint32_t xid, const char *app, const char *title, RecallWindowKind kind)
{
    RecallWindow *window = recall_window_new();

    window->xid = xid;
    window->pid = getpid();
    window->kind = kind;
    g_free(window->app);
    window->app = g_strdup(app);
    g_free(window->title);
    window->title = g_strdup(title);
    g_ptr_array_add(windows, window);
    return window;
}

static RecallBlinds *
make_blinds(const char *site)
{
    PolicyCaptureRules *rules = policy_capture_rules_new();

    if (site != NULL)
        assert_true(policy_capture_rules_add(rules, POLICY_CAPTURE_SITE, site, NULL));
    return recall_blinds_new(rules);
}

static void
test_browser_is_looked_at_and_not_kept(void **state)
{
    g_autoptr(RecallBlinds) blinds = make_blinds(NULL);
    g_autoptr(GPtrArray) windows = make_list();
    RecallWindow *window = add(windows, 1, "Chromium", "P - Chromium", RECALL_WINDOW_NORMAL);

    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_SHUT); /* never seen */
    recall_blinds_see(blinds, windows, 1);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_LOOK);
    recall_blinds_tell(blinds, window, NULL, NULL);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_LOOK);
    recall_blinds_tell(blinds, window, "P - Chromium", NULL);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_KEEP);
    g_free(window->title);
    window->title = g_strdup("Other - Chromium"); /* it stays public while it is seen */
    recall_blinds_see(blinds, windows, 2);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_KEEP);
}

static void
test_returning_window_is_asked_again(void **state)
{
    g_autoptr(RecallBlinds) blinds = make_blinds(NULL);
    g_autoptr(GPtrArray) windows = make_list();
    g_autoptr(GPtrArray) none = make_list();
    RecallWindow *window = add(windows, 1, "Chromium", "P - Chromium", RECALL_WINDOW_NORMAL);

    recall_blinds_see(blinds, windows, 1);
    recall_blinds_tell(blinds, window, "P - Chromium", NULL);
    recall_blinds_see(blinds, none, 2);
    recall_blinds_see(blinds, windows, 3);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_LOOK);
}

static void
test_private_window_takes_its_menus_along(void **state)
{
    g_autoptr(RecallBlinds) blinds = make_blinds(NULL);
    g_autoptr(GPtrArray) windows = make_list();
    RecallWindow *menu = add(windows, 3, "", "", RECALL_WINDOW_POPUP);
    RecallWindow *public = add(windows, 2, "Chromium", "Q - Chromium", RECALL_WINDOW_NORMAL);
    RecallWindow *private = add(windows, 1, "Chromium", "P - Chromium", RECALL_WINDOW_NORMAL);

    menu->owner_xid = 2; /* a guess */
    recall_blinds_see(blinds, windows, 1);
    recall_blinds_tell(blinds, public, "Q - Chromium", "https://ok.test/");
    recall_blinds_tell(blinds, private, "P - Chromium (Incognito)", NULL);
    recall_blinds_see(blinds, windows, 2);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_SHUT);
    assert_int_equal(recall_blinds_get(blinds, 2), RECALL_BLINDS_KEEP);
    assert_int_equal(recall_blinds_get(blinds, 3), RECALL_BLINDS_SHUT);
    menu->transient_for = 2; /* it says so itself */
    recall_blinds_see(blinds, windows, 3);
    assert_int_equal(recall_blinds_get(blinds, 3), RECALL_BLINDS_KEEP);
}

static void
test_bar_shows_the_titles_of_others(void **state)
{
    g_autoptr(RecallBlinds) blinds = make_blinds(NULL);
    g_autoptr(GPtrArray) windows = make_list();
    RecallWindow *keeper;

    add(windows, 1, "Panel", "", RECALL_WINDOW_PANEL)->pid = 1;
    recall_blinds_see(blinds, windows, 1);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_KEEP);
    keeper = add(windows, 2, "KeePassXC", "Passwords", RECALL_WINDOW_NORMAL);
    recall_blinds_see(blinds, windows, 2);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_SHUT);
    g_ptr_array_remove(windows, keeper); /* minimised, say: the bar still has its title */
    recall_blinds_see(blinds, windows, 3);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_SHUT);
}

static void
test_site_is_looked_for_again(void **state)
{
    g_autoptr(RecallBlinds) blinds = make_blinds("bank.example");
    g_autoptr(GPtrArray) windows = make_list();
    RecallWindow *window = add(windows, 1, "Chromium", "P - Chromium", RECALL_WINDOW_NORMAL);

    recall_blinds_see(blinds, windows, g_get_real_time());
    recall_blinds_tell(blinds, window, "P - Chromium", "https://bank.example/");
    recall_blinds_see(blinds, windows, g_get_real_time());
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_LOOK);
    assert_int_equal(recall_ledger_get_n_times(recall_blinds_get_ledger(blinds, g_get_real_time())),
                     1);
    recall_blinds_tell(blinds, window, "P - Chromium", "https://ok.test/");
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_KEEP);
    g_free(window->title);
    window->title = g_strdup("Q - Chromium"); /* another page: not known which */
    recall_blinds_see(blinds, windows, g_get_real_time());
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_LOOK);
}

/* Returns: (transfer full): what a window tells that names one page, at x 10 to 20 */
static RecallText *
tell_name(const char *name)
{
    RecallText *text = recall_text_new();
    RecallName tab = {g_strdup(name), {10, 0, 10, 10}};

    g_array_append_val(text->names, tab);
    return text;
}

static gboolean
is_hidden(RecallBlinds *blinds, const RecallWindow *window, const char *name)
{
    g_autoptr(RecallText) text = tell_name(name);

    assert_true(recall_blinds_hide_names(blinds, window, text, 1));
    assert_int_equal(pixman_region32_contains_point(&text->covered, 15, 5, NULL),
                     pixman_region32_contains_point(&text->secret, 15, 5, NULL));
    assert_false(pixman_region32_contains_point(&text->secret, 25, 5, NULL));
    return pixman_region32_contains_point(&text->secret, 15, 5, NULL);
}

static void
set_title(RecallWindow *window, const char *title)
{
    g_free(window->title);
    window->title = g_strdup(title);
}

static void
test_title_of_a_denied_page_is_hidden_in_tabs(void **state)
{
    g_autoptr(RecallBlinds) blinds = make_blinds("bank.example");
    g_autoptr(GPtrArray) windows = make_list();
    RecallWindow *window = add(windows, 1, "Chromium", "Home - Chromium", RECALL_WINDOW_NORMAL);

    recall_blinds_see(blinds, windows, 1);
    recall_blinds_tell(blinds, window, "Home - Chromium", "https://ok.test/");
    recall_blinds_tell(blinds, window, "Home - Chromium", "https://bank.example/"); /* early */
    assert_false(is_hidden(blinds, window, "Balance"));
    set_title(window, "Balance - Chromium");
    recall_blinds_see(blinds, windows, 2);
    recall_blinds_tell(blinds, window, "Balance - Chromium", "https://bank.example/");
    set_title(window, "Other - Chromium");
    recall_blinds_see(blinds, windows, 3);
    recall_blinds_tell(blinds, window, "Other - Chromium", "https://ok.test/");
    assert_true(is_hidden(blinds, window, "Balance"));
    assert_false(is_hidden(blinds, window, "Home"));
    assert_false(is_hidden(blinds, window, "Other"));
}

/* Whether what is shown of @url at x 10 to 20 within another page is hidden. */
static gboolean
is_part_hidden(RecallBlinds *blinds, const RecallWindow *window, const char *url)
{
    g_autoptr(RecallText) text = recall_text_new();
    RecallPart part = {g_strdup(url), {10, 0, 10, 10}};

    g_array_append_val(text->parts, part);
    assert_true(recall_blinds_hide_names(blinds, window, text, 1));
    assert_int_equal(pixman_region32_contains_point(&text->covered, 15, 5, NULL),
                     pixman_region32_contains_point(&text->secret, 15, 5, NULL));
    assert_false(pixman_region32_contains_point(&text->secret, 25, 5, NULL));
    return pixman_region32_contains_point(&text->secret, 15, 5, NULL);
}

static void
test_denied_page_is_hidden_in_another(void **state)
{
    g_autoptr(RecallBlinds) blinds = make_blinds("bank.example");
    g_autoptr(RecallBlinds) free_of_sites = make_blinds(NULL);
    g_autoptr(GPtrArray) windows = make_list();
    RecallWindow *window = add(windows, 1, "Chromium", "Home - Chromium", RECALL_WINDOW_NORMAL);

    recall_blinds_see(blinds, windows, 1);
    recall_blinds_see(free_of_sites, windows, 1);
    recall_blinds_tell(blinds, window, "Home - Chromium", "https://ok.test/");
    assert_true(is_part_hidden(blinds, window, "https://bank.example/a"));
    assert_true(is_part_hidden(blinds, window, NULL));
    assert_false(is_part_hidden(blinds, window, "https://ok.test/a"));
    assert_false(is_part_hidden(blinds, window, "about:srcdoc"));
    assert_false(is_part_hidden(free_of_sites, window, NULL));
}

static void
test_browser_of_private_windows_only(void **state)
{
    g_autoptr(RecallBlinds) blinds = make_blinds(NULL);
    g_autoptr(GPtrArray) windows = make_list();
    RecallWindow *window =
        add(windows, 1, "firefox-esr", "P \xe2\x80\x94 Mozilla Firefox", RECALL_WINDOW_NORMAL);

    recall_blinds_see(blinds, windows, 1);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_KEEP);
    window->profile = RECALL_PROFILE_UNKNOWN;
    recall_blinds_see(blinds, windows, 2);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_LOOK);
    window->profile = RECALL_PROFILE_PRIVATE;
    recall_blinds_see(blinds, windows, 3);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_SHUT);
}

/* It may list the titles of all, as the browser's list of its tasks does. */
static void
test_browser_window_without_a_page(void **state)
{
    g_autoptr(RecallBlinds) blinds = make_blinds(NULL);
    g_autoptr(GPtrArray) windows = make_list();
    RecallWindow *list = add(windows, 1, "Chromium", "Tasks - Chromium", RECALL_WINDOW_NORMAL);
    RecallWindow *page;

    recall_blinds_see(blinds, windows, 1);
    recall_blinds_tell(blinds, list, "Tasks - Chromium", NULL);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_KEEP);
    page = add(windows, 2, "Work", "P - Chromium", RECALL_WINDOW_NORMAL);
    page->browser = POLICY_BROWSER_CHROMIUM;
    recall_blinds_see(blinds, windows, 2);
    recall_blinds_tell(blinds, page, "P - Chromium (Incognito)", "https://ok.test/");
    assert_int_equal(recall_blinds_get(blinds, 2), RECALL_BLINDS_SHUT);
    recall_blinds_see(blinds, windows, 3);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_LOOK);
    recall_blinds_tell(blinds, list, "Tasks - Chromium", NULL);
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_LOOK);
    recall_blinds_tell(blinds, list, "Tasks - Chromium", "https://ok.test/"); /* it is one */
    assert_int_equal(recall_blinds_get(blinds, 1), RECALL_BLINDS_KEEP);
}

static void
test_title_rules_hold_in_tabs(void **state)
{
    PolicyCaptureRules *rules = policy_capture_rules_new();
    g_autoptr(RecallBlinds) blinds = recall_blinds_new(rules);
    g_autoptr(GPtrArray) windows = make_list();
    RecallWindow *window = add(windows, 1, "Chromium", "Home - Chromium", RECALL_WINDOW_NORMAL);

    assert_true(policy_capture_rules_add(rules, POLICY_CAPTURE_TITLE, "draft *- Chromium", NULL));
    assert_true(policy_capture_rules_add(rules, POLICY_CAPTURE_TITLE, "secret", NULL));
    recall_blinds_see(blinds, windows, 1);
    recall_blinds_tell(blinds, window, "Home - Chromium", NULL);
    assert_true(is_hidden(blinds, window, "Draft 3"));
    assert_true(is_hidden(blinds, window, "A Secret"));
    assert_false(is_hidden(blinds, window, "My draft 3"));
}

static void
test_card_over_a_denied_tab_must_tell(void **state)
{
    PolicyCaptureRules *rules = policy_capture_rules_new();
    g_autoptr(RecallBlinds) blinds = recall_blinds_new(rules);
    g_autoptr(GPtrArray) windows = make_list();
    g_autoptr(RecallText) told = tell_name("Home");
    g_autoptr(RecallText) untold = recall_text_new();
    RecallWindow *card = add(windows, 2, "", "", RECALL_WINDOW_POPUP);
    RecallWindow *window = add(windows, 1, "Chromium", "Home - Chromium", RECALL_WINDOW_NORMAL);

    assert_true(policy_capture_rules_add(rules, POLICY_CAPTURE_TITLE, "secret", NULL));
    recall_blinds_see(blinds, windows, 1);
    recall_blinds_tell(blinds, window, "Home - Chromium", NULL);
    assert_true(recall_blinds_hide_names(blinds, card, NULL, 1));
    assert_true(is_hidden(blinds, window, "Secret"));
    assert_false(recall_blinds_hide_names(blinds, card, NULL, 1));
    assert_false(recall_blinds_hide_names(blinds, card, untold, 1));
    assert_true(recall_blinds_hide_names(blinds, card, told, 1));
    assert_true(recall_blinds_hide_names(blinds, window, untold, 1)); /* the tab is gone */
    assert_true(recall_blinds_hide_names(blinds, card, NULL, 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_browser_is_looked_at_and_not_kept),
        cmocka_unit_test(test_returning_window_is_asked_again),
        cmocka_unit_test(test_private_window_takes_its_menus_along),
        cmocka_unit_test(test_bar_shows_the_titles_of_others),
        cmocka_unit_test(test_site_is_looked_for_again),
        cmocka_unit_test(test_title_of_a_denied_page_is_hidden_in_tabs),
        cmocka_unit_test(test_denied_page_is_hidden_in_another),
        cmocka_unit_test(test_browser_of_private_windows_only),
        cmocka_unit_test(test_browser_window_without_a_page),
        cmocka_unit_test(test_title_rules_hold_in_tabs),
        cmocka_unit_test(test_card_over_a_denied_tab_must_tell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
