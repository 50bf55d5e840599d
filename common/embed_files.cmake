# carrito_embed_files(target array header.h file...): text files as a C array of names and texts.
#
# The array's elements have `name`, the file's name without its last extension, and `text`.
set(CARRITO_EMBED_FILES_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(carrito_embed_files target array header)
  set(sources)
  foreach(file IN LISTS ARGN)
    get_filename_component(source ${file} ABSOLUTE)
    list(APPEND sources ${source})
  endforeach()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}_files)
  set(output ${folder}/${header})
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${sources}" -DARRAY=${array} -DOUTPUT=${output}
            -P ${CARRITO_EMBED_FILES_SCRIPT}
    DEPENDS ${sources} ${CARRITO_EMBED_FILES_SCRIPT}
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
  target_include_directories(${target} PUBLIC ${folder})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE AND FILES AND OUTPUT)
  set(text "/* Made from text files by common/embed_files.cmake. */\n")
  string(APPEND text "static const struct {\n    const char *name, *text;\n} ${ARRAY}[] = {\n")
  foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME_WLE)
    file(READ ${file} content)
    string(REPLACE "\\" "\\\\" content "${content}")
    string(REPLACE "\"" "\\\"" content "${content}")
    string(REPLACE "\n" "\\n\"\n    \"" content "${content}")
    string(APPEND text "    { \"${name}\",\n    \"${content}\" },\n")
  endforeach()
  string(APPEND text "};\n")
  file(WRITE ${OUTPUT} "${text}")
endif()
