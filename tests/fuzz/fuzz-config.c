/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */

/* agentd.conf and vault.conf, whatever stands in them. */

#include "agentd/config.h"
#include "recall/vault/retention.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const char *const fuzz_words[] = {"[read]\n",
                                  "[never]\n",
                                  "[keep]\n",
                                  "languages=",
                                  "data=",
                                  "eng+chi_sim",
                                  "applications=",
                                  "titles=",
                                  "sites=",
                                  "private-windows=",
                                  "undecided-browsers=",
                                  "but-profiles=",
                                  "quota=",
                                  "age=",
                                  "20G",
                                  "30d",
                                  "none",
                                  "true",
                                  "false",
                                  ";",
                                  "*.gov.cn",
                                  "bank.example",
                                  "/home/x",
                                  "#",
                                  "\\s",
                                  NULL};

static void
check_agentd(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AgentdConfig) config = agentd_config_load(path, &error);

    g_assert_true((config != NULL) == (error == NULL));
    if (config == NULL)
        return;
    g_assert_nonnull(config->languages);
    g_assert_nonnull(config->never);
}

static void
check_vault(const char *path)
{
    RecallRetention limits = {0};
    g_autoptr(GError) error = NULL;

    if (recall_retention_load("/nonexistent", path, 1000000000, &limits, &error))
        g_assert_null(error);
    else
        g_assert_nonnull(error);
    g_assert_true(limits.quota_bytes == 0 ||
                  limits.quota_bytes >= RECALL_RETENTION_QUOTA_MIN_BYTES);
    g_assert_true(limits.age_us == 0 || limits.age_us >= RECALL_RETENTION_AGE_MIN_US);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("config", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        g_assert_not_reached();
    check_agentd(path);
    check_vault(path);
    close(fd);
    return 0;
}
