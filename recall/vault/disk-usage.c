/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/disk-usage.h"

#include "recall/vault/quarantine.h"
#include "recall/vault/segment.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#define STAT_BLOCK_BYTES 512 /* of st_blocks, whatever the file system's are */

/* A file system may have reserved more than the file is long. */
static uint64_t
measure_file(const char *folder, const char *name, gboolean with_holes)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    struct stat about;
    uint64_t n_bytes;

    if (stat(path, &about) != 0)
        return 0;
    n_bytes = (uint64_t)about.st_size;
    return with_holes ? n_bytes : MIN(n_bytes, (uint64_t)about.st_blocks * STAT_BLOCK_BYTES);
}

static uint64_t
measure_with_log(const char *folder, int week, gboolean with_holes)
{
    g_autofree char *name = recall_segment_dup_name(week);
    g_autofree char *log = g_strconcat(name, "-wal", NULL);

    return measure_file(folder, name, with_holes) + measure_file(folder, log, with_holes);
}

uint64_t
recall_disk_usage_of_week(const char *folder, int week)
{
    return measure_with_log(folder, week, FALSE);
}

uint64_t
recall_disk_usage_length(const char *folder, int week)
{
    return measure_with_log(folder, week, TRUE);
}

uint64_t
recall_disk_usage_of_quarantine(const char *folder, int week)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    uint64_t n_bytes = 0;
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (recall_quarantine_is_name(name, week))
            n_bytes += measure_file(folder, name, FALSE);
    }
    return n_bytes;
}

gboolean
recall_disk_usage_has_room_for(const char *folder, int week)
{
    uint64_t n_bytes = recall_disk_usage_of_week(folder, week);
    struct statvfs about;

    return statvfs(folder, &about) == 0 && (uint64_t)about.f_bavail * about.f_frsize > 2 * n_bytes;
}
