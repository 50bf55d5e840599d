# Unit tests of till/.
foreach(module keys sentence finder voice station)
  carrito_unit_test(${module} carrito_keypad_parts)
endforeach()
