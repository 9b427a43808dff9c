#include "centre/qr.hpp"

#include <qrencode.h>

#include <memory>

namespace ward::centre {
namespace {

constexpr std::ptrdiff_t margin = 4;
constexpr int module_pixels = 8;

}  // namespace

bool Qr::at(std::ptrdiff_t column, std::ptrdiff_t row) const {
  const auto side = static_cast<std::ptrdiff_t>(size);
  return column >= 0 && row >= 0 && column < side && row < side && dark[static_cast<std::size_t>(row * side + column)];
}

Result<Qr> qr_of(const std::string& text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> made(QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1), QRcode_free);
  if (!made) return fail(Fault::invalid, "this is too long for a QR code");
  Qr out;
  out.size = static_cast<std::size_t>(made->width);
  for (std::size_t i = 0; i < out.size * out.size; ++i) out.dark.push_back((made->data[i] & 1U) != 0);
  return out;
}

std::string blocks_of(const Qr& qr) {
  constexpr const char* drawn[] = {" ", "▀", "▄", "█"};
  std::string out;
  const auto end = static_cast<std::ptrdiff_t>(qr.size) + margin;
  for (auto row = -margin; row < end; row += 2) {
    for (auto column = -margin; column < end; ++column)
      out += drawn[(qr.at(column, row) ? 0 : 1) + (qr.at(column, row + 1) || row + 1 == end ? 0 : 2)];
    out += '\n';
  }
  return out;
}

std::string path_of(const Qr& qr) {
  std::string out;
  const auto side = static_cast<std::ptrdiff_t>(qr.size);
  for (std::ptrdiff_t row = 0; row < side; ++row) {
    for (std::ptrdiff_t column = 0; column < side; ++column) {
      if (!qr.at(column, row)) continue;
      const auto first = column;
      while (qr.at(column, row)) ++column;
      const auto width = std::to_string(column - first);
      out += 'M' + std::to_string(first) + ' ' + std::to_string(row) + 'h' + width + "v1h-" + width + 'z';
    }
  }
  return out;
}

std::string svg_of(const Qr& qr) {
  const auto side = std::to_string(qr.size + 2 * margin);
  const auto pixels = std::to_string((qr.size + 2 * margin) * module_pixels);
  return R"(<svg xmlns="http://www.w3.org/2000/svg" width=")" + pixels + R"(" height=")" + pixels + R"(" viewBox="-4 -4 )" + side + ' ' +
         side + R"(" shape-rendering="crispEdges"><path fill="#fff" d="M-4-4h)" + side + "v" + side + "h-" + side + R"(z"/><path d=")" +
         path_of(qr) + "\"/></svg>\n";
}

}  // namespace ward::centre
