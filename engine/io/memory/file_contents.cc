#include "engine/io/memory/file_contents.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace tape::engine {

void Apply(const FileEvent& event, SparseBytes& bytes) {
  switch (event.kind) {
    case FileEvent::Kind::kWrite:
      return bytes.Write(event.offset, *event.bytes);
    case FileEvent::Kind::kTruncate:
      return bytes.Resize(event.end);
    case FileEvent::Kind::kAllocate:
      return bytes.Resize(std::max(bytes.size(), event.end));
  }
}

FileContents FileContents::Found(SparseBytes bytes) {
  FileContents found;
  found.synced_ = bytes;
  found.bytes_ = std::move(bytes);
  return found;
}

FileContents FileContents::Copy() const {
  FileContents copy;
  copy.bytes_ = bytes_;
  copy.synced_ = synced_;
  copy.events_ = events_;
  copy.stored_ = may_be_stored_to();
  copy.remembers_ = remembers_;
  copy.sync_failed_ = sync_failed_;
  return copy;
}

void FileContents::Forget() {
  remembers_ = false;
  events_.clear();
}

uint64_t FileContents::EndOfData() const {
  if (arena_ != nullptr) return size();
  const std::vector<uint64_t> pages = bytes_.Pages();
  return pages.empty() ? 0 : std::min(size(), (pages.back() + 1) * SparseBytes::kPageSize);
}

void FileContents::Read(uint64_t offset, std::span<std::byte> out) const {
  bytes_.Read(offset, out);
  if (writable_mappings_ == 0 || frozen_ || offset >= arena_->size()) return;
  const uint64_t count = std::min<uint64_t>(out.size(), arena_->size() - offset);
  FileArena::CopyShared(out.data(), arena_->data() + offset, count);
}

void FileContents::Write(uint64_t sequence, uint64_t offset, std::span<const std::byte> bytes) {
  RecordWrite(sequence, offset, bytes);
  bytes_.Write(offset, bytes);
  if (arena_ == nullptr || offset >= arena_->size()) return;
  const uint64_t count = std::min<uint64_t>(bytes.size(), arena_->size() - offset);
  FileArena::CopyShared(arena_->data() + offset, bytes.data(), count);
}

void FileContents::Interrupted(uint64_t sequence, uint64_t offset,
                               std::span<const std::byte> bytes) {
  RecordWrite(sequence, offset, bytes);
  if (remembers_) events_.back().interrupted = true;
}

void FileContents::RecordWrite(uint64_t sequence, uint64_t offset,
                               std::span<const std::byte> bytes) {
  if (!remembers_) return;
  auto kept = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
  events_.push_back({.kind = FileEvent::Kind::kWrite,
                     .sequence = sequence,
                     .offset = offset,
                     .end = offset + bytes.size(),
                     .bytes = std::move(kept)});
}

void FileContents::Truncate(uint64_t sequence, uint64_t size) {
  RecordSize(FileEvent::Kind::kTruncate, sequence, size);
  Resize(size);
}

void FileContents::Allocate(uint64_t sequence, uint64_t size) {
  if (size <= bytes_.size()) return;
  RecordSize(FileEvent::Kind::kAllocate, sequence, size);
  Resize(size);
}

void FileContents::RecordSize(FileEvent::Kind kind, uint64_t sequence, uint64_t size) {
  if (remembers_) events_.push_back({.kind = kind, .sequence = sequence, .end = size, .bytes = {}});
}

void FileContents::Resize(uint64_t size) {
  const uint64_t before = bytes_.size();
  bytes_.Resize(size);
  if (arena_ == nullptr || size >= before || size >= arena_->size()) return;
  std::memset(arena_->data() + size, 0, std::min(before, arena_->size()) - size);
}

void FileContents::Sync() {
  Absorb();
  if (sync_failed_) {
    for (const FileEvent& event : events_) Apply(event, synced_);
  } else {
    synced_ = bytes_;
  }
  events_.clear();
  stored_ = false;
}

void FileContents::FailSync() {
  Absorb();
  events_.clear();
  stored_ = false;
  sync_failed_ = true;
}

std::byte* FileContents::Map(uint64_t offset, uint64_t end, bool writes) {
  if (arena_ == nullptr) {
    arena_ = std::make_unique<FileArena>(bytes_.size());
    if (arena_->data() == nullptr) arena_.reset();
    if (arena_ == nullptr) return nullptr;
    for (const uint64_t page : bytes_.Pages()) {
      const uint64_t at = page * SparseBytes::kPageSize;
      const uint64_t count = std::min(SparseBytes::kPageSize, bytes_.size() - at);
      bytes_.Read(at, {arena_->data() + at, count});
    }
  }
  if (end > arena_->size()) return nullptr;
  ++mappings_;
  if (writes) ++writable_mappings_;
  return arena_->data() + offset;
}

void FileContents::Unmap(bool writes) {
  if (writes) {
    Absorb();
    --writable_mappings_;
    stored_ = true;
  }
  if (--mappings_ == 0) arena_.reset();
}

void FileContents::Absorb() {
  if (writable_mappings_ == 0 || frozen_) return;
  std::array<std::byte, SparseBytes::kPageSize> now;
  std::array<std::byte, SparseBytes::kPageSize> before;
  const uint64_t end = std::min(bytes_.size(), arena_->size());
  for (uint64_t at = 0; at < end; at += SparseBytes::kPageSize) {
    const uint64_t count = std::min(SparseBytes::kPageSize, end - at);
    FileArena::CopyShared(now.data(), arena_->data() + at, count);
    bytes_.Read(at, std::span(before).first(count));
    if (std::memcmp(now.data(), before.data(), count) != 0) {
      bytes_.Write(at, std::span(now).first(count));
    }
  }
}

void FileContents::Freeze() {
  Absorb();
  frozen_ = true;
}

}  // namespace tape::engine
