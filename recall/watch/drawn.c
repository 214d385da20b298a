/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/drawn.h"

#include <string.h>

#define NARROW_PERCENT 92   /* Calc tells a sum of letters that are rounded up */
#define SIGN_RIM_PERCENT 70 /* at both ends together nothing stands, of a sign's width */
#define POINT_INK_MAX 0.45  /* of a digit's width */
#define POINT_WIDTH 0.5
#define POINT_OFF_MAX 0.6
#define DIGITS "0123456789"
#define POINTS ".,':"

/* What stands out in a room: signs with an empty column between each two. */
typedef struct {
    GArray *signs; /* of Sign, from left to right */
    int left;
    int right;
} Ink;

typedef struct {
    int left;
    int right;
} Sign;

static void
measure(Ink *ink, const gboolean *columns, int n_columns)
{
    Sign sign = {0};

    for (int x = 0; x < n_columns; x++) {
        if (!columns[x])
            continue;
        if (ink->signs->len == 0)
            ink->left = x;
        if (ink->signs->len == 0 || x > ink->right) {
            sign = (Sign){x, x + 1};
            g_array_append_val(ink->signs, sign);
        } else {
            g_array_index(ink->signs, Sign, ink->signs->len - 1).right = x + 1;
        }
        ink->right = x + 1;
    }
}

/* How narrow what is told may be drawn. */
static int
get_least(const RecallRun *run)
{
    int sign_px = run->width_px / (int)g_utf8_strlen(run->text, -1);

    return (run->width_px * NARROW_PERCENT - sign_px * SIGN_RIM_PERCENT) / 100;
}

/* How wide a digit is, if @ink is @text. */
static double
get_digit_px(const Ink *ink, const char *text)
{
    double n_digits = 0;

    for (; *text != '\0'; text++)
        n_digits += strchr(POINTS, *text) != NULL ? POINT_WIDTH : 1;
    return (ink->right - ink->left) / n_digits;
}

/* Returns: the last sign before the @end-th that is as narrow as a point, or -1 */
static int
find_point(const Ink *ink, int end, double digit_px)
{
    for (int i = end - 1; i >= 0; i--) {
        const Sign *sign = &g_array_index(ink->signs, Sign, i);

        if (sign->right - sign->left <= digit_px * POINT_INK_MAX)
            return i;
    }
    return -1;
}

/* Whether points and commas stand where @text has them, and no others. Digits may touch. */
static gboolean
has_points_of(const Ink *ink, const char *text)
{
    double digit_px = get_digit_px(ink, text);
    double behind_px = 0;
    int at = (int)ink->signs->len;

    for (const char *c = text + strlen(text) - 1; c >= text; c--) {
        const Sign *sign = NULL;

        if (strchr(POINTS, *c) == NULL) {
            behind_px += digit_px;
            continue;
        }
        at = find_point(ink, at, digit_px);
        if (at < 0)
            return FALSE;
        sign = &g_array_index(ink->signs, Sign, at);
        behind_px += digit_px * POINT_WIDTH;
        if (ABS(ink->right - behind_px - sign->left) > digit_px * POINT_OFF_MAX)
            return FALSE;
    }
    return find_point(ink, at, digit_px) < 0;
}

static gboolean
is_as_told(const RecallRun *run, const Ink *ink)
{
    int width_px = ink->right - ink->left;

    if (ink->signs->len == 0)
        return TRUE;
    if (width_px < get_least(run) || width_px > run->width_px)
        return FALSE;
    return strspn(run->text, DIGITS POINTS) < strlen(run->text) || has_points_of(ink, run->text);
}

gboolean
recall_drawn_is_as_told(const RecallRun *run, RecallFrame *frame)
{
    g_autofree gboolean *columns = NULL;
    g_autoptr(GArray) signs = NULL;
    Ink ink = {0};

    if (run->width_px <= 0 || base_rect_is_empty(&run->room))
        return TRUE;
    columns = g_new0(gboolean, (gsize)run->room.width);
    if (!recall_frame_find_ink(frame, &run->room, columns))
        return TRUE;
    signs = ink.signs = g_array_new(FALSE, FALSE, sizeof(Sign));
    measure(&ink, columns, run->room.width);
    return is_as_told(run, &ink);
}
