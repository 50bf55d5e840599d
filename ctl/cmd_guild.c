/* What the guild decides about: fugitives and reports, members, orders. */
#include "ctl/action.h"
#include "ctl/list.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct column fugitive_columns[] = {
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "since", .title = { "desde", "since" }, .kind = COLUMN_TIME },
    { .key = "reports", .title = { "denuncias", "reports" }, .kind = COLUMN_INT },
    { .key = "lat", .title = { "lat", "lat" }, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "lon", .title = { "lon", "lon" }, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "last_fix", .title = { "última posición", "last fix" }, .kind = COLUMN_TIME },
    { .key = "trail", .title = { "posiciones", "positions" }, .kind = COLUMN_LENGTH },
    { .key = "reason", .title = { "motivo", "reason" } },
};

static const struct column report_columns[] = {
    { .key = "id", .title = { "id", "id" } },
    { .key = "time", .title = { "hora", "time" }, .kind = COLUMN_TIME },
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "lat", .title = { "lat", "lat" }, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "lon", .title = { "lon", "lon" }, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "status", .title = { "estado", "status" }, .list = "report" },
    { .key = "note", .title = { "nota", "note" } },
};

static const struct column member_columns[] = {
    { .key = "rut", .title = { "rut", "rut" } },
    { .key = "passport", .title = { "pasaporte", "passport" }, .presence = COLUMN_WHERE_KNOWN },
    { .key = "name", .title = { "nombre", "name" } },
    { .key = "lastname", .title = { "apellido", "last name" } },
    { .key = "email", .title = { "correo", "mail" } },
    { .key = "plate", .title = { "patente", "plate" } },
    { .key = "premium", .title = { "premium", "premium" }, .kind = COLUMN_YES_NO },
    { .key = "status", .title = { "estado", "status" }, .list = "member" },
    { .key = "applied", .title = { "postuló", "applied" }, .kind = COLUMN_TIME },
    { .key = "decided", .title = { "decidida", "decided" }, .kind = COLUMN_TIME },
    { .key = "reason", .title = { "motivo", "reason" }, .presence = COLUMN_WHERE_KNOWN },
};

static const struct column order_columns[] = {
    { .key = "id", .title = { "id", "id" } },
    { .key = "product", .title = { "producto", "product" } },
    { .key = "price", .title = { "precio", "price" }, .kind = COLUMN_INT },
    { .key = "quantity", .title = { "cantidad", "quantity" }, .kind = COLUMN_INT },
    { .key = "email", .title = { "correo", "mail" } },
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "status", .title = { "estado", "status" }, .list = "order" },
    { .key = "history",
      .title = { "por dónde pasó", "history" },
      .list = "order",
      .kind = COLUMN_NAMES,
      .inner = "status" },
};

static const struct column id_columns[] = { { .key = "id", .title = { "id", "id" } } };
static const struct column order_answer[] = {
    { .key = "id", .title = { "id", "id" } },
    { .key = "status", .title = { "estado", "status" }, .list = "order" },
};

static const struct list fugitives = { "/api/v1/fugitives", fugitive_columns,
                                       COUNT(fugitive_columns), LIST_CSV_OWN };
static const struct list reports = { "/api/v1/reports", report_columns, COUNT(report_columns),
                                     LIST_CSV_API };
static const struct list members = { "/api/v1/members", member_columns, COUNT(member_columns),
                                     LIST_CSV_API };
static const struct list orders = { "/api/v1/orders", order_columns, COUNT(order_columns),
                                    LIST_CSV_API };

static const struct option_spec limit_option[] = { LIST_LIMIT_OPTION };

static const struct option_spec report_options[] = {
    { .name = "cart",
      .kind = OPTION_CART,
      .help = { "el carro denunciado (sin él: un lugar)", "the cart (without it: a place)" } },
    { .name = "lat", .kind = OPTION_NUMBER, .help = { "latitud", "latitude" } },
    { .name = "lon", .kind = OPTION_NUMBER, .help = { "longitud", "longitude" } },
    { .name = "note", .kind = OPTION_TEXT, .help = { "lo que se vio", "what was seen" } },
};

static const struct option_spec reports_options[] = {
    { .name = "status",
      .kind = OPTION_CHOICE,
      .choices = "open|sighting|closed|dismissed",
      .parameter = "status",
      .help = { "solo las de este estado", "only those in this state" } },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

static const struct option_spec member_options[] = {
    { .name = "status",
      .kind = OPTION_CHOICE,
      .choices = "pending|accepted|rejected",
      .parameter = "status",
      .help = { "solo las de este estado", "only those in this state" } },
    { .name = "premium",
      .kind = OPTION_CHOICE,
      .choices = "true|false",
      .parameter = "premium",
      .help = { "solo las premium, o solo las otras", "only premium ones, or only the others" } },
    { .name = "reason",
      .kind = OPTION_TEXT,
      .help = { "con accept y reject: el motivo, va en el correo",
                "with accept and reject: the reason, goes into the mail" } },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

static const struct option_spec order_options[] = {
    { .name = "status",
      .kind = OPTION_CHOICE,
      .choices = "recibido|preparando|entregando|finalizado|cancelado|fallido",
      .parameter = "status",
      .help = { "solo los de este estado", "only those in this state" } },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

static const struct action fugitive_actions[] = {
    { .word = "clear",
      .method = "DELETE",
      .path = "/api/v1/fugitives/{}",
      .words = { WORD_CART },
      .synopsis = { "PATENTE", "PLATE" },
      .help = { "ya no es prófugo", "is no fugitive any more" },
      .done = { "el carro ya no es prófugo", "the cart is no fugitive any more" } },
};

static const struct field report_fields[] = {
    { "cart", FIELD_TEXT },
    { "lat", FIELD_NUMBER },
    { "lon", FIELD_NUMBER },
    { "note", FIELD_TEXT },
};

static const struct action report_actions[] = {
    { .method = "POST",
      .path = "/api/v1/reports",
      .fields = report_fields,
      .field_count = COUNT(report_fields),
      .columns = id_columns,
      .column_count = COUNT(id_columns),
      .done = { "denuncia recibida", "report received" } },
};

static const struct action reports_actions[] = {
    { .word = "dismiss",
      .method = "POST",
      .path = "/api/v1/reports/{}/dismiss",
      .words = { WORD_TEXT },
      .answer = ANSWER_OBJECT,
      .columns = report_columns,
      .column_count = COUNT(report_columns),
      .synopsis = { "ID", "ID" },
      .help = { "la denuncia no vale", "the report does not count" } },
};

static const struct field accept_fields[] = { { "accept", FIELD_TRUE }, { "reason", FIELD_TEXT } };
static const struct field reject_fields[] = { { "accept", FIELD_FALSE }, { "reason", FIELD_TEXT } };

#define DECISION(fields_of)                                                                        \
    .method = "POST", .path = "/api/v1/members/{}/decision", .words = { WORD_TEXT },               \
    .fields = fields_of, .field_count = COUNT(fields_of), .answer = ANSWER_OBJECT,                 \
    .columns = member_columns, .column_count = COUNT(member_columns), .synopsis = { "RUT", "RUT" }

static const struct action member_actions[] = {
    { .word = "accept",
      DECISION(accept_fields),
      .help = { "acepta la postulación (rut o pasaporte)", "accepts (rut or passport)" } },
    { .word = "reject",
      DECISION(reject_fields),
      .help = { "la rechaza", "rejects the application" } },
};

static const struct action orders_actions[] = {
    { .word = "cancel",
      .method = "POST",
      .path = "/api/v1/orders/{}/cancel",
      .words = { WORD_TEXT },
      .columns = order_answer,
      .column_count = COUNT(order_answer),
      .synopsis = { "ID", "ID" },
      .help = { "cancela el pedido", "cancels the order" },
      .done = { "pedido cancelado", "order cancelled" } },
};

static const struct action order_actions[] = {
    { .method = "GET",
      .path = "/api/v1/orders/{}",
      .words = { WORD_TEXT },
      .answer = ANSWER_OBJECT,
      .columns = order_columns,
      .column_count = COUNT(order_columns),
      .synopsis = { "ID", "ID" } },
};

const struct command command_fugitives = {
    .name = "fugitives",
    .synopsis = { "[clear PATENTE]", "[clear PLATE]" },
    .help = { "los carros prófugos y su rastro", "fugitive carts and their trail" },
    .options = limit_option,
    .option_count = COUNT(limit_option),
    .words_max = 4,
    .list = &fugitives,
    .actions = fugitive_actions,
    .action_count = COUNT(fugitive_actions),
};

const struct command command_report = {
    .name = "report",
    .synopsis = { "[--cart PATENTE] --lat LAT --lon LON [--note TEXTO]",
                  "[--cart PLATE] --lat LAT --lon LON [--note TEXT]" },
    .help = { "denuncia un carro o un lugar", "reports a cart or a place" },
    .options = report_options,
    .option_count = COUNT(report_options),
    .actions = report_actions,
    .action_count = COUNT(report_actions),
};

const struct command command_reports = {
    .name = "reports",
    .synopsis = { "[dismiss ID]", "[dismiss ID]" },
    .help = { "las denuncias", "the reports" },
    .options = reports_options,
    .option_count = COUNT(reports_options),
    .words_max = 4,
    .list = &reports,
    .actions = reports_actions,
    .action_count = COUNT(reports_actions),
};

const struct command command_members = {
    .name = "members",
    .synopsis = { "[accept RUT | reject RUT] [--reason TEXTO]",
                  "[accept RUT | reject RUT] [--reason TEXT]" },
    .help = { "los socios y las postulaciones", "members and applications" },
    .options = member_options,
    .option_count = COUNT(member_options),
    .words_max = 4,
    .list = &members,
    .actions = member_actions,
    .action_count = COUNT(member_actions),
};

const struct command command_orders = {
    .name = "orders",
    .synopsis = { "[cancel ID]", "[cancel ID]" },
    .help = { "los pedidos", "the orders" },
    .options = order_options,
    .option_count = COUNT(order_options),
    .words_max = 4,
    .list = &orders,
    .actions = orders_actions,
    .action_count = COUNT(orders_actions),
};

const struct command command_order = {
    .name = "order",
    .synopsis = { "ID", "ID" },
    .help = { "un pedido", "one order" },
    .words_max = 1,
    .actions = order_actions,
    .action_count = COUNT(order_actions),
};
