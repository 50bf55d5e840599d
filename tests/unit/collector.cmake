# Unit tests of collector/.
foreach(module csv http_limits kafka_position location outgoing page problem request routes sales
               settings sign_in store)
  carrito_unit_test(${module} carrito_collector_parts)
endforeach()
