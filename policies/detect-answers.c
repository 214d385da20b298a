/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-answers.h"

#include "policies/detect-pattern.h"
#include "policies/detect-values.h"

#include <string.h>

#define N_ANSWER_LINES_MAX 4 /* with whose and when it is */
#define N_LIST_LINES_MAX 1000
#define N_GROUPS_MAX 4
#define HEIGHTS_TO_ENTRY_MAX 4 /* from a line of a list to the next */

#define PASSWORD "(?:pass ?(?:word|code|phrase)|passwd|" POLICY_NOT_IN_WORD "pwd)"
#define PASSWORD_CHINESE "(?:密[码碼]|口令)"
#define TO_LINE_END "\\z"

/* "What is the password for the router?", "send me the password"; nothing else follows. */
#define ASKS                                                                                       \
    "(?:what|which|do you (?:know|have|remember)|who (?:knows|has)|(?:send|give|tell|share)(?: "   \
    "me| us)|(?:know|have|got|remember)(?=[^\\n]*\\?))(?![a-z])"
#define ASKED_FOR                                                                                  \
    "(?:s|s? (?:again|please|here|now)|s? (?:for|of|to|on|at|in)(?![a-z])[^\\n]{1,48}?)?"
#define QUESTION                                                                                   \
    "(?![^\\n]*(?:forg[eo]t|lost|reset|chang))(?:[^\\n]{0,80}?" POLICY_NOT_IN_WORD ")" ASKS        \
    "[^\\n]{0,48}?" PASSWORD ASKED_FOR " ?[?？.!]{0,3}" TO_LINE_END
#define QUESTION_CHINESE                                                                           \
    "(?:[^\\n]{0,80}(?:发|给|告诉)我?[^\\n]{0,24}" PASSWORD_CHINESE                                \
    "|[^\\n]{0,80}" PASSWORD_CHINESE                                                               \
    "[^\\n]{0,12}(?:什么|多少|啥|知道|发我|给我|告诉我))[^\\n]{0,6}" TO_LINE_END

/* The answer alone, or "bob: it's ..." */
#define ANSWER                                                                                     \
    "(?:[^\\s:]{1,32} ?: ?)?(?:(?:it|that)(?:['’]?s| is) |use |try |是 ?|用 ?)?" POLICY_NO_VALUE   \
    "([^\\s\"'，。]{4,128}?)[.!。]?" TO_LINE_END

#define HEAD                                                                                       \
    "[^\\n:：]{0,24}?(?:" POLICY_NOT_IN_WORD "passwords|" PASSWORD_CHINESE                         \
    "(?:列?表|清单|本|大全)"                                                                \
    "|(?:账号|帐号|用户名?)和?" PASSWORD_CHINESE ") ?[:：]?" TO_LINE_END

/* In a list of passwords what is none: whose it is, where, since when. */
#define ABOUT                                                                                      \
    "(?:(?:user ?(?:name|id)?|login|url|language|keyboard|version|updated|created|modified|"       \
    "expires|用户名?|账号|帐号|语言|版本) ?[:：=]|[^\\n:：=]{1,48} ?[:：=] ?[a-z]{2,8}://)"

/* "bob: ...", "router - ..." */
#define ENTRY                                                                                      \
    "[^\\n:：=]{1,48}?(?: ?[:：=] ?| [-–—] )" POLICY_NO_VALUE "([^\\s\"'，。；]{4,128}"         \
    ")" TO_LINE_END

typedef struct {
    pcre2_code *question;
    pcre2_code *answer;
    pcre2_code *head;
    pcre2_code *about;
    pcre2_code *entry;
} Patterns;

static const Patterns *
get_patterns(void)
{
    static Patterns *patterns;

    if (g_once_init_enter(&patterns)) {
        Patterns *made = g_new0(Patterns, 1);

        made->question = policy_detect_pattern_compile("(?:" QUESTION "|" QUESTION_CHINESE ")");
        made->answer = policy_detect_pattern_compile(ANSWER);
        made->head = policy_detect_pattern_compile(HEAD);
        made->about = policy_detect_pattern_compile(ABOUT);
        made->entry = policy_detect_pattern_compile(ENTRY);
        g_once_init_leave(&patterns, made);
    }
    return patterns;
}

/* --- lines --- */

/* What stands in one row, or in one run. */
typedef struct {
    size_t start;
    size_t end;
    unsigned next; /* segment */
} Line;

typedef struct {
    PolicyDetectText *text;
    pcre2_match_data *data;
} Search;

static const PolicySegment *
get_segment(const PolicyDetectText *text, unsigned i)
{
    return &g_array_index(text->segments, PolicySegment, i);
}

static gboolean
goes_on(const PolicyDetectText *text, unsigned i)
{
    return policy_joint_is_in_row(get_segment(text, i)->joint);
}

/* Returns: FALSE when there is no segment @first */
static gboolean
get_line(const PolicyDetectText *text, unsigned first, Line *out)
{
    if (first >= text->segments->len)
        return FALSE;
    *out = (Line){.start = get_segment(text, first)->start, .next = first + 1};
    while (out->next < text->segments->len && goes_on(text, out->next))
        out->next++;
    out->end = get_segment(text, out->next - 1)->end;
    out->start += strspn(text->flat->str + out->start, " ");
    return out->start < out->end;
}

static gboolean
matches(const Search *self, const pcre2_code *code, const Line *line)
{
    return policy_detect_pattern_match(code, self->text->flat->str + line->start,
                                       line->end - line->start, 0, self->data) > 0;
}

/* What is in the first group of @code. */
static gboolean
add_match(const Search *self, const pcre2_code *code, const Line *line)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(self->data);

    if (!matches(self, code, line))
        return FALSE;
    policy_detect_text_add(self->text, line->start + ends[2], line->start + ends[3],
                           POLICY_SECRET_PASSWORD);
    return TRUE;
}

/* The words of letters and digits in the line. */
static gboolean
add_random_words(const Search *self, const Line *line)
{
    const char *flat = self->text->flat->str;
    gboolean has_some = FALSE;

    for (size_t at = line->start; at < line->end; at += strcspn(flat + at, " \n") + 1) {
        size_t length = MIN(policy_detect_count_random(flat + at), line->end - at);

        if (length == 0)
            continue;
        policy_detect_text_add(self->text, at, at + length, POLICY_SECRET_PASSWORD);
        has_some = TRUE;
    }
    return has_some;
}

/* --- what answers, what is listed --- */

static void
find_answer(const Search *self, unsigned next)
{
    Line line;

    for (unsigned i = 0; i < N_ANSWER_LINES_MAX && get_line(self->text, next, &line); i++) {
        if (i == 0)
            add_match(self, get_patterns()->answer, &line);
        if (add_random_words(self, &line))
            break;
        next = line.next;
    }
}

static const BaseRect *
get_box(const PolicyDetectText *text, const Line *line)
{
    return &text->runs[get_segment(text, policy_detect_text_find(text, line->start))->run].box;
}

/* Else it is something else that was told next: the address above a page. */
static gboolean
is_below(const PolicyDetectText *text, const Line *upper, const Line *lower)
{
    const BaseRect *box = get_box(text, upper);
    int gap = get_box(text, lower)->y - (box->y + box->height);

    return gap >= -box->height / 2 && gap <= HEIGHTS_TO_ENTRY_MAX * box->height;
}

static void
find_entries(const Search *self, const Line *head)
{
    Line last = *head;
    Line line;

    for (unsigned i = 0; i < N_LIST_LINES_MAX && get_line(self->text, last.next, &line) &&
                         is_below(self->text, &last, &line);
         i++) {
        if (!matches(self, get_patterns()->about, &line) &&
            !add_match(self, get_patterns()->entry, &line) && !add_random_words(self, &line))
            break;
        last = line;
    }
}

/* Returns: the end of the line that holds @at */
static size_t
look_at_line(const Search *self, size_t at)
{
    unsigned first = policy_detect_text_find(self->text, at);
    Line line;

    while (first > 0 && goes_on(self->text, first))
        first--;
    if (!get_line(self->text, first, &line))
        return at + 1;
    if (matches(self, get_patterns()->question, &line))
        find_answer(self, line.next);
    else if (matches(self, get_patterns()->head, &line))
        find_entries(self, &line);
    return MAX(line.end, at + 1);
}

/* @word: a part of what passwords are called */
static void
find_lines_with(const Search *self, const char *word)
{
    const char *flat = self->text->flat->str;
    size_t length = self->text->flat->len;
    const char *found = memmem(flat, length, word, strlen(word));

    while (found != NULL) {
        size_t end = MIN(look_at_line(self, (size_t)(found - flat)), length);

        found = memmem(flat + end, length - end, word, strlen(word));
    }
}

void
policy_detect_answers(PolicyDetectText *text)
{
    static const char *const words[] = {"assword", "ASSWORD", "asscode", "assphrase",
                                        "wd",      "密码",    "密碼",    "口令"};
    Search search = {text, pcre2_match_data_create(N_GROUPS_MAX, NULL)};

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        find_lines_with(&search, words[i]);
    pcre2_match_data_free(search.data);
}
