# Finds LibTorch as the PyPI wheel `torch` ships it and defines tuneval::libtorch.
# The wheel's own TorchConfig.cmake is not used: it demands the CUDA toolkit.
#
#   TUNEVAL_LIBTORCH_DIR   folder that holds include/ and lib/ (default: .deps/libtorch/torch)

set(TUNEVAL_LIBTORCH_DIR "${CMAKE_CURRENT_SOURCE_DIR}/.deps/libtorch/torch"
    CACHE PATH "LibTorch: the folder that holds include/ and lib/")

include(LibTorchVersion)
tuneval_libtorch_version(TUNEVAL_LIBTORCH_VERSION "${TUNEVAL_LIBTORCH_DIR}")
if(NOT TUNEVAL_LIBTORCH_VERSION)
  message(FATAL_ERROR "No LibTorch in ${TUNEVAL_LIBTORCH_DIR}: run tools/bootstrap, "
                      "or set TUNEVAL_LIBTORCH_DIR to the folder with include/ and lib/.")
endif()
if(TUNEVAL_LIBTORCH_VERSION VERSION_LESS 2.11)
  message(FATAL_ERROR "LibTorch ${TUNEVAL_LIBTORCH_VERSION} in ${TUNEVAL_LIBTORCH_DIR}: "
                      "expected 2.11 or newer")
endif()
message(STATUS "LibTorch ${TUNEVAL_LIBTORCH_VERSION}: ${TUNEVAL_LIBTORCH_DIR}")

add_library(tuneval_libtorch INTERFACE)
add_library(tuneval::libtorch ALIAS tuneval_libtorch)
# LibTorch's include folder holds an fmt of its own, whose library it does not ship: ours comes first.
find_package(fmt REQUIRED)
get_target_property(_fmt_include fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
set(_fmt_first "${CMAKE_BINARY_DIR}/generated/fmt_first")
file(MAKE_DIRECTORY "${_fmt_first}")
file(CREATE_LINK "${_fmt_include}/fmt" "${_fmt_first}/fmt" SYMBOLIC)
target_include_directories(tuneval_libtorch SYSTEM INTERFACE
  "$<BUILD_INTERFACE:${_fmt_first}>"
  "$<BUILD_INTERFACE:${TUNEVAL_LIBTORCH_DIR}/include>"
  "$<BUILD_INTERFACE:${TUNEVAL_LIBTORCH_DIR}/include/torch/csrc/api/include>")
# The CUDA half, where tools/bootstrap --cuda installed it.
set(_cuda "")
if(EXISTS "${TUNEVAL_LIBTORCH_DIR}/lib/libtorch_cuda.so")
  foreach(_name torch_cuda c10_cuda)
    list(APPEND _cuda "$<BUILD_INTERFACE:${TUNEVAL_LIBTORCH_DIR}/lib/lib${_name}.so>")
  endforeach()
endif()
# --no-as-needed: LibTorch's libraries register their operators from static objects.
target_link_libraries(tuneval_libtorch INTERFACE
  "$<BUILD_INTERFACE:-Wl,--no-as-needed>"
  "$<BUILD_INTERFACE:${TUNEVAL_LIBTORCH_DIR}/lib/libtorch_cpu.so>"
  "$<BUILD_INTERFACE:${TUNEVAL_LIBTORCH_DIR}/lib/libc10.so>"
  ${_cuda}
  "$<BUILD_INTERFACE:-Wl,--as-needed>")
