/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/mutant.h"
#include "tests/fault/crypt-db.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Loses power at any moment, many times over: what was acknowledged is there afterwards, and
 * nothing is corrupt. DESKHAND_SEEDS=10000 makes it longer. */

#define N_SEEDS 1000
#define N_SEEDS_FOR_MUTANT 200
#define N_KEYS 150
#define N_ROUNDS 3
#define N_STEPS_MAX 40
#define N_CUT_MAX 500
#define TEXT_MAX_BYTES 9000

/* What the rows hold; version 0 is no row. */
typedef struct {
    unsigned versions[N_KEYS];
} Model;

typedef struct {
    PowerDisk *disk;
    CryptDb db;
    GRand *rand;
    Model acknowledged;
    Model pending; /* of the transaction in flight */
    unsigned n_versions;
    gboolean may_fail; /* the disk refuses a write now and then */
    gboolean has_failed;
    char *complaint;
} Run;

static int
draw(Run *self, int end)
{
    return g_rand_int_range(self->rand, 0, end);
}

static void
complain(Run *self, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (self->complaint == NULL)
        self->complaint = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

/* Another one for each version; some need several pages. */
static char *
text_of(unsigned key, unsigned version)
{
    unsigned n = version % 7 == 0 ? (version * 37) % TEXT_MAX_BYTES : 20 + version % 300;
    GString *text = g_string_sized_new(n + 32);

    g_string_printf(text, "key%u version%u", key, version);
    while (text->len < n)
        g_string_append_printf(text, " w%u", (unsigned)(text->len * version) % 997);
    return g_string_free(text, FALSE);
}

static gboolean
is_up(Run *self)
{
    return !power_disk_is_off(self->disk) && self->complaint == NULL;
}

/* Fails only because the power went. */
static gboolean
execute(Run *self, const char *sql)
{
    if (!is_up(self))
        return FALSE;
    if (crypt_db_execute(&self->db, sql))
        return TRUE;
    self->has_failed = TRUE;
    if (is_up(self) && !self->may_fail)
        complain(self, "%s", self->db.complaint);
    return FALSE;
}

static void
change_row(Run *self)
{
    unsigned key = (unsigned)draw(self, N_KEYS);
    unsigned *version = &self->pending.versions[key];
    g_autofree char *text = NULL;
    g_autofree char *sql = NULL;

    if (*version != 0 && draw(self, 4) == 0) {
        sql = g_strdup_printf(
            "DELETE FROM row WHERE key = %u; DELETE FROM row_fts WHERE rowid = %u", key, key);
        *version = 0;
    } else {
        *version = ++self->n_versions;
        text = text_of(key, *version);
        sql = g_strdup_printf("REPLACE INTO row VALUES(%u, %u, '%s');"
                              "REPLACE INTO row_fts(rowid, text) VALUES(%u, '%s')",
                              key, *version, text, key, text);
    }
    execute(self, sql);
}

static void
change_rows(Run *self)
{
    gboolean is_large = draw(self, 8) == 0;
    int n = is_large ? 40 + draw(self, 80) : 1 + draw(self, 4);

    while (n-- > 0 && is_up(self) && !self->has_failed)
        change_row(self);
}

/* No savepoints: SQLite 3.40 itself then loses what was acknowledged, see docs/HACKING.md. */
static void
run_transaction(Run *self)
{
    self->pending = self->acknowledged;
    if (!execute(self, "BEGIN IMMEDIATE"))
        return;
    change_rows(self);
    if (draw(self, 5) == 0) {
        if (execute(self, "ROLLBACK"))
            self->pending = self->acknowledged;
        return;
    }
    if (execute(self, "COMMIT"))
        self->acknowledged = self->pending;
}

static gboolean
open_db(Run *self)
{
    crypt_db_close(&self->db);
    if (!crypt_db_open(&self->db, self->disk, 'k', 'i') && is_up(self))
        complain(self, "%s", self->db.complaint);
    return execute(self, "PRAGMA cache_size=12; PRAGMA wal_autocheckpoint=60");
}

static void
run_step(Run *self)
{
    static const char *const checkpoints[] = {"PASSIVE", "FULL", "RESTART", "TRUNCATE"};
    g_autofree char *sql = NULL;

    switch (draw(self, 12)) {
    case 0:
        sql = g_strdup_printf("PRAGMA wal_checkpoint(%s)", checkpoints[draw(self, 4)]);
        execute(self, sql);
        break;
    case 1:
        open_db(self);
        break;
    case 2:
        execute(self, "INSERT INTO row_fts(row_fts) VALUES('optimize')");
        break;
    default:
        run_transaction(self);
    }
}

static void
read_model(Run *self, Model *out)
{
    g_autofree char *rows = crypt_db_ask(&self->db, "SELECT key, version, text FROM row");
    g_auto(GStrv) lines = rows != NULL ? g_strsplit(rows, "\n", -1) : NULL;

    *out = (Model){0};
    for (unsigned i = 0; lines != NULL && lines[i] != NULL && *lines[i] != '\0'; i++) {
        g_auto(GStrv) fields = g_strsplit(lines[i], "|", 3);
        unsigned key = (unsigned)g_ascii_strtoull(fields[0], NULL, 10);
        unsigned version = (unsigned)g_ascii_strtoull(fields[1], NULL, 10);
        g_autofree char *text = text_of(key, version);

        out->versions[key] = version;
        if (strcmp(text, fields[2]) != 0)
            complain(self, "row %u holds another text", key);
    }
    if (rows == NULL)
        complain(self, "%s", self->db.complaint);
}

static void
check_whole(Run *self)
{
    g_autofree char *whole = crypt_db_ask(&self->db, "PRAGMA integrity_check");

    if (g_strcmp0(whole, "ok\n") != 0)
        complain(self, "integrity: %s", whole != NULL ? whole : self->db.complaint);
    execute(self, "INSERT INTO row_fts(row_fts) VALUES('integrity-check')");
}

/* After the power came back. */
static void
check(Run *self)
{
    Model found;

    read_model(self, &found);
    check_whole(self);
    if (self->complaint != NULL)
        return;
    if (memcmp(&found, &self->acknowledged, sizeof found) != 0 &&
        memcmp(&found, &self->pending, sizeof found) != 0)
        complain(self, "the rows are neither those before nor those after the last transaction");
    self->acknowledged = found;
    self->pending = found;
}

/* The power may go again while SQLite recovers. */
static void
come_back(Run *self)
{
    crypt_db_close(&self->db);
    power_disk_restart(self->disk);
    if (draw(self, 3) == 0) {
        power_disk_cut_after(self->disk, 1 + (unsigned)draw(self, 12));
        open_db(self);
        if (!power_disk_is_off(self->disk))
            execute(self, "PRAGMA wal_checkpoint(TRUNCATE)");
        crypt_db_close(&self->db);
        power_disk_restart(self->disk);
    }
    if (open_db(self))
        check(self);
}

static void
run_round(Run *self)
{
    int n_steps = 1 + draw(self, N_STEPS_MAX);

    power_disk_cut_after(self->disk, 1 + (unsigned)draw(self, N_CUT_MAX));
    while (n_steps-- > 0 && is_up(self))
        run_step(self);
    if (self->complaint == NULL)
        come_back(self);
}

/* One write fails, then all is well again: nothing is lost, and it goes on. */
static void
run_failing_round(Run *self)
{
    static const int codes[] = {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC,
                                SQLITE_IOERR_TRUNCATE};
    int code = codes[draw(self, G_N_ELEMENTS(codes))];

    self->may_fail = TRUE;
    self->has_failed = FALSE;
    power_disk_fail_after(self->disk, (unsigned)draw(self, N_CUT_MAX), code);
    for (int i = 0; i < N_STEPS_MAX && is_up(self) && !self->has_failed; i++)
        run_step(self);
    power_disk_fail_after(self->disk, 0, SQLITE_OK);
    self->may_fail = FALSE;
    if (!sqlite3_get_autocommit(self->db.db))
        sqlite3_exec(self->db.db, "ROLLBACK", NULL, NULL, NULL);
    if (open_db(self))
        check(self);
}

static gboolean
start(Run *self)
{
    crypt_db_create(self->disk, 'k', 'i');
    return open_db(self) &&
           execute(self, "CREATE TABLE row(key INTEGER PRIMARY KEY, version INTEGER, text TEXT);"
                         "CREATE VIRTUAL TABLE row_fts USING fts5(text)");
}

static char *
finish(Run *self)
{
    crypt_db_close(&self->db);
    power_disk_free(self->disk);
    g_rand_free(self->rand);
    return self->complaint;
}

/* Returns: (transfer full) (nullable): what went wrong */
static char *
run_seed(unsigned seed, void (*run)(Run *))
{
    Run self = {.disk = power_disk_new(seed), .rand = g_rand_new_with_seed(seed)};

    if (start(&self)) {
        for (unsigned i = 0; i < N_ROUNDS && self.complaint == NULL; i++)
            run(&self);
    }
    return finish(&self);
}

static unsigned
count_seeds(void)
{
    const char *text = g_getenv("DESKHAND_SEEDS");

    return text != NULL ? (unsigned)g_ascii_strtoull(text, NULL, 10) : N_SEEDS;
}

static void
test_power_loss(void **state)
{
    unsigned n_seeds = count_seeds();

    for (unsigned seed = 0; seed < n_seeds; seed++) {
        g_autofree char *complaint = run_seed(seed, run_round);

        if (complaint != NULL)
            fail_msg("seed %u: %s", seed, complaint);
    }
}

static void
test_failing_disk(void **state)
{
    for (unsigned seed = 0; seed < count_seeds() / 5; seed++) {
        g_autofree char *complaint = run_seed(seed, run_failing_round);

        if (complaint != NULL)
            fail_msg("seed %u: %s", seed, complaint);
    }
}

/* These mistakes would be found. */
static void
test_mutants(void **state)
{
    static const RecallMutant mutants[] = {
        RECALL_MUTANT_FRAME_HEADER_BOUND,
        RECALL_MUTANT_RAW_HEADER,
        RECALL_MUTANT_LATE_WITNESS,
        RECALL_MUTANT_NO_SYNC,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(mutants); i++) {
        g_autofree char *complaint = NULL;
        unsigned seed = 0;

        recall_mutant = mutants[i];
        while (complaint == NULL && seed < N_SEEDS_FOR_MUTANT)
            complaint = run_seed(seed++, run_round);
        recall_mutant = RECALL_MUTANT_NONE;
        if (complaint == NULL)
            fail_msg("mutant %u survived %u seeds", mutants[i], seed);
        print_message("mutant %u found by seed %u: %s\n", mutants[i], seed - 1, complaint);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power_loss),
        cmocka_unit_test(test_failing_disk),
        cmocka_unit_test(test_mutants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
