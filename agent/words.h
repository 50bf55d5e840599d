/* What the agent says to the vendor, in Spanish or English (CARRITO_LANG). */
#ifndef CARRITO_AGENT_WORDS_H
#define CARRITO_AGENT_WORDS_H

enum word {
    WORD_OK_SALE,       /* receipt */
    WORD_OK_SALE_STOCK, /* receipt, stock */
    WORD_OK_VOID,       /* receipt */
    WORD_OK_VOID_AGAIN, /* receipt */
    WORD_OK_STOCK,      /* stock */
    WORD_OK_ORDER,      /* order, status */
    WORD_OK_CLOSE,      /* receipts, pieces, pesos, voids, waiting */
    WORD_QUANTITY,
    WORD_AMOUNT,
    WORD_CLIENT,
    WORD_ORDER_ID,
    WORD_STATUS,
    WORD_RECEIPT,
    WORD_NO_RECEIPT, /* receipt */
    WORD_REASON,
    WORD_STOCK,
    WORD_DISK_FULL,
    WORD_DISK_BROKEN,
    WORD_READ_ONLY,
    WORD_OTHER_RELEASE,
    WORD_NOT_RUNNING, /* socket */
    WORD_NO_ANSWER,
    WORD_TOO_LATE,
    WORD_NO_PLATE,
    WORD_NO_PERMISSION, /* socket */
    WORD_TODAY,         /* day, receipts, pieces, pesos, voids, waiting */
    WORD_TODAY_CLOSED,  /* behind it */
    WORD_TILL_BUSY,
    WORD_TILL_ASK,       /* pieces */
    WORD_TILL_ASK_STOCK, /* pieces */
    WORD_TILL_ASK_CLOSE,
    WORD_TILL_WRONG,
    WORD_TILL_LONG,
    WORD_TILL_HELD,
    WORD_TILL_LOST,
    WORD_TILL_DROPPED,
    WORD_TILL_NO_RECEIPT,
    WORD_TILL_NO_ORDER,
    WORD_TILL_NO_ORDERS,
    WORD_TILL_LEFT,          /* pieces */
    WORD_TILL_RECEIPT,       /* receipt */
    WORD_TILL_RECEIPT_SHORT, /* receipt */
    WORD_TILL_VOIDED,
    WORD_TILL_WAITING, /* events */
    WORD_TILL_FORMER,  /* events */
    WORD_TILL_TODAY,   /* receipts, pieces, pesos, voids */
    WORD_TILL_CLOSED,  /* receipts, pesos, pieces */
    WORD_TILL_CLOSING,
    WORD_TILL_OVER,
    WORD_TILL_MAY_UNPLUG, /* the same where there is room */
    WORD_TILL_NO_AGENT,
    WORD_TILL_NO_AGENT_DONE,
    WORD_TILL_NO_SIGNAL,
    WORD_TILL_NO_INTERNET,
    WORD_TILL_CREDIT, /* the same where there is room */
    WORD_TILL_NO_CENTRE,
    WORD_TILL_NO_BROKER,
    WORD_TILL_NO_BROKER_LONG, /* the same where there is room; so each of these */
    WORD_TILL_REFUSED,
    WORD_TILL_REFUSED_LONG,
    WORD_TILL_CERTIFICATE,
    WORD_TILL_CERTIFICATE_LONG,
    WORD_TILL_FILES,
    WORD_TILL_FILES_LONG,
    WORD_TILL_STRANGER,
    WORD_TILL_STRANGER_LONG,
    WORD_TILL_EXPIRED,
    WORD_TILL_EXPIRED_LONG,
    WORD_TILL_NO_TIME,
    WORD_TILL_NO_TIME_LONG,
    WORD_TILL_ONLINE,
    WORD_TILL_HELP_1,
    WORD_TILL_HELP_2,
    WORD_TILL_HELP_3,
    WORDS
};

/* A printf format; its arguments are as the comment above says, %s for texts and %lld for numbers.
 */
const char *words_get(const char *lang, enum word word);
/* For programs, why something was not done: "disk-full", …; NULL: people's word alone says it. */
const char *words_reason(enum word word);
/* WORDS where there is none of this name. */
enum word words_of_reason(const char *reason);

#endif
