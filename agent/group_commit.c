/* Positions wait here for the next commit. */
#include "agent/group_commit.h"

static size_t make_nothing(void *owner, struct event_maker *maker, struct event *events)
{
    (void)owner, (void)maker, (void)events;
    return 0;
}

enum outbox_result group_commit_act(struct group_commit *commit,
                                    size_t (*make)(void *owner, struct event_maker *maker,
                                                   struct event *events),
                                    void *owner)
{
    return group_commit_act_answered(commit, make, owner, NULL);
}

enum outbox_result group_commit_act_answered(struct group_commit *commit,
                                             size_t (*make)(void *owner, struct event_maker *maker,
                                                            struct event *events),
                                             void *owner, const struct outbox_answer *answer)
{
    struct event_maker maker = { .cart = commit->cart, .head = *outbox_head(commit->outbox) };
    size_t count = 0;

    for (; count < commit->position_count; count++)
        event_maker_position(&maker, &commit->positions[count], &commit->act[count]);
    size_t begin = count;
    count += make(owner, &maker, &commit->act[count]);
    for (size_t i = begin; i < count; i++)
        client_name_apply(&commit->names, commit->act[i].client, sizeof commit->act[i].client);
    if (count == 0)
        return OUTBOX_OK;
    enum outbox_result result = outbox_commit(commit->outbox, commit->act, count, answer);
    if (result == OUTBOX_OK)
        commit->position_count = 0;
    return result;
}

enum outbox_result group_commit_act_unhurried(struct group_commit *commit,
                                              size_t (*make)(void *owner, struct event_maker *maker,
                                                             struct event *events),
                                              void *owner, int64_t mono_ms)
{
    if (mono_ms < commit->paused_until_ms)
        return OUTBOX_OK;
    enum outbox_result result = group_commit_act(commit, make, owner);
    if (result != OUTBOX_OK)
        commit->paused_until_ms = mono_ms + POSITIONS_MS_MAX;
    return result;
}

enum outbox_result group_commit_flush_now(struct group_commit *commit)
{
    return group_commit_act(commit, make_nothing, NULL);
}

enum outbox_result group_commit_flush(struct group_commit *commit, int64_t mono_ms)
{
    if (commit->position_count == 0 || mono_ms - commit->first_position_ms < POSITIONS_MS_MAX)
        return OUTBOX_OK;
    enum outbox_result result = group_commit_flush_now(commit);
    if (result != OUTBOX_OK) /* a full disk is looked at again after a while, not at every turn */
        commit->first_position_ms = mono_ms;
    return result;
}

enum outbox_result group_commit_position(struct group_commit *commit, const struct event *position,
                                         int64_t mono_ms)
{
    if (commit->position_count == POSITIONS_MAX) {
        enum outbox_result result = group_commit_flush_now(commit);
        if (result != OUTBOX_OK)
            return result;
    }
    if (commit->position_count == 0)
        commit->first_position_ms = mono_ms;
    commit->positions[commit->position_count++] = *position;
    return OUTBOX_OK;
}

int64_t group_commit_last_fix_ms(const struct group_commit *commit)
{
    if (commit->position_count > 0)
        return commit->positions[commit->position_count - 1].ts_ms;
    return outbox_head(commit->outbox)->has_fix ? outbox_head(commit->outbox)->fix_ms
                                                : EVENT_ABSENT;
}
