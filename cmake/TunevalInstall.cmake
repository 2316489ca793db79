# cmake --install: the program, its plugins and data, and the SDK that find_package(tuneval) gives.
#
#   bin/tuneval                       include/tuneval/**
#   lib/libtuneval_sdk.so             lib/cmake/tuneval/
#   lib/tuneval/plugins/*.so          share/tuneval/{packs,models,examples}
#   bin/tuneval-get-libtorch          share/doc/tuneval/*.md
#                                     share/doc/tuneval/echarts (its licence)
#
# Installed files know one place of LibTorch, lib/tuneval/libtorch/torch beside them, and no folder of
# this machine. An installation from here has a link there (component libtorch_link); a package has
# nothing, and tuneval-get-libtorch fills it, or a copy (component libtorch, when it is asked for).
include(CMakePackageConfigHelpers)

set(_beside "tuneval/libtorch/torch")  # below the folder of libraries
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
    INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR};$ORIGIN/../${CMAKE_INSTALL_LIBDIR}/${_beside}/lib")
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
  set_target_properties(${_plugin} PROPERTIES INSTALL_RPATH "$ORIGIN/../..;$ORIGIN/../../${_beside}/lib")
  install(TARGETS ${_plugin} LIBRARY DESTINATION "${_plugin_dir}" COMPONENT program)
endforeach()

set_target_properties(tuneval_sdk PROPERTIES INSTALL_RPATH "$ORIGIN;$ORIGIN/${_beside}/lib")
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
    install(DIRECTORY "${CMAKE_SOURCE_DIR}/${_folder}" DESTINATION "${_share_dir}" COMPONENT program
      PATTERN "__pycache__" EXCLUDE)
  endif()
endforeach()
install(DIRECTORY "${CMAKE_SOURCE_DIR}/docs/" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT sdk
  FILES_MATCHING PATTERN "*.md")
install(FILES "${CMAKE_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT sdk)

# LibTorch beside it.
install(CODE "
  set(_place \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/${_beside}\")
  if(IS_SYMLINK \"\${_place}\")
    file(REMOVE \"\${_place}\")
  endif()
  if(NOT EXISTS \"\${_place}\")
    get_filename_component(_folder \"\${_place}\" DIRECTORY)
    file(MAKE_DIRECTORY \"\${_folder}\")
    file(CREATE_LINK \"${TUNEVAL_LIBTORCH_DIR}\" \"\${_place}\" SYMBOLIC)
    message(STATUS \"Linked: \${_place}\")
  endif()" COMPONENT libtorch_link)
install(DIRECTORY "${TUNEVAL_LIBTORCH_DIR}/include" "${TUNEVAL_LIBTORCH_DIR}/lib"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/${_beside}" COMPONENT libtorch EXCLUDE_FROM_ALL)
get_filename_component(_wheels "${TUNEVAL_LIBTORCH_DIR}" DIRECTORY)
file(GLOB _wheel_infos "${_wheels}/*.dist-info")
if(EXISTS "${_wheels}/nvidia")
  install(DIRECTORY "${_wheels}/nvidia" DESTINATION "${CMAKE_INSTALL_LIBDIR}/tuneval/libtorch"
    COMPONENT libtorch EXCLUDE_FROM_ALL)
endif()
if(_wheel_infos)  # with the licences
  install(DIRECTORY ${_wheel_infos} DESTINATION "${CMAKE_INSTALL_DOCDIR}/libtorch"
    COMPONENT libtorch EXCLUDE_FROM_ALL)
endif()

# What fetches it, where that would be this version.
file(STRINGS "${CMAKE_SOURCE_DIR}/tools/get_libtorch" _pinned REGEX "torch==${TUNEVAL_LIBTORCH_VERSION} ")
if(_pinned)
  install(PROGRAMS "${CMAKE_SOURCE_DIR}/tools/get_libtorch" DESTINATION "${CMAKE_INSTALL_BINDIR}"
    RENAME tuneval-get-libtorch COMPONENT program)
endif()
