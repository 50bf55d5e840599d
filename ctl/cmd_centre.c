/* How the centre itself does: alerts, blocks, consumers, what was refused, mails, acts. */
#include "ctl/action.h"
#include "ctl/list.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct column alert_columns[] = {
    { .key = "started", .title = { "desde", "started" }, .kind = COLUMN_TIME },
    { .key = "kind", .title = { "tipo", "kind" }, .list = "kind" },
    { .key = "severity", .title = { "gravedad", "severity" }, .list = "severity" },
    { .key = "status", .title = { "estado", "status" }, .list = "status" },
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "details", .title = { "detalle", "details" } },
    { .key = "ended", .title = { "hasta", "ended" }, .kind = COLUMN_TIME },
    { .key = "id", .title = { "id", "id" }, .presence = COLUMN_ALWAYS },
};

static const struct column blocked_columns[] = {
    { .key = "user", .title = { "usuario", "user" } },
    { .key = "since", .title = { "desde", "since" }, .kind = COLUMN_TIME },
    { .key = "until", .title = { "hasta", "until" }, .kind = COLUMN_TIME },
    { .key = "attempts", .title = { "intentos", "attempts" }, .kind = COLUMN_INT },
};

static const struct column consumer_columns[] = {
    { .key = "role", .title = { "rol", "role" } },
    { .key = "state", .title = { "estado", "state" }, .list = "consumer" },
    { .key = "lag", .title = { "atraso", "lag" }, .kind = COLUMN_INT },
    { .key = "rate",
      .title = { "por segundo", "per second" },
      .kind = COLUMN_NUMBER,
      .decimals = 1 },
    { .key = "partitions", .title = { "particiones", "partitions" }, .kind = COLUMN_LENGTH },
};

static const struct column message_columns[] = {
    { .key = "topic", .title = { "tópico", "topic" } },
    { .key = "partition", .title = { "partición", "partition" }, .kind = COLUMN_INT },
    { .key = "offset", .title = { "offset", "offset" }, .kind = COLUMN_INT },
    { .key = "time", .title = { "hora", "time" }, .kind = COLUMN_TIME },
    { .key = "key", .title = { "clave", "key" } },
    { .key = "value", .title = { "contenido", "value" } },
};

static const struct column change_columns[] = {
    { .key = "role", .title = { "rol", "role" } },
    { .key = "wish", .title = { "se quiere", "wish" }, .list = "consumer" },
};

static const struct column dead_letter_columns[] = {
    { .key = "partition", .title = { "partición", "partition" }, .kind = COLUMN_INT },
    { .key = "offset", .title = { "offset", "offset" }, .kind = COLUMN_INT },
    { .key = "time", .title = { "hora", "time" }, .kind = COLUMN_TIME },
    { .key = "error", .title = { "error", "error" } },
    { .key = "source", .title = { "de dónde", "source" } },
    { .key = "text", .title = { "texto", "text" } },
};

static const struct column set_aside_columns[] = {
    { .key = "id", .title = { "id", "id" } },
    { .key = "time", .title = { "hora", "time" }, .kind = COLUMN_TIME },
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "epoch", .title = { "época", "epoch" } },
    { .key = "seq", .title = { "seq", "seq" }, .kind = COLUMN_INT },
    { .key = "reason", .title = { "motivo", "reason" } },
    { .key = "text", .title = { "texto", "text" } },
};

static const struct column mail_columns[] = {
    { .key = "created", .title = { "creado", "created" }, .kind = COLUMN_TIME },
    { .key = "recipient", .title = { "para", "to" } },
    { .key = "template", .title = { "plantilla", "template" }, .list = "template" },
    { .key = "status", .title = { "estado", "status" }, .list = "mail" },
    { .key = "attempts", .title = { "intentos", "attempts" }, .kind = COLUMN_INT },
    { .key = "sent", .title = { "enviado", "sent" }, .kind = COLUMN_TIME },
    { .key = "answer", .title = { "respuesta", "answer" } },
    { .key = "id", .title = { "id", "id" } },
};

static const struct column act_columns[] = {
    { .key = "time", .title = { "hora", "time" }, .kind = COLUMN_TIME },
    { .key = "user", .title = { "usuario", "user" } },
    { .key = "action", .title = { "acción", "action" } },
    { .key = "subject", .title = { "sobre", "subject" } },
    { .key = "details", .title = { "detalle", "details" } },
};

static const struct column id_columns[] = { { .key = "id", .title = { "id", "id" } } };
static const struct column place_columns[] = {
    { .key = "partition", .title = { "partición", "partition" }, .kind = COLUMN_INT },
    { .key = "offset", .title = { "offset", "offset" }, .kind = COLUMN_INT },
};

static const struct list alerts = { "/api/v1/alerts", alert_columns, COUNT(alert_columns),
                                    LIST_CSV_API };
static const struct list blocked = { "/api/v1/blocked", blocked_columns, COUNT(blocked_columns),
                                     LIST_CSV_OWN };
static const struct list consumers = { "/api/v1/consumers", consumer_columns,
                                       COUNT(consumer_columns), LIST_CSV_OWN };
static const struct list dead_letters = { "/api/v1/dead-letters", dead_letter_columns,
                                          COUNT(dead_letter_columns), LIST_CSV_OWN };
static const struct list set_aside = { "/api/v1/set-aside", set_aside_columns,
                                       COUNT(set_aside_columns), LIST_CSV_OWN };
static const struct list mails = { "/api/v1/mails", mail_columns, COUNT(mail_columns),
                                   LIST_CSV_API };
static const struct list acts = { "/api/v1/actions", act_columns, COUNT(act_columns),
                                  LIST_CSV_API };

static const struct option_spec limit_option[] = { LIST_LIMIT_OPTION };

static const struct option_spec alert_options[] = {
    { .name = "status",
      .kind = OPTION_CHOICE,
      .choices = "ACTIVE_UNACK|ACTIVE_ACK|CLEARED_UNACK|CLEARED_ACK",
      .parameter = "status",
      .help = { "solo las de este estado", "only those in this state" } },
    { .name = "kind",
      .kind = OPTION_TEXT,
      .parameter = "kind",
      .help = { "solo las de este tipo", "only those of this kind" } },
    { .name = "cart",
      .kind = OPTION_CART,
      .parameter = "cart",
      .help = { "solo las de este carro", "only those of this cart" } },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

static const struct option_spec set_aside_options[] = {
    { .name = "cart",
      .kind = OPTION_CART,
      .parameter = "cart",
      .help = { "solo lo de este carro", "only what is of this cart" } },
    LIST_LIMIT_OPTION,
};

static const struct option_spec mail_options[] = {
    { .name = "status",
      .kind = OPTION_TEXT,
      .parameter = "status",
      .help = { "solo los de este estado", "only those in this state" } },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

static const struct option_spec act_options[] = {
    LIST_FROM_OPTION,
    LIST_TO_OPTION,
    { .name = "user",
      .letter = 'u',
      .kind = OPTION_TEXT,
      .parameter = "user",
      .help = { "solo los de este usuario", "only those of this user" } },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

#define ALERT_ACTION(verb)                                                                         \
    .word = verb, .method = "POST", .path = "/api/v1/alerts/{}/" verb, .words = { WORD_TEXT },     \
    .answer = ANSWER_OBJECT, .columns = alert_columns, .column_count = COUNT(alert_columns),       \
    .synopsis = { "ID", "ID" }

static const struct action alert_actions[] = {
    { ALERT_ACTION("ack"), .help = { "alguien se ocupa", "somebody sees to it" } },
    { ALERT_ACTION("clear"), .help = { "se acabó", "it is over" } },
};

static const struct action blocked_actions[] = {
    { .word = "lift",
      .method = "DELETE",
      .path = "/api/v1/blocked/{}",
      .words = { WORD_TEXT },
      .synopsis = { "USUARIO", "USER" },
      .help = { "levanta el bloqueo", "lifts the block" },
      .done = { "bloqueo levantado", "block lifted" } },
};

#define WISH(verb)                                                                                 \
    .word = verb, .method = "POST", .path = "/api/v1/consumers/{}/" verb, .words = { WORD_TEXT },  \
    .columns = change_columns, .column_count = COUNT(change_columns),                              \
    .synopsis = { "ROL", "ROLE" }

static const struct action consumer_actions[] = {
    { .word = "messages",
      .method = "GET",
      .path = "/api/v1/consumers/{}/messages?limit={}",
      .words = { WORD_TEXT, WORD_COUNT },
      .answer = ANSWER_ITEMS,
      .columns = message_columns,
      .column_count = COUNT(message_columns),
      .synopsis = { "ROL N", "ROLE N" },
      .help = { "los últimos N que leyó", "the last N that it read" } },
    { WISH("stop"), .help = { "lo detiene", "stops it" },
      .done = { "se detendrá en un segundo", "it stops within a second" } },
    { WISH("start"), .help = { "lo pone en marcha", "starts it" },
      .done = { "andará en un segundo", "it runs within a second" } },
};

static const struct action dead_letter_actions[] = {
    { .word = "retry",
      .method = "POST",
      .path = "/api/v1/dead-letters/{}/{}/retry",
      .words = { WORD_PLACE, WORD_PLACE },
      .columns = place_columns,
      .column_count = COUNT(place_columns),
      .synopsis = { "PARTICIÓN OFFSET", "PARTITION OFFSET" },
      .help = { "vuelve a intentarlo", "tries it again" },
      .done = { "va otra vez a su tópico", "goes to its topic again" } },
};

static const struct action set_aside_actions[] = {
    { .word = "accept",
      .method = "POST",
      .path = "/api/v1/set-aside/{}/accept",
      .words = { WORD_TEXT },
      .synopsis = { "ID", "ID" },
      .help = { "vale: se cuenta", "it counts" },
      .done = { "se cuenta", "it counts now" } },
    { .word = "drop",
      .method = "POST",
      .path = "/api/v1/set-aside/{}/drop",
      .words = { WORD_TEXT },
      .synopsis = { "ID", "ID" },
      .help = { "no vale", "it does not count" },
      .done = { "descartado", "dropped" } },
};

static const struct field mail_fields[] = { { "to", FIELD_WORD } };

static const struct action mail_actions[] = {
    { .word = "test",
      .method = "POST",
      .path = "/api/v1/mail/test",
      .words = { WORD_OPTIONAL },
      .fields = mail_fields,
      .field_count = COUNT(mail_fields),
      .columns = id_columns,
      .column_count = COUNT(id_columns),
      .synopsis = { "[DIRECCIÓN]", "[ADDRESS]" },
      .help = { "manda un correo de prueba", "sends a mail to try it" },
      .done = { "en camino; «carritoctl mail» muestra qué fue de él",
                "on its way; \"carritoctl mail\" shows what became of it" } },
};

#define LISTED(options_of, actions_of)                                                             \
    .options = options_of, .option_count = COUNT(options_of), .words_max = 4,                      \
    .actions = actions_of, .action_count = COUNT(actions_of)

const struct command command_alerts = {
    .name = "alerts",
    .synopsis = { "[ack ID | clear ID]", "[ack ID | clear ID]" },
    .help = { "las alertas", "the alerts" },
    .list = &alerts,
    LISTED(alert_options, alert_actions),
};

const struct command command_blocked = {
    .name = "blocked",
    .synopsis = { "[lift USUARIO]", "[lift USER]" },
    .help = { "las cuentas bloqueadas", "the accounts that are blocked" },
    .list = &blocked,
    LISTED(limit_option, blocked_actions),
};

const struct command command_consumers = {
    .name = "consumers",
    .synopsis = { "[messages ROL N | stop ROL | start ROL]",
                  "[messages ROLE N | stop ROLE | start ROLE]" },
    .help = { "los consumidores de Kafka: estado, atraso, ritmo",
              "the Kafka consumers: state, lag, rate" },
    .list = &consumers,
    LISTED(limit_option, consumer_actions),
};

const struct command command_dead_letters = {
    .name = "dead-letters",
    .synopsis = { "[retry PARTICIÓN OFFSET]", "[retry PARTITION OFFSET]" },
    .help = { "lo que nadie pudo leer, y por qué", "what nobody could read, and why" },
    .list = &dead_letters,
    LISTED(limit_option, dead_letter_actions),
};

const struct command command_set_aside = {
    .name = "set-aside",
    .synopsis = { "[accept ID | drop ID]", "[accept ID | drop ID]" },
    .help = { "lo que llegó dos veces con distinto contenido",
              "what came twice with another content" },
    .list = &set_aside,
    LISTED(set_aside_options, set_aside_actions),
};

const struct command command_mail = {
    .name = "mail",
    .synopsis = { "[test [DIRECCIÓN]]", "[test [ADDRESS]]" },
    .help = { "los correos: enviados, en espera, fallidos", "the mails: sent, waiting, failed" },
    .list = &mails,
    LISTED(mail_options, mail_actions),
};

const struct command command_actions = {
    .name = "actions",
    .synopsis = { "[OPCIONES]", "[OPTIONS]" },
    .help = { "quién hizo qué", "who did what" },
    .options = act_options,
    .option_count = COUNT(act_options),
    .list = &acts,
};
