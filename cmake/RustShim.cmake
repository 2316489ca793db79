# framework/text/shim: tokenizers, chat templates and safetensors headers, from crates, as one static
# library behind a C header. .deps/bin/cargo, which tools/bootstrap makes, keeps its downloads in .deps/.
find_program(TUNEVAL_CARGO cargo HINTS "${CMAKE_SOURCE_DIR}/.deps/bin" NO_DEFAULT_PATH)
find_program(TUNEVAL_CARGO cargo REQUIRED)

set(_shim "${CMAKE_SOURCE_DIR}/framework/text/shim")
set(_target_dir "${CMAKE_BINARY_DIR}/shim")
set(_library "${_target_dir}/release/libtuneval_text_shim.a")
file(GLOB_RECURSE _rust_sources CONFIGURE_DEPENDS "${_shim}/src/*.rs")
add_custom_command(
  OUTPUT "${_library}"
  COMMAND ${TUNEVAL_CARGO} build --release --locked --quiet
          --manifest-path "${_shim}/Cargo.toml" --target-dir "${_target_dir}"
  DEPENDS ${_rust_sources} "${_shim}/Cargo.toml" "${_shim}/Cargo.lock"
  COMMENT "Building the text shim (Rust)"
  VERBATIM)
add_custom_target(tuneval_text_shim_build DEPENDS "${_library}")
add_library(tuneval_text_shim INTERFACE)
add_library(tuneval::text_shim ALIAS tuneval_text_shim)
add_dependencies(tuneval_text_shim tuneval_text_shim_build)
target_include_directories(tuneval_text_shim INTERFACE "${_shim}")
target_link_libraries(tuneval_text_shim INTERFACE "${_library}" dl pthread m)
