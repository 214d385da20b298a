/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-ranges.h"

#include "recall/watch/a11y-node.h"

#define COORDINATES_ON_SCREEN 0
#define EMBEDDED_CHAR 0xfffc /* a child stands here */

void
recall_a11y_ranges_init(RecallA11yRanges *self, RecallA11yRangesWay way)
{
    *self = (RecallA11yRanges){.way = way,
                               .calls = g_array_new(FALSE, TRUE, sizeof(RecallA11yCall)),
                               .ends = g_byte_array_new()};
    g_array_set_clear_func(self->calls, (GDestroyNotify)recall_a11y_call_clear);
}

void
recall_a11y_ranges_clear(RecallA11yRanges *self)
{
    g_clear_pointer(&self->calls, g_array_unref);
    g_clear_pointer(&self->ends, g_byte_array_unref);
}

static void
add_call(RecallA11yRanges *self, const char *path, int start, int end)
{
    RecallA11yCall call = {path, RECALL_A11Y_TEXT, "GetRangeExtents",
                           g_variant_new("(iiu)", start, end, COORDINATES_ON_SCREEN), NULL};

    g_array_append_val(self->calls, call);
}

static void
add_character(RecallA11yRanges *self, const char *path, int at)
{
    RecallA11yCall call = {path, RECALL_A11Y_TEXT, "GetCharacterExtents",
                           g_variant_new("(iu)", at, COORDINATES_ON_SCREEN), NULL};

    g_array_append_val(self->calls, call);
}

void
recall_a11y_ranges_add(RecallA11yRanges *self, const char *path, int start, int end)
{
    uint8_t n_calls = self->way == RECALL_A11Y_RANGES_ENDS && end - start > 1 ? 2 : 1;

    if (n_calls == 1) {
        add_call(self, path, start, end);
    } else {
        add_call(self, path, start, start + 1);
        add_call(self, path, end - 1, end);
    }
    g_byte_array_append(self->ends, &n_calls, 1);
}

void
recall_a11y_ranges_add_part(RecallA11yRanges *self,
                            const char *path,
                            const char *text,
                            int base,
                            int start,
                            int end)
{
    uint8_t n_calls = 2;

    if (g_utf8_get_char(g_utf8_offset_to_pointer(text, end)) != EMBEDDED_CHAR) {
        recall_a11y_ranges_add(self, path, base + start, base + end);
        return;
    }
    add_character(self, path, base + start);
    add_character(self, path, base + end - 1);
    g_byte_array_append(self->ends, &n_calls, 1);
}

void
recall_a11y_ranges_ask(RecallA11yRanges *self, RecallA11yLink *link)
{
    recall_a11y_link_ask_all(link, (RecallA11yCall *)self->calls->data, self->calls->len);
}

static BaseRect
take_one(RecallA11yRanges *self)
{
    const RecallA11yCall *call = &g_array_index(self->calls, RecallA11yCall, self->next_call++);
    BaseRect box = {0};

    if (call->reply != NULL && g_variant_is_of_type(call->reply, G_VARIANT_TYPE("(iiii)")))
        g_variant_get(call->reply, "(iiii)", &box.x, &box.y, &box.width, &box.height);
    return box;
}

BaseRect
recall_a11y_ranges_take(RecallA11yRanges *self)
{
    BaseRect box = take_one(self);

    if (self->ends->data[self->next++] > 1) {
        BaseRect last = take_one(self);

        if (base_rect_is_empty(&box) || base_rect_is_empty(&last))
            return (BaseRect){0};
        base_rect_union(&box, &last, &box);
    }
    return box;
}
