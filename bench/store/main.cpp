#include "bench/city/exchange.hpp"
#include "bench/city/figure.hpp"
#include "bench/store/bare.hpp"

#include <algorithm>
#include <random>
#include <tuple>

/// store WORKLOAD FOLDER ADDRESS [DOSSIERS]: what a durable save costs; then a city of DOSSIERS dossiers with ten records each, which are
/// pushed to its centre and rebuilt. Leaves in FOLDER/city the data directories `ward`, with 10,000 records in its queue, and `centre`, for
/// the programs themselves; the ward calls its centre at ADDRESS.
namespace ward::bench {
namespace {

constexpr std::size_t dossiers_usual = 50'000;
constexpr std::size_t edits_of_each = 8;  ///< beside the change that creates it and the grant of its key: ten records
constexpr std::size_t dossiers_at_once = 100;
constexpr std::size_t queue_records = 10'000;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.at(values.size() / 2);
}

Bytes random_bytes(std::size_t size) {
  static std::mt19937_64 random{11};
  Bytes out(size);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(random());
  return out;
}

// ---- one durable save ----

/// Saves the same sizes in a bare SQLite, in turn with the ward: of the record alone, as that is what a save writes; and of the record and
/// the state, against a save that waits until its dossier is merged.
class Saves {
 public:
  Saves(City& city, const std::string& file) : city_(city), bare_(file) {
    auto states = db().query("SELECT dossier, length(sealed) FROM state");
    while (states.step()) bare_.save(states.number(0), record_, random_bytes(static_cast<std::size_t>(states.number(1))));
  }

  void save(const runtime::Edit& edit, bool bare_first) {
    const auto change = city_.change_of(edit);
    if (bare_first) save_bare();
    auto& pair = pairs_.emplace_back();
    pair.answered = spent([&] { (void)city_.save({change}); });
    pair.merged = spent([&] { must(storage::settle(city_.ward().store())); });
    pair.merged.wall_s += pair.answered.wall_s;
    pair.merged.cpu_s += pair.answered.cpu_s;
    if (bare_first) std::tie(pair.record, pair.both) = bare_spent_;
    look(*change.did);
    if (bare_first) return;
    save_bare();
    std::tie(pair.record, pair.both) = bare_spent_;
  }

  void tell() const {
    tell("durable save against bare SQLite, in turn", &Pair::answered, &Pair::record, &Spent::wall_s, ">= 0.6 x");
    tell("the same by CPU time alone (no goal)", &Pair::answered, &Pair::record, &Spent::cpu_s, "");
    tell("save and merge against record and state (no goal)", &Pair::merged, &Pair::both, &Spent::wall_s, "");
  }

 private:
  struct Pair {
    Spent answered, merged;  ///< ours
    Spent record, both;      ///< bare
  };
  void tell(const char* what, Spent Pair::* of_ours, Spent Pair::* of_bare, double Spent::* kind, const char* goal) const {
    std::vector<double> ratios, ours, bare;
    for (const auto& pair : pairs_) {
      ours.push_back(pair.*of_ours.*kind * 1e6);
      bare.push_back(pair.*of_bare.*kind * 1e6);
      ratios.push_back(bare.back() / ours.back());
    }
    say(what, text("%.2f x, median of %zu pairs (%.0f us against %.0f us)", median(ratios), ratios.size(), median(ours), median(bare)),
        goal);
  }
  [[nodiscard]] storage::Database& db() { return city_.ward().store().db; }
  /// The sizes of what the ward's last save wrote.
  void look(const Did& did) {
    dossier_ = storage::find_dossier_row(city_.ward().store(), did);
    auto record = db().query("SELECT length(header) + length(body) + length(rid) FROM record ORDER BY id DESC LIMIT 1");
    auto state = db().query("SELECT length(sealed) FROM state WHERE dossier = ?");
    state.bind(dossier_);
    if (!record.step() || !state.step()) must(Result<void>(fail(Fault::not_found, "what was saved is not there")));
    record_ = random_bytes(static_cast<std::size_t>(record.number(0)));
    state_ = random_bytes(static_cast<std::size_t>(state.number(0)));
  }
  void save_bare() {
    bare_spent_.first = spent([&] { bare_.save(dossier_, record_, {}); });
    bare_spent_.second = spent([&] { bare_.save(dossier_, record_, state_); });
  }

  City& city_;
  Bare bare_;
  std::int64_t dossier_ = 1;
  Bytes record_ = random_bytes(300), state_ = random_bytes(1000);
  std::pair<Spent, Spent> bare_spent_;
  std::vector<Pair> pairs_;
};

void measure_saves(const std::string& workload, const std::string& folder) {
  City city(folder + "/saves");
  city.import(workload + "/base.jsonl");
  Saves saves(city, folder + "/bare.db");
  bool bare_first = false;
  for (const auto& edit : edits_of(workload + "/W1.jsonl")) saves.save(edit, std::exchange(bare_first, !bare_first));
  saves.tell();
}

// ---- a city at work ----

/// The 500 dossiers of the workload again and again, each under a code of its own, and its changes on them.
class Clerks {
 public:
  Clerks(City& city, const std::string& workload) : city_(city), dossiers_(dossiers_of(workload + "/base.jsonl")) {
    for (auto& more : dossiers_of(workload + "/W2.jsonl")) dossiers_.push_back(std::move(more));
    edits_ = edits_of(workload + "/W1.jsonl");
  }

  void take_in(std::size_t count) {
    std::vector<storage::NewChange> changes(count);
    for (auto& one : changes) one.change = {clerk, {}, next_dossier(), {}, {}};
    std::vector<Did> dids;
    for (const auto& saved : city_.save(changes)) dids.push_back(saved.did);
    for (const auto& did : dids) held_.push_back(did);
    changes.clear();
    for (const auto& did : dids)
      for (std::size_t i = 0; i < edits_of_each; ++i) changes.push_back(next_edit(did));
    (void)city_.save(changes);
  }

  void edit(std::size_t first, std::size_t count) {
    std::vector<storage::NewChange> changes;
    for (std::size_t i = first; i < first + count; ++i) changes.push_back(next_edit(held_[i % held_.size()]));
    (void)city_.save(changes);
  }

 private:
  std::vector<record::Op> next_dossier() {
    auto ops = dossiers_[next_dossier_ % dossiers_.size()];
    for (auto& op : ops)
      if (!op.path.empty() && op.path.back().text == "MaHoSo")
        op.value = record::Value(std::to_string(next_dossier_) + "-" + *op.value.text());
    ++next_dossier_;
    return ops;
  }
  storage::NewChange next_edit(const Did& did) {
    const auto& edit = edits_[next_edit_++ % edits_.size()];
    return {{edit.user, {}, edit.ops, {}, {}}, did};
  }

  City& city_;
  std::vector<std::vector<record::Op>> dossiers_;
  std::vector<runtime::Edit> edits_;
  std::vector<Did> held_;
  std::size_t next_dossier_ = 0, next_edit_ = 0;
};

void measure_rebuild(City& city, std::size_t records) {
  std::uint64_t dossiers = 0;
  const auto took = spent([&] { dossiers = must(storage::rebuild(city.ward().store())); });
  say("rebuild into merged dossiers, at a ward",
      text("%zu records, %zu dossiers: %.1f s, %.1f s of CPU", records, static_cast<std::size_t>(dossiers), took.wall_s, took.cpu_s),
      "500,000 records <= 30 s");
}

void measure_city(const std::string& workload, const std::string& folder, const std::string& address, std::size_t dossiers) {
  City city(folder + "/city", address);
  Clerks clerks(city, workload);
  const auto writing = spent([&] {
    for (std::size_t done = 0; done < dossiers; done += dossiers_at_once) clerks.take_in(dossiers_at_once);
  });
  const auto link = exchange(city);
  const auto records = static_cast<double>(link.records);
  say("written at a ward in batches (no goal)", text("%zu records: %.0f/s", link.records, records / writing.wall_s), "");
  say("centre: verified, stored, receipted",
      text("%zu records: %.0f/s, %.0f/s of CPU time", link.records, records / link.centre.wall_s, records / link.centre.cpu_s),
      ">= 10,000/s");
  say("centre: merged after that (no goal)", text("%.0f records/s", records / link.merging.wall_s), "");
  measure_rebuild(city, link.records);
  for (std::size_t done = 0; done < queue_records; done += dossiers_at_once) clerks.edit(done, dossiers_at_once);
}

}  // namespace
}  // namespace ward::bench

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    std::fprintf(stderr, "usage: store WORKLOAD FOLDER ADDRESS [DOSSIERS]\n");
    return 2;
  }
  const auto dossiers = argc == 5 ? std::strtoul(argv[4], nullptr, 10) : ward::bench::dossiers_usual;
  if (dossiers == 0) {
    std::fprintf(stderr, "store: DOSSIERS is a number above 0\n");
    return 2;
  }
  ward::bench::measure_saves(argv[1], argv[2]);
  ward::bench::measure_city(argv[1], argv[2], argv[3], dossiers);
  return 0;
}
