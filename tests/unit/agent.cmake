# Unit tests of agent/.
foreach(module
    agent_settings
    cart_order_sales
    cart_orders
    group_commit
    command_certificate commands
    counts
    damages
    enrolment
    former_sender
    host_plate
    event_maker
    net_cause
    outbox
    outbox_age
    outbox_counts
    outbox_days
    outbox_day_starts
    outbox_file
    outbox_full
    outbox_head
    outbox_history
    outbox_leftover
    outbox_plate
    outbox_read_only
    outbox_rescue
    outbox_row
    outbox_statements
    outbox_split
    refusals
    requests
    salvage
    source_sell
    source_socket
    till
    till_orders
    till_screen
    tracker)
  carrito_unit_test(${module} carrito_agent_parts)
endforeach()
# They mount a small file system, which not everybody may do.
set_tests_properties(outbox_full outbox_read_only PROPERTIES SKIP_RETURN_CODE 77)
