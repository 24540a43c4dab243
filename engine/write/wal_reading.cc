#include "engine/write/wal_reading.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

// What reading stopped at, in words; and who says that there was more.
struct Claims {
  Lsn durable;
  std::string by;

  void Hear(Lsn lsn, const std::string& who) {
    if (lsn <= durable) return;
    durable = lsn;
    by = who;
  }
};

class WalReading {
 public:
  WalReading(const Machine& machine, const std::string& folder, const format::StoreUuid& store,
             absl::FunctionRef<absl::Status(const format::WalGroup&)> apply)
      : machine_(machine), folder_(folder), store_(store), apply_(apply) {}

  absl::StatusOr<WalFindings> Read(absl::FunctionRef<Lsn()> durable) {
    absl::StatusOr<std::vector<uint64_t>> numbers = Numbers();
    if (!numbers.ok()) return numbers.status();
    if (absl::Status status = FindLimits(*numbers); !status.ok()) return status;
    for (uint64_t number : *numbers) {
      if (absl::Status status = ReadSegment(number); !status.ok()) return status;
    }
    claims_.Hear(durable(), "a manifest");
    if (claims_.durable > found_.last) return Lost();
    found_.start.durable = found_.last;
    found_.start.next = found_.last + 1;
    return std::move(found_);
  }

 private:
  absl::StatusOr<std::vector<uint64_t>> Numbers() const {
    absl::StatusOr<std::vector<DirectoryEntry>> entries = machine_.files.List(folder_);
    if (!entries.ok()) return entries.status();
    std::vector<uint64_t> numbers;
    for (const DirectoryEntry& entry : *entries) {
      const uint64_t number = WalSegmentNumber(entry.name);
      if (number != 0 && !entry.is_directory) numbers.push_back(number);
    }
    std::ranges::sort(numbers);
    return numbers;
  }

  // Up to which LSN each segment counts: to before the first that a later one begins with.
  absl::Status FindLimits(const std::vector<uint64_t>& numbers) {
    Lsn limit(std::numeric_limits<uint64_t>::max());
    for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
      limits_[*number] = limit;
      const std::string path = JoinPath(folder_, WalSegmentName(*number));
      absl::StatusOr<std::unique_ptr<File>> file = machine_.files.Open(path, OpenMode::kRead);
      if (!file.ok()) return file.status();
      absl::StatusOr<FileStat> stat = (*file)->Stat();
      if (!stat.ok()) return stat.status();
      std::vector<std::byte> start(std::min(stat->size, format::kWalFirstGroup));
      if (absl::Status status = (*file)->ReadAt(0, start); !status.ok()) return status;
      absl::StatusOr<format::WalSegment> segment = Parse(path, *number, start);
      if (!segment.ok()) return segment.status();
      // Before anybody makes room for all of it.
      if (stat->size > segment->size) {
        return absl::DataLossError(
            Concat(path, ": a segment of ", segment->size, " bytes, found a file of ", stat->size));
      }
      limit = std::min(limit, segment->first_lsn - 1);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<format::WalSegment> Parse(const std::string& path, uint64_t number,
                                           std::span<const std::byte> bytes) const {
    absl::StatusOr<format::WalSegment> segment = format::WalSegment::Parse(bytes, store_, number);
    if (segment.ok()) return segment;
    // It was whole and synced before it had this name: no power loss makes this.
    return absl::Status(segment.status().code(),
                        Concat(path, ": ", std::string(segment.status().message())));
  }

  absl::Status ReadSegment(uint64_t number) {
    const std::string path = JoinPath(folder_, WalSegmentName(number));
    absl::StatusOr<std::unique_ptr<File>> file = machine_.files.Open(path, OpenMode::kRead);
    if (!file.ok()) return file.status();
    // Most of a segment is still as it was allocated, and zeros end a WAL as the end of a file
    // does.
    absl::StatusOr<uint64_t> end = (*file)->EndOfData();
    if (!end.ok()) return end.status();
    std::vector<std::byte> bytes(*end);
    if (absl::Status status = (*file)->ReadAt(0, bytes); !status.ok()) return status;
    found_.start.number = number + 1;
    absl::StatusOr<format::WalSegment> segment = Parse(path, number, bytes);
    if (!segment.ok()) return segment.status();
    claims_.Hear(segment->durable_lsn, Concat("the header of ", path));
    return ReadGroups(path, *segment, bytes);
  }

  absl::Status ReadGroups(const std::string& path, const format::WalSegment& segment,
                          std::span<const std::byte> bytes) {
    format::WalGroupReader reader(segment, bytes);
    if (Continues(path, segment)) {
      if (absl::Status status = ApplyGroups(path, reader); !status.ok()) return status;
    }
    // What does not count any more may say what was durable.
    while (true) {
      absl::StatusOr<const format::WalGroup*> group = reader.Next();
      if (!group.ok() || *group == nullptr) break;
      claims_.Hear((*group)->durable, Concat(path, ", offset ", (*group)->offset));
    }
    absl::StatusOr<format::WalRemains> remains = reader.ScanBehind();
    if (!remains.ok()) return remains.status();
    claims_.Hear(remains->durable, Concat(path, ", from offset ", remains->first_offset, " on"));
    return absl::OkStatus();
  }

  // Does this segment go on where the one before ended? The first one that is there begins it all.
  bool Continues(const std::string& path, const format::WalSegment& segment) {
    if (refused_ || limits_[segment.number] < segment.first_lsn - 1) {
      found_.start.old.push_back({segment.number, found_.last});
      return false;
    }
    if (!begun_) {
      begun_ = true;
      found_.first = segment.first_lsn;
      found_.last = segment.first_lsn - 1;
      found_.start.chain = segment.chain;  // of what was before it, and has been released
      return true;
    }
    if (segment.first_lsn == found_.last + 1 && segment.chain == found_.start.chain) {
      stopped_.clear();  // what was bad before is what an earlier recovery cut, and reported
      found_.cut.clear();
      return true;
    }
    Stop(Concat(path, ": begins with LSN ", segment.first_lsn.value(), ", expected ",
                found_.last.value() + 1, " after the segment before"));
    found_.start.old.push_back({segment.number, found_.last});
    return false;
  }

  absl::Status ApplyGroups(const std::string& path, format::WalGroupReader& reader) {
    while (true) {
      absl::StatusOr<const format::WalGroup*> group = reader.Next();
      if (!group.ok()) {
        return absl::Status(group.status().code(),
                            Concat(path, ": ", std::string(group.status().message())));
      }
      if (*group == nullptr) break;
      claims_.Hear((*group)->durable, Concat(path, ", offset ", (*group)->offset));
      if ((*group)->last > limits_[found_.start.number - 1]) break;
      const absl::Status status = apply_(**group);
      refused_ = absl::IsCancelled(status);
      if (refused_) break;
      if (!status.ok()) return status;
      found_.last = (*group)->last;
      found_.start.chain = (*group)->crc;
      found_.bytes += (*group)->end - (*group)->offset;
      ++found_.groups;
    }
    found_.start.old.push_back({found_.start.number - 1, found_.last});
    if (reader.stop().kind == format::WalStop::Kind::kBad) {
      Stop(Concat(path, ": ", reader.stop().reason));
    }
    return absl::OkStatus();
  }

  void Stop(std::string why) {
    if (stopped_.empty()) stopped_ = std::move(why);
    found_.cut = stopped_;
  }

  absl::Status Lost() const {
    return absl::DataLossError(
        Concat("the WAL ends with LSN ", found_.last.value(), ", but ", claims_.by,
               " says that LSN ", claims_.durable.value(), " was durable; ",
               stopped_.empty() ? std::string("segments are missing") : stopped_));
  }

  const Machine machine_;
  const std::string folder_;
  const format::StoreUuid store_;
  absl::FunctionRef<absl::Status(const format::WalGroup&)> apply_;
  WalFindings found_;
  Claims claims_;
  std::map<uint64_t, Lsn> limits_;  // by number of the segment
  bool begun_ = false;
  bool refused_ = false;  // apply has had enough
  std::string stopped_;   // why what follows is not read; empty where it is
};

}  // namespace

absl::StatusOr<WalFindings> ReadWal(const Machine& machine, const std::string& folder,
                                    const format::StoreUuid& store,
                                    absl::FunctionRef<absl::Status(const format::WalGroup&)> apply,
                                    absl::FunctionRef<Lsn()> durable) {
  return WalReading(machine, folder, store, apply).Read(durable);
}

}  // namespace tape::engine
