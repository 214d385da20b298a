/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/service-forget.h"

#include "protocol/error.h"
#include "recall/vault/dates.h"
#include "recall/vault/forget.h"
#include "recall/vault/job-object.h"
#include "recall/vault/options.h"
#include "recall/vault/query.h"
#include "recall/vault/selector.h"

#include <string.h>

#define JOB_PATH "/io/deskhand/Job1/forget%u"
#define N_CALLS_MAX 8 /* for receipts, that wait */

struct RecallServiceForget {
    int n_refs;                  /* the owner's, and one for each job and call under way */
    ProtocolDbusRecall1 *object; /* borrowed while there is an owner */
    BaseWorker *worker;          /* NULL once freed by the owner */
    RecallVault *vault;
    RecallKeeper *keeper; /* (nullable) */
    gboolean is_busy;
    unsigned n_calls;
    unsigned last_job;
};

/* Between two steps it belongs to the main thread, in one to the store's. */
typedef struct {
    RecallServiceForget *service;
    ProtocolDbusJob1 *object;
    GDBusConnection *connection;
    RecallVault *vault;
    RecallForgetWhat what; /* without its strings */
    RecallSelector *selector;
    RecallForget *forget; /* NULL while it is still being looked for */
    gboolean is_dry;
    gboolean is_done;
    gboolean is_cancelled;
    gboolean holds; /* the keeper */
    int percent;    /* that was told */
} Job;

static void push_step(Job *job);

static void
unref(RecallServiceForget *self)
{
    if (--self->n_refs == 0)
        g_free(self);
}

/* --- what is asked for --- */

#define TEXT_OPTION "s", RECALL_SERVICE_FORGET_OPTION_MAX_BYTES, TRUE

static const RecallOption what_options[] = {
    {"all", "b"},           {"scene", "x"},         {"last", "t"},
    {"since", TEXT_OPTION}, {"until", TEXT_OPTION}, {"app", TEXT_OPTION},
    {"url", TEXT_OPTION},   {"query", TEXT_OPTION}, {NULL},
};

static const RecallOption job_options[] = {{"dry-run", "b"}, {NULL}};

static gboolean
refuse(GError **error, const char *sentence)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, sentence);
    return FALSE;
}

static int64_t
to_us(GDateTime *time)
{
    return g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
}

/* @out_has_time: whether a bound was given */
static gboolean
read_times(GVariant *what,
           GDateTime *now,
           RecallForgetWhat *out,
           gboolean *out_has_time,
           GError **error)
{
    const char *since = NULL;
    const char *until = NULL;
    uint64_t last_us = 0;
    RecallTimeRange range;
    gboolean has_last = g_variant_lookup(what, "last", "t", &last_us);

    g_variant_lookup(what, "since", "&s", &since);
    g_variant_lookup(what, "until", "&s", &until);
    *out_has_time = has_last || since != NULL || until != NULL;
    if (has_last && since != NULL)
        return refuse(error, "Say either since when or how long before now, not both");
    if (has_last)
        out->since_us = to_us(now) - (int64_t)MIN(last_us, (uint64_t)to_us(now));
    range = (RecallTimeRange){out->since_us, out->until_us};
    if (!recall_dates_parse_bounds(since, until, now, &range, error))
        return FALSE;
    out->since_us = range.since_us;
    out->until_us = range.until_us;
    return TRUE;
}

static RecallForgetKind
choose_kind(const RecallForgetWhat *what)
{
    if (what->query != NULL)
        return RECALL_FORGET_QUERY;
    if (what->url != NULL)
        return RECALL_FORGET_URL;
    return what->app != NULL ? RECALL_FORGET_APP : RECALL_FORGET_RANGE;
}

/* A query that is only begun finds everything: nobody means to forget that by it. */
static gboolean
check_query(const char *text, GDateTime *now, GError **error)
{
    g_autoptr(RecallQuery) query = recall_query_parse(text, strlen(text), now, FALSE);
    gboolean has_limit = query->range.since_us != G_MININT64 || query->range.until_us != G_MAXINT64;

    for (unsigned i = 0; i < query->terms->len; i++) {
        const RecallTerm *term = query->terms->pdata[i];

        has_limit = has_limit || term->tokens->len > 0 || term->literal != NULL;
    }
    if (query->untimed != NULL)
        return refuse(error, "The query has “before:”, “after:” or “on:” without a time that is "
                             "understood: nothing is forgotten by it");
    if (query->begun != NULL)
        return refuse(error,
                      "The query ends with a name that nothing follows, as “app:”: nothing is "
                      "forgotten by it");
    return has_limit || refuse(error, "The query leaves nothing out: add a word to it, or say that "
                                      "all is to be forgotten");
}

/* @out: its strings are borrowed from @what */
static gboolean
read_what(GVariant *what, GDateTime *now, RecallForgetWhat *out, GError **error)
{
    gboolean has_time = FALSE;
    gboolean is_all = FALSE;
    gboolean has_scene;
    gboolean has_words;

    *out = (RecallForgetWhat){.since_us = G_MININT64, .until_us = G_MAXINT64};
    if (!recall_options_check(what, what_options, error) ||
        !read_times(what, now, out, &has_time, error))
        return FALSE;
    g_variant_lookup(what, "all", "b", &is_all);
    has_scene = g_variant_lookup(what, "scene", "x", &out->scene_id);
    g_variant_lookup(what, "app", "&s", &out->app);
    g_variant_lookup(what, "url", "&s", &out->url);
    g_variant_lookup(what, "query", "&s", &out->query);
    has_words = out->app != NULL || out->url != NULL || out->query != NULL;
    if (is_all + has_scene + (has_time || has_words) != 1)
        return refuse(error, "Say what to forget: all, or one scene, or a time, an application, an "
                             "address or words");
    if (out->url != NULL) {
        g_autoptr(PolicySite) site = recall_selector_parse_site(out->url, error);

        if (site == NULL)
            return FALSE;
    }
    if (out->query != NULL && !check_query(out->query, now, error))
        return FALSE;
    out->kind = is_all ? RECALL_FORGET_ALL : has_scene ? RECALL_FORGET_SCENE : choose_kind(out);
    return TRUE;
}

/* --- the job --- */

static void
end_job(Job *job)
{
    RecallServiceForget *service = job->service;

    if (job->holds && service->keeper != NULL)
        recall_keeper_release(service->keeper);
    g_signal_handlers_disconnect_by_data(job->connection, job);
    recall_job_object_end(job->object, job);
    g_object_unref(job->connection);
    recall_selector_free(job->selector);
    recall_forget_free(job->forget);
    g_free(job);
    service->is_busy = FALSE;
    unref(service);
}

static void
add(GVariantBuilder *builder, const char *key, GVariant *value)
{
    g_variant_builder_add(builder, "{sv}", key, value);
}

static void
add_n_scenes(GVariantBuilder *builder, uint64_t n_scenes)
{
    if (n_scenes != RECALL_INTENT_N_SCENES_UNKNOWN)
        add(builder, "scenes", g_variant_new_uint64(n_scenes));
}

/* Returns: (transfer floating) */
static GVariant *
describe_receipt(const RecallReceipt *receipt)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    add(&builder, "kind", g_variant_new_string(recall_forget_kind_name(receipt->kind)));
    add(&builder, "at", g_variant_new_int64(receipt->at_us));
    add_n_scenes(&builder, receipt->n_scenes);
    add(&builder, "from", g_variant_new_int64(receipt->from_us));
    add(&builder, "until", g_variant_new_int64(receipt->until_us));
    add(&builder, "weeks", g_variant_new_uint32(receipt->n_weeks));
    add(&builder, "damaged", g_variant_new_uint32(receipt->n_damaged));
    add(&builder, "digest",
        g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, receipt->digest, sizeof receipt->digest, 1));
    return g_variant_builder_end(&builder);
}

static GVariant *
describe_apps(GHashTable *apps)
{
    GVariantBuilder builder;
    GHashTableIter iter;
    void *name;
    void *n;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a{su}"));
    g_hash_table_iter_init(&iter, apps);
    while (g_hash_table_iter_next(&iter, &name, &n))
        g_variant_builder_add(&builder, "{su}", name, GPOINTER_TO_UINT(n));
    return g_variant_builder_end(&builder);
}

static void
add_found(GVariantBuilder *builder, const RecallIntent *intent, GHashTable *apps)
{
    unsigned n_weeks = 0;

    for (unsigned i = 0; i < intent->weeks->len; i++)
        n_weeks += ((RecallIntentWeek *)intent->weeks->pdata[i])->is_whole;
    add_n_scenes(builder, intent->n_scenes);
    add(builder, "from", g_variant_new_int64(intent->from_us));
    add(builder, "until", g_variant_new_int64(intent->until_us));
    add(builder, "weeks", g_variant_new_uint32(n_weeks));
    add(builder, "damaged", g_variant_new_uint32(intent->damaged->len));
    add(builder, "apps", describe_apps(apps));
}

/* For what the vault has not got yet. */
static void
add_meant(GVariantBuilder *builder, const RecallForgetWhat *what, const RecallIntent *intent)
{
    gboolean is_scene = what->kind == RECALL_FORGET_SCENE;

    add(builder, "meant-since", g_variant_new_int64(is_scene ? intent->from_us : what->since_us));
    add(builder, "meant-until",
        g_variant_new_int64(is_scene ? intent->until_us + 1 : what->until_us));
}

static void
add_sentences(GVariantBuilder *builder, const GPtrArray *sentences)
{
    for (unsigned i = 0; i < MIN(sentences->len, RECALL_SERVICE_FORGET_N_LEFT_MAX); i++)
        g_variant_builder_add_value(builder, g_variant_new_take_string(g_utf8_make_valid(
                                                 g_ptr_array_index(sentences, i), -1)));
}

/* What was told before it began, and what was found when it was done. */
static void
add_left(Job *job, GVariantBuilder *summary)
{
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE_STRING_ARRAY);
    add_sentences(&list, recall_selector_get_left(job->selector));
    if (job->forget != NULL)
        add_sentences(&list, recall_forget_get_left(job->forget));
    add(summary, "left", g_variant_builder_end(&list));
}

/* @error: (nullable): what it ended with */
static void
emit_finished(Job *job, const GError *error)
{
    const RecallIntent *intent = job->forget != NULL ? recall_forget_get_intent(job->forget)
                                                     : recall_selector_get_intent(job->selector);
    GVariantBuilder summary;

    g_variant_builder_init(&summary, G_VARIANT_TYPE_VARDICT);
    add(&summary, "cancelled", g_variant_new_boolean(job->is_cancelled));
    if (error != NULL) {
        add(&summary, "error", g_variant_new_string(error->message));
        add(&summary, "error-name", g_variant_new_string(protocol_error_get_name(error)));
    } else if (!job->is_cancelled) {
        add_found(&summary, intent, recall_selector_get_apps(job->selector));
        add_meant(&summary, &job->what, intent);
        add_left(job, &summary);
        if (job->forget != NULL)
            add(&summary, "receipt", describe_receipt(recall_forget_get_receipt(job->forget)));
    }
    protocol_dbus_job1_emit_finished(job->object, g_variant_builder_end(&summary));
}

/* On the store's thread. */
static void *
run_step(void *user_data, GCancellable *cancellable, GError **error)
{
    Job *job = user_data;
    gboolean is_done = FALSE;

    if (job->forget == NULL) {
        if (!recall_selector_step(job->selector, job->vault, &is_done, error))
            return NULL;
        if (is_done && !job->is_dry &&
            !recall_intent_is_empty(recall_selector_get_intent(job->selector)))
            job->forget = recall_forget_new(recall_selector_steal_intent(job->selector));
        job->is_done = is_done && job->forget == NULL;
        return job;
    }
    return recall_forget_step(job->forget, job->vault, &job->is_done, error) ? job : NULL;
}

static void
tell_progress(Job *job)
{
    double share = job->forget != NULL ? recall_forget_get_progress(job->forget) : 0;

    if ((int)(share * 100) <= job->percent)
        return;
    job->percent = (int)(share * 100);
    protocol_dbus_job1_emit_progress(job->object, share);
}

static void
on_step_done(GObject *source, GAsyncResult *result, void *user_data)
{
    Job *job = user_data;
    g_autoptr(GError) error = NULL;

    g_task_propagate_pointer(G_TASK(result), &error); /* it is the job */
    job->is_cancelled = job->is_cancelled && job->forget == NULL && !job->is_done;
    if (error == NULL && !job->is_done && !job->is_cancelled) {
        tell_progress(job);
        push_step(job);
        return;
    }
    emit_finished(job, error);
    end_job(job);
}

static void
push_step(Job *job)
{
    if (job->service->worker == NULL) { /* the program ends */
        recall_forget_leave(g_steal_pointer(&job->forget));
        end_job(job);
        return;
    }
    base_worker_push(job->service->worker, g_task_new(NULL, NULL, on_step_done, job), run_step, job,
                     NULL, NULL);
}

static void
on_held(void *user_data)
{
    push_step(user_data);
}

/* What goes by itself and is under way comes first. */
static void
begin_job(Job *job)
{
    RecallKeeper *keeper = job->service->keeper;

    job->holds = keeper != NULL && !job->is_dry;
    if (job->holds)
        recall_keeper_hold(keeper, on_held, job);
    else
        push_step(job);
}

/* Only before the first scene goes. */
static gboolean
handle_cancel(ProtocolDbusJob1 *object, GDBusMethodInvocation *invocation, void *user_data)
{
    ((Job *)user_data)->is_cancelled = TRUE;
    protocol_dbus_job1_complete_cancel(object, invocation);
    return TRUE;
}

static void
on_closed(GDBusConnection *connection, gboolean by_peer, GError *error, void *user_data)
{
    ((Job *)user_data)->is_cancelled = TRUE;
}

/* Returns: (transfer full): the new object's path */
static char *
start_job(RecallServiceForget *self,
          GDBusConnection *connection,
          const RecallForgetWhat *what,
          GDateTime *now,
          Job **out_job,
          GError **error)
{
    g_autofree char *path = g_strdup_printf(JOB_PATH, ++self->last_job);
    ProtocolDbusJob1 *object = recall_job_object_new(connection, path, error);
    Job *job = NULL;

    if (object == NULL)
        return NULL;
    job = g_new0(Job, 1);
    job->service = self;
    job->vault = self->vault;
    job->what = *what;
    job->what.app = job->what.url = job->what.query = NULL;
    job->object = object;
    job->connection = g_object_ref(connection);
    job->selector = recall_selector_new(what, now);
    g_signal_connect(job->object, "handle-cancel", G_CALLBACK(handle_cancel), job);
    g_signal_connect(connection, "closed", G_CALLBACK(on_closed), job);
    self->is_busy = TRUE;
    self->n_refs++;
    *out_job = job;
    return g_steal_pointer(&path);
}

static gboolean
handle_forget(ProtocolDbusRecall1 *object,
              GDBusMethodInvocation *invocation,
              GVariant *what_variant,
              GVariant *options,
              void *user_data)
{
    RecallServiceForget *self = user_data;
    GDBusConnection *connection = g_dbus_method_invocation_get_connection(invocation);
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    RecallForgetWhat what;
    Job *job = NULL;

    if (self->is_busy)
        g_set_error_literal(&error, G_IO_ERROR, G_IO_ERROR_BUSY,
                            "Something else is being forgotten: wait until it is gone");
    else if (recall_options_check(options, job_options, &error) &&
             read_what(what_variant, now, &what, &error))
        path = start_job(self, connection, &what, now, &job, &error);
    if (path == NULL) {
        protocol_error_return(invocation, error);
        return TRUE;
    }
    g_variant_lookup(options, "dry-run", "b", &job->is_dry);
    protocol_dbus_recall1_complete_forget(object, invocation, path);
    begin_job(job);
    return TRUE;
}

/* --- receipts --- */

typedef struct {
    RecallServiceForget *service;
    GDBusMethodInvocation *invocation;
} Call;

static void *
load_receipts(void *vault, GCancellable *cancellable, GError **error)
{
    return recall_receipts_load(recall_vault_get_keyring(vault), recall_vault_get_folder(vault),
                                error);
}

static void
on_receipts_loaded(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autofree Call *call = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) receipts = g_task_propagate_pointer(G_TASK(result), &error);
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (unsigned i = 0; receipts != NULL && i < receipts->len; i++)
        g_variant_builder_add_value(&builder,
                                    describe_receipt(&g_array_index(receipts, RecallReceipt, i)));
    if (receipts == NULL)
        protocol_error_return(call->invocation, error);
    else if (call->service->worker != NULL)
        protocol_dbus_recall1_complete_receipts(call->service->object, call->invocation,
                                                g_variant_builder_end(&builder));
    else
        g_object_unref(call->invocation); /* the program ends */
    g_variant_builder_clear(&builder);
    call->service->n_calls--;
    unref(call->service);
}

static gboolean
handle_receipts(ProtocolDbusRecall1 *object, GDBusMethodInvocation *invocation, void *user_data)
{
    RecallServiceForget *self = user_data;
    Call *call = NULL;

    if (self->worker == NULL || self->n_calls >= N_CALLS_MAX) {
        g_dbus_method_invocation_return_dbus_error(invocation, PROTOCOL_ERROR_BUSY,
                                                   "The vault is busy: try again later");
        return TRUE;
    }
    call = g_new0(Call, 1);
    *call = (Call){self, invocation};
    self->n_refs++;
    self->n_calls++;
    base_worker_push(self->worker, g_task_new(NULL, NULL, on_receipts_loaded, call), load_receipts,
                     self->vault, NULL, (GDestroyNotify)g_array_unref);
    return TRUE;
}

RecallServiceForget *
recall_service_forget_new(ProtocolDbusRecall1 *object, BaseWorker *worker, RecallVault *vault)
{
    RecallServiceForget *self = g_new0(RecallServiceForget, 1);

    self->n_refs = 1;
    self->object = object;
    self->worker = worker;
    self->vault = vault;
    g_signal_connect(object, "handle-forget", G_CALLBACK(handle_forget), self);
    g_signal_connect(object, "handle-receipts", G_CALLBACK(handle_receipts), self);
    return self;
}

void
recall_service_forget_set_keeper(RecallServiceForget *self, RecallKeeper *keeper)
{
    self->keeper = keeper;
}

void
recall_service_forget_free(RecallServiceForget *self)
{
    if (self == NULL)
        return;
    self->worker = NULL;
    g_signal_handlers_disconnect_by_data(self->object, self);
    unref(self);
}
