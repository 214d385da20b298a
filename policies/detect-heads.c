/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-heads.h"

#include "policies/detect-pattern.h"

#define HEAD_MAX_BYTES 32 /* of a cell */
#define HEAD_N_WORDS_MAX 3
#define N_GROUPS_MAX 2

/* What the head of a column says: all of it, or behind what it belongs to ("login_password"). */
#define BELONGS "(?:\\w[\\w -]{0,24}[_. -])?"
#define SUFFIX "(?:[_. -](?:plain|clear|text|plaintext|hash|hashed|value|raw|new|old|[0-9]{1,2}))?"
#define HEAD_END "(?: ?\\([^()]{0,16}\\))?[:：]?\\z"
#define PASSWORD                                                                                   \
    "(?:" BELONGS "(?:pass ?(?:word|code|phrase|wort)|passwd|pwd)s?" SUFFIX                        \
    "|[^ -~]{0,24}(?:密[码碼]|口令))" HEAD_END
#define SHORT_PASSWORD                                                                             \
    BELONGS "(?:pass|pw|secret|(?:api|access|secret)[_ -]?key|(?:access|auth|api)[_ -]?token|"     \
            "client[_ -]?secret)" SUFFIX HEAD_END
#define COMPANION                                                                                                        \
    "(?:#|id|" BELONGS "(?:user ?(?:name|id)?|log ?in|logon|account(?: name)?|e-?mail|mail|host"                         \
    "(?: ?name)?|server|(?:web ?)?site|ur[il]|address|ip|port|service|d(?:ata ?)?b(?:ase)?|"                             \
    "domain|realm|role|group(?:ing)?|title|notes?|comments?|remarks?|totp|otp(?: ?auth)?|ssid|"                          \
    "system|device|machine|app(?:lication)?|name|benutzer(?:name)?|key)s?"                                               \
    "|[^ -~]{0,8}(?:用[户戶]名?|[账帐]号|账户|姓名|名称|主机|服务器|网[站址]|地址|邮箱|备注|" \
    "端口|角色|系统|平台|数据库))" HEAD_END

typedef struct {
    pcre2_code *password;
    pcre2_code *short_password;
    pcre2_code *companion;
} Patterns;

static const Patterns *
get_patterns(void)
{
    static Patterns *patterns;

    if (g_once_init_enter(&patterns)) {
        Patterns *made = g_new0(Patterns, 1);

        made->password = policy_detect_pattern_compile(PASSWORD);
        made->short_password = policy_detect_pattern_compile(SHORT_PASSWORD);
        made->companion = policy_detect_pattern_compile(COMPANION);
        g_once_init_leave(&patterns, made);
    }
    return patterns;
}

typedef struct {
    const PolicyDetectText *text;
    pcre2_match_data *data;
} Search;

static gboolean
matches(const Search *self, const pcre2_code *code, const PolicyCell *cell)
{
    return cell->start < cell->end &&
           policy_detect_pattern_match(code, self->text->flat->str + cell->start,
                                       cell->end - cell->start, 0, self->data) > 0;
}

static gboolean
may_be_head(const PolicyDetectText *text, const PolicyCell *cell)
{
    unsigned n_words = 1;

    for (size_t at = cell->start; at < cell->end; at++)
        n_words += text->flat->str[at] == ' ';
    return cell->end - cell->start <= HEAD_MAX_BYTES && n_words <= HEAD_N_WORDS_MAX;
}

G_STATIC_ASSERT(POLICY_CELLS_N_MAX <= 64);

/* Whether no head beside it needs to be known: rules below are what OCR leaves out. */
static gboolean
may_stand_alone(const Search *self, const PolicyTableHead *head, gboolean has_rule)
{
    gboolean is_ocr = policy_detect_text_is_ocr(self->text, head->cells.all[0].start);

    return (head->format == POLICY_CELLS_RULED && (has_rule || is_ocr)) ||
           (head->format == POLICY_CELLS_WIDE && is_ocr);
}

/* Whether the cells of @head are the heads of columns. */
static gboolean
is_head(const Search *self, gboolean has_rule, PolicyTableHead *head)
{
    const Patterns *patterns = get_patterns();
    unsigned n_companions = 0;
    uint64_t n_long = 0;
    uint64_t n_short = 0;

    for (unsigned i = 0; i < head->cells.n; i++) {
        const PolicyCell *cell = &head->cells.all[i];

        if (!may_be_head(self->text, cell))
            return FALSE;
        if (matches(self, patterns->password, cell))
            n_long |= UINT64_C(1) << i;
        else if (matches(self, patterns->short_password, cell))
            n_short |= UINT64_C(1) << i;
        else if (matches(self, patterns->companion, cell))
            n_companions++;
        else if (head->format == POLICY_CELLS_BLANKS)
            return FALSE;
    }
    head->is_guess = n_companions == 0 && !has_rule;
    head->columns = n_companions > 0                        ? n_long | n_short
                    : may_stand_alone(self, head, has_rule) ? n_long
                                                            : 0;
    return head->cells.n >= 2 && head->columns != 0;
}

gboolean
policy_detect_head_is_spaced(const PolicyDetectText *text, const PolicyCells *cells)
{
    for (unsigned i = 1; i < cells->n; i++) {
        if (text->flat->str[cells->all[i].start - 1] == ' ')
            return TRUE;
    }
    return FALSE;
}

gboolean
policy_detect_head_read(const PolicyDetectText *text,
                        size_t start,
                        size_t end,
                        gboolean has_rule,
                        PolicyTableHead *out)
{
    Search search = {text, pcre2_match_data_create(N_GROUPS_MAX, NULL)};
    gboolean is_found = FALSE;

    for (int format = 0; !is_found && format < POLICY_CELLS_N_FORMATS; format++) {
        out->format = (PolicyCellsFormat)format;
        policy_detect_cells_split(text, start, end, out->format, &out->cells);
        is_found = is_head(&search, has_rule, out);
    }
    out->is_spaced = is_found && policy_detect_head_is_spaced(text, &out->cells);
    pcre2_match_data_free(search.data);
    return is_found;
}

static gboolean
matches_any(const PolicyDetectText *text,
            const PolicyCell *cell,
            const pcre2_code *code,
            const pcre2_code *other)
{
    Search search = {text, pcre2_match_data_create(N_GROUPS_MAX, NULL)};
    gboolean is_found =
        matches(&search, code, cell) || (other != NULL && matches(&search, other, cell));

    pcre2_match_data_free(search.data);
    return is_found;
}

gboolean
policy_detect_head_is_password(const PolicyDetectText *text, const PolicyCell *cell)
{
    return matches_any(text, cell, get_patterns()->password, NULL);
}

gboolean
policy_detect_head_may_be_password(const PolicyDetectText *text, const PolicyCell *cell)
{
    return matches_any(text, cell, get_patterns()->password, get_patterns()->short_password);
}
