/* GPX by expat: the file goes in by pieces, and the parser rests at the end of each point. */
#include "agent/gpx.h"

#include <expat.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PIECE_BYTES      16384
#define DEPTH_MAX        64 /* elements within each other; GPX has five. Deeper ends the reading */
#define WORD_MAX         63 /* bytes of a number or a time; longer ones are none */
#define ENTITY_BYTES_MAX 64 /* that an entity may stand for; a longer one ends the reading */
#define SEPARATOR        '\n' /* between a namespace and a name: no namespace can have it */

enum element { ELEMENT_OTHER, ELEMENT_ELE, ELEMENT_TIME };

struct gpx {
    XML_Parser parser;
    const char *text; /* the caller's */
    size_t length, at;
    bool has_namespaces, rests, ended;
    size_t given, passed; /* points to the caller; of them, those read again so far */
    int depth;
    int point_depth;      /* of the point that is being read, 0: none */
    int extensions_depth; /* what is in there is not GPX's, 0: not in there */
    char *space;          /* namespace or prefix of the root, which GPX's elements have too */
    enum element element;
    char word[WORD_MAX + 1];
    size_t word_length; /* may pass WORD_MAX: then the word is none */
    struct fix point;
    bool is_whole; /* the point, and it has a place */
    const char *error;
    unsigned long error_line;
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* The text without blanks around it, cut in place. */
static char *trim(char *text)
{
    size_t length = strlen(text);

    while (length > 0 && is_blank(text[length - 1]))
        text[--length] = '\0';
    while (is_blank(*text))
        text++;
    return text;
}

/* xsd:decimal, blanks around it allowed; else NAN. strtod takes more: "nan", hex, exponents. */
static double number(const char *from)
{
    char text[WORD_MAX + 1];
    char *end;

    if (from == NULL || strlen(from) > WORD_MAX)
        return NAN;
    const char *trimmed = trim(strcpy(text, from));
    if (*trimmed == '\0' || strspn(trimmed, "+-.0123456789") != strlen(trimmed))
        return NAN;
    double value = strtod(trimmed, &end);
    return *end == '\0' && end[-1] != '-' && end[-1] != '+' ? value : NAN;
}

static int digits(const char *text, size_t count)
{
    int value = 0;

    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + text[i] - '0';
    }
    return value;
}

/* ".25" in ms; what is no fraction is none. `*text` is moved behind it. */
static int fraction_ms(const char **text)
{
    int ms = 0;
    int unit = 100;

    if (**text != '.')
        return 0;
    for ((*text)++; **text >= '0' && **text <= '9'; (*text)++) {
        ms += (**text - '0') * unit;
        unit /= 10;
    }
    return ms;
}

/* "-03:00" in ms; what is none (GPX demands "Z") is 0. */
static int64_t offset_ms(const char *text)
{
    if ((*text != '+' && *text != '-') || strlen(text) != 6 || text[3] != ':' ||
        digits(text + 1, 2) < 0 || digits(text + 4, 2) < 0)
        return 0;
    int64_t ms = (digits(text + 1, 2) * 60 + digits(text + 4, 2)) * INT64_C(60000);
    return *text == '-' ? -ms : ms;
}

/* 2026-09-06T12:00:00Z, with or without a fraction. */
static int64_t read_time(const char *text)
{
    static const char shape[] = "0000-00-00T00:00:00";
    struct tm date = { 0 };

    if (strlen(text) < sizeof shape)
        return FIX_TIME_ABSENT;
    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] != '0' ? text[i] != shape[i] : text[i] < '0' || text[i] > '9')
            return FIX_TIME_ABSENT;
    date.tm_year = digits(text, 4) - 1900;
    date.tm_mon = digits(text + 5, 2) - 1;
    date.tm_mday = digits(text + 8, 2);
    date.tm_hour = digits(text + 11, 2);
    date.tm_min = digits(text + 14, 2);
    date.tm_sec = digits(text + 17, 2);
    /* 1970 stays out: an offset could bring its first hours before the beginning of time. */
    if (date.tm_year < 71 || date.tm_mon < 0 || date.tm_mon > 11 || date.tm_mday < 1 ||
        date.tm_mday > 31 || date.tm_hour > 23 || date.tm_min > 59 || date.tm_sec > 60)
        return FIX_TIME_ABSENT;
    const char *rest = text + sizeof shape - 1;
    int ms = fraction_ms(&rest);
    return (int64_t)timegm(&date) * 1000 + ms - offset_ms(rest);
}

static void stop(struct gpx *gpx, const char *error)
{
    gpx->error = error;
    XML_StopParser(gpx->parser, XML_FALSE);
}

/* The name without its namespace, or NULL where that is not the root's. */
static const char *own_name(const struct gpx *gpx, const char *name)
{
    const char *cut = strrchr(name, gpx->has_namespaces ? SEPARATOR : ':');
    size_t length = cut != NULL ? (size_t)(cut - name) : 0;

    if (strlen(gpx->space) != length || strncmp(gpx->space, name, length) != 0)
        return NULL;
    return cut != NULL ? cut + 1 : name;
}

/* False: the document is no GPX, or memory ran out. */
static bool begin_root(struct gpx *gpx, const char *name)
{
    const char *cut = strrchr(name, gpx->has_namespaces ? SEPARATOR : ':');

    free(gpx->space);
    gpx->space = strndup(name, cut != NULL ? (size_t)(cut - name) : 0);
    return gpx->space != NULL && strcmp(cut != NULL ? cut + 1 : name, "gpx") == 0;
}

static void begin_point(struct gpx *gpx, const char **attributes)
{
    gpx->point_depth = gpx->depth;
    fix_clear(&gpx->point);
    for (; *attributes != NULL; attributes += 2)
        if (strcmp(attributes[0], "lat") == 0)
            gpx->point.lat = number(attributes[1]);
        else if (strcmp(attributes[0], "lon") == 0)
            gpx->point.lon = number(attributes[1]);
}

static void XMLCALL begin_element(void *data, const char *name, const char **attributes)
{
    struct gpx *gpx = data;

    if (++gpx->depth > DEPTH_MAX) {
        stop(gpx, "too many elements within each other");
        return;
    }
    if (gpx->depth == 1 && !begin_root(gpx, name)) {
        stop(gpx, "no gpx element");
        return;
    }
    const char *own = own_name(gpx, name);
    if (gpx->extensions_depth > 0 || own == NULL)
        return;
    if (strcmp(own, "extensions") == 0) {
        gpx->extensions_depth = gpx->depth;
    } else if (gpx->point_depth == 0 && strcmp(own, "trkpt") == 0) {
        begin_point(gpx, attributes);
    } else if (gpx->point_depth > 0 && gpx->depth == gpx->point_depth + 1) {
        gpx->element = strcmp(own, "ele") == 0    ? ELEMENT_ELE
                       : strcmp(own, "time") == 0 ? ELEMENT_TIME
                                                  : ELEMENT_OTHER;
        gpx->word_length = 0;
    }
}

/* Of comments, CDATA and entities expat makes what they are. */
static void XMLCALL take_text(void *data, const char *text, int length)
{
    struct gpx *gpx = data;
    size_t rest = WORD_MAX - gpx->word_length;

    if (gpx->element == ELEMENT_OTHER || gpx->depth != gpx->point_depth + 1)
        return;
    if ((size_t)length > rest) {
        gpx->element = ELEMENT_OTHER;
        return;
    }
    memcpy(gpx->word + gpx->word_length, text, (size_t)length);
    gpx->word_length += (size_t)length;
}

static void end_child(struct gpx *gpx)
{
    gpx->word[gpx->word_length] = '\0';
    if (gpx->element == ELEMENT_ELE)
        gpx->point.alt = number(gpx->word);
    else if (gpx->element == ELEMENT_TIME)
        gpx->point.time_ms = read_time(trim(gpx->word));
    gpx->element = ELEMENT_OTHER;
}

static void end_point(struct gpx *gpx)
{
    struct fix *point = &gpx->point;

    gpx->point_depth = 0;
    if (!(fabs(point->lat) <= 90) || !(fabs(point->lon) <= 180) ||
        (point->lat == 0 && point->lon == 0))
        return;
    if (gpx->passed < gpx->given) {
        gpx->passed++;
        return;
    }
    point->mode = isnan(point->alt) ? FIX_2D : FIX_3D;
    gpx->is_whole = true;
    XML_StopParser(gpx->parser, XML_TRUE);
}

static void XMLCALL end_element(void *data, const char *name)
{
    struct gpx *gpx = data;

    (void)name;
    if (gpx->depth == gpx->extensions_depth)
        gpx->extensions_depth = 0;
    else if (gpx->point_depth > 0 && gpx->depth == gpx->point_depth + 1)
        end_child(gpx);
    else if (gpx->depth == gpx->point_depth)
        end_point(gpx);
    gpx->depth--;
}

/* Entities of entities, or long ones, can make a small file endless. */
static void XMLCALL take_entity(void *data, const char *name, int is_parameter, const char *value,
                                int length, const char *base, const char *system,
                                const char *public, const char *notation)
{
    (void)name, (void)is_parameter, (void)base, (void)system, (void)public, (void)notation;
    if (value != NULL && (length > ENTITY_BYTES_MAX || memchr(value, '&', (size_t)length)))
        stop(data, "an entity that stands for too much");
}

/* Encodings that expat does not know: only their ASCII matters, and nearly all have it. */
static int XMLCALL take_encoding(void *data, const char *name, XML_Encoding *encoding)
{
    (void)data, (void)name;
    for (int byte = 0; byte < 256; byte++)
        encoding->map[byte] = byte;
    encoding->data = NULL;
    encoding->convert = NULL;
    encoding->release = NULL;
    return XML_STATUS_OK;
}

/* The bytes before the document: a mark of UTF-8 and blanks, which XML would not have there. */
static size_t bytes_before(const char *text, size_t length)
{
    size_t at = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    while (at < length && is_blank(text[at]))
        at++;
    return at;
}

/* Begins at the beginning. False: memory ran out. */
static bool begin(struct gpx *gpx)
{
    XML_ParserFree(gpx->parser);
    gpx->parser =
        gpx->has_namespaces ? XML_ParserCreateNS(NULL, SEPARATOR) : XML_ParserCreate(NULL);
    if (gpx->parser == NULL)
        return false;
    gpx->at = bytes_before(gpx->text, gpx->length);
    gpx->passed = 0;
    gpx->depth = gpx->point_depth = gpx->extensions_depth = 0;
    gpx->element = ELEMENT_OTHER;
    gpx->rests = false;
    XML_SetUserData(gpx->parser, gpx);
    XML_SetElementHandler(gpx->parser, begin_element, end_element);
    XML_SetCharacterDataHandler(gpx->parser, take_text);
    XML_SetEntityDeclHandler(gpx->parser, take_entity);
    XML_SetUnknownEncodingHandler(gpx->parser, take_encoding, NULL);
    /* Entities that nobody declared (&nbsp; in a name) are passed over, they end nothing. */
    XML_UseForeignDTD(gpx->parser, XML_TRUE);
    return true;
}

/* After an error of expat: is there another way to read the file? */
static bool tries_again(struct gpx *gpx)
{
    enum XML_Error code = XML_GetErrorCode(gpx->parser);

    if (gpx->error == NULL)
        gpx->error = XML_ErrorString(code);
    gpx->error_line = (unsigned long)XML_GetCurrentLineNumber64(gpx->parser);
    /* Trackers leave the declaration of an extension's prefix out. */
    if (code == XML_ERROR_UNBOUND_PREFIX && gpx->has_namespaces) {
        gpx->has_namespaces = false;
        gpx->error = NULL;
        return begin(gpx);
    }
    return false;
}

static enum XML_Status parse_on(struct gpx *gpx)
{
    size_t piece = gpx->length - gpx->at;

    if (gpx->rests)
        return XML_ResumeParser(gpx->parser);
    if (piece > PIECE_BYTES)
        piece = PIECE_BYTES;
    const char *from = gpx->text + gpx->at;
    gpx->at += piece;
    return XML_Parse(gpx->parser, from, (int)piece, gpx->at == gpx->length);
}

bool gpx_next(struct gpx *gpx, struct fix *fix)
{
    while (!gpx->ended) {
        enum XML_Status status = parse_on(gpx);
        gpx->rests = status == XML_STATUS_SUSPENDED;
        if (status == XML_STATUS_ERROR) {
            gpx->ended = !tries_again(gpx);
        } else if (status == XML_STATUS_OK) {
            gpx->ended = gpx->at == gpx->length;
        } else if (gpx->is_whole) {
            gpx->is_whole = false;
            gpx->given++;
            gpx->passed++;
            *fix = gpx->point;
            return true;
        }
    }
    return false;
}

struct gpx *gpx_open(const char *text, size_t length)
{
    struct gpx *gpx = calloc(1, sizeof *gpx);

    if (gpx != NULL) {
        gpx->text = text;
        gpx->length = length;
        gpx->has_namespaces = true;
        if (!begin(gpx)) {
            gpx_close(gpx);
            gpx = NULL;
        }
    }
    return gpx;
}

void gpx_close(struct gpx *gpx)
{
    if (gpx != NULL) {
        XML_ParserFree(gpx->parser);
        free(gpx->space);
        free(gpx);
    }
}

const char *gpx_error(const struct gpx *gpx, unsigned long *line)
{
    *line = gpx->error_line;
    return gpx->error;
}

bool gpx_is(const char *text, size_t length)
{
    size_t at = bytes_before(text, length);

    /* "<" in UTF-8, and in UTF-16 of either order, with its mark and without. */
    if (length - at >= 4 &&
        (memcmp(text + at, "\xff\xfe<", 4) == 0 || memcmp(text + at, "\xfe\xff\0<", 4) == 0))
        return true;
    return length - at >= 2 && (text[at] == '<' || memcmp(text + at, "\0<", 2) == 0);
}
