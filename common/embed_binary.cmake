# carrito_embed_binary(target NAME=FILE...): files as they are, into the program, under names that
# collector/http/files.h finds. The list is made again when one of them changes.
set(CARRITO_EMBED_BINARY_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(carrito_embed_binary target)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${target}_binary.c)
  set(files)
  foreach(pair IN LISTS ARGN)
    string(REGEX REPLACE "^[^=]+=" "" file "${pair}")
    list(APPEND files ${file})
  endforeach()
  list(JOIN ARGN "|" pairs)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} "-DPAIRS=${pairs}" -DOUTPUT=${output} -P ${CARRITO_EMBED_BINARY_SCRIPT}
    DEPENDS ${files} ${CARRITO_EMBED_BINARY_SCRIPT}
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
  # The assembler reads the files, so the object depends on them as well.
  set_source_files_properties(${output} PROPERTIES OBJECT_DEPENDS "${files}")
endfunction()

if(CMAKE_SCRIPT_MODE_FILE AND PAIRS AND OUTPUT)
  string(REPLACE "|" ";" pairs "${PAIRS}")
  set(text "/* Made by common/embed_binary.cmake. */\n#include \"collector/http/files.h\"\n\n")
  set(rows "")
  set(number 0)
  foreach(pair IN LISTS pairs)
    string(REGEX MATCH "^([^=]+)=(.*)$" whole "${pair}")
    set(name ${CMAKE_MATCH_1})
    set(file ${CMAKE_MATCH_2})
    file(MD5 ${file} digest)
    string(APPEND text "__asm__(\".section .rodata\\n\"\n"
           "        \"carrito_file_${number}: .incbin \\\"${file}\\\"\\n\"\n"
           "        \"carrito_file_${number}_end: .byte 0\\n\"\n"
           "        \".text\\n\");\n"
           "extern const char carrito_file_${number}[], carrito_file_${number}_end[];\n")
    string(APPEND rows "    { \"${name}\", \"\\\"${digest}\\\"\", carrito_file_${number},\n"
           "      carrito_file_${number}_end },\n")
    math(EXPR number "${number} + 1")
  endforeach()
  string(APPEND text "\nconst struct file files[] = {\n${rows}};\n"
         "const size_t file_count = ${number};\n")
  file(WRITE ${OUTPUT} "${text}")
endif()
