/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/landlock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's own numbers: headers of older kernels lack some of them. */
#define CREATE_RULESET 444
#define ADD_RULE 445
#define RESTRICT_SELF 446
#define VERSION_FLAG 1
#define RULE_PATH_BENEATH 1
#define NET_ALL 3   /* since version 4: bind and connect of TCP */
#define SCOPE_ALL 3 /* since version 6: abstract sockets and signals */

#define RIGHT(number) (UINT64_C(1) << (number))
#define RIGHTS_WRITE_FILE RIGHT(1)
#define RIGHTS_READ_FILE RIGHT(2)
#define RIGHTS_READ (RIGHTS_READ_FILE | RIGHT(3))
#define RIGHTS_USE (RIGHTS_READ_FILE | RIGHTS_WRITE_FILE | RIGHT(14) | RIGHT(15))
/* Reading and writing, removing, making folders, files and sockets, moving, cutting. */
#define RIGHTS_KEEP                                                                                \
    (RIGHTS_READ | RIGHTS_WRITE_FILE | RIGHT(4) | RIGHT(5) | RIGHT(7) | RIGHT(8) | RIGHT(9) |      \
     RIGHT(13) | RIGHT(14))
#define RIGHTS_OF_FILES (RIGHT(0) | RIGHTS_USE)

typedef struct {
    uint64_t files;
    uint64_t net;
    uint64_t scope;
} Ruleset;

typedef struct {
    uint64_t rights;
    int32_t fd;
} __attribute__((packed)) Rule;

static uint64_t
get_rights(BaseLandlockAccess access)
{
    if (access == BASE_LANDLOCK_READ)
        return RIGHTS_READ;
    return access == BASE_LANDLOCK_USE ? RIGHTS_USE : RIGHTS_KEEP;
}

static void
allow(int ruleset, const Ruleset *handled, const BaseLandlockPlace *place)
{
    Rule rule = {.rights = get_rights(place->access) & handled->files,
                 .fd = open(place->path, O_PATH | O_CLOEXEC)};
    struct stat about;

    if (rule.fd < 0)
        return;
    if (fstat(rule.fd, &about) == 0 && !S_ISDIR(about.st_mode))
        rule.rights &= RIGHTS_OF_FILES;
    (void)syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0);
    close(rule.fd);
}

gboolean
base_landlock_enter(const BaseLandlockPlace *places, unsigned n_places, gboolean allows_tcp)
{
    static const int n_rights[] = {0, 13, 14, 15, 15, 16};
    long version = syscall(CREATE_RULESET, NULL, 0, VERSION_FLAG);
    Ruleset handled = {0};
    size_t n_bytes = version >= 6   ? sizeof handled
                     : version >= 4 ? G_STRUCT_OFFSET(Ruleset, scope)
                                    : G_STRUCT_OFFSET(Ruleset, net);
    gboolean is_done;
    int fd;

    g_assert(n_places <= BASE_LANDLOCK_N_PLACES_MAX);
    if (version < 1)
        return FALSE;
    handled.files = RIGHT(n_rights[MIN(version, 5)]) - 1;
    handled.net = version >= 4 && !allows_tcp ? NET_ALL : 0;
    handled.scope = version >= 6 ? SCOPE_ALL : 0;
    fd = (int)syscall(CREATE_RULESET, &handled, n_bytes, 0);
    if (fd < 0)
        return FALSE;
    for (unsigned i = 0; i < n_places; i++)
        allow(fd, &handled, &places[i]);
    is_done = syscall(RESTRICT_SELF, fd, 0) == 0;
    close(fd);
    return is_done;
}
