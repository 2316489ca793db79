# The folders that `tuneval plugins new` begins a plugin with, part of the program: sdk/templates/KIND,
# each a plugin that builds as it stands.
set(_files "")
foreach(_kind model task metric)
  file(GLOB _sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/sdk/templates/${_kind}/*")
  foreach(_source IN LISTS _sources)
    get_filename_component(_name "${_source}" NAME)
    file(READ "${_source}" _text)
    string(FIND "${_text}" ")tuneval\"" _end)
    if(NOT _end EQUAL -1)
      message(FATAL_ERROR "${_source} holds )tuneval\", which ends the literal that it becomes")
    endif()
    string(APPEND _files
           "      {PluginKind::${_kind}, \"${_name}\", R\"tuneval(${_text})tuneval\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${_source}")
  endforeach()
endforeach()
set(TUNEVAL_PLUGIN_TEMPLATES "${CMAKE_BINARY_DIR}/generated/plugin_templates.cpp")
configure_file("${CMAKE_SOURCE_DIR}/cmake/plugin_templates.cpp.in" "${TUNEVAL_PLUGIN_TEMPLATES}" @ONLY)
