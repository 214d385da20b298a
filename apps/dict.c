/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/dict.h"

const char *
app_dict_get_text(GVariant *dict, const char *key)
{
    const char *text = "";

    (void)g_variant_lookup(dict, key, "&s", &text);
    return text;
}

unsigned
app_dict_get_number(GVariant *dict, const char *key)
{
    guint32 number = 0;

    (void)g_variant_lookup(dict, key, "u", &number);
    return number;
}

gboolean
app_dict_is_set(GVariant *dict, const char *key)
{
    gboolean is_set = FALSE;

    (void)g_variant_lookup(dict, key, "b", &is_set);
    return is_set;
}
