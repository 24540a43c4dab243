# Fails when an object file of a processor level defines a symbol that the linker may share with other files.
set(checked 0)
foreach(object IN LISTS OBJECTS)
  if(NOT object MATCHES "kernels/kernels_v[0-9]")
    continue()
  endif()
  execute_process(COMMAND ${NM} --defined-only ${object}
    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  # Clang's UBSan describes the types of functions: data, the same at every level.
  string(REGEX REPLACE "[^\n]* V _ZT[IS][^\n]*\n" "" symbols "${symbols}")
  string(REGEX MATCHALL "[^\n]* [VvWwuC] [^\n]*" shared "${symbols}")
  if(shared)
    message(FATAL_ERROR "${object} defines shared symbols:\n${shared}")
  endif()
  math(EXPR checked "${checked} + 1")
endforeach()
message(STATUS "${checked} object files of processor levels define nothing that is shared")
