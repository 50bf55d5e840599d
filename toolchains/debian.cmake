# What the boards' toolchains share: Debian's cross compiler of CARRITO_TRIPLET, and pkg-config
# looking only where multiarch puts that architecture's libraries.
set(CMAKE_SYSTEM_NAME Linux)
string(REGEX MATCH "^[^-]+" CMAKE_SYSTEM_PROCESSOR ${CARRITO_TRIPLET})
set(CMAKE_C_COMPILER ${CARRITO_TRIPLET}-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE ${CARRITO_TRIPLET})
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/${CARRITO_TRIPLET}/pkgconfig:/usr/share/pkgconfig)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
