/* What every call goes through, as its parts see it. */
#include "collector/call/frame.h"

#include "collector/call/basic.h"
#include "collector/call/frame_parts.h"
#include "collector/http/rate_limit.h"
#include "collector/store/store.h"

#include <stdlib.h>

const struct frame_options *frame_options(const struct frame *frame)
{
    return &frame->options;
}

struct basic_tokens *frame_basic_tokens(struct frame *frame)
{
    return frame->basic_tokens;
}

struct store *frame_store(struct frame *frame)
{
    struct store *store = pthread_getspecific(frame->store_key);
    if (frame->options.store_ready != NULL &&
        !frame->options.store_ready(frame->options.store_owner))
        return NULL;
    if (store == NULL) {
        store = store_open(frame->options.store_url, STORE_DURABLE);
        if (store != NULL)
            store_set_wake(store, frame->options.wake);
        pthread_setspecific(frame->store_key, store);
    }
    return store;
}

struct rate_limit *frame_sign_ins(struct frame *frame)
{
    return frame->sign_ins;
}

struct rate_limit *frame_open_posts(struct frame *frame)
{
    return frame->open_posts;
}

void frame_forget_store(struct frame *frame)
{
    store_close(pthread_getspecific(frame->store_key));
    pthread_setspecific(frame->store_key, NULL);
}

static void close_store(void *store)
{
    store_close(store);
}

struct frame *frame_open(const struct frame_options *options)
{
    struct frame *frame = calloc(1, sizeof *frame);
    if (frame == NULL)
        abort();
    frame->options = *options;
    frame->has_store_key = pthread_key_create(&frame->store_key, close_store) == 0;
    frame->basic_tokens = basic_tokens_open();
    return frame;
}

void frame_close(struct frame *frame)
{
    if (frame == NULL)
        return;
    basic_tokens_close(frame->basic_tokens);
    rate_limit_close(frame->sign_ins);
    rate_limit_close(frame->open_posts);
    if (frame->has_store_key)
        pthread_key_delete(frame->store_key);
    free(frame);
}
