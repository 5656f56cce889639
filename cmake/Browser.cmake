# Debian's emscripten, and the libraries that tools/phone compiles with it.
set(ENV{NODE_PATH} /usr/share/nodejs)
set(TEFTER_BROWSER_PREFIX ${CMAKE_CURRENT_LIST_DIR}/../.prefix/browser)
include(/usr/share/emscripten/cmake/Modules/Platform/Emscripten.cmake)
list(APPEND CMAKE_FIND_ROOT_PATH ${TEFTER_BROWSER_PREFIX})
set(ENV{PKG_CONFIG_LIBDIR} ${TEFTER_BROWSER_PREFIX}/lib/pkgconfig)
