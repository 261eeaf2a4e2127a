// In which form of COPY the rows of a table are read.
//
// Binary is taken where every column's type has a binary form that means the
// same in every database (catalog/column_types.h), unless text is cheaper by
// far: rows that came in binary are also restored in binary, which costs the
// target much less than text.
//
// Pure functions; any thread.

#ifndef PGBALE_ENGINE_DUMP_WIRE_CHOICE_H_
#define PGBALE_ENGINE_DUMP_WIRE_CHOICE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "catalog/reader.h"
#include "engine/dump/data_format.h"
#include "engine/dump/wire_cost.h"
#include "format/entry.h"

namespace pgbale {

struct WireChoice {
  WireFormat format = WireFormat::kText;
  std::string reason;  // for people, printable
};

// For the table `data`, in whose format all columns can go. `text_column`: of
// a table that goes in text, the column because of which it does.
WireChoice ChooseWireFormat(const TableData& data,
                            absl::string_view text_column, DataFormat wanted,
                            absl::Span<const WireCost> costs = WireCosts());

// Gives each table of `catalog` the form that was chosen, and logs it. Large
// objects always go in binary.
void ChooseWireFormats(DataFormat wanted, CatalogDump& catalog);

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_WIRE_CHOICE_H_
