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
    set(CMAKE_${language}_COMPILER_LAUNCHER ${TAPE_CCACHE})
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

# What nearly every file includes is half of what compiling it costs. Without ccache it is compiled once
# for a target. With it, a file is compiled once for all trees anyhow, and a precompiled header would
# belong to one tree.
if(NOT TAPE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(TAPE_PRELUDE
    <algorithm> <array> <atomic> <cstdint> <functional> <map> <memory> <mutex> <optional> <span> <string>
    <string_view> <thread> <utility> <variant> <vector>
    <absl/status/status.h> <absl/status/statusor.h>)
endif()
