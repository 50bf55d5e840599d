# Unit tests of agent/.
foreach(module outbox)
  carrito_unit_test(${module} carrito_agent_parts)
endforeach()
