/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/client.h"
#include "apps/dict.h"
#include "apps/error.h"
#include "apps/json.h"
#include "apps/lock.h"

#include <string.h>

#define PASSPHRASE_N_MIN 8
#define PIN_N_MIN 4 /* the TPM locks itself after a few wrong ones */

static const AppOption options[] = {
    {"passphrase-file", APP_VALUE_FILE, "FILE", 0,
     "read the present passphrase or the recovery key from it; - for standard input"},
    {"new-passphrase-file", APP_VALUE_FILE, "FILE", 0,
     "read the new passphrase from it; - for standard input"},
    {"json", APP_VALUE_NONE, NULL, 0, "print one JSON document (of status)"},
    {NULL},
};

static const AppExample terms[] = {
    {"status", "what keeps the key, and what that protects"},
    {"set passphrase", "a passphrase, which is asked for before the history can be read"},
    {"set tpm-pin", "the TPM of this machine, which gives it out for a PIN"},
    {"set tpm", "the same without a PIN: nobody is asked, but the disk alone is of no use"},
    {"set service", "a key service of the host: nobody is asked"},
    {"set key-file", "a file beside the history: nobody is asked"},
    {"recovery", "make a recovery key, which unlocks too, and print it once"},
    {NULL},
};

static const AppExample examples[] = {
    {"deskhand key status", "what keeps the key"},
    {"deskhand key set passphrase", "choose a passphrase, or another one"},
    {"deskhand key recovery", "a recovery key, to be written down"},
    {NULL},
};

typedef struct {
    const char *name;
    gboolean asks;
    const char *what;  /* with its article */
    const char *about; /* what it protects from, and from what not */
} Backend;

static const Backend backends[] = {
    {"key-file", FALSE, "a file beside it",
     "A file beside the history has its key. It protects copies of the history that lack *.key* "
     "files; not from who has this disk, nor from programs that may read your files."},
    {"passphrase", TRUE, "a passphrase",
     "A passphrase has its key. The history can be read while it is unlocked only; whoever has the "
     "disk reads at most the week that is being recorded."},
    {"tpm", FALSE, "the TPM",
     "The TPM of this machine has its key. Whoever has the disk alone reads at most the week that "
     "is being recorded; programs that may read your files on this machine can ask the TPM, too."},
    {"tpm-pin", TRUE, "the TPM and a PIN",
     "The TPM of this machine has its key and gives it out for a PIN, which it lets nobody guess. "
     "The history can be read while it is unlocked only; whoever has the disk reads at most the "
     "week that is being recorded."},
    {"service", FALSE, "the host's key service",
     "A key service of the host has its key. Whoever has the disk alone reads at most the week "
     "that is being recorded; who may use the service, its administrator says."},
};

static const Backend *
find_backend(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(backends); i++) {
        if (g_str_equal(backends[i].name, name))
            return &backends[i];
    }
    return NULL;
}

const char *
app_key_describe(const char *backend)
{
    const Backend *known = find_backend(backend);

    return known != NULL ? known->about : "";
}

gboolean
app_key_asks(const char *backend)
{
    const Backend *known = find_backend(backend);

    return known != NULL && known->asks;
}

/* --- status --- */

static void
write_json(GVariant *lock, GString *out)
{
    static const char *const texts[] = {"state", "backend", "age", "memory"};
    static const char *const numbers[] = {"wrong", "wait"};
    AppJson json;

    app_json_init(&json, out);
    app_json_begin_object(&json);
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        app_json_key(&json, texts[i]);
        app_json_string(&json, app_dict_get_text(lock, texts[i]));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++) {
        app_json_key(&json, numbers[i]);
        app_json_integer(&json, app_dict_get_number(lock, numbers[i]));
    }
    app_json_key(&json, "recovery");
    app_json_boolean(&json, app_dict_is_set(lock, "recovery"));
    app_json_end_object(&json);
    g_string_append_c(out, '\n');
}

static void
write_text(GVariant *lock, GString *out)
{
    const char *state = app_dict_get_text(lock, "state");
    const char *backend = app_dict_get_text(lock, "backend");

    g_string_append_printf(out, "Key        %s\n", backend);
    g_string_append_printf(out, "History    %s", state);
    if (g_str_equal(state, "unlocked")) {
        g_string_append_c(out, ' ');
        app_lock_append_unlock(lock, out);
    }
    g_string_append_printf(out, "\nRecovery   %s\n",
                           app_dict_is_set(lock, "recovery") ? "there is a recovery key"
                                                             : "no recovery key was made");
    if (app_dict_get_number(lock, "wrong") > 0)
        g_string_append_printf(out, "Wrong      %u tries since the last right one\n",
                               app_dict_get_number(lock, "wrong"));
    g_string_append_printf(out, "%s\n", app_key_describe(backend));
}

static gboolean
run_status(const AppArguments *arguments, GVariant *lock, AppOutput *output, GError **error)
{
    if (arguments->words->len > 1) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_USAGE,
                            "`deskhand key status` takes no "
                            "more words.");
        return FALSE;
    }
    if (app_arguments_get(arguments, "json") != NULL)
        write_json(lock, output->text);
    else
        write_text(lock, output->text);
    return TRUE;
}

/* --- changes --- */

/* Of the key that is there; empty where it asks for none. */
static AppSecret *
get_present(const AppArguments *arguments,
            GVariant *lock,
            GCancellable *cancellable,
            GError **error)
{
    if (g_str_equal(app_dict_get_text(lock, "state"), "open"))
        return app_secret_new();
    return app_lock_get_secret(app_arguments_get(arguments, "passphrase-file"),
                               "Present passphrase or recovery key", cancellable, error);
}

static gboolean
check_new(const AppSecret *secret, gboolean is_pin, GError **error)
{
    size_t n_min = is_pin ? PIN_N_MIN : PASSPHRASE_N_MIN;

    if (app_secret_count_characters(secret) >= n_min)
        return TRUE;
    g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "A %s has at least %zu characters%s.",
                is_pin ? "PIN" : "passphrase", n_min, is_pin ? "" : "; several words are best");
    return FALSE;
}

static AppSecret *
get_new(const AppArguments *arguments, gboolean is_pin, GCancellable *cancellable, GError **error)
{
    const char *file = app_arguments_get(arguments, "new-passphrase-file");
    g_autoptr(AppSecret) secret =
        app_lock_get_secret(file, is_pin ? "New PIN" : "New passphrase", cancellable, error);
    g_autoptr(AppSecret) again = NULL;

    if (secret == NULL || !check_new(secret, is_pin, error))
        return NULL;
    if (file != NULL)
        return g_steal_pointer(&secret);
    again = app_secret_ask("Once more", cancellable, error);
    if (again != NULL && app_secret_is_equal(secret, again))
        return g_steal_pointer(&secret);
    if (again != NULL)
        g_set_error_literal(error, APP_ERROR, APP_ERROR_USAGE,
                            "These were two different ones; nothing was changed.");
    return NULL;
}

static gboolean
send_key(GDBusConnection *vault,
         const AppSecret *present,
         const char *backend,
         const AppSecret *next,
         GCancellable *cancellable,
         GError **error)
{
    g_autoptr(GUnixFDList) fds = g_unix_fd_list_new();
    int first = app_secret_send(present, fds, error);
    int second = first >= 0 ? app_secret_send(next, fds, error) : -1;
    g_autoptr(GVariant) reply = NULL;

    if (second >= 0)
        reply =
            app_client_send_vault(vault, "SetKey", g_variant_new("(hsh)", first, backend, second),
                                  fds, NULL, cancellable, error);
    return reply != NULL;
}

static gboolean
run_set(const AppArguments *arguments,
        GDBusConnection *vault,
        GVariant *lock,
        AppOutput *output,
        GCancellable *cancellable,
        GError **error)
{
    const char *name = arguments->words->pdata[1];
    const Backend *backend = find_backend(name);
    g_autoptr(AppSecret) present = NULL;
    g_autoptr(AppSecret) next = NULL;

    present = get_present(arguments, lock, cancellable, error);
    if (present != NULL)
        next = backend->asks ? get_new(arguments, g_str_equal(name, "tpm-pin"), cancellable, error)
                             : app_secret_new();
    if (next == NULL || !send_key(vault, present, name, next, cancellable, error))
        return FALSE;
    g_string_append_printf(output->text, "The key of the history is kept by %s now.\n",
                           backend->what);
    if (backend->asks)
        g_string_append_printf(output->text, "Nobody can tell it to you when it is forgotten: %s\n",
                               app_dict_is_set(lock, "recovery")
                                   ? "the recovery key is the second way in."
                                   : "`deskhand key recovery` makes a second way in.");
    return TRUE;
}

static gboolean
run_recovery(const AppArguments *arguments,
             GDBusConnection *vault,
             GVariant *lock,
             AppOutput *output,
             GCancellable *cancellable,
             GError **error)
{
    g_autoptr(AppSecret) present = get_present(arguments, lock, cancellable, error);
    g_autoptr(GUnixFDList) fds = g_unix_fd_list_new();
    g_autoptr(GUnixFDList) answer = NULL;
    g_autoptr(AppSecret) recovery = NULL;
    g_autoptr(GVariant) reply = NULL;
    int handle = present != NULL ? app_secret_send(present, fds, error) : -1;

    if (handle >= 0)
        reply = app_client_send_vault(vault, "MakeRecovery", g_variant_new("(h)", handle), fds,
                                      &answer, cancellable, error);
    if (reply != NULL)
        recovery = app_secret_receive(answer, error);
    if (recovery == NULL)
        return FALSE;
    app_output_append_clean(output->text, app_secret_get_text(recovery), -1, FALSE);
    g_string_append(output->text,
                    "\nThis is the recovery key. It is shown this once: write it down and keep it "
                    "apart from this machine. One that was made before is of no use any more.\n");
    return TRUE;
}

static gboolean
check_words(const AppArguments *arguments, GError **error)
{
    const char *verb = arguments->words->pdata[0];
    const char *more = arguments->words->len == 2 ? arguments->words->pdata[1] : NULL;
    gboolean is_set = g_str_equal(verb, "set");

    if (!is_set && !g_str_equal(verb, "status") && !g_str_equal(verb, "recovery"))
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "`deskhand key` takes status, set or recovery, not “%s”.", verb);
    else if (is_set && (more == NULL || find_backend(more) == NULL))
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "`deskhand key set` needs the name of what is to keep the key; `deskhand key "
                    "--help` lists them.");
    else if (!is_set && more != NULL)
        g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                    "`deskhand key %s` does not know what to do with “%s”.", verb, more);
    else
        return TRUE;
    return FALSE;
}

static gboolean
run(const AppArguments *arguments, AppOutput *output, GCancellable *cancellable, GError **error)
{
    const char *verb = arguments->words->pdata[0];
    g_autoptr(GDBusConnection) vault = NULL;
    g_autoptr(GVariant) lock = NULL;

    if (!check_words(arguments, error))
        return FALSE;
    vault = app_client_connect_vault(cancellable, error);
    if (vault != NULL)
        lock = app_lock_ask(vault, cancellable, error);
    if (lock == NULL)
        return FALSE;
    if (g_str_equal(verb, "status"))
        return run_status(arguments, lock, output, error);
    if (g_str_equal(verb, "set"))
        return run_set(arguments, vault, lock, output, cancellable, error);
    return run_recovery(arguments, vault, lock, output, cancellable, error);
}

const AppCommand app_key_command = {
    .name = "key",
    .arguments = "status|set|recovery",
    .n_words_min = 1,
    .n_words_max = 2,
    .summary = "choose what keeps the key of the history",
    .description = "The history is encrypted. Its key is kept by something that can be changed at "
                   "any time, without writing the history anew. The words are:",
    .terms = terms,
    .takes_terms = TRUE,
    .options = options,
    .examples = examples,
    .run = run,
};
