/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-labels.h"

#include "examples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* What seldom stands between a label and its value. */
static void
finds_behind_signs(void **state)
{
    static const char *const examples[] = {
        "密码 → ❮Tn8dQp4Wz6❯",
        "Password → ❮swordfish❯",
        "Password ⇒ ❮xyz❯",
        "password » ❮swordfish❯",
        "Kennwort → ❮swordfish❯.",
        "密码→❮abc❯",
        "Passwort/password → ❮Fc5gUy1Mk9❯",
        "Passwort/password + ❮Fc5gUy1Mk9❯", /* as OCR reads an arrow */
        "pwd➜ ❮Bn5hTe9Kq2❯",
        "PASSWORD ------ ❮Xv2rLj6Pw8❯",
        "Password – ❮Emu4two❯",
        "Password......❮Emu4two❯",
        "Password....: ❮swordfish❯",
        "| bob | password | ❮Ck9mXf5Ds2❯ |",
        "管理员密码［❮Bt2sWr6Gy4❯］",
        "密码【❮Emu4two❯】, 密码“❮Emu4two❯”",
        "Password (❮Emu4two❯)",
        "use password \"❮Emu4two88❯\" here",
        "root密码❮Uz8eNk5Lp3❯",
        "密码❮123456❯",
        "密 码 : ❮Rb3vSm7Jx2❯",
        "密　码：❮swordfish❯",
        "口 令：❮swordfish❯",
        "密码∶❮swordfish❯",
        "PSWD=❮swordfish❯",
        "psk=\"❮swordfish❯\"",
        "secret = ❮swordfish❯",
        "rpc-secret=❮swordfish❯",
        "client_secret = ❮swordfish❯\nid = 1",
        "PSK: ❮swordfish❯",
        "PrivateKey = ❮kM9fGdsCVjmklJ7TuwAeaFdPzZFuBnMz6TGnWlnGh0Q=❯",
        "PresharedKey = ❮kM9fGdsCVjmklJ7TuwAeaFdPzZFuBnMz6TGnWlnGh0Q=❯",
    };

    examples_check(examples, G_N_ELEMENTS(examples));
}

static void
finds_in_markup(void **state)
{
    static const char *const examples[] = {
        "<password>❮swordfish❯</password>",
        "<db.password enc=\"no\">❮swordfish❯</db.password>",
        "<pass>❮swordfish❯</pass>",
        "<entry key=\"password\">❮Emu4two8❯</entry>",
        "<property name=\"password\" value=\"❮swordfish❯\"/>",
        "<input type=\"password\" id=\"a\" value=\"❮swordfish❯\">",
        "<b>Password:</b> ❮swordfish❯",
        "<td>Password</td><td>❮Emu4two❯</td>",
        "**Password:** ❮swordfish❯",
        "**Password**: ❮swordfish❯",
        "**Password:**\n❮Emu4two❯ for all of it",
        "- name: DB_PASSWORD\nvalue: ❮swordfish❯",
        "{\"name\": \"DB_PASSWORD\", \"value\": \"❮swordfish❯\"}",
    };

    examples_check(examples, G_N_ELEMENTS(examples));
}

static void
finds_in_code(void **state)
{
    static const char *const examples[] = {
        "\"pass\": \"❮Hq5yTd6Vs1❯\",",
        "$db['pass'] = '❮swordfish❯';",
        "config[\"password\"] = \"❮swordfish❯\"",
        "$h{password} = '❮swordfish❯';",
        "{\\\"password\\\":\\\"❮swordfish❯\\\",\\\"a\\\":1}",
        "if (password == \"❮swordfish❯\" || password != '❮lovelace❯')",
        "password: str = \"❮swordfish❯\"",
        "let password: &str = \"❮swordfish❯\";",
        "user.setPassword(\"❮swordfish❯\");",
        "password%22%3A%22❮swordfish❯",
        "set password = PASSWORD('❮Lk1fHp7Bz9❯');",
        "VALUES ('bob', PASSWORD('❮swordfish❯'));",
        "WHERE password=MD5('❮swordfish❯')",
        "CREATE ROLE bob WITH LOGIN PASSWORD '❮swordfish❯';",
        "ALTER USER bob IDENTIFIED BY '❮Cq4yNs8Tj2❯';",
        "IDENTIFIED WITH mysql_native_password BY '❮swordfish❯' REQUIRE SSL",
        "create user bob identified by '❮swordfish❯';",
        "<token>❮9f8e7d6c5b4a39281706❯</token>",
    };

    examples_check(examples, G_N_ELEMENTS(examples));
}

/* 0 for O; l, I and 1 for each other. A password that looks like such a label is none. */
static void
finds_behind_misread_labels(void **state)
{
    static const char *const examples[] = {
        "DB_PASSW0RD=\"❮swordfish❯\"",
        "passw0rd: ❮hunter2❯",
        "T0KEN=❮9f8e7d6c5b4a39281706❯",
        "apl_key=❮9f8e7d6c5b4a39281706❯",
        "cIient_secret=❮9f8e7d6c5b4a39281706❯",
        "PlN: ❮4711❯",
        "Password\n❮passw0rd❯",
    };

    examples_check(examples, G_N_ELEMENTS(examples));
}

static void
finds_in_other_languages(void **state)
{
    static const char *const examples[] = {
        "Passwort: ❮swordfish❯",       "Kennwort: ❮swordfish❯",   "mot de passe : ❮swordfish❯",
        "Contraseña: ❮swordfish❯",     "パスワード：❮swordfish❯", "비밀번호: ❮swordfish❯",
        "Mot de passe :\n❮swordfish❯",
    };

    examples_check(examples, G_N_ELEMENTS(examples));
}

static void
leaves_other_texts(void **state)
{
    static const char *const examples[] = {
        "Settings › Password › Change",
        "Password → Change",
        "Password → 改",
        "Password » WordPress",
        "Settings » Password » Security",
        "password → hash → database",
        "Password - OAuth2",
        "Password — LibreOffice",
        "Password ........ 12",
        "password VARCHAR(255) NOT NULL",
        "| password | varchar(255) | NO |",
        "| password | utf8 | NO |",
        "PWD=/home/bob/x1",
        "key_mgmt=WPA-PSK",
        "WPA2 PSK: none",
        "PublicKey = kM9fGdsCVjmklJ7TuwAeaFdPzZFuBnMz6TGnWlnGh0Q=",
        "docker run -v \"$PWD\":/tmp",
        "密码SHA256加密",
        "密码123456位",
        "password: null",
        "secret = None",
        "secret = token",
        "secret = get_secret()",
        "secret = config.secret",
        "the secret = swordfish of it",
        "my secret = swordfish",
        "secret: swordfish",
        "password === undefined",
        "if (password == NULL)",
        "<string name=\"password\">Password</string>",
        "<label>Password</label> <input type=\"password\" value=\"\">",
        "<password>required</password>",
        "a column identified by 'name' in it",
        "Password::get()",
        "read.password('Current password: ')",
        "splitpasswd('user:passwd')",
        "Kennwort\nWeiter",
        "Mot de passe\nContinuer",
        "パスワード\n続ける",
    };

    examples_check(examples, G_N_ELEMENTS(examples));
}

static void
finds_starts(void **state)
{
    const char *text = "ask PASSWORD or 密码 here";
    size_t first = policy_detect_label_find(text, 0, strlen(text));
    size_t second = policy_detect_label_find(text, first + 1, strlen(text));

    assert_int_equal(first, 4);
    assert_int_equal(second, 16);
    assert_int_equal(policy_detect_label_find(text, second + 1, strlen(text)), strlen(text));
    assert_int_equal(policy_detect_label_find("p", 0, 1), 1);
    assert_int_equal(policy_detect_label_find("", 0, 0), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_behind_signs),
        cmocka_unit_test(finds_in_markup),
        cmocka_unit_test(finds_in_code),
        cmocka_unit_test(finds_behind_misread_labels),
        cmocka_unit_test(finds_in_other_languages),
        cmocka_unit_test(leaves_other_texts),
        cmocka_unit_test(finds_starts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
