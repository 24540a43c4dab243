// What TableFiles and TableChange keep: table_files.cc and table_change.cc only.
//
//   State& table = *state_;
//   ChangeFiles files(table.place, table.paths, table.named, generation);
//
// Thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "engine/files/change_files.h"
#include "engine/files/manifest_writer.h"
#include "engine/files/named_files.h"
#include "engine/files/slice_layout.h"
#include "engine/files/table_files.h"
#include "engine/files/table_paths.h"
#include "format/kernels/kernels.h"
#include "format/layout/extent_writer.h"
#include "format/layout/slice_builder.h"
#include "format/records/symbol_section.h"

namespace tape::engine {

struct TableFiles::State {
  State(const TablePlace& where, const Schema& table_schema, uint32_t version,
        std::unique_ptr<ManifestWriter> writer)
      : place(where),
        schema(table_schema),
        schema_version(version),
        layout(SliceLayoutOf(table_schema)),
        paths(*where.files, where.folder, table_schema),
        manifest(std::move(writer)),
        named(*manifest->state()) {}

  // Appends the record; `before` and what is named follow it.
  absl::Status Append(const format::ManifestRecord& record, Lsn durable);

  TablePlace place;
  Schema schema;
  uint32_t schema_version;
  format::SliceSpec layout;  // without places
  TablePaths paths;
  std::unique_ptr<ManifestWriter> manifest;
  NamedFiles named;
  std::vector<std::string> recovered;
  uint64_t changes = 0;  // that were begun
  uint64_t current = 0;  // the one that may be committed; 0: none
  // Scratch that slices share.
  format::SliceBuilder builder{format::BestKernels()};
  format::ExtentWriter writer{format::BestKernels()};
};

struct TableChange::State {
  State(TableFiles::State& owner, Lsn durable_lsn);

  // Why nothing more can be done with the change.
  absl::Status Check() const;
  // Runs a step and keeps its error.
  template <typename Step>
  absl::Status Do(Step step) {
    if (status.ok()) status = Check();
    if (status.ok()) status = step();
    return status;
  }

  absl::Status CheckRows(const SliceRows& rows) const;
  absl::Status SetPlaces(Day day, format::SliceSpec& spec);
  absl::Status SetTimes(const SliceRows& rows, format::SliceEntry& slice) const;
  absl::Status AddSlice(const SliceRows& rows);
  absl::Status WriteSlice(const SliceRows& rows, format::SliceEntry& slice);
  absl::Status WriteLsns(const SliceRows& rows, format::SliceEntry& slice);
  absl::Status WriteSummary(Day day, format::SliceEntry& slice);
  absl::Status AddSymbols(ColumnId column, std::span<const std::string_view> texts);
  absl::Status AddKills(Day day, std::span<const format::Kill> kills);
  absl::Status AddKeys(uint32_t key, std::vector<format::KeyEntry> entries);

  TableFiles::State& table;
  uint64_t number;
  Lsn durable;
  ChangeFiles files;
  absl::Status status;
  format::BuiltSlice built;
  std::vector<std::byte> section;

  RowNumber sealed_rows;
  Lsn history;
  uint64_t next_slice;
  std::vector<format::DayGone> days_gone;
  std::vector<format::SliceGone> slices_gone;
  std::vector<format::BytesGone> bytes_gone;
  std::map<ColumnId, format::SymbolsEntry> symbols;
  std::vector<format::BytesEntry> bytes;
  std::vector<format::SliceEntry> slices;
};

}  // namespace tape::engine
