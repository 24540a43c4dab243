# Every header compiles by itself, and twice. tape_check_headers() adds the proof to the build:
#
#   public headers     one unit each, with the include path of a consumer and nothing else;
#   internal headers   one unit each for those without a .cc: where there is one, it includes its
#                      header first (places.h), so building it is the proof.
#
# headers_test.cmake shows what this refuses.

# A unit that includes `header` twice, as <folder>/<header>.cc.
function(tape_header_unit folder header)
  set(include "#include \"${header}\"\n")
  file(CONFIGURE OUTPUT ${folder}/${header}.cc CONTENT "${include}${include}")
endfunction()

# Units for headers that are written relative to `root`; their paths in `out`.
function(tape_header_units out root)
  set(units "")
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/headers)
  foreach(path IN LISTS ARGN)
    file(RELATIVE_PATH header ${root} ${path})
    tape_header_unit(${folder} ${header})
    list(APPEND units ${folder}/${header}.cc)
  endforeach()
  set(${out} ${units} PARENT_SCOPE)
endfunction()

# A header that appears is checked by the next build; a script has no build to tell.
function(tape_glob out)
  set(depends CONFIGURE_DEPENDS)
  if(CMAKE_SCRIPT_MODE_FILE)
    set(depends "")
  endif()
  file(GLOB_RECURSE paths ${depends} ${ARGN})
  set(${out} ${paths} PARENT_SCOPE)
endfunction()

# Headers below the folders named, without those of include/, and without those that a .cc proves.
function(tape_unproven_headers out)
  set(patterns ${ARGN})
  list(TRANSFORM patterns PREPEND ${PROJECT_SOURCE_DIR}/)
  list(TRANSFORM patterns APPEND /*.h)
  tape_glob(paths ${patterns})
  list(FILTER paths EXCLUDE REGEX "/include/tape/")
  set(unproven "")
  foreach(path IN LISTS paths)
    string(REGEX REPLACE "h$" "cc" source ${path})
    if(NOT EXISTS ${source})
      list(APPEND unproven ${path})
    endif()
  endforeach()
  set(${out} ${unproven} PARENT_SCOPE)
endfunction()

# Only whether it compiles counts, so nothing is optimised.
function(tape_header_library target)
  if(NOT ARGN)
    return()
  endif()
  add_library(${target} OBJECT ${ARGN})
  target_link_libraries(${target} PRIVATE tape)
  target_compile_options(${target} PRIVATE -O0)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  tape_warnings(${target})
endfunction()

function(tape_check_headers)
  foreach(layer format engine)
    tape_glob(paths ${PROJECT_SOURCE_DIR}/${layer}/include/tape/*.h)
    tape_header_units(units ${PROJECT_SOURCE_DIR}/${layer}/include ${paths})
    tape_header_library(tape_public_headers_of_${layer} ${units})
  endforeach()
  set(folders format engine tests/support tests/tidy)
  if(TAPE_BUILD_TOOLS)
    list(APPEND folders datasets/generator tools)
  endif()
  tape_unproven_headers(paths ${folders})
  tape_header_units(units ${PROJECT_SOURCE_DIR} ${paths})
  tape_header_library(tape_internal_headers ${units})
  if(TARGET tape_internal_headers)
    target_include_directories(tape_internal_headers PRIVATE ${PROJECT_SOURCE_DIR})
  endif()
endfunction()
