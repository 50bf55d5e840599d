/* What carts do and sell: their lists, with columns and options. */
#include "common/cart_setting.h"
#include "ctl/action.h"
#include "ctl/cmd_cart.h"
#include "ctl/list.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The settings of a cart (common/cart_setting.h): how a kind is shown, typed and sent, and what its
 * value is called. */
#define COUNT_COLUMN COLUMN_INT
#define COUNT_WORD   WORD_PLACE
#define COUNT_FIELD  FIELD_WORD_COUNT
#define COUNT_ES     " N"
#define COUNT_EN     " N"
#define TEXT_COLUMN  COLUMN_TEXT
#define TEXT_WORD    WORD_TEXT
#define TEXT_FIELD   FIELD_WORD
#define TEXT_ES      " TEXTO"
#define TEXT_EN      " TEXT"

#define SETTING_COLUMN(id, name, type, limit, title_es, title_en, ...)                             \
    { .key = name, .title = { title_es, title_en }, .kind = type##_COLUMN },

static const struct column cart_columns[] = {
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "state", .title = { "estado", "state" }, .list = "state" },
    { .key = "fugitive", .title = { "prófugo", "fugitive" }, .kind = COLUMN_YES_NO },
    { .key = "stock", .title = { "stock", "stock" }, .kind = COLUMN_INT },
    { .key = "lat", .title = { "lat", "lat" }, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "lon", .title = { "lon", "lon" }, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "acc", .title = { "precisión m", "accuracy m" }, .kind = COLUMN_NUMBER },
    { .key = "last_heard", .title = { "última señal", "last heard" }, .kind = COLUMN_TIME },
    { .key = "last_fix", .title = { "última posición", "last fix" }, .kind = COLUMN_TIME },
    { .key = "last_sale", .title = { "última venta", "last sale" }, .kind = COLUMN_TIME },
    { .key = "waiting", .title = { "por enviar", "waiting" }, .kind = COLUMN_INT },
    { .key = "version", .title = { "versión", "version" } },
    { .key = "closed", .title = { "cerró", "closed" }, .kind = COLUMN_TIME },
    CART_SETTING_TABLE(SETTING_COLUMN) /* of one only */
};
#define LIST_COLUMNS (COUNT(cart_columns) - CART_SETTINGS)

static const struct column sale_columns[] = {
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "epoch", .title = { "época", "epoch" } },
    { .key = "receipt", .title = { "venta", "receipt" }, .kind = COLUMN_INT },
    { .key = "time", .title = { "hora", "time" }, .kind = COLUMN_TIME },
    { .key = "client", .title = { "cliente", "client" } },
    { .key = "quantity", .title = { "sopaipillas", "sopaipillas" }, .kind = COLUMN_INT },
    { .key = "amount", .title = { "pesos", "pesos" }, .kind = COLUMN_INT },
    { .key = "stock", .title = { "stock", "stock" }, .kind = COLUMN_INT },
    { .key = "lat", .title = { "lat", "lat" }, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "lon", .title = { "lon", "lon" }, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "voided", .title = { "anulada", "voided" }, .kind = COLUMN_YES_NO },
};

static const struct column audit_columns[] = {
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "epoch", .title = { "época", "epoch" } },
    { .key = "highest", .title = { "seq mayor", "highest seq" }, .kind = COLUMN_INT },
    { .key = "missing",
      .title = { "ventas que faltan", "receipts missing" },
      .kind = COLUMN_RANGES },
    { .key = "duplicates", .title = { "duplicados", "duplicates" }, .kind = COLUMN_INT },
    { .key = "set_aside", .title = { "apartados", "set aside" }, .kind = COLUMN_INT },
};

static const struct column trace_columns[] = {
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "epoch", .title = { "época", "epoch" } },
    { .key = "receipt", .title = { "venta", "receipt" }, .kind = COLUMN_INT },
    { .key = "seq", .title = { "seq", "seq" }, .kind = COLUMN_INT },
    { .key = "client", .title = { "cliente", "client" } },
    { .key = "quantity", .title = { "sopaipillas", "sopaipillas" }, .kind = COLUMN_INT },
    { .key = "amount", .title = { "pesos", "pesos" }, .kind = COLUMN_INT },
    { .key = "sold", .title = { "vendida", "sold" }, .kind = COLUMN_TIME },
    { .key = "source", .title = { "llegó por", "came by" } },
    { .key = "bridge", .title = { "puente", "bridge" } },
    { .key = "topic", .title = { "tópico", "topic" } },
    { .key = "partition", .title = { "partición", "partition" }, .kind = COLUMN_INT },
    { .key = "offset", .title = { "offset", "offset" }, .kind = COLUMN_INT },
    { .key = "appended", .title = { "en Kafka", "in Kafka" }, .kind = COLUMN_TIME },
    { .key = "stored", .title = { "en la base", "in the store" }, .kind = COLUMN_TIME },
    { .key = "day", .title = { "día", "day" } },
    { .key = "voided_by",
      .title = { "anulada por", "voided by" },
      .kind = COLUMN_PLACE,
      .inner = "where",
      .list = "where" },
};

static const struct column stock_columns[] = {
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "stock", .title = { "stock", "stock" }, .kind = COLUMN_INT },
    { .key = "low", .title = { "poco", "low" }, .kind = COLUMN_YES_NO },
    { .key = "time", .title = { "desde", "since" }, .kind = COLUMN_TIME },
    { .key = "threshold", .title = { "umbral", "threshold" }, .kind = COLUMN_INT },
};

static const struct column restock_columns[] = {
    { .key = "number", .title = { "número", "number" }, .kind = COLUMN_INT },
    { .key = "status", .title = { "estado", "status" }, .list = "restock" },
    { .key = "announced", .title = { "anunciada", "announced" }, .kind = COLUMN_TIME },
    { .key = "done", .title = { "hecha", "done" }, .kind = COLUMN_TIME },
    { .key = "carts", .title = { "carros", "carts" }, .kind = COLUMN_NAMES, .inner = "cart" },
};

static const struct column restock_answer[] = {
    { .key = "number", .title = { "número", "number" }, .kind = COLUMN_INT },
    { .key = "status", .title = { "estado", "status" }, .list = "restock" },
};

static const struct list stock = { "/api/v1/stock", stock_columns, COUNT(stock_columns),
                                   LIST_CSV_OWN };
static const struct list restocks = { "/api/v1/restocks", restock_columns, COUNT(restock_columns),
                                      LIST_CSV_OWN };
static const struct list carts = { "/api/v1/carts", cart_columns, LIST_COLUMNS, LIST_CSV_OWN };
static const struct list sales = { "/api/v1/sales", sale_columns, COUNT(sale_columns),
                                   LIST_CSV_API };
static const struct list audit = { "/api/v1/audit", audit_columns, COUNT(audit_columns),
                                   LIST_CSV_OWN };
static const struct option_spec limit_option[] = { LIST_LIMIT_OPTION };

static const struct option_spec cart_options[] = {
    { .name = "state",
      .kind = OPTION_CHOICE,
      .choices = "heard|silent|vanished|offline|absent",
      .parameter = "state",
      .help = { "solo los de este estado", "only those in this state" } },
    { .name = "query",
      .letter = 'q',
      .kind = OPTION_TEXT,
      .parameter = "q",
      .help = { "solo las patentes que contienen esto", "only plates that contain this" } },
    LIST_LIMIT_OPTION,
};

static const struct option_spec audit_options[] = {
    { .name = "cart",
      .kind = OPTION_CART,
      .parameter = "cart",
      .help = { "solo este carro", "only this cart" } },
    LIST_LIMIT_OPTION,
};

static const struct option_spec sale_options[] = {
    { .name = "cart",
      .kind = OPTION_CART,
      .parameter = "cart",
      .help = { "solo las de este carro", "only those of this cart" } },
    LIST_FROM_OPTION,
    LIST_TO_OPTION,
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

#define SETTING_ACTION(id, name, type, limit, title_es, title_en, help_es, help_en)                \
    { .word = name,                                                                                \
      .second = true,                                                                              \
      .method = "POST",                                                                            \
      .path = "/api/v1/carts/{}",                                                                  \
      .words = { WORD_CART, type##_WORD },                                                         \
      .fields = (const struct field[]){ { name, type##_FIELD } },                                  \
      .field_count = 1,                                                                            \
      .columns = cart_columns,                                                                     \
      .column_count = COUNT(cart_columns),                                                         \
      .synopsis = { "PATENTE " name type##_ES, "PLATE " name type##_EN },                          \
      .help = { help_es, help_en },                                                                \
      .done = { "guardado: " title_es " del carro", "the cart's " title_en " is set" } },

static const struct action cart_actions[] = {
    { .word = "add",
      .run = cart_add,
      .synopsis = { "PATENTE", "PLATE" },
      .help = { "el archivo que hace de una placa ese carro",
                "the file that makes a board that cart" } },
    { .word = "renew",
      .run = cart_renew,
      .synopsis = { "PATENTE", "PLATE" },
      .help = { "firma y envía el certificado que el carro pide",
                "signs and sends the certificate that the cart asks for" } },
    { .word = "revoke",
      .run = cart_revoke,
      .synopsis = { "PATENTE [--crl ARCHIVO]", "PLATE [--crl FILE]" },
      .help = { "un carro perdido queda fuera", "a lost cart is out" } },
    { .method = "GET",
      .path = "/api/v1/carts/{}",
      .words = { WORD_CART },
      .answer = ANSWER_OBJECT,
      .columns = cart_columns,
      .column_count = COUNT(cart_columns),
      .synopsis = { "PATENTE", "PLATE" } },
    CART_SETTING_TABLE(SETTING_ACTION)
};

static const struct action trace_actions[] = {
    { .method = "GET",
      .path = "/api/v1/trace/{}/{}/{}",
      .words = { WORD_CART, WORD_TEXT, WORD_COUNT },
      .answer = ANSWER_OBJECT,
      .columns = trace_columns,
      .column_count = COUNT(trace_columns),
      .synopsis = { "PATENTE ÉPOCA VENTA", "PLATE EPOCH RECEIPT" } },
};

static const struct action restock_actions[] = {
    { .word = "done",
      .method = "POST",
      .path = "/api/v1/restocks/{}/done",
      .words = { WORD_COUNT },
      .columns = restock_answer,
      .column_count = COUNT(restock_answer),
      .synopsis = { "N", "N" },
      .help = { "la reposición N se hizo", "batch N was done" },
      .done = { "reposición hecha", "batch done" } },
    { .word = "announce",
      .method = "POST",
      .path = "/api/v1/restocks/announce",
      .columns = restock_answer,
      .column_count = COUNT(restock_answer),
      .help = { "anuncia ya la que se está juntando", "announces the open batch now" },
      .done = { "reposición anunciada", "batch announced" } },
};

const struct command command_carts = {
    .name = "carts",
    .synopsis = { "[OPCIONES]", "[OPTIONS]" },
    .help = { "los carros: estado, última señal, posición, stock",
              "the carts: state, last heard, position, stock" },
    .options = cart_options,
    .option_count = COUNT(cart_options),
    .list = &carts,
};

const struct command command_cart = {
    .name = "cart",
    .synopsis = { "PATENTE [AJUSTE VALOR] | add|renew|revoke PATENTE",
                  "PLATE [SETTING VALUE] | add|renew|revoke PLATE" },
    .help = { "un carro; un ajuste suyo; uno nuevo; uno perdido",
              "one cart; a setting of its own; a new one; a lost one" },
    .options = cart_key_options,
    .option_count = CART_KEY_OPTIONS,
    .words_max = 3,
    .actions = cart_actions,
    .action_count = COUNT(cart_actions),
};

const struct command command_sales = {
    .name = "sales",
    .synopsis = { "[OPCIONES]", "[OPTIONS]" },
    .help = { "las ventas, una por fila", "the receipts, one a row" },
    .options = sale_options,
    .option_count = COUNT(sale_options),
    .list = &sales,
};

const struct command command_audit = {
    .name = "audit",
    .synopsis = { "[OPCIONES]", "[OPTIONS]" },
    .help = { "por carro y época: lo recibido, lo que falta, los duplicados",
              "per cart and epoch: what came, what is missing, duplicates" },
    .options = audit_options,
    .option_count = COUNT(audit_options),
    .list = &audit,
};

const struct command command_trace = {
    .name = "trace",
    .synopsis = { "PATENTE ÉPOCA VENTA", "PLATE EPOCH RECEIPT" },
    .help = { "por dónde pasó una venta: carro, puente, Kafka, base, día",
              "where a sale has been: cart, bridge, Kafka, store, day" },
    .words_max = 3,
    .actions = trace_actions,
    .action_count = COUNT(trace_actions),
};

const struct command command_stock = {
    .name = "stock",
    .synopsis = { "[OPCIONES]", "[OPTIONS]" },
    .help = { "lo que queda en cada carro", "what is left on each cart" },
    .options = limit_option,
    .option_count = COUNT(limit_option),
    .list = &stock,
};

const struct command command_restocks = {
    .name = "restocks",
    .synopsis = { "[done N | announce]", "[done N | announce]" },
    .help = { "las reposiciones: la que se junta, las anunciadas, las hechas",
              "restock batches: the open one, those announced, those done" },
    .options = limit_option,
    .option_count = COUNT(limit_option),
    .words_max = 4,
    .list = &restocks,
    .actions = restock_actions,
    .action_count = COUNT(restock_actions),
};
