# carrito_embed_steps(target folder name): the steps of a schema, as they lie in a folder.
#
# NNNN.sql, from 0001.sql on without a gap, has the statement `NAME_step_N` (common/embed_text.cmake).
# NAME_steps.h has NAME_steps[], a `struct schema_step` each. What a file keeps as `lowest` is that of
# the step before, from 1 on; a line `-- lowest: N` raises it.
include(${CMAKE_CURRENT_LIST_DIR}/embed_text.cmake)

function(carrito_embed_steps target folder name)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.sql)
  list(SORT files)
  string(TOUPPER ${name} upper)
  set(includes "")
  set(rows "")
  set(number 0)
  set(lowest 1)
  foreach(file IN LISTS files)
    math(EXPR number "${number} + 1")
    get_filename_component(stem ${file} NAME_WE)
    if(NOT stem MATCHES "^0*${number}$")
      message(FATAL_ERROR "${file}: the step ${number} is missing, or is there twice")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file}) # for its `lowest`
    file(STRINGS ${file} raised REGEX "^-- lowest: [0-9]+$")
    if(raised)
      string(REPLACE "-- lowest: " "" lowest "${raised}")
    endif()
    carrito_embed_sql(${target} ${file} ${name}_step_${stem}_sql.h)
    string(APPEND includes "#include \"${name}_step_${stem}_sql.h\"\n")
    string(APPEND rows "    { .number = ${number}, .lowest = ${lowest}, .sql = SQL_${upper}_STEP_${number} },\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}_sql/${name}_steps.h @ONLY CONTENT
"/* Made of ${folder} by common/embed_steps.cmake. */
#include \"common/schema_step.h\"

${includes}
static const struct schema_step ${name}_steps[] = {
${rows}};
")
endfunction()
