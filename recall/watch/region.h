/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"

#include <pixman.h>
#include <stdint.h>

/* What pixman does not count. */

int64_t recall_region_area_px(const pixman_region32_t *region);

/* Of that, what lies in @box. */
int64_t recall_region_area_in_px(const pixman_region32_t *region, const BaseRect *box);
