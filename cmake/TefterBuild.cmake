# How everything is compiled, and the two functions that declare a layer and a program.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT EMSCRIPTEN)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# Lines for backtraces; a debugger has the debug preset.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
find_program(MOLD mold)
if(MOLD AND NOT CMAKE_CROSSCOMPILING)
    add_link_options(-fuse-ld=mold)
endif()

option(TEFTER_ENGINE_ONLY "Build the engine and its tests alone" OFF)
set(TEFTER_SANITIZE "" CACHE STRING "Build with these sanitizers: address,undefined or thread")
option(TEFTER_FUZZ "Build the fuzz targets too" OFF)

add_library(tefter_options INTERFACE)
target_include_directories(tefter_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(tefter_options INTERFACE
    -Wall -Wextra -Wpedantic $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow> -Wconversion -Wold-style-cast -Werror $<$<CXX_COMPILER_ID:Clang>:-Wno-overlength-strings>
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wno-subobject-linkage>)  # several sources as one: it takes them for a header
if(EMSCRIPTEN)  # memory of a page cannot be run, and code cannot be jumped into
    target_compile_options(tefter_options INTERFACE -fwasm-exceptions "SHELL:-include missing.hpp")
    target_include_directories(tefter_options INTERFACE ${CMAKE_SOURCE_DIR}/cmake/browser/include)
else()
    target_compile_options(tefter_options INTERFACE
        -fstack-protector-strong -fstack-clash-protection $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-fcf-protection>)
    target_compile_definitions(tefter_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2> _GLIBCXX_ASSERTIONS)
    target_link_options(tefter_options INTERFACE -Wl,-z,relro,-z,now)
endif()
if(TEFTER_SANITIZE)
    target_compile_options(tefter_options INTERFACE -fsanitize=${TEFTER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -pthread)
    target_link_options(tefter_options INTERFACE -fsanitize=${TEFTER_SANITIZE})
endif()

# The standard library's headers, read once: in the sanitizers' builds. GCC 12 warns of the library's own code where it comes from a
# precompiled header.
function(tefter_precompile target)
    if(NOT TEFTER_SANITIZE)
        return()
    elseif(target STREQUAL tefter_base)
        target_precompile_headers(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${CMAKE_SOURCE_DIR}/cmake/standard_library.hpp>)
    else()
        target_precompile_headers(${target} REUSE_FROM tefter_base)
    endif()
endfunction()

# tefter_layer(NAME FOLDER [LAYERS …] [LINK …] [SOURCES …]): the library tefter_NAME of all sources of one folder.
function(tefter_layer name folder)
    cmake_parse_arguments(PARSE_ARGV 2 layer "" "" "LAYERS;LINK;SOURCES")
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${layer_SOURCES})
    list(TRANSFORM layer_LAYERS PREPEND tefter_ OUTPUT_VARIABLE below)
    add_library(tefter_${name} STATIC ${sources})
    target_link_libraries(tefter_${name} PUBLIC tefter_options ${below} ${layer_LINK})
    if(folder MATCHES "^engine/" AND NOT EMSCRIPTEN AND NOT TEFTER_SANITIZE)  # also goes into libtefter.so, which exports the C interface alone
        set_target_properties(tefter_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    endif()
    tefter_precompile(tefter_${name})
    tefter_allow(${folder} ${layer_LAYERS} ${name})
    set_property(GLOBAL PROPERTY tefter_folder_${name} ${folder})
endfunction()

# tefter_program(NAME FOLDER [LAYERS …] [LINK …]): the program build/bin/NAME of all sources of one folder.
function(tefter_program name folder)
    cmake_parse_arguments(PARSE_ARGV 2 program "" "" "LAYERS;LINK")
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
    list(TRANSFORM program_LAYERS PREPEND tefter_ OUTPUT_VARIABLE below)
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE tefter_options ${below} ${program_LINK})
    tefter_precompile(${name})
    set_property(GLOBAL PROPERTY tefter_folder_${name} ${folder})
    tefter_allow(${folder} ${program_LAYERS} ${name})
endfunction()

# Notes for the test of the layers: files in FOLDER may include headers of these layers.
function(tefter_allow folder)
    set_property(GLOBAL APPEND PROPERTY tefter_rules "${folder}")
    set_property(GLOBAL PROPERTY "tefter_allowed_${folder}" "${ARGN}")
endfunction()

# Writes `folder: folder folder …` lines, one a layer, for tests/layers.cmake.
function(tefter_write_layers file)
    get_property(folders GLOBAL PROPERTY tefter_rules)
    set(text "")
    foreach(folder IN LISTS folders)
        get_property(layers GLOBAL PROPERTY "tefter_allowed_${folder}")
        string(APPEND text "${folder}:")
        foreach(layer IN LISTS layers)
            get_property(allowed GLOBAL PROPERTY tefter_folder_${layer})
            string(APPEND text " ${allowed}")
        endforeach()
        string(APPEND text "\n")
    endforeach()
    file(WRITE ${file} "${text}")
endfunction()
