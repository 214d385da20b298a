/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-labels.h"

#include "policies/detect-starts.h"
#include "policies/detect-values.h"

#include <string.h>

#define N_GROUPS_MAX 8 /* with the whole as the first */

/* What a value is labelled with; then what stands between them; then the value. */
#define PASSWORD_LABELS                                                                            \
    "pass ?wor[dt]|passwd|pass ?code|" POLICY_NOT_IN_WORD                                          \
    "ps?wd(?![\"']?[:=]/)|密[ 　]?[码玛碼]|口[ 　]?[令今]|提取码"
#define PHRASE_LABELS "pass ?phrase|密码短语|口令短语|助记词"
#define KEY_LABELS                                                                                 \
    "secret(?:[ _-]?access)?(?:[ _-]?key)?(?:_base)?|ap[i1l][ _-]?(?:key|secret|t[o0]ken)|access[" \
    " _-]?(?:key|t[o0]ken)|auth[ _-]?t[o0]ken|" POLICY_NOT_IN_WORD                                 \
    "t[o0]ken|c[li1][i1l]ent[ _-]?secret|pr[i1l]vate[ _-]?key|pre[ _-]?shared[ _-]?key|密钥|令牌"

#define PSK "(?<!-)psk(?=[\"']? ?=)|(?<![_-])psk(?=[\"']? ?[:：])"

/* In other languages, and as OCR reads it: not without a sign between it and its value. */
#define LABELS                                                                                     \
    PASSWORD_LABELS "|pass ?w0rd|" POLICY_NOT_IN_WORD "(?:" PSK                                    \
                    "|kennwort|mot de passe|contrase(?:ñ|n)a)|パスワード|비밀번호"
#define REMARK "(?: ?(?:\\([^()\\n]{0,24}\\)|（[^（）\\n]{0,24}）))?"
#define OF_WHAT "(?: (?:for|of|on|to|at|from) [^\\n?]{1,48}?)?"
#define COLON "[:：∶﹕](?!//|:|[*_]{2,3}(?:\\n|\\z))"
#define LABEL_END "(?:[*_`]{1,3}|\\\\{0,3}[\"'])?"
#define TAGS                                                                                       \
    "(?: ?</?(?:[abiup]|em|strong|span|label|t[dhr]|d[dt]|li|div|code|br|font|kbd|small)"          \
    "(?: [^<>\\n]{0,64})?>){1,4}"
#define BETWEEN                                                                                    \
    REMARK LABEL_END " ?(?::=|={1,2}>|-{1,2}>|(?:%22)?%3[ad](?:%22)?|(?: ?[.·…]{1,64} ?| is| "  \
                     "was|[是为為] ?)?" COLON "(?:[*_]{1,3} |" TAGS ")?|=(?!=)|＝| is | was "     \
                     "|(?:已?被?(?:重置|修改|更改|改|设置|设|变更)成?)?[是为為]) ?"
#define VALUE                                                                                      \
    "(?|\\\\{1,3}[\"']([^\"'\\\\\\n]{1,256})|\"([^\"\\n]{1,256})\"?|'([^'\\n]{1,256})'?"           \
    "|([^\\s\"'，。；、]{1,256}))"
#define QUOTED_VALUE "(?:\"([^\"\\n]{1,256})\"|'([^'\\n]{1,256})')"
#define RANDOM_VALUE "[\"'`]?((?=[^\\s\"'<]*[0-9])[^\\s\"'<，。；、,;]{12,512})"

/* Has letters and digits, and is no password: a method, a type of a data base. */
#define NAME                                                                                       \
    "(?:(?:sha|md|aes|rsa|des|base|utf|oauth|ed|blake|argon|pbkdf|ntlm)[_-]?[0-9]"                 \
    "|\\w{1,24}\\([0-9, ]*\\))"

/* Of letters and digits, or with a capital within. */
#define LOOKS_RANDOM                                                                               \
    "(?!" NAME ")(?=[^\\s]*?(?:[0-9][^\\s]*?[A-Za-z]|[A-Za-z][^\\s]*?[0-9]|(?-i:[a-z][A-Z])))"

/* Behind what seldom stands between a label and its value: of letters and digits, or with more
 * capitals within than a name has. */
#define MIXED_VALUE                                                                                \
    "(?!" NAME ")(?=[^\\s]{0,64}?(?:[0-9][^\\s]{0,64}?[A-Za-z]|[A-Za-z][^\\s]{0,64}?[0-9]"         \
    "|(?-i:[a-z][A-Z][A-Z]|[a-z][A-Z][^\\s]{0,64}?[a-z][A-Z])))"                                   \
    "([^\\s\"'`<>|│，。；、()\\[\\]（）［］【】「」『』“”‘’]{6,256}+)"
#define ARROW "[→⇒➔➜➡⟶⟹►▶▸»›]"
#define POINTER "(?:[→⇒➔➜➡⟶⟹]|[›»▸▶►](?! ?(?-i:[A-Z])))" /* no path of menus */
#define MENU                                                                                       \
    "(?!(?:change|reset|settings?|security|forg[eo]t\\w*|update|edit|options?|new|next|manage\\w*" \
    "|"                                                                                            \
    "generat\\w*|polic\\w*|login|log|sign|accounts?|privacy|recover\\w*|confirm\\w*|continue|ok|"  \
    "save|"                                                                                        \
    "show|hide|copy|hash\\w*|keys?|tokens?|user\\w*|profiles?|add|remove|delete|create|rules?|"    \
    "strength|string|text|bytes?)(?![\\w!@#$%^&*-]))"
#define POINTED                                                                                    \
    LABEL_END " ?" POINTER " ?[\"'`]?" POLICY_NO_VALUE MENU                                        \
              "([!-~]{3,256}?)(?=[\"'`.,;]?(?:\\n|\\z))"
#define LEADER "(?:[-–—_.·…~]{2,64} |[-–—_.·…~]{3,64}|(?<= )[-–—~+] )"
#define SELDOM_BETWEEN REMARK LABEL_END " ?(?:" ARROW "|" LEADER "|[|│┃║¦]|" TAGS ") ?[\"'`]?"
#define IN_BRACKETS                                                                                \
    " ?(?:[（［【「『“‘]|(?<![A-Za-z])[(\\[\"`])" MIXED_VALUE "[）］】」』”’)\\]\"`]"

/* In markup, in code, in a data base. */
#define ATTRIBUTES "(?: [\\w:-]{1,24}=[\"'][^\"'<>\\n]{0,64}[\"']){0,3}"
#define ELEMENT                                                                                    \
    "(?|" ATTRIBUTES ">" POLICY_NO_VALUE "([^<>\\n]{1,256})|[\"']>" MIXED_VALUE ")(?=</)"
#define ATTRIBUTE                                                                                  \
    "[\\w-]{0,16}[\"']?,?" ATTRIBUTES "[ \\n]{1,2}[\"']?value(?|[\"']? ?: ?" VALUE                 \
    "|=" QUOTED_VALUE ")"
#define IN_CODE                                                                                    \
    "(?:[\"']?(?:\\[?\\]|\\}) ?(?:={1,3}|=>|!=)| ?[!=]={1,2}|: ?&?(?:str|string)(?![a-z]) ?=) "    \
    "?" POLICY_NO_VALUE QUOTED_VALUE
#define HASHED                                                                                     \
    "(?: ?[=,(] ?(?:(?:old_)?password|md5|sha[0-9]|b?crypt|encrypt)|(?<=(?-i:PASSWORD)))"          \
    "\\( ?'([^'\\n]{1,256})'"
#define SET_PASSWORD "(?<=set)password\\([\"']([^\"'\\s]{1,256})[\"']\\)"
#define IDENTIFIED                                                                                 \
    "identified (?:with [^\\s]{1,48} )?(?:(?-i:BY|AS) (?:password )?'([^'\\n]{1,256})'"            \
    "|by (?:password )?(?|'([^'\\n]{1,256})'|\"([^\"\\n]{1,256})\")(?= ?(?:;|\\n|\\z)))"

/* "The password for the router was changed to ..." */
#define CHANGED "(?: [^\\n]{1,48}?)? (?:changed|set|reset|updated|renewed) to(?: ?:)?"
#define CHANGED_TO CHANGED "[ \\n][\"'`]?"
#define CHANGED_TO_END CHANGED "(?![^\\n])"
#define CHANGED_VALUE                                                                              \
    POLICY_NO_VALUE "(" LOOKS_RANDOM                                                               \
                    "[^\\s\"'，。；、,;]{4,256}|[^\\s\"',;]{4,256}(?=[\"'`.!]*(?:\\n|\\z)))"

/* Several words; what goes on as a sentence does is none of them. */
#define PROSE                                                                                      \
    "(?!(?:and|or|but|then|for|to|of|in|on|at|is|are|was|with|from|the|a|an|as|if|it|so|your|you|" \
    "my|we|must|should|will|can|has|have|not|please|login|user|username)\\b)"
#define WORDS "([\\w-]{2,32}(?: " PROSE "[\\w-]{1,32}){1,11})(*MARK:WORDS)"

/* In a shell, in its settings, in a request, where OCR may read a gap. */
#define VARIABLE "(?<=_)(?-i:PASS|PW|PWD|SECRET)=" VALUE
#define SECRET                                                                                     \
    "(?<![^\\n_-])secret(?:[_-]?key)? ?= ?" POLICY_NO_VALUE                                        \
    "(?!(?:secret|token|key|value|password|self|string|str|bytes?)(?![a-z]))([A-Za-z]{4,64})(?= ?" \
    "(?:\\n|\\z))"
#define GAP "[ \\n]{1,4}"
#define NETRC                                                                                      \
    "(?:machine [^\\s]{1,64}|default)" GAP "login" GAP "[^\\s]{1,64}" GAP "(?:account" GAP         \
    "[^\\s]{1,64}" GAP ")?password" GAP VALUE
#define NETRC_END                                                                                  \
    "(?<![^\\n])(?-i:login) [^\\s]{1,64}?(?: ?\\n ?)?(?-i:password)" GAP POLICY_NO_VALUE VALUE     \
    " ?(?![^\\n])"
#define AUTHORIZATION                                                                              \
    "authorization[\"']? ?[:=] ?[\"']?(?:bearer|basic|token) "                                     \
    "((?=[^\\s\"']*(?:[0-9=]|(?-i:[a-z][A-Z])))[^\\s\"'<>{}$]{6,512}(?: [^\\s\"':]{4,512}=)?)"

#define ONE_TIME_LABELS "验证码|驗證碼|校验码|动态码|动态密码"
#define CHINESE_LABELS "(?:密[ 　]?[码玛碼]|口[ 　]?[令今])"
#define CHINESE_VALUE                                                                              \
    "(?: ((?=[!-~]*[0-9])[!-~]{6,256})|(?!" NAME                                                   \
    ")((?=[!-~]*[0-9])[!-~]{6,256}+)(?![位次个種种条天年]))"

/* All values are in the same groups. A mark tells of a bare label (HEAD), of one for digits only,
 * and of several words. */
#define PATTERN                                                                                    \
    "(?|(?:" PHRASE_LABELS ")" BETWEEN "([^\\n]{1,256})"                                           \
    "|(?:" PASSWORD_LABELS ")" REMARK " ?[:：] ?" POLICY_NO_VALUE WORDS "|" VARIABLE               \
    "|" POLICY_NOT_IN_WORD NETRC "|" NETRC_END "|" POLICY_NOT_IN_WORD AUTHORIZATION "|" SECRET     \
    "|(?:" LABELS ")(?|" IN_CODE "|" HASHED "|" ATTRIBUTE "|" ELEMENT ")|" SET_PASSWORD            \
    "|(?:" LABELS ")" BETWEEN POLICY_NO_VALUE VALUE "|(?:" LABELS ")" CHANGED_TO CHANGED_VALUE     \
    "|(?:" LABELS ")" OF_WHAT BETWEEN POLICY_NO_VALUE VALUE "|(?:" LABELS                          \
    ")(?|" SELDOM_BETWEEN MIXED_VALUE "|" POINTED "|" IN_BRACKETS "| '([^'\\s%]{4,256})')"         \
    "|" CHINESE_LABELS CHINESE_VALUE "|(?:" LABELS ") " LOOKS_RANDOM "([!-~]{8,256})(?!\\S)"       \
    "|(?:" KEY_LABELS ")(?:" BETWEEN "|>| ?" ARROW " ?)" RANDOM_VALUE "|" POLICY_NOT_IN_WORD       \
    "(?:(?<=<)p(?:ass|w)>([^<>\\n]{1,256})</|p(?:ass|w|/w)(?:[\"']\\]? ?(?::|={1,2}>?) "           \
    "?[\"']([^\"'\\n]{1,256})[\"']"                                                                \
    "| ?[:=] ?((?=[^\\s]*[^\\s0-9])[^\\s]{4,256})))"                                               \
    "|(?:" POLICY_NOT_IN_WORD "p[i1l]n(?: ?code)? ?[:：=]|(?:" ONE_TIME_LABELS                     \
    ") ?[:：=是为為]?) ?([0-9]{4,8})(?![0-9])"                                                 \
    "|" POLICY_NOT_IN_WORD IDENTIFIED "|" POLICY_NOT_IN_WORD                                       \
    "pin(?: ?code)?(?![a-z])(?: ?[:：])?(*MARK:DIGITS)"                                           \
    "|(?:" LABELS "|" PHRASE_LABELS ")" REMARK LABEL_END " ?[:：][*_]{0,3}|(?:" PASSWORD_LABELS    \
    "|" PHRASE_LABELS ")(?:" OF_WHAT "(?: is| was)(?: ?[:：])?(?![^\\n])|" CHANGED_TO_END          \
    "|" REMARK "(*MARK:HEAD)))"

/* --- where a label may begin --- */

/* OCR takes i, l and 1 for each other, and O for 0. */
static const char *const starts[] = {
    "pass",       "pwd",         "pswd",    "pin",       "pln",        "p1n",
    "private",    "pr1vate",     "prlvate", "pw",        "p/w",        "secret",
    "api",        "apl",         "ap1",     "access",    "auth",       "token",
    "t0ken",      "client",      "ciient",  "c1ient",    "cllent",     "default ",
    "default\n",  "identified ", "login ",  "machine ",  "kennwort",   "mot de passe",
    "contrase",   "密",          "口",      "令牌",      "助记",       "提取码",
    "验证码",     "驗證碼",      "psk",     "preshared", "pre-shared", "pre_shared",
    "pre shared", "校验",        "动态",    "パスワ",    "비밀번",
};
G_STATIC_ASSERT(G_N_ELEMENTS(starts) <= POLICY_STARTS_N_MAX);

typedef struct {
    pcre2_code *label;
    pcre2_code *value; /* whether something may be a value at all */
    PolicyStarts starts;
} Patterns;

static const Patterns *
get_patterns(void)
{
    static Patterns *patterns;

    if (g_once_init_enter(&patterns)) {
        Patterns *made = g_new0(Patterns, 1);
        uint32_t n_groups = 0;

        made->label = policy_detect_pattern_compile(PATTERN);
        made->value = policy_detect_pattern_compile(POLICY_NO_VALUE);
        pcre2_pattern_info(made->label, PCRE2_INFO_CAPTURECOUNT, &n_groups);
        g_assert(n_groups < N_GROUPS_MAX);
        for (unsigned i = 0; i < G_N_ELEMENTS(starts); i++)
            policy_starts_note(&made->starts, starts[i], i);
        g_once_init_leave(&patterns, made);
    }
    return patterns;
}

static gboolean
begins_any(const char *at, uint64_t which)
{
    for (unsigned i = 0; which != 0; i++, which >>= 1) {
        if (which & 1 && g_ascii_strncasecmp(at, starts[i], strlen(starts[i])) == 0)
            return TRUE;
    }
    return FALSE;
}

size_t
policy_detect_label_find(const char *text, size_t at, size_t length)
{
    const Patterns *patterns = get_patterns();

    for (; at + 1 < length; at++) {
        uint64_t which = policy_starts_get(&patterns->starts, text + at);

        if (which != 0 && begins_any(text + at, which))
            return at;
    }
    return length;
}

/* --- a label --- */

pcre2_match_data *
policy_detect_label_create_data(void)
{
    return pcre2_match_data_create(N_GROUPS_MAX, NULL);
}

gboolean
policy_detect_label_match(const char *text,
                          size_t length,
                          size_t at,
                          pcre2_match_data *data,
                          PolicyDetectLabel *out)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);
    int n = policy_detect_pattern_match(get_patterns()->label, text, length, at, data);
    const char *mark;

    if (n <= 0)
        return FALSE;
    *out = (PolicyDetectLabel){.start = at, .end = ends[1]};
    for (int i = 1; i < n; i++) {
        if (ends[2 * i] != PCRE2_UNSET) {
            out->value_start = ends[2 * i];
            out->value_end = ends[2 * i + 1];
        }
    }
    mark = (const char *)pcre2_get_mark(data);
    out->is_head = g_strcmp0(mark, "HEAD") == 0;
    out->is_digits = g_strcmp0(mark, "DIGITS") == 0;
    out->is_words = g_strcmp0(mark, "WORDS") == 0;
    return TRUE;
}

gboolean
policy_detect_label_may_have(const char *value, size_t length, pcre2_match_data *data)
{
    return policy_detect_pattern_match(get_patterns()->value, value, length, 0, data) > 0;
}
