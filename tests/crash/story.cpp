#include "tests/crash/story.hpp"

#include "storage/dossiers.hpp"

#include <set>

namespace ward::crash {
namespace {

using test::must;

record::Op note(const std::string& text) {
  record::Op out;
  out.kind = record::OpKind::append;
  out.path = {record::Step::field("notes")};
  out.value = text;
  return out;
}

/// A failure of the disk, as the stores tell it; any other is one of the test.
void expect_disk_fault(const Error& error) {
  if (reaction_to(error.fault) != Reaction::stop && error.fault != Fault::storage_full)
    throw std::runtime_error(std::string(name_of(error.fault)) + ": " + error.detail);
}

}  // namespace

Story::Story(std::uint64_t seed, Of of, std::size_t acts)
    : dice_(seed), recorder_(dice_.next()), pc_(city_.enrol("W-VYDA", 1 + seed)), of_(of), acts_(acts) {
  test::sync(city_, pc_);
}

void Story::weaken() { weak_ = true; }

void Story::play() {
  recorder_.begin(of_ == Of::ward ? pc_.path : city_.dir.file("centre.db"));
  if (weak_) (of_ == Of::ward ? pc_->store() : city_.centre->store()).db.run("PRAGMA synchronous=NORMAL");
  for (std::size_t i = 0; i < acts_ && !recorder_.has_failed(); ++i) try {
      act();
    } catch (const std::exception&) {  // it could not be opened again, or the centre did not answer
      if (!recorder_.has_failed()) throw;
    } catch (const storage::Failure&) {
      if (!recorder_.has_failed()) throw;
    }
  pc_.store.reset();
  city_.centre.reset();
  recorder_.end();
}

void Story::act() {
  city_.pass(std::chrono::seconds(1));
  switch (dice_.below(8)) {
    case 0:
    case 1: return meet_centre();
    case 2: (of_ == Of::ward ? pc_->store() : city_.centre->store()).db.checkpoint(); return;
    case 3: return restart();
    default: return save();
  }
}

void Story::restart() {
  if (weak_) return;  // the setting lasts as long as the connection
  if (of_ == Of::ward)
    pc_.reopen();
  else
    city_.reopen_centre();
}

storage::NewChange Story::next_change(std::vector<std::string>& marks) {
  marks.push_back("dấu " + std::to_string(saves_.size()) + "." + std::to_string(marks.size()));
  const bool is_new = dossiers_.empty() || dice_.one_in(3);
  auto out = is_new ? test::sample_dossier("H57-" + std::to_string(saves_.size()) + "-" + std::to_string(marks.size()), marks.back())
                    : test::edit(dossiers_[dice_.below(dossiers_.size())], {test::set("GhiChu", marks.back())});
  out.change.ops.push_back(note(marks.back()));
  if (is_new && dice_.one_in(4))  // takes more than one record
    for (int i = 0; i < 3; ++i) out.change.ops.push_back(note(marks.back() + std::string(4000, 'x')));
  return out;
}

void Story::save() {
  std::vector<storage::NewChange> changes;
  auto& wanted = saves_.emplace_back();
  const auto count = dice_.one_in(4) ? 3U : 1U;
  for (std::size_t i = 0; i < count; ++i) changes.push_back(next_change(wanted.marks));
  const auto saved = pc_->save(changes, city_.now);
  if (saved.has_error()) return expect_disk_fault(saved.error());
  wanted.answered = recorder_.moments();
  for (std::size_t i = 0; i < count; ++i)
    if (!changes[i].did) dossiers_.push_back((*saved)[i].did);
}

void Story::meet_centre() {
  test::Link(city_, pc_).run();
  receipts_.push_back({must(pc_->progress(city_.now)).receipted_through, recorder_.moments()});
}

std::size_t Story::answered() const {
  std::size_t out = 0;
  for (const auto& save : saves_) out += save.answered ? 1U : 0U;
  return out;
}

std::string Story::judge(const Image& image, std::size_t moment, bool thorough) {
  recorder_.put(image);
  try {
    return of_ == Of::ward ? judge_ward(image, moment, thorough) : judge_centre(moment, thorough);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

std::string Story::judge_marks(storage::Store& store, std::size_t moment) {
  std::set<std::string> there;
  for (const auto& [did, state] : test::all_states(store))
    for (const auto& collection : state.collections)
      for (const auto& element : collection.elements)
        if (const auto* text = record::find(element.fields, "text"); text != nullptr && text->text() != nullptr)
          there.insert(*text->text());
  for (const auto& save : saves_) {
    std::size_t found = 0;
    for (const auto& mark : save.marks) found += there.contains(mark) ? 1U : 0U;
    if (found != 0 && found != save.marks.size()) return "half of a save is there: " + save.marks.front();
    if (found == 0 && save.answered && *save.answered <= moment) return "an answered save is lost: " + save.marks.front();
  }
  return {};
}

std::string Story::judge_ward(const Image&, std::size_t moment, bool thorough) {
  auto store = must(storage::WardStore::open(pc_.path, must(storage::WardKeys::decode(pc_.keys.encode())), test::seeded(99)));
  if (auto wrong = judge_marks(store.store(), moment); !wrong.empty() || !thorough) return wrong;
  const auto verified = must(storage::verify_store(store.store()));
  if (!verified.damage.empty()) return "damage: " + verified.damage.front();
  (void)must(store.save({test::sample_dossier("H57-after", "Sau khi mất điện")}, city_.now));
  return {};
}

std::string Story::judge_centre(std::size_t moment, bool thorough) {
  city_.reopen_centre();
  std::uint64_t held = 0;
  for (const auto& head : must(city_.centre->read_heads({crypto::device_of(crypto::public_of(pc_.keys.device.sign))})).heads)
    held += head.count;
  std::string wrong;
  for (const auto& receipt : receipts_)
    if (receipt.moment <= moment && held < receipt.records) wrong = "records under a receipt are lost";
  while (must(city_.centre->apply_pending(1000))) {
  }
  if (wrong.empty() && thorough) {
    const auto verified = must(storage::verify_store(city_.centre->store()));
    if (!verified.damage.empty()) wrong = "damage: " + verified.damage.front();
  }
  city_.centre.reset();
  return wrong;
}

std::string Story::judge_after_contact(const Image& image) {
  recorder_.put(image);
  try {
    pc_.reopen();
    if (!must(storage::verify_store(pc_->store())).damage.empty()) return {};
  } catch (const std::runtime_error&) {
    return {};  // it does not start
  }
  city_.reopen_centre();
  test::sync(city_, pc_);
  const auto here = test::all_states(pc_->store());
  const auto there = test::all_states(city_.centre->store());
  pc_.store.reset();
  city_.centre.reset();
  return here == there ? std::string() : "ward and centre differ after contact";
}

}  // namespace ward::crash
