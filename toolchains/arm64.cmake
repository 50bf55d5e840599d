# The agent for 64-bit boards (Raspberry Pi 3 and later) with Debian's cross compiler and Debian's
# own libraries for arm64 (multiarch). ./dev cross arm64 builds where both are.
set(CARRITO_TRIPLET aarch64-linux-gnu)
include(${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
