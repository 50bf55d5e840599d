/* The commands that show a list of the API as it is: their options and their columns. */
#include "common/event.h"
#include "ctl/command.h"
#include "ctl/fetch.h"
#include "ctl/list.h"
#include "ctl/request.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct column cart_columns[] = {
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "state", .title = { "estado", "state" } },
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
};

static const struct column sale_columns[] = {
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "epoch", .title = { "época", "epoch" } },
    { .key = "receipt", .title = { "boleta", "receipt" }, .kind = COLUMN_INT },
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
      .title = { "boletas que faltan", "receipts missing" },
      .kind = COLUMN_RANGES },
    { .key = "duplicates", .title = { "duplicados", "duplicates" }, .kind = COLUMN_INT },
    { .key = "set_aside", .title = { "apartados", "set aside" }, .kind = COLUMN_INT },
};

static const struct column consumer_columns[] = {
    { .key = "role", .title = { "rol", "role" } },
    { .key = "state", .title = { "estado", "state" } },
    { .key = "lag", .title = { "atraso", "lag" }, .kind = COLUMN_INT },
    { .key = "rate",
      .title = { "por segundo", "per second" },
      .kind = COLUMN_NUMBER,
      .decimals = 1 },
    { .key = "partitions", .title = { "particiones", "partitions" }, .kind = COLUMN_LENGTH },
};

static const struct list carts = { "/api/v1/carts", cart_columns, COUNT(cart_columns),
                                   LIST_CSV_OWN };
static const struct list sales = { "/api/v1/sales", sale_columns, COUNT(sale_columns),
                                   LIST_CSV_API };
static const struct list audit = { "/api/v1/audit", audit_columns, COUNT(audit_columns),
                                   LIST_CSV_OWN };
static const struct list consumers = { "/api/v1/consumers", consumer_columns,
                                       COUNT(consumer_columns), LIST_CSV_OWN };

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
    { .name = "from",
      .kind = OPTION_TIME,
      .parameter = "from",
      .help = { "desde este día o momento", "from this day or instant on" } },
    { .name = "to",
      .kind = OPTION_TIME,
      .parameter = "to",
      .help = { "hasta este día, incluido, o momento", "to this day, included, or instant" } },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

static int show(const struct ctl *ctl, const struct list *list, const struct options *options)
{
    struct buffer path = { 0 };
    int status;

    list_path(list, options, &path);
    status = list_show(ctl, list, options, path.bytes);
    buffer_free(&path);
    return status;
}

static int run_carts(const struct ctl *ctl, const struct options *options)
{
    return show(ctl, &carts, options);
}

static int run_sales(const struct ctl *ctl, const struct options *options)
{
    return show(ctl, &sales, options);
}

static int run_audit(const struct ctl *ctl, const struct options *options)
{
    return show(ctl, &audit, options);
}

static int run_consumers(const struct ctl *ctl, const struct options *options)
{
    return show(ctl, &consumers, options);
}

static int run_cart(const struct ctl *ctl, const struct options *options)
{
    struct output output = list_output(ctl, cart_columns, COUNT(cart_columns));
    char plate[CART_LENGTH_MAX + 1];
    struct buffer path = { 0 };
    struct http_client *client;
    cJSON *cart;
    bool good;

    if (!cart_from_person(options->words[0], plate)) {
        text_error(ctl->language, TEXT_WORD_BAD, options->words[0],
                   text_of(ctl->language, TEXT_WANTS_CART));
        return EXIT_BAD_ARGUMENTS;
    }
    client = fetch_open(ctl);
    if (!client)
        return EXIT_FAILED;
    buffer_text(&path, carts.path);
    request_add_segment(&path, plate);
    cart = fetch_object(ctl, client, path.bytes);
    good = cart && output_one(&output, cart);
    cJSON_Delete(cart);
    buffer_free(&path);
    http_client_close(client);
    return good ? EXIT_OK : EXIT_FAILED;
}

const struct command command_carts = {
    .name = "carts",
    .synopsis = { "[OPCIONES]", "[OPTIONS]" },
    .help = { "los carros: estado, última señal, posición, stock",
              "the carts: state, last heard, position, stock" },
    .options = cart_options,
    .option_count = COUNT(cart_options),
    .run = run_carts,
};

const struct command command_cart = {
    .name = "cart",
    .synopsis = { "PATENTE", "PLATE" },
    .help = { "un carro", "one cart" },
    .words_min = 1,
    .words_max = 1,
    .run = run_cart,
};

const struct command command_sales = {
    .name = "sales",
    .synopsis = { "[OPCIONES]", "[OPTIONS]" },
    .help = { "las boletas, una por fila", "the receipts, one a row" },
    .options = sale_options,
    .option_count = COUNT(sale_options),
    .run = run_sales,
};

const struct command command_audit = {
    .name = "audit",
    .synopsis = { "[OPCIONES]", "[OPTIONS]" },
    .help = { "por carro y época: lo recibido, lo que falta, los duplicados",
              "per cart and epoch: what came, what is missing, duplicates" },
    .options = audit_options,
    .option_count = COUNT(audit_options),
    .run = run_audit,
};

const struct command command_consumers = {
    .name = "consumers",
    .synopsis = { "[OPCIONES]", "[OPTIONS]" },
    .help = { "los consumidores de Kafka: estado, atraso, ritmo",
              "the Kafka consumers: state, lag, rate" },
    .options = limit_option,
    .option_count = COUNT(limit_option),
    .run = run_consumers,
};
