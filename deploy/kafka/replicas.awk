# From what `kafka-topics --describe` says, a plan of `copies` replicas for each partition: those that
# it has stay, in their order, so that no data moves that need not; the next ones come in turn.
BEGIN {
    count = split(ids, broker, " ")
    printf "{\"version\":1,\"partitions\":["
}

/\tPartition: / {
    topic = partition = present = ""
    for (i = 1; i <= NF; i++) {
        if ($i == "Topic:") topic = $(i + 1)
        if ($i == "Partition:") partition = $(i + 1)
        if ($i == "Replicas:") present = $(i + 1)
    }
    have = split(present, own, ",")
    plan = ""
    split("", taken)
    for (i = 1; i <= have && i <= copies; i++) {
        plan = plan (plan == "" ? "" : ",") own[i]
        taken[own[i]] = 1
    }
    for (i = 0; i < count && have < copies; i++) {
        next_one = broker[(turn + i) % count + 1]
        if (next_one in taken) continue
        plan = plan "," next_one
        taken[next_one] = 1
        have++
    }
    turn++
    printf "%s{\"topic\":\"%s\",\"partition\":%s,\"replicas\":[%s]}", comma, topic, partition, plan
    comma = ","
}

END { print "]}" }
