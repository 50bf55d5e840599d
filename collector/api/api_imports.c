/* POST /imports: a file of events, line by line. */
#include "collector/base/pulse.h"
#include "collector/call/call.h"
#include "collector/sales/import.h"

#include <stdio.h>
#include <stdlib.h>

/* One transaction: more would hold up the roles' writes. What is committed stays where a later one
 * fails; the same file can be sent again. */
#define LINES_PER_COMMIT 500

/* Takes some lines; false at the end of the file. */
static bool take_some(FILE *file, struct import *import, char **line, size_t *size)
{
    for (int i = 0; i < LINES_PER_COMMIT; i++) {
        ssize_t length = getline(line, size, file);
        if (length < 0)
            return false;
        if ((*line)[length - 1] == '\n')
            length--;
        import_line(import, *line, (size_t)length);
        pulse_beat();
    }
    return true;
}

static void answer(struct api_call *call, const struct import *import)
{
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_int(&json, "read", import->added + import->duplicate + import->refused);
    json_int(&json, "new", import->added);
    json_int(&json, "duplicate", import->duplicate);
    json_int(&json, "refused", import->refused);
    json_object_end(&json);
}

static void act(struct api_call *call, const struct import *import)
{
    char counts[96];
    snprintf(counts, sizeof counts, "new=%lld duplicate=%lld refused=%lld",
             (long long)import->added, (long long)import->duplicate, (long long)import->refused);
    call_acted(call, "import", "events", counts);
}

/* The last part has the act and the answer with it. */
static bool commit(struct api_call *call, const struct import *import, bool more)
{
    if (more)
        return call_commit_part(call);
    act(call, import);
    answer(call, import);
    return call_commit(call);
}

static void take_all(struct api_call *call, struct import *import)
{
    char *line = NULL;
    size_t size = 0;
    bool more = true, good = true;
    rewind(call->request->file);
    while (more && good) {
        import->store = call->store;
        if (!store_begin(call->store))
            break; /* the commit says why */
        more = take_some(call->request->file, import, &line, &size);
        good = commit(call, import, more);
    }
    free(line);
}

static void imports_take(struct api_call *call)
{
    struct import import = { .user = call->who.name, .now_ms = call->now_ms };
    /* Without a file the body did not come whole onto the disk. */
    if (call->request->file == NULL || ferror(call->request->file) != 0)
        call_problem(call, PROBLEM_STORE, NULL, NULL);
    else
        take_all(call, &import);
}

static const struct route routes[] = {
    { "POST", API "/imports", WHO_ACTS, ROUTE_DO_ONCE | ROUTE_NDJSON, NULL, imports_take },
};
const struct route_table imports_routes = ROUTE_TABLE_OF(routes);
