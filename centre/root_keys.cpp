#include "centre/root_keys.hpp"

#include "protocol/base/wipe.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/dossier_json.hpp"

#include <iostream>
#include <iterator>

namespace ward::centre {
namespace {

constexpr std::string_view root_mark = "WARDSYNC-ROOT-1 ";
constexpr std::size_t root_file_bytes_max = 4096;
constexpr std::size_t centre_keys_bytes_max = 16 * 1024;

Result<std::string> read_text(const std::string& path) {
  if (path != "-") return runtime::read_file(path, root_file_bytes_max);
  std::string out;
  for (char c = 0; out.size() < root_file_bytes_max && std::cin.get(c);) out += c;
  return out;
}

}  // namespace

Result<crypto::SignSeed> read_root_key(const std::string& path) {
  WARD_TRY(auto text, read_text(path));
  const Wiped wiped(text);
  const auto at = text.find(root_mark);
  auto bytes = at == std::string::npos ? Bytes() : unhex(std::string_view(text).substr(at + root_mark.size(), 64));
  const Wiped wiped_bytes(bytes);
  if (bytes.size() != 32) return fail(Fault::invalid, (path == "-" ? "stdin" : path) + " holds no root key");
  return crypto::SignSeed(BytesView(bytes));
}

Bytes encode_last_keys(const LastKeys& keys) {
  Writer out;
  out.u8(1);
  out.raw(keys.root.view());
  out.raw(keys.next_root.view());
  out.bytes(keys.centre_keys);
  return std::move(out).take();
}

Result<LastKeys> decode_last_keys(BytesView bytes) {
  Reader from(bytes);
  if (from.u8() != 1) from.reject(Fault::unsupported);
  LastKeys out;
  out.root = crypto::SignSeed(from.raw(32));
  out.next_root = crypto::SignSeed(from.raw(32));
  out.centre_keys = copy(from.bytes(centre_keys_bytes_max));
  WARD_CHECK(from.finish("recovery file"));
  return out;
}

std::string trustee_sheet(const recovery::Box& box, std::size_t trustee, const recovery::TrusteeKey& key) {
  const auto need = std::to_string(box.need), of = std::to_string(box.trustees.size());
  const auto& name = box.trustees[trustee].name;
  return "WARDSYNC-TRUSTEE-1\n\n" + box.organisation + "\n" + name + "\n\n" + "Đây là chìa khoá khôi phục của " + name +
         ". Cất trong két của riêng mình; không sao chép, không chụp ảnh, không gửi qua mạng.\n" +
         "Khi thành phố mất các khoá gốc, cần đủ " + need + " trong " + of +
         " người giữ, cùng tệp khôi phục, để lấy lại: wardsync-centre recovery open.\n\n" + "This is the recovery key of " + name +
         ". Keep it in a safe of your own; do not copy, photograph or send it.\n" + "If the city's root keys are gone, " + need +
         " of the " + of + " trustees and the recovery file bring them back: wardsync-centre recovery open.\n\n" +
         recovery::letters_of(key);
}

std::string told(const policy::RootRequest& request) {
  std::string out = "city:         " + request.organisation + " (" + hex(request.org.view()) + ")\n";
  out += "policy entry: " + std::to_string(request.entry.epoch) + ", asked for at " + runtime::time_text(request.entry.time) + "\n";
  const auto* delegation = std::get_if<policy::Delegation>(&request.entry.body);
  if (delegation == nullptr)
    return out + "replaces:     the ROOT KEY " + hex(request.root.view()) +
           "\n              by the next one; whatever the old one signs from then on is void, for ever\n";
  if (delegation->operations)
    out += "replaces:     the OPERATIONS key, which approves PCs, accounts and units\n              by " +
           hex(delegation->operations->view()) + "\n";
  if (delegation->receipt)
    out += "replaces:     the RECEIPT key, which signs what the centre has received\n              by " + hex(delegation->receipt->view()) +
           "\n";
  if (delegation->centre_noise)
    out += "replaces:     the centre's key of the LINE (Noise), by which PCs know the centre\n              by " +
           hex(delegation->centre_noise->view()) + "\n";
  return out;
}

}  // namespace ward::centre
