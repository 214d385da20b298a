/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/synthetic.h"

#include "recall/vault/schema.h"

#include <math.h>
#include <string.h>

#define N_ENGLISH 60000
#define N_CHINESE 40000
#define N_HAN 3500
#define N_NAMES 300000 /* of people, files, orders: a handful of scenes each in a million */
#define N_TOPICS 40
#define N_TOPIC_WORDS 300
#define TOPIC_SHARE 0.3 /* of the words of a scene */
#define SECOND_TOPIC_SHARE 0.01
#define LINE_HEIGHT_PX 18
#define LINE_WIDTH_PX 1200

/* How often each of a number of things comes: the sums of the shares. */
typedef struct {
    unsigned n;
    double *sums;
} Shares;

struct Synthetic {
    uint64_t seed;
    unsigned n_scenes;
    int64_t first_us;
    char **english;
    char **chinese;
    Shares english_shares;
    Shares chinese_shares;
    Shares topic_shares;
    Shares topic_word_shares;
    gunichar han[N_HAN];
};

typedef enum { ENGLISH, CHINESE, MIXED } Language;

static const char *const common_words[] = {
    "the",  "of",    "and",   "to",    "a",      "in",   "is",   "you",   "that",   "it",
    "he",   "was",   "for",   "on",    "are",    "as",   "with", "his",   "they",   "at",
    "be",   "this",  "have",  "from",  "or",     "one",  "had",  "by",    "word",   "but",
    "not",  "what",  "all",   "were",  "we",     "when", "your", "can",   "said",   "there",
    "use",  "an",    "each",  "which", "she",    "do",   "how",  "their", "if",     "will",
    "up",   "other", "about", "out",   "many",   "then", "them", "these", "so",     "some",
    "her",  "would", "make",  "like",  "him",    "into", "time", "has",   "look",   "two",
    "more", "write", "go",    "see",   "number", "no",   "way",  "could", "people", "my",
};

static const char *const syllables[] = {
    "ba",  "con", "de", "er", "fi", "gan", "ho", "in", "ju", "ka", "lo", "mer", "no",  "or", "pre",
    "qua", "re",  "st", "ti", "un", "ver", "wa", "xi", "yo", "ze", "al", "ing", "ent", "mo", "su"};

static const struct {
    const char *app;
    const char *menu;
    gboolean has_url;
} programs[] = {
    {"LibreOffice Writer", "File Edit View Insert Format Styles Table Tools Window Help", FALSE},
    {"LibreOffice Calc", "File Edit View Insert Format Sheet Data Tools Window Help Sum", FALSE},
    {"Chromium", "Reload Back Forward Bookmark this tab New Tab", TRUE},
    {"Firefox", "Back Forward Reload Home Downloads History Bookmarks", TRUE},
    {"Terminal", "File Edit View Search Terminal Help", FALSE},
    {"Text Editor", "Open New Save Search Replace Ln Col INS", FALSE},
    {"文档", "文件 编辑 查看 插入 格式 工具 窗口 帮助", FALSE},
    {"Thunderbird", "Inbox Sent Drafts Reply Forward Archive Junk Delete", FALSE},
};

/* --- numbers that only look random --- */

typedef struct {
    uint64_t state;
} Dice;

/* Splitmix: every start gives another sequence, so a scene's number is its start. */
static uint64_t
roll(Dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static double
roll_share(Dice *dice)
{
    return (double)(roll(dice) >> 11) / (double)(UINT64_C(1) << 53);
}

static unsigned
roll_below(Dice *dice, unsigned n)
{
    return roll(dice) % n;
}

static unsigned
roll_by_shares(Dice *dice, const Shares *shares)
{
    double at = roll_share(dice);
    unsigned low = 0;
    unsigned high = shares->n - 1;

    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (shares->sums[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Zipf's law with Mandelbrot's flat head. */
static Shares
make_shares(unsigned n, double exponent, double head)
{
    Shares shares = {n, g_new(double, n)};
    double sum = 0;

    for (unsigned i = 0; i < n; i++) {
        sum += 1 / pow(i + 1 + head, exponent);
        shares.sums[i] = sum;
    }
    for (unsigned i = 0; i < n; i++)
        shares.sums[i] /= sum;
    return shares;
}

/* --- words --- */

/* The number in syllables, so that no two words are alike. */
static char *
make_english(unsigned rank)
{
    GString *word = g_string_new(NULL);
    unsigned n = rank;

    if (rank < G_N_ELEMENTS(common_words))
        return g_string_free(g_string_assign(word, common_words[rank]), FALSE);
    for (; n > 0; n /= G_N_ELEMENTS(syllables))
        g_string_append(word, syllables[n % G_N_ELEMENTS(syllables)]);
    if (rank < G_N_ELEMENTS(syllables) * G_N_ELEMENTS(syllables))
        g_string_append_c(word, 'y');
    return g_string_free(word, FALSE);
}

static char *
make_chinese(const Synthetic *self, Dice *dice, const Shares *han_shares, unsigned rank)
{
    GString *word = g_string_new(NULL);
    unsigned n = rank < 150 ? 1 : rank % 10 < 7 ? 2 : rank % 10 < 9 ? 3 : 4;

    for (unsigned i = 0; i < n; i++)
        g_string_append_unichar(word,
                                self->han[rank < 150 ? rank : roll_by_shares(dice, han_shares)]);
    return g_string_free(word, FALSE);
}

static void
make_words(Synthetic *self)
{
    Dice dice = {self->seed};
    Shares han_shares = make_shares(N_HAN, 0.9, 3);

    for (unsigned i = 0; i < N_HAN; i++) /* a prime stride: no order, none twice */
        self->han[i] = 0x4e00 + (i * 7919 + 13) % 20000;
    self->english = g_new0(char *, N_ENGLISH + 1);
    self->chinese = g_new0(char *, N_CHINESE + 1);
    for (unsigned i = 0; i < N_ENGLISH; i++)
        self->english[i] = make_english(i);
    for (unsigned i = 0; i < N_CHINESE; i++)
        self->chinese[i] = make_chinese(self, &dice, &han_shares, i);
    g_free(han_shares.sums);
}

Synthetic *
synthetic_new(uint64_t seed, unsigned n_scenes, int64_t now_us)
{
    Synthetic *self = g_new0(Synthetic, 1);

    self->seed = seed;
    self->n_scenes = n_scenes;
    self->first_us = now_us - SYNTHETIC_N_WEEKS * RECALL_SEGMENT_WEEK_US;
    self->english_shares = make_shares(N_ENGLISH, 1.05, 2.7);
    self->chinese_shares = make_shares(N_CHINESE, 1.0, 2.7);
    self->topic_shares = make_shares(N_TOPICS, 1, 0);
    self->topic_word_shares = make_shares(N_TOPIC_WORDS, 1, 1);
    make_words(self);
    return self;
}

void
synthetic_free(Synthetic *self)
{
    if (self == NULL)
        return;
    g_strfreev(self->english);
    g_strfreev(self->chinese);
    g_free(self->english_shares.sums);
    g_free(self->chinese_shares.sums);
    g_free(self->topic_shares.sums);
    g_free(self->topic_word_shares.sums);
    g_free(self);
}

/* One for each scene. */
static char *
make_name(const Synthetic *self, unsigned index)
{
    Dice dice = {self->seed ^ (index + 1) * UINT64_C(0xa0761d6478bd642f)};

    roll(&dice);
    return make_english(N_ENGLISH + roll_below(&dice, N_NAMES));
}

/* A topic's words are no other topic's; they are from the middle of the language. */
static unsigned
topic_word(unsigned topic, unsigned rank)
{
    return 2000 + rank * N_TOPICS + topic;
}

/* --- scenes --- */

typedef struct {
    Dice dice;
    Language language;
    unsigned topics[2];
    unsigned program;
    int x;
    int y;
} Scenery;

static Scenery
choose_scenery(const Synthetic *self, unsigned index)
{
    Scenery scenery = {.dice = {self->seed ^ (index + 1) * UINT64_C(0xd6e8feb86659fd93)}};
    double language = 0;

    roll(&scenery.dice);
    language = roll_share(&scenery.dice);
    scenery.language = language < 0.58 ? ENGLISH : language < 0.95 ? CHINESE : MIXED;
    scenery.topics[0] = roll_by_shares(&scenery.dice, &self->topic_shares);
    scenery.topics[1] = scenery.topics[0];
    if (roll_share(&scenery.dice) < SECOND_TOPIC_SHARE)
        scenery.topics[1] = roll_by_shares(&scenery.dice, &self->topic_shares);
    scenery.program = roll_below(&scenery.dice, G_N_ELEMENTS(programs));
    return scenery;
}

static const char *
choose_word(const Synthetic *self, Scenery *scenery)
{
    Dice *dice = &scenery->dice;
    gboolean is_english =
        scenery->language == ENGLISH || (scenery->language == MIXED && roll_below(dice, 2) == 0);
    unsigned rank = 0;

    if (roll_share(dice) < TOPIC_SHARE)
        rank = topic_word(scenery->topics[roll_below(dice, 2)],
                          roll_by_shares(dice, &self->topic_word_shares));
    else
        rank = roll_by_shares(dice, is_english ? &self->english_shares : &self->chinese_shares);
    return is_english ? self->english[rank] : self->chinese[rank];
}

/* Puts the word on the page, where a line ends before the margin. */
static void
put_word(Scenery *scenery, GString *text, GArray *spans, const char *word)
{
    gboolean is_latin = (unsigned char)word[0] < 0x80;
    size_t length = strlen(word);
    int width = is_latin ? (int)length * 8 : (int)length / 3 * 16;
    ProtocolSpan span = {text->len, length, {scenery->x, scenery->y, width, 14}};
    gboolean is_run = !is_latin && spans->len > 0 && scenery->x > 8 && text->len > 0 &&
                      (unsigned char)text->str[text->len - 1] >= 0x80;

    if (is_run) { /* Chinese goes on without a space: the same span */
        ProtocolSpan *last = &g_array_index(spans, ProtocolSpan, spans->len - 1);

        last->length_bytes += length;
        last->box.width += width;
    } else {
        g_array_append_val(spans, span);
    }
    g_string_append(text, word);
    scenery->x += width;
    if (scenery->x > LINE_WIDTH_PX) {
        g_string_append_c(text, '\n');
        scenery->x = 8;
        scenery->y += LINE_HEIGHT_PX;
    } else if (is_latin) {
        g_string_append_c(text, ' ');
        scenery->x += 8;
    }
}

static void
put_words(Scenery *scenery, GString *text, GArray *spans, const char *words)
{
    g_auto(GStrv) each = g_strsplit(words, " ", -1);

    for (unsigned i = 0; each[i] != NULL; i++) {
        put_word(scenery, text, spans, each[i]);
        if (text->str[text->len - 1] != ' ' && text->str[text->len - 1] != '\n')
            g_string_append_c(text, ' ');
    }
}

int64_t
synthetic_get_start_us(const Synthetic *self, unsigned index)
{
    int64_t span_us = SYNTHETIC_N_WEEKS * RECALL_SEGMENT_WEEK_US;

    return self->first_us + (int64_t)((double)index / self->n_scenes * (double)span_us);
}

static void
fill_head(const Synthetic *self, ProtocolScene *scene, Scenery *scenery, unsigned index)
{
    const char *topic = self->english[topic_word(scenery->topics[0], 0)];

    scene->key = index + 1;
    scene->start_us = synthetic_get_start_us(self, index);
    scene->end_us =
        scene->start_us + (int64_t)(2 + roll_below(&scenery->dice, 60)) * G_USEC_PER_SEC;
    scene->source = PROTOCOL_SOURCE_ACCESSIBLE;
    scene->width_px = 1280;
    scene->height_px = 960;
    g_free(scene->app);
    g_free(scene->title);
    scene->app = g_strdup(programs[scenery->program].app);
    scene->title = g_strdup_printf("%s %s %u - %s", choose_word(self, scenery), topic,
                                   roll_below(&scenery->dice, 100), scene->app);
    if (programs[scenery->program].has_url) {
        g_free(scene->url);
        scene->url = g_strdup_printf("https://%s.example/%s/%u", topic,
                                     self->english[100 + roll_below(&scenery->dice, 5000)],
                                     roll_below(&scenery->dice, 10000));
    }
}

ProtocolScene *
synthetic_make_scene(const Synthetic *self, unsigned index)
{
    ProtocolScene *scene = protocol_scene_new();
    Scenery scenery = choose_scenery(self, index);
    GString *text = g_string_sized_new(2048);
    g_autofree char *name = make_name(self, index);
    unsigned n_words = SYNTHETIC_N_WORDS / 2 + roll_below(&scenery.dice, SYNTHETIC_N_WORDS);

    scenery.x = 8;
    fill_head(self, scene, &scenery, index);
    put_words(&scenery, text, scene->spans, programs[scenery.program].menu);
    put_words(&scenery, text, scene->spans, name);
    for (unsigned i = 0; i < n_words; i++) {
        put_word(&scenery, text, scene->spans, choose_word(self, &scenery));
        if (roll_below(&scenery.dice, 12) == 0)
            g_string_append(text, text->str[text->len - 1] == ' ' ? ". " : "。");
    }
    g_free(scene->text);
    scene->text = g_string_free(text, FALSE);
    return scene;
}

/* --- queries --- */

const char *
synthetic_class_name(SyntheticClass class)
{
    static const char *const names[SYNTHETIC_N_CLASSES] = {
        "rare word",
        "ordinary word",
        "very frequent word",
        "phrase",
        "1 Chinese character",
        "2 Chinese characters",
        "3 Chinese characters",
        "4 Chinese characters",
        "two ordinary words",
        "two frequent words that rarely meet",
        "no hit",
        "500 pasted words",
    };

    return names[class];
}

/* Words as they stand in some English scene. */
static char *
cut_words(const Synthetic *self, Dice *dice, unsigned n_words)
{
    for (;;) {
        g_autoptr(ProtocolScene) scene =
            synthetic_make_scene(self, roll_below(dice, self->n_scenes));
        g_auto(GStrv) words = g_strsplit_set(scene->text, " \n", -1);
        unsigned n = g_strv_length(words);
        unsigned first = 0;
        GString *out = g_string_new(NULL);

        if (n > n_words + 40)
            first = 20 + roll_below(dice, n - n_words - 40);
        for (unsigned i = first; i < first + n_words && i < n && words[i][0] != 0; i++) {
            if (!g_str_is_ascii(words[i]) || words[i][0] == '.')
                break;
            g_string_append_printf(out, "%s%s", i > first ? " " : "", words[i]);
            if (i + 1 == first + n_words)
                return g_string_free(out, FALSE);
        }
        g_string_free(out, TRUE);
    }
}

static gboolean
is_han(const char *text)
{
    gunichar ch = g_utf8_get_char(text);

    return ch >= 0x4e00 && ch <= 0x9fff;
}

/* Characters as they stand in some Chinese scene. */
static char *
cut_han(const Synthetic *self, Dice *dice, unsigned n_chars)
{
    for (;;) {
        g_autoptr(ProtocolScene) scene =
            synthetic_make_scene(self, roll_below(dice, self->n_scenes));
        size_t length = strlen(scene->text);
        const char *at = scene->text + roll_below(dice, length);
        unsigned n = 0;

        while ((*at & 0xc0) == 0x80)
            at++;
        while (n < n_chars && at[n * 3] != 0 && is_han(at + n * 3))
            n++;
        if (n == n_chars)
            return g_strndup(at, n * 3);
    }
}

/* The foremost words of two topics, each of every fourth to fiftieth scene. */
static char *
make_rare_pair(const Synthetic *self, Dice *dice)
{
    unsigned first = roll_below(dice, 8);
    unsigned second = (first + 1 + roll_below(dice, 7)) % 8;
    char **words[] = {self->english, self->chinese};

    return g_strdup_printf("%s %s",
                           words[roll_below(dice, 2)][topic_word(first, roll_below(dice, 3))],
                           words[roll_below(dice, 2)][topic_word(second, roll_below(dice, 3))]);
}

static char *
make_miss(const Synthetic *self, Dice *dice)
{
    GString *out = g_string_new(NULL);

    switch (roll_below(dice, 3)) {
    case 0:
        g_string_append_printf(out, "q%xzx", (unsigned)roll(dice));
        break;
    case 1: /* rare characters side by side */
        g_string_append_unichar(out, self->han[2000 + roll_below(dice, 1500)]);
        g_string_append_unichar(out, self->han[2000 + roll_below(dice, 1500)]);
        g_string_append_unichar(out, self->han[2000 + roll_below(dice, 1500)]);
        break;
    default:
        g_string_append_printf(out, "%s q%xzx", self->english[roll_below(dice, 50)],
                               (unsigned)roll(dice));
    }
    return g_string_free(out, FALSE);
}

static char *
make_pasted(const Synthetic *self, Dice *dice)
{
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < 25; i++) {
        g_autofree char *words = cut_words(self, dice, 20);

        g_string_append_printf(out, "%s\n", words);
    }
    return g_string_free(out, FALSE);
}

char *
synthetic_make_query(const Synthetic *self, SyntheticClass class, unsigned number)
{
    Dice dice = {self->seed ^ ((uint64_t) class << 32) ^ ~(uint64_t)number};

    roll(&dice);
    switch (class) {
    case SYNTHETIC_RARE:
        return make_name(self, roll_below(&dice, self->n_scenes));
    case SYNTHETIC_ORDINARY:
        return g_strdup(self->english[100 + roll_below(&dice, 4000)]);
    case SYNTHETIC_FREQUENT:
        return g_strdup(self->english[roll_below(&dice, 30)]);
    case SYNTHETIC_PHRASE: {
        g_autofree char *words = cut_words(self, &dice, 2 + roll_below(&dice, 3));

        return g_strdup_printf("\"%s\"", words);
    }
    case SYNTHETIC_HAN_1:
    case SYNTHETIC_HAN_2:
    case SYNTHETIC_HAN_3:
    case SYNTHETIC_HAN_4:
        return cut_han(self, &dice, class - SYNTHETIC_HAN_1 + 1);
    case SYNTHETIC_TWO_ORDINARY:
        return g_strdup_printf("%s %s", self->english[100 + roll_below(&dice, 2000)],
                               self->english[100 + roll_below(&dice, 2000)]);
    case SYNTHETIC_RARELY_MEET:
        return make_rare_pair(self, &dice);
    case SYNTHETIC_NO_HIT:
        return make_miss(self, &dice);
    default:
        return make_pasted(self, &dice);
    }
}
