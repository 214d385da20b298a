/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/key-service.h"
#include "recall/vault/box.h"
#include "recall/vault/root-key.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_PATH "/run/deskhand/key.sock"
#define DEADLINE_S 2 /* for so long nothing is recorded */

G_STATIC_ASSERT(PROTOCOL_KEY_BYTES == RECALL_KEY_BYTES);
G_STATIC_ASSERT(PROTOCOL_KEY_MARK_BYTES == RECALL_ROOT_KEY_MARK_BYTES);

static gboolean
set_errno_error(GError **error, const char *path, const char *what)
{
    int code = errno;

    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                "The key service at %s %s: %s; ask the administrator of the host", path, what,
                g_strerror(code));
    return FALSE;
}

/* Any program of the user could listen in its place: only root or the vault's own user may. */
static gboolean
check_peer(int fd, const char *path, GError **error)
{
    struct ucred peer;
    socklen_t n_bytes = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n_bytes) < 0)
        return set_errno_error(error, path, "does not say who it is");
    if (peer.uid == 0 || peer.uid == geteuid())
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                "The key service at %s belongs to another user", path);
    return FALSE;
}

/* Returns: -1 with @error */
static int
connect_to_service(GError **error)
{
    const char *path = g_getenv("DESKHAND_KEY_SERVICE");
    const struct timeval deadline = {DEADLINE_S, 0};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (path == NULL || *path == '\0')
        path = SOCKET_PATH;
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline) == 0 &&
        connect(fd, (const void *)&address, sizeof address) == 0) {
        if (check_peer(fd, path, error))
            return fd;
    } else {
        set_errno_error(error, path, "is not to be had");
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

static gboolean
transfer(int fd, gboolean sends, uint8_t *data, size_t n_bytes)
{
    while (n_bytes > 0) {
        ssize_t n = sends ? send(fd, data, n_bytes, MSG_NOSIGNAL) : recv(fd, data, n_bytes, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        data += n;
        n_bytes -= (size_t)n;
    }
    return TRUE;
}

static gboolean
check_status(const ProtocolKeyHeader *reply, ProtocolKeyOperation asked, GError **error)
{
    if (reply->operation == asked && reply->status == PROTOCOL_KEY_OK)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "The key service %s",
                reply->status == PROTOCOL_KEY_REFUSED   ? "does not give out the key now"
                : reply->status == PROTOCOL_KEY_UNKNOWN ? "does not know this key any more"
                                                        : "did not understand the vault");
    return FALSE;
}

/* One request and its reply. @message: in and out, in the memory for secrets, header and body
 * @n_bytes: of the body. Returns: length of the reply's body, or -1 with @error */
static int
ask(int fd, ProtocolKeyOperation operation, uint8_t *message, size_t n_bytes, GError **error)
{
    ProtocolKeyHeader header = {operation, PROTOCOL_KEY_OK, n_bytes};

    protocol_key_header_pack(&header, message);
    if (!transfer(fd, TRUE, message, PROTOCOL_KEY_HEADER_BYTES + n_bytes) ||
        !transfer(fd, FALSE, message, PROTOCOL_KEY_HEADER_BYTES)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                            "The key service does not answer");
        return -1;
    }
    if (!protocol_key_header_parse(message, &header, error) ||
        !check_status(&header, operation, error))
        return -1;
    if (transfer(fd, FALSE, message + PROTOCOL_KEY_HEADER_BYTES, header.n_body_bytes))
        return (int)header.n_body_bytes;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                        "The key service broke off its answer");
    return -1;
}

/* @out: room for PROTOCOL_KEY_BODY_MAX_BYTES */
static int
ask_service(ProtocolKeyOperation operation,
            const void *body,
            size_t n_bytes,
            uint8_t *out,
            GError **error)
{
    g_autoptr(RecallKey) message = recall_secret_alloc(PROTOCOL_KEY_MESSAGE_MAX_BYTES);
    int fd = connect_to_service(error);
    int n_answer;

    if (fd < 0)
        return -1;
    memcpy(message + PROTOCOL_KEY_HEADER_BYTES, body, n_bytes);
    n_answer = ask(fd, operation, message, n_bytes, error);
    close(fd);
    if (n_answer > 0)
        memcpy(out, message + PROTOCOL_KEY_HEADER_BYTES, (size_t)n_answer);
    return n_answer;
}

static gboolean
set_strange(GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "The key service answers with something else than was asked for");
    return FALSE;
}

static gboolean
create_key(const char *folder,
           const char *secret,
           RecallKey *out_key,
           GBytes **out_about,
           GError **error)
{
    uint8_t token[PROTOCOL_KEY_BODY_MAX_BYTES];
    int n_bytes;

    recall_box_draw(out_key, RECALL_KEY_BYTES);
    n_bytes = ask_service(PROTOCOL_KEY_WRAP, out_key, RECALL_KEY_BYTES, token, error);
    if (n_bytes < 0)
        return FALSE;
    if (n_bytes == 0 || n_bytes > PROTOCOL_KEY_TOKEN_MAX_BYTES)
        return set_strange(error);
    *out_about = g_bytes_new(token, (size_t)n_bytes);
    return TRUE;
}

static gboolean
open_key(const char *folder, const char *secret, GBytes *about, RecallKey *out_key, GError **error)
{
    g_autoptr(RecallKey) answer = recall_secret_alloc(PROTOCOL_KEY_BODY_MAX_BYTES);
    size_t n_token;
    const void *token = g_bytes_get_data(about, &n_token);
    int n_bytes;

    if (n_token == 0 || n_token > PROTOCOL_KEY_TOKEN_MAX_BYTES) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "What the keyring says of the key service is damaged");
        return FALSE;
    }
    n_bytes = ask_service(PROTOCOL_KEY_UNWRAP, token, n_token, answer, error);
    if (n_bytes < 0)
        return FALSE;
    if (n_bytes != RECALL_KEY_BYTES)
        return set_strange(error);
    memcpy(out_key, answer, RECALL_KEY_BYTES);
    return TRUE;
}

static void
destroy_key(const char *folder, GBytes *about)
{
    uint8_t answer[PROTOCOL_KEY_BODY_MAX_BYTES];
    g_autoptr(GError) error = NULL;
    size_t n_token;
    const void *token = g_bytes_get_data(about, &n_token);

    if (n_token > 0 && n_token <= PROTOCOL_KEY_TOKEN_MAX_BYTES &&
        ask_service(PROTOCOL_KEY_DESTROY, token, n_token, answer, &error) < 0)
        g_info("The key service keeps a key that is of no use any more: %s", error->message);
}

static gboolean
note(GBytes *about, const uint8_t *mark, GError **error)
{
    uint8_t body[PROTOCOL_KEY_BODY_MAX_BYTES];
    uint8_t answer[PROTOCOL_KEY_BODY_MAX_BYTES];
    size_t n_token;
    const void *token = g_bytes_get_data(about, &n_token);

    if (n_token > PROTOCOL_KEY_TOKEN_MAX_BYTES)
        return set_strange(error);
    memcpy(body, token, n_token);
    memcpy(body + n_token, mark, PROTOCOL_KEY_MARK_BYTES);
    return ask_service(PROTOCOL_KEY_NOTE, body, n_token + PROTOCOL_KEY_MARK_BYTES, answer, error) >=
           0;
}

/* A service that has no marks was told none: there is nothing to compare with. */
static gboolean
is_known(GBytes *about, const uint8_t *mark, gboolean *out_is_known, GError **error)
{
    uint8_t marks[PROTOCOL_KEY_BODY_MAX_BYTES];
    size_t n_token;
    const void *token = g_bytes_get_data(about, &n_token);
    int n_bytes;

    if (n_token > PROTOCOL_KEY_TOKEN_MAX_BYTES)
        return set_strange(error);
    n_bytes = ask_service(PROTOCOL_KEY_MARKS, token, n_token, marks, error);
    if (n_bytes < 0)
        return FALSE;
    *out_is_known = n_bytes == 0;
    for (int at = 0; at + PROTOCOL_KEY_MARK_BYTES <= n_bytes; at += PROTOCOL_KEY_MARK_BYTES)
        *out_is_known = *out_is_known || memcmp(marks + at, mark, PROTOCOL_KEY_MARK_BYTES) == 0;
    return TRUE;
}

const RecallRootKeyType recall_root_key_service = {
    .name = "service",
    .create = create_key,
    .open = open_key,
    .destroy = destroy_key,
    .note = note,
    .is_known = is_known,
};
