# One test: configure, build and run one consumer project. Its build tree is kept from run to run, because
# the one that embeds the sources compiles a whole library. The prefix of the other is made anew, so that
# a header which is no longer installed is missed.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY COMMAND_ECHO STDOUT)
endfunction()

set(prefix ${SCRATCH}/prefix)
if(CONSUMER MATCHES "find_package$")
  file(REMOVE_RECURSE ${prefix})
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
endif()
run(${CMAKE_COMMAND} --fresh -S ${CONSUMER} -B ${SCRATCH}/build -G ${GENERATOR}
  -DCMAKE_BUILD_TYPE=Debug
  -DCMAKE_CXX_COMPILER=${COMPILER}
  -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
  -DCMAKE_PREFIX_PATH=${prefix}
  -DTAPE_SOURCE=${SOURCE}
  -DTAPE_WERROR=ON)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer)
