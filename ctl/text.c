/* The table of messages. A text is a format; text_test.c checks that both languages convert alike,
 * because the compiler cannot. */
#include "ctl/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct words texts[TEXTS] = {
    [TEXT_USAGE] = { "uso: carritoctl COMANDO [OPCIONES]\n",
                     "usage: carritoctl COMMAND [OPTIONS]\n" },
    [TEXT_COMMANDS] = { "\ncomandos (carritoctl COMANDO --help dice más):\n",
                        "\ncommands (carritoctl COMMAND --help says more):\n" },
    [TEXT_COMMAND_USAGE] = { "uso: carritoctl %s %s\n%s\n", "usage: carritoctl %s %s\n%s\n" },
    [TEXT_ACTIONS] = { "\nacciones:\n", "\nactions:\n" },
    [TEXT_OPTIONS] = { "\nopciones:\n", "\noptions:\n" },
    [TEXT_SETTINGS] = { "\najustes (archivo < entorno < opción):\n",
                        "\nsettings (file < environment < option):\n" },
    [TEXT_COMMAND_UNKNOWN] = { "no existe el comando «%s»; «carritoctl --help» los muestra",
                               "there is no command \"%s\"; \"carritoctl --help\" lists them" },
    [TEXT_COMMAND_NEAREST] = { "no existe el comando «%s»; ¿quizás «%s»?",
                               "there is no command \"%s\"; did you mean \"%s\"?" },
    [TEXT_OPTION_UNKNOWN] = { "no existe la opción «%s»; «--help» muestra las que hay",
                              "there is no option \"%s\"; \"--help\" lists those of the command" },
    [TEXT_OPTION_NEAREST] = { "no existe la opción «%s»; ¿quizás «--%s»?",
                              "there is no option \"%s\"; did you mean \"--%s\"?" },
    [TEXT_OPTION_NO_VALUE] = { "falta el valor de --%s: %s", "--%s needs a value: %s" },
    [TEXT_OPTION_FLAG_VALUE] = { "--%s no lleva valor", "--%s takes no value" },
    [TEXT_OPTION_BAD] = { "--%s no puede ser «%s»: %s", "--%s cannot be \"%s\": %s" },
    [TEXT_OPTIONS_TOO_MANY] = { "demasiadas opciones", "too many options" },
    [TEXT_WORD_TOO_MANY] = { "sobra la palabra «%s»; «--help» muestra el uso",
                             "the word \"%s\" is one too many; \"--help\" shows the usage" },
    [TEXT_WORD_MISSING] = { "falta una palabra: %s", "a word is missing: %s" },
    [TEXT_WORD_BAD] = { "aquí no puede ir «%s»: %s", "\"%s\" cannot be here: %s" },
    [TEXT_WORD_UNKNOWN] = { "«carritoctl %s» no tiene «%s»; «--help» muestra lo que hay",
                            "\"carritoctl %s\" has no \"%s\"; \"--help\" lists what there is" },
    [TEXT_WORD_NEAREST] = { "«carritoctl %s» no tiene «%s»; ¿quizás «%s»?",
                            "\"carritoctl %s\" has no \"%s\"; did you mean \"%s\"?" },
    [TEXT_WANTS_NUMBER] = { "un número, por ejemplo -33.45", "a number, for example -33.45" },
    [TEXT_WANTS_PLACE] = { "un número entero desde 0", "a whole number from 0" },
    [TEXT_WANTS_COUNT] = { "un número entero desde 1, por ejemplo 20",
                           "a whole number from 1, for example 20" },
    [TEXT_WANTS_DAY] = { "una fecha AAAA-MM-DD, «hoy» o «ayer»",
                         "a date YYYY-MM-DD, \"today\" or \"yesterday\"" },
    [TEXT_WANTS_TIME] = { "una fecha AAAA-MM-DD, «hoy», «ayer» o una hora "
                          "2026-09-06T13:00:00-03:00",
                          "a date YYYY-MM-DD, \"today\", \"yesterday\" or an instant "
                          "2026-09-06T13:00:00-03:00" },
    [TEXT_WANTS_CART] = { "una patente, por ejemplo BBCL23", "a plate, for example BBCL23" },
    [TEXT_WANTS_TEXT] = { "un texto de 1 a 200 bytes", "a text of 1 to 200 bytes" },
    [TEXT_JSON_AND_CSV] = { "--json y --csv no van juntas: elija una",
                            "--json and --csv exclude each other: choose one" },
    [TEXT_DAY_AND_RANGE] = { "--day, --all y --from/--to no van juntas: elija una",
                             "--day, --all and --from/--to exclude each other: choose one" },
    [TEXT_CSV_AND_WATCH] = { "--watch es para mirar: no va con --csv",
                             "--watch is for watching: it does not go with --csv" },
    [TEXT_DIALECT_AND_JSON] = { "--dialect es una forma de CSV: no va con --json",
                                "--dialect is a form of CSV: it does not go with --json" },
    [TEXT_SERVER_AWAY] = { "no responde ningún carrito-collector en %s (%s): "
                           "¿está en marcha? La dirección se da con --url o CARRITO_URL",
                           "no carrito-collector answers at %s (%s): is it running? "
                           "The address is given by --url or CARRITO_URL" },
    [TEXT_SERVER_STRANGE] = { "lo que responde en %s no es un carrito-collector (estado %ld): "
                              "revise --url o CARRITO_URL",
                              "what answers at %s is no carrito-collector (status %ld): "
                              "check --url or CARRITO_URL" },
    [TEXT_TOKEN_MISSING] = { "falta la credencial: entre con «carritoctl login»",
                             "no token yet: sign in with \"carritoctl login\"" },
    [TEXT_TOKEN_REFUSED] = { "la credencial no vale o venció: entre con «carritoctl login» "
                             "(o revise CARRITO_TOKEN)",
                             "the token is not valid or has expired: sign in with "
                             "\"carritoctl login\" (or check CARRITO_TOKEN)" },
    [TEXT_FORBIDDEN] = { "su rol no permite esto: %s", "your role does not allow this: %s" },
    [TEXT_RETRY_AFTER] = { "demasiados intentos: %s; pruebe de nuevo en %ld s",
                           "too many attempts: %s; try again in %ld s" },
    [TEXT_REFUSED] = { "el servidor no aceptó (%ld): %s", "the server refused (%ld): %s" },
    [TEXT_REFUSED_FIELD] = { "el servidor no aceptó (%ld), campo «%s»: %s",
                             "the server refused (%ld), field \"%s\": %s" },
    [TEXT_MORE_ROWS] = { "hay más filas después de estas %zu; sin --limit salen todas",
                         "there are more rows after these %zu; without --limit all are shown" },
    [TEXT_NO_ROWS] = { "no hay filas", "no rows" },
    [TEXT_DAILY_DAY] = { "Ventas del día %s (%s)", "Sales of the day %s (%s)" },
    [TEXT_DAILY_RANGE] = { "Ventas desde %s hasta %s (%s)", "Sales from %s to %s (%s)" },
    [TEXT_DAILY_ALL] = { "Ventas de todos los días (%s)", "Sales of all days (%s)" },
    [TEXT_LOGIN_USER] = { "Usuario: ", "User: " },
    [TEXT_LOGIN_PASSWORD] = { "Clave: ", "Password: " },
    [TEXT_LOGIN_NEEDS_USER] = { "sin terminal hace falta --user NOMBRE; la clave es una línea "
                                "de la entrada estándar",
                                "without a terminal --user NAME is needed; the password is one "
                                "line of standard input" },
    [TEXT_LOGIN_NO_PASSWORD] = { "falta la clave: no llegó ninguna línea",
                                 "no password: no line came" },
    [TEXT_LOGIN_DONE] = { "Sesión abierta como %s (rol %s) en %s hasta %s; guardada en %s",
                          "Signed in as %s (role %s) at %s until %s; kept in %s" },
    [TEXT_LOGIN_REFUSED] = { "usuario o clave incorrectos", "wrong user or password" },
    [TEXT_LOGIN_TOKEN_SET] = { "aviso: CARRITO_TOKEN está puesta y vale más que la sesión guardada",
                               "note: CARRITO_TOKEN is set and comes before what was kept" },
    [TEXT_PASSWORD_AGAIN] = { "Otra vez: ", "Again: " },
    [TEXT_PASSWORDS_DIFFER] = { "las dos claves son distintas", "the two passwords differ" },
    [TEXT_FILE_NOT_READ] = { "no se puede leer %s: %s", "cannot read %s: %s" },
    [TEXT_IMPORT_REFUSED] = { "lo rechazado está en «carritoctl dead-letters», con su motivo",
                              "what was refused is in \"carritoctl dead-letters\", with its "
                              "reason" },
    [TEXT_SIMULATE_PROGRESS] = { "producidos %.0f de %.0f", "produced %.0f of %.0f" },
    [TEXT_FILE_EXISTS] = { "%s ya existe: bórrelo o elija otro con --out",
                           "%s exists already: remove it or choose another with --out" },
    [TEXT_CRYPTO_FAILED] = { "no se pudo firmar: %s", "cannot sign: %s" },
    [TEXT_AUTHORITY_MADE] = { "autoridad nueva para los carros en %s: guarde %s/carts-ca.key lejos "
                              "de los servidores, con copia; carts-ca.crt y carts.crl van al "
                              "broker",
                              "new authority over the carts in %s: keep %s/carts-ca.key off the "
                              "servers, with a copy; carts-ca.crt and carts.crl go to the broker" },
    [TEXT_AUTHORITY_DIFFERS] = { "%s no es la clave de %s", "%s is not the key of %s" },
    [TEXT_BROKERS_MISSING] = { "¿dónde están los brokers de los carros? Diga --broker "
                               "host[:puerto],… y --broker-ca ARCHIVO; quedan en %s y %s",
                               "where are the carts' brokers? Say --broker host[:port],… and "
                               "--broker-ca FILE; they are kept in %s and %s" },
    [TEXT_NO_CERTIFICATE] = { "%s no tiene ningún certificado (PEM)",
                              "%s has no certificate (PEM)" },
    [TEXT_CERTIFICATE_UNKNOWN] = { "%s no tiene en %s/carts ningún certificado que valga",
                                   "%s has no valid certificate in %s/carts" },
    [TEXT_CART_ADDED] = { "%s hace de una placa ese carro: llévelo por un camino seguro y, allá, "
                          "«carrito-agent enrol ARCHIVO»; o déjelo como carrito.enrol en la "
                          "partición de arranque",
                          "%s makes a board that cart: bring it there by a safe way and say "
                          "\"carrito-agent enrol FILE\", or put it as carrito.enrol on the "
                          "partition that the board boots from" },
    [TEXT_REPLAY_WANTS] = { "diga una PATENTE o --all, y --since DÍA o MOMENTO",
                            "say a PLATE or --all, and --since DAY or TIME" },
    [TEXT_REPLAY_ASKED] = { "carros a los que se les pidió: %zu; cada uno manda cuando se conecta",
                            "carts that were asked: %zu; each sends once it is connected" },
    [TEXT_NO_AUTHORITY_BESIDE] = { "junto a %s no está carts-ca.crt, con que se revisa la lista",
                                   "carts-ca.crt, by which the list is checked, is not beside %s" },
    [TEXT_LIST_OTHERS] = { "%s no es una lista firmada por la autoridad de los carros: con ella no "
                           "entraría ninguno",
                           "%s is no list that the carts' authority has signed: with it no cart "
                           "would come in" },
    [TEXT_LIST_OLDER] = { "%s es más antigua que %s", "%s is older than %s" },
    [TEXT_BROKER_NOT_RELOADED] = { "mosquitto no leyó la lista (%s; ¿sin permiso?): systemctl "
                                   "reload mosquitto y repita",
                                   "mosquitto was not told of the list (%s; not permitted?): "
                                   "systemctl reload mosquitto and try again" },
    [TEXT_BROKER_REFUSED] = { "el broker %s no lo permite (%s): --mqtt-user y "
                              "--mqtt-password-file del puente, en el mismo equipo",
                              "the broker %s does not permit it (%s): --mqtt-user and "
                              "--mqtt-password-file of the bridge, on the same machine" },
    [TEXT_BROKER_SILENT] = { "el broker %s no responde: la lista vale desde que lo haga",
                             "the broker %s does not answer: the list counts from when it does" },
    [TEXT_CART_CAME_BACK] = { "%s volvió a entrar: crlfile no está puesto en el broker. Quite el # "
                              "y reinícielo; hasta entonces, al final de carrito.acl y con "
                              "systemctl reload mosquitto:\nuser %s\ntopic deny #",
                              "%s came in again: crlfile is not set at the broker. Take the # away "
                              "and restart it; until then, at the end of carrito.acl and with "
                              "systemctl reload mosquitto:\nuser %s\ntopic deny #" },
    [TEXT_CART_REVOKED] = { "los certificados de %s ya no valen. Lleve %s a cada broker y, allá: "
                            "carritoctl cart revoke %s --crl carts.crl --mqtt-user carrito-bridge "
                            "--mqtt-password-file /etc/carrito/bridge.password",
                            "the certificates of %s are taken back. Bring %s to each broker and "
                            "say "
                            "there: carritoctl cart revoke %s --crl carts.crl --mqtt-user "
                            "carrito-bridge --mqtt-password-file /etc/carrito/bridge.password" },
    [TEXT_CART_OUT] = { "%s está fuera de este broker: no volvió a entrar en %d s",
                        "%s is out of this broker: it did not come in again within %d s" },
    [TEXT_CART_ASKS_NOTHING] = { "ese carro no pide certificado: lo hace desde 30 días antes de "
                                 "que "
                                 "venza el suyo, cuando se conecta",
                                 "that cart asks for no certificate: it does from 30 days before "
                                 "its own ends, when it connects" },
    [TEXT_CART_RENEWED] = { "certificado nuevo firmado y enviado a %s: lo toma cuando se conecte, "
                            "a "
                            "más tardar en 24 h",
                            "new certificate signed and sent to %s, which takes it when it "
                            "connects, within 24 h" },
    [TEXT_FORGET_DONE] = { "sesión cerrada; %s ya no guarda la credencial",
                           "signed out; %s keeps no token any more" },
    [TEXT_FORGET_NOT_ENDED] = { "no se pudo cerrar la sesión en %s: la credencial vale allí hasta "
                                "que venza",
                                "could not end the session at %s: the token is valid there until "
                                "it expires" },
    [TEXT_FILE_READABLE] = { "aviso: otros pueden leer %s, que guarda su credencial: chmod 600",
                             "note: others can read %s, which keeps your token: chmod 600" },
    [TEXT_FILE_NOT_WRITTEN] = { "no se pudo escribir %s: %s", "cannot write %s: %s" },
    [TEXT_FILE_NO_HOME] = { "no hay dónde guardar la sesión: ni HOME ni XDG_CONFIG_HOME",
                            "nowhere to keep the session: neither HOME nor XDG_CONFIG_HOME is "
                            "set" },
    [TEXT_TAIL_FILTER_BAD] = { "«%s» no es un filtro MQTT: «+» y «#» ocupan un nivel entero y «#» "
                               "es el último, por ejemplo carrito/v1/+/events",
                               "\"%s\" is no MQTT filter: \"+\" and \"#\" stand for whole levels "
                               "and \"#\" comes last, for example carrito/v1/+/events" },
    [TEXT_TAIL_OFFSET_BAD] = { "-o no puede ser «%s»: beginning, end o -N (los últimos N de cada "
                               "partición)",
                               "-o cannot be \"%s\": beginning, end or -N (the last N of each "
                               "partition)" },
    [TEXT_TAIL_END_MQTT] = { "-e termina al final de Kafka, y MQTT no tiene final: use «tail "
                             "kafka»",
                             "-e ends at the end of Kafka, and MQTT has none: use \"tail kafka\"" },
    [TEXT_TAIL_SOURCE] = { "tras «%s» puede venir un solo filtro; use «tail mqtt %s» o «tail kafka "
                           "%s»",
                           "only one filter goes after \"%s\"; use \"tail mqtt %s\" or \"tail "
                           "kafka %s\"" },
    [TEXT_TAIL_MQTT_AWAY] = { "MQTT: sin conexión con %s (%s); se sigue intentando",
                              "MQTT: not connected to %s (%s); trying on" },
    [TEXT_TAIL_MQTT_HERE] = { "MQTT: conectado a %s, filtro %s",
                              "MQTT: connected to %s, filter %s" },
    [TEXT_TAIL_KAFKA_AWAY] = { "Kafka: sin respuesta de %s (%s); se sigue intentando",
                               "Kafka: no answer from %s (%s); trying on" },
    [TEXT_TAIL_KAFKA_HERE] = { "Kafka: leyendo %zu particiones de %s",
                               "Kafka: reading %zu partitions of %s" },
    [TEXT_TAIL_KAFKA_NO_TOPIC] = { "Kafka: %s no tiene ningún tópico carrito.* para este filtro; "
                                   "se "
                                   "sigue mirando",
                                   "Kafka: %s has no topic carrito.* for this filter; looking on" },
    [TEXT_ZONE_UNKNOWN] = { "zona horaria desconocida: %s (CARRITO_TZ, por ejemplo "
                            "America/Santiago)",
                            "unknown time zone: %s (CARRITO_TZ, for example America/Santiago)" },
};

enum language language_from_text(const char *lang)
{
    return lang && strcmp(lang, "en") == 0 ? LANGUAGE_EN : LANGUAGE_ES;
}

const char *words_in(enum language language, struct words words)
{
    return language == LANGUAGE_EN ? words.en : words.es;
}

const char *text_of(enum language language, enum text_id id)
{
    return words_in(language, texts[id]);
}

void text_say(enum language language, enum text_id id, ...)
{
    va_list values;

    va_start(values, id);
    vfprintf(stderr, text_of(language, id), values);
    va_end(values);
    fputc('\n', stderr);
}

void text_error(enum language language, enum text_id id, ...)
{
    va_list values;

    fputs("carritoctl: ", stderr);
    va_start(values, id);
    vfprintf(stderr, text_of(language, id), values);
    va_end(values);
    fputc('\n', stderr);
}
