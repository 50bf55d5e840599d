# Positions and the event clock. Only source_gpsd.c includes libgps.
if(NOT TARGET carrito_gps)
  set(gps_dir ${CMAKE_SOURCE_DIR}/agent)
  add_library(carrito_gps STATIC
    ${gps_dir}/clock_source.c ${gps_dir}/clock_state.c ${gps_dir}/course.c ${gps_dir}/fix.c
    ${gps_dir}/gpx.c ${gps_dir}/nmea.c ${gps_dir}/position.c ${gps_dir}/source_gps.c ${gps_dir}/source_gpsd.c
    ${gps_dir}/source_route.c ${gps_dir}/walk.c)
  target_link_libraries(carrito_gps PUBLIC carrito_common PRIVATE PkgConfig::GPS PkgConfig::EXPAT m)
  # Newer releases of expat count lines with 64 bits and deprecate the function of before.
  include(CheckSymbolExists)
  set(CMAKE_REQUIRED_LIBRARIES PkgConfig::EXPAT)
  check_symbol_exists(XML_GetCurrentLineNumber64 expat.h EXPAT_COUNTS_LINES_WITH_64_BITS)
  unset(CMAKE_REQUIRED_LIBRARIES)
  if(NOT EXPAT_COUNTS_LINES_WITH_64_BITS)
    set_source_files_properties(${gps_dir}/gpx.c PROPERTIES
      COMPILE_DEFINITIONS XML_GetCurrentLineNumber64=XML_GetCurrentLineNumber)
  endif()
  # A struct of libgps holds times, so this one file has the time_t that libgps was made with.
  if(CARRITO_LIBRARIES_TIME_T EQUAL 4)
    set_source_files_properties(${gps_dir}/source_gpsd.c PROPERTIES COMPILE_OPTIONS -U_TIME_BITS)
  endif()
  # libgps 3.22 has a json_read_object of its own and calls it through the dynamic linker: ours, were
  # it visible, would be called in its place, and no report of gpsd could be read.
  target_link_options(carrito_gps INTERFACE LINKER:--exclude-libs,ALL)
endif()
