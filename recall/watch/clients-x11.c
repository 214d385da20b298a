/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/clients-x11.h"

#include "recall/watch/process.h"
#include "recall/watch/properties-x11.h"

#include <unistd.h>
#include <xcb/res.h>

#define TEXT_MAX_WORDS (RECALL_WINDOW_TITLE_MAX_BYTES / 4)
#define CLASS_MAX_WORDS 128 /* two names */
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
    gboolean has_program; /* once it was asked for, like the next one */
    gboolean has_profile; /* a process has it as it started */
    unsigned generation;  /* of the refresh that last asked for it */
} Entry;

typedef struct {
    Entry *entry;
    xcb_get_property_cookie_t properties[RECALL_N_PROPERTIES];
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
ask(RecallClientsX11 *self,
    Question *question,
    RecallPropertyX11 what,
    xcb_atom_t property,
    uint32_t n_words)
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
    ask(self, question, RECALL_PROPERTY_CLASS, XCB_ATOM_WM_CLASS, CLASS_MAX_WORDS);
    ask(self, question, RECALL_PROPERTY_NAME, atoms[RECALL_ATOM_NET_WM_NAME], TEXT_MAX_WORDS);
    ask(self, question, RECALL_PROPERTY_NAME_OLD, XCB_ATOM_WM_NAME, TEXT_MAX_WORDS);
    ask(self, question, RECALL_PROPERTY_PID, atoms[RECALL_ATOM_NET_WM_PID], 1);
    ask(self, question, RECALL_PROPERTY_MACHINE, XCB_ATOM_WM_CLIENT_MACHINE, HOST_MAX_BYTES / 4);
    ask(self, question, RECALL_PROPERTY_TRANSIENT, XCB_ATOM_WM_TRANSIENT_FOR, 1);
    ask(self, question, RECALL_PROPERTY_LEADER, atoms[RECALL_ATOM_WM_CLIENT_LEADER], 1);
    ask(self, question, RECALL_PROPERTY_TYPE, atoms[RECALL_ATOM_NET_WM_WINDOW_TYPE],
        RECALL_PROPERTY_N_ATOMS_MAX);
    ask(self, question, RECALL_PROPERTY_STATE, atoms[RECALL_ATOM_NET_WM_STATE],
        RECALL_PROPERTY_N_ATOMS_MAX);
    ask(self, question, RECALL_PROPERTY_DESKTOP, atoms[RECALL_ATOM_NET_WM_DESKTOP], 1);
    ask(self, question, RECALL_PROPERTY_OPT_OUT, atoms[RECALL_ATOM_DESKHAND_NO_RECALL], 1);
    ask(self, question, RECALL_PROPERTY_MARGINS, atoms[RECALL_ATOM_GTK_FRAME_EXTENTS], 4);
    if (self->display->has_res) {
        xcb_res_client_id_spec_t spec = {question->entry->client.xid,
                                         XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID};

        question->ids = xcb_res_query_client_ids(self->display->xcb, 1, &spec);
    }
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
                                       : recall_properties_x11_get_pid(replies);

    client->pid = pid > 0 && recall_properties_x11_are_of(replies, self->host) ? pid : 0;
}

/* A browser may be told to call its windows anything. */
static PolicyBrowser
find_browser(pid_t pid)
{
    g_autofree char *program = recall_process_dup_program(pid);

    return program != NULL ? policy_browser_find(program) : POLICY_BROWSER_NONE;
}

/* What is not known yet, as when the window is so new that it has no properties, is asked for again
 * when one of them changes. */
static void
look_at_program(Entry *entry)
{
    RecallClientX11 *client = &entry->client;

    if (!entry->has_program)
        client->browser = find_browser(client->pid);
    entry->has_program = client->pid != 0;
    if (entry->has_profile || (client->browser != POLICY_BROWSER_GECKO &&
                               policy_browser_find(client->app) != POLICY_BROWSER_GECKO))
        return;
    client->profile = client->pid != 0 ? recall_profile_find(client->pid) : RECALL_PROFILE_UNKNOWN;
    entry->has_profile = client->profile != RECALL_PROFILE_UNKNOWN;
}

static void
take_answers(RecallClientsX11 *self, const Question *question)
{
    xcb_get_property_reply_t *replies[RECALL_N_PROPERTIES];

    for (unsigned i = 0; i < RECALL_N_PROPERTIES; i++)
        replies[i] = xcb_get_property_reply(self->display->xcb, question->properties[i], NULL);
    recall_properties_x11_take(self->display, replies, &question->entry->client);
    set_pid(self, question, replies);
    look_at_program(question->entry);
    question->entry->is_known = TRUE;
    for (unsigned i = 0; i < RECALL_N_PROPERTIES; i++)
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
