/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "agentd/service-agent.h"

#include "dbus-agent1.h"
#include "recall/watch/ledger.h"

#define BUS_NAME "io.deskhand.Agent1"
#define OBJECT_PATH "/io/deskhand/Agent1"
#define VERSION 3

struct AgentdServiceAgent {
    AgentdAgent *agent;
    ProtocolDbusAgent1 *skeleton;
    GCancellable *cancellable;
    GDBusConnection *bus; /* NULL while there is none */
    unsigned name_id;
    unsigned retry_source;
    unsigned retry_ms;
};

static void retry_later(AgentdServiceAgent *self);

/* --- methods --- */

static gboolean
handle_pause(ProtocolDbusAgent1 *skeleton,
             GDBusMethodInvocation *invocation,
             uint64_t duration_us,
             void *user_data)
{
    AgentdServiceAgent *self = user_data;

    if (duration_us > AGENTD_PAUSE_MAX_US) {
        g_dbus_method_invocation_return_dbus_error(
            invocation, "io.deskhand.Error.Usage",
            "A pause lasts at most 7 days; without a duration it lasts until it is resumed.");
        return G_DBUS_METHOD_INVOCATION_HANDLED;
    }
    agentd_agent_pause(self->agent, duration_us);
    protocol_dbus_agent1_complete_pause(skeleton, invocation);
    return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_resume(ProtocolDbusAgent1 *skeleton, GDBusMethodInvocation *invocation, void *user_data)
{
    AgentdServiceAgent *self = user_data;

    agentd_agent_resume(self->agent);
    protocol_dbus_agent1_complete_resume(skeleton, invocation);
    return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
refuse_to_forget(GDBusMethodInvocation *invocation)
{
    g_dbus_method_invocation_return_dbus_error(
        invocation, "io.deskhand.Error.Busy",
        "The vault does not answer, so what is on its way to it cannot be called back.");
}

static void
on_forgotten(gboolean is_clear, unsigned n_lost, void *user_data)
{
    GDBusMethodInvocation *invocation = user_data;

    if (is_clear)
        g_dbus_method_invocation_return_value(invocation, NULL);
    else
        refuse_to_forget(invocation);
}

static gboolean
handle_forget(ProtocolDbusAgent1 *skeleton, GDBusMethodInvocation *invocation, void *user_data)
{
    AgentdServiceAgent *self = user_data;
    const RecallBacklogSpan all = {G_MININT64, G_MAXINT64, FALSE};

    agentd_agent_forget(self->agent, &all, on_forgotten, invocation);
    return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_span_forgotten(gboolean is_clear, unsigned n_lost, void *user_data)
{
    GDBusMethodInvocation *invocation = user_data;

    if (is_clear)
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(u)", n_lost));
    else
        refuse_to_forget(invocation);
}

static gboolean
handle_forget_span(ProtocolDbusAgent1 *skeleton,
                   GDBusMethodInvocation *invocation,
                   gint64 since_us,
                   gint64 until_us,
                   gboolean is_in_part,
                   void *user_data)
{
    AgentdServiceAgent *self = user_data;
    const RecallBacklogSpan span = {since_us, until_us, is_in_part};

    agentd_agent_forget(self->agent, &span, on_span_forgotten, invocation);
    return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* Whether the vault heard of it or not. */
static void
on_told(gboolean is_clear G_GNUC_UNUSED, unsigned n_lost G_GNUC_UNUSED, void *user_data)
{
    g_dbus_method_invocation_return_value(user_data, NULL);
}

static gboolean
handle_tell_ends(ProtocolDbusAgent1 *skeleton G_GNUC_UNUSED,
                 GDBusMethodInvocation *invocation,
                 void *user_data)
{
    AgentdServiceAgent *self = user_data;

    agentd_agent_tell_ends(self->agent, on_told, invocation);
    return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_look_again(ProtocolDbusAgent1 *skeleton, GDBusMethodInvocation *invocation, void *user_data)
{
    AgentdServiceAgent *self = user_data;

    agentd_agent_look_again(self->agent);
    protocol_dbus_agent1_complete_look_again(skeleton, invocation);
    return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_get_status(ProtocolDbusAgent1 *skeleton, GDBusMethodInvocation *invocation, void *user_data)
{
    AgentdServiceAgent *self = user_data;
    GVariantBuilder builder;
    AgentdStatus status;

    agentd_agent_get_status(self->agent, &status);
    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&builder, "{sv}", "recording",
                          g_variant_new_boolean(status.is_recording));
    g_variant_builder_add(&builder, "{sv}", "reason", g_variant_new_string(status.reason));
    g_variant_builder_add(&builder, "{sv}", "paused-until",
                          g_variant_new_int64(status.paused_until_us));
    g_variant_builder_add(&builder, "{sv}", "lag-us", g_variant_new_int64(status.lag_us));
    g_variant_builder_add(&builder, "{sv}", "backlog", g_variant_new_uint32(status.n_waiting));
    g_variant_builder_add(&builder, "{sv}", "dropped", g_variant_new_uint64(status.n_dropped));
    g_variant_builder_add(&builder, "{sv}", "display", g_variant_new_string(status.display));
    g_variant_builder_add(&builder, "{sv}", "refused", g_variant_new_uint64(status.n_refused));
    g_variant_builder_add(&builder, "{sv}", "pixels-error",
                          g_variant_new_string(status.pixels_error));
    g_variant_builder_add(&builder, "{sv}", "vault-connected",
                          g_variant_new_boolean(status.is_connected));
    g_variant_builder_add(&builder, "{sv}", "vault-path", g_variant_new_string(status.vault_path));
    agentd_status_clear(&status);
    protocol_dbus_agent1_complete_get_status(skeleton, invocation, g_variant_builder_end(&builder));
    return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
add_part(GVariantBuilder *builder, const AgentdPart *part)
{
    g_variant_builder_open(builder, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(builder, "{sv}", "name", g_variant_new_string(part->name));
    g_variant_builder_add(builder, "{sv}", "state", g_variant_new_string(part->state));
    g_variant_builder_add(builder, "{sv}", "detail", g_variant_new_string(part->detail));
    g_variant_builder_add(builder, "{sv}", "mend", g_variant_new_string(part->mend));
    g_variant_builder_close(builder);
}

static gboolean
handle_check(ProtocolDbusAgent1 *skeleton, GDBusMethodInvocation *invocation, void *user_data)
{
    AgentdServiceAgent *self = user_data;
    g_autoptr(GPtrArray) parts = agentd_agent_check(self->agent);
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (unsigned i = 0; i < parts->len; i++)
        add_part(&builder, parts->pdata[i]);
    protocol_dbus_agent1_complete_check(skeleton, invocation, g_variant_builder_end(&builder));
    return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
add_refusal(GVariantBuilder *builder, const RecallRefusal *refusal)
{
    g_variant_builder_open(builder, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(builder, "{sv}", "rule", g_variant_new_string(refusal->rule));
    g_variant_builder_add(builder, "{sv}", "reason", g_variant_new_string(refusal->reason));
    g_variant_builder_add(builder, "{sv}", "from", g_variant_new_int64(refusal->from_us));
    g_variant_builder_add(builder, "{sv}", "to", g_variant_new_int64(refusal->to_us));
    g_variant_builder_add(builder, "{sv}", "times", g_variant_new_uint32(refusal->n_times));
    g_variant_builder_close(builder);
}

static gboolean
handle_get_refusals(ProtocolDbusAgent1 *skeleton,
                    GDBusMethodInvocation *invocation,
                    void *user_data)
{
    AgentdServiceAgent *self = user_data;
    const GPtrArray *refusals = agentd_agent_get_refusals(self->agent);
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (unsigned i = 0; i < refusals->len; i++)
        add_refusal(&builder, refusals->pdata[i]);
    protocol_dbus_agent1_complete_get_refusals(skeleton, invocation,
                                               g_variant_builder_end(&builder));
    return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* --- the bus --- */

static void
drop_bus(AgentdServiceAgent *self)
{
    if (self->bus == NULL)
        return;
    g_clear_handle_id(&self->name_id, g_bus_unown_name);
    g_signal_handlers_disconnect_by_data(self->bus, self);
    g_dbus_interface_skeleton_unexport(G_DBUS_INTERFACE_SKELETON(self->skeleton));
    g_clear_object(&self->bus);
}

static void
on_closed(GDBusConnection *bus, gboolean by_peer, GError *error, void *user_data)
{
    AgentdServiceAgent *self = user_data;

    g_message("The session bus is gone: recording goes on, it cannot be controlled until the bus "
              "is back");
    drop_bus(self);
    retry_later(self);
}

static void
on_connected(GObject *source, GAsyncResult *result, void *user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) bus = g_dbus_connection_new_for_address_finish(result, &error);
    AgentdServiceAgent *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (bus == NULL || !g_dbus_interface_skeleton_export(G_DBUS_INTERFACE_SKELETON(self->skeleton),
                                                         bus, OBJECT_PATH, &error)) {
        retry_later(self);
        return;
    }
    self->bus = g_steal_pointer(&bus);
    self->retry_ms = AGENTD_BUS_RETRY_MIN_MS;
    g_signal_connect(self->bus, "closed", G_CALLBACK(on_closed), self);
    self->name_id = g_bus_own_name_on_connection(self->bus, BUS_NAME, G_BUS_NAME_OWNER_FLAGS_NONE,
                                                 NULL, NULL, NULL, NULL);
}

static void
connect_to_bus(AgentdServiceAgent *self)
{
    g_autofree char *address =
        g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SESSION, self->cancellable, NULL);

    if (address == NULL) {
        retry_later(self);
        return;
    }
    g_dbus_connection_new_for_address(address,
                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                      NULL, self->cancellable, on_connected, self);
}

static gboolean
on_retry(void *user_data)
{
    AgentdServiceAgent *self = user_data;

    self->retry_source = 0;
    connect_to_bus(self);
    return G_SOURCE_REMOVE;
}

static void
retry_later(AgentdServiceAgent *self)
{
    if (self->retry_source == 0)
        self->retry_source = g_timeout_add(self->retry_ms, on_retry, self);
    self->retry_ms = MIN(self->retry_ms * 2, AGENTD_BUS_RETRY_MAX_MS);
}

AgentdServiceAgent *
agentd_service_agent_new(AgentdAgent *agent)
{
    AgentdServiceAgent *self = g_new0(AgentdServiceAgent, 1);

    self->agent = agent;
    self->cancellable = g_cancellable_new();
    self->retry_ms = AGENTD_BUS_RETRY_MIN_MS;
    self->skeleton = protocol_dbus_agent1_skeleton_new();
    protocol_dbus_agent1_set_version(self->skeleton, VERSION);
    g_signal_connect(self->skeleton, "handle-pause", G_CALLBACK(handle_pause), self);
    g_signal_connect(self->skeleton, "handle-resume", G_CALLBACK(handle_resume), self);
    g_signal_connect(self->skeleton, "handle-forget", G_CALLBACK(handle_forget), self);
    g_signal_connect(self->skeleton, "handle-forget-span", G_CALLBACK(handle_forget_span), self);
    g_signal_connect(self->skeleton, "handle-tell-ends", G_CALLBACK(handle_tell_ends), self);
    g_signal_connect(self->skeleton, "handle-look-again", G_CALLBACK(handle_look_again), self);
    g_signal_connect(self->skeleton, "handle-get-status", G_CALLBACK(handle_get_status), self);
    g_signal_connect(self->skeleton, "handle-check", G_CALLBACK(handle_check), self);
    g_signal_connect(self->skeleton, "handle-get-refusals", G_CALLBACK(handle_get_refusals), self);
    connect_to_bus(self);
    return self;
}

void
agentd_service_agent_free(AgentdServiceAgent *self)
{
    if (self == NULL)
        return;
    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    g_clear_handle_id(&self->retry_source, g_source_remove);
    drop_bus(self);
    g_clear_object(&self->skeleton);
    g_free(self);
}
