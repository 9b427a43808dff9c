#pragma once

#include "protocol/policy/policy.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

/// Files in JSON that carry signed bytes as hexadecimal digits.
namespace ward::runtime {

/// Reads members; the first that is wrong sticks.
class Members {
 public:
  explicit Members(const boost::json::value& from) : from_(from.if_object()) {}
  explicit Members(const boost::json::object& from) : from_(&from) {}

  [[nodiscard]] const boost::json::value* find(std::string_view name) const {
    return from_ == nullptr ? nullptr : from_->if_contains(name);
  }
  Bytes bytes(std::string_view name) {
    const auto* found = find(name);
    if (found == nullptr || !found->is_string()) return wrong(name), Bytes();
    const std::string_view text = found->get_string();
    auto out = unhex(text);
    if (out.size() * 2 != text.size()) wrong(name);
    return out;
  }
  template <class F>
  F fixed(std::string_view name) {
    const auto found = bytes(name);
    if (found.size() != F::size) return wrong(name), F{};
    return fixed_from<F>(found);
  }
  std::uint64_t number(std::string_view name, std::uint64_t max) {
    const auto* found = find(name);
    if (found == nullptr || !found->is_int64() || found->get_int64() < 0 || static_cast<std::uint64_t>(found->get_int64()) > max)
      return wrong(name), 0;
    return static_cast<std::uint64_t>(found->get_int64());
  }
  const boost::json::array& array(std::string_view name) {
    static const boost::json::array none;
    const auto* found = find(name);
    if (found == nullptr || !found->is_array()) return wrong(name), none;
    return found->get_array();
  }
  template <class T>
  T take(std::string_view name, Result<T> result) {
    if (result.has_value()) return *std::move(result);
    wrong(name);
    return T{};
  }
  void wrong(std::string_view name) {
    if (wrong_.empty()) wrong_ = name;
  }
  void join(const Members& inner) {
    if (!inner.wrong_.empty()) wrong(inner.wrong_);
  }
  [[nodiscard]] std::vector<policy::Entry> policy() {
    std::vector<policy::Entry> out;
    for (const auto& bytes : byte_strings("policy")) out.push_back(take("policy", policy::decode_entry(bytes)));
    return out;
  }
  std::vector<Bytes> byte_strings(std::string_view name) {
    std::vector<Bytes> out;
    for (const auto& each : array(name)) {
      out.push_back(each.is_string() ? unhex(each.get_string()) : Bytes());
      if (out.back().empty()) return wrong(name), out;
    }
    return out;
  }
  /// `invalid`, and which member it was.
  [[nodiscard]] Result<void> finish(std::string_view format) const {
    if (wrong_.empty()) return {};
    return fail(Fault::invalid, "`" + wrong_ + "` is missing, or not in the form of " + std::string(format));
  }

 private:
  const boost::json::object* from_;
  std::string wrong_;
};

inline constexpr std::string_view policy_format = "wsync-policy-v1";
[[nodiscard]] inline boost::json::array hexes_of(const std::vector<policy::Entry>& entries) {
  boost::json::array out;
  for (const auto& entry : entries) out.emplace_back(hex(policy::encode_entry(entry)));
  return out;
}

}  // namespace ward::runtime
