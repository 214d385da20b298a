/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/clients-x11.h"

#include "recall/watch/compound-text.h"

#include <string.h>
#include <unistd.h>
#include <xcb/res.h>

#define TEXT_MAX_WORDS (RECALL_WINDOW_TITLE_MAX_BYTES / 4)
#define CLASS_MAX_WORDS 128 /* two names */
#define N_ATOMS_MAX 32      /* of a list: types, states */
#define HOST_MAX_BYTES 256

struct RecallClientsX11 {
    const RecallDisplayX11 *display;
    GHashTable *entries; /* xid to Entry */
    unsigned generation;
    char host[HOST_MAX_BYTES];
};

typedef struct {
    RecallClientX11 client;
    gboolean is_known;
    unsigned generation; /* of the refresh that last asked for it */
} Entry;

/* The properties that are asked for together. */
typedef enum {
    ASK_CLASS,
    ASK_NAME,
    ASK_NAME_OLD,
    ASK_PID,
    ASK_MACHINE,
    ASK_TRANSIENT,
    ASK_LEADER,
    ASK_TYPE,
    ASK_STATE,
    ASK_DESKTOP,
    ASK_OPT_OUT,
    ASK_MARGINS,
    N_ASKS,
} Ask;

typedef struct {
    Entry *entry;
    xcb_get_property_cookie_t properties[N_ASKS];
    xcb_res_query_client_ids_cookie_t ids;
} Question;

static void
free_entry(Entry *entry)
{
    g_free(entry->client.app);
    g_free(entry->client.title);
    g_free(entry);
}

RecallClientsX11 *
recall_clients_x11_new(const RecallDisplayX11 *display)
{
    RecallClientsX11 *self = g_new0(RecallClientsX11, 1);

    self->display = display;
    self->entries = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)free_entry);
    if (gethostname(self->host, sizeof(self->host) - 1) != 0)
        self->host[0] = '\0';
    return self;
}

void
recall_clients_x11_free(RecallClientsX11 *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->entries);
    g_free(self);
}

static void
select_events(RecallClientsX11 *self, uint32_t xid, uint32_t mask)
{
    xcb_change_window_attributes(self->display->xcb, xid, XCB_CW_EVENT_MASK, &mask);
}

static Entry *
get_entry(RecallClientsX11 *self, uint32_t xid)
{
    Entry *entry = g_hash_table_lookup(self->entries, GUINT_TO_POINTER(xid));

    if (entry != NULL)
        return entry;
    entry = g_new0(Entry, 1);
    entry->client.xid = xid;
    entry->client.app = g_strdup("");
    entry->client.title = g_strdup("");
    g_hash_table_insert(self->entries, GUINT_TO_POINTER(xid), entry);
    return entry;
}

static void
ask(RecallClientsX11 *self, Question *question, Ask what, xcb_atom_t property, uint32_t n_words)
{
    question->properties[what] =
        xcb_get_property(self->display->xcb, FALSE, question->entry->client.xid, property,
                         XCB_GET_PROPERTY_TYPE_ANY, 0, n_words);
}

static void
ask_all(RecallClientsX11 *self, Question *question)
{
    const xcb_atom_t *atoms = self->display->atoms;

    /* Before the properties are read, so that no change falls between. */
    select_events(self, question->entry->client.xid,
                  XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_STRUCTURE_NOTIFY);
    ask(self, question, ASK_CLASS, XCB_ATOM_WM_CLASS, CLASS_MAX_WORDS);
    ask(self, question, ASK_NAME, atoms[RECALL_ATOM_NET_WM_NAME], TEXT_MAX_WORDS);
    ask(self, question, ASK_NAME_OLD, XCB_ATOM_WM_NAME, TEXT_MAX_WORDS);
    ask(self, question, ASK_PID, atoms[RECALL_ATOM_NET_WM_PID], 1);
    ask(self, question, ASK_MACHINE, XCB_ATOM_WM_CLIENT_MACHINE, HOST_MAX_BYTES / 4);
    ask(self, question, ASK_TRANSIENT, XCB_ATOM_WM_TRANSIENT_FOR, 1);
    ask(self, question, ASK_LEADER, atoms[RECALL_ATOM_WM_CLIENT_LEADER], 1);
    ask(self, question, ASK_TYPE, atoms[RECALL_ATOM_NET_WM_WINDOW_TYPE], N_ATOMS_MAX);
    ask(self, question, ASK_STATE, atoms[RECALL_ATOM_NET_WM_STATE], N_ATOMS_MAX);
    ask(self, question, ASK_DESKTOP, atoms[RECALL_ATOM_NET_WM_DESKTOP], 1);
    ask(self, question, ASK_OPT_OUT, atoms[RECALL_ATOM_DESKHAND_NO_RECALL], 1);
    ask(self, question, ASK_MARGINS, atoms[RECALL_ATOM_GTK_FRAME_EXTENTS], 4);
    if (self->display->has_res) {
        xcb_res_client_id_spec_t spec = {question->entry->client.xid,
                                         XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID};

        question->ids = xcb_res_query_client_ids(self->display->xcb, 1, &spec);
    }
}

static size_t
get_length(const xcb_get_property_reply_t *reply)
{
    return reply != NULL ? (size_t)xcb_get_property_value_length(reply) : 0;
}

/* Returns: how many 32-bit numbers stand in @out */
static unsigned
get_numbers(const xcb_get_property_reply_t *reply, uint32_t *out, unsigned n_max)
{
    unsigned n_numbers = 0;

    if (reply != NULL && reply->format == 32)
        n_numbers = MIN((unsigned)(get_length(reply) / 4), n_max);
    if (n_numbers > 0)
        memcpy(out, xcb_get_property_value(reply), n_numbers * sizeof(uint32_t));
    return n_numbers;
}

static uint32_t
get_number(const xcb_get_property_reply_t *reply)
{
    uint32_t number = 0;

    get_numbers(reply, &number, 1);
    return number;
}

/* STRING is Latin-1, but for programs that do not care. */
static char *
dup_latin(const char *bytes, size_t n_bytes)
{
    if (g_utf8_validate(bytes, (gssize)n_bytes, NULL))
        return g_strndup(bytes, n_bytes);
    return g_convert(bytes, (gssize)n_bytes, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

static char *
dup_text(const RecallClientsX11 *self, const xcb_get_property_reply_t *reply)
{
    const xcb_atom_t *atoms = self->display->atoms;
    const char *bytes = reply != NULL ? xcb_get_property_value(reply) : NULL;
    size_t n_bytes = get_length(reply);
    g_autofree char *converted = NULL;

    if (reply == NULL || reply->format != 8 || n_bytes == 0)
        return g_strdup("");
    n_bytes = strnlen(bytes, n_bytes); /* of a list of texts the first */
    if (reply->type == atoms[RECALL_ATOM_COMPOUND_TEXT])
        converted = recall_compound_text_to_utf8(bytes, n_bytes);
    else if (reply->type != atoms[RECALL_ATOM_UTF8_STRING])
        converted = dup_latin(bytes, n_bytes);
    if (converted == NULL)
        return recall_window_clean_text(bytes, n_bytes);
    return recall_window_clean_text(converted, strlen(converted));
}

/* WM_CLASS is two names, each ended by a NUL: the instance, then the class. */
static char *
dup_class(const xcb_get_property_reply_t *reply)
{
    const char *bytes = reply != NULL ? xcb_get_property_value(reply) : NULL;
    size_t n_bytes = get_length(reply);
    size_t skipped;

    if (reply == NULL || reply->format != 8)
        return g_strdup("");
    skipped = strnlen(bytes, n_bytes) + 1;
    if (skipped >= n_bytes)
        return recall_window_clean_text(bytes, n_bytes);
    return recall_window_clean_text(bytes + skipped, n_bytes - skipped);
}

static gboolean
find_kind(const RecallClientsX11 *self, uint32_t type, RecallWindowKind *out_kind)
{
    static const struct {
        RecallAtom atom;
        RecallWindowKind kind;
    } kinds[] = {
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_DESKTOP, RECALL_WINDOW_DESKTOP},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_DIALOG, RECALL_WINDOW_DIALOG},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_DOCK, RECALL_WINDOW_PANEL},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_DROPDOWN_MENU, RECALL_WINDOW_POPUP},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_MENU, RECALL_WINDOW_POPUP},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_NOTIFICATION, RECALL_WINDOW_POPUP},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_POPUP_MENU, RECALL_WINDOW_POPUP},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_TOOLTIP, RECALL_WINDOW_POPUP},
        {RECALL_ATOM_NET_WM_WINDOW_TYPE_UTILITY, RECALL_WINDOW_DIALOG},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (type == self->display->atoms[kinds[i].atom]) {
            *out_kind = kinds[i].kind;
            return TRUE;
        }
    }
    return FALSE;
}

/* The first type in the list that is known counts. */
static void
set_kind(const RecallClientsX11 *self,
         RecallClientX11 *client,
         const xcb_get_property_reply_t *reply)
{
    uint32_t types[N_ATOMS_MAX];
    unsigned n_types = get_numbers(reply, types, N_ATOMS_MAX);

    client->has_kind = FALSE;
    for (unsigned i = 0; i < n_types && !client->has_kind; i++)
        client->has_kind = find_kind(self, types[i], &client->kind);
}

static gboolean
has_atom(const xcb_get_property_reply_t *reply, xcb_atom_t atom)
{
    uint32_t atoms[N_ATOMS_MAX];
    unsigned n_atoms = get_numbers(reply, atoms, N_ATOMS_MAX);

    for (unsigned i = 0; i < n_atoms; i++) {
        if (atoms[i] == atom)
            return TRUE;
    }
    return FALSE;
}

static void
set_margins(RecallClientX11 *client, const xcb_get_property_reply_t *reply)
{
    uint32_t sides[4] = {0}; /* left, right, top, bottom */
    unsigned n_sides = get_numbers(reply, sides, 4);

    for (unsigned i = 0; i < n_sides; i++)
        sides[i] = MIN(sides[i], 1024);
    client->margins = (BaseRect){(int)sides[0], (int)sides[2], (int)sides[1], (int)sides[3]};
}

static gboolean
is_this_host(const RecallClientsX11 *self, const xcb_get_property_reply_t *reply)
{
    size_t length = strlen(self->host);

    if (get_length(reply) == 0)
        return TRUE;
    return reply->format == 8 &&
           strnlen(xcb_get_property_value(reply), get_length(reply)) == length &&
           memcmp(xcb_get_property_value(reply), self->host, length) == 0;
}

/* The process at the other end of the client's socket, as the server sees it. */
static pid_t
take_server_pid(RecallClientsX11 *self, const Question *question)
{
    g_autofree xcb_res_query_client_ids_reply_t *reply =
        xcb_res_query_client_ids_reply(self->display->xcb, question->ids, NULL);
    xcb_res_client_id_value_iterator_t at;

    if (reply == NULL)
        return 0;
    at = xcb_res_query_client_ids_ids_iterator(reply);
    for (; at.rem > 0; xcb_res_client_id_value_next(&at)) {
        if ((at.data->spec.mask & XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID) != 0 &&
            xcb_res_client_id_value_value_length(at.data) > 0)
            return (pid_t)xcb_res_client_id_value_value(at.data)[0];
    }
    return 0;
}

/* An application may write any number into _NET_WM_PID, so the server's word goes first. */
static void
set_pid(RecallClientsX11 *self, const Question *question, xcb_get_property_reply_t *const *replies)
{
    RecallClientX11 *client = &question->entry->client;
    pid_t pid = self->display->has_res ? take_server_pid(self, question)
                                       : (pid_t)get_number(replies[ASK_PID]);

    client->pid = pid > 0 && is_this_host(self, replies[ASK_MACHINE]) ? pid : 0;
}

static void
set_properties(RecallClientsX11 *self,
               RecallClientX11 *client,
               xcb_get_property_reply_t *const *replies)
{
    g_free(client->app);
    client->app = dup_class(replies[ASK_CLASS]);
    g_free(client->title);
    client->title = dup_text(self, get_length(replies[ASK_NAME]) > 0 ? replies[ASK_NAME]
                                                                     : replies[ASK_NAME_OLD]);
    client->transient_for = get_number(replies[ASK_TRANSIENT]);
    client->leader = get_number(replies[ASK_LEADER]);
    client->is_hidden =
        has_atom(replies[ASK_STATE], self->display->atoms[RECALL_ATOM_NET_WM_STATE_HIDDEN]);
    client->has_desktop = get_numbers(replies[ASK_DESKTOP], &client->desktop, 1) == 1;
    client->is_opted_out =
        replies[ASK_OPT_OUT] != NULL && replies[ASK_OPT_OUT]->type != XCB_ATOM_NONE;
    set_kind(self, client, replies[ASK_TYPE]);
    set_margins(client, replies[ASK_MARGINS]);
}

static void
take_answers(RecallClientsX11 *self, const Question *question)
{
    xcb_get_property_reply_t *replies[N_ASKS];

    for (unsigned i = 0; i < N_ASKS; i++)
        replies[i] = xcb_get_property_reply(self->display->xcb, question->properties[i], NULL);
    set_properties(self, &question->entry->client, replies);
    set_pid(self, question, replies);
    question->entry->is_known = TRUE;
    for (unsigned i = 0; i < N_ASKS; i++)
        g_free(replies[i]);
}

static void
forget_unseen(RecallClientsX11 *self)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, self->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Entry *entry = value;

        if (entry->generation == self->generation)
            continue;
        select_events(self, entry->client.xid, XCB_EVENT_MASK_NO_EVENT);
        g_hash_table_iter_remove(&iter);
    }
}

void
recall_clients_x11_refresh(RecallClientsX11 *self, const GArray *xids)
{
    g_autoptr(GArray) questions = g_array_new(FALSE, FALSE, sizeof(Question));

    self->generation++;
    for (unsigned i = 0; i < MIN(xids->len, RECALL_WINDOW_N_MAX); i++) {
        Question question = {.entry = get_entry(self, g_array_index(xids, uint32_t, i))};

        question.entry->generation = self->generation;
        if (question.entry->is_known)
            continue;
        ask_all(self, &question);
        g_array_append_val(questions, question);
    }
    for (unsigned i = 0; i < questions->len; i++)
        take_answers(self, &g_array_index(questions, Question, i));
    forget_unseen(self);
}

const RecallClientX11 *
recall_clients_x11_get(const RecallClientsX11 *self, uint32_t xid)
{
    const Entry *entry = g_hash_table_lookup(self->entries, GUINT_TO_POINTER(xid));

    return entry != NULL ? &entry->client : NULL;
}

static gboolean
is_watched_property(const RecallClientsX11 *self, xcb_atom_t atom)
{
    static const RecallAtom watched[] = {
        RECALL_ATOM_NET_WM_NAME,       RECALL_ATOM_NET_WM_STATE,
        RECALL_ATOM_NET_WM_DESKTOP,    RECALL_ATOM_NET_WM_WINDOW_TYPE,
        RECALL_ATOM_GTK_FRAME_EXTENTS, RECALL_ATOM_DESKHAND_NO_RECALL,
        RECALL_ATOM_WM_CLIENT_LEADER,  RECALL_ATOM_NET_WM_PID,
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(watched); i++) {
        if (atom == self->display->atoms[watched[i]])
            return TRUE;
    }
    return atom == XCB_ATOM_WM_NAME || atom == XCB_ATOM_WM_CLASS ||
           atom == XCB_ATOM_WM_TRANSIENT_FOR || atom == XCB_ATOM_WM_CLIENT_MACHINE;
}

static gboolean
handle_property(RecallClientsX11 *self, const xcb_property_notify_event_t *event)
{
    Entry *entry = g_hash_table_lookup(self->entries, GUINT_TO_POINTER(event->window));

    if (entry == NULL || !is_watched_property(self, event->atom))
        return FALSE;
    entry->is_known = FALSE;
    /* Told once is enough until it is read again: a title may change a thousand times a second. */
    select_events(self, event->window, XCB_EVENT_MASK_STRUCTURE_NOTIFY);
    return TRUE;
}

gboolean
recall_clients_x11_handle(RecallClientsX11 *self, const xcb_generic_event_t *event)
{
    switch (event->response_type & 0x7F) {
    case XCB_PROPERTY_NOTIFY:
        return handle_property(self, (const xcb_property_notify_event_t *)event);
    case XCB_DESTROY_NOTIFY:
        /* The number may come back as another window. */
        g_hash_table_remove(self->entries,
                            GUINT_TO_POINTER(((const xcb_destroy_notify_event_t *)event)->window));
        return FALSE;
    default:
        return FALSE;
    }
}
