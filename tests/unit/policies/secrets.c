/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "secrets.h"

#include <string.h>

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGIT "0123456789"
#define CUT_N_LETTERS 3

const char *const secret_tokens[] = {
    "AGE-SECRET-KEY-1{U58}",
    "pat{A14}.{H64}",
    "LTAI{A20}",
    "sk-ant-api03-{W93}AA",
    "AKCp{A69}",
    "ATATT3xFfGF0{W170}",
    "AKIA{U16}",
    "ASIA{U16}",
    "DefaultEndpointsProtocol=https;AccountName=abc;AccountKey={A86}==",
    "ATBB{A32}",
    "xkeysib-{H64}-{A16}",
    "xsmtpsib-{H64}-{A16}",
    "bkua_{H40}",
    "CCIPAT_{A22}_{H40}",
    "CLOJARS_{H60}",
    "v1.0-{H24}-{H146}",
    "CFPAT-{W43}",
    "dapi{H32}",
    "dop_v1_{H64}",
    "doo_v1_{H64}",
    "dor_v1_{H64}",
    "MT{A24}.{W6}.{W38}",
    "dckr_oat_{W32}",
    "dckr_pat_{W27}",
    "dp.pt.{A43}",
    "dp.st.{A43}",
    "sl.{W135}",
    "duffel_live_{W43}",
    "dt0c01.{U24}.{U64}",
    "EZAK{A54}",
    "EAA{A120}",
    "figd_{W40}",
    "FLWSECK-{H32}-X",
    "fm2_{A120}",
    "ghu_{A36}",
    "github_pat_{A22}_{A59}",
    "gho_{A36}",
    "ghp_{A36}",
    "ghr_{A36}",
    "ghs_{A36}",
    "glagent-{W50}",
    "gldt-{W20}",
    "glft-{W20}",
    "glimt-{W25}",
    "glcbt-1a_{W20}",
    "gloas-{H64}",
    "glpat-{W20}",
    "glrt-{W20}",
    "glsoat-{W20}",
    "glptt-{H40}",
    "AIza{W35}",
    "GOCSPX-{W28}",
    "ya29.{W120}",
    "1//0{W60}",
    "glc_{A60}",
    "glsa_{A32}_{H8}",
    "gsk_{A52}",
    "HRKU-AA{W58}",
    "pat-na1-{H8}-{H4}-{H4}-{H4}-{H12}",
    "hf_{A34}",
    "api_org_{A34}",
    "eyJ{W36}.{W80}.{W43}",
    "lsv2_pt_{H32}_{H10}",
    "lin_api_{A40}",
    "key-{H32}",
    "sk.eyJ{W80}.{W22}",
    "nfp_{A36}",
    "NRAK-{U27}",
    "ntn_{A46}",
    "secret_{A43}",
    "npm_{A36}",
    "oy2{H43}",
    "sk-proj-{W120}",
    "sk-svcacct-{W120}",
    "sk-or-v1-{H64}",
    "pplx-{A48}",
    "pscale_tkn_{W43}",
    "pscale_pw_{W43}",
    "PMAK-{H24}-{H34}",
    "pul-{H40}",
    "pypi-AgEIcHlwaS5vcmc{W120}",
    "rdme_{H70}",
    "r8_{A37}",
    "rubygems_{H48}",
    "SG.{W22}.{W43}",
    "sntrys_{A100}",
    "sntryu_{H64}",
    "shippo_live_{H40}",
    "shpca_{H32}",
    "shpat_{H32}",
    "shppa_{H32}",
    "shpss_{H32}",
    "xapp-1-{U11}-{D13}-{H64}",
    "xoxb-{D12}-{D12}-{A24}",
    "xoxp-{D12}-{D12}-{D12}-{H32}",
    "https://hooks.slack.com/services/T{U10}/B{U10}/{A24}",
    "sqp_{H40}",
    "sq0atp-{W22}",
    "EAAA{W60}",
    "sk_live_{A24}",
    "rk_live_{A24}",
    "sk_test_{A24}",
    "whsec_{A32}",
    "sbp_{H40}",
    "sb_secret_{W32}",
    "tskey-auth-{A17}-{A32}",
    "{D9}:AA{W33}",
    "AKID{A32}",
    "{A14}.atlasv1.{W67}",
    "SK{H32}",
    "AC{H32}",
    "tfp_{W59}",
    "hvs.{W95}",
    "AKLT{A43}",
    "xai-{A80}",
    "AQVN{W35}",
    "sk-{A48}",
    "alcht_{A32}",
    "amzn1.oa2-cs.v1.{H64}",
    "amzn.mws.{H8}-{H4}-{H4}-{H4}-{H12}",
    "apify_api_{A36}",
    "cmVmdGtu{A56}",
    "2/{D16}/{D16}:{H32}",
    "1/{D16}:{H32}",
    "ATCTT3xFfG{W170}",
    "ABSK{A130}",
    "bedrock-api-key-{A130}",
    "bce-v3/ALTAK-{A21}/{H40}",
    "ALTAK{A21}",
    "xprv9{A106}",
    "cal_live_{A32}",
    "csk-{A48}",
    "CCIPRJ_{A22}_{H40}",
    "pk_{D8}_{U32}",
    "cfut_{A48}",
    "cfat_{A48}",
    "cfk_{A48}",
    "CCDB1_{A22}_{A40}",
    "cio{A32}",
    "dbtc_{W40}",
    "dbtu_{W40}",
    "https://oapi.dingtalk.com/robot/send?access_token={H64}",
    "https://discord.com/api/webhooks/{D18}/{W68}",
    "https://discordapp.com/api/webhooks/{D19}/{W68}",
    "SWMTKN-1-{H50}-{H25}",
    "SWMKEY-1-{A43}",
    "dp.audit.{A43}",
    "dp.ct.{A43}",
    "dp.scim.{A43}",
    "dp.sa.{A43}",
    "sl.u.{W135}",
    "dt0s01.{U8}.{U64}",
    "essu_{A70}",
    "sk_{H48}",
    "https://open.feishu.cn/open-apis/bot/v2/hook/{H8}-{H4}-{H4}-{H4}-{H12}",
    "fw_{A24}",
    "fm1a_{A120}",
    "fm1r_{A120}",
    "glffct-{W20}",
    "glwt-{W20}",
    "AQ.Ab{W48}",
    "eyJrIjoi{A80}",
    "hcaik_{H58}",
    "st.{H24}.{H32}.{H32}",
    "IGQ{W140}",
    "dG9rO{A55}",
    "JDC_{U28}",
    "jina_{W60}",
    "KGAT_{H32}",
    "sk-lf-{H8}-{H4}-{H4}-{H4}-{H12}",
    "https://open.larksuite.com/open-apis/bot/v2/hook/{H8}-{H4}-{H4}-{H4}-{H12}",
    "pylf_v1_eu_{A43}",
    "{H32}-us{D2}",
    "mlsn.{H64}",
    "syt_{A12}_{A20}_{A6}",
    "mdb_sa_sk_{W40}",
    "nfo_{A36}",
    "nfc_{A36}",
    "NRAA-{H27}",
    "NRIQ-{W32}",
    "NRRA-{H42}",
    "nsec1{H58}",
    "nvapi-{W64}",
    "A3-{U6}-{U11}-{U5}-{U5}-{U5}",
    "A3-{U6}-{U6}-{U5}-{U5}-{U5}-{U5}",
    "sk-None-{W48}",
    "packagist_uut_{H68}",
    "pcsk_{A6}_{A63}",
    "phx_{A43}",
    "pnb_{A36}",
    "re_{A8}_{A24}",
    "00D{A15}!{W96}",
    "5Aep861{W80}",
    "tk-us-{W48}",
    "sntrya_{H64}",
    "sntryi_{H64}",
    "xoxc-{D12}-{D12}-{D12}-{H64}",
    "xoxe-1-{A146}",
    "xoxd-{A120}",
    "https://hooks.slack.com/triggers/T{U10}/{D13}/{H32}",
    "xwfp-{D12}-{A30}",
    "https://hooks.slack.com/workflows/T{U10}/A{U10}/{D18}/{A24}",
    "snyk_uat.{H8}.{W60}.{W40}",
    "snyk_sat.{H8}.{W60}.{W40}",
    "sqa_{H40}",
    "sgp_{H16}_{H40}",
    "sgp_{H40}",
    "sk_org_live_{A24}",
    "tvly-dev-{A32}",
    "https://x.webhook.office.com/webhookb2/{H8}-{H4}-{H4}-{H4}-{H12}@{H8}-{H4}-{H4}-{H4}-{H12}"
    "/IncomingWebhook/{H32}/{H8}-{H4}-{H4}-{H4}-{H12}",
    "KEY{D32}_{A22}",
    "tgp_v1_{W43}",
    "AAAAAAAAAAAAAAAAAAAAAA{A24}%2{A50}",
    "vcp_{A56}",
    "vck_{A56}",
    "AKTP{A43}",
    "waka_{H8}-{H4}-{H4}-{H4}-{H12}",
    "wandb_v1_{A70}",
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={H8}-{H4}-{H4}-{H4}-{H12}",
    "cs_{H40}",
    "ck_{H40}",
    "t1.9eu{W60}.{W86}",
    "$6${A16}${A86}",
    "$5$rounds=5000${A16}${A43}",
    "$1${A8}${A22}",
    "$apr1${A8}${A22}",
    "$2y$10${A53}",
    "$wp$2y$10${A53}",
    "$y$j9T${A22}${A43}",
    "$gy$j9T${A22}${A43}",
    "$7${A36}${A43}",
    "$argon2id$v=19$m=65536,t=3,p=4${A22}${A43}",
    "$pbkdf2-sha256$29000${A22}${A43}",
    "$P${A31}",
    "$H${A31}",
    "$S${A52}",
    "pbkdf2_sha256$260000${A22}${A43}=",
    "pbkdf2:sha256:600000${A16}${H64}",
    "SCRAM-SHA-256$4096:{A22}==${A43}=:{A43}=",
    NULL,
};

static const char *
get_letters(char kind)
{
    switch (kind) {
    case 'A':
        return UPPER LOWER DIGIT;
    case 'U':
        return UPPER DIGIT;
    case 'H':
        return "0123456789abcdef";
    case 'W':
        return UPPER LOWER DIGIT "-_";
    }
    return DIGIT;
}

static void
append_random(GString *text, const char *letters, unsigned n, GRand *random)
{
    for (unsigned i = 0; i < n; i++)
        g_string_append_c(text, letters[g_rand_int_range(random, 0, (int)strlen(letters))]);
}

/* @n_max: of letters for each "{...}" */
static char *
fill(const char *format, unsigned n_max, GRand *random)
{
    GString *token = g_string_new(NULL);

    while (*format != '\0') {
        char *end;

        if (*format != '{') {
            g_string_append_c(token, *format++);
            continue;
        }
        append_random(token, get_letters(format[1]),
                      MIN(g_ascii_strtoull(format + 2, &end, 10), n_max), random);
        format = end + 1;
    }
    return g_string_free(token, FALSE);
}

char *
secret_token(const char *format, GRand *random)
{
    return fill(format, UINT_MAX, random);
}

char *
secret_token_cut(const char *format, GRand *random)
{
    return fill(format, CUT_N_LETTERS, random);
}

static char
find_luhn_digit(const char *digits)
{
    unsigned sum = 0;

    for (size_t i = 0; i < strlen(digits); i++) {
        unsigned value = (unsigned)(digits[strlen(digits) - 1 - i] - '0');

        value *= i % 2 == 0 ? 2 : 1;
        sum += value > 9 ? value - 9 : value;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

char *
secret_card(GRand *random)
{
    static const struct {
        const char *prefix;
        unsigned n_digits;
    } brands[] = {{"4", 16},    {"53", 16},   {"2345", 16}, {"34", 15},   {"6011", 16},
                  {"3530", 16}, {"6222", 19}, {"6217", 16}, {"3612", 14}, {"65", 16}};
    unsigned brand = (unsigned)g_rand_int_range(random, 0, G_N_ELEMENTS(brands));
    GString *card = g_string_new(brands[brand].prefix);

    append_random(card, DIGIT, brands[brand].n_digits - 1 - card->len, random);
    g_string_append_c(card, find_luhn_digit(card->str));
    return g_string_free(card, FALSE);
}

char *
secret_identity(GRand *random)
{
    static const char *const regions[] = {"110101", "310115", "440304", "510104", "820001"};
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    GString *number = g_string_new(regions[g_rand_int_range(random, 0, G_N_ELEMENTS(regions))]);
    int sum = 0;

    g_string_append_printf(number, "%04d%02d%02d%03d", g_rand_int_range(random, 1940, 2012),
                           g_rand_int_range(random, 1, 13), g_rand_int_range(random, 1, 29),
                           g_rand_int_range(random, 0, 1000));
    for (unsigned i = 0; i < G_N_ELEMENTS(weights); i++)
        sum += weights[i] * (number->str[i] - '0');
    g_string_append_c(number, "10X98765432"[sum % 11]);
    return g_string_free(number, FALSE);
}

/* The check digits of @country and @rest, by trial. */
char *
secret_iban(GRand *random)
{
    static const struct {
        const char *country;
        const char *format;
    } kinds[] = {{"DE", "{D18}"}, {"GB", "BARC{D14}"}, {"NO", "{D11}"}, {"FR", "{D10}{U11}{D2}"}};
    unsigned kind = (unsigned)g_rand_int_range(random, 0, G_N_ELEMENTS(kinds));
    g_autofree char *rest = secret_token(kinds[kind].format, random);
    g_autofree char *moved = g_strconcat(rest, kinds[kind].country, NULL);
    unsigned remainder = 0;

    for (const char *c = moved; *c != '\0'; c++)
        remainder = g_ascii_isdigit(*c) ? (remainder * 10 + (unsigned)(*c - '0')) % 97
                                        : (remainder * 100 + (unsigned)(*c - 'A') + 10) % 97;
    return g_strdup_printf("%s%02u%s", kinds[kind].country, 98 - remainder * 100 % 97, rest);
}
