/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/drawn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH_PX 220
#define HEIGHT_PX 20
#define PAPER 0x00FFFFFF
#define DIGIT_PX 9
#define POINT_PX 5

static const BaseRect room = {3, 3, 214, 14};

static int
get_advance(char sign)
{
    return strchr(".,", sign) != NULL ? POINT_PX : DIGIT_PX;
}

static int
measure(const char *text)
{
    int width = 0;

    for (; *text != '\0'; text++)
        width += get_advance(*text);
    return width;
}

/* At the right, each sign with a pixel of room at both sides; @gap_px: between digits */
static uint32_t *
draw(const char *text, int gap_px)
{
    uint32_t *pixels = g_new(uint32_t, WIDTH_PX * HEIGHT_PX);
    int at = WIDTH_PX - 4 - measure(text);

    for (int i = 0; i < WIDTH_PX * HEIGHT_PX; i++)
        pixels[i] = PAPER;
    for (; *text != '\0'; text++) {
        gboolean is_point = get_advance(*text) == POINT_PX;
        int left = at + (is_point ? 2 : 1);
        int right = is_point ? left + 2 : at + get_advance(*text) - gap_px;

        for (int y = is_point ? 12 : 5; y < 14; y++) {
            for (int x = left; x < right; x++)
                pixels[y * WIDTH_PX + x] = 0;
        }
        at += get_advance(*text);
    }
    return pixels;
}

static gboolean
is_as_told(const char *told, const char *drawn, int gap_px, int width_px)
{
    g_autofree uint32_t *pixels = draw(drawn, gap_px);
    g_autoptr(RecallFrame) frame = recall_frame_new(WIDTH_PX, HEIGHT_PX);
    g_autoptr(RecallRun) run = recall_run_new(g_strdup(told), &room, PROTOCOL_SOURCE_ACCESSIBLE);

    run->room = room;
    run->width_px = width_px;
    recall_frame_put(frame, &(BaseRect){0, 0, WIDTH_PX, HEIGHT_PX}, (const uint8_t *)pixels,
                     WIDTH_PX * 4);
    return recall_drawn_is_as_told(run, frame);
}

static const struct {
    const char *told;
    const char *drawn;
    gboolean is_as_told;
} cases[] = {
    {"1280", "1280", TRUE},
    {"-1280.5", "-1280.5", TRUE},
    {"3.14159265358979", "3.14159265358979", TRUE},
    {"1,280.00", "1,280.00", TRUE},
    {"12.5%", "12.5%", TRUE},
    {"3.14159265358979", "3.14", FALSE},
    {"123456789.25", "###", FALSE},
    {"8220.728", "8,220.73", FALSE},
    {"38275.254", "38,275.25", FALSE},
    {"1280", "1,280", FALSE},
    {"1280.5", "1,281", FALSE},
    {"5", "5.00", FALSE},
    {"0.12345", "12.3%", FALSE},
};

static void
test_forms(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int width = measure(cases[i].told);

        if (is_as_told(cases[i].told, cases[i].drawn, 1, width) != cases[i].is_as_told)
            fail_msg("%s drawn as %s", cases[i].told, cases[i].drawn);
    }
}

/* Of most fonts some digits touch. */
static void
test_touching(void **state)
{
    assert_true(is_as_told("38275.254", "38275.254", -1, measure("38275.254")));
    assert_false(is_as_told("38275.254", "38,275.25", -1, measure("38275.254")));
}

static void
test_not_known(void **state)
{
    assert_true(is_as_told("1280.5", "###", 1, 0));
    assert_true(is_as_told("1280.5", "", 1, 60)); /* hidden, which is not another form */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_touching),
        cmocka_unit_test(test_not_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
