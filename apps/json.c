/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/json.h"
#include "apps/output.h"

void
app_json_init(AppJson *self, GString *out)
{
    *self = (AppJson){out, FALSE};
}

static void
begin(AppJson *self, char bracket)
{
    if (self->needs_comma)
        g_string_append_c(self->out, ',');
    g_string_append_c(self->out, bracket);
    self->needs_comma = FALSE;
}

static void
end(AppJson *self, char bracket)
{
    g_string_append_c(self->out, bracket);
    self->needs_comma = TRUE;
}

static void
put(AppJson *self, const char *value)
{
    if (self->needs_comma)
        g_string_append_c(self->out, ',');
    g_string_append(self->out, value);
    self->needs_comma = TRUE;
}

void
app_json_begin_object(AppJson *self)
{
    begin(self, '{');
}

void
app_json_end_object(AppJson *self)
{
    end(self, '}');
}

void
app_json_begin_array(AppJson *self)
{
    begin(self, '[');
}

void
app_json_end_array(AppJson *self)
{
    end(self, ']');
}

void
app_json_key(AppJson *self, const char *key)
{
    app_json_string(self, key);
    g_string_append_c(self->out, ':');
    self->needs_comma = FALSE;
}

/* All that is escaped lies in the first plane, so one \u is enough. */
static void
append_escaped(GString *out, gunichar c)
{
    if (c == '"' || c == '\\')
        g_string_append_printf(out, "\\%c", (char)c);
    else if (c == '\n')
        g_string_append(out, "\\n");
    else if (c == '\t')
        g_string_append(out, "\\t");
    else if (app_output_is_control(c))
        g_string_append_printf(out, "\\u%04x", c);
    else
        g_string_append_unichar(out, c);
}

void
app_json_string(AppJson *self, const char *text)
{
    g_autofree char *valid = NULL;

    if (text == NULL) {
        put(self, "null");
        return;
    }
    valid = g_utf8_make_valid(text, -1);
    begin(self, '"');
    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at))
        append_escaped(self->out, g_utf8_get_char(at));
    end(self, '"');
}

void
app_json_integer(AppJson *self, int64_t value)
{
    char digits[32];

    g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, value);
    put(self, digits);
}

void
app_json_boolean(AppJson *self, gboolean value)
{
    put(self, value ? "true" : "false");
}
