// What the fuzz targets of both COPY forms do.

#ifndef PGBALE_TESTS_FUZZ_COPY_STREAM_H_
#define PGBALE_TESTS_FUZZ_COPY_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "format/wire/row_parser.h"

namespace pgbale {

// Parses `data` at once, and again in two pieces cut at its first octet's
// place: both must agree on what they accept and on the rows.
inline void ParseWholeAndCut(WireFormat format, Bytes data,
                             const std::vector<uint32_t>& widths) {
  if (data.empty()) return;
  const size_t cut = data[0] % data.size();
  data.remove_prefix(1);
  RowBatch whole(widths), pieces(widths);
  auto parser = MakeRowParser(format, widths);
  const bool whole_ok =
      parser->Parse(data, whole).ok() && parser->Finish().ok();
  parser = MakeRowParser(format, widths);
  const bool pieces_ok = parser->Parse(data.subspan(0, cut), pieces).ok() &&
                         parser->Parse(data.subspan(cut), pieces).ok() &&
                         parser->Finish().ok();
  if (whole_ok != pieces_ok) std::abort();
  if (whole_ok && !(whole.digest() == pieces.digest())) std::abort();
}

}  // namespace pgbale

#endif  // PGBALE_TESTS_FUZZ_COPY_STREAM_H_
