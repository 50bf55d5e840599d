/* The answer to `status`, a member after the other. */
#include "agent/request_status.h"
#include "agent/net_words.h"
#include "agent/request_parts.h"

static void write_unreadable(const struct requests *requests, struct json_writer *json)
{
    struct outbox_unreadable rows = outbox_unreadable(requests->commit->outbox);

    if (rows.events == 0)
        return;
    json_object_begin(json, "unreadable");
    json_int(json, "events", rows.events);
    json_int(json, "first_seq", rows.first_seq);
    json_int(json, "last_seq", rows.last_seq);
    json_object_end(json);
}

static void write_network(const struct requests *requests, struct json_writer *json)
{
    const struct agent_status *now = &requests->status;
    enum net_cause cause =
        net_cause(now->connected, now->bridge_online, now->answer, net_has_route);

    json_text(json, "network", net_cause_name(cause));
    if (net_cause_why(cause) != NULL)
        json_text(json, "network_why", net_cause_why(cause));
    json_text(json, "network_text", net_word_long(net_word(cause))->text[requests->lang]);
}

/* The one in use may be another than the configured one: it is renewed by MQTT. */
static void write_certificate(const struct requests *requests, struct json_writer *json)
{
    const struct renewal_use *use = &requests->status.certificate;

    if (use->file == NULL)
        return;
    json_object_begin(json, "certificate");
    json_text(json, "configured", use->configured);
    json_text(json, "file", use->file);
    json_int(json, "end_ms", use->end_ms);
    json_object_end(json);
}

void request_status_write(const struct requests *requests, struct json_writer *json)
{
    const struct outbox_head *head = outbox_head(requests->commit->outbox);
    const struct agent_status *now = &requests->status;
    const struct sale_fix *fix = &requests->fix;
    int64_t fix_ms = fix->known ? fix->ms : group_commit_last_fix_ms(requests->commit);

    json_text(json, "cart", requests->commit->cart);
    json_text(json, "epoch", head->epoch);
    json_bool(json, "connected", now->connected);
    json_bool(json, "bridge", now->bridge_online);
    write_network(requests, json);
    json_int(json, "waiting", head->last_seq - head->acked_seq);
    json_int(json, "acked", head->acked_seq);
    if (outbox_kept_since_ms(requests->commit->outbox) > 0)
        json_int(json, "kept_since_ms", outbox_kept_since_ms(requests->commit->outbox));
    json_int(json, "last_receipt", head->last_receipt);
    if (head->stock != EVENT_ABSENT)
        json_int(json, "stock", head->stock);
    json_text(json, "gps", now->gps);
    if (fix_ms != EVENT_ABSENT)
        json_int(json, "fix_ms", fix_ms);
    json_text(json, "clock", now->clock);
    json_int(json, "session", head->session);
    json_text(json, "day",
              outbox_closed_ms(requests->commit->outbox) == EVENT_ABSENT ? "open"
              : now->closed_told                                         ? "closed"
                                                                         : "closing");
    json_text(json, "listening", listening_name(now->listening));
    request_orders_write_open(requests, json);
    json_bool(json, "recording", !outbox_is_read_only(requests->commit->outbox));
    if (head->damaged)
        json_text(json, "damaged", head->damaged_epoch);
    if (head->mended != HEAD_SOUND)
        json_text(json, "head", head->mended == HEAD_MENDED ? "mended" : "rewound");
    if (requests->formers != NULL)
        formers_write(requests->formers, json);
    write_certificate(requests, json);
    write_unreadable(requests, json);
}
