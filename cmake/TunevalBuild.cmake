# How everything of ours is compiled: one interface target, tuneval_options.

find_program(TUNEVAL_CCACHE ccache)
if(TUNEVAL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  if(DEFINED ENV{CCACHE_DIR})
    set(_ccache_dir "$ENV{CCACHE_DIR}")
  else()
    set(_ccache_dir "${CMAKE_SOURCE_DIR}/.deps/ccache")
  endif()
  # sloppiness: without it ccache refuses every file that uses the precompiled header
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
      "CCACHE_DIR=${_ccache_dir}" ${TUNEVAL_CCACHE})
endif()

# -Wno-restrict: GCC 12 warns of its own std::string code.
add_library(tuneval_options INTERFACE)
target_compile_options(tuneval_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow
                       -Wno-unknown-pragmas -Wno-restrict
                       $<$<BOOL:${TUNEVAL_WERROR}>:-Werror>)

find_program(TUNEVAL_MOLD mold)
if(TUNEVAL_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(TUNEVAL_SANITIZE)
  add_compile_options(-fsanitize=${TUNEVAL_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TUNEVAL_SANITIZE})
endif()

# tuneval_compile_together(TARGET): its files are compiled in batches, each as one: what they have in
# common, headers and instantiations, is most of their time. A file that shares a name with another
# has SKIP_UNITY_BUILD_INCLUSION.
set(TUNEVAL_BATCH 8 CACHE STRING "Files of one target that are compiled as one; 1: each alone")
function(tuneval_compile_together target)
  if(TUNEVAL_BATCH GREATER 1)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${TUNEVAL_BATCH})
  endif()
endfunction()
