#include "protocol/base/codec.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/sync/channel.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace ward;
using namespace ward::sync;

namespace {

constexpr Array<32> to_far{1};
constexpr Array<32> to_near{2};

struct Ends {
  Channel near{noise::Transport(to_far, to_near)};
  Channel far{noise::Transport(to_near, to_far)};
};

/// What a peer can send that does not keep to the channel's rules, but holds the keys.
Bytes forged(noise::Transport& peer, BytesView stream) { return peer.seal(stream).value(); }

Bytes pattern(std::size_t size) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 31 + i / 256);
  return out;
}

/// Feeds the link's bytes in parts and gives the messages that came out.
std::vector<Bytes> receive(Channel& channel, FrameReader& frames, BytesView link, std::size_t part) {
  std::vector<Bytes> out;
  while (!link.empty()) {
    const auto size = std::min(part, link.size());
    frames.feed(link.first(size));
    link = link.subspan(size);
    while (const auto content = frames.next()) {
      REQUIRE(channel.open(*content).has_value());
      while (auto message = channel.next().value()) out.push_back(*std::move(message));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("frames: a stream cut at any byte gives the same frames") {
  Bytes stream = frame(view("one"));
  append(stream, frame({}));
  append(stream, frame(view("three")));
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    FrameReader frames;
    std::vector<std::string> got;
    for (const auto part : {BytesView(stream).first(cut), BytesView(stream).subspan(cut)}) {
      frames.feed(part);
      while (const auto content = frames.next()) got.emplace_back(text_of(*content));
    }
    CHECK(got == std::vector<std::string>{"one", "", "three"});
    CHECK(frames.waiting() == 0);
  }
}

TEST_CASE("frames: a length counts its content in little-endian, up to the largest") {
  CHECK(hex(frame(Bytes(0x0102))).substr(0, 4) == "0201");
  FrameReader frames;
  frames.feed(frame(pattern(limits::frame_bytes_max)));
  CHECK(frames.next().value() == pattern(limits::frame_bytes_max));
}

TEST_CASE("frames: the preface is taken before any frame, and only whole") {
  FrameReader frames;
  frames.feed(view("abcd"));
  CHECK_FALSE(frames.take(5).has_value());
  frames.feed(view("e"));
  frames.feed(frame(view("next")));
  CHECK(text_of(frames.take(5).value()) == "abcde");
  CHECK(text_of(frames.next().value()) == "next");
  CHECK_FALSE(frames.next().has_value());
}

TEST_CASE("frames: a frame whose end does not come waits") {
  FrameReader frames;
  auto whole = frame(view("content"));
  whole.pop_back();
  frames.feed(whole);
  CHECK_FALSE(frames.next().has_value());
  CHECK(frames.waiting() == whole.size());
}

TEST_CASE("channel: messages of any length arrive as they were, in order, however the link cuts them") {
  CHECK(rc::check("messages", [](const std::vector<Bytes>& messages, std::uint16_t cut) {
    Ends ends;
    Bytes link;
    for (const auto& message : messages) append(link, ends.near.seal(message).value());
    FrameReader frames;
    RC_ASSERT(receive(ends.far, frames, link, 1U + cut % 200U) == messages);
  }));
}

TEST_CASE("channel: sizes around the chunk and the largest message arrive") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, Channel::chunk - 3, Channel::chunk - 2, Channel::chunk - 1, Channel::chunk,
                                 Channel::chunk + 1, 3 * Channel::chunk, limits::message_bytes_max}) {
    Ends ends;
    FrameReader frames;
    const auto got = receive(ends.far, frames, ends.near.seal(pattern(size)).value(), 60'000);
    REQUIRE(got.size() == 1);
    CHECK((got[0] == pattern(size)));
  }
}

TEST_CASE("channel: frames stay short, so that nothing urgent waits long") {
  Ends ends;
  FrameReader frames;
  frames.feed(ends.near.seal(pattern(100'000)).value());
  std::size_t count = 0;
  while (const auto content = frames.next()) {
    CHECK(content->size() <= Channel::chunk + limits::noise_overhead);
    ++count;
  }
  CHECK(count == 100'003 / Channel::chunk + 1);
}

TEST_CASE("channel: a message that is not whole is not there yet") {
  Ends ends;
  FrameReader frames;
  frames.feed(ends.near.seal(pattern(2 * Channel::chunk)).value());
  const auto first = frames.next();
  REQUIRE(ends.far.open(*first).has_value());
  CHECK_FALSE(ends.far.next().value().has_value());
}

TEST_CASE("channel: any flipped bit ends the link") {
  Ends ends;
  FrameReader frames;
  frames.feed(ends.near.seal(view("message")).value());
  const auto content = frames.next().value();
  for (std::size_t at = 0; at < content.size() * 8; ++at) {
    auto changed = content;
    changed[at / 8] = static_cast<std::uint8_t>(changed[at / 8] ^ (1U << (at % 8)));
    Ends fresh;
    CHECK(fresh.far.open(changed).error().fault == Fault::bad_signature);
    CHECK(fresh.far.open(content).has_error());
  }
}

TEST_CASE("channel: a message that promises more than a message may hold is too large at once") {
  Ends ends;
  noise::Transport peer(to_far, to_near);
  Writer stream;
  stream.varint(limits::message_bytes_max + 1);
  REQUIRE(ends.far.open(forged(peer, stream.peek())).has_value());
  CHECK(ends.far.next().error().fault == Fault::too_large);
}

TEST_CASE("channel: a peer whose message does not end is stopped while it sends") {
  Ends ends;
  noise::Transport peer(to_far, to_near);
  const Bytes part(60'000, 1);
  Writer start;
  start.varint(limits::message_bytes_max);
  REQUIRE(ends.far.open(forged(peer, start.peek())).has_value());
  std::size_t taken = 0;
  Result<void> opened;
  while (opened.has_value() && taken < 2 * limits::message_bytes_max) {
    opened = ends.far.open(forged(peer, part));
    taken += part.size();
  }
  CHECK(opened.error().fault == Fault::too_large);
  CHECK(taken <= limits::message_bytes_max + 2 * limits::frame_bytes_max);
}

TEST_CASE("channel: a length that never ends or is not minimal is malformed") {
  for (const Bytes& stream :
       {Bytes{0x80, 0x80, 0x80, 0x80, 0x80}, Bytes{0x80, 0x00}, Bytes{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}}) {
    Channel channel{noise::Transport(to_near, to_far)};
    noise::Transport forger(to_far, to_near);
    REQUIRE(channel.open(forged(forger, stream)).has_value());
    CHECK(channel.next().error().fault == Fault::malformed);
  }
}

TEST_CASE("channel: a length that is cut waits for its end") {
  Ends ends;
  noise::Transport peer(to_far, to_near);
  REQUIRE(ends.far.open(forged(peer, Bytes{0x80})).has_value());
  CHECK_FALSE(ends.far.next().value().has_value());
  REQUIRE(ends.far.open(forged(peer, Bytes{0x01})).has_value());
  CHECK_FALSE(ends.far.next().value().has_value());
  REQUIRE(ends.far.open(forged(peer, pattern(128))).has_value());
  CHECK(ends.far.next().value().value() == pattern(128));
}
