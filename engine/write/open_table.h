// A table that the writer has open: its definition, its files, its tail, its symbols.
//
// Who may touch what: `files` the seal thread, under the store's seal lock; `tail` as table_tail.h
// says; `symbols` and `sequences` whoever holds the appender.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engine/catalog/catalog.h"
#include "engine/files/table_files.h"
#include "engine/files/table_place.h"
#include "engine/io/machine.h"
#include "engine/tail/table_tail.h"
#include "engine/write/symbol_codes.h"
#include "tape/ids.h"

namespace tape::engine {

struct OpenTable {
  explicit OpenTable(TableInfo table_info) : info(std::move(table_info)) {}

  const TableInfo info;
  std::unique_ptr<TableFiles> files;
  std::unique_ptr<TableTail> tail;
  SymbolCodes symbols;
  std::map<ColumnId, int64_t> sequences;  // next value of each column's own
  std::atomic<bool> has_appender = false;
};

// What a tail must know of a table.
TailTable TailTableOf(const TableInfo& info);

// Where its files are.
TablePlace TablePlaceOf(const Machine& machine, const std::string& store_folder,
                        const format::StoreUuid& store, const TableInfo& info);

// Is this what TableFolder gives for any table?
bool IsTableFolder(std::string_view name);

}  // namespace tape::engine
