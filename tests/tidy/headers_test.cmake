# Compiles the unit of a sound header, which has to pass, and of headers that are broken in one way
# each, which have to fail and say why; then lists the headers of a small tree that need a unit.
#
#   cmake -DCOMPILER=... -DSCRATCH=... -P headers_test.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/headers.cmake)

function(compile header text)
  file(WRITE ${SCRATCH}/include/${header} "${text}")
  tape_header_unit(${SCRATCH}/units ${header})
  execute_process(
    COMMAND ${COMPILER} -std=c++20 -fsyntax-only -I${SCRATCH}/include ${SCRATCH}/units/${header}.cc
    RESULT_VARIABLE result ERROR_VARIABLE errors)
  set(result ${result} PARENT_SCOPE)
  set(errors "${errors}" PARENT_SCOPE)
endfunction()

function(accepts header text)
  compile(${header} "${text}")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${header} was refused: ${errors}")
  endif()
endfunction()

function(refuses header reason text)
  compile(${header} "${text}")
  if(result EQUAL 0)
    message(FATAL_ERROR "${header} was accepted")
  endif()
  if(NOT errors MATCHES "${reason}")
    message(FATAL_ERROR "${header} was refused, but not for '${reason}': ${errors}")
  endif()
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
accepts(tape/sound.h "#pragma once\n#include <string>\nstruct Sound { std::string name; };\n")
refuses(tape/leaning.h "std" "#pragma once\nstruct Leaning { std::string name; };\n")
refuses(tape/unguarded.h "redefinition of .*Unguarded" "struct Unguarded {};\n")
refuses(tape/inward.h "format/bytes/crc32c.h" "#pragma once\n#include \"format/bytes/crc32c.h\"\n")

set(PROJECT_SOURCE_DIR ${SCRATCH}/tree)
set(proven format/proven.h format/proven.cc)
foreach(file ${proven} format/bytes/bare.h format/include/tape/public.h docs/no.h)
  file(WRITE ${PROJECT_SOURCE_DIR}/${file} "")
endforeach()
tape_unproven_headers(unproven format engine)
if(NOT unproven STREQUAL ${PROJECT_SOURCE_DIR}/format/bytes/bare.h)
  message(FATAL_ERROR "needs units for: ${unproven}")
endif()
