/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/sense.h"
#include "recall/watch/window.h"
#include "tests/unit/recall/watch/xserver-x11.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>
#include <xcb/randr.h>
#include <xcb/shape.h>
#include <xcb/xcbext.h>

#define WAIT_MAX_MS 5000
#define MS_US ((int64_t)1000)
#define WIDTH 800
#define HEIGHT 600
#define N_RESTARTS 20

typedef struct Fixture Fixture;

struct Fixture {
    XServer *server;
    RecallSense *sense;
    unsigned n_moments;
    unsigned n_lost;
    int lost_code;        /* of G_IO_ERROR */
    gboolean is_grabbing; /* in every moment */
    unsigned n_refused_grabs;
    void (*before_grab)(Fixture *fixture); /* once */
    BaseRect grabbed;                      /* root pixels; whole screen when empty */
    RecallMoment last;                     /* its windows and damage are ours */
};

/* --- the fixture --- */

static void
grab(Fixture *fixture, const RecallMoment *moment)
{
    const BaseRect *rect =
        base_rect_is_empty(&fixture->grabbed) ? &moment->screen : &fixture->grabbed;
    size_t stride = 4 * (size_t)rect->width;
    g_autofree uint8_t *pixels = g_malloc(stride * (size_t)rect->height);
    g_autoptr(GError) error = NULL;

    if (fixture->before_grab != NULL)
        fixture->before_grab(fixture);
    fixture->before_grab = NULL;
    if (recall_sense_grab(fixture->sense, rect, pixels, stride, &error))
        return;
    fixture->n_refused_grabs++;
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_FAILED));
}

static void
on_moment(const RecallMoment *moment, void *user_data)
{
    Fixture *fixture = user_data;

    fixture->n_moments++;
    g_clear_pointer(&fixture->last.windows, g_ptr_array_unref);
    pixman_region32_fini(&fixture->last.damage);
    fixture->last = *moment;
    g_ptr_array_ref(fixture->last.windows);
    pixman_region32_init(&fixture->last.damage);
    pixman_region32_copy(&fixture->last.damage, (pixman_region32_t *)&moment->damage);
    if (fixture->is_grabbing)
        grab(fixture, moment);
}

static void
on_lost(const GError *error, void *user_data)
{
    Fixture *fixture = user_data;

    fixture->lost_code = error->code;
    fixture->n_lost++;
}

static const RecallSenseEvents events = {on_moment, on_lost};

static gboolean
set_flag(void *user_data)
{
    *(gboolean *)user_data = TRUE;
    return G_SOURCE_REMOVE;
}

static void
run_for(unsigned ms)
{
    gboolean is_over = FALSE;

    g_timeout_add(ms, set_flag, &is_over);
    while (!is_over)
        g_main_context_iteration(NULL, TRUE);
}

/* Waits until the number at @counter is at least @wanted. */
static void
wait_for(const unsigned *counter, unsigned wanted)
{
    gboolean is_over = FALSE;
    unsigned timer = g_timeout_add(WAIT_MAX_MS, set_flag, &is_over);

    while (*counter < wanted && !is_over)
        g_main_context_iteration(NULL, TRUE);
    assert_false(is_over);
    g_source_remove(timer);
}

static void
wait_for_moments(Fixture *fixture, unsigned n_more)
{
    wait_for(&fixture->n_moments, fixture->n_moments + n_more);
}

/* The next moment that begins from now, so with all that was done until now. */
static void
settle(Fixture *fixture)
{
    xserver_sync(fixture->server);
    run_for(2 * RECALL_SENSE_REST_MS);
    recall_sense_wake(fixture->sense, 0);
    wait_for_moments(fixture, 1);
}

/* @server: (transfer full) */
static Fixture *
watch_server(XServer *server)
{
    Fixture *fixture = g_new0(Fixture, 1);
    g_autoptr(GError) error = NULL;

    if (server == NULL)
        fail_msg("no X server starts: install xvfb");
    pixman_region32_init(&fixture->last.damage);
    fixture->server = server;
    fixture->sense = recall_sense_new(fixture->server->name, &events, fixture, &error);
    assert_null(error);
    wait_for_moments(fixture, 1);
    return fixture;
}

static Fixture *
open_fixture(const char *screen, const char *option, const char *value)
{
    return watch_server(xserver_start(screen, option, value));
}

static void
close_fixture(Fixture *fixture)
{
    recall_sense_free(fixture->sense);
    xserver_free(fixture->server);
    g_clear_pointer(&fixture->last.windows, g_ptr_array_unref);
    pixman_region32_fini(&fixture->last.damage);
    g_free(fixture);
}

/* Most tests use one server, each with connections of its own. */
static XServer *shared_server;

static int
start_shared_server(void **state)
{
    shared_server = xserver_start("800x600x24", NULL, NULL);
    return shared_server != NULL ? 0 : -1;
}

static int
stop_shared_server(void **state)
{
    g_clear_pointer(&shared_server, xserver_free);
    return 0;
}

static int
set_up(void **state)
{
    *state = watch_server(xserver_join(shared_server));
    return 0;
}

static int
tear_down(void **state)
{
    close_fixture(*state);
    return 0;
}

static RecallWindow *
get_window(Fixture *fixture, uint32_t xid)
{
    for (unsigned i = 0; i < fixture->last.windows->len; i++) {
        RecallWindow *window = g_ptr_array_index(fixture->last.windows, i);

        if (window->xid == xid)
            return window;
    }
    return NULL;
}

static void
assert_region(pixman_region32_t *region, int x, int y, int width, int height)
{
    const pixman_box32_t *box = pixman_region32_extents(region);

    assert_int_equal(box->x1, x);
    assert_int_equal(box->y1, y);
    assert_int_equal(box->x2 - box->x1, width);
    assert_int_equal(box->y2 - box->y1, height);
}

static uint64_t
count_pixels(pixman_region32_t *region)
{
    int n_boxes;
    const pixman_box32_t *boxes = pixman_region32_rectangles(region, &n_boxes);
    uint64_t n_pixels = 0;

    for (int i = 0; i < n_boxes; i++)
        n_pixels += (uint64_t)(boxes[i].x2 - boxes[i].x1) * (uint64_t)(boxes[i].y2 - boxes[i].y1);
    return n_pixels;
}

/* --- what it costs --- */

typedef struct {
    long n_wakeups;
    int64_t cpu_us;
} Cost;

static Cost
measure(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return (Cost){usage.ru_nvcsw, (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC +
                                      usage.ru_utime.tv_usec + usage.ru_stime.tv_usec};
}

static Cost
measure_for(unsigned ms)
{
    Cost before = measure();
    Cost after;

    run_for(ms);
    after = measure();
    return (Cost){after.n_wakeups - before.n_wakeups, after.cpu_us - before.cpu_us};
}

/* --- a client that does not rest --- */

typedef struct Busy Busy;

struct Busy {
    XServer client; /* a connection of its own to the same server */
    void (*act)(Busy *self);
    unsigned interval_us;
    uint32_t xid;
    unsigned n_acts; /* atomic */
    int is_over;     /* atomic */
    GThread *thread;
};

static void *
run_busy(void *data)
{
    Busy *self = data;

    while (!g_atomic_int_get(&self->is_over)) {
        self->act(self);
        xcb_flush(self->client.xcb);
        g_atomic_int_inc(&self->n_acts);
        g_usleep(self->interval_us);
    }
    return NULL;
}

static Busy *
start_busy(Fixture *fixture, void (*act)(Busy *self), unsigned interval_us)
{
    Busy *self = g_new0(Busy, 1);

    self->client.xcb = xcb_connect(fixture->server->name, NULL);
    self->client.screen = xcb_setup_roots_iterator(xcb_get_setup(self->client.xcb)).data;
    self->xid = xserver_open_window(&self->client, FALSE, 300, 100, 400, 300);
    self->act = act;
    self->interval_us = interval_us;
    xserver_sync(&self->client);
    self->thread = g_thread_new("busy", run_busy, self);
    return self;
}

static unsigned
stop_busy(Busy *self)
{
    unsigned n_acts;

    g_atomic_int_set(&self->is_over, TRUE);
    g_thread_join(self->thread);
    xcb_disconnect(self->client.xcb);
    n_acts = (unsigned)g_atomic_int_get(&self->n_acts);
    g_free(self);
    return n_acts;
}

/* --- moments --- */

static void
test_first_moment_is_everything(void **state)
{
    Fixture *fixture = *state;

    assert_int_equal(fixture->n_moments, 1);
    assert_int_equal(fixture->last.screen.width, WIDTH);
    assert_int_equal(fixture->last.screen.height, HEIGHT);
    assert_region(&fixture->last.damage, 0, 0, WIDTH, HEIGHT);
    assert_true(fixture->last.at_rest);
    assert_true(fixture->last.at_us - fixture->last.first_change_us >=
                RECALL_SENSE_REST_MS * MS_US);
    assert_int_equal(recall_sense_idle_us(fixture->sense), -1);
}

static void
test_idle_wakes_nobody(void **state)
{
    Fixture *fixture = *state;
    Cost cost;

    xserver_open_window(fixture->server, FALSE, 10, 10, 100, 100);
    settle(fixture);
    cost = measure_for(2000);
    assert_in_range(cost.n_wakeups, 0, 5); /* one is the test's own timer */
    assert_true(cost.cpu_us < 5 * MS_US);
}

static void
test_damage_is_what_was_drawn(void **state)
{
    Fixture *fixture = *state;
    uint32_t xid = xserver_open_window(fixture->server, FALSE, 100, 50, 200, 200);

    settle(fixture);
    xserver_fill(fixture->server, xid, 0xFF0000, 10, 20, 30, 40);
    xserver_fill(fixture->server, xid, 0xFF0000, 100, 20, 5, 5);
    wait_for_moments(fixture, 1);
    assert_region(&fixture->last.damage, 110, 70, 95, 40);
    assert_int_equal(count_pixels(&fixture->last.damage), 30 * 40 + 5 * 5);
    assert_true(fixture->last.at_rest);
    assert_false(fixture->last.had_input);
}

static void
draw_frame(Busy *self)
{
    xserver_fill(&self->client, self->xid, (uint32_t)self->n_acts * 0x10305u, 0, 0, 400, 300);
}

static void
test_video_costs_little(void **state)
{
    Fixture *fixture = *state;
    Busy *video = start_busy(fixture, draw_frame, 16 * 1000);
    uint32_t text = xserver_open_window(fixture->server, FALSE, 0, 0, 100, 100);
    pixman_box32_t box = {10, 10, 20, 20};
    unsigned n_before;
    Cost cost;

    run_for(1200);
    n_before = fixture->n_moments;
    cost = measure_for(2500);
    assert_in_range(fixture->n_moments - n_before, 1, 3);
    assert_false(fixture->last.at_rest);
    print_message("video: %.2f %% of a core, %.0f wake-ups a second\n",
                  (double)cost.cpu_us / (2500 * MS_US) * 100, (double)cost.n_wakeups / 2.5);
    assert_true(cost.cpu_us < 2500 * MS_US * 3 / 100);
    assert_true(cost.n_wakeups < 2.5 * 60);

    xserver_fill(fixture->server, text, 0, 10, 10, 10, 10);
    wait_for_moments(fixture, 1);
    assert_int_equal(pixman_region32_contains_rectangle(&fixture->last.damage, &box),
                     PIXMAN_REGION_IN);
    assert_true(stop_busy(video) > 60);
}

static void
test_wake(void **state)
{
    Fixture *fixture = *state;
    int64_t start_us = g_get_monotonic_time();

    recall_sense_wake(fixture->sense, 200);
    wait_for_moments(fixture, 1);
    assert_in_range(g_get_monotonic_time() - start_us, 200 * MS_US, 1000 * MS_US);
    assert_false(pixman_region32_not_empty(&fixture->last.damage));
}

static void
test_pause(void **state)
{
    Fixture *fixture = *state;
    Busy *video;
    Cost cost;

    recall_sense_set_paused(fixture->sense, TRUE);
    video = start_busy(fixture, draw_frame, 16 * 1000);
    run_for(300); /* what was under way comes in */
    fixture->n_moments = 0;
    cost = measure_for(1000);
    assert_in_range(cost.n_wakeups, 0, 5);
    assert_int_equal(fixture->n_moments, 0);
    stop_busy(video);
    recall_sense_set_paused(fixture->sense, FALSE);
    wait_for_moments(fixture, 1);
    assert_region(&fixture->last.damage, 0, 0, WIDTH, HEIGHT);
}

static void
test_input(void **state)
{
    Fixture *fixture = *state;
    char *argv[] = {"xdotool", "key", "a", "click", "5", NULL};
    g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "DISPLAY", fixture->server->name, TRUE);
    uint32_t xid = xserver_open_window(fixture->server, FALSE, 100, 50, 200, 200);

    settle(fixture);
    assert_false(fixture->last.had_input);
    if (!g_spawn_sync(NULL, argv, env, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL))
        skip();
    xserver_fill(fixture->server, xid, 0, 0, 0, 10, 10);
    wait_for_moments(fixture, 1);
    assert_true(fixture->last.had_input);
    assert_in_range(recall_sense_idle_us(fixture->sense), 1, 5000 * MS_US);
    xserver_fill(fixture->server, xid, 0xFF, 0, 0, 10, 10);
    wait_for_moments(fixture, 1);
    assert_false(fixture->last.had_input);
}

/* --- windows --- */

static void
test_window_says_who_it_is(void **state)
{
    Fixture *fixture = *state;
    uint32_t xid = xserver_open_window(fixture->server, FALSE, 30, 40, 300, 200);
    uint32_t wrong_pid = 1;
    RecallWindow *window;

    xserver_set_text(fixture->server, xid, "_NET_WM_NAME", "Bericht 报告 – Editor");
    xserver_set_bytes(fixture->server, xid, "WM_CLASS", "STRING", "one\0Editor\0", 11);
    xserver_set_numbers(fixture->server, xid, "_NET_WM_PID", "CARDINAL", &wrong_pid, 1);
    settle(fixture);
    window = get_window(fixture, xid);
    assert_non_null(window);
    assert_string_equal(window->title, "Bericht 报告 – Editor");
    assert_string_equal(window->app, "Editor");
    assert_int_equal(window->pid, getpid()); /* the server knows better than the property */
    assert_int_equal(window->kind, RECALL_WINDOW_NORMAL);
    assert_int_equal(window->frame_xid, xid);
    assert_false(window->is_opted_out);
    assert_int_equal(window->rect.x, 30);
    assert_int_equal(window->rect.width, 300);
    assert_region(&window->visible, 30, 40, 300, 200);
}

static void
test_change_of_title_is_a_change(void **state)
{
    Fixture *fixture = *state;
    uint32_t xid = xserver_open_window(fixture->server, FALSE, 30, 40, 300, 200);
    uint32_t one = 1;

    xserver_set_text(fixture->server, xid, "_NET_WM_NAME", "before");
    settle(fixture);
    xserver_set_text(fixture->server, xid, "_NET_WM_NAME", "after");
    wait_for_moments(fixture, 1);
    assert_string_equal(get_window(fixture, xid)->title, "after");
    xserver_set_numbers(fixture->server, xid, "_DESKHAND_NO_RECALL", "CARDINAL", &one, 1);
    wait_for_moments(fixture, 1);
    assert_true(get_window(fixture, xid)->is_opted_out);
    assert_string_equal(get_window(fixture, xid)->title, "after");
}

/* This process stands for a Firefox that shows its window before it holds its profile. */
static void
test_profile_is_asked_for_until_it_is_known(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *folder = g_dir_make_tmp("profile-XXXXXX", NULL);
    g_autofree char *lock = g_build_filename(folder, ".parentlock", NULL);
    uint32_t xid = xserver_open_window(fixture->server, FALSE, 30, 40, 300, 200);
    int fd;

    xserver_set_bytes(fixture->server, xid, "WM_CLASS", "STRING", "Navigator\0firefox\0", 18);
    settle(fixture);
    assert_int_equal(get_window(fixture, xid)->profile, RECALL_PROFILE_UNKNOWN);
    fd = open(lock, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    xserver_set_text(fixture->server, xid, "_NET_WM_NAME", "News");
    settle(fixture);
    assert_int_equal(get_window(fixture, xid)->profile, RECALL_PROFILE_BY_WINDOW);
    close(fd);
    g_unlink(lock);
    g_rmdir(folder);
}

static void
test_window_of_another_host(void **state)
{
    Fixture *fixture = *state;
    uint32_t xid = xserver_open_window(fixture->server, FALSE, 30, 40, 300, 200);

    xserver_set_bytes(fixture->server, xid, "WM_CLIENT_MACHINE", "STRING", "elsewhere.example", 17);
    settle(fixture);
    assert_int_equal(get_window(fixture, xid)->pid, 0);
}

/* Without the server's word the window's own counts. */
static void
test_process_without_the_server(void **state)
{
    Fixture *fixture = open_fixture("800x600x24", "-extension", "X-Resource");
    uint32_t xid = xserver_open_window(fixture->server, FALSE, 30, 40, 300, 200);
    uint32_t pid = 4321;

    xserver_set_numbers(fixture->server, xid, "_NET_WM_PID", "CARDINAL", &pid, 1);
    settle(fixture);
    assert_int_equal(get_window(fixture, xid)->pid, 4321);
    close_fixture(fixture);
}

/* The list is kept while nothing happens to it, and made anew for whatever does. */
static void
test_list_is_kept(void **state)
{
    Fixture *fixture = *state;
    xcb_connection_t *xcb = fixture->server->xcb;
    uint32_t below = xserver_open_window(fixture->server, FALSE, 0, 0, 300, 200);
    uint32_t above = xserver_open_window(fixture->server, FALSE, 50, 50, 300, 200);
    uint32_t numbers[] = {60, XCB_STACK_MODE_BELOW};
    g_autoptr(GPtrArray) windows = NULL;

    settle(fixture);
    windows = g_ptr_array_ref(fixture->last.windows);
    xserver_fill(fixture->server, above, 0xFF, 0, 0, 10, 10);
    wait_for_moments(fixture, 1);
    assert_ptr_equal(fixture->last.windows, windows);
    assert_int_equal(count_pixels(&fixture->last.damage), 10 * 10);

    xcb_configure_window(xcb, above, XCB_CONFIG_WINDOW_X, &numbers[0]);
    settle(fixture);
    assert_int_equal(get_window(fixture, above)->rect.x, 60);
    xcb_configure_window(xcb, above, XCB_CONFIG_WINDOW_STACK_MODE, &numbers[1]);
    settle(fixture);
    assert_int_equal(count_pixels(&get_window(fixture, below)->visible), 300 * 200);
    xcb_unmap_window(xcb, below);
    settle(fixture);
    assert_null(get_window(fixture, below));
    assert_int_equal(count_pixels(&get_window(fixture, above)->visible), 300 * 200);
    xcb_map_window(xcb, below);
    settle(fixture);
    assert_non_null(get_window(fixture, below));
}

static void
test_titles_are_bounded_and_clean(void **state)
{
    Fixture *fixture = *state;
    uint32_t huge = xserver_open_window(fixture->server, FALSE, 0, 0, 100, 100);
    uint32_t wild = xserver_open_window(fixture->server, FALSE, 100, 0, 100, 100);
    uint32_t old = xserver_open_window(fixture->server, FALSE, 200, 0, 100, 100);
    uint32_t odd = xserver_open_window(fixture->server, FALSE, 300, 0, 100, 100);
    g_autofree char *megabyte = g_strnfill(1024 * 1024, 'x');
    uint32_t number = 7;

    /* The server takes no more than its largest request at once. */
    for (unsigned i = 0; i < 8; i++) {
        xcb_change_property(fixture->server->xcb, XCB_PROP_MODE_APPEND, huge,
                            xserver_atom(fixture->server, "_NET_WM_NAME"),
                            xserver_atom(fixture->server, "UTF8_STRING"), 8, 128 * 1024, megabyte);
        xserver_set_bytes(fixture->server, huge, "WM_CLASS", "STRING", megabyte, 128 * 1024);
    }
    xserver_set_bytes(fixture->server, wild, "_NET_WM_NAME", "UTF8_STRING",
                      "a\x1b[2J\xff\xfe b\n\tc", 12);
    xserver_set_bytes(fixture->server, old, "WM_NAME", "STRING", "caf\xe9", 4);
    xserver_set_numbers(fixture->server, odd, "_NET_WM_NAME", "UTF8_STRING", &number, 1);
    xserver_set_numbers(fixture->server, odd, "WM_CLASS", "STRING", &number, 1);
    settle(fixture);
    assert_int_equal(strlen(get_window(fixture, huge)->title), RECALL_WINDOW_TITLE_MAX_BYTES);
    assert_in_range(strlen(get_window(fixture, huge)->app), 1, 1024);
    assert_string_equal(get_window(fixture, wild)->title, "a [2J\xef\xbf\xbd\xef\xbf\xbd b c");
    assert_string_equal(get_window(fixture, old)->title, "caf\xc3\xa9");
    assert_string_equal(get_window(fixture, odd)->title, "");
}

static void
test_visible_is_what_others_do_not_cover(void **state)
{
    Fixture *fixture = *state;
    uint32_t below = xserver_open_window(fixture->server, FALSE, 0, 0, 400, 400);
    uint32_t hidden = xserver_open_window(fixture->server, FALSE, 210, 210, 50, 50);
    uint32_t above = xserver_open_window(fixture->server, FALSE, 200, 200, 400, 300);
    xcb_rectangle_t half = {0, 0, 100, 300};
    RecallWindow *window;

    settle(fixture);
    assert_null(get_window(fixture, hidden));
    assert_int_equal(((RecallWindow *)fixture->last.windows->pdata[0])->xid, above);
    window = get_window(fixture, below);
    assert_int_equal(count_pixels(&window->visible), 400 * 400 - 200 * 200);

    xcb_shape_rectangles(fixture->server->xcb, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_BOUNDING,
                         XCB_CLIP_ORDERING_UNSORTED, above, 0, 0, 1, &half);
    settle(fixture);
    window = get_window(fixture, below);
    assert_int_equal(count_pixels(&window->visible), 400 * 400 - 100 * 200);
    assert_region(&get_window(fixture, above)->visible, 200, 200, 100, 300);
}

static void
test_extreme_sizes(void **state)
{
    Fixture *fixture = *state;
    uint32_t large = xserver_open_window(fixture->server, FALSE, -5000, -5000, 10000, 10000);
    uint32_t small = xserver_open_window(fixture->server, FALSE, 799, 599, 1, 1);
    uint32_t outside = xserver_open_window(fixture->server, FALSE, 800, 0, 100, 100);
    uint32_t largest = xserver_open_window(fixture->server, TRUE, 32767, 32767, 32767, 32767);

    settle(fixture);
    assert_int_equal(get_window(fixture, large)->rect.width, 10000);
    assert_int_equal(count_pixels(&get_window(fixture, large)->visible), WIDTH * HEIGHT - 1);
    assert_region(&get_window(fixture, small)->visible, 799, 599, 1, 1);
    assert_null(get_window(fixture, outside));
    assert_null(get_window(fixture, largest));
}

static void
test_popup_has_an_owner(void **state)
{
    Fixture *fixture = *state;
    uint32_t owner = xserver_open_window(fixture->server, FALSE, 0, 0, 400, 400);
    uint32_t menu = xserver_open_window(fixture->server, TRUE, 100, 100, 80, 200);

    settle(fixture);
    assert_int_equal(get_window(fixture, menu)->kind, RECALL_WINDOW_POPUP);
    assert_int_equal(get_window(fixture, menu)->owner_xid, owner);
    assert_int_equal(get_window(fixture, owner)->owner_xid, 0);
}

/* What a window manager does: a frame with a title bar, and properties on the root window. */
static uint32_t
put_into_frame(Fixture *fixture, uint32_t client)
{
    XServer *server = fixture->server;
    uint32_t check = xserver_open_window(server, TRUE, -10, -10, 1, 1);
    uint32_t frame = xserver_open_window(server, TRUE, 50, 50, 310, 230);
    uint32_t root = server->screen->root;

    xcb_reparent_window(server->xcb, client, frame, 5, 25);
    xserver_set_numbers(server, root, "_NET_SUPPORTING_WM_CHECK", "WINDOW", &check, 1);
    xserver_set_numbers(server, check, "_NET_SUPPORTING_WM_CHECK", "WINDOW", &check, 1);
    xserver_set_numbers(server, root, "_NET_CLIENT_LIST_STACKING", "WINDOW", &client, 1);
    xserver_set_numbers(server, root, "_NET_ACTIVE_WINDOW", "WINDOW", &client, 1);
    return frame;
}

static void
test_frame_belongs_to_the_window(void **state)
{
    Fixture *fixture = *state;
    uint32_t client = xserver_open_window(fixture->server, FALSE, 0, 0, 300, 200);
    uint32_t below;
    uint32_t frame;
    RecallWindow *window;

    below = xserver_open_window(fixture->server, TRUE, 0, 0, 400, 300);
    settle(fixture); /* known without a frame first */
    frame = put_into_frame(fixture, client);
    settle(fixture);
    window = get_window(fixture, client);
    assert_non_null(window);
    assert_int_equal(window->frame_xid, frame);
    assert_int_equal(window->kind, RECALL_WINDOW_NORMAL);
    assert_true(window->is_active);
    assert_region(&window->visible, 55, 75, 300, 200);
    assert_null(get_window(fixture, frame));
    assert_int_equal(count_pixels(&get_window(fixture, below)->visible), 400 * 300 - 310 * 230);
}

/* As left by a window manager that ended, and frames of one that makes no lists. */
static void
test_frame_without_lists(void **state)
{
    Fixture *fixture = *state;
    XServer *server = fixture->server;
    uint32_t client = xserver_open_window(server, FALSE, 0, 0, 300, 200);
    uint32_t frame = xserver_open_window(server, TRUE, 50, 50, 310, 230);
    uint32_t inner = xserver_open_window(server, TRUE, 0, 0, 300, 220);
    uint32_t dead = 0x123456;
    uint32_t normal[] = {1, 0};

    xcb_reparent_window(server->xcb, inner, frame, 5, 5);
    xcb_reparent_window(server->xcb, client, inner, 0, 20);
    xserver_set_numbers(server, client, "WM_STATE", "WM_STATE", normal, 2);
    xserver_set_numbers(server, server->screen->root, "_NET_SUPPORTING_WM_CHECK", "WINDOW", &dead,
                        1);
    xserver_set_numbers(server, server->screen->root, "_NET_CLIENT_LIST_STACKING", "WINDOW", &dead,
                        1);
    settle(fixture);
    assert_non_null(get_window(fixture, client));
    assert_int_equal(get_window(fixture, client)->frame_xid, frame);
    assert_region(&get_window(fixture, client)->visible, 55, 75, 300, 200);
}

/* A window whose pixels have opacity. */
static uint32_t
open_glass(XServer *server, int x, int y, unsigned width, unsigned height)
{
    xcb_depth_iterator_t depth = xcb_screen_allowed_depths_iterator(server->screen);
    uint32_t xid = xcb_generate_id(server->xcb);
    uint32_t colours = xcb_generate_id(server->xcb);
    uint32_t values[] = {0, 0, TRUE, colours};
    uint32_t visual;

    while (depth.data->depth != 32)
        xcb_depth_next(&depth);
    visual = xcb_depth_visuals(depth.data)->visual_id;
    xcb_create_colormap(server->xcb, XCB_COLORMAP_ALLOC_NONE, colours, server->screen->root,
                        visual);
    xcb_create_window(server->xcb, 32, xid, server->screen->root, (int16_t)x, (int16_t)y,
                      (uint16_t)width, (uint16_t)height, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, visual,
                      XCB_CW_BACK_PIXEL | XCB_CW_BORDER_PIXEL | XCB_CW_OVERRIDE_REDIRECT |
                          XCB_CW_COLORMAP,
                      values);
    xcb_map_window(server->xcb, xid);
    xcb_flush(server->xcb);
    return xid;
}

static void
set_compositor(Fixture *fixture, uint32_t xid)
{
    xcb_set_selection_owner(fixture->server->xcb, xid,
                            xserver_atom(fixture->server, "_NET_WM_CM_S0"), XCB_CURRENT_TIME);
}

/* What shows through is seen, but only where a compositor makes it show through. */
static void
test_see_through_windows(void **state)
{
    Fixture *fixture = *state;
    uint32_t below = xserver_open_window(fixture->server, FALSE, 0, 0, 400, 400);
    uint32_t layer = open_glass(fixture->server, 0, 0, WIDTH, HEIGHT);
    uint32_t shaded;
    uint32_t shadow[] = {10, 10, 5, 15};

    xcb_shape_rectangles(fixture->server->xcb, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT,
                         XCB_CLIP_ORDERING_UNSORTED, layer, 0, 0, 0, NULL);
    settle(fixture);
    assert_null(get_window(fixture, below));
    set_compositor(fixture, below);
    shaded = open_glass(fixture->server, 100, 100, 120, 120);
    xserver_set_numbers(fixture->server, shaded, "_GTK_FRAME_EXTENTS", "CARDINAL", shadow, 4);
    settle(fixture);
    assert_null(get_window(fixture, layer));
    assert_region(&get_window(fixture, shaded)->visible, 110, 105, 100, 100);
    assert_int_equal(count_pixels(&get_window(fixture, below)->visible), 400 * 400 - 100 * 100);
    set_compositor(fixture, XCB_NONE);
}

/* Minimised windows and those of other desktops may stay mapped below a compositor. */
static void
test_hidden_windows(void **state)
{
    Fixture *fixture = *state;
    XServer *server = fixture->server;
    uint32_t client = xserver_open_window(server, FALSE, 0, 0, 300, 200);
    uint32_t hidden = xserver_atom(server, "_NET_WM_STATE_HIDDEN");
    uint32_t first = 0;
    uint32_t second = 1;

    put_into_frame(fixture, client);
    xserver_set_numbers(server, client, "_NET_WM_DESKTOP", "CARDINAL", &second, 1);
    xserver_set_numbers(server, server->screen->root, "_NET_CURRENT_DESKTOP", "CARDINAL", &first,
                        1);
    settle(fixture);
    assert_non_null(get_window(fixture, client));
    set_compositor(fixture, client);
    settle(fixture);
    assert_null(get_window(fixture, client));
    xserver_set_numbers(server, client, "_NET_WM_DESKTOP", "CARDINAL", &first, 1);
    settle(fixture);
    assert_non_null(get_window(fixture, client));
    xserver_set_numbers(server, client, "_NET_WM_STATE", "ATOM", &hidden, 1);
    settle(fixture);
    assert_null(get_window(fixture, client));
    set_compositor(fixture, XCB_NONE);
}

static void
open_and_close(Busy *self)
{
    uint32_t xid = xserver_open_window(&self->client, self->n_acts % 2 == 0, 10, 10, 100, 100);

    xserver_close_window(&self->client, xid);
}

static void
test_storm_of_windows(void **state)
{
    Fixture *fixture = *state;
    Busy *storm = start_busy(fixture, open_and_close, 5 * 1000);
    unsigned n_before = fixture->n_moments;
    Cost cost = measure_for(2500);

    print_message("storm: %.2f %% of a core\n", (double)cost.cpu_us / (2500 * MS_US) * 100);
    assert_in_range(fixture->n_moments - n_before, 1, 4);
    assert_true(cost.cpu_us < 2500 * MS_US * 3 / 100);
    assert_non_null(get_window(fixture, storm->xid));
    assert_true(stop_busy(storm) > 100);
    settle(fixture);
    assert_int_equal(fixture->last.windows->len, 0);
}

static void
retitle(Busy *self)
{
    xcb_change_property(self->client.xcb, XCB_PROP_MODE_REPLACE, self->xid, XCB_ATOM_WM_NAME,
                        XCB_ATOM_STRING, 8, 4, &self->n_acts);
}

static void
test_storm_of_titles(void **state)
{
    Fixture *fixture = *state;
    Busy *storm = start_busy(fixture, retitle, 1000);
    unsigned n_before = fixture->n_moments;
    Cost cost = measure_for(2000);

    assert_in_range(fixture->n_moments - n_before, 1, 4);
    assert_in_range(cost.n_wakeups, 0, 100);
    assert_true(stop_busy(storm) > 500);
}

/* --- pixels --- */

static void
assert_pixel(Fixture *fixture, int x, int y, uint32_t colour)
{
    BaseRect rect = {x, y, 1, 1};
    uint8_t pixel[4] = {0};
    g_autoptr(GError) error = NULL;

    recall_sense_grab(fixture->sense, &rect, pixel, sizeof(pixel), &error);
    assert_null(error);
    assert_int_equal(pixel[0], colour & 0xFF);
    assert_int_equal(pixel[1], colour >> 8 & 0xFF);
    assert_int_equal(pixel[2], colour >> 16 & 0xFF);
}

static void
assert_grabs(Fixture *fixture, uint32_t drawn, uint32_t expected)
{
    uint32_t xid = xserver_open_window(fixture->server, FALSE, 100, 100, 100, 100);
    BaseRect rect = {-10, 90, 300, 1000};
    size_t stride = 4 * 300 + 8;
    g_autofree uint8_t *pixels = g_malloc(stride * 1000);
    g_autoptr(GError) error = NULL;

    settle(fixture);
    xserver_fill(fixture->server, xid, drawn, 20, 30, 1, 1);
    xserver_sync(fixture->server);
    assert_pixel(fixture, 120, 130, expected);
    assert_pixel(fixture, 121, 130, 0xFFFFFF);
    memset(pixels, 0x55, stride * 1000);
    recall_sense_grab(fixture->sense, &rect, pixels, stride, &error);
    assert_null(error);
    assert_int_equal(pixels[stride * 40 + 4 * 130], expected & 0xFF);
    assert_int_equal(pixels[stride * 40 + 4 * 9], 0x55); /* off the screen: untouched */
    assert_int_equal(pixels[stride * 510], 0x55);
    assert_int_equal(pixels[stride * 40 + 1200], 0x55); /* between the rows */
}

static void
test_grab(void **state)
{
    assert_grabs(*state, 0x123456, 0x123456);
}

static uint32_t guarded_xid;

static void
open_popup(Fixture *fixture)
{
    guarded_xid = xserver_open_window(fixture->server, TRUE, 100, 100, 50, 50);
    xserver_sync(fixture->server);
}

static void
flash_popup(Fixture *fixture)
{
    open_popup(fixture);
    xserver_close_window(fixture->server, guarded_xid);
    xserver_sync(fixture->server);
}

static void
close_popup(Fixture *fixture)
{
    xserver_close_window(fixture->server, guarded_xid);
    xserver_sync(fixture->server);
}

static void
move_popup(Fixture *fixture)
{
    uint32_t x = 300;

    xcb_configure_window(fixture->server->xcb, guarded_xid, XCB_CONFIG_WINDOW_X, &x);
    xserver_sync(fixture->server);
}

static void
do_nothing(Fixture *fixture)
{
}

/* Pixels of a window that came, went or moved after the windows were listed would be taken for
 * those of another one. */
static void
test_grab_refuses_what_moved(void **state)
{
    static const struct {
        void (*before_grab)(Fixture *fixture);
        BaseRect rect;
        unsigned n_refused;
    } cases[] = {
        {do_nothing, {0, 0, 800, 600}, 0},  {open_popup, {90, 90, 20, 20}, 1},
        {move_popup, {90, 90, 20, 20}, 1},  {close_popup, {310, 110, 20, 20}, 1},
        {open_popup, {10, 10, 90, 90}, 0},  {close_popup, {310, 110, 20, 20}, 1},
        {flash_popup, {90, 90, 20, 20}, 1}, {flash_popup, {10, 10, 90, 90}, 0},
    };
    Fixture *fixture = *state;

    fixture->is_grabbing = TRUE;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        pixman_box32_t box = {cases[i].rect.x, cases[i].rect.y,
                              cases[i].rect.x + cases[i].rect.width,
                              cases[i].rect.y + cases[i].rect.height};

        settle(fixture);
        fixture->grabbed = cases[i].rect;
        fixture->before_grab = cases[i].before_grab;
        fixture->n_refused_grabs = 0;
        recall_sense_wake(fixture->sense, 0);
        wait_for_moments(fixture, 1);
        assert_int_equal(fixture->n_refused_grabs, cases[i].n_refused);
        if (cases[i].n_refused == 0)
            continue;
        wait_for_moments(fixture, 1);
        assert_int_equal(fixture->n_refused_grabs, 1);
        assert_int_equal(pixman_region32_contains_rectangle(&fixture->last.damage, &box),
                         PIXMAN_REGION_IN);
    }
}

static void
test_grab_without_shared_memory(void **state)
{
    Fixture *fixture = open_fixture("800x600x24", "-extension", "MIT-SHM");

    assert_grabs(fixture, 0x123456, 0x123456);
    close_fixture(fixture);
}

/* As through a tunnel: the server has the extension, and our memory cannot be given to it. */
static void
test_grab_over_tcp(void **state)
{
    g_autoptr(XServer) server = xserver_start("800x600x24", "-listen", "tcp");
    XServer *remote = g_new0(XServer, 1);
    Fixture *fixture;

    assert_non_null(server);
    remote->name = g_strconcat("127.0.0.1", server->name, NULL);
    remote->xcb = xcb_connect(remote->name, NULL);
    if (xcb_connection_has_error(remote->xcb) != 0) {
        xserver_free(remote);
        skip(); /* the network is shut */
    }
    remote->screen = xcb_setup_roots_iterator(xcb_get_setup(remote->xcb)).data;
    fixture = watch_server(remote);
    assert_grabs(fixture, 0x123456, 0x123456);
    close_fixture(fixture);
}

static void
test_grab_of_16_bits(void **state)
{
    Fixture *fixture = open_fixture("800x600x16", NULL, NULL);

    assert_grabs(fixture, 0xF81F, 0xFF00FF);
    close_fixture(fixture);
}

static void
test_refuses_palette(void **state)
{
    g_autoptr(XServer) server = xserver_start("800x600x8", NULL, NULL);
    g_autoptr(GError) error = NULL;

    assert_non_null(server);
    assert_null(recall_sense_new(server->name, &events, NULL, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
    assert_non_null(strstr(error->message, "depth 8"));
}

static void
test_names_the_missing_extension(void **state)
{
    g_autoptr(XServer) server = xserver_start("800x600x24", "-extension", "DAMAGE");
    g_autoptr(GError) error = NULL;

    assert_non_null(server);
    assert_null(recall_sense_new(server->name, &events, NULL, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
    assert_non_null(strstr(error->message, "DAMAGE"));
}

/* --- monitors --- */

/* Request 43 of RandR, by hand: xcb_randr_set_monitor() of libxcb 1.15 reads memory that it was
 * not given. */
static void
set_monitor(Fixture *fixture, const char *name, int x, unsigned width, unsigned height)
{
    struct {
        uint8_t opcodes[2];
        uint16_t n_words;
        uint32_t root;
        uint32_t name;
        uint16_t flags_and_n_outputs[2];
        int16_t corner[2];
        uint16_t size[2];
        uint32_t size_mm[2];
    } request = {.root = fixture->server->screen->root,
                 .name = xserver_atom(fixture->server, name),
                 .corner = {(int16_t)x, 0},
                 .size = {(uint16_t)width, (uint16_t)height},
                 .size_mm = {100, 100}};
    const xcb_protocol_request_t protocol = {
        .count = 2, .ext = &xcb_randr_id, .opcode = 43, .isvoid = 1};
    struct iovec parts[4] = {{0}, {0}, {&request, sizeof(request)}, {NULL, 0}};

    xcb_send_request(fixture->server->xcb, 0, parts + 2, &protocol);
    xcb_flush(fixture->server->xcb);
}

static void
switch_monitor_off(Fixture *fixture)
{
    xcb_connection_t *xcb = fixture->server->xcb;
    g_autofree xcb_randr_get_screen_resources_current_reply_t *resources =
        xcb_randr_get_screen_resources_current_reply(
            xcb, xcb_randr_get_screen_resources_current(xcb, fixture->server->screen->root), NULL);

    g_free(xcb_randr_set_crtc_config_reply(
        xcb,
        xcb_randr_set_crtc_config(xcb, xcb_randr_get_screen_resources_current_crtcs(resources)[0],
                                  XCB_CURRENT_TIME, XCB_CURRENT_TIME, 0, 0, XCB_NONE,
                                  XCB_RANDR_ROTATION_ROTATE_0, 0, NULL),
        NULL));
}

static void
resize(Busy *self)
{
    gboolean is_small = self->n_acts % 2 == 0;

    xcb_randr_set_screen_size(self->client.xcb, self->client.screen->root, is_small ? 400 : WIDTH,
                              is_small ? 300 : HEIGHT, 200, 150);
    xserver_fill(&self->client, self->xid, 0xFF, 0, 0, 10, 10);
}

static void
test_resize(void **state)
{
    Fixture *fixture = open_fixture("800x600x24", NULL, NULL);

    switch_monitor_off(fixture);
    xcb_randr_set_screen_size(fixture->server->xcb, fixture->server->screen->root, 640, 480, 200,
                              150);
    settle(fixture);
    assert_int_equal(fixture->last.screen.width, 640);
    xserver_fill(fixture->server, fixture->server->screen->root, 0xFF, 0, 0, 1, 1);
    wait_for_moments(fixture, 1);
    assert_int_equal(count_pixels(&fixture->last.damage), 1);
    close_fixture(fixture);
}

static void
test_resize_while_grabbing(void **state)
{
    Fixture *fixture = open_fixture("800x600x24", NULL, NULL);
    Busy *resizer = start_busy(fixture, resize, 2000);
    g_autofree uint8_t *pixels = g_malloc(4 * WIDTH * HEIGHT);
    BaseRect rect = {0, 0, WIDTH, HEIGHT};
    gboolean is_over = FALSE;
    unsigned n_failed = 0;
    unsigned n_taken = 0;

    switch_monitor_off(fixture);
    g_timeout_add(1500, set_flag, &is_over);
    while (!is_over) {
        g_autoptr(GError) error = NULL;

        while (g_main_context_iteration(NULL, FALSE))
            ;
        if (recall_sense_grab(fixture->sense, &rect, pixels, 4 * WIDTH, &error))
            n_taken++;
        else
            n_failed++;
        assert_true(error == NULL || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_FAILED));
        g_usleep(300);
    }
    stop_busy(resizer);
    print_message("resizing: %u grabs, %u refused\n", n_taken, n_failed);
    assert_true(n_taken > 0 && n_failed > 0);
    assert_int_equal(fixture->n_lost, 0);
    settle(fixture);
    assert_int_equal(fixture->last.screen.width * 3, fixture->last.screen.height * 4);
    close_fixture(fixture);
}

/* Two monitors of different height: below the lower one the root window is never seen. */
static void
test_part_that_no_monitor_shows(void **state)
{
    Fixture *fixture = open_fixture("800x600x24", NULL, NULL);
    uint32_t xid = xserver_open_window(fixture->server, FALSE, 0, 0, WIDTH, HEIGHT);
    RecallWindow *window;

    switch_monitor_off(fixture);
    set_monitor(fixture, "left", 0, 400, HEIGHT);
    set_monitor(fixture, "right", 400, 400, 300);
    settle(fixture);
    window = get_window(fixture, xid);
    assert_non_null(window);
    assert_int_equal(count_pixels(&window->visible), 400 * HEIGHT + 400 * 300);
    close_fixture(fixture);
}

/* --- the server goes, hangs, is taken --- */

static unsigned
count_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    unsigned n_files = 0;

    while (readdir(folder) != NULL)
        n_files++;
    closedir(folder);
    return n_files;
}

static void
test_server_goes_and_comes_back(void **state)
{
    unsigned n_files = 0;

    for (unsigned i = 0; i < N_RESTARTS; i++) {
        Fixture *fixture = open_fixture("800x600x24", NULL, NULL);
        g_autoptr(GError) error = NULL;
        BaseRect rect = {0, 0, 10, 10};
        uint8_t pixels[400];

        assert_true(recall_sense_grab(fixture->sense, &rect, pixels, 40, NULL));
        xserver_open_window(fixture->server, FALSE, 0, 0, 100, 100);
        xserver_kill(fixture->server);
        if (i % 2 == 0)
            assert_false(recall_sense_grab(fixture->sense, &rect, pixels, 40, &error));
        wait_for(&fixture->n_lost, 1);
        assert_int_equal(fixture->lost_code, G_IO_ERROR_CONNECTION_CLOSED);
        recall_sense_set_paused(fixture->sense, TRUE);
        recall_sense_wake(fixture->sense, 0);
        run_for(20);
        assert_int_equal(fixture->n_lost, 1);
        close_fixture(fixture);
        if (i == 0)
            n_files = count_files();
        assert_int_equal(count_files(), n_files);
    }
}

static void
test_no_server(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(recall_sense_new(":987", &events, NULL, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED));
    g_clear_error(&error);
    assert_null(recall_sense_new("nonsense", &events, NULL, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED));
}

static void
test_second_agent_is_refused(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *pid = g_strdup_printf("process %d", getpid());
    g_autoptr(GError) error = NULL;

    assert_null(recall_sense_new(fixture->server->name, &events, NULL, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_BUSY));
    assert_non_null(strstr(error->message, pid));
    g_clear_error(&error);
    recall_sense_free(fixture->sense);
    fixture->sense = recall_sense_new(fixture->server->name, &events, fixture, &error);
    assert_null(error);
}

static void
test_display_is_taken_over(void **state)
{
    Fixture *fixture = *state;
    uint32_t xid = xserver_open_window(fixture->server, FALSE, 0, 0, 100, 100);

    xcb_set_selection_owner(fixture->server->xcb, xid,
                            xserver_atom(fixture->server, "_DESKHAND_AGENT_S0"), XCB_CURRENT_TIME);
    xcb_flush(fixture->server->xcb);
    wait_for(&fixture->n_lost, 1);
    assert_int_equal(fixture->lost_code, G_IO_ERROR_BUSY);
}

/* What changed since the last moment is told before the next, which has it, too. */
static void
test_changes_before_the_moment(void **state)
{
    Fixture *fixture = *state;
    uint32_t xid = xserver_open_window(fixture->server, FALSE, 100, 50, 200, 200);
    unsigned n_moments;
    pixman_region32_t changed;

    settle(fixture);
    pixman_region32_init(&changed);
    recall_sense_add_changes(fixture->sense, &changed);
    assert_false(pixman_region32_not_empty(&changed));
    n_moments = fixture->n_moments;
    xserver_fill(fixture->server, xid, 0xFF0000, 10, 20, 30, 40);
    xserver_sync(fixture->server);
    run_for(RECALL_SENSE_REST_MS / 4);
    recall_sense_add_changes(fixture->sense, &changed);
    assert_int_equal(fixture->n_moments, n_moments);
    assert_region(&changed, 110, 70, 30, 40);
    wait_for_moments(fixture, 1);
    assert_region(&fixture->last.damage, 110, 70, 30, 40);
    pixman_region32_fini(&changed);
}

/* A server that does not answer must not stop the main loop. */
static void
test_hung_server(void **state)
{
    Fixture *fixture = open_fixture("800x600x24", NULL, NULL);
    uint32_t xid = xserver_open_window(fixture->server, FALSE, 100, 50, 200, 200);
    int64_t start_us;

    settle(fixture);
    xserver_fill(fixture->server, xid, 0xFF0000, 10, 20, 30, 40);
    xserver_sync(fixture->server);
    kill(fixture->server->pid, SIGSTOP);
    fixture->n_moments = 0;
    start_us = g_get_monotonic_time();
    run_for(600);
    assert_in_range(g_get_monotonic_time() - start_us, 600 * MS_US, 3000 * MS_US);
    assert_int_equal(fixture->n_moments, 0);
    kill(fixture->server->pid, SIGCONT);
    wait_for_moments(fixture, 1);
    assert_region(&fixture->last.damage, 110, 70, 30, 40);
    close_fixture(fixture);
}

#define SENSE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SENSE_TEST(test_first_moment_is_everything),
        SENSE_TEST(test_idle_wakes_nobody),
        SENSE_TEST(test_damage_is_what_was_drawn),
        SENSE_TEST(test_video_costs_little),
        SENSE_TEST(test_wake),
        SENSE_TEST(test_changes_before_the_moment),
        SENSE_TEST(test_pause),
        SENSE_TEST(test_input),
        SENSE_TEST(test_window_says_who_it_is),
        SENSE_TEST(test_change_of_title_is_a_change),
        SENSE_TEST(test_profile_is_asked_for_until_it_is_known),
        SENSE_TEST(test_window_of_another_host),
        cmocka_unit_test(test_process_without_the_server),
        SENSE_TEST(test_list_is_kept),
        SENSE_TEST(test_titles_are_bounded_and_clean),
        SENSE_TEST(test_visible_is_what_others_do_not_cover),
        SENSE_TEST(test_extreme_sizes),
        SENSE_TEST(test_popup_has_an_owner),
        SENSE_TEST(test_frame_belongs_to_the_window),
        SENSE_TEST(test_frame_without_lists),
        SENSE_TEST(test_see_through_windows),
        SENSE_TEST(test_hidden_windows),
        SENSE_TEST(test_storm_of_windows),
        SENSE_TEST(test_storm_of_titles),
        SENSE_TEST(test_grab),
        SENSE_TEST(test_grab_refuses_what_moved),
        cmocka_unit_test(test_grab_without_shared_memory),
        cmocka_unit_test(test_grab_over_tcp),
        cmocka_unit_test(test_grab_of_16_bits),
        cmocka_unit_test(test_refuses_palette),
        cmocka_unit_test(test_names_the_missing_extension),
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_resize_while_grabbing),
        cmocka_unit_test(test_part_that_no_monitor_shows),
        cmocka_unit_test(test_server_goes_and_comes_back),
        cmocka_unit_test(test_no_server),
        SENSE_TEST(test_second_agent_is_refused),
        SENSE_TEST(test_display_is_taken_over),
        cmocka_unit_test(test_hung_server),
    };

    return cmocka_run_group_tests(tests, start_shared_server, stop_shared_server);
}
