# cmake -DOUTPUT=FILE -DFILES=LIST -P join_modules.cmake
#
# One file of several. Of JavaScript modules, whose imports all name one another, it makes a single
# one: lines `import { a, b } from './x.js';` go, and the word `export` before a declaration. Names at
# the top of the modules must differ, else a browser refuses the whole.
set(_joined "")
foreach(_file IN LISTS FILES)
  file(READ "${_file}" _text)
  if(_file MATCHES "\\.js$")
    string(REGEX REPLACE "\nimport {[^}]*} from '\\./[a-z_]+\\.js';" "" _text "\n${_text}")
    string(REGEX REPLACE "\nexport " "\n" _text "${_text}")
    if(_text MATCHES "\nimport |</script|<!--")
      message(FATAL_ERROR "${_file}: expected imports of the form `import { a } from './x.js';`, and "
                          "nothing that ends a script within a page")
    endif()
  endif()
  string(APPEND _joined "${_text}")
endforeach()
file(WRITE "${OUTPUT}" "${_joined}")
