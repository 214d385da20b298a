/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "apps/json.h"

#include <gio/gio.h>

/* A scene or a search result as the vault sent it. What it left out is empty. */

typedef struct {
    GVariant *variant; /* owns the texts */
    int64_t id;
    int64_t start_us;
    int64_t end_us;
    const char *app; /* never NULL, nor are the next seven */
    const char *title;
    const char *url;
    const char *file;
    const char *actor;
    const char *source;
    const char *snippet;
    const char *text;
    GVariant *marks; /* a(uu), never NULL */
    GVariant *words; /* a(siiii), never NULL */
    GVariant *hits;  /* a(siiii), never NULL */
    uint32_t width_px;
    uint32_t height_px;
} AppScene;

/* @variant: a{sv}, a reference is kept */
void app_scene_init(AppScene *self, GVariant *variant);
void app_scene_clear(AppScene *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AppScene, app_scene_clear)

/* Writes the keys scene, start, end, app, title, url, file and actor into the open object. */
void app_scene_write_head(const AppScene *self, AppJson *json);

/* Writes [{"text", "x", "y", "w", "h"}, ...]. @words: a(siiii) */
void app_scene_write_words(GVariant *words, AppJson *json);
