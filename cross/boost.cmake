# Boost's two compiled libraries, from their headers: for other machines, and small, for what is shipped.
foreach(library json url)
  add_library(boost_${library} STATIC ${CMAKE_SOURCE_DIR}/cross/boost_${library}.cpp)
  target_link_libraries(boost_${library} PUBLIC Boost::headers ward_base)
  target_compile_options(boost_${library} PRIVATE -w)
  add_library(Boost::${library} ALIAS boost_${library})
endforeach()
