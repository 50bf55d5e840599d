/* The table of problems. In a detail `{field}` and `{what}` stand for what the problem is about. */
#include "collector/http/problem.h"

#include "common/json_write.h"

#include <stdbool.h>
#include <string.h>

struct problem_row {
    int status;
    const char *code;
    const char *title[LANGS];
    const char *detail[LANGS];
};

static const struct problem_row problems[PROBLEMS] = {
    [PROBLEM_BAD_TARGET] = { 400,
                             "bad-target",
                             { "Dirección mal formada", "Malformed address" },
                             { "La dirección de la petición no se puede leer.",
                               "The request's address cannot be read." } },
    [PROBLEM_UNKNOWN_PARAMETER] = { 400,
                                    "unknown-parameter",
                                    { "Parámetro desconocido", "Unknown parameter" },
                                    { "Aquí no existe el parámetro {field}; existen: {what}.",
                                      "There is no parameter {field} here; there are: {what}." } },
    [PROBLEM_REPEATED_PARAMETER] = { 400,
                                     "repeated-parameter",
                                     { "Parámetro repetido", "Repeated parameter" },
                                     { "El parámetro {field} viene más de una vez.",
                                       "The parameter {field} is given more than once." } },
    [PROBLEM_BAD_PARAMETER] = { 400,
                                "bad-parameter",
                                { "Parámetro mal formado", "Malformed parameter" },
                                { "El parámetro {field} no se puede leer; se espera {what}.",
                                  "The parameter {field} cannot be read; expected: {what}." } },
    [PROBLEM_BAD_CURSOR] = { 400,
                             "bad-cursor",
                             { "Cursor desconocido", "Unknown cursor" },
                             { "El cursor no es uno que esta lista haya dado.",
                               "The cursor is none that this list has given." } },
    [PROBLEM_BAD_JSON] = { 400,
                           "bad-json",
                           { "Cuerpo mal formado", "Malformed body" },
                           { "El cuerpo no es un objeto JSON legible: {what}.",
                             "The body is no readable JSON object: {what}." } },
    [PROBLEM_INVALID] = { 422,
                          "invalid",
                          { "Valor no válido", "Invalid value" },
                          { "{field} no es válido: {what}.", "{field} is not valid: {what}." } },
    [PROBLEM_NO_TOKEN] = { 401,
                           "no-token",
                           { "Falta iniciar sesión", "Sign-in needed" },
                           { "Falta el encabezado Authorization: Bearer con un token.",
                             "The header Authorization: Bearer with a token is missing." } },
    [PROBLEM_BAD_TOKEN] = { 401,
                            "bad-token",
                            { "Token no válido", "Invalid token" },
                            { "El token no existe o ha vencido.",
                              "The token does not exist or has expired." } },
    [PROBLEM_BAD_LOGIN] = { 401,
                            "bad-login",
                            { "No se pudo iniciar sesión", "Sign-in failed" },
                            { "El usuario o la contraseña no es correcto.",
                              "The user or the password is wrong." } },
    [PROBLEM_FORBIDDEN] = { 403,
                            "forbidden",
                            { "Sin permiso", "Not permitted" },
                            { "El rol {what} no puede hacer esto.",
                              "The role {what} may not do this." } },
    [PROBLEM_NO_SIMULATIONS] = { 403,
                                 "no-simulations",
                                 { "Sin simulaciones", "No simulations" },
                                 { "Este centro no admite simulaciones (CARRITO_SIMULATIONS).",
                                   "This centre takes no simulations (CARRITO_SIMULATIONS)." } },
    [PROBLEM_NOT_FOUND] = { 404,
                            "not-found",
                            { "No existe", "Not found" },
                            { "No hay nada en esta dirección.",
                              "There is nothing at this address." } },
    [PROBLEM_NO_CART] = { 404,
                          "no-cart",
                          { "Carro desconocido", "Unknown cart" },
                          { "No se conoce un carro de nombre {what}.",
                            "No cart is known by the name {what}." } },
    [PROBLEM_METHOD] = { 405,
                         "method-not-allowed",
                         { "Método no permitido", "Method not allowed" },
                         { "Aquí se puede usar: {what}.", "What can be used here: {what}." } },
    [PROBLEM_NO_CONSUMER] = { 409,
                              "no-consumer",
                              { "No es un consumidor", "Not a consumer" },
                              { "El rol {what} no se puede detener ni iniciar desde aquí.",
                                "The role {what} cannot be stopped or started from here." } },
    [PROBLEM_SIMULATIONS_FULL] = { 409,
                                   "simulations-full",
                                   { "Demasiadas simulaciones", "Too many simulations" },
                                   { "Ya hay {what} simulaciones en curso; espere a que termine "
                                     "una.",
                                     "There are {what} simulations under way; wait until one "
                                     "ends." } },
    [PROBLEM_TOO_LARGE] = { 413,
                            "too-large",
                            { "Cuerpo demasiado grande", "Body too large" },
                            { "El cuerpo puede tener hasta {what} bytes.",
                              "The body may have at most {what} bytes." } },
    [PROBLEM_TYPE] = { 415,
                       "unsupported-type",
                       { "Tipo de contenido no admitido", "Unsupported content type" },
                       { "El cuerpo debe ser {what}.", "The body must be {what}." } },
    [PROBLEM_NAME_TAKEN] = { 409,
                             "name-taken",
                             { "Nombre ocupado", "Name taken" },
                             { "Ya existe un usuario con este nombre.",
                               "There is a user of this name already." } },
    [PROBLEM_LAST_ADMIN] = { 409,
                             "last-admin",
                             { "Último administrador", "Last admin" },
                             { "Es el último administrador; nadie podría administrar usuarios.",
                               "This is the last admin; nobody could manage users." } },
    [PROBLEM_DECIDED] = { 409,
                          "decided",
                          { "Ya decidida", "Already decided" },
                          { "Esta solicitud ya fue decidida.",
                            "This application was decided already." } },
    [PROBLEM_VOIDED] = { 409,
                         "voided",
                         { "Venta ya anulada", "Receipt already voided" },
                         { "La venta {what} ya fue anulada.",
                           "The receipt {what} was voided already." } },
    [PROBLEM_RESTOCK_DONE] = { 409,
                               "restock-done",
                               { "Lote ya repuesto", "Batch already done" },
                               { "El lote {what} ya fue repuesto.",
                                 "Batch {what} is done already." } },
    [PROBLEM_RESTOCK_EMPTY] = { 409,
                                "restock-empty",
                                { "Lote vacío", "Empty batch" },
                                { "No hay carros que esperen reposición.",
                                  "There are no carts that wait to be restocked." } },
    [PROBLEM_KEY_REUSED] = { 422,
                             "key-reused",
                             { "Clave ya usada", "Key already used" },
                             { "Esta Idempotency-Key ya se usó con otro cuerpo.",
                               "This Idempotency-Key was used with another body already." } },
    [PROBLEM_ORDER_STATE] = { 409,
                              "order-state",
                              { "El pedido ya avanzó", "The order has moved on" },
                              { "El pedido está en estado {what} y ya no se puede cancelar.",
                                "The order is {what} and can no longer be cancelled." } },
    [PROBLEM_RATE] = { 429,
                       "rate-limited",
                       { "Demasiadas peticiones", "Too many requests" },
                       { "Demasiadas peticiones desde esta dirección; espere un minuto.",
                         "Too many requests from this address; wait a minute." } },
    [PROBLEM_BLOCKED] = { 429,
                          "blocked",
                          { "Demasiados intentos", "Too many attempts" },
                          { "Demasiados intentos con este usuario; espere e intente otra vez.",
                            "Too many attempts with this user; wait and try again." } },
    [PROBLEM_INTERNAL] = { 500,
                           "internal",
                           { "Error interno", "Internal error" },
                           { "El servidor no pudo responder; el registro dice por qué.",
                             "The server could not answer; its log says why." } },
    [PROBLEM_NO_PUBLIC_URL] = { 409,
                                "no-public-url",
                                { "Falta la dirección pública", "The public address is missing" },
                                { "Un teléfono necesita saber adónde enviar: configure public_url "
                                  "(CARRITO_PUBLIC_URL) y vuelva a pedirlo.",
                                  "A phone must know where to send: set public_url "
                                  "(CARRITO_PUBLIC_URL) and ask again." } },
    [PROBLEM_BUSY] = { 503,
                       "busy",
                       { "Servidor ocupado", "Server busy" },
                       { "Hay demasiado trabajo en espera; intente en unos segundos.",
                         "Too much work is waiting; try again in some seconds." } },
    [PROBLEM_STORE] = { 503,
                        "store-away",
                        { "Almacén no disponible", "Store not available" },
                        { "El almacén de datos no responde por ahora; intente en unos segundos.",
                          "The store does not answer now; try again in some seconds." } },
    [PROBLEM_STORE_DAMAGED] = { 503,
                                "store-damaged",
                                { "Almacén dañado", "Store damaged" },
                                { "El almacén de datos está dañado: no se guarda nada más hasta "
                                  "restaurar un respaldo.",
                                  "The store is damaged: nothing more is stored until a backup is "
                                  "restored." } },
    [PROBLEM_KAFKA] = { 503,
                        "kafka-away",
                        { "Kafka no disponible", "Kafka not available" },
                        { "Kafka no responde por ahora; intente en unos segundos.",
                          "Kafka does not answer now; try again in some seconds." } },
};

/* Appends `text` with the two placeholders filled in. */
static void expand(struct buffer *out, const char *text, const struct problem_about *about)
{
    static const char field[] = "{field}", what[] = "{what}";
    while (*text != '\0') {
        if (strncmp(text, field, sizeof field - 1) == 0) {
            buffer_text(out, about->field != NULL ? about->field : "?");
            text += sizeof field - 1;
        } else if (strncmp(text, what, sizeof what - 1) == 0) {
            buffer_text(out, about->what != NULL ? about->what : "?");
            text += sizeof what - 1;
        } else {
            buffer_append(out, text++, 1);
        }
    }
}

/* In Spanish a reason that begins with the field goes on from there: "quantity no es válido: debe
 * estar entre 1 y 10000". Where it is about another one, as of an event within a dead letter, that
 * is named. */
static const char *reason_in(const struct json_reason *why, enum lang lang, const char *field)
{
    if (lang == LANG_EN)
        return why->text;
    size_t length = field != NULL ? strlen(field) : 0;
    bool repeats =
        length > 0 && strncmp(why->spanish, field, length) == 0 && why->spanish[length] == ' ';
    return why->spanish + (repeats ? length + 1 : 0);
}

void problem_answer(struct response *response, enum problem problem, enum lang lang,
                    const struct problem_about *about)
{
    static const struct problem_about nothing = { .field = NULL };
    const struct problem_row *row = &problems[problem];
    struct buffer text = { 0 };
    struct problem_about said;
    about = about != NULL ? about : &nothing;
    response_clear(response);
    response->status = row->status;
    response->content_type = "application/problem+json";
    struct json_writer json = json_write_to(&response->body);
    json_object_begin(&json, NULL);
    buffer_format(&text, "urn:carrito:problem:%s", row->code);
    json_text(&json, "type", text.bytes);
    json_text(&json, "title", row->title[lang]);
    json_int(&json, "status", row->status);
    buffer_clear(&text);
    said = *about;
    if (about->why != NULL)
        said.what = reason_in(about->why, lang, about->field);
    expand(&text, row->detail[lang], &said);
    json_text(&json, "detail", text.bytes);
    json_text(&json, "code", row->code);
    if (about->field != NULL && about->field[0] != '\0')
        json_text(&json, "field", about->field);
    json_object_end(&json);
    buffer_free(&text);
    response_header(response, "Content-Language", lang_name(lang));
    if (row->status == 401)
        response_header(response, "WWW-Authenticate", "Bearer realm=\"carrito\"");
}

int problem_status(enum problem problem)
{
    return problems[problem].status;
}
