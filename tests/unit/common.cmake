# Unit tests of common/.
carrito_unit_test(certificate carrito_mqtt)
carrito_unit_test(event carrito_common)
carrito_unit_test(scratch)
carrito_unit_test(day carrito_common)
carrito_unit_test(config carrito_common)
carrito_unit_test(log carrito_common)
carrito_unit_test(json carrito_common)
carrito_unit_test(owntracks carrito_common)
