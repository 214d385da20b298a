/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Writes JSON as it goes, so that a document may stream. The caller nests rightly; commas are put
 * by themselves. Whatever text comes, the result is valid UTF-8 and valid JSON, and safe to show
 * on a terminal: all control characters are escaped. */

typedef struct {
    GString *out; /* borrowed; the caller may take from its front at any time */
    gboolean needs_comma;
} AppJson;

void app_json_init(AppJson *self, GString *out);

void app_json_begin_object(AppJson *self);
void app_json_end_object(AppJson *self);
void app_json_begin_array(AppJson *self);
void app_json_end_array(AppJson *self);

/* The next value belongs to it. @key: plain ASCII, ours */
void app_json_key(AppJson *self, const char *key);

/* @text: NULL is null; what is not UTF-8 in it becomes U+FFFD */
void app_json_string(AppJson *self, const char *text);
void app_json_integer(AppJson *self, int64_t value);
void app_json_boolean(AppJson *self, gboolean value);
