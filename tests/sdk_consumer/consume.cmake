# Run by ctest (see CMakeLists.txt); every step that fails ends it with what was printed.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
set(prefix "${WORK}/prefix")

function(fail message)
  message(FATAL_ERROR "sdk_consumer: ${message}")
endfunction()

# run(COMMAND…): its output in `output`; it must succeed.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT result EQUAL 0)
    fail("${ARGN}\n${text}")
  endif()
  set(output "${text}" PARENT_SCOPE)
endfunction()

function(expect_match pattern)
  if(NOT output MATCHES "${pattern}")
    fail("expected \"${pattern}\" in:\n${output}")
  endif()
endfunction()

# refuse(NAME PATTERN options…): configuring the example must fail with a message.
function(refuse name pattern)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S "${prefix}/share/tuneval/examples/plugins/edit_similarity"
      -B "${WORK}/${name}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX}"
      "-DCMAKE_PREFIX_PATH=${prefix}" ${ARGN}
    RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(result EQUAL 0)
    fail("${name}: configuring should fail")
  endif()
  string(REGEX REPLACE "[ \n]+" " " output "${text}")
  expect_match("${pattern}")
endfunction()

# Installed files know each other by where they lie to one another: the prefix may be moved.
run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${WORK}/installed_here")
file(RENAME "${WORK}/installed_here" "${prefix}")
run(${CMAKE_COMMAND} -E env --unset=TUNEVAL_PLUGIN_PATH "${prefix}/bin/tuneval" plugins list)
expect_match("${prefix}/lib/tuneval/plugins/llama.so")

# Installed again, the link to LibTorch is made anew.
run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${prefix}" --component libtorch_link)
expect_match("Linked: ${prefix}/lib/tuneval/libtorch/torch")

# A LibTorch that is none, and one of another version.
refuse(no_libtorch "No LibTorch in TUNEVAL_LIBTORCH_DIR" "-DTUNEVAL_LIBTORCH_DIR=${WORK}")
set(other "${WORK}/other_libtorch")
file(WRITE "${other}/lib/libtorch_cpu.so" "")
file(WRITE "${other}/include/torch/headeronly/version.h"
  "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 11\n#define TORCH_VERSION_PATCH 0\n")
refuse(other_version "LibTorch 2.11.0 in .* this tuneval was built with [0-9.]+, and plugins must be"
       "-DTUNEVAL_LIBTORCH_DIR=${other}")
