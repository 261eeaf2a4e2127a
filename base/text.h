// Text for people: sizes, durations, counts, and names that came from a server
// or an archive and must not be trusted.

#ifndef PGBALE_BASE_TEXT_H_
#define PGBALE_BASE_TEXT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pgbale {

// `name` fit for a terminal, a log or a comment: CR, LF, ESC and every other
// control character (C0, DEL, C1 in UTF-8) become "?". Nothing that a server
// or an archive named is printed in any other way (CVE-2012-0868,
// CVE-2025-8715).
std::string Printable(absl::string_view name);

// Printable(name) in double quotes; Quoted("s", "n") is "s"."n" written as
// one quoted name: "s.n".
std::string Quoted(absl::string_view name);
std::string Quoted(absl::string_view schema, absl::string_view name);

// "1.5 GiB", "12 KiB": three significant digits, binary units.
std::string HumanBytes(uint64_t bytes);
// "12345678" as "12,345,678".
std::string HumanCount(uint64_t count);
// "0.4 s", "12 s", "3 min 05 s", "2 h 03 min".
std::string HumanDuration(double seconds);

// "1GiB", "256 MB", "4096", "64k" to octets; k, M, G, T are binary whatever
// follows them. InvalidArgument names the text and the form expected.
absl::StatusOr<uint64_t> ParseBytes(absl::string_view text);

}  // namespace pgbale

#endif  // PGBALE_BASE_TEXT_H_
