/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

uint8_t
fuzz_take_byte(FuzzInput *self)
{
    if (self->n_bytes == 0)
        return 0;
    self->n_bytes--;
    return *self->data++;
}

uint32_t
fuzz_take_number(FuzzInput *self)
{
    uint32_t number = 0;

    for (unsigned i = 0; i < 4; i++)
        number |= (uint32_t)fuzz_take_byte(self) << 8 * i;
    return number;
}

const uint8_t *
fuzz_take_bytes(FuzzInput *self, size_t n_max, size_t *out_n_bytes)
{
    const uint8_t *start;
    size_t n_wanted = fuzz_take_byte(self);

    if (n_wanted == 255)
        n_wanted = self->n_bytes;
    start = self->data;
    *out_n_bytes = MIN(MIN(n_wanted, n_max), self->n_bytes);
    self->data += *out_n_bytes;
    self->n_bytes -= *out_n_bytes;
    return start;
}

char *
fuzz_take_line(FuzzInput *self)
{
    const uint8_t *end;
    size_t n_bytes;
    char *line;

    if (self->n_bytes == 0)
        return NULL;
    end = memchr(self->data, '\n', self->n_bytes);
    n_bytes = end != NULL ? (size_t)(end - self->data) : self->n_bytes;
    line = g_strndup((const char *)self->data, n_bytes);
    self->data += MIN(n_bytes + 1, self->n_bytes);
    self->n_bytes -= MIN(n_bytes + 1, self->n_bytes);
    return line;
}
