/* A table of sentences. In the English `{}` stands for some words, which are {1}, {2}, {3} in the
 * Spanish. tests/e2e/http_bad_values_test.py knows where the sentences come from and misses none.
 */
#include "collector/http/reason.h"

#include <stdbool.h>
#include <string.h>

#define WORDS_MAX 3

static const struct {
    const char *english, *spanish;
} rows[] = {
    /* A body. */
    { "empty", "está vacío" },
    { "too long: {} bytes, at most {}", "es muy largo: {1} bytes, a lo más {2}" },
    { "not UTF-8", "no es UTF-8" },
    { "NUL byte", "tiene un byte NUL" },
    { "NUL inside a string", "tiene un NUL en un texto" },
    { "nested too deep", "está anidado a demasiada profundidad" },
    { "not a JSON object", "no es un objeto" },
    { "the key {} stands twice", "la clave {1} viene dos veces" },
    { "more than {} keys in an object", "un objeto tiene más de {1} claves" },
    { "a number that is not finite", "tiene un número que no es finito" },
    { "an integer over 2^53-1", "tiene un entero mayor que 2^53-1" },
    { "not JSON", "no es JSON" },
    { "too many keys", "tiene demasiadas claves" },
    { "not JSON: \\u needs four hexadecimal digits",
      "no es JSON: \\u lleva cuatro cifras hexadecimales" },
    { "not JSON: a lone surrogate in a string", "no es JSON: un texto tiene medio carácter" },
    { "not JSON: the text ends inside a string", "no es JSON: termina en medio de un texto" },
    { "not JSON: an unknown escape in a string", "no es JSON: un texto tiene un \\ desconocido" },
    { "not JSON: a control character in a string",
      "no es JSON: un texto tiene un carácter de control" },
    { "not JSON: a value is missing or misspelt", "no es JSON: falta un valor o está mal escrito" },
    { "not JSON: a number with a leading zero", "no es JSON: un número empieza con cero" },
    { "not JSON: a number that ends with a point", "no es JSON: un número termina en punto" },
    { "not JSON: a number without its exponent", "no es JSON: a un número le falta el exponente" },
    { "not JSON: a key is missing", "no es JSON: falta una clave" },
    { "not JSON: a colon is missing", "no es JSON: faltan los dos puntos" },
    { "not JSON: a comma or {} is missing", "no es JSON: falta una coma o {1}" },
    { "not JSON: something follows the object", "no es JSON: hay algo después del objeto" },
    /* A member, or a parameter. */
    { "{} is missing", "falta" },
    { "{} must be an integer", "debe ser un entero" },
    { "{} must be a number", "debe ser un número" },
    { "{} must be a number from {} to {}", "debe ser un número entre {2} y {3}" },
    { "{} must be from {} to {}", "debe estar entre {2} y {3}" },
    { "{} must be a string", "debe ser un texto" },
    { "{} must be true or false", "debe ser true o false" },
    { "{} must have {} to {} characters", "debe tener de {2} a {3} caracteres" },
    { "{} must have at most {} characters", "debe tener a lo más {2} caracteres" },
    { "{} must have at most {} bytes", "debe tener a lo más {2} bytes" },
    { "{} must not be blank", "no puede estar en blanco" },
    { "{} must not be negative", "no puede ser negativo" },
    { "{} must be a name", "debe ser un nombre" },
    { "{} must be a plate: 3 to 16 of A-Z, 0-9 and -, as BBCL23",
      "debe ser una patente: de 3 a 16 de A-Z, 0-9 y -, como BBCL23" },
    { "{} must be a part of a plate: at most 16 of A-Z, 0-9 and -",
      "debe ser parte de una patente: a lo más 16 de A-Z, 0-9 y -" },
    { "{} must be a mail address, as ana@example.org",
      "debe ser una dirección de correo, como ana@example.org" },
    { "{} must be letters, digits and {}", "solo puede tener letras sin tilde, cifras y {2}" },
    { "{} must be 16 to 32 of [0-9a-f]", "debe tener de 16 a 32 de [0-9a-f]" },
    { "{} must be 32 hexadecimal digits", "debe tener 32 cifras hexadecimales" },
    { "{} must be a time, 2026-09-18T12:00:00Z", "debe ser una hora, 2026-09-18T12:00:00Z" },
    { "{} must not be in the future", "no puede ser en el futuro" },
    { "{} must not be more than a year ago", "no puede ser de hace más de un año" },
    { "lat and lon come together", "lat y lon van juntos" },
    { "rut or passport must be given, and not both", "va rut o passport, y no los dos" },
    { "rut must be as 12345678-5, with the right check digit",
      "debe ser como 12345678-5, con su dígito verificador" },
    { "passport must be 5 to 20 of A-Z and 0-9", "debe tener de 5 a 20 de A-Z y 0-9" },
    { "product must be one of the guild's", "debe ser uno de los del gremio" },
    { "kind must be events, orders or members", "debe ser events, orders o members" },
    { "role must be viewer, operator, admin, vendor or tracker",
      "debe ser viewer, operator, admin, vendor o tracker" },
    { "a vendor, and nobody else, is bound to a cart",
      "un vendor, y nadie más, va unido a un carro" },
    { "command must be locate, replay, config or certificate",
      "debe ser locate, replay, config o certificate" },
    { "certificate must be one in PEM", "debe ser un certificado en PEM" },
    { "type must be sale, void, location, stock, order or clock",
      "debe ser sale, void, location, stock, order o clock" },
    { "clock must be gps, ntp, rtc or none", "debe ser gps, ntp, rtc o none" },
    /* What was set aside, or is a dead letter. */
    { "a phone's position has no {}", "la posición de un teléfono no lleva {1}" },
    { "the topic must be owntracks/{user}/{device}", "debe ser owntracks/{user}/{device}" },
    { "the {} of the topic must be a plate, [A-Z0-9][A-Z0-9-]{2,15}",
      "en el tópico debe ir una patente, [A-Z0-9][A-Z0-9-]{2,15}" },
    { "no cart is known by the name {}", "no se conoce un carro de nombre {1}" },
    { "the phone encrypts its messages and no key is known here",
      "el teléfono cifra sus mensajes y aquí no hay clave" },
    { "OwnTracks has no _type of this name", "OwnTracks no tiene un _type de este nombre" },
    { "there is nothing in it", "no tiene nada" },
    { "a retained message, which says nothing of now",
      "es un mensaje retenido, que no dice nada de ahora" },
    { "nothing is read from the topic {}", "del tópico {1} no se lee nada" },
    { "it does not say where it came from", "no dice de dónde vino" },
    { "there is no sale with receipt {} in this epoch", "no hay una venta {1} en esta época" },
    { "a {} event counts in its own epoch only; it can be dropped",
      "un evento {1} solo cuenta en su propia época; se puede descartar" },
};
#define ROWS (sizeof rows / sizeof *rows)

struct words {
    const char *start;
    size_t length;
};

/* True where the text is the pattern with some words for each {}. */
static bool fits(const char *pattern, const char *text, struct words words[WORDS_MAX])
{
    size_t count = 0;
    for (const char *mark; (mark = strstr(pattern, "{}")) != NULL; pattern = mark + 2) {
        size_t length = (size_t)(mark - pattern);
        if (strncmp(text, pattern, length) != 0 || count == WORDS_MAX)
            return false;
        const char *after = mark + 2;
        size_t literal = strcspn(after, "{");
        const char *end = text += length;
        while (*end != '\0' && (literal == 0 || strncmp(end, after, literal) != 0))
            end++;
        words[count++] = (struct words){ text, (size_t)(end - text) };
        text = end;
    }
    return strcmp(pattern, text) == 0;
}

static void write(struct buffer *out, const char *spanish, const struct words words[WORDS_MAX])
{
    for (; *spanish != '\0'; spanish++) {
        if (spanish[0] == '{' && spanish[1] >= '1' && spanish[1] <= '3' && spanish[2] == '}') {
            const struct words *one = &words[spanish[1] - '1'];
            buffer_append(out, one->start, one->length);
            spanish += 2;
        } else {
            buffer_append(out, spanish, 1);
        }
    }
}

/* Whether the pattern begins with a name that the Spanish leaves to who names the field. */
static bool leaves_name(size_t row)
{
    return strncmp(rows[row].english, "{}", 2) == 0 && strstr(rows[row].spanish, "{1}") == NULL;
}

static bool is(const struct words *name, const char *field)
{
    return field != NULL && strlen(field) == name->length &&
           strncmp(field, name->start, name->length) == 0;
}

void reason_in_spanish(struct buffer *out, const char *english, const char *field)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct words words[WORDS_MAX] = { 0 };
        if (!fits(rows[i].english, english, words))
            continue;
        if (leaves_name(i) && !is(&words[0], field)) {
            buffer_append(out, words[0].start, words[0].length);
            buffer_text(out, " ");
        }
        write(out, rows[i].spanish, words);
        return;
    }
    buffer_text(out, english);
}
