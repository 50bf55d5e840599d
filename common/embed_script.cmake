# carrito_script_words(output template.js PREFIX=file.txt...): a script with the sentences of catalogues.
#
# The template's line `const table = {};` becomes the table of all sentences: of each its name, and its
# texts in Spanish and English, in which {0} is its first argument. The catalogues are read by
# embed_catalogue.cmake, so what is wrong in one is an error of the build here as well; so is a name
# that stands in two of them.
set(CARRITO_SCRIPT_WORDS ${CMAKE_CURRENT_LIST_FILE})

function(carrito_script_words output template)
  get_filename_component(template ${template} ABSOLUTE)
  set(pieces)
  foreach(pair IN LISTS ARGN)
    string(REGEX MATCH "^([^=]+)=(.*)$" whole "${pair}")
    set(prefix ${CMAKE_MATCH_1})
    get_filename_component(words ${CMAKE_MATCH_2} ABSOLUTE)
    set(piece ${output}_words/${prefix})
    add_custom_command(
      OUTPUT ${piece}.js
      COMMAND ${CMAKE_COMMAND} -DSOURCE=${words} -DOUTPUT=${piece} -DPREFIX=${prefix}
              -P ${CARRITO_CATALOGUE_SCRIPT}
      DEPENDS ${words} ${CARRITO_CATALOGUE_SCRIPT}
      VERBATIM)
    list(APPEND pieces ${piece}.js)
  endforeach()
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DTEMPLATE=${template} "-DPIECES=${pieces}" -DOUTPUT=${output}
            -P ${CARRITO_SCRIPT_WORDS}
    DEPENDS ${template} ${pieces} ${CARRITO_SCRIPT_WORDS}
    VERBATIM)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE AND TEMPLATE AND PIECES AND OUTPUT)
  set(table "")
  foreach(piece IN LISTS PIECES)
    file(READ ${piece} rows)
    string(APPEND table "${rows}")
  endforeach()
  string(REGEX MATCHALL "\n  \"[a-z0-9-]+\": " names "\n${table}")
  list(LENGTH names count)
  list(REMOVE_DUPLICATES names)
  list(LENGTH names different)
  if(NOT count EQUAL different)
    message(FATAL_ERROR "${PIECES}: a name stands in two of them")
  endif()
  file(READ ${TEMPLATE} script)
  string(REPLACE "const table = {};" "const table = {\n${table}};" made "${script}")
  if(made STREQUAL script)
    message(FATAL_ERROR "${TEMPLATE}: the line `const table = {};` is missing")
  endif()
  file(WRITE ${OUTPUT} "${made}")
endif()
