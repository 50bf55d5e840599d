/* The table of words. */
#include "agent/words.h"

#include "common/order_state.h"

#include <string.h>

static const struct {
    const char *es, *en;
} table[WORDS] = {
    [WORD_OK_SALE] = { "ok venta %lld", "ok receipt %lld" },
    [WORD_OK_SALE_STOCK] = { "ok venta %lld, quedan %lld", "ok receipt %lld, %lld left" },
    [WORD_OK_VOID] = { "ok anulada la venta %lld", "ok receipt %lld voided" },
    [WORD_OK_VOID_AGAIN] = { "ok la venta %lld ya estaba anulada",
                             "ok receipt %lld was voided already" },
    [WORD_OK_STOCK] = { "ok quedan %lld en el carro", "ok %lld on the cart" },
    [WORD_OK_ORDER] = { "ok pedido %s: %s", "ok order %s: %s" },
    [WORD_OK_CLOSE] = { "ok día cerrado: %lld ventas, %lld sopaipillas, $%lld, %lld anuladas, "
                        "%lld "
                        "por enviar",
                        "ok the day is closed: %lld receipts, %lld pieces, $%lld, %lld voided, "
                        "%lld "
                        "waiting" },
    [WORD_QUANTITY] = { "la cantidad debe ser un entero de 1 a 10000, p. ej. --quantity 3",
                        "the quantity must be a whole number from 1 to 10000, e.g. --quantity 3" },
    [WORD_AMOUNT] = { "el monto debe ser un entero de 0 a 1000000000 pesos, p. ej. --amount "
                      "1500",
                      "the amount must be whole pesos, 0 to 1000000000, e.g. --amount 1500" },
    [WORD_CLIENT] = { "el cliente debe tener 1 a 64 caracteres, no solo blancos, p. ej. --client "
                      "\"Ana Soto\"",
                      "the client must have 1 to 64 characters, not only blanks, e.g. --client "
                      "\"Ana Soto\"" },
    [WORD_ORDER_ID] = { "el pedido debe tener 1 a 64 caracteres, p. ej. order ID preparando",
                        "the order must have 1 to 64 characters, e.g. order ID preparando" },
    [WORD_STATUS] = { "el estado debe ser " ORDER_STEPS_FIRST " o " ORDER_STEPS_LAST,
                      "the status must be " ORDER_STEPS_FIRST " or " ORDER_STEPS_LAST },
    [WORD_RECEIPT] = { "la venta debe ser un entero desde 1, p. ej. void 120",
                       "the receipt must be a whole number from 1, e.g. void 120" },
    [WORD_NO_RECEIPT] = { "no hay una venta %lld en este carro",
                          "there is no receipt %lld on this cart" },
    [WORD_REASON] = { "el motivo puede tener hasta 200 caracteres",
                      "the reason can have up to 200 characters" },
    [WORD_STOCK] = { "lo que queda debe ser un entero desde 0, p. ej. restock 80",
                     "what is on the cart must be a whole number from 0, e.g. restock 80" },
    [WORD_DISK_FULL] = { "NO registrado: el disco está lleno o no se puede escribir",
                         "NOT recorded: the disk is full or cannot be written" },
    [WORD_DISK_BROKEN] = { "NO confirmado: falla el disco; antes de repetir, vea con: "
                           "carrito-agent today",
                           "NOT confirmed: the disk fails; before you repeat it, look with: "
                           "carrito-agent today" },
    [WORD_READ_ONLY] = { "NO registrado: la tarjeta no se puede escribir: las ventas no quedan "
                         "registradas; anótelas en papel y pida que cambien la tarjeta",
                         "NOT recorded: the card cannot be written: sales are not recorded; write "
                         "them down and ask for another card" },
    [WORD_OTHER_RELEASE] = { "NO registrado: el archivo de ventas de este carro es de otra versión "
                             "de carrito-agent y no se tocó; anote las ventas en papel y pida que "
                             "instalen la versión nueva",
                             "NOT recorded: this cart's file of sales is of another release of "
                             "carrito-agent and was left alone; write sales on paper and ask for "
                             "the newer release to be installed" },
    [WORD_NOT_RUNNING] = { "el agente no responde en %s; inícielo con: carrito-agent run",
                           "no agent answers at %s; start it with: carrito-agent run" },
    [WORD_NO_ANSWER] = { "el agente no contestó a tiempo; vea con: carrito-agent today",
                         "the agent did not answer in time; look with: carrito-agent today" },
    [WORD_TOO_LATE] = { "NO registrado: el agente llegó tarde; puede repetirlo",
                        "NOT recorded: the agent came too late; you may repeat it" },
    [WORD_NO_PLATE] = { "NO registrado: a este carro le falta su patente; póngala en "
                        "/etc/carrito/agent.conf (cart=BBCL23) y: systemctl restart carrito-agent",
                        "NOT recorded: this cart has no plate yet; write it into "
                        "/etc/carrito/agent.conf (cart=BBCL23), and: systemctl restart "
                        "carrito-agent" },
    [WORD_NO_PERMISSION] = { "sin permiso para hablar con el agente en %s; quien administra lo da "
                             "con: adduser NOMBRE carrito-till (vale desde la próxima sesión)",
                             "no permission to speak with the agent at %s; the administrator gives "
                             "it by: adduser NAME carrito-till (from the next login on)" },
    [WORD_TODAY] = { "%s: %lld ventas, %lld sopaipillas, $%lld, %lld anuladas, %lld por enviar",
                     "%s: %lld receipts, %lld pieces, $%lld, %lld voided, %lld waiting" },
    [WORD_TODAY_CLOSED] = { ", cerrado", ", closed" },
    /* What a till says in one row has 20 characters less what stands beside it. */
    [WORD_TILL_BUSY] = { "espere...", "wait..." },
    [WORD_TILL_ASK] = { "%lld? Enter otra vez si es así", "%lld? Enter again if so" },
    [WORD_TILL_ASK_STOCK] = { "quedan %lld: Enter otra vez si es así",
                              "%lld left: Enter again if so" },
    [WORD_TILL_ASK_CLOSE] = { "cerrar el día: Enter otra vez", "close the day: Enter again" },
    [WORD_TILL_WRONG] = { "no entendí; no se hizo nada", "not understood; nothing was done" },
    [WORD_TILL_LONG] = { "demasiado largo; no se hizo nada", "too long; nothing was done" },
    [WORD_TILL_HELD] = { "tecla pegada; no se hizo nada", "a key was held; nothing was done" },
    [WORD_TILL_LOST] = { "se perdieron teclas; no se hizo nada",
                         "keys were lost; nothing was done" },
    [WORD_TILL_DROPPED] = { "borrado; no se hizo nada", "dropped; nothing was done" },
    [WORD_TILL_NO_RECEIPT] = { "no hay venta que anular", "there is no receipt to void" },
    [WORD_TILL_NO_ORDER] = { "no hay ese pedido; vea con / y Enter",
                             "no such order; look with / and Enter" },
    [WORD_TILL_NO_ORDERS] = { "no hay pedidos", "there are no orders" },
    [WORD_TILL_LEFT] = { "quedan %lld", "%lld left" },
    [WORD_TILL_RECEIPT] = { " venta %lld", " receipt %lld" },
    [WORD_TILL_RECEIPT_SHORT] = { "%lld", "%lld" },
    [WORD_TILL_VOIDED] = { " anulada", " voided" },
    [WORD_TILL_WAITING] = { "%lld por enviar", "%lld waiting" },
    [WORD_TILL_FORMER] = { "%lld de otra patente: avise al centro",
                           "%lld of another plate: tell the centre" },
    [WORD_TILL_TODAY] = { "%lld ventas, %lld sopaipillas, $%lld, %lld anuladas",
                          "%lld receipts, %lld pieces, $%lld, %lld voided" },
    [WORD_TILL_CLOSED] = { "cerrado: %lld ventas, $%lld, %lld sopaipillas",
                           "closed: %lld receipts, $%lld, %lld pieces" },
    [WORD_TILL_CLOSING] = { "cerrando", "closing" },
    [WORD_TILL_OVER] = { "cerrado", "closed" },
    [WORD_TILL_MAY_UNPLUG] = { "cerrado: puede desenchufar", "closed: you may unplug it" },
    [WORD_TILL_NO_AGENT] = { "sin agente", "no agent" },
    [WORD_TILL_NO_AGENT_DONE] = { "no se hizo: sin agente", "not done: no agent" },
    [WORD_TILL_NO_SIGNAL] = { "sin señal", "no signal" },
    [WORD_TILL_NO_INTERNET] = { "sin internet", "no internet" },
    [WORD_TILL_CREDIT] = { "sin internet: ¿hay saldo?", "no internet: is there credit?" },
    [WORD_TILL_NO_CENTRE] = { "sin centro", "no centre" },
    [WORD_TILL_NO_BROKER] = { "sin servidor", "no server" },
    [WORD_TILL_NO_BROKER_LONG] = { "sin centro: su servidor no atiende",
                                   "no centre: its server is down" },
    [WORD_TILL_REFUSED] = { "rechazado", "refused" },
    [WORD_TILL_REFUSED_LONG] = { "el centro rechaza este carro: avise",
                                 "the centre refuses this cart: tell it" },
    [WORD_TILL_CERTIFICATE] = { "certificado", "certificate" },
    [WORD_TILL_CERTIFICATE_LONG] = { "certificado rechazado: avise",
                                     "certificate refused: tell the centre" },
    [WORD_TILL_FILES] = { "certificado", "certificate" },
    [WORD_TILL_FILES_LONG] = { "no se puede usar el certificado: avise",
                               "its certificate cannot be used: tell" },
    [WORD_TILL_STRANGER] = { "otro centro", "other centre" },
    [WORD_TILL_STRANGER_LONG] = { "contesta otro, no el centro: avise",
                                  "another answers, not the centre: tell" },
    [WORD_TILL_EXPIRED] = { "vencido", "expired" },
    [WORD_TILL_EXPIRED_LONG] = { "certificado vencido del centro: avise",
                                 "expired certificate of the centre" },
    [WORD_TILL_NO_TIME] = { "sin hora", "no time" },
    [WORD_TILL_NO_TIME_LONG] = { "sin hora: conecta cuando la tenga",
                                 "no time yet: it will connect by itself" },
    [WORD_TILL_ONLINE] = { "en línea", "online" },
    [WORD_TILL_HELP_1] = { "3 vende 3    - anula la última    -120 anula la venta 120    "
                           "3. borra",
                           "3 sells 3    - voids the last    -120 voids receipt 120    3. drops" },
    [WORD_TILL_HELP_2] = { "+60 quedan 60    * el día    / pedidos    /2 avanza el 2    "
                           "/2- no se puede",
                           "+60 are left    * the day    / orders    /2 moves 2 on    "
                           "/2- cannot be" },
    [WORD_TILL_HELP_3] = { "** cierra el día    y después Enter",
                           "** closes the day    and then Enter" },
};

const char *words_get(const char *lang, enum word word)
{
    return strcmp(lang, "en") == 0 ? table[word].en : table[word].es;
}

static const char *const reasons[WORDS] = {
    [WORD_QUANTITY] = "quantity",   [WORD_NO_RECEIPT] = "no-receipt",
    [WORD_DISK_FULL] = "disk-full", [WORD_DISK_BROKEN] = "disk-broken",
    [WORD_READ_ONLY] = "read-only", [WORD_OTHER_RELEASE] = "other-release",
    [WORD_TOO_LATE] = "too-late",   [WORD_NO_PLATE] = "no-plate",
};

const char *words_reason(enum word word)
{
    return reasons[word];
}

enum word words_of_reason(const char *reason)
{
    enum word word = 0;

    while (word < WORDS && (reasons[word] == NULL || strcmp(reasons[word], reason) != 0))
        word++;
    return word;
}
