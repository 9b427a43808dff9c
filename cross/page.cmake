# cmake -DFOLDER=DIR -DOUT=FILE.cpp -DNAMESPACE=agent -P page.cmake
# A page's files, gzipped, as `std::span<const runtime::PageFile> page_files()` of namespace ward::NAMESPACE.
set(types html=text/html js=text/javascript css=text/css svg=image/svg+xml woff2=font/woff2 json=application/json ico=image/x-icon
  webmanifest=application/manifest+json txt=text/plain)
file(GLOB files RELATIVE ${FOLDER} ${FOLDER}/*)
set(arrays "")
set(rows "")
set(number 0)
foreach(file ${files})
  execute_process(COMMAND gzip -9nc ${FOLDER}/${file} OUTPUT_FILE ${OUT}.gz COMMAND_ERROR_IS_FATAL ANY)
  file(READ ${OUT}.gz bytes HEX)
  file(REMOVE ${OUT}.gz)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(REGEX REPLACE "((....................................................................................))" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "^.*\\." "" extension ${file})
  set(type "application/octet-stream")
  foreach(known ${types})
    if(known MATCHES "^${extension}=(.*)$")
      set(type ${CMAKE_MATCH_1})
    endif()
  endforeach()
  if(type MATCHES "^text/|json$")
    string(APPEND type "; charset=utf-8")
  endif()
  string(APPEND arrays "constexpr char file_${number}[] = {${bytes}};\n")
  string(APPEND rows "    {\"${file}\", {file_${number}, sizeof file_${number}}, \"${type}\"},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT} "#include \"${NAMESPACE}/page_files.hpp\"

namespace ward::${NAMESPACE} {
namespace {
${arrays}
constexpr runtime::PageFile files[] = {
${rows}};
}  // namespace

std::span<const runtime::PageFile> page_files() { return files; }

}  // namespace ward::${NAMESPACE}
")
