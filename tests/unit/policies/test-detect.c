/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect.h"

#include "secrets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LETTER_PX 8
#define LINE_PX 18
#define N_RUNS_MAX 256
#define N_RANDOM 2000
#define N_EACH 200
#define MISTAKES_MAX_PERCENT 1

/* --- a screen as a test sees it --- */

/* Lines by newline; cells of a line by '|' (far apart) or '~' (no gap). Text in a cell stands at
 * LETTER_PX a letter; a cell begins at each 25 letters. */
typedef struct {
    PolicyDetectRun runs[N_RUNS_MAX];
    unsigned n_runs;
    char *texts[N_RUNS_MAX];
} Screen;

static int
add_run(Screen *screen, const char *text, size_t length, int x, int line, gboolean is_ocr)
{
    int width = LETTER_PX * (int)g_utf8_strlen(text, (gssize)length);

    if (length > 0) {
        g_assert_cmpuint(screen->n_runs, <, N_RUNS_MAX);
        screen->texts[screen->n_runs] = g_strndup(text, length);
        screen->runs[screen->n_runs] =
            (PolicyDetectRun){.text = screen->texts[screen->n_runs],
                              .box = {x, line * LINE_PX, width, LINE_PX - 2},
                              .is_ocr = is_ocr};
        screen->n_runs++;
    }
    return x + width;
}

static void
screen_init(Screen *screen, const char *text, gboolean is_ocr)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    screen->n_runs = 0;
    for (int line = 0; lines[line] != NULL; line++) {
        const char *at = lines[line];
        int x = 10;
        int cell = 0;

        while (*at != '\0') {
            size_t length = strcspn(at, "|~");

            x = add_run(screen, at, length, x, line, is_ocr);
            at += length;
            if (*at == '|')
                x = 10 + ++cell * 25 * LETTER_PX;
            at += *at != '\0';
        }
    }
}

static void
screen_clear(Screen *screen)
{
    for (unsigned i = 0; i < screen->n_runs; i++)
        g_free(screen->texts[i]);
}

/* What of the screen was found, run by run, parts in brackets. */
static char *
mark(const char *text, gboolean is_ocr)
{
    Screen screen;
    g_autoptr(GArray) found = NULL;
    GString *marked = g_string_new(NULL);
    unsigned next = 0;

    screen_init(&screen, text, is_ocr);
    found = policy_detect_find(screen.runs, screen.n_runs);
    for (unsigned run = 0; run < screen.n_runs; run++) {
        const char *content = screen.runs[run].text;
        uint32_t at = 0;

        for (; found != NULL && next < found->len; next++) {
            const PolicySecretRange *range = &g_array_index(found, PolicySecretRange, next);

            if (range->run != run)
                break;
            assert_true(range->start_bytes >= at && range->end_bytes <= strlen(content));
            g_string_append_len(marked, content + at, range->start_bytes - at);
            g_string_append_printf(marked, "[%.*s]", (int)(range->end_bytes - range->start_bytes),
                                   content + range->start_bytes);
            at = range->end_bytes;
        }
        g_string_append_printf(marked, "%s%s", content + at, run + 1 < screen.n_runs ? "\n" : "");
    }
    screen_clear(&screen);
    return g_string_free(marked, FALSE);
}

typedef struct {
    const char *text;
    const char *marked;
} Example;

static void
check(const Example *examples, unsigned n, gboolean is_ocr)
{
    unsigned n_wrong = 0;

    for (unsigned i = 0; i < n; i++) {
        g_autofree char *marked = mark(examples[i].text, is_ocr);

        if (!g_str_equal(marked, examples[i].marked)) {
            print_error("%s\n  found: %s\n  not:   %s\n", examples[i].text, marked,
                        examples[i].marked);
            n_wrong++;
        }
    }
    assert_int_equal(n_wrong, 0);
}

/* --- each kind --- */

static void
finds_numbers(void **state)
{
    static const Example examples[] = {
        {"4111111111111111", "[4111111111111111]"},
        {"card 4111 1111 1111 1111 until 12/29", "card [4111 1111 1111 1111] until 12/29"},
        {"5500-0055-5555-5559.", "[5500-0055-5555-5559]."},
        {"4111·1111·1111·1111", "[4111·1111·1111·1111]"},
        {"378282246310005", "[378282246310005]"},
        {"3782 822463 10005", "[3782 822463 10005]"},
        {"3056 930902 5904", "[3056 930902 5904]"},
        {"卡号6222021234567890128", "卡号[6222021234567890128]"},
        {"卡号：６２２２ 0212 3456 7890 128", "卡号：[６２２２ 0212 3456 7890 128]"},
        {"440304194910010024", "[440304194910010024]"},
        {"身份证11010119491001001X不对", "身份证[11010119491001001X]不对"},
        {"身份证44030419900307019x。", "身份证[44030419900307019x]。"},
        {"身份证 440304 19900307 0026", "身份证 [440304 19900307 0026]"},
        {"DE89370400440532013000", "[DE89370400440532013000]"},
        {"IBAN: GB29 NWBK 6016 1331 9268 19, BIC", "IBAN: [GB29 NWBK 6016 1331 9268 19], BIC"},
        {"NO9386011117947", "[NO9386011117947]"},
        {"no93 8601 1117 947 for rent", "[no93 8601 1117 947] for rent"},
        {"4.53957876362149E+015", "[4.53957876362149]E+015"},
        {"2019\n5.10104197703094E+017", "2019\n[5.10104197703094]E+017"},
    };

    check(examples, G_N_ELEMENTS(examples), FALSE);
}

static void
leaves_other_numbers(void **state)
{
    static const char *const texts[] = {
        "4111111111111112",
        "order 4111 1111 1111 1112",
        "x4111111111111111",
        "4111111111111111a",
        "41111111111111110000",
        "3.141592653589793238",
        "2026-11-25 06:12:37.123456",
        "+86 138 0013 8000, +49 30 901820",
        "14ab0ae7c6f1d9b2e3a45c6d7e8f901234567890",
        "550e8400-e29b-41d4-a716-446655440000",
        "12345678-4123-4123-8123-123456789012",
        "EUR 1,234,567.89 and ¥ 12,345,678.00",
        "1732515157123456789",
        "440304199003070027",
        "440304199013074034",
        "990304199003074034",
        "DE89370400440532013001",
        "DE12 apples, NO 93 8601",
        "ISBN 978-3-16-148410-0",
        "192.168.100.200:8080",
        "4123|5678|9012|3456|7890",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *marked = mark(texts[i], FALSE);

        if (strchr(marked, '[') != NULL)
            fail_msg("%s", marked);
    }
}

static void
finds_passwords(void **state)
{
    static const Example examples[] = {
        {"6.02214076000000E+023", "6.02214076000000E+023"},
        {"1.23456789012345E+015", "1.23456789012345E+015"},
        {"5.10104193313094E+17", "5.10104193313094E+17"},
        {"password: hunter2 and more", "password: [hunter2] and more"},
        {"Password:hunter2", "Password:[hunter2]"},
        {"passwd=Tr0ub4dor&3", "passwd=[Tr0ub4dor&3]"},
        {"DB_PASSWORD=geheim", "DB_PASSWORD=[geheim]"},
        {"\"password\": \"two words\", \"user\": 1", "\"password\": \"[two words]\", \"user\": 1"},
        {"pwd: x1", "pwd: [x1]"},
        {"passphrase: correct horse battery staple", "passphrase: [correct horse battery staple]"},
        {"the password is swordfish", "the password is [swordfish]"},
        {"密码：abc123", "密码：[abc123]"},
        {"登录密码: 春眠不觉晓", "登录密码: [春眠不觉晓]"},
        {"口令是 芝麻开门，记住", "口令是 [芝麻开门]，记住"},
        {"支付密码为739204", "支付密码为[739204]"},
        {"PIN: 4711", "PIN: [4711]"},
        {"api_key=9f8e7d6c5b4a39281706", "api_key=[9f8e7d6c5b4a39281706]"},
        {"postgres://app:s3cret@db.example/x", "postgres://app:[s3cret]@db.example/x"},
        {"User|ada\nPassword|lovelace", "User\nada\nPassword\n[lovelace]"},
        {"Password:\nhunter2", "Password:\n[hunter2]"},
        {"The password:\nHoneyeater44, then log in.",
         "The password:\n[Honeyeater44,] then log in."},
        {"Password: Moonrabbit88\nPassword: Moonrabbit88",
         "Password: [Moonrabbit88]\nPassword: [Moonrabbit88]"},
        {"pwd: Moonrabbit\npwd: Moonrabbit", "pwd: [Moonrabbit]\npwd: [Moonrabbit]"},
        {"$ echo Password: Moonrabbit\n88 and\n$", "$ echo Password: [Moonrabbit]\n[88] and\n$"},
        {"Password:\nPassword:\nhunter2", "Password:\nPassword:\n[hunter2]"},
        {"Password:|PIN: 4711", "Password:\nPIN: [4711]"},
        {"PIN|8461", "PIN\n[8461]"},
        {"Card|PIN\nblue|8461", "Card\nPIN\nblue\n[8461]"},
        {"登录口令 Redlantern5", "登录口令 [Redlantern5]"},
        {"验证码：583920", "验证码：[583920]"},
        {"您的验证码是583920，请勿", "您的验证码是[583920]，请勿"},
        {"{\"password\": \"Starfish21w\"}", "{\"password\": \"[Starfish21w]\"}"},
        {"curl -u admin:Octopus66z https://h.example",
         "curl -u admin:[Octopus66z] https://h.example"},
        {"curl -H 'api_key: 9f8e7d6c5b4a39281706' --user=me:Octopus66z h",
         "curl -H 'api_key: [9f8e7d6c5b4a39281706]' --user=me:[Octopus66z] h"},
        {"密码\n天王盖地虎", "密码\n[天王盖地虎]"},
        {"The password for the router is: Tamarillo63k",
         "The password for the router is: [Tamarillo63k]"},
        {"password for the router is swordfish", "password for the router is [swordfish]"},
        {"passwd of root = xyzzy", "passwd of root = [xyzzy]"},
        {"Password for https://ada@git.example: hunter2",
         "Password for https://ada@git.example: [hunter2]"},
        {"Your password was changed to~Bowerbird77~today",
         "Your password was changed to\n[Bowerbird77]\ntoday"},
        {"the password has been reset to: lovelace.",
         "the password has been reset to: [lovelace.]"},
        {"The root password is~swordfish", "The root password is\n[swordfish]"},
        {"Your temporary password: Emu4two", "Your temporary password: [Emu4two]"},
        {"password (first login): Emu4two", "password (first login): [Emu4two]"},
        {"login: ada / pass: Emu4two", "login: ada / pass: [Emu4two]"},
        {"user ada, pw: Emu4two", "user ada, pw: [Emu4two]"},
        {"user ada password Emu4two88", "user ada password [Emu4two88]"},
        {"The password for the safe is:\nhunter2", "The password for the safe is:\n[hunter2]"},
        {"初始密码为Emu4two", "初始密码为[Emu4two]"},
        {"密码是Emu4two", "密码是[Emu4two]"},
        {"口令：Emu4two", "口令：[Emu4two]"},
        {"密码是：Emu4two", "密码是：[Emu4two]"},
        {"您的密码已重置为 Emu4two", "您的密码已重置为 [Emu4two]"},
        {"密码改为Emu4two", "密码改为[Emu4two]"},
        {"密码（首次登录）：Emu4two", "密码（首次登录）：[Emu4two]"},
        {"提取码: k7fq", "提取码: [k7fq]"},
        {"Router password: okapi lemon teapot", "Router password: [okapi lemon teapot]"},
        {"password: okapi lemon|teapot kettle", "password: [okapi lemon]\nteapot kettle"},
        {"Authorization: Basic YWRtaW46R2Vj a2840FRvYWQ=",
         "Authorization: Basic [YWRtaW46R2Vj a2840FRvYWQ=]"},
        {"Router password: okapi lemon teapot\npass: Emu4two",
         "Router password: [okapi lemon teapot]\npass: [Emu4two]"},
        {"password: okapi lemon, the other", "password: [okapi] lemon, the other"},
        {"REDIS_PASS=numbat_9911", "REDIS_PASS=[numbat_9911]"},
        {"DB_PASS=\"1234\" X_PWD=okapi", "DB_PASS=\"[1234]\" X_PWD=[okapi]"},
        {"export APP_SECRET=okapi", "export APP_SECRET=[okapi]"},
        {"SECRET_KEY_BASE=9f8e7d6c5b4a3928", "SECRET_KEY_BASE=[9f8e7d6c5b4a3928]"},
        {"redis://:capybara88@db:6379", "redis://:[capybara88]@db:6379"},
        {"mysql -u root -pTapirBanana9 shop", "mysql -u root -p[TapirBanana9] shop"},
        {"mysqldump -p'Tapir' -h db -u a", "mysqldump -p'[Tapir]' -h db -u a"},
        {"sshpass -p 'Dingo:442' ssh host", "sshpass -p '[Dingo:442]' ssh host"},
        {"sshpass -pDingo ssh host", "sshpass -p[Dingo] ssh host"},
        {"Authorization: Basic YWRtaW46R2Vja284", "Authorization: Basic [YWRtaW46R2Vja284]"},
        {"curl -H 'Authorization: Bearer abcd1234EFGH' h",
         "curl -H 'Authorization: Bearer [abcd1234EFGH]' h"},
        {"\"Authorization\": \"Bearer abcd1234\"", "\"Authorization\": \"Bearer [abcd1234]\""},
        {"machine h login bob password eland", "machine h login bob password [eland]"},
        {"machine h\nlogin bob\npassword eland", "machine h\nlogin bob\npassword [eland]"},
        {"machine h\nlogin bobadilla\npassword eland",
         "machine h\nlogin bobadilla\npassword [eland]"},
        {"machine h login bob\npassword\neland", "machine h login bob\npassword\n[eland]"},
        {"machine h login bob account a\n  password eland",
         "machine h login bob account a\n  password [eland]"},
        {"default login bob password eland", "default login bob password [eland]"},
        {"login bob\npassword eland\nmachine i", "login bob\npassword [eland]\nmachine i"},
        {"login bob / password Eland_556_x", "login bob / password [Eland_556_x]"},
        {"User|Password\nada|lovelace\nalan|turing12\nFurther down it goes on",
         "User\nPassword\nada\n[lovelace]\nalan\n[turing12]\nFurther down it goes on"},
    };

    check(examples, G_N_ELEMENTS(examples), FALSE);
}

static void
finds_answers(void **state)
{
    static const Example examples[] = {
        {"what is the admin password?\nhunter2\nthank you",
         "what is the admin password?\n[hunter2]\nthank you"},
        {"What's the password for the router?\nbob: it's swordfish.\nok",
         "What's the password for the router?\nbob: it's [swordfish].\nok"},
        {"do you know the wifi password\nAda, 12:04\nmaybe Tamarillo63k or so",
         "do you know the wifi password\nAda, 12:04\nmaybe [Tamarillo63k] or so"},
        {"please send me the root password\nbob|12:04\nTamarillo63k",
         "please send me the root password\nbob\n12:04\n[Tamarillo63k]"},
        {"服务器密码是多少？\n小王 12:04\nTamarillo63k",
         "服务器密码是多少？\n小王 12:04\n[Tamarillo63k]"},
        {"把密码发我\nTamarillo63k", "把密码发我\n[Tamarillo63k]"},
        {"Passwords\nbob: hunter2\nadmin of it - swordfish\nxK7mQ2pL\nand so on",
         "Passwords\nbob: [hunter2]\nadmin of it - [swordfish]\n[xK7mQ2pL]\nand so on"},
        {"My passwords:\nrouter=swordfish\n\nSettings",
         "My passwords:\nrouter=[swordfish]\nSettings"},
        {"Passwords\nuser: Heron2019\nrouter: swordfish\nURL: router/x1y2z3\nshop: "
         "https://shop.example/a1b2\nLanguage: en-US\nbank: lovelace",
         "Passwords\nuser: Heron2019\nrouter: [swordfish]\nURL: router/x1y2z3\nshop: "
         "https://shop.example/a1b2\nLanguage: en-US\nbank: [lovelace]"},
        {"密码表\n路由器：swordfish", "密码表\n路由器：[swordfish]"},
    };

    check(examples, G_N_ELEMENTS(examples), FALSE);
}

static void
leaves_what_answers_no_question(void **state)
{
    static const char *const texts[] = {
        "Have you forgotten your password?\nContinue",
        "What is a password manager?\nIntroduction to it",
        "What makes a password strong?\nLength",
        "You have no passwords\nContinue",
        "Passwords\nPayments\nAddresses: none",
        "Passwords\nSaved: 12",
        "Passwords and keys\nbob: hunter",
        "What is the admin password?\nAsk the one who knows it",
        "忘记密码？\n注册",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *marked = mark(texts[i], FALSE);

        if (strchr(marked, '[') != NULL)
            fail_msg("%s", marked);
    }
}

static void
leaves_other_words(void **state)
{
    static const char *const texts[] = {
        "Forgot password?",
        "ls -p dir, mkdir -pv build, ssh -p 2222 host, nc -p 2222",
        "mysql -u root -p shop",
        "mysql -u root -P3306 --protocol=tcp shop",
        "sshpass -f file ssh host",
        "sshpass -e ssh -p 2222 host",
        "Authorization: Bearer <token>",
        "Authorization: Basic authentication is used",
        "authorization token for the machine that login needs",
        "machine learning and login pages ask for a password",
        "Login here\npassword manager",
        "login page\npassword forgotten",
        "login page\npassword fields are kept by nobody",
        "default login pages ask for a password",
        "BUILD_PASS and TEST_SECRET are names",
        "PIN|8461 euros",
        "Pin|2026-11-25",
        "spinning|8461",
        "忘记密码 请点击这里",
        "docker run -u 1000:1000 curl",
        "curl -u https://h.example:8080/x",
        "验证码 请输入",
        "Passwords are kept by nobody",
        "compass: north, spinning: 12345",
        "pass: 12 fail: 3",
        "token: the next word",
        "Password policy of the company",
        "Password\nLast login: Monday",
        "password: forgotten?",
        "Passwords must have 8 characters",
        "The password must have 8 characters.",
        "Password: 8 characters or more",
        "Password: required",
        "Your password is incorrect.",
        "Your password is not set",
        "Your password is~incorrect",
        "Password:|Required",
        "Your password was changed to~protect your account",
        "The password was changed to protect your account, said ada",
        "The password is set to expire in 3 days",
        "the password of your account is required to go on",
        "Password for Wi-Fi",
        "密码长度至少八位",
        "密码错误，请重新输入",
        "密码修改成功",
        "请输入口令",
        "password manager of 2026",
        "Password Wikipedia",
        "Password:\nYour password must have 8 letters",
        "sk-learn, AKIA and ghp_ are prefixes",
        "npm_package_version npm_config_registry",
        "SG.com or hf_model or dapi",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 user@host",
        "https://example.org:8080/path@home",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *marked = mark(texts[i], FALSE);

        if (strchr(marked, '[') != NULL)
            fail_msg("%s", marked);
    }
}

static void
finds_keys(void **state)
{
    static const Example examples[] = {
        {"before it\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5v\nbmUAAAAE=\n"
         "-----END OPENSSH PRIVATE KEY-----\nafter it",
         "before it\n[-----BEGIN OPENSSH PRIVATE KEY-----]\n[b3BlbnNzaC1rZXktdjEAAAAABG5v]\n"
         "[bmUAAAAE=]\n[-----END OPENSSH PRIVATE KEY-----]\nafter it"},
        {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nMIIEpAIBAAKC\nthe end of it",
         "[-----BEGIN RSA PRIVATE KEY-----]\n[Proc-Type: 4,ENCRYPTED]\n[MIIEpAIBAAKC]\nthe end of "
         "it"},
        {"above it\nMIIEpAIBAAKC\nAQAB\n-----END PGP PRIVATE KEY BLOCK-----",
         "above it\n[MIIEpAIBAAKC]\n[AQAB]\n[-----END PGP PRIVATE KEY BLOCK-----]"},
        {"-----BEGIN PUBLIC KEY-----\nMIIEpAIBAAKC", "-----BEGIN PUBLIC KEY-----\nMIIEpAIBAAKC"},
        {"Private-Lines: 8\nAAABAQCZ8\nAAAAgQ", "Private-Lines: 8\n[AAABAQCZ8]\n[AAAAgQ]"},
    };

    check(examples, G_N_ELEMENTS(examples), FALSE);
}

static void
finds_split(void **state)
{
    static const Example examples[] = {
        {"4111|1111|1111|1111", "[4111]\n[1111]\n[1111]\n[1111]"},
        {"4111~1111~1111~1111", "[4111]\n[1111]\n[1111]\n[1111]"},
        {"card|4111\n|1111\n|1111\n|1111\nend", "card\n[4111]\n[1111]\n[1111]\n[1111]\nend"},
        {"it is 4111 1111\n1111 1111 until", "it is [4111 1111]\n[1111 1111] until"},
        {"gh~p_0123456789abcdefghijABCDEFGHIJ012345",
         "[gh]\n[p_0123456789abcdefghijABCDEFGHIJ012345]"},
        {"some line in the terminal\n$ echo ghp_0123456789abcd\nefghijABCDEFGHIJ012345\n$ ls",
         "some line in the terminal\n$ echo [ghp_0123456789abcd]\n[efghijABCDEFGHIJ012345]\n$ ls"},
        {"DE89 3704|0044 0532|0130 00", "[DE89 3704]\n[0044 0532]\n[0130 00]"},
        {"7|4111|1111|1111|1111", "7\n[4111]\n[1111]\n[1111]\n[1111]"},
        {"sk-ant-api03-2WGmABM|x", "[sk-ant-api03-2WGmABM]\nx"},
        {"use ghp_0123abcdef… here", "use [ghp_0123abcdef]… here"},
        {"550e8400e29b41d4a716446655440000-us12!", "[550e8400e29b41d4a716446655440000-us12]!"},
        {"550e8400e29b41d4a7~16446655440000-us5", "[550e8400e29b41d4a7]\n[16446655440000-us5]"},
        {"440304|19900307|0026", "[440304]\n[19900307]\n[0026]"},
        /* over lines of a terminal */
        {"token: sk_live_4eC39HqL\n       yjWDarjtT1zdp7dc end",
         "token: [sk_live_4eC39HqL]\n[       yjWDarjtT1zdp7dc] end"},
        {"key AKIAZ9XW8V\\\nUT7SRQ6PON", "key [AKIAZ9XW8V\\]\n[UT7SRQ6PON]"},
        {"key AKIAZ9XW8V\\\nUT7SRQ6PON\nand a much longer line below it",
         "key [AKIAZ9XW8V\\]\n[UT7SRQ6PON]\nand a much longer line below it"},
        {"card 5425 2334\n       3010 9903 tail", "card [5425 2334]\n[       3010 9903] tail"},
        {"bus|8461\n5425|2334|3010|9903\n4539\nend",
         "bus\n8461\n[5425]\n[2334]\n[3010]\n[9903]\n4539\nend"},
        {"5425|2334|3010|9903\n4539\n5787\n6362\n1486",
         "[5425]\n[2334]\n[3010]\n[9903]\n[4539]\n[5787]\n[6362]\n[1486]"},
    };

    check(examples, G_N_ELEMENTS(examples), FALSE);
}

#define WIDER "an ordinary line that is much wider"

/* Between wider lines, by which the ends of theirs are no ends of lines that are full. */
static void
finds_broken_in_narrow_boxes(void **state)
{
    static const Example examples[] = {
        {"40128888888\n81881\n\n" WIDER, "[40128888888]\n[81881]\n" WIDER},
        {WIDER "\n\nglpat-kV3\ndE5fG7hJ9\nkL1mN3pQ\n\n" WIDER,
         WIDER "\n[glpat-kV3]\n[dE5fG7hJ9]\n[kL1mN3pQ]\n" WIDER},
        {WIDER "\n\nghp_xB3dE5fG\n7hJ9kL1mN3pQ\n5rS7tU9vW1xY\n3zD8\n\n" WIDER,
         WIDER "\n[ghp_xB3dE5fG]\n[7hJ9kL1mN3pQ]\n[5rS7tU9vW1xY]\n[3zD8]\n" WIDER},
        {WIDER "\n\ntoken sk_live_\n4eC39HqLyjWDar\njtT1zdp7dcXyZ0\n1234\n\n" WIDER,
         WIDER "\ntoken [sk_live_]\n[4eC39HqLyjWDar]\n[jtT1zdp7dcXyZ0]\n[1234]\n" WIDER},
        {"Card number\n4539\n5787\n6362\n1486\n12/29\n123\n" WIDER,
         "Card number\n[4539]\n[5787]\n[6362]\n[1486]\n12/29\n123\n" WIDER},
        {"card\n3782\n822463\n10005\n12/29\n" WIDER,
         "card\n[3782]\n[822463]\n[10005]\n12/29\n" WIDER},
        {"4539578\n7636214\n86\n" WIDER, "[4539578]\n[7636214]\n[86]\n" WIDER},
        {"453\n957\n876\n362\n148\n6\n" WIDER, "[453]\n[957]\n[876]\n[362]\n[148]\n[6]\n" WIDER},
        {"4539\n5787\n6362\n1486\n2019\n" WIDER, "4539\n5787\n6362\n1486\n2019\n" WIDER},
        {"1999\n4539\n5787\n6362\n1486\n" WIDER, "1999\n4539\n5787\n6362\n1486\n" WIDER},
        {"45395|1234\n78763|1234\n62148|1234\n6|1234\n" WIDER,
         "45395\n1234\n78763\n1234\n62148\n1234\n6\n1234\n" WIDER},
        {"45395\n787\n6362\n1486\n" WIDER, "45395\n787\n6362\n1486\n" WIDER},
        {"Find 4111 111\n4712 0915\n4712 0916\n\n" WIDER,
         "Find 4111 111\n4712 0915\n4712 0916\n" WIDER},
        {WIDER "\n40128888\n88881881\n12345678\n90123456\n" WIDER,
         WIDER "\n40128888\n88881881\n12345678\n90123456\n" WIDER},
    };

    check(examples, G_N_ELEMENTS(examples), FALSE);
}

static char *
mark_two_lines(const char *upper, const char *lower)
{
    PolicyDetectRun runs[] = {
        {.text = upper, .box = {0, 0, LETTER_PX * (int)strlen(upper), 16}},
        {.text = lower, .box = {0, LINE_PX, LETTER_PX * (int)strlen(lower), 16}}};
    g_autoptr(GArray) found = policy_detect_find(runs, 2);
    GString *secrets = g_string_new(NULL);

    for (unsigned i = 0; found != NULL && i < found->len; i++) {
        const PolicySecretRange *range = &g_array_index(found, PolicySecretRange, i);

        g_string_append_printf(secrets, "[%.*s]", (int)(range->end_bytes - range->start_bytes),
                               runs[range->run].text + range->start_bytes);
    }
    return g_string_free(secrets, FALSE);
}

static void
finds_framed(void **state)
{
    g_autofree char *ascii = mark_two_lines("| card  6011 1111 |", "|       1111 1117 |");
    g_autofree char *drawn = mark_two_lines("│ card  6011 1111 │", "│       1111 1117 │");
    g_autofree char *cells = mark_two_lines("| 6011 | 1111 |", "| 1111 | 1117 |");

    assert_string_equal(ascii, "[6011 1111 |][|       1111 1117]");
    assert_string_equal(drawn, "[6011 1111 │][│       1111 1117]");
    assert_string_equal(cells, "");
}

/* Whether the last run is found whole. */
static gboolean
finds_last(const PolicyDetectRun *runs, unsigned n)
{
    g_autoptr(GArray) found = policy_detect_find(runs, n);
    const PolicySecretRange *last = NULL;

    if (found != NULL)
        last = &g_array_index(found, PolicySecretRange, found->len - 1);
    return last != NULL && last->run == n - 1 && last->start_bytes == 0 &&
           last->end_bytes == strlen(runs[n - 1].text);
}

/* A list of terms, with something beside it. */
static void
finds_indented_value(void **state)
{
    const PolicyDetectRun runs[] = {
        {.text = "an ordinary line beside", .box = {400, 0, 180, 16}},
        {.text = "another of them", .box = {400, 20, 120, 16}},
        {.text = "User", .box = {10, 0, 32, 16}},
        {.text = "zhang", .box = {50, 20, 40, 16}},
        {.text = "Password", .box = {10, 40, 64, 16}},
        {.text = "in the third line", .box = {400, 41, 120, 16}},
        {.text = "Kookaburra9", .box = {50, 60, 88, 16}},
    };

    assert_true(finds_last(runs, G_N_ELEMENTS(runs)));
}

/* As a page tells them while it is laid out: nothing stands beside what belongs to it. */
static void
finds_told_in_order(void **state)
{
    static const char *const texts[][5] = {
        {"ordinary", "5388", "0407", "2386", "2550"},
        {"first", "User", "zhang", "Password", "Kookaburra9"},
        {"first", "User", "zhang", "Password:", "swordfish"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        PolicyDetectRun runs[5];

        for (unsigned k = 0; k < 5; k++)
            runs[k] = (PolicyDetectRun){
                .text = texts[i][k], .box = {(int)(k * 577 % 400), (int)(k * 733 % 500), 40, 16}};
        if (!finds_last(runs, 5))
            fail_msg("%s", texts[i][4]);
    }
}

/* The address above a page is told behind it. */
static void
leaves_what_is_told_behind_a_list(void **state)
{
    const PolicyDetectRun runs[] = {
        {.text = "Passwords", .box = {10, 400, 72, 16}},
        {.text = "bob: swordfish", .box = {10, 424, 112, 16}},
        {.text = "h.example:8080/list", .box = {40, 10, 152, 16}},
        {.text = "ada: lovelace", .box = {10, 600, 112, 16}},
    };
    g_autoptr(GArray) found = policy_detect_find(runs, G_N_ELEMENTS(runs));

    assert_int_equal(found->len, 1);
    assert_int_equal(g_array_index(found, PolicySecretRange, 0).run, 1);
}

/* With gaps between them, as in entries of one letter each. */
static void
finds_digits_in_boxes(void **state)
{
    static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    static const char number[] = "4111111111111111";
    PolicyDetectRun runs[17] = {{.text = "Card", .box = {10, 200, 40, 16}}};

    for (unsigned i = 0; i < strlen(number); i++)
        runs[i + 1] = (PolicyDetectRun){.text = digits[number[i] - '0'],
                                        .box = {60 + (int)i * 30, 200, 10, 16}};
    assert_true(finds_last(runs, 17));
}

/* As a viewer tells a line that stands upwards. */
static void
finds_turned_line(void **state)
{
    static const char *const parts[] = {"48", "4", "35", "51", "63", "39", "86", "9", "35"};
    PolicyDetectRun runs[G_N_ELEMENTS(parts) + 1] = {
        {.text = "echidnas 12345", .box = {10, 10, 140, 16}}};

    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++)
        runs[i + 1] = (PolicyDetectRun){.text = parts[i],
                                        .box = {100 + (int)i * 18, 400 - (int)i * 12, 16, 14}};
    assert_true(finds_last(runs, G_N_ELEMENTS(runs)));
}

/* Grids of one and two digits in each cell. */
static void
leaves_grids(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(10);
    unsigned n_wrong = 0;

    for (unsigned i = 0; i < 200; i++) {
        g_autoptr(GString) grid = g_string_new("head\n");
        g_autofree char *marked = NULL;

        for (unsigned cell = 0; cell < 81; cell++)
            g_string_append_printf(grid, "%u%s", 1 + g_rand_int(random) % (i % 2 == 0 ? 9 : 31),
                                   cell % 9 == 8 ? "\n" : "|");
        marked = mark(grid->str, FALSE);
        n_wrong += strchr(marked, '[') != NULL;
    }
    assert_true(n_wrong <= 2);
}

/* Digits in boxes of their own, and a turned line that is as high as all of them. */
static void
finds_row_beside_turned_line(void **state)
{
    static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    static const char number[] = "4111111111111111";
    PolicyDetectRun runs[32] = {
        {.text = "a line that was turned", .box = {600, 0, 16, 400}},
        {.text = "above the number", .box = {10, 180, 120, 16}},
        {.text = "below the number", .box = {10, 220, 120, 16}},
        {.text = "end", .box = {10, 240, 20, 16}},
    };
    unsigned n = 4;

    for (unsigned i = 0; i < strlen(number); i++, n++)
        runs[n] = (PolicyDetectRun){.text = digits[number[i] - '0'],
                                    .box = {10 + (int)i * 16, 200, 16, 16}};
    assert_true(finds_last(runs, n));
}

/* Full lines, one below the other: each may go on in the next. */
static void
finds_each_of_two_tokens(void **state)
{
    static const char *const tokens[] = {
        "github_pat_11ABCDEFG0abcdefghijkl_0123456789abcdefghijABCDEFGHIJ0123456789abcdefghijAB",
        "xoxp-123456789012-123456789012-123456789012-0123456789abcdef0123456789abcdef",
        "https://hooks.slack.com/services/T0123ABCD/B0123ABCD/abcdefghijABCDEFGHIJ0123",
        "sk_live_51H8aBcDeFgHiJkLmNoPqRsT",
        "AKIAZ9XW8VUT7SRQ6PON",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "SG.abcdefghijABCDEFGHIJ01.abcdefghijABCDEFGHIJ0123456789abcdefghijABC",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(tokens) * G_N_ELEMENTS(tokens); i++) {
        const char *upper = tokens[i / G_N_ELEMENTS(tokens)];
        const char *lower = tokens[i % G_N_ELEMENTS(tokens)];
        int n = (int)MAX(strlen(upper), strlen(lower));
        g_autofree char *text = g_strdup_printf("%*s\n%s", n, upper, lower);
        g_autofree char *marked = mark(text, FALSE);
        g_auto(GStrv) lines = g_strsplit(marked, "\n", 2);

        for (unsigned line = 0; line < 2; line++) {
            const char *token = g_strchug(lines[line]);

            token += g_str_has_prefix(token, "https://") ? strlen("https://") : 0;
            if (*token != '[' || !g_str_has_suffix(token, "]"))
                fail_msg("%s", marked);
        }
    }
}

static void
finds_misread(void **state)
{
    static const Example examples[] = {
        {"4111 1111 1111 1171", "[4111 1111 1111 1171]"},
        {"4111 1l11 1111 1111", "[4111 1l11 1111 1111]"},
        {"440304199003070O27", "[440304199003070O27]"},
        {"ghp 0123456789abcdefghijABCDEFGHIJ012345", "[ghp 0123456789abcdefghijABCDEFGHIJ012345]"},
        {"use sk_live_dq8b8Vw2zb]YAxyLlaCcTIN9", "use [sk_live_dq8b8Vw2zb]YAxyLlaCcTIN9]"},
        {"qhp_01x2Y3456Z89abCdefghijABCDEFGHIJ012345",
         "[qhp_01x2Y3456Z89abCdefghijABCDEFGHIJ012345]"},
        {"XOxp-123456789012-123456789012-0123456789abcdef",
         "[XOxp-123456789012-123456789012-0123456789abcdef]"},
        {"x0Xb 123456789012-123456789012-abcdefghijkl",
         "[x0Xb 123456789012-123456789012-abcdefghijkl]"},
        {"Sk_1ive_51h8abcdefghijklmnop", "[Sk_1ive_51h8abcdefghijklmnop]"},
        {"AK1AZ9XW8VUT7SRQ6PON", "[AK1AZ9XW8VUT7SRQ6PON]"},
        {"use hf_hkVaD6éhpwGO2vsMOuUNujé6g55KNyv9glYj now",
         "use [hf_hkVaD6éhpwGO2vsMOuUNujé6g55KNyv9glYj] now"},
        {"use dop_v1_b6db53129079626e5f2de0a4d3cfc7 7894f1f8786762c05c40ccf59f now",
         "use [dop_v1_b6db53129079626e5f2de0a4d3cfc7 7894f1f8786762c05c40ccf59f] now"},
        {"use dop vl_15e28bf0da20d6291b95a6f f14fc766595c697214709c9b1e27b5cd533f39623",
         "use [dop vl_15e28bf0da20d6291b95a6f f14fc766595c697214709c9b1e27b5cd533f39623]"},
        {"use ghoTGtLKAECiuWLfXgxlycOS@S4juF9070Hv9Mi",
         "use [ghoTGtLKAECiuWLfXgxlycOS@S4juF9070Hv9Mi]"},
        {"Write to Ada.Lovelace1815@example.org", "Write to Ada.Lovelace1815@example.org"},
        {"use gLpat-hQrBJcBFhyCrEnrQNYh3", "use [gLpat-hQrBJcBFhyCrEnrQNYh3]"},
        {"token of 2026-11-25 13:45, api key 12 of 34",
         "token of 2026-11-25 13:45, api key 12 of 34"},
        {"commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
         "commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904"},
        {"Passvvord: swordfish and more", "Passvvord: [swordfish] and more"},
        {"pa55word = 'swordfish'", "pa55word = '[swordfish]'"},
        {"Passmord:|swordfish", "Passmord:\n[swordfish]"},
        {"Passvvord: swordfish1\npa5swurd: swordfish2",
         "Passvvord: [swordfish1]\npa5swurd: [swordfish2]"},
        {"**Password:** swordfish", "**Password:** [swordfish]"},
        {"Kennw0rt: swordfish", "Kennw0rt: [swordfish]"},
        {"Passport: C01X00T47, Passwords: 12, Passvvord: required",
         "Passport: C01X00T47, Passwords: 12, Passvvord: required"},
        {": Dragonfruit88", ": [Dragonfruit88]"},
        {": and so on", ": and so on"},
        {":12345", ":12345"},
        {"口今 : Dragonfruit88", "口今 : [Dragonfruit88]"},
        {"account DEO3 6123 4097 7282 4932 45", "account [DEO3 6123 4097 7282 4932 45]"},
        {"RSA PRIVATE\nh6xgY9nDhw128c6Ws8NWbdF utNkJN+Q0x7FZqmwEI1+gMH/fuNRmjyInXzHjRKs\n"
         "f4ef rgEwvpyjKwMN/Wq4DnkIV67+HV!M3uz6Nwk5uyy rQ00M+x25yVA4 fsG8Gj\nand an ordinary line",
         "RSA PRIVATE\n[h6xgY9nDhw128c6Ws8NWbdF utNkJN+Q0x7FZqmwEI1+gMH/fuNRmjyInXzHjRKs]\n"
         "[f4ef rgEwvpyjKwMN/Wq4DnkIV67+HV!M3uz6Nwk5uyy rQ00M+x25yVA4 fsG8Gj]\n"
         "and an ordinary line"},
        {"/fkjhOkImM4Bg6AnIqi3U2FgK9bAtnlsrLcMjhUj¥1j6jnobCCXrSgH4Nu/DGi\n"
         "BCb+Cd7BNWq6oBSRvRq50tV4TiomVgdoHc0eg0bGreZaKcQKbE FIffs2jJiQ/h3\n"
         "SGN+mSR3R8pP1dkcUvcGNbF 2AugXnVTgfNCk7Me3zK3CXmM8w3QhmrM2PlT/RQ",
         "[/fkjhOkImM4Bg6AnIqi3U2FgK9bAtnlsrLcMjhUj¥1j6jnobCCXrSgH4Nu/DGi]\n"
         "[BCb+Cd7BNWq6oBSRvRq50tV4TiomVgdoHc0eg0bGreZaKcQKbE FIffs2jJiQ/h3]\n"
         "[SGN+mSR3R8pP1dkcUvcGNbF 2AugXnVTgfNCk7Me3zK3CXmM8w3QhmrM2PlT/RQ]"},
        {"21|XoomeNZUbMqF21dmoEZNbe:~ZqlHEiduCd3Tkg6PPAyW2H4DhUyXL9eSVuvcLD/aVM\n"
         "22|eDOEtKPtQrEFeEXvgS4FCOAgE~U3gh2UnTbjF+pQGxFYIp/O+087xB3iJUNb2OWdG\n"
         "23|I6QNLXig325gWJ0p5D2llWaJofEdVRg/RjLbUr1FShxI9tdI6zmP~Lb6TabrCjgg",
         "21\n[XoomeNZUbMqF21dmoEZNbe:]\n[ZqlHEiduCd3Tkg6PPAyW2H4DhUyXL9eSVuvcLD/aVM]\n"
         "22\n[eDOEtKPtQrEFeEXvgS4FCOAgE]\n[U3gh2UnTbjF+pQGxFYIp/O+087xB3iJUNb2OWdG]\n"
         "23\n[I6QNLXig325gWJ0p5D2llWaJofEdVRg/RjLbUr1FShxI9tdI6zmP]\n[Lb6TabrCjgg]"},
        {"-----BEGIN RSA PRIVATE KEY-----\nabcdefghijklmnopqrstuvwx~ABCDEFGH:IJ!\nand so on",
         "[-----BEGIN RSA PRIVATE KEY-----]\n[abcdefghijklmnopqrstuvwx]\n[ABCDEFGH:IJ!]\nand so "
         "on"},
        {"The quick brown fox of 2026 jumps over 13 lazy dogs\n"
         "PRIVATE BEACH\nWe Are Open From 8 To 17 In The Summer Of 2026 Only\n"
         "DEAR all, https://example.org/a/b/index.html is private",
         "The quick brown fox of 2026 jumps over 13 lazy dogs\n"
         "PRIVATE BEACH\nWe Are Open From 8 To 17 In The Summer Of 2026 Only\n"
         "DEAR all, https://example.org/a/b/index.html is private"},
    };

    check(examples, G_N_ELEMENTS(examples), TRUE);
}

/* --- many of each --- */

static void
finds_every_token(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(4);
    unsigned n_kinds = 0;

    for (; secret_tokens[n_kinds] != NULL; n_kinds++) {
        for (unsigned i = 0; i < N_EACH; i++) {
            g_autofree char *token = secret_token(secret_tokens[n_kinds], random);
            g_autofree char *line = g_strdup_printf("use %s now", token);
            g_autofree char *marked = mark(line, FALSE);
            const char *end = strchr(marked, ']');

            if (end == NULL || !g_str_equal(end, "] now"))
                fail_msg("%s: %s", secret_tokens[n_kinds], marked);
        }
    }
    assert_true(n_kinds >= 60);
    assert_true(policy_detect_n_token_kinds() >= 60);
}

static void
leaves_cut_tokens(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(11);

    for (unsigned i = 0; secret_tokens[i] != NULL; i++) {
        g_autofree char *token = secret_token_cut(secret_tokens[i], random);
        g_autofree char *line = g_strdup_printf("use %s now", token);
        g_autofree char *marked = mark(line, FALSE);

        if (!g_str_equal(marked, line))
            fail_msg("%s: %s", secret_tokens[i], marked);
    }
}

static void
leaves_near_tokens(void **state)
{
    static const char *const texts[] = {
        "550e8400e29b41d4a716446655440000-us-east-1",
        "550e8400e29b41d4a716446655440000-us12x",
        "550e8400e29b41d4a71644665544000-us12",
        "flights to-us12",
        "https://discord.com/api/webhooks/ https://discord.com/channels/123456789012345678/1234",
        "1/2 of 2/3, 2/1201234567890123/1201234567890124",
        "vc_redist.x64.exe vcr_recordings_of_2026 vcpkg_installed",
        "fc-barcelona-2026-vs-real-madrid-2026 fw_devlink",
        "pat_ients cioppino cs_CZ.UTF-8 ck_assert_int_eq sk_buff_head",
        "re_compile_fastmap_iter re_search_2_and_match_2",
        "st.example.org.example.net 00D! KEY0123_x A3-size A3-297x420",
        "https://hooks.slack.com/workflows and https://open.feishu.cn/open-apis/bot/v2/hook/",
        "echo $6 $y $2a $1$2$3$4$5$6$7$P and $5$6",
        "$6$salt$hash, $y$j9T$salt$hash, $argon2id$v=19$ and $2y$10$ are forms",
        "pbkdf2_sha256$iterations$salt$hash, {SHA} and {SSHA}",
        "April-2026-report-of-the-12th.pdf argon2-parameters",
        "IGQ AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA 1",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        for (int is_ocr = 0; is_ocr < 2; is_ocr++) {
            g_autofree char *marked = mark(texts[i], is_ocr);

            if (strchr(marked, '[') != NULL)
                fail_msg("%s", marked);
        }
    }
}

static void
check_numbers(char *(*make)(GRand *random), const unsigned *groups)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(5);

    for (unsigned i = 0; i < N_EACH; i++) {
        g_autofree char *number = make(random);
        g_autoptr(GString) spaced = g_string_new("no. ");
        g_autofree char *expected = NULL;
        g_autofree char *marked = NULL;

        for (size_t at = 0; number[at] != '\0'; at++)
            g_string_append_printf(
                spaced, at > 0 && groups != NULL && at % *groups == 0 ? " %c" : "%c", number[at]);
        expected = g_strdup_printf("no. [%s]", spaced->str + 4);
        marked = mark(spaced->str, FALSE);
        assert_string_equal(marked, expected);
    }
}

static void
finds_every_number(void **state)
{
    static const unsigned four = 4;

    check_numbers(secret_card, NULL);
    check_numbers(secret_card, &four);
    check_numbers(secret_identity, NULL);
    check_numbers(secret_iban, NULL);
    check_numbers(secret_iban, &four);
}

/* --- mistakes --- */

static char *
make_ordinary(unsigned kind, GRand *random)
{
    uint64_t big = (uint64_t)g_rand_int(random) << 32 | g_rand_int(random);

    switch (kind) {
    case 0: /* order numbers */
        return g_strdup_printf("%012" G_GUINT64_FORMAT, big % G_GUINT64_CONSTANT(1000000000000));
    case 1:
        return g_strdup_printf("SO-%u-%08u", 2000 + g_rand_int(random) % 30,
                               g_rand_int(random) % 100000000);
    case 2: /* telephone */
        return g_strdup_printf("+86 1%02u %04u %04u", 30 + g_rand_int(random) % 69,
                               g_rand_int(random) % 10000, g_rand_int(random) % 10000);
    case 3: /* time in microseconds */
        return g_strdup_printf("%" G_GUINT64_FORMAT, 1600000000000000 + big % 200000000000000);
    case 4: /* prices in a table */
        return g_strdup_printf("%u|%u.%02u|%u|%u.%02u", g_rand_int(random) % 10000,
                               g_rand_int(random) % 10000, g_rand_int(random) % 100,
                               g_rand_int(random) % 10000, g_rand_int(random) % 1000000,
                               g_rand_int(random) % 100);
    case 5: /* hashes */
        return g_strdup_printf("%016" G_GINT64_MODIFIER "x%08x%016" G_GINT64_MODIFIER "x", big,
                               g_rand_int(random), big * 31);
    case 6: /* UUID */
        return g_strdup_printf("%08x-%04x-4%03x-8%03x-%012" G_GINT64_MODIFIER "x",
                               g_rand_int(random), g_rand_int(random) & 0xffff,
                               g_rand_int(random) & 0xfff, g_rand_int(random) & 0xfff,
                               big & G_GUINT64_CONSTANT(0xffffffffffff));
    case 7: /* articles, 13 digits */
        return g_strdup_printf("%013" G_GUINT64_FORMAT, big % G_GUINT64_CONSTANT(10000000000000));
    case 8: /* parcels, 18 digits */
        return g_strdup_printf("%018" G_GUINT64_FORMAT,
                               big % G_GUINT64_CONSTANT(1000000000000000000));
    default: /* dates */
        return g_strdup_printf("%04u-%02u-%02u %02u:%02u", 1990 + g_rand_int(random) % 60,
                               1 + g_rand_int(random) % 12, 1 + g_rand_int(random) % 28,
                               g_rand_int(random) % 24, g_rand_int(random) % 60);
    }
}

static void
leaves_ordinary_numbers(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(6);
    unsigned n_wrong = 0;
    unsigned n = 0;

    for (unsigned kind = 0; kind < 10; kind++) {
        for (unsigned i = 0; i < N_RANDOM; i++, n++) {
            g_autofree char *text = make_ordinary(kind, random);
            g_autofree char *marked = mark(text, FALSE);

            n_wrong += strchr(marked, '[') != NULL;
        }
    }
    assert_true(n_wrong * 100 <= n * MISTAKES_MAX_PERCENT);
}

/* Sixteen digits that begin like a card pass Luhn's check one time in ten: nobody can tell. */
static void
leaves_most_long_numbers(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    unsigned n_wrong = 0;

    for (unsigned i = 0; i < N_RANDOM; i++) {
        uint64_t big = (uint64_t)g_rand_int(random) << 32 | g_rand_int(random);
        g_autofree char *text =
            g_strdup_printf("%016" G_GUINT64_FORMAT, big % G_GUINT64_CONSTANT(10000000000000000));
        g_autofree char *marked = mark(text, FALSE);

        n_wrong += strchr(marked, '[') != NULL;
    }
    assert_true(n_wrong * 100 <= N_RANDOM * 4);
}

/* A table of 20 rows of four columns with four digits. */
static void
leaves_tables(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(8);
    unsigned n_wrong = 0;

    for (unsigned i = 0; i < 100; i++) {
        g_autoptr(GString) table = g_string_new(NULL);
        g_autofree char *marked = NULL;

        for (unsigned cell = 0; cell < 80; cell++)
            g_string_append_printf(table, "%u%s", 1000 + g_rand_int(random) % 9000,
                                   cell % 4 == 3 ? "\n" : "|");
        marked = mark(table->str, FALSE);
        n_wrong += strchr(marked, '[') != NULL;
    }
    assert_true(n_wrong <= 1);
}

/* Returns: @out, six of them */
static const char *
make_digits(GRand *random, char out[7])
{
    g_snprintf(out, 7, "%06u", g_rand_int(random) % 1000000);
    return out;
}

/* Three to six numbers of as many digits below each other. */
static void
leaves_lists(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(12);
    unsigned n_wrong = 0;

    for (unsigned i = 0; i < N_RANDOM; i++) {
        g_autoptr(GString) list = g_string_new("head");
        g_autofree char *marked = NULL;
        char digits[7];
        int n_digits = 3 + (int)i % 4;

        for (unsigned line = 0; line < 3 + i / 4 % 4; line++)
            g_string_append_printf(list, "\n%.*s", n_digits, make_digits(random, digits));
        marked = mark(list->str, FALSE);
        n_wrong += strchr(marked, '[') != NULL;
    }
    assert_true(n_wrong * 100 <= N_RANDOM * MISTAKES_MAX_PERCENT);
}

/* A frame around columns of numbers. */
static void
leaves_framed_tables(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(9);
    unsigned n_wrong = 0;

    for (unsigned i = 0; i < 100; i++) {
        PolicyDetectRun runs[20];
        char texts[20][32];
        g_autoptr(GArray) found = NULL;

        for (unsigned line = 0; line < 20; line++) {
            g_snprintf(texts[line], sizeof(texts[line]), i % 2 == 0 ? "| %u%u |" : "| %u %u |",
                       1000 + g_rand_int(random) % 9000, 1000 + g_rand_int(random) % 9000);
            runs[line] = (PolicyDetectRun){
                .text = texts[line],
                .box = {0, (int)line * LINE_PX, LETTER_PX * (int)strlen(texts[line]), 16}};
        }
        found = policy_detect_find(runs, 20);
        n_wrong += found != NULL;
    }
    assert_true(n_wrong <= 1);
}

/* --- while it is typed --- */

static gboolean
is_withheld(const char *text, uint32_t grown_end_bytes)
{
    PolicyDetectRun run = {
        .text = text, .box = {0, 0, 100, 16}, .grown_end_bytes = grown_end_bytes};
    g_autoptr(GArray) found = policy_detect_find(&run, 1);

    assert_true(found == NULL || g_array_index(found, PolicySecretRange, 0).is_beginning);
    return found != NULL;
}

static void
withholds_beginnings(void **state)
{
    static const struct {
        const char *text;
        uint32_t grown_end_bytes;
        gboolean is_withheld;
    } examples[] = {
        {"4111 1111 11", 12, TRUE},
        {"my card: 411111", 15, TRUE},
        {"4111 1111 11", 0, FALSE}, /* it does not grow */
        {"4111", 4, FALSE},
        {"1234 5678 90", 12, FALSE}, /* no brand */
        {"110101199", 9, TRUE},
        {"DE89 3704 00", 12, TRUE},
        {"DE is a country", 15, FALSE},
        {"NO93 8601", 9, TRUE},
        {"NO93 8601 1117 9", 16, TRUE},
        {"NO93 860 11179", 14, FALSE}, /* not in fours */
        {"no93 8601 1117", 14, TRUE},
        {"GB29 NWBK 6016", 14, TRUE},
        {"GB29 6016 NWBK", 14, FALSE}, /* no bank of that country */
        {"gb29 nwbk 6016", 14, FALSE},
        {"sold at 137 euro", 16, FALSE},
        {"Serves 4 people at 180 degrees", 30, FALSE},
        {"is 100 or no 44 or be 2000", 26, FALSE},
        {"ISO 8601", 8, FALSE},
        {"at 22050 Hz", 11, FALSE},
        {"call 415-555-1234", 17, FALSE}, /* no card is grouped so */
        {"3782 822463 10", 14, TRUE},
        {"closes #411111", 14, FALSE},
        {"ghp_0123", 8, TRUE},
        {"ghost writer", 12, FALSE},
        {"root access", 11, FALSE},
        {"for a patent", 12, FALSE},
        {"AKIAIOSFO", 9, TRUE},
        {"4111 1111 11 and then", 12, TRUE},
        {"4111 1111 11 and then", 21, FALSE},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(examples); i++) {
        if (is_withheld(examples[i].text, examples[i].grown_end_bytes) != examples[i].is_withheld)
            fail_msg("%s at %u", examples[i].text, examples[i].grown_end_bytes);
    }
}

/* The head beside that of a column of passwords is none; what stands beside a label is one. */
static void
tells_heads_from_values(void **state)
{
    static const struct {
        const char *shown;
        const char *marked;
    } cases[] = {
        {"Name|Password|Created\nada|xK7mQ2pL|today\nbob|hunter22|later",
         "Name\nPassword\nCreated\nada\n[xK7mQ2pL]\ntoday\nbob\n[hunter22]\nlater"},
        {"Ada|Password|swordfish\nharbour|none|ninety",
         "Ada\nPassword\n[swordfish]\nharbour\nnone\nninety"},
        {"Password|xK7mQ2pL\nhunter22|none", "Password\n[xK7mQ2pL]\n[hunter22]\nnone"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *marked = mark(cases[i].shown, FALSE);

        assert_string_equal(marked, cases[i].marked);
    }
}

/* What stands below the head of a column is told from the value of a label. */
static void
tells_columns(void **state)
{
    static const struct {
        const char *text;
        gboolean is_in_column;
    } examples[] = {{"User|Password\nada|lovelace", TRUE},
                    {"User|ada\nPassword|lovelace", FALSE},
                    {"Password:\nlovelace", FALSE},
                    {"Password\nlovelace", TRUE}};

    for (unsigned i = 0; i < G_N_ELEMENTS(examples); i++) {
        g_autoptr(GArray) found = NULL;
        Screen screen;

        screen_init(&screen, examples[i].text, FALSE);
        found = policy_detect_find(screen.runs, screen.n_runs);
        assert_int_equal(found->len, 1);
        if (g_array_index(found, PolicySecretRange, 0).is_in_column != examples[i].is_in_column)
            fail_msg("%s", examples[i].text);
        screen_clear(&screen);
    }
}

static void
keeps_bounds(void **state)
{
    g_autofree char *long_text = g_strnfill(POLICY_DETECT_TEXT_MAX_BYTES, '4');
    PolicyDetectRun runs[2] = {{.text = long_text, .box = {0, 0, 1, 1}},
                               {.text = "last", .box = {0, 10, 1, 1}}};
    g_autoptr(GArray) all = policy_detect_find(runs, 1);
    g_autoptr(GArray) beyond = policy_detect_find(runs, 2);

    assert_null(all);
    assert_int_equal(beyond->len, 1);
    assert_int_equal(g_array_index(beyond, PolicySecretRange, 0).run, 1);
    assert_null(policy_detect_find(runs, 0));
    assert_null(policy_detect_find_in(""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_numbers),
        cmocka_unit_test(leaves_other_numbers),
        cmocka_unit_test(finds_passwords),
        cmocka_unit_test(finds_answers),
        cmocka_unit_test(leaves_what_answers_no_question),
        cmocka_unit_test(leaves_other_words),
        cmocka_unit_test(finds_keys),
        cmocka_unit_test(finds_split),
        cmocka_unit_test(finds_broken_in_narrow_boxes),
        cmocka_unit_test(finds_framed),
        cmocka_unit_test(finds_indented_value),
        cmocka_unit_test(finds_row_beside_turned_line),
        cmocka_unit_test(finds_told_in_order),
        cmocka_unit_test(leaves_what_is_told_behind_a_list),
        cmocka_unit_test(finds_digits_in_boxes),
        cmocka_unit_test(finds_turned_line),
        cmocka_unit_test(leaves_grids),
        cmocka_unit_test(finds_each_of_two_tokens),
        cmocka_unit_test(finds_misread),
        cmocka_unit_test(finds_every_token),
        cmocka_unit_test(leaves_cut_tokens),
        cmocka_unit_test(leaves_near_tokens),
        cmocka_unit_test(finds_every_number),
        cmocka_unit_test(leaves_ordinary_numbers),
        cmocka_unit_test(leaves_most_long_numbers),
        cmocka_unit_test(leaves_tables),
        cmocka_unit_test(leaves_lists),
        cmocka_unit_test(leaves_framed_tables),
        cmocka_unit_test(withholds_beginnings),
        cmocka_unit_test(tells_heads_from_values),
        cmocka_unit_test(tells_columns),
        cmocka_unit_test(keeps_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
