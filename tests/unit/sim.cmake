# Unit tests of sim/, and of what it shares with the agent: the uplink and the MQTT link.
carrito_unit_test(mqtt_link carrito_mqtt carrito_common)
carrito_unit_test(name_lookup carrito_mqtt carrito_common)
carrito_unit_test(uplink carrito_uplink carrito_common)
carrito_unit_test(uplink_pace carrito_uplink carrito_common)
carrito_unit_test(uplink_closed carrito_uplink carrito_common)
carrito_unit_test(sim_cart carrito_sim)
carrito_unit_test(memory_outbox carrito_sim)
carrito_unit_test(timers carrito_sim)
