# The ABI tag: everything that must be equal on both sides of the plugin door, as one C symbol name.
# A plugin exports a symbol of this name; the loader reads it before dlopen.

file(GLOB_RECURSE _sdk_headers CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/sdk/include/tuneval/*.h")
list(SORT _sdk_headers)
set(_all "")
foreach(_header IN LISTS _sdk_headers)
  file(SHA256 "${_header}" _hash)
  string(APPEND _all "${_hash}")
endforeach()
string(SHA256 _all "${_all}")
string(SUBSTRING "${_all}" 0 12 TUNEVAL_SDK_HASH)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_sdk_headers})

set(_flavour plain)
if(TUNEVAL_SANITIZE MATCHES "address")
  set(_flavour asan)
endif()
set(TUNEVAL_API_VERSION 1)

include(CheckCXXSourceCompiles)
execute_process(COMMAND ${CMAKE_CXX_COMPILER} -std=c++20 -dM -E -x c++ /dev/null
                OUTPUT_VARIABLE _macros)
string(REGEX MATCH "__GXX_ABI_VERSION ([0-9]+)" _ "${_macros}")
set(_gxx_abi "${CMAKE_MATCH_1}")
string(REPLACE "." "_" _torch "${TUNEVAL_LIBTORCH_VERSION}")
set(TUNEVAL_ABI_TAG
  "tuneval_abi_${TUNEVAL_API_VERSION}_torch_${_torch}_cxx20_gxx${_gxx_abi}_cxx11abi1_${_flavour}_sdk_${TUNEVAL_SDK_HASH}")

set(TUNEVAL_GENERATED_INCLUDE "${CMAKE_BINARY_DIR}/generated/include")
configure_file("${CMAKE_SOURCE_DIR}/cmake/abi_tag.h.in"
               "${TUNEVAL_GENERATED_INCLUDE}/tuneval/abi_tag.h" @ONLY)
