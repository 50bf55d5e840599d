/* Positions wait here for the next commit. */
#include "agent/book.h"

static size_t make_nothing(void *owner, struct ledger *ledger, struct event *events)
{
    (void)owner, (void)ledger, (void)events;
    return 0;
}

enum outbox_result book_act(struct book *book,
                            size_t (*make)(void *owner, struct ledger *ledger,
                                           struct event *events),
                            void *owner)
{
    return book_act_answered(book, make, owner, NULL);
}

enum outbox_result book_act_answered(struct book *book,
                                     size_t (*make)(void *owner, struct ledger *ledger,
                                                    struct event *events),
                                     void *owner, const struct outbox_answer *answer)
{
    struct ledger ledger = { .cart = book->cart, .head = *outbox_head(book->outbox) };
    size_t count = 0;

    for (; count < book->position_count; count++)
        ledger_position(&ledger, &book->positions[count], &book->act[count]);
    size_t begin = count;
    count += make(owner, &ledger, &book->act[count]);
    for (size_t i = begin; i < count; i++)
        client_name_apply(&book->names, book->act[i].client, sizeof book->act[i].client);
    if (count == 0)
        return OUTBOX_OK;
    enum outbox_result result = outbox_commit_answered(book->outbox, book->act, count, answer);
    if (result == OUTBOX_OK)
        book->position_count = 0;
    return result;
}

enum outbox_result book_act_unhurried(struct book *book,
                                      size_t (*make)(void *owner, struct ledger *ledger,
                                                     struct event *events),
                                      void *owner, int64_t mono_ms)
{
    if (mono_ms < book->paused_until_ms)
        return OUTBOX_OK;
    enum outbox_result result = book_act(book, make, owner);
    if (result != OUTBOX_OK)
        book->paused_until_ms = mono_ms + POSITIONS_MS_MAX;
    return result;
}

enum outbox_result book_flush_now(struct book *book)
{
    return book_act(book, make_nothing, NULL);
}

enum outbox_result book_flush(struct book *book, int64_t mono_ms)
{
    if (book->position_count == 0 || mono_ms - book->first_position_ms < POSITIONS_MS_MAX)
        return OUTBOX_OK;
    enum outbox_result result = book_flush_now(book);
    if (result != OUTBOX_OK) /* a full disk is looked at again after a while, not at every turn */
        book->first_position_ms = mono_ms;
    return result;
}

enum outbox_result book_position(struct book *book, const struct event *position, int64_t mono_ms)
{
    if (book->position_count == POSITIONS_MAX) {
        enum outbox_result result = book_flush_now(book);
        if (result != OUTBOX_OK)
            return result;
    }
    if (book->position_count == 0)
        book->first_position_ms = mono_ms;
    book->positions[book->position_count++] = *position;
    return OUTBOX_OK;
}

int64_t book_last_fix_ms(const struct book *book)
{
    if (book->position_count > 0)
        return book->positions[book->position_count - 1].ts_ms;
    return outbox_head(book->outbox)->has_fix ? outbox_head(book->outbox)->fix_ms : EVENT_ABSENT;
}
