# Unit tests of collector/.
foreach(module
  csv
  http_limits
  idempotency
  kafka_position
  location
  members
  mail
  outgoing
  page
  problem
  receipt_gaps
  request
  routes
  rut
  sales
  sales_close
  sales_day
  sales_model
  settings
  sign_in
  stock
  store
  wake)
  carrito_unit_test(${module} carrito_collector_parts)
endforeach()
