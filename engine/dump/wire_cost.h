// What a value costs in either form of COPY: measured by bench/wire_cost.py,
// which writes wire_cost.cc.
//
// Constant. Any thread.

#ifndef PGBALE_ENGINE_DUMP_WIRE_COST_H_
#define PGBALE_ENGINE_DUMP_WIRE_COST_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace pgbale {

// Nanoseconds of a processor for one value; they compare with each other, not
// with those of another machine.
struct WireCost {
  uint32_t type_oid = 0;   // of a built-in type; 0: a row, whatever is in it
  absl::string_view type;  // as format_type prints it, without modifier
  double octets = 0;       // of each of the values, in binary
  // Of the server, to send it.
  double server_text = 0, server_binary = 0;
  // Of a dump, to parse, encode and compress it. Text is stored in the binary
  // form of its type.
  double client_text = 0, client_binary = 0;
};

// First what a row costs. A type stands in one row, or, if its values vary, in
// two that follow each other: short values, long values.
absl::Span<const WireCost> WireCosts();

}  // namespace pgbale

#endif  // PGBALE_ENGINE_DUMP_WIRE_COST_H_
