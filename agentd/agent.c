/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "agentd/agent.h"

#include "recall/watch/recorder.h"

#include <sys/stat.h>
#include <unistd.h>

#define FLUSH_MS 2000
#define FORGET_POLL_MS 10
#define SOCKET_FOLDER "/tmp/.X11-unix"

struct AgentdAgent {
    char *display; /* NULL: whichever of ours there is */
    char *reader_path;
    char *vault_path;
    char *config_path;
    RecallSense *sense; /* NULL while there is no display */
    RecallRecorder *recorder;
    RecallWatchParts parts;
    GError *why_no_display;
    GError *why_no_pixels; /* could not be read at the last try */
    unsigned retry_source;
    unsigned retry_ms;
    unsigned lost_source;
    gboolean is_paused;
    int64_t paused_until_us; /* wall clock, 0 when not timed */
    unsigned resume_source;
    GPtrArray *forgettings; /* of Forgetting, that wait until nothing is on its way */
    unsigned forget_source;
    void (*on_refused)(const GError *error, void *user_data);
    void *user_data;
};

typedef struct {
    AgentdForgetFunc on_done;
    void *user_data;
    int64_t deadline_us; /* monotonic */
    RecallBacklogSpan span;
    gboolean is_dropped; /* what was in hand */
    unsigned n_lost;
} Forgetting;

static void retry_later(AgentdAgent *self);

/* --- the display --- */

static void
on_moment(const RecallMoment *moment, void *user_data)
{
    AgentdAgent *self = user_data;

    recall_recorder_observe(self->recorder, moment, self->sense);
}

static gboolean
drop_display(void *user_data)
{
    AgentdAgent *self = user_data;

    self->lost_source = 0;
    recall_recorder_reset(self->recorder);
    g_clear_pointer(&self->sense, recall_sense_free);
    retry_later(self);
    return G_SOURCE_REMOVE;
}

static void
on_lost(const GError *error, void *user_data)
{
    AgentdAgent *self = user_data;

    g_message("The display is gone: %s", error->message);
    g_clear_error(&self->why_no_display);
    self->why_no_display = g_error_copy(error);
    if (self->lost_source == 0)
        self->lost_source = g_idle_add(drop_display, self);
}

static RecallSense *
try_display(AgentdAgent *self, const char *display, GError **error)
{
    static const RecallSenseEvents events = {on_moment, on_lost};

    return recall_sense_new(display, &events, self, error);
}

static gboolean
is_own_socket(const char *name)
{
    g_autofree char *path = g_build_filename(SOCKET_FOLDER, name, NULL);
    struct stat status;

    return *name == 'X' && g_ascii_isdigit(name[1]) && lstat(path, &status) == 0 &&
           S_ISSOCK(status.st_mode) && status.st_uid == getuid();
}

/* Started without $DISPLAY, from a service manager: a desktop of this user, if there is one. */
static RecallSense *
try_own_displays(AgentdAgent *self, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(SOCKET_FOLDER, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *display = g_strdup_printf(":%s", name + 1);
        RecallSense *sense = is_own_socket(name) ? try_display(self, display, NULL) : NULL;

        if (sense != NULL)
            return sense;
    }
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED,
                        "no desktop of this user is running and DISPLAY is not set");
    return NULL;
}

static void
find_display(AgentdAgent *self)
{
    g_autoptr(GError) error = NULL;

    self->sense = self->display != NULL ? try_display(self, self->display, &error)
                                        : try_own_displays(self, &error);
    if (self->sense != NULL) {
        g_clear_error(&self->why_no_display);
        self->retry_ms = AGENTD_RETRY_MIN_MS;
        recall_sense_set_paused(self->sense, self->is_paused);
    } else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_BUSY)) {
        self->on_refused(error, self->user_data);
    } else {
        if (self->why_no_display == NULL)
            g_message("Waiting for a display: %s", error->message);
        g_clear_error(&self->why_no_display);
        self->why_no_display = g_steal_pointer(&error);
        retry_later(self);
    }
}

static gboolean
on_retry(void *user_data)
{
    AgentdAgent *self = user_data;

    self->retry_source = 0;
    find_display(self);
    return G_SOURCE_REMOVE;
}

static void
retry_later(AgentdAgent *self)
{
    if (self->retry_source == 0)
        self->retry_source = g_timeout_add(self->retry_ms, on_retry, self);
    self->retry_ms = MIN(self->retry_ms * 2, AGENTD_RETRY_MAX_MS);
}

/* --- composition --- */

/* Told once for each reason, not for each window. */
static void
on_read(const GError *error, void *user_data)
{
    AgentdAgent *self = user_data;
    gboolean is_new = error != NULL && (self->why_no_pixels == NULL ||
                                        !g_str_equal(self->why_no_pixels->message, error->message));

    if (is_new)
        g_warning("Pixels are not read: %s", error->message);
    g_clear_error(&self->why_no_pixels);
    self->why_no_pixels = error != NULL ? g_error_copy(error) : NULL;
}

static void
on_vault_moved(void *user_data)
{
    recall_recorder_store_again(((AgentdAgent *)user_data)->recorder);
}

AgentdAgent *
agentd_agent_new(AgentdConfig *config,
                 const char *display,
                 const char *libexec_path,
                 void (*on_refused)(const GError *error, void *user_data),
                 void *user_data)
{
    AgentdAgent *self = g_new0(AgentdAgent, 1);
    RecallOcrOptions ocr_options;

    self->display = g_strdup(display ? display : g_getenv("DISPLAY"));
    self->reader_path = g_build_filename(libexec_path, "deskhand-reader", NULL);
    self->vault_path = g_build_filename(libexec_path, "deskhand-vault", NULL);
    self->config_path = g_strdup(config->path);
    self->on_refused = on_refused;
    self->user_data = user_data;
    self->retry_ms = AGENTD_RETRY_MIN_MS;
    ocr_options = (RecallOcrOptions){self->reader_path, config->languages, config->data_path};
    self->parts.a11y = recall_a11y_new();
    self->parts.ocr = recall_ocr_new(&ocr_options);
    self->parts.store = recall_store_new(self->vault_path, on_vault_moved, self);
    self->parts.encoder = base_worker_new("encoder");
    self->parts.blinds = recall_blinds_new(g_steal_pointer(&config->never));
    self->parts.on_read = on_read;
    self->parts.user_data = self;
    self->recorder = recall_recorder_new(&self->parts);
    self->forgettings = g_ptr_array_new_with_free_func(g_free);
    self->retry_source = g_idle_add(on_retry, self);
    return self;
}

static void
drop_in_hand(AgentdAgent *self, Forgetting *item)
{
    recall_recorder_reset(self->recorder);
    recall_ocr_forget(self->parts.ocr);
    item->n_lost = recall_store_forget(self->parts.store, &item->span);
    item->is_dropped = TRUE;
}

/* Those whose deadline is before @now_us, or all when nothing is on its way. */
static void
end_forgettings(AgentdAgent *self, int64_t now_us)
{
    for (unsigned i = self->forgettings->len; i > 0; i--) {
        Forgetting *item = self->forgettings->pdata[i - 1];
        gboolean is_over = item->deadline_us <= now_us;
        gboolean is_clear;

        if (!item->is_dropped &&
            (is_over || !recall_store_may_send(self->parts.store, &item->span)))
            drop_in_hand(self, item);
        is_clear = item->is_dropped && !recall_store_is_sending(self->parts.store);
        if (!is_clear && !is_over)
            continue;
        item->on_done(is_clear, item->n_lost, item->user_data);
        g_ptr_array_remove_index(self->forgettings, i - 1);
    }
}

static gboolean
on_forget_poll(void *user_data)
{
    AgentdAgent *self = user_data;

    end_forgettings(self, g_get_monotonic_time());
    if (self->forgettings->len > 0)
        return G_SOURCE_CONTINUE;
    self->forget_source = 0;
    return G_SOURCE_REMOVE;
}

static int64_t
deadline_after(int64_t max_ms)
{
    return g_get_monotonic_time() + max_ms * 1000;
}

static void
await_sending(AgentdAgent *self, Forgetting item)
{
    g_ptr_array_add(self->forgettings, g_memdup2(&item, sizeof item));
    if (self->forget_source == 0)
        self->forget_source = g_timeout_add(FORGET_POLL_MS, on_forget_poll, self);
}

void
agentd_agent_forget(AgentdAgent *self,
                    const RecallBacklogSpan *span,
                    AgentdForgetFunc on_done,
                    void *user_data)
{
    Forgetting item = {.on_done = on_done,
                       .user_data = user_data,
                       .deadline_us = deadline_after(AGENTD_FORGET_MAX_MS),
                       .span = *span};

    if (span->is_in_part)
        recall_store_hurry(self->parts.store);
    else
        drop_in_hand(self, &item);
    await_sending(self, item);
}

void
agentd_agent_tell_ends(AgentdAgent *self, AgentdForgetFunc on_done, void *user_data)
{
    recall_recorder_tell_ends(self->recorder, g_get_real_time());
    recall_store_hurry(self->parts.store);
    if (recall_store_is_sending(self->parts.store))
        await_sending(self, (Forgetting){.on_done = on_done,
                                         .user_data = user_data,
                                         .deadline_us = deadline_after(AGENTD_TELL_MAX_MS),
                                         .is_dropped = TRUE});
    else
        on_done(TRUE, 0, user_data);
}

void
agentd_agent_look_again(AgentdAgent *self)
{
    recall_recorder_reset(self->recorder);
    if (self->sense != NULL)
        recall_sense_look_again(self->sense);
}

static gboolean
on_flush_deadline(void *user_data)
{
    return G_SOURCE_CONTINUE; /* it only wakes the loop */
}

/* What the encoder has in hand is stored: its jobs end on this thread's context. */
static void
finish_encoding(AgentdAgent *self)
{
    int64_t deadline_us = g_get_monotonic_time() + FLUSH_MS * 1000;
    unsigned deadline_source = g_timeout_add(FLUSH_MS, on_flush_deadline, NULL);

    while (base_worker_n_jobs(self->parts.encoder) > 0 && g_get_monotonic_time() < deadline_us)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(deadline_source);
    while (g_main_context_iteration(NULL, FALSE) && g_get_monotonic_time() < deadline_us) {
    }
}

void
agentd_agent_free(AgentdAgent *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->retry_source, g_source_remove);
    g_clear_handle_id(&self->lost_source, g_source_remove);
    g_clear_handle_id(&self->resume_source, g_source_remove);
    g_clear_handle_id(&self->forget_source, g_source_remove);
    end_forgettings(self, G_MAXINT64);
    g_ptr_array_unref(self->forgettings);
    recall_recorder_free(self->recorder);
    recall_sense_free(self->sense);
    finish_encoding(self);
    recall_store_flush(self->parts.store, FLUSH_MS);
    base_worker_free(self->parts.encoder);
    recall_store_free(self->parts.store);
    recall_ocr_free(self->parts.ocr);
    recall_a11y_free(self->parts.a11y);
    recall_blinds_free(self->parts.blinds);
    g_clear_error(&self->why_no_display);
    g_clear_error(&self->why_no_pixels);
    g_free(self->display);
    g_free(self->reader_path);
    g_free(self->vault_path);
    g_free(self->config_path);
    g_free(self);
}

/* --- control --- */

static gboolean
on_resume(void *user_data)
{
    AgentdAgent *self = user_data;

    self->resume_source = 0;
    agentd_agent_resume(self);
    return G_SOURCE_REMOVE;
}

void
agentd_agent_pause(AgentdAgent *self, uint64_t duration_us)
{
    g_clear_handle_id(&self->resume_source, g_source_remove);
    self->is_paused = TRUE;
    self->paused_until_us = 0;
    if (duration_us > 0) {
        self->paused_until_us = g_get_real_time() + (int64_t)duration_us;
        self->resume_source = g_timeout_add_seconds(
            (duration_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC, on_resume, self);
    }
    recall_recorder_reset(self->recorder);
    recall_ocr_forget(self->parts.ocr);
    if (self->sense != NULL)
        recall_sense_set_paused(self->sense, TRUE);
}

void
agentd_agent_resume(AgentdAgent *self)
{
    g_clear_handle_id(&self->resume_source, g_source_remove);
    self->is_paused = FALSE;
    self->paused_until_us = 0;
    if (self->sense != NULL)
        recall_sense_set_paused(self->sense, FALSE);
}

/* --- what is told --- */

static char *
dup_reason(const AgentdAgent *self)
{
    RecallStoreStatus store;

    recall_store_get_status(self->parts.store, &store);
    if (self->is_paused)
        return g_strdup("paused by the user");
    if (self->sense == NULL)
        return g_strdup(self->why_no_display ? self->why_no_display->message : "starting");
    if (!store.is_connected && store.n_waiting >= RECALL_BACKLOG_N_MAX)
        return g_strdup("the vault does not answer and the backlog is full");
    if (store.is_full)
        return g_strdup("the disk of the history is full");
    if (store.is_read_only)
        return g_strdup("the disk of the history is read-only");
    return g_strdup("");
}

void
agentd_agent_get_status(AgentdAgent *self, AgentdStatus *out_status)
{
    RecallStoreStatus store;
    int64_t lag_us = recall_recorder_lag_us(self->recorder);

    recall_store_get_status(self->parts.store, &store);
    if (store.oldest_us != 0)
        lag_us = MAX(lag_us, g_get_monotonic_time() - store.oldest_us);
    *out_status = (AgentdStatus){
        .reason = dup_reason(self),
        .paused_until_us = self->paused_until_us,
        .lag_us = lag_us,
        .n_waiting = store.n_waiting,
        .is_connected = store.is_connected,
        .vault_path = g_strdup(store.socket_path),
        .n_dropped = store.n_dropped,
        .n_refused = recall_ledger_get_n_times(
            recall_blinds_get_ledger(self->parts.blinds, g_get_real_time())),
        .display = g_strdup(self->display ? self->display : ""),
        .pixels_error = self->why_no_pixels != NULL ? self->why_no_pixels->message : "",
    };
    out_status->is_recording = *out_status->reason == '\0';
}

const GPtrArray *
agentd_agent_get_refusals(AgentdAgent *self)
{
    return recall_ledger_get(recall_blinds_get_ledger(self->parts.blinds, g_get_real_time()));
}

void
agentd_status_clear(AgentdStatus *status)
{
    g_clear_pointer(&status->reason, g_free);
    g_clear_pointer(&status->display, g_free);
    g_clear_pointer(&status->vault_path, g_free);
}

static void
free_part(void *data)
{
    g_free(((AgentdPart *)data)->detail);
    g_free(data);
}

static void
add_part(GPtrArray *parts,
         const char *name,
         gboolean is_ok,
         const char *bad_state,
         char *detail,
         const char *mend)
{
    AgentdPart *part = g_new0(AgentdPart, 1);

    *part = (AgentdPart){name, is_ok ? "ok" : bad_state, detail, is_ok ? "" : mend};
    g_ptr_array_add(parts, part);
}

static void
check_display(AgentdAgent *self, GPtrArray *parts)
{
    g_autofree char *reason = dup_reason(self);

    add_part(parts, "display", self->sense != NULL, "bad",
             g_strdup(self->sense != NULL ? "watched" : reason),
             "start deskhand-agentd inside the desktop, or set DISPLAY for it");
    add_part(parts, "recording", *reason == '\0', self->is_paused ? "weak" : "bad",
             g_strdup(*reason == '\0' ? "on" : reason),
             self->is_paused ? "deskhand resume" : "mend the part named in the sentence");
}

static const char *
describe_store(const RecallStoreStatus *store)
{
    if (store->is_full)
        return "the disk of the history is full";
    if (store->is_read_only)
        return "the disk of the history is read-only";
    return store->is_connected ? "connected" : "not connected";
}

static const char *
get_store_mend(const RecallStoreStatus *store)
{
    if (store->is_full)
        return "make room on the disk, or forget a week or more: deskhand forget";
    return store->is_read_only ? "make it writable: recording resumes by itself"
                               : "see its log: journalctl --user -u deskhand-vault, or as root "
                                 "journalctl -u deskhand-vault@UID when it has a user id of its "
                                 "own";
}

static void
check_store(AgentdAgent *self, GPtrArray *parts)
{
    RecallStoreStatus store;
    gboolean is_stuck;

    recall_store_get_status(self->parts.store, &store);
    is_stuck = store.is_full || store.is_read_only;
    add_part(parts, "vault", store.is_connected && !is_stuck,
             is_stuck || store.n_waiting > 0 ? "bad" : "weak", /* it may be about to start */
             g_strdup_printf("%s; scenes waiting: %u, lost: %" G_GUINT64_FORMAT,
                             describe_store(&store), store.n_waiting, store.n_dropped),
             get_store_mend(&store));
}

static void
check_text(AgentdAgent *self, GPtrArray *parts)
{
    gboolean is_connected = recall_a11y_is_connected(self->parts.a11y);
    const GError *trouble = self->why_no_pixels;

    add_part(parts, "accessible text", is_connected, "weak",
             g_strdup(is_connected ? "connected to the accessibility bus"
                                   : "no accessibility bus: everything is read from pixels"),
             "install at-spi2-core and log in again");
    add_part(parts, "reader", trouble == NULL, "bad",
             g_strdup(trouble != NULL ? trouble->message : "pixels are read when they must be"),
             "install Deskhand and tesseract-ocr again, and see the daemon's log");
}

static void
check_rules(AgentdAgent *self, GPtrArray *parts)
{
    const char *trouble = recall_blinds_get_trouble(self->parts.blinds);

    add_part(parts, "rules", trouble == NULL, "weak",
             g_strdup(trouble != NULL ? trouble : "every window was decided on"),
             "start the browser again after logging in with at-spi2-core installed; or allow it: "
             "undecided-browsers=false in [never] of agentd.conf");
}

/* Read when it starts: a mistake that was made since would keep the next one from starting. */
static void
check_settings(AgentdAgent *self, GPtrArray *parts)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AgentdConfig) config = NULL;

    if (g_file_test(self->config_path, G_FILE_TEST_EXISTS))
        config = agentd_config_load(self->config_path, &error);
    add_part(parts, "settings", error == NULL, "bad",
             g_strdup(error != NULL ? error->message : "agentd.conf can be used"),
             "mend the file, see agentd.conf(5): what it said before is in force until "
             "deskhand-agentd starts again, which it cannot with this");
}

GPtrArray *
agentd_agent_check(AgentdAgent *self)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(free_part);

    check_display(self, parts);
    check_store(self, parts);
    check_text(self, parts);
    check_rules(self, parts);
    check_settings(self, parts);
    return parts;
}
