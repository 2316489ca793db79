# A Debian package by CPack: tools/package.
#
#   cpack -G DEB --config build/CPackConfig.cmake [-D CPACK_TUNEVAL_BUNDLE=ON]
#
# It installs to /usr and needs Debian's libraries, which dpkg-shlibdeps finds. LibTorch is not of
# Debian: its place, /usr/lib/tuneval/libtorch, is filled by tuneval-get-libtorch; with
# CPACK_TUNEVAL_BUNDLE the package has the copy that the build used.
install(FILES "${CMAKE_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME copyright
  COMPONENT debian EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tuneval)
set(CPACK_PACKAGE_VENDOR "tuneval maintainers")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Which small language model to fine-tune for a task")
set(CPACK_PACKAGE_DIRECTORY "${CMAKE_BINARY_DIR}/packages")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 0)

# Every component by name: LibTorch's link leads into this machine.
set(CPACK_INSTALL_CMAKE_PROJECTS "")
foreach(_component program sdk debian)
  list(APPEND CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR}" tuneval ${_component} /)
endforeach()
set(CPACK_TUNEVAL_BUNDLED "${CMAKE_BINARY_DIR}" tuneval libtorch /)
set(CPACK_TUNEVAL_LIBTORCH_VERSION "${TUNEVAL_LIBTORCH_VERSION}")
set(CPACK_PROJECT_CONFIG_FILE "${CMAKE_CURRENT_LIST_DIR}/PackageOptions.cmake")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "tuneval maintainers")
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"tuneval scores base models on tasks, tunes them with LoRA, scores them again
and ranks them with intervals. It needs LibTorch ${TUNEVAL_LIBTORCH_VERSION} in /usr/lib/tuneval/libtorch:
tuneval-get-libtorch fetches it. Plugins are built against it with CMake.")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, python3-venv")  # of tuneval-get-libtorch
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "cmake, g++")                       # to build plugins
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS
    "${TUNEVAL_LIBTORCH_DIR}/lib" "${CMAKE_LIBRARY_OUTPUT_DIRECTORY}")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${CMAKE_SOURCE_DIR}/packaging/debian/postinst" "${CMAKE_SOURCE_DIR}/packaging/debian/postrm")
include(CPack)
