#include "protocol/sync/channel.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/limits.hpp"

#include <algorithm>

namespace ward::sync {
namespace {

constexpr std::size_t length_size = 2;

}  // namespace

void FrameReader::drop(std::size_t size) {
  read_ += size;
  // Moving the rest down costs as much as it is long: only when more was read than is left.
  if (read_ * 2 < buffer_.size()) return;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(read_));
  read_ = 0;
}

std::optional<Bytes> FrameReader::take(std::size_t size) {
  if (buffer_.size() - read_ < size) return std::nullopt;
  Bytes out = copy(BytesView(buffer_).subspan(read_, size));
  drop(size);
  return out;
}

std::optional<Bytes> FrameReader::next() {
  if (buffer_.size() - read_ < length_size) return std::nullopt;
  Reader header(BytesView(buffer_).subspan(read_, length_size));
  const std::size_t size = header.u16();
  if (buffer_.size() - read_ < length_size + size) return std::nullopt;
  Bytes out = copy(BytesView(buffer_).subspan(read_ + length_size, size));
  drop(length_size + size);
  return out;
}

Bytes frame(BytesView content) {
  WARD_ASSERT(content.size() <= limits::frame_bytes_max);
  Writer out;
  out.u16(static_cast<std::uint16_t>(content.size()));
  out.raw(content);
  return std::move(out).take();
}

Result<Bytes> Channel::seal(BytesView message) {
  WARD_ASSERT(message.size() <= limits::message_bytes_max);
  Writer stream;
  stream.bytes(message);
  Bytes out;
  for (BytesView rest = stream.peek(); !rest.empty();) {
    const auto part = rest.first(std::min(rest.size(), chunk));
    WARD_TRY(const auto sealed, transport_.seal(part));
    append(out, frame(sealed));
    rest = rest.subspan(part.size());
  }
  return out;
}

Result<void> Channel::open(BytesView frame_content) {
  WARD_TRY(const auto plain, transport_.open(frame_content));
  if (stream_.size() - read_ + plain.size() > limits::message_bytes_max + limits::frame_bytes_max)
    return fail(Fault::too_large, "link: a message that does not end");
  append(stream_, plain);
  return {};
}

Result<std::optional<Bytes>> Channel::next() {
  const auto rest = BytesView(stream_).subspan(read_);
  // A varint of a bounded length is whole within 4 bytes or at its last byte, whichever comes first.
  const auto end = std::find_if(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte < 0x80U; });
  if (end == rest.end()) {
    if (rest.size() > 4) return fail(Fault::malformed, "link: length of a message");
    return std::optional<Bytes>{};
  }
  Reader from(rest);
  const auto size = from.count(limits::message_bytes_max);
  WARD_CHECK(from.so_far("length of a message"));
  if (from.remaining() < size) return std::optional<Bytes>{};
  const auto header = rest.size() - from.remaining();
  std::optional<Bytes> out = copy(rest.subspan(header, size));
  read_ += header + size;
  if (read_ * 2 >= stream_.size()) {
    stream_.erase(stream_.begin(), stream_.begin() + static_cast<std::ptrdiff_t>(read_));
    read_ = 0;
  }
  return out;
}

}  // namespace ward::sync
