/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/recovery-text.h"

#include <string.h>

#define N_KEY_SIGNS 52 /* of 5 bits; the last one has 4 bits of zeros */
#define N_CHECK_SIGNS 4
#define N_SIGNS (N_KEY_SIGNS + N_CHECK_SIGNS)
#define GROUP_SIGNS 4

static const char signs[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Five bits from a row of bytes; zeros beyond its end. */
static unsigned
take_bits(const uint8_t *data, size_t n_bytes, unsigned index)
{
    unsigned value = 0;

    for (unsigned bit = index * 5; bit < index * 5 + 5; bit++)
        value = value << 1 | (bit / 8 < n_bytes ? data[bit / 8] >> (7 - bit % 8) & 1U : 0U);
    return value;
}

/* Twenty bits of a digest, enough for slips of the pen. */
static void
fill_check(const RecallKey *key, char *out)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    uint8_t digest[32];
    size_t n_bytes = sizeof digest;

    g_checksum_update(checksum, (const guchar *)"deskhand recovery", -1);
    g_checksum_update(checksum, key, RECALL_KEY_BYTES);
    g_checksum_get_digest(checksum, digest, &n_bytes);
    for (unsigned i = 0; i < N_CHECK_SIGNS; i++)
        out[i] = signs[take_bits(digest, sizeof digest, i)];
}

char *
recall_recovery_text_from_key(const RecallKey *key)
{
    char all[N_SIGNS];
    char *text = g_malloc0(N_SIGNS + N_SIGNS / GROUP_SIGNS);
    char *at = text;

    for (unsigned i = 0; i < N_KEY_SIGNS; i++)
        all[i] = signs[take_bits(key, RECALL_KEY_BYTES, i)];
    fill_check(key, all + N_KEY_SIGNS);
    for (unsigned i = 0; i < N_SIGNS; i++) {
        if (i > 0 && i % GROUP_SIGNS == 0)
            *at++ = ' ';
        *at++ = all[i];
    }
    recall_secret_clear(all, sizeof all);
    return text;
}

/* Returns: -1 for what is no sign */
static int
value_of(char sign)
{
    const char *at;

    sign = g_ascii_toupper(sign);
    sign = sign == 'O' ? '0' : sign == 'I' || sign == 'L' ? '1' : sign;
    at = sign != '\0' ? strchr(signs, sign) : NULL;
    return at != NULL ? (int)(at - signs) : -1;
}

/* Returns: how many there are, N_SIGNS + 1 when too many or anything else is among them */
static unsigned
collect_signs(const char *text, uint8_t *out_values)
{
    unsigned n = 0;

    for (; *text != '\0'; text++) {
        int value = value_of(*text);

        if (*text == ' ' || *text == '-' || *text == '\n' || *text == '\r' || *text == '\t')
            continue;
        if (value < 0 || n == N_SIGNS)
            return N_SIGNS + 1;
        out_values[n++] = (uint8_t)value;
    }
    return n;
}

static void
put_bits(const uint8_t *values, RecallKey *out_key)
{
    memset(out_key, 0, RECALL_KEY_BYTES);
    for (unsigned bit = 0; bit < RECALL_KEY_BYTES * 8; bit++) {
        if (values[bit / 5] >> (4 - bit % 5) & 1)
            out_key[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
    }
}

gboolean
recall_recovery_text_to_key(const char *text, RecallKey *out_key)
{
    uint8_t values[N_SIGNS] = {0};
    char check[N_CHECK_SIGNS];
    gboolean is_right = collect_signs(text, values) == N_SIGNS;

    put_bits(values, out_key);
    fill_check(out_key, check);
    for (unsigned i = 0; i < N_CHECK_SIGNS; i++)
        is_right = is_right && signs[values[N_KEY_SIGNS + i]] == check[i];
    is_right = is_right && (values[N_KEY_SIGNS - 1] & 0xf) == 0;
    if (!is_right)
        recall_secret_clear(out_key, RECALL_KEY_BYTES);
    recall_secret_clear(values, sizeof values);
    return is_right;
}
