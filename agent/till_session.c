/* Requests of the till to the agent, and its answers to the till. */
#include "agent/till_session.h"
#include "agent/client_mark.h"

#include "common/json_write.h"

#define STATUS_MS     400 /* how often the agent is asked how it is: an offer is shown so late */
#define WAIT_MS       400
#define WAIT_SHORT_MS 20 /* while something is under way */

void till_session_open(struct till_session *session, struct till *till, const char *socket)
{
    *session = (struct till_session){ .till = till,
                                      .act = till_link_to(socket),
                                      .look = till_link_to(socket),
                                      .looked_ms = -STATUS_MS };
}

void till_session_close(struct till_session *session)
{
    till_link_close(&session->act);
    till_link_close(&session->look);
}

void till_session_write(const struct till_request *request, struct buffer *out)
{
    static const struct {
        const char *name, *number; /* the number's member, where there is one */
    } acts[] = {
        [TILL_SELL] = { "sell", "quantity" },    [TILL_VOID] = { "void", "receipt" },
        [TILL_RESTOCK] = { "restock", "stock" }, [TILL_TODAY] = { "today", NULL },
        [TILL_ORDERS] = { "orders", NULL },      [TILL_STEP] = { "order", NULL },
        [TILL_CLOSE] = { "close", NULL },        [TILL_LISTEN] = { "listen", NULL },
    };
    struct json_writer json = json_write_to(out);

    json_object_begin(&json, NULL);
    json_text(&json, "request", acts[request->act].name);
    client_mark(&json);
    if (acts[request->act].number != NULL)
        json_int(&json, acts[request->act].number, request->number);
    if (request->act == TILL_STEP) {
        json_text(&json, "order", request->order);
        json_text(&json, "status", request->status);
    }
    if (request->act == TILL_LISTEN)
        json_text(&json, "listen", request->status);
    json_object_end(&json);
    buffer_append(out, "\n", 1);
}

/* The agent's time to answer begins now, however long ago the key was pressed. */
static void start(struct till_session *session, int64_t mono_ms)
{
    session->wanted = false;
    buffer_clear(&session->act.question);
    till_session_write(&session->request, &session->act.question);
    till_link_ask(&session->act, mono_ms);
}

/* A till that nobody would hear does not count as one that is open. */
static void write_look(const struct till_session *session, struct buffer *out)
{
    struct json_writer json = json_write_to(out);

    json_object_begin(&json, NULL);
    json_text(&json, "request", "status");
    json_bool(&json, "till", !session->till->is_mute);
    if (session->till->told_turn > 0) {
        json_array_begin(&json, "told");
        json_object_begin(&json, NULL);
        json_text(&json, "order", session->till->told);
        json_int(&json, "turn", session->till->told_turn);
        json_object_end(&json);
        json_array_end(&json);
    }
    json_object_end(&json);
    buffer_append(out, "\n", 1);
}

void till_session_key(struct till_session *session, char key, int64_t at_ms)
{
    session->wanted |= till_key(session->till, key, at_ms, &session->request);
}

void till_session_turn(struct till_session *session, int64_t mono_ms)
{
    cJSON *answer;

    if (session->wanted || till_tick(session->till, mono_ms, &session->request))
        start(session, mono_ms);
    if (till_link_turn(&session->act, mono_ms, &answer)) {
        if (session->act.sent)
            till_answer(session->till, &session->request, answer);
        else
            till_unreached(session->till);
        session->looked_ms = mono_ms - STATUS_MS; /* the state has changed */
        cJSON_Delete(answer);
    }
    if (till_link_turn(&session->look, mono_ms, &answer)) {
        till_status(session->till, answer);
        cJSON_Delete(answer);
    }
    if (session->look.pending || mono_ms - session->looked_ms < STATUS_MS)
        return;
    session->looked_ms = mono_ms;
    buffer_clear(&session->look.question);
    write_look(session, &session->look.question);
    till_link_ask(&session->look, mono_ms);
}

void till_session_poll_fds(const struct till_session *session, struct pollfd *fds)
{
    fds[0] = (struct pollfd){ .fd = session->act.fd, .events = POLLIN };
    fds[1] = (struct pollfd){ .fd = session->look.fd, .events = POLLIN };
}

int till_session_timeout_ms(const struct till_session *session)
{
    bool hurries = session->act.pending || session->look.pending || session->till->confirmed;

    return hurries ? WAIT_SHORT_MS : WAIT_MS;
}
