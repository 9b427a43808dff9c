#pragma once

#include <cstddef>

namespace ward {

/// Overwrites what was secret. The compiler may not leave it out, as it may a plain write into memory that is given back.
inline void wipe(void* at, std::size_t bytes) noexcept {
  auto* byte = static_cast<volatile unsigned char*>(at);
  for (std::size_t i = 0; i < bytes; ++i) byte[i] = 0;
}

/// Wipes a buffer of bytes when its scope ends.
template <class Buffer>
class Wiped {
 public:
  explicit Wiped(Buffer& buffer) : buffer_(buffer) {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { wipe(buffer_.data(), buffer_.size()); }

 private:
  Buffer& buffer_;
};

}  // namespace ward
