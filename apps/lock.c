/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/lock.h"

#include "apps/client.h"
#include "apps/dict.h"
#include "apps/error.h"
#include "apps/secret.h"
#include "apps/when.h"

#define DURATION_MAX_US (12 * G_TIME_SPAN_HOUR) /* that an unlock can be asked for */
#define AMOUNT_MAX 1000000 /* of results, texts or pictures that an unlock can be asked for */

static const AppOption no_options[] = {{NULL}};

static const AppOption unlock_options[] = {
    {"passphrase-file", APP_VALUE_FILE, "FILE", 0,
     "read the passphrase or recovery key from its first line; - for standard input"},
    {"results", APP_VALUE_COUNT, "N", AMOUNT_MAX, "how many results may be read; 20000"},
    {"scenes", APP_VALUE_COUNT, "N", AMOUNT_MAX, "how many whole texts may be read; 2000"},
    {"pictures", APP_VALUE_COUNT, "N", AMOUNT_MAX, "how many pictures may be read; 2000"},
    {NULL},
};

static const AppExample lock_examples[] = {
    {"deskhand lock", "nothing can be searched until `deskhand unlock`; it goes on recording"},
    {NULL},
};

static const AppExample unlock_examples[] = {
    {"deskhand unlock", "for a quarter of an hour"},
    {"deskhand unlock 2h --pictures 5000", "for two hours, and for more pictures"},
    {"deskhand unlock --passphrase-file - <secret.txt", "from a script"},
    {NULL},
};

GVariant *
app_lock_ask(GDBusConnection *vault, GCancellable *cancellable, GError **error)
{
    g_autoptr(GVariant) reply =
        app_client_call_vault(vault, "GetLock", NULL, NULL, cancellable, error);

    return reply != NULL ? g_variant_get_child_value(reply, 0) : NULL;
}

void
app_lock_append_unlock(GVariant *lock, GString *out)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *until = NULL;
    gint64 until_us = 0;

    (void)g_variant_lookup(lock, "until", "x", &until_us);
    until = app_when_format_short(until_us, now);
    g_string_append_printf(out, "until %s, for %u results, %u scenes and %u pictures", until,
                           app_dict_get_number(lock, "results"),
                           app_dict_get_number(lock, "scenes"),
                           app_dict_get_number(lock, "pictures"));
}

AppSecret *
app_lock_get_secret(const char *file, const char *prompt, GCancellable *cancellable, GError **error)
{
    return file != NULL ? app_secret_read(file, error) : app_secret_ask(prompt, cancellable, error);
}

static gboolean
run_lock(const AppArguments *arguments,
         AppOutput *output,
         GCancellable *cancellable,
         GError **error)
{
    g_autoptr(GDBusConnection) vault = app_client_connect_vault(cancellable, error);
    g_autoptr(GVariant) reply = NULL;

    if (vault != NULL)
        reply = app_client_call_vault(vault, "Lock", NULL, NULL, cancellable, error);
    if (reply != NULL)
        g_string_append(output->text, "Locked; recording goes on.\n");
    return reply != NULL;
}

/* Returns: floating, or NULL */
static GVariant *
read_limits(const AppArguments *arguments, GError **error)
{
    static const char *const names[] = {"results", "scenes", "pictures"};
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *text = app_arguments_dup_sentence(arguments);
    g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
    int64_t duration_us = 0;
    int64_t seconds;

    if (arguments->words->len > 0 &&
        !app_when_parse_duration(text, now, DURATION_MAX_US, &duration_us, error))
        return NULL;
    seconds = MAX(duration_us / G_USEC_PER_SEC, 1);
    if (duration_us > 0)
        g_variant_builder_add(&builder, "{sv}", "seconds", g_variant_new_uint32((uint32_t)seconds));
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = app_arguments_get(arguments, names[i]);

        if (value != NULL)
            g_variant_builder_add(
                &builder, "{sv}", names[i],
                g_variant_new_uint32((uint32_t)g_ascii_strtoull(value, NULL, 10)));
    }
    return g_variant_builder_end(&builder);
}

/* Returns: the state of the lock after it */
static GVariant *
unlock(GDBusConnection *vault,
       const AppSecret *secret,
       GVariant *limits,
       GCancellable *cancellable,
       GError **error)
{
    g_autoptr(GUnixFDList) fds = g_unix_fd_list_new();
    int handle = app_secret_send(secret, fds, error);
    g_autoptr(GVariant) reply = NULL;

    if (handle < 0)
        return NULL;
    reply = app_client_send_vault(vault, "Unlock", g_variant_new("(h@a{sv})", handle, limits), fds,
                                  NULL, cancellable, error);
    return reply != NULL ? g_variant_get_child_value(reply, 0) : NULL;
}

static void
append_unlocked(GVariant *lock, GString *out)
{
    if (g_str_equal(app_dict_get_text(lock, "state"), "open")) {
        g_string_append(out, "The history is open again, and its key was made anew.\n");
        return;
    }
    g_string_append(out, "Unlocked ");
    app_lock_append_unlock(lock, out);
    g_string_append(out, ".\n");
    if (app_dict_is_set(lock, "recovered"))
        g_string_append(out, "This was the recovery key: choose a new passphrase with `deskhand "
                             "key set passphrase`.\n");
}

static gboolean
run_unlock(const AppArguments *arguments,
           AppOutput *output,
           GCancellable *cancellable,
           GError **error)
{
    g_autoptr(GVariant) limits = read_limits(arguments, error);
    g_autoptr(GDBusConnection) vault = NULL;
    g_autoptr(GVariant) before = NULL;
    g_autoptr(AppSecret) secret = NULL;
    g_autoptr(GVariant) after = NULL;

    if (limits == NULL)
        return FALSE;
    g_variant_ref_sink(limits);
    vault = app_client_connect_vault(cancellable, error);
    before = vault != NULL ? app_lock_ask(vault, cancellable, error) : NULL;
    if (before == NULL)
        return FALSE;
    if (g_str_equal(app_dict_get_text(before, "state"), "open")) {
        g_string_append(output->text, "The history is open: its key asks for no passphrase; "
                                      "`deskhand key set passphrase` makes it ask.\n");
        return TRUE;
    }
    secret = app_lock_get_secret(app_arguments_get(arguments, "passphrase-file"),
                                 "Passphrase or recovery key", cancellable, error);
    if (secret != NULL)
        after = unlock(vault, secret, limits, cancellable, error);
    if (after != NULL)
        append_unlocked(after, output->text);
    return after != NULL;
}

const AppCommand app_lock_command = {
    .name = "lock",
    .arguments = "",
    .summary = "close the history until it is unlocked",
    .description = "Searching and showing need the passphrase again. Recording goes on: what is "
                   "added can be read after the next unlock. Needs a key that asks for a secret; "
                   "see `deskhand key`.",
    .options = no_options,
    .examples = lock_examples,
    .run = run_lock,
};

const AppCommand app_unlock_command = {
    .name = "unlock",
    .arguments = "[DURATION]",
    .n_words_max = 8,
    .summary = "open the history for a while",
    .description =
        "Asks for the passphrase, or the recovery key, on the terminal. It is open for 15 minutes "
        "or the time that is given, up to 12 hours, and for so many results, scenes and pictures; "
        "then it is locked again. A program that waits for an unlock gets no more than that.\n\n"
        "After three wrong tries each next one has to wait, up to five minutes; `deskhand status` "
        "counts them.",
    .options = unlock_options,
    .examples = unlock_examples,
    .run = run_unlock,
};
