# cmake -DIN=FILE -DOUT=FILE.cpp -DSYMBOL=name -P embed.cmake
file(READ ${IN} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
string(REGEX REPLACE "((....................................................................................))" "\\1\n" bytes "${bytes}")
file(WRITE ${OUT} "#include <string_view>
namespace ward::embedded {
namespace {
constexpr char ${SYMBOL}_bytes[] = {${bytes}};
}
extern const std::string_view ${SYMBOL};
const std::string_view ${SYMBOL}{${SYMBOL}_bytes, sizeof ${SYMBOL}_bytes};
}
")
