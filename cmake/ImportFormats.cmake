# The formats of `tuneval import`: of each framework/data/importers/formats/NAME.cpp, which defines
# `Importer NAME_format()`, an entry in the list that all_importers() gives.
file(GLOB _formats CONFIGURE_DEPENDS
     "${CMAKE_SOURCE_DIR}/framework/data/importers/formats/*.cpp")
set(_declarations "")
set(_calls "")
foreach(_file IN LISTS _formats)
  get_filename_component(_name "${_file}" NAME_WE)
  if(NOT _name MATCHES "^[a-z][a-z0-9_]*$")
    message(FATAL_ERROR "${_file}: expected a name of small letters, digits and underscores")
  endif()
  string(APPEND _declarations "Importer ${_name}_format();\n")
  string(APPEND _calls "      ${_name}_format(),\n")
endforeach()
set(TUNEVAL_IMPORT_FORMATS "${CMAKE_BINARY_DIR}/generated/import_formats.cpp")
configure_file("${CMAKE_SOURCE_DIR}/cmake/import_formats.cpp.in" "${TUNEVAL_IMPORT_FORMATS}" @ONLY)
