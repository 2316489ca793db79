# report.html's own files, part of the program: framework/report/html joined into one style sheet and
# one module, and the charting library as npm has it (tools/bootstrap).
#
#   TUNEVAL_ECHARTS   folder of the package echarts (default: .deps/npm/node_modules/echarts)
set(TUNEVAL_ECHARTS "${CMAKE_SOURCE_DIR}/.deps/npm/node_modules/echarts" CACHE PATH
    "Apache ECharts: the folder of its npm package, with dist/echarts.min.js")
set(_charts "${TUNEVAL_ECHARTS}/dist/echarts.min.js")
if(NOT EXISTS "${_charts}")
  message(FATAL_ERROR "No ${_charts}: run tools/bootstrap, or set TUNEVAL_ECHARTS to the folder of "
                      "the npm package echarts.")
endif()
file(READ "${TUNEVAL_ECHARTS}/package.json" _package)
string(JSON _version GET "${_package}" version)
set(TUNEVAL_CHARTS_NAME "Apache ECharts ${_version}")

# Each before those that import it.
set(_modules dom text data state theme verdict_words table chart marks forest one_task advice rank_charts
    tunability_chart task_charts effect_charts pair_charts teacher_chart cost_charts loss_chart epoch_chart
    seed_charts band_charts confusion_chart tables cost_tables blocks matching virtual_list example_detail
    example_file examples filter_bar main)
set(_html "${CMAKE_SOURCE_DIR}/framework/report/html")
set(_made "${CMAKE_BINARY_DIR}/generated/report")
set(_scripts "")
foreach(_module IN LISTS _modules)
  list(APPEND _scripts "${_html}/${_module}.js")
endforeach()
file(GLOB _present CONFIGURE_DEPENDS "${_html}/*.js")
set(_left "${_present}")
list(REMOVE_ITEM _left ${_scripts})
if(_left)
  message(FATAL_ERROR "not among the modules of cmake/ReportPage.cmake: ${_left}")
endif()
set(_styles "${_html}/page.css" "${_html}/views.css")

function(_tuneval_join output)
  add_custom_command(
    OUTPUT "${output}"
    COMMAND ${CMAKE_COMMAND} "-DOUTPUT=${output}" "-DFILES=${ARGN}"
            -P "${CMAKE_SOURCE_DIR}/cmake/join_modules.cmake"
    DEPENDS ${ARGN} "${CMAKE_SOURCE_DIR}/cmake/join_modules.cmake"
    COMMENT "Joining ${output}"
    VERBATIM)
endfunction()
_tuneval_join("${_made}/program.js" ${_scripts})
_tuneval_join("${_made}/style.css" ${_styles})

set(TUNEVAL_PAGE_FILE "${_html}/page.html")
set(TUNEVAL_STYLE_FILE "${_made}/style.css")
set(TUNEVAL_CHARTS_FILE "${_charts}")
set(TUNEVAL_PROGRAM_FILE "${_made}/program.js")
configure_file("${CMAKE_SOURCE_DIR}/cmake/report_page.cpp.in" "${_made}/report_page.cpp" @ONLY)
# Alone: what includes it for a batch would not depend on these files.
set_source_files_properties("${_made}/report_page.cpp" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON OBJECT_DEPENDS
  "${TUNEVAL_PAGE_FILE};${TUNEVAL_STYLE_FILE};${TUNEVAL_CHARTS_FILE};${TUNEVAL_PROGRAM_FILE}")
set(TUNEVAL_REPORT_PAGE "${_made}/report_page.cpp")
