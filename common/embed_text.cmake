# carrito_embed_sql(target file.sql header.h): the statements of an SQL file as C strings.
#
# A statement begins with a line `-- name: insert_event` and becomes SQL_INSERT_EVENT in the
# generated header, which the target can include by its name. Other comments are dropped.
set(CARRITO_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(carrito_embed_sql target sql header)
  get_filename_component(source ${sql} ABSOLUTE)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}_sql)
  set(output ${folder}/${header})
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DOUTPUT=${output} -P ${CARRITO_EMBED_SCRIPT}
    DEPENDS ${source} ${CARRITO_EMBED_SCRIPT}
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
  target_include_directories(${target} PRIVATE ${folder})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE AND SOURCE AND OUTPUT)
  file(STRINGS ${SOURCE} lines ENCODING UTF-8)
  set(text "/* Made from an SQL file by common/embed_text.cmake. */\n")
  set(open FALSE)
  foreach(line IN LISTS lines)
    if(line MATCHES "^-- name: ([a-z0-9_]+)$")
      string(TOUPPER ${CMAKE_MATCH_1} name)
      if(open)
        string(APPEND text "    \"\";\n")
      endif()
      string(APPEND text "static const char SQL_${name}[] __attribute__((unused)) =\n")
      set(open TRUE)
    elseif(open)
      string(REGEX REPLACE "(^| )--.*$" "" line "${line}")
      string(REPLACE "\\" "\\\\" line "${line}")
      string(REPLACE "\"" "\\\"" line "${line}")
      if(NOT line STREQUAL "")
        string(APPEND text "    \"${line}\\n\"\n")
      endif()
    endif()
  endforeach()
  if(open)
    string(APPEND text "    \"\";\n")
  endif()
  file(WRITE ${OUTPUT} "${text}")
endif()
