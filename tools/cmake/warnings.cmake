# Warnings are for us, never for whoever embeds tape: PRIVATE, and errors only where the presets ask.
option(TAPE_WERROR "Treat warnings as errors" OFF)

function(tape_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic
    $<$<CXX_COMPILER_ID:Clang,AppleClang>:-Wthread-safety>
    $<$<BOOL:${TAPE_WERROR}>:-Werror>)
endfunction()
