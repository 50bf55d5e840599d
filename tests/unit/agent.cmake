# Unit tests of agent/.
foreach(module agent_settings book commands host_plate ledger outbox outbox_file requests salvage source_sell
               source_socket)
  carrito_unit_test(${module} carrito_agent_parts)
endforeach()
