/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/client.h"
#include "apps/command.h"
#include "apps/error.h"
#include "apps/json.h"
#include "apps/lock.h"
#include "apps/place.h"
#include "apps/when.h"
#include "protocol/failure.h"

static const AppOption options[] = {
    {"json", APP_VALUE_NONE, NULL, 0, "print one JSON document"},
    {NULL},
};

static const AppExample examples[] = {
    {"deskhand status", "is it recording, how much is kept"},
    {"deskhand status --json", "for a script"},
    {NULL},
};

/* Each half is NULL when its daemon did not answer, with the reason in its error. */
typedef struct {
    GVariant *agent;
    GVariant *vault;
    GVariant *lock;      /* of the vault */
    char *agent_failure; /* with which the agent could not start, or NULL */
    GError *agent_error;
    GError *vault_error;
} Status;

static void
clear_status(Status *self)
{
    g_clear_pointer(&self->agent, g_variant_unref);
    g_clear_pointer(&self->vault, g_variant_unref);
    g_clear_pointer(&self->lock, g_variant_unref);
    g_clear_pointer(&self->agent_failure, g_free);
    g_clear_error(&self->agent_error);
    g_clear_error(&self->vault_error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Status, clear_status)

static GVariant *
ask_agent(GCancellable *cancellable, GError **error)
{
    g_autoptr(GVariant) reply = app_client_call_agent("GetStatus", NULL, cancellable, error);

    return reply != NULL ? g_variant_get_child_value(reply, 0) : NULL;
}

static GVariant *
ask_vault(GVariant **out_lock, GCancellable *cancellable, GError **error)
{
    g_autoptr(GDBusConnection) vault = app_client_connect_vault(cancellable, error);
    g_autoptr(GVariant) reply = NULL;

    if (vault != NULL)
        reply = app_client_call_vault(vault, "GetStatistics", NULL, NULL, cancellable, error);
    if (reply != NULL)
        *out_lock = app_lock_ask(vault, cancellable, NULL);
    return reply != NULL ? g_variant_get_child_value(reply, 0) : NULL;
}

static gboolean
lookup_boolean(GVariant *half, const char *key)
{
    gboolean value = FALSE;

    if (half != NULL)
        (void)g_variant_lookup(half, key, "b", &value);
    return value;
}

/* Whatever width the daemon sends it in. Returns: -1 when it is not known */
static int64_t
lookup_number(GVariant *half, const char *key)
{
    g_autoptr(GVariant) value = half != NULL ? g_variant_lookup_value(half, key, NULL) : NULL;

    if (value == NULL)
        return -1;
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_INT64))
        return g_variant_get_int64(value);
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT64))
        return (int64_t)MIN(g_variant_get_uint64(value), (uint64_t)INT64_MAX);
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
        return g_variant_get_uint32(value);
    return -1;
}

static const char *
lookup_text(GVariant *half, const char *key)
{
    const char *text = "";

    if (half != NULL)
        (void)g_variant_lookup(half, key, "&s", &text);
    return text;
}

static const char *
get_reason(const Status *self)
{
    if (self->agent != NULL)
        return lookup_text(self->agent, "reason");
    if (self->agent_failure != NULL)
        return self->agent_failure;
    return "not known: deskhand-agentd is not running, or the session bus is gone";
}

static gboolean
is_other_vault(const Status *self)
{
    const char *path = lookup_text(self->agent, "vault-path");

    return *path != '\0' && !app_place_is_asked(path);
}

static void
write_number(AppJson *json, GVariant *half, const char *key, const char *name, int64_t divisor)
{
    int64_t value = lookup_number(half, name);

    app_json_key(json, key);
    if (value < 0)
        app_json_string(json, NULL);
    else
        app_json_integer(json, value / divisor);
}

/* 0 stands for no time. */
static void
write_time(AppJson *json, GVariant *half, const char *key, const char *name)
{
    int64_t at_us = lookup_number(half, name);
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    g_autofree char *time = at_us > 0 ? app_when_format_rfc3339(at_us, zone) : NULL;

    app_json_key(json, key);
    app_json_string(json, time);
}

/* 0 stands for no limit. */
static void
write_limit(AppJson *json, GVariant *half, const char *key, const char *name, int64_t divisor)
{
    int64_t value = lookup_number(half, name);

    app_json_key(json, key);
    if (value <= 0)
        app_json_string(json, NULL);
    else
        app_json_integer(json, value / divisor);
}

static const char *
get_text_or_null(GVariant *half, const char *name)
{
    const char *text = lookup_text(half, name);

    return *text != '\0' ? text : NULL;
}

static void
write_json(const Status *self, GString *out)
{
    AppJson json;

    app_json_init(&json, out);
    app_json_begin_object(&json);
    app_json_key(&json, "recording");
    app_json_boolean(&json, lookup_boolean(self->agent, "recording"));
    app_json_key(&json, "reason");
    app_json_string(&json, get_reason(self));
    write_time(&json, self->agent, "paused_until", "paused-until");
    write_number(&json, self->agent, "lag_ms", "lag-us", 1000);
    write_number(&json, self->agent, "backlog", "backlog", 1);
    write_number(&json, self->agent, "dropped", "dropped", 1);
    write_number(&json, self->agent, "refused", "refused", 1);
    app_json_key(&json, "pixels_error");
    app_json_string(&json, get_text_or_null(self->agent, "pixels-error"));
    app_json_key(&json, "display");
    app_json_string(&json, self->agent != NULL ? lookup_text(self->agent, "display") : NULL);
    app_json_key(&json, "vault_connected");
    app_json_boolean(&json, lookup_boolean(self->agent, "vault-connected"));
    app_json_key(&json, "vault_is_other");
    app_json_boolean(&json, is_other_vault(self));
    write_number(&json, self->vault, "scenes", "scenes", 1);
    write_number(&json, self->vault, "bytes", "bytes", 1);
    write_time(&json, self->vault, "oldest", "oldest");
    write_number(&json, self->vault, "segments", "segments", 1);
    write_number(&json, self->vault, "damaged", "damaged", 1);
    write_number(&json, self->vault, "unreadable", "unreadable", 1);
    write_number(&json, self->vault, "missing", "missing", 1);
    write_number(&json, self->vault, "older", "older", 1);
    write_number(&json, self->vault, "receipts_lost", "receipts-lost", 1);
    app_json_key(&json, "read_only");
    app_json_boolean(&json, lookup_boolean(self->vault, "read-only"));
    write_limit(&json, self->vault, "quota", "quota", 1);
    write_limit(&json, self->vault, "age_limit_s", "age", G_USEC_PER_SEC);
    app_json_key(&json, "recycling");
    app_json_string(&json, get_text_or_null(self->vault, "recycling"));
    app_json_key(&json, "limits_error");
    app_json_string(&json, get_text_or_null(self->vault, "limits-error"));
    app_json_key(&json, "lock");
    app_json_string(&json, self->lock != NULL ? lookup_text(self->lock, "state") : NULL);
    write_time(&json, self->lock, "unlocked_until", "until");
    write_number(&json, self->lock, "wrong_tries", "wrong", 1);
    app_json_key(&json, "keyring_copies");
    app_json_string(&json, get_text_or_null(self->lock, "copies"));
    app_json_end_object(&json);
    g_string_append_c(out, '\n');
}

static void
append_recording(const Status *self, GString *out)
{
    gboolean is_recording = lookup_boolean(self->agent, "recording");
    const char *display = lookup_text(self->agent, "display");
    const char *reason = get_reason(self);
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    int64_t until_us = lookup_number(self->agent, "paused-until");
    g_autofree char *until = app_when_format_precise(until_us, now);

    g_string_append_printf(out, "Recording  %s", is_recording ? "yes" : "no");
    if (is_recording && *display != '\0') {
        g_string_append(out, ", display ");
        app_output_append_clean(out, display, -1, FALSE);
    }
    if (*reason != '\0') {
        g_string_append(out, ": ");
        app_output_append_clean(out, reason, -1, FALSE);
    }
    if (until_us > 0)
        g_string_append_printf(out, ", until %s", until);
    g_string_append_c(out, '\n');
}

static void
append_agent(const Status *self, GString *out)
{
    int64_t lag_us = lookup_number(self->agent, "lag-us");
    int64_t waiting = MAX(lookup_number(self->agent, "backlog"), 0);
    int64_t dropped = lookup_number(self->agent, "dropped");
    int64_t refused = lookup_number(self->agent, "refused");
    const char *pixels_error = lookup_text(self->agent, "pixels-error");
    g_autofree char *lag = app_when_format_duration(MAX(lag_us, 0));

    if (self->agent == NULL)
        return;
    if (*pixels_error != '\0') {
        g_string_append(out, "Pixels     are not read: ");
        app_output_append_clean(out, pixels_error, -1, FALSE);
        g_string_append_c(out, '\n');
    }
    g_string_append_printf(out, "Behind     %s, %" G_GINT64_FORMAT " %s for the vault\n", lag,
                           waiting, waiting == 1 ? "scene waits" : "scenes wait");
    if (refused > 0)
        g_string_append_printf(
            out, "Left out   %" G_GINT64_FORMAT " %s by a rule since the start: `deskhand why`\n",
            refused, refused == 1 ? "time" : "times");
    if (dropped > 0)
        g_string_append_printf(out, "Lost       %" G_GINT64_FORMAT " %s since the start\n", dropped,
                               dropped == 1 ? "scene" : "scenes");
}

/* Of the vault that the agent writes to. */
static void
append_link(const Status *self, GString *out)
{
    if (self->agent == NULL)
        return;
    if (!lookup_boolean(self->agent, "vault-connected"))
        g_string_append(out, "Vault      is not connected: what is seen waits for it\n");
    if (is_other_vault(self))
        g_string_append(out, "Vault      the agent writes to another one than is asked here, so "
                             "what it records\n           is not found: `deskhand doctor`\n");
}

/* What does not go although it is over a limit, and what to do about it. */
static void
append_recycling(const Status *self, GString *out)
{
    const char *state = lookup_text(self->vault, "recycling");
    const char *error = lookup_text(self->vault, "limits-error");

    if (g_str_equal(state, "locked"))
        g_string_append(out, "Waiting    what is over the limits can go when the history is "
                             "unlocked: `deskhand unlock`\n");
    else if (g_str_equal(state, "young"))
        g_string_append(out, "Over       the quota, and nothing is old enough to go; it records "
                             "on: choose a larger one\n");
    else if (g_str_equal(state, "clock"))
        g_string_append(out, "Clock      is far ahead of what it was: nothing goes by age until it "
                             "stood so for a day\n");
    else if (g_str_equal(state, "failed"))
        g_string_append(out, "Over       the limits, but nothing can be forgotten; it records on: "
                             "the log of deskhand-vault says why\n");
    if (*error == '\0')
        return;
    g_string_append(out, "Limits     are not in force: ");
    app_output_append_clean(out, error, -1, FALSE);
    g_string_append_c(out, '\n');
}

/* "96.2 MB of 20.0 GB" */
static void
append_size(const Status *self, GString *out)
{
    int64_t quota = lookup_number(self->vault, "quota");
    g_autofree char *size = g_format_size((uint64_t)MAX(lookup_number(self->vault, "bytes"), 0));
    g_autofree char *whole = g_format_size((uint64_t)MAX(quota, 0));

    g_string_append(out, size);
    if (quota > 0)
        g_string_append_printf(out, " of %s", whole);
}

static void
append_age_limit(const Status *self, GString *out)
{
    int64_t days = lookup_number(self->vault, "age") / G_TIME_SPAN_DAY;

    if (days > 0)
        g_string_append_printf(out, ", at most %" G_GINT64_FORMAT " day%s", days,
                               days == 1 ? "" : "s");
}

static void
append_vault(const Status *self, GString *out)
{
    int64_t scenes = MAX(lookup_number(self->vault, "scenes"), 0);
    int64_t oldest_us = lookup_number(self->vault, "oldest");
    int64_t damaged = lookup_number(self->vault, "damaged");
    int64_t unreadable = lookup_number(self->vault, "unreadable");
    int64_t missing = lookup_number(self->vault, "missing");
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *oldest = app_when_format_short(oldest_us, now);

    if (self->vault == NULL)
        return;
    g_string_append_printf(out, "Kept       %" G_GINT64_FORMAT " %s, ", scenes,
                           scenes == 1 ? "scene" : "scenes");
    append_size(self, out);
    if (oldest_us > 0)
        g_string_append_printf(out, ", since %s", oldest);
    append_age_limit(self, out);
    g_string_append_c(out, '\n');
    if (damaged > 0)
        g_string_append_printf(out, "Damaged    %" G_GINT64_FORMAT " %s, set aside\n", damaged,
                               damaged == 1 ? "file" : "files");
    if (unreadable > 0) {
        g_string_append_printf(out,
                               "Unreadable %" G_GINT64_FORMAT " %s, not counted here: ", unreadable,
                               unreadable == 1 ? "week" : "weeks");
        app_output_append_clean(out, lookup_text(self->vault, "unreadable-why"), -1, FALSE);
        g_string_append_c(out, '\n');
    }
    if (lookup_boolean(self->vault, "read-only"))
        g_string_append(out, "Read-only  the disk of the history: nothing is recorded or forgotten "
                             "until it can be written\n");
    if (lookup_number(self->vault, "receipts-lost") > 0)
        g_string_append_printf(out, "Forgotten  %s\n", lookup_text(self->vault, "receipts-why"));
    if (missing > 0)
        g_string_append_printf(out, "Missing    %s\n", lookup_text(self->vault, "missing-names"));
    if (lookup_number(self->vault, "older") > 0)
        g_string_append_printf(out,
                               "Older      %s, than what was written last: `deskhand doctor`\n",
                               lookup_text(self->vault, "older-names"));
    append_recycling(self, out);
}

static void
append_locked(const Status *self, GString *out)
{
    const char *why = lookup_text(self->lock, "why");

    g_string_append(out, "Locked     ");
    if (*why != '\0') {
        app_output_append_clean(out, why, -1, FALSE);
        g_string_append(out, "; the recovery key opens it: `deskhand unlock`\n");
    } else {
        g_string_append(out, "`deskhand unlock` opens the history\n");
    }
}

static void
append_lock(const Status *self, GString *out)
{
    const char *state = lookup_text(self->lock, "state");
    const char *copies = lookup_text(self->lock, "copies");
    int64_t n_wrong = lookup_number(self->lock, "wrong");

    if (self->lock == NULL)
        return;
    if (g_str_equal(state, "unlocked")) {
        g_string_append(out, "Unlocked   ");
        app_lock_append_unlock(self->lock, out);
        g_string_append_c(out, '\n');
    } else if (g_str_equal(state, "locked")) {
        append_locked(self, out);
    }
    if (g_str_equal(copies, "mended"))
        g_string_append(out, "Keyring    one copy of it or of the key was damaged and was written "
                             "anew\n");
    else if (g_str_equal(copies, "single"))
        g_string_append(out, "Keyring    its second copy, or the key's, cannot be written\n");
    else if (g_str_equal(copies, "gone"))
        g_string_append(out,
                        "Keyring    it is gone: what was kept before cannot be read, and a key "
                        "file alone\n           protects what is recorded now\n");
    if (n_wrong > 0)
        g_string_append_printf(
            out, "Wrong      %" G_GINT64_FORMAT " secrets were tried since the last right one\n",
            n_wrong);
}

static void
write_text(const Status *self, GString *out)
{
    append_recording(self, out);
    append_agent(self, out);
    append_link(self, out);
    append_vault(self, out);
    append_lock(self, out);
}

/* What is known is printed in any case; the error says what is missing. */
static gboolean
run(const AppArguments *arguments, AppOutput *output, GCancellable *cancellable, GError **error)
{
    g_auto(Status) self = {0};

    self.agent = ask_agent(cancellable, &self.agent_error);
    if (g_error_matches(self.agent_error, APP_ERROR, APP_ERROR_NOT_RUNNING))
        self.agent_failure = protocol_failure_read(PROTOCOL_FAILURE_AGENT);
    self.vault = ask_vault(&self.lock, cancellable, &self.vault_error);
    if (g_cancellable_set_error_if_cancelled(cancellable, error))
        return FALSE;
    if (app_arguments_get(arguments, "json") != NULL)
        write_json(&self, output->text);
    else
        write_text(&self, output->text);
    if (self.agent == NULL)
        g_propagate_error(error, g_steal_pointer(&self.agent_error));
    else if (self.vault == NULL)
        g_propagate_error(error, g_steal_pointer(&self.vault_error));
    return self.agent != NULL && self.vault != NULL;
}

const AppCommand app_status_command = {
    .name = "status",
    .arguments = "",
    .summary = "say whether it is recording, and how much is kept",
    .description = "Asks the agent of this session and the vault. Of how much is kept it says the "
                   "quota, and of the limits of vault.conf(5) whether something waits. When one of "
                   "them is not there, the rest is printed and the exit code is 5.\n\n"
                   "Left out (with --json: refused) are the times that a rule kept a window, or a "
                   "place in one such as a password field or a key, out of the history since the "
                   "agent started. What stays on the screen counts once; deskhand-why(1) lists it.",
    .options = options,
    .examples = examples,
    .run = run,
};
