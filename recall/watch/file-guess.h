/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* Which file a window shows, from its title and from what its process has open or was started with.
 */

/* Pure: the absolute path that @title names ("/a/b.txt - Mousepad", "b.txt (~/a) - gedit"), or
 * NULL. @home: stands for ~ */
char *recall_file_guess_path(const char *title, const char *home);

/* Pure: the name with an extension that @title begins with ("b.odt - LibreOffice Writer"), or
 * NULL. */
char *recall_file_guess_name(const char *title);

/* The file's path, absolute, when it is there, else NULL. Touches the disk: not for the main
 * thread. */
char *recall_file_guess(const char *title, pid_t pid);
