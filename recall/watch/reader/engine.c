/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/engine.h"

#include "recall/watch/reader/words.h"

#include <tesseract/capi.h>

#define SOURCE_DPI 144 /* keeps Tesseract from guessing, and from saying so */

struct ReaderEngine {
    TessBaseAPI *api;
};

static void
set_no_data(const char *language, GError **error)
{
    g_autofree char *package = g_strdup(language);

    g_strdelimit(package, "_", '-');
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                "No language data for \"%s\": install the package tesseract-ocr-%s", language,
                package);
}

/* Of several Tesseract takes those that are there, and only complains of the others. */
static gboolean
check_loaded(const ReaderEngine *self, const char *languages, GError **error)
{
    g_auto(GStrv) wanted = g_strsplit(languages, "+", -1);
    char **loaded = TessBaseAPIGetLoadedLanguagesAsVector(self->api);
    char **at = wanted;

    while (*at != NULL && g_strv_contains((const char *const *)loaded, *at))
        at++;
    TessDeleteTextArray(loaded);
    if (*at != NULL)
        set_no_data(*at, error);
    return *at == NULL;
}

ReaderEngine *
reader_engine_new(const char *data_path, const char *language, GError **error)
{
    g_autoptr(ReaderEngine) self = g_new0(ReaderEngine, 1);

    self->api = TessBaseAPICreate();
    if (TessBaseAPIInit2(self->api, data_path, language, OEM_LSTM_ONLY) != 0) {
        set_no_data(language, error);
        return NULL;
    }
    if (!check_loaded(self, language, error))
        return NULL;
    TessBaseAPISetPageSegMode(self->api, PSM_SINGLE_LINE);
    TessBaseAPISetVariable(self->api, "tessedit_do_invert", "0");
    return g_steal_pointer(&self);
}

void
reader_engine_free(ReaderEngine *self)
{
    if (self == NULL)
        return;
    TessBaseAPIEnd(self->api);
    TessBaseAPIDelete(self->api);
    g_free(self);
}

static void
take_word(TessResultIterator *results, GArray *words)
{
    const TessPageIterator *page = TessResultIteratorGetPageIteratorConst(results);
    char *text = TessResultIteratorGetUTF8Text(results, RIL_WORD);
    int left = 0;
    int top = 0;
    int right = 0;
    int bottom = 0;

    if (text != NULL && *text != '\0' && g_utf8_validate(text, -1, NULL) &&
        TessPageIteratorBoundingBox(page, RIL_WORD, &left, &top, &right, &bottom)) {
        BaseRect box = {left, top, right - left, bottom - top};

        reader_words_add(words, g_strdup(text), &box,
                         TessResultIteratorConfidence(results, RIL_WORD));
    }
    TessDeleteText(text);
}

static GArray *
take_words(TessBaseAPI *api)
{
    GArray *words = reader_words_new();
    TessResultIterator *results = TessBaseAPIGetIterator(api);

    if (results == NULL)
        return words;
    do
        take_word(results, words);
    while (TessResultIteratorNext(results, RIL_WORD));
    TessResultIteratorDelete(results);
    return words;
}

GArray *
reader_engine_read(ReaderEngine *self, const ReaderCrop *line)
{
    ETEXT_DESC *monitor = TessMonitorCreate();
    int64_t deadline_us =
        g_get_monotonic_time() + READER_ENGINE_LINE_MAX_MS * G_TIME_SPAN_MILLISECOND;
    GArray *words = NULL;

    TessMonitorSetDeadlineMSecs(monitor, READER_ENGINE_LINE_MAX_MS);
    TessBaseAPISetImage(self->api, line->grey, line->width, line->height, 1, line->width);
    TessBaseAPISetSourceResolution(self->api, SOURCE_DPI);
    /* After a cancel there is no text to ask for: Tesseract would recognise all over again. */
    if (TessBaseAPIRecognize(self->api, monitor) == 0 && g_get_monotonic_time() < deadline_us)
        words = take_words(self->api);
    TessMonitorDelete(monitor);
    TessBaseAPIClear(self->api);
    return words;
}
