# Unit tests of the agent's positions and event clock.
foreach(module nmea gpx position clock_source clock_state source_route source_gpsd)
  carrito_unit_test(${module} carrito_gps)
endforeach()
