# cmake --install: the program, its plugins and data, and the SDK that find_package(tuneval) gives.
#
#   bin/tuneval                       include/tuneval/**
#   lib/libtuneval_sdk.so             lib/cmake/tuneval/
#   lib/tuneval/plugins/*.so          share/tuneval/{packs,models,examples}
#                                     share/doc/tuneval/echarts (its licence)
#
# LibTorch is not copied: installed files look for it where it was when they were built.
include(CMakePackageConfigHelpers)

set(TUNEVAL_LIBTORCH_RPATH "${TUNEVAL_LIBTORCH_DIR}/lib" CACHE STRING
    "Where the installed program finds LibTorch's libraries; $ORIGIN is allowed")
set(_plugin_dir "${CMAKE_INSTALL_LIBDIR}/tuneval/plugins")
set(_config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/tuneval")
set(_share_dir "${CMAKE_INSTALL_DATADIR}/tuneval")

# The loader looks for ../lib/tuneval/plugins beside bin/.
if(NOT CMAKE_INSTALL_LIBDIR STREQUAL "lib")
  message(STATUS "CMAKE_INSTALL_LIBDIR is ${CMAKE_INSTALL_LIBDIR}: set TUNEVAL_PLUGIN_PATH to run "
                 "the installed program, or install to lib")
endif()

if(TARGET tuneval)
  set_target_properties(tuneval PROPERTIES
    INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR};${TUNEVAL_LIBTORCH_RPATH}")
  install(TARGETS tuneval RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
endif()

# The report's charts are a part of the program; their licence goes with it.
install(FILES "${TUNEVAL_ECHARTS}/LICENSE" "${TUNEVAL_ECHARTS}/NOTICE"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/tuneval/echarts" COMPONENT program)
install(DIRECTORY "${TUNEVAL_ECHARTS}/licenses/"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/tuneval/echarts/licenses" COMPONENT program)

# The plugins of plugins/, not those that tests build.
get_property(_plugins GLOBAL PROPERTY TUNEVAL_PLUGINS)
foreach(_plugin IN LISTS _plugins)
  get_target_property(_folder ${_plugin} LIBRARY_OUTPUT_DIRECTORY)
  if(NOT _folder STREQUAL TUNEVAL_PLUGIN_OUTPUT_DIRECTORY)
    continue()
  endif()
  set_target_properties(${_plugin} PROPERTIES INSTALL_RPATH "$ORIGIN/../..;${TUNEVAL_LIBTORCH_RPATH}")
  install(TARGETS ${_plugin} LIBRARY DESTINATION "${_plugin_dir}" COMPONENT program)
endforeach()

set_target_properties(tuneval_sdk PROPERTIES INSTALL_RPATH "$ORIGIN;${TUNEVAL_LIBTORCH_RPATH}")
set_target_properties(tuneval_libtorch PROPERTIES EXPORT_NAME libtorch)
install(TARGETS tuneval_sdk tuneval_sdk_includes tuneval_sdk_headers tuneval_libtorch
        EXPORT tunevalTargets
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT sdk)
install(DIRECTORY "${CMAKE_SOURCE_DIR}/sdk/include/tuneval" "${TUNEVAL_GENERATED_INCLUDE}/tuneval"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT sdk FILES_MATCHING PATTERN "*.h")
install(EXPORT tunevalTargets NAMESPACE tuneval:: DESTINATION "${_config_dir}" COMPONENT sdk)

configure_package_config_file(
  "${CMAKE_SOURCE_DIR}/cmake/tunevalConfig.cmake.in"
  "${CMAKE_BINARY_DIR}/generated/tunevalConfig.cmake"
  INSTALL_DESTINATION "${_config_dir}" NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/generated/tunevalConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES
  "${CMAKE_BINARY_DIR}/generated/tunevalConfig.cmake"
  "${CMAKE_BINARY_DIR}/generated/tunevalConfigVersion.cmake"
  "${CMAKE_SOURCE_DIR}/cmake/TunevalPlugin.cmake"
  "${CMAKE_SOURCE_DIR}/cmake/LibTorchVersion.cmake"
  "${CMAKE_SOURCE_DIR}/cmake/plugin.map"
  DESTINATION "${_config_dir}" COMPONENT sdk)

foreach(_folder packs models examples)
  if(EXISTS "${CMAKE_SOURCE_DIR}/${_folder}")
    install(DIRECTORY "${CMAKE_SOURCE_DIR}/${_folder}" DESTINATION "${_share_dir}" COMPONENT program)
  endif()
endforeach()
install(FILES "${CMAKE_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT sdk)
