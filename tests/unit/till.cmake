# Unit tests of till/.
foreach(module keys sentence finder voice station)
  carrito_unit_test(${module} carrito_keypad_parts)
endforeach()
# The sentences of all that speaks to a vendor.
carrito_unit_test(words carrito_keypad_parts carrito_agent_parts)
