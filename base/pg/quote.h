// SQL text from names and values.
//
// Quoting is by octet, which is exact in every server encoding: none of them
// has a quote or backslash octet inside a multibyte character. Text that may
// be invalid in its encoding goes as a parameter instead (CVE-2025-1094). A
// quoted string is never processed again.

#ifndef PGBALE_BASE_PG_QUOTE_H_
#define PGBALE_BASE_PG_QUOTE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace pgbale::pg {

// `name`, in double quotes if it is no plain lower-case identifier or is a
// keyword that is not unreserved in any version up to 18. As the server's
// quote_ident.
std::string QuoteIdentifier(absl::string_view name);

// "schema.name", each quoted; just name if `schema` is empty.
std::string QualifiedName(absl::string_view schema, absl::string_view name);

// 'text', for standard_conforming_strings = on.
std::string QuoteLiteral(absl::string_view text);

// $tag$text$tag$ with a tag that `text` does not hold: $$, $_$, $_X$, ...
std::string DollarQuote(absl::string_view text);

}  // namespace pgbale::pg

#endif  // PGBALE_BASE_PG_QUOTE_H_
