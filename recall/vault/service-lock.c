/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/service-lock.h"

#include "protocol/error.h"
#include "recall/vault/lock.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define N_CALLS_MAX 8   /* that wait for the store's thread */
#define RETRY_S 1       /* to lock, when that was not taken on */
#define RETRY_AWAY_S 10 /* to get a key that asks nobody, and was not to be had */

struct RecallServiceLock {
    int n_refs;                  /* the owner's, and one for each call under way */
    ProtocolDbusRecall1 *object; /* borrowed while there is an owner */
    BaseWorker *worker;          /* NULL once freed by the owner */
    RecallVault *vault;
    RecallLockState state; /* after the last job */
    RecallAllowance allowance;
    unsigned timer;
    unsigned n_calls;
};

typedef enum { WORK_CLOSE, WORK_OPEN, WORK_SET_KEY, WORK_MAKE_RECOVERY } Work;

/* What the store's thread needs, and what it answers with. */
typedef struct {
    RecallVault *vault;
    Work work;
    char *secret; /* both in the memory for secrets, or NULL */
    char *new_secret;
    char *type_name;
} Job;

typedef struct {
    RecallLockState state;
    char *recovery;
    GError *error;
} Outcome;

typedef struct {
    RecallServiceLock *service;
    GDBusMethodInvocation *invocation; /* NULL: of our own accord */
    Work work;
    RecallAllowanceLimits limits;
} Call;

/* Goes on while the machine sleeps. */
static int64_t
get_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
unref(RecallServiceLock *self)
{
    if (--self->n_refs == 0)
        g_free(self);
}

/* --- on the store's thread --- */

static void
free_job(void *data)
{
    Job *job = data;

    recall_secret_free(job->secret);
    recall_secret_free(job->new_secret);
    g_free(job->type_name);
    g_free(job);
}

static void
free_outcome(void *data)
{
    Outcome *outcome = data;

    recall_secret_free_text(outcome->recovery);
    g_clear_error(&outcome->error);
    g_free(outcome);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outcome, free_outcome)

static void *
run_job(void *user_data, GCancellable *cancellable, GError **error)
{
    Job *job = user_data;
    Outcome *outcome = g_new0(Outcome, 1);
    GError **out_error = &outcome->error;

    if (job->work == WORK_CLOSE)
        (void)recall_lock_close(job->vault, out_error);
    else if (job->work == WORK_OPEN)
        (void)recall_lock_open(job->vault, job->secret, out_error);
    else if (job->work == WORK_SET_KEY)
        (void)recall_lock_set_key(job->vault, job->secret, job->type_name, job->new_secret,
                                  out_error);
    else
        outcome->recovery = recall_lock_make_recovery(job->vault, job->secret, out_error);
    recall_lock_get_state(job->vault, &outcome->state);
    return outcome;
}

/* --- the unlock and its end --- */

static void on_job_done(GObject *source, GAsyncResult *result, void *user_data);

/* @job: (transfer full); @call: (transfer full) */
static void
push(RecallServiceLock *self, Job *job, Call *call)
{
    self->n_refs++;
    self->n_calls += call->invocation != NULL;
    base_worker_push(self->worker, g_task_new(NULL, NULL, on_job_done, call), run_job, job,
                     free_job, free_outcome);
}

static gboolean
on_timer(void *user_data)
{
    RecallServiceLock *self = user_data;
    Work work = self->state.asks ? WORK_CLOSE : WORK_OPEN;
    Job *job = g_new0(Job, 1);
    Call *call = g_new0(Call, 1);

    self->timer = 0;
    *job = (Job){.vault = self->vault, .work = work, .secret = recall_secret_alloc(1)};
    *call = (Call){.service = self, .work = work};
    push(self, job, call);
    return G_SOURCE_REMOVE;
}

/* Nothing more is given out from now on; the store follows. */
static void
lock_now(RecallServiceLock *self)
{
    recall_allowance_end(&self->allowance);
    g_clear_handle_id(&self->timer, g_source_remove);
    on_timer(self);
}

static void
begin_unlock(RecallServiceLock *self, const RecallAllowanceLimits *limits)
{
    recall_allowance_begin(&self->allowance, limits, get_now_us());
    g_clear_handle_id(&self->timer, g_source_remove);
    self->timer = g_timeout_add_seconds(limits->seconds, on_timer, self);
}

/* A job that proved a secret has opened the store; whether that was to last is decided here. */
static void
follow(RecallServiceLock *self, const Call *call, const Outcome *outcome)
{
    self->state = outcome->state;
    if (!self->state.asks || self->state.is_locked) {
        recall_allowance_end(&self->allowance);
        g_clear_handle_id(&self->timer, g_source_remove);
        if (!self->state.asks && self->state.is_locked)
            self->timer = g_timeout_add_seconds(RETRY_AWAY_S, on_timer, self);
    } else if (call->work == WORK_OPEN && outcome->error == NULL) {
        begin_unlock(self, &call->limits);
    } else if (recall_allowance_is_over(&self->allowance, get_now_us())) {
        lock_now(self);
    }
}

gboolean
recall_service_lock_check(RecallServiceLock *self, RecallAllowanceKind kind, GError **error)
{
    if (!self->state.asks && !self->state.is_locked)
        return TRUE;
    return recall_allowance_check(&self->allowance, kind, get_now_us(), error);
}

unsigned
recall_service_lock_spend(RecallServiceLock *self, RecallAllowanceKind kind, unsigned n)
{
    int64_t now_us = get_now_us();
    unsigned n_given;

    if (!self->state.asks && !self->state.is_locked)
        return n;
    n_given = recall_allowance_spend(&self->allowance, kind, n, now_us);
    if (!self->state.is_locked && self->worker != NULL && self->allowance.until_us > 0 &&
        recall_allowance_is_over(&self->allowance, now_us))
        lock_now(self);
    return n_given;
}

/* --- answers --- */

static void
add(GVariantBuilder *builder, const char *key, GVariant *value)
{
    g_variant_builder_add(builder, "{sv}", key, value);
}

static void
add_unlock(const RecallServiceLock *self, GVariantBuilder *builder)
{
    static const char *const names[RECALL_N_ALLOWANCES] = {"results", "scenes", "pictures"};
    int64_t left_us = self->allowance.until_us - get_now_us();

    add(builder, "until", g_variant_new_int64(g_get_real_time() + MAX(left_us, 0)));
    for (unsigned i = 0; i < RECALL_N_ALLOWANCES; i++)
        add(builder, names[i], g_variant_new_uint32(self->allowance.n_left[i]));
}

static GVariant *
describe(const RecallServiceLock *self)
{
    static const char *const memory[] = {"hidden", "locked", "ordinary"};
    static const char *const copies[] = {"well", "mended", "single", "gone"};
    static const char *const ages[] = {"untold", "unknown", "newest", "old"};
    const RecallLockState *state = &self->state;
    int64_t wait_us = MAX(state->try_again_at_us - g_get_monotonic_time(), 0);
    gboolean is_unlocked =
        !state->is_locked && !recall_allowance_is_over(&self->allowance, get_now_us());
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    if (!state->asks && !state->is_locked)
        add(&builder, "state", g_variant_new_string("open"));
    else
        add(&builder, "state", g_variant_new_string(is_unlocked ? "unlocked" : "locked"));
    add(&builder, "backend", g_variant_new_string(state->type));
    add(&builder, "wrong", g_variant_new_uint32(state->n_wrong));
    add(&builder, "wait",
        g_variant_new_uint32((uint32_t)((wait_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC)));
    add(&builder, "recovery", g_variant_new_boolean(state->has_recovery));
    add(&builder, "recovered", g_variant_new_boolean(state->is_recovered));
    add(&builder, "age", g_variant_new_string(ages[state->age]));
    add(&builder, "copies", g_variant_new_string(copies[state->copies]));
    if (state->is_locked && *state->away_why != '\0')
        add(&builder, "why", g_variant_new_take_string(g_utf8_make_valid(state->away_why, -1)));
    add(&builder, "memory", g_variant_new_string(memory[recall_secret_get_kind()]));
    if (state->asks && is_unlocked)
        add_unlock(self, &builder);
    return g_variant_builder_end(&builder);
}

static void
complete_recovery(Call *call, GDBusMethodInvocation *invocation, const char *text)
{
    g_autoptr(GUnixFDList) fds = NULL;
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 ||
        send(pair[0], text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        g_dbus_method_invocation_return_dbus_error(invocation, PROTOCOL_ERROR_FAILED,
                                                   "The recovery key cannot be sent");
        return;
    }
    close(pair[0]);
    fds = g_unix_fd_list_new_from_array(pair + 1, 1);
    protocol_dbus_recall1_complete_make_recovery(call->service->object, invocation, fds,
                                                 g_variant_new_handle(0));
}

/* @invocation: (transfer full) */
static void
answer(Call *call, GDBusMethodInvocation *invocation, const Outcome *outcome)
{
    ProtocolDbusRecall1 *object = call->service->object;

    if (outcome->error != NULL)
        protocol_error_return(invocation, outcome->error);
    else if (call->work == WORK_CLOSE)
        protocol_dbus_recall1_complete_lock(object, invocation);
    else if (call->work == WORK_OPEN)
        protocol_dbus_recall1_complete_unlock(object, invocation, NULL, describe(call->service));
    else if (call->work == WORK_SET_KEY)
        protocol_dbus_recall1_complete_set_key(object, invocation, NULL, describe(call->service));
    else
        complete_recovery(call, invocation, outcome->recovery);
}

static void
on_job_done(GObject *source, GAsyncResult *result, void *user_data)
{
    Call *call = user_data;
    RecallServiceLock *self = call->service;
    g_autoptr(GError) error = NULL;
    g_autoptr(Outcome) outcome = g_task_propagate_pointer(G_TASK(result), &error);

    self->n_calls -= call->invocation != NULL;
    if (self->worker != NULL && outcome != NULL)
        follow(self, call, outcome);
    else if (self->worker != NULL && self->timer == 0)
        self->timer = g_timeout_add_seconds(RETRY_S, on_timer, self);
    if (call->invocation != NULL && self->worker == NULL)
        g_object_unref(call->invocation);
    else if (call->invocation != NULL && outcome == NULL)
        protocol_error_return(call->invocation, error);
    else if (call->invocation != NULL)
        answer(call, call->invocation, outcome);
    g_free(call);
    unref(self);
}

/* --- calls --- */

/* Never blocks, whatever kind of file the other side has sent.
 * Returns: (transfer full): in the memory for secrets, or NULL with @error */
static char *
receive_secret(GUnixFDList *fds, GVariant *handle, GError **error)
{
    g_autoptr(RecallKey) buffer = recall_secret_alloc(RECALL_SERVICE_LOCK_SECRET_MAX_BYTES + 1);
    int fd = fds != NULL ? g_unix_fd_list_get(fds, g_variant_get_handle(handle), NULL) : -1;
    ssize_t n_bytes =
        fd >= 0 ? recv(fd, buffer, RECALL_SERVICE_LOCK_SECRET_MAX_BYTES + 1, MSG_DONTWAIT) : -1;

    if (fd >= 0)
        close(fd);
    if (n_bytes >= 0 && n_bytes <= RECALL_SERVICE_LOCK_SECRET_MAX_BYTES &&
        memchr(buffer, '\0', (size_t)n_bytes) == NULL) {
        buffer[n_bytes] = '\0';
        return (char *)g_steal_pointer(&buffer);
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "A secret is sent through a socket, and has at most %d bytes",
                RECALL_SERVICE_LOCK_SECRET_MAX_BYTES);
    return NULL;
}

static gboolean
take_limit(RecallAllowanceLimits *limits, const char *name, GVariant *value, GError **error)
{
    const struct {
        const char *name;
        unsigned max;
        unsigned *field;
    } table[] = {
        {"seconds", RECALL_ALLOWANCE_MAX_S, &limits->seconds},
        {"results", RECALL_ALLOWANCE_N_MAX, &limits->n[RECALL_ALLOWANCE_RESULTS]},
        {"scenes", RECALL_ALLOWANCE_N_MAX, &limits->n[RECALL_ALLOWANCE_SCENES]},
        {"pictures", RECALL_ALLOWANCE_N_MAX, &limits->n[RECALL_ALLOWANCE_PICTURES]},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(table); i++) {
        if (strcmp(table[i].name, name) != 0)
            continue;
        *table[i].field =
            g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32) ? g_variant_get_uint32(value) : 0;
        if (*table[i].field >= 1 && *table[i].field <= table[i].max)
            return TRUE;
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "An unlock takes 1 to %u %s",
                    table[i].max, name);
        return FALSE;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "There is no option \"%.60s\" here",
                name);
    return FALSE;
}

static gboolean
read_limits(GVariant *options, RecallAllowanceLimits *out_limits, GError **error)
{
    gboolean is_good = TRUE;
    GVariantIter iter;
    const char *name = NULL;
    GVariant *value = NULL;

    recall_allowance_limits_init(out_limits);
    g_variant_iter_init(&iter, options);
    while (is_good && g_variant_iter_next(&iter, "{&sv}", &name, &value)) {
        is_good = take_limit(out_limits, name, value, error);
        g_variant_unref(value);
    }
    return is_good;
}

/* Answers with @error, or has the store's thread do it. @job: (transfer full) */
static gboolean
begin(RecallServiceLock *self,
      GDBusMethodInvocation *invocation,
      Job *job,
      const RecallAllowanceLimits *limits,
      const GError *error)
{
    Call *call;

    if (error != NULL || self->worker == NULL || self->n_calls >= N_CALLS_MAX) {
        if (error != NULL)
            protocol_error_return(invocation, error);
        else
            g_dbus_method_invocation_return_dbus_error(invocation, PROTOCOL_ERROR_BUSY,
                                                       "The vault is busy: try again later");
        free_job(job);
        return TRUE;
    }
    call = g_new0(Call, 1);
    *call = (Call){.service = self, .invocation = invocation, .work = job->work};
    if (limits != NULL)
        call->limits = *limits;
    if (job->work == WORK_OPEN)
        g_clear_handle_id(&self->timer, g_source_remove); /* or the end of the last one ends it */
    push(self, job, call);
    return TRUE;
}

static Job *
new_job(RecallServiceLock *self, Work work)
{
    Job *job = g_new0(Job, 1);

    job->vault = self->vault;
    job->work = work;
    return job;
}

static gboolean
handle_lock(ProtocolDbusRecall1 *object, GDBusMethodInvocation *invocation, void *user_data)
{
    RecallServiceLock *self = user_data;

    if (self->state.asks)
        recall_allowance_end(&self->allowance);
    return begin(self, invocation, new_job(self, WORK_CLOSE), NULL, NULL);
}

static gboolean
handle_unlock(ProtocolDbusRecall1 *object,
              GDBusMethodInvocation *invocation,
              GUnixFDList *fds,
              GVariant *secret,
              GVariant *options,
              void *user_data)
{
    Job *job = new_job(user_data, WORK_OPEN);
    RecallAllowanceLimits limits;
    g_autoptr(GError) error = NULL;

    job->secret = receive_secret(fds, secret, &error);
    if (error == NULL)
        (void)read_limits(options, &limits, &error);
    return begin(user_data, invocation, job, &limits, error);
}

static gboolean
handle_get_lock(ProtocolDbusRecall1 *object, GDBusMethodInvocation *invocation, void *user_data)
{
    protocol_dbus_recall1_complete_get_lock(object, invocation, describe(user_data));
    return TRUE;
}

static gboolean
handle_set_key(ProtocolDbusRecall1 *object,
               GDBusMethodInvocation *invocation,
               GUnixFDList *fds,
               GVariant *secret,
               const char *type_name,
               GVariant *new_secret,
               void *user_data)
{
    Job *job = new_job(user_data, WORK_SET_KEY);
    g_autoptr(GError) error = NULL;

    job->type_name = g_strdup(type_name);
    job->secret = receive_secret(fds, secret, &error);
    if (error == NULL)
        job->new_secret = receive_secret(fds, new_secret, &error);
    return begin(user_data, invocation, job, NULL, error);
}

static gboolean
handle_make_recovery(ProtocolDbusRecall1 *object,
                     GDBusMethodInvocation *invocation,
                     GUnixFDList *fds,
                     GVariant *secret,
                     void *user_data)
{
    Job *job = new_job(user_data, WORK_MAKE_RECOVERY);
    g_autoptr(GError) error = NULL;

    job->secret = receive_secret(fds, secret, &error);
    return begin(user_data, invocation, job, NULL, error);
}

RecallServiceLock *
recall_service_lock_new(ProtocolDbusRecall1 *object, BaseWorker *worker, RecallVault *vault)
{
    RecallServiceLock *self = g_new0(RecallServiceLock, 1);

    self->n_refs = 1;
    self->object = object;
    self->worker = worker;
    self->vault = vault;
    recall_lock_get_state(vault, &self->state);
    if (!self->state.asks && self->state.is_locked)
        self->timer = g_timeout_add_seconds(RETRY_AWAY_S, on_timer, self);
    g_signal_connect(object, "handle-lock", G_CALLBACK(handle_lock), self);
    g_signal_connect(object, "handle-unlock", G_CALLBACK(handle_unlock), self);
    g_signal_connect(object, "handle-get-lock", G_CALLBACK(handle_get_lock), self);
    g_signal_connect(object, "handle-set-key", G_CALLBACK(handle_set_key), self);
    g_signal_connect(object, "handle-make-recovery", G_CALLBACK(handle_make_recovery), self);
    return self;
}

void
recall_service_lock_free(RecallServiceLock *self)
{
    if (self == NULL)
        return;
    self->worker = NULL;
    g_clear_handle_id(&self->timer, g_source_remove);
    g_signal_handlers_disconnect_by_data(self->object, self);
    unref(self);
}
