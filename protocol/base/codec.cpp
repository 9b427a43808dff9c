#include "protocol/base/codec.hpp"

namespace ward {

void Writer::varint(std::uint64_t value) {
  while (value >= 0x80U) {
    out_.push_back(static_cast<std::uint8_t>(value | 0x80U));
    value >>= 7U;
  }
  out_.push_back(static_cast<std::uint8_t>(value));
}

void Reader::reject(Fault fault) noexcept {
  if (!failed_) fault_ = fault;
  failed_ = true;
  rest_ = {};
}

std::uint64_t Reader::fixed(std::size_t size) {
  const auto bytes = raw(size);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
  return value;
}

BytesView Reader::raw(std::size_t size) {
  if (failed_ || size > rest_.size()) {
    reject();
    return {};
  }
  const auto out = rest_.first(size);
  rest_ = rest_.subspan(size);
  return out;
}

std::uint64_t Reader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto bytes = raw(1);
    if (bytes.empty()) return 0;
    const std::uint64_t part = bytes[0] & 0x7fU;
    const bool last = (bytes[0] & 0x80U) == 0;
    const bool overflows = shift == 63 && part > 1;
    const bool padded = last && part == 0 && shift != 0;
    if (overflows || padded) break;
    value |= part << shift;
    if (last) return value;
  }
  reject();
  return 0;
}

std::size_t Reader::count(std::size_t max) {
  const auto value = varint();
  if (value > max) {
    reject(Fault::too_large);
    return 0;
  }
  return static_cast<std::size_t>(value);
}

Result<void> Reader::so_far(const char* what) const {
  if (failed_) return fail(fault_, std::string("decode ") + what);
  return {};
}

Result<void> Reader::finish(const char* what) const {
  WARD_CHECK(so_far(what));
  if (!rest_.empty()) return fail(Fault::malformed, std::string("decode ") + what + ": trailing bytes");
  return {};
}

}  // namespace ward
