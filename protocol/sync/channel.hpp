#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"
#include "protocol/noise/noise.hpp"

#include <optional>

namespace ward::sync {

/// Cuts a byte stream into u16-framed Noise messages. Bounded by one frame.
class FrameReader {
 public:
  void feed(BytesView bytes) { append(buffer_, bytes); }
  /// The next whole frame's content, or nothing yet.
  [[nodiscard]] std::optional<Bytes> next();
  /// `size` raw bytes before any frame (the preface), or nothing yet.
  [[nodiscard]] std::optional<Bytes> take(std::size_t size);
  /// Bytes that wait here, for callers that let frames wait.
  [[nodiscard]] std::size_t waiting() const noexcept { return buffer_.size() - read_; }

 private:
  void drop(std::size_t size);
  Bytes buffer_;
  std::size_t read_ = 0;
};

[[nodiscard]] Bytes frame(BytesView content);

/// Messages of any length over Noise transport messages: a stream of (varint length, message) cut into frames of at most
/// `chunk` bytes, so that what is urgent never waits long behind what is not.
class Channel {
 public:
  explicit Channel(noise::Transport transport) : transport_(std::move(transport)) {}

  static constexpr std::size_t chunk = 8 * 1024;

  /// Frames ready for the link.
  [[nodiscard]] Result<Bytes> seal(BytesView message);
  /// One arrived frame's content; whole messages then wait in `next`.
  [[nodiscard]] Result<void> open(BytesView frame_content);
  [[nodiscard]] Result<std::optional<Bytes>> next();

 private:
  noise::Transport transport_;
  Bytes stream_;
  std::size_t read_ = 0;
};

}  // namespace ward::sync
