/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

/* How much of the history is kept, and for how long: [keep] of vault.conf, a key file. The
 * administrator's is /etc/deskhand/vault.conf, the user's $XDG_CONFIG_HOME/deskhand/vault.conf; of
 * two limits the stricter holds. vault.conf(5) describes them. */

#define RECALL_RETENTION_FILE_MAX_BYTES (64 * 1024) /* of vault.conf */

#define RECALL_RETENTION_QUOTA_MIN_BYTES (UINT64_C(16) * 1000 * 1000)
#define RECALL_RETENTION_QUOTA_MAX_BYTES (UINT64_C(1000) * 1000 * 1000 * 1000 * 1000)
#define RECALL_RETENTION_AGE_MIN_US (INT64_C(86400) * G_USEC_PER_SEC)
#define RECALL_RETENTION_AGE_MAX_US (INT64_C(36525) * 86400 * G_USEC_PER_SEC)

/* When no file says anything of the quota: a tenth of the disk, and of that no less and no more;
 * but never more than the disk. */
#define RECALL_RETENTION_QUOTA_SHARE 10
#define RECALL_RETENTION_QUOTA_DEFAULT_MIN_BYTES (UINT64_C(1000) * 1000 * 1000)
#define RECALL_RETENTION_QUOTA_DEFAULT_MAX_BYTES (UINT64_C(50) * 1000 * 1000 * 1000)

typedef struct {
    uint64_t quota_bytes; /* 0: no limit */
    int64_t age_us;       /* 0: no limit */
} RecallRetention;

/* "20G", "500 MB", "2GiB", "none". @error: G_IO_ERROR_INVALID_DATA, with what it may be */
gboolean recall_retention_parse_quota(const char *text, uint64_t *out_bytes, GError **error);

/* "30d", "12 weeks", "1y", "none". @error: likewise */
gboolean recall_retention_parse_age(const char *text, int64_t *out_us, GError **error);

/**
 * recall_retention_load:
 * @admin_path, @user_path: files that are not there say nothing
 * @disk_bytes: of the file system that has the history, for the default
 * @out: also when there is an error: then what the other file says, and nothing by default, so that
 *   nonsense never destroys anything
 * @error: G_KEY_FILE_ERROR or G_IO_ERROR_INVALID_DATA, with file, key and what it may be
 */
gboolean recall_retention_load(const char *admin_path,
                               const char *user_path,
                               uint64_t disk_bytes,
                               RecallRetention *out,
                               GError **error);
