/* What the agent says to the vendor, in Spanish or English (CARRITO_LANG). */
#ifndef CARRITO_AGENT_WORDS_H
#define CARRITO_AGENT_WORDS_H

#include <stdint.h>

#include "common/order_state.h"

/* Name, Spanish, English: printf formats, whose arguments the comment above them names, %s for
 * texts and %lld for numbers. What a till says in one row has 20 characters less what stands beside
 * it. */
#define WORDS_TABLE(X)                                                                             \
    /* receipt */                                                                                  \
    X(OK_SALE, "ok venta %lld", "ok receipt %lld")                                                 \
    /* receipt, stock */                                                                           \
    X(OK_SALE_STOCK, "ok venta %lld, quedan %lld", "ok receipt %lld, %lld left")                   \
    /* receipt */                                                                                  \
    X(OK_VOID, "ok anulada la venta %lld", "ok receipt %lld voided")                               \
    /* receipt */                                                                                  \
    X(OK_VOID_AGAIN, "ok la venta %lld ya estaba anulada", "ok receipt %lld was voided already")   \
    /* stock */                                                                                    \
    X(OK_STOCK, "ok quedan %lld en el carro", "ok %lld on the cart")                               \
    /* order, status */                                                                            \
    X(OK_ORDER, "ok pedido %s: %s", "ok order %s: %s")                                             \
    /* receipts, pieces, pesos, voids, waiting */                                                  \
    X(OK_CLOSE,                                                                                    \
      "ok día cerrado: %lld venta%s, %lld sopaipilla%s, $%lld, %lld anulada%s, %lld por "         \
      "enviar",                                                                                    \
      "ok the day is closed: %lld receipt%s, %lld piece%s, $%lld, %lld voided%.0s, %lld waiting")  \
    X(QUANTITY, "la cantidad debe ser un entero de 1 a 10000, p. ej. --quantity 3",                \
      "the quantity must be a whole number from 1 to 10000, e.g. --quantity 3")                    \
    X(AMOUNT, "el monto debe ser un entero de 0 a 1000000000 pesos, p. ej. --amount 1500",         \
      "the amount must be whole pesos, 0 to 1000000000, e.g. --amount 1500")                       \
    X(CLIENT,                                                                                      \
      "el cliente debe tener 1 a 64 caracteres, no solo blancos, p. ej. --client \"Ana Soto\"",    \
      "the client must have 1 to 64 characters, not only blanks, e.g. --client \"Ana Soto\"")      \
    X(ORDER_ID, "el pedido debe tener 1 a 64 caracteres, p. ej. order ID preparando",              \
      "the order must have 1 to 64 characters, e.g. order ID preparando")                          \
    X(STATUS, "el estado debe ser " ORDER_STEPS_FIRST " o " ORDER_STEPS_LAST,                      \
      "the status must be " ORDER_STEPS_FIRST " or " ORDER_STEPS_LAST)                             \
    X(RECEIPT, "la venta debe ser un entero desde 1, p. ej. void 120",                             \
      "the receipt must be a whole number from 1, e.g. void 120")                                  \
    /* receipt */                                                                                  \
    X(NO_RECEIPT, "no hay una venta %lld en este carro", "there is no receipt %lld on this cart")  \
    X(REASON, "el motivo puede tener hasta 200 caracteres",                                        \
      "the reason can have up to 200 characters")                                                  \
    X(STOCK, "lo que queda debe ser un entero desde 0, p. ej. restock 80",                         \
      "what is on the cart must be a whole number from 0, e.g. restock 80")                        \
    X(DISK_FULL, "NO registrado: el disco está lleno o no se puede escribir",                      \
      "NOT recorded: the disk is full or cannot be written")                                       \
    X(DISK_BROKEN,                                                                                 \
      "NO confirmado: falla el disco; antes de repetir, vea con: carrito-agent today",             \
      "NOT confirmed: the disk fails; before you repeat it, look with: carrito-agent today")       \
    X(READ_ONLY,                                                                                   \
      "NO registrado: la tarjeta no se puede escribir: las ventas no quedan "                      \
      "registradas; anótelas en papel y pida que cambien la tarjeta",                              \
      "NOT recorded: the card cannot be written: sales are not recorded; write them "              \
      "down and ask for another card")                                                             \
    X(OTHER_RELEASE,                                                                               \
      "NO registrado: el archivo de ventas de este carro es de otra versión de "                  \
      "carrito-agent y no se tocó; anote las ventas en papel y pida que instalen la "             \
      "versión nueva",                                                                             \
      "NOT recorded: this cart's file of sales is of another release of carrito-agent "            \
      "and was left alone; write sales on paper and ask for the newer release to be "              \
      "installed")                                                                                 \
    /* socket */                                                                                   \
    X(NOT_RUNNING, "el agente no responde en %s; inícielo con: carrito-agent run",                 \
      "no agent answers at %s; start it with: carrito-agent run")                                  \
    X(NO_ANSWER, "el agente no contestó a tiempo; vea con: carrito-agent today",                   \
      "the agent did not answer in time; look with: carrito-agent today")                          \
    X(TOO_LATE, "NO registrado: el agente llegó tarde; puede repetirlo",                           \
      "NOT recorded: the agent came too late; you may repeat it")                                  \
    X(NO_PLATE,                                                                                    \
      "NO registrado: a este carro le falta su patente; póngala en "                              \
      "/etc/carrito/agent.conf (cart=BBCL23) y: systemctl restart carrito-agent",                  \
      "NOT recorded: this cart has no plate yet; write it into /etc/carrito/agent.conf "           \
      "(cart=BBCL23), and: systemctl restart carrito-agent")                                       \
    /* socket */                                                                                   \
    X(NO_PERMISSION,                                                                               \
      "sin permiso para hablar con el agente en %s; quien administra lo da con: "                  \
      "adduser NOMBRE carrito-till (vale desde la próxima sesión)",                                \
      "no permission to speak with the agent at %s; the administrator gives it by: "               \
      "adduser NAME carrito-till (from the next login on)")                                        \
    /* day, receipts, pieces, pesos, voids, waiting */                                             \
    X(TODAY, "%s: %lld venta%s, %lld sopaipilla%s, $%lld, %lld anulada%s, %lld por enviar",        \
      "%s: %lld receipt%s, %lld piece%s, $%lld, %lld voided%.0s, %lld waiting")                    \
    /* behind it */                                                                                \
    X(TODAY_CLOSED, ", cerrado", ", closed")                                                       \
    X(TILL_BUSY, "espere...", "wait...")                                                           \
    /* pieces */                                                                                   \
    X(TILL_ASK, "%lld? Enter otra vez si es así", "%lld? Enter again if so")                       \
    /* pieces */                                                                                   \
    X(TILL_ASK_STOCK, "quedan %lld: Enter otra vez si es así", "%lld left: Enter again if so")     \
    X(TILL_ASK_CLOSE, "cerrar el día: Enter otra vez", "close the day: Enter again")               \
    X(TILL_WRONG, "no entendí; no se hizo nada", "not understood; nothing was done")               \
    X(TILL_LONG, "demasiado largo; no se hizo nada", "too long; nothing was done")                 \
    X(TILL_HELD, "tecla pegada; no se hizo nada", "a key was held; nothing was done")              \
    X(TILL_LOST, "se perdieron teclas; no se hizo nada", "keys were lost; nothing was done")       \
    X(TILL_DROPPED, "borrado; no se hizo nada", "dropped; nothing was done")                       \
    X(TILL_NO_RECEIPT, "no hay venta que anular", "there is no receipt to void")                   \
    X(TILL_NO_ORDER, "no hay ese pedido; vea con / y Enter",                                       \
      "no such order; look with / and Enter")                                                      \
    X(TILL_NO_ORDERS, "no hay pedidos", "there are no orders")                                     \
    /* pieces */                                                                                   \
    X(TILL_LEFT, "quedan %lld", "%lld left")                                                       \
    /* receipt */                                                                                  \
    X(TILL_RECEIPT, " venta %lld", " receipt %lld")                                                \
    /* receipt */                                                                                  \
    X(TILL_RECEIPT_SHORT, "%lld", "%lld")                                                          \
    X(TILL_VOIDED, " anulada", " voided")                                                          \
    /* events */                                                                                   \
    X(TILL_WAITING, "%lld por enviar", "%lld waiting")                                             \
    /* events */                                                                                   \
    X(TILL_FORMER, "%lld de otra patente: avise al centro",                                        \
      "%lld of another plate: tell the centre")                                                    \
    /* receipts, pieces, pesos, voids */                                                           \
    X(TILL_TODAY, "%lld venta%s, %lld sopaipilla%s, $%lld, %lld anulada%s",                        \
      "%lld receipt%s, %lld piece%s, $%lld, %lld voided%.0s")                                      \
    /* receipts, pesos, pieces */                                                                  \
    X(TILL_CLOSED, "cerrado: %lld venta%s, $%lld, %lld sopaipilla%s",                              \
      "closed: %lld receipt%s, $%lld, %lld piece%s")                                               \
    X(TILL_CLOSING, "cerrando", "closing")                                                         \
    X(TILL_OVER, "cerrado", "closed")                                                              \
    /* the same where there is room */                                                             \
    X(TILL_MAY_UNPLUG, "cerrado: puede desenchufar", "closed: you may unplug it")                  \
    X(TILL_NO_AGENT, "sin agente", "no agent")                                                     \
    X(TILL_NO_AGENT_DONE, "no se hizo: sin agente", "not done: no agent")                          \
    X(TILL_NO_SIGNAL, "sin señal", "no signal")                                                    \
    X(TILL_NO_INTERNET, "sin internet", "no internet")                                             \
    /* the same where there is room */                                                             \
    X(TILL_CREDIT, "sin internet: ¿hay saldo?", "no internet: is there credit?")                   \
    X(TILL_NO_CENTRE, "sin centro", "no centre")                                                   \
    X(TILL_CONNECTING, "conectando", "connecting")                                                 \
    X(TILL_NO_BROKER, "sin servidor", "no server")                                                 \
    /* the same where there is room; so each of these */                                           \
    X(TILL_NO_BROKER_LONG, "sin centro: su servidor no atiende", "no centre: its server is down")  \
    X(TILL_REFUSED, "sin acceso", "no access")                                                     \
    X(TILL_REFUSED_LONG, "sin acceso al centro: avise", "no access to the centre: tell it")        \
    X(TILL_CERTIFICATE, "certificado", "certificate")                                              \
    X(TILL_CERTIFICATE_LONG, "no aceptan el certificado: avise",                                   \
      "certificate refused: tell the centre")                                                      \
    X(TILL_FILES, "certificado", "certificate")                                                    \
    X(TILL_FILES_LONG, "no se puede usar el certificado: avise",                                   \
      "its certificate cannot be used: tell")                                                      \
    X(TILL_STRANGER, "otro centro", "other centre")                                                \
    X(TILL_STRANGER_LONG, "contesta otro, no el centro: avise",                                    \
      "another answers, not the centre: tell")                                                     \
    X(TILL_EXPIRED, "vencido", "expired")                                                          \
    X(TILL_EXPIRED_LONG, "certificado vencido del centro: avise",                                  \
      "expired certificate of the centre")                                                         \
    X(TILL_NO_TIME, "sin hora", "no time")                                                         \
    X(TILL_NO_TIME_LONG, "sin hora: conecta cuando la tenga",                                      \
      "no time yet: it will connect by itself")                                                    \
    X(TILL_ONLINE, "en línea", "online")                                                           \
    X(TILL_HELP_1, "3 vende 3    - anula la última    -120 anula la venta 120    3. borra",        \
      "3 sells 3    - voids the last    -120 voids receipt 120    3. drops")                       \
    X(TILL_HELP_2, "+60 quedan 60    * el día    / pedidos    /2 avanza el 2    /2- no se puede",  \
      "+60 are left    * the day    / orders    /2 moves 2 on    /2- cannot be")                   \
    X(TILL_HELP_3, "** cierra el día    y después Enter", "** closes the day    and then Enter")

#define WORD_NUMBER(name, es, en) WORD_##name,
enum word { WORDS_TABLE(WORD_NUMBER) WORDS };

/* A printf format; the table says what its arguments are. Behind each number of receipts, pieces
 * and voids stands words_plural() of it. */
const char *words_get(const char *lang, enum word word);
/* "s", or "" for one. */
const char *words_plural(int64_t count);
/* For programs, why something was not done: "disk-full", …; NULL: people's word alone says it. */
const char *words_reason(enum word word);
/* WORDS where there is none of this name. */
enum word words_of_reason(const char *reason);

#endif
