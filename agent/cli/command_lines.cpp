#include "agent/cli/commands.hpp"
#include "agent/line_file.hpp"
#include "cli/progress.hpp"
#include "runtime/data_dir.hpp"

#include <boost/json/serialize.hpp>

#include <optional>

/// Files of many dossiers or changes. Everything before a broken line is saved, nothing from it on, and the message names the line to go on
/// from.
namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::Trouble;

constexpr std::uint64_t batch_lines_max = 200;
constexpr std::size_t batch_bytes_max = 1024 * 1024;
constexpr std::chrono::seconds batch_max{120};

struct Kind {
  const char* target;       ///< address of the API
  const char* done_member;  ///< of its answer
  const char* done_words;
};

struct Totals {
  std::uint64_t done = 0;
  std::uint64_t skipped = 0;
  std::uint64_t mended = 0;
};

class Sending {
 public:
  Sending(const Common& common, const Kind& kind) : common_(common), kind_(kind) {}

  /// Nothing on success.
  std::optional<Trouble> send(const Batch& batch) {
    const auto target = cli::in_name_of(common_, std::string(kind_.target) + "?first_line=" + std::to_string(batch.first_line));
    auto answer = runtime::call_daemon({program, common_.data}, "POST", target, batch.text, batch_max);
    if (auto* trouble = std::get_if<Trouble>(&answer)) return std::move(*trouble);
    const auto& object = std::get<json::value>(answer).get_object();
    totals_.done += object.at(kind_.done_member).to_number<std::uint64_t>();
    if (const auto* skipped = object.if_contains("skipped")) totals_.skipped += skipped->to_number<std::uint64_t>();
    if (const auto* mended = object.if_contains("mended")) totals_.mended += mended->to_number<std::uint64_t>();
    return std::nullopt;
  }

  /// Sends a batch; when a line of it is broken, what stands before that line.
  std::optional<Trouble> send_up_to_broken_line(const Batch& batch) {
    auto trouble = send(batch);
    if (!trouble) return std::nullopt;
    const auto* line = trouble->more.if_contains("line");
    const auto broken = line == nullptr ? batch.first_line : line->to_number<std::uint64_t>();
    if (broken > batch.first_line)
      if (auto other = send(head_of(batch, broken - batch.first_line))) return stopped(*std::move(other), batch.first_line);
    return stopped(*std::move(trouble), broken);
  }

  /// What is said of the file when it goes no further than before `line`.
  static Trouble stopped(Trouble trouble, std::uint64_t line) {
    trouble.safe = line == 1 ? "Nothing of the file was saved."
                             : "Lines 1 to " + std::to_string(line - 1) + " are saved or were passed over; nothing from line " +
                                   std::to_string(line) + " on is.";
    trouble.remedy += (trouble.remedy.empty() ? "" : " ") + std::string("Then go on with --from-line ") + std::to_string(line) + ".";
    return trouble;
  }

  [[nodiscard]] const Totals& totals() const noexcept { return totals_; }

 private:
  const Common& common_;
  const Kind& kind_;
  Totals totals_;
};

int send_file(const Common& common, const Kind& kind, const std::string& path, std::uint64_t from_line) {
  const auto refuse = [](const Error& error) { return runtime::report(program, runtime::trouble_of(error)); };
  auto file = LineFile::open(path);
  if (file.has_error()) return refuse(file.error());
  if (const auto skipped = file->skip_to(from_line); skipped.has_error()) return refuse(skipped.error());
  Sending sending(common, kind);
  cli::Progress progress(common, runtime::file_bytes(path), "lines");
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  while (true) {
    const auto batch = file->next(batch_lines_max, batch_bytes_max);
    if (batch.has_error()) {
      progress.done();
      return runtime::report(program, Sending::stopped(runtime::trouble_of(batch.error()), file->next_line()));
    }
    if (batch->lines == 0) break;
    if (const auto trouble = sending.send_up_to_broken_line(*batch)) {
      progress.done();
      return runtime::report(program, *trouble);
    }
    lines += batch->lines;
    bytes += batch->text.size();
    progress.show(bytes, lines);
  }
  progress.done();
  const auto& totals = sending.totals();
  if (common.json) {
    runtime::print_json(
        json::object{{kind.done_member, totals.done}, {"skipped", totals.skipped}, {"mended", totals.mended}, {"lines", lines}});
  } else if (!common.quiet) {
    runtime::say(std::to_string(totals.done) + " " + kind.done_words +
                 (totals.skipped == 0 ? "." : "; " + std::to_string(totals.skipped) + " skipped, because their codes exist here."));
    if (totals.mended != 0)
      runtime::say("Look at the spelling: " + std::to_string(totals.mended) + " had Ð or ð where Đ or đ belongs; it was put right.");
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace

int dossier_import(const Common& common, const std::string& file, std::uint64_t from_line) {
  return send_file(common, {"/v1/imports", "created", "dossiers saved"}, file, from_line);
}

int dossier_apply(const Common& common, const std::string& file, std::uint64_t from_line) {
  return send_file(common, {"/v1/edits", "applied", "changes saved"}, file, from_line);
}

}  // namespace ward::agent
