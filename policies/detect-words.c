/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-words.h"

#include "policies/detect-answers.h"
#include "policies/detect-pattern.h"
#include "policies/detect-tables.h"
#include "policies/detect-values.h"

#include <string.h>

#define VALUE_BELOW_MIN_BYTES 4 /* shorter words below a label are seldom passwords */
#define LABEL_BEFORE_MAX_BYTES 40
#define N_VALUES_BELOW_MAX 1000
#define HEIGHTS_TO_CELL_MAX 2 /* from a head to the first cell of its column */

/* What a value is labelled with; then what stands between them; then the value. */
#define PASSWORD_LABELS                                                                            \
    "pass ?word|passwd|pass ?code|passwort|" POLICY_NOT_IN_WORD                                    \
    "pwd|(?:[\\w-]{0,16}密[码玛]|密碼|口[令今]|提取码)"
#define PHRASE_LABELS "pass ?phrase|密码短语|口令短语|助记词"
#define KEY_LABELS                                                                                 \
    "secret(?:[ _-]?access)?(?:[ _-]?key)?(?:_base)?|api[ _-]?(?:key|secret|token)|access[ "       \
    "_-]?(?:key|token)|"                                                                           \
    "auth[ _-]?token|" POLICY_NOT_IN_WORD "token|client[ _-]?secret|private[ _-]?key|密钥|令牌"
#define REMARK "(?: ?(?:\\([^()\\n]{0,24}\\)|（[^（）\\n]{0,24}）))?"
#define OF_WHAT "(?: (?:for|of|on|to|at|from) [^\\n?]{1,48}?)?"
#define COLON "[:：](?!//)"
#define BETWEEN                                                                                    \
    REMARK "[\"'`]? ?(?::=|=>|->|(?: is| was|[是为為] ?)?" COLON "|[=＝]| is | was "              \
           "|(?:已?被?(?:重置|修改|更改|改|设置|设|变更)成?)?[是为為]) ?"
#define VALUE "(?:\"([^\"\\n]{1,256})\"?|'([^'\\n]{1,256})'?|([^\\s\"'，。；、]{1,256}))"
#define RANDOM_VALUE "[\"'`]?((?=[^\\s\"']*[0-9])[^\\s\"'，。；、,;]{12,512})"

/* Of letters and digits, or with a capital within. */
#define LOOKS_RANDOM "(?=[^\\s]*?(?:[0-9][^\\s]*?[A-Za-z]|[A-Za-z][^\\s]*?[0-9]|(?-i:[a-z][A-Z])))"

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
#define MYSQL "(?:mysql|mariadb)[a-z-]{0,12} [^\\n]{0,200}?(?<= )(?-i:-p)[\"']?([^\\s\"']{1,256})"
#define SSHPASS "sshpass (?:-v )?(?-i:-p) ?" VALUE
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
#define CHINESE_VALUE "((?=[!-~]*[0-9])[!-~]{6,256})"
#define DIGITS "0123456789"
#define CURL_USER "-u|-U|--user|--proxy-user"

/* All values are in the same groups. A mark tells of a bare label (HEAD), of one for digits only,
 * of several words, and of a command with more in it. */
#define PATTERN                                                                                    \
    "(?|(?:" PHRASE_LABELS ")" BETWEEN "([^\\n]{1,256})"                                           \
    "|(?:" PASSWORD_LABELS ")" REMARK " ?[:：] ?" POLICY_NO_VALUE WORDS "|" VARIABLE               \
    "|" POLICY_NOT_IN_WORD SSHPASS "|" POLICY_NOT_IN_WORD NETRC "|" NETRC_END                      \
    "|" POLICY_NOT_IN_WORD AUTHORIZATION "|" POLICY_NOT_IN_WORD MYSQL "(*MARK:COMMAND)"            \
    "|(?:" PASSWORD_LABELS ")" BETWEEN POLICY_NO_VALUE VALUE "|(?:" PASSWORD_LABELS                \
    ")" CHANGED_TO CHANGED_VALUE "|(?:" PASSWORD_LABELS ")" OF_WHAT BETWEEN POLICY_NO_VALUE VALUE  \
    "|(?:密[码玛]|密碼|口[令今]) " CHINESE_VALUE "|(?:" PASSWORD_LABELS ") " LOOKS_RANDOM          \
    "([!-~]{8,256})(?!\\S)"                                                                        \
    "|(?:" KEY_LABELS ")" BETWEEN RANDOM_VALUE "|" POLICY_NOT_IN_WORD                              \
    "p(?:ass|w|/w) ?[:=] ?((?=[^\\s]*[^\\s0-9])[^\\s]{4,256})"                                     \
    "|(?:" POLICY_NOT_IN_WORD "pin(?: ?code)? ?[:：=]|(?:" ONE_TIME_LABELS                         \
    ") ?[:：=是为為]?) ?([0-9]{4,8})(?![0-9])"                                                 \
    "|" POLICY_NOT_IN_WORD "curl [^\\n]{0,200}?(?<= )(?:" CURL_USER                                \
    ")[ =]?[\"']?(?!https?:)[^\\s:\"']{1,64}:([^\\s\"']{1,256})(*MARK:COMMAND)"                    \
    "|" POLICY_NOT_IN_WORD "pin(?: ?code)?(?![a-z])(?: ?[:：])?(*MARK:DIGITS)"                    \
    "|(?:" PASSWORD_LABELS "|" PHRASE_LABELS ")(?:" REMARK " ?[:：]|" OF_WHAT                      \
    "(?: is| was)(?: ?[:：])?(?![^\\n])|" CHANGED_TO_END "|" REMARK "(*MARK:HEAD)))"
#define N_GROUPS_MAX 8

typedef struct {
    pcre2_code *code;
    pcre2_code *value; /* whether something may be a value at all */
} Labels;

static const Labels *
get_labels(void)
{
    static Labels *labels;

    if (g_once_init_enter(&labels)) {
        Labels *made = g_new0(Labels, 1);

        made->code = policy_detect_pattern_compile(PATTERN);
        made->value = policy_detect_pattern_compile(POLICY_NO_VALUE);
        g_once_init_leave(&labels, made);
    }
    return labels;
}

/* --- where a label may begin --- */

static gboolean
begins_any(const char *at, const char *const *words)
{
    for (; *words != NULL; words++) {
        if ((at[1] | 0x20) == ((*words)[1] | 0x20) &&
            g_ascii_strncasecmp(at, *words, strlen(*words)) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Their first bytes. */
static const uint8_t firsts[256] = {
    ['m'] = 1, ['M'] = 1, ['p'] = 1,  ['P'] = 1,  ['s'] = 1,  ['S'] = 1,  ['a'] = 1,
    ['A'] = 1, ['t'] = 1, ['T'] = 1,  ['c'] = 1,  ['C'] = 1,  ['d'] = 1,  ['D'] = 1,
    ['l'] = 1, ['L'] = 1, [0xe5] = 1, [0xe4] = 1, [0xe6] = 1, [0xe9] = 1,
};

static gboolean
may_be_label(const char *at)
{
    static const char *const m[] = {"mysql", "mariadb", "machine ", NULL};
    static const char *const p[] = {"pass", "pwd", "pin", "private", "pw", "p/w", NULL};
    static const char *const s[] = {"secret", "sshpass ", NULL};
    static const char *const a[] = {"api", "access", "auth", NULL};
    static const char *const t[] = {"token", NULL};
    static const char *const c[] = {"client", "curl ", NULL};
    static const char *const d[] = {"default ", "default\n", NULL};
    static const char *const l[] = {"login ", NULL};
    static const char *const chinese[] = {"密",     "口令",   "口今", "令牌", "助记", "提取码",
                                          "验证码", "驗證碼", "校验", "动态", NULL};

    switch (*at | 0x20) {
    case 'm':
        return begins_any(at, m);
    case 'p':
        return begins_any(at, p);
    case 's':
        return begins_any(at, s);
    case 'a':
        return begins_any(at, a);
    case 't':
        return begins_any(at, t);
    case 'c':
        return begins_any(at, c);
    case 'd':
        return begins_any(at, d);
    case 'l':
        return begins_any(at, l);
    }
    return (guchar)*at >= 0x80 && begins_any(at, chinese);
}

/* --- labels in cells of their own --- */

static const PolicySegment *
get_segment(const PolicyDetectText *text, unsigned i)
{
    return i < text->segments->len ? &g_array_index(text->segments, PolicySegment, i) : NULL;
}

static gboolean
is_word(const PolicyDetectText *text, const PolicySegment *segment, size_t min_bytes)
{
    size_t length = segment->end - segment->start;

    return length >= min_bytes && length <= POLICY_VALUE_MAX_BYTES &&
           memchr(text->flat->str + segment->start, ' ', length) == NULL;
}

static gboolean
is_in_row(PolicyJoint joint)
{
    return joint == POLICY_JOINT_TIGHT || joint == POLICY_JOINT_NEAR || joint == POLICY_JOINT_FAR;
}

static void
add_segment(PolicyDetectText *text, const PolicySegment *segment)
{
    policy_detect_text_add(text, segment->start, segment->end, POLICY_SECRET_PASSWORD);
}

/* --- a label --- */

typedef struct {
    PolicyDetectText *text;
    pcre2_match_data *data;
    PolicyDetectOrder order;
} Search;

typedef struct {
    size_t start;
    size_t end;
    size_t value_start; /* where its value is, if that stands behind it */
    size_t value_end;
    gboolean is_head;    /* a bare word, without a colon */
    gboolean is_digits;  /* so is its value, whole */
    gboolean is_words;   /* so is its value */
    gboolean is_command; /* with other arguments before it */
} Label;

/* Nothing before the run belongs to what it begins with. @end: of the text that is looked at */
static gboolean
match_label(const Search *self, size_t at, size_t end, Label *out)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(self->data);
    size_t base = policy_detect_text_is_edge(self->text, at) ? at : 0;
    const char *mark;
    int n;

    n = policy_detect_pattern_match(get_labels()->code, self->text->flat->str + base, end - base,
                                    at - base, self->data);
    if (n <= 0)
        return FALSE;
    *out = (Label){.start = at, .end = base + ends[1]};
    for (int i = 1; i < n; i++) {
        if (ends[2 * i] != PCRE2_UNSET) {
            out->value_start = base + ends[2 * i];
            out->value_end = base + ends[2 * i + 1];
        }
    }
    mark = (const char *)pcre2_get_mark(self->data);
    out->is_head = g_strcmp0(mark, "HEAD") == 0;
    out->is_digits = g_strcmp0(mark, "DIGITS") == 0;
    out->is_words = g_strcmp0(mark, "WORDS") == 0;
    out->is_command = g_strcmp0(mark, "COMMAND") == 0;
    return TRUE;
}

/* Between runs without a gap there is no sign of where a word ends: a label whose value is in
 * the next run is looked for in its own alone. */
static gboolean
read_label(const Search *self, size_t at, Label *out)
{
    const PolicySegment *segment;
    Label alone;

    if (!match_label(self, at, self->text->flat->len, out))
        return FALSE;
    if (out->value_end > 0)
        return TRUE;
    segment = get_segment(self->text, policy_detect_text_find(self->text, at));
    if (out->end != segment->end && match_label(self, at, segment->end, &alone) &&
        alone.end == segment->end && alone.value_end == 0)
        *out = alone;
    return TRUE;
}

static gboolean
may_be_value(const Search *self, const PolicySegment *segment)
{
    return policy_detect_pattern_match(get_labels()->value, self->text->flat->str + segment->start,
                                       segment->end - segment->start, 0, self->data) > 0;
}

/* A label alone, or with its value: it is not the value of another. */
static gboolean
is_label(const Search *self, const PolicySegment *segment)
{
    Label label;

    return read_label(self, segment->start, &label) &&
           (label.value_end > 0 || label.end == segment->end);
}

/* What may stand in a cell of its own as the value of @label. */
static gboolean
is_value(const Search *self, const Label *label, const PolicySegment *segment, size_t min_bytes)
{
    const char *flat = self->text->flat->str;
    size_t length = segment->end - segment->start;

    if (label->is_digits)
        return length >= 4 && length <= 8 && strspn(flat + segment->start, DIGITS) >= length;
    return is_word(self->text, segment, min_bytes) && may_be_value(self, segment) &&
           !is_label(self, segment);
}

/* A line below a label with a colon may begin with its value and go on: with a word of letters and
 * digits, for many a line begins with an ordinary word. */
static void
add_first_word(const Search *self, const PolicySegment *segment)
{
    size_t length = MIN(policy_detect_count_random(self->text->flat->str + segment->start),
                        segment->end - segment->start);

    if (length > 0)
        policy_detect_text_add(self->text, segment->start, segment->start + length,
                               POLICY_SECRET_PASSWORD);
}

/* Below a label with a colon one value, below the head of a column all of them. */
static void
add_values_below(const Search *self, unsigned first, const Label *label)
{
    unsigned n_max = label->is_head ? N_VALUES_BELOW_MAX : 1;

    for (unsigned i = first; i < first + n_max; i++) {
        const PolicySegment *segment = get_segment(self->text, i);

        if (segment == NULL || is_in_row(segment->joint) || segment->joint == POLICY_JOINT_BREAK)
            break;
        if (!is_value(self, label, segment, VALUE_BELOW_MIN_BYTES)) {
            if (!label->is_head && !label->is_digits && !is_label(self, segment))
                add_first_word(self, segment);
            break;
        }
        if (label->is_head)
            policy_detect_text_add_in_column(self->text, segment);
        else
            add_segment(self->text, segment);
    }
}

static gboolean
is_just_below(const BaseRect *box, const BaseRect *below)
{
    int common = MIN(box->x + box->width, below->x + below->width) - MAX(box->x, below->x);
    int gap = below->y - (box->y + box->height);

    return common > 0 && gap > -box->height / 2 && gap <= HEIGHTS_TO_CELL_MAX * box->height;
}

/* Whether the cell below @segment is of letters and digits, as no label is. */
static gboolean
is_above_random(const Search *self, const PolicySegment *segment)
{
    const BaseRect *box = &self->text->runs[segment->run].box;

    for (unsigned i = 0; i < self->text->segments->len; i++) {
        const PolicySegment *other = get_segment(self->text, i);
        size_t length = other->end - other->start;

        if (is_just_below(box, &self->text->runs[other->run].box) &&
            policy_detect_count_random(self->text->flat->str + other->start) == length)
            return TRUE;
    }
    return FALSE;
}

/* The head of a column of passwords: what stands beside it is the next head, if it may be one. */
static gboolean
is_beside_head(const Search *self, const Label *label, const PolicySegment *next)
{
    const char *value = self->text->flat->str + next->start;
    const PolicySegment *segment =
        get_segment(self->text, policy_detect_text_find(self->text, label->start));

    return label->is_head && strcspn(value, DIGITS) >= next->end - next->start &&
           is_above_random(self, segment);
}

/* One of values that stand behind each other with commas: what is below is a row of them. */
static gboolean
is_among_commas(const Search *self, const PolicySegment *segment, const Label *label)
{
    const char *start = self->text->flat->str + segment->start;
    size_t length = label->start - segment->start;

    return memchr(start, ' ', length) == NULL &&
           (memchr(start, ',', length) != NULL || memchr(start, ';', length) != NULL);
}

static void
look_beside(const Search *self, const Label *label)
{
    unsigned i = policy_detect_text_find(self->text, label->start);
    const PolicySegment *segment = get_segment(self->text, i);
    const PolicySegment *next = get_segment(self->text, i + 1);

    if (segment->end != label->end || label->start - segment->start > LABEL_BEFORE_MAX_BYTES ||
        next == NULL || is_among_commas(self, segment, label))
        return;
    if (is_in_row(next->joint)) {
        if (is_value(self, label, next, 1) && !is_beside_head(self, label, next))
            add_segment(self->text, next);
    } else if (self->order == POLICY_DETECT_TOLD && label->is_head) {
        add_first_word(self, next);
    } else if (self->order != POLICY_DETECT_ROWS) {
        add_values_below(self, i + 1, label);
    }
}

/* --- all --- */

/* The line above may be full, so that its value seems to go on in the label below.
 * Returns: where the value ends at the latest */
static size_t
find_label_within(const Search *self, size_t start, size_t end)
{
    Label label;

    for (size_t at = start; at < end; at++) {
        if (policy_detect_text_is_edge(self->text, at) && read_label(self, at, &label) &&
            !label.is_head && !label.is_digits)
            return at;
    }
    return end;
}

/* Several words are a value when they go to the end of their run; else the first is. */
static size_t
find_words_end(const Search *self, const Label *label)
{
    const PolicySegment *segment =
        get_segment(self->text, policy_detect_text_find(self->text, label->value_start));

    if (label->value_end >= segment->end)
        return segment->end;
    return label->value_start + strcspn(self->text->flat->str + label->value_start, " ");
}

/* Returns: where to go on */
static size_t
take_label(const Search *self, const Label *label)
{
    size_t end;

    if (label->value_end == 0) {
        look_beside(self, label);
        return label->end;
    }
    end = label->is_words ? find_words_end(self, label) : label->value_end;
    end = find_label_within(self, label->value_start, end);
    policy_detect_text_add(self->text, label->value_start, end, POLICY_SECRET_PASSWORD);
    if (label->is_command)
        return label->start + 1;
    return end < label->value_end ? end : label->end;
}

static gboolean
may_head_column(const char *at)
{
    return (*at | 0x20) == 'p' || (*at | 0x20) == 's' || (guchar)*at >= 0x80;
}

static void
find_labels(const Search *self)
{
    const char *flat = self->text->flat->str;
    gboolean has_rows = self->order == POLICY_DETECT_ROWS || self->order == POLICY_DETECT_LINES;
    size_t table_end = 0;

    for (size_t at = 0; at < self->text->flat->len; at++) {
        Label label;

        if (!firsts[(guchar)flat[at]] || !may_be_label(flat + at))
            continue;
        if (has_rows && at >= table_end && may_head_column(flat + at))
            table_end = policy_detect_table_look_at(self->text, at);
        if (read_label(self, at, &label))
            at = MAX(take_label(self, &label), at + 1) - 1;
    }
}

/* A line that OCR begins with a colon had a label in letters that it cannot read. */
static void
find_unread_labels(PolicyDetectText *text)
{
    const char *flat = text->flat->str;

    for (unsigned i = 0; i < text->segments->len; i++) {
        const PolicySegment *segment = get_segment(text, i);
        size_t start = segment->start;

        if (!text->runs[segment->run].is_ocr || flat[start] != ':')
            continue;
        start += 1 + strspn(flat + start + 1, " ");
        if (start < segment->end &&
            policy_detect_count_random(flat + start) == segment->end - start)
            policy_detect_text_add(text, start, segment->end, POLICY_SECRET_PASSWORD);
    }
}

/* user:password@host in an address. */
static void
find_credentials(PolicyDetectText *text)
{
    const char *flat = text->flat->str;
    const char *at = flat;

    while ((at = strstr(at, "://")) != NULL) {
        const char *user = at + 3;
        size_t length = strcspn(user, ":/@ \n");
        const char *password = user + length + 1;
        size_t end;

        at = user;
        if (user[length] != ':')
            continue;
        end = strcspn(password, "/@ \n");
        if (end > 0 && password[end] == '@')
            policy_detect_text_add(text, (size_t)(password - flat), (size_t)(password - flat) + end,
                                   POLICY_SECRET_PASSWORD);
    }
}

void
policy_detect_passwords(PolicyDetectText *text, PolicyDetectOrder order)
{
    Search search = {text, pcre2_match_data_create(N_GROUPS_MAX, NULL), order};

    find_labels(&search);
    find_unread_labels(text);
    find_credentials(text);
    policy_detect_answers(text);
    pcre2_match_data_free(search.data);
}
