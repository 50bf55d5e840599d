# Unit tests of ctl/.
# Its certificates are made by the authority of ctl/.
carrito_unit_test(credential carrito_ctl)
carrito_unit_test(renewal carrito_agent_parts carrito_ctl)
carrito_unit_test(ctl_action carrito_ctl)
carrito_unit_test(ctl_doctor carrito_ctl)
carrito_unit_test(ctl_doctor_phones carrito_ctl)
carrito_unit_test(ctl_options carrito_ctl)
carrito_unit_test(ctl_output carrito_ctl)
carrito_unit_test(ctl_tail carrito_ctl)
carrito_unit_test(ctl_words carrito_ctl)
add_executable(ctl_requests ctl_requests.c)
target_link_libraries(ctl_requests PRIVATE carrito_ctl)
set_target_properties(ctl_requests PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME ctl_asks_for_all
         COMMAND ${CARRITO_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/ctl_asks_for_all.py
                 ${CMAKE_SOURCE_DIR}/docs/openapi.yaml $<TARGET_FILE:ctl_requests>
                 ${CMAKE_CURRENT_SOURCE_DIR}/ctl_operations.txt)
