#include "storage/search.hpp"

#include "protocol/crypto/hash.hpp"
#include "protocol/text/text.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

namespace ward::storage {
namespace {

constexpr std::size_t hash_size = 8;
constexpr std::size_t hashes_max = 1024;
constexpr std::size_t prefix_letters_min = 3;
constexpr std::size_t last_digits = 4;
constexpr std::size_t prefix_digits_min = 4;  ///< as they are typed; with fewer everybody's number would begin so

constexpr std::array<std::string_view, 5> searched{"ChuHoSo", "NguoiNop", "Email", "DiaChiChuHoSo", "TrichYeuHoSo"};
/// Identity and telephone numbers: people remember the end of them.
constexpr std::array<std::string_view, 3> numbers{"SoGiayToChuHoSo", "SoDienThoai", "SoDinhDanh"};

class Words {
 public:
  explicit Words(const Store& store) : store_(store) {}

  void add(std::string_view text) {
    for (const auto& word : text::words(text)) {
      add_word(word);
      if (is_number(word)) continue;
      for (auto size = prefix_letters_min; size < word.size(); ++size) add_word(std::string_view(word).substr(0, size));
    }
  }
  void add_number(std::string_view text) {
    add(text);
    for (const auto& word : text::words(text)) {
      if (!is_number(word) || word.size() <= last_digits) continue;
      add_word(std::string_view(word).substr(word.size() - last_digits));
      for (auto size = prefix_digits_min; size < word.size(); ++size) add_word(std::string_view(word).substr(0, size));
    }
  }
  [[nodiscard]] static bool is_number(std::string_view word) {
    return std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  }
  [[nodiscard]] std::uint64_t hash(std::string_view word) const {
    Array<hash_size> out{};
    crypto::blake2b(out, "wsync-word", store_.local.view(), {view(word)});
    std::uint64_t number = 0;
    for (const auto byte : out) number = (number << 8U) | byte;
    return number;
  }
  /// Big-endian, so that they sort as bytes.
  [[nodiscard]] Bytes take() && {
    std::sort(hashes_.begin(), hashes_.end());
    hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
    Bytes out;
    out.reserve(hashes_.size() * hash_size);
    for (const auto hash : hashes_)
      for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(hash >> static_cast<unsigned>(shift)));
    return out;
  }

 private:
  /// People and places are named in several fields of one dossier.
  void add_word(std::string_view word) {
    if (hashes_.size() < hashes_max && met_.emplace(word).second) hashes_.push_back(hash(word));
  }

  const Store& store_;
  std::unordered_set<std::string> met_;
  std::vector<std::uint64_t> hashes_;
};

std::uint64_t number_at(BytesView hashes, std::size_t index) {
  std::uint64_t out = 0;
  for (const auto byte : hashes.subspan(index * hash_size, hash_size)) out = (out << 8U) | byte;
  return out;
}

/// What a dossier is found by, and whether it is a number of which people remember the end.
std::vector<std::pair<std::string_view, bool>> searched_texts(const merge::DossierState& state) {
  std::vector<std::pair<std::string_view, bool>> out;
  const auto look = [&](std::string_view name, const record::Value& value) {
    const auto* text = value.text();
    const auto is_in = [&](const auto& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
    if (text != nullptr && (is_in(searched) || is_in(numbers))) out.emplace_back(*text, is_in(numbers));
  };
  for (const auto& code : state.codes) out.emplace_back(code, false);
  for (const auto& member : state.fields) look(member.name, member.value);
  for (const auto& collection : state.collections)
    for (const auto& element : collection.elements)
      for (const auto& member : element.fields) look(member.name, member.value);
  // A name in conflict is shown nowhere, but both people must be found.
  for (const auto& conflict : state.conflicts)
    for (const auto& said : conflict.values)
      if (!conflict.path.empty()) look(conflict.path.back().text, said.value);
  return out;
}

bool contains(BytesView hashes, std::uint64_t wanted) {
  std::size_t low = 0;
  std::size_t high = hashes.size() / hash_size;
  while (low < high) {
    const auto middle = (low + high) / 2;
    const auto found = number_at(hashes, middle);
    if (found == wanted) return true;
    if (found < wanted)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

}  // namespace

Bytes hashes_of(const Store& store, const merge::DossierState& state) {
  Words words(store);
  for (const auto& [text, is_number] : searched_texts(state)) is_number ? words.add_number(text) : words.add(text);
  return std::move(words).take();
}

bool same_words(const merge::DossierState& a, const merge::DossierState& b) { return searched_texts(a) == searched_texts(b); }

std::vector<std::uint64_t> hashes_of_query(const Store& store, std::string_view text) {
  const Words words(store);
  std::vector<std::uint64_t> out;
  for (const auto& word : text::words(text)) out.push_back(words.hash(word));
  return out;
}

bool contains_all(BytesView hashes, const std::vector<std::uint64_t>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](std::uint64_t hash) { return contains(hashes, hash); });
}

}  // namespace ward::storage
