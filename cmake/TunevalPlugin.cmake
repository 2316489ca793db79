# tuneval_add_plugin(NAME [SOURCES file...] [NO_LIBTORCH])
#
# Builds the loadable plugin NAME (NAME.so) from the sources given, or from every .cpp of the current
# folder. NO_LIBTORCH: a task type or metric, which needs no tensor, compiles and links without it.
# Our own plugins and those of others come in by this same function.
#
# tuneval_check_plugin(NAME [AS WORD] [arguments of `tuneval plugins check`...])
#
# A ctest, NAME_check or NAME_check_WORD, that runs the conformance checks on the plugin;
# enable_testing() comes before it.

# The function may be called after variables of this file went out of scope.
set_property(GLOBAL PROPERTY TUNEVAL_PLUGIN_MODULE_DIR "${CMAKE_CURRENT_LIST_DIR}")

function(tuneval_add_plugin name)
  cmake_parse_arguments(arg "NO_LIBTORCH" "OUTPUT_DIRECTORY" "SOURCES" ${ARGN})
  if(NOT arg_SOURCES)
    file(GLOB arg_SOURCES CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  endif()
  get_property(_dir GLOBAL PROPERTY TUNEVAL_PLUGIN_MODULE_DIR)

  set(target tuneval_plugin_${name})
  add_library(${target} MODULE ${arg_SOURCES})
  if(NOT arg_OUTPUT_DIRECTORY AND TUNEVAL_PLUGIN_OUTPUT_DIRECTORY)
    set(arg_OUTPUT_DIRECTORY "${TUNEVAL_PLUGIN_OUTPUT_DIRECTORY}")
  endif()
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME "${name}" SUFFIX ".so"
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    DEFINE_SYMBOL ""
    LINK_DEPENDS "${_dir}/plugin.map")
  if(arg_OUTPUT_DIRECTORY)
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${arg_OUTPUT_DIRECTORY}")
  endif()
  if(arg_NO_LIBTORCH)
    target_link_libraries(${target} PRIVATE tuneval::sdk_headers)
  else()
    target_link_libraries(${target} PRIVATE tuneval::sdk)
  endif()
  set_property(GLOBAL APPEND PROPERTY TUNEVAL_PLUGINS ${target})
  # z,defs: a symbol nobody has is an error here and not when a user loads the plugin.
  target_link_options(${target} PRIVATE
    -Wl,-z,defs "-Wl,--version-script=${_dir}/plugin.map")
endfunction()

function(tuneval_check_plugin name)
  cmake_parse_arguments(arg "" "AS" "" ${ARGN})
  if(TARGET tuneval)
    set(_program $<TARGET_FILE:tuneval>)
  else()
    find_program(TUNEVAL_PROGRAM tuneval HINTS "${tuneval_PROGRAM_DIR}" REQUIRED)
    set(_program "${TUNEVAL_PROGRAM}")
  endif()
  set(_test "${name}_check")
  if(arg_AS)
    string(APPEND _test "_${arg_AS}")
  endif()
  add_test(NAME ${_test} COMMAND "${_program}" plugins check $<TARGET_FILE:tuneval_plugin_${name}>
           ${arg_UNPARSED_ARGUMENTS})
endfunction()
