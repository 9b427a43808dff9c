#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ward {

/// Appends canonical bytes: integers little-endian, varints minimal (LEB128), signed numbers as zigzag. Cannot fail;
/// writers assert their own limits before they call it.
class Writer {
 public:
  void u8(std::uint8_t value) { out_.push_back(value); }
  void u16(std::uint16_t value) { fixed(value, 2); }
  void u32(std::uint32_t value) { fixed(value, 4); }
  void u48(std::uint64_t value) { fixed(value, 6); }
  void u64(std::uint64_t value) { fixed(value, 8); }
  void varint(std::uint64_t value);
  void zigzag(std::int64_t value) { varint((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63)); }
  void raw(BytesView bytes) { append(out_, bytes); }
  template <class Tag, std::size_t N>
  void raw(const Fixed<Tag, N>& value) {
    append(out_, value.view());
  }
  void bytes(BytesView bytes) {  ///< varint length, then the bytes
    varint(bytes.size());
    raw(bytes);
  }
  void text(std::string_view text) { bytes(view(text)); }

  [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }
  [[nodiscard]] const Bytes& peek() const noexcept { return out_; }
  [[nodiscard]] Bytes take() && { return std::move(out_); }

 private:
  void fixed(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  Bytes out_;
};

/// Reads what Writer writes, from hostile bytes. The first failure sticks: every later read gives zeros, so a decoder may
/// read a whole structure and ask once. Views point into the bytes given to the constructor, which must outlive them.
class Reader {
 public:
  explicit Reader(BytesView bytes) noexcept : rest_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(fixed(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(fixed(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(fixed(4)); }
  std::uint64_t u48() { return fixed(6); }
  std::uint64_t u64() { return fixed(8); }
  std::uint64_t varint();  ///< fails on a non-minimal form or more than 64 bits
  std::int64_t zigzag() {
    const auto v = varint();
    return static_cast<std::int64_t>(v >> 1U) ^ -static_cast<std::int64_t>(v & 1U);
  }
  /// A varint of at most `max`; `too_large` past it.
  std::size_t count(std::size_t max);
  BytesView raw(std::size_t size);
  BytesView bytes(std::size_t size_max) { return raw(count(size_max)); }
  std::string text(std::size_t size_max) { return std::string(text_of(bytes(size_max))); }
  template <class F>
  F fixed_value() {
    return fixed_from<F>(raw(F::size));
  }

  [[nodiscard]] bool ok() const noexcept { return !failed_; }
  [[nodiscard]] std::size_t remaining() const noexcept { return rest_.size(); }
  /// Marks the input as wrong for a reason that only the caller knows. The first fault stays.
  void reject(Fault fault = Fault::malformed) noexcept;
  /// An error that names `what` unless everything was read well and nothing trails.
  [[nodiscard]] Result<void> finish(const char* what) const;
  /// The same, when something may follow.
  [[nodiscard]] Result<void> so_far(const char* what) const;

 private:
  std::uint64_t fixed(std::size_t size);
  BytesView rest_;
  bool failed_ = false;
  Fault fault_ = Fault::malformed;
};

}  // namespace ward
