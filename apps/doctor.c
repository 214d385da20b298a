/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/client.h"
#include "apps/command.h"
#include "apps/dict.h"
#include "apps/error.h"
#include "apps/json.h"
#include "apps/lock.h"
#include "apps/place.h"
#include "protocol/failure.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const AppOption options[] = {
    {"json", APP_VALUE_NONE, NULL, 0, "print one JSON document"},
    {NULL},
};

static const AppExample examples[] = {
    {"deskhand doctor", "everything, and how to mend it"},
    {NULL},
};

typedef enum { PART_OK, PART_WEAK, PART_BAD } PartState;

static const char *const state_names[] = {"ok", "weak", "bad"};

typedef struct {
    char *name;
    PartState state;
    char *detail; /* a sentence */
    char *mend;   /* a sentence, or empty */
} Part;

static void
free_part(void *data)
{
    Part *part = data;

    g_free(part->name);
    g_free(part->detail);
    g_free(part->mend);
    g_free(part);
}

static void
add_part(GPtrArray *parts, const char *name, PartState state, const char *detail, const char *mend)
{
    Part *part = g_new(Part, 1);

    *part = (Part){g_strdup(name), state, g_strdup(detail), g_strdup(mend)};
    g_ptr_array_add(parts, part);
}

static void
check_folder(GPtrArray *parts)
{
    g_autofree char *path = g_build_filename(g_get_user_runtime_dir(), "deskhand", NULL);
    g_autofree char *detail = NULL;
    struct stat status;

    if (g_getenv("XDG_RUNTIME_DIR") == NULL) {
        add_part(parts, "sockets", PART_WEAK, "XDG_RUNTIME_DIR is not set.",
                 "Log in through a session manager (pam_systemd), or set it to a folder of your "
                 "own with mode 0700.");
        return;
    }
    if (g_stat(path, &status) < 0) {
        detail = g_strdup_printf("%s is not there yet.", path);
        add_part(parts, "sockets", PART_WEAK, detail, "Start deskhand-vault: it makes it.");
        return;
    }
    detail = g_strdup_printf("%s has mode %04o.", path, status.st_mode & 07777);
    if (status.st_uid != geteuid() || (status.st_mode & 077) != 0)
        add_part(parts, "sockets", PART_BAD, detail,
                 "It must be yours alone: remove it and restart deskhand-vault.");
    else
        add_part(parts, "sockets", PART_OK, detail, "");
}

static void
check_session(GPtrArray *parts)
{
    const char *display = g_getenv("DISPLAY");
    g_autofree char *detail =
        g_strdup_printf("DISPLAY is %s.", display != NULL ? display : "not set");
    gboolean is_wayland = g_strcmp0(g_getenv("XDG_SESSION_TYPE"), "wayland") == 0;

    if (is_wayland)
        add_part(parts, "session", PART_BAD, "This is a Wayland session.",
                 "Choose an X11 (Xorg) session when you log in; Wayland shows programs only "
                 "their own windows.");
    else if (display == NULL || *display == '\0')
        add_part(parts, "session", PART_WEAK, detail, "Run this inside the desktop session.");
    else
        add_part(parts, "session", PART_OK, detail, "");
}

static void
check_bus(GPtrArray *parts)
{
    if (app_client_has_session_bus())
        add_part(parts, "bus", PART_OK, "There is a session bus.", "");
    else
        add_part(parts, "bus", PART_BAD, "There is no session bus here.",
                 "Run this inside the desktop session, or start that with dbus-run-session.");
}

static PartState
state_of(const char *name)
{
    if (g_str_equal(name, "ok"))
        return PART_OK;
    return g_str_equal(name, "weak") ? PART_WEAK : PART_BAD;
}

static void
add_agent_parts(GPtrArray *parts, GVariant *reply)
{
    g_autoptr(GVariant) array = g_variant_get_child_value(reply, 0);

    for (size_t i = 0; i < g_variant_n_children(array); i++) {
        g_autoptr(GVariant) part = g_variant_get_child_value(array, i);
        const char *name = "part", *state = "bad", *detail = "", *mend = "";
        g_autofree char *full_name = NULL;

        (void)g_variant_lookup(part, "name", "&s", &name);
        (void)g_variant_lookup(part, "state", "&s", &state);
        (void)g_variant_lookup(part, "detail", "&s", &detail);
        (void)g_variant_lookup(part, "mend", "&s", &mend);
        full_name = g_strconcat("agent's ", name, NULL);
        add_part(parts, full_name, state_of(state), detail, mend);
    }
}

/* Other errors have a sentence of their own. */
static void
add_silent_part(GPtrArray *parts, const char *name, const char *program, const GError *error)
{
    gboolean is_silent = g_error_matches(error, APP_ERROR, APP_ERROR_NOT_RUNNING);
    g_autofree char *detail = g_strdup_printf("%s is not running, or does not answer.", program);
    g_autofree char *restart = app_place_dup_restart(program);
    g_autofree char *mend = g_strdup_printf("Start it: %s", restart);

    add_part(parts, name, PART_BAD, is_silent ? detail : error->message, mend);
}

/* Why it could not start, where it said so. */
static void
add_silent_daemon(GPtrArray *parts,
                  const char *name,
                  const char *program,
                  const char *failure_name,
                  const GError *error)
{
    g_autofree char *failure = protocol_failure_read(failure_name);
    g_autofree char *restart = app_place_dup_restart(program);
    g_autofree char *mend =
        g_strdup_printf("%s could not start for this. Mend it, then: %s", program, restart);

    if (g_error_matches(error, APP_ERROR, APP_ERROR_NOT_RUNNING) && failure != NULL)
        add_part(parts, name, PART_BAD, failure, mend);
    else
        add_silent_part(parts, name, program, error);
}

/* Whether what the agent records is what is searched. */
static void
check_place(GPtrArray *parts, GCancellable *cancellable)
{
    g_autoptr(GVariant) reply = app_client_call_agent("GetStatus", NULL, cancellable, NULL);
    g_autoptr(GVariant) status = reply != NULL ? g_variant_get_child_value(reply, 0) : NULL;
    const char *path = status != NULL ? app_dict_get_text(status, "vault-path") : "";
    g_autofree char *detail = g_strdup_printf(
        "The agent writes to the vault of %s, and another one is asked: what it records now is "
        "not found.",
        path);

    if (*path != '\0' && !app_place_is_asked(path))
        add_part(parts, "agent's history", PART_BAD, detail,
                 "systemctl --user restart deskhand-agentd; and XDG_RUNTIME_DIR must be the same "
                 "for both.");
}

static void
check_agent(GPtrArray *parts, GCancellable *cancellable)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = app_client_call_agent("Check", NULL, cancellable, &error);

    if (reply == NULL) {
        add_silent_daemon(parts, "agent", "deskhand-agentd", PROTOCOL_FAILURE_AGENT, error);
        return;
    }
    add_part(parts, "agent", PART_OK, "deskhand-agentd answers on the session bus.", "");
    add_agent_parts(parts, reply);
    check_place(parts, cancellable);
}

/* What a part is like in each of its states. */
typedef struct {
    const char *part;
    const char *word; /* the state that the vault tells; "": any other */
    PartState state;
    const char *detail;
    const char *mend;
} Finding;

static const Finding findings[] = {
    {"limits", "locked", PART_WEAK,
     "What is over the quota or the age limit waits until the history is unlocked.",
     "deskhand unlock"},
    {"limits", "young", PART_WEAK,
     "The history is over its quota, and nothing is old enough to go; it records on.",
     "Choose a larger quota in vault.conf."},
    {"limits", "clock", PART_WEAK,
     "The clock is far ahead of what it was, so nothing goes by age until it stood so for a day.",
     "If it is wrong, set it right."},
    {"limits", "failed", PART_BAD,
     "The history is over its limits, but nothing can be forgotten; it records on.",
     "The log of deskhand-vault says why."},
    {"limits", "", PART_OK, "Quota and age limit are kept.", ""},

    /* whether an older copy of the history would be noticed */
    {"age", "old", PART_BAD,
     "The host was told of a newer history than the one that is here: an older copy was put back, "
     "or it was added to while the host could not be told.",
     "Find out who did that; then deskhand key set service begins anew."},
    {"age", "newest", PART_OK, "The host would notice an older copy that is put back.", ""},
    {"age", "", PART_WEAK,
     "An older copy of the history that is put back is not noticed: nothing outside of it "
     "remembers.",
     "Where the host has a key service: deskhand key set service."},

    /* it stands in the folder twice, and so does the key */
    {"keyring", "mended", PART_WEAK,
     "One of the two copies of the keyring, or of the key's file, was damaged or missing; it was "
     "written anew from the other.",
     "Check the disk. This is said until deskhand-vault starts again."},
    {"keyring", "single", PART_WEAK,
     "The keyring, or the key's file, stands there once only, because its second copy cannot be "
     "written.",
     "Make room on the disk of the history, and see the log of deskhand-vault."},
    {"keyring", "gone", PART_BAD,
     "The keyring is gone from the folder of the history: what was kept before cannot be read, and "
     "what is recorded now is protected by a new key file only.",
     "Put the files of the whole folder back from a backup, while deskhand-vault is stopped. Or "
     "choose what keeps the key from now on: deskhand key set passphrase, or deskhand key set "
     "key-file."},

    /* where the vault has the keys while it uses them */
    {"memory", "hidden", PART_OK,
     "The keys are in memory that neither other programs nor the swap get (memfd_secret).", ""},
    {"memory", "locked", PART_OK,
     "The keys are in locked memory, which is not swapped; this kernel gives no better one "
     "(memfd_secret).",
     ""},
    {"memory", "ordinary", PART_WEAK, "The keys may reach the swap.",
     "Raise LimitMEMLOCK of deskhand-vault.service to 2M, or use no swap."},
};

static void
add_finding(GPtrArray *parts, const char *part, const char *word)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(findings); i++) {
        const Finding *found = &findings[i];

        if (g_str_equal(found->part, part) &&
            (*found->word == '\0' || g_str_equal(found->word, word))) {
            add_part(parts, part, found->state, found->detail, found->mend);
            return;
        }
    }
}

/* Whether quota and age limit are kept. */
static void
add_limits_part(GPtrArray *parts, GVariant *statistics)
{
    const char *state = app_dict_get_text(statistics, "recycling");
    const char *error = app_dict_get_text(statistics, "limits-error");

    if (*error != '\0')
        add_part(parts, "limits", PART_BAD, error,
                 "Mend the file, see vault.conf(5), and then: systemctl --user restart "
                 "deskhand-vault");
    else if (*state != '\0')
        add_finding(parts, "limits", state);
}

static void
add_unreadable_part(GPtrArray *parts, GVariant *statistics)
{
    const char *why = "";
    g_autofree char *detail = NULL;
    uint32_t n = 0;

    (void)g_variant_lookup(statistics, "unreadable", "u", &n);
    (void)g_variant_lookup(statistics, "unreadable-why", "&s", &why);
    detail = g_strdup_printf("%u %s of the history cannot be read: %s", n,
                             n == 1 ? "week" : "weeks", why);
    if (n > 0)
        add_part(parts, "files", PART_BAD, detail,
                 "Give deskhand-vault its files back (owner and mode 0600), and check the disk.");
}

static void
add_read_only_part(GPtrArray *parts, GVariant *statistics)
{
    gboolean is_read_only = FALSE;

    (void)g_variant_lookup(statistics, "read-only", "b", &is_read_only);
    if (is_read_only)
        add_part(parts, "disk", PART_BAD,
                 "The disk of the history is read-only: nothing is recorded or forgotten; what is "
                 "there can be searched.",
                 "Make the disk writable: recording resumes by itself.");
}

/* What weeks of the history may suffer from. */
typedef struct {
    const char *key; /* of the statistics: how many; their names are in KEY-names */
    const char *part;
    const char *what;
    const char *why; /* a sentence after a space, or empty */
    const char *mend;
} WeekFault;

static const WeekFault week_faults[] = {
    {"missing", "files", "missing", "",
     "Put the file back from a backup, while deskhand-vault is stopped. To give it up forget that "
     "week from Monday to Sunday: its key is destroyed."},
    {"older", "weeks", "older than what was written last",
     " An older copy was put back, or the end of it (-wal) was taken away.",
     "Find out who did that, and put the newest copy back, while deskhand-vault is stopped. "
     "Without one it is used as it is, and said here until that week is forgotten."},
};

static void
add_week_fault_part(GPtrArray *parts, GVariant *statistics, const WeekFault *fault)
{
    g_autofree char *names_key = g_strconcat(fault->key, "-names", NULL);
    const char *names = "";
    g_autofree char *detail = NULL;
    uint32_t n = 0;

    (void)g_variant_lookup(statistics, fault->key, "u", &n);
    (void)g_variant_lookup(statistics, names_key, "&s", &names);
    detail = g_strdup_printf("%u %s of the history %s %s: %s.%s", n, n == 1 ? "week" : "weeks",
                             n == 1 ? "is" : "are", fault->what, names, fault->why);
    if (n > 0)
        add_part(parts, fault->part, PART_BAD, detail, fault->mend);
}

static void
add_receipts_part(GPtrArray *parts, GVariant *statistics)
{
    g_autofree char *detail = g_strdup_printf("Of what was forgotten before %s.",
                                              app_dict_get_text(statistics, "receipts-why"));

    if (app_dict_get_number(statistics, "receipts-lost") > 0)
        add_part(parts, "receipts", PART_WEAK, detail,
                 "Put the file receipts back from a backup, while deskhand-vault is stopped. "
                 "Without one this is said from now on; the others are listed as ever.");
}

static void
add_vault_part(GPtrArray *parts, GVariant *reply)
{
    g_autoptr(GVariant) statistics = g_variant_get_child_value(reply, 0);
    g_autofree char *detail = NULL;
    uint64_t n_scenes = 0;
    uint32_t n_damaged = 0;
    const char *names = "";

    (void)g_variant_lookup(statistics, "scenes", "t", &n_scenes);
    (void)g_variant_lookup(statistics, "damaged", "u", &n_damaged);
    detail = g_strdup_printf("deskhand-vault keeps %" G_GUINT64_FORMAT " %s.", n_scenes,
                             n_scenes == 1 ? "scene" : "scenes");
    add_part(parts, "vault", PART_OK, detail, "");
    add_unreadable_part(parts, statistics);
    for (unsigned i = 0; i < G_N_ELEMENTS(week_faults); i++)
        add_week_fault_part(parts, statistics, &week_faults[i]);
    add_receipts_part(parts, statistics);
    add_read_only_part(parts, statistics);
    add_limits_part(parts, statistics);
    if (n_damaged == 0)
        return;
    g_free(detail);
    (void)g_variant_lookup(statistics, "damaged-names", "&s", &names);
    detail = g_strdup_printf("%u %s damaged and set aside: %s.", n_damaged,
                             n_damaged == 1 ? "file of the history is" : "files of the history are",
                             names);
    add_part(parts, "history", PART_BAD, detail,
             "Check the disk, put the files back from a backup, or remove those that end in "
             ".damaged.");
}

/* Whether the vault has a user id of its own. */
static void
add_user_part(GPtrArray *parts)
{
    g_autofree char *mend =
        g_strdup_printf("As root: systemctl enable --now deskhand-vault-append@%u.socket "
                        "deskhand-vault-recall@%u.socket; it begins a new history.",
                        (unsigned)geteuid(), (unsigned)geteuid());

    if (!app_place_has_own_user())
        add_part(
            parts, "user", PART_WEAK,
            "The vault runs as you: any program of yours can stop it, stand in for it when you "
            "type the passphrase, and copy what it sealed.",
            mend);
    else
        add_part(parts, "user", PART_OK, "The vault has a user id of its own.", "");
}

/* It was not taken over by the vault with a user id of its own. */
static void
add_older_part(GPtrArray *parts)
{
    g_autofree char *path = app_place_find_older_history();
    g_autofree char *detail = g_strdup_printf(
        "%s has the older history of the vault that ran as you, with what opens it. It is not "
        "searched, `deskhand forget` does not reach it, and any program of yours can read it.",
        path);
    g_autofree char *mend = g_strdup_printf(
        "To be rid of it: systemctl --user disable --now deskhand-vault-append.socket "
        "deskhand-vault-recall.socket deskhand-vault.service; rm -r '%s'",
        path);

    if (path != NULL)
        add_part(parts, "older history", PART_WEAK, detail, mend);
}

/* A key that asks nobody, and is not to be had. */
static void
add_away_part(GPtrArray *parts, GVariant *lock, gboolean is_file)
{
    const char *why = app_dict_get_text(lock, "why");
    g_autofree char *detail = g_strdup_printf(
        "What keeps the key does not give it out, so nothing can be read; recording goes on%s%s",
        *why != '\0' ? ": " : ".", why);

    if (!is_file)
        add_part(parts, "history", PART_BAD, detail,
                 "Mend the TPM or the host's key service, or use the recovery key: deskhand "
                 "unlock. The log of deskhand-vault says more.");
    else if (app_dict_is_set(lock, "recovery"))
        add_part(parts, "history", PART_BAD, detail,
                 "Use the recovery key: deskhand unlock. Or put the file back from a backup.");
    else
        add_part(parts, "history", PART_BAD, detail,
                 "Put the file back from a backup. If there is none, nothing opens this history "
                 "any more: stop deskhand-vault, move the folder away, and it begins a new one.");
}

static void
add_key_part(GPtrArray *parts, GVariant *lock)
{
    const char *backend = app_dict_get_text(lock, "backend");
    gboolean is_file = g_str_equal(backend, "key-file");
    gboolean is_away =
        !app_key_asks(backend) && !g_str_equal(app_dict_get_text(lock, "state"), "open");
    unsigned n_wrong = app_dict_get_number(lock, "wrong");
    g_autofree char *tries = g_strdup_printf(
        "%u wrong secrets were tried since the history was last unlocked.", n_wrong);

    add_part(parts, "key", app_key_asks(backend) ? PART_OK : PART_WEAK, app_key_describe(backend),
             app_key_asks(backend)
                 ? ""
                 : "deskhand key set passphrase makes it ask before anything is read.");
    if (is_away)
        add_away_part(parts, lock, is_file);
    add_user_part(parts);
    add_older_part(parts);
    add_finding(parts, "age", app_dict_get_text(lock, "age"));
    add_finding(parts, "keyring", app_dict_get_text(lock, "copies"));
    if (!is_file && !app_dict_is_set(lock, "recovery"))
        add_part(parts, "recovery", PART_WEAK,
                 "There is no recovery key: when the passphrase is forgotten or what keeps the key "
                 "breaks, the history is lost.",
                 "deskhand key recovery makes one.");
    if (n_wrong > 0)
        add_part(parts, "tries", PART_WEAK, tries,
                 "If that was not you, some program guesses: look for it, and choose another "
                 "passphrase with deskhand key set passphrase.");
    add_finding(parts, "memory", app_dict_get_text(lock, "memory"));
}

static void
check_vault(GPtrArray *parts, GCancellable *cancellable)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) vault = app_client_connect_vault(cancellable, &error);
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) lock = NULL;

    if (vault != NULL)
        reply = app_client_call_vault(vault, "GetStatistics", NULL, NULL, cancellable, &error);
    if (reply != NULL)
        lock = app_lock_ask(vault, cancellable, &error);
    if (reply != NULL)
        add_vault_part(parts, reply);
    if (lock != NULL)
        add_key_part(parts, lock);
    else
        add_silent_daemon(parts, "vault", "deskhand-vault", PROTOCOL_FAILURE_VAULT, error);
}

static void
write_json(const GPtrArray *parts, GString *out)
{
    AppJson json;

    app_json_init(&json, out);
    app_json_begin_object(&json);
    app_json_key(&json, "parts");
    app_json_begin_array(&json);
    for (unsigned i = 0; i < parts->len; i++) {
        const Part *part = parts->pdata[i];
        const char *const fields[][2] = {{"name", part->name},
                                         {"state", state_names[part->state]},
                                         {"detail", part->detail},
                                         {"mend", part->mend}};

        app_json_begin_object(&json);
        for (unsigned j = 0; j < G_N_ELEMENTS(fields); j++) {
            app_json_key(&json, fields[j][0]);
            app_json_string(&json, fields[j][1]);
        }
        app_json_end_object(&json);
    }
    app_json_end_array(&json);
    app_json_end_object(&json);
    g_string_append_c(out, '\n');
}

static void
write_text(const GPtrArray *parts, GString *out)
{
    for (unsigned i = 0; i < parts->len; i++) {
        const Part *part = parts->pdata[i];

        g_string_append_printf(out, "%-5s ", state_names[part->state]);
        app_output_append_clean(out, part->name, -1, FALSE);
        g_string_append(out, ": ");
        app_output_append_clean(out, part->detail, -1, FALSE);
        if (*part->mend != '\0') {
            g_string_append(out, "\n      ");
            app_output_append_clean(out, part->mend, -1, FALSE);
        }
        g_string_append_c(out, '\n');
    }
}

static unsigned
count_bad(const GPtrArray *parts)
{
    unsigned n = 0;

    for (unsigned i = 0; i < parts->len; i++)
        n += ((const Part *)parts->pdata[i])->state == PART_BAD;
    return n;
}

static gboolean
run(const AppArguments *arguments, AppOutput *output, GCancellable *cancellable, GError **error)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(free_part);
    unsigned n_bad;

    check_session(parts);
    check_bus(parts);
    check_folder(parts);
    check_vault(parts, cancellable);
    check_agent(parts, cancellable);
    if (g_cancellable_set_error_if_cancelled(cancellable, error))
        return FALSE;
    if (app_arguments_get(arguments, "json") != NULL)
        write_json(parts, output->text);
    else
        write_text(parts, output->text);
    n_bad = count_bad(parts);
    if (n_bad > 0)
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "%u of %u parts %s not work.", n_bad,
                    parts->len, n_bad == 1 ? "does" : "do");
    return n_bad == 0;
}

const AppCommand app_doctor_command = {
    .name = "doctor",
    .arguments = "",
    .summary = "check every part, and say how to mend it",
    .description = "Each part is ok, weak (it works, not as well as it could) or bad. The exit "
                   "code is 1 when one is bad.",
    .options = options,
    .examples = examples,
    .run = run,
};
