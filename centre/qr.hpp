#pragma once

#include "protocol/base/error.hpp"

#include <string>
#include <vector>

/// QR codes (ISO/IEC 18004), as scanners and telephones read them.
namespace ward::centre {

struct Qr {
  std::size_t size = 0;    ///< modules on each side
  std::vector<bool> dark;  ///< row by row
  /// Outside it is light.
  [[nodiscard]] bool at(std::ptrdiff_t column, std::ptrdiff_t row) const;
};

/// Level M: a crumpled paper or a slanted photograph still reads. `invalid`: longer than the largest code holds.
[[nodiscard]] Result<Qr> qr_of(const std::string& text);
/// For a terminal: two rows in a line, with the margin that scanners need; light is what is drawn.
[[nodiscard]] std::string blocks_of(const Qr& qr);
/// The dark modules, as the `d` of a path of SVG; without the margin.
[[nodiscard]] std::string path_of(const Qr& qr);
/// A file to print.
[[nodiscard]] std::string svg_of(const Qr& qr);

}  // namespace ward::centre
