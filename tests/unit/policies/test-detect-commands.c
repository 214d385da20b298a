/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "examples.h"
#include "policies/detect-command-kinds.h"
#include "policies/detect-commands.h"
#include "policies/detect-inserts.h"
#include "policies/detect-pattern.h"
#include "policies/detect-starts.h"
#include "policies/detect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
finds_in_commands(void **state)
{
    static const char *const examples[] = {
        "docker login -u x -p ❮swordfish❯ registry.example",
        "podman login --username x --password=❮swordfish❯",
        "$ redis-cli -h db -a ❮swordfish❯ ping",
        "`redis-cli -a '❮sword fish❯' ping`",
        "kubectl exec -it pod -- redis-cli -a ❮swordfish❯",
        "useradd -m -p ❮Tapir9hash❯ bob",
        "ldapsearch -x -D cn=admin -w ❮swordfish❯ -b dc=x",
        "ldapmodify -w❮Tapir9❯ -f x.ldif",
        "mongosh -u admin -p ❮swordfish❯ --authenticationDatabase admin",
        "mongodump -p❮Tapir9❯ --db x",
        "mysqldump -u root -p❮swordfish❯ shop; ls -p dir",
        "mysql -u root -p\"❮sword fish❯\" -e 'select 1; select 2'",
        "mysql -e 'select 1; select 2' -p❮swordfish❯",
        "bash -c \"mysql -u root -p❮swordfish❯ shop\"",
        "bash -c \"mysql -p\\\"❮sword fish❯\\\" shop\"",
        "mysqladmin -u root password ❮swordfish❯",
        "mysql -u root \\\n-h db \\\n-p❮swordfish❯",
        "openssl enc -aes-256-cbc -k ❮swordfish❯ -in a",
        "openssl rsa -in k -passin pass:❮fish❯ -passout pass:❮1234❯",
        "openssl passwd -6 -salt xyz ❮swordfish❯",
        "7z a -p❮swordfish❯ x.7z dir",
        "7za x -p\"❮sword fish❯\" x.7z",
        "rar a -hp❮swordfish❯ x.rar dir",
        "unzip -P ❮swordfish❯ x.zip",
        "/usr/bin/zip -r -P ❮swordfish❯ x.zip dir",
        "xfreerdp /u:bob /p:❮swordfish❯ /v:host",
        "xfreerdp /u:bob '/p:❮sword fish❯' /v:host",
        "rdesktop -u bob -p ❮swordfish❯ host",
        "smbclient //srv/share -U bob%❮swordfish❯ -c ls",
        "smbclient -L srv -U 'DOM\\bob%❮Tapir9❯'",
        "wget --user=a --http-password=❮swordfish❯ http://h",
        "wget --user a --password ❮swordfish❯ http://h",
        "aria2c --rpc-secret=❮swordfish❯ --http-passwd=❮lovelace❯ http://h",
        "psql \"host=db user=u password=❮swordfish❯\"",
        "PGPASSWORD=❮swordfish❯ psql -U u",
        "sshpass -p ❮swordfish❯ ssh -p 2222 host",
        "sshpass -v -p❮swordfish❯ ssh -p 2222 host",
        "sqlplus -S scott/❮tiger❯@db @x.sql",
        "url=jdbc:oracle:thin:scott/❮tiger❯@//db:1521/x",
        "$p = ConvertTo-SecureString \"❮swordfish❯\" -AsPlainText -Force",
        "convertto-securestring -AsPlainText '❮swordfish❯' -Force",
        "cmdkey /add:srv /user:u /pass:❮swordfish❯",
        "keytool -genkey -storepass ❮lovelace❯ -keypass ❮swordfish❯",
        "snmpwalk -v3 -A ❮swordfish❯ -X ❮lovelace❯ host",
    };

    examples_check(examples, G_N_ELEMENTS(examples));
}

static void
finds_by_place(void **state)
{
    static const char *const examples[] = {
        "htpasswd -b /etc/h bob ❮swordfish❯",
        "htpasswd -nbBC 10 bob ❮swordfish❯ > f",
        "htpasswd -c -b f bob ❮swordfish❯ && echo ok",
        "net use X: \\\\srv\\share ❮swordfish❯ /user:u",
        "net.exe use \\\\srv\\share /user:DOM\\u ❮swordfish❯",
        "NET USER bob ❮swordfish❯ /add",
        "echo bob:❮swordfish❯ | chpasswd",
        "echo \"bob:❮sword fish❯\" | sudo /usr/sbin/chpasswd -e",
        "chpasswd <<< \"bob:❮swordfish❯\"",
        "echo ❮swordfish❯ | passwd --stdin bob",
        "echo ❮swordfish❯ | sudo -S apt update",
        "echo '❮swordfish❯' | docker login -u x --password-stdin",
        "rabbitmqctl add_user bob ❮swordfish❯",
    };

    examples_check(examples, G_N_ELEMENTS(examples));
}

/* Manuals, variables, other options of the same name, and commands that ask for it. */
static void
leaves_other_arguments(void **state)
{
    static const char *const examples[] = {
        "docker login -p",
        "docker login -u x -p password",
        "docker login -u x -p <password>",
        "docker login -p $VAR, docker login -p \"$VAR\" or '${VAR}'",
        "docker login [-p|--password string]",
        "docker login -p is not safe",
        "docker run -p 8080:80 redis-cli",
        "mkdir -p dir; ssh -p 22 host; cp -p a b; nmap -p 80 host",
        "mysql -h db -P 3306 -u root -p",
        "mysql -u root -p shop",
        "mysql -u root -ppassword",
        "mysql -u root -p; ls -px dir",
        "php-mysql -pecl",
        "redis-cli -p 6379 -a $REDIS",
        "redis-cli -a option",
        "htpasswd -c /etc/h bob",
        "htpasswd -b passwordfile username password",
        "htpasswd -B -c file bob",
        "net use X: \\\\srv\\share /persistent:yes",
        "net use X: \\\\srv\\share * /user:u",
        "net user bob /delete",
        "net user names are kept, of which the net use is seen",
        "useradd -m -p \"$(openssl passwd -6)\" bob",
        "echo bob:swordfish",
        "echo \"$u:$p\" | chpasswd",
        "echo hello world | grep x",
        "ldapsearch -x -W -b dc=x",
        "mongosh --port 27017 -p",
        "mongodump -p --db x",
        "openssl enc -aes-256-cbc -kfile f",
        "openssl passwd -6 -stdin",
        "openssl passwd -6 -salt xyz password",
        "openssl rsa -passin env:X",
        "7z x -p x.7z",
        "zip -P password x.zip",
        "unzip -p x.zip file; unzip -P <password> x.zip",
        "xfreerdp /u:bob /port:3389 /p:%PASS% /v:host",
        "smbclient -U bob //srv/share",
        "smbclient -U \"$U%$P\"",
        "sqlplus / as sysdba",
        "sqlplus and/or the rest",
        "sqlplus @scripts/run.sql",
        "jdbc:oracle:thin:@db:1521:x",
        "ConvertTo-SecureString $pw -AsPlainText -Force",
        "ConvertTo-SecureString \"$pw\" -AsPlainText",
        "ConvertTo-SecureString cmdlet",
        "cmdkey /list",
        "sshpass -p password ssh host",
        "curl -u user:$PASS https://h.example",
    };

    examples_check(examples, G_N_ELEMENTS(examples));
}

static void
finds_hashes(void **state)
{
    static const char *const examples[] = {
        "bob:❮$6$Xq7kPz2m$QlRr9Kq0h1j2k3l4m5n6o7p8q9r0s1t2u3v4w5x6y7z8❯:19000:0:99999:7:::",
        "bob:❮$apr1$TqI9WECO$LHZB2DqRlk9nObiB6vJG9.❯",
        "bob:❮{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=❯",
        "userPassword: ❮{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3❯",
        "{CRYPT}❮$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC❯",
        "x ❮{SSHA512}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3❯",
        "x ❮{SMD5}DkMTwBl+a/3DQTxCYEApdUtNXGgd❯",
    };

    examples_check(examples, G_N_ELEMENTS(examples));
}

static void
finds_in_inserts(void **state)
{
    static const char *const examples[] = {
        "INSERT INTO users (name, password, mail) VALUES ('bob', '❮swordfish❯', 'b@x'),\n"
        "('al', '❮love''lace❯', NULL), ('x,(', '❮a\\'b,)❯', '');",
        "insert into `users`(`id`,`passwd`) values (1,'❮swordfish❯');",
        "INSERT INTO \"a\".\"users\"\n(id, pass)\nVALUES\n(now(1,2), MD5('❮swordfish❯'));",
        "INSERT INTO u (pwd, n) VALUES (❮123456❯, 7)",
        "db.exec(\"INSERT INTO u (n, password) VALUES ('bob', '❮swordfish❯')\")",
    };

    examples_check(examples, G_N_ELEMENTS(examples));
}

static void
leaves_other_inserts(void **state)
{
    static const char *const examples[] = {
        "INSERT INTO users (name, password) VALUES (?, ?), ($1, $2), (:name, :password);",
        "INSERT INTO users (name, password) VALUES ('bob', NULL), ('x', '%s'), ('y', '$p'), ('', "
        "'');",
        "INSERT INTO users (name, mail) VALUES ('bob', 'b@x');",
        "INSERT INTO users VALUES ('bob', 'b@x');",
        "INSERT INTO password_resets SELECT a, b FROM c",
        "INSERT INTO users (name, password) SELECT 'a', 'b'",
        "INSERT INTO users (name, password",
        "insert into the slot (password) of it ('a')",
    };

    examples_check(examples, G_N_ELEMENTS(examples));
}

/* @n: words between the command and its password. Returns: whether that is found */
static gboolean
is_found_behind(unsigned n)
{
    g_autoptr(GString) line = g_string_new("redis-cli");
    g_autoptr(GArray) found = NULL;

    for (unsigned i = 0; i < n; i++)
        g_string_append(line, " x");
    g_string_append(line, " -a swordfish");
    found = policy_detect_find_in(line->str);
    return found != NULL;
}

static void
ends_after_many_words(void **state)
{
    assert_true(is_found_behind(POLICY_COMMAND_N_WORDS_MAX - 2));
    assert_false(is_found_behind(POLICY_COMMAND_N_WORDS_MAX - 1));
}

/* @length: of the statement up to the end of its password. Returns: whether all of that is
 * found */
static gboolean
is_found_at(size_t length)
{
    const char *head = " u (a, password) VALUES ('";
    const char *tail = "', 'swordfish'";
    g_autofree char *a = g_strnfill(length - strlen(head) - strlen(tail), 'a');
    g_autofree char *line = g_strconcat("INSERT INTO", head, a, tail, ")", NULL);
    g_autoptr(GArray) found = policy_detect_find_in(line);
    const PolicySecretRange *range =
        found != NULL ? &g_array_index(found, PolicySecretRange, 0) : NULL;

    return range != NULL && range->end_bytes - range->start_bytes == strlen("swordfish");
}

static void
ends_in_long_inserts(void **state)
{
    assert_true(is_found_at(POLICY_INSERT_MAX_BYTES));
    assert_false(is_found_at(POLICY_INSERT_MAX_BYTES + 1));
}

/* Patterns are made when their command is seen. */
static void
compiles_all_kinds(void **state)
{
    assert_in_range(policy_n_command_kinds, 1, POLICY_STARTS_N_MAX);
    for (unsigned i = 0; i < policy_n_command_kinds; i++) {
        const char *name = policy_command_kinds[i].name;

        assert_true(strlen(name) >= 2);
        assert_null(policy_detect_find_in(name));
        pcre2_code_free(policy_detect_pattern_compile(policy_command_kinds[i].rest));
        if (policy_command_kinds[i].argument != NULL)
            pcre2_code_free(policy_detect_pattern_compile(policy_command_kinds[i].argument));
    }
}

static void
tells_starts(void **state)
{
    PolicyStarts starts = {{0}};

    policy_starts_note(&starts, "7z", 0);
    policy_starts_note(&starts, "Zip", POLICY_STARTS_N_MAX - 1);
    assert_int_equal(policy_starts_get(&starts, "7Z"), 1);
    assert_int_equal(policy_starts_get(&starts, "7zx"), 1);
    assert_true(policy_starts_get(&starts, "zIP") == UINT64_C(1) << (POLICY_STARTS_N_MAX - 1));
    assert_int_equal(policy_starts_get(&starts, "zi"), 0);
    assert_int_equal(policy_starts_get(&starts, "zit"), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_in_commands),      cmocka_unit_test(finds_by_place),
        cmocka_unit_test(leaves_other_arguments), cmocka_unit_test(finds_hashes),
        cmocka_unit_test(finds_in_inserts),       cmocka_unit_test(leaves_other_inserts),
        cmocka_unit_test(ends_after_many_words),  cmocka_unit_test(ends_in_long_inserts),
        cmocka_unit_test(compiles_all_kinds),     cmocka_unit_test(tells_starts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
