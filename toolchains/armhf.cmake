# The agent for 32-bit boards (ARMv7: Raspberry Pi 2 and later) with Debian's cross compiler and
# Debian's own libraries for armhf (multiarch). ./dev cross armhf builds where both are.
set(CARRITO_TRIPLET arm-linux-gnueabihf)
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
