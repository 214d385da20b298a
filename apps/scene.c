/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/scene.h"
#include "apps/when.h"

static const char *
lookup_text(GVariant *variant, const char *key)
{
    const char *text = "";

    (void)g_variant_lookup(variant, key, "&s", &text);
    return text;
}

/* Returns: (transfer full): an empty array when there is none of this type */
static GVariant *
lookup_array(GVariant *variant, const char *key, const char *type)
{
    GVariant *array = g_variant_lookup_value(variant, key, G_VARIANT_TYPE(type));

    return array != NULL ? array : g_variant_ref_sink(g_variant_new(type, NULL));
}

void
app_scene_init(AppScene *self, GVariant *variant)
{
    *self = (AppScene){.variant = g_variant_ref(variant)};
    (void)g_variant_lookup(variant, "scene", "x", &self->id);
    (void)g_variant_lookup(variant, "start", "x", &self->start_us);
    (void)g_variant_lookup(variant, "end", "x", &self->end_us);
    (void)g_variant_lookup(variant, "width", "u", &self->width_px);
    (void)g_variant_lookup(variant, "height", "u", &self->height_px);
    self->app = lookup_text(variant, "app");
    self->title = lookup_text(variant, "title");
    self->url = lookup_text(variant, "url");
    self->file = lookup_text(variant, "file");
    self->actor = lookup_text(variant, "actor");
    self->source = lookup_text(variant, "source");
    self->snippet = lookup_text(variant, "snippet");
    self->text = lookup_text(variant, "text");
    self->marks = lookup_array(variant, "marks", "a(uu)");
    self->words = lookup_array(variant, "words", "a(siiii)");
    self->hits = lookup_array(variant, "hits", "a(siiii)");
}

void
app_scene_clear(AppScene *self)
{
    g_clear_pointer(&self->marks, g_variant_unref);
    g_clear_pointer(&self->words, g_variant_unref);
    g_clear_pointer(&self->hits, g_variant_unref);
    g_clear_pointer(&self->variant, g_variant_unref);
}

static void
write_text(AppJson *json, const char *key, const char *text)
{
    app_json_key(json, key);
    app_json_string(json, text);
}

static void
write_time(AppJson *json, const char *key, int64_t at_us)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    g_autofree char *time = app_when_format_rfc3339(at_us, zone);

    write_text(json, key, time);
}

void
app_scene_write_head(const AppScene *self, AppJson *json)
{
    app_json_key(json, "scene");
    app_json_integer(json, self->id);
    write_time(json, "start", self->start_us);
    write_time(json, "end", self->end_us);
    write_text(json, "app", self->app);
    write_text(json, "title", self->title);
    write_text(json, "url", self->url);
    write_text(json, "file", self->file);
    write_text(json, "actor", self->actor);
}

static void
write_number(AppJson *json, const char *key, int value)
{
    app_json_key(json, key);
    app_json_integer(json, value);
}

void
app_scene_write_words(GVariant *words, AppJson *json)
{
    GVariantIter iter;
    const char *text;
    int x, y, width, height;

    app_json_begin_array(json);
    g_variant_iter_init(&iter, words);
    while (g_variant_iter_next(&iter, "(&siiii)", &text, &x, &y, &width, &height)) {
        app_json_begin_object(json);
        write_text(json, "text", text);
        write_number(json, "x", x);
        write_number(json, "y", y);
        write_number(json, "w", width);
        write_number(json, "h", height);
        app_json_end_object(json);
    }
    app_json_end_array(json);
}
