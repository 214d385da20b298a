/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/options.h"

#include <string.h>

static const RecallOption *
find(const RecallOption *table, const char *name)
{
    for (; table->name != NULL; table++) {
        if (strcmp(table->name, name) == 0)
            return table;
    }
    return NULL;
}

static gboolean
check_length(const RecallOption *option, GVariant *value, GError **error)
{
    size_t n_bytes = 0;

    if (option->n_max_bytes == 0)
        return TRUE;
    g_variant_get_string(value, &n_bytes);
    if (n_bytes <= option->n_max_bytes && (n_bytes > 0 || !option->is_filled))
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "The option \"%s\" is %slonger than %zu bytes", option->name,
                option->is_filled ? "empty or " : "", option->n_max_bytes);
    return FALSE;
}

static gboolean
check(const RecallOption *option, const char *name, GVariant *value, GError **error)
{
    if (option == NULL)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "There is no option \"%.60s\" here", name);
    else if (!g_variant_is_of_type(value, G_VARIANT_TYPE(option->type)))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "The option \"%s\" must be of type %s", name, option->type);
    else
        return check_length(option, value, error);
    return FALSE;
}

gboolean
recall_options_check(GVariant *options, const RecallOption *table, GError **error)
{
    GVariantIter iter;
    const char *name = NULL;
    GVariant *value = NULL;
    gboolean is_good = TRUE;

    g_variant_iter_init(&iter, options);
    while (is_good && g_variant_iter_next(&iter, "{&sv}", &name, &value)) {
        is_good = check(find(table, name), name, value, error);
        g_variant_unref(value);
    }
    return is_good;
}
