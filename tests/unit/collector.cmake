# Unit tests of collector/.
foreach(module csv http_limits page problem request routes sign_in)
  carrito_unit_test(${module} carrito_collector_parts)
endforeach()
