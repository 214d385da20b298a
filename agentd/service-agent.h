/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "agentd/agent.h"

/* The adapter for io.deskhand.Agent1 on the session bus. A bus that is not there, or that goes, is
 * tried again after AGENTD_BUS_RETRY_MIN_MS, doubling to _MAX_MS. Main thread. */

#define AGENTD_BUS_RETRY_MIN_MS 1000
#define AGENTD_BUS_RETRY_MAX_MS 60000

typedef struct AgentdServiceAgent AgentdServiceAgent;

/* @agent: outlives it */
AgentdServiceAgent *agentd_service_agent_new(AgentdAgent *agent);
void agentd_service_agent_free(AgentdServiceAgent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AgentdServiceAgent, agentd_service_agent_free)
