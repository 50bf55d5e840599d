# Unit tests of bridge/, and of the modules of common/ that came with it.
carrito_unit_test(metrics carrito_common)
carrito_unit_test(metrics_http carrito_common)
carrito_unit_test(route carrito_bridge_parts)
carrito_unit_test(command_desk carrito_bridge_parts)
carrito_unit_test(beat carrito_bridge_parts)
carrito_unit_test(kafka_conf carrito_kafka)
carrito_unit_test(kafka_out carrito_bridge_parts)
carrito_unit_test(kafka_out_places carrito_bridge_parts)
