# The part of the agent that carrito-sim shares: what a cart says to its broker, and when.
if(NOT TARGET carrito_uplink)
  add_library(carrito_uplink STATIC ${CMAKE_SOURCE_DIR}/agent/bridge_table.c
                                    ${CMAKE_SOURCE_DIR}/agent/day_end.c
                                    ${CMAKE_SOURCE_DIR}/agent/lane.c
                                    ${CMAKE_SOURCE_DIR}/agent/pace.c
                                    ${CMAKE_SOURCE_DIR}/agent/resend.c
                                    ${CMAKE_SOURCE_DIR}/agent/uplink.c
                                    ${CMAKE_SOURCE_DIR}/agent/uplink_finish.c
                                    ${CMAKE_SOURCE_DIR}/agent/uplink_message.c)
  target_link_libraries(carrito_uplink PUBLIC carrito_mqtt carrito_common)
endif()
