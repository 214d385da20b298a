/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/client.h"
#include "apps/command.h"
#include "apps/error.h"
#include "apps/image.h"
#include "apps/scene.h"
#include "apps/when.h"

#include <string.h>

static const AppOption options[] = {
    {"image", APP_VALUE_FILE, "FILE.png", 0,
     "write what the window looked like; - for standard output"},
    {"mark", APP_VALUE_QUERY, "QUERY", 0,
     "frame what this query finds, in the picture and in JSON; may be given again"},
    {"json", APP_VALUE_NONE, NULL, 0, "print one JSON document with the whole text and all words"},
    {NULL},
};

static const AppExample examples[] = {
    {"deskhand show 3160834123456", "the text of a scene that a search found"},
    {"deskhand show 3160834123456 --image found.png --mark invoice",
     "its picture, the word in a frame"},
    {"deskhand show 3160834123456 --json", "text, words and where they stood"},
    {NULL},
};

/* What is asked for, and what was got. */
typedef struct {
    int64_t id;
    const char *path;  /* NULL: no picture */
    const char *query; /* NULL: no marks */
    gboolean is_json;
    AppScene scene;
    AppImage *image;
} Show;

static gboolean
refuse(const char *sentence, GError **error)
{
    g_set_error_literal(error, APP_ERROR, APP_ERROR_USAGE, sentence);
    return FALSE;
}

/* A name without an ending is taken as it is, as are pipes and devices. */
static gboolean
is_png_name(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    const char *ending = strrchr(name, '.');

    return ending == NULL || ending == name || g_ascii_strcasecmp(ending, ".png") == 0;
}

static gboolean
read_request(Show *self, const AppArguments *arguments, GError **error)
{
    const char *number = arguments->words->pdata[0];
    uint64_t id;

    if (!g_ascii_string_to_unsigned(number, 10, 1, INT64_MAX, &id, NULL)) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "“%s” is not a scene's number; `deskhand search` and `deskhand timeline` show "
                    "them.",
                    number);
        return FALSE;
    }
    self->id = (int64_t)id;
    self->path = app_arguments_get(arguments, "image");
    self->query = app_arguments_get(arguments, "mark");
    self->is_json = app_arguments_get(arguments, "json") != NULL;
    if (self->query != NULL && self->path == NULL && !self->is_json)
        return refuse("--mark needs --image FILE.png or --json.", error);
    if (self->path != NULL && !is_png_name(self->path)) {
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "The picture is written as PNG; give it a name that ends in .png, not “%s”.",
                    self->path);
        return FALSE;
    }
    if (self->is_json && g_strcmp0(self->path, "-") == 0)
        return refuse("Standard output takes one of them: --json or --image -.", error);
    return TRUE;
}

static GVariant *
make_parameters(const Show *self, const char *query)
{
    g_auto(GVariantDict) dict;

    g_variant_dict_init(&dict, NULL);
    if (query != NULL)
        g_variant_dict_insert(&dict, "query", "s", query);
    return g_variant_new("(x@a{sv})", self->id, g_variant_dict_end(&dict));
}

static gboolean
fetch_scene(Show *self, GDBusConnection *vault, GCancellable *cancellable, GError **error)
{
    g_autoptr(GVariant) reply = app_client_call_vault(
        vault, "GetScene", make_parameters(self, self->query), NULL, cancellable, error);
    g_autoptr(GVariant) scene = NULL;

    if (reply == NULL)
        return FALSE;
    g_variant_get(reply, "(@a{sv})", &scene);
    app_scene_init(&self->scene, scene);
    return TRUE;
}

static void
mark_hits(Show *self)
{
    GVariantIter iter;
    BaseRect box;

    g_variant_iter_init(&iter, self->scene.hits);
    while (g_variant_iter_next(&iter, "(&siiii)", NULL, &box.x, &box.y, &box.width, &box.height))
        app_image_mark(self->image, &box);
}

static gboolean
fetch_image(Show *self, GDBusConnection *vault, GCancellable *cancellable, GError **error)
{
    g_autoptr(GUnixFDList) fds = NULL;
    g_autoptr(GVariant) reply = app_client_call_vault(
        vault, "GetPicture", make_parameters(self, NULL), &fds, cancellable, error);
    g_autoptr(ProtocolPicture) picture = NULL;
    int handle, fd;

    if (reply == NULL)
        return FALSE;
    g_variant_get(reply, "(h)", &handle);
    fd = fds != NULL ? g_unix_fd_list_get(fds, handle, error) : -1;
    if (fd < 0) {
        g_clear_error(error);
        g_set_error_literal(error, APP_ERROR, APP_ERROR_FAILED, "The vault passed no picture.");
        return FALSE;
    }
    picture = app_image_read_picture(fd, error);
    if (picture == NULL)
        return FALSE;
    self->image = app_image_compose(picture, error);
    if (self->image != NULL)
        mark_hits(self);
    return self->image != NULL;
}

static void
say_lost(unsigned n_lost)
{
    g_autofree char *sentence =
        g_strdup_printf("deskhand: %u parts of the picture are lost and left grey.", n_lost);

    app_output_say(sentence);
}

static gboolean
write_image(const Show *self, AppOutput *output, GError **error)
{
    g_autoptr(GBytes) png = app_image_to_png(self->image, error);
    size_t n_bytes;
    const char *data;

    if (png == NULL)
        return FALSE;
    if (self->image->n_lost > 0)
        say_lost(self->image->n_lost);
    if (!g_str_equal(self->path, "-"))
        return app_image_save(self->path, png, error);
    data = g_bytes_get_data(png, &n_bytes);
    g_string_append_len(output->text, data, n_bytes);
    return TRUE;
}

static void
write_json(const Show *self, GString *out)
{
    AppJson json;

    app_json_init(&json, out);
    app_json_begin_object(&json);
    app_scene_write_head(&self->scene, &json);
    app_json_key(&json, "source");
    app_json_string(&json, self->scene.source);
    app_json_key(&json, "width");
    app_json_integer(&json, self->scene.width_px);
    app_json_key(&json, "height");
    app_json_integer(&json, self->scene.height_px);
    app_json_key(&json, "text");
    app_json_string(&json, self->scene.text);
    app_json_key(&json, "words");
    app_scene_write_words(self->scene.words, &json);
    if (self->query != NULL) {
        app_json_key(&json, "hits");
        app_scene_write_words(self->scene.hits, &json);
    }
    app_json_end_object(&json);
    g_string_append_c(out, '\n');
}

static void
append_field(GString *out, const char *label, const char *text)
{
    if (*text == '\0')
        return;
    g_string_append_printf(out, "%-10s", label);
    app_output_append_clean(out, text, -1, FALSE);
    g_string_append_c(out, '\n');
}

static void
write_text(const Show *self, GString *out)
{
    const AppScene *scene = &self->scene;
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *start = app_when_format_short(scene->start_us, now);
    g_autofree char *end = app_when_format_short(scene->end_us, now);
    g_autofree char *time = g_strdup_printf("%s to %s", start, end);
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, scene->id);

    append_field(out, "scene", number);
    append_field(out, "time", time);
    append_field(out, "program", scene->app);
    append_field(out, "title", scene->title);
    append_field(out, "address", scene->url);
    append_field(out, "file", scene->file);
    append_field(out, "by", scene->actor);
    append_field(out, "read from", scene->source);
    g_string_append_c(out, '\n');
    app_output_append_clean(out, scene->text, -1, TRUE);
    g_string_append_c(out, '\n');
}

static void
say_written(const Show *self, GString *out)
{
    app_output_append_clean(out, self->path, -1, FALSE);
    g_string_append_printf(out, ": %u × %u pixels", self->image->width_px, self->image->height_px);
    if (self->query != NULL)
        g_string_append_printf(out, ", %u marked",
                               (unsigned)g_variant_n_children(self->scene.hits));
    g_string_append(out, "\n");
}

static gboolean
show(Show *self, AppOutput *output, GCancellable *cancellable, GError **error)
{
    g_autoptr(GDBusConnection) vault = app_client_connect_vault(cancellable, error);

    if (vault == NULL || !fetch_scene(self, vault, cancellable, error))
        return FALSE;
    if (self->path != NULL &&
        (!fetch_image(self, vault, cancellable, error) || !write_image(self, output, error)))
        return FALSE;
    if (self->is_json)
        write_json(self, output->text);
    else if (self->path == NULL)
        write_text(self, output->text);
    else if (!g_str_equal(self->path, "-"))
        say_written(self, output->text);
    return TRUE;
}

static gboolean
run(const AppArguments *arguments, AppOutput *output, GCancellable *cancellable, GError **error)
{
    Show self = {0};
    gboolean is_done =
        read_request(&self, arguments, error) && show(&self, output, cancellable, error);

    app_scene_clear(&self.scene);
    app_image_free(self.image);
    return is_done;
}

const AppCommand app_show_command = {
    .name = "show",
    .arguments = "SCENE",
    .n_words_min = 1,
    .n_words_max = 1,
    .summary = "show a scene's text, or what it looked like",
    .description =
        "SCENE is the number that search and timeline print. Without options the whole text is "
        "printed, in reading order. What no part of the picture was kept of is grey.",
    .options = options,
    .examples = examples,
    .run = run,
};
