# Positions and the event clock. Only source_gpsd.c includes libgps.
if(NOT TARGET carrito_gps)
  set(gps_dir ${CMAKE_SOURCE_DIR}/agent)
  add_library(carrito_gps STATIC
    ${gps_dir}/clock_source.c ${gps_dir}/clock_state.c ${gps_dir}/fix.c ${gps_dir}/gpx.c
    ${gps_dir}/nmea.c ${gps_dir}/position.c ${gps_dir}/source_gps.c ${gps_dir}/source_gpsd.c
    ${gps_dir}/source_route.c ${gps_dir}/walk.c)
  target_link_libraries(carrito_gps PUBLIC carrito_common PRIVATE PkgConfig::GPS m)
endif()
