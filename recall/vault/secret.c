/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/secret.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The region is cut into grains. A piece is a run of them; its first holds its size. */
#define GRAIN_BYTES 64
#define N_GRAINS (RECALL_SECRET_MAX_BYTES / GRAIN_BYTES)

static GMutex mutex;
static uint8_t *region;
static RecallSecretKind kind;
static uint8_t is_used[N_GRAINS];

static void *
map_hidden(void)
{
    int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
    void *data = MAP_FAILED;

    if (fd < 0)
        return MAP_FAILED;
    if (ftruncate(fd, RECALL_SECRET_MAX_BYTES) == 0)
        data = mmap(NULL, RECALL_SECRET_MAX_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return data;
}

static void
make_region(void)
{
    void *data = map_hidden();

    kind = RECALL_SECRET_HIDDEN;
    if (data == MAP_FAILED) {
        data = mmap(NULL, RECALL_SECRET_MAX_BYTES, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (data == MAP_FAILED)
            g_error("There is no memory for the keys");
        kind = mlock(data, RECALL_SECRET_MAX_BYTES) == 0 ? RECALL_SECRET_LOCKED
                                                         : RECALL_SECRET_ORDINARY;
    }
    madvise(data, RECALL_SECRET_MAX_BYTES, MADV_DONTDUMP);
    madvise(data, RECALL_SECRET_MAX_BYTES, MADV_DONTFORK);
    region = data;
}

/* With the mutex held. */
static void
ensure_region(void)
{
    if (region == NULL)
        make_region();
}

RecallSecretKind
recall_secret_get_kind(void)
{
    g_mutex_lock(&mutex);
    ensure_region();
    g_mutex_unlock(&mutex);
    return kind;
}

/* Returns: the first of @n free grains side by side, or -1 */
static int
find_run(unsigned n)
{
    unsigned n_free = 0;

    for (unsigned i = 0; i < N_GRAINS; i++) {
        n_free = is_used[i] ? 0 : n_free + 1;
        if (n_free == n)
            return (int)(i + 1 - n);
    }
    return -1;
}

static unsigned
grains_for(size_t n_bytes)
{
    return 1 + (unsigned)((n_bytes + GRAIN_BYTES - 1) / GRAIN_BYTES);
}

void *
recall_secret_try_alloc(size_t n_bytes)
{
    uint8_t *data = NULL;
    int first;

    if (n_bytes > RECALL_SECRET_MAX_BYTES)
        return NULL;
    g_mutex_lock(&mutex);
    ensure_region();
    first = find_run(grains_for(n_bytes));
    if (first >= 0) {
        data = region + (size_t)first * GRAIN_BYTES;
        memset(is_used + first, 1, grains_for(n_bytes));
        memcpy(data, &n_bytes, sizeof n_bytes);
        data += GRAIN_BYTES;
        memset(data, 0, n_bytes);
    }
    g_mutex_unlock(&mutex);
    return data;
}

void *
recall_secret_alloc(size_t n_bytes)
{
    void *data = recall_secret_try_alloc(n_bytes);

    if (data == NULL)
        g_error("There are too many keys in memory");
    return data;
}

gboolean
recall_secret_owns(const void *data)
{
    const uint8_t *at = data;

    return region != NULL && at >= region && at < region + RECALL_SECRET_MAX_BYTES;
}

size_t
recall_secret_get_size(const void *data)
{
    size_t n_bytes;

    g_assert(recall_secret_owns(data));
    memcpy(&n_bytes, (const uint8_t *)data - GRAIN_BYTES, sizeof n_bytes);
    return n_bytes;
}

void
recall_secret_free(void *data)
{
    size_t n_bytes;
    size_t first;

    if (data == NULL)
        return;
    n_bytes = recall_secret_get_size(data);
    first = (size_t)((uint8_t *)data - region) / GRAIN_BYTES - 1;
    recall_secret_clear(data, n_bytes);
    g_mutex_lock(&mutex);
    memset(is_used + first, 0, grains_for(n_bytes));
    g_mutex_unlock(&mutex);
}

void
recall_secret_clear(void *data, size_t n_bytes)
{
    explicit_bzero(data, n_bytes);
}

void
recall_secret_free_text(char *text)
{
    if (text != NULL)
        recall_secret_clear(text, strlen(text));
    g_free(text);
}
