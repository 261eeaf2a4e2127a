#include "engine/dump/wire_choice.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/text.h"
#include "spdlog/spdlog.h"

namespace pgbale {
namespace {

// Text must save a tenth of what a row costs: less is within what the
// measurement can tell, and not worth a dearer restore.
constexpr double kTextShareMax = 0.9;

// Nanoseconds of a row, the server's and ours.
struct RowCost {
  double text = 0;
  double binary = 0;

  void Add(const WireCost& cost) {
    text += cost.server_text + cost.client_text;
    binary += cost.server_binary + cost.client_binary;
  }
  bool TextSaves() const { return text <= binary * kTextShareMax; }
};

// How long values are is not known before they come: a row of short ones, and
// a row of long ones.
struct RowCosts {
  RowCost of_short, of_long;
  const DataColumn* unknown = nullptr;  // a column whose costs are not known
};

bool AddColumn(uint32_t type_oid, absl::Span<const WireCost> costs,
               RowCosts& row) {
  const WireCost* first = nullptr;
  const WireCost* last = nullptr;
  for (const WireCost& cost : costs) {
    if (cost.type_oid != type_oid) continue;
    if (first == nullptr) first = &cost;
    last = &cost;
  }
  if (first == nullptr) return false;
  row.of_short.Add(*first);
  row.of_long.Add(*last);
  return true;
}

RowCosts CostsOf(const TableData& data, absl::Span<const WireCost> costs) {
  RowCosts row;
  AddColumn(0, costs, row);
  for (const DataColumn& column : data.columns) {
    if (column.type_oid != 0 && AddColumn(column.type_oid, costs, row))
      continue;
    row.unknown = &column;
    break;
  }
  return row;
}

WireChoice ChooseByCost(const TableData& data,
                        absl::Span<const WireCost> costs) {
  const RowCosts row = CostsOf(data, costs);
  if (row.unknown != nullptr) {
    return {WireFormat::kBinary,
            absl::StrCat("what type ", Printable(row.unknown->type),
                         " costs is not known")};
  }
  const bool text = row.of_short.TextSaves() && row.of_long.TextSaves();
  return {text ? WireFormat::kText : WireFormat::kBinary,
          absl::StrFormat("about %.0f ns a row, %.0f in text",
                          row.of_short.binary, row.of_short.text)};
}

void UseForm(WireFormat format, TableData& data) {
  data.format = format;
  if (format == WireFormat::kBinary) return;
  for (DataColumn& column : data.columns) column.width = 0;
}

}  // namespace

WireChoice ChooseWireFormat(const TableData& data,
                            absl::string_view text_column, DataFormat wanted,
                            absl::Span<const WireCost> costs) {
  if (data.format == WireFormat::kText) {
    return {WireFormat::kText,
            absl::StrCat("the binary form of column ", Quoted(text_column),
                         " may mean something else in another database")};
  }
  switch (wanted) {
    case DataFormat::kBinary:
      return {WireFormat::kBinary, "as asked for"};
    case DataFormat::kText:
      return {WireFormat::kText, "as asked for"};
    case DataFormat::kAuto:
      break;
  }
  return ChooseByCost(data, costs);
}

void ChooseWireFormats(DataFormat wanted, CatalogDump& catalog) {
  for (const DataSource& source : catalog.sources) {
    Entry& entry = catalog.entries[source.entry_id - 1];
    if (entry.data->target == DataTarget::kLargeObjects) continue;
    const WireChoice choice =
        ChooseWireFormat(*entry.data, source.text_column, wanted);
    UseForm(choice.format, *entry.data);
    spdlog::info("{}: rows in {}: {}", Quoted(entry.schema, entry.name),
                 choice.format == WireFormat::kBinary ? "binary" : "text",
                 choice.reason);
  }
}

}  // namespace pgbale
