# What our own builds add and whoever embeds tape never gets: ccache, sanitizers, coverage, hardening.
# Directory-wide, so that library, tools, tests and benchmarks are all built alike, and before any target.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()

option(TAPE_HARDEN "Build with the compiler's and the linker's cheap protections" ON)
option(TAPE_COVERAGE "Count the lines that run (GCC); tools/coverage prints them" OFF)
set(TAPE_SANITIZE "" CACHE STRING "Sanitizers for everything, comma-separated: address,undefined")

find_program(TAPE_CCACHE ccache)
mark_as_advanced(TAPE_CCACHE)
foreach(language C CXX)
  if(TAPE_CCACHE AND NOT DEFINED CMAKE_${language}_COMPILER_LAUNCHER)
    # Without these it stays away from files that use a precompiled header.
    set(CMAKE_${language}_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${TAPE_CCACHE})
  endif()
endforeach()

if(TAPE_SANITIZE)
  add_compile_options(-fsanitize=${TAPE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TAPE_SANITIZE})
endif()

if(TAPE_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

if(TAPE_HARDEN)
  add_compile_options(-fstack-protector-strong)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    add_link_options(-Wl,-z,relro,-z,now)
  endif()
  # Checked operator[] costs too much in the loops that release is measured by; everywhere else it is on.
  add_compile_definitions($<$<NOT:$<CONFIG:Release>>:_GLIBCXX_ASSERTIONS>)
  # The sanitizers intercept the functions that _FORTIFY_SOURCE would replace, and see more.
  if(NOT TAPE_SANITIZE)
    add_compile_options($<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
  endif()
endif()

# What ccache asks for where headers are precompiled.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
endif()
