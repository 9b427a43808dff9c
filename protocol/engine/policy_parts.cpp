#include "protocol/engine/policy_parts.hpp"

namespace ward::engine {
namespace {

constexpr std::size_t policy_message_bytes = 128 * 1024;  ///< a few of them, rather than one that holds the link for minutes

}  // namespace

std::vector<sync::PolicyEntries> split_policy(const std::vector<policy::Entry>& entries) {
  std::vector<sync::PolicyEntries> out;
  std::size_t bytes = policy_message_bytes;
  for (const auto& entry : entries) {
    bytes += policy::encode_entry(entry).size();
    if (bytes >= policy_message_bytes || out.back().entries.size() == sync::policy_message_entries_max) {
      out.emplace_back();
      bytes = 0;
    }
    out.back().entries.push_back(entry);
  }
  return out;
}

}  // namespace ward::engine
