#include "engine/io/memory/power_loss.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "engine/io/chance.h"

namespace tape::engine {
namespace {

constexpr uint64_t kPage = SparseBytes::kPageSize;
constexpr uint64_t kSector = 512;
constexpr uint64_t kGarbagePagesMax = 16;  // of one growth: enough to be met, and cheap

// Unrelated for each file, whatever happens to the others.
Chance ChanceFor(uint64_t seed, uint64_t number) {
  return Chance(Chance(seed).Next() ^ (number * 0xD6E8FEB86659FD93));
}

// Little, half or nearly all: if every event had the same odds, none of many would ever be kept.
class Keeping {
 public:
  explicit Keeping(uint64_t seed) {
    constexpr std::array<uint64_t, 3> kEighths = {1, 4, 7};
    eighths_ = kEighths[ChanceFor(seed, 0).Below(kEighths.size())];
  }

  bool Keeps(Chance& chance) const { return chance.Below(8) < eighths_; }

 private:
  uint64_t eighths_;
};

// The bytes of one file after a random loss.
class RandomFile {
 public:
  RandomFile(const MemoryNode& node, const PowerLoss& how)
      : contents_(node.contents),
        garbage_(how.garbage),
        keeping_(how.seed),
        chance_(ChanceFor(how.seed, node.inode + 1)),
        found_(contents_.synced()) {}

  SparseBytes Run() && {
    for (const FileEvent& event : contents_.events()) Meet(event);
    if (contents_.may_be_stored_to()) ExchangePages();
    return std::move(found_);
  }

 private:
  void Meet(const FileEvent& event) {
    if (event.kind == FileEvent::Kind::kWrite) return MeetWrite(event);
    if (!keeping_.Keeps(chance_)) return;
    if (event.kind == FileEvent::Kind::kAllocate) Grow(event.end);
    if (event.kind == FileEvent::Kind::kTruncate) found_.Resize(event.end);
  }

  void MeetWrite(const FileEvent& event) {
    if (keeping_.Keeps(chance_)) return KeepRange(event, event.offset, event.end);
    switch (chance_.Below(3)) {
      case 0:
        return;
      case 1:
        return Grow(event.end);
      default:
        return Tear(event);
    }
  }

  void Tear(const FileEvent& event) {
    const uint64_t grain = chance_.OneIn(2) ? kSector : kPage;
    if (chance_.OneIn(2)) Grow(event.end);
    for (uint64_t at = event.offset; at < event.end;) {
      const uint64_t end = std::min(event.end, at / grain * grain + grain);
      if (chance_.OneIn(2)) KeepRange(event, at, end);
      at = end;
    }
  }

  void KeepRange(const FileEvent& event, uint64_t begin, uint64_t end) {
    Grow(begin);
    found_.Write(begin, std::span(*event.bytes).subspan(begin - event.offset, end - begin));
  }

  void Grow(uint64_t size) {
    const uint64_t before = found_.size();
    if (size <= before) return;
    found_.Resize(size);
    if (!garbage_) return;
    const uint64_t first = before / kPage;
    const uint64_t count = (size + kPage - 1) / kPage - first;
    for (uint64_t i = 0; i < std::min(count, kGarbagePagesMax); ++i) {
      const bool all = count <= kGarbagePagesMax;
      const uint64_t page = first + (all || i == 0 ? i : chance_.Below(count));
      if (chance_.OneIn(2)) FillWithGarbage(std::max(before, page * kPage), page * kPage + kPage);
    }
  }

  void FillWithGarbage(uint64_t begin, uint64_t end) {
    std::array<std::byte, kPage> bytes;
    const auto garbage = std::span(bytes).first(std::min(end, found_.size()) - begin);
    chance_.Fill(garbage);
    found_.Write(begin, garbage);
  }

  // Pages that nobody ever touched are left out: no disk writes those.
  void ExchangePages() {
    std::vector<uint64_t> pages = contents_.bytes().Pages();
    const std::vector<uint64_t> before = contents_.synced().Pages();
    pages.insert(pages.end(), before.begin(), before.end());
    std::sort(pages.begin(), pages.end());
    pages.erase(std::unique(pages.begin(), pages.end()), pages.end());
    for (const uint64_t page : pages) {
      if (page * kPage < found_.size()) ExchangePage(page * kPage);
    }
  }

  void ExchangePage(uint64_t begin) {
    const uint64_t fate = chance_.Below(garbage_ ? 3 : 2);
    if (fate == 2) return FillWithGarbage(begin, begin + kPage);
    const SparseBytes& source = fate == 0 ? contents_.bytes() : contents_.synced();
    if (begin >= source.size()) return;
    std::array<std::byte, kPage> bytes;
    const uint64_t end = std::min({begin + kPage, found_.size(), source.size()});
    const auto page = std::span(bytes).first(end - begin);
    source.Read(begin, page);
    found_.Write(begin, page);
  }

  const FileContents& contents_;
  bool garbage_;
  Keeping keeping_;
  Chance chance_;
  SparseBytes found_;
};

// Whose sequence is at most this belongs to the prefix.
uint64_t LastKept(MemoryDisk& disk, const PowerLoss& how) {
  if (how.kind != PowerLoss::Kind::kKeepPrefix) return 0;
  const std::vector<uint64_t> all = disk.UnsyncedSequences();
  if (how.kept_events == 0) return 0;
  return how.kept_events > all.size() ? std::numeric_limits<uint64_t>::max()
                                      : all[how.kept_events - 1];
}

class Aftermath {
 public:
  Aftermath(MemoryDisk& disk, const PowerLoss& how)
      : disk_(disk),
        how_(how),
        last_kept_(LastKept(disk, how)),
        keeping_(how.seed),
        chance_(ChanceFor(how.seed, 1)) {}

  MemoryDisk Run() && {
    const bool keeps_all = how_.kind == PowerLoss::Kind::kKeepAll;
    for (const NodePtr& node : disk_.AbsorbAll()) {
      if (node->is_directory) names_[node.get()] = keeps_all ? node->names : node->synced_names;
    }
    for (const NameEvent& event : disk_.name_events()) {
      if (!keeps_all && KeepsName(event)) Redo(event);
    }
    return MemoryDisk::Found(Rebuild(*disk_.root()), disk_.capacity());
  }

 private:
  bool KeepsName(const NameEvent& event) {
    if (how_.kind == PowerLoss::Kind::kRandom) return keeping_.Keeps(chance_);
    return event.sequence <= last_kept_;
  }

  void Redo(const NameEvent& event) {
    NameMap& names = names_[event.folder.get()];
    const auto found = names.find(event.name);
    if (event.kind == NameEvent::Kind::kAdd) {
      names.emplace(event.name, event.node);  // nothing, where the name is taken
      return;
    }
    if (found == names.end() || found->second != event.node) return;
    names.erase(found);
    if (event.kind == NameEvent::Kind::kRename) {
      names_[event.to_folder.get()][event.to_name] = event.node;
    }
  }

  // Called once per name.
  NodePtr Rebuild(const MemoryNode& node) {
    NodePtr& copy = copies_[&node];
    if (copy == nullptr) {
      copy = std::make_shared<MemoryNode>();
      copy->inode = node.inode;
      copy->device = node.device;
      copy->is_directory = node.is_directory;
      copy->is_volatile = node.is_volatile;
      if (!node.is_directory) copy->contents = FileContents::Found(BytesOf(node));
      Fill(*copy, node);
    }
    NodePtr found = copies_[&node];
    ++found->links;
    return found;
  }

  void Fill(MemoryNode& copy, const MemoryNode& node) {
    if (!node.is_directory || node.is_volatile) return;
    for (const auto& [name, below] : names_[&node]) copy.names[name] = Rebuild(*below);
    copy.synced_names = copy.names;
  }

  SparseBytes BytesOf(const MemoryNode& node) const {
    const FileContents& contents = node.contents;
    if (how_.kind == PowerLoss::Kind::kRandom) return RandomFile(node, how_).Run();
    const bool keeps_all = how_.kind == PowerLoss::Kind::kKeepAll;
    SparseBytes bytes = keeps_all ? contents.bytes() : contents.synced();
    for (const FileEvent& event : contents.events()) {
      const bool is_missing = keeps_all ? event.interrupted : event.sequence <= last_kept_;
      if (is_missing) Apply(event, bytes);
    }
    return bytes;
  }

  MemoryDisk& disk_;
  const PowerLoss how_;
  const uint64_t last_kept_;
  const Keeping keeping_;
  Chance chance_;
  std::map<const MemoryNode*, NameMap> names_;
  std::map<const MemoryNode*, NodePtr> copies_;
};

}  // namespace

MemoryDisk FindAfterPowerLoss(MemoryDisk& disk, const PowerLoss& how) {
  return Aftermath(disk, how).Run();
}

}  // namespace tape::engine
